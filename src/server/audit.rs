//! What a request changes, and who sends it: for its line in the log.

use std::cell::RefCell;

use super::caller::Caller;

tokio::task_local! {
    static RECORD: RefCell<Record>;
}

/// What is known of a request when it is answered.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub caller: Caller,
    /// What it changes, and in which repository.
    pub change: Option<(String, String)>,
    /// What was done, or why nothing was.
    pub result: Option<Result<String, String>>,
}

/// The result of a request, with what was recorded meanwhile.
pub(super) async fn recorded<T>(request: impl Future<Output = T>) -> (T, Record) {
    let record = RefCell::new(Record {
        caller: Caller::Unknown,
        change: None,
        result: None,
    });
    let answered = async {
        let answer = request.await;
        (answer, RECORD.with(|record| record.borrow().clone()))
    };
    RECORD.scope(record, answered).await
}

/// Records who sends the current request.
pub(super) fn by(caller: &Caller) {
    record(|record| record.caller = caller.clone());
}

/// Records what the current request is about to change in a repository; whether there is such a request.
pub(super) fn change(repository: &str, caller: &Caller, what: &str) -> bool {
    record(|record| {
        record.caller = caller.clone();
        record.change = Some((repository.to_owned(), what.to_owned()));
    })
}

/// Records what the current request has done, or why it has done nothing.
pub(super) fn result(result: Result<String, String>) {
    record(|record| record.result = Some(result));
}

fn record(change: impl FnOnce(&mut Record)) -> bool {
    let recorded = RECORD.try_with(|record| change(&mut record.borrow_mut()));
    recorded.is_ok()
}
