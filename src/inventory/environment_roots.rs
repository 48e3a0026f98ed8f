//! The roots of source and target, and the applications that follow from them.
//!
//! # Why
//!
//! Environments and applications are checked before any file is paired. So all roots are found first,
//! and nothing below them is opened for that.

use std::collections::BTreeSet;

use super::application_rule::{ApplicationRule, PathNames, without_ranges};
use super::environment_folder::root_of_folders;
use super::error::InventoryError;
use super::find_roots::{FoundRoots, find_roots};
use super::mapped_files::MappedFile;
use super::root::Root;
use super::scope::Scope;
use super::trees::Trees;
use crate::domain::{ApplicationName, EnvironmentFolder, LayoutMatch, LayoutPattern, Naming, Side};

/// The roots of both environments, and the rule that names the applications.
#[derive(Debug)]
pub(super) struct EnvironmentRoots {
    pub all: Vec<Root>,
    /// Folders above the environments that have an environment's name within their own.
    neutral: BTreeSet<String>,
    /// The names of other environments beside those of the source.
    pub others: BTreeSet<String>,
    rule: ApplicationRule,
}

/// The names of one side of a pair of environments.
struct SideNames<'a> {
    side: Side,
    naming: &'a Naming,
}

impl PathNames for SideNames<'_> {
    fn folder(&self) -> Option<&EnvironmentFolder> {
        match self.side {
            Side::Source(_) => self.naming.source().folder(),
            Side::Target(_) => self.naming.target().folder(),
            Side::Other => None,
        }
    }

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

    fn is_any_environment(&self, part: &str) -> bool {
        self.naming.is_environment(part)
    }

    fn without_environment(&self, part: &str) -> String {
        let names = self.naming.in_path(part);
        let occurrences = names.iter().filter(|name| name.side != Side::Other);
        without_ranges(part, occurrences.map(|name| (name.start, name.end)))
    }
}

impl EnvironmentRoots {
    /// Takes the environments' folders if they have them, else walks the folders above the environments.
    pub(super) fn find(
        trees: &Trees<'_>,
        naming: &Naming,
        scope: &Scope<'_>,
        layout: &[LayoutPattern],
    ) -> Result<Self, InventoryError> {
        let found = match root_of_folders(trees, naming)? {
            Some(root) => FoundRoots {
                roots: vec![root],
                ..FoundRoots::default()
            },
            None => find_roots(trees, naming, scope)?,
        };
        let FoundRoots {
            roots,
            neutral,
            others,
        } = found;
        Ok(Self {
            all: roots,
            neutral,
            others,
            rule: ApplicationRule::new(layout),
        })
    }

    /// No roots, for a layout of explicit pairs only.
    pub(super) fn none() -> Self {
        Self {
            all: Vec::new(),
            neutral: BTreeSet::new(),
            others: BTreeSet::new(),
            rule: ApplicationRule::new(&[]),
        }
    }

    /// The application of a file of an explicit pair.
    pub(super) fn application_of_mapped(
        &self,
        file: &MappedFile,
        naming: &Naming,
    ) -> ApplicationName {
        let by_path = || self.application(&file.target.0, Side::Target(0), naming);
        file.application
            .clone()
            .map_or_else(by_path, ApplicationName)
    }

    /// The application of a file; `side` is the environment whose name the path has.
    pub(super) fn application(&self, path: &str, side: Side, naming: &Naming) -> ApplicationName {
        let names = SideNames { side, naming };
        self.rule
            .application(path, self.neutral_parts(path), &names)
    }

    /// The application of all files below a folder; `None` if the folder's path does not determine it.
    pub(super) fn application_of_folder(
        &self,
        folder: &str,
        side: Side,
        naming: &Naming,
    ) -> Option<ApplicationName> {
        let names = SideNames { side, naming };
        let neutral = self.neutral_parts(folder);
        self.rule.application_of_folder(folder, neutral, &names)
    }

    /// How many of the first parts of a path are above the environment, whatever their names.
    fn neutral_parts(&self, path: &str) -> usize {
        if self.neutral.is_empty() {
            return 0;
        }
        let ends = path
            .match_indices('/')
            .map(|(end, _)| end)
            .chain([path.len()]);
        let parts = ends
            .enumerate()
            .filter(|(_, end)| self.neutral.contains(&path[..*end]));
        parts.last().map_or(0, |(at, _)| at + 1)
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
