//! Test cases of other projects: three-way merges and keep rules.

use insta::assert_snapshot;
use serde_json::Value as Json;

use super::{Base, Sides, merged, naming, parsed};
use crate::domain::{Op, Relation};
use crate::yaml::tests::skipped::shared;
use crate::yaml::{Content, Node, Place, Step, Stream};

fn cases(name: &str) -> Vec<Json> {
    let Some(path) = shared(&format!("conformance/{name}")) else {
        return Vec::new();
    };
    let text = std::fs::read_to_string(path).expect("a readable file");
    serde_json::from_str(&text).expect("a list of cases")
}

fn text<'c>(case: &'c Json, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_default()
}

fn values(stream: &Stream) -> Vec<Json> {
    let all = (0..stream.documents().len()).map(|index| stream.to_json(index));
    all.filter(|value| !value.is_null()).collect()
}

/// Where a result is not as the other project has it, a line for each place.
fn deviations(want: &[Json], got: Result<String, String>) -> String {
    let mut lines = Vec::new();
    match got {
        Ok(got) => {
            let (want, got) = (
                Json::from_iter(want.to_vec()),
                Json::from_iter(values(&parsed(&got))),
            );
            deviate(&want, &got, "$", &mut lines);
        }
        Err(error) => lines.push(format!("error: {error}")),
    }
    lines.join("\n")
}

fn deviate(want: &Json, got: &Json, place: &str, lines: &mut Vec<String>) {
    let null = Json::Null;
    match (want, got) {
        (Json::Object(one), Json::Object(two)) => {
            let new = two.keys().filter(|key| !one.contains_key(*key));
            for key in one.keys().chain(new) {
                let [a, b] = [one, two].map(|entries| entries.get(key));
                match (a, b) {
                    (Some(a), Some(b)) => deviate(a, b, &format!("{place}.{key}"), lines),
                    (Some(a), None) => lines.push(format!("{place}.{key}: {a} is not there")),
                    (None, b) => {
                        lines.push(format!("{place}.{key}: {} is new", b.unwrap_or(&null)));
                    }
                }
            }
        }
        (Json::Array(one), Json::Array(two)) if one.len() == two.len() => {
            for (index, (a, b)) in one.iter().zip(two).enumerate() {
                deviate(a, b, &format!("{place}[{index}]"), lines);
            }
        }
        _ if want != got => lines.push(format!("{place}: {got}, and not {want}")),
        _ => {}
    }
}

/// The deviations of each case.
fn shown(other: &[(&str, String)]) -> String {
    let cases = other.iter();
    let cases = cases.map(|(name, lines)| format!("{name}\n  {}\n", lines.replace('\n', "\n  ")));
    cases.collect()
}

/// Promotes what the source changed since the base; the source wins conflicts.
fn three_way(origin: &str, update: &str, local: &str) -> Result<String, String> {
    let read = |text: &str| Stream::parse(text).map_err(|e| e.to_string());
    let streams = [read(origin)?, read(update)?, read(local)?];
    let promoted = [Relation::Behind, Relation::SourceOnly, Relation::Diverged];
    super::three_way(streams.each_ref(), &promoted).map_err(|e| format!("{e:?}"))
}

/// Intended differences from kyaml: the case, how often, why.
const KYAML_DIFFERENCES: &[(&str, usize, &str)] = &[
    (
        "Change an updated field",
        1,
        "scalars of a list are a set, not one value",
    ),
    (
        "Explicitly clear a field",
        2,
        "`null` is a value that patches and Helm values need: it is written, not obeyed",
    ),
    (
        "Specify a field as empty that isn't present in the source",
        1,
        "`null` is written, not obeyed",
    ),
    (
        "Remove an element -- empty containers",
        1,
        "`null` is written, not obeyed",
    ),
    (
        "Add an annotation to the field, field missing from dest",
        2,
        "what the target took away whole comes back whole, as a conflict, not torn",
    ),
    (
        "Add a field to the element, element missing from dest",
        1,
        "a container comes back whole, not without its image",
    ),
    (
        "Update a field on the elem, element missing from the dest",
        1,
        "a container comes back whole, not without its image",
    ),
];

#[test]
fn three_way_merges_agree_with_kyaml() {
    let cases = cases("kyaml-merge3.json");
    let (mut right, mut other) = (0, Vec::new());
    for case in &cases {
        let [origin, update, local] = ["origin", "update", "local"].map(|key| text(case, key));
        let want = values(&parsed(text(case, "expected")));
        match three_way(origin, update, local) {
            Ok(got) if values(&parsed(&got)) == want => right += 1,
            got => other.push((text(case, "description"), deviations(&want, got))),
        }
    }
    println!(
        "kyaml: {right} of {} as kyaml, {} on purpose otherwise",
        cases.len(),
        other.len()
    );
    if cases.is_empty() {
        return;
    }
    for (name, times, _) in KYAML_DIFFERENCES {
        assert_eq!(
            other.iter().filter(|(n, _)| n == name).count(),
            *times,
            "{name}"
        );
    }
    for (name, got) in &other {
        assert!(
            KYAML_DIFFERENCES.iter().any(|(n, ..)| n == name),
            "{name}: {got}"
        );
    }
    assert_snapshot!("kyaml", shown(&other));
}

