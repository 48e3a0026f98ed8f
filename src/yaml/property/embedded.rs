//! Random edits of random documents inside strings of every style.

use std::cell::Cell;

use proptest::prelude::any;
use proptest::test_runner::TestCaseError;

use super::super::embedded::replace_embedded;
use super::super::{Place, Step, Stream, splice};
use super::generate::{Picks, generated};
use super::{random_edit, runner};

/// A file with a document in the string `s`, in a random style.
fn with_string(document: &str, picks: &mut Picks<'_>) -> String {
    let newline = picks.of(&["\n", "\n", "\r\n"]);
    let (before, after) = (
        picks.of(&["", "a: 1\n", "# c\n"]),
        picks.of(&["", "b: 2\n"]),
    );
    let string = match picks.below(4) {
        0 => format!("'{}'\n", document.trim_end().replace('\'', "''")),
        1 => format!("{}\n", super::super::write::double(document)),
        _ => {
            let depth = 1 + picks.below(4);
            let number = picks.of(&["", &depth.to_string()]).to_owned();
            let chomping = picks.of(&["", "-", "+"]);
            let note = picks.of(&["", " # note"]);
            let lines = document.lines().map(|line| {
                let is_blank = line.trim().is_empty();
                let spaces = if is_blank {
                    picks.below(depth + 1)
                } else {
                    depth
                };
                format!("{:spaces$}{line}\n", "")
            });
            let lines: String = lines.collect();
            let style = picks.of(&["|", "|", ">"]);
            format!("{style}{number}{chomping}{note}\n{lines}")
        }
    };
    format!("{before}s: {string}{after}").replace('\n', newline)
}

#[test]
fn random_edits_inside_strings_change_nothing_else() {
    let (opened, edited, refused) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let numbers = proptest::collection::vec(any::<u16>(), 150..400);
    let result = runner(6_000).run(&numbers, |numbers| {
        let mut picks = Picks::new(&numbers);
        let (one, two) = (generated(&mut picks), generated(&mut picks));
        let text = with_string(&one.replace('\r', ""), &mut picks);
        let string = Place::new(0, [Step::Key("s".to_owned())]);
        let (Ok(stream), Ok(other)) = (Stream::parse(&text), Stream::parse(&two)) else {
            return Ok(());
        };
        let Some(document) = stream.embedded(&string) else {
            return Ok(());
        };
        opened.set(opened.get() + 1);
        let same = [(string.clone(), document.text().to_owned())];
        let same = replace_embedded(&stream, &same).map(Stream::into_text);
        if same.as_ref() != Ok(&text) {
            return Err(TestCaseError::fail(format!("{text:?} becomes {same:?}")));
        }
        let Some((edit, _)) = random_edit(&document, &other, &mut picks) else {
            return Ok(());
        };
        let Ok(new) = splice(&document, &[edit]) else {
            return Ok(());
        };
        let Ok(result) = replace_embedded(&stream, &[(string.clone(), new.clone())]) else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        edited.set(edited.get() + 1);
        check(&stream, &result, &string, &new).map_err(|error| {
            let result = result.text();
            TestCaseError::fail(format!("{error}\n--- before\n{text}--- after\n{result}"))
        })
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let (opened, edited, refused) = (opened.get(), edited.get(), refused.get());
    println!("inside strings: {opened} opened, {edited} edited, {refused} refused");
    assert!(edited > 50 && refused * 20 < edited);
}

/// Checks that only the string changed, and that it has the values of `new`.
fn check(before: &Stream, after: &Stream, string: &Place, new: &str) -> Result<(), String> {
    let span = |stream: &Stream| stream.node(string).map(|node| node.span.clone());
    let (old, found) = (
        span(before).ok_or("no string")?,
        span(after).ok_or("no string")?,
    );
    let outside = |stream: &Stream, span: std::ops::Range<usize>| {
        let text = stream.text();
        (text[..span.start].to_owned(), text[span.end..].to_owned())
    };
    if outside(before, old) != outside(after, found) {
        return Err("changed something outside of the string".to_owned());
    }
    let value = after.at(string).ok_or("no value")?.value().to_json();
    let read = value.as_str().ok_or("no text")?;
    let values = |text: &str| {
        let stream = Stream::parse(text).map_err(|error| error.to_string())?;
        Ok::<_, String>(
            stream
                .documents()
                .iter()
                .map(|d| d.root.value())
                .collect::<Vec<_>>(),
        )
    };
    if values(read)? != values(new)? {
        return Err(format!("the string has other values than {new}"));
    }
    Ok(())
}
