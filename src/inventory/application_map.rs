//! Which files each application has, for `check --layout`.

use std::collections::BTreeMap;

use super::environment_pair::{ApplicationChoice, EnvironmentPair, hop};
use super::error::InventoryError;
use super::file_pair::FilePair;
use super::pair::Equal;
use super::pair_collector::Overlap;
use crate::domain::{ApplicationName, RepoPath, Settings};
use crate::plan::Notice;
use crate::port::Snapshot;

/// The applications of a repository with their files.
#[derive(Clone, Debug, Default)]
pub struct ApplicationMap {
    /// Each application's pairs: the source's path and the target's.
    pub applications: BTreeMap<ApplicationName, Vec<(Option<RepoPath>, RepoPath)>>,
    /// Applications without files, and files that overlap.
    pub notices: Vec<Notice>,
}

/// Maps the applications of two environments, each in its commit, to their files, equal ones included.
///
/// # Errors
/// When the environments are unknown or the repository cannot be read.
pub fn applications(
    commits: (&dyn Snapshot, &dyn Snapshot),
    settings: &Settings,
    from: &str,
    to: &str,
) -> Result<ApplicationMap, InventoryError> {
    let hop = hop(from, to, settings)?;
    let pair = EnvironmentPair::new(&hop, commits, settings)?;
    let located = pair.locate(ApplicationChoice::default())?;
    let pairs = located.pairs(Equal::Listed)?;
    let mut map = ApplicationMap::default();
    map.notices
        .extend(pairs.overlaps.iter().map(Overlap::notice));
    for FilePair {
        application,
        source_path,
        path,
        ..
    } in pairs.files
    {
        map.applications
            .entry(application)
            .or_default()
            .push((source_path, path));
    }
    let lacking = lacking(settings, &map);
    map.notices.extend(lacking);
    Ok(map)
}

/// Applications of products that no file belongs to: `--product` would refuse them.
fn lacking(settings: &Settings, map: &ApplicationMap) -> Vec<Notice> {
    let is_there = |word: &str| map.applications.keys().any(|n| n.matches(word));
    let named = settings.products.iter().flat_map(|product| {
        let words = product.applications.iter();
        words.map(move |word| (product, word))
    });
    named
        .filter(|(_, word)| !is_there(word))
        .map(|(product, word)| Notice::ApplicationWithoutFiles {
            product: product.name.clone(),
            application: word.clone(),
        })
        .collect()
}
