//! The fields that contain a version, and what is written into them.

use std::cmp::Ordering;

use super::super::{VersionField, version_of, version_order};
use super::{differences_as, parsed};
use crate::document::{Value, is_sealed};

/// The version field of the first difference of two lines in a document.
fn field(file: &str, around: &str, source: &str, target: &str) -> Option<VersionField> {
    let text = |value: &str| around.replace('@', value);
    let found = differences_as(file, &text(source), &text(target), |d| d.version);
    assert!(!found.is_empty(), "a difference in {around}");
    found[0]
}

fn is(around: &str, want: VersionField) {
    assert_eq!(
        field("values.yaml", around, "1.5.0", "1.4.0"),
        Some(want),
        "{around}"
    );
}

#[test]
fn a_containers_image_is_a_version() {
    is(
        "kind: Pod\nspec:\n  containers:\n  - {name: a, image: 'r.io/a:@'}\n",
        VersionField::Image,
    );
    is(
        "initContainers:\n- {name: a, image: 'a:@'}\n",
        VersionField::Image,
    );
}

#[test]
fn kustomize_images_have_versions() {
    let images = |entry: &str| format!("images:\n- {{name: a, {entry}: '@'}}\n");
    let kustomization = |entry| field("kustomization.yaml", &images(entry), "1.5", "1.4");
    assert_eq!(kustomization("newTag"), Some(VersionField::ImageTag));
    assert_eq!(kustomization("digest"), Some(VersionField::ImageDigest));
    assert_eq!(kustomization("newName"), Some(VersionField::ImageName));
    assert_eq!(kustomization("other"), None);
}

#[test]
fn helm_image_tags_and_digests_are_versions() {
    for around in [
        "image: {tag: '@'}\n",
        "web:\n  image:\n    repository: a\n    tag: '@'\n",
        "imageTag: '@'\n",
        "image_tag: '@'\n",
        "sidecarImage: {tag: '@'}\n",
        "controller: {repository: a, tag: '@'}\n",
    ] {
        is(around, VersionField::ImageTag);
    }
    is("image: {digest: '@'}\n", VersionField::ImageDigest);
}

#[test]
fn helm_chart_versions_are_versions() {
    is(
        "kind: HelmRelease\nspec:\n  chart:\n    spec:\n      version: '@'\n",
        VersionField::ChartVersion,
    );
    assert_eq!(
        field(
            "Chart.yaml",
            "dependencies:\n- {name: a, version: '@'}\n",
            "2.0.0",
            "1.0.0"
        ),
        Some(VersionField::ChartVersion)
    );
    assert_eq!(
        field(
            "kustomization.yaml",
            "helmCharts:\n- {name: a, version: '@'}\n",
            "2.0.0",
            "1.0.0"
        ),
        Some(VersionField::ChartVersion)
    );
}

#[test]
fn argo_cds_target_revision_is_a_version() {
    is(
        "kind: Application\nspec:\n  source:\n    targetRevision: '@'\n",
        VersionField::SourceRevision,
    );
}

#[test]
fn a_revision_in_a_url_is_a_version() {
    is(
        "resources:\n- https://x/y//z?ref=@\n",
        VersionField::PinnedUrl,
    );
    is(
        "resources:\n- https://x/y?timeout=1&ref=@\n",
        VersionField::PinnedUrl,
    );
}

#[test]
fn flux_source_references_are_versions_except_a_branch() {
    let around = |key: &str| format!("kind: GitRepository\nspec:\n  ref:\n    {key}: '@'\n");
    for key in ["tag", "semver", "commit"] {
        is(&around(key), VersionField::SourceRevision);
    }
    assert_eq!(
        field("a.yaml", &around("branch"), "release-2", "release-1"),
        None
    );
    let oci = "kind: OCIRepository\nspec:\n  ref:\n    digest: '@'\n";
    is(oci, VersionField::SourceRevision);
}

#[test]
fn replicas_ports_numbers_and_booleans_are_not_versions() {
    for (around, source, target) in [
        ("spec: {replicas: @}\n", "3", "2"),
        ("ports:\n- {name: a, port: @}\n", "81", "80"),
        ("enabled: @\n", "true", "false"),
        ("level: @\n", "1", "2"),
        ("kind: Thing\nspec: {version: @}\n", "2", "1"),
        ("apiVersion: @\n", "v2", "v1"),
        ("host: @\n", "b.example.com", "a.example.com"),
    ] {
        assert_eq!(
            field("values.yaml", around, source, target),
            None,
            "{around}"
        );
    }
}

fn written(source: &str, target: &str) -> String {
    super::all(&format!("image: {source}\n"), &format!("image: {target}\n"))
}

