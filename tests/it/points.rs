//! The points at which a run can be hit: every call of every process of it.
//!
//! # How
//!
//! The program starts Git, and Git starts parts of itself. Each of them is started by a script that
//! stands in its place, so that it has a name and a number: `push 1` is the first `git push`. A first
//! run records with `strace` which calls each process makes. After that one run for each call hits
//! this call of this process, and no other process. `strace` counts the calls of each thread on its
//! own; only those of the busiest thread of a process are points.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::world::World;

/// What a call gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blow {
    Kill,
    NoSpace,
    InputOutput,
}

impl Blow {
    fn words(self) -> &'static str {
        match self {
            Self::Kill => "signal=SIGKILL",
            Self::NoSpace => "error=ENOSPC",
            Self::InputOutput => "error=EIO",
        }
    }
}

/// One call of one process.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Point {
    /// `program`, or the part of Git and its number.
    pub process: String,
    /// The system call.
    pub call: String,
    /// Its number, from 1.
    pub nth: usize,
    /// Whether it writes to a pipe.
    pub is_pipe: bool,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            process, call, nth, ..
        } = self;
        write!(f, "{call} {nth} of `{process}`")
    }
}

/// The process that is not a part of Git.
pub const PROGRAM: &str = "program";

/// The programs that start others, or that write.
const PARTS: &[&str] = &[
    "git",
    "git-receive-pack",
    "git-remote-https",
    "git-upload-pack",
];

/// `strace` of a process with its threads, but without what it starts; it shows
/// which file each call is about.
const STRACE: &str = "strace -f -b execve -qq -y";

/// Processes that are started in a world.
pub struct Processes<'w> {
    world: &'w World,
}

impl<'w> Processes<'w> {
    /// Puts scripts in the place of Git and its parts.
    pub fn new(world: &'w World) -> Self {
        let here = Self { world };
        let real = PathBuf::from(world.git(&["--exec-path"]));
        fs::create_dir_all(world.path("parts")).unwrap();
        fs::create_dir_all(here.traces()).unwrap();
        for entry in fs::read_dir(&real).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let part = format!("parts/{name}");
            if PARTS.contains(&name.as_str()) {
                world.script(&part, &here.script(&real));
            } else {
                std::os::unix::fs::symlink(real.join(&name), world.path(&part)).unwrap();
            }
        }
        here
    }

    fn traces(&self) -> PathBuf {
        self.world.path("traces")
    }

    /// What stands in the place of a part of Git.
    fn script(&self, real: &Path) -> String {
        let (real, world) = (real.display(), self.world.path("").display().to_string());
        format!(
            r#"world='{world}'
part=${{0##*/}}
name=$part
if [ "$part" = git ]; then
    is_value=
    for word; do
        if [ "$is_value" ]; then is_value=; continue; fi
        case $word in
            -c | -C) is_value=1 ;;
            -*) ;;
            *) name=$word; break ;;
        esac
    done
fi
# Held until this process and all that it starts have ended.
exec 9>>"$world/running"
flock -s 9
echo "$name" >>"$world/started"
key="$name $(grep -cx -e "$name" "$world/started")"
. "$world/hit"
case $process in
    all | "$key") exec {STRACE} -o "$world/traces/$key" -e "trace=$calls" $inject '{real}'/"$part" "$@" ;;
