//! Random edits of random texts: nothing else changes, and the new values are read back.

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::RngSeed;

use super::tests::{differences, naming};
use super::{LineSides, Lines, changes_expression, merge};
use crate::domain::Op;
use crate::yaml::{Place, tests::is_thorough};

/// Pieces of lines that a format or this program could take for something else.
const PIECES: [&str; 40] = [
    "a",
    "b",
    "image:",
    "tag",
    ": ",
    "=",
    " = ",
    "1.4.2",
    "1.5.0",
    "'",
    "\"",
    " # x",
    "#",
    "- ",
    "-",
    "  ",
    " ",
    "\t",
    "{{ .x }}",
    "{{- if .x }}",
    "{{ else }}",
    "{{ end }}",
    "{{",
    "}}",
    "[s]",
    "[",
    "]",
    "{",
    "}",
    "\\",
    ",",
    "é",
    "\u{2028}",
    "\r",
    "export ",
    "|",
    "<<E",
    "~2",
    "staging",
    ";",
];

const FILES: [&str; 9] = [
    ".env",
    "x.properties",
    "x.ini",
    "x.toml",
    "x.tfvars",
    "x.tf",
    "x.tpl",
    "x.txt",
    "v.yaml",
];

fn text() -> impl Strategy<Value = String> {
    let piece = (0..PIECES.len() + 30).prop_map(|index| match PIECES.get(index) {
        Some(piece) => (*piece).to_owned(),
        None => ["\n", "\n", "a: ", "b=", "\n  ", "\r\n"][index % 6].to_owned(),
    });
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn lines(path: &str, text: &str) -> Option<Lines> {
    match path {
        "v.yaml" => Lines::of_template(text.to_owned()),
        _ => Lines::of_settings(path, text).or_else(|| Lines::of_text(path, text.to_owned())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if is_thorough() { 4_000 } else { 400 },
        rng_seed: RngSeed::Fixed(20_260_101),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_text_changes_at_the_promoted_places_only(
        file in 0..FILES.len(),
        source_text in text(),
        target_text in text(),
    ) {
        let path = FILES[file];
        let naming = naming();
        let (Some(source), Some(target)) = (lines(path, &source_text), lines(path, &target_text))
        else {
            return Ok(());
        };
        if source.format() != target.format() {
            return Ok(());
        }
        let sides = LineSides { source: &source, target: &target, naming: &naming };
        for difference in differences(&source, &target, &naming) {
            let Ok(result) = merge(&sides, &[&difference]) else {
                continue;
            };
            let entry = &target.entries[target.at(&difference.place).unwrap_or_default()];
            let shape = |place: &Place| source.at(place).map(|at| source.entries[at].shape);
            // A line without a key is replaced as a whole, with what is below it.
            if difference.op == Op::Set
                && difference.source.as_ref().and_then(shape) != Some(entry.shape)
            {
                prop_assert!(result.starts_with(&target_text[..entry.lead]));
                prop_assert!(result.ends_with(&target_text[entry.end..]));
                continue;
            }
            if let (Op::Set, Some(_), Some(token)) = (difference.op, difference.scalars(), &entry.value) {
                prop_assert!(!changes_expression(&difference));
                // Quotes are part of the value where they make its type.
                let start = token.span.start - token.quoting.mark().len();
                let end = token.span.end + token.quoting.mark().len();
                prop_assert_eq!(&result[..start], &target_text[..start]);
                prop_assert!(result.ends_with(&target_text[end..]));
            }
            let again = lines(path, &result).expect("a proven text");
            // A line without a key is identified by its text, which is new.
            if let (Op::Set, Some((_, after)), Some(entry)) =
                (difference.op, difference.scalars(), again.at(&difference.place))
            {
                let value = &again.entries[entry].value;
                let read = value.as_ref().map_or("", |token| again.value(token));
                prop_assert_eq!(read.replace("\r\n", "\n"), after.replace("\r\n", "\n"));
            }
        }
    }
}
