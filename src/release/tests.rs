//! Promises about records and transitions.

use std::collections::BTreeMap;

use super::*;
use crate::domain::{Action, CommitId, Concurrency, Hooks, ProductFlow, ProductStep};
use crate::port::GateState;

fn commit(digit: char) -> CommitId {
    CommitId(digit.to_string().repeat(40).parse().unwrap())
}

fn step(environment: &str, from: &str, action: Action) -> ProductStep {
    ProductStep {
        environment: environment.to_owned(),
        depends_on: vec![from.to_owned()],
        from: from.to_owned(),
        action,
        pre_action: None,
        post_action: None,
        source_gates: Vec::new(),
        gates_before: Vec::new(),
        gates_after: Vec::new(),
        hooks: Hooks::default(),
    }
}

/// Staging to `eu` by commit, from there to `us` by pull request, with a gate after each.
fn flow() -> ProductFlow {
    let mut steps = vec![
        step("eu", "staging", Action::Commit),
        step("us", "eu", Action::PullRequest),
    ];
    for step in &mut steps {
        step.gates_after = vec!["healthy".to_owned()];
    }
    ProductFlow {
        product: "loans".to_owned(),
        applications: Vec::new(),
        name: "to-production".to_owned(),
        trigger_environment: "staging".to_owned(),
        steps,
        hooks: Hooks::default(),
        time_limit: None,
        concurrency: Concurrency::Queue,
        workflows: BTreeMap::new(),
        gates: BTreeMap::new(),
    }
}

fn created(concurrency: Concurrency, others: &[Other]) -> Result<Transition, Refusal> {
    let new = NewRelease {
        configuration: Configuration::Commit(commit('1')),
        applications: Vec::new(),
        branch: None,
        manual: None,
        source: commit('a'),
        trigger: None,
        by: "Ada <ada@example.com>".to_owned(),
        acted_by: None,
        now: 1_795_957_384,
    };
    let flow = ProductFlow {
        concurrency,
        ..flow()
    };
    create(new, &flow, others)
}

/// Runs a release in a world where everything that is waited for has happened by the second look;
/// returns the message of each transition.
fn run(mut facts: impl FnMut(&str, &mut StepFacts)) -> (Release, Vec<String>) {
    let first = created(Concurrency::Queue, &[]).unwrap();
    let mut messages = vec![first.event.message(&first.release, None)];
    let (flow, mut release) = (flow(), first.release);
    for look in 0..50 {
        let mut known = Facts::default();
        let mut answer = |environment: &str, known: &mut Facts| {
            let step = known.steps.entry(environment.to_owned()).or_default();
            facts(environment, step);
            let until = release.step(environment).and_then(|s| s.promoting_until);
            if let (Some(tried), Some(until)) = (&mut step.tried, until) {
                tried.until = until;
            }
        };
        let mut next = Next::Ended;
        for _ in 0..9 {
            next = advance(&release, &flow, &known, release.created + look);
            if !matches!(next, Next::Ask(_) | Next::Do(_)) {
                break;
            }
            for step in &release.steps {
                answer(&step.environment, &mut known);
            }
        }
        match next {
            Next::Record(transition) => {
                messages.push(transition.event.message(&transition.release, None));
                release = transition.release;
            }
            _ => break,
        }
    }
    (release, messages)
}

fn titles(messages: &[String]) -> String {
    let titles: Vec<&str> = messages.iter().filter_map(|m| m.lines().next()).collect();
    titles.join("\n")
}

