//! Policies: which promotions they match, and that no two of them tie.

use super::file::{File, PolicyEntry, PullRequestEntry};
use super::guards;
use super::names::{Names, check_named};
use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::pointer::Pointer;
use super::uses::Uses;
use super::verify;
use super::words::quoted;
use crate::domain::{ConfigPlace, Environment, Policy, PolicyMatch, PullRequestSettings};

/// Reads the policies, in the order of the file.
pub(super) fn read<'f>(
    file: &'f File,
    environments: &[Environment],
    at: &Pointer,
    uses: &mut Uses<'f>,
    notes: &mut Notes,
) -> Vec<Policy> {
    let mut names = Names::default();
    let mut policies: Vec<Policy> = Vec::new();
    for (i, entry) in file.policies.iter().enumerate() {
        let at = at.index(i);
        names.add("policy", &entry.name, &at.key("name"), notes);
        let matches = &entry.r#match;
        let chosen = (&matches.products, &matches.environments);
        check_named(file, chosen, environments, &at.key("match"), notes);
        check_names(&entry.pull_request, &at.key("pullRequest"), notes);
        let policy = policy(entry, &at, uses, notes);
        let tie = policies.iter().find_map(|other| {
            let setting = tie(other, &policy, environments)?;
            Some((other, setting))
        });
        if let Some((other, setting)) = tie {
            let message = format!(
                "policies {} and {} both set `{setting}` with priority {} and can match the same promotion",
                quoted(&other.name),
                quoted(&policy.name),
                policy.priority
            );
            let note = Note::at(at.key("priority"), message);
            notes.fault(
                note.hint("give one of them a different `priority`; the lowest number wins"),
            );
        }
        policies.push(policy);
    }
    policies
}

fn policy<'f>(
    entry: &'f PolicyEntry,
    at: &Pointer,
    uses: &mut Uses<'f>,
    notes: &mut Notes,
) -> Policy {
    let names = |list: &Option<OneOrMany<String>>| -> Vec<String> {
        let list = list.iter().flat_map(|list| list.each(&Pointer::root()));
        list.map(|(_, name)| name.clone()).collect()
    };
    let matches = &entry.r#match;
    let kinds = matches.kinds.iter();
    let kinds = kinds.flat_map(|list| list.each(&Pointer::root()));
    let allow = entry.allow.as_ref().map(|list| {
        let words = list.each(&Pointer::root()).into_iter();
        words.map(|(_, word)| word).collect()
    });
    let (pre, post) = (entry.pre_action.as_ref(), entry.post_action.as_ref());
    Policy {
        name: entry.name.clone(),
        place: ConfigPlace::default(),
        priority: entry.priority,
        matches: PolicyMatch {
            kinds: kinds.map(|(_, kind)| (*kind).into()).collect(),
            environments: names(&matches.environments),
            products: names(&matches.products),
        },
        action: entry.action.map(Into::into),
        pull_request: pull_request(&entry.pull_request),
        guards: guards::read(&entry.guards, allow),
        verify: verify::read(entry, at, notes),
        checks: uses.checks(pre, post, &entry.gates, at),
    }
}

fn pull_request(entry: &PullRequestEntry) -> PullRequestSettings {
    let names = |list: &Option<OneOrMany<String>>| {
        let list = list.as_ref()?.each(&Pointer::root());
        Some(list.into_iter().map(|(_, name)| name.clone()).collect())
    };
    PullRequestSettings {
        draft: entry.draft,
        labels: names(&entry.labels),
        reviewers: names(&entry.reviewers),
        teams: names(&entry.teams),
        assignees: names(&entry.assignees),
        auto_merge: entry.auto_merge.map(Into::into),
    }
}

/// Notes names that no forge accepts; otherwise they would only fail after the branch is pushed.
fn check_names(entry: &PullRequestEntry, at: &Pointer, notes: &mut Notes) {
    let lists = [
        ("labels", &entry.labels),
        ("reviewers", &entry.reviewers),
        ("teams", &entry.teams),
        ("assignees", &entry.assignees),
    ];
    for (key, list) in lists {
        for (at, name) in list.iter().flat_map(|list| list.each(&at.key(key))) {
            let is_label = key == "labels";
            if name.trim().is_empty() {
                notes.fault(Note::at(at, format!("a name in `{key}` is empty")));
            } else if !is_label && name.contains(|c: char| c.is_whitespace() || "/@<>".contains(c))
            {
                let message = format!("{} is not the name of a person or team", quoted(name));
                let hint =
                    "list people under `reviewers`, and teams by their short names under `teams`";
                notes.fault(Note::at(at, message).hint(hint));
            }
        }
    }
}

/// A setting that two policies of equal priority set for the same promotion.
fn tie(a: &Policy, b: &Policy, environments: &[Environment]) -> Option<String> {
    let names = |p: &Policy| -> Vec<String> {
        let action = p.action.iter().map(|_| "action".to_owned());
        let pull_request = p.pull_request.names().into_iter().map(str::to_owned);
        let checks = p.guards.names().into_iter().chain(p.verify.names());
        let around = p.checks.names().into_iter().map(str::to_owned);
        let settings = action.chain(pull_request).chain(checks);
        settings.chain(around).collect()
    };
    let others = names(b);
    let both = names(a).into_iter().find(|name| others.contains(name))?;
    (a.priority == b.priority && overlap(&a.matches, &b.matches, environments)).then_some(both)
}

fn overlap(a: &PolicyMatch, b: &PolicyMatch, environments: &[Environment]) -> bool {
    let canonical = |name: &String| {
        let known = environments.iter().find(|e| e.has_name(name));
        known.map_or_else(|| name.clone(), |e| e.name.clone())
    };
    let places = |m: &PolicyMatch| m.environments.iter().map(canonical).collect::<Vec<_>>();
    let (Some(kinds), Some(places), Some(_)) = (
        common(&a.kinds, &b.kinds),
        common(&places(a), &places(b)),
        common(&a.products, &b.products),
    ) else {
        return false;
    };
    let of_kind = |name: &String| {
        let kind = environments.iter().find(|e| e.name == *name);
        // An environment without a kind can match any.
        kind.and_then(|e| e.kind)
            .is_none_or(|kind| kinds.contains(&kind))
    };
    kinds.is_empty() || places.is_empty() || places.iter().any(of_kind)
}

/// The intersection of two lists, where an empty list allows everything; `None` if nothing is left.
fn common<T: PartialEq + Clone>(a: &[T], b: &[T]) -> Option<Vec<T>> {
    match (a, b) {
        ([], other) | (other, []) => Some(other.to_vec()),
        _ => {
            let both: Vec<T> = a.iter().filter(|x| b.contains(x)).cloned().collect();
            (!both.is_empty()).then_some(both)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EnvironmentKind;

    #[test]
    fn an_empty_list_allows_all() {
        let none: [EnvironmentKind; 0] = [];
        let one = [EnvironmentKind::Production];
        assert_eq!(common(&none, &one), Some(one.to_vec()));
        assert_eq!(common(&one, &[EnvironmentKind::NonProduction]), None);
    }
}
