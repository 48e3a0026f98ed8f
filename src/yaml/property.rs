//! Random edits of generated and real files: nothing else changes, and the new values are read back.

mod embedded;
mod generate;
mod resolved;

use std::cell::Cell;
use std::io::Read as _;

use proptest::prelude::{ProptestConfig, any};
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};

use generate::{Picks, generated, text as random_text};

use super::extent::{child_count, child_index};
use super::fragment::Fragment;
use super::node::{Content, Layout, Node};
use super::tests::{is_thorough, skipped::shared};
use super::text::{blanks_after, blanks_before, next_line};
use super::{Edit, EditError, Kind, Place, Step, Stream, Value, splice};

/// An edit at a random place, with a fragment from the other stream, and the value that it writes.
fn random_edit(stream: &Stream, other: &Stream, picks: &mut Picks<'_>) -> Option<(Edit, Value)> {
    let places = super::tests::all_places(stream);
    let place = places.get(picks.below(places.len()))?.clone();
    let others = super::tests::all_places(other);
    let from = others.get(picks.below(others.len()))?;
    let node = stream.node(&place)?;
    let after = |picks: &mut Picks<'_>| picks.below(child_count(node) + 1).checked_sub(1);
    let null = Value::Scalar {
        text: String::new(),
        kind: Kind::Null,
    };
    let choice = picks.below(6);
    if choice < 2 {
        let text = random_text(picks);
        let value = Fragment::scalar(&text, Kind::Str);
        return Some((Edit::Set { place, value }, Value::string(text)));
    }
    if choice == 3 && !place.steps.is_empty() {
        return Some((Edit::Remove { place }, null));
    }
    if choice == 4 && other.documents().len() > 1 && picks.below(8) == 0 {
        let document = Fragment::document(other, 0)?;
        let after = Some(place.document);
        return Some((Edit::AddDocument { after, document }, null));
    }
    let written = resolved::value_at(other, from)?;
    let edit = match node.content {
        _ if choice == 2 => Edit::Set {
            place,
            value: Fragment::value(other, from)?,
        },
        Content::Mapping { .. } => {
            let entry = Fragment::entry(other, from)?;
            let key = entry.key()?.to_owned();
            Edit::AddEntry {
                after: after(picks),
                mapping: place,
                key,
                entry,
            }
        }
        Content::Sequence { .. } => Edit::AddItem {
            after: after(picks),
            sequence: place,
            item: Fragment::item(other, from)?,
        },
        _ => return None,
    };
    Some((edit, written))
}

/// Checks what the result resolves to: what the text before resolves to, with the edit.
fn check_resolved(
    stream: &Stream,
    (edit, value): &(Edit, Value),
    read: &Stream,
) -> Result<(), String> {
    let mut trees = resolved::trees(stream);
    if resolved::edit(&mut trees, stream, edit, value.clone()).is_none() {
        return Ok(());
    }
    let expected = resolved::resolved(&trees).ok_or("an alias was left without its anchor")?;
    let found = resolved::resolved(&resolved::trees(read)).ok_or("an alias leads nowhere")?;
    let is_same = |(a, b): (&Value, &Value)| a.equals_in_any_order(b);
    if found.len() == expected.len() && found.iter().zip(&expected).all(is_same) {
        return Ok(());
    }
    Err(format!("resolves to\n{found:?}\nand not to\n{expected:?}"))
}

/// An edit in short.
fn written(edit: &Edit) -> String {
    match edit {
        Edit::Set { value, .. } => format!("set {:?}", value.text()),
        Edit::Remove { .. } => "remove".to_owned(),
        Edit::AddEntry { after, entry, .. } => format!("add {:?} after {after:?}", entry.text()),
        Edit::AddItem { after, item, .. } => format!("add {:?} after {after:?}", item.text()),
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => "a document".to_owned(),
    }
}

