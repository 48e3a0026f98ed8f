//! Which application a file belongs to.
//!
//! # Why
//!
//! People know an application by the name that its team uses, and so do branch names, trailers and
//! scripts. So the name follows from the path alone (or from the configured layout): it does not
//! depend on the clone's folder or on what else is in the repository, and stays as that grows.
//!
//! The name is the first of these that is there, after dropping the environments' names and the
//! words that only structure a repository (`path_words.rs`):
//!
//! 1. the folders above the environment, with what is beside its name: `apps/shop/orders/ENV.yaml`
//!    is `shop/orders`, `namespaces/orders-ENV/01.yaml` is `orders`
//! 2. the first folder below it: `apps/ENV/orders/api/values.yaml` is `orders`
//! 3. the file: `ENV/values-orders.yaml` is `orders`
//! 4. tools, regions and clusters above the environment, which otherwise do not name an application
//! 5. `shared`
//!
//! In the folder of an environment, a path is read from there, as if below the environment's name.

use super::path_words::{
    is_group, is_ordinary_noun, is_part, is_qualifier, is_structure, name_in_file,
};
use super::target_names::join;
use crate::domain::{ApplicationName, EnvironmentFolder, LayoutMatch, LayoutPattern};

/// The application of files whose paths name none.
const SHARED: &str = "shared";

/// The names of the environment that a path belongs to, as the rule looks for them.
pub(super) trait PathNames {
    /// The folder of the environment, if it is configured.
    fn folder(&self) -> Option<&EnvironmentFolder>;

    /// Whether a word is the environment's name or an alias.
    fn is_environment(&self, word: &str) -> bool;

    /// Whether a part of a path contains the environment's name.
    fn is_named(&self, part: &str) -> bool;

    /// Whether a part of a path is the name of any environment.
    fn is_any_environment(&self, part: &str) -> bool;

    /// A part without the environment's name and the separator beside it: `foo-prod` gives `foo`.
    fn without_environment(&self, part: &str) -> String;
}

/// Names the application of every file.
#[derive(Debug)]
pub(super) struct ApplicationRule {
    layout: Vec<LayoutPattern>,
}

impl ApplicationRule {
    /// Makes the rule; the layout decides if there is one.
    pub(super) fn new(layout: &[LayoutPattern]) -> Self {
        Self {
            layout: layout.to_vec(),
        }
    }

    /// Whether a path matches the configured layout; without one, every path does.
    pub(super) fn includes(&self, path: &str, names: &dyn PathNames) -> bool {
        self.layout.is_empty() || self.match_layout(path, names).is_some()
    }

    /// The application of a file; its first `neutral` parts have no environment's name.
    pub(super) fn application(
        &self,
        path: &str,
        neutral: usize,
        names: &dyn PathNames,
    ) -> ApplicationName {
        let rest = in_folder(path, names);
        let (folders, file) = rest.rsplit_once('/').unwrap_or(("", rest));
        ApplicationName(
            self.match_layout(path, names)
                .map(|layout_match| layout_match.application)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| FolderNames::read(folders, neutral, names).of_file(file, names)),
        )
    }

    /// The application of all files below a folder; `None` if the folder's path does not determine it.
    pub(super) fn application_of_folder(
        &self,
        folder: &str,
        neutral: usize,
        names: &dyn PathNames,
    ) -> Option<ApplicationName> {
        if self.layout.is_empty() {
            let name = FolderNames::read(in_folder(folder, names), neutral, names).of_all_below();
            return name.map(ApplicationName);
        }
        self.match_layout(&join(folder, "_"), names)
            .map(|layout_match| ApplicationName(layout_match.application))
            .filter(|name| !name.0.is_empty())
    }

    /// Matches a path with the configured layout.
    pub(super) fn match_layout(&self, path: &str, names: &dyn PathNames) -> Option<LayoutMatch> {
        let is_environment = |word: &str| names.is_environment(word);
        self.layout
            .iter()
            .find_map(|pattern| pattern.matches(in_folder(path, names), &is_environment))
    }
}