#[test]
fn every_transition_is_a_sentence() {
    let (release, messages) = run(|environment, facts| {
        facts.landed = Some(Some(commit(if environment == "eu" { 'b' } else { 'c' })));
        let healthy = ("healthy".to_owned(), GateState::Passed);
        facts.gates.extend([healthy]);
    });
    assert_eq!(release.state, ReleaseState::Succeeded);
    insta::assert_snapshot!(titles(&messages), @"
    loans-1: is queued: flow to-production from staging at aaaaaaa
    loans-1: starts
    loans-1: promotes to eu
    loans-1: eu has the promotion, in bbbbbbb
    loans-1: eu is done
    loans-1: promotes to us
    loans-1: us has the promotion, in ccccccc
    loans-1: us is done
    loans-1: has succeeded
    ");
    insta::assert_snapshot!(messages[3], @"
    loans-1: eu has the promotion, in bbbbbbb

    Release-Id: loans-1
    Release-State: running
    Release-Event: landed
    Release-Step: eu
    ");
}

#[test]
fn each_step_promotes_what_its_source_was_verified_at() {
    let (release, _) = run(|environment, facts| {
        facts.landed = Some(Some(commit(if environment == "eu" { 'b' } else { 'c' })));
        facts.gates.insert("healthy".to_owned(), GateState::Passed);
    });
    let sources: Vec<_> = release.steps.iter().map(|step| step.source).collect();
    assert_eq!(sources, [Some(commit('a')), Some(commit('b'))]);
}

#[test]
fn a_failed_gate_stops_what_depends_on_it() {
    let (release, messages) = run(|_, facts| {
        facts.landed = Some(Some(commit('b')));
        let why = "2 of 3 replicas".to_owned();
        facts
            .gates
            .insert("healthy".to_owned(), GateState::Failed { why });
    });
    insta::assert_snapshot!(titles(&messages), @"
    loans-1: is queued: flow to-production from staging at aaaaaaa
    loans-1: starts
    loans-1: promotes to eu
    loans-1: eu has the promotion, in bbbbbbb
    loans-1: eu failed at the gates after its action
    loans-1: has failed in eu
    ");
    let failed: Vec<_> = release
        .failed_steps()
        .map(|s| s.reason.as_deref())
        .collect();
    assert_eq!(failed, [Some("gate `healthy`: 2 of 3 replicas")]);
    assert_eq!(release.steps[1].state, StepState::Pending);
    let retried = retry(&release, "Ada").unwrap().release;
    assert_eq!(retried.steps[0].phase, Phase::GatesAfter);
    assert_eq!(retried.steps[0].landed, release.steps[0].landed);
}

#[test]
fn a_closed_pull_request_fails_its_step() {
    let (release, _) = run(|environment, facts| {
        facts.landed = Some((environment == "eu").then(|| commit('b')));
        facts.pull_request = Some(PullRequestFact::Closed);
        facts.gates.insert("healthy".to_owned(), GateState::Passed);
        facts.tried = Some(Tried {
            until: 0,
            outcome: Outcome::Proposed(PullRequest {
                branch: "promote/eu-to-us/release-loans-1".to_owned(),
                number: Some(12),
                url: Some("https://forge.example/12".to_owned()),
            }),
        });
    });
    assert_eq!(release.state, ReleaseState::Failed);
    let reasons: Vec<_> = release
        .failed_steps()
        .map(|s| s.reason.as_deref())
        .collect();
    assert_eq!(
        reasons,
        [Some("https://forge.example/12 was closed without merging")]
    );
}

#[test]
fn only_a_product_that_rejects_has_no_second_release() {
    let other = |state| Other {
        id: "loans-1".to_owned(),
        number: 1,
        queue: "to-production".to_owned(),
        state,
    };
    for (concurrency, state, expected) in [
        (Concurrency::Queue, ReleaseState::Running, true),
        (Concurrency::Replace, ReleaseState::Running, true),
        (Concurrency::Reject, ReleaseState::Queued, false),
        (Concurrency::Reject, ReleaseState::Suspended, false),
        (Concurrency::Reject, ReleaseState::Failed, true),
    ] {
        let made = created(concurrency, &[other(state)]);
        assert_eq!(made.is_ok(), expected, "{concurrency:?} {state:?}");
        if let Ok(made) = made {
            assert_eq!(made.release.id, "loans-2");
        }
    }
}

#[test]
fn people_may_do_what_the_state_allows() {
    let queued = created(Concurrency::Queue, &[]).unwrap().release;
    assert!(matches!(
        retry(&queued, "Ada"),
        Err(Refusal::NotFailed { .. })
    ));
    let by = ("Ada", Proof::Name);
    let unknown = approve(&queued, Some("asia"), by, 0).unwrap_err();
    assert_eq!(unknown.to_string(), "loans-1 has no step for `asia`");
    let approved = approve(&queued, Some("eu"), by, 0).unwrap().unwrap();
    assert!(
        approve(&approved.release, Some("eu"), by, 9)
            .unwrap()
            .is_none()
    );
    let ended = terminate(&queued, "Ada", 0).unwrap().unwrap().release;
    assert_eq!(ended.state, ReleaseState::Terminated);
    let refused = terminate(&ended, "Ada", 0).unwrap_err();
    assert_eq!(refused.to_string(), "loans-1 has ended: it is terminated");
}

#[test]
fn what_was_written_is_read() {
    let (release, _) = run(|_, facts| {
        facts.landed = Some(Some(commit('b')));
        facts.gates.insert("healthy".to_owned(), GateState::Passed);
    });
    assert_eq!(release.path(), "2026/11/loans-1.json");
    let read = Release::parse(release.text().as_bytes(), "x.json").unwrap();
    assert_eq!(read, release);
}

#[test]
fn a_record_of_a_newer_version_is_an_error() {
    let text = created(Concurrency::Queue, &[]).unwrap().release.text();
    let error = |text: String| {
        Release::parse(text.as_bytes(), "x.json")
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(text.replace("release/v1", "release/v2")),
        "`x.json` has the format `git-promote/release/v2`, which this version of git-promote cannot read"
    );
    assert_eq!(
        error(text.replacen("\"number\"", "\"novel\": 1, \"number\"", 1)),
        "`x.json` is not a release that this version of git-promote can read"
    );
}
