//! The fields that contain a version, and what is written into them.

use std::cmp::Ordering;

use super::super::versions::version_order;
use super::super::{VersionField, version_of};
use super::{all, differences_as, parsed};
use crate::document::{SecretPart, Value, is_sealed};

/// The version field of the first difference of two lines in a document.
pub(super) fn field(file: &str, around: &str, source: &str, target: &str) -> Option<VersionField> {
    let text = |value: &str| around.replace('@', value);
    let found = differences_as(file, &text(source), &text(target), |d| d.version);
    assert!(!found.is_empty(), "a difference in {around}");
    found[0]
}

#[test]
fn a_url_keeps_its_own_parameters() {
    assert_eq!(
        super::all(
            "- https://x/y?timeout=60&ref=v2\n",
            "- https://x/y?a=b&ref=v1&timeout=90\n"
        ),
        "- https://x/y?a=b&ref=v2&timeout=90\n"
    );
}

#[test]
fn a_setting_keeps_its_name_and_an_image_its_registry() {
    assert_eq!(
        super::all(
            "images: [a=r.io/staging/api:2]\n",
            "images: [a=r.io/production/api:1]\n"
        ),
        "images: [a=r.io/production/api:2]\n"
    );
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
fn a_version_keeps_the_targets_style_and_is_a_text_if_either_side_is() {
    for (source, target, want) in [
        ("1.10", "'1.9'", "'1.10'"),
        ("'1.10'", "1.9", "'1.10'"),
        ("1.10", "1.9", "1.10"),
        ("'v2'", "\"v1\"", "\"v2\""),
        ("2024-05-01", "2024-04-01", "2024-05-01"),
        (">-\n    v2", "v1 # c", "v2 # c"),
        ("2", "v1", "\"2\""),
        ("0be1137", "1d3e7b0", "0be1137"),
    ] {
        let text = |tag: &str| format!("image:\n  tag: {tag}\n");
        assert_eq!(super::all(&text(source), &text(target)), text(want));
    }
    let tag = |tag: &str| format!("image: {{tag: {tag}}}\n");
    assert_eq!(super::paths(&tag("1.10"), &tag("'1.10'")), [""; 0]);
    assert_eq!(super::paths("port: 80\n", "port: '80'\n"), ["set $.port"]);
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
    assert_eq!(
        version_of(VersionField::PinnedUrl, "x/y?t=2&ref=v1&u=3"),
        "v1"
    );
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
    assert!(sealed("'ENC[AES256_GCM,data:x]': 1\n"));
    for document in [
        "kind: SealedSecret\n",
        "spec: {encryptedData: {pw: Ag}}\n",
        "a: 1\n---\nkind: SealedSecret\n",
        "{\"kind\": \"SealedSecret\"}",
        "{\"k\\u0069nd\": \"Sealed\\u0053ecret\"}",
    ] {
        let string = Value::Mapping(vec![("a.yaml".to_owned(), Value::string(document))]);
        assert!(is_sealed(&string), "{document}");
    }
    assert!(!sealed("a: ENCODED\nsops: {note: 1}\n"));
    assert!(!sealed("a: |\n  How to write a SealedSecret\n  by hand\n"));
}

#[test]
fn places_of_secrets() {
    use SecretPart::{Data, Other, Reference, Sealed};
    const DATA: &str = "{a: @, b: 1}";
    for (around, expected) in [
        (format!("kind: Secret\ndata: {DATA}\n"), Some(Data)),
        (format!("kind: Secret\nstringData: {DATA}\n"), Some(Data)),
        (
            format!("kind: Secret\nmetadata: {{labels: {DATA}}}\n"),
            Some(Other),
        ),
        (
            format!("kind: List\nitems: [{{kind: Secret, data: {DATA}}}]\n"),
            Some(Data),
        ),
        (
            format!("kind: ConfigMap\ndata: {{x: \"kind: Secret\\ndata: {DATA}\\n\"}}\n"),
            Some(Data),
        ),
        (
            format!("kind: Secret\nx: \"image: {DATA}\\n\"\n"),
            Some(Other),
        ),
        (
            format!("kind: ExternalSecret\nspec: {{dataFrom: [{DATA}]}}\n"),
            Some(Reference),
        ),
        (
            format!("kind: ExternalSecret\nspec: {{target: {DATA}}}\n"),
            Some(Other),
        ),
        (
            format!("kind: SealedSecret\nspec: {{encryptedData: {DATA}}}\n"),
            Some(Sealed),
        ),
        (
            format!("kind: SealedSecret\nspec: {{data: {DATA}}}\n"),
            Some(Sealed),
        ),
        (
            format!("kind: SealedSecret\nspec: {{template: {DATA}}}\n"),
            Some(Other),
        ),
        (format!("spec: {{encryptedData: {DATA}}}\n"), Some(Sealed)),
        (
            format!("extraObjects: [{{kind: Secret, data: {DATA}}}]\n"),
            Some(Data),
        ),
        (
            format!("a: {{kind: Secret, stringData: {{x: 1}}, labels: {DATA}}}\n"),
            Some(Other),
        ),
        (format!("ref: {{kind: Secret, keys: {DATA}}}\n"), None),
        (
            "secretGenerator: [{name: a, literals: [a=@]}]\n".to_owned(),
            Some(Data),
        ),
        ("'ENC[AES256_GCM,data:x]': @\n".to_owned(), Some(Sealed)),
        (format!("kind: ConfigMap\ndata: {DATA}\n"), None),
        (format!("secret: {{data: {DATA}}}\n"), None),
    ] {
        let [source, target] = ["x", "y"].map(|value| around.replace('@', value));
        let found = differences_as("a.yaml", &source, &target, |d| d.secret);
        assert_eq!(found.first(), Some(&expected), "{around}");
    }
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
        let listed =
            format!("kind: List\nitems:\n- {{kind: {kind}, stringData: {{imageTag: @}}}}\n");
        assert_eq!(of(&listed, "2.0.0", "1.0.0"), None, "{kind}");
    }
}