/// A path from the environment's folder, if it has one.
fn in_folder<'p>(path: &'p str, names: &dyn PathNames) -> &'p str {
    let folder = names.folder();
    folder.and_then(|folder| folder.strip(path)).unwrap_or(path)
}

/// What the folders of a path state about the application.
#[derive(Default)]
struct FolderNames {
    /// Whether a folder has the environment's name.
    has_environment: bool,
    /// The names above the environment, and the one beside it.
    above: Vec<String>,
    /// The tools, regions and clusters above the environment.
    qualifiers: Vec<String>,
    /// What follows the environment's name in its folder, such as a region.
    suffix: Option<String>,
    /// The first name below the environment.
    below: Option<String>,
    /// Whether the file is in a folder of an application's parts.
    is_in_parts: bool,
}

impl FolderNames {
    fn read(folders: &str, neutral: usize, names: &dyn PathNames) -> Self {
        let mut found = Self {
            has_environment: names.folder().is_some(),
            ..Self::default()
        };
        let folders = folders.split('/').filter(|folder| !folder.is_empty());
        for (depth, folder) in folders.enumerate() {
            let is_neutral = depth < neutral;
            let is_environment = !is_neutral && !found.has_environment && names.is_named(folder);
            let rest = if is_neutral {
                folder.to_owned()
            } else {
                names.without_environment(folder)
            };
            let is_other = names.is_any_environment(&rest) && !is_ordinary_noun(&rest);
            let is_name = !rest.is_empty() && !is_structure(&rest) && !is_other;
            if is_environment {
                found.has_environment = true;
            }
            if !is_name {
                continue;
            }
            if is_environment && folder.ends_with(&rest) {
                found.suffix = Some(rest);
            } else if is_environment {
                found.add_above(rest);
            } else if !found.has_environment
                && (is_qualifier(&rest) || depth == 0 && is_group(&rest))
            {
                found.qualifiers.push(rest);
            } else if !found.has_environment {
                found.add_above(rest);
            } else {
                found.add_folder_below(rest);
            }
        }
        found
    }

    fn add_folder_below(&mut self, name: String) {
        if self.below.is_some() || self.is_in_parts {
            return;
        }
        if is_part(&name) {
            self.is_in_parts = true;
        } else if !is_qualifier(&name) {
            self.below = Some(name);
        }
    }

    /// Adds a name; `orders/orders-prod` is one application.
    fn add_above(&mut self, name: String) {
        if self.above.last() != Some(&name) {
            self.above.push(name);
        }
    }

    /// The name of all files below these folders, if it is known.
    fn of_all_below(&self) -> Option<String> {
        if !self.has_environment {
            return None;
        }
        if !self.above.is_empty() {
            return Some(self.above.join("/"));
        }
        let suffix = self.suffix.as_ref().filter(|suffix| !is_qualifier(suffix));
        suffix
            .or(self.below.as_ref())
            .cloned()
            .or_else(|| self.is_in_parts.then(|| self.without_name()))
    }

    fn of_file(&self, file: &str, names: &dyn PathNames) -> String {
        if let Some(name) = self.of_all_below() {
            return name;
        }
        if !self.above.is_empty() {
            return self.above.join("/");
        }
        let file = names.without_environment(file);
        name_in_file(&file).map_or_else(|| self.without_name(), str::to_owned)
    }

    /// The name of files whose paths name no application.
    fn without_name(&self) -> String {
        if self.qualifiers.is_empty() {
            SHARED.to_owned()
        } else {
            self.qualifiers.join("/")
        }
    }
}

