//! Console blocks of a Markdown file, run as a reader would type them.
//!
//! A block that begins with ```` ```console ```` holds commands (`$ …`) and what they print,
//! stdout and stderr together. They run in a shell, one after the other, in one repository, and
//! each must succeed. In what is expected `[COMMIT]` stands for a commit id, `[..]` for anything
//! within a line, and a line `... 3 more lines` for exactly that number of lines. Words behind `console` name programs
//! that the block needs; where one is missing, the block is skipped, by name.
//!
//! If a command commits, `git diff` of the two commits must equal the hunks that it printed.
//!
//! `GIT_PROMOTE_BLESS=text cargo test` writes what was printed into the file instead. If only the number
//! of left out lines is wrong, it only writes the number.

use std::fs;
use std::path::{Path, PathBuf};

use crate::skipped::{Missing, skip};
use crate::world::{Ran, Repo, World};

/// A command and its expected output.
struct Step {
    /// The line of the command, 0-based.
    line: usize,
    command: String,
    expected: Vec<String>,
    needs: Vec<String>,
}

/// A file of this project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A repository of a folder's files, but for its `README.md`.
pub fn repository_of<'w>(world: &'w World, folder: &Path) -> Repo<'w> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path != folder.join("README.md") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                files.push((name.to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    world.repository(&files)
}

/// Runs every console block of a Markdown file in a repository.
pub fn run(world: &World, repo: &Repo<'_>, markdown: &Path) {
    run_with(world, repo, markdown, &[]);
}

/// The same, with variables of the environment; programs in the world's folder are within reach.
pub fn run_with(world: &World, repo: &Repo<'_>, markdown: &Path, variables: &[(&str, &str)]) {
    let text = fs::read_to_string(markdown).unwrap();
    let steps = steps(&text);
    assert!(!steps.is_empty(), "{} has no commands", markdown.display());
    let mut faults = Vec::new();
    let mut printed = Vec::new();
    for step in &steps {
        if let Some(missing) = step.needs.iter().find(|program| !is_there(world, program)) {
            let why = format!("`{missing}` is not installed: $ {}", step.command);
            skip(Missing::Program, why);
            continue;
        }
        let before = repo.tip("HEAD");
        let ran = shell(world, repo, &step.command, variables);
        let place = format!("{}:{}", markdown.display(), step.line + 1);
        if ran.code != 0 {
            faults.push(format!("{place}: $ {}\n{ran}", step.command));
        }
        let actual: Vec<&str> = ran.stdout.lines().collect();
        if !matches(&step.expected, &actual) {
            faults.push(format!(
                "{place}: $ {}\n--- expected\n{}\n--- printed\n{}",
                step.command,
                step.expected.join("\n"),
                ran.stdout
            ));
        }
        assert_matches_preview(repo, &before, &ran.stdout, &place);
        printed.push((step, without_commits(repo, ran.stdout)));
    }
    if std::env::var_os("GIT_PROMOTE_BLESS").is_some_and(|bless| !bless.is_empty()) {
        fs::write(markdown, updated(&text, &printed)).unwrap();
        return;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn is_there(world: &World, program: &str) -> bool {
    let mut command = world.command("sh");
    let found = command.args(["-c", &format!("command -v {program}")]);
    found.output().unwrap().status.success()
}

/// Runs a line with `git promote` within reach.
fn shell(world: &World, repo: &Repo<'_>, line: &str, variables: &[(&str, &str)]) -> Ran {
    let program = Path::new(env!("CARGO_BIN_EXE_git-promote"));
    let path = std::env::join_paths(
        [program.parent().unwrap().to_owned(), world.path("")]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = world.command("sh");
    command
        .env("PATH", path.unwrap())
        .env("TMPDIR", world.path("home"))
        .envs(variables.iter().copied())
        .current_dir(&repo.dir)
        .args(["-c", &format!("exec 2>&1\n{line}")])
        .stdin(std::process::Stdio::null());
    command.output().unwrap().into()
}

fn steps(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut needs: Option<Vec<String>> = None;
    for (line, text) in markdown.lines().enumerate() {
        match &needs {
            None => {
                needs = text
                    .strip_prefix("```console")
                    .map(|words| words.split_whitespace().map(str::to_owned).collect());
            }
            Some(_) if text == "```" => needs = None,
            Some(needs) => match (text.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    line,
                    command: command.to_owned(),
                    expected: Vec::new(),
                    needs: needs.clone(),
                }),
                (None, Some(step)) => step.expected.push(text.to_owned()),
                (None, None) => panic!("line {}: output without a command", line + 1),
            },
        }
    }
    for step in &mut steps {
        // A blank line before the next command is not output.
        while step.expected.last().is_some_and(|l| l.trim().is_empty()) {
            step.expected.pop();
        }
    }
    steps
}

fn matches(expected: &[String], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.iter().all(|l| l.trim().is_empty()),
        Some((first, rest)) => match left_out(first) {
            Some(n) => actual.get(n..).is_some_and(|more| matches(rest, more)),
            None => actual
                .split_first()
                .is_some_and(|(line, more)| is_line(first, line) && matches(rest, more)),
        },
    }
}

/// The number in a line `... 3 more lines`.
fn left_out(line: &str) -> Option<usize> {
    let number = line.strip_prefix("... ")?.strip_suffix(" more lines")?;
    Some(number.parse().unwrap())
}

