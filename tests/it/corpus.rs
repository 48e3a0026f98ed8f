//! Repositories to prove promises on: the fixtures, the collected cases, and the replay of real
//! promotions, each with the promotion that is made in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::Path;

use git_promote::engine::{self, EngineError, Request};
use git_promote::plan::Plan;
use serde_json::Value as Json;

use crate::memory::Memory;
use crate::skipped::shared;

/// A repository, and a promotion in it.
pub struct Case {
    /// What it is called in messages.
    pub name: String,
    /// The repository.
    pub memory: Memory,
    /// The source environment.
    pub from: String,
    /// The target environment.
    pub to: String,
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
pub fn fixtures() -> Vec<Case> {
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

/// The sample repositories of `examples/`.
pub fn examples() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let case = |folder: &Path| {
        let files = files_below(folder);
        let files = files.iter().map(|(path, bytes)| (&**path, &**bytes));
        let name = folder.file_name().unwrap().to_str().unwrap();
        self::case(name, files, ["staging", "production"])
    };
    let folders = entries.filter(|path| path.is_dir());
    folders.map(|folder| case(&folder)).collect()
}

/// The repositories of `cases/manifests.jsonl`, in which each character is a byte.
pub fn manifests() -> Vec<Case> {
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
pub fn replay() -> Vec<Case> {
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
    /// What is promoted with the modes of the settings.
    pub fn request(&self) -> Request {
        Request::between(&self.from, &self.to)
    }

    /// The plan of a promotion.
    pub fn plan(&self, request: &Request) -> Result<Plan, EngineError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime
            .block_on(engine::prepare(&self.memory.ports(), request))
            .map(|prepared| prepared.plan)
    }
}

/// Contents by their blob's id.
type Blobs = BTreeMap<String, Vec<u8>>;

/// The corpus, or `None` after reporting that it is missing.
fn corpus() -> Option<(Vec<Json>, Blobs)> {
    let (Some(cases), Some(blobs)) = (shared("replay/cases.jsonl"), shared("replay/blobs.tar.gz"))
    else {
        return None;
    };
    let cases = std::fs::read_to_string(cases).unwrap();
    let blobs = std::fs::File::open(blobs).unwrap();
    let cases = cases
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(blobs));
    let mut all = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry
            .path()
            .unwrap()
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        all.insert(name, bytes);
    }
    Some((cases, all))
}

fn memory(case: &Json, blobs: &Blobs) -> Memory {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in case["files"].as_array().unwrap() {
        for (path, blob) in [
            ("path", "target_blob_before"),
            ("source_path", "source_blob"),
        ] {
            if let (Some(path), Some(blob)) = (file[path].as_str(), file[blob].as_str()) {
                files.insert(path.to_owned(), blobs[blob].clone());
            }
        }
    }
    let environment = |name: &str, names: &str| {
        let aliases: BTreeSet<&str> = case[names]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_str().unwrap())
            .collect();
        let name = case[name].as_str().unwrap();
        let aliases: Vec<&str> = aliases.into_iter().filter(|a| *a != name).collect();
        format!("  - {{name: {name:?}, aliases: {aliases:?}}}\n")
    };
    let settings = format!(
        "version: 1\nenvironments:\n{}{}",
        environment("source_env", "source_names"),
        environment("target_env", "target_names")
    );
    files.insert("promote.yaml".to_owned(), settings.into_bytes());
    Memory::new(files.iter().map(|(p, b)| (p.as_str(), b.as_slice())))
}
