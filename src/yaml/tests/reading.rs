//! Parsing: spans, types, comments and refused texts.

use std::fmt::Write as _;

use super::super::{Content, JsonPath, Kind, ParseFault, Step, Stream, Value, member};
use super::{parsed, place};

fn fault(text: &str) -> ParseFault {
    Stream::parse(text).expect_err("a fault").fault
}

#[test]
fn spans_are_bytes_of_the_text() {
    let stream = parsed("# ü\nnäme: \"Ü\" # c\nlist:\n- a\n-\n- |\n  x\n  y\n\nz:\n");
    let slice = |path: &str| &stream.text()[stream.node(&place(path)).expect(path).span.clone()];
    assert_eq!(slice("näme"), "\"Ü\"");
    assert_eq!(slice("list"), "- a\n-\n- |\n  x\n  y");
    assert_eq!(slice("list.1"), "");
    assert_eq!(slice("list.2"), "|\n  x\n  y");
    assert_eq!(slice("z"), "");
}

#[test]
fn an_empty_text_has_no_documents() {
    for text in ["", "\n", "# only a comment\n", "\u{feff}"] {
        assert_eq!(parsed(text).documents().len(), 0, "{text:?}");
    }
}

#[test]
fn documents_tile_the_stream() {
    let stream = parsed("# h\na: 1\n---\n# x\nb: 2\n...\n---\n--- c\n");
    let text: Vec<&str> = stream
        .documents()
        .iter()
        .map(|d| &stream.text()[d.span.clone()])
        .collect();
    assert_eq!(
        text,
        ["# h\na: 1\n", "---\n# x\nb: 2\n...\n", "---\n", "--- c\n"]
    );
}

#[test]
fn plain_scalars_are_typed_as_kubernetes_tools_do() {
    for (text, kind) in [
        ("yes", Kind::Str),
        ("on", Kind::Str),
        ("true", Kind::Bool),
        ("0644", Kind::Int),
        ("0x1F", Kind::Int),
        ("1_000", Kind::Int),
        ("1e3", Kind::Float),
        ("1.10", Kind::Float),
        (".inf", Kind::Float),
        ("~", Kind::Null),
        ("NULL", Kind::Null),
        ("2026-01-02", Kind::Str),
        ("1:30", Kind::Str),
        ("v1", Kind::Str),
        ("-", Kind::Str),
        ("1.2.3", Kind::Str),
        ("0x", Kind::Str),
    ] {
        assert_eq!(Kind::of_plain(text), kind, "{text}");
    }
}

#[test]
fn numbers_are_those_of_json_for_queries() {
    for (text, json) in [
        ("-5", "-5"),
        ("+5", "5"),
        ("0x1F", "31"),
        ("-0x1F", "-31"),
        ("1_000", "1000"),
        ("-1.5", "-1.5"),
        ("18446744073709551615", "18446744073709551615"),
        ("-18446744073709551615", "-1.8446744073709552e+19"),
        (".inf", "\".inf\""),
    ] {
        assert_eq!(parsed(text).to_json(0).to_string(), json, "{text}");
    }
}

#[test]
fn a_tag_sets_the_type() {
    for (text, kind) in [
        ("!!str 1", Kind::Str),
        ("!!str", Kind::Str),
        ("! 1", Kind::Str),
        ("!!int '1'", Kind::Int),
        ("!!float 1", Kind::Float),
        ("!!bool 'true'", Kind::Bool),
        ("!!null ''", Kind::Null),
        ("!Ref 1", Kind::Int),
    ] {
        let stream = parsed(text);
        let Content::Scalar(scalar) = &stream.root(0).content else {
            panic!("{text} is a scalar");
        };
        assert_eq!(scalar.kind, kind, "{text}");
    }
}

#[test]
fn comments_are_those_above_and_on_the_line() {
    let stream = parsed("# far\n\n# a1\n# a2\na: 1 # a3\nb: # b1\n  # c1\n  c: x\n  # c2\n");
    assert_eq!(stream.comments(&place("a")), ["far", "a1", "a2", "a3"]);
    assert_eq!(stream.comments_above(&place("a")), ["far", "a1", "a2"]);
    assert_eq!(stream.comments(&place("b")), ["b1"]);
    assert_eq!(stream.comments(&place("b.c")), ["c1"]);
}

