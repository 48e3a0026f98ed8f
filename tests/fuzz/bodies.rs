//! What must hold for any input: the bodies of the fuzz targets, which panic where it does not.

use git_promote::config;
use git_promote::document::{Base, Difference, Format, Part, Sides, compare, merge as merged};
use git_promote::domain::{Environment, Naming, Op, Relation, Selector};
use git_promote::yaml::{Edit, Fragment, JsonPath, Kind, Place, Stream, Value, embedded, splice};

#[path = "../../src/yaml/property/generate.rs"]
pub mod generate;

use generate::Picks;

/// Between two texts of one input.
pub const BETWEEN: &str = "\n=====\n";

/// Two texts and numbers: made from the input's numbers, or as they are in it.
struct Input {
    texts: [String; 2],
    numbers: Vec<u16>,
}

impl Input {
    fn of(data: &[u8]) -> Self {
        let (kind, rest) = data.split_first().unwrap_or((&0, &[]));
        let mut pairs = rest.chunks_exact(2);
        let numbers: Vec<u16> = pairs
            .by_ref()
            .map(|p| u16::from_le_bytes([p[0], p[1]]))
            .collect();
        let texts = if kind % 2 == 0 {
            let mut picks = Picks::new(&numbers);
            [(); 2].map(|()| generate::generated(&mut picks))
        } else {
            let text = String::from_utf8_lossy(rest).into_owned();
            let (one, two) = text.split_once(BETWEEN).unwrap_or((&text, &text));
            [one.to_owned(), two.to_owned()]
        };
        Self { texts, numbers }
    }

    fn streams(&self) -> Option<[Stream; 2]> {
        let [one, two] = &self.texts;
        Some([Stream::parse(one).ok()?, Stream::parse(two).ok()?])
    }
}

fn naming() -> Naming {
    // Names that no file has: a value that is the environment's own stays another one.
    let environment = Environment::named;
    Naming::new(environment("quercus"), environment("salix"), [])
}

/// A text that can be read is the stream's text, and an edit of nothing changes nothing.
pub fn parse(data: &[u8]) {
    let input = Input::of(data);
    for text in &input.texts {
        let Ok(stream) = Stream::parse(text) else {
            continue;
        };
        assert_eq!(stream.text(), text);
        assert_eq!(splice(&stream, &[]).as_deref(), Ok(text.as_str()));
        for index in 0..stream.documents().len() {
            let _ = stream.to_json(index);
        }
    }
}

/// The places of all values of a document.
fn places(stream: &Stream, document: usize) -> Vec<Place> {
    let all = JsonPath::parse("$..*").expect("a path");
    let found = all.select(&stream.to_json(document)).unwrap_or_default();
    let below = found.into_iter().map(|steps| Place::new(document, steps));
    std::iter::once(Place::root(document))
        .chain(below)
        .collect()
}

/// A scalar that is written is read back, whatever its text.
pub fn edit(data: &[u8]) {
    let input = Input::of(data);
    let Some([stream, _]) = input.streams() else {
        return;
    };
    let mut picks = Picks::new(&input.numbers);
    for document in 0..stream.documents().len().min(4) {
        let places = places(&stream, document);
        let place = places[picks.below(places.len())].clone();
        let text = generate::text(&mut picks);
        let value = Fragment::scalar(&text, Kind::Str);
        let edit = Edit::Set {
            place: place.clone(),
            value,
        };
        // What cannot be proven is refused.
        let Ok(result) = splice(&stream, &[edit]) else {
            continue;
        };
        let read = Stream::parse(&result).expect("a proven text");
        let found = read.at(&place).expect("the place").value();
        assert_eq!(found.untagged(), &Value::string(text), "{place}\n{result}");
    }
}

fn differences(source: &Stream, target: &Stream, naming: &Naming) -> Vec<Difference> {
    compare(&Sides {
        source,
        target,
        base: Base::Target,
        naming,
        file: "values.yaml",
        format: Format::Yaml,
    })
}

/// A merge is valid YAML, and what was merged does not differ any more.
pub fn merge(data: &[u8]) {
    let input = Input::of(data);
    let Some([source, target]) = input.streams() else {
        return;
    };
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Target,
        naming: &naming,
        file: "values.yaml",
        format: Format::Yaml,
    };
    let all = differences(&source, &target, &naming);
    for one in all.iter().take(8) {
        if let Ok(text) = merged(&sides, &[one]) {
            Stream::parse(&text).expect("a proven text");
        }
    }
    if let Ok(text) = merged(&sides, &all.iter().collect::<Vec<_>>()) {
        let result = Stream::parse(&text).expect("a proven text");
        let left = differences(&source, &result, &naming);
        let is_settled = |left: &Difference| {
            // An image keeps its own registry.
            let is_written = |d: &Difference| {
                d.path == left.path && d.rewritten.is_some() && d.after == left.before
            };
            // A document inside a string keeps its comments and blank lines.
            let inside = left.scalars().and_then(|(before, after)| {
                Some([embedded(before)?.to_json(0), embedded(after)?.to_json(0)])
            });
            all.iter().any(is_written) || inside.is_some_and(|[before, after]| before == after)
        };
        let left: Vec<&str> = left
            .iter()
            .filter(|d| !is_settled(d))
            .map(|d| d.path.as_str())
            .collect();
        assert!(
            left.is_empty(),
            "{left:?} stay\n--- source\n{}\n--- target\n{}\n--- result\n{text}",
            source.text(),
            target.text()
        );
    }
}

/// If one side is as in the base, only the other one changed something.
pub fn merge_with_base(data: &[u8]) {
    let input = Input::of(data);
    let Some([source, target]) = input.streams() else {
        return;
    };
    let naming = naming();
    for (base, of_other) in [
        (&target, [Relation::Ahead, Relation::TargetOnly]),
        (&source, [Relation::Behind, Relation::SourceOnly]),
    ] {
        let found = compare(&Sides {
            source: &source,
            target: &target,
            base: Base::Stream(base),
            naming: &naming,
            file: "values.yaml",
            format: Format::Yaml,
        });
        // The relation of versions is their order.
        for difference in found.iter().filter(|d| d.version.is_none()) {
            let relation = difference.relation;
            assert!(
                relation != Relation::Diverged && !of_other.contains(&relation),
                "{} is {relation:?}\n--- source\n{}\n--- target\n{}",
                difference.path,
                source.text(),
                target.text()
            );
        }
    }
}

/// A configuration is read, or all its faults are described.
pub fn configuration(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Err(faults) = config::read(&text, "promote.yaml") {
        assert!(!faults.to_string().is_empty());
    }
}

/// A selector is read or refused; the path of a difference selects its place and no other one.
pub fn selectors(data: &[u8]) {
    let input = Input::of(data);
    for line in input.texts[0].lines() {
        if let Ok(selector) = Selector::parse(line) {
            assert!(!selector.to_string().is_empty());
        }
    }
    let Some([source, target]) = input.streams() else {
        return;
    };
    for d in differences(&source, &target, &naming()) {
        if d.part == Part::Document {
            continue;
        }
        let path = JsonPath::parse(&d.path).expect("a path");
        if d.op != Op::Add {
            // A path is not followed beyond its limit.
            let Ok(found) = path.select(&target.to_json(d.place.document)) else {
                continue;
            };
            assert_eq!(found, std::slice::from_ref(&d.place.steps), "{}", d.path);
        }
    }
}
