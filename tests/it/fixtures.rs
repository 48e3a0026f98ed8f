//! The scenarios under `fixtures/`, run by data.
//!
//! A scenario is a folder that keeps one promise:
//!
//! | name | holds |
//! |---|---|
//! | `args` | the promise as `# ...` lines, then the program's arguments, one a line |
//! | `before/` | the repository's files, in one commit |
//! | `after/` | all files afterwards; absent when nothing is written |
//! | `preview.txt` | stdout; absent when there is none |
//! | `stderr.txt` | stderr; needed when it fails |
//! | `exit` | the exit code, if it is not 0 |
//! | `message.txt` | optional: the commit's message |
//!
//! The ids of commits and of the promotion are shown as `[COMMIT]` and `[ID]`, the world's folder
//! as `[WORLD]`.
//!
//! `FIXTURE=name` runs those whose name holds this text. `UPDATE_FIXTURES=text` rewrites
//! `preview.txt`, `stderr.txt` and a `message.txt` that is there; `UPDATE_FIXTURES=1` rewrites
//! `after/` and `exit` too. Read what changed before it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::world::{Ran, Repo, World};

/// Files by path, or nothing where there is no folder.
type Tree = BTreeMap<String, Vec<u8>>;

/// What a run must have come to.
#[derive(PartialEq, Eq)]
struct Outcome {
    code: i32,
    preview: String,
    stderr: Option<String>,
    message: Option<String>,
    /// The branch's tree; nothing when it did not move.
    after: Option<Tree>,
}

struct Scenario {
    name: String,
    dir: PathBuf,
    args: Vec<String>,
    before: Tree,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Update {
    Nothing,
    Texts,
    All,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every scenario whose name holds `FIXTURE`, by name.
fn scenarios() -> Vec<Scenario> {
    let wanted = std::env::var("FIXTURE").unwrap_or_default();
    let mut all: Vec<Scenario> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|dir| dir.file_name().unwrap().to_str().unwrap().contains(&wanted))
        .map(Scenario::read)
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!all.is_empty(), "no scenario is named `{wanted}`");
    all
}

fn read_tree(dir: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name == ".git") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap();
                tree.insert(name.replace('\\', "/"), fs::read(&path).unwrap());
            }
        }
    }
    tree
}

