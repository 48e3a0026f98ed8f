//! The invariants: what must hold at every moment of every schedule.

use super::world::{Place, World, index};
use crate::domain::{Action, CommitId, Concurrency, ProductStep};
use crate::release::{
    AttemptState, EventKind, Phase, PullRequestFact, Purpose, Release, ReleaseState, StepState,
    Transition,
};

/// How long a promotion may take.
const PROMOTING: i64 = 600;

/// Checks a transition before it is appended.
pub fn transition(world: &mut World, transition: &Transition) {
    let new = &transition.release;
    let old = world.releases.get(&new.number).cloned();
    if let Some(fault) = old.and_then(|old| fault(world, &old, new, transition.event.kind)) {
        world.violate(format!("{fault}: {}", transition.event.message(new, None)));
    }
}

fn fault(world: &World, old: &Release, new: &Release, kind: EventKind) -> Option<String> {
    if old.state.is_end() && kind != EventKind::Retried {
        return Some("a release that had ended changes".to_owned());
    }
    if old.state == ReleaseState::Terminating && new.state.is_active() && old.state != new.state {
        return Some("a release that is being terminated goes on".to_owned());
    }
    if new.attempts.len() < old.attempts.len() {
        return Some("an attempt is forgotten".to_owned());
    }
    if kind == EventKind::Started {
        return queue_fault(world, new);
    }
    let limit = world
        .flow
        .time_limit
        .map(|l| i64::try_from(l.as_secs()).unwrap());
    let end = old.started.zip(limit).map(|(start, limit)| start + limit);
    let begun = new
        .steps
        .iter()
        .filter_map(|step| step.promoting_until)
        .max();
    if kind == EventKind::Promoting && end.is_some_and(|end| begun >= Some(end + PROMOTING)) {
        return Some("a promotion begins after the time limit".to_owned());
    }
    if new.state == ReleaseState::Terminated {
        let mut requests = world.requests.iter();
        if requests.any(|((id, _), r)| *id == new.id && r.state == PullRequestFact::Open) {
            return Some("a pull request stays open".to_owned());
        }
    }
    let steps = old.steps.iter().zip(&new.steps);
    steps.filter(|(a, b)| a != b).find_map(|(before, after)| {
        let planned = planned(world, &after.environment)?;
        if before.state.is_done() {
            return Some("a step that was done changes".to_owned());
        }
        if !before.state.is_active() && after.state.is_active() && !is_ready(world, new, planned) {
            return Some("a step starts before what it depends on".to_owned());
        }
        if after.source.is_some() && after.source != pin(world, new, planned) {
            return Some("a step has another source than what was verified".to_owned());
        }
        if before.phase < Phase::PreAction && after.phase >= Phase::PreAction {
            let fault = gate_fault(world, old, planned, &planned.gates_before);
            if fault.is_some() && after.state.is_active() {
                return fault;
            }
        }
        if after.state == StepState::Skipped && has_landed(world, &new.id, &after.environment) {
            return Some("a promotion of its own counts as nothing".to_owned());
        }
        if after.state.is_done() {
            if after.state == StepState::Succeeded
                && planned.action != Action::None
                && !has_landed(world, &new.id, &after.environment)
            {
                return Some("a step succeeds without its promotion".to_owned());
            }
            return gate_fault(world, old, planned, &planned.gates_after);
        }
        None
    })
}

fn planned<'w>(world: &'w World, environment: &str) -> Option<&'w ProductStep> {
    let mut steps = world.flow.steps.iter();
    steps.find(|step| step.environment == environment)
}

/// The commit that passed the gates of a step's source.
fn pin(world: &World, release: &Release, planned: &ProductStep) -> Option<CommitId> {
    if planned.from == world.flow.trigger_environment {
        return Some(release.source);
    }
    let landed = release.step(&planned.from)?.landed.as_ref();
    landed.map(|landed| landed.commit)
}

fn is_ready(world: &World, release: &Release, planned: &ProductStep) -> bool {
    planned.depends_on.iter().all(|on| {
        *on == world.flow.trigger_environment
            || release.step(on).is_some_and(|step| step.state.is_done())
    })
}