/// Intended differences from kpt: the case's first words, why.
const KPT_DIFFERENCES: &[(&str, &str)] = &[
    (
        "Add namespace and name-prefix on local manually",
        "the only Deployments of two files are the same one, also under another name",
    ),
    (
        "Conflict: User fetches package",
        "a copy is the target's own; that the renamed one is missing is a conflict, no error",
    ),
    (
        "Publisher changes name in upstream but don't want",
        "the only Deployments of two files are the same one, also under another name",
    ),
];

#[test]
fn renamed_objects_agree_with_kpt() {
    let cases = cases("kpt-merge3-path.json");
    let mut other = Vec::new();
    for case in &cases {
        let [origin, update, local] = ["origin", "update", "local"].map(|key| text(case, key));
        let got = three_way(origin, update, local);
        let want = values(&parsed(text(case, "expected")));
        if !matches!(&got, Ok(got) if values(&parsed(got)) == want) {
            other.push((text(case, "name"), deviations(&want, got)));
        }
    }
    println!(
        "kpt: {} of {} as kpt, {} on purpose otherwise",
        cases.len() - other.len(),
        cases.len(),
        other.len()
    );
    for (name, got) in &other {
        let is_known = KPT_DIFFERENCES.iter().any(|(n, _)| name.starts_with(n));
        assert!(is_known, "{name}: {got}");
    }
    if !cases.is_empty() {
        assert_eq!(other.len(), KPT_DIFFERENCES.len());
        assert_snapshot!("kpt", shown(&other));
    }
}

/// The places that joy's tags lock, each with everything below it.
fn locked(node: &Node, here: &Place, into: &mut Vec<Place>) {
    let is_lock = |tag: Option<&str>| matches!(tag, Some("!lock" | "!local"));
    if is_lock(node.tag()) {
        into.push(here.clone());
    }
    match &node.content {
        Content::Mapping { entries, .. } => {
            for entry in entries {
                let below = here.child(Step::Key(entry.name().to_owned()));
                if is_lock(entry.key.tag()) {
                    into.push(below.clone());
                }
                locked(&entry.value, &below, into);
            }
        }
        Content::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                locked(item, &here.child(Step::Index(index)), into);
            }
        }
        Content::Scalar(_) | Content::Alias(_) => {}
    }
}

/// Promotes everything that is not locked in the target or in the source.
fn with_locks(source: &str, target: &str) -> Result<String, String> {
    let read = |text: &str| Stream::parse(text).map_err(|e| e.to_string());
    let (source, target) = (read(source)?, read(target)?);
    let places = |stream: &Stream| {
        let mut found = Vec::new();
        for (index, document) in stream.documents().iter().enumerate() {
            locked(&document.root, &Place::root(index), &mut found);
        }
        found
    };
    let (in_source, in_target) = (places(&source), places(&target));
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Target,
        naming: &naming,
        file: "",
        format: crate::document::Format::Yaml,
    };
    merged(&sides, |d| {
        let kept_by_target = d.op != Op::Add && in_target.iter().any(|p| p.contains(&d.place));
        let kept_by_source = d.source.as_ref().is_some_and(|place| {
            let holds = |p: &Place| p.contains(place) || d.op == Op::Add && place.contains(p);
            in_source.iter().any(holds)
        });
        !kept_by_target && !kept_by_source
    })
    .map_err(|e| format!("{e:?}"))
}

/// Intended differences from joy: the case, why.
const JOY_DIFFERENCES: &[(&str, &str)] = &[
    ("MergeWhenBothYAMLsAreNil", "an empty file stays empty"),
    ("MergeSanitizeLockedDestinationScalarsAsTodo", TODO),
    (
        "MergeSanitizeLockedDestinationScalarsAsTodoWhenTargetIsNil",
        TODO,
    ),
    ("locked source updates empty dst", TODO),
    ("locked complex source updates empty", TODO),
    ("locks on key nodes", TODO),
    ("remove duplicate tags", TODO),
    (
        "nested local must not be ported",
        "what holds a kept value does not come without it",
    ),
    ("seq with dst longer and lock", BY_INDEX),
    ("seq with dst inner lock", BY_INDEX),
    ("seq with src inner lock", BY_INDEX),
    ("local sequence matching with tail", BY_INDEX),
];

const TODO: &str = "a value that never leaves the source leaves no `TODO` behind either";
const BY_INDEX: &str = "lists are never merged by position";

#[test]
fn keep_rules_agree_with_joys_locks() {
    let cases = cases("joy-merge.json");
    let mut other = Vec::new();
    for case in &cases {
        let got = with_locks(text(case, "Src"), text(case, "Dst"));
        let want = values(&parsed(text(case, "Expected")));
        if !matches!(&got, Ok(got) if values(&parsed(got)) == want) {
            other.push((text(case, "Name"), deviations(&want, got)));
        }
    }
    println!(
        "joy: {} of {} as joy, {} on purpose otherwise",
        cases.len() - other.len(),
        cases.len(),
        other.len()
    );
    for (name, got) in &other {
        assert!(
            JOY_DIFFERENCES.iter().any(|(n, _)| n == name),
            "{name}: {got}"
        );
    }
    if !cases.is_empty() {
        assert_eq!(other.len(), JOY_DIFFERENCES.len());
        assert_snapshot!("joy", shown(&other));
    }
}
