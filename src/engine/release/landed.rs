//! Finds the commits that brought the promotions of releases to a branch.

use std::ops::ControlFlow;

use crate::domain::CommitId;
use crate::engine::log::merge_of;
use crate::engine::ports::Ports;
use crate::plan::Record;
use crate::port::{Branch, MessageSearch, RepositoryError};
use crate::release::Release;

/// How far the clocks of two committers may differ.
const CLOCK_DIFFERENCE: i64 = 86_400;

/// The promotions of releases on a branch, back to a time.
pub(super) struct Landings {
    /// How far back they go, in seconds since 1970.
    oldest: i64,
    /// The release, the environment and the commit of each, newest first.
    found: Vec<(String, String, CommitId)>,
}

impl Landings {
    /// Searches the history of a branch once for all releases that were created at `oldest` or later.
    pub(super) fn search(
        ports: &Ports<'_>,
        branch: &Branch,
        oldest: i64,
    ) -> Result<Self, RepositoryError> {
        let mut found = Vec::new();
        let search = MessageSearch {
            from: branch.tip,
            line_starts: &[Record::RELEASE_LINE],
        };
        ports.history.search(&search, &mut |commit| {
            if commit.time + CLOCK_DIFFERENCE < oldest {
                return ControlFlow::Break(());
            }
            for record in Record::all_in(&commit.message) {
                if let Some(release) = record.release {
                    found.push((release, record.to, commit.id));
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(Self { oldest, found })
    }

    /// Whether a release was created within the time that they cover.
    pub(super) fn cover(&self, release: &Release) -> bool {
        self.oldest <= release.created
    }

    /// The commit on the branch's own line that brought the promotion of a release to an environment:
    /// the promotion itself, or the merge of its branch.
    pub(super) fn of(
        &self,
        ports: &Ports<'_>,
        branch: &Branch,
        (release, environment): (&Release, &str),
    ) -> Result<Option<CommitId>, RepositoryError> {
        let mut found = self.found.iter();
        let own = found.find(|(id, to, _)| *id == release.id && to == environment);
        let Some((.., commit)) = own else {
            return Ok(None);
        };
        let merge = merge_of(ports.history, branch.tip, *commit)?;
        Ok(Some(merge.unwrap_or(*commit)))
    }
}
