//! Moves what changed in the source since the last promotion.
//!
//! # Why
//!
//! The source at the last promotion is the base of a three-way merge. A version often comes with other
//! changes, such as a new argument that it needs: what the same commit of the source changed moves with
//! it, in every mode and in both directions. In the mode `changes`, all that changed in the source moves if
//! no version differs; if one does, the rest belongs to other changes of the source, which people move on
//! their own. It still stays when no version differs any more, until the source changes it again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::facts::Facts;
use crate::document::{Difference, Value, version_of};
use crate::domain::{Op, Reason, Relation, Verdict};
use crate::engine::compare::{Field, keys_of};
use crate::engine::request::TakenSide;

/// Promotes the differences that changed in the source, by the rules of the file's mode; `created` are
/// the files that are promoted as a whole.
pub(super) fn follow(
    fields: &[Field<Facts>],
    verdicts: &mut [Verdict],
    created: &HashSet<String>,
    taken: impl Fn(&Field<Facts>) -> Option<TakenSide>,
) {
    for (field, verdict) in fields.iter().zip(&mut *verdicts) {
        if let Some(decided) = version_since_record(field, verdict, &taken) {
            *verdict = decided;
        }
    }
    let moving: BTreeSet<usize> = fields
        .iter()
        .zip(&*verdicts)
        .filter(|(field, verdict)| is_version(field) && verdict.is_promote())
        .filter_map(|(field, _)| field.facts.past.as_ref())
        .flat_map(|past| past.commits.iter().copied())
        .collect();
    let is_only_name = |f: &Field<Facts>| f.difference.relation == Relation::EnvironmentName;
    let has_version = fields.iter().any(|f| is_version(f) && !is_only_name(f));
    let incomplete = incomplete(fields, created);
    let unclear = unclear(fields);
    for (field, verdict) in fields.iter().zip(verdicts) {
        let Some(past) = &field.facts.past else {
            continue;
        };
        let is_open = matches!(
            verdict.reason,
            Reason::NotVersion | Reason::SourceOnly | Reason::TargetOnly
        );
        if !is_open {
            continue;
        }
        let modes = field.facts.modes;
        let comes_with_version = !past.commits.is_disjoint(&moving);
        let can_come = modes.changes || comes_by_default(field, past.goes_back);
        let Some(base) = past.base else { continue };
        let promoted = match changed_in(field) {
            ChangedIn::Source if unclear.contains(&name(field)) => continue,
            ChangedIn::Source if comes_with_version && can_come => Reason::CameWithVersion,
            ChangedIn::Source if modes.changes && !has_version && !past.stays_behind => {
                Reason::ChangedInSource
            }
            ChangedIn::Target if modes.changes => {
                *verdict = Verdict::keep(Reason::ChangedInTarget);
                continue;
            }
            // Nothing shows that the target changed it since.
            ChangedIn::Both if modes.changes && base.is_different => {
                *verdict = Verdict::keep(Reason::EnvironmentName);
                continue;
            }
            ChangedIn::Both if modes.changes && adds_own_value(field) && taken(field).is_none() => {
                *verdict = Verdict::keep(Reason::EnvironmentName);
                continue;
            }
            ChangedIn::Both if modes.changes => {
                *verdict = of_conflict(field, base.is_recorded, &taken);
                continue;
            }
            _ => continue,
        };
        let needs = || {
            past.commits
                .iter()
                .find_map(|commit| incomplete.get(commit))
        };
        *verdict = match needs().filter(|_| field.difference.op == Op::Add) {
            Some(file) => Verdict::keep(Reason::NeedsFile((*file).to_owned())),
            None => Verdict::promote(promoted),
        };
    }
}

/// The verdict on a version of which a promotion is recorded, if the target has changed it since: in the
/// mode `changes` it stays then, and if the source has changed it too, it is a conflict.
fn version_since_record(
    field: &Field<Facts>,
    verdict: &Verdict,
    taken: &impl Fn(&Field<Facts>) -> Option<TakenSide>,
) -> Option<Verdict> {
    let difference = &field.difference;
    let base = field.facts.past.as_ref()?.base?;
    let is_moved = is_version(field) && matches!(verdict.reason, Reason::Template(_));
    if !(is_moved && field.facts.modes.changes && base.is_recorded && !base.is_different) {
        return None;
    }
    let version = |value: &Value| match (difference.version, value) {
        (Some(field), Value::Scalar { text, .. }) => Some(version_of(field, text).to_owned()),
        _ => None,
    };
    let base = version(difference.base.as_ref()?)?;
    let [before, after] = [&difference.before, &difference.after].map(|v| version(v.as_ref()?));
    if before.as_ref() == Some(&base) {
        return None;
    }
    if after.as_ref() == Some(&base) {
        return Some(Verdict::keep(Reason::ChangedInTarget));
    }
    Some(of_conflict(field, true, taken))
}

/// The verdict on a place that both sides changed.
fn of_conflict(
    field: &Field<Facts>,
    is_conflict: bool,
    taken: &impl Fn(&Field<Facts>) -> Option<TakenSide>,
) -> Verdict {
    match taken(field) {
        Some(TakenSide::Source) => Verdict::promote(Reason::Taken),
        Some(TakenSide::Target) => Verdict::keep(Reason::Taken),
        None => Verdict::keep(Reason::ChangedInBoth { is_conflict }),
    }
}

/// Whether both sides added a place that usually differs between environments.
fn adds_own_value(field: &Field<Facts>) -> bool {
    let difference = &field.difference;
    let is_added = difference.op == Op::Set && difference.base.is_none();
    let Facts {
        names_environment,
        target_names_environment,
        ..
    } = field.facts;
    let is_own_variable = || variable(&difference.path).is_some_and(is_own_key);
    is_added
        && (names_environment
            || target_names_environment
            || is_own(difference)
            || is_own_variable())
}