fn gate_fault(
    world: &World,
    release: &Release,
    planned: &ProductStep,
    gates: &[String],
) -> Option<String> {
    let is_closed = |gate: &&String| !world.would_pass(release, &planned.environment, gate);
    let gate = gates.iter().find(is_closed)?;
    Some(format!("a step passes gate {gate}"))
}

fn has_landed(world: &World, id: &str, environment: &str) -> bool {
    let is_it = |(release, to): &Place| release == id && to == environment;
    let mut promotions = world.commits.iter().filter_map(|c| c.promotion.as_ref());
    promotions.any(is_it)
}

/// One active release at a time; those that were never started start in the order of their numbers.
fn queue_fault(world: &World, started: &Release) -> Option<String> {
    let mut others = world.releases.values().filter(|o| o.id != started.id);
    if others.clone().any(|other| other.state.is_active()) {
        return Some("two releases are active".to_owned());
    }
    let is_waiting = world.flow.concurrency != Concurrency::Replace;
    let is_before = |o: &Release| o.state == ReleaseState::Queued && o.number < started.number;
    let is_overtaken = is_waiting && others.any(|other| is_before(other));
    is_overtaken.then(|| "a release overtakes another one".to_owned())
}

/// Checks a promotion before it reaches the branch.
pub fn landing(world: &mut World, (id, environment): &Place, version: u64) {
    let Some(release) = world.releases.values().find(|r| r.id == *id).cloned() else {
        return;
    };
    let planned = planned(world, environment);
    let pinned = release.step(environment).and_then(|step| step.source);
    let wanted = pinned.zip(planned).and_then(|(commit, planned)| {
        let versions = &world.commits[index(commit)].versions;
        versions.get(&planned.from).copied()
    });
    let before_action = planned.and_then(|p| p.pre_action.as_ref());
    let has_succeeded = release.attempts.iter().any(|attempt| {
        attempt.purpose == Purpose::PreAction
            && attempt.environment.as_ref() == Some(environment)
            && (attempt.end.as_ref()).is_some_and(|end| end.state == AttemptState::Succeeded)
    });
    let what = if has_landed(world, id, environment) {
        "a promotion lands twice"
    } else if release.state == ReleaseState::Terminated {
        "a terminated release promotes"
    } else if wanted != Some(version) {
        "another version than that of the source is promoted"
    } else if before_action.is_some() && !has_succeeded {
        "a promotion lands without its pre-action"
    } else {
        return;
    };
    world.violate(format!("{what}: {id} to {environment}"));
}

/// Checks that a pull request may be opened.
pub fn opening(world: &mut World, id: &str) {
    let release = world.releases.values().find(|r| r.id == id);
    if release.is_some_and(|r| r.state == ReleaseState::Terminated) {
        world.violate(format!("a terminated release opens a pull request: {id}"));
    }
}

/// Checks a workflow before it starts.
pub fn start(world: &mut World, release: &Release, key: &str) {
    let Some(attempt) = release.attempt(key) else {
        return world.violate(format!("{key} starts without a record"));
    };
    let is_recorded =
        (world.releases.get(&release.number)).is_some_and(|r| r.attempt(key).is_some());
    let is_same = |other: &&crate::release::Attempt| {
        other.purpose == attempt.purpose && other.environment == attempt.environment
    };
    let others: Vec<&str> = (release.attempts.iter().filter(is_same))
        .map(|other| other.key.as_str())
        .collect();
    let mut runs = world.runs.iter();
    let rivals =
        |run: &&super::world::Run| run.release == release.id && others.contains(&run.key.as_str());
    let is_repeatable = world.flow.workflows[&attempt.workflow].is_repeatable;
    let in_round = |key: &str| {
        release
            .attempt(key)
            .is_some_and(|a| a.round == attempt.round)
    };
    let state = world.releases.get(&release.number).map(|r| r.state);
    let what = if !is_recorded {
        "a workflow starts before it is recorded"
    } else if state == Some(ReleaseState::Terminated) {
        "a terminated release starts a workflow"
    } else if runs.clone().filter(rivals).any(|run| run.end > world.now) {
        "two attempts overlap"
    } else if !is_repeatable && runs.any(|run| rivals(&run) && in_round(&run.key)) {
        "a workflow that is not repeatable runs twice"
    } else {
        return;
    };
    world.violate(format!("{what}: {key}"));
}
