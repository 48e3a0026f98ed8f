//! Running a program for a bounded time, with bounded output, together with all that it starts.
//!
//! # Why
//!
//! Git starts programs of its own: `ssh`, helpers, hooks. Killing Git alone would
//! leave them behind, so a child gets a process group of its own and the whole
//! group is killed. A child that may ask somebody at the terminal stays in ours
//! and has no deadline: in another group, reading the terminal would stop it.
//! And some programs outlive Git with its pipes still open (an `ssh` that is
//! shared by later commands), so the end of Git counts, not that of its pipes.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// How much a program may print.
const MOST: usize = 64 << 20;

/// How often it is checked whether a program has ended.
const TICK: Duration = Duration::from_millis(50);

/// How long the pipes of a program that has ended are read on, where others still hold them.
const REST: Duration = Duration::from_secs(2);

/// What a program printed, and how it ended.
pub struct Ran {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Ran {
    /// Its standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// How a program is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// In a process group of its own, which is killed after so long a silence.
    Silence(Duration),
    /// In the terminal's process group and without a deadline: it may ask somebody.
    Terminal,
}

/// Runs a program with `input` to its end.
///
/// # Errors
/// When it cannot be started, is silent for too long ([`io::ErrorKind::TimedOut`]), or prints too much.
pub fn run(command: &mut Command, input: Vec<u8>, limit: Limit) -> io::Result<Ran> {
    let stdin = if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    let mut running = Running::start(command.stdin(stdin).stderr(Stdio::piped()), limit)?;
    if let Some(mut stdin) = running.child.stdin.take() {
        thread::spawn(move || {
            // A program that does not read its input has its reasons; its exit tells.
            let _ = stdin.write_all(&input);
        });
    }
    let (sender, pipes) = mpsc::channel();
    forward(running.child.stdout.take(), 0, &sender);
    forward(running.child.stderr.take(), 1, &sender);
    drop(sender);
    let mut printed = [Vec::new(), Vec::new()];
    let mut heard = Instant::now();
    let mut ended: Option<Instant> = None;
    loop {
        if ended.is_some_and(|ended: Instant| ended.elapsed() > REST) {
            break;
        }
        match pipes.recv_timeout(TICK) {
            Ok((pipe, bytes)) => {
                heard = Instant::now();
                if printed[pipe].len() + bytes.len() > MOST {
                    return Err(io::Error::other(format!(
                        "it printed more than {MOST} bytes"
                    )));
                }
                printed[pipe].extend(bytes);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => match ended {
                Some(_) => {}
                None if running.child.try_wait()?.is_some() => ended = Some(Instant::now()),
                None => running.check(heard)?,
            },
        }
    }
    let status = running.end(heard)?;
    let [stdout, stderr] = printed;
    Ok(Ran {
        status,
        stdout,
        stderr,
    })
}

/// Sends on what comes out of a pipe.
fn forward(
    pipe: Option<impl Read + Send + 'static>,
    number: usize,
    sender: &Sender<(usize, Vec<u8>)>,
) {
    let sender = sender.clone();
    let Some(mut pipe) = pipe else { return };
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        // What came until the pipe broke is all that there is.
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            if sender.send((number, buffer[..read].to_vec())).is_err() {
                break;
            }
        }
    });
}

/// A program that answers one question after the other.
pub struct Dialogue {
    running: Running,
    answers: Receiver<(usize, Vec<u8>)>,
    read: Vec<u8>,
}

impl Dialogue {
    /// Starts it.
    pub fn start(command: &mut Command, limit: Limit) -> io::Result<Self> {
        let mut running =
            Running::start(command.stdin(Stdio::piped()).stderr(Stdio::null()), limit)?;
        let (sender, answers) = mpsc::channel();
        forward(running.child.stdout.take(), 0, &sender);
        Ok(Self {
            running,
            answers,
            read: Vec::new(),
        })
    }

