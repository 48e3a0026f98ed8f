//! A worker: the interpreter of the rules, in steps between which it can crash.

use std::collections::VecDeque;
use std::sync::Arc;

use super::broken::{Broken, advance_with};
use super::world::World;
use crate::release::{AttemptFact, Effect, Facts, Next, Release, Transition, Tried};

/// How much time must be left for a promotion that a worker begins.
const ENOUGH: i64 = 60;

/// A worker.
#[derive(Default)]
pub struct Worker {
    doing: Doing,
    /// Until when it does nothing, such as a laptop whose lid is closed.
    pub sleeps_until: i64,
}

/// What a worker is doing.
#[derive(Default)]
enum Doing {
    #[default]
    Nothing,
    Looking(Look),
    Recording(Look, Box<Transition>),
    Acting(Look, VecDeque<Effect>),
    /// A workflow runs, which it waits for.
    Running(Look, VecDeque<Effect>, usize),
}

/// One look at a release.
struct Look {
    tip: usize,
    release: Arc<Release>,
    facts: Facts,
    now: i64,
}

impl Worker {
    /// Whether it is about to carry out an effect.
    pub fn is_acting(&self) -> bool {
        matches!(&self.doing, Doing::Acting(_, effects) if !effects.is_empty())
    }

    /// Forgets everything.
    pub fn crash(&mut self) {
        self.doing = Doing::Nothing;
    }

    /// Does the next thing.
    pub fn step(&mut self, world: &mut World) {
        self.doing = match std::mem::take(&mut self.doing) {
            Doing::Nothing => {
                let open: Vec<u64> = (world.releases.values())
                    .filter(|release| !release.state.is_end())
                    .map(|release| release.number)
                    .collect();
                match world.random.one_of(&open) {
                    Some(number) => Doing::Looking(look(world, number, Facts::default())),
                    None => Doing::Nothing,
                }
            }
            Doing::Looking(look) => Self::decide(world, look),
            Doing::Recording(look, transition) => record(world, look, transition),
            Doing::Acting(look, effects) => act(world, look, effects),
            Doing::Running(mut found, effects, run) => {
                if world.runs[run].end > world.now {
                    Doing::Running(found, effects, run)
                } else {
                    let fact = AttemptFact::Ended(world.runs[run].result.clone());
                    let key = world.runs[run].key.clone();
                    found.facts.attempts.insert(key, fact);
                    act(world, found, effects)
                }
            }
        };
    }

    fn decide(world: &mut World, mut look: Look) -> Doing {
        let next = advance_with(
            world.broken,
            &look.release,
            &world.flow,
            &look.facts,
            look.now,
        );
        match next {
            Next::Ask(questions) => {
                for question in &questions {
                    world.answer(&look.release, question, &mut look.facts);
                }
                Doing::Looking(look)
            }
            Next::Record(transition) if world.is_broken(Broken::ActsBeforeItRecords) => {
                let effects = transition.effects.clone().into();
                look.release = Arc::new(transition.release.clone());
                act(world, look_copy(&look), effects);
                Doing::Recording(look, transition)
            }
            Next::Record(transition) => Doing::Recording(look, transition),
            Next::Do(effects) => Doing::Acting(look, effects.into()),
            Next::Wait(_) | Next::Ended => Doing::Nothing,
        }
    }
}

fn look_copy(look: &Look) -> Look {
    Look {
        tip: look.tip,
        release: Arc::clone(&look.release),
        facts: Facts::default(),
        now: look.now,
    }
}

/// Looks at a release, with the outcomes of the worker's own effects.
fn look(world: &World, number: u64, mut facts: Facts) -> Look {
    let others = world.others(number);
    facts.others = match world.broken {
        Some(Broken::IgnoresTheQueue) => Vec::new(),
        Some(Broken::JumpsTheQueue) => {
            let active = others
                .into_iter()
                .filter(|o| o.state.is_active() || o.number > number);
            active.collect()
        }
        _ => others,
    };
    Look {
        tip: world.tip,
        release: Arc::clone(&world.releases[&number]),
        facts,
        now: world.now,
    }
}

fn record(world: &mut World, look: Look, transition: Box<Transition>) -> Doing {
    if !world.append(look.tip, &transition) {
        return Doing::Nothing;
    }
    // The answer gets lost: it cannot know that the transition is its own.
    if !world.is_calm && world.random.chance(3) {
        return Doing::Nothing;
    }
    let effects = if world.is_broken(Broken::ActsBeforeItRecords) {
        VecDeque::new()
    } else {
        transition.effects.clone().into()
    };
    let release = Arc::new(transition.release);
    Doing::Acting(Look { release, ..look }, effects)
}

/// Carries out the next effect; looks again when none is left.
fn act(world: &mut World, mut found: Look, mut effects: VecDeque<Effect>) -> Doing {
    let Some(effect) = effects.pop_front() else {
        let mut own = Facts {
            attempts: found.facts.attempts,
            ..Facts::default()
        };
        own.attempts
            .retain(|_, fact| matches!(fact, AttemptFact::Ended(_)));
        for (environment, facts) in found.facts.steps {
            own.steps.entry(environment).or_default().tried = facts.tried;
        }
        return Doing::Looking(look(world, found.release.number, own));
    };
    let times = if !world.is_calm && world.random.chance(3) {
        2
    } else {
        1
    };
    let is_lost = !world.is_calm && world.random.chance(3);
    match effect {
        Effect::StartWorkflow { key } => {
            let until = found.release.attempt(&key).map_or(0, |a| a.until);
            let is_late = world.now >= until && !world.is_broken(Broken::StartsAfterItsLease);
            if is_late {
                return Doing::Nothing;
            }
            let left = (until - world.now).max(200);
            let left = if world.is_broken(Broken::StartsAfterItsLease) {
                left
            } else {
                until - world.now
            };
            let run = world.start(&found.release, &key, left);
            let is_ci = (found.release.attempt(&key)).is_some_and(|a| a.workflow == "ci");
            if is_ci || is_lost {
                return act(world, found, effects);
            }
            Doing::Running(found, effects, run)
        }
        Effect::Promote { environment, until } => {
            let is_late = world.now + ENOUGH >= until;
            if is_late && !world.is_broken(Broken::PromotesAfterItsTime) {
                return Doing::Nothing;
            }
            for _ in 0..times {
                let Some(outcome) = world.promote(&found.release, &environment) else {
                    return Doing::Nothing;
                };
                let facts = found.facts.steps.entry(environment.clone()).or_default();
                facts.tried = Some(Tried { until, outcome });
            }
            if is_lost {
                return Doing::Nothing;
            }
            Doing::Acting(found, effects)
        }
        Effect::ClosePullRequest { environment } => {
            world.close(&found.release, &environment);
            Doing::Acting(found, effects)
        }
    }
}
