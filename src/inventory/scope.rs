//! The part of the repository that a promotion looks at.

use super::folder_set::FolderSet;
use crate::domain::{ApplicationName, Environment, LayoutPattern, Naming};

/// The chosen applications and the configured layout, as a filter on paths.
pub(super) struct Scope<'a> {
    pub naming: &'a Naming,
    pub layout: &'a [LayoutPattern],
    /// The chosen applications, sorted; `None` means all.
    pub applications: Option<&'a [ApplicationName]>,
    /// The only folders to open, once the applications' places are known; `None` means all.
    pub folders: Option<&'a FolderSet>,
}

impl Scope<'_> {
    /// Whether a folder can contain files in scope (or a file can be one), judged by its path.
    pub(super) fn may_include(&self, path: &str) -> bool {
        if self.folders.is_some_and(|folders| !folders.overlaps(path)) {
            return false;
        }
        if self.layout.is_empty() {
            return true;
        }
        let is_app = |name: &str| {
            let position = |chosen: &[ApplicationName]| {
                chosen.binary_search_by(|application| application.0.as_str().cmp(name))
            };
            self.applications
                .is_none_or(|chosen| position(chosen).is_ok())
        };
        let source = |text: &str| self.naming.source().has_name(text);
        let target = |text: &str| self.naming.target().has_name(text);
        self.paths(path).any(|path| {
            let parts: Vec<&str> = path.split('/').collect();
            path.is_empty()
                || self.layout.iter().any(|pattern| {
                    pattern.may_match_below(&parts, &source, &is_app)
                        || pattern.may_match_below(&parts, &target, &is_app)
                        || pattern.matches_parts(&parts, &source).is_some()
                        || pattern.matches_parts(&parts, &target).is_some()
                })
        })
    }

    /// A path as the layout may have it: from the environments' folders if they have them, else from the
    /// repository's root.
    fn paths<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        let of = |environment: &Environment| match environment.folder() {
            Some(folder) => folder.strip(path),
            None => Some(path),
        };
        let [source, target] = [self.naming.source(), self.naming.target()].map(of);
        source
            .into_iter()
            .chain(target.filter(|_| target != source))
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

    /// Whether an application is chosen.
    pub(super) fn is_chosen(&self, application: &ApplicationName) -> bool {
        self.applications
            .is_none_or(|chosen| chosen.binary_search(application).is_ok())
    }

    /// Whether a file is in scope.
    pub(super) fn includes(&self, path: &str, application: &ApplicationName) -> bool {
        self.is_chosen(application)
            && (self.layout.is_empty() || {
                let source = |text: &str| self.naming.source().has_name(text);
                let target = |text: &str| self.naming.target().has_name(text);
                self.paths(path).any(|path| {
                    self.layout.iter().any(|p| {
                        p.matches(path, &source).is_some() || p.matches(path, &target).is_some()
                    })
                })
            })
    }
}

/// Whether `path` is `folder` or lies below it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
