//! Permissions: who may do what through a server.

use super::file::File;
use super::names::check_named;
use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::permission_file::PermissionEntry;
use super::pointer::Pointer;
use super::words::quoted;
use crate::domain::{ConfigPlace, Environment, Permission, Right, Who};

/// Reads the permissions, in the order of the file.
pub(super) fn read(
    file: &File,
    environments: &[Environment],
    at: &Pointer,
    notes: &mut Notes,
) -> Vec<Permission> {
    let entries = file.permissions.iter().enumerate();
    let permissions = entries.map(|(i, entry)| {
        let at = at.index(i);
        let named = (&entry.products, &entry.environments);
        check_named(file, named, environments, &at, notes);
        permission(entry, &at, notes)
    });
    permissions.collect()
}

fn permission(entry: &PermissionEntry, at: &Pointer, notes: &mut Notes) -> Permission {
    let names = |list: &Option<OneOrMany<String>>| -> Vec<String> {
        let list = list.iter().flat_map(|list| list.each(&Pointer::root()));
        list.map(|(_, name)| name.clone()).collect()
    };
    let who = entry.who.each(&at.key("who")).into_iter();
    let who = who.map(|(at, word)| self::who(word, at, notes)).collect();
    let mut may = Vec::new();
    for (at, word) in entry.may.each(&at.key("may")) {
        let right = Right::from(*word);
        may.push(right);
        if matches!(right, Right::Trigger | Right::Terminate) && entry.environments.is_some() {
            let message = format!(
                "{} has no effect beside `environments`",
                quoted(right.name())
            );
            let hint = "it is about a whole release; give it in an entry without `environments`";
            notes.warning(Note::at(at, message).hint(hint));
        }
    }
    Permission {
        place: ConfigPlace::default(),
        who,
        may,
        products: names(&entry.products),
        environments: names(&entry.environments),
    }
}

/// Reads the name of a person or a group, and notes one that nobody can have.
fn who(word: &str, at: Pointer, notes: &mut Notes) -> Who {
    let who = Who::parse(word);
    let (Who::Group(name) | Who::Person(name)) = &who;
    if name.is_empty() || name.trim() != name || name.chars().any(char::is_control) {
        let message = format!("{} is not the name of a person or group", quoted(word));
        notes.fault(Note::at(at, message).hint(
            "write a name or an e-mail address, or `group:` and the name of a group without a space",
        ));
    } else if matches!(name.as_str(), "*" | "**") {
        let message = format!("{} is not a pattern but a name", quoted(word));
        notes.fault(
            Note::at(at, message)
                .hint("name a group that everybody is in; who is not signed in has no rights"),
        );
    }
    who
}
