//! Documents inside strings.

use super::{Base, Sides, all, compare, differences_as, merged, naming, parsed, paths};
use crate::document::Difference;
use crate::domain::Op;

/// Each difference as its path and the kind of version.
fn versions(source: &str, target: &str) -> Vec<String> {
    differences_as("kustomization.yaml", source, target, |d| {
        let version = d.version.map_or("-", |version| version.as_str());
        format!("{}: {version}", d.path)
    })
}

#[test]
fn the_places_in_a_string_differ_and_not_the_string() {
    let application = |values: &str| format!("spec: {{helm: {{values: '{values}'}}}}\n");
    assert_eq!(
        paths(
            &application("{\"image\": {\"tag\": \"v2\"}, \"a\": 1, \"b\": 1}"),
            &application("{\"image\": {\"tag\": \"v1\"}, \"a\": 1, \"c\": 1}"),
        ),
        [
            "set $.spec.helm.values|$.image.tag",
            "remove $.spec.helm.values|$.c",
            "add $.spec.helm.values|$.b",
        ]
    );
    assert_eq!(
        paths(
            "data:\n  app.yaml: |\n    l:\n    - name: web\n      v: 2\n",
            "data:\n  app.yaml: |-\n    l: [{name: db}, {name: web, v: 1}]\n    m: 1\n",
        ),
        [
            "remove $.data['app.yaml']|$.l[?@.name=='db']",
            "set $.data['app.yaml']|$.l[?@.name=='web'].v",
            "remove $.data['app.yaml']|$.m",
        ]
    );
}

#[test]
fn a_string_is_one_value_unless_both_sides_hold_a_document() {
    let pairs = [
        // Not a document on one side, or another one.
        ("s: |\n  a: 1\n", "s: just words\n"),
        ("s: |\n  a: 1\n", "s: |\n  - b: 1\n"),
        (
            "s: |\n  kind: A\n  metadata: {name: a}\n  k: 1\n",
            "s: |\n  kind: B\n  metadata: {name: a}\n  k: 2\n",
        ),
        // Only the layout differs.
        ("s: |\n  a: 1\n", "s: |\n  a:   1\n"),
        // Two documents, a template, a style that cannot be edited.
        (
            "s: |\n  a: 1\n  ---\n  b: 1\n",
            "s: |\n  a: 2\n  ---\n  b: 1\n",
        ),
        (
            "s: |\n  a: {{ .x }}\n  b: 1\n",
            "s: |\n  a: {{ .x }}\n  b: 2\n",
        ),
        ("s: |\n  a: 1\n  b: 1\n", "s: \"a: 2\\n\\x62: 1\"\n"),
        // Secrets.
        (
            "kind: Secret\ns: |\n  tag: 1\n",
            "kind: Secret\ns: |\n  tag: 2\n",
        ),
    ];
    for (source, target) in pairs {
        assert_eq!(paths(source, target), ["set $.s"], "{target}");
        assert_eq!(all(source, target).matches("s: ").count(), 1);
    }
    let (source, target) = ("a: &x |\n  t: 2\nb: *x\n", "a: &x |\n  t: 1\nb: *x\n");
    assert_eq!(paths(source, target), ["set $.a", "set $.b"]);
}

#[test]
fn a_string_in_a_string_is_one_value() {
    let text = |tag| format!("s: |\n  t: |\n    tag: {tag}\n    a: 1\n");
    assert_eq!(paths(&text("v2"), &text("v1")), ["set $.s|$.t"]);
    assert_eq!(all(&text("v2"), &text("v1")), text("v2"));
}

