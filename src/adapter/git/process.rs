//! Running another program for a bounded time.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What a program did.
pub(super) struct Ran {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Runs a program with `input`, and kills it when it is not done in time.
///
/// # Errors
/// When it cannot be started, or [`io::ErrorKind::TimedOut`].
pub(super) fn run(command: &mut Command, input: &[u8], within: Duration) -> io::Result<Ran> {
    let until = Instant::now() + within;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        thread::spawn(move || {
            // A program that does not read its input has its reasons; its exit tells.
            let _ = stdin.write_all(&input);
        });
    }
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let read = |pipe: &mpsc::Receiver<Vec<u8>>| {
        pipe.recv_timeout(until.saturating_duration_since(Instant::now()))
    };
    let (Ok(stdout), Ok(stderr)) = (read(&stdout), read(&stderr)) else {
        return Err(stopped(&mut child, within));
    };
    // Both pipes are closed: it has ended, or will not say anything any more.
    loop {
        match child.try_wait()? {
            Some(status) => {
                return Ok(Ran {
                    status,
                    stdout,
                    stderr,
                });
            }
            None if Instant::now() > until => return Err(stopped(&mut child, within)),
            None => thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn stopped(child: &mut Child, within: Duration) -> io::Error {
    // It may have ended just now.
    let _ = child.kill();
    let _ = child.wait();
    io::Error::new(
        io::ErrorKind::TimedOut,
        format!("it was not done after {within:?}"),
    )
}

/// Reads a pipe to its end on a thread of its own.
fn drain<R: Read + Send + 'static>(pipe: Option<R>) -> mpsc::Receiver<Vec<u8>> {
    let (done, result) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came until it broke is all that there is.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // Nobody waits any more when the program was stopped.
        let _ = done.send(bytes);
    });
    result
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let started = Instant::now();
        let ran = run(
            Command::new("sleep").arg("60"),
            b"",
            Duration::from_millis(50),
        );
        assert_eq!(ran.err().map(|e| e.kind()), Some(io::ErrorKind::TimedOut));
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn input_and_both_outputs_go_through() {
        let ran = run(
            Command::new("sh").args(["-c", "cat; echo no >&2; exit 3"]),
            b"yes",
            Duration::from_secs(20),
        )
        .unwrap();
        assert_eq!(ran.status.code(), Some(3));
        assert_eq!(
            (ran.stdout.as_slice(), ran.stderr.as_slice()),
            (&b"yes"[..], &b"no\n"[..])
        );
    }
}
