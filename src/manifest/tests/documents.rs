//! Which document is which.

use super::{all, paths};

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
fn environment_names_are_taken_as_equal() {
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
fn another_namespace_is_a_value_and_no_other_object() {
    let namespaced = |namespace: &str| {
        format!("kind: Role\nmetadata:\n  name: a\n  namespace: {namespace}\n---\nkind: Pod\n")
    };
    assert_eq!(
        paths(&namespaced("left"), &namespaced("right")),
        ["set #Role/a $.metadata.namespace"]
    );
}

#[test]
fn a_namespace_tells_objects_of_one_name_apart() {
    let roles = |k: &str| {
        format!(
            "kind: Role\nmetadata: {{name: a, namespace: x}}\n---\n\
             kind: Role\nmetadata: {{name: a, namespace: y}}\nk: {k}\n"
        )
    };
    assert_eq!(paths(&roles("1"), &roles("2")), ["set #Role/y/a $.k"]);
}

#[test]
fn a_group_tells_kinds_of_one_name_apart() {
    let both = |k: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\n---\n\
             apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {{name: a}}\nk: {k}\n"
        )
    };
    assert_eq!(
        paths(&both("1"), &both("2")),
        ["set #Service.serving.knative.dev/a $.k"]
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
fn objects_that_are_there_twice_are_numbered_and_paired_in_order() {
    let twice = |value: &str| {
        file(&[
            object("ConfigMap", "a", "1"),
            object("ConfigMap", "a", value),
        ])
    };
    assert_eq!(paths(&twice("2"), &twice("3")), ["set #2 $.data.k"]);
}

#[test]
fn objects_of_another_name_are_others_unless_each_stands_alone() {
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
