//! Documents inside strings: what is one, and edits that leave the rest of the string alone.

use super::super::{
    Edit, EditError, Fragment, JsonPath, Kind, Place, embedded, replace_embedded, splice,
};
use super::{parsed, place};

/// The text with the `tag` in the document of the string `s` set to `v2`.
fn set_tag(text: &str) -> Result<String, EditError> {
    edit_inside(text, &place("s"), |_| Edit::Set {
        place: place("tag"),
        value: Fragment::scalar("v2", Kind::Str),
    })
}

fn edit_inside(
    text: &str,
    string: &Place,
    edit: impl FnOnce(&Place) -> Edit,
) -> Result<String, EditError> {
    let stream = parsed(text);
    let document = stream
        .embedded(string)
        .ok_or_else(|| EditError::Missing(string.clone()))?;
    let new = splice(&document, &[edit(&Place::root(0))])?;
    replace_embedded(&stream, &[(string.clone(), new)]).map(super::super::Stream::into_text)
}

#[test]
fn only_a_mapping_or_a_list_of_mappings_is_a_document() {
    for text in [
        "a: 1\n",
        "a: 1\nb: 2",
        "\n# comment\na: 1\n",
        "---\na: 1\n",
        "- op: replace\n  path: /a\n",
        "{\"a\": 1}",
        "[{\"a\": 1}]",
        "{\n  \"a b\": 1\n}\n",
        "a: '{{ .Values.b }}'\n",
        "[{op: add, path: /a}]",
        "{}",
        "a: 1",
    ] {
        assert!(embedded(text).is_some(), "{text}");
    }
    for text in [
        "{dev,prod}",
        "{{ .Values.a }}",
        "\"two words\": 1\n",
        "[0-9]",
        "[1, 2]",
        "words\nand more\n",
        "- one\n- two\n",
        "- Fix a bug: it hung\n",
        "#!/bin/sh\nset -e\n",
        "if x > 1:\n  y()\n",
        "a: {{ .Values.b }}\n",
        "{{ if .x }}\na: 1\n{{ end }}\n",
        "a: 1\n---\nb: 2\n",
        "a: 1\na: 2\n",
        "!x\na: 1\n",
    ] {
        assert!(embedded(text).is_none(), "{text}");
    }
}

#[test]
fn an_edit_inside_a_string_changes_no_other_byte() {
    for text in [
        "s: |\n  tag: v1\n",
        "s: |\n  tag: v1\nb: 1\n",
        "s: |\n  tag: v1",
        "s: |-\n  tag: v1\n\n\nb: 1\n",
        "s: '[{op: add, tag: v1}]'\n",
        "s: >-\n  {\"tag\": \"v1\",\n  \"o\": 1}\n",
        "s: >\n  {\n    \"tag\": \"v1\"\n  }\n\n",
        "s: '{\"tag\": \"v1\",\r\n  \"a\": \"it''s\"}'\r\n",
        "s: |+\n  tag: v1\n\n\nb: 1\n",
        "s: |+\n  tag: v1\n\n",
        "s: |2\n  tag: v1\nb: 1\n",
        "s: |2-  # note\n    a: 1\n    tag: v1\nb: 1\n",
        "s: |-4\n    tag: v1\n    a:\n    - x\nb: 1\n",
        "s: |  # note\n      tag: v1 # \"why\"\n\n      a:   [ 1,2 ]\nb: 1\n",
        "s: |\n\n  # first\n  tag: v1\n",
        "s: |\n  a: 1\n  \n     \n \n  tag: v1\n",
        "s: |\n  tag: v1   \n  a: 1\t\n",
        "s: |\n  tag: v1\n  script: |\n    one\n\n      two\n",
        "s: |\r\n  tag: v1\r\n\r\n  a: 1\r\nb: 1\r\n",
        "s: |\r\n  tag: v1\n  a: 1\r\n  c: 1\nb: 1\r\n",
        "s: &x |\n  tag: v1\n",
        "s: '{\"tag\": \"v1\", \"o\": \"it''s\"}' # note\n",
        "s: \"{\\\"tag\\\": \\\"v1\\\", \\\"n\\\": \\\"\\\\n\\\"}\"\n",
        "s: \"a: 1\\ntag: v1\\n\"\n",
        "b: {s: '{\"tag\":  \"v1\"}', c: 1}\n",
        "{\"b\": {\"s\": \"{\\\"tag\\\":\\\"v1\\\"}\"}}\n",
        "l:\n- s: |\n    tag: v1\n",
        "l:\n- |\n  tag: v1\n- x\n",
        "l:\n  - - |\n      tag: v1\n    - x\n",
        "\u{feff}s: |\n  tag: v1\n",
    ] {
        let string = ["s", "b.s", "l.0.s", "l.0", "l.0.0"]
            .map(place)
            .into_iter()
            .find(|place| parsed(text).embedded(place).is_some())
            .unwrap_or_else(|| panic!("no document in {text}"));
        let tag = match text {
            _ if text.contains("[{op") => "0.tag",
            _ => "tag",
        };
        let found = edit_inside(text, &string, |_| Edit::Set {
            place: place(tag),
            value: Fragment::scalar("v2", Kind::Str),
        });
        assert_eq!(found.as_deref(), Ok(text.replace("v1", "v2").as_str()));
    }
}

