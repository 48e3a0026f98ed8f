//! The files for contributors in `.github`, held against the project.

use std::collections::BTreeMap;
use std::fs;

use serde_yaml::Value;

use crate::console::project;

fn text(path: &str) -> String {
    fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The paths of the files in a folder, relative to the project.
fn files(folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(project(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| format!("{folder}/{name}"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{folder} is empty");
    names
}

/// The workflows by path.
fn workflows() -> BTreeMap<String, Value> {
    files(".github/workflows")
        .into_iter()
        .map(|path| (path.clone(), yaml(&path)))
        .collect()
}

fn jobs(workflow: &Value) -> impl Iterator<Item = &Value> {
    workflow["jobs"].as_mapping().unwrap().values()
}

/// All strings under a key, anywhere in a value.
fn strings<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Mapping(entries) => {
            for (name, value) in entries {
                if name == key {
                    found.extend(value.as_str());
                }
                strings(value, key, found);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| strings(item, key, found)),
        _ => {}
    }
}

fn all_strings<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    let mut found = Vec::new();
    strings(value, key, &mut found);
    found
}

/// The minimum Rust version in `Cargo.toml`.
fn minimum_rust() -> String {
    let manifest = text("Cargo.toml");
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    line.expect("`rust-version`").trim_matches('"').to_owned()
}

/// The names of the steps of `.ci/run`.
fn steps() -> Vec<String> {
    text(".ci/run")
        .lines()
        .filter_map(|line| line.strip_prefix("step ")?.split(' ').next())
        .map(str::to_owned)
        .collect()
}

/// The step names that a command passes to `.ci/run`.
fn wanted_steps(command: &str) -> impl Iterator<Item = &str> {
    let (_, rest) = command.split_once(".ci/run").unwrap();
    rest.split_whitespace()
}

#[test]
fn every_workflow_runs_the_checks_of_ci_run() {
    for (path, workflow) in workflows() {
        let runs_it = |workflow: &Value| {
            let commands = all_strings(workflow, "run");
            commands.contains(&"bash .ci/run")
        };
        let called: Vec<Value> = jobs(&workflow)
            .filter_map(|job| job["uses"].as_str())
            .map(|path| yaml(path.trim_start_matches("./")))
            .collect();
        assert!(runs_it(&workflow) || called.iter().any(runs_it), "{path}");
        for command in all_strings(&workflow, "run") {
            if command.contains(".ci/run") {
                for step in wanted_steps(command) {
                    assert!(steps().contains(&step.to_owned()), "{path}: {command}");
                }
            }
        }
    }
}

#[test]
fn workflows_start_with_read_access_and_pin_their_actions() {
    for (path, workflow) in workflows() {
        assert_eq!(workflow["permissions"]["contents"], "read", "{path}");
        assert!(workflow["concurrency"]["group"].is_string(), "{path}");
        for action in all_strings(&workflow, "uses") {
            let is_own = action.starts_with("./");
            let major = action.split_once("@v").map(|(_, version)| version);
            let is_pinned = major.is_some_and(|major| major.parse::<u32>().is_ok());
            assert!(is_own || is_pinned, "{path}: {action}");
        }
    }
}

#[test]
fn ci_checks_the_minimum_rust_version_of_the_manifest() {
    let ci = yaml(".github/workflows/ci.yml");
    assert_eq!(all_strings(&ci, "MSRV"), [minimum_rust()]);
    assert!(steps().contains(&"msrv".to_owned()));
    let contributing = text(".github/CONTRIBUTING.md");
    assert!(contributing.contains(&format!("Rust](https://rustup.rs) {} ", minimum_rust())));
}

#[test]
fn issue_forms_and_dependabot_are_well_formed() {
    for path in files(".github/ISSUE_TEMPLATE") {
        let form = yaml(&path);
        assert!(form["name"].is_string(), "{path}");
        assert!(form["description"].is_string(), "{path}");
        for field in form["body"].as_sequence().unwrap() {
            assert!(field["type"].is_string(), "{path}");
            assert!(field["attributes"].is_mapping(), "{path}");
        }
    }
    let dependabot = yaml(".github/dependabot.yml");
    assert_eq!(
        all_strings(&dependabot, "package-ecosystem"),
        ["cargo", "github-actions"]
    );
}

/// The texts in backticks and the lines of `sh` blocks.
fn code(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_block = line == "```sh";
        } else if in_block {
            found.push(line.to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_path_and_command_that_contributing_names_exists() {
    let subcommands = [
        "bench", "check", "clippy", "doc", "fmt", "fuzz", "insta", "run", "test",
    ];
    // Not of this repository: the users' configuration, and what may lie beside a clone.
    let elsewhere = ["promote.yaml", "../shared"];
    for code in code(&text(".github/CONTRIBUTING.md")) {
        let words: Vec<&str> = code.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| *word == "cargo") {
            assert!(subcommands.contains(&words[at + 1]), "`{code}`");
        } else if code.contains(".ci/run ") {
            for step in wanted_steps(&code) {
                assert!(steps().contains(&step.to_owned()), "`{code}`");
            }
        }
        for word in &words {
            if word.contains(['/', '.']) && !elsewhere.contains(word) {
                assert!(project(word).exists(), "`{code}`: no {word}");
            }
        }
    }
}
