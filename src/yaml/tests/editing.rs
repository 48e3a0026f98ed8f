//! Editing: edits that other tools get wrong, and the style of files.

use super::super::{Edit, EditError, Fragment, Kind, Node, Place, Value, splice};
use super::{add_entry, add_item, copy, parsed, place, remove, set};

#[test]
fn a_trailing_comment_stays() {
    let text = "tag: v1 # {\"$imagepolicy\": \"flux-system:app:tag\"}\n";
    assert_eq!(set(text, "tag", "v2").unwrap(), text.replace("v1", "v2"));
}

#[test]
fn one_value_of_a_flow_mapping_changes_alone() {
    let text = "image: {repository: nginx, tag: v1, pullPolicy: Always}\n";
    assert_eq!(
        set(text, "image.tag", "v2").unwrap(),
        text.replace("v1", "v2")
    );
}

#[test]
fn two_keys_of_one_line_change_together() {
    let stream = parsed("a: {x: 1, y: b, z: c}\n");
    let edit = |path, value| Edit::Set {
        place: place(path),
        value: Fragment::scalar(value, Kind::Str),
    };
    let text = splice(&stream, &[edit("a.z", "zz"), edit("a.y", "yy")]).unwrap();
    assert_eq!(text, "a: {x: 1, y: yy, z: zz}\n");
}

#[test]
fn a_block_scalar_is_replaced_with_its_body() {
    assert_eq!(
        set("a: |\n  one\n  two\nb: 1\n", "a", "x").unwrap(),
        "a: x\nb: 1\n"
    );
    let back = copy(
        "a: x # c\nb: 1\n",
        "a",
        "  k:\n    a: |-\n       one\n         two\n",
        "k.a",
    );
    assert_eq!(back.unwrap(), "a: |- # c\n  one\n    two\nb: 1\n");
    let other = copy("a: >\n    one\n", "a", "a: |+\n  x\n\n\nb: 1\n", "a");
    assert_eq!(other.unwrap(), "a: |+\n    x\n\n\n");
}

#[test]
fn a_value_that_the_source_leaves_out_is_null() {
    let written = copy("a:\n  x: 1\nb: 2\n", "a", "k:\n  a:\n", "k.a");
    assert_eq!(written.unwrap(), "a: null\nb: 2\n");
    let written = copy("a: 1 # c\nb: 2\n", "a", "k:\n  a:\n", "k.a");
    assert_eq!(written.unwrap(), "a: null # c\nb: 2\n");
}

#[test]
fn keys_that_look_like_something_else_are_quoted() {
    for key in [
        "on",
        "NO",
        "~",
        "null",
        "true",
        "0x1F",
        "017",
        "1_000",
        "1:30",
        "2024-01-01",
        "<<",
        ":a",
        "?a",
        "---x",
        "a: b",
        "",
    ] {
        let source = format!("m:\n  {key:?}: v\n");
        for text in ["{x: 1}\n", "x: 1\n"] {
            let added = add_entry(text, "", Some(0), &source, "m").unwrap();
            assert!(added.contains(&format!("{key:?}: v")), "{added}");
        }
        let alias = format!("m: &q {{{key:?}: v}}\nn: *q\n");
        let added = add_entry("x: 1\n", "", Some(0), &alias, "n").unwrap();
        assert!(added.contains(&format!("{key:?}: v")), "{added}");
    }
    for key in ["a", "8080", "y", "a.b/c"] {
        let source = format!("m:\n  {key}: v\n");
        let added = add_entry("{x: 1}\n", "", Some(0), &source, "m").unwrap();
        assert_eq!(added, format!("{{x: 1, m: {{{key}: v}}}}\n"));
    }
}

#[test]
fn strings_that_look_like_something_else_are_quoted() {
    for value in [
        "release #42",
        "note: hi",
        "",
        "0x1F",
        "2024-01-01",
        "~",
        "yes",
        "012",
        "1e3",
        "12:30:45",
        "1_000",
        "<<",
        "- x",
        "*a",
        "&a",
        "!t",
        "%d",
        "@x",
        "`x",
        "{",
        "a: ",
        " a",
        "a ",
        "null",
        "a\nb",
        "\u{7}",
        "'",
        "\"",
        "true",
        "=",
        ".5",
        "0o7",
        "1.",
        "+1",
        "é",
        "# x",
        "---",
        "|",
        "?",
        "-",
        ":",
    ] {
        for text in [
            "a: v1 # c\n",
            "a: 'v1' # c\n",
            "a: \"v1\" # c\n",
            "a: {b: v1}\n",
            "a: [v1, x]\n",
        ] {
            let path = if text.contains('{') {
                "a.b"
            } else if text.contains('[') {
                "a.0"
            } else {
                "a"
            };
            let result = set(text, path, value).unwrap();
            let node = parsed(&result).node(&place(path)).unwrap().value();
            assert_eq!(node, super::super::Value::string(value), "{result}");
        }
    }
    assert_eq!(set("a: v1\n", "a", "yes").unwrap(), "a: \"yes\"\n");
    assert_eq!(set("a: 'v1'\n", "a", "it's").unwrap(), "a: 'it''s'\n");
}

