//! The roots of source and target, and the applications that follow from them.
//!
//! # Why
//!
//! Environments and applications are checked before any file is paired. So all roots are found first,
//! and nothing below them is opened for that.

use super::application_rule::{ApplicationRule, PathNames, without_ranges};
use super::error::InventoryError;
use super::find_roots::find_roots;
use super::root::Root;
use super::scope::Scope;
use super::trees::Trees;
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
    /// Walks the folders above the environments.
    pub(super) fn find(
        trees: &Trees<'_>,
        naming: &Naming,
        scope: &Scope<'_>,
        layout: &[LayoutPattern],
    ) -> Result<Self, InventoryError> {
        let all = find_roots(trees, naming, scope)?;
        let rule = ApplicationRule::new(layout);
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
