//! Random edits of generated and real files: nothing else changes, and the new values are read back.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::Read as _;

use proptest::prelude::{ProptestConfig, any};
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};

use super::extent::{child_count, child_index};
use super::fragment::Fragment;
use super::node::{Content, Layout, Node};
use super::tests::skipped::shared;
use super::text::{blanks_after, blanks_before, next_line};
use super::{Edit, EditError, Kind, Place, Step, Stream, splice};

/// Random numbers that choose between alternatives; zeros once they are used up.
struct Picks<'p>(std::slice::Iter<'p, u16>);

impl Picks<'_> {
    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % limit.max(1)
    }

    fn of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }
}

const SCALARS: &[&str] = &[
    "v1",
    "1.25.3",
    "80",
    "true",
    "~",
    "",
    "'single'",
    "\"double \\\" #\"",
    "yes",
    "2026-01-02",
    "a b # c",
    "http://x:80/#y",
    "''",
    "\"\"",
    "-1",
    "0644",
    "日本 ✓",
    "{{ x }}x",
    "[a, b]",
    "{a: 1, b: 'x'}",
    "{}",
    "[]",
];
const TEXTS: &[&str] = &[
    "v2",
    "release #42",
    "note: hi",
    "",
    "0x1F",
    "2024-01-01",
    "~",
    "yes",
    "012",
    "1e3",
    "- x",
    "a\nb\n",
    " x",
    "x ",
    "it's",
    "\"q\"",
    "{",
    "*a",
    "ü",
    "\t",
    "#",
    "[",
    "v2.0.0-rc.1",
    "nginx:1.2@sha256:abc",
];
const KEYS: &[&str] = &[
    "name", "image", "tag", "a.b/c", "\"q r\"", "env", "list", "x-y", "k1", "k2",
];

/// Writes a block mapping or list of some depth with comments and blank lines.
fn fill(picks: &mut Picks<'_>, indent: usize, depth: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let is_list = picks.below(3) == 0;
    for index in 0..=picks.below(4) {
        match picks.below(8) {
            0 => writeln!(out, "{pad}# comment {index}").expect("a string takes all"),
            1 if index > 0 => out.push('\n'),
            _ => {}
        }
        let head = if is_list {
            "-".to_owned()
        } else {
            format!("{}{index}:", picks.of(KEYS).trim_end_matches('"'))
        };
        let head = if head.starts_with('"') {
            head.replace(':', "\":")
        } else {
            head
        };
        write!(out, "{pad}{head}").expect("a string takes all");
        match picks.below(6) {
            0 | 1 if depth > 0 => {
                out.push_str(picks.of(&["\n", " # below\n", "\n"]));
                let step = [2, 2, 4][picks.below(3)];
                fill(picks, indent + step, depth - 1, out);
            }
            2 => {
                out.push_str(picks.of(&[" |", " >-", " |+", " |-"]));
                write!(out, "\n{pad}  one\n{pad}    two # no comment\n")
                    .expect("a string takes all");
            }
            _ => {
                let scalar = picks.of(SCALARS);
                let comment = picks.of(&["", "", " # c", "   # {\"$x\": 1}"]);
                writeln!(out, " {scalar}{comment}").expect("a string takes all");
            }
        }
    }
}

fn generated(picks: &mut Picks<'_>) -> String {
    let mut text = String::new();
    text.push_str(picks.of(&["", "", "# head\n\n", "---\n", "\u{feff}"]));
    for index in 0..=picks.below(2) {
        if index > 0 {
            text.push_str("---\n");
        }
        fill(picks, 0, 3, &mut text);
    }
    match picks.below(4) {
        0 => text.replace('\n', "\r\n"),
        1 => text.trim_end_matches('\n').to_owned(),
        _ => text,
    }
}