#[test]
fn line_breaks_stay_as_they_are() {
    assert_eq!(
        set("a: 1\r\nb: x\r\n", "b", "w").unwrap(),
        "a: 1\r\nb: w\r\n"
    );
    let added = add_entry("a: 1\r\nb: x\r\n", "", Some(0), "# c\nz: |\n  1\n", "z");
    assert_eq!(added.unwrap(), "a: 1\r\n# c\r\nz: |\r\n  1\r\nb: x\r\n");
}

#[test]
fn text_before_a_value_may_be_in_any_script() {
    assert_eq!(
        set("{ключ: значение, b: 日本}", "b", "x").unwrap(),
        "{ключ: значение, b: x}"
    );
}

#[test]
fn an_anchor_in_use_is_not_removed() {
    let text = "a: &v v1\nb: *v\n";
    assert!(matches!(
        remove(text, &["a"]),
        Err(EditError::AnchorInUse { .. })
    ));
    assert_eq!(remove(text, &["a", "b"]).unwrap(), "{}\n");
}

#[test]
fn places_that_share_a_value_only_change_together() {
    let together = |text: &str, paths: &[&str], values: &[&str]| {
        let edits: Vec<Edit> = paths
            .iter()
            .zip(values)
            .map(|(path, value)| Edit::Set {
                place: place(path),
                value: Fragment::scalar(value, Kind::Str),
            })
            .collect();
        splice(&parsed(text), &edits)
    };
    let text = "a: &v v1\nb: *v\n";
    assert!(matches!(set(text, "a", "v2"), Err(EditError::Unproven(_))));
    assert!(matches!(set(text, "b", "v2"), Err(EditError::Unproven(_))));
    assert_eq!(
        together(text, &["b", "a"], &["v2", "v2"]).unwrap(),
        "a: &v v2\nb: *v\n"
    );
    assert!(matches!(
        together(text, &["a", "b"], &["v2", "v3"]),
        Err(EditError::Shared { .. })
    ));
    let through = "a: &v {x: 1}\nb: *v\nc: {<<: *v, y: 2}\n";
    assert_eq!(
        together(through, &["a.x", "b.x", "c.x"], &["w", "w", "w"]).unwrap(),
        "a: &v {x: w}\nb: *v\nc: {<<: *v, y: 2}\n"
    );
    assert!(matches!(
        together(through, &["a.x", "b.x"], &["w", "w"]),
        Err(EditError::Unproven(_))
    ));
}

#[test]
fn other_documents_can_be_edited() {
    let stream = parsed("a: 1\n---\na: x\n");
    let mut place = place("a");
    place.document = 1;
    let edit = Edit::Set {
        place,
        value: Fragment::scalar("w", Kind::Str),
    };
    assert_eq!(splice(&stream, &[edit]).unwrap(), "a: 1\n---\na: w\n");
}

#[test]
fn an_index_past_the_end_is_an_error() {
    assert!(matches!(
        set("a: [1]\n", "a.7", "x"),
        Err(EditError::Missing(_))
    ));
    assert!(remove("a: [1]\n", &["a.7"]).is_err());
    assert!(add_item("a: [1]\n", "a", Some(7), "- x\n", "0").is_err());
}

#[test]
fn merge_keys_stay() {
    let text = "x: &x {a: 1}\ny:\n  <<: *x\n  b: v1\n";
    assert_eq!(set(text, "y.b", "v2").unwrap(), text.replace("v1", "v2"));
}

#[test]
fn an_alias_of_an_outside_anchor_is_expanded_in_an_entry() {
    let source = "base: &x\n  a: 1\ny:\n  <<: *x\n  b: 2\n";
    let text = add_entry("k: v\n", "", Some(0), source, "y").unwrap();
    assert_eq!(text, "k: v\ny:\n  <<:\n    a: 1\n  b: 2\n");
}