#[test]
fn comments_of_a_document_are_above_its_marker_or_before_a_blank_line() {
    for (text, expected) in [
        ("# d\n\na: 1\n", &[&["d"][..]][..]),
        ("# a\na: 1\n", &[&[]]),
        ("# d\n\n# a\na: 1\n", &[&["d"]]),
        ("# d\n---\n# e\n\na: 1\n", &[&["d", "e"]]),
        ("--- # d\na: 1 # a\n", &[&["d"]]),
        ("a: 1\n\n# e\n\n---\nb: 1\n", &[&[], &["e"]]),
        ("a:\n  b: 1\n  # b\n---\nb: 1\n", &[&[], &[]]),
        ("a: |\n  # text\n---\n\nb: 1\n", &[&[], &[]]),
        ("\u{feff}# d\r\n\r\na: 1\r\n", &[&["d"]]),
        ("# d\n%YAML 1.2\n---\na: 1\n", &[&["d"]]),
    ] {
        let stream = parsed(text);
        let found: Vec<_> = (0..stream.documents().len())
            .map(|index| stream.document_comments(index))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn an_alias_resolves_to_the_last_anchor_before_it() {
    let stream = parsed("a: &v 1\nb: *v\nc: &v {x: 2}\nd: *v\n");
    let resolved = |path: &str| {
        stream
            .resolve(0, stream.node(&place(path)).expect(path))
            .value()
    };
    assert_eq!(
        resolved("b"),
        Value::Scalar {
            text: "1".into(),
            kind: Kind::Int
        }
    );
    assert!(matches!(resolved("d"), Value::Mapping(_)));
    assert_eq!(stream.to_json(0)["d"]["x"], 2);
}

#[test]
fn invalid_texts_are_refused() {
    assert_eq!(
        fault("a: 1\nb: 2\na: 3\n"),
        ParseFault::DuplicateKey("a".into())
    );
    assert_eq!(
        fault("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n"),
        ParseFault::ConflictMarker
    );
    assert_eq!(
        fault("a: &x [*x]\n"),
        ParseFault::RecursiveAlias("x".into())
    );
    assert_eq!(fault(&"x".repeat(10_000_001)), ParseFault::TooLarge);
    assert!(matches!(fault("a: [1"), ParseFault::Syntax(_)));
    assert_eq!(
        fault("a: @b"),
        ParseFault::Syntax("unexpected character `@`".into())
    );
    let error = Stream::parse("c:\n  x: 1\n  x: 2\n").expect_err("a fault");
    assert_eq!(error.to_string(), "line 3, column 3: duplicate key `x`");
}

#[test]
fn deep_nesting_is_refused_within_a_thread_s_stack() {
    let small = std::thread::Builder::new().stack_size(2 << 20);
    let found = small.spawn(|| {
        let deep = fault(&"[".repeat(100_000));
        let mixed = fault(&(0..300).fold(String::new(), |text, n| {
            text + &" ".repeat(n)
                + "a:
"
        }));
        let dashes = fault(&"- ".repeat(100_000));
        let fine = parsed(&format!("{}{}", "[".repeat(250), "]".repeat(250)));
        (deep, mixed, dashes, fine.to_json(0).is_array())
    });
    let (deep, mixed, dashes, fine) = found.expect("a thread").join().expect("no overflow");
    assert_eq!(
        (deep, mixed, dashes),
        (
            ParseFault::TooDeep,
            ParseFault::TooDeep,
            ParseFault::TooDeep
        )
    );
    assert!(fine);
}

#[test]
fn a_billion_laughs_are_refused_at_once() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
        writeln!(text, "a{n}: &a{n} [{aliases}]").expect("a string takes all");
    }
    assert_eq!(fault(&text), ParseFault::TooManyAliases);
}

#[test]
fn an_alias_is_as_deep_as_what_it_stands_for() {
    let nested = |depth: usize, inner: &str| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!("{open}{inner}{close}")
    };
    let text = |first, second| {
        let (first, second) = (nested(first, "x"), nested(second, "*a"));
        format!("- &a {first}\n- {second}\n")
    };
    assert!(Stream::parse(&text(100, 100)).is_ok());
    for depth in [160, 200] {
        assert_eq!(fault(&text(depth, depth)), ParseFault::TooManyAliases);
    }
}

#[test]
fn a_long_comment_block_is_accepted() {
    let text = format!("a:\n{}  b: 1\n", "  # c\n".repeat(500));
    assert!(matches!(
        parsed(&text).documents()[0].root.content,
        Content::Mapping { .. }
    ));
}

#[test]
fn queries_select_places() {
    let stream = parsed("spec:\n  containers:\n  - name: web\n    image: a:1\n");
    let path = JsonPath::parse("$.spec.containers[?@.name=='web'].image").expect("a path");
    let found = path.select(&stream.to_json(0)).unwrap();
    assert_eq!(found, [place("spec.containers.0.image").steps]);
    assert_eq!(
        place("spec.containers.0").normalized(),
        "$['spec']['containers'][0]"
    );
    assert_eq!(member("it's"), r"['it\'s']");
    assert!(JsonPath::parse("a.b").is_err());
}

