//! The house: which room may name which, and what no room may do.
//!
//! # Why
//!
//! An engine that never names Git, the disk or the clock can be tested without
//! them and served from anywhere. That holds only as long as nobody takes the
//! short way once; so this test reads the sources. A room may name the rooms
//! and crates that stand in its row, and nothing else. To add a crate to a row
//! is a decision; to add a room below is none.

mod circles;
mod source;

use std::collections::BTreeSet;
use std::fs;

use source::Name;

/// One row of the table.
struct Room {
    name: &'static str,
    /// The other rooms that it may name.
    rooms: &'static [&'static str],
    /// The crates that it may name, beside the standard library.
    crates: &'static [&'static str],
    /// The parts of the standard library that it never names.
    never: &'static [&'static str],
    /// Whether it may wait.
    waiting: Waiting,
}

#[derive(PartialEq, Eq)]
enum Waiting {
    Never,
    Allowed,
}

/// The outside world: disk, environment, other programs, the network, threads, the clock.
const WORLD: &[&str] = &[
    "std::thread", // the first: see below
    "std::fs",
    "std::env",
    "std::process",
    "std::net",
    "std::os",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::time::SystemTime",
    "std::time::Instant",
];

/// For the engine, which spreads reading files over threads that end before it returns.
const WORLD_BUT_THREADS: &[&str] = WORLD.split_at(1).1;

/// What each room may name.
const HOUSE: &[Room] = &[
    Room {
        name: "yaml",
        rooms: &[],
        crates: &[
            "granit_parser",
            "memchr",
            "serde",
            "serde_json",
            "serde_json_path",
            "thiserror",
        ],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "domain",
        rooms: &["yaml"],
        // `minijinja` is what templates are checked and rendered with, `serde_json` reads their variables
        // that are documents, `jiff` has local times and zones.
        crates: &["jiff", "minijinja", "serde_json", "thiserror"],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "document",
        rooms: &["yaml", "domain"],
        // `memchr` finds what may be versions, `serde_json` is what a selector's filter is tried on.
        crates: &["memchr", "serde_json", "thiserror"],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "plan",
        rooms: &["domain", "document"],
        crates: &["sha2"],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "port",
        rooms: &["domain", "plan"],
        crates: &["async_trait", "secrecy", "thiserror"],
        never: WORLD,
        waiting: Waiting::Allowed,
    },
    Room {
        name: "release",
        rooms: &["domain", "port"],
        // `globset` and `regex` are for the conditions of triggers, `jiff` is how times are written.
        crates: &[
            "globset",
            "jiff",
            "regex",
            "schemars",
            "serde",
            "serde_json",
            "thiserror",
        ],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "config",
        rooms: &["yaml", "domain"],
        crates: &[
            "globset",
            "jiff",
            "minijinja",
            "regex",
            "schemars",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "serde_yaml",
            "strsim",
            "thiserror",
        ],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "inventory",
        rooms: &["domain", "plan", "port"],
        crates: &["thiserror"],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "engine",
        rooms: &[
            "yaml",
            "domain",
            "document",
            "plan",
            "port",
            "inventory",
            "release",
        ],
        // `serde_json` is what JSONPath expressions are asked over.
        crates: &["globset", "minijinja", "serde_json", "thiserror"],
        never: WORLD_BUT_THREADS,
        waiting: Waiting::Allowed,
    },
    Room {
        name: "render",
        // `port` for the errors that hints are about.
        rooms: &["domain", "plan", "port", "inventory", "release", "engine"],
        crates: &[
            "anstyle",
            "schemars",
            "serde",
            "serde_json",
            "similar",
            "strsim",
        ],
        never: WORLD,
        waiting: Waiting::Never,
    },
    Room {
        name: "adapter",
        // `plan` for what a promotion's commit records about itself.
        rooms: &["domain", "plan", "port"],
        crates: &[
            "async_trait",
            "backon",
            // `base64` and `sha2` for the fingerprints of keys.
            "base64",
            "git2",
            // `globset` for the names of statuses, `jiff` for the times of gates.
            "globset",
            "jiff",
            "octocrab",
            "reqwest",
            "rustix",
            "secrecy",
            "sha2",
            "signal_hook",
            "tempfile",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
        ],
        never: &[],
        waiting: Waiting::Allowed,
    },
    Room {
        name: "server",
        // `plan`, `port` and `release` for what it hands from the engine to `render`.
        rooms: &[
            "domain", "plan", "port", "release", "engine", "render", "wiring",
        ],
        crates: &[
            "aws_lc_rs",
            "axum",
            // How cookies and their key are written.
            "base64",
            "getrandom",
            "hyper",
            "hyper_util",
            "maud",
            "openidconnect",
            "percent_encoding",
            "prometheus_client",
            // The documents of the interface for programs.
            "schemars",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tokio_stream",
            "url",
        ],
        never: &[],
        waiting: Waiting::Allowed,
    },
    Room {
        name: "cli",
        // `plan` and `inventory` for what it hands from the engine to `render`.
        rooms: &[
            "domain",
            "plan",
            "port",
            "config",
            "inventory",
            "release",
            "engine",
            "render",
            "server",
            "wiring",
        ],
        crates: &[
            "anstream",
            "anstyle",
            "clap",
            "clap_complete",
            "clap_mangen",
            "indicatif",
            "serde_json",
            "tempfile",
            "terminal_size",
            "thiserror",
            "tokio",
        ],
        never: &[],
        waiting: Waiting::Allowed,
    },
    Room {
        name: "wiring",
        rooms: &[
            "domain", "plan", "port", "config", "engine", "render", "adapter",
        ],
        crates: &[],
        never: WORLD,
        waiting: Waiting::Allowed,
    },
    Room {
        name: "main",
        rooms: &["cli"],
        crates: &["mimalloc"],
        never: &[],
        waiting: Waiting::Never,
    },
];

