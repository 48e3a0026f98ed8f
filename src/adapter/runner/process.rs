//! Running a program, and whatever it starts, within limits of time and output.
//!
//! # Why
//!
//! A command is killed with all that it started, so it gets a process group of its own. When it has
//! exited, the rest of the group is killed too: the files that it works on are about to be deleted.
//! It may print without end, so only the last lines are kept.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use super::running;
use crate::plan::CommandEnd;
use crate::port::Observer;

/// How often to check whether the program has exited.
const TICK: Duration = Duration::from_millis(20);

/// How long to read the pipe of a program that has exited, if other programs still hold it.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// How many lines of the output are kept.
const KEPT_LINES: usize = 40;

/// How many bytes of a line are kept.
const KEPT_BYTES: usize = 500;

/// Runs a program without input until it exits or its time is up. Its standard output goes to
/// `document`, if there is one. Returns how it ended, and the last lines of its other output.
///
/// # Errors
/// When it cannot be started.
pub fn run(
    mut command: Command,
    document: Option<File>,
    time_limit: Duration,
    observer: &dyn Observer,
) -> io::Result<(CommandEnd, String)> {
    let deadline = Instant::now() + time_limit;
    // One pipe for both outputs keeps the order of their lines.
    let (output, input) = io::pipe()?;
    match document {
        Some(document) => command.stdout(document),
        None => command.stdout(input.try_clone()?),
    };
    command.stderr(input);
    let mut group = Group::start(&mut command)?;
    // The command has the pipe's other end.
    drop(command);
    let (sender, chunks) = mpsc::sync_channel(16);
    thread::spawn(move || forward(output, &sender));
    let mut line = Line::default();
    let mut kept = VecDeque::new();
    let mut keep = |line: String| {
        observer.output(&line);
        kept.push_back(line);
        if kept.len() > KEPT_LINES {
            kept.pop_front();
        }
    };
    let mut exited: Option<Instant> = None;
    let mut is_closed = false;
    let mut end = None;
    loop {
        if is_closed {
            thread::sleep(TICK);
        } else {
            match chunks.recv_timeout(TICK) {
                Ok(bytes) => line.add(&bytes, &mut keep),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => is_closed = true,
            }
        }
        if exited.is_none() && group.has_exited()? {
            exited = Some(Instant::now());
            group.kill();
        }
        let is_drained = |at: Instant| is_closed || at.elapsed() > DRAIN_TIME;
        if exited.is_some_and(is_drained) {
            break;
        }
        if exited.is_none() && Instant::now() >= deadline {
            end = Some(CommandEnd::TimedOut);
            break;
        }
    }
    let status = group.end()?;
    line.finish(&mut keep);
    let end = end.unwrap_or_else(|| end_of(status));
    Ok((end, Vec::from(kept).join("\n")))
}

/// Forwards what is read from a pipe; a broken one ends the output like a closed one.
fn forward(mut pipe: impl Read, sender: &SyncSender<Vec<u8>>) {
    let mut buffer = vec![0; 1 << 14];
    while let Ok(read @ 1..) = pipe.read(&mut buffer) {
        if sender.send(buffer[..read].to_vec()).is_err() {
            break;
        }
    }
}

/// The line that is being printed; its end is cut if it is too long.
#[derive(Default)]
struct Line {
    started: Vec<u8>,
}

impl Line {
    fn add(&mut self, bytes: &[u8], keep: &mut dyn FnMut(String)) {
        let mut parts = bytes.split(|byte| *byte == b'\n');
        self.extend(parts.next().unwrap_or_default());
        for part in parts {
            std::mem::take(self).end(keep);
            self.extend(part);
        }
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = (KEPT_BYTES + 1).saturating_sub(self.started.len());
        self.started.extend(&bytes[..bytes.len().min(room)]);
    }

    fn finish(self, keep: &mut dyn FnMut(String)) {
        if !self.started.is_empty() {
            self.end(keep);
        }
    }

