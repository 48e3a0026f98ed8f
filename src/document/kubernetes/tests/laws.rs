//! Laws of the three-way merge, over random manifests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::{BoxedStrategy, ProptestConfig, Strategy, prop};
use proptest::test_runner::{RngSeed, TestRunner};
use serde_json::Value as Json;

use super::parsed;
use crate::domain::Relation;
use crate::yaml::tests::is_thorough;

/// A manifest as a tree: values by key; containers, variables and arguments are items of lists.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Tree {
    Value(u8),
    Keyed(BTreeMap<&'static str, Tree>),
}

const LABELS: [&str; 3] = ["team", "tier", "track"];
const CONTAINERS: [&str; 3] = ["api", "sidecar", "worker"];
const VARIABLES: [&str; 3] = ["CACHE", "LEVEL", "PORT"];

/// What each side has: base, source and target.
type Three = [Option<Tree>; 3];

/// A value that each side has or lacks, mostly as the base has it.
fn value() -> BoxedStrategy<Three> {
    let side = prop::option::weighted(0.8, 0..3_u8);
    let own = prop::option::weighted(0.3, side.clone());
    (side, own.clone(), own)
        .prop_map(|(base, source, target)| {
            [Some(base), source, target].map(|own| own.unwrap_or(base).map(Tree::Value))
        })
        .boxed()
}

/// Trees of all sides with these keys.
fn keyed<const N: usize>(
    keys: [&'static str; N],
    child: &BoxedStrategy<Three>,
) -> BoxedStrategy<Three> {
    let children: [_; N] = std::array::from_fn(|_| child.clone());
    children
        .prop_map(move |children| {
            std::array::from_fn(|side| {
                let entries = keys.iter().zip(&children);
                let entries = entries.filter_map(|(key, three)| Some((*key, three[side].clone()?)));
                Some(Tree::Keyed(entries.collect()))
            })
        })
        .boxed()
}

/// A container that each side has or lacks.
fn container() -> BoxedStrategy<Three> {
    let is_there = prop::bool::weighted(0.85);
    (keyed(VARIABLES, &value()), [is_there, is_there, is_there])
        .prop_map(|(three, there)| {
            let mut three = three;
            for (side, is_there) in three.iter_mut().zip(there) {
                if !is_there {
                    *side = None;
                }
            }
            three
        })
        .boxed()
}

/// Manifests of base, source and target.
fn manifests() -> BoxedStrategy<[Tree; 3]> {
    let parts = (keyed(LABELS, &value()), keyed(CONTAINERS, &container()));
    parts
        .prop_map(|(labels, containers)| {
            std::array::from_fn(|side| {
                let parts = [("labels", &labels), ("containers", &containers)];
                let parts = parts.map(|(key, three)| (key, three[side].clone()));
                Tree::Keyed(
                    parts
                        .into_iter()
                        .filter_map(|(k, v)| Some((k, v?)))
                        .collect(),
                )
            })
        })
        .boxed()
}

/// What a merge must give: a change of one side wins over none, and the target over another change.
fn expected(base: Option<&Tree>, source: Option<&Tree>, target: Option<&Tree>) -> Option<Tree> {
    if source == base || source == target {
        return target.cloned();
    }
    if target == base {
        return source.cloned();
    }
    let (Some(Tree::Keyed(source)), Some(Tree::Keyed(target))) = (source, target) else {
        return target.cloned();
    };
    let of_base = |key: &str| match base {
        Some(Tree::Keyed(base)) => base.get(key),
        _ => None,
    };
    let keys = source.keys().chain(target.keys());
    let merged = keys.filter_map(|key| {
        let merged = expected(of_base(key), source.get(key), target.get(key))?;
        Some((*key, merged))
    });
    Some(Tree::Keyed(merged.collect()))
}

/// A manifest's text.
fn text(tree: &Tree) -> String {
    let mut out = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n".to_owned();
    let children = |tree: Option<&Tree>| match tree {
        Some(Tree::Keyed(entries)) => entries.clone(),
        _ => BTreeMap::new(),
    };
    let parts = children(Some(tree));
    out += "  labels:\n    app: web\n";
    for (key, value) in children(parts.get("labels")) {
        writeln!(out, "    {key}: {}", scalar(&value)).expect("text");
    }
    out += "spec:\n  containers:\n    - name: main\n      image: web:1\n";
    for (name, container) in children(parts.get("containers")) {
        writeln!(out, "    - name: {name}\n      image: {name}:1\n      env:").expect("text");
        out += "        - {name: ALWAYS, value: x}\n";
        for (name, value) in children(Some(&container)) {
            writeln!(out, "        - {{name: {name}, value: {}}}", scalar(&value)).expect("text");
        }
    }
    out
}

fn scalar(value: &Tree) -> String {
    match value {
        Tree::Value(value) => format!("v{value}"),
        Tree::Keyed(_) => String::new(),
    }
}

/// Promotes what changed in the source; what both changed stays.
fn three_way(base: &str, source: &str, target: &str) -> String {
    let texts = [base, source, target].map(parsed);
    let changed = [Relation::Behind, Relation::SourceOnly];
    super::three_way(texts.each_ref(), &changed).expect("a merge")
}

/// The values of a text, with lists in order of their text.
fn values(text: &str) -> Json {
    fn sorted(value: &mut Json) {
        match value {
            Json::Array(items) => {
                items.iter_mut().for_each(sorted);
                items.sort_by_key(Json::to_string);
            }
            Json::Object(entries) => entries.values_mut().for_each(sorted),
            _ => {}
        }
    }
    let mut value = parsed(text).to_json(0);
    sorted(&mut value);
    value
}

/// Runs so many cases in CI, and an eighth of them otherwise.
fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases: if is_thorough() { cases } else { cases / 8 },
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(11),
        ..ProptestConfig::default()
    })
}