/// Rooms whose parts are one idea each and never name each other.
const APART: &[&[&str]] = &[&["adapter"], &["engine", "guard"]];

/// What nothing does outside tests, and the word for it.
const NEVER_DONE: &[&str] = &[
    "unwrap()",
    "panic!",
    "todo!",
    "unimplemented!",
    "dbg!",
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
];

/// The only folder that writes and reads the trailers and hidden lines of a promotion.
const RECORD: &str = "src/plan/record/";

/// How long a file may be, without its tests.
const LINES: usize = 400;

/// What the top level may hold, beside files and folders whose name begins with a dot.
const TOP: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "examples",
    "fixtures",
    "src",
    "tests",
];

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn room(name: &str) -> Option<&'static Room> {
    HOUSE.iter().find(|room| room.name == name)
}

/// The crates of a section of `Cargo.toml`, as code names them.
fn dependencies(section: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(source::root().join("Cargo.toml")).unwrap();
    assert!(
        !text.contains(&format!("[{section}.")),
        "one line for each crate in [{section}]"
    );
    let heading = format!("[{section}]");
    text.lines()
        .skip_while(|line| line.trim() != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .filter(|name| !name.starts_with('#'))
        .collect()
}

fn is_within(parts: &[String], place: &[&str]) -> bool {
    parts.len() >= place.len() && parts.iter().zip(place).all(|(a, b)| a == b)
}

/// What is wrong with a name, if anything.
fn fault(name: &Name, crates: &BTreeSet<String>) -> Option<String> {
    let (own, parts) = (name.by.first()?, &name.parts);
    let Some(room) = room(own) else {
        return Some(format!("the room `{own}` is not in the house"));
    };
    let said = parts.join("::");
    match parts[0].as_str() {
        "crate" => {
            let other = parts.get(1)?;
            if self::room(other).is_none() {
                return (other != own).then(|| format!("`{said}` is in no room"));
            }
            if other != own && !room.rooms.contains(&other.as_str()) {
                return Some(format!("`{own}` names `{said}`"));
            }
            let apart = APART.iter().find(|place| {
                let n = place.len();
                is_within(&name.by, place)
                    && is_within(&parts[1..], place)
                    && matches!((name.by.get(n), parts.get(n + 1)), (Some(a), Some(b)) if a != b)
            });
            apart.map(|place| format!("parts of `{}` name each other: `{said}`", place.join("::")))
        }
        "std" | "core" | "alloc" => {
            let banned = room.never.iter().find(|banned| {
                let banned: Vec<&str> = banned.split("::").skip(1).collect();
                let rest = &parts[1..];
                let names_it = is_within(rest, &banned);
                let opens_it = name.is_import
                    && rest.len() < banned.len()
                    && rest.iter().zip(&banned).all(|(a, b)| a == b);
                // `use std::io` is needed for its types and traits.
                names_it || opens_it && *rest != ["io"]
            });
            banned.map(|banned| format!("`{own}` names `{banned}` (`{said}`)"))
        }
        krate if crates.contains(krate) && !room.crates.contains(&krate) => {
            Some(format!("`{own}` names the crate `{krate}`"))
        }
        _ => None,
    }
}

#[test]
fn rooms_name_only_what_the_table_allows() {
    let crates = dependencies("dependencies");
    let faults: BTreeSet<String> = source::all()
        .iter()
        .flat_map(|source| {
            let of_file =
                |name| fault(name, &crates).map(|f| format!("{}:{}: {f}", source.path, name.line));
            source.names.iter().filter_map(of_file).collect::<Vec<_>>()
        })
        .collect();
    assert_none(&Vec::from_iter(faults));
}

#[test]
fn every_room_is_in_the_table() {
    let rooms: BTreeSet<String> = fs::read_dir(source::root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .filter(|name| name != "lib")
        .collect();
    let known: BTreeSet<String> = HOUSE.iter().map(|room| room.name.to_owned()).collect();
    let unknown: Vec<_> = rooms.difference(&known).collect();
    assert!(unknown.is_empty(), "not in the table: {unknown:?}");
}

#[test]
fn no_files_depend_on_each_other_in_a_circle() {
    let found = circles::circles(source::all());
    let found: Vec<String> = found.iter().map(|files| files.join(", ")).collect();
    assert_none(&found);
}

#[test]
fn the_table_allows_nothing_that_nobody_uses() {
    let mut idle = Vec::new();
    for room in HOUSE {
        let sources = source::all().iter();
        let own = sources.filter(|s| s.module.first().is_some_and(|m| m == room.name));
        let named: BTreeSet<&str> = own
            .flat_map(|source| &source.names)
            .filter_map(|name| match name.parts[0].as_str() {
                "crate" => name.parts.get(1).map(String::as_str),
                first => Some(first),
            })
            .collect();
        let allowed = room.rooms.iter().chain(room.crates);
        let unused = allowed.filter(|name| !named.contains(**name));
        idle.extend(unused.map(|name| format!("`{}` never names `{name}`", room.name)));
    }
    assert_none(&idle);
}

#[test]
fn a_circle_is_seen_through_names_that_are_passed_on() {
    let file = |path: &str, text: &str| {
        let parts: Vec<&str> = path.split('/').filter(|p| *p != "mod").collect();
        let mut source = source::parse(text, &parts);
        path.clone_into(&mut source.path);
        source
    };
    let circles = |sources: &[source::Source]| -> Vec<Vec<String>> {
        let found = circles::circles(sources);
        let owned = |files: Vec<&str>| files.into_iter().map(str::to_owned).collect();
        found.into_iter().map(owned).collect()
    };
    let face = file("a/mod", "pub use b::B; pub use c::C;");
    let b = file("a/b", "use super::C; pub struct B(C);");
    let c = file(
        "a/c",
        "pub struct C; pub fn f() -> Option<super::B> { None }",
    );
    let apart = file("a/c", "pub struct C;");
    assert_eq!(circles(&[face, b, c]), [["a/b", "a/c"]]);
    let face = file("a/mod", "mod b; pub use b::B; pub struct Own;");
    let b = file("a/b", "pub struct B(super::Own);");
    assert!(circles(&[face, b]).is_empty());
    let face = file(
        "a/mod",
        "mod b; pub use b::B; pub struct Own; fn f(_: B) {}",
    );
    let b = file("a/b", "pub struct B(super::Own);");
    assert_eq!(circles(&[face, b, apart]), [["a/b", "a/mod"]]);
}

#[test]
fn rooms_below_the_ports_never_wait() {
    let mut faults = Vec::new();
    for source in source::all() {
        let own = source.path.split(['/', '.']).nth(1).unwrap_or_default();
        if room(own).is_some_and(|room| room.waiting == Waiting::Never) {
            let deeds = source.deeds.iter().filter(|d| d.word == "async");
            faults.extend(deeds.map(|d| format!("{}:{}: async", source.path, d.line)));
        }
    }
    assert_none(&faults);
}

#[test]
fn nothing_panics_or_prints_on_its_own() {
    let mut faults = Vec::new();
    for source in source::all() {
        let deeds = source.deeds.iter();
        let never = deeds.filter(|d| NEVER_DONE.contains(&d.word.as_str()));
        faults.extend(never.map(|d| format!("{}:{}: {}", source.path, d.line, d.word)));
    }
    assert_none(&faults);
}

/// Whether a literal holds the key of a promotion's trailer, or a hidden line of its pull request.
fn is_recorded(literal: &str) -> bool {
    let mut keys = literal.split("Promotion-").skip(1);
    keys.any(|rest| rest.starts_with(char::is_alphabetic)) || literal.contains("<!-- git-promote")
}

#[test]
fn trailers_and_hidden_lines_are_written_and_read_in_one_folder() {
    let mut faults = Vec::new();
    for source in source::all().iter().filter(|s| !s.path.starts_with(RECORD)) {
        let found = source.literals.iter().filter(|l| is_recorded(&l.text));
        faults.extend(found.map(|l| format!("{}:{}: {}", source.path, l.line, l.text)));
    }
    assert_none(&faults);
}

#[test]
fn a_file_holds_one_idea() {
    let long = source::all().iter().filter(|s| s.lines > LINES);
    let said = long.map(|s| format!("{}: {} lines, at most {LINES}", s.path, s.lines));
    assert_none(&said.collect::<Vec<_>>());
}

#[test]
fn every_dependency_has_a_use() {
    let named: BTreeSet<String> = source::all()
        .iter()
        .flat_map(|source| source.names.iter().map(|name| name.parts[0].clone()))
        .collect();
    let idle: Vec<_> = dependencies("dependencies")
        .into_iter()
        .filter(|name| !named.contains(name))
        .collect();
    assert!(idle.is_empty(), "named nowhere in src: {idle:?}");
}

/// The most files that one difference passes through.
const STOPS: usize = 12;

#[test]
fn the_map_names_places_that_exist_and_the_way_of_a_difference_is_short() {
    let src = source::root().join("src");
    let text = fs::read_to_string(src.join("lib.rs")).unwrap();
    let map: Vec<&str> = text.lines().map_while(|l| l.strip_prefix("//!")).collect();
    let in_code = |line: &str| -> Vec<String> {
        let parts = line.split('`').skip(1).step_by(2);
        parts.map(str::to_owned).collect()
    };
    let places = map.iter().flat_map(|line| in_code(line));
    let missing: Vec<String> = places
        .filter(|place| place.contains('/') && !place.starts_with("tests/"))
        .filter(|place| !src.join(place).exists())
        .collect();
    assert_none(&missing);
    let is_step = |line: &&&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let steps: Vec<String> = map
        .iter()
        .filter(is_step)
        .map(|line| in_code(line).swap_remove(0))
        .collect();
    let files: BTreeSet<&String> = steps.iter().collect();
    assert!(!steps.is_empty() && steps.len() <= STOPS, "{steps:?}");
    assert_eq!(
        files.len(),
        steps.len(),
        "a file is visited twice: {steps:?}"
    );
    assert!(
        steps.iter().all(|step| src.join(step).is_file()),
        "{steps:?}"
    );
}

#[test]
fn the_top_level_holds_only_what_belongs_there() {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let strays: Vec<String> = fs::read_dir(source::root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str()))
        .filter(|name| *name != target && name != "target")
        .collect();
    assert!(strays.is_empty(), "not at the top level: {strays:?}");
}

#[test]
fn the_reader_sees_through_macros_imports_and_modules() {
    let text = "
        use std::{fs as disk, time::Duration};
        mod inner { fn f() { super::super::other::g(); vec![crate::port::X, a.unwrap()]; } }
        #[cfg(test)] mod tests { fn f() { panic!() } }
        /// \"in a comment\"
        const A: &str = \"a\";
        async fn wait(x: git2::Oid) -> std::time::Instant { assert!(x != y, \"b\"); x.unwrap() }
    ";
    let source = source::parse(text, &["room", "part"]);
    let names: Vec<String> = source.names.iter().map(|n| n.parts.join("::")).collect();
    for name in [
        "std::fs",
        "std::time::Duration",
        "crate::room::other::g",
        "crate::port::X",
        "git2::Oid",
        "std::time::Instant",
    ] {
        assert!(names.contains(&name.to_owned()), "{name}: {names:?}");
    }
    let literals: Vec<&str> = source.literals.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(literals, ["\"a\"", "\"b\""]);
    let deeds: Vec<&str> = source.deeds.iter().map(|d| d.word.as_str()).collect();
    assert_eq!(deeds, ["vec!", "unwrap()", "async", "assert!", "unwrap()"]);
}

#[test]
fn the_table_bans_what_it_does_not_allow() {
    let crates = dependencies("dependencies");
    let faults = |by: &[&str], text: &str| {
        let source = source::parse(text, by);
        source
            .names
            .iter()
            .filter(|n| fault(n, &crates).is_some())
            .count()
    };
    for (room, text) in [
        ("engine", "use crate::adapter::git::GitRepository;"),
        ("engine", "fn f() { std::fs::read(x); }"),
        ("engine", "use std::time;"),
        ("engine", "use std::time::{Duration, Instant};"),
        ("engine", "use git2 as g;"),
        ("engine", "fn f(x: Result<u8, tokio::task::JoinError>) {}"),
        ("engine", "fn f() { format!(\"{}\", super::cli::x()) }"),
        ("yaml", "use crate::domain::RepoPath;"),
        ("domain", "#[derive(serde::Serialize)] struct X;"),
        ("adapter", "use super::engine::prepare;"),
        ("attic", "use super::engine::prepare;"),
    ] {
        assert_eq!(faults(&[room], text), 1, "{room}: {text}");
    }
    assert_eq!(faults(&["adapter", "git"], "use super::forge::X;"), 1);
    assert_eq!(
        faults(&["adapter", "git", "tree"], "use super::paths::X;"),
        0
    );
    assert_eq!(faults(&["engine", "guard", "a"], "use super::b::X;"), 1);
    assert_eq!(
        faults(&["engine", "guard"], "use b::X; fn f() { b::x() }"),
        0
    );
}
