//! The part of the repository that a promotion looks at.

use crate::domain::{ApplicationName, LayoutPattern, Naming};

/// The chosen applications and the configured layout, as a filter on paths.
pub(super) struct Scope<'a> {
    pub naming: &'a Naming,
    pub layout: &'a [LayoutPattern],
    /// The chosen applications; `None` means all.
    pub applications: Option<Vec<ApplicationName>>,
    /// The only folders to open, once the applications' places are known; `None` means all.
    pub folders: Option<Vec<String>>,
}

impl Scope<'_> {
    /// Whether a folder can contain files in scope (or a file can be one), judged by its path.
    pub(super) fn may_include(&self, path: &str) -> bool {
        if let Some(folders) = &self.folders {
            let overlaps = |folder: &String| is_within(path, folder) || is_within(folder, path);
            if !folders.iter().any(overlaps) {
                return false;
            }
        }
        if self.layout.is_empty() {
            return true;
        }
        let parts: Vec<&str> = path.split('/').collect();
        let is_app = |name: &str| {
            self.applications
                .as_ref()
                .is_none_or(|chosen| chosen.iter().any(|c| c.0 == name))
        };
        let source = |text: &str| self.naming.source().has_name(text);
        let target = |text: &str| self.naming.target().has_name(text);
        self.layout.iter().any(|pattern| {
            pattern.may_match_below(&parts, &source, &is_app)
                || pattern.may_match_below(&parts, &target, &is_app)
                || pattern.matches_parts(&parts, &source).is_some()
                || pattern.matches_parts(&parts, &target).is_some()
        })
    }

    /// Whether the configured layout has the environment's name further down than this folder: a name
    /// in the folder is a part of an application's name then.
    pub(super) fn is_above_environment(&self, folder: &str) -> bool {
        let parts: Vec<&str> = folder.split('/').collect();
        let is_environment =
            |text: &str| self.naming.source().has_name(text) || self.naming.target().has_name(text);
        let mut matching = (self.layout.iter())
            .filter(|pattern| pattern.may_match_below(&parts, &is_environment, &|_| true))
            .peekable();
        matching.peek().is_some()
            && matching.all(|pattern| {
                pattern
                    .environment_depth()
                    .is_some_and(|at| at >= parts.len())
            })
    }

    /// Whether a file is in scope.
    pub(super) fn includes(&self, path: &str, application: &ApplicationName) -> bool {
        let is_chosen = self
            .applications
            .as_ref()
            .is_none_or(|chosen| chosen.contains(application));
        is_chosen
            && (self.layout.is_empty() || {
                let source = |text: &str| self.naming.source().has_name(text);
                let target = |text: &str| self.naming.target().has_name(text);
                self.layout.iter().any(|p| {
                    p.matches(path, &source).is_some() || p.matches(path, &target).is_some()
                })
            })
    }
}

/// Whether `path` is `folder` or lies below it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
