//! Thousands of random schedules of workers, people and failures, and what must hold in all of them.

mod broken;
mod check;
mod flows;
mod people;
mod random;
mod worker;
mod world;

use broken::{ALL, Broken};
use worker::Worker;
use world::World;

/// How many schedules every test run tries.
const SCHEDULES: u64 = 10_000;

/// Within how many of them a broken rule must be found.
const FOUND_WITHIN: u64 = 1_000;

/// How many steps of workers a schedule has before it becomes calm.
const STORM: usize = 150;

/// How many it may need afterwards.
const CALM: usize = 10_000;

/// Runs a schedule; returns the violation, if there is one.
fn run(seed: u64, broken: Option<Broken>) -> Option<String> {
    let mut world = World::new(seed, broken);
    let mut workers: [Worker; 3] = Default::default();
    people::start(&mut world);
    for _ in 0..STORM {
        storm(&mut world, &mut workers);
        if world.violation.is_some() {
            return world.violation;
        }
    }
    world.is_calm = true;
    for round in 0..CALM {
        let worker = &mut workers[round % 3];
        worker.step(&mut world);
        if world.violation.is_some() {
            return world.violation;
        }
        if world
            .releases
            .values()
            .all(|release| release.state.is_end())
        {
            return None;
        }
        if world.random.chance(5) {
            people::do_what_is_waited_for(&mut world);
            world.now += 400;
        }
    }
    let open = world.releases.values().find(|r| !r.state.is_end());
    open.map(|release| format!("it never ends:\n{}", release.text()))
}

/// A step of the part of a schedule in which everything can happen.
fn storm(world: &mut World, workers: &mut [Worker; 3]) {
    let index = usize::try_from(world.random.below(3)).unwrap();
    let worker = &mut workers[index];
    if world.random.chance(2) {
        worker.crash();
    }
    let sleepiness = if worker.is_acting() { 20 } else { 3 };
    if world.random.chance(sleepiness) {
        worker.sleeps_until = world.now + i64::try_from(world.random.below(3_000)).unwrap();
    }
    if world.now >= worker.sleeps_until {
        worker.step(world);
    }
    if world.random.chance(10) {
        people::do_anything(world);
    }
    let pause = match world.random.below(100) {
        0..80 => world.random.below(3),
        80..97 => world.random.below(120),
        _ => world.random.below(900),
    };
    world.now += i64::try_from(pause).unwrap();
}

/// The first violation among these schedules, with its seed.
fn first_violation(seeds: std::ops::Range<u64>, broken: Option<Broken>) -> Option<(u64, String)> {
    seeds
        .into_iter()
        .find_map(|seed| run(seed, broken).map(|violation| (seed, violation)))
}

#[test]
fn the_rules_hold_in_every_schedule() {
    let halves = [0..SCHEDULES / 2, SCHEDULES / 2..SCHEDULES];
    let violations: Vec<(u64, String)> = std::thread::scope(|scope| {
        let threads = halves.map(|seeds| scope.spawn(|| first_violation(seeds, None)));
        let found = threads.into_iter().map(|thread| thread.join().unwrap());
        found.flatten().collect()
    });
    println!("{SCHEDULES} schedules, {} violations", violations.len());
    for (seed, violation) in &violations {
        println!("seed {seed}: {violation}");
    }
    assert!(violations.is_empty());
}

#[test]
fn every_broken_rule_is_found() {
    let mut hidden = Vec::new();
    for rule in ALL {
        match first_violation(0..FOUND_WITHIN, Some(rule)) {
            Some((seed, violation)) => {
                let what = violation.lines().next().unwrap_or_default();
                println!("{rule:?}: schedule {}: {what}", seed + 1);
            }
            None => hidden.push(rule),
        }
    }
    assert!(hidden.is_empty(), "not found: {hidden:?}");
}
