//! Selectors over real promotions: each one that is printed selects exactly its own difference.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use git_promote::engine::{self, EngineError, Request};
use git_promote::plan::Plan;
use serde_json::Value;

use crate::memory::Memory;
use crate::skipped::shared;

/// How many selectors of a case are tried; all of them when `REPLAY_ALL` is set.
const PER_CASE: usize = 4;

/// If a case has more bytes than this, only one selector is tried.
const LARGE: usize = 60_000;

fn case_bytes(case: &Value, blobs: &Blobs) -> usize {
    let files = case["files"].as_array().unwrap().iter();
    files
        .filter_map(|file| blobs.get(file["source_blob"].as_str()?))
        .map(Vec::len)
        .sum()
}

/// Contents by their blob's id.
pub type Blobs = BTreeMap<String, Vec<u8>>;

/// The corpus, or `None` after reporting that it is missing.
pub fn corpus() -> Option<(Vec<Value>, Blobs)> {
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

pub fn memory(case: &Value, blobs: &Blobs) -> Memory {
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

pub fn plan(memory: &Memory, request: &Request) -> Result<Plan, EngineError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(engine::prepare(&memory.ports(), request))
        .map(|p| p.plan)
}

#[test]
fn every_selector_that_is_printed_selects_exactly_its_own_difference() {
    let Some((cases, blobs)) = corpus() else {
        return;
    };
    let all = std::env::var_os("REPLAY_ALL").is_some();
    let (mut printed, mut tried, mut faults) = (0, 0, Vec::new());
    for case in &cases {
        let memory = memory(case, &blobs);
        let (from, to) = (
            case["source_env"].as_str().unwrap(),
            case["target_env"].as_str().unwrap(),
        );
        let request = Request::between(from, to);
        let selectors: Vec<String> = plan(&memory, &request)
            .unwrap()
            .differences()
            .map(|d| d.selector.clone())
            .collect();
        let unique: BTreeSet<&String> = selectors.iter().collect();
        assert_eq!(unique.len(), selectors.len(), "{}", case["id"]);
        printed += selectors.len();
        let step = match (all, case_bytes(case, &blobs)) {
            (true, _) => 1,
            (false, 0..LARGE) => selectors.len().div_ceil(PER_CASE).max(1),
            _ => selectors.len().max(1),
        };
        for selector in selectors.iter().step_by(step) {
            tried += 1;
            let only = Request {
                only: vec![selector.clone()],
                ..request.clone()
            };
            let outcome = plan(&memory, &only);
            let promoted: Vec<String> = match &outcome {
                Ok(plan) => plan
                    .differences()
                    .filter(|d| d.verdict.is_promote())
                    .map(|d| d.selector.clone())
                    .collect(),
                Err(error) => vec![error.to_string()],
            };
            if promoted != [selector.clone()] {
                faults.push(format!("{}: {selector} selects {promoted:?}", case["id"]));
            }
        }
    }
    println!(
        "selectors over the replay: {printed} printed, {tried} given back, {} wrong",
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
