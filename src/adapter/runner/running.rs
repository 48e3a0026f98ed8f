//! What a signal ends before it ends this program: running commands and temporary folders.
//!
//! # Why
//!
//! A command has a process group of its own, so Ctrl-C does not reach it, and a signal leaves no time to
//! drop anything. So groups and folders are recorded here, and a thread that waits for signals kills
//! and removes them. It keeps the lock until the end: nothing new can start meanwhile.
//!
//! Others wait for the end of a workflow that a release has recorded, for as long as it may take. So this
//! program goes on for a moment after such a workflow was killed, to record that.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
#[cfg(unix)]
use std::time::Duration;

use tempfile::TempDir;

/// Process groups by the id of their first process, and folders.
struct Running {
    groups: Vec<u32>,
    folders: Vec<PathBuf>,
    /// How many [`RecordedRun`]s there are.
    recorded_runs: usize,
    /// The signal that interrupted one of them, and will end this program.
    interrupted_by: Option<i32>,
}

static RUNNING: Mutex<Running> = Mutex::new(Running {
    groups: Vec::new(),
    folders: Vec::new(),
    recorded_runs: 0,
    interrupted_by: None,
});

/// How long it may take to record that a workflow was interrupted.
#[cfg(unix)]
const RECORDING_TIME: Duration = Duration::from_secs(10);

static ENDS_ON_SIGNALS: AtomicBool = AtomicBool::new(false);

/// Lets SIGINT, SIGTERM and SIGHUP end commands and remove their folders, and then this program. Not for
/// a server, which decides by itself what a signal does.
pub fn end_on_signals() {
    ENDS_ON_SIGNALS.store(true, Ordering::Relaxed);
}

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a command in a process group of its own; [`forget`] must be called before it is waited for.
pub(super) fn start(command: &mut Command) -> io::Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut running = running();
    if running.interrupted_by.is_some() {
        return Err(io::ErrorKind::Interrupted.into());
    }
    let child = command.spawn()?;
    running.groups.push(child.id());
    Ok(child)
}

/// Forgets a command that was killed or has exited.
pub(super) fn forget(group: u32) {
    running().groups.retain(|other| *other != group);
}

/// A run whose end will be recorded: a signal leaves the time for that.
pub(super) struct RecordedRun(());

impl RecordedRun {
    /// Until it is dropped, commands are parts of such a run.
    pub(super) fn begin() -> Self {
        running().recorded_runs += 1;
        Self(())
    }

    /// Whether a signal has killed its commands.
    pub(super) fn is_interrupted() -> bool {
        running().interrupted_by.is_some()
    }
}

impl Drop for RecordedRun {
    fn drop(&mut self) {
        running().recorded_runs -= 1;
    }
}

/// Ends this program by the signal that interrupted a recorded run; does nothing without one.
pub(super) fn end_interrupted() {
    #[cfg(unix)]
    {
        let running = running();
        if let Some(signal) = running.interrupted_by {
            end_by(signal, &running);
        }
    }
}

/// A temporary folder.
pub(super) struct Folder {
    // Removed first, then forgotten.
    folder: TempDir,
    _record: Record,
}

struct Record(PathBuf);

impl Folder {
    /// Creates it.
    pub(super) fn create() -> io::Result<Self> {
        static WATCH: Once = Once::new();
        if ENDS_ON_SIGNALS.load(Ordering::Relaxed) {
            WATCH.call_once(watch);
        }
        let mut running = running();
        let mut builder = tempfile::Builder::new();
        builder.prefix("git-promote-");
        // The repository may be readable by its owner only, and the temporary folder is everybody's.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir()?;
        let path = folder.path().to_owned();
        running.folders.push(path.clone());
        Ok(Self {
            folder,
            _record: Record(path),
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        running().folders.retain(|other| *other != self.0);
    }
}

#[cfg(not(unix))]
fn watch() {}

/// Starts the thread that waits for signals. Without it, signals only end this program.
#[cfg(unix)]
fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let signals = [SIGHUP, SIGINT, SIGTERM].into_iter();
    let signals = signals.filter(|signal| !is_ignored(*signal));
    let Ok(mut signals) = signal_hook::iterator::Signals::new(signals) else {
        return;
    };
    std::thread::spawn(move || {
        let mut signals = signals.forever();
        if let Some(signal) = signals.next() {
            // Held until the end, so that the command's end cannot end this program in another way first.
            let mut running = running();
            if running.recorded_runs == 0 {
                end_by(signal, &running);
            }
            end(&running);
            running.interrupted_by = Some(signal);
            drop(running);
            std::thread::spawn(|| {
                std::thread::sleep(RECORDING_TIME);
                end_interrupted();
            });
            // The second one ends it at once.
            signals.next();
            end_interrupted();
        }
    });
}

/// Ends commands and this program, as by the signal itself, so that a shell ends its script too.
#[cfg(unix)]
fn end_by(signal: i32, running: &Running) -> ! {
    end(running);
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    std::process::exit(128 + signal)
}

/// Whether this program was started with a signal ignored, as by `nohup`; only known on Linux.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Kills the groups and removes the folders.
#[cfg(unix)]
fn end(running: &Running) {
    use rustix::process::{Pid, Signal, kill_process_group};
    for group in &running.groups {
        if let Some(group) = i32::try_from(*group).ok().and_then(Pid::from_raw) {
            // It has ended if it cannot be killed.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
    for folder in &running.folders {
        // Files may still be written to it.
        for _ in 0..50 {
            match std::fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    std::thread::sleep(std::time::Duration::from_millis(10));
                }
                _ => break,
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_its_owner_may_read_the_folder() {
        let folder = Folder::create().unwrap();
        let mode = folder.path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
