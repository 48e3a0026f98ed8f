//! Finds the differences of all files in scope.
//!
//! # Why
//!
//! A decision depends on all differences: which selectors are exact, which versions move elsewhere.
//! To hold every parsed file until then would take memory that grows with the repository. So each
//! thread compares one file after the other and keeps only its differences, the facts about them and
//! the text that the plan shows. The few files that change are parsed again.

mod load;
mod open_pair;
mod parallel_map;
mod parsed_files;
mod selector;
mod versions;

use std::sync::atomic::{AtomicUsize, Ordering};

use load::load_base;
pub(super) use load::{BaseFile, MAX_BYTES, load, read};
pub(super) use selector::{keys_of, shown};
pub(super) use versions::Versions;

use crate::document::{self, Difference, FileContent, MAX_DIFFERENCES, Numbering, Unreadable};
use crate::domain::Naming;
use crate::inventory::{FilePair, FileRole};
use crate::plan::FileFault;
use crate::port::{Event, Observer, RepositoryError, Snapshot};
use crate::yaml::TooManySteps;
pub(super) use open_pair::{OpenPair, Read, sides};
pub(super) use parallel_map::{parallel_feed, parallel_map};
pub(super) use parsed_files::ParsedFiles;
use selector::{Taken, line_selector, selector};

/// One file that differs.
pub(super) struct ComparedFile<F> {
    pub pair: FilePair,
    pub body: Body<F>,
}

impl<F> ComparedFile<F> {
    /// The differences of a file that is compared field by field.
    pub(super) fn fields(&self) -> &[Field<F>] {
        match &self.body {
            Body::Fields { fields, .. } => fields,
            _ => &[],
        }
    }
}

/// What differs in a file.
pub(super) enum Body<F> {
    /// Both sides are compared field by field; `before` is the target's text, which the plan shows.
    Fields {
        fields: Vec<Field<F>>,
        before: Before,
    },
    /// Only one side has it, or it is no text: it is promoted as a whole or not at all.
    Whole,
    /// One side cannot be read.
    Fault(FileFault),
}

/// The target's text.
pub(super) struct Before {
    pub text: Vec<u8>,
    /// Both sides, if they are kept for the next step.
    pub read: Option<Read>,
}

/// How many bytes of text are kept parsed.
pub(super) const MAX_KEPT: usize = 4 << 20;

/// One difference, with the facts that were collected while its file was open.
pub(super) struct Field<F> {
    pub difference: Difference,
    pub selector: String,
    pub facts: F,
}

/// A pair to compare, with what is known about its past.
pub(super) struct Task<P> {
    pub pair: FilePair,
    /// The base of its places.
    pub base: BaseFile,
    pub past: P,
    /// Both sides, if they are kept.
    pub read: Option<Read>,
}

impl Task<()> {
    pub(super) fn without_past(pair: FilePair) -> Self {
        Self {
            pair,
            base: BaseFile::Unknown,
            past: (),
            read: None,
        }
    }
}

/// The commits that files are read from.
#[derive(Clone, Copy)]
pub(super) struct Commits<'a> {
    pub source: &'a dyn Snapshot,
    pub target: &'a dyn Snapshot,
}

