//! Commands and options of hints and warnings, as the fixtures print them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::console::{project, repository_of};
use crate::world::World;

/// Each command or option with a value that a hint or a warning of a fixture has in backticks.
fn snippets(fixture: &Path) -> BTreeSet<String> {
    let text = ["preview.txt", "stderr.txt"]
        .map(|name| fs::read_to_string(fixture.join(name)).unwrap_or_default())
        .join("\n");
    let is_advice = |line: &&str| line.starts_with("hint: ") || line.starts_with("warning: ");
    let advice = text.lines().filter(is_advice);
    let quoted = advice.flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_complete = |snippet: &&str| {
        let is_flag = || ["--new", "--all", "--no-push"].contains(snippet);
        snippet.starts_with("git promote ")
            || snippet.starts_with("--") && (snippet.contains(' ') || is_flag())
    };
    quoted.filter(is_complete).map(str::to_owned).collect()
}

/// A snippet with names of the fixture in place of placeholders.
fn filled(snippet: &str, fixture: &Path) -> String {
    let mut filled = snippet.replace("--from ENV --to ENV", "--from staging --to production");
    if let Some(before) = filled.strip_suffix(" FILE") {
        // The file that the error lists.
        let errors = fs::read_to_string(fixture.join("stderr.txt")).unwrap();
        let listed = errors.lines().find_map(|line| line.strip_prefix("  "));
        let (file, _) = listed.unwrap().split_once(':').unwrap();
        filled = format!("{before} {file}");
    }
    filled
}

#[test]
fn what_a_hint_recommends_is_accepted_and_does_what_it_promises() {
    let mut tried = BTreeSet::new();
    for entry in fs::read_dir(project("fixtures")).unwrap() {
        let fixture = entry.unwrap().path();
        for snippet in snippets(&fixture) {
            let world = World::new();
            let repo = repository_of(&world, &fixture.join("before"));
            let args = fs::read_to_string(fixture.join("args")).unwrap();
            let args: Vec<&str> = (args.lines())
                .filter(|line| !line.starts_with('#') && *line != "--dry-run")
                .collect();
            let filled = filled(&snippet, &fixture);
            let words = filled.split(' ').map(|word| word.trim_matches(['\'', '"']));
            let words: Vec<&str> = words.collect();
            if words.iter().all(|word| args.contains(word)) {
                // It names what the user wrote.
                continue;
            }
            let is_command = snippet.starts_with("git promote ");
            let words = if is_command {
                words[2..].to_vec()
            } else {
                [args, words].concat()
            };
            let ran = repo.promote(&words);
            let is_refused =
                ran.stderr.contains("\nUsage: ") || ran.stderr.contains("no difference");
            assert!(!is_refused, "{}: `{snippet}`\n{ran}", fixture.display());
            if snippet.starts_with("--allow") {
                assert!(ran.stdout.contains("lifted the hold"), "`{snippet}`\n{ran}");
            } else if !is_command && !snippet.starts_with("--except") {
                assert!(ran.stdout.contains("committed "), "`{snippet}`\n{ran}");
            }
            tried.insert(snippet);
        }
    }
    assert!(tried.len() > 5, "{tried:?}");
}
