use proptest::prelude::*;

use super::super::read;
use super::sample::SAMPLE;

/// Scraps that people and tools leave in files by accident.
const SCRAPS: [&str; 22] = [
    "", " ", "\n", ":", "- ", "*a", "&a ", "{", "}", "[", "]", "'", "\"", "~", "1", "-1e9", "!t ",
    "<<", "x: y\n", "---\n", "é", "\t",
];

proptest! {
    #[test]
    fn reading_any_text_either_succeeds_or_reports_faults(
        changes in prop::collection::vec((0..SAMPLE.len(), 0..40usize, 0..SCRAPS.len()), 1..6),
    ) {
        let mut text = SAMPLE.to_owned();
        for (at, length, scrap) in changes {
            let floor = |at: usize| (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i));
            let (start, end) = (floor(at).unwrap_or(0), floor(at + length).unwrap_or(0));
            text.replace_range(start..end, SCRAPS[scrap]);
        }
        let Err(faults) = read(&text, "promote.yaml") else { return Ok(()) };
        let places: Vec<_> = faults.iter().map(|f| (f.line, f.column)).collect();
        prop_assert!(places.is_sorted(), "{places:?} in {text}");
        for fault in &faults {
            prop_assert!(fault.line <= text.lines().count() + 1);
            prop_assert!(!fault.message.is_empty());
            prop_assert!(fault.report().contains('^'));
            // The schema check comes first, so that serde's own messages are never shown.
            prop_assert!(!fault.message.contains("invalid type"), "{} in {text}", fault.message);
            prop_assert!(!fault.message.contains("untagged"), "{} in {text}", fault.message);
        }
    }
}
