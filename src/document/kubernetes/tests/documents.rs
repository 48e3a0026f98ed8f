//! Matching documents.

use super::super::MAX_DIFFERENCES;
use super::super::documents::documents;
use super::super::identity::Identity;
use super::{Base, MergeError, Sides, all, differences_as, merged, naming, parsed, paths};
use crate::document::Part;
use crate::domain::Op;
use crate::yaml::{Stream, Value};

fn object(kind: &str, name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\ndata:\n  k: {value}\n")
}

fn file(documents: &[String]) -> String {
    documents.join("---\n")
}

#[test]
fn documents_are_matched_by_identity_in_any_order() {
    let source = file(&[object("ConfigMap", "a", "1"), object("ConfigMap", "b", "2")]);
    let target = file(&[object("ConfigMap", "b", "2"), object("ConfigMap", "a", "0")]);
    assert_eq!(paths(&source, &target), ["set #ConfigMap/a $.data.k"]);
}

#[test]
fn environment_names_count_as_equal() {
    let source = file(&[
        object("ConfigMap", "web-staging", "1"),
        object("ConfigMap", "api-staging", "2"),
    ]);
    let target = file(&[
        object("ConfigMap", "api-production", "2"),
        object("ConfigMap", "web-production", "1"),
    ]);
    assert_eq!(
        paths(&source, &target),
        [
            "set #ConfigMap/api-production $.metadata.name",
            "set #ConfigMap/web-production $.metadata.name",
        ]
    );
}

#[test]
fn the_only_documents_are_one_unless_they_have_names_and_other_kinds() {
    let kustomization = "kind: Kustomization\nimages: [{name: a, newTag: 2}]\n";
    let component = "kind: Component\nimages: [{name: a, newTag: 1}]\n";
    assert_eq!(
        paths(kustomization, component),
        ["set $.kind", "set $.images[?@.name=='a'].newTag"]
    );
    assert_eq!(
        paths(&object("ConfigMap", "a", "1"), &object("Secret", "a", "1")),
        ["remove ", "add "]
    );
}

#[test]
fn another_namespace_is_a_difference_of_the_same_object() {
    let namespaced = |namespace: &str| {
        format!("kind: Role\nmetadata:\n  name: a\n  namespace: {namespace}\n---\nkind: Pod\n")
    };
    assert_eq!(
        paths(&namespaced("left"), &namespaced("right")),
        ["set #Role/a $.metadata.namespace"]
    );
}

#[test]
fn a_namespace_distinguishes_objects_with_the_same_name() {
    let roles = |k: &str| {
        format!(
            "kind: Role\nmetadata: {{name: a, namespace: x}}\n---\n\
             kind: Role\nmetadata: {{name: a, namespace: y}}\nk: {k}\n"
        )
    };
    assert_eq!(paths(&roles("1"), &roles("2")), ["set #Role/y/a $.k"]);
}

#[test]
fn a_group_distinguishes_kinds_with_the_same_name() {
    let both = |core: &str, knative: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nk: {core}\n---\n\
             apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {{name: a}}\nk: {knative}\n"
        )
    };
    assert_eq!(
        paths(&both("1", "1"), &both("2", "2")),
        [
            "set #Service/a $.k",
            "set #Service.serving.knative.dev/a $.k"
        ]
    );
}

#[test]
fn a_new_api_version_is_the_same_object() {
    let object = |version: &str| format!("apiVersion: apps/{version}\nkind: Deployment\n");
    assert_eq!(
        paths(&object("v1"), &object("v1beta1")),
        ["set $.apiVersion"]
    );
}

#[test]
fn documents_without_identity_are_numbered() {
    assert_eq!(
        paths("a: 1\n---\nb: 1\n", "a: 1\n---\nb: 2\n"),
        ["set #2 $.b"]
    );
}

#[test]
fn duplicate_objects_are_numbered_and_paired_in_order() {
    let twice = |value: &str| {
        file(&[
            object("ConfigMap", "a", "1"),
            object("ConfigMap", "a", value),
        ])
    };
    assert_eq!(paths(&twice("2"), &twice("3")), ["set #2 $.data.k"]);
}

