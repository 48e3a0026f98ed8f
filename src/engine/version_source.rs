//! Finds the commit whose source files have the requested version of an application.
//!
//! # Why
//!
//! People know the version that they want, not the commit of the repository that brought it. The version
//! of an application is the one that `git promote status` shows: that of the template's place, else of
//! the strongest version fields. The files of the newest commit with it are promoted, so that whatever
//! came with the version comes along.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::branches::Branches;
use super::decide::Rules;
use super::error::{EngineError, SearchEnd};
use super::moved::MOST_RENAMES;
use super::ports::Ports;
use super::product;
use super::request::Request;
use super::settings::read_settings;
use super::status::{Cell, Reader};
use crate::document::is_wanted;
use crate::domain::{CommitId, RepoPath};
use crate::inventory::{
    self, ApplicationChoice, EnvironmentFile, EnvironmentPair, Equal, FileObject, FileRole,
};
use crate::plan::{Notice, VersionOrigin};
use crate::port::{History, PastCommit, RepositoryError, Walk};

/// Where the requested version was found.
pub(super) struct VersionSource {
    /// The request with the commit as its source.
    pub request: Request,
    /// Names the commit, if it is not the newest one.
    pub notice: Option<Notice>,
    /// The present paths of files that were moved since, by those in the commit.
    pub moved: BTreeMap<RepoPath, RepoPath>,
}

/// Finds the newest commit with the version.
pub(super) fn find(
    ports: &Ports<'_>,
    request: &Request,
    wanted: &str,
    branches: &Branches,
) -> Result<VersionSource, EngineError> {
    let home = ports.repository.snapshot(branches.home.tip)?;
    let given = request.settings.as_ref();
    let (settings, _) = read_settings(ports, given, home.as_ref(), &mut Vec::new())?;
    let hop = inventory::hop(&request.from, &request.to, &settings)?;
    let branch = branches.of(&hop.from)?;
    let tip = ports.repository.snapshot(branch.tip)?;
    let target = ports.repository.snapshot(branches.of(&hop.to)?.tip)?;
    let environments = EnvironmentPair::new(&hop, (tip.as_ref(), target.as_ref()), &settings)?;
    let (request, _) = product::with_product(request, &settings, &environments)?;
    let located = environments.locate(ApplicationChoice {
        applications: &request.applications,
        products: &request.products,
    })?;
    let Some([application]) = located.applications() else {
        let version = wanted.to_owned();
        return Err(EngineError::VersionOfSeveral { version });
    };
    let rules = Rules::new(&settings, &request.products, request.promote)?;
    let template = rules.template(application);
    let files = located.pairs(Equal::Listed)?.files.into_iter();
    let files = files.filter(|pair| pair.role == FileRole::Deployed);
    let files = files.filter_map(|pair| {
        Some(EnvironmentFile {
            path: pair.source_path?,
            object: pair.source?,
            role: pair.role,
        })
    });
    let mut search = Search {
        reader: Reader::new(tip.as_ref()),
        cell: Cell {
            application,
            place: template.and_then(|template| template.version.as_ref()),
            naming: located.naming(),
        },
        wanted,
        files: files.map(|file| (file.path.clone(), file)).collect(),
        moved: BTreeMap::new(),
        seen: Vec::new(),
        visited: 0,
    };
    let Some(commit) = search.run(ports.history, branch.tip, request.history)? else {
        return Err(EngineError::UnknownVersion {
            application: application.clone(),
            version: wanted.to_owned(),
            environment: hop.from.name.clone(),
            end: search.end(ports.history, request.history),
            known: search.seen,
        });
    };
    let notice = Notice::VersionOfCommit(VersionOrigin {
        environment: hop.from.name.clone(),
        application: application.to_string(),
        versions: search.versions()?,
        commit,
    });
    let request = Request {
        source: Some(commit.to_string()),
        ..request
    };
    Ok(VersionSource {
        request,
        notice: (commit != branch.tip).then_some(notice),
        moved: search.moved,
    })
}

/// How a search goes on after a commit.
enum Visited {
    /// Before it, the application had the wanted version.
    Found(CommitId),
    /// Before it, in this commit, files have other paths.
    Moved(Option<CommitId>),
    Older,
}

