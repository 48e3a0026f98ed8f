//! Git's configuration, as Git itself reads it.

use super::program::Git;
use crate::port::RepositoryError;

/// Every setting that applies in a repository, in Git's order: of several values the last one wins.
pub struct Settings {
    /// `section.subsection.key`, with section and key in lower case; a key alone has no value.
    entries: Vec<(String, Option<String>)>,
    /// Whether the repository's own settings are among them: not where Git does not trust it.
    pub has_own: bool,
}

impl Settings {
    /// Asks Git.
    ///
    /// # Errors
    /// When Git is older than needed: `--no-fixed-value` came with the oldest one that is enough.
    pub fn read(git: &Git) -> Result<Self, RepositoryError> {
        let ran = git.ask(&["config", "--list", "-z", "--show-scope", "--no-fixed-value"])?;
        if !ran.status.success() {
            git.check_version()?;
            return Err(git.fault("could not read Git's configuration", &ran));
        }
        Ok(Self::parse(&ran.text()))
    }

    /// Scope, key and value, each scope and each key with its value ended by a zero byte.
    fn parse(text: &str) -> Self {
        let mut fields = text.split_terminator('\0');
        let mut settings = Self {
            entries: Vec::new(),
            has_own: false,
        };
        while let (Some(scope), Some(entry)) = (fields.next(), fields.next()) {
            settings.has_own |= scope == "local";
            let (key, value) = match entry.split_once('\n') {
                Some((key, value)) => (key, Some(value.to_owned())),
                None => (entry, None),
            };
            settings.entries.push((key.to_owned(), value));
        }
        settings
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
        let last = self.entries.iter().rev().find(|(name, _)| name == key);
        match last {
            None => false,
            Some((_, None)) => true,
            Some((_, Some(text))) => {
                let text = text.trim().to_ascii_lowercase();
                let number = || text.parse::<i64>().is_ok_and(|number| number != 0);
                matches!(text.as_str(), "true" | "yes" | "on") || number()
            }
        }
    }

    /// Whether any setting begins so.
    pub fn has(&self, prefix: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.starts_with(prefix))
    }

    /// The settings of one remote, without the key's beginning.
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

    fn settings() -> Settings {
        let text = "global\0user.name\nAda\0local\0core.bare\nfalse\0\
                    local\0remote.a.b.url\nx\ny\0local\0commit.gpgsign\0\
                    command\0user.name\nBob\0local\0remote.origin.url\n/r\0local\0x.empty\n\0";
        Settings::parse(text)
    }

    #[test]
    fn the_last_value_wins_and_a_key_alone_is_on() {
        let settings = settings();
        assert_eq!(settings.text("user.name"), Some("Bob"));
        assert_eq!(settings.text("x.empty"), None);
        assert!(settings.is_on("commit.gpgsign") && !settings.is_on("core.bare"));
        assert!(settings.has_own && settings.has("remote.") && !settings.has("url."));
    }

    #[test]
    fn remotes_are_those_with_a_url_and_names_may_have_dots() {
        assert_eq!(settings().remotes(), ["a.b", "origin"]);
        assert_eq!(settings().all("remote.a.b.url"), ["x\ny"]);
    }

    #[test]
    fn a_repository_that_git_does_not_trust_has_no_settings_of_its_own() {
        assert!(!Settings::parse("global\0user.name\nAda\0").has_own);
        assert!(!Settings::parse("git version 2.20.1\n").has_own);
    }
}
