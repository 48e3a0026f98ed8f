//! Finds the differences of all files in scope.
//!
//! # Why
//!
//! A decision depends on all differences: which selectors are exact, which versions move elsewhere.
//! To hold every parsed file until then would take memory that grows with the repository. So each
//! thread compares one file after the other and keeps only its differences, the facts about them and
//! the text that the plan shows. The few files that change are parsed again.

mod load;
mod parallel_map;
mod selector;
mod versions;

use std::sync::atomic::{AtomicUsize, Ordering};

use load::load_base;
pub(super) use load::{BaseFile, MAX_BYTES, load, read};
pub(super) use selector::{keys_of, shown};
pub(super) use versions::Versions;

use crate::document::{
    self, Base, Difference, FileContent, Format, LineSides, Lines, MAX_DIFFERENCES, Numbering,
    Sides, Unreadable,
};
use crate::domain::Naming;
use crate::inventory::{FilePair, FileRole};
use crate::plan::FileFault;
use crate::port::{Event, Observer, RepositoryError, Snapshot};
use crate::yaml::{Stream, TooManySteps};
pub(super) use parallel_map::{parallel_feed, parallel_map};
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
const MAX_KEPT: usize = 4 << 20;

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

/// Both sides of a pair, parsed.
pub(super) struct OpenPair<'a> {
    pub pair: &'a FilePair,
    pub source: &'a Stream,
    pub target: &'a Stream,
    /// An older state of the source.
    pub base: Option<&'a Stream>,
    /// The texts, if their YAML is only an outline of them.
    pub lines: Option<[&'a Lines; 2]>,
}

/// Both sides of a pair, as they were read.
pub(super) enum Read {
    Yaml(Box<[Stream; 2]>),
    Lines(Box<[Lines; 2]>),
}

impl Read {
    /// Both sides if they can be compared field by field.
    pub(super) fn of(source: FileContent, target: FileContent) -> Option<Self> {
        use FileContent::{Lines as Text, Yaml};
        Some(match (source, target) {
            (Yaml(source), Yaml(target)) => Self::Yaml(Box::new([*source, *target])),
            (Text(source), Text(target)) if source.format() == target.format() => {
                Self::Lines(Box::new([*source, *target]))
            }
            // One of them has expressions, the other one can be read without.
            (Yaml(source), Text(target)) if target.format() == Format::Template => {
                let source = Lines::of_template(source.into_text())?;
                Self::Lines(Box::new([source, *target]))
            }
            (Text(source), Yaml(target)) if source.format() == Format::Template => {
                let target = Lines::of_template(target.into_text())?;
                Self::Lines(Box::new([*source, target]))
            }
            _ => return None,
        })
    }

    pub(super) fn open<'a>(
        &'a self,
        pair: &'a FilePair,
        base: Option<&'a FileContent>,
    ) -> OpenPair<'a> {
        let base = match (self, base) {
            (Self::Yaml(_), Some(FileContent::Yaml(base))) => Some(&**base),
            (Self::Lines(sides), Some(FileContent::Lines(base)))
                if sides[0].format() == base.format() =>
            {
                Some(base.outline())
            }
            _ => None,
        };
        match self {
            Self::Yaml(sides) => OpenPair {
                pair,
                source: &sides[0],
                target: &sides[1],
                base,
                lines: None,
            },
            Self::Lines(sides) => OpenPair {
                pair,
                source: sides[0].outline(),
                target: sides[1].outline(),
                base,
                lines: Some([&sides[0], &sides[1]]),
            },
        }
    }

    /// How many bytes of text it has.
    fn size(&self) -> usize {
        self.texts().map(str::len).iter().sum()
    }

    /// The texts of source and target.
    fn texts(&self) -> [&str; 2] {
        match self {
            Self::Yaml(sides) => sides.each_ref().map(Stream::text),
            Self::Lines(sides) => sides.each_ref().map(Lines::text),
        }
    }
}

impl OpenPair<'_> {
    /// The target's text with the promoted differences in it, or why it cannot be edited.
    pub(super) fn merge(
        &self,
        promoted: &[&Difference],
        naming: &Naming,
    ) -> Result<String, String> {
        match self.lines {
            None => {
                let merged = document::merge(&sides(self, naming), promoted);
                merged.map_err(|error| with_causes(&error))
            }
            Some([source, target]) => {
                let sides = LineSides {
                    source,
                    target,
                    naming,
                };
                document::merge_lines(&sides, promoted).map_err(|error| with_causes(&error))
            }
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

/// Both sides of a pair, for comparing and for merging.
pub(super) fn sides<'a>(open: &OpenPair<'a>, naming: &'a Naming) -> Sides<'a> {
    Sides {
        source: open.source,
        target: open.target,
        base: open.base.map_or(Base::Target, Base::Stream),
        naming,
        file: open.pair.path.file_name(),
        format: open
            .lines
            .map_or(Format::Yaml, |[_, target]| target.format()),
    }
}

/// An error with its causes on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
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
