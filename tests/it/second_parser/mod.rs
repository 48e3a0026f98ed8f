//! What a promotion writes is read by another parser as it was shown.
//!
//! # Why
//!
//! The proof after an edit reads the result with the parser that the edit was made with. Kubernetes
//! tools read it with others, of YAML 1.1. So PyYAML reads every file before and after: outside of
//! the places that were shown nothing may differ, and at those the value must be the one that was
//! shown. `read.py` compares.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use git_promote::domain::{Mode, Op};
use git_promote::engine::{Removals, Request};
use git_promote::plan::{FilePlan, PlannedDifference};
use git_promote::yaml::{Content, Kind, Node, Stream, Value};
use serde_json::{Value as Json, json};

use crate::memory::Memory;
use crate::remotes::program;
use crate::replay::{corpus, memory, plan};
use crate::skipped::{Missing, shared, skip};

/// A repository, and a promotion in it.
struct Case {
    name: String,
    memory: Memory,
    from: String,
    to: String,
}

fn case<'a>(
    name: &str,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    [from, to]: [&str; 2],
) -> Case {
    Case {
        name: name.to_owned(),
        memory: Memory::new(files),
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

/// The regular files below a folder.
fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else if entry.file_type().unwrap().is_file() {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                files.push((name.to_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    files
}

/// The repositories of `fixtures/` whose arguments name both environments.
fn fixtures() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = fs::read_dir(folder).unwrap();
    let mut cases = Vec::new();
    for fixture in folders.map(|entry| entry.unwrap().path()) {
        let args = fs::read_to_string(fixture.join("args")).unwrap();
        let args: Vec<&str> = args
            .lines()
            .filter(|line| !line.starts_with("# "))
            .collect();
        let value = |option| {
            let at = args.iter().position(|arg| *arg == option)?;
            args.get(at + 1).copied()
        };
        let (Some(from), Some(to)) = (value("--from"), value("--to")) else {
            continue;
        };
        let files = files_below(&fixture.join("before"));
        let files = files.iter().map(|(path, bytes)| (&**path, &**bytes));
        let name = fixture.file_name().unwrap().to_str().unwrap();
        cases.push(case(name, files, [from, to]));
    }
    cases
}

/// The repositories of `cases/manifests.jsonl`, in which each character is a byte.
fn manifests() -> Vec<Case> {
    let Some(file) = shared("cases/manifests.jsonl") else {
        return Vec::new();
    };
    let read = |line: &str| {
        let case: Json = serde_json::from_str(line).unwrap();
        let files = case["files"].as_object().unwrap().iter();
        let files: Vec<(&str, Vec<u8>)> = files
            .map(|(path, text)| {
                let bytes = text.as_str().unwrap().chars();
                let bytes = bytes.map(|c| u8::try_from(u32::from(c)).unwrap());
                (path.as_str(), bytes.collect())
            })
            .collect();
        let files = files.iter().map(|(path, bytes)| (*path, &**bytes));
        let name = case["id"].as_str().unwrap();
        self::case(name, files, ["staging", "production"])
    };
    fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(read)
        .collect()
}

/// The repositories of the replay.
fn replay() -> Vec<Case> {
    let Some((cases, blobs)) = corpus() else {
        return Vec::new();
    };
    let read = |case: &Json| Case {
        name: case["id"].as_str().unwrap().to_owned(),
        memory: memory(case, &blobs),
        from: case["source_env"].as_str().unwrap().to_owned(),
        to: case["target_env"].as_str().unwrap().to_owned(),
    };
    cases.iter().map(read).collect()
}

impl Case {
    /// Each file that a promotion would write, as `read.py` expects it: with the modes of the
    /// settings, and with everything promoted.
    fn written(&self) -> Vec<Json> {
        let request = Request::between(&self.from, &self.to);
        let all = Request {
            promote: Some(Mode::All),
            removals: Removals::Promoted,
            ..request.clone()
        };
        let mut written = Vec::new();
        for (request, what) in [(request, "as configured"), (all, "all")] {
            // A repository without the environments, or with faulty settings, promotes nothing.
            let Ok(plan) = plan(&self.memory, &request) else {
                continue;
            };
            let files = plan.changed_files();
            written.extend(files.filter_map(|file| self.written_file(file, what)));
        }
        written
    }

    fn written_file(&self, file: &FilePlan, what: &str) -> Option<Json> {
        let is_whole = file
            .differences
            .iter()
            .any(PlannedDifference::is_whole_file);
        if is_whole && file.before.is_some() {
            return None;
        }
        let source = file.source_path.as_ref();
        let source = source.and_then(|path| self.memory.file(path.as_str()));
        Some(json!({
            "name": format!("{} {} ({what})", self.name, file.path),
            "before": file.before.as_ref().and_then(|before| read(&before.bytes)),
            "source": source.and_then(read),
            "after": read(&file.after.as_ref()?.bytes)?,
            "shown": file.promoted().map(shown).collect::<Vec<_>>(),
        }))
    }
}

/// A text with our reading of it.
fn read(bytes: &[u8]) -> Option<Json> {
    let text = std::str::from_utf8(bytes).ok()?;
    let ours = Stream::parse(text).ok().map(|stream| {
        let roots = stream.documents().iter();
        Json::from_iter(roots.map(|document| node(&document.root)))
    });
    Some(json!({ "text": text, "ours": ours }))
}

/// A difference of the preview.
fn shown(difference: &PlannedDifference) -> Json {
    json!({
        "op": match difference.op {
            Op::Add => "add",
            Op::Remove => "remove",
            Op::Set => "set",
        },
        "document": difference.document.as_ref().map(|document| document.index),
        "path": difference.path,
        "after": difference.after.as_ref().map(value),
    })
}

fn scalar(text: &str, kind: Kind) -> Json {
    let kind = match kind {
        Kind::Null => "null",
        Kind::Str => "str",
        _ => "other",
    };
    json!(["scalar", text, kind])
}

fn value(of: &Value) -> Json {
    match of {
        Value::Scalar { text, kind } => scalar(text, *kind),
        Value::Sequence(items) => json!(["sequence", Json::from_iter(items.iter().map(value))]),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, of)| json!([key, value(of)]));
            json!(["mapping", Json::from_iter(entries)])
        }
        Value::Alias(name) => json!(["alias", name]),
        Value::Tagged(_, of) => value(of),
    }
}