#[test]
fn an_alias_stays_one_where_the_target_has_its_anchor_with_the_same_value() {
    let source = "x: &x 1\nl:\n- a: *x\n  b: 2\n";
    for (target, expected) in [
        ("x: &x 1\nl:\n- c\n", "x: &x 1\nl:\n- c\n- a: *x\n  b: 2\n"),
        ("x: &x 2\nl:\n- c\n", "x: &x 2\nl:\n- c\n- a: 1\n  b: 2\n"),
        ("l:\n- c\nx: &x 1\n", "l:\n- c\n- a: 1\n  b: 2\nx: &x 1\n"),
        ("l:\n- &y 1\n", "l:\n- &y 1\n- a: 1\n  b: 2\n"),
    ] {
        let added = add_item(target, "l", Some(0), source, "l.0").unwrap();
        assert_eq!(added, expected, "{target}");
    }
    // The anchor comes with another edit.
    let source = parsed("a: &a\n  k: 1\nb: *a\n");
    let add = |key: &str| Edit::AddEntry {
        mapping: place(""),
        key: key.to_owned(),
        after: Some(0),
        entry: Fragment::entry(&source, &place(key)).unwrap(),
    };
    assert_eq!(
        splice(&parsed("z: 0\n"), &[add("a"), add("b")]).unwrap(),
        "z: 0\na: &a\n  k: 1\nb: *a\n"
    );
}

#[test]
fn an_anchor_of_another_file_does_not_change_what_aliases_mean() {
    let added = add_entry("a: &v 1\nb: *v\n", "", Some(0), "n: &v 2\n", "n").unwrap();
    assert_eq!(added, "a: &v 1\nn: 2\nb: *v\n");
    let free = add_entry("b: 1\n", "", Some(0), "n: {x: &v 2, y: *v}\n", "n").unwrap();
    assert_eq!(free, "b: 1\nn: {x: &v 2, y: *v}\n");
}

const CONTAINERS: &str = "spec:\n  # first\n  - name: a\n    image: a:1 # a\n  # second\n  - name: b\n    image: b:1\n  # end\nlast: 1\n";

#[test]
fn a_removed_item_takes_its_own_comments_only() {
    let without_a = "spec:\n  # second\n  - name: b\n    image: b:1\n  # end\nlast: 1\n";
    assert_eq!(remove(CONTAINERS, &["spec.0"]).unwrap(), without_a);
    let without_b = "spec:\n  # first\n  - name: a\n    image: a:1 # a\n  # end\nlast: 1\n";
    assert_eq!(remove(CONTAINERS, &["spec.1"]).unwrap(), without_b);
}

#[test]
fn an_added_item_takes_the_indentation_of_its_neighbours() {
    let source = "x:\n    # c\n    - name: n\n      args:\n        - 1\n      env: {a: b}\n";
    let added = add_item(
        "l:\n- name: a\n  args:\n  - 0\n",
        "l",
        Some(0),
        source,
        "x.0",
    )
    .unwrap();
    let expected = "l:\n- name: a\n  args:\n  - 0\n# c\n- name: n\n  args:\n  - 1\n  env: {a: b}\n";
    assert_eq!(added, expected);
    let back = add_item(source, "x", None, "- name: a\n  args:\n  - 0\n", "0").unwrap();
    assert!(
        back.starts_with("x:\n    - name: a\n      args:\n"),
        "{back}"
    );
}

#[test]
fn a_block_scalar_that_becomes_the_last_value_keeps_its_line_break() {
    let text = "a: |\n  one\nb: 2";
    assert_eq!(remove(text, &["b"]).unwrap(), "a: |\n  one\n");
    let copied = copy("a: 1\nb: 2", "b", "b: |\n  one\n  two\n", "b").unwrap();
    assert_eq!(copied, "a: 1\nb: |\n  one\n  two\n");
    // One that has none gets none.
    assert_eq!(
        set("a: 1\nb: |\n  one", "a", "2").unwrap(),
        "a: \"2\"\nb: |\n  one"
    );
}

