//! Git's configuration, as Git itself reads it.

use super::program::Git;
use crate::port::RepositoryError;

/// All settings that apply in a repository, in Git's order: the last of several values wins.
pub struct GitConfig {
    /// `section.subsection.key`, with section and key in lower case; a key alone has no value.
    entries: Vec<(String, Option<String>)>,
    /// Whether it includes the repository's own configuration, which Git skips if it does not trust
    /// the repository.
    pub has_local: bool,
}

impl GitConfig {
    /// Reads the configuration with `git config --list`.
    ///
    /// # Errors
    /// Also when Git is too old: `--no-fixed-value` came with the oldest supported version.
    pub fn read(git: &Git) -> Result<Self, RepositoryError> {
        let output = git.run(&["config", "--list", "-z", "--show-scope", "--no-fixed-value"])?;
        if !output.status.success() {
            git.check_version()?;
            return Err(git.fault("could not read Git's configuration", &output));
        }
        Ok(Self::parse(&output.text()))
    }

    /// Parses pairs of a scope and an entry (key, line feed, value), each ended by a zero byte.
    fn parse(text: &str) -> Self {
        let mut fields = text.split_terminator('\0');
        let mut config = Self {
            entries: Vec::new(),
            has_local: false,
        };
        while let (Some(scope), Some(entry)) = (fields.next(), fields.next()) {
            config.has_local |= scope == "local";
            let (key, value) = match entry.split_once('\n') {
                Some((key, value)) => (key, Some(value.to_owned())),
                None => (entry, None),
            };
            config.entries.push((key.to_owned(), value));
        }
        config
    }

    /// All values of a setting.
    pub fn all(&self, key: &str) -> Vec<&str> {
        let found = self.entries.iter().filter(|(name, _)| name == key);
        found.filter_map(|(_, value)| value.as_deref()).collect()
    }

    /// The value of a setting, unless it is empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.all(key).pop().filter(|text| !text.is_empty())
    }

    /// Whether a setting is on.
    pub fn is_on(&self, key: &str) -> bool {
        self.switch(key) == Some(true)
    }

    /// Whether a setting is explicitly off.
    pub fn is_off(&self, key: &str) -> bool {
        self.switch(key) == Some(false)
    }

    /// A setting as a switch; `None` if it is not set or is something else.
    fn switch(&self, key: &str) -> Option<bool> {
        let (_, value) = self.entries.iter().rev().find(|(name, _)| name == key)?;
        let Some(text) = value else {
            return Some(true);
        };
        let text = text.trim().to_ascii_lowercase();
        match text.as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" | "" => Some(false),
            number => number.parse::<i64>().ok().map(|number| number != 0),
        }
    }

    /// Whether the name of any setting starts with `prefix`.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.starts_with(prefix))
    }

    /// The settings `url.BASE.KEY`: each base, with the start of URLs that it replaces.
    pub fn replacements<'s>(&'s self, key: &str) -> impl Iterator<Item = (&'s str, &'s str)> {
        let end = format!(".{key}");
        self.entries.iter().filter_map(move |(name, value)| {
            let base = name.strip_prefix("url.")?.strip_suffix(&end)?;
            Some((base, value.as_deref()?))
        })
    }

    /// The settings of one remote; keys are without `remote.NAME.`.
    pub fn of_remote<'s>(
        &'s self,
        remote: &str,
    ) -> impl Iterator<Item = (&'s str, Option<&'s str>)> {
        let prefix = format!("remote.{remote}.");
        self.entries.iter().filter_map(move |(key, value)| {
            let key = key.strip_prefix(&prefix)?;
            Some((key, value.as_deref()))
        })
    }

    /// The names of the remotes that have a URL, in order.
    pub fn remotes(&self) -> Vec<String> {
        let name = |(key, _): &(String, Option<String>)| {
            let (name, key) = key.strip_prefix("remote.")?.rsplit_once('.')?;
            matches!(key, "url" | "pushurl").then(|| name.to_owned())
        };
        let mut names: Vec<String> = self.entries.iter().filter_map(name).collect();
        names.sort();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> GitConfig {
        let text = "global\0user.name\nAda\0local\0core.bare\nfalse\0\
                    local\0remote.a.b.url\nx\ny\0local\0commit.gpgsign\0\
                    command\0user.name\nBob\0local\0remote.origin.url\n/r\0local\0x.empty\n\0";
        GitConfig::parse(text)
    }

    #[test]
    fn the_last_value_wins_and_a_key_alone_is_on() {
        let config = config();
        assert_eq!(config.text("user.name"), Some("Bob"));
        assert_eq!(config.text("x.empty"), None);
        assert!(config.is_on("commit.gpgsign") && !config.is_on("core.bare"));
        assert!(config.is_off("core.bare") && config.is_off("x.empty"));
        assert!(!config.is_off("user.name") && !config.is_off("not.set"));
        assert!(config.has_local && config.has_prefix("remote.") && !config.has_prefix("url."));
    }

    #[test]
    fn remotes_are_those_with_a_url_and_names_may_have_dots() {
        assert_eq!(config().remotes(), ["a.b", "origin"]);
        assert_eq!(config().all("remote.a.b.url"), ["x\ny"]);
    }

    #[test]
    fn a_repository_that_git_does_not_trust_has_no_settings_of_its_own() {
        assert!(!GitConfig::parse("global\0user.name\nAda\0").has_local);
        assert!(!GitConfig::parse("git version 2.20.1\n").has_local);
    }
}
