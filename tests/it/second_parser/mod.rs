//! What a promotion writes is read by another parser as it was shown.
//!
//! # Why
//!
//! The proof after an edit reads the result with the parser that the edit was made with. Kubernetes
//! tools read it with others, of YAML 1.1. So `PyYAML` reads every file before and after: outside of
//! the places that were shown nothing may differ, and at those the value must be the one that was
//! shown. `read.py` compares.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use git_promote::domain::{Mode, Op};
use git_promote::engine::{Removals, Request};
use git_promote::plan::{Content as FileContent, FilePlan, Notice, PlannedDifference};
use git_promote::yaml::{Content, JsonPath, Kind, Node, Place, Stream, Value, split_inside};
use serde_json::{Value as Json, json};

use crate::corpus::{Case, fixtures, manifests, replay};
use crate::remotes::program;
use crate::skipped::{Missing, skip};

/// Each file that a promotion would write, as `read.py` expects it: with the modes of the
/// settings, and with everything promoted.
fn written(case: &Case) -> Vec<Json> {
    let request = case.request();
    let all = Request {
        promote: Some(Mode::All),
        removals: Removals::Promoted,
        ..request.clone()
    };
    let mut written = Vec::new();
    for (request, what) in [(request, "as configured"), (all, "all")] {
        // A repository without the environments, or with faulty settings, promotes nothing.
        let Ok(plan) = case.plan(&request) else {
            continue;
        };
        for file in plan.changed_files() {
            if let Some(result) = written_file(case, file, plan.notices(), what) {
                written.push(result);
                written.extend(written_strings(case, file, what));
            }
        }
    }
    written
}

fn written_file(case: &Case, file: &FilePlan, notices: &[Notice], what: &str) -> Option<Json> {
    let is_whole = file
        .differences
        .iter()
        .any(PlannedDifference::is_whole_file);
    // Settings and templates are not YAML, even if it can read them.
    let is_text = |d: &PlannedDifference| d.selector.contains(":=");
    if is_whole && file.before.is_some() || file.differences.iter().any(is_text) {
        return None;
    }
    // A string is looked up in the result, where added and removed items shift the others.
    let is_inside = |d: &PlannedDifference| split_inside(&d.path).is_some();
    let shifts = |d: &PlannedDifference| d.op != Op::Set && !is_inside(d);
    if file.promoted().any(is_inside) && file.promoted().any(shifts) {
        return None;
    }
    let source = file.source_path.as_ref();
    let source = source.and_then(|path| case.memory.file(path.as_str()));
    Some(json!({
        "name": format!("{} {} ({what})", case.name, file.path),
        "before": file.before.as_ref().and_then(|before| read(&before.bytes)),
        "source": source.and_then(read),
        "after": read(&file.after.as_ref()?.bytes)?,
        "shown": shown_in(file, notices),
    }))
}

/// A text with our reading of it.
fn read(bytes: &[u8]) -> Option<Json> {
    let text = std::str::from_utf8(bytes).ok()?;
    let ours = Stream::parse(text).ok().map(|stream| {
        let roots = stream.documents().iter();
        roots.map(|document| node(&document.root)).collect::<Json>()
    });
    Some(json!({ "text": text, "ours": ours }))
}

/// The promoted differences of a file, and the places that share their values.
fn shown_in(file: &FilePlan, notices: &[Notice]) -> Json {
    let after = file.after.as_ref().and_then(|after| {
        let text = std::str::from_utf8(&after.bytes).ok()?;
        Stream::parse(text).ok()
    });
    let mut all: Vec<Json> = file
        .promoted()
        .map(|d| inside(d, after.as_ref()).unwrap_or_else(|| shown(d)))
        .collect();
    for notice in notices {
        if let Notice::AnchorFollowed {
            path,
            selector,
            places,
            ..
        } = notice
            && *path == file.path
        {
            let mut promoted = file.promoted();
            let difference = promoted.find(|d| d.selector == *selector).unwrap();
            all.extend(places.iter().map(|place| {
                let mut shown = shown(difference);
                shown["path"] = json!(place);
                shown
            }));
        }
    }
    Json::Array(all)
}

/// A difference inside a string, as one of the whole string: its new text is what we read.
/// [`written_strings`] has what it is a change of.
fn inside(difference: &PlannedDifference, after: Option<&Stream>) -> Option<Json> {
    let (outer, _) = split_inside(&difference.path)?;
    let document = difference.document.as_ref()?.index;
    Some(json!({
        "op": "set",
        "document": document,
        "path": outer,
        "after": value(&string(after?, document, outer)?),
    }))
}

/// The value at the only place of a path.
fn string(stream: &Stream, document: usize, path: &str) -> Option<Value> {
    let places = JsonPath::parse(path).ok()?;
    let places = places.select(&stream.to_json(document)).ok()?;
    let [steps] = places.as_slice() else {
        return None;
    };
    stream.value_at(&Place::new(document, steps.iter().cloned()))
}

/// The strings in which a document changes, each as a file of its own.
fn written_strings(case: &Case, file: &FilePlan, what: &str) -> Vec<Json> {
    let stream = |content: &Option<FileContent>| {
        let text = String::from_utf8(content.as_ref()?.bytes.clone()).ok()?;
        Stream::parse(&text).ok()
    };
    let (Some(before), Some(after)) = (stream(&file.before), stream(&file.after)) else {
        return Vec::new();
    };
    let mut strings: BTreeMap<(usize, &str), Vec<Json>> = BTreeMap::new();
    for difference in file.promoted() {
        if let Some((outer, inner)) = split_inside(&difference.path) {
            let document = difference.document.as_ref().unwrap().index;
            let mut shown = shown(difference);
            shown["document"] = json!(0);
            shown["path"] = json!(inner);
            strings.entry((document, outer)).or_default().push(shown);
        }
    }
    let source = file.source_path.as_ref().and_then(|path| {
        let bytes = case.memory.file(path.as_str())?;
        Stream::parse(std::str::from_utf8(bytes).ok()?).ok()
    });
    let text = |stream: &Stream, (document, path): (usize, &str)| {
        let Value::Scalar { text, .. } = string(stream, document, path)? else {
            return None;
        };
        read(text.as_bytes())
    };
    let written = strings.into_iter().map(|(place, shown)| {
        let name = format!("{} {} {} ({what})", case.name, file.path, place.1);
        let changed = |stream| text(stream, place).unwrap_or_else(|| panic!("{name}: no string"));
        json!({
            "name": name,
            "before": changed(&before),
            "source": source.as_ref().and_then(|source| text(source, place)),
            "after": changed(&after),
            "shown": shown,
        })
    });
    written.collect()
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
        Value::Sequence(items) => json!(["sequence", items.iter().map(value).collect::<Json>()]),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, of)| json!([key, value(of)]));
            json!(["mapping", entries.collect::<Json>()])
        }
        Value::Alias(name) => json!(["alias", name]),
        Value::Tagged(_, of) => value(of),
    }
}

fn node(of: &Node) -> Json {
    match &of.content {
        Content::Scalar(of) => scalar(&of.text, of.kind),
        Content::Sequence { items, .. } => {
            json!(["sequence", items.iter().map(node).collect::<Json>()])
        }
        Content::Mapping { entries, .. } => {
            let entries = entries.iter();
            let entries = entries.map(|entry| json!([entry.name(), node(&entry.value)]));
            json!(["mapping", entries.collect::<Json>()])
        }
        Content::Alias(name) => json!(["alias", name]),
    }
}

/// A Python with `PyYAML`.
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
                    let written = cases.iter().flat_map(written);
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
