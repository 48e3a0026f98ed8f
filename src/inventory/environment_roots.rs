//! The roots of source and target, and the applications that follow from them.
//!
//! # Why
//!
//! The names of the applications depend on all roots. So all roots are found before any file is
//! paired; nothing below them is opened for that, except to see whether a folder is built as a whole.

use super::application_rule::{
    ApplicationRule, PathNames, RootShape, is_build_file, without_ranges,
};
use super::error::InventoryError;
use super::find_roots::find_roots;
use super::root::Root;
use super::scope::Scope;
use super::trees::{Entry, Trees};
use crate::domain::{ApplicationName, LayoutMatch, LayoutPattern, Naming, Side};

/// The roots of both environments, and the rule that names the applications.
#[derive(Debug)]
pub(super) struct EnvironmentRoots {
    pub all: Vec<Root>,
    rule: ApplicationRule,
}

/// The names of one side of a pair of environments.
struct SideNames<'a> {
    side: Side,
    naming: &'a Naming,
}

impl PathNames for SideNames<'_> {
    fn is_environment(&self, word: &str) -> bool {
        match self.side {
            Side::Source(_) => self.naming.source().has_name(word),
            _ => self.naming.target().has_name(word),
        }
    }

    fn is_named(&self, part: &str) -> bool {
        match self.side {
            Side::Source(_) => self.naming.names_source(part),
            Side::Target(_) => self.naming.names_target(part),
            Side::Other => false,
        }
    }

    fn without_environment(&self, part: &str) -> String {
        let names = self.naming.in_path(part);
        let occurrences = names.iter().filter(|name| name.side != Side::Other);
        without_ranges(part, occurrences.map(|name| (name.start, name.end)))
    }
}

impl EnvironmentRoots {
    /// Walks the folders above the environments.
    pub(super) fn find(
        trees: &Trees<'_>,
        naming: &Naming,
        scope: &Scope<'_>,
        repository: &str,
        layout: &[LayoutPattern],
    ) -> Result<Self, InventoryError> {
        let all = find_roots(trees, naming, scope)?;
        let shapes: Vec<RootShape<'_>> = all
            .iter()
            .map(|root| RootShape {
                parent: &root.parent,
                is_folder: first_entry(root).is_some_and(Entry::is_directory),
                is_whole_name: is_whole_name(root, naming),
            })
            .collect();
        let mut rule = ApplicationRule::new(&shapes, repository, layout);
        if rule.depends_on_build_files() && has_build_files(&all, trees, naming)? {
            rule = rule.with_build_files();
        }
        Ok(Self { all, rule })
    }

    /// The application of a file; `side` is the environment whose name the path has.
    pub(super) fn application(&self, path: &str, side: Side, naming: &Naming) -> ApplicationName {
        self.rule.application(path, &SideNames { side, naming })
    }

    /// The application of all files below a folder; `None` if the folder's path does not determine it.
    pub(super) fn application_of_folder(
        &self,
        folder: &str,
        side: Side,
        naming: &Naming,
    ) -> Option<ApplicationName> {
        let names = SideNames { side, naming };
        self.rule.application_of_folder(folder, &names)
    }

    /// Whether the path of a folder alone shows that all files below it belong to one application.
    pub(super) fn is_of_one_application(&self, folder: &str, side: Side, naming: &Naming) -> bool {
        let names = SideNames { side, naming };
        self.rule.is_of_one_application(folder, &names)
    }

    /// Matches a path with the configured layout.
    pub(super) fn match_layout(
        &self,
        path: &str,
        side: Side,
        naming: &Naming,
    ) -> Option<LayoutMatch> {
        self.rule.match_layout(path, &SideNames { side, naming })
    }
}

/// Whether an environment's folder has a file that builds it as a whole.
fn has_build_files(
    roots: &[Root],
    trees: &Trees<'_>,
    naming: &Naming,
) -> Result<bool, InventoryError> {
    let whole = roots.iter().filter(|root| is_whole_name(root, naming));
    let folders = whole.flat_map(Root::entries);
    for (_, folder, side) in folders.filter(|(_, entry, _)| entry.is_directory()) {
        let entries = trees.of_side(side, folder.id)?;
        if entries.iter().any(|entry| is_build_file(&entry.name)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The source's entry of a root, else the target's.
fn first_entry(root: &Root) -> Option<&Entry> {
    let target = || {
        root.targets
            .first()
            .and_then(|target| target.entry.as_ref())
    };
    root.source.as_ref().or_else(target)
}

/// Whether a root is a folder whose whole name is an environment's.
fn is_whole_name(root: &Root, naming: &Naming) -> bool {
    first_entry(root).is_some_and(|entry| {
        entry.is_directory()
            && (naming.source().has_name(&entry.name) || naming.target().has_name(&entry.name))
    })
}