    /// Asks a question of one line; its answer is read by [`Dialogue::line`] and [`Dialogue::take`].
    pub fn ask(&mut self, question: &str) -> io::Result<()> {
        let stdin = self.running.child.stdin.as_mut();
        let stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(format!("{question}\n").as_bytes())?;
        stdin.flush()
    }

    /// The next line of the answer.
    pub fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line = self.take(end + 1)?;
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            self.more()?;
        }
    }

    /// So many bytes of the answer.
    pub fn take(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        while self.read.len() < bytes {
            self.more()?;
        }
        let rest = self.read.split_off(bytes);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    fn more(&mut self) -> io::Result<()> {
        let asked = Instant::now();
        loop {
            match self.answers.recv_timeout(TICK) {
                Ok((_, bytes)) => {
                    self.read.extend(bytes);
                    return Ok(());
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Err(RecvTimeoutError::Timeout) => self.running.check(asked)?,
            }
        }
    }
}

/// A program that is killed with its whole group unless it has ended.
struct Running {
    child: Child,
    limit: Limit,
}

impl Running {
    fn start(command: &mut Command, limit: Limit) -> io::Result<Self> {
        #[cfg(unix)]
        if limit != Limit::Terminal {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
        }
        let child = command.stdout(Stdio::piped()).spawn()?;
        Ok(Self { child, limit })
    }

    /// Kills it when it has been silent for too long.
    fn check(&mut self, heard: Instant) -> io::Result<()> {
        match self.limit {
            Limit::Silence(most) if heard.elapsed() > most => {
                self.kill();
                let text = format!("it was silent for {} s", most.as_secs_f32());
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
            _ => Ok(()),
        }
    }

    /// Waits for the end of a program that prints nothing any more.
    fn end(mut self, heard: Instant) -> io::Result<ExitStatus> {
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            self.check(heard)?;
            thread::sleep(pause);
            pause = TICK.min(pause * 2);
        }
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if self.limit != Limit::Terminal
            && let Ok(id) = i32::try_from(self.child.id())
            && let Some(group) = rustix::process::Pid::from_raw(id)
        {
            // Its last program may have ended just now.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.kill();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration) -> io::Result<Ran> {
        let mut command = Command::new("sh");
        run(
            command.args(["-c", script]),
            Vec::new(),
            Limit::Silence(limit),
        )
    }

    #[test]
    fn a_silent_program_is_killed_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("alive");
        let script = format!("(sleep 2; touch {}) & sleep 60", mark.display());
        let started = Instant::now();
        let ran = sh(&script, Duration::from_millis(100));
        assert_eq!(ran.err().map(|e| e.kind()), Some(io::ErrorKind::TimedOut));
        assert!(started.elapsed() < Duration::from_secs(2));
        thread::sleep(Duration::from_millis(2_500));
        assert!(!mark.exists(), "a grandchild lived on");
    }

    #[test]
    fn a_program_that_keeps_talking_is_not_silent() {
        let script = "for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.2; done";
        assert!(
            sh(script, Duration::from_millis(900))
                .unwrap()
                .status
                .success()
        );
    }

    #[test]
    fn what_outlives_a_program_with_its_pipes_is_not_waited_for() {
        let started = Instant::now();
        let ran = sh("sleep 30 & echo done", Duration::from_secs(20)).unwrap();
        assert_eq!(ran.text(), "done\n");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn input_and_both_outputs_go_through() {
        let mut command = Command::new("sh");
        let ran = run(
            command.args(["-c", "cat; echo no >&2; exit 3"]),
            b"yes".to_vec(),
            Limit::Silence(Duration::from_secs(20)),
        )
        .unwrap();
        assert_eq!(ran.status.code(), Some(3));
        assert_eq!((ran.text().as_str(), &*ran.stderr), ("yes", &b"no\n"[..]));
    }

    #[test]
    fn too_much_output_is_an_error() {
        assert!(sh("yes", Duration::from_secs(20)).is_err());
    }
}
