//! Medians of interleaved runs, and peak memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::World;

/// How often each side is run after a first time that does not count.
const RUNS: usize = 15;

/// The times of two sides that were run in turns.
#[derive(Default)]
pub struct Turns(Vec<(Duration, Duration)>);

impl Turns {
    /// How many turns are to be taken; the first does not count.
    pub const NEEDED: usize = RUNS + 1;

    /// Notes one turn of each side.
    pub fn add(&mut self, a: Duration, b: Duration) {
        self.0.push((a, b));
    }

    /// The medians of all turns but the first, which warmed the caches.
    pub fn medians(&self) -> (Duration, Duration) {
        let counted = &self.0[1..];
        (
            median(counted.iter().map(|t| t.0).collect()),
            median(counted.iter().map(|t| t.1).collect()),
        )
    }
}

/// Runs both in turns (A B A B) and returns the medians.
pub fn interleaved(mut a: impl FnMut(), mut b: impl FnMut()) -> (Duration, Duration) {
    let mut turns = Turns::default();
    for _ in 0..Turns::NEEDED {
        turns.add(timed(&mut a), timed(&mut b));
    }
    turns.medians()
}

/// The median time of something, after a first time that does not count.
pub fn alone(mut work: impl FnMut()) -> Duration {
    work();
    median((0..RUNS).map(|_| timed(&mut work)).collect())
}

/// How long something takes.
pub fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Runs a program with its output to a file; it must succeed.
pub fn run(world: &World, command: &mut Command) {
    let out = std::fs::File::create(world.path("out")).expect("the world can be written");
    let done = command.stdout(out).stderr(Stdio::piped()).spawn();
    let done = done
        .and_then(std::process::Child::wait_with_output)
        .expect("it can be run");
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?} failed: {stderr}");
}

/// A program's peak memory in bytes, with how it was measured.
///
/// GNU `time` reports what the kernel counted until the program's end. Without it the kernel's
/// high-water mark is read until the program is gone; that mark never falls, so only growth in
/// the last half millisecond can be missed.
pub fn peak(world: &World, command: &Command) -> (u64, &'static str) {
    let gnu_time = "/usr/bin/time";
    let dir = command
        .get_current_dir()
        .expect("each command has its folder");
    let report = world.path("peak");
    let mut timed = world.command(gnu_time, dir);
    timed
        .args(["-f", "%M", "-o"])
        .arg(&report)
        .arg(command.get_program())
        .args(command.get_args());
    if std::path::Path::new(gnu_time).exists() {
        run(world, &mut timed);
        let text = std::fs::read_to_string(report).unwrap_or_default();
        if let Ok(kib) = text.trim().parse::<u64>() {
            return (kib * 1024, "GNU time");
        }
    }
    let out = std::fs::File::create(world.path("out")).expect("the world can be written");
    let mut again = world.command(command.get_program(), dir);
    let mut child = again
        .args(command.get_args())
        .stdout(out)
        .spawn()
        .expect("it can be run");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("it was started").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = kib.and_then(|kib| kib.trim().trim_end_matches("kB").trim().parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(Duration::from_micros(500));
    }
    (peak * 1024, "/proc")
}
