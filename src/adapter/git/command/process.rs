//! Running a program, and whatever it starts, within limits of time and output.
//!
//! # Why
//!
//! Git starts `ssh`, helpers and hooks. They would survive if only Git were killed,
//! so each child gets its own process group, and the whole group is killed. A child
//! that may prompt at the terminal stays in our group and has no deadline: in another
//! group, reading from the terminal would suspend it. Some programs outlive Git and
//! keep its pipes open, such as an `ssh` that later commands share, so we wait for
//! Git to exit and not for its pipes to close.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How many bytes a program may print.
const MAX_OUTPUT: usize = 64 << 20;

/// How often to check whether a program has exited.
const TICK: Duration = Duration::from_millis(50);

/// After how many pieces [`forward_many`] pauses after each, and for how long.
const MANY: usize = 16;
const PAUSE: Duration = Duration::from_millis(1);

/// How long to keep reading the pipes of a program that has exited, if other programs hold them.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// What a program printed, and its exit status.
pub struct Output {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Output {
    /// The standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// How long a program may run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Until it prints nothing for this long; it runs in its own process group.
    Silence(Duration),
    /// Forever: it may prompt at the terminal, whose process group it runs in.
    Terminal,
}

/// Runs a program with `input` until it exits.
///
/// # Errors
/// When it cannot be started, is silent for too long ([`io::ErrorKind::TimedOut`]) or prints too much.
pub fn run(command: &mut Command, input: Vec<u8>, limit: Limit) -> io::Result<Output> {
    let stdin = stdin_for(&input);
    let mut running = Running::start(command.stdin(stdin).stderr(Stdio::piped()), limit)?;
    running.write(input);
    let (sender, pipes) = mpsc::channel();
    for (number, pipe) in [
        boxed(running.child.stdout.take()),
        boxed(running.child.stderr.take()),
    ]
    .into_iter()
    .enumerate()
    {
        let sender = sender.clone();
        forward(pipe, move |bytes| sender.send((number, bytes)).is_ok());
    }
    drop(sender);
    let mut printed = [Vec::new(), Vec::new()];
    let mut last_output = Instant::now();
    let mut ended: Option<Instant> = None;
    loop {
        if ended.is_some_and(|ended: Instant| ended.elapsed() > DRAIN_TIME) {
            break;
        }
        match pipes.recv_timeout(TICK) {
            Ok((pipe, bytes)) => {
                last_output = Instant::now();
                if printed[pipe].len() + bytes.len() > MAX_OUTPUT {
                    return Err(io::Error::other(format!(
                        "it printed more than {MAX_OUTPUT} bytes"
                    )));
                }
                printed[pipe].extend(bytes);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => match ended {
                Some(_) => {}
                None if running.child.try_wait()?.is_some() => ended = Some(Instant::now()),
                None => running.check(last_output)?,
            },
        }
    }
    let status = running.wait(last_output)?;
    let [stdout, stderr] = printed;
    Ok(Output {
        status,
        stdout,
        stderr,
    })
}

/// What a program with this input reads from.
pub(super) fn stdin_for(input: &[u8]) -> Stdio {
    if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    }
}

/// A pipe of a program.
pub(super) type Pipe = Box<dyn Read + Send>;

pub(super) fn boxed(pipe: Option<impl Read + Send + 'static>) -> Option<Pipe> {
    pipe.map(|pipe| Box::new(pipe) as Pipe)
}

/// Passes what is read from a pipe to `send`, until that returns false.
pub(super) fn forward(pipe: Option<Pipe>, send: impl Fn(Vec<u8>) -> bool + Send + 'static) {
    forward_with(pipe, Duration::ZERO, send);
}

/// Like [`forward`], but a program that prints many pieces is given time to print more at once. Git prints large
/// answers in tens of thousands of pieces, and each would wake two threads.
pub(super) fn forward_many(pipe: Option<Pipe>, send: impl Fn(Vec<u8>) -> bool + Send + 'static) {
    forward_with(pipe, PAUSE, send);
}

fn forward_with(
    pipe: Option<Pipe>,
    pause: Duration,
    send: impl Fn(Vec<u8>) -> bool + Send + 'static,
) {
    let Some(mut pipe) = pipe else { return };
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        let mut pieces = 0;
        // A broken pipe ends the output like a closed one.
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            if !send(buffer[..read].to_vec()) {
                break;
            }
            if read < buffer.len() {
                pieces += 1;
                if pieces > MANY && !pause.is_zero() {
                    thread::sleep(pause);
                }
            }
        }
    });
}

/// A program that answers one request after the other.
pub struct BatchProcess {
    running: Running,
    answers: Receiver<Vec<u8>>,
    buffer: Vec<u8>,
}

