//! The decision as a table: what applies, and what wins.

use super::*;
use crate::document::{self, Base, Sides};
use crate::domain::{ApplicationName, Environment, FileMode, Naming, ObjectId, RepoPath};
use crate::engine::compare::Field;
use crate::engine::decide::keep_names_without_version;
use crate::engine::decide::selection::Matches;
use crate::inventory::FileObject;
use crate::yaml::Stream;

/// The differences of two texts.
fn differences(file: &str, source: &str, target: &str) -> Vec<Difference> {
    let (from, to) = (
        Environment::named("staging"),
        Environment::named("production"),
    );
    document::compare(&Sides {
        source: &Stream::parse(source).unwrap(),
        target: &Stream::parse(target).unwrap(),
        base: Base::Target,
        naming: &Naming::new(from, to, []),
        file,
        format: crate::document::Format::Yaml,
    })
}

/// The only difference of two texts.
fn difference(source: &str, target: &str) -> Difference {
    let mut found = differences("values.yaml", source, target);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// The differences of the tables.
fn kind(of: &str) -> Difference {
    match of {
        "version" => difference("image: {tag: '2'}", "image: {tag: '1'}"),
        "new version" => difference("image: {tag: '2', x: 1}", "image: {x: 1}"),
        "version gone" => difference("image: {x: 1}", "image: {tag: '1', x: 1}"),
        "name" => difference("host: a.staging.test", "host: a.production.test"),
        "value" => difference("replicas: 2", "replicas: 1"),
        "new value" => difference("{a: 1, b: 2}", "{a: 1}"),
        "value gone" => difference("{a: 1}", "{a: 1, b: 2}"),
        other => panic!("{other}"),
    }
}

fn choice(word: &str) -> Chosen {
    match word {
        "-" => Chosen::Undecided,
        "except!" => Chosen::ExceptExact,
        "only!" => Chosen::OnlyExact,
        "except*" => Chosen::ExceptPattern("*".to_owned()),
        "not" => Chosen::NotSelected,
        other => panic!("{other}"),
    }
}

const VERSIONS: Modes = Modes {
    versions: true,
    changes: false,
    all: false,
};
const ALL: Modes = Modes {
    versions: false,
    changes: false,
    all: true,
};
const NONE: Modes = Modes {
    versions: false,
    changes: false,
    all: false,
};

fn facts(modes: Modes, keep: bool, rule: bool) -> Facts {
    Facts {
        reverted: None,
        keep: keep.then_some(Reason::KeepComment),
        rule_path: rule.then(|| "$.a".to_owned()),
        version_keep: None,
        past: None,
        names_environment: false,
        target_names_environment: false,
        references: Vec::new(),
        modes,
        matches: Matches::default(),
    }
}

fn shown(verdict: &Verdict) -> String {
    format!("{}: {:?}", verdict.decision, verdict.reason)
}

#[test]
fn the_first_match_wins() {
    use Removals::{Kept, Promoted};
    let (kept, removed) = (Kept, Promoted);
    #[rustfmt::skip]
    let table = [
        // difference     choice     keep   rule   modes     removals  verdict
        // Everything at once: the exact choice wins.
        ("version",       "except!", true,  true,  ALL,      removed, "keep: ExceptExact"),
        ("version",       "only!",   true,  true,  ALL,      removed, "promote: OnlyExact"),
        ("value gone",    "only!",   true,  false, NONE,     kept,    "promote: OnlyExact"),
        // But what would be written must differ.
        ("name",          "only!",   false, false, NONE,     kept,    "keep: EnvironmentName"),
        ("name",          "-",       false, true,  NONE,     kept,    "keep: EnvironmentName"),
        // Then what is kept, whatever a pattern or a rule matches.
        ("version",       "except*", true,  true,  ALL,      removed, "keep: KeepComment"),
        ("version",       "not",     true,  true,  ALL,      removed, "keep: KeepComment"),
        ("version",       "-",       true,  true,  ALL,      removed, "keep: KeepComment"),
        // Then the patterns.
        ("version",       "except*", false, true,  ALL,      removed, r#"keep: ExceptPattern("*")"#),
        ("version",       "not",     false, true,  ALL,      removed, "keep: NotSelected"),
        // Then removals without `--delete`, even where a rule names the place.
        ("value gone",    "-",       false, true,  ALL,      kept,    "keep: TargetOnly"),
        ("version gone",  "-",       false, false, VERSIONS, kept,    "keep: TargetOnly"),
        // Then the rule's expression.
        ("value gone",    "-",       false, true,  NONE,     removed, r#"promote: Rule("$.a")"#),
        ("value",         "-",       false, true,  VERSIONS, kept,    r#"promote: Rule("$.a")"#),
        // Then the environment's own name, in every mode.
        ("name",          "-",       false, false, ALL,      removed, "keep: EnvironmentName"),
        ("name",          "-",       false, false, VERSIONS, kept,    "keep: EnvironmentName"),
        // Then the mode `all`.
        ("version",       "-",       false, false, ALL,      kept,    r#"promote: Rule("all")"#),
        ("value",         "-",       false, false, ALL,      kept,    r#"promote: Rule("all")"#),
        ("new value",     "-",       false, false, ALL,      kept,    r#"promote: Rule("all")"#),
        ("value gone",    "-",       false, false, ALL,      removed, r#"promote: Rule("all")"#),
        // Then the mode `versions`, which removes nothing.
        ("version",       "-",       false, false, VERSIONS, kept,    r#"promote: Template("image tag")"#),
        ("new version",   "-",       false, false, VERSIONS, kept,    r#"promote: Template("image tag")"#),
        ("version gone",  "-",       false, false, VERSIONS, removed, "keep: NotVersion"),
        // Nothing applies.
        ("version",       "-",       false, false, NONE,     kept,    "keep: NotVersion"),
        ("value",         "-",       false, false, VERSIONS, kept,    "keep: NotVersion"),
        ("new value",     "-",       false, false, VERSIONS, kept,    "keep: SourceOnly"),
        ("value gone",    "-",       false, false, VERSIONS, removed, "keep: NotVersion"),
    ];
    for (of, chosen, keep, rule, modes, removals, expected) in table {
        let facts = facts(modes, keep, rule);
        let verdict = of_difference(&kind(of), &facts, choice(chosen), removals);
        let row = format!("{of}, {chosen}, keep {keep}, rule {rule}, {modes:?}, {removals:?}");
        assert_eq!(shown(&verdict), expected, "{row}");
    }
}

#[test]
fn a_whole_file_is_decided_by_its_side_and_its_application() {
    let object = |mode| {
        Some(FileObject {
            id: ObjectId::from_bytes(&[1; 20]).unwrap(),
            mode,
        })
    };
    let pair = |sides: &str| {
        let mode = match sides {
            "submodule" => FileMode::Submodule,
            _ => FileMode::Regular,
        };
        FilePair {
            path: RepoPath::parse("envs/production/web/notes.txt").unwrap(),
            source_path: None,
            application: ApplicationName("web".to_owned()),
            source: object(mode).filter(|_| sides != "target"),
            target: object(mode).filter(|_| matches!(sides, "target" | "both")),
            role: match sides {
                "tool's" => FileRole::Unrelated,
                "script" => FileRole::Attached,
                _ => FileRole::Deployed,
            },
            renames: Vec::new(),
        }
    };
    let (kept, removed) = (Removals::Kept, Removals::Promoted);
    #[rustfmt::skip]
    let table = [
        // sides       choice     modes     removals  new    keep   verdict
        ("source",     "except!", ALL,      removed,  true,  false, "keep: ExceptExact"),
        ("source",     "only!",   NONE,     kept,     false, true,  "promote: OnlyExact"),
        ("target",     "only!",   NONE,     kept,     false, false, "promote: OnlyExact"),
        ("submodule",  "only!",   ALL,      removed,  true,  false, "keep: Submodule"),
        ("submodule",  "-",       ALL,      removed,  true,  false, "keep: Submodule"),
        ("submodule",  "except*", ALL,      removed,  true,  false, r#"keep: ExceptPattern("*")"#),
        ("source",     "except*", ALL,      removed,  true,  true,  r#"keep: ExceptPattern("*")"#),
        ("source",     "not",     ALL,      removed,  true,  true,  "keep: NotSelected"),
        ("source",     "-",       ALL,      removed,  true,  true,  "keep: KeepComment"),
        ("source",     "-",       ALL,      kept,     false, false, r#"promote: Rule("all")"#),
        ("source",     "-",       VERSIONS, kept,     true,  false, "keep: NewApplication"),
        ("source",     "-",       VERSIONS, kept,     false, false, "keep: SourceOnly"),
        ("source",     "-",       NONE,     kept,     true,  false, "keep: NewApplication"),
        ("target",     "-",       ALL,      removed,  false, false, r#"promote: Rule("all")"#),
        ("target",     "-",       ALL,      kept,     false, false, "keep: TargetOnly"),
        ("target",     "-",       VERSIONS, removed,  false, false, "keep: TargetOnly"),
        ("both",       "-",       ALL,      removed,  false, false, "keep: NotYaml"),
        ("tool's",     "-",       ALL,      removed,  true,  false, "keep: NotDeployed"),
        ("tool's",     "only!",   NONE,     kept,     false, false, "promote: OnlyExact"),
        ("script",     "-",       ALL,      removed,  false, false, "keep: NotDeployed"),
        ("script",     "-",       VERSIONS, kept,     true,  false, "keep: NewApplication"),
    ];
    for (sides, chosen, modes, removals, is_new, is_kept, expected) in table {
        let file = WholeFile {
            reverted: None,
            chosen: choice(chosen),
            modes,
            removals,
            is_changed: false,
            new_application: is_new.then_some(NewApplications::Kept),
        };
        let verdict = file.verdict(&pair(sides), is_kept);
        assert_eq!(
            shown(&verdict),
            expected,
            "{sides}, {chosen}, {modes:?}, {removals:?}"
        );
    }
    let named = |modes| WholeFile {
        reverted: None,
        chosen: Chosen::Undecided,
        modes,
        removals: kept,
        is_changed: false,
        new_application: Some(NewApplications::Promoted),
    };
    let verdict = |modes| shown(&named(modes).verdict(&pair("source"), false));
    assert_eq!(verdict(VERSIONS), "promote: NewApplication");
    assert_eq!(verdict(NONE), "keep: NewApplication");
}

#[test]
fn a_value_moves_along_only_with_the_same_change_of_a_version() {
    let mut pairs = VersionPairs::default();
    pairs.learn("1.4.2", "1.5.0");
    let not_version = Verdict::keep(Reason::NotVersion);
    let same = difference("label: 1.5.0", "label: 1.4.2");
    let other = difference("label: 1.6.0", "label: 1.4.2");
    let added = difference("{a: 1, label: 1.5.0}", "{a: 1}");
    let moves = |difference: &Difference, verdict: &Verdict, modes| {
        moves_along(difference, verdict, &facts(modes, false, false), &pairs)
    };
    assert!(moves(&same, &not_version, VERSIONS));
    assert!(!moves(&other, &not_version, VERSIONS));
    assert!(!moves(&added, &not_version, VERSIONS));
    assert!(!moves(&same, &not_version, NONE));
    for reason in [
        Reason::KeepComment,
        Reason::NotSelected,
        Reason::ExceptExact,
    ] {
        let kept = Verdict::keep(reason);
        assert!(!moves(&same, &kept, VERSIONS));
    }
}

#[test]
fn a_new_image_name_needs_a_version_that_moves_in_the_same_place() {
    let found = differences(
        "kustomization.yaml",
        "images: [{name: a, newName: new/a, newTag: '2'}]",
        "images: [{name: a, newName: old/a, newTag: '1'}]",
    );
    let is = |field| move |d: &&Difference| d.version == Some(field);
    let name = found.iter().find(is(VersionField::ImageName)).unwrap();
    let tag = found.iter().find(is(VersionField::ImageTag)).unwrap();
    let place = |d: &Difference| d.place.parent().map(|(mapping, _)| mapping);
    assert_eq!(mapping_of_version(tag), place(name));
    assert_eq!(mapping_of_version(name), None);
    let mut gone = tag.clone();
    gone.op = Op::Remove;
    assert_eq!(mapping_of_version(&gone), None);
    let mut elsewhere = tag.clone();
    elsewhere.place.document = 1;
    assert_ne!(mapping_of_version(&elsewhere), place(name));
}

#[test]
fn a_new_image_name_stays_if_no_version_moves_with_it() {
    let found = differences(
        "kustomization.yaml",
        "images: [{name: a, newName: new/a, newTag: '2'}, {name: b, newName: new/b}]\nhelmCharts: [{name: c, version: 2.0.0}]",
        "images: [{name: a, newName: old/a, newTag: '1'}, {name: b, newName: old/b}]\nhelmCharts: [{name: c, version: 1.0.0}]",
    );
    let fields: Vec<Field<Facts>> = found
        .into_iter()
        .map(|difference| Field {
            selector: difference.path.clone(),
            difference,
            facts: facts(VERSIONS, false, false),
        })
        .collect();
    let paths: Vec<&str> = fields.iter().map(|f| f.selector.as_str()).collect();
    let [name_a, tag_a, name_b, chart] = [0, 1, 2, 3];
    assert_eq!(
        paths,
        [
            "$.images[?@.name=='a'].newName",
            "$.images[?@.name=='a'].newTag",
            "$.images[?@.name=='b'].newName",
            "$.helmCharts[?@.name=='c'].version"
        ]
    );
    let by_template = || Verdict::promote(Reason::Template("any".to_owned()));
    let not_version = || Verdict::keep(Reason::NotVersion);
    let exact = || Verdict::promote(Reason::OnlyExact);
    for (of, given, expected) in [
        // The name of the image without a tag stays; everything else moves.
        (chart, by_template(), vec![(name_b, not_version())]),
        // The name of the other image stays with its tag.
        (
            tag_a,
            Verdict::keep(Reason::NotSelected),
            vec![(name_a, not_version()), (name_b, not_version())],
        ),
        // What an exact selector names moves alone.
        (name_b, exact(), vec![]),
        // The reason of a name that is kept anyway stays.
        (name_b, Verdict::keep(Reason::ExceptExact), vec![]),
    ] {
        let mut verdicts = vec![by_template(); fields.len()];
        verdicts[of] = given;
        let mut wanted = verdicts.clone();
        for (index, verdict) in expected {
            wanted[index] = verdict;
        }
        keep_names_without_version(&fields, &mut verdicts);
        assert_eq!(verdicts, wanted, "{}", fields[of].selector);
    }
}
