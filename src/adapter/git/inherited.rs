//! Settings that Git takes from its environment: `git -c`, `GIT_CONFIG_COUNT`, `GIT_CONFIG_GLOBAL`.
//!
//! # Why
//!
//! libgit2 knows none of them. A promotion by `git -c commit.gpgSign=true promote`
//! would go unsigned, and one in a container that configures Git by variables
//! would have another author than Git's own commits.

use std::path::Path;

use git2::{Config, ConfigLevel, Repository};

use super::fault::Place;
use crate::port::RepositoryError;

/// A file without settings.
const NONE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// Gives a repository the settings of the environment.
pub(super) fn heed(repo: &Repository) -> Result<(), RepositoryError> {
    let fault = || Place::of(repo).fault("could not read the settings of Git's environment");
    let mut config = repo.config().map_err(fault())?;
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let mut instead = |file: &Path, level| config.add_file(file, level, true).map_err(fault());
    if std::env::var_os("GIT_CONFIG_GLOBAL").is_some() {
        let file = given("GIT_CONFIG_GLOBAL").unwrap_or_else(|| NONE.into());
        instead(Path::new(&file), ConfigLevel::Global)?;
        instead(Path::new(NONE), ConfigLevel::XDG)?;
    }
    if let Some(file) = given("GIT_CONFIG_SYSTEM") {
        instead(Path::new(&file), ConfigLevel::System)?;
    }
    if given("GIT_CONFIG_NOSYSTEM").is_some_and(|no| no != "0" && no != "false") {
        instead(Path::new(NONE), ConfigLevel::System)?;
    }
    let settings = settings(|name| std::env::var(name).ok());
    if settings.is_empty() {
        return Ok(());
    }
    // libgit2 takes settings from files only, and keeps what it has read when one is gone.
    let file = tempfile::NamedTempFile::new()
        .map_err(Place::of(repo).io_fault("could not pass the settings of Git's environment on"))?;
    let mut written = Config::open(file.path()).map_err(fault())?;
    for (key, value) in settings {
        written.set_multivar(&key, "^$", &value).map_err(fault())?;
    }
    config
        .add_file(file.path(), ConfigLevel::App, true)
        .map_err(fault())
}

/// The settings in the variables, in order: a later one wins.
fn settings(variable: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let count = variable("GIT_CONFIG_COUNT").and_then(|count| count.trim().parse::<u32>().ok());
    for number in 0..count.unwrap_or(0) {
        let of = |what: &str| variable(&format!("GIT_CONFIG_{what}_{number}"));
        found.extend(of("KEY").zip(of("VALUE")));
    }
    found.extend(parameters(
        &variable("GIT_CONFIG_PARAMETERS").unwrap_or_default(),
    ));
    found
}

/// What `git -c` hands on: `'key'='value'`, or `'key=value'` from an older Git; a key alone is true.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some((first, after)) = quoted(rest) {
        let (key, value, after) = match (after.strip_prefix('='), first.split_once('=')) {
            (Some(after), _) => match quoted(after) {
                Some((value, after)) => (first, Some(value), after),
                None => (first, None, after),
            },
            (None, Some((key, value))) => (key.to_owned(), Some(value.to_owned()), after),
            (None, None) => (first, None, after),
        };
        rest = after.trim_start();
        found.push((key, value.unwrap_or_else(|| "true".to_owned())));
    }
    found
}

/// A word as a shell quotes it, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (part, after) = rest.split_once('\'')?;
        word.push_str(part);
        // Outside of the quotes: a quote, or what a shell would take for its history.
        let escaped = after.strip_prefix('\\').and_then(|after| {
            let c = after.chars().next().filter(|c| matches!(c, '\'' | '!'))?;
            Some((c, after[1..].strip_prefix('\'')?))
        });
        let Some((c, after)) = escaped else {
            return Some((word, after));
        };
        word.push(c);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn parameters_are_read_as_git_writes_them() {
        for (text, expected) in [
            ("", pairs(&[])),
            (
                "'a.b'='c d' 'e.f'=''",
                pairs(&[("a.b", "c d"), ("e.f", "")]),
            ),
            ("'a.b'= 'c.d'='e'", pairs(&[("a.b", "true"), ("c.d", "e")])),
            ("'a.b=c=d' 'e.f'", pairs(&[("a.b", "c=d"), ("e.f", "true")])),
            (r"'a.b'='it'\''s'\!''", pairs(&[("a.b", "it's!")])),
            ("'a.b", pairs(&[])),
        ] {
            assert_eq!(parameters(text), expected, "{text}");
        }
    }

    #[test]
    fn numbered_settings_come_before_those_of_the_command_line() {
        let variable = |name: &str| {
            let value = match name {
                "GIT_CONFIG_COUNT" => "2",
                "GIT_CONFIG_KEY_0" => "a.b",
                "GIT_CONFIG_VALUE_0" => "1",
                "GIT_CONFIG_PARAMETERS" => "'a.b'='2'",
                _ => return None,
            };
            Some(value.to_owned())
        };
        assert_eq!(settings(variable), pairs(&[("a.b", "1"), ("a.b", "2")]));
    }
}