/// Removes the names that `ranges` cover from a part of a path, and the separators beside them.
pub(super) fn without_ranges(part: &str, ranges: impl Iterator<Item = (usize, usize)>) -> String {
    const SEPARATORS: [char; 3] = ['-', '.', '_'];
    let mut rest = String::new();
    let mut done = 0;
    for (start, end) in ranges {
        rest.push_str(part[done..start].trim_end_matches(SEPARATORS));
        done = end;
        if rest.is_empty() {
            done = part.len() - part[done..].trim_start_matches(SEPARATORS).len();
        }
    }
    rest.push_str(&part[done..]);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of `ENV`, beside the usual ones.
    struct Names;

    impl PathNames for Names {
        fn folder(&self) -> Option<&EnvironmentFolder> {
            None
        }

        fn is_environment(&self, word: &str) -> bool {
            word == "ENV"
        }

        fn is_named(&self, part: &str) -> bool {
            part.split(['-', '.', '_']).any(|word| word == "ENV")
        }

        fn is_any_environment(&self, part: &str) -> bool {
            matches!(part, "ENV" | "dev" | "integration" | "live")
        }

        fn without_environment(&self, part: &str) -> String {
            let at = part.find("ENV").into_iter();
            without_ranges(part, at.map(|at| (at, at + 3)))
        }
    }

    #[test]
    fn applications_are_named_by_their_paths_alone() {
        let table = [
            ("apps/ENV/orders/values.yaml", "orders"),
            ("apps/ENV/kustomization.yaml", "shared"),
            ("apps/orders/overlays/ENV/kustomization.yaml", "orders"),
            ("services/orders/envs/ENV/values.yaml", "orders"),
            ("orders/k8s/overlays/ENV/patch.yaml", "orders"),
            ("orders/environments/ENV/values.yaml", "orders"),
            ("charts/orders/values-ENV.yaml", "orders"),
            ("charts/orders/values/ENV.yaml", "orders"),
            ("deployments/orders/config/ENV.yaml", "orders"),
            ("ENV/orders.yaml", "orders"),
            ("manifests/ENV/orders.yaml", "orders"),
            ("environments/ENV/values-orders.yaml", "orders"),
            ("clusters/ENV/apps/orders.yaml", "orders"),
            ("k8s/argocd/ENV/orders.values.yaml", "orders"),
            ("k8s/helmfile/env/ENV/orders.values.yaml.gotmpl", "orders"),
            ("apps/shop/orders/ENV.yaml", "shop/orders"),
            ("apps/bank/orders/ENV.yaml", "bank/orders"),
            ("namespaces/live/orders-ENV/01.yaml", "orders"),
            (
                "namespaces/live.acme.example.org/orders-ENV/01.yaml",
                "orders",
            ),
            ("apps/ENV/orders/api/values.yaml", "orders"),
            ("apps/orders/orders-ENV/values.yaml", "orders"),
            ("apps/orders/ENV-dr/values.yaml", "orders"),
            ("apps/orders/dev/ENV/values.yaml", "orders"),
            ("components/integration/ENV/eu1/values.yaml", "integration"),
            (
                "components/argocd/overlays/ENV/kustomization.yaml",
                "argocd",
            ),
            ("components/orders/ENV/eu-01/values.yaml", "orders"),
            ("clusters/ENV/eu-west-1/apps/orders/values.yaml", "orders"),
            ("clusters/eu-west-1/ENV/orders/values.yaml", "orders"),
            ("clusters/ENV-eu/orders/values.yaml", "orders"),
            ("clusters/eu1/ENV.values.yaml", "eu1"),
            ("ENV-orders/values.yaml", "orders"),
            ("helmfile/overrides/ENV.env", "overrides"),
            (
                "charts/app-config/image-tags/ENV/account-api",
                "account-api",
            ),
            ("envs/ENV/patches/replicas-of-web.yaml", "shared"),
            ("deploy/ENV/deployment.yaml", "shared"),
            ("overlays/ENV/kustomization.yaml", "shared"),
            ("values-ENV.yaml", "shared"),
        ];
        let rule = ApplicationRule::new(&[]);
        for (path, expected) in table {
            assert_eq!(rule.application(path, 0, &Names).0, expected, "{path}");
            // A folder that determines the name determines the same one.
            for (at, _) in path.match_indices('/') {
                let of_folder = rule.application_of_folder(&path[..at], 0, &Names);
                assert!(of_folder.is_none_or(|name| name.0 == expected), "{path}");
            }
        }
    }
}
