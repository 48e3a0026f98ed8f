//! Uses the library to print what a promotion would do, and why.
//!
//! ```text
//! cargo run --example preview -- PATH staging production
//! ```

use std::error::Error;
use std::io::Write;
use std::path::Path;

use git_promote::engine::{self, Request};
use git_promote::port::NoObserver;
use git_promote::wiring;

/// Plans a promotion and prints each difference; nothing is written to the repository.
///
/// # Errors
/// When planning fails or `out` cannot be written.
pub fn print(dir: &Path, from: &str, to: &str, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let adapters = wiring::open(dir, &wiring::NetworkOptions::default())?;
    let ports = adapters.ports(&NoObserver);
    let request = Request {
        action: Some(git_promote::domain::Action::None),
        ..Request::between(from, to)
    };
    // The engine's futures are `Send` and run on any runtime.
    let prepared = tokio::runtime::Builder::new_current_thread()
        .build()?
        .block_on(engine::prepare(&ports, &request))?;
    for difference in prepared.plan.differences() {
        let verdict = &difference.verdict;
        writeln!(
            out,
            "{:7}  {}  ({})",
            verdict.decision.to_string(),
            difference.selector,
            verdict.reason
        )?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, from, to] = args.as_slice() else {
        return Err("usage: preview PATH FROM TO".into());
    };
    print(Path::new(dir), from, to, &mut std::io::stdout().lock())
}