/// Checks the result of one edit against the original, independently of `proof`.
fn check_result(
    stream: &Stream,
    edit_and_value: &(Edit, Value),
    result: &str,
) -> Result<(), String> {
    let read = Stream::parse(result).map_err(|error| error.to_string())?;
    check_resolved(stream, edit_and_value, &read)?;
    let edit = &edit_and_value.0;
    let text = stream.text();
    let prefix = text
        .bytes()
        .zip(result.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let rest = text.len().min(result.len()) - prefix;
    let suffix = text
        .bytes()
        .rev()
        .zip(result.bytes().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();
    let changed = prefix..text.len() - suffix;
    // Behind an alias is the node that is changed.
    let holder = |place: &Place| stream.node(&stream.holder(place)?);
    let within = |from: usize, to: usize| {
        let (mut before, after) = (&text[..from], text.get(to..).unwrap_or(""));
        if after.is_empty() {
            before = before.trim_end_matches(['\n', '\r']);
        }
        if before.len() + after.len() <= result.len()
            && result.starts_with(before)
            && result.ends_with(after)
        {
            Ok(())
        } else {
            Err(format!("changed something outside of {from}..{to}"))
        }
    };
    match edit {
        Edit::Set { place, .. } => {
            let node = holder(place).ok_or("no node")?;
            within(node.lead, next_line(text, node.end()))
        }
        Edit::Remove { place } => {
            let site = stream.site_place(place).ok_or("no site")?;
            let (parent, step) = site.parent().ok_or("no parent")?;
            let node = stream.node(&parent).ok_or("no parent")?;
            if node.layout() == Some(Layout::Flow) || child_count(node) == 1 {
                return within(
                    node.lead,
                    next_line(text, node.end() + 1).max(extent_end(stream, node)),
                );
            }
            let extent = stream
                .extent(node, child_index(node, step).ok_or("no index")?)
                .ok_or("no extent")?;
            let end = blanks_after(text, extent.end).1;
            // If the first entry after a dash is removed, the next one takes its place.
            let end = end + super::text::indent(&text[end..]);
            within(blanks_before(text, extent.start).1, end)
        }
        Edit::AddEntry { mapping: place, .. }
        | Edit::AddItem {
            sequence: place, ..
        } => {
            let node = holder(place).ok_or("no node")?;
            if node.layout() == Some(Layout::Block) && !changed.is_empty() {
                return Err(format!("an addition changed {changed:?}"));
            }
            within(node.lead, next_line(text, node.end()))
        }
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => Ok(()),
    }
}

fn extent_end(stream: &Stream, node: &Node) -> usize {
    stream
        .extent(node, child_count(node).saturating_sub(1))
        .map_or(0, |extent| extent.end)
}

#[derive(Default)]
struct Count {
    cases: Cell<usize>,
    proven: Cell<usize>,
    refused: Cell<usize>,
    unproven: Cell<usize>,
}

fn add(cell: &Cell<usize>) {
    cell.set(cell.get() + 1);
}

impl Count {
    /// Applies some edits one by one, then all at once.
    fn case(&self, stream: &Stream, other: &Stream, picks: &mut Picks<'_>) -> Result<(), String> {
        add(&self.cases);
        let random: Vec<(Edit, Value)> = (0..4)
            .filter_map(|_| random_edit(stream, other, picks))
            .collect();
        let edits: Vec<Edit> = random.iter().map(|(edit, _)| edit.clone()).collect();
        for (edit, random) in edits.iter().zip(&random) {
            let shared = super::tests::with_shared(stream, edit);
            if let Some(result) = self.count(splice(stream, &shared), stream, &shared) {
                check_result(stream, random, &result).map_err(|error| {
                    format!(
                        "{error}\n{} {}\n--- before\n{}--- after\n{result}",
                        edit.place(),
                        written(edit),
                        stream.text()
                    )
                })?;
            }
        }
        if let Some(result) = self.count(splice(stream, &edits), stream, &edits) {
            Stream::parse(&result).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn count(
        &self,
        found: Result<String, EditError>,
        stream: &Stream,
        edits: &[Edit],
    ) -> Option<String> {
        match found {
            Ok(text) => {
                self.proven.set(self.proven.get() + edits.len());
                return Some(text);
            }
            Err(EditError::Unproven(place)) => {
                add(&self.unproven);
                if std::env::var_os("VERBOSE").is_some() {
                    println!("unproven at {place}: {edits:#?}\n{}\n=====", stream.text());
                }
            }
            Err(_) => add(&self.refused),
        }
        None
    }

    fn report(&self, what: &str) {
        let Self {
            cases,
            proven,
            refused,
            unproven,
        } = self;
        println!(
            "{what}: {} cases, {} edits proven, {} refused, {} unproven",
            cases.get(),
            proven.get(),
            refused.get(),
            unproven.get()
        );
        assert!(
            unproven.get() * 100 <= proven.get(),
            "too many edits could not be proven"
        );
    }
}

/// Runs so many cases in CI, and a quarter of them otherwise.
fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases: if is_thorough() { cases } else { cases / 4 },
        rng_seed: RngSeed::Fixed(20_260_101),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    })
}

#[test]
fn random_edits_of_generated_files_change_nothing_else() {
    let (count, texts) = (Count::default(), Cell::new(0));
    let numbers = proptest::collection::vec(any::<u16>(), 150..400);
    let result = runner(4_000).run(&numbers, |numbers| {
        let mut picks = Picks::new(&numbers);
        let (one, two) = (generated(&mut picks), generated(&mut picks));
        add(&texts);
        if let (Ok(stream), Ok(other)) = (Stream::parse(&one), Stream::parse(&two)) {
            count
                .case(&stream, &other, &mut picks)
                .map_err(TestCaseError::fail)?;
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    count.report("generated files");
    let readable = count.cases.get();
    assert!(
        readable * 8 >= texts.get(),
        "only {readable} pairs could be read"
    );
}

/// The real files of the replay, in archive order.
fn real_files() -> Vec<String> {
    let Some(path) = shared("replay/blobs.tar.gz") else {
        return Vec::new();
    };
    let file = std::fs::File::open(path).expect("a readable file");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut files = Vec::new();
    for entry in archive.entries().expect("an archive") {
        let mut text = String::new();
        if entry.expect("an entry").read_to_string(&mut text).is_ok() && text.len() < 20_000 {
            files.push(text);
        }
    }
    files
}

#[test]
fn random_edits_of_real_files_change_nothing_else() {
    let streams: Vec<Stream> = real_files()
        .iter()
        .filter_map(|text| Stream::parse(text).ok())
        .collect();
    if streams.is_empty() {
        return;
    }
    let count = Count::default();
    let numbers = (
        any::<u32>(),
        any::<u32>(),
        proptest::collection::vec(any::<u16>(), 40),
    );
    let result = runner(1_500).run(&numbers, |(one, two, numbers)| {
        let pick = |number: u32| &streams[number as usize % streams.len()];
        count
            .case(pick(one), pick(two), &mut Picks::new(&numbers))
            .map_err(TestCaseError::fail)
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    count.report("real files");
}

#[test]
fn the_place_of_an_addition_is_its_new_place() {
    let added = || Fragment::scalar("x", Kind::Str);
    let item = Edit::AddItem {
        sequence: Place::root(0),
        after: Some(1),
        item: added(),
    };
    assert_eq!(item.place(), Place::new(0, [Step::Index(2)]));
    let document = Edit::AddDocument {
        after: Some(1),
        document: added(),
    };
    assert_eq!(document.place(), Place::root(2));
}
