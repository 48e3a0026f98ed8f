//! The time of edits grows with the text, not with its square.

use std::fmt::Write as _;
use std::time::Instant;

use super::super::{Edit, Fragment, Kind, Place, Step, Stream, splice};

/// One edit of each of many keys; a square of them would take minutes.
const MANY: usize = 10_000;

fn edited(text: &str) -> String {
    let stream = Stream::parse(text).unwrap();
    let edits: Vec<Edit> = (0..MANY)
        .map(|i| Edit::Set {
            place: Place::new(0, [Step::Key(format!("k{i}"))]),
            value: Fragment::scalar("new", Kind::Str),
        })
        .collect();
    let start = Instant::now();
    let text = splice(&stream, &edits).unwrap();
    assert!(start.elapsed().as_secs() < 30);
    text
}

#[test]
fn many_keys_of_one_mapping_are_edited_in_one_walk() {
    let mut text = String::new();
    for i in 0..MANY {
        let _ = writeln!(text, "k{i}: old");
    }
    assert_eq!(edited(&text), text.replace("old", "new"));
}

#[test]
fn many_keys_on_one_line_are_edited_in_one_walk() {
    let entries: Vec<String> = (0..MANY).map(|i| format!("\"k{i}\":\"old\"")).collect();
    let text = format!("{{{}}}\n", entries.join(","));
    assert_eq!(edited(&text), text.replace("old", "new"));
}

#[test]
fn many_entries_below_many_comments_are_added_in_one_walk() {
    let comments = "  # a comment\n".repeat(MANY);
    let text = format!("a: 1\n{comments}");
    let stream = Stream::parse(&text).unwrap();
    let mut source = String::new();
    for i in 0..MANY {
        let _ = writeln!(source, "k{i}: 1");
    }
    let source = Stream::parse(&source).unwrap();
    let edits: Vec<Edit> = (0..MANY)
        .map(|i| Edit::AddEntry {
            mapping: Place::root(0),
            key: format!("k{i}"),
            after: Some(0),
            entry: Fragment::entry(&source, &Place::new(0, [Step::Key(format!("k{i}"))])).unwrap(),
        })
        .collect();
    let start = Instant::now();
    let added = splice(&stream, &edits).unwrap();
    assert!(start.elapsed().as_secs() < 30);
    assert_eq!(added, format!("{text}{}", source.text()));
}
