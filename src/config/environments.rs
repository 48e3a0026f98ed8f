//! Environments, their aliases and locations: each name and each location belongs to one environment.

use std::collections::BTreeMap;

use super::file::EnvironmentEntry;
use super::names::{Names, check_part};
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;
use crate::domain::{
    Environment, EnvironmentFolder, EnvironmentLocation, RepositoryUrl, RepositoryUrlError,
};

/// Reads the environments and reports names and aliases that clash.
pub(super) fn read(
    entries: &[EnvironmentEntry],
    at: &Pointer,
    notes: &mut Notes,
) -> Vec<Environment> {
    let mut names = Names::default();
    // Names come first, so that an alias never takes the name of another environment.
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, entry) in entries.iter().enumerate() {
        let place = at.index(i).key("name");
        names.add("environment", &entry.name, &place, notes);
        owners.entry(&entry.name).or_insert(i);
    }
    let mut environments = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let mut environment = Environment::named(&entry.name);
        environment.kind = entry.kind.map(Into::into);
        environment.is_rendered = entry.rendered;
        environment.location = location(entry, &at.index(i), notes);
        if entry.repository.is_some() && environment.location.repository.is_none() {
            // It is not in this repository, so its folder overlaps with no other.
            environment.location.folder = None;
        }
        for (k, alias) in entry.aliases.iter().enumerate() {
            let place = at.index(i).key("aliases").index(k);
            if alias.is_empty() {
                notes.fault(Note::at(place, "the alias is empty"));
                continue;
            }
            check_part("alias", alias, &place, notes);
            if *alias == entry.name {
                let message = format!("alias {} is the name of its own environment", quoted(alias));
                notes.warning(Note::at(place, message));
                continue;
            }
            match owners.get(alias.as_str()).copied() {
                Some(owner) if owner != i => {
                    let other = &entries[owner].name;
                    let message = if other == alias {
                        format!("alias {} is the name of another environment", quoted(alias))
                    } else {
                        let other = quoted(other);
                        format!(
                            "alias {} already belongs to environment {other}",
                            quoted(alias)
                        )
                    };
                    let hint = "use each name and alias for one environment only";
                    notes.fault(Note::at(place, message).hint(hint));
                }
                Some(_) => {
                    let message = format!("alias {} is listed twice", quoted(alias));
                    notes.warning(Note::at(place, message));
                }
                None => {
                    owners.insert(alias, i);
                    environment.aliases.push(alias.clone());
                }
            }
        }
        environments.push(environment);
    }
    check_locations(&environments, at, notes);
    environments
}

fn location(entry: &EnvironmentEntry, at: &Pointer, notes: &mut Notes) -> EnvironmentLocation {
    if let Some(branch) = &entry.branch
        && !is_branch_name(branch)
    {
        let message = format!("{} is not a name of a branch", quoted(branch));
        let note = Note::at(at.key("branch"), message);
        notes.fault(note.hint("write it without `refs/heads/` and the name of the remote"));
    }
    let folder = entry.path.as_ref().map(|path| {
        EnvironmentFolder::parse(path).map_err(|error| {
            let note = Note::at(at.key("path"), error.to_string());
            notes.fault(note.hint("a path from the root of the branch, or `.` for all of it"));
        })
    });
    EnvironmentLocation {
        repository: entry
            .repository
            .as_ref()
            .and_then(|text| repository(text, at, notes)),
        branch: entry.branch.clone(),
        folder: folder.and_then(Result::ok),
    }
}

fn repository(text: &str, at: &Pointer, notes: &mut Notes) -> Option<RepositoryUrl> {
    let error = match RepositoryUrl::parse(text) {
        Ok(url) => return Some(url),
        Err(error) => error,
    };
    let hint = match error {
        RepositoryUrlError::Secret => {
            "remove it: Git finds the password with its credential helpers, by the URL"
        }
        RepositoryUrlError::Unclear
        | RepositoryUrlError::Transport
        | RepositoryUrlError::NotAUrl => {
            "for example `https://git.example/acme/prod.git`, `git@git.example:acme/prod.git` or \
             `../prod.git`"
        }
    };
    let note = Note::at(at.key("repository"), error.to_string()).hint(hint);
    notes.fault(note.secret());
    None
}

/// Whether a branch can have a name, by the rules of `git check-ref-format`.
fn is_branch_name(name: &str) -> bool {
    let is_allowed = |c: char| !c.is_control() && !" ~^:?*[\\".contains(c);
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.strip_suffix(".lock").is_none()
            && part.chars().all(is_allowed)
    };
    !name.starts_with('-')
        && !name.starts_with("refs/")
        && !name.contains("..")
        && !name.contains("@{")
        && name != "@"
        && name.split('/').all(is_part)
}

/// Notes environments in the same folder, or in one within the other's.
fn check_locations(environments: &[Environment], at: &Pointer, notes: &mut Notes) {
    for (i, environment) in environments.iter().enumerate() {
        let Some(folder) = environment.folder() else {
            continue;
        };
        let contains = |other: &&Environment| {
            let is_inside = |inner: &EnvironmentFolder| {
                folder.strip(inner.as_str()).is_some() || inner.strip(folder.as_str()).is_some()
            };
            environment.location.repository == other.location.repository
                && environment.location.branch == other.location.branch
                && other.folder().is_some_and(is_inside)
        };
        if let Some(other) = environments[..i].iter().find(contains) {
            let message = format!(
                "the folder of {} overlaps with this one",
                quoted(&other.name)
            );
            let note = Note::at(at.index(i).key("path"), message);
            notes.fault(
                note.hint("give each environment a folder, a branch or a repository of its own"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_branch_name;

    #[test]
    fn a_branch_has_a_name_that_git_accepts() {
        for (name, expected) in [
            ("main", true),
            ("env/prod", true),
            ("refs/heads/main", false),
            ("-d", false),
            ("a b", false),
            ("a..b", false),
            ("a/", false),
            ("a.lock", false),
            ("", false),
        ] {
            assert_eq!(is_branch_name(name), expected, "{name}");
        }
    }
}
