//! Reading what a program prints while it runs.

use std::io;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use super::process::{Limit, Output, Running, boxed, forward};

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
    /// Starts the program. It waits while much of its output is unread.
    pub fn start(command: &mut Command, limit: Limit) -> io::Result<Self> {
        let command = command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut running = Running::start(command, limit)?;
        let (to_stdout, stdout) = mpsc::sync_channel(1);
        let (to_stderr, stderr) = mpsc::channel();
        let pipe = boxed(running.child.stdout.take());
        forward(pipe, move |bytes| to_stdout.send(bytes).is_ok());
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
        let mut searched = self.at;
        loop {
            let end = self.buffer[searched..].iter().position(|byte| *byte == 0);
            if let Some(end) = end {
                let word = self.buffer[self.at..searched + end].to_vec();
                self.at = searched + end + 1;
                return Ok(Some(word));
            }
            self.buffer.drain(..self.at);
            self.at = 0;
            searched = self.buffer.len();
            match self.running.receive(&self.stdout)? {
                Some(bytes) => self.buffer.extend(bytes),
                None if self.buffer.is_empty() => return Ok(None),
                None => return Ok(Some(std::mem::take(&mut self.buffer))),
            }
        }
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
        ProgramReader::start(command.args(["-c", script]), limit)
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
    fn a_program_waits_for_its_reader() {
        let mut program = sh("yes | head -c 100000000 | tr '\\n' '\\0'").unwrap();
        assert_eq!(program.read_word().unwrap().unwrap(), b"y");
        std::thread::sleep(Duration::from_millis(300));
        assert!(program.running.child.try_wait().unwrap().is_none());
    }
}
