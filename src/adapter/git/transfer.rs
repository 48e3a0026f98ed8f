//! Copying a commit and what it needs from one repository to another.
//!
//! # Why
//!
//! What is copied is found by comparing each commit's tree with its parent's,
//! so nothing is looked at that both sides have. Both have what a branch or tag
//! reaches, as for Git: that a commit is there alone says nothing, for a clone
//! made during somebody's push, or a tidying that was stopped, leaves commits
//! without their files. A few objects are written one by one, files before
//! directories before commits. Many objects become one pack.

use std::collections::HashSet;
use std::io::Write as _;

use git2::{Odb, OdbLookupFlags, Oid, Repository, Revwalk, Sort};

use super::durable::{Written, packs, sync_new_packs};
use super::fault::Place;
use super::tree::{RawEntry, parse_tree};
use crate::domain::FileMode;
use crate::port::RepositoryError;

/// Up to how many objects are written one by one; Git's own limit for unpacking.
const FEW: usize = 100;

/// Makes `tip` and everything it needs be in `to`.
pub(super) fn copy(from: &Repository, to: &Repository, tip: Oid) -> Result<(), RepositoryError> {
    let fault = || Place::of(to).fault("could not open the object database");
    let (source, target) = (from.odb().map_err(fault())?, to.odb().map_err(fault())?);
    let mut had = Reached::new(to)?;
    if had.has(tip)? {
        return Ok(());
    }
    let objects = Missing::find(from, &source, &mut had, tip)?;
    if objects.len() <= FEW {
        let mut written = Written::default();
        for id in objects {
            let fault = || Place::of(to).fault(format!("could not copy object `{id}`"));
            let object = source
                .read(id)
                .map_err(Place::of(from).fault(format!("could not read object `{id}`")))?;
            target
                .write(object.kind(), object.data())
                .map_err(fault())?;
            written.push(id);
        }
        return written.sync(to);
    }
    let before = packs(to);
    pack(from, &target, &objects).map_err(Place::of(to).fault("could not write a pack"))?;
    sync_new_packs(to, &before)
}

