//! All pairs of files of the replay: selectors, single promotions, and all promotions at once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read as _;

use serde_json::Value as Json;

use super::super::{
    Base, Difference, Part, Sides, compare, may_have_versions, merge, stream_versions,
};
use crate::document::Format;
use crate::domain::{Environment, Naming, Op};
use crate::yaml::tests::{is_thorough, skipped::shared};
use crate::yaml::{JsonPath, Step, Stream, Value, embedded};

/// The two sides of a file.
struct Pair {
    case: String,
    file: String,
    naming: Naming,
    source: String,
    target: String,
}

fn pairs() -> Vec<Pair> {
    let (Some(cases), Some(blobs)) = (shared("replay/cases.jsonl"), shared("replay/blobs.tar.gz"))
    else {
        return Vec::new();
    };
    let cases = std::fs::read_to_string(cases).expect("a readable file");
    let blobs = std::fs::File::open(blobs).expect("a readable file");
    let mut texts: HashMap<String, String> = HashMap::new();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(blobs));
    for file in archive.entries().expect("an archive") {
        let mut file = file.expect("an entry");
        let name = file.path().expect("a path");
        let name = name
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mut text = String::new();
        if file.read_to_string(&mut text).is_ok() {
            texts.insert(name, text);
        }
    }
    let environment = |name: &Json, names: &Json| {
        let mut environment = Environment::named(name.as_str().unwrap_or_default());
        for alias in names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
        {
            if !environment.has_name(alias) {
                environment.aliases.push(alias.to_owned());
            }
        }
        environment
    };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).expect("a case");
        let naming = Naming::new(
            environment(&case["source_env"], &case["source_names"]),
            environment(&case["target_env"], &case["target_names"]),
            [],
        );
        for file in case["files"].as_array().into_iter().flatten() {
            let blob = |key: &str| file[key].as_str();
            let (Some(s), Some(t)) = (blob("source_blob"), blob("target_blob_before")) else {
                continue;
            };
            let (Some(source), Some(target)) = (texts.get(s), texts.get(t)) else {
                continue;
            };
            if s != t && seen.insert((s.to_owned(), t.to_owned())) {
                found.push(Pair {
                    case: case["id"].as_str().unwrap_or_default().to_owned(),
                    file: blob("path").unwrap_or_default().to_owned(),
                    naming: naming.clone(),
                    source: source.clone(),
                    target: target.clone(),
                });
            }
        }
    }
    found
}

/// Counts, and the first few faults of each kind.
#[derive(Default)]
struct Report {
    counts: BTreeMap<&'static str, usize>,
    shown: BTreeMap<&'static str, Vec<String>>,
}

impl Report {
    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn and(mut self, other: Self) -> Self {
        for (what, count) in other.counts {
            *self.counts.entry(what).or_default() += count;
        }
        for (what, shown) in other.shown {
            self.shown.entry(what).or_default().extend(shown);
        }
        self
    }

    fn fault(&mut self, what: &'static str, text: impl FnOnce() -> String) {
        self.count(what);
        let shown = self.shown.entry(what).or_default();
        if shown.len() < 12 {
            shown.push(text());
        }
    }
}

fn promoted(sides: &Sides<'_>, differences: &[Difference]) -> Result<String, String> {
    let promoted: Vec<&Difference> = differences.iter().collect();
    merge(sides, &promoted).map_err(|e| format!("{e:?}"))
}

fn selects(json: &Json, path: &str) -> Vec<Vec<Step>> {
    match JsonPath::parse(path) {
        Ok(path) => path.select(json).unwrap_or_default(),
        Err(error) => panic!("{error}"),
    }
}