#[test]
fn lines_that_are_added_and_removed_follow_the_style_of_the_string() {
    let text = "s: |-\n    a:\n        x: 1\nb: 2\n";
    let entry =
        |text: &str, at: &str| Fragment::entry(&parsed(text), &place(at)).expect("an entry");
    let added = edit_inside(text, &place("s"), |_| Edit::AddEntry {
        mapping: place("a"),
        key: "y".to_owned(),
        after: Some(0),
        entry: entry("y: # why\n  z: 2\n", "y"),
    });
    let expected = "s: |-\n    a:\n        x: 1\n        y: # why\n            z: 2\nb: 2\n";
    assert_eq!(added.as_deref(), Ok(expected));
    let text = "s: |\r\n  a: 1\r\n  b: 2\r\n";
    let added = edit_inside(text, &place("s"), |root| Edit::AddEntry {
        mapping: root.clone(),
        key: "c".to_owned(),
        after: Some(1),
        entry: entry("c: 3\n", "c"),
    });
    assert_eq!(
        added.as_deref(),
        Ok("s: |\r\n  a: 1\r\n  b: 2\r\n  c: 3\r\n")
    );
    let removed = edit_inside(text, &place("s"), |_| Edit::Remove { place: place("a") });
    assert_eq!(removed.as_deref(), Ok("s: |\r\n  b: 2\r\n"));
}

#[test]
fn a_string_that_cannot_be_rebuilt_from_its_text_is_not_opened() {
    for text in [
        // Folded lines, unusual escapes, and double quotes over several lines.
        "s: >\n  tag: v1\n\n  a: 1\n",
        "s: \"{\\\"tag\\\": \\\"v1\\u0041\\\"}\"\n",
        "s: \"{\\\"tag\\\": \\\"v1\\\",\n  \\\"a\\\": 1}\"\n",
        // Spaces on a blank line that are only part of the inner value without the indentation.
        "s: |\n  tag: v1\n  script: |\n    one\n      \n    two\n",
        "s: !x |\n  tag: v1\n",
        // Words in quotes on one line.
        "s: 'tag: v1'\n",
        "a: &x |\n  tag: v1\ns: *x\n",
    ] {
        let missing = EditError::Missing(place("s"));
        assert_eq!(set_tag(text), Err(missing), "{text}");
    }
}

#[test]
fn an_edit_that_cannot_be_written_in_the_quotes_is_refused() {
    let escaped = edit_inside("s: '{\"a\": 1}'\n", &place("s"), |_| Edit::Set {
        place: place("a"),
        value: Fragment::scalar("\u{7}", Kind::Str),
    });
    assert_eq!(escaped.as_deref(), Ok("s: '{\"a\": \"\\u0007\"}'\n"));
    let stream = parsed("s: '{\"a\": 1}'\n");
    let texts = [(place("s"), "a: 1\nb: 2\n".to_owned())];
    let refused = replace_embedded(&stream, &texts).map(super::super::Stream::into_text);
    assert_eq!(refused, Err(EditError::Unproven(place("s"))));
}

#[test]
fn a_path_with_two_queries_selects_inside_strings() {
    let stream = parsed(
        "a: |\n  tag: v1\nb: '{\"l\": [{\"tag\": \"v2\"}]}'\nc: words\nd: 1\n\"x]|y\": \"n: 1\"\n",
    );
    let select = |path: &str| -> Vec<String> {
        let path = JsonPath::parse(path).expect("a path");
        let places = path.select(&stream.to_json(0)).expect("few steps");
        let places = places.into_iter().map(|steps| Place::new(0, steps));
        let shown = |place: Place| {
            let value = stream.value_at(&place).expect("a value").to_json();
            format!("{place} {value}")
        };
        places.map(shown).collect()
    };
    assert_eq!(
        select("$.*|$..tag"),
        ["$['a']|$['tag'] \"v1\"", "$['b']|$['l'][0]['tag'] \"v2\""]
    );
    assert_eq!(select("$.b|$.l[?@.tag=='v2' || @.x=='|']").len(), 1);
    assert_eq!(select("$['x]|y']|$.n"), ["$['x]|y']|$['n'] 1"]);
    assert!(select("$.c|$").is_empty() && select("$.d|$").is_empty());
    for text in ["$.a|", "$.a|b", "|$.a", "$.a|$.b|$.c"] {
        assert!(JsonPath::parse(text).is_err(), "{text}");
    }
}