#[test]
fn the_anchored_value_of_a_version_is_a_version() {
    let around = "v: &v @\nimage: {tag: *v}\n";
    let found = field("values.yaml", around, "1.5.0", "1.4.0");
    assert_eq!(found, Some(VersionField::ImageTag));
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

#[test]
fn types_that_change_for_readers_of_yaml_1_1() {
    for (source, target, expected) in [
        ("on", "release", true),
        ("release", "on", true),
        ("2024-01-01", "1.0.0", true),
        ("1:30", "1.0.0", true),
        ("0o7", "5", true),
        ("yes", "on", false),
        ("012", "5", false),
        ("release", "main", false),
        // Quotes of either side are kept.
        ("'on'", "release", false),
        ("on", "'release'", false),
        ("on", "'1.0.0'", false),
        // A number is written as in the source.
        ("1.5", "'a'", true),
        ("!!str on", "release", false),
    ] {
        let text = |value: &str| format!("a: {value}\n");
        let found = differences_as("v.yaml", &text(source), &text(target), |d| {
            d.changes_old_type
        });
        assert_eq!(found, [expected], "{target} -> {source}");
    }
}

#[test]
fn a_comment_that_only_differs_in_versions_moves_with_its_version() {
    let digest =
        |digit: &str, comment: &str| format!("image: web@sha256:{}{comment}\n", digit.repeat(64));
    for (source, target, expected) in [
        (
            digest("b", " # v1.5.0"),
            digest("a", " # v1.4.2"),
            digest("b", " # v1.5.0"),
        ),
        (
            digest("b", " # since v1.5.0"),
            digest("a", " # v1.4.2"),
            digest("b", " # v1.4.2"),
        ),
        (
            "# Web v1.5.0\nlabels: {version: v1.5.0}\n".to_owned(),
            "# Web v1.4.2\nlabels: {version: v1.4.2}\n".to_owned(),
            "# Web v1.5.0\nlabels: {version: v1.5.0}\n".to_owned(),
        ),
        (
            "# Web v1.5.0\ntag: v2.5.0\n".to_owned(),
            "# Web v1.4.2\ntag: v2.4.2\n".to_owned(),
            "# Web v1.4.2\ntag: v2.5.0\n".to_owned(),
        ),
        (
            "# Web v1.5.0\n# Web v1.6.0\ntag: v1.5.0\n".to_owned(),
            "# Web v1.4.2\ntag: v1.4.2\n".to_owned(),
            "# Web v1.4.2\ntag: v1.5.0\n".to_owned(),
        ),
        (
            "replicas: 3 # of 1.5.0\ntag: v1.5.0\n".to_owned(),
            "replicas: 2 # of 1.4.2\ntag: v1.4.2\n".to_owned(),
            "replicas: 3 # of 1.4.2\ntag: v1.5.0\n".to_owned(),
        ),
    ] {
        assert_eq!(all(&source, &target), expected, "{target}");
    }
}