    fn end(mut self, keep: &mut dyn FnMut(String)) {
        let is_cut = self.started.len() > KEPT_BYTES;
        self.started.truncate(KEPT_BYTES);
        let line = String::from_utf8_lossy(&self.started);
        let line = line.trim_end_matches('\r');
        keep(format!("{line}{}", if is_cut { "..." } else { "" }));
    }
}

fn end_of(status: ExitStatus) -> CommandEnd {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return CommandEnd::Signal(signal);
    }
    CommandEnd::Exited(status.code().unwrap_or(-1))
}

/// A running program with its process group, which is killed when this is dropped.
struct Group {
    child: Child,
    is_ended: bool,
}

impl Group {
    fn start(command: &mut Command) -> io::Result<Self> {
        let child = running::start(command.stdin(Stdio::null()))?;
        Ok(Self {
            child,
            is_ended: false,
        })
    }

    /// Whether the program has exited. Its id stays reserved, so that the group can still be killed.
    #[cfg(unix)]
    fn has_exited(&mut self) -> io::Result<bool> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let Some(id) = self.id() else {
            return Ok(true);
        };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(id), options)?.is_some())
    }

    #[cfg(not(unix))]
    fn has_exited(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    #[cfg(unix)]
    fn id(&self) -> Option<rustix::process::Pid> {
        let id = i32::try_from(self.child.id()).ok()?;
        rustix::process::Pid::from_raw(id)
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.id() {
            // It has ended if it cannot be killed.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
    }

    /// Kills it and waits for it.
    fn end(&mut self) -> io::Result<ExitStatus> {
        self.kill();
        running::forget(self.child.id());
        self.is_ended = true;
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // After a wait, the id may belong to another program.
        if !self.is_ended {
            let _ = self.end();
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::port::NoObserver;

    fn sh(script: &str, limit: Duration) -> (CommandEnd, String) {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, None, limit, &NoObserver).unwrap()
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_command_ends_by_itself_by_a_signal_or_by_its_time_limit() {
        for (script, end) in [
            ("exit 0", CommandEnd::Exited(0)),
            ("exit 3", CommandEnd::Exited(3)),
            ("exec >&- 2>&-; sleep 0.1; exit 4", CommandEnd::Exited(4)),
            ("kill -9 $$", CommandEnd::Signal(9)),
        ] {
            assert_eq!(sh(script, LONG).0, end, "{script}");
        }
        for script in ["sleep 60", "yes", "exec >&- 2>&-; sleep 60"] {
            let ended = sh(script, Duration::from_millis(200)).0;
            assert_eq!(ended, CommandEnd::TimedOut, "{script}");
        }
    }

    #[test]
    fn nothing_that_a_command_started_outlives_it() {
        let folder = tempfile::tempdir().unwrap();
        for (ending, limit) in [("sleep 60", Duration::from_millis(100)), ("exit 0", LONG)] {
            let mark = folder.path().join("alive");
            let script = format!("(sleep 1; touch {}) & {ending}", mark.display());
            let started = Instant::now();
            sh(&script, limit);
            assert!(started.elapsed() < Duration::from_secs(1), "{ending}");
            thread::sleep(Duration::from_millis(1_200));
            assert!(!mark.exists(), "{ending}");
        }
    }

    #[test]
    fn the_last_lines_of_both_outputs_are_kept_and_long_ones_are_cut() {
        let output = sh("echo out; echo err >&2; printf 'no end'", LONG).1;
        assert_eq!(output, "out\nerr\nno end");
        let output = sh("seq 1 100000", LONG).1;
        assert!(output.starts_with("99961\n") && output.ends_with("\n100000"));
        let output = sh("head -c 3000000 /dev/zero | tr '\\0' x", LONG).1;
        assert_eq!(output, format!("{}...", "x".repeat(KEPT_BYTES)));
    }
}