/// A value with sorted mappings and lists and the target's names; a string that holds a document is
/// that document.
fn settled(value: &Json, naming: &Naming) -> String {
    match value {
        Json::String(text) => match embedded(text) {
            Some(inside) => settled(&inside.to_json(0), naming),
            None => format!("{:?}", naming.canonical(text)),
        },
        Json::Array(items) => {
            let mut items: Vec<String> = items.iter().map(|i| settled(i, naming)).collect();
            items.sort();
            format!("[{}]", items.join(","))
        }
        Json::Object(entries) => {
            let mut entries: Vec<String> = entries
                .iter()
                .map(|(k, v)| format!("{:?}:{}", naming.canonical(k), settled(v, naming)))
                .collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        other => other.to_string(),
    }
}

fn documents(stream: &Stream, naming: &Naming) -> Vec<String> {
    let mut all: Vec<String> = (0..stream.documents().len())
        .map(|index| settled(&stream.to_json(index), naming))
        .collect();
    all.sort();
    all
}

fn single(report: &mut Report, pair: &Pair, sides: &Sides<'_>, d: &Difference, target: &[Json]) {
    let here = || format!("{} {} #{} {}", pair.case, pair.file, d.document, d.path);
    if d.part == Part::Document {
        report.count("documents");
        return;
    }
    if d.op == Op::Add && d.shared.is_some() {
        report.count("added with other places that share an anchor");
        return;
    }
    if d.op == Op::Add {
        let Ok(text) = promoted(sides, std::slice::from_ref(d)) else {
            report.fault("add refused", || {
                format!("{}: {:?}", here(), promoted(sides, std::slice::from_ref(d)))
            });
            return;
        };
        let result = Stream::parse(&text).expect("proven");
        let hits = selects(&result.to_json(d.place.document), &d.path);
        let value = match hits.as_slice() {
            [one] => {
                let place = crate::yaml::Place::new(d.place.document, one.iter().cloned());
                result.value_at(&place).map(|value| value.to_json())
            }
            _ => None,
        };
        if hits.len() != 1 {
            report.fault("add not selected once", || format!("{}: {hits:?}", here()));
        } else if value != d.after.as_ref().map(Value::to_json) {
            report.fault("add selects another value", || {
                format!("{}: {value:?} {:?}", here(), d.after)
            });
        } else {
            report.count("selected exactly");
        }
        return;
    }
    let hits = selects(&target[d.place.document], &d.path);
    if hits == [d.place.steps.clone()] {
        report.count("selected exactly");
    } else {
        report.fault("selects another place", || {
            format!("{}: {hits:?} not {:?}", here(), d.place.steps)
        });
    }
}

#[test]
fn selectors_name_one_place_and_promoting_all_gives_the_source() {
    let mut pairs = pairs();
    if !is_thorough() {
        pairs = pairs.into_iter().step_by(16).collect();
    }
    let report = std::thread::scope(|scope| {
        // Neighbours are alike, so that each thread gets every other one.
        let running = [0, 1].map(|first| {
            let own = pairs.iter().skip(first).step_by(2);
            scope.spawn(move || {
                let mut report = Report::default();
                own.for_each(|pair| check(&mut report, pair));
                report
            })
        });
        let reports = running.map(|half| half.join().expect("a report"));
        reports.into_iter().fold(Report::default(), Report::and)
    });
    println!("replay: {:?}", report.counts);
    assert!(report.shown.is_empty(), "{:#?}", report.shown);
}

/// Checks each difference of a pair on its own, and all of them together.
fn check(report: &mut Report, pair: &Pair) {
    let (Ok(source), Ok(target)) = (Stream::parse(&pair.source), Stream::parse(&pair.target))
    else {
        report.count("pairs that are not YAML");
        return;
    };
    report.count("pairs");
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Target,
        naming: &pair.naming,
        file: pair.file.rsplit('/').next().unwrap_or_default(),
        format: crate::document::Format::Yaml,
    };
    let differences = compare(&sides);
    let mut selectors = HashSet::new();
    for d in &differences {
        report.count("differences");
        if selectors.insert((d.document.text.clone(), d.path.clone())) {
            report.count("selectors unique");
        } else {
            report.fault("selectors twice", || {
                format!("{} {} #{} {}", pair.case, pair.file, d.document, d.path)
            });
        }
    }
    let json: Vec<Json> = (0..target.documents().len())
        .map(|index| target.to_json(index))
        .collect();
    for d in &differences {
        single(report, pair, &sides, d, &json);
    }
    match promoted(&sides, &differences) {
        Ok(text) => {
            let result = Stream::parse(&text).expect("proven");
            if documents(&result, &pair.naming) == documents(&source, &pair.naming) {
                report.count("all: as the source");
                return;
            }
            let left = compare(&Sides {
                target: &result,
                ..sides
            });
            report.fault("all: wrong", || {
                let left: Vec<String> = left
                    .iter()
                    .take(4)
                    .map(|d| {
                        format!(
                            "{} #{} {} {:?} -> {:?}",
                            d.op, d.document, d.path, d.before, d.after
                        )
                    })
                    .collect();
                format!("{} {}: {}", pair.case, pair.file, left.join("\n      "))
            });
        }
        // Both sides have the same at a place that shares another place's value.
        Err(error) if error.starts_with("Shared") || error.starts_with("Edit(Shared") => {
            report.count("all: shared by an anchor");
        }
        Err(error) => report.fault("all: refused", || {
            format!("{} {}: {error}", pair.case, pair.file)
        }),
    }
}

#[test]
fn files_without_keys_and_values_of_versions_have_none() {
    let mut skipped = 0;
    for pair in pairs() {
        for text in [&pair.source, &pair.target] {
            let name = pair.file.rsplit('/').next().unwrap_or_default();
            if may_have_versions(&pair.file, text.as_bytes()) {
                continue;
            }
            skipped += 1;
            let stream = Stream::parse(text).expect("manifests of the replay can be parsed");
            let found = stream_versions(&stream, name, Format::Yaml, &pair.naming);
            assert_eq!(found, [], "{} {}", pair.case, pair.file);
        }
    }
    println!("{skipped} files were skipped");
}
