//! Writing places as selectors.

use super::paths;
use crate::yaml::JsonPath;

#[test]
fn keys_that_are_not_plain_names_are_quoted() {
    assert_eq!(
        paths(
            "annotations: {app.kubernetes.io/name: a, \"it's\": a, \"a\\x1fb\": a, ok: a}\n",
            "annotations: {app.kubernetes.io/name: b, \"it's\": b, \"a\\x1fb\": b, ok: b}\n",
        ),
        [
            "set $.annotations['app.kubernetes.io/name']",
            "set $.annotations['it\\'s']",
            "set $.annotations['a\\u001fb']",
            "set $.annotations.ok",
        ]
    );
}

#[test]
fn values_in_filters_are_quoted() {
    assert_eq!(
        paths(
            "- {name: \"it's \\\\ a\", v: 1}\n",
            "- {name: \"it's \\\\ a\", v: 2}\n"
        ),
        ["set $[?@.name=='it\\'s \\\\ a'].v"]
    );
}

#[test]
fn keys_that_are_not_strings_are_written_as_their_text() {
    assert_eq!(
        paths(
            "m: {8080: a, true: a, 1.5: a}\n",
            "m: {8080: b, true: b, 1.5: b}\n"
        ),
        ["set $.m['8080']", "set $.m.true", "set $.m['1.5']"]
    );
}

#[test]
fn numbers_and_booleans_in_filters_are_not_strings() {
    assert_eq!(
        paths("l: [0x1F, 1.50, true, null, 'true']\n", "l: [x]\n",),
        [
            "remove $.l[?@=='x']",
            "add $.l[?@==31]",
            "add $.l[?@==1.5]",
            "add $.l[?@==true]",
            "add $.l[?@==null]",
            "add $.l[?@=='true']",
        ]
    );
}

#[test]
fn duplicate_scalars_are_written_by_position() {
    assert_eq!(
        paths("- a\n", "- a\n- b\n- b\n"),
        ["remove $[1]", "remove $[2]"]
    );
}

#[test]
fn a_new_item_without_a_key_is_written_by_a_unique_value() {
    assert_eq!(
        paths(
            "- {on: {host: a}, x: 1}\n- {on: {host: b}, x: 1}\n",
            "- {on: {host: a}, x: 1}\n"
        ),
        ["add $[?@.on.host=='b']"]
    );
}

#[test]
fn urls_that_only_differ_in_their_revision_are_written_whole() {
    assert_eq!(
        paths(
            "- x/y?ref=2222222b\n",
            "- x/y?ref=1111111a\n- x/y?ref=3333333c\n"
        ),
        [
            "remove $[?@=='x/y?ref=1111111a']",
            "remove $[?@=='x/y?ref=3333333c']",
            "add $[?@=='x/y?ref=2222222b']",
        ]
    );
}

#[test]
fn every_path_is_a_jsonpath() {
    let odd = "{a b: 1, 'x\\y': 1, 'ä': 1, \"t\\tn\\n\": 1, \"q'q\": 1, '': 1}\n";
    for path in paths(odd, "{}\n") {
        let path = path.strip_prefix("add ").expect("an addition");
        assert!(JsonPath::parse(path).is_ok(), "{path}");
    }
}