/// An edit at a random place, with a fragment from the other stream.
fn random_edit(stream: &Stream, other: &Stream, picks: &mut Picks<'_>) -> Option<Edit> {
    let places = super::tests::all_places(stream);
    let place = places.get(picks.below(places.len()))?.clone();
    let others = super::tests::all_places(other);
    let from = others.get(picks.below(others.len()))?;
    let node = stream.node(&place)?;
    let after = |picks: &mut Picks<'_>| picks.below(child_count(node) + 1).checked_sub(1);
    match picks.below(6) {
        0 | 1 => Some(Edit::Set {
            place,
            value: Fragment::scalar(picks.of(TEXTS), Kind::Str),
        }),
        2 => Some(Edit::Set {
            place,
            value: Fragment::value(other, from)?,
        }),
        3 if !place.steps.is_empty() => Some(Edit::Remove { place }),
        4 if other.documents().len() > 1 && picks.below(8) == 0 => {
            let document = Fragment::document(other, 0)?;
            Some(Edit::AddDocument {
                after: Some(place.document),
                document,
            })
        }
        _ => match node.content {
            Content::Mapping { .. } => {
                let entry = Fragment::entry(other, from)?;
                let key = entry.key()?.to_owned();
                Some(Edit::AddEntry {
                    after: after(picks),
                    mapping: place,
                    key,
                    entry,
                })
            }
            Content::Sequence { .. } => {
                let item = Fragment::item(other, from)?;
                Some(Edit::AddItem {
                    after: after(picks),
                    sequence: place,
                    item,
                })
            }
            _ => None,
        },
    }
}

/// Checks the result of one edit against the original, independently of `proof`.
fn check_result(stream: &Stream, edit: &Edit, result: &str) -> Result<(), String> {
    let read = Stream::parse(result).map_err(|error| error.to_string())?;
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
        Edit::Set { place, value } => {
            let node = stream.node(place).ok_or("no node")?;
            within(node.lead, next_line(text, node.end()))?;
            let got = read.node(place).ok_or("lost")?.value();
            if got.means(value.model()) {
                Ok(())
            } else {
                Err(format!("read back {got:?}"))
            }
        }
        Edit::Remove { place } => {
            let (parent, step) = place.parent().ok_or("no parent")?;
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
            let node = stream.node(place).ok_or("no node")?;
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
        let edits: Vec<Edit> = (0..4)
            .filter_map(|_| random_edit(stream, other, picks))
            .collect();
        for edit in &edits {
            let found = splice(stream, std::slice::from_ref(edit));
            if let Some(result) = self.count(found, stream, std::slice::from_ref(edit)) {
                check_result(stream, edit, &result).map_err(|error| {
                    format!(
                        "{error}\n{} {edit:#?}\n--- before\n{}--- after\n{result}",
                        edit.place(),
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
            unproven.get() * 200 <= proven.get(),
            "too many edits could not be proven"
        );
    }
}

/// Runs so many cases if `GIT_PROMOTE_THOROUGH` is set, as in CI, and a quarter of them otherwise.
fn runner(cases: u32) -> TestRunner {
    let is_thorough = std::env::var_os("GIT_PROMOTE_THOROUGH").is_some();
    TestRunner::new(ProptestConfig {
        cases: if is_thorough { cases } else { cases / 4 },
        rng_seed: RngSeed::Fixed(20_260_101),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    })
}

#[test]
fn random_edits_of_generated_files_change_nothing_else() {
    let count = Count::default();
    let numbers = proptest::collection::vec(any::<u16>(), 150..400);
    let result = runner(2_500).run(&numbers, |numbers| {
        let mut picks = Picks(numbers.iter());
        let (one, two) = (generated(&mut picks), generated(&mut picks));
        if let (Ok(stream), Ok(other)) = (Stream::parse(&one), Stream::parse(&two)) {
            count
                .case(&stream, &other, &mut picks)
                .map_err(TestCaseError::fail)?;
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    count.report("generated files");
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
            .case(pick(one), pick(two), &mut Picks(numbers.iter()))
            .map_err(TestCaseError::fail)
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    count.report("real files");
}

#[test]
fn the_place_of_an_addition_is_its_new_place() {
    let edit = Edit::AddItem {
        sequence: Place::root(0),
        after: Some(1),
        item: Fragment::scalar("x", Kind::Str),
    };
    assert_eq!(edit.place(), Place::new(0, [Step::Index(2)]));
}
