use std::fmt::Write as _;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use super::{faults, refuse};

/// The only fault of a text that must be refused at once.
fn quickly(text: &str) -> String {
    let start = Instant::now();
    let faults = refuse(text);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(faults.len(), 1);
    faults[0].to_string()
}

#[test]
fn text_that_is_not_yaml_is_a_fault_with_its_place() {
    assert_snapshot!(faults("version: 1\nlayout: [a\n"), @"2:9 : unclosed bracket '['");
}

#[test]
fn a_pattern_without_quotes_is_told_to_have_them() {
    assert_snapshot!(faults("layout: [apps/{app}/{env}]\n"), @"
    1:15 : while parsing a flow sequence, expected ',' or ']'
      hint: put patterns that contain `{` or `*` in quotes
    ");
}

#[test]
fn a_key_that_is_there_twice_is_a_fault_at_the_second() {
    assert_snapshot!(faults("layout: []\nversion: 1\nlayout: []\n"), @"3:1 : duplicate key `layout`");
}

#[test]
fn a_conflict_marker_is_a_fault() {
    assert_snapshot!(faults("version: 1\n<<<<<<< HEAD\n"), @"2:1 : unresolved merge conflict");
}

#[test]
fn several_documents_are_a_fault_at_the_second() {
    assert_snapshot!(faults("version: 1\n---\nversion: 1\n"), @"
    2:1 : the file has a second YAML document
      hint: keep one document: remove this `---` and everything below it
    ");
}

#[test]
fn a_bomb_of_aliases_is_refused_at_once() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..1_000 {
        let many = vec![format!("*a{}", i - 1); 10].join(", ");
        let _ = writeln!(text, "a{i}: &a{i} [{many}]");
    }
    assert!(text.len() > 60_000);
    assert_snapshot!(quickly(&text), @"promote.yaml:6:15: aliases expand to more than 500,000 nodes or 32 MB");
}

#[test]
fn aliases_that_stand_for_much_less_than_a_bomb_are_refused_too() {
    let many = vec!["*a"; 2_000].join(", ");
    let list = vec!["x"; 200].join(", ");
    let text = format!("layout: &a [{list}]\nproducts: [{many}]\n");
    assert_snapshot!(quickly(&text), @"promote.yaml:2:5272: aliases expand to more than 500,000 nodes or 32 MB");
}

#[test]
fn a_hundred_thousand_brackets_are_refused_at_once() {
    assert_snapshot!(quickly(&"[".repeat(100_000)), @"promote.yaml:1:256: nested deeper than 255 levels");
    let closed = format!("layout: {}{}", "[".repeat(50_000), "]".repeat(50_000));
    assert_snapshot!(quickly(&closed), @"promote.yaml:1:264: nested deeper than 255 levels");
}

#[test]
fn nesting_that_yaml_allows_but_no_configuration_needs_is_refused() {
    let text = format!("layout: {}{}", "[".repeat(100), "]".repeat(100));
    assert_snapshot!(quickly(&text), @"promote.yaml:1:73: nested deeper than 64 levels");
}

#[test]
fn more_than_a_megabyte_is_refused_at_once() {
    assert_snapshot!(quickly(&"# x\n".repeat(300_000)), @"promote.yaml:1:1: the file is larger than 1 MB");
}

#[test]
fn more_faults_than_anybody_reads_are_counted() {
    let mut text = String::new();
    for i in 0..30_000 {
        let _ = writeln!(text, "key{i}: 1");
    }
    let start = Instant::now();
    let faults = super::super::read(&text, "promote.yaml").unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!((faults.iter().count(), faults.left_out()), (100, 29_900));
}

#[test]
fn a_report_never_obeys_what_a_file_tells_a_terminal() {
    let text = faults("\"a\\e[31mb\": 1\n");
    assert!(!text.contains('\u{1b}'));
    assert_snapshot!(text, @r"
    1:1 ['a\u001b[31mb']: unknown key `a�[31mb`
      hint: known keys: `version`, `environments`, `layout`, `product`, `products`, `templates`, `policies`, `flows`, `workflows`, `gates`, `permissions`, `releases`, `messages`
    ");
}

#[test]
fn a_bomb_of_bytes_is_refused_at_once() {
    let long = "a".repeat(500_000);
    let many = vec!["*x"; 20_000].join(",");
    let text = format!("version: 1\nx: &x {long}\ny: [{many}]\n");
    assert_snapshot!(quickly(&text), @"promote.yaml:3:194: aliases expand to more than 500,000 nodes or 32 MB");
}

#[test]
fn a_list_that_is_too_long_is_refused_at_once() {
    for (text, expected) in [
        (
            "layout: [LIST]",
            "promote.yaml:1:9: `layout` has more than 200 items",
        ),
        (
            "products: [{name: a, applications: [LIST]}]",
            "promote.yaml:1:36: `applications` has more than 5000 items",
        ),
        (
            "templates: [{name: a, rules: [{files: x, keep: [LIST]}]}]",
            "promote.yaml:1:48: `keep` has more than 200 items",
        ),
    ] {
        let list = vec!["'apps/{env}/**'"; 10_000].join(",");
        assert_eq!(quickly(&text.replace("LIST", &list)), expected);
    }
}