/// What is expected, with the numbers of left out lines as they are in the output; `None` if anything
/// else differs.
fn counted(expected: &[String], actual: &[&str]) -> Option<Vec<String>> {
    let Some((first, rest)) = expected.split_first() else {
        return matches(expected, actual).then(Vec::new);
    };
    let (line, rest) = if left_out(first).is_some() {
        let counts = (0..=actual.len()).filter_map(|n| Some((n, counted(rest, &actual[n..])?)));
        let (n, rest) = counts.min_by_key(|(n, _)| *n)?;
        (format!("... {n} more lines"), rest)
    } else {
        let (line, more) = actual.split_first()?;
        let rest = is_line(first, line).then(|| counted(rest, more))??;
        (first.clone(), rest)
    };
    Some([vec![line], rest].concat())
}

fn is_line(expected: &str, actual: &str) -> bool {
    let (expected, actual) = (expected.trim_end(), actual.trim_end());
    expected == actual || is_text(expected, actual)
}

fn is_text(expected: &str, actual: &str) -> bool {
    let next = ["[..]", "[COMMIT]"]
        .into_iter()
        .filter_map(|wild| expected.find(wild).map(|at| (at, wild)))
        .min();
    let Some((at, wild)) = next else {
        return expected == actual;
    };
    let (Some(rest), Some(head)) = (actual.get(at..), actual.get(..at)) else {
        return false;
    };
    let is_wild = |text: &str| {
        wild == "[..]"
            || (7..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
    };
    head == &expected[..at]
        && rest
            .char_indices()
            .map(|(i, _)| i)
            .chain([rest.len()])
            .any(|n| is_wild(&rest[..n]) && is_text(&expected[at + wild.len()..], &rest[n..]))
}

/// Makes sure that the printed preview equals the committed changes.
fn assert_matches_preview(repo: &Repo<'_>, before: &str, printed: &str, place: &str) {
    let after = repo.tip("HEAD");
    if before == after || !printed.contains("\n+++ ") {
        return;
    }
    let diff = repo.git(&["diff", "--no-color", "--no-ext-diff", before, &after]);
    let of_git = ["index "];
    let changed: Vec<&str> = diff
        .split("diff --git ")
        // Of new and deleted files, the preview only shows the size.
        .filter(|file| !file.contains("\n--- /dev/null\n") && !file.contains("\n+++ /dev/null\n"))
        .flat_map(|file| file.lines().skip(1))
        .filter(|l| !of_git.iter().any(|p| l.starts_with(p)))
        .map(header)
        .collect();
    let mut shown = Vec::new();
    let mut is_within = false;
    for line in printed.lines() {
        is_within = !line.is_empty() && (is_within || line.starts_with("--- "));
        if is_within {
            shown.push(header(line));
        }
    }
    assert_eq!(
        shown, changed,
        "{place}: the preview, and what was committed"
    );
}

/// A hunk's header without the context that Git adds to it.
fn header(line: &str) -> &str {
    match line.strip_prefix("@@ ").and_then(|l| l.find(" @@")) {
        Some(end) => &line[..end + 6],
        None => line,
    }
}

/// A text with each of the repository's commit ids, long or short, as `[COMMIT]`.
fn without_commits(repo: &Repo<'_>, mut text: String) -> String {
    for id in repo.git(&["rev-list", "--all"]).lines() {
        text = text.replace(id, "[COMMIT]").replace(&id[..7], "[COMMIT]");
    }
    text
}

/// The Markdown with what was printed; lines that match as they are keep their wildcards.
fn updated(markdown: &str, printed: &[(&Step, String)]) -> String {
    let mut lines: Vec<String> = markdown.lines().map(str::to_owned).collect();
    for (step, output) in printed.iter().rev() {
        let actual: Vec<&str> = output.trim_end().lines().collect();
        if matches(&step.expected, &actual) {
            continue;
        }
        let first = step.line + 1;
        let with_wildcards = |line: &&str| {
            let mut with_wildcards = step.expected.iter().filter(|e| e.contains('['));
            let known = with_wildcards.find(|e| is_line(e, line));
            known.map_or_else(|| line.trim_end().to_owned(), Clone::clone)
        };
        let new = counted(&step.expected, &actual)
            .unwrap_or_else(|| actual.iter().map(with_wildcards).collect());
        lines.splice(first..first + step.expected.len(), new);
    }
    lines.join("\n") + "\n"
}

#[test]
fn wildcards_stand_for_commits_words_and_lines() {
    let expected = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&expected("a [COMMIT] b"), &["a 0123abc b"]));
    assert!(!matches(&expected("a [COMMIT] b"), &["a 0123abx b"]));
    assert!(matches(&expected("in [..]/x"), &["in /tmp/y/x"]));
    let two = expected("a\n... 2 more lines\nb");
    assert!(matches(&two, &["a", "1", "2", "b"]));
    assert!(!matches(&two, &["a", "1", "b"]));
    assert!(!matches(&expected("a\n..."), &["a", "1"]));
    let one = counted(&two, &["a", "1", "b"]).unwrap();
    assert_eq!(one, expected("a\n... 1 more lines\nb"));
    assert!(counted(&two, &["a", "1", "c"]).is_none());
    assert!(!matches(&expected("a"), &["a", "b"]));
}