#[test]
fn objects_with_other_names_only_match_if_each_is_the_only_one() {
    let source = file(&[object("ConfigMap", "a", "1"), object("Secret", "b", "1")]);
    let target = file(&[object("Secret", "c", "1"), object("ConfigMap", "a", "1")]);
    assert_eq!(
        paths(&source, &target),
        ["remove #Secret/c ", "add #Secret/b "]
    );
    let (source, target) = (object("Secret", "b", "1"), object("Secret", "c", "1"));
    assert_eq!(
        paths(&file(&[source]), &file(&[target])),
        ["set $.metadata.name"]
    );
}

#[test]
fn a_new_document_follows_its_neighbour_with_the_targets_name() {
    let source = file(&[
        object("ConfigMap", "a", "1"),
        object("ConfigMap", "new-staging", "1"),
        object("ConfigMap", "z", "1"),
    ]);
    let target = file(&[object("ConfigMap", "a", "1"), object("ConfigMap", "z", "1")]);
    assert_eq!(paths(&source, &target), ["add #ConfigMap/new-production "]);
    assert_eq!(
        all(&source, &target),
        source.replace("staging", "production")
    );
}

/// Whether two documents match.
type Fits<'f> = &'f dyn Fn(&Option<Identity>, &Option<Identity>) -> bool;

