//! Where source and target begin, and which applications that makes.
//!
//! # Why
//!
//! All first appearances of the names are found before any file is paired, because the names of
//! the applications depend on them; nothing below them is opened for that.

use super::application_rule::{
    ApplicationRule, Beginning, PathNames, is_build_file, without_ranges,
};
use super::error::InventoryError;
use super::find_roots::find_roots;
use super::root::Root;
use super::scope::Scope;
use super::trees::{Entry, Trees};
use crate::domain::{ApplicationName, LayoutMatch, LayoutPattern, Naming, Side};

/// Every first appearance of the environments, and the rule that names the applications.
#[derive(Debug)]
pub(super) struct EnvironmentRoots {
    pub all: Vec<Root>,
    rule: ApplicationRule,
}

/// One side of a pair of environments.
struct PairSide<'a> {
    side: Side,
    naming: &'a Naming,
}

impl PathNames for PairSide<'_> {
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
        let own = names.iter().filter(|name| name.side != Side::Other);
        without_ranges(part, own.map(|name| (name.start, name.end)))
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
        let beginnings: Vec<Beginning<'_>> = all
            .iter()
            .map(|root| Beginning {
                above: &root.above,
                is_folder: first(root).is_some_and(Entry::is_directory),
                is_whole_name: is_whole_name(root, naming),
            })
            .collect();
        let mut rule = ApplicationRule::new(&beginnings, repository, layout);
        if rule.depends_on_builds() && has_build_files(&all, trees, naming)? {
            rule = rule.with_units();
        }
        Ok(Self { all, rule })
    }

    /// The application of a file; `side` is the environment whose names the path carries.
    pub(super) fn application(&self, path: &str, side: Side, naming: &Naming) -> ApplicationName {
        self.rule.application(path, &PairSide { side, naming })
    }

    /// The application of all files below a folder, where the folder's own path tells it.
    pub(super) fn application_of_folder(
        &self,
        folder: &str,
        side: Side,
        naming: &Naming,
    ) -> Option<ApplicationName> {
        let names = PairSide { side, naming };
        self.rule.application_of_folder(folder, &names)
    }

    /// Whether all files below a folder are of one application, whatever their names.
    ///
    /// False where that takes more than a look at the folder's own path.
    pub(super) fn is_of_one_application(&self, folder: &str, side: Side, naming: &Naming) -> bool {
        let names = PairSide { side, naming };
        self.rule.is_of_one_application(folder, &names)
    }

    /// The match of the configured layout with a path.
    pub(super) fn by_layout(&self, path: &str, side: Side, naming: &Naming) -> Option<LayoutMatch> {
        self.rule.by_layout(path, &PairSide { side, naming })
    }
}

/// Whether any environment's folder is built as a whole.
fn has_build_files(
    roots: &[Root],
    trees: &Trees<'_>,
    naming: &Naming,
) -> Result<bool, InventoryError> {
    let whole = roots.iter().filter(|root| is_whole_name(root, naming));
    let folders = whole.flat_map(Root::entries);
    for (_, folder, side) in folders.filter(|(_, entry, _)| entry.is_directory()) {
        let entries = match side {
            Side::Source(_) => trees.source(folder.id)?,
            _ => trees.target(folder.id)?,
        };
        if entries.iter().any(|entry| is_build_file(&entry.name)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The entry by which a root is judged: the source's, else the target's.
fn first(root: &Root) -> Option<&Entry> {
    let target = || {
        root.targets
            .first()
            .and_then(|target| target.entry.as_ref())
    };
    root.source.as_ref().or_else(target)
}

/// Whether the root is a folder whose whole name is an environment's.
fn is_whole_name(root: &Root, naming: &Naming) -> bool {
    first(root).is_some_and(|entry| {
        entry.is_directory()
            && (naming.source().has_name(&entry.name) || naming.target().has_name(&entry.name))
    })
}
