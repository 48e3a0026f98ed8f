//! What happens in the background, and who changes what: a line each.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::audit;
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
        let causes = advice.causes.iter().map(|cause| format!(": {cause}"));
        let causes: String = causes.collect();
        self.line(&format!(
            "error repository={repository} {}{causes}",
            advice.message
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

    /// A person is about to change something. The line is written when their request is answered, with what
    /// came of it.
    pub fn change(&self, repository: &str, caller: &Caller, what: &str) {
        if !audit::change(repository, caller, what) {
            self.changed(repository, caller, what, "not in a request");
        }
    }

    /// A person has tried to change something; `end` is what came of it.
    pub fn changed(&self, repository: &str, caller: &Caller, what: &str, end: &str) {
        let what = bounded(what);
        let end = bounded(end);
        self.line(&format!(
            "change repository={repository} by={caller} {what}: {end}"
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
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

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
        log.changed("shop", &Caller::Local, &hostile, &hostile);
        log.refused(&Caller::Unknown, &hostile);
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert!(text.lines().all(|line| line.len() < 1500), "{text}");
    }
}
