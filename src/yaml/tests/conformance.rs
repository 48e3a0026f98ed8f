//! Test cases of other projects; skipped if their folder is missing.

use serde_json::Value as Json;

use super::super::{
    Content, Edit, Fragment, Kind, Merging, Node, ParseFault, Place, Step, Stream, Uses, splice,
};
use super::skipped::shared;
use super::{is_thorough, parsed, place};

fn cases(name: &str) -> Vec<Json> {
    let Some(path) = shared(&format!("conformance/{name}")) else {
        return Vec::new();
    };
    let text = std::fs::read_to_string(path).expect("a readable file");
    serde_json::from_str(&text).expect("a list of cases")
}

/// The places of a node and all values below it.
pub(super) fn places(node: &Node, here: &Place, into: &mut Vec<Place>) {
    into.push(here.clone());
    match &node.content {
        Content::Mapping { entries, .. } => {
            for entry in entries {
                places(
                    &entry.value,
                    &here.child(Step::Key(entry.name().to_owned())),
                    into,
                );
            }
        }
        Content::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                places(item, &here.child(Step::Index(index)), into);
            }
        }
        Content::Scalar(_) | Content::Alias(_) => {}
    }
}

pub(in super::super) fn all_places(stream: &Stream) -> Vec<Place> {
    let mut found = Vec::new();
    for index in 0..stream.documents().len() {
        places(stream.root(index), &Place::root(index), &mut found);
    }
    found
}

/// An edit with the edits of all places that share the node that it changes.
pub(in super::super) fn with_shared(stream: &Stream, edit: &Edit) -> Vec<Edit> {
    let mut edits = vec![edit.clone()];
    let document = edit.place().document;
    if !stream.has_references(document) {
        return edits;
    }
    let uses = Uses::of(stream, document);
    // An anchor on a key has no place; the edit is refused.
    let Some(holder) = stream.holder(match edit {
        Edit::AddEntry { mapping: place, .. }
        | Edit::AddItem {
            sequence: place, ..
        }
        | Edit::Set { place, .. }
        | Edit::Remove { place } => place,
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => return edits,
    }) else {
        return edits;
    };
    let others: Vec<Place> = match edit {
        Edit::Remove { place } => {
            let site = stream.site_place(place).expect("a site");
            let (parent, step) = site.parent().expect("a parent");
            let parents = uses.places(&parent, Merging::Included).into_iter();
            let places = parents.map(|parent| parent.child(step.clone()));
            places
                .filter(|place| stream.site_place(place).as_ref() == Some(&site))
                .collect()
        }
        Edit::AddEntry { key, .. } => {
            let parents = uses.places(&holder, Merging::Included).into_iter();
            parents
                .map(|parent| parent.child(Step::Key(key.clone())))
                .collect()
        }
        Edit::Set { .. } | Edit::AddItem { .. } => uses.places(&holder, Merging::Excluded),
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => Vec::new(),
    };
    let own = match edit {
        Edit::AddItem { sequence, .. } => sequence.clone(),
        _ => edit.place(),
    };
    let others = others.into_iter().filter(|place| *place != own);
    edits.extend(others.filter_map(|place| edit.elsewhere(stream, &place)));
    edits
}

/// All single edits that are possible at a place.
fn edits_at(stream: &Stream, place: &Place) -> Vec<Edit> {
    let source = parsed(
        "new:\n  # about\n  k: v # w\n  l:\n    - 1\n    - x: |\n        text\n        more\n",
    );
    let at = |path: &str| super::place(path);
    let mut edits = Vec::new();
    for value in [
        Fragment::scalar("neu: #1", Kind::Str),
        Fragment::scalar("7", Kind::Int),
        Fragment::value(&source, &at("new")).expect("a mapping"),
        Fragment::value(&source, &at("new.l")).expect("a list"),
        Fragment::value(&source, &at("new.l.1.x")).expect("a block scalar"),
    ] {
        edits.push(Edit::Set {
            place: place.clone(),
            value,
        });
    }
    if !place.steps.is_empty() {
        edits.push(Edit::Remove {
            place: place.clone(),
        });
    }
    let node = stream.at(place).expect("a node");
    let entry = Fragment::entry(&source, &at("new")).expect("an entry");
    let item = Fragment::item(&source, &at("new.l.1")).expect("an item");
    let count = match &node.content {
        Content::Mapping { entries, .. } => entries.len(),
        Content::Sequence { items, .. } => items.len(),
        Content::Scalar(_) | Content::Alias(_) => return edits,
    };
    for after in std::iter::once(None).chain((0..count).map(Some)) {
        edits.push(match node.content {
            Content::Mapping { .. } => Edit::AddEntry {
                mapping: place.clone(),
                key: "new".into(),
                after,
                entry: entry.clone(),
            },
            _ => Edit::AddItem {
                sequence: place.clone(),
                after,
                item: item.clone(),
            },
        });
    }
    edits
}

#[test]
fn every_single_edit_of_odd_files_is_proven_or_refused() {
    let (mut proven, mut refused) = (0, Vec::new());
    for case in cases("edge.json") {
        let (name, text) = (&case["name"], case["yaml"].as_str().expect("a text"));
        let Ok(stream) = Stream::parse(text) else {
            println!("{name} cannot be read");
            continue;
        };
        assert_eq!(splice(&stream, &[]).as_deref(), Ok(text));
        for place in all_places(&stream) {
            for edit in edits_at(&stream, &place) {
                match splice(&stream, &with_shared(&stream, &edit)) {
                    Ok(_) => proven += 1,
                    Err(error) => {
                        refused.push(format!("{name} {} {}: {error}", kind(&edit), edit.place()));
                    }
                }
            }
        }
    }
    println!("edge: {proven} edits proven, {} refused", refused.len());
    for line in &refused {
        println!("  {line}");
    }
    assert!(refused.len() * 50 <= proven, "too many refusals");
}

