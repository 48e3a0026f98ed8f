//! What happens in the background, and who changes what: a line each.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::caller::Caller;
use crate::domain::Person;
use crate::render::{Advice, date, escaped};

/// Where lines go.
pub(super) struct Log(Mutex<Box<dyn Write + Send>>);

impl Log {
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(out))
    }

    /// Something failed for which nobody waits.
    pub fn failure(&self, repository: &str, advice: &Advice) {
        self.line(&format!(
            "error repository={repository} {}",
            in_words(advice)
        ));
    }

    /// Something that whoever runs the server should know.
    pub fn notice(&self, what: &str) {
        self.line(&format!("notice {what}"));
    }

    /// The program has a fault, which concerns this repository.
    pub fn broken(&self, repository: &str, error: &dyn std::error::Error) {
        self.line(&format!("error repository={repository} {error}"));
    }

    /// A person changes something; `stage` is how far it is, or how it ended.
    pub fn change(&self, repository: &str, caller: &Caller, what: &str, stage: &str) {
        let what = bounded(what);
        let stage = bounded(stage);
        self.line(&format!(
            "change repository={repository} by={caller} {what}: {stage}"
        ));
    }

    /// A change was refused before anything looked at it.
    pub fn refused(&self, caller: &Caller, what: &str) {
        self.line(&format!("refused by={caller} {}", bounded(what)));
    }

    /// Somebody has signed in.
    pub fn signed_in(&self, person: &Person) {
        self.line(&format!("sign-in by={:?}", person.to_string()));
    }

    /// Somebody has signed out.
    pub fn signed_out(&self, person: &Person) {
        self.line(&format!("sign-out by={:?}", person.to_string()));
    }

    fn line(&self, text: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or_default());
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A closed output does not end the server.
        let _ = writeln!(out, "{} {}", date::rfc_3339(now), escaped(text));
        let _ = out.flush();
    }
}

/// An error with its causes.
pub(super) fn in_words(advice: &Advice) -> String {
    let causes = advice.causes.iter().map(|cause| format!(": {cause}"));
    let causes: String = causes.collect();
    format!("{}{causes}", advice.message)
}

/// The longest text of others in a line, in characters.
const LONGEST: usize = 600;

/// The beginning of a text.
fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;

    /// Where a test reads what was logged.
    #[derive(Clone, Default)]
    pub struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Memory {
        pub fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_one_line_and_has_an_end() {
        let memory = Memory::default();
        let log = Log::new(Box::new(memory.clone()));
        let hostile = format!("promote\n2026 change by=root\u{1b}[2K{}", "x".repeat(5000));
        log.change("shop", &Caller::Local, &hostile, &hostile);
        log.refused(&Caller::Unknown, &hostile);
        let lines = memory.lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for line in lines {
            assert!(!line.contains('\u{1b}') && line.len() < 1500, "{line}");
        }
    }
}
