//! The README: its examples work, and what it names exists.

use std::collections::BTreeSet;
use std::fs;

use git_promote::domain::GuardName;

use crate::console::{project, repository_of, run};
use crate::world::World;

fn readme() -> String {
    fs::read_to_string(project("README.md")).unwrap()
}

/// Options in the text that belong to Cargo and Git.
const OF_OTHERS: [&str; 5] = [
    "--bare",
    "--hard",
    "--open",
    "--release",
    "--set-upstream-to",
];

/// The blocks of a language, without their fences.
fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    markdown
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap().to_owned() + "\n")
        .collect()
}

#[test]
fn its_console_blocks_do_what_they_show() {
    let world = World::new();
    let repo = repository_of(&world, &project("examples/kustomize"));
    run(&world, &repo, &project("README.md"));
    assert_eq!(repo.status(), "");
}

#[test]
fn its_configuration_is_in_order() {
    let world = World::new();
    let repo = world.empty_at("repo");
    let found: Vec<String> = blocks(&readme(), "yaml")
        .into_iter()
        .filter(|text| text.contains("environments:"))
        .collect();
    assert!(!found.is_empty());
    for text in found {
        repo.write("promote.yaml", &text);
        let ran = repo.promote(&["check"]);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (0, "`promote.yaml` is valid\n"),
            "{ran}"
        );
    }
}

#[test]
fn its_options_are_in_the_help() {
    let world = World::new();
    let pages = [
        &["--help"][..],
        &["diff", "--help"],
        &["status", "--help"],
        &["log", "--help"],
        &["check", "--help"],
        &["init", "--help"],
        &["baseline", "--help"],
        &["policy", "evaluate", "--help"],
        &["release", "start", "--help"],
        &["serve", "--help"],
    ];
    let help: String = pages.map(|words| world.promote(words).stdout).concat();
    let is_part = |c: char| c.is_ascii_lowercase() || c == '-';
    let known: BTreeSet<&str> = help
        .split(|c: char| !is_part(c))
        .filter(|w| w.starts_with("--"))
        .collect();
    let readme = readme();
    // Most options of other programs are in shell blocks.
    let mut own = String::new();
    let mut is_shell = false;
    for line in readme.lines() {
        if let Some(language) = line.strip_prefix("```") {
            is_shell = language == "sh" || language == "yaml";
        } else if !is_shell && !line.starts_with("$ git log") && !line.starts_with("--- ") {
            own.push_str(line);
            own.push('\n');
        }
    }
    let named: BTreeSet<&str> = own
        .split(|c: char| !is_part(c))
        .filter(|w| w.starts_with("--") && w.len() > 3 && !w.starts_with("---"))
        .collect();
    assert!(named.len() > 10, "{named:?}");
    let unknown: Vec<&&str> = named
        .difference(&known)
        .filter(|option| !OF_OTHERS.contains(option))
        .collect();
    assert!(unknown.is_empty(), "not in the help: {unknown:?}");
}

#[test]
fn its_exit_codes_are_the_programs() {
    let readme = readme();
    let documented: BTreeSet<u8> = readme
        .lines()
        .filter_map(|l| l.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    let source = fs::read_to_string(project("src/cli/exit.rs")).unwrap();
    let real: BTreeSet<u8> = source
        .lines()
        .filter_map(|l| {
            let (name, code) = l.trim().strip_suffix(',')?.split_once(" = ")?;
            name.chars()
                .all(char::is_alphabetic)
                .then(|| code.parse().ok())?
        })
        .collect();
    assert!(real.contains(&0) && real.contains(&10), "{real:?}");
    assert_eq!(documented, real);
    let help = World::new().promote(&["--help"]).stdout;
    let codes = help.split("Exit codes: ").nth(1).unwrap();
    for code in real {
        let word = code.to_string();
        let is_named = codes
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| w == word);
        assert!(is_named, "{code} is not in the help: {codes}");
    }
}

#[test]
fn its_links_lead_to_files() {
    let readme = readme();
    for rest in readme.split("](").skip(1) {
        let link = rest.split(')').next().unwrap();
        let file = link.split('#').next().unwrap();
        assert!(
            link.starts_with("https://") || file.is_empty() || project(file).exists(),
            "{link}"
        );
    }
}

#[test]
fn every_guard_is_in_the_readme_the_help_and_the_schemas() {
    let world = World::new();
    let (readme, help) = (readme(), world.promote(&["--help"]).stdout);
    for guard in GuardName::ALL {
        let name = guard.as_str();
        assert!(readme.contains(&format!("\n| `{name}` | ")), "{name}");
        let item = format!("- {name}:");
        let mut words = help.lines().filter_map(|l| l.trim().strip_prefix(&item));
        assert!(words.any(|rest| rest.trim() == guard.about()), "{name}");
    }
    let names: Vec<&str> = GuardName::ALL.iter().map(|guard| guard.as_str()).collect();
    for subject in ["diff", "result"] {
        let schema = world.promote(&["schema", subject]).stdout;
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        let listed = &schema["$defs"]["Hold"]["properties"]["guard"]["enum"];
        assert_eq!(*listed, serde_json::json!(names), "{subject}");
    }
}
