//! The relation of two places, with each kind of base.

use super::{Base, Sides, compare, differences_as, merged, naming, parsed};
use crate::domain::Relation;

fn relations(base: &str, source: &str, target: &str) -> Vec<String> {
    let (base, source, target) = (parsed(base), parsed(source), parsed(target));
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Stream(&base),
        naming: &naming,
        file: "app.yaml",
        format: crate::document::Format::Yaml,
    };
    compare(&sides)
        .iter()
        .map(|d| format!("{} {}", d.path, d.relation))
        .collect()
}

#[test]
fn what_only_the_source_changed_is_behind() {
    assert_eq!(relations("a: 1\n", "a: 2\n", "a: 1\n"), ["$.a behind"]);
    assert_eq!(
        relations("a: 1\nb: 1\n", "b: 1\n", "a: 1\nb: 1\n"),
        ["$.a behind"]
    );
    assert_eq!(
        relations("b: 1\n", "a: 1\nb: 1\n", "b: 1\n"),
        ["$.a source-only"]
    );
}

#[test]
fn what_only_the_target_changed_is_ahead_or_its_own() {
    assert_eq!(relations("a: 1\n", "a: 1\n", "a: 2\n"), ["$.a ahead"]);
    assert_eq!(
        relations("a: 1\nb: 1\n", "a: 1\nb: 1\n", "b: 1\n"),
        ["$.a ahead"]
    );
    assert_eq!(
        relations("b: 1\n", "b: 1\n", "a: 1\nb: 1\n"),
        ["$.a target-only"]
    );
}

#[test]
fn what_both_changed_has_diverged() {
    assert_eq!(relations("a: 1\n", "a: 2\n", "a: 3\n"), ["$.a diverged"]);
    assert_eq!(
        relations("a: 1\nb: 1\n", "b: 1\n", "a: 2\nb: 1\n"),
        ["$.a diverged"]
    );
    assert_eq!(
        relations("a: 1\nb: 1\n", "a: 2\nb: 1\n", "b: 1\n"),
        ["$.a diverged"]
    );
}

#[test]
fn environment_names_count_as_equal_in_the_base() {
    assert_eq!(
        relations(
            "u: x-staging:1\n",
            "u: x-staging:2\n",
            "u: x-production:1\n"
        ),
        ["$.u behind"]
    );
    assert_eq!(
        relations(
            "u: x-staging:1\n",
            "u: x-staging:2\n",
            "u: x-production:2\n"
        ),
        ["$.u environment-name"]
    );
}

#[test]
fn the_targets_own_entries_stay_when_the_source_removes_their_mapping() {
    assert_eq!(
        relations("m: {a: 1}\nk: 1\n", "k: 1\n", "m: {a: 1, own: 2}\nk: 1\n"),
        ["$.m.a behind", "$.m.own target-only"]
    );
}

#[test]
fn what_the_target_emptied_stays_empty_when_the_source_removes_it() {
    let removed = |target: &str| relations("m: {a: 1}\nl: [1]\nk: 1\n", "k: 1\n", target);
    assert_eq!(
        removed("m: {}\nl: []\nk: 1\n"),
        ["$.m target-only", "$.l target-only"]
    );
    assert_eq!(
        removed("m: {a: 1}\nl: [1]\nk: 1\n"),
        ["$.m behind", "$.l behind"]
    );
}

#[test]
fn a_document_that_the_target_removed_is_ahead() {
    let both = "kind: A\n---\nkind: B\n";
    assert_eq!(relations(both, both, "kind: B\n"), [" ahead"]);
}

#[test]
fn a_document_that_the_source_removed_is_behind_unless_the_target_changed_it() {
    let (both, one) = ("kind: A\n---\nkind: B\nk: 1\n", "kind: A\n");
    assert_eq!(relations(both, one, both), [" behind"]);
    let changed = "kind: A\n---\nkind: B\nk: 2\n";
    assert_eq!(relations(both, one, changed), [" diverged"]);
}

#[test]
fn without_a_base_only_versions_show_which_side_is_behind() {
    let relation =
        |source: &str, target: &str| differences_as("app.yaml", source, target, |d| d.relation);
    assert_eq!(
        relation("image: a:1.10\n", "image: a:1.9\n"),
        [Relation::Behind]
    );
    assert_eq!(
        relation("image: a:1.9\n", "image: a:1.10\n"),
        [Relation::Ahead]
    );
    assert_eq!(
        relation("image: a:0a1b2c3\n", "image: a:1a1b2c3\n"),
        [Relation::Unknown]
    );
    assert_eq!(
        relation("replicas: 2\n", "replicas: 1\n"),
        [Relation::Unknown]
    );
    assert_eq!(
        relation("h: a.staging\n", "h: a.production\n"),
        [Relation::EnvironmentName]
    );
}

#[test]
fn a_key_with_the_environments_name_is_the_same_key() {
    let (source, target) = (parsed("staging: {a: 2}\n"), parsed("production: {a: 1}\n"));
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Target,
        naming: &naming,
        file: "app.yaml",
        format: crate::document::Format::Yaml,
    };
    assert_eq!(merged(&sides, |_| true).unwrap(), "production: {a: 2}\n");
}

#[test]
fn an_alias_counts_as_its_value() {
    let seen = differences_as(
        "app.yaml",
        "v: &v v2\nimage:\n  tag: *v\n",
        "v: v2\nimage:\n  tag: v1\n",
        |d| {
            (
                d.path.clone(),
                d.version.is_some(),
                d.scalars().map(|(_, after)| after.to_owned()),
            )
        },
    );
    assert_eq!(
        seen,
        [("$.image.tag".to_owned(), true, Some("v2".to_owned()))]
    );
}

#[test]
fn a_value_that_the_source_left_out_is_written_as_null() {
    assert_eq!(super::all("a:\nb: 1\n", "a: x\nb: 1\n"), "a: null\nb: 1\n");
}