#[test]
fn a_file_without_a_final_newline_gains_none() {
    assert_eq!(set("a: 1\nb: x", "b", "w").unwrap(), "a: 1\nb: w");
    assert_eq!(
        add_entry("a: 1\nb: x", "", Some(1), "c: 1\n", "c").unwrap(),
        "a: 1\nb: x\nc: 1"
    );
    assert_eq!(remove("a: 1\nb: x", &["b"]).unwrap(), "a: 1");
    assert_eq!(
        add_item("a:\n- 1", "a", Some(0), "- 2", "0").unwrap(),
        "a:\n- 1\n- 2"
    );
}

#[test]
fn the_last_entry_leaves_an_empty_collection() {
    assert_eq!(
        remove("a:\n  b: 1\nc: 2\n", &["a.b"]).unwrap(),
        "a: {}\nc: 2\n"
    );
    assert_eq!(
        remove("a: # k\n  # x\n  - 1\n  - 2\n", &["a.0", "a.1"]).unwrap(),
        "a: [] # k\n"
    );
    assert_eq!(remove("- a: 1\n- b\n", &["0.a"]).unwrap(), "- {}\n- b\n");
    assert_eq!(
        remove("---\n# x\n\na: 1\n", &["a"]).unwrap(),
        "---\n# x\n\n{}\n"
    );
    assert_eq!(remove("a: {b: 1}\n", &["a.b"]).unwrap(), "a: {}\n");
}

#[test]
fn an_empty_collection_becomes_a_block() {
    assert_eq!(
        add_entry("a: {} # c\nb: 1\n", "a", None, "x: 1\n", "x").unwrap(),
        "a: # c\n  x: 1\nb: 1\n"
    );
    assert_eq!(
        add_item("a: []\nb:\n- 1\n", "a", None, "- x: 1\n  y: 2\n", "0").unwrap(),
        "a:\n- x: 1\n  y: 2\nb:\n- 1\n"
    );
    assert_eq!(
        add_item("a:\nb: 1\n", "a", None, "- x\n", "0").unwrap(),
        "a:\n  - x\nb: 1\n"
    );
    assert_eq!(
        add_entry("{}\n", "", None, "x: 1\n", "x").unwrap(),
        "x: 1\n"
    );
}

#[test]
fn blank_lines_match_the_neighbours() {
    let text = "a: 1\n\nb: 2\n\nc: 3\n";
    assert_eq!(
        add_entry(text, "", Some(0), "# n\nn: 0\n", "n").unwrap(),
        "a: 1\n\n# n\nn: 0\n\nb: 2\n\nc: 3\n"
    );
    assert_eq!(
        add_entry(text, "", Some(2), "n: 0\n", "n").unwrap(),
        "a: 1\n\nb: 2\n\nc: 3\n\nn: 0\n"
    );
    assert_eq!(
        add_entry(text, "", None, "n: 0\n", "n").unwrap(),
        "n: 0\n\na: 1\n\nb: 2\n\nc: 3\n"
    );
    assert_eq!(
        add_entry("a: 1\n\nb: 2\nc: 3\n", "", Some(1), "n: 0\n", "n").unwrap(),
        "a: 1\n\nb: 2\nn: 0\nc: 3\n"
    );
}

#[test]
fn blank_lines_come_from_the_source_if_it_has_neighbours_there() {
    let apart = "a: 1\n\nb: 2\n\nc: 3\n";
    for (source, target, after, expected) in [
        (
            "a: 1\nn: 0\n",
            apart,
            Some(0),
            "a: 1\nn: 0\n\nb: 2\n\nc: 3\n",
        ),
        ("n: 0\nb: 2\n", apart, None, "n: 0\na: 1\n\nb: 2\n\nc: 3\n"),
        (
            "a: 1\n\nn: 0\n",
            "a: 1\nb: 2\n",
            Some(0),
            "a: 1\n\nn: 0\nb: 2\n",
        ),
        (
            "a: 1\n\n# n\nn: 0\n",
            "a: 1\n",
            Some(0),
            "a: 1\n\n# n\nn: 0\n",
        ),
        (
            "{a: 1, n: 0}\n",
            apart,
            Some(0),
            "a: 1\n\nn: 0\n\nb: 2\n\nc: 3\n",
        ),
    ] {
        let added = add_entry(target, "", after, source, "n").unwrap();
        assert_eq!(added, expected, "{source:?} to {target:?}");
    }
}