fn write_tree(dir: &Path, tree: &Tree) {
    for (path, bytes) in tree {
        let file = dir.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

/// The tree of the branch's tip, which the working tree must equal.
fn committed(repo: &Repo<'_>) -> Tree {
    assert_eq!(repo.status(), "", "the working tree is not clean");
    read_tree(&repo.dir)
}

impl Scenario {
    fn read(dir: PathBuf) -> Self {
        let name = dir.file_name().unwrap().to_str().unwrap().to_owned();
        let args = fs::read_to_string(dir.join("args"))
            .unwrap_or_else(|e| panic!("fixtures/{name}/args: {e}"));
        let (promise, args): (Vec<&str>, Vec<&str>) =
            args.lines().partition(|line| line.starts_with("# "));
        assert!(!promise.is_empty(), "fixtures/{name}/args: no promise");
        let before = read_tree(&dir.join("before"));
        assert!(!before.is_empty(), "fixtures/{name}/before is empty");
        Self {
            name,
            args: args.into_iter().map(ToOwned::to_owned).collect(),
            before,
            dir,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.dir.join(name)).ok()
    }

    fn expected(&self) -> Outcome {
        let code = self.text("exit").map_or(0, |c| c.trim().parse().unwrap());
        let after = self.dir.join("after");
        Outcome {
            code,
            preview: self.text("preview.txt").unwrap_or_default(),
            stderr: self.text("stderr.txt").or((code != 0).then(String::new)),
            message: self.text("message.txt"),
            after: after.is_dir().then(|| read_tree(&after)),
        }
    }

    /// Runs it in a world of its own; texts that nobody expects are left out.
    fn run(&self, expected: &Outcome, update: Update) -> Outcome {
        let world = World::new();
        let repo = world.empty_at("deploy");
        write_tree(&repo.dir, &self.before);
        let first = repo.commit("first", &[]);
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let ran: Ran = repo.promote(&args);
        let has_moved = repo.tip("HEAD") != first;
        let after = committed(&repo);
        if has_moved {
            assert_eq!(repo.tip("HEAD^"), first, "{}: not one commit", self.name);
            repo.assert_sound();
        } else {
            assert_eq!(after, self.before, "{}: files moved, not HEAD", self.name);
        }
        // Also those of branches beside the one that is checked out.
        let all = repo.git(&["rev-list", "--all"]);
        let commits: Vec<String> = all.lines().map(ToOwned::to_owned).collect();
        let plain = |text: &str| plain(text, &world, &commits);
        let has_stderr = expected.stderr.is_some() || update != Update::Nothing && ran.code != 0;
        Outcome {
            code: ran.code,
            preview: plain(&ran.stdout),
            stderr: has_stderr.then(|| plain(&ran.stderr)),
            message: expected
                .message
                .is_some()
                .then(|| plain(&repo.git(&["log", "-1", "--format=%B"])) + "\n"),
            after: has_moved.then_some(after),
        }
    }

    fn rewrite(&self, outcome: &Outcome, update: Update) {
        let put = |name: &str, text: Option<&str>| {
            let file = self.dir.join(name);
            match text.filter(|t| !t.is_empty()) {
                Some(text) => fs::write(file, text).unwrap(),
                None if file.exists() => fs::remove_file(file).unwrap(),
                None => {}
            }
        };
        put("preview.txt", Some(&outcome.preview));
        put("stderr.txt", outcome.stderr.as_deref());
        put("message.txt", outcome.message.as_deref());
        if update == Update::All {
            let code = (outcome.code != 0).then(|| format!("{}\n", outcome.code));
            put("exit", code.as_deref());
            let after = self.dir.join("after");
            if after.exists() {
                fs::remove_dir_all(&after).unwrap();
            }
            if let Some(tree) = &outcome.after {
                write_tree(&after, tree);
            }
        }
    }
}

/// A text without the ids that the run made, and without the world's place on this machine.
fn plain(text: &str, world: &World, commits: &[String]) -> String {
    let mut out = text.replace(world.path("").to_str().unwrap(), "[WORLD]/");
    for commit in commits {
        out = out.replace(commit, "[COMMIT]");
        out = out.replace(&commit[..7], "[COMMIT]");
    }
    match out.split_once("\nPromotion-Id: ") {
        Some((above, below)) => {
            let rest = below.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            format!("{above}\nPromotion-Id: [ID]{rest}")
        }
        None => out,
    }
}

/// How two outcomes differ, for people; empty when they do not.
fn differences(expected: &Outcome, found: &Outcome) -> String {
    let mut out = String::new();
    if expected.code != found.code {
        writeln!(out, "exit {}, not {}", found.code, expected.code).unwrap();
    }
    let mut texts = |what: &str, expected: &str, found: &str| {
        if expected != found {
            let diff = similar::TextDiff::from_lines(expected, found);
            let diff = diff.unified_diff().header("expected", "found").to_string();
            writeln!(out, "{what}:\n{diff}").unwrap();
        }
    };
    texts("preview.txt", &expected.preview, &found.preview);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    texts("stderr.txt", &text(&expected.stderr), &text(&found.stderr));
    texts(
        "message.txt",
        &text(&expected.message),
        &text(&found.message),
    );
    let empty = Tree::new();
    let trees = [&expected.after, &found.after].map(|t| t.as_ref().unwrap_or(&empty));
    for path in trees.iter().flat_map(|t| t.keys()).collect::<BTreeSet<_>>() {
        let [a, b] = trees.map(|tree| tree.get(path).map(|b| visible(b)));
        texts(
            &format!("after/{path}"),
            &a.unwrap_or_else(|| "(no such file)\n".to_owned()),
            &b.unwrap_or_else(|| "(no such file)\n".to_owned()),
        );
    }
    out
}

/// A file's bytes with the invisible ones shown.
fn visible(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .replace('\r', "<CR>")
        .replace('\u{feff}', "<BOM>")
}

#[test]
fn every_scenario_keeps_its_promise() {
    let update = match std::env::var("UPDATE_FIXTURES").as_deref() {
        Err(_) | Ok("" | "0") => Update::Nothing,
        Ok("text") => Update::Texts,
        Ok(_) => Update::All,
    };
    let all = scenarios();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let broken: Vec<String> = std::thread::scope(|scope| {
        let run = |part: &[Scenario]| -> Vec<String> {
            part.iter().filter_map(|s| broken(s, update)).collect()
        };
        let works: Vec<_> = all
            .chunks(all.len().div_ceil(threads))
            .map(|part| scope.spawn(move || run(part)))
            .collect();
        works
            .into_iter()
            .flat_map(|work| work.join().unwrap())
            .collect()
    });
    assert!(
        broken.is_empty(),
        "{} of {}:\n{}",
        broken.len(),
        all.len(),
        broken.join("\n")
    );
}

/// Runs one scenario, and says how it broke its promise.
fn broken(scenario: &Scenario, update: Update) -> Option<String> {
    let found = scenario.run(&scenario.expected(), update);
    if update != Update::Nothing {
        scenario.rewrite(&found, update);
    }
    let left = differences(&scenario.expected(), &found);
    (!left.is_empty()).then(|| format!("== fixtures/{}\n{left}", scenario.name))
}

#[test]
fn a_scenario_holds_nothing_that_is_not_read() {
    const KNOWN: &[&str] = &[
        "after",
        "args",
        "before",
        "exit",
        "message.txt",
        "preview.txt",
        "stderr.txt",
    ];
    for scenario in scenarios() {
        for entry in fs::read_dir(&scenario.dir).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(
                KNOWN.contains(&name.as_str()),
                "fixtures/{}/{name} is read by nothing",
                scenario.name
            );
        }
    }
}