fn kind(edit: &Edit) -> String {
    match edit {
        Edit::Set { value, .. } => format!("set {:?}", value.text()),
        Edit::AddEntry { after, .. } | Edit::AddItem { after, .. } => format!("add {after:?}"),
        Edit::Remove { .. } => "remove".to_owned(),
        _ => "document".to_owned(),
    }
}

#[test]
fn the_yaml_test_suite_survives() {
    let (mut valid, mut read, mut disputed, mut accepted) = (0, 0, 0, 0);
    let (mut proven, mut refused) = (0, 0);
    for case in cases("yaml-test-suite.json") {
        let text = case["yaml"].as_str().expect("a text");
        let is_valid = case["valid"].as_bool().expect("a verdict");
        valid += usize::from(is_valid);
        let stream = match Stream::parse(text) {
            Ok(stream) => stream,
            Err(error) => {
                let is_disputed = matches!(
                    error.fault,
                    ParseFault::Disputed(_) | ParseFault::AnchorName(_) | ParseFault::AliasKey(_)
                );
                disputed += usize::from(is_valid && is_disputed);
                if is_valid {
                    println!("not read: {} {error}", case["name"]);
                }
                continue;
            }
        };
        read += usize::from(is_valid);
        accepted += usize::from(!is_valid);
        assert_eq!(splice(&stream, &[]).as_deref(), Ok(text));
        for place in all_places(&stream) {
            for edit in edits_at(&stream, &place) {
                match splice(&stream, &with_shared(&stream, &edit)) {
                    Ok(_) => proven += 1,
                    Err(error) => {
                        if std::env::var_os("VERBOSE").is_some() {
                            println!(
                                "{} {} {}: {error}\n{text}",
                                case["name"],
                                kind(&edit),
                                edit.place()
                            );
                        }
                        refused += 1;
                    }
                }
            }
        }
    }
    println!(
        "yaml-test-suite: {read} of {valid} read, {disputed} refused as disputed, {accepted} invalid ones too; {proven} edits proven, {refused} refused"
    );
    assert!((read + disputed) * 100 >= valid * 99);
}

#[test]
fn a_digest_is_set_as_the_image_updater_does() {
    for case in cases("aiu-kustomize.json") {
        let text = case["content"].as_str().expect("a text");
        let want = case["wantContent"].as_str().expect("a text");
        let Ok(stream) = Stream::parse(text) else {
            continue;
        };
        let Some(index) = (0..8).find(|index| {
            let name = stream.node(&place(&format!("images.{index}.name")));
            name.is_some_and(|node| node.value() == super::super::Value::string("foo"))
        }) else {
            continue;
        };
        let at = place(&format!("images.{index}.digest"));
        if want.is_empty() || stream.node(&at).is_none() {
            continue;
        }
        let value = Fragment::scalar("sha23456", Kind::Str);
        let got = splice(&stream, &[Edit::Set { place: at, value }]).expect("an edit");
        assert_eq!(got, want, "{}", case["name"]);
    }
}

#[test]
fn values_are_set_as_kargo_does_but_the_layout_is_kept() {
    let mut done = 0;
    for case in cases("kargo-yaml-update.json") {
        let (Some(text), Some(path)) = (case["yaml"].as_str(), case["path"].as_str()) else {
            continue;
        };
        let Ok(stream) = Stream::parse(text) else {
            continue;
        };
        let at = place(path);
        let Some(expected) = case["expected"]
            .as_str()
            .filter(|_| stream.node(&at).is_some())
            // Kargo writes a literal over an alias; we edit the anchor.
            .filter(|_| stream.holder(&at).as_ref() == Some(&at))
        else {
            continue;
        };
        if !case["value"]
            .as_str()
            .is_some_and(|value| value.starts_with('"'))
        {
            continue;
        }
        let value = parsed(case["value"].as_str().expect("a value"));
        let value = Fragment::value(&value, &Place::root(0)).expect("a value");
        let got = splice(&stream, &[Edit::Set { place: at, value }]).expect("an edit");
        assert_eq!(
            parsed(&got).to_json(0),
            parsed(expected).to_json(0),
            "{}",
            case["name"]
        );
        done += 1;
    }
    println!("kargo: {done} cases");
}

#[test]
fn no_broken_text_makes_the_reader_panic() {
    // Which characters are broken: every second or every eighth.
    let step = if is_thorough() { 2 } else { 8 };
    let (mut texts, mut read) = (0, 0);
    for case in cases("yaml-test-suite.json")
        .iter()
        .chain(&cases("edge.json"))
    {
        let text = case["yaml"].as_str().expect("a text");
        for (at, c) in text.char_indices().step_by(step) {
            let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
            for broken in [
                before.to_owned(),
                format!("{before}{after}"),
                format!("{before}\t{after}"),
            ] {
                texts += 1;
                let Ok(stream) = Stream::parse(&broken) else {
                    continue;
                };
                read += 1;
                for place in all_places(&stream) {
                    let _ = (stream.comments(&place), Fragment::value(&stream, &place));
                    let span = stream.at(&place).expect("a node").span.clone();
                    assert!(broken.get(span).is_some(), "{place} in {broken:?}");
                }
            }
        }
    }
    println!("broken texts: {texts}, of which {read} can be read");
}
