//! Where releases are recorded.
//!
//! # Why
//!
//! A release keeps the configuration that it was started with, so that it can be read, moved and terminated while
//! today's has faults. Only the place of the records is needed: the newest configuration without faults has it.

use std::ops::ControlFlow;

use crate::domain::{CONFIGURATION, CommitId, RepoPath};
use crate::engine::configured::default_branch;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::engine::settings::read_settings;
use crate::port::{SettingsError, Walk};

/// How many commits of the configuration are tried.
const TRIES: usize = 100;

/// Where releases are recorded.
#[derive(Debug)]
pub struct RecordPlace {
    /// The folder of the references; the default one if the configuration names none.
    pub prefix: Option<String>,
    /// The faults of today's configuration, if it has any.
    pub faults: Option<SettingsError>,
}

/// Finds out where releases are recorded, by the newest configuration that can be read.
///
/// # Errors
/// When the branch cannot be read.
pub async fn record_place(ports: &Ports<'_>) -> Result<RecordPlace, EngineError> {
    let tip = default_branch(ports).await?.tip;
    match prefix_in(ports, tip) {
        Ok(prefix) => Ok(RecordPlace {
            prefix,
            faults: None,
        }),
        Err(EngineError::Settings(faults)) => Ok(RecordPlace {
            prefix: last_readable(ports, tip)?,
            faults: Some(faults),
        }),
        Err(error) => Err(error),
    }
}

fn prefix_in(ports: &Ports<'_>, commit: CommitId) -> Result<Option<String>, EngineError> {
    let snapshot = ports.repository.snapshot(commit)?;
    let (settings, _) = read_settings(ports, None, snapshot.as_ref(), &mut Vec::new())?;
    Ok(settings.release_prefix)
}

/// The prefix of the newest configuration before a commit that can be read.
fn last_readable(ports: &Ports<'_>, tip: CommitId) -> Result<Option<String>, EngineError> {
    let paths: Vec<RepoPath> = RepoPath::parse(CONFIGURATION).into_iter().collect();
    let walk = Walk {
        from: tip,
        paths: &paths,
        limit: TRIES,
        except: None,
    };
    let mut found = None;
    ports.history.walk(&walk, &mut |commit| match commit
        .parent
        .map(|parent| prefix_in(ports, parent))
    {
        Some(Ok(prefix)) => {
            found = prefix;
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    })?;
    Ok(found)
}
