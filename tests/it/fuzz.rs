//! The bodies of the fuzz targets (`tests/fuzz`), with random inputs on stable.
//!
//! For ten minutes each with a nightly toolchain: `.ci/nightly`.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::time::{Duration, Instant};

#[path = "../fuzz/bodies.rs"]
mod bodies;

use bodies::{BETWEEN, generate};

/// Random numbers of xorshift64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap();
        usize::try_from(self.next() % limit).unwrap()
    }
}

/// The files of the fixtures, of which two of one fixture are one input.
fn corpus() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.is_file() && !path.ends_with("args") {
                files.push(fs::read(path).unwrap());
            }
        }
    }
    files.sort();
    let pairs = files.windows(2);
    let pairs = pairs.map(|pair| [b"\x01", &*pair[0], BETWEEN.as_bytes(), &*pair[1]].concat());
    pairs.collect()
}

/// Inserts bytes after the first byte, which chooses how the input is read.
fn insert(data: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let rest = data.split_off((at + 1).min(data.len()));
    data.extend_from_slice(bytes);
    data.extend(rest);
}

/// A new input: numbers for the generator, or files with a few changes.
fn input(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    if random.below(2) == 0 {
        let bytes = 300 + random.below(500);
        let numbers = (0..bytes).map(|_| random.next().to_le_bytes()[0]);
        return std::iter::once(0).chain(numbers).collect();
    }
    let mut data = corpus[random.below(corpus.len())].clone();
    for _ in 0..random.below(6) {
        let (one, two) = (random.below(data.len()), random.below(data.len()));
        let range = 1 + one.min(two)..(1 + one.max(two)).min(data.len());
        match random.below(5) {
            0 => data[one] = random.next().to_le_bytes()[0],
            1 => {
                let text = generate::INVISIBLE[random.below(generate::INVISIBLE.len())];
                insert(&mut data, one, text.as_bytes());
            }
            2 => {
                let text = [
                    "&a ", "*a", "<<: *a", "? ", "- ", "|+\n", "{", "]", "'", "---\n",
                ];
                insert(&mut data, one, text[random.below(text.len())].as_bytes());
            }
            3 => drop(data.drain(range)),
            _ => {
                let copied = data[range].to_vec();
                insert(&mut data, two, &copied);
            }
        }
        if data.len() < 2 {
            data = b"\x01a: 1\n".to_vec();
        }
    }
    data
}

/// Runs a body for two seconds, for twelve if `GIT_PROMOTE_THOROUGH` is set, as in CI, or for
/// `GIT_PROMOTE_FUZZ_SECONDS`.
fn run(name: &str, first: u64, body: fn(&[u8])) {
    let is_thorough = std::env::var_os("GIT_PROMOTE_THOROUGH").is_some();
    let seconds = std::env::var("GIT_PROMOTE_FUZZ_SECONDS").ok();
    let seconds = seconds.map(|text| text.parse().unwrap());
    let time = Duration::from_secs(seconds.unwrap_or(if is_thorough { 12 } else { 2 }));
    let (corpus, mut random) = (corpus(), Random(first));
    let started = Instant::now();
    let mut inputs = 0_usize;
    while started.elapsed() < time {
        let data = input(&corpus, &mut random);
        let done = panic::catch_unwind(AssertUnwindSafe(|| body(&data)));
        if let Err(fault) = done {
            let shown = data.escape_ascii();
            println!("{name}: input {inputs} of seed {first}: b\"{shown}\"");
            panic::resume_unwind(fault);
        }
        inputs += 1;
    }
    println!("{name}: {inputs} inputs");
}

#[test]
fn any_text_is_read_or_refused() {
    run("parse", 1, bodies::parse);
}

#[test]
fn any_edit_is_read_back() {
    run("edit", 2, bodies::edit);
}

#[test]
fn any_merge_ends_the_differences() {
    run("merge", 3, bodies::merge);
}

#[test]
fn any_merge_with_one_side_as_its_base_has_no_conflict() {
    run("merge_with_base", 6, bodies::merge_with_base);
}

#[test]
fn any_configuration_is_read_or_described() {
    run("configuration", 4, bodies::configuration);
}

#[test]
fn any_difference_has_a_selector_of_its_own() {
    run("selectors", 5, bodies::selectors);
}