fn node(of: &Node) -> Json {
    match &of.content {
        Content::Scalar(of) => scalar(&of.text, of.kind),
        Content::Sequence { items, .. } => {
            json!(["sequence", Json::from_iter(items.iter().map(node))])
        }
        Content::Mapping { entries, .. } => {
            let entries = entries.iter();
            let entries = entries.map(|entry| json!([entry.name(), node(&entry.value)]));
            json!(["mapping", Json::from_iter(entries)])
        }
        Content::Alias(name) => json!(["alias", name]),
    }
}

/// A Python with PyYAML.
fn python() -> Option<PathBuf> {
    let of_judges = std::env::var_os("GIT_PROMOTE_TEST_PYTHON").map(PathBuf::from);
    let found = of_judges.into_iter().chain(program(&["python3"]));
    let has_yaml = |python: &PathBuf| {
        let tried = Command::new(python).args(["-c", "import yaml"]).output();
        tried.is_ok_and(|out| out.status.success())
    };
    found.into_iter().find(has_yaml)
}

/// The files that both parsers can read, at least, where all data is there.
const AT_LEAST: u64 = 500;

#[test]
fn a_second_parser_reads_what_was_shown_and_nothing_else() {
    let Some(python) = python() else {
        skip(Missing::Program, "python3 has no PyYAML");
        return;
    };
    let sources = [fixtures(), manifests(), replay()];
    let is_whole = sources.iter().all(|cases| !cases.is_empty());
    let cases: Vec<Case> = sources.into_iter().flatten().collect();
    let mut child = Command::new(python)
        .args(["-c", include_str!("read.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> = thread::scope(|scope| {
        let half = cases.len().div_ceil(2);
        let running: Vec<_> = cases
            .chunks(half)
            .map(|cases| {
                scope.spawn(|| {
                    let written = cases.iter().flat_map(Case::written);
                    written
                        .map(|file| file.to_string() + "\n")
                        .collect::<String>()
                })
            })
            .collect();
        running
            .into_iter()
            .map(|half| half.join().unwrap())
            .collect()
    });
    let mut stdin = child.stdin.take().unwrap();
    for lines in lines {
        stdin.write_all(lines.as_bytes()).unwrap();
    }
    drop(stdin);
    let out = child.wait_with_output().unwrap();
    let result: Json = serde_json::from_slice(&out.stdout).expect("the result of `read.py`");
    let faults = result["faults"].as_array().unwrap();
    println!(
        "second parser: {} repositories, files {}; {} read otherwise than shown",
        cases.len(),
        result["counts"],
        faults.len()
    );
    assert!(faults.is_empty(), "{:#}", result["faults"]);
    let compared = result["counts"]["compared"].as_u64().unwrap();
    assert!(!is_whole || compared >= AT_LEAST, "only {compared} files");
}