#[test]
fn a_change_of_one_side_wins_and_the_target_keeps_its_own() {
    let law = |[base, source, target]: [Tree; 3]| {
        let merged = three_way(&text(&base), &text(&source), &text(&target));
        let want = expected(Some(&base), Some(&source), Some(&target)).expect("a manifest");
        assert_eq!(values(&merged), values(&text(&want)), "{merged}");
        Ok(())
    };
    runner(3_000)
        .run(&manifests(), law)
        .expect("no counterexample");
}

#[test]
fn the_merge_obeys_its_laws() {
    let law = |[base, source, target]: [Tree; 3]| {
        let [base, source, target] = [base, source, target].map(|tree| text(&tree));
        assert_eq!(values(&three_way(&base, &source, &base)), values(&source));
        assert_eq!(three_way(&base, &base, &target), target);
        assert_eq!(three_way(&base, &source, &source), source);
        // Once it is promoted, the source is the base.
        let promoted = three_way(&base, &source, &target);
        assert_eq!(three_way(&source, &source, &promoted), promoted);
        // Undoing is the merge of the opposite change.
        let there = three_way(&base, &source, &base);
        assert_eq!(values(&three_way(&source, &base, &there)), values(&base));
        Ok(())
    };
    runner(1_000)
        .run(&manifests(), law)
        .expect("no counterexample");
}

#[test]
fn changes_of_different_places_commute() {
    let law = |[base, one, other]: [Tree; 3]| {
        let part = |tree: &Tree, key: &str| match tree {
            Tree::Keyed(parts) => parts[key].clone(),
            Tree::Value(_) => unreachable!("a manifest has parts"),
        };
        let of = |labels: &Tree, containers: &Tree| {
            let parts = ["labels", "containers"];
            let trees = [part(labels, parts[0]), part(containers, parts[1])];
            text(&Tree::Keyed(parts.into_iter().zip(trees).collect()))
        };
        let (origin, labels, containers) = (text(&base), of(&one, &base), of(&base, &other));
        let first = three_way(&origin, &labels, &origin);
        let second = three_way(&origin, &containers, &origin);
        let [a, b] = [
            three_way(&origin, &containers, &first),
            three_way(&origin, &labels, &second),
        ];
        assert_eq!(values(&a), values(&b));
        Ok(())
    };
    runner(500)
        .run(&manifests(), law)
        .expect("no counterexample");
}