impl BatchProcess {
    /// Starts the program.
    pub fn start(command: &mut Command, limit: Limit) -> io::Result<Self> {
        let mut running =
            Running::start(command.stdin(Stdio::piped()).stderr(Stdio::null()), limit)?;
        let (sender, answers) = mpsc::channel();
        let stdout = boxed(running.child.stdout.take());
        forward(stdout, move |bytes| sender.send(bytes).is_ok());
        Ok(Self {
            running,
            answers,
            buffer: Vec::new(),
        })
    }

    /// Sends a request of one line; [`BatchProcess::read_line`] and [`BatchProcess::read_bytes`] read
    /// the answer.
    pub fn send(&mut self, request: &str) -> io::Result<()> {
        let stdin = self.running.child.stdin.as_mut();
        let stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(format!("{request}\n").as_bytes())?;
        stdin.flush()
    }

    /// Reads the next line of the answer.
    pub fn read_line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line = self.read_bytes(end + 1)?;
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            self.read_more()?;
        }
    }

    /// Reads the next `count` bytes of the answer.
    pub fn read_bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < count {
            self.read_more()?;
        }
        let rest = self.buffer.split_off(count);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    fn read_more(&mut self) -> io::Result<()> {
        match self.running.receive(&self.answers)? {
            Some(bytes) => self.buffer.extend(bytes),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        Ok(())
    }
}

/// A running program; dropping it kills its process group.
pub(super) struct Running {
    pub child: Child,
    limit: Limit,
}

impl Running {
    pub fn start(command: &mut Command, limit: Limit) -> io::Result<Self> {
        #[cfg(unix)]
        if limit != Limit::Terminal {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
        }
        let child = command.stdout(Stdio::piped()).spawn()?;
        Ok(Self { child, limit })
    }

    /// Writes its input, and closes it; the program is not waited for.
    pub fn write(&mut self, input: Vec<u8>) {
        if let Some(mut stdin) = self.child.stdin.take() {
            thread::spawn(move || {
                // A program may ignore its input; its exit status shows whether it failed.
                let _ = stdin.write_all(&input);
            });
        }
    }

    /// The next bytes from one of its pipes; `None` at its end.
    pub fn receive(&mut self, pipe: &Receiver<Vec<u8>>) -> io::Result<Option<Vec<u8>>> {
        let start = Instant::now();
        loop {
            match pipe.recv_timeout(TICK) {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => self.check(start)?,
            }
        }
    }

    /// Kills the program if it has been silent for too long.
    fn check(&mut self, last_output: Instant) -> io::Result<()> {
        match self.limit {
            Limit::Silence(most) if last_output.elapsed() > most => {
                self.kill();
                let text = format!("it was silent for {} s", most.as_secs_f32());
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
            _ => Ok(()),
        }
    }

    /// Waits until a program exits that prints nothing any more.
    pub fn wait(mut self, last_output: Instant) -> io::Result<ExitStatus> {
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            self.check(last_output)?;
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
            // The group may be gone by now.
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

    fn sh(script: &str, limit: Duration) -> io::Result<Output> {
        let mut command = Command::new("sh");
        run(
            command.args(["-c", script]),
            Vec::new(),
            Limit::Silence(limit),
        )
    }

    #[test]
    fn a_silent_program_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("alive");
        let script = format!("(sleep 2; touch {}) & sleep 60", mark.display());
        let started = Instant::now();
        let output = sh(&script, Duration::from_millis(100));
        assert_eq!(
            output.err().map(|e| e.kind()),
            Some(io::ErrorKind::TimedOut)
        );
        assert!(started.elapsed() < Duration::from_secs(2));
        thread::sleep(Duration::from_millis(2_500));
        assert!(!mark.exists(), "a grandchild survived");
    }

    #[test]
    fn a_program_that_keeps_printing_is_not_silent() {
        let script = "for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.2; done";
        assert!(
            sh(script, Duration::from_millis(900))
                .unwrap()
                .status
                .success()
        );
    }

    #[test]
    fn programs_that_keep_the_pipes_open_are_not_waited_for() {
        let started = Instant::now();
        let output = sh("sleep 30 & echo done", Duration::from_secs(20)).unwrap();
        assert_eq!(output.text(), "done\n");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn input_and_both_outputs_are_passed_on() {
        let mut command = Command::new("sh");
        let output = run(
            command.args(["-c", "cat; echo no >&2; exit 3"]),
            b"yes".to_vec(),
            Limit::Silence(Duration::from_secs(20)),
        )
        .unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (output.text().as_str(), &*output.stderr),
            ("yes", &b"no\n"[..])
        );
    }

    #[test]
    fn too_much_output_is_an_error() {
        assert!(sh("yes", Duration::from_secs(20)).is_err());
    }
}
