//! Reading what a program prints while it runs.

use std::io;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use super::process::{Limit, Output, Running, boxed, forward, forward_many, stdin_for};

/// Lets a program print more before it waits; returns whether the system can.
#[cfg(target_os = "linux")]
fn widen(pipe: &ChildStdout) -> bool {
    const BYTES: usize = 1 << 18;
    rustix::pipe::fcntl_setpipe_size(pipe, BYTES).is_ok()
}

/// Lets a program print more before it waits; returns whether the system can.
#[cfg(not(target_os = "linux"))]
fn widen(_: &ChildStdout) -> bool {
    false
}

/// A program whose output is read while it runs; dropping it kills the program.
pub struct ProgramReader {
    running: Running,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    /// What was received, and how much of it was read.
    buffer: Vec<u8>,
    at: usize,
}

impl ProgramReader {
    /// Starts the program with `input`. It waits while much of its output is unread.
    pub fn start(command: &mut Command, input: Vec<u8>, limit: Limit) -> io::Result<Self> {
        let stdin = stdin_for(&input);
        let mut running = Running::start(command.stdin(stdin).stderr(Stdio::piped()), limit)?;
        running.write(input);
        let (to_stdout, stdout) = mpsc::sync_channel(1);
        let (to_stderr, stderr) = mpsc::channel();
        let pipe = running.child.stdout.take();
        let is_wide = pipe.as_ref().is_some_and(widen);
        let send = move |bytes| to_stdout.send(bytes).is_ok();
        // A program that fills its pipe in a pause would wait.
        if is_wide {
            forward_many(boxed(pipe), send);
        } else {
            forward(boxed(pipe), send);
        }
        let pipe = boxed(running.child.stderr.take());
        forward(pipe, move |bytes| to_stderr.send(bytes).is_ok());
        Ok(Self {
            running,
            stdout,
            stderr,
            buffer: Vec::new(),
            at: 0,
        })
    }

    /// The next bytes up to a NUL, without it; `None` at the end of the output.
    pub fn read_word(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.read_until(0)
    }

    /// The next line, without its end; `None` at the end of the output.
    pub fn read_line(&mut self) -> io::Result<Option<String>> {
        let line = self.read_until(b'\n')?;
        Ok(line.map(|line| String::from_utf8_lossy(&line).into_owned()))
    }

    /// The next `count` bytes.
    pub fn read_bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() - self.at < count {
            if !self.receive()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let bytes = self.buffer[self.at..self.at + count].to_vec();
        self.at += count;
        Ok(bytes)
    }

    fn read_until(&mut self, last: u8) -> io::Result<Option<Vec<u8>>> {
        let mut searched = self.at;
        loop {
            let end = self.buffer[searched..]
                .iter()
                .position(|byte| *byte == last);
            if let Some(end) = end {
                let word = self.buffer[self.at..searched + end].to_vec();
                self.at = searched + end + 1;
                return Ok(Some(word));
            }
            let unread = self.buffer.len() - self.at;
            if !self.receive()? {
                let rest = self.buffer.split_off(std::mem::take(&mut self.at));
                self.buffer.clear();
                return Ok(Some(rest).filter(|rest| !rest.is_empty()));
            }
            searched = unread;
        }
    }

    /// Receives more of the output, before which nothing is kept that was read; false at its end.
    fn receive(&mut self) -> io::Result<bool> {
        self.buffer.drain(..std::mem::take(&mut self.at));
        let received = self.running.receive(&self.stdout)?;
        let has_more = received.is_some();
        self.buffer.extend(received.unwrap_or_default());
        Ok(has_more)
    }

    /// Waits for the program's end, after all of its output was read.
    pub fn finish(mut self) -> io::Result<Output> {
        let mut stderr = Vec::new();
        while let Some(bytes) = self.running.receive(&self.stderr)? {
            stderr.extend(bytes);
        }
        let status = self.running.wait(Instant::now())?;
        let stdout = Vec::new();
        Ok(Output {
            status,
            stdout,
            stderr,
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Duration;

    fn sh(script: &str) -> io::Result<ProgramReader> {
        let mut command = Command::new("sh");
        let limit = Limit::Silence(Duration::from_secs(20));
        ProgramReader::start(command.args(["-c", script]), Vec::new(), limit)
    }

    #[test]
    fn words_are_read_while_the_program_runs() {
        let mut program = sh("printf 'one\\0'; sleep 30").unwrap();
        assert_eq!(program.read_word().unwrap().unwrap(), b"one");
    }

    #[test]
    fn after_the_last_word_comes_the_status() {
        let mut program = sh("printf 'one\\0\\0two'; echo no >&2; exit 3").unwrap();
        let mut words = Vec::new();
        while let Some(word) = program.read_word().unwrap() {
            words.push(String::from_utf8(word).unwrap());
        }
        assert_eq!(words, ["one", "", "two"]);
        let output = program.finish().unwrap();
        assert_eq!(
            (output.status.code(), &*output.stderr),
            (Some(3), &b"no\n"[..])
        );
    }

    #[test]
    fn lines_and_bytes_are_read_of_a_program_that_gets_more_than_a_pipe_holds() {
        let many = 200_000;
        let input = b"12345\n".repeat(many);
        let mut command = Command::new("cat");
        let limit = Limit::Silence(Duration::from_secs(20));
        let mut program = ProgramReader::start(&mut command, input, limit).unwrap();
        for _ in 0..many / 2 {
            assert_eq!(program.read_line().unwrap().unwrap(), "12345");
            assert_eq!(program.read_bytes(6).unwrap(), b"12345\n");
        }
        assert_eq!(program.read_line().unwrap(), None);
        let error = program.read_bytes(1).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_program_waits_for_its_reader() {
        let mut program = sh("yes | head -c 100000000 | tr '\\n' '\\0'").unwrap();
        assert_eq!(program.read_word().unwrap().unwrap(), b"y");
        std::thread::sleep(Duration::from_millis(300));
        assert!(program.running.child.try_wait().unwrap().is_none());
    }
}
