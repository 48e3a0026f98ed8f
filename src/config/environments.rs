//! Environments and their aliases: each name belongs to one environment.

use std::collections::BTreeMap;

use super::file::EnvironmentEntry;
use super::names::{Names, check_part};
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;
use crate::domain::Environment;

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
    environments
}