/// A search in the history of an application's source files.
struct Search<'a> {
    reader: Reader<'a>,
    cell: Cell<'a>,
    wanted: &'a str,
    /// The files after the next commit to be visited.
    files: BTreeMap<RepoPath, EnvironmentFile>,
    /// The present paths of those that newer commits moved, by their paths then.
    moved: BTreeMap<RepoPath, RepoPath>,
    /// The versions so far, newest first.
    seen: Vec<String>,
    /// How many commits were visited.
    visited: usize,
}

impl Search<'_> {
    /// The newest commit in which the application has the wanted version.
    fn run(
        &mut self,
        history: &dyn History,
        tip: CommitId,
        limit: usize,
    ) -> Result<Option<CommitId>, RepositoryError> {
        if self.has_version()? {
            return Ok(Some(tip));
        }
        let mut from = Some(tip);
        for _ in 0..=MOST_RENAMES {
            let Some(newest) = from.filter(|_| self.visited < limit) else {
                break;
            };
            let paths: Vec<RepoPath> = self.files.keys().cloned().collect();
            let walk = Walk {
                from: newest,
                paths: &paths,
                limit: limit - self.visited,
                except: None,
            };
            let mut found = Ok(Visited::Older);
            history.walk(&walk, &mut |commit| {
                self.visited += 1;
                found = self.before(&commit, history);
                match found {
                    Ok(Visited::Older) => ControlFlow::Continue(()),
                    Ok(Visited::Found(_) | Visited::Moved(_)) | Err(_) => ControlFlow::Break(()),
                }
            })?;
            from = match found? {
                Visited::Found(commit) => return Ok(Some(commit)),
                Visited::Moved(before) => before,
                Visited::Older => None,
            };
        }
        Ok(None)
    }

    /// Where the search ended that found nothing.
    fn end(&self, history: &dyn History, limit: usize) -> SearchEnd {
        if self.visited >= limit {
            SearchEnd::Limit(limit)
        } else if history.is_shallow() {
            SearchEnd::Shallow
        } else {
            SearchEnd::Complete
        }
    }

    /// Looks at the files before a commit.
    fn before(
        &mut self,
        commit: &PastCommit,
        history: &dyn History,
    ) -> Result<Visited, RepositoryError> {
        let is_new = commit.changes.iter().any(|change| change.before.is_none());
        let renames = if is_new && commit.parent.is_some() {
            history.renames(commit)?
        } else {
            Vec::new()
        };
        let mut is_moved = false;
        for change in &commit.changes {
            let Some(path) = &change.path else { continue };
            if let Some(rename) = renames.iter().find(|rename| rename.new == *path)
                && let Some(file) = self.files.remove(path)
            {
                is_moved = true;
                let present = self.moved.remove(path).unwrap_or_else(|| path.clone());
                self.moved.insert(rename.old.clone(), present);
                let file = EnvironmentFile {
                    path: rename.old.clone(),
                    object: rename.before.into(),
                    ..file
                };
                self.files.insert(rename.old.clone(), file);
                continue;
            }
            match change.before.map(FileObject::from) {
                Some(object) => {
                    let file = self.files.entry(path.clone());
                    let file = file.or_insert_with(|| EnvironmentFile {
                        path: path.clone(),
                        object,
                        // Files that are not deployed have no versions.
                        role: FileRole::Deployed,
                    });
                    file.object = object;
                }
                None => {
                    self.files.remove(path);
                }
            }
        }
        let has_version = self.has_version()?;
        Ok(match commit.parent.filter(|_| has_version) {
            Some(found) => Visited::Found(found),
            None if is_moved => Visited::Moved(commit.parent),
            None => Visited::Older,
        })
    }

    /// The application's versions in the files.
    fn versions(&mut self) -> Result<Vec<String>, RepositoryError> {
        let files: Vec<EnvironmentFile> = self.files.values().cloned().collect();
        Ok(self.reader.read(self.cell, &files)?.versions)
    }

    /// Whether the application has the wanted version in the files.
    fn has_version(&mut self) -> Result<bool, RepositoryError> {
        let versions = self.versions()?;
        let has = versions.iter().any(|v| is_wanted(v, self.wanted));
        for version in versions {
            if !self.seen.contains(&version) {
                self.seen.push(version);
            }
        }
        Ok(has)
    }
}
