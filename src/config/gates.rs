//! Gates: what steps of flows can wait for.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::choices::MethodWord;
use super::commands::commands;
use super::duration;
use super::http;
use super::names::{Names, only_kind};
use super::notes::{Note, Notes};
use super::patterns::check_glob;
use super::pointer::Pointer;
use super::words::quoted;
use super::workflow_file::{ApprovalEntry, FreezeEntry, GateEntry, WindowEntry};
use crate::domain::{Gate, GateKind, Period, WeeklyWindow, Workflow};

/// Reads the gates; faulty ones are reported and left out.
pub(super) fn read(entries: &[GateEntry], at: &Pointer, notes: &mut Notes) -> Vec<Gate> {
    let mut names = Names::default();
    let mut gates = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let at = at.index(i);
        names.add("gate", &entry.name, &at.key("name"), notes);
        if let Some(kind) = kind(entry, &at, notes) {
            gates.push(Gate {
                name: entry.name.clone(),
                kind,
            });
        }
    }
    gates
}

fn kind(entry: &GateEntry, at: &Pointer, notes: &mut Notes) -> Option<GateKind> {
    let kinds = [
        ("soak", entry.soak.is_some()),
        ("window", entry.window.is_some()),
        ("freeze", entry.freeze.is_some()),
        ("statuses", entry.statuses.is_some()),
        ("approval", entry.approval.is_some()),
        ("http", entry.http.is_some()),
        ("run", entry.run.is_some()),
    ];
    only_kind("gate", &entry.name, &kinds, at, notes);
    let time_limit = duration::read(entry.timeout.as_ref(), &at.key("timeout"), notes);
    if entry.timeout.is_some() && entry.run.is_none() {
        let note = Note::at(at.key("timeout"), "`timeout` is for the commands of `run`").on_key();
        notes.fault(note.unless_fault_in(at.clone()));
    }
    if entry.count.is_some() && entry.statuses.is_none() {
        let note = Note::at(at.key("count"), "`count` is for `statuses`").on_key();
        notes.fault(note.unless_fault_in(at.clone()));
    }
    if entry.soak.is_some() {
        return duration::read(entry.soak.as_ref(), &at.key("soak"), notes).map(GateKind::Soak);
    }
    if let Some(entry) = &entry.window {
        return Some(window(entry, &at.key("window"), notes));
    }
    if let Some(entry) = &entry.freeze {
        return Some(freeze(entry, &at.key("freeze"), notes));
    }
    if let Some(names) = &entry.statuses {
        let names = names.each(&at.key("statuses")).into_iter();
        let names = names.map(|(at, name)| {
            check_glob(name, at, notes);
            name.clone()
        });
        let names: Vec<String> = names.collect();
        let count = entry.count.unwrap_or(names.len());
        return Some(GateKind::Statuses { names, count });
    }
    if let Some(entry) = &entry.approval {
        return Some(approval(entry, &at.key("approval"), notes));
    }
    if let Some(call) = &entry.http {
        let default = MethodWord::Get;
        return Some(GateKind::Http(http::read(
            call,
            default,
            &at.key("http"),
            notes,
        )));
    }
    Some(GateKind::Run {
        commands: commands(entry.run.as_ref()?, &at.key("run"), notes),
        time_limit: time_limit.unwrap_or(Workflow::DEFAULT_TIME_LIMIT),
    })
}

fn window(entry: &WindowEntry, at: &Pointer, notes: &mut Notes) -> GateKind {
    let mut allow = Vec::new();
    for (at, text) in entry.allow.each(&at.key("allow")) {
        match WeeklyWindow::parse(text) {
            Ok(window) => allow.push(window),
            Err(error) => {
                let message = format!("{} is not a time of the week: {error}", quoted(text));
                let hint = "write days, times or both, such as `Mon-Fri 09:00-16:00`";
                notes.fault(Note::at(at, message).hint(hint));
            }
        }
    }
    GateKind::Window {
        allow,
        zone: zone(entry.zone.as_ref(), at.key("zone"), notes),
    }
}

fn freeze(entry: &FreezeEntry, at: &Pointer, notes: &mut Notes) -> GateKind {
    let mut periods = Vec::new();
    for (i, period) in entry.periods.iter().enumerate() {
        match Period::parse(&period.from, &period.to) {
            Ok(period) => periods.push(period),
            Err(error) => {
                let at = at.key("periods").index(i);
                notes.fault(Note::at(at, format!("not a period: {error}")));
            }
        }
    }
    GateKind::Freeze {
        periods,
        zone: zone(entry.zone.as_ref(), at.key("zone"), notes),
    }
}

fn zone(name: Option<&String>, at: Pointer, notes: &mut Notes) -> TimeZone {
    let Some(name) = name else {
        return TimeZone::UTC;
    };
    TimeZone::get(name).unwrap_or_else(|_| {
        let message = format!("no time zone is named {}", quoted(name));
        let hint = "write the name of the IANA database, such as `Europe/Berlin` or `UTC`";
        notes.fault(Note::at(at, message).hint(hint));
        TimeZone::UTC
    })
}

/// The fingerprints of keys by the names of people, as Git writes them.
fn keys(entry: &ApprovalEntry, at: &Pointer, notes: &mut Notes) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    for (name, text) in &entry.keys {
        let key: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_hex = matches!(key.len(), 40 | 64) && key.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hex {
            keys.insert(name.clone(), key.to_ascii_uppercase());
        } else if key
            .strip_prefix("SHA256:")
            .is_some_and(|rest| rest.len() == 43)
        {
            keys.insert(name.clone(), key);
        } else {
            let message = format!("{} is not the fingerprint of a key", quoted(text));
            let hint =
                "`git log -1 --format=%GF` prints that of a signed commit, such as `SHA256:...`";
            notes.fault(Note::at(at.key("keys").key(name), message).hint(hint));
        }
    }
    keys
}

fn approval(entry: &ApprovalEntry, at: &Pointer, notes: &mut Notes) -> GateKind {
    let count = entry.count.unwrap_or(1);
    let mut by = Vec::new();
    let listed = entry.by.each(&at.key("by"));
    let most = listed.len();
    for (at, name) in listed {
        let is_person = !name.contains(['/', '@']);
        let team = name.strip_prefix('@').and_then(|team| team.split_once('/'));
        let is_team = team
            .is_some_and(|(org, team)| !org.is_empty() && !team.is_empty() && !team.contains('/'));
        if name.is_empty() || name.contains(char::is_whitespace) || !(is_person || is_team) {
            let message = format!("{} is not the name of a person or team", quoted(name));
            let hint = "write people as `ada`, and teams as `@org/team`";
            notes.fault(Note::at(at, message).hint(hint));
        } else if by.contains(name) {
            let message = format!("{} is listed twice", quoted(name));
            notes.warning(Note::at(at, message));
        } else {
            by.push(name.clone());
        }
    }
    if count == 0 {
        let note = Note::at(at.key("count"), "at least 1 approval is needed");
        notes.fault(note.hint("to need none, remove the gate"));
    }
    let has_team = by.iter().any(|name| name.starts_with('@'));
    if !by.is_empty() && !has_team && count > most {
        let message = format!("{count} approvals are needed, but `by` lists {most}");
        notes.fault(Note::at(at.key("count"), message));
    }
    GateKind::Approval {
        by,
        count,
        keys: keys(entry, at, notes),
    }
}
