//! Finds out whether a revert takes back what a commit records beside its files.
//!
//! # Why
//!
//! A baseline that is set, and a decision for the target's value, are in commits that need not change a file.
//! `git revert` fails on such a commit, and there is nothing to compare. What it records counts until a newer
//! commit reverts it, so the revert is a commit without files, too.

use super::changes::Changes;
use crate::domain::{Naming, Settings};
use crate::engine::error::EngineError;
use crate::engine::history::Records;
use crate::engine::ports::Ports;
use crate::engine::undone_record::UndoneRecord;
use crate::plan::{Hop, Record, Reverted};
use crate::port::Snapshot;

/// What the reverted commit records beside its files, unless that does not count any more.
pub(super) fn find(
    ports: &Ports<'_>,
    reverted: &Reverted,
    changes: &Changes,
    (hop, settings): (&Hop, &Settings),
    target: &dyn Snapshot,
) -> Result<Option<UndoneRecord>, EngineError> {
    let records = Record::all_in(&changes.message);
    let record = records.iter().find(|record| record.id == reverted.id);
    let Some(record) = record.filter(|record| changes.is_empty() || !record.kept.is_empty()) else {
        return Ok(None);
    };
    let naming = Naming::new(hop.from.clone(), hop.to.clone(), &settings.environments);
    let counting = Records::find(ports, target.commit(), &naming)?;
    let title = changes.message.lines().next().unwrap_or_default();
    Ok(counting.has(reverted.commit).then(|| UndoneRecord {
        title: title.to_owned(),
        applications: record.application_names().collect(),
    }))
}
