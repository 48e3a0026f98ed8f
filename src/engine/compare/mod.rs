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

use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) use load::{MAX_BYTES, load, read};
pub(super) use selector::shown;

use crate::document::{self, Base, Difference, FileContent, Sides, Unreadable};
use crate::domain::Naming;
use crate::inventory::FilePair;
use crate::plan::FileFault;
use crate::port::{Event, Observer, RepositoryError, Snapshot};
use crate::yaml::{Stream, TooManySteps};
use parallel_map::parallel_map;
use selector::{Taken, selector};

/// One file that differs.
pub(super) struct ComparedFile<F> {
    pub pair: FilePair,
    pub body: Body<F>,
}

/// What differs in a file.
pub(super) enum Body<F> {
    /// Both sides are YAML; `before` is the target's text, which the plan shows.
    Fields {
        fields: Vec<Field<F>>,
        before: Vec<u8>,
    },
    /// Only one side has it, or it is not YAML: it is promoted as a whole or not at all.
    Whole,
    /// One side cannot be read.
    Fault(FileFault),
}

/// One difference, with the facts that were collected while its file was open.
pub(super) struct Field<F> {
    pub difference: Difference,
    pub selector: String,
    pub facts: F,
}

/// Both sides of a pair, parsed.
pub(super) struct OpenPair<'a> {
    pub pair: &'a FilePair,
    pub source: &'a Stream,
    pub target: &'a Stream,
}

/// The commits that files are read from.
#[derive(Clone, Copy)]
pub(super) struct Commits<'a> {
    pub source: &'a dyn Snapshot,
    pub target: &'a dyn Snapshot,
}

/// Compares every pair; `facts` collects the facts about each difference of a file.
pub(super) fn compare<F: Send>(
    pairs: Vec<FilePair>,
    commits: Commits<'_>,
    naming: &Naming,
    observer: &dyn Observer,
    facts: impl Fn(&OpenPair<'_>, &[Difference]) -> Result<Vec<F>, TooManySteps> + Sync,
) -> Result<Vec<ComparedFile<F>>, RepositoryError> {
    let all = pairs.len();
    let done = AtomicUsize::new(0);
    let bodies = parallel_map(&pairs, |pair| {
        let body = body(pair, commits, naming, &facts);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        observer.event(&Event::Comparing { done, all });
        body
    })?;
    Ok((pairs.into_iter().zip(bodies))
        .filter(|(_, body)| !matches!(body, Body::Fields { fields, .. } if fields.is_empty()))
        .map(|(pair, body)| ComparedFile { pair, body })
        .collect())
}

fn body<F>(
    pair: &FilePair,
    commits: Commits<'_>,
    naming: &Naming,
    facts: &impl Fn(&OpenPair<'_>, &[Difference]) -> Result<Vec<F>, TooManySteps>,
) -> Result<Body<F>, RepositoryError> {
    let path = pair.path.as_str();
    let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
    let fault =
        |path: &str, unreadable: Unreadable| Body::Fault(file_fault(path, unreadable, pair));
    if pair.is_submodule() {
        return Ok(Body::Whole);
    }
    // A file of one side is only read if it is promoted.
    let (Some(source), Some(target)) = (pair.source, pair.target) else {
        return Ok(Body::Whole);
    };
    let source = load(commits.source, source, source_path)?;
    let target = load(commits.target, target, path)?;
    Ok(match (source, target) {
        (FileContent::Unreadable(unreadable), _) => fault(source_path, unreadable),
        (_, FileContent::Unreadable(unreadable)) => fault(path, unreadable),
        (FileContent::Yaml(source), FileContent::Yaml(target)) => {
            let open = OpenPair {
                pair,
                source: &source,
                target: &target,
            };
            let fields = match fields(&open, naming, facts) {
                Ok(fields) => fields,
                Err(error) => {
                    let unreadable = Unreadable {
                        line: None,
                        column: None,
                        message: error.to_string(),
                    };
                    return Ok(fault(path, unreadable));
                }
            };
            let before = match fields.as_slice() {
                [] => Vec::new(),
                _ => target.into_text().into_bytes(),
            };
            Body::Fields { fields, before }
        }
        _ => Body::Whole,
    })
}

fn fields<F>(
    open: &OpenPair<'_>,
    naming: &Naming,
    facts: &impl Fn(&OpenPair<'_>, &[Difference]) -> Result<Vec<F>, TooManySteps>,
) -> Result<Vec<Field<F>>, TooManySteps> {
    let path = open.pair.path.as_str();
    let differences = document::compare(&sides(open, naming));
    let facts = facts(open, &differences)?;
    let mut taken = Taken::default();
    Ok(differences
        .into_iter()
        .zip(facts)
        .map(|(difference, facts)| Field {
            selector: taken.unique(&selector(path, &difference)),
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
        base: Base::Target,
        naming,
        file: open.pair.path.file_name(),
    }
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