/// Compares every pair; `facts` collects the facts about each difference of a file.
pub(super) fn compare<P: Sync, F: Send>(
    tasks: Vec<Task<P>>,
    commits: Commits<'_>,
    naming: &Naming,
    observer: &dyn Observer,
    facts: impl Fn(&OpenPair<'_>, &[Difference], &P) -> Result<Vec<F>, TooManySteps> + Sync,
) -> Result<Vec<ComparedFile<F>>, RepositoryError> {
    let all = tasks.len();
    let done = AtomicUsize::new(0);
    let kept = tasks.iter().filter_map(|task| task.read.as_ref());
    let kept = AtomicUsize::new(kept.map(Read::size).sum());
    let bodies = parallel_map(&tasks, |task| {
        let facts = |open: &OpenPair<'_>, found: &[Difference]| facts(open, found, &task.past);
        let body = body(task, commits, naming, &kept, &facts);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        observer.event(&Event::Comparing { done, all });
        body
    })?;
    Ok((tasks.into_iter().zip(bodies))
        .filter(|(_, body)| !matches!(body, Body::Fields { fields, .. } if fields.is_empty()))
        .map(|(Task { pair, read, .. }, mut body)| {
            if let (Body::Fields { before, .. }, Some(read)) = (&mut body, read) {
                before.read = Some(read);
            }
            ComparedFile { pair, body }
        })
        .collect())
}

fn body<P, F>(
    task: &Task<P>,
    commits: Commits<'_>,
    naming: &Naming,
    kept: &AtomicUsize,
    facts: &impl Fn(&OpenPair<'_>, &[Difference]) -> Result<Vec<F>, TooManySteps>,
) -> Result<Body<F>, RepositoryError> {
    let Task { pair, base, .. } = task;
    let mut loaded = None;
    let read = match &task.read {
        Some(read) => read,
        None => match read_pair(pair, commits)? {
            Ok(read) => &*loaded.insert(read),
            Err(Some(fault)) => return Ok(Body::Fault(fault)),
            Err(None) => return Ok(Body::Whole),
        },
    };
    let path = pair.path.as_str();
    let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
    // The source is its own base if only the target changed since.
    let is_source = pair.source.map(BaseFile::Present) == Some(*base);
    let base = match read {
        Read::Yaml(_) if is_source => None,
        _ => load_base(commits.source, *base, source_path)?,
    };
    let mut open = read.open(pair, base.as_ref());
    if base.is_none() && is_source {
        open.base = Some(open.source);
    }
    let fields = match fields(&open, naming, facts) {
        Ok(fields) => fields,
        Err(message) => {
            let unreadable = Unreadable {
                line: None,
                column: None,
                message,
            };
            return Ok(Body::Fault(file_fault(path, unreadable, pair)));
        }
    };
    let [_, target] = read.texts();
    let text = match fields.as_slice() {
        [] => Vec::new(),
        _ => target.as_bytes().to_vec(),
    };
    // Versions are promoted more often than other differences, and then the file is needed again.
    let has_version = fields.iter().any(|f| f.difference.version.is_some());
    let is_kept = |read: &Read| {
        let with_this = |kept| Some(kept + read.size()).filter(|kept| *kept <= MAX_KEPT);
        let order = Ordering::Relaxed;
        has_version && kept.fetch_update(order, order, with_this).is_ok()
    };
    let read = loaded.filter(is_kept);
    let before = Before { text, read };
    Ok(Body::Fields { fields, before })
}

/// Reads a pair that is compared field by field; another one has a fault, or is one whole.
pub(super) fn read_pair(
    pair: &FilePair,
    commits: Commits<'_>,
) -> Result<Result<Read, Option<FileFault>>, RepositoryError> {
    // A file of one side is only read if it is promoted.
    let (Some(source), Some(target), false) = (pair.source, pair.target, pair.is_submodule())
    else {
        return Ok(Err(None));
    };
    let path = pair.path.as_str();
    let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
    let fault = |path, unreadable| Ok(Err(Some(file_fault(path, unreadable, pair))));
    // The lines of a script or a README mean nothing alone, and a mode belongs to a whole file.
    let is_one = pair.role == FileRole::Attached || source.mode != target.mode;
    let source = load(commits.source, source, source_path)?;
    let target = load(commits.target, target, path)?;
    Ok(match (source, target) {
        (FileContent::Unreadable(unreadable), _) => return fault(source_path, unreadable),
        (_, FileContent::Unreadable(unreadable)) => return fault(path, unreadable),
        (source, target) => match Read::of(source, target) {
            Some(Read::Lines(_)) if is_one => Err(None),
            read => read.ok_or(None),
        },
    })
}

fn fields<F>(
    open: &OpenPair<'_>,
    naming: &Naming,
    facts: &impl Fn(&OpenPair<'_>, &[Difference]) -> Result<Vec<F>, TooManySteps>,
) -> Result<Vec<Field<F>>, String> {
    let path = open.pair.path.as_str();
    let differences = document::compare(&sides(open, naming));
    if differences.len() > MAX_DIFFERENCES {
        return Err(format!(
            "source and target differ in more than {MAX_DIFFERENCES} places"
        ));
    }
    let facts = facts(open, &differences).map_err(|error| error.to_string())?;
    let mut taken = Taken::default();
    let numbering = open
        .lines
        .map(|[source, target]| Numbering::new(source, target));
    let selector = |difference: &Difference| match &numbering {
        Some(numbering) => line_selector(path, difference, numbering.number(difference)),
        None => selector(path, difference),
    };
    Ok(differences
        .into_iter()
        .zip(facts)
        .map(|(difference, facts)| Field {
            selector: taken.unique(&selector(&difference)),
            difference,
            facts,
        })
        .collect())
}

/// The fault of a file of a pair, which leaves out its application.
pub(super) fn file_fault(path: &str, unreadable: Unreadable, pair: &FilePair) -> FileFault {
    FileFault {
        path: path.to_owned(),
        line: unreadable.line,
        column: unreadable.column,
        message: unreadable.message,
        application: pair.application.clone(),
        is_chosen: true,
    }
}