#[test]
fn blank_lines_around_what_is_removed_go_with_it() {
    let text = "a: 1\n\nb: 2\n\nc: 3\n";
    assert_eq!(remove(text, &["b"]).unwrap(), "a: 1\n\nc: 3\n");
    assert_eq!(remove(text, &["a"]).unwrap(), "b: 2\n\nc: 3\n");
    assert_eq!(remove(text, &["c"]).unwrap(), "a: 1\n\nb: 2\n");
    let kept = "a: |+\n  x\n\nb: 2\n\n";
    assert_eq!(remove(kept, &["b"]).unwrap(), "a: |+\n  x\n\n");
    let last = "a: |+\n  x\n\nb: 2\n";
    assert_eq!(remove(last, &["b"]).unwrap(), "a: |+\n  x\n\n");
    assert_eq!(remove(text, &["a", "b"]).unwrap(), "c: 3\n");
    assert_eq!(
        remove("# head\n\na: 1\nb: 2\n", &["a"]).unwrap(),
        "# head\n\nb: 2\n"
    );
    // The comment must not become one of `b`.
    assert_eq!(
        remove("m:\n    # c\n  a: 1\n\n  b: 2\n", &["m.a"]).unwrap(),
        "m:\n    # c\n\n  b: 2\n"
    );
}

#[test]
fn several_additions_at_one_spot_keep_their_order() {
    let stream = parsed("a:\n  b: 1\n");
    let add = |key: &str, mapping: &str| Edit::AddEntry {
        mapping: place(mapping),
        key: key.to_owned(),
        after: Some(0),
        entry: Fragment::scalar(key, Kind::Str),
    };
    let text = splice(
        &stream,
        &[add("z", ""), add("c", "a"), add("y", ""), add("d", "a")],
    )
    .unwrap();
    assert_eq!(
        text,
        "a:\n  b: 1\n  c: c\n  d: d\nz: z\n\"y\": \"y\"\n".replace("\"y\":", "y:")
    );
}

#[test]
fn the_first_entry_of_an_item_is_added_and_removed() {
    assert_eq!(
        remove("- name: a\n  image: b\n", &["0.name"]).unwrap(),
        "- image: b\n"
    );
    assert_eq!(
        remove("- name: a\n  # c\n  image: b\n", &["0.name"]).unwrap(),
        "-\n  # c\n  image: b\n"
    );
    assert_eq!(
        add_entry("- name: a\n", "0", None, "x: 1\n", "x").unwrap(),
        "- x: 1\n  name: a\n"
    );
}

#[test]
fn json_stays_json() {
    let null = copy("{\"a\": 1}\n", "a", "k: ~\n", "k").unwrap();
    assert_eq!(null, "{\"a\": null}\n");
    let text = "{\n  \"a\": \"x\",\n  \"l\": [\n    1\n  ],\n  \"o\": {}\n}\n";
    assert_eq!(set(text, "a", "y").unwrap(), text.replace("\"x\"", "\"y\""));
    let added = add_entry(text, "", Some(2), "k: v\n", "k").unwrap();
    assert_eq!(added, text.replace("{}\n", "{},\n  \"k\": \"v\"\n"));
    assert_eq!(
        remove(text, &["o"]).unwrap(),
        text.replace(",\n  \"o\": {}", "")
    );
    assert_eq!(
        remove(text, &["a"]).unwrap(),
        text.replace("  \"a\": \"x\",\n", "")
    );
    assert_eq!(
        add_item(text, "l", Some(0), "- 2\n", "0").unwrap(),
        text.replace("1\n", "1,\n    2\n")
    );
    let nested = add_entry(text, "o", None, "{\"p\": {\"q\": [true]}}", "p").unwrap();
    assert!(
        serde_json::from_str::<serde_json::Value>(&nested).is_ok(),
        "{nested}"
    );
    assert_eq!(
        add_entry("{\"a\":1}", "", Some(0), "b: 'x'\n", "b").unwrap(),
        "{\"a\":1, \"b\": \"x\"}"
    );
}

#[test]
fn an_entry_of_a_flow_mapping_goes_with_its_comments() {
    let text = "c: {\n  # about a\n  a: 1,   # one\n  b: 2,\n}\n";
    assert_eq!(remove(text, &["c.a"]).unwrap(), "c: {\n  b: 2,\n}\n");
}

