//! `git promote release approve`.

use clap::Args;

use super::options::ReleaseOptions;
use super::report::{Ahead, Wanted, advance_and_report};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine;
use crate::port::NoObserver;
use crate::release::{Proof, Release};
use crate::render::release;
use crate::wiring::ReleaseAdapters;

/// Approve a release, or one of its steps.
///
/// The approval is that of the user whose token the forge confirms. Without one, it is that of the key with
/// which Git signs commits (`commit.gpgSign`), if the gate lists it. A name alone proves nothing, so gates do
/// not count it.
#[derive(Args, Debug)]
pub struct ApproveArguments {
    /// The release, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub id: String,

    /// Only the step of this environment.
    #[arg(long, value_name = "ENV")]
    pub step: Option<String>,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Approves a release and moves it forward.
///
/// # Errors
/// When its state does not allow that, or the output cannot be written.
pub async fn run(
    arguments: &ApproveArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let ports = adapters.ports(&NoObserver);
    let step = arguments.step.as_deref();
    let changed = engine::approve_release(&ports, &arguments.id, step).await?;
    let unproven = (changed
        .releases
        .iter()
        .find(|release| release.id == arguments.id))
    .and_then(|release| release.approvals.last())
    .filter(|approval| approval.proof == Proof::Name);
    if let Some(approval) = unproven {
        release::unproven(console.err, console.stderr, approval)?;
    }
    let is_chosen = |release: &Release| release.id == arguments.id;
    let how = (None, &arguments.options);
    let wanted = Wanted {
        is_chosen: &is_chosen,
        ahead: Ahead::WhileWaiting,
    };
    advance_and_report(vec![changed], &wanted, how, adapters, console).await
}
