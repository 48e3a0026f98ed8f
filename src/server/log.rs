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

    /// A person changes something.
    pub fn change(&self, repository: &str, caller: &Caller, what: &str) {
        self.line(&format!(
            "change repository={repository} by={caller} {what}"
        ));
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