#[test]
fn flow_collections_grow_and_shrink_on_their_line() {
    assert_eq!(
        add_item("a: [1, 2]\n", "a", Some(1), "- 3\n", "0").unwrap(),
        "a: [1, 2, 3]\n"
    );
    assert_eq!(
        add_item("a: [1, 2]\n", "a", None, "- 3\n", "0").unwrap(),
        "a: [3, 1, 2]\n"
    );
    for value in ["!t a", "!!str 5", "!t {a: 1}", "!t"] {
        let added = add_entry("{x: 1}\n", "", Some(0), &format!("k: {value}\n"), "k");
        assert!(added.unwrap().starts_with("{x: 1, k: !"), "{value}");
    }
    assert_eq!(remove("a: [1, 2, 3]\n", &["a.1"]).unwrap(), "a: [1, 3]\n");
    assert_eq!(
        remove("a: [1, 2, 3]\n", &["a.2", "a.1"]).unwrap(),
        "a: [1]\n"
    );
    let lines = "c: {\n  x: 1,   # one\n  y: 2,\n}\n";
    assert_eq!(remove(lines, &["c.x"]).unwrap(), "c: {\n  y: 2,\n}\n");
    assert_eq!(
        add_entry(lines, "c", Some(0), "n: 0\n", "n").unwrap(),
        "c: {\n  x: 1,   # one\n  n: 0,\n  y: 2,\n}\n"
    );
}

#[test]
fn collections_replace_scalars_and_vice_versa() {
    let source = "k:\n    # c\n    a: 1\n    l:\n    - x\n";
    assert_eq!(
        copy("t:\n  k: v # d\n  z: 1\n", "t.k", source, "k").unwrap(),
        "t:\n  k: # d\n    # c\n    a: 1\n    l:\n    - x\n  z: 1\n"
    );
    assert_eq!(
        set("k: # d\n  a: 1\n  b:\n  - 1\nz: 1\n", "k", "v").unwrap(),
        "k: v # d\nz: 1\n"
    );
    assert_eq!(
        copy("- v\n- w\n", "0", source, "k").unwrap(),
        "- # c\n  a: 1\n  l:\n  - x\n- w\n"
    );
    assert_eq!(
        set("- a: 1\n  b: 2\n- w\n", "0", "v").unwrap(),
        "- v\n- w\n"
    );
    assert_eq!(copy("k:\n- 1\n", "k", source, "k.l").unwrap(), "k:\n- x\n");
    let block = "k:\n  a: 1\n";
    for (target, path, expected) in [
        ("{x: v}\n", "x", "{x: {a: 1}}\n"),
        ("{\"x\": 1}\n", "x", "{\"x\": {\"a\": 1}}\n"),
        ("-   - a\n    - b\n", "0", "-   a: 1\n"),
    ] {
        assert_eq!(copy(target, path, block, "k").unwrap(), expected);
    }
    assert_eq!(
        copy("{\"x\": 1}\n", "x", "k: {a: 1}\n", "k").unwrap(),
        "{\"x\": {\"a\": 1}}\n"
    );
    assert_eq!(
        copy("-   - a\n    - b\n", "0", "k:\n  a: 1\n  b: 2\n", "k").unwrap(),
        "-   a: 1\n    b: 2\n"
    );
}

#[test]
fn an_item_is_moved_and_an_entry_replaced() {
    let stream = parsed("l:\n- a # x\n- b\n- c\n");
    let item = Fragment::item(&stream, &place("l.0")).unwrap();
    let edits = [
        Edit::Remove {
            place: place("l.0"),
        },
        Edit::AddItem {
            sequence: place("l"),
            after: Some(2),
            item,
        },
    ];
    assert_eq!(splice(&stream, &edits).unwrap(), "l:\n- b\n- c\n- a # x\n");
    let stream = parsed("k:\n  # old\n  a: 1\n");
    let entry = Fragment::entry(&parsed("# new\na: 2 # n\n"), &place("a")).unwrap();
    let edits = [
        Edit::Remove {
            place: place("k.a"),
        },
        Edit::AddEntry {
            mapping: place("k"),
            key: "a".into(),
            after: Some(0),
            entry,
        },
    ];
    assert_eq!(
        splice(&stream, &edits).unwrap(),
        "k:\n  # new\n  a: 2 # n\n"
    );
}