esac
exec '{real}'/"$part" "$@""#
        )
    }

    /// Before a run that records these calls.
    pub fn record(&self, calls: &[&str]) {
        self.prepare("all", &calls.join(","), "");
    }

    /// Before a run in which a point gets a blow.
    pub fn hit(&self, point: &Point, blow: Blow) {
        let Point {
            process, call, nth, ..
        } = point;
        let inject = format!("-e inject={call}:{}:when={nth}", blow.words());
        self.prepare(process, call, &inject);
    }

    fn prepare(&self, process: &str, calls: &str, inject: &str) {
        let _ = fs::remove_file(self.world.path("started"));
        for trace in fs::read_dir(self.traces()).unwrap() {
            fs::remove_file(trace.unwrap().path()).unwrap();
        }
        let text = format!("process='{process}'\ncalls='{calls}'\ninject='{inject}'\n");
        fs::write(self.world.path("hit"), text).unwrap();
    }

    /// The words before the program's own, for the run that was prepared.
    pub fn prefix(&self) -> Vec<String> {
        let hit = fs::read_to_string(self.world.path("hit")).unwrap();
        let value = |name: &str| {
            let line = hit.lines().find_map(|l| l.strip_prefix(name));
            line.unwrap().trim_matches('\'').to_owned()
        };
        if !["all", PROGRAM].contains(&value("process=").as_str()) {
            return Vec::new();
        }
        let mut words: Vec<String> = STRACE.split(' ').map(str::to_owned).collect();
        let trace = self.traces().join(PROGRAM).display().to_string();
        words.extend(["-o".to_owned(), trace, "-e".to_owned()]);
        words.push(format!("trace={}", value("calls=")));
        words.extend(value("inject=").split_whitespace().map(str::to_owned));
        words
    }

    /// A command that runs a program, for the run that was prepared.
    pub fn command(&self, program: &str) -> Command {
        let mut words = self.prefix();
        words.push(program.to_owned());
        let mut command = self.world.command(&words[0]);
        command.args(&words[1..]);
        self.lead_to_scripts(&mut command);
        command
    }

    /// Lets a command find the scripts instead of Git.
    pub fn lead_to_scripts(&self, command: &mut Command) {
        let parts = self.world.path("parts").display().to_string();
        let path = std::env::var("PATH").unwrap();
        command
            .env("PATH", format!("{parts}:{path}"))
            .env("GIT_EXEC_PATH", &parts);
    }

    /// Waits until nothing of a run is left that could still write.
    pub fn wait(&self) {
        let running = self.world.path("running");
        let mut command = self.world.command("flock");
        let ended = command.args(["-w", "20", "-x"]).arg(&running).arg("true");
        assert!(ended.status().unwrap().success(), "a process does not end");
    }

    /// The lines of the trace of a process.
    fn trace(&self, process: &str) -> String {
        let trace = fs::read(self.traces().join(process)).unwrap_or_default();
        String::from_utf8_lossy(&trace).into_owned()
    }

    /// The points of the run that was recorded.
    pub fn points(&self) -> Vec<Point> {
        let mut points = Vec::new();
        let traces = fs::read_dir(self.traces()).unwrap();
        for process in traces.map(|t| t.unwrap().file_name().into_string().unwrap()) {
            let trace = self.trace(&process);
            let mut threads: BTreeMap<(&str, &str), Vec<bool>> = BTreeMap::new();
            for (thread, call, is_pipe) in trace.lines().filter_map(started_call) {
                threads.entry((call, thread)).or_default().push(is_pipe);
            }
            let mut busiest: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
            for ((call, _), calls) in threads {
                let most = busiest.entry(call).or_default();
                if calls.len() > most.len() {
                    *most = calls;
                }
            }
            for (call, calls) in busiest {
                points.extend(calls.into_iter().enumerate().map(|(at, is_pipe)| Point {
                    process: process.clone(),
                    call: call.to_owned(),
                    nth: at + 1,
                    is_pipe,
                }));
            }
        }
        points.sort();
        points
    }

    /// Whether the point was reached, and got its blow.
    pub fn was_dealt(&self, point: &Point) -> bool {
        let trace = self.trace(&point.process);
        trace.contains("(INJECTED)") || trace.contains("killed by SIGKILL")
    }

    /// Whether an event of a thread got the blow: it wakes another thread by a write of the number 1,
    /// which is no disk and no network; if that failed, as it does on no system, they would wait for
    /// ever.
    pub fn was_event(&self, point: &Point) -> bool {
        let event = "\"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) ";
        let trace = self.trace(&point.process);
        let mut lines = trace.lines();
        lines.any(|line| line.contains(event) && line.contains("(INJECTED)"))
    }
}

/// All lock files below a folder.
pub fn locks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(locks(&entry.path()));
        } else if entry.path().extension().is_some_and(|e| e == "lock") {
            found.push(entry.path());
        }
    }
    found
}

/// The thread and the call of a line in which a call begins, and whether it is about a pipe.
fn started_call(line: &str) -> Option<(&str, &str, bool)> {
    let (thread, rest) = line.split_once(' ')?;
    let (call, rest) = rest.trim_start().split_once('(')?;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_call = !call.is_empty() && call.chars().all(is_name);
    let first = rest.split(',').next().unwrap_or_default();
    is_call.then_some((thread, call, first.contains("<pipe:")))
}

#[test]
fn calls_are_found_in_a_trace() {
    for (line, found) in [
        (
            "12 write(1</a/b>, \"a(b\", 3) = 3",
            Some(("12", "write", false)),
        ),
        (
            "12 write(1<pipe:[7]>, \"a\", 1) = 1",
            Some(("12", "write", true)),
        ),
        ("12 <... write resumed>) = 3", None),
        ("12 +++ killed by SIGKILL +++", None),
    ] {
        assert_eq!(started_call(line), found, "{line}");
    }
}