/// The name of the environment variable whose value is at a path.
fn variable(path: &str) -> Option<&str> {
    let item = path.strip_suffix("'].value")?;
    let (_, name) = item.rsplit_once("env[?@.name=='")?;
    Some(name)
}

/// Whether it can come with a version in the mode `versions`: no removals, no new versions, and nothing
/// that belongs to an environment. Going back, an addition is undone by a removal.
fn comes_by_default(field: &Field<Facts>, goes_back: bool) -> bool {
    let difference = &field.difference;
    let has_version =
        difference.op != Op::Set && (difference.version.is_some() || difference.contains_version);
    let names_environment = match difference.op {
        Op::Remove => field.facts.target_names_environment,
        Op::Add | Op::Set => field.facts.names_environment,
    };
    let can_be_removed = goes_back || difference.op != Op::Remove;
    can_be_removed && !has_version && !names_environment && !is_own(difference)
}

/// Whether a key on the way to a difference, or in what it adds or removes, is one of an environment's own
/// settings.
fn is_own(difference: &Difference) -> bool {
    fn has_own_key(value: &Value) -> bool {
        match value {
            Value::Mapping(entries) => entries
                .iter()
                .any(|(key, value)| is_own_key(key) || has_own_key(value)),
            Value::Sequence(items) => items.iter().any(has_own_key),
            Value::Tagged(_, value) => has_own_key(value),
            Value::Scalar { .. } | Value::Alias(_) => false,
        }
    }
    let value = match difference.op {
        Op::Remove => &difference.before,
        Op::Add | Op::Set => &difference.after,
    };
    difference.keys.iter().any(|key| is_own_key(key)) || value.as_ref().is_some_and(has_own_key)
}

/// Whether a key's value usually differs between environments: their size, their addresses and secrets.
fn is_own_key(key: &str) -> bool {
    const PARTS: [&str; 13] = [
        "replica",
        "limits",
        "requests",
        "cpu",
        "memory",
        "host",
        "domain",
        "url",
        "password",
        "secret",
        "token",
        "credential",
        "namespace",
    ];
    let key = key.to_ascii_lowercase();
    PARTS.iter().any(|part| key.contains(part))
}

/// The source's commits that added a reference to a file which the target will lack, each with the file.
fn incomplete<'f>(
    fields: &'f [Field<Facts>],
    created: &HashSet<String>,
) -> BTreeMap<usize, &'f str> {
    let mut found = BTreeMap::new();
    for past in fields.iter().filter_map(|field| field.facts.past.as_ref()) {
        let is_created = |path: &str| {
            let folder = format!("{path}/");
            created.contains(path) || created.iter().any(|file| file.starts_with(&folder))
        };
        let mut files = past.missing_files.iter().map(String::as_str);
        if let Some(file) = files.find(|file| !is_created(file)) {
            found.extend(past.commits.iter().map(|commit| (*commit, file)));
        }
    }
    found
}

/// The document and the keys of a place, without the blocks of a template and the numbers of equal keys.
fn name(field: &Field<Facts>) -> (&str, String) {
    let difference = &field.difference;
    let keys = keys_of(&difference.path);
    let keys = keys.split('/').map(|key| match key.rsplit_once('~') {
        Some((name, number)) if number.parse::<usize>().is_ok() => name,
        _ => key,
    });
    let keys: Vec<&str> = keys.collect();
    (&difference.document.text, keys.join("/"))
}

/// The places that a file has several times, of which not all changed in the source.
///
/// # Why
///
/// Without one of them, another one would take its place, so nothing shows which one is meant.
fn unclear(fields: &[Field<Facts>]) -> HashSet<(&str, String)> {
    let mut counts: HashMap<(&str, String), [usize; 2]> = HashMap::new();
    for field in fields {
        let [all, changed] = counts.entry(name(field)).or_default();
        *all += 1;
        *changed += usize::from(matches!(changed_in(field), ChangedIn::Source));
    }
    let unclear = counts
        .into_iter()
        .filter(|(_, [all, changed])| changed < all && *all > 1);
    unclear.map(|(name, _)| name).collect()
}

/// Whether one version becomes another.
fn is_version(field: &Field<Facts>) -> bool {
    field.difference.version.is_some() && field.difference.op == Op::Set
}

/// Which side changed a place since the base.
enum ChangedIn {
    Source,
    Target,
    Both,
    /// It cannot be determined.
    Neither,
}

fn changed_in(field: &Field<Facts>) -> ChangedIn {
    match (field.difference.op, field.difference.relation) {
        (Op::Set | Op::Remove, Relation::Behind) | (Op::Add, Relation::SourceOnly) => {
            ChangedIn::Source
        }
        // Versions have an order of their own.
        (_, Relation::Diverged) if field.difference.version.is_none() => ChangedIn::Both,
        (_, Relation::Unknown | Relation::EnvironmentName | Relation::Diverged) => {
            ChangedIn::Neither
        }
        _ => ChangedIn::Target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_environment_are_recognised_by_their_keys() {
        for (path, expected) in [
            ("$.env[?@.name=='DATABASE_URL'].value", Some(true)),
            (
                "$.spec.containers[?@.name=='url'].env[?@.name=='LEVEL'].value",
                Some(false),
            ),
            ("$.containers[?@.name=='url'].value", None),
            ("$.env[?@.name=='DATABASE_URL'].valueFrom", None),
        ] {
            assert_eq!(variable(path).map(is_own_key), expected, "{path}");
        }
    }
}
