//! A change that somebody makes: its lines in the log.
//!
//! # Why
//!
//! Whoever sends a request can close the connection at once, and the change goes on. So the log has one line
//! before a change begins, and what carries the change out writes another one when it ends, even by a panic.

use std::cell::RefCell;
use std::sync::Arc;

use super::caller::Caller;
use super::log::Log;

tokio::task_local! {
    static SENDER: RefCell<Sender>;
}

/// Who sends a request, and whether it has begun to change something.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub caller: Caller,
    pub has_begun: bool,
}

/// The result of a request, with its sender.
pub(super) async fn with_sender<T>(request: impl Future<Output = T>) -> (T, Sender) {
    let sender = RefCell::new(Sender {
        caller: Caller::Unknown,
        has_begun: false,
    });
    let answered = async {
        let answer = request.await;
        (answer, SENDER.with(|sender| sender.borrow().clone()))
    };
    SENDER.scope(sender, answered).await
}

/// Records who sends the current request.
pub(super) fn by(caller: &Caller) {
    record(|sender| sender.caller = caller.clone());
}

fn record(record: impl FnOnce(&mut Sender)) {
    // What is done outside of requests has no sender.
    let _ = SENDER.try_with(|sender| record(&mut sender.borrow_mut()));
}

/// A change that somebody makes. When it is dropped, the log has its second line.
pub(super) struct Change {
    log: Arc<Log>,
    repository: String,
    caller: Caller,
    what: String,
    /// How it ends if it is dropped now.
    end: String,
}

impl Change {
    /// Writes that a change begins.
    pub fn begin(log: &Arc<Log>, repository: &str, caller: &Caller, what: &str) -> Self {
        record(|sender| sender.has_begun = true);
        log.change(repository, caller, what, "begins");
        Self {
            log: Arc::clone(log),
            repository: repository.to_owned(),
            caller: caller.clone(),
            what: what.to_owned(),
            end: "not done, the request ended before it was its turn".to_owned(),
        }
    }

    /// It is carried out from now on.
    pub fn start(&mut self) {
        "broken off, perhaps half done".clone_into(&mut self.end);
    }

    /// Writes what was done, or why nothing was.
    pub fn end(mut self, result: Result<String, String>) {
        self.end = match result {
            Ok(done) => format!("done, {done}"),
            Err(why) => format!("not done, {why:?}"),
        };
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        let (log, repository) = (&self.log, &self.repository);
        log.change(repository, &self.caller, &self.what, &self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::super::log::tests::Memory;
    use super::*;

    #[test]
    fn a_change_has_two_lines_however_it_ends() {
        let memory = Memory::default();
        let log = Arc::new(Log::new(Box::new(memory.clone())));
        let begin = || Change::begin(&log, "shop", &Caller::Local, "promote");
        begin().end(Ok("release 1".to_owned()));
        drop(begin());
        let mut change = begin();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            change.start();
            std::panic::resume_unwind(Box::new("a fault"));
        }));
        assert!(panicked.is_err());
        let lines = memory.lines();
        let ends = lines.iter().map(|line| {
            let (_, end) = line.split_once("by=local promote: ").unwrap();
            end.split(',').next().unwrap()
        });
        assert_eq!(
            ends.collect::<Vec<_>>(),
            [
                "begins",
                "done",
                "begins",
                "not done",
                "begins",
                "broken off"
            ]
        );
    }
}