/// Whether a commit is here with all that it needs.
pub(super) fn is_whole(repo: &Repository, tip: Oid) -> Result<bool, RepositoryError> {
    let fault = Place::of(repo).fault("could not open the object database");
    let odb = repo.odb().map_err(fault)?;
    let mut had = Reached::new(repo)?;
    if had.has(tip)? {
        return Ok(true);
    }
    match Missing::find(repo, &odb, &mut had, tip) {
        Ok(objects) => Ok(objects.into_iter().all(|id| odb.exists(id))),
        Err(RepositoryError::MissingObject { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn pack(from: &Repository, target: &Odb<'_>, objects: &[Oid]) -> Result<(), git2::Error> {
    let mut builder = from.packbuilder()?;
    for id in objects {
        builder.insert_object(*id, None)?;
    }
    let mut writer = target.packwriter()?;
    let mut failed = None;
    let done = builder.foreach(|bytes| match writer.write_all(bytes) {
        Ok(()) => true,
        Err(e) => {
            failed = Some(git2::Error::from_str(&e.to_string()));
            false
        }
    });
    match failed {
        Some(error) => Err(error),
        None => done.and_then(|()| writer.commit().map(|_| ())),
    }
}

/// The commits that a repository's references reach, found as far as they are asked for.
struct Reached<'r> {
    repo: &'r Repository,
    /// Looks further than `seen`; most are answered without.
    walk: Option<Revwalk<'r>>,
    seen: HashSet<Oid>,
}

impl<'r> Reached<'r> {
    fn new(repo: &'r Repository) -> Result<Self, RepositoryError> {
        let fault = || Place::of(repo).fault("could not list the references");
        let mut seen = HashSet::new();
        for reference in repo.references().map_err(fault())? {
            seen.extend(reference.map_err(fault())?.target());
        }
        let walk = None;
        Ok(Self { repo, walk, seen })
    }

    fn has(&mut self, commit: Oid) -> Result<bool, RepositoryError> {
        let fault = || Place::of(self.repo).fault("could not read the history");
        // A reference may name what is not there.
        let odb = self.repo.odb().map_err(fault())?;
        if !odb.exists_ext(commit, OdbLookupFlags::NO_REFRESH) {
            return Ok(false);
        }
        if self.seen.contains(&commit) {
            return Ok(true);
        }
        let mut walk = match self.walk.take() {
            Some(walk) => walk,
            None => self.walk().map_err(fault())?,
        };
        // What is behind a commit that is missing is reached by nothing.
        for next in walk.by_ref().map_while(Result::ok) {
            self.seen.insert(next);
            if next == commit {
                break;
            }
        }
        self.walk = Some(walk);
        Ok(self.seen.contains(&commit))
    }

    fn walk(&self) -> Result<Revwalk<'r>, git2::Error> {
        let mut walk = self.repo.revwalk()?;
        for id in &self.seen {
            // One that is broken, or names no commit, reaches none.
            if self
                .repo
                .find_object(*id, None)
                .is_ok_and(|object| object.peel_to_commit().is_ok())
            {
                walk.push(*id)?;
            }
        }
        Ok(walk)
    }
}

/// The objects of a history that another repository lacks.
struct Missing<'a> {
    source: &'a Odb<'a>,
    place: Place,
    seen: HashSet<Oid>,
    /// Each after what it needs.
    found: Vec<Oid>,
}

impl<'a> Missing<'a> {
    fn find(
        from: &Repository,
        source: &'a Odb<'a>,
        had: &mut Reached<'_>,
        tip: Oid,
    ) -> Result<Vec<Oid>, RepositoryError> {
        let place = Place::of(from);
        let fault = || place.fault("could not read the history");
        let mut walk = from.revwalk().map_err(fault())?;
        let order = Sort::TOPOLOGICAL | Sort::REVERSE;
        walk.set_sorting(order).map_err(fault())?;
        walk.push(tip).map_err(fault())?;
        // Where the two histories meet.
        let (mut open, mut seen) = (vec![tip], HashSet::from([tip]));
        while let Some(id) = open.pop() {
            for parent in from.find_commit(id).map_err(fault())?.parent_ids() {
                if !seen.insert(parent) {
                } else if had.has(parent)? {
                    walk.hide(parent).map_err(fault())?;
                } else {
                    open.push(parent);
                }
            }
        }
        let mut missing = Self {
            source,
            place: place.clone(),
            seen: HashSet::new(),
            found: Vec::new(),
        };
        for id in walk {
            let commit = from.find_commit(id.map_err(fault())?).map_err(fault())?;
            let parent = match commit.parent(0) {
                Ok(parent) => Some(parent.tree_id()),
                Err(_) if commit.parent_count() == 0 => None,
                Err(e) => return Err(fault()(e)),
            };
            missing.tree(parent, commit.tree_id())?;
            missing.found.push(commit.id());
        }
        Ok(missing.found)
    }

    /// Adds what `new` has and `old`, at the same place, has not.
    fn tree(&mut self, old: Option<Oid>, new: Oid) -> Result<(), RepositoryError> {
        if old == Some(new) || !self.seen.insert(new) {
            return Ok(());
        }
        let old = match old {
            Some(old) => self.entries(old)?,
            None => Vec::new(),
        };
        for (name, mode, id) in self.entries(new)? {
            let before = old
                .binary_search_by(|(other, ..)| other.cmp(&name))
                .ok()
                .map(|at| (old[at].1, old[at].2));
            if before.is_some_and(|(_, before)| before == id) {
                continue;
            }
            match mode {
                FileMode::Directory => {
                    let below = before.filter(|(mode, _)| *mode == FileMode::Directory);
                    self.tree(below.map(|(_, id)| id), id)?;
                }
                FileMode::Submodule => {}
                _ if self.seen.insert(id) => self.found.push(id),
                _ => {}
            }
        }
        self.found.push(new);
        Ok(())
    }

    /// A tree's entries by name.
    fn entries(&self, tree: Oid) -> Result<Vec<(Vec<u8>, FileMode, Oid)>, RepositoryError> {
        let doing = format!("could not read tree `{tree}`");
        let object = (self.source.read(tree)).map_err(self.place.fault(doing.as_str()))?;
        let mut entries = parse_tree(object.data(), tree.as_bytes().len())
            .map(|entry: Option<RawEntry<'_>>| {
                let entry = entry?;
                let id = Oid::from_bytes(entry.id).ok()?;
                Some((entry.name.to_vec(), entry.kind(), id))
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Place::found(doing, "it is damaged"))?;
        entries.sort_unstable();
        Ok(entries)
    }
}