#[test]
fn an_image_with_the_environment_in_its_name_keeps_its_name() {
    assert_eq!(
        written("r.io/staging/api:2", "r.io/production/api:1"),
        "image: r.io/production/api:2\n"
    );
}

#[test]
fn a_digest_moves_with_its_tag() {
    assert_eq!(
        written("a/b:2@sha256:22", "a/b:1@sha256:11"),
        "image: a/b:2@sha256:22\n"
    );
    assert_eq!(
        version_of(VersionField::Image, "a/b@sha256:22"),
        "sha256:22"
    );
}

#[test]
fn a_url_with_the_environment_in_it_keeps_its_name() {
    assert_eq!(
        super::all(
            "- https://x/staging?ref=2222222b\n",
            "- https://x/production?ref=1111111a\n"
        ),
        "- https://x/production?ref=2222222b\n"
    );
}

#[test]
fn the_version_of_a_field_is_its_tag_or_revision() {
    assert_eq!(version_of(VersionField::Image, "r:5000/a:1.2"), "1.2");
    assert_eq!(version_of(VersionField::PinnedUrl, "x/y?ref=v1&t=2"), "v1");
    assert_eq!(version_of(VersionField::ImageTag, "1.2"), "1.2");
}

#[test]
fn versions_are_ordered_by_number_and_prerelease() {
    for (a, b, order) in [
        ("1.10.0", "1.9.9", Ordering::Greater),
        ("v1.2", "1.2.0", Ordering::Equal),
        ("1.2.0-rc.2", "1.2.0-rc.10", Ordering::Less),
        ("1.2.0", "1.2.0-rc.1", Ordering::Greater),
        ("1.2.0+a", "1.2.0+b", Ordering::Equal),
    ] {
        assert_eq!(version_order(a, b), Some(order), "{a} {b}");
    }
}

#[test]
fn commit_ids_digests_and_names_have_no_order() {
    for (a, b) in [
        ("0a1b2c3", "1a1b2c3"),
        ("latest", "1.0"),
        ("sha256:00", "sha256:01"),
        ("main", "dev"),
    ] {
        assert_eq!(version_order(a, b), None, "{a} {b}");
    }
}

#[test]
fn encrypted_values_are_sealed_at_any_depth() {
    let sealed = |text: &str| is_sealed(&parsed(text).documents()[0].root.value());
    assert!(sealed("a: {b: ['ENC[AES256_GCM,data:x]']}\n"));
    assert!(sealed("sops: {mac: x}\n"));
    assert!(!sealed("a: ENCODED\nsops: {note: 1}\n"));
}

#[test]
fn ciphertext_and_secrets_have_no_versions() {
    let of = |around: &str, s: &str, t: &str| field("values.yaml", around, s, t);
    let sealed = |data: &str| format!("'ENC[AES256_GCM,data:{data},type:str]'");
    let (s, t) = (sealed("s"), sealed("t"));
    assert_eq!(of("image: {tag: @}\n", &s, &t), None);
    assert_eq!(of("image: {tag: @}\n", "2.0.0", &t), None);
    assert_eq!(of("image: {tag: @}\n", &s, "1.0.0"), None);
    for kind in ["Secret", "SealedSecret"] {
        let text = format!("kind: {kind}\nstringData: {{imageTag: @}}\n");
        assert_eq!(of(&text, "2.0.0", "1.0.0"), None, "{kind}");
    }
}

#[test]
fn the_anchored_value_of_a_version_is_a_version() {
    is("v: &v @\nimage: {tag: *v}\n", VersionField::ImageTag);
    let other = |around: &str| assert_eq!(field("v.yaml", around, "3", "2"), None, "{around}");
    other("v: &v @\nx: *v\n");
    // The anchor's name is reused: the tag is an alias of the first one, or in another document.
    other("v: &v 1.2\nimage: {tag: *v}\nreplicas: &v @\nx: *v\n");
    other("v: &v @\n---\nv: &v 1\nimage: {tag: *v}\n");
}

#[test]
fn an_alias_of_another_value_in_the_source_is_the_same_edit() {
    let target = "foo: 1\nbar: &v \"1.0\"\nimage: {tag: *v}\n";
    let source = "foo: &v \"2.0\"\nbar: \"9\"\nimage: {tag: *v}\n";
    let found = differences_as("v.yaml", source, target, |d| {
        let edit = d.shared.as_ref().map(|shared| shared.edit);
        (d.path.clone(), edit, d.after.clone())
    });
    // They are one edit with two values, so neither can be made.
    let value = |text: &str| Some(Value::string(text));
    assert_eq!(found[1], ("$.bar".to_owned(), found[2].1, value("9")));
    assert_eq!(found[2].2, value("2.0"));
    assert!(found[1].1.is_some());
}
