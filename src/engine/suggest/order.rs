//! Finds out from the history which environment's versions follow those of which other one.
//!
//! # Why
//!
//! People promote long before they use a tool for it. A version that one environment got after another
//! one shows the way that versions take, and who takes them there. Only the newest commits are looked at.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use crate::domain::{ApplicationName, Naming, RepoPath};
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::engine::status::{Cell, Reader};
use crate::inventory::{EnvironmentView, FileObject, FileRole};
use crate::port::{Branch, PastCommit, Snapshot, Walk};

/// How many commits are looked at.
const COMMITS: usize = 500;

/// How many files are followed.
const FILES: usize = 2_000;

/// How many authors are named.
const AUTHORS: usize = 3;

/// How often new versions of an environment were in another one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Following {
    /// The environment that had them first.
    pub from: String,
    /// The environment that got them later.
    pub to: String,
    /// How many versions did.
    pub versions: usize,
    /// How many new versions it got.
    pub of: usize,
    /// The authors who did it most often, with how often.
    pub authors: Vec<(String, usize)>,
}

/// Looks at the newest commits; for each environment, the one that it follows most often comes first.
pub(super) fn followings(
    ports: &Ports<'_>,
    branch: &Branch,
    snapshot: &dyn Snapshot,
    views: &[EnvironmentView],
) -> Result<Vec<Following>, EngineError> {
    let mut places: HashMap<&RepoPath, (usize, &ApplicationName)> = HashMap::new();
    for (at, view) in views.iter().enumerate() {
        for (application, files) in &view.applications {
            let deployed = files.iter().filter(|file| file.role == FileRole::Deployed);
            places.extend(deployed.map(|file| (&file.path, (at, application))));
        }
    }
    let mut paths: Vec<RepoPath> = places.keys().map(|path| (*path).clone()).collect();
    paths.sort();
    paths.truncate(FILES);
    let walk = Walk {
        from: branch.tip,
        paths: &paths,
        limit: COMMITS,
        except: None,
    };
    let mut commits: Vec<PastCommit> = Vec::new();
    ports.history.walk(&walk, &mut |commit| {
        commits.push(commit);
        ControlFlow::Continue(())
    })?;
    let reader = Reader::new(snapshot);
    let mut order = Order::default();
    // The oldest first, so that a version is known when another environment gets it.
    for commit in commits.iter().rev() {
        let mut new = Vec::new();
        for change in &commit.changes {
            let place = change
                .path
                .as_ref()
                .and_then(|path| Some((path, places.get(path)?)));
            let Some((path, (environment, application))) = place else {
                continue;
            };
            let naming = Naming::of_one(&views[*environment].environment);
            let cell = Cell {
                application,
                place: None,
                naming: &naming,
            };
            let versions = |side: Option<_>| match side.map(FileObject::from) {
                Some(file) => reader.of_file(cell, path, file),
                None => Ok(Vec::new()),
            };
            let before = versions(change.before)?;
            let after = versions(change.after)?;
            let added = after
                .into_iter()
                .filter(|version| !before.contains(version));
            new.extend(added.map(|version| (*environment, (*application).clone(), version)));
        }
        order.learn(new, &commit.author);
    }
    Ok(order.followings(views))
}

/// Which environments got which versions, in the order of the commits.
#[derive(Default)]
struct Order {
    /// The environments that have had a version of an application, the newest last.
    known: HashMap<(ApplicationName, String), Vec<usize>>,
    /// How many new versions each environment got.
    all: BTreeMap<usize, usize>,
    /// How often each author brought a version from one environment to another.
    followed: BTreeMap<(usize, usize), BTreeMap<String, usize>>,
}

impl Order {
    /// Adds the new versions of a commit: each with its environment and application.
    fn learn(&mut self, new: Vec<(usize, ApplicationName, String)>, author: &str) {
        let mut learned = Vec::new();
        for (environment, application, version) in new {
            let key = (application, version);
            let known = self.known.get(&key).map_or(&[][..], Vec::as_slice);
            // A version that it had before shows no order.
            if !known.contains(&environment) {
                *self.all.entry(environment).or_default() += 1;
                if let Some(from) = known.last() {
                    let authors = self.followed.entry((*from, environment)).or_default();
                    *authors.entry(author.to_owned()).or_default() += 1;
                }
            }
            learned.push((key, environment));
        }
        // Environments that get a version in the same commit do not follow each other.
        for (key, environment) in learned {
            self.known.entry(key).or_default().push(environment);
        }
    }

    fn followings(self, views: &[EnvironmentView]) -> Vec<Following> {
        let name = |at: usize| views[at].environment.name.clone();
        let all = &self.all;
        let of = self.followed.into_iter().map(|((from, to), authors)| {
            let versions = authors.values().sum();
            let mut authors: Vec<(String, usize)> = authors.into_iter().collect();
            authors.sort_by_key(|(_, count)| Reverse(*count));
            authors.truncate(AUTHORS);
            let following = Following {
                from: name(from),
                to: name(to),
                versions,
                of: all.get(&to).copied().unwrap_or_default(),
                authors,
            };
            (to, following)
        });
        let mut of: Vec<(usize, Following)> = of.collect();
        of.sort_by_key(|(to, following)| (*to, Reverse(following.versions)));
        of.into_iter().map(|(_, following)| following).collect()
    }
}
