//! What people do in the simulation.

use std::sync::Arc;

use super::broken::Broken;
use super::world::{Place, World};
use crate::release::{
    Configuration, NewRelease, Proof, PullRequestFact, Refusal, Release, ReleaseState, Step,
    StepState, Transition, approve, create, retry, terminate,
};

/// Starts a release from the tip of the branch.
pub fn start(world: &mut World) {
    let source = world.branch_tip();
    let new = NewRelease {
        configuration: Configuration::Commit(source),
        applications: Vec::new(),
        branch: None,
        manual: None,
        source,
        trigger: None,
        by: "ada".to_owned(),
        acted_by: None,
        now: world.now,
    };
    let created = create(new, &world.flow, &world.others(0));
    append(world, created.map(Some));
}

/// Does something at random; in each schedule people do one thing more often than others.
pub fn do_anything(world: &mut World) {
    let anything = world.random.below(10);
    let habit = world.habit;
    match if world.random.chance(50) {
        habit
    } else {
        anything
    } {
        0 if world.releases.len() < 5 => start(world),
        1 => {
            let version = world.commits.len() as u64 + 10;
            let trigger = world.flow.trigger_environment.clone();
            world.push(&trigger, version, None);
        }
        2 => {
            let steps = world.flow.steps.clone();
            if let Some(step) = world.random.one_of(&steps) {
                let version = world.commits.len() as u64 + 1_000;
                world.push(&step.environment, version, None);
            }
        }
        3 => close_one(world),
        4 => merge_one(world),
        6 => approve_one(world),
        5 if world.random.chance(50) => {
            if let Some(release) = any(world, |release| release.state.is_active()) {
                append(world, terminate(&release, "ada", world.now));
            }
        }
        7 => {
            if let Some(release) = any(world, |r| r.state == ReleaseState::Queued) {
                append(world, terminate(&release, "ada", world.now));
            }
        }
        9 => {
            let is_promoting = |step: &Step| step.promoting_until.is_some();
            if let Some(release) = any(world, |release| {
                release.state.is_active() && release.steps.iter().any(is_promoting)
            }) {
                append(world, terminate(&release, "ada", world.now));
            }
        }
        8 => {
            if let Some(release) = any(world, |r| r.state == ReleaseState::Failed) {
                retry_one(world, &release);
            }
        }
        _ => {}
    }
}

/// Merges every pull request, approves every step, and retries what has failed once.
pub fn do_what_is_waited_for(world: &mut World) {
    let open = open_requests(world);
    for place in open {
        merge(world, &place);
    }
    let releases: Vec<Arc<Release>> = world.releases.values().cloned().collect();
    for release in releases.iter().filter(|r| !r.state.is_end()) {
        let approved = approve(release, None, ("ada", Proof::Forge), world.now);
        append(world, approved);
    }
    let has_failed = |r: &&Arc<Release>| r.state == ReleaseState::Failed && r.round == 1;
    for release in releases.iter().filter(has_failed) {
        retry_one(world, release);
    }
}

fn retry_one(world: &mut World, release: &Release) {
    let mut retried = retry(release, "ada");
    if let (true, Ok(retried)) = (world.is_broken(Broken::RetriesEverything), &mut retried) {
        for step in &mut retried.release.steps {
            step.state = StepState::Pending;
        }
    }
    append(world, retried.map(Some));
}

fn approve_one(world: &mut World) {
    let Some(release) = any(world, |release| !release.state.is_end()) else {
        return;
    };
    let step = world.random.one_of(&release.steps);
    let environment = step.map(|step| step.environment);
    let by = ("ada", Proof::Forge);
    let approved = approve(&release, environment.as_deref(), by, world.now);
    append(world, approved);
}

fn merge_one(world: &mut World) {
    let open = open_requests(world);
    if let Some(place) = world.random.one_of(&open) {
        merge(world, &place);
    }
}

fn close_one(world: &mut World) {
    let open = open_requests(world);
    if let Some(place) = world.random.one_of(&open)
        && let Some(request) = world.requests.get_mut(&place)
    {
        request.state = PullRequestFact::Closed;
    }
}

fn merge(world: &mut World, place: &Place) {
    if let Some(request) = world.requests.get_mut(place) {
        request.state = PullRequestFact::Merged;
        let version = request.version;
        world.push(&place.1, version, Some(place.clone()));
    }
}

fn open_requests(world: &World) -> Vec<Place> {
    let open = (world.requests.iter()).filter(|(_, r)| r.state == PullRequestFact::Open);
    open.map(|(place, _)| place.clone()).collect()
}

/// Any release for which a claim holds.
fn any(world: &mut World, claim: impl Fn(&Release) -> bool) -> Option<Arc<Release>> {
    let releases = world.releases.values().filter(|release| claim(release));
    let releases: Vec<Arc<Release>> = releases.cloned().collect();
    world.random.one_of(&releases)
}

/// Appends what a person does; they see the tip.
fn append(world: &mut World, made: Result<Option<Transition>, Refusal>) {
    if let Ok(Some(transition)) = made {
        world.append(world.tip, &transition);
    }
}
