use crate::domain::{DocumentSelector, Selector, SelectorError};

fn parts(text: &str) -> (String, Option<DocumentSelector>, Option<String>) {
    let selector = Selector::parse(text).unwrap();
    assert_eq!(selector.as_str(), text);
    let path = selector.path.map(|p| p.to_string());
    (selector.file, selector.document, path)
}

fn identity(text: &str) -> DocumentSelector {
    DocumentSelector::Identity(text.to_owned())
}

#[test]
fn a_file_alone_is_a_selector() {
    assert_eq!(
        parts("apps/**/values.yaml"),
        ("apps/**/values.yaml".into(), None, None)
    );
}

#[test]
fn a_path_follows_the_colon() {
    let expected = ("a.yaml".into(), None, Some("$.image.tag".into()));
    assert_eq!(parts("a.yaml:$.image.tag"), expected);
}

#[test]
fn a_path_alone_means_every_file() {
    assert_eq!(
        parts("$..replicas"),
        ("**".into(), None, Some("$..replicas".into()))
    );
}

#[test]
fn a_document_is_named_by_identity_or_number() {
    assert_eq!(
        parts("a.yaml#Deployment/web").1,
        Some(identity("Deployment/web"))
    );
    assert_eq!(parts("a.yaml#2:$.x").1, Some(DocumentSelector::Number(2)));
}

#[test]
fn colons_and_hashes_inside_of_names_and_paths_do_not_split() {
    let (file, document, path) = parts("a.yaml#ClusterRole/system:node:$.x[?@=='a#b:$c']");
    assert_eq!(file, "a.yaml");
    assert_eq!(document, Some(identity("ClusterRole/system:node")));
    assert_eq!(path.unwrap(), "$.x[?@=='a#b:$c']");
}

#[test]
fn a_selector_without_a_file_is_refused() {
    for text in ["", "#Deployment/web", ":$.a"] {
        let error = Selector::parse(text).unwrap_err();
        assert!(matches!(error, SelectorError::NoFile(_)), "{text}");
    }
}

#[test]
fn an_invalid_document_is_refused() {
    for text in [
        "a.yaml#",
        "a.yaml#0",
        "a.yaml#:$.x",
        "a.yaml#99999999999999999999999",
    ] {
        let error = Selector::parse(text).unwrap_err();
        assert!(matches!(error, SelectorError::Document { .. }), "{text}");
    }
}

#[test]
fn a_bad_path_is_refused_and_the_selector_named() {
    let error = Selector::parse("a.yaml:$.a[").unwrap_err();
    assert_eq!(error.to_string(), "selector `a.yaml:$.a[` has a bad path");
}