#[test]
fn keys_that_some_reader_takes_for_the_same_are_duplicates() {
    for (first, second) in [
        ("yes", "true"),
        ("On", "yes"),
        ("no", "False"),
        ("10", "012"),
        ("16", "0x10"),
        ("~", "null"),
        ("1", "'1'"),
        ("yes", "'true'"),
    ] {
        let error = Stream::parse(&format!("{first}: a\n{second}: b\n")).unwrap_err();
        assert!(
            matches!(error.fault, ParseFault::DuplicateKey(_)),
            "{first} {second}"
        );
    }
    for (first, second) in [("yes", "'on'"), ("y", "yes"), ("1", "1.0.0"), ("a", "A")] {
        assert!(Stream::parse(&format!("{first}: a\n{second}: b\n")).is_ok());
    }
}

#[test]
fn a_query_with_too_many_brackets_is_refused_before_it_is_parsed() {
    for text in [
        format!("${}{}", "[?@".repeat(24), "]".repeat(24)),
        format!("$[?{}@.a{}]", "(".repeat(10_000), ")".repeat(10_000)),
        format!("$[?{}@.a{}]", "!(".repeat(10_000), ")".repeat(10_000)),
    ] {
        let error = JsonPath::parse(&text).unwrap_err();
        let reason = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(reason, "more than 8 brackets within each other");
    }
    assert!(JsonPath::parse("$..a[?(@.b[?(@.c=='(x)')])]").is_ok());
    // One after the other, there may be more.
    assert!(JsonPath::parse(&format!("$.a{}", "[0]".repeat(20))).is_ok());
}

#[test]
fn what_readers_do_not_agree_on_is_refused() {
    let message = |text: &str| Stream::parse(text).unwrap_err().to_string();
    insta::assert_snapshot!(message("a: b\n# x\u{2028}c: d\n"), @"line 2, column 4: readers of YAML do not agree on the character U+2028; write it as an escape in double quotes");
    insta::assert_snapshot!(message("a: b\rc: d\n"), @"line 1, column 5: readers of YAML do not agree on the character U+000D; write it as an escape in double quotes");
    insta::assert_snapshot!(message("{ ?a: b }\n"), @"line 1, column 3: readers of YAML do not agree on a text that starts with `?`; put it in quotes");
    insta::assert_snapshot!(message("|\n# no comment\n"), @"line 1, column 1: readers of YAML do not agree on a block scalar that is not indented; indent it");
    insta::assert_snapshot!(message("a: |+\n  b\n\n "), @"line 1, column 4: readers of YAML do not agree on a `+` block scalar at the end of a text without a final line break; add one");
    insta::assert_snapshot!(message("{!x: y}\n"), @"line 1, column 2: readers of YAML do not agree on a tag that ends with `:`; put a space before it");
    insta::assert_snapshot!(message("a: &a: 1\nb: *a:\n"), @"line 1, column 4: readers of YAML do not agree on where the name `a:` ends; use letters, digits, `-` and `_`");
    insta::assert_snapshot!(message("a: &a k\n*a : 1\n"), @"line 2, column 1: an alias as a key is not supported; write the key `*a` stands for");
    insta::assert_snapshot!(message("a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\n"), @"line 3, column 3: readers of YAML do not agree on `x`, which `<<` brings, too; put `<<` before it");
    insta::assert_snapshot!(message("a: &a {x: 1}\nb: &b {<<: *a}\nc: {x: 2, <<: [*b, *a]}\n"), @"line 3, column 5: readers of YAML do not agree on `x`, which `<<` brings, too; put `<<` before it");
    for text in [
        "a: \"\\u2028\\x85\"\n",
        "a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n",
        "a: &a {x: 1}\nb: {y: 2, <<: *a}\n",
        "a: &a {x: 1}\nb: {x: 2, \"<<\": *a}\n",
    ] {
        assert!(Stream::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_block_scalar_has_no_line_break_that_the_text_does_not_have() {
    let value = |text: &str| match &parsed(text)
        .root(0)
        .child(&Step::Key("a".into()))
        .unwrap()
        .content
    {
        Content::Scalar(scalar) => scalar.text.clone(),
        _ => panic!("{text}"),
    };
    assert_eq!(value("a: |\n  x"), "x");
    assert_eq!(value("a: |\n  x\n"), "x\n");
    assert_eq!(value("a: >\n  x\n  y"), "x y");
    assert_eq!(value("a: |-\n  x"), "x");
    assert_eq!(value("a: |+\n  x\n\n"), "x\n\n");
}

#[test]
fn the_comments_of_a_merge_key_and_what_it_brings() {
    let stream =
        parsed("b: &b {x: 1, y: 2}\nm:\n  # above\n  <<: *b # beside\n  y: 3 # own\nn: *b\n");
    let comments = |path| stream.merge_key_comments(&place(path));
    assert_eq!(comments("m"), ["above", "beside"]);
    assert!(comments("b").is_empty() && comments("n").is_empty() && comments("m.y").is_empty());
    let merged = ["m.x", "m.y", "n.x", "b.x", "m"].map(|path| stream.is_merged(&place(path)));
    assert_eq!(merged, [true, false, false, false, false]);
}