#[test]
fn versions_in_strings_are_those_of_their_own_kind_of_document() {
    let found = |before: &str, document: &str| {
        let text = |tag: &str| {
            let lines = document.replace("TAG", tag);
            let lines: Vec<&str> = lines.lines().collect();
            format!("{before}: |\n    {}\n", lines.join("\n    "))
        };
        versions(&text("v2.0"), &text("v1.0"))
    };
    let application = "kind: Application\nspec:\n  values";
    assert_eq!(
        found(application, "image:\n  tag: TAG\nport: TAG\n"),
        [
            "$.spec.values|$.image.tag: image tag",
            "$.spec.values|$.port: -"
        ]
    );
    assert_eq!(
        found("kind: HelmRelease\nspec:\n  values", "tag: TAG\na: 1\n"),
        ["$.spec.values|$.tag: image tag"]
    );
    let deployment = "kind: Deployment\nspec:\n  containers:\n  - name: web\n    image: a/b:TAG\n";
    assert_eq!(
        found("patches:\n- patch", deployment),
        ["$.patches[0].patch|$.spec.containers[?@.name=='web'].image: image"]
    );
    assert_eq!(
        found(
            "kind: ConfigMap\ndata:\n  patch",
            "kind: Secret\nimage: a/b:TAG\n"
        ),
        ["$.data.patch|$.image: -"]
    );
    assert_eq!(
        found(
            "kind: ConfigMap\ndata:\n  Chart.yaml",
            "dependencies:\n- name: db\n  version: TAG\n"
        ),
        ["$.data['Chart.yaml']|$.dependencies[?@.name=='db'].version: chart version"]
    );
}

#[test]
fn all_that_moves_in_a_string_and_beside_it_moves_together() {
    let source = "a: 2\nl: [y]\ns: |\n  # why\n  tag: v2\n  new: 1\n  l: [1, 2]\nt: '{\"a\":2}'\n";
    let target = "a: 1\ns: |-\n  # \n  \n  tag: 'v1' # note\n  old: 1\n  l: [1]\n\nt: '{\"a\": 1, \"b\": 1}'\n";
    let expected = "a: 2\nl: [y]\ns: |-\n  # \n  \n  tag: 'v2' # note\n  new: 1\n  l: [1, 2]\n\nt: '{\"a\": 2}'\n";
    assert_eq!(all(source, target), expected);
}

#[test]
fn removals_alone_move() {
    assert_eq!(
        all("s: |\n  a: 1\n", "s: |\n  a: 1\n  b: 2\n"),
        "s: |\n  a: 1\n"
    );
}

#[test]
fn anchors_in_a_string_stay_in_it() {
    let source = "x: &v 2\ny: *v\ns: |\n  a: &v 2\n  b: *v\nt: |\n  a: &v 2\n  b: *v\n";
    let target = source.replace('2', "1");
    assert_eq!(all(source, &target), source);
    let edits = differences_as("app.yaml", source, &target, |d| {
        let shared = d.shared.as_ref().expect("an anchor");
        (shared.edit, shared.differences)
    });
    assert_eq!(edits, [(2, 2), (2, 2), (3, 2), (3, 2), (4, 2), (4, 2)]);
}

#[test]
fn patches_pair_by_the_objects_that_they_change() {
    let patch = |name: &str, image: &str| {
        format!("- |-\n  kind: Deployment\n  metadata: {{name: {name}}}\n  image: {image}\n")
    };
    let source = [patch("b", "x/y:2"), patch("a-staging", "x/y:2")].concat();
    let target = [patch("a-production", "x/y:1"), patch("b", "x/y:1")].concat();
    assert_eq!(
        paths(&source, &target),
        [
            "set $[0]|$.metadata.name",
            "set $[0]|$.image",
            "set $[1]|$.image"
        ]
    );
    let in_entries = |text: &str| {
        text.replace("- |-", "- patch: |-")
            .replace("\n  ", "\n    ")
    };
    assert_eq!(
        paths(&in_entries(&source), &in_entries(&target)),
        [
            "set $[0].patch|$.metadata.name",
            "set $[0].patch|$.image",
            "set $[1].patch|$.image"
        ]
    );
}

#[test]
fn the_base_of_a_string_shows_which_side_changed_a_place() {
    let text = |a: u8, b: u8| format!("s: |\n  a: {a}\n  b: {b}\n");
    let (base, naming) = (parsed(&text(1, 1)), naming());
    let (source, target) = (parsed(&text(2, 1)), parsed(&text(1, 2)));
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Stream(&base),
        naming: &naming,
        file: "app.yaml",
        format: crate::document::Format::Yaml,
    };
    let relation = |d: &Difference| (d.path.clone(), d.relation.to_string());
    let found: Vec<_> = compare(&sides).iter().map(relation).collect();
    assert_eq!(
        found,
        [
            ("$.s|$.a".to_owned(), "behind".to_owned()),
            ("$.s|$.b".to_owned(), "ahead".to_owned())
        ]
    );
    let behind = merged(&sides, |d| d.op == Op::Set && d.path == "$.s|$.a");
    assert_eq!(behind.ok(), Some(text(2, 2)));
}