#[test]
fn documents_are_added_and_removed_with_their_markers() {
    let source = parsed("---\n# n\nn: 0\n");
    let document = Fragment::document(&source, 0).unwrap();
    let add = |text: &str, after| {
        splice(
            &parsed(text),
            &[Edit::AddDocument {
                after,
                document: document.clone(),
            }],
        )
        .unwrap()
    };
    assert_eq!(add("a: 1\n", Some(0)), "a: 1\n---\n# n\nn: 0\n");
    assert_eq!(add("a: 1", Some(0)), "a: 1\n---\n# n\nn: 0");
    assert_eq!(add("a: 1\n", None), "# n\nn: 0\n---\na: 1\n");
    assert_eq!(
        add("# h\n---\na: 1\n", None),
        "# h\n---\n# n\nn: 0\n---\na: 1\n"
    );
    assert_eq!(add("a: 1\n...\n", Some(0)), "a: 1\n...\n---\n# n\nn: 0\n");
    assert_eq!(add("", None), "# n\nn: 0\n");
    let drop =
        |text: &str, document| splice(&parsed(text), &[Edit::RemoveDocument { document }]).unwrap();
    assert_eq!(drop("a: 1\n---\nb: 2\n", 0), "b: 2\n");
    assert_eq!(drop("a: 1\n---\nb: 2\n", 1), "a: 1\n");
    assert_eq!(drop("# h\n---\na: 1\n---\nb: 2\n", 0), "# h\n---\nb: 2\n");
    assert_eq!(drop("a: 1\n---\nb: 2", 1), "a: 1");
    assert_eq!(drop("a: 1\n", 0), "");
    let both = [
        Edit::RemoveDocument { document: 0 },
        Edit::RemoveDocument { document: 1 },
    ];
    assert_eq!(splice(&parsed("a: 1\n---\nb: 2\n"), &both).unwrap(), "");
    assert_eq!(
        splice(&parsed("a: 1\n---\nb: 2\n---\nc: 3\n"), &both).unwrap(),
        "c: 3\n"
    );
}

#[test]
fn overlapping_edits_are_refused() {
    let stream = parsed("a:\n  b: 1\n");
    let set = |path| Edit::Set {
        place: place(path),
        value: Fragment::scalar("x", Kind::Str),
    };
    assert!(matches!(
        splice(&stream, &[set("a"), set("a.b")]),
        Err(EditError::Overlap(_))
    ));
    let there = Edit::AddEntry {
        mapping: Place::root(0),
        key: "a".into(),
        after: None,
        entry: Fragment::scalar("x", Kind::Str),
    };
    assert!(matches!(
        splice(&stream, &[there]),
        Err(EditError::Present(_))
    ));
}

#[test]
fn a_renaming_applies_to_the_whole_text_of_a_fragment() {
    let source = parsed("# for staging\nstaging: {host: staging.example.org}\n");
    let entry = Fragment::entry(&source, &place("staging")).unwrap();
    let renamed = entry
        .renamed(&|text| text.replace("staging", "production"))
        .unwrap();
    assert_eq!(
        renamed.text(),
        "# for production\nproduction: {host: production.example.org}\n"
    );
    assert_eq!(renamed.key(), Some("production"));
}

#[test]
fn blank_lines_that_a_block_scalar_keeps_come_along() {
    let source = "a:\n  b: |+\n    one\n\nc: 1\n";
    let result = copy("a: x\nc: 1\n", "a", source, "a").expect("an edit");
    let value = parsed(&result).node(&place("a.b")).map(Node::value);
    assert_eq!(value, Some(Value::string("one\n\n")), "{result}");
}

#[test]
fn a_digit_before_a_wide_character_is_no_number() {
    for text in ["1\u{e9}", "0\u{200b}", "1\u{1f600}2", "-0\u{fffd}x"] {
        let result = set("a: x\n", "a", text).expect("an edit");
        let value = parsed(&result).node(&place("a")).map(Node::value);
        assert_eq!(value, Some(Value::string(text)), "{result}");
    }
}

#[test]
fn merge_keys_are_merged_in_json() {
    let source = "base: &b {x: 1}\nk:\n  <<: [*b, *b]\n  y: 2\n";
    for target in ["{\"k\": {}, \"l\": 1}\n", "{\n  \"k\": 1\n}\n"] {
        let set = copy(target, "k", source, "k").expect("an edit");
        let added = add_entry("{\n  \"l\": 1\n}\n", "", None, source, "k").expect("an edit");
        for result in [set, added] {
            let json: serde_json::Value = serde_json::from_str(&result).expect("JSON");
            assert_eq!(json["k"], serde_json::json!({"x": 1, "y": 2}), "{result}");
        }
    }
}