/// The rule, as specified: each source document in turn gets the first free target that fits.
fn paired_one_by_one(
    source: &[Option<Identity>],
    target: &[Option<Identity>],
) -> Vec<Option<usize>> {
    let is_single = source.len() == 1 && target.len() == 1;
    let both = |fits: fn(&Identity, &Identity) -> bool| {
        move |a: &Option<Identity>, b: &Option<Identity>| match (a, b) {
            (Some(a), Some(b)) => fits(a, b),
            _ => false,
        }
    };
    let whole = both(|a, b| a == b);
    let name = both(|a, b| (&a.kind, &a.group, &a.name) == (&b.kind, &b.group, &b.name));
    let kind = move |a: &Option<Identity>, b: &Option<Identity>| match (a, b) {
        (Some(a), Some(b)) => {
            a.kind == b.kind && (is_single || a.name.is_empty() || b.name.is_empty())
        }
        (None, None) => true,
        _ => is_single,
    };
    let mut target_of = vec![None; source.len()];
    let steps: [Fits<'_>; 3] = [&whole, &name, &kind];
    for fits in steps {
        for s in 0..source.len() {
            if target_of[s].is_none() {
                target_of[s] = (0..target.len())
                    .find(|t| !target_of.contains(&Some(*t)) && fits(&source[s], &target[*t]));
            }
        }
    }
    target_of
}

#[test]
fn matching_by_keys_gives_what_matching_one_by_one_gives() {
    let mut state = 1_u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for _ in 0..2_000 {
        let mut stream = || {
            let count = 1 + random(6);
            let document = |_| match random(8) {
                0 => "x: 1\n".to_owned(),
                1 => "kind: A\n".to_owned(),
                n => {
                    let (kind, name) = (["A", "B"][n as usize % 2], random(3));
                    let space = ["", ", namespace: s"][random(2) as usize];
                    format!("kind: {kind}\nmetadata: {{name: n{name}{space}}}\n")
                }
            };
            let text: Vec<String> = (0..count).map(document).collect();
            parsed(&text.join("---\n"))
        };
        let (source, target) = (stream(), stream());
        let identities = |stream: &Stream| -> Vec<Option<Identity>> {
            let documents = stream.documents().iter();
            documents.map(|d| Identity::of(&d.root)).collect()
        };
        assert_eq!(
            documents(&source, &target, &naming()).target_of,
            paired_one_by_one(&identities(&source), &identities(&target)),
            "{}\n=====\n{}",
            source.text(),
            target.text()
        );
    }
}

#[test]
fn a_new_document_is_shown_with_the_names_that_are_written() {
    let (source, target) = (
        "kind: A\nmetadata: {name: a}\n---\nkind: B\nmetadata: {name: b}\nkey: staging/b\n",
        "kind: A\nmetadata: {name: a}\n",
    );
    let shown = differences_as("app.yaml", source, target, |d| d.after.clone());
    let [Some(Value::Mapping(entries))] = shown.as_slice() else {
        panic!("{shown:?}");
    };
    let (_, key) = &entries[2];
    assert_eq!(*key, Value::string("production/b"));
    assert!(all(source, target).ends_with("key: production/b\n"));
}

#[test]
fn more_differences_than_may_be_are_not_collected() {
    let items = |item: &str| format!("l:\n{}", format!("- {item}\n").repeat(60_000));
    let mapping = |value: &str| {
        let lines: Vec<String> = (0..60_000).map(|i| format!("k{i}: {value}")).collect();
        lines.join(
            "
",
        )
    };
    for (source, target) in [
        (items("a"), items("b")),
        (items(""), "l: [x]\n".to_owned()),
        (mapping("a"), mapping("b")),
        ("---\nkind: A\n".repeat(60_000), "kind: B\n".to_owned()),
    ] {
        let found = paths(&source, &target).len();
        assert!(
            (MAX_DIFFERENCES + 1..MAX_DIFFERENCES + 10).contains(&found),
            "{found}"
        );
    }
}

#[test]
fn operations_and_the_parts_that_they_change() {
    use Op::{Add, Remove, Set};
    use Part::{Document, Entry, Item};
    for (source, target, expected) in [
        ("a: 1\n", "a: 2\n", (Set, Part::Value)),
        ("a: 1\nb: 2\n", "a: 1\n", (Add, Entry)),
        ("a: 1\n", "a: 1\nb: 2\n", (Remove, Entry)),
        ("- a\n- b\n", "- a\n", (Add, Item)),
        ("- a\n", "- a\n- b\n", (Remove, Item)),
        ("a: 1\n---\nb: 1\n", "a: 1\n", (Add, Document)),
        ("a: 1\n", "a: 1\n---\nb: 1\n", (Remove, Document)),
    ] {
        let found = differences_as("a.yaml", source, target, |d| (d.op, d.part));
        assert_eq!(found, [expected], "{target} -> {source}");
    }
}

#[test]
fn places_that_share_a_value_are_merged_together_or_not_at_all() {
    let text = |version| format!("v: &v {version}\nimage: {{tag: *v}}\n");
    let (source, target) = (parsed(&text("2.0")), parsed(&text("1.0")));
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Target,
        naming: &naming,
        file: "a.yaml",
        format: crate::document::Format::Yaml,
    };
    assert_eq!(merged(&sides, |_| true).unwrap(), text("2.0"));
    for path in ["$.v", "$.image.tag"] {
        let one = merged(&sides, |d| d.path == path);
        assert!(matches!(one, Err(MergeError::Shared { .. })), "{path}");
    }
}

#[test]
fn what_is_added_names_the_target_where_a_name_can_stand() {
    for (source, target, expected) in [
        (
            "a: 1\nb: {host: db.staging.example.com, image: acme/staging/web} # for staging\n",
            "a: 1\n",
            "a: 1\nb: {host: db.production.example.com, image: acme/staging/web} # for staging\n",
        ),
        (
            "- name: web-staging\n  image: ghcr.io/acme/staging/web:1.2.3\n",
            "[]\n",
            "- name: web-production\n  image: ghcr.io/acme/staging/web:1.2.3\n",
        ),
        (
            "kind: A\n---\napiVersion: staging.io/v1\nkind: B\nmetadata:\n  name: b-staging\n",
            "kind: A\n",
            "kind: A\n---\napiVersion: staging.io/v1\nkind: B\nmetadata:\n  name: b-production\n",
        ),
    ] {
        assert_eq!(all(source, target), expected);
        let shown = differences_as("app.yaml", source, target, |d| d.after.clone());
        let written = differences_as("app.yaml", expected, target, |d| d.after.clone());
        assert_eq!(shown, written, "the preview has what is written");
    }
}
