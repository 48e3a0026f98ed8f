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
    let keys = entry.keys.iter().filter_map(|(name, text)| {
        let key = fingerprint(text, at.key("keys").key(name), notes)?;
        Some((name.clone(), key))
    });
    keys.collect()
}

/// The fingerprints of the keys of servers.
fn servers(entry: &ApprovalEntry, at: &Pointer, notes: &mut Notes) -> Vec<String> {
    let keys = entry.servers.each(&at.key("servers")).into_iter();
    keys.filter_map(|(at, text)| fingerprint(text, at, notes))
        .collect()
}

/// The fingerprint of a key, as Git writes it.
fn fingerprint(text: &str, at: Pointer, notes: &mut Notes) -> Option<String> {
    let key: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_hex = matches!(key.len(), 40 | 64) && key.bytes().all(|b| b.is_ascii_hexdigit());
    let is_ssh = || {
        let rest = key.strip_prefix("SHA256:");
        rest.is_some_and(|rest| rest.len() == 43)
    };
    if is_hex {
        return Some(key.to_ascii_uppercase());
    }
    if is_ssh() {
        return Some(key);
    }
    let message = format!("{} is not the fingerprint of a key", quoted(text));
    let hint = "`git log -1 --format=%GF` prints that of a signed commit, such as `SHA256:...`";
    notes.fault(Note::at(at, message).hint(hint));
    None
}

fn approval(entry: &ApprovalEntry, at: &Pointer, notes: &mut Notes) -> GateKind {
    let count = entry.count.unwrap_or(1);
    let servers = servers(entry, at, notes);
    let has_servers = !servers.is_empty();
    let mut by = Vec::new();
    let listed = entry.by.each(&at.key("by"));
    let most = listed.len();
    for (at, name) in listed {
        // On a server, the name can be an e-mail address.
        let signs = if has_servers { "/" } else { "/@" };
        let is_person = !name.starts_with('@') && !name.contains(|c| signs.contains(c));
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
    if has_servers && !by.iter().any(|name| !name.starts_with('@')) {
        let message = "`by` lists nobody whose approval on a server counts";
        let note = Note::at(at.key("servers"), message);
        notes.fault(
            note.hint("list people by their names there, such as `by: [ada]`; teams do not count"),
        );
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
        servers,
    }
}