#[test]
fn a_value_with_a_tag_or_an_anchor_becomes_an_entry_or_an_item() {
    for (value, entry, item) in [
        ("- a\n- b\n", "k:\n- a\n- b\n", "- - a\n  - b\n"),
        (
            "a: 1\n\nb: 2\n",
            "k:\n  a: 1\n\n  b: 2\n",
            "- a: 1\n\n  b: 2\n",
        ),
        ("!t\n- a\n", "k: !t\n  - a\n", "- !t\n  - a\n"),
        (
            "!t\na: 1\nb: 2\n",
            "k: !t\n  a: 1\n  b: 2\n",
            "- !t\n  a: 1\n  b: 2\n",
        ),
        ("&x\n- a\n", "k: &x\n  - a\n", "- &x\n  - a\n"),
        ("&x\na: 1\n", "k: &x\n  a: 1\n", "- &x\n  a: 1\n"),
        ("!t\n", "k: !t\n", "- !t\n"),
        ("!t a\n", "k: !t a\n", "- !t a\n"),
    ] {
        let value = Fragment::of_text(value, false).unwrap();
        for (new, expected) in [(value.as_entry("k"), entry), (value.as_item(), item)] {
            let new = new.unwrap();
            assert_eq!(new.text(), expected);
            assert!(new.means(&value), "{expected}");
        }
    }
}

#[test]
fn tabs_between_tokens_become_spaces() {
    for (source, expected) in [
        ("k:\t1\n", "k: 1\n"),
        ("k:\t\"a\tb\"\t# c\td\n", "k: \"a\tb\" # c\td\n"),
        ("k: {a:\t1,\tb: 2\t}\n", "k: {a: 1, b: 2 }\n"),
        ("k:\n-\ta\n", "k:\n- a\n"),
        ("k: !t\ta\n", "k: !t a\n"),
        ("k:\t|\n  a\tb\n", "k: |\n  a\tb\n"),
        ("k: a\n \tb\n", "k: a\n  b\n"),
        // It is part of the text.
        ("k: a\tb\n", "k: a\tb\n"),
    ] {
        let added = add_entry("x: 1\n", "", Some(0), source, "k").unwrap();
        assert_eq!(added, format!("x: 1\n{expected}"));
    }
}

#[test]
fn additions_to_the_other_kind_of_collection_are_refused() {
    let refused = |text: &str, edit: Edit| {
        let found = splice(&parsed(text), &[edit]);
        assert!(matches!(found, Err(EditError::NotACollection(_))), "{text}");
    };
    for text in ["k: []\n", "k: [a]\n", "k:\n- a\n"] {
        refused(
            text,
            Edit::AddEntry {
                mapping: place("k"),
                key: "b".to_owned(),
                after: None,
                entry: Fragment::scalar("1", Kind::Int),
            },
        );
    }
    for text in ["k: {}\n", "k: {a: 1}\n", "k:\n  a: 1\n"] {
        refused(
            text,
            Edit::AddItem {
                sequence: place("k"),
                after: None,
                item: Fragment::scalar("1", Kind::Int),
            },
        );
    }
}

#[test]
fn what_is_inserted_at_one_spot_goes_to_the_deeper_collection_first() {
    let set = Edit::Set {
        place: place("a"),
        value: Fragment::scalar("1", Kind::Int),
    };
    let add = |mapping: &str, after| Edit::AddEntry {
        mapping: place(mapping),
        key: "b".to_owned(),
        after,
        entry: Fragment::scalar("2", Kind::Int),
    };
    let (below, beside) = (add("a", None), add("", Some(0)));
    for (text, inner, expected) in [
        ("a:", &set, "a: 1\nb: 2"),
        ("a:", &below, "a:\n  b: 2\nb: 2"),
        ("a:\n", &below, "a:\n  b: 2\nb: 2\n"),
        ("a: {}\n", &below, "a:\n  b: 2\nb: 2\n"),
        ("{a: {}}\n", &below, "{a: {b: 2}, b: 2}\n"),
    ] {
        for edits in [[inner, &beside], [&beside, inner]] {
            let edits = edits.map(Edit::clone);
            assert_eq!(splice(&parsed(text), &edits).unwrap(), expected, "{text}");
        }
    }
}

#[test]
fn an_alias_is_not_set_if_its_anchor_is_removed() {
    let stream = parsed("a: {y: &v 1, z: 1}\nb: *v\n");
    let set = Edit::Set {
        place: place("b"),
        value: Fragment::scalar("2", Kind::Int),
    };
    let remove = Edit::Remove {
        place: place("a.y"),
    };
    let result = splice(&stream, &[set, remove]);
    assert!(
        matches!(result, Err(EditError::Shared { .. })),
        "{result:?}"
    );
}
