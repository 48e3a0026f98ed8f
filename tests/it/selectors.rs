//! Every selector that is printed selects exactly its own difference.
//!
//! # How
//!
//! A case may have a thousand selectors, and one promotion for each would take minutes. `--only`
//! selects what any of its selectors selects. So each is given back in groups: for each binary digit
//! of its number, with those that have the same digit. If every group selects exactly its own
//! differences, then so does each selector, since of any two there is a group with only one of them.

use std::collections::BTreeSet;
use std::thread;

use git_promote::domain::{Reason, Relation};
use git_promote::engine::{Request, prepare};
use git_promote::plan::PlannedDifference;

use crate::corpus::{Case, fixtures, manifests, replay};
use crate::memory::Memory;

/// What was found in some cases.
#[derive(Default)]
struct Found {
    printed: usize,
    groups: usize,
    faults: Vec<String>,
}

impl Found {
    fn and(mut self, other: Self) -> Self {
        self.printed += other.printed;
        self.groups += other.groups;
        self.faults.extend(other.faults);
        self
    }
}

/// The groups of so many selectors, as the numbers of those in it.
fn groups(count: usize) -> Vec<Vec<usize>> {
    let digits = usize::BITS - count.saturating_sub(1).leading_zeros();
    let group = |digit: u32, value: usize| -> Vec<usize> {
        (0..count).filter(|n| n >> digit & 1 == value).collect()
    };
    match count {
        0 => Vec::new(),
        1 => vec![vec![0]],
        _ => (0..digits)
            .flat_map(|digit| [group(digit, 0), group(digit, 1)])
            .collect(),
    }
}

/// Gives back all selectors of a case.
fn check(case: &Case) -> Found {
    let mut found = Found::default();
    // The settings' own message may need a version, which not every difference is.
    let mut request = case.request();
    request.message.title = Some("Promote".to_owned());
    request.message.body = Some("All of it.".to_owned());
    // A repository without the environments, or with faulty settings, prints no selectors.
    let Ok(plan) = case.plan(&request) else {
        return found;
    };
    // What only differs in the environment's name may have nothing to write.
    let is_real = |d: &&PlannedDifference| d.relation != Relation::EnvironmentName;
    let differences = plan.differences().filter(is_real);
    let selectors: Vec<String> = differences.map(|d| d.selector.clone()).collect();
    let unique: BTreeSet<&String> = selectors.iter().collect();
    if unique.len() != selectors.len() {
        found
            .faults
            .push(format!("{}: the same selector twice", case.name));
    }
    found.printed = selectors.len();
    for group in groups(selectors.len()) {
        found.groups += 1;
        let only: Vec<String> = group.into_iter().map(|n| selectors[n].clone()).collect();
        let request = Request {
            only: only.clone(),
            ..request.clone()
        };
        let promoted: Vec<String> = match case.plan(&request) {
            // A file that cannot be edited so leaves out its application, and says why.
            Ok(plan) if plan.chosen_faults().next().is_some() => only.clone(),
            Ok(plan) => {
                // An aliased value is promoted with its anchor, or is a conflict without it.
                let selected = plan.differences().filter(|d| {
                    let follows = matches!(d.verdict.reason, Reason::FollowsAnchor(_));
                    d.verdict.is_promote() && !follows || d.is_conflict()
                });
                selected.map(|d| d.selector.clone()).collect()
            }
            Err(error) => vec![error.to_string()],
        };
        if promoted != only {
            let fault = format!("{}: {only:#?} selects {promoted:#?}", case.name);
            found.faults.push(fault);
        }
    }
    found
}

#[test]
fn groups_tell_any_two_apart() {
    for count in 0..40 {
        let groups = groups(count);
        for a in 0..count {
            assert!(groups.iter().any(|group| group.contains(&a)));
            for b in (0..count).filter(|b| *b != a) {
                let is_apart = |group: &Vec<usize>| group.contains(&a) && !group.contains(&b);
                assert!(groups.iter().any(is_apart), "{a} and {b} of {count}");
            }
        }
    }
}

#[test]
fn every_selector_that_is_printed_selects_exactly_its_own_difference() {
    let cases: Vec<Case> = [fixtures(), manifests(), replay()]
        .into_iter()
        .flatten()
        .collect();
    let found = thread::scope(|scope| {
        // Neighbours are alike, so that each thread gets every other one.
        let running = [0, 1].map(|first| {
            let own = cases.iter().skip(first).step_by(2);
            scope.spawn(move || own.map(check).fold(Found::default(), Found::and))
        });
        let found = running.map(|half| half.join().unwrap());
        found.into_iter().fold(Found::default(), Found::and)
    });
    println!(
        "selectors: {} repositories, {} printed, all given back in {} groups, {} wrong",
        cases.len(),
        found.printed,
        found.groups,
        found.faults.len()
    );
    assert!(found.printed > 0);
    assert!(found.faults.is_empty(), "{}", found.faults.join("\n"));
}

#[test]
fn an_equal_file_is_read_once_for_all_selectors() {
    const MANY: usize = 100;
    let values: String = (0..MANY).fold(String::new(), |all, i| all + &format!("k{i}: 1\n"));
    let files = [
        "apps/web/staging/values.yaml",
        "apps/web/production/values.yaml",
    ];
    let memory = Memory::new(files.map(|path| (path, values.as_bytes())));
    let mut request = Request::between("staging", "production");
    request.only = (0..MANY).map(|i| format!("{}:$.k{i}", files[1])).collect();
    let ports = memory.ports();
    let prepared = prepare(&ports, &request);
    let prepared = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(prepared)
        .unwrap();
    assert_eq!(prepared.plan.changed_files().count(), 0);
    assert!(memory.reads() < 10, "{} reads", memory.reads());
}
