//! Where an environment is.

use super::path::{RepoPath, RepoPathError};
use super::repository_url::RepositoryUrl;

/// Where an environment is, as far as that is configured.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct EnvironmentLocation {
    /// The repository; the one with the configuration if omitted.
    pub repository: Option<RepositoryUrl>,
    /// The branch; if omitted the default branch of another repository, else the one that is promoted on.
    pub branch: Option<String>,
    /// The folder; if omitted, the environment is where its name is in paths.
    pub folder: Option<EnvironmentFolder>,
}

impl EnvironmentLocation {
    /// Whether the environment has a branch or a repository of its own.
    pub fn is_elsewhere(&self) -> bool {
        self.branch.is_some() || self.repository.is_some()
    }
}

/// The folder of an environment; it can be the whole tree.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EnvironmentFolder(Option<RepoPath>);

impl EnvironmentFolder {
    /// The whole tree.
    pub const ROOT: Self = Self(None);

    /// Parses `.` for the whole tree, or the path of a folder.
    ///
    /// # Errors
    /// [`RepoPathError`] if it is not a path inside the repository.
    pub fn parse(text: &str) -> Result<Self, RepoPathError> {
        let path = text.strip_prefix("./").unwrap_or(text);
        let path = path.strip_suffix('/').unwrap_or(path);
        match path {
            "." => Ok(Self::ROOT),
            path => Ok(Self(Some(RepoPath::parse(path)?))),
        }
    }

    /// Its path; empty for the whole tree.
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", RepoPath::as_str)
    }

    /// The path from this folder; `None` for a path outside of it, and empty for the folder itself.
    pub fn strip<'p>(&self, path: &'p str) -> Option<&'p str> {
        let Some(folder) = &self.0 else {
            return Some(path);
        };
        let rest = path.strip_prefix(folder.as_str())?;
        if rest.is_empty() {
            return Some(rest);
        }
        rest.strip_prefix('/')
    }

    /// The path from the repository's root of a path from this folder.
    pub fn join(&self, rest: &str) -> String {
        match &self.0 {
            None => rest.to_owned(),
            Some(folder) if rest.is_empty() => folder.to_string(),
            Some(folder) => format!("{folder}/{rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EnvironmentFolder;

    #[test]
    fn a_folder_is_the_whole_tree_or_a_path_in_it() {
        for (text, path, rest) in [
            (".", "envs/prod/web", Some("envs/prod/web")),
            ("envs/prod", "envs/prod/web", Some("web")),
            ("./envs/prod/", "envs/prod/web", Some("web")),
            ("envs/prod", "envs/prod", Some("")),
            ("envs/prod", "envs/prod-eu/web", None),
            ("envs/prod", "web", None),
        ] {
            let folder = EnvironmentFolder::parse(text).unwrap();
            assert_eq!(folder.strip(path), rest, "{text} {path}");
            if let Some(rest) = rest {
                assert_eq!(folder.join(rest), path, "{text}");
            }
        }
        for text in ["", "/", "..", "a/../b", "/a", "a//b", ".git"] {
            assert!(EnvironmentFolder::parse(text).is_err(), "{text}");
        }
    }
}
