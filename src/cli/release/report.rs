//! Moves releases forward, waits if wanted, and reports them.

use std::collections::HashSet;
use std::time::Duration;

use super::options::{ReleaseOptions, WaitArguments};
use crate::cli::common_arguments::Output;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::engine::{self, Advanced, ProductReleases, ReleaseError};
use crate::release::{Release, ReleaseState};
use crate::render::json_v1::{self, ReleaseEntry};
use crate::render::{Advice, release as text, release_advice};
use crate::wiring::ReleaseAdapters;

/// How long to pause at most before looking again.
const PAUSE: Duration = Duration::from_secs(10);

/// A release after it was moved forward.
pub(in crate::cli) type Moved = (String, Result<Advanced, ReleaseError>);

/// The releases that a command is about.
pub(in crate::cli) struct Wanted<'a> {
    /// Whether it is about this one.
    pub is_chosen: &'a dyn Fn(&Release) -> bool,
    /// When those that come before it in its queue are moved too.
    pub ahead: Ahead,
}

/// When the releases are moved that come before the chosen ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Ahead {
    /// Only while the command waits.
    WhileWaiting,
    /// Always: a new release can end them.
    Always,
}

/// Moves the chosen releases forward, and reports them.
///
/// # Errors
/// When the records cannot be read, or the output cannot be written.
pub(super) async fn advance_and_report(
    first: Vec<ProductReleases>,
    wanted: &Wanted<'_>,
    (wait, options): (Option<&WaitArguments>, &ReleaseOptions),
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let moved = advance_with_progress(first, wanted, wait, adapters, console).await?;
    report_moved(&moved, (wait, options), console)
}

/// Moves the chosen releases forward, and shows the progress.
///
/// # Errors
/// As for [`advance`].
pub(super) async fn advance_with_progress(
    first: Vec<ProductReleases>,
    wanted: &Wanted<'_>,
    wait: Option<&WaitArguments>,
    adapters: &ReleaseAdapters<'_>,
    console: &Console<'_>,
) -> Result<Vec<Moved>, ReleaseError> {
    let progress = Progress::start(console.progress);
    let moved = advance(first, wanted, wait, adapters, &progress).await;
    progress.finish();
    moved
}

/// Reports releases that were moved forward; the exit code is that of the most severe outcome.
///
/// # Errors
/// When the output cannot be written.
pub(super) fn report_moved(
    moved: &[Moved],
    (wait, options): (Option<&WaitArguments>, &ReleaseOptions),
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if options.output == Output::Json {
        let all = json_v1::Releases::of(moved.iter().map(entry).collect());
        json_v1::write(console.out, &all, console.json)?;
    } else if moved.is_empty() {
        writeln!(console.out, "no open releases")?;
    }
    report(moved, options.output, console)?;
    Ok(most_severe(
        moved.iter().map(|moved| exit_of_moved(moved, wait)),
    ))
}

/// The exit code for a release that was moved forward, if it could be.
pub(in crate::cli) fn exit_of_moved((_, result): &Moved, wait: Option<&WaitArguments>) -> Exit {
    match result {
        Ok(advanced) => exit_of(&advanced.release, wait),
        Err(error) => Advice::on_release(error).kind.into(),
    }
}

/// The exit code that is reported for several.
pub(in crate::cli) fn most_severe(exits: impl Iterator<Item = Exit>) -> Exit {
    exits
        .max_by_key(|exit| severity(*exit))
        .unwrap_or(Exit::Done)
}

/// Moves releases forward until they have ended, or once.
///
/// # Errors
/// When the records cannot be read, or what comes before a release that is waited for cannot be moved.
pub(in crate::cli) async fn advance(
    first: Vec<ProductReleases>,
    wanted: &Wanted<'_>,
    wait: Option<&WaitArguments>,
    adapters: &ReleaseAdapters<'_>,
    progress: &Progress,
) -> Result<Vec<Moved>, ReleaseError> {
    let ports = adapters.ports(progress);
    let started = ports.promotion.clock.elapsed();
    let limit = wait.filter(|wait| wait.wait).map(|wait| wait.wait_limit);
    let limit = Duration::from_secs(60 * limit.unwrap_or(0));
    let mut ended: Vec<Moved> = Vec::new();
    let mut products = first;
    loop {
        let ahead = if limit.is_zero() && wanted.ahead == Ahead::WhileWaiting {
            HashSet::new()
        } else {
            ahead(&products, wanted.is_chosen)
        };
        let is_open = |release: &Release| {
            let is_wanted = (wanted.is_chosen)(release) || ahead.contains(&release.id);
            is_wanted && !ended.iter().any(|(id, _)| *id == release.id)
        };
        let moved = engine::advance_releases(&ports, products, &is_open).await;
        let (others, moved): (Vec<Moved>, Vec<Moved>) =
            moved.into_iter().partition(|(id, _)| ahead.contains(id));
        // Those that were not chosen are not reported, but what keeps them from moving is.
        for (_, other) in others.into_iter().filter(|_| !limit.is_zero()) {
            other?;
        }
        let is_waiting = |(_, result): &Moved| matches!(result, Ok(advanced) if !advanced.release.state.is_end());
        let elapsed = ports.promotion.clock.elapsed().saturating_sub(started);
        if elapsed >= limit || !moved.iter().any(is_waiting) {
            ended.extend(moved);
            return Ok(ended);
        }
        ended.extend(moved.into_iter().filter(|moved| !is_waiting(moved)));
        ports.promotion.clock.pause(PAUSE).await;
        products = engine::releases(&ports).await?;
    }
}

/// The open releases that are not chosen, and that come before a chosen one in its queue.
fn ahead(products: &[ProductReleases], is_chosen: &dyn Fn(&Release) -> bool) -> HashSet<String> {
    let mut ids = HashSet::new();
    for product in products {
        let open = || product.releases.iter().filter(|r| !r.state.is_end());
        let is_ahead = |release: &&Release| {
            let mut chosen = open().filter(|chosen| is_chosen(chosen));
            chosen.any(|c| c.queue() == release.queue() && c.number > release.number)
        };
        let ahead = open().filter(|r| !is_chosen(r)).filter(is_ahead);
        ids.extend(ahead.map(|release| release.id.clone()));
    }
    ids
}

/// Writes the states of releases to stdout unless they are there as JSON, and errors to stderr.
pub(in crate::cli) fn report(
    moved: &[Moved],
    output: Output,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    for (_, result) in moved {
        match result {
            Ok(_) if output == Output::Json => {}
            Ok(advanced) => {
                let (release, waits) = (&advanced.release, &advanced.waits);
                text::summary(console.out, release, waits)?;
                text::next_look(console.err, console.stderr, release, waits)?;
                if advanced.had_ended() {
                    release_advice::after_ended(console.err, console.stderr, release)?;
                } else {
                    release_advice::after_failure(console.err, console.stderr, release)?;
                }
            }
            Err(error) => Advice::on_release(error).write(console.err, console.stderr)?,
        }
    }
    Ok(())
}

/// A release for the JSON document.
pub(in crate::cli) fn entry((id, result): &Moved) -> ReleaseEntry<'_> {
    match result {
        Ok(advanced) => ReleaseEntry::of(&advanced.release, &advanced.waits),
        Err(error) => ReleaseEntry::failed(id, Advice::on_release(error).problem()),
    }
}

/// The exit code of a release, which depends on whether it was waited for.
pub(in crate::cli) fn exit_of(release: &Release, wait: Option<&WaitArguments>) -> Exit {
    let is_waited_for = wait.is_some_and(|wait| wait.wait);
    if is_waited_for || release.state == ReleaseState::Failed {
        exit_of_ended(release)
    } else {
        Exit::Done
    }
}

/// The exit code of a release that was waited for.
pub(super) fn exit_of_ended(release: &Release) -> Exit {
    let is_refused = release.failed_steps().any(|step| step.refused.is_some());
    match release.state {
        ReleaseState::Failed if is_refused => Exit::Held,
        ReleaseState::Succeeded => Exit::Done,
        ReleaseState::Failed | ReleaseState::Terminated => Exit::Failed,
        ReleaseState::Superseded => Exit::Held,
        ReleaseState::Queued
        | ReleaseState::Running
        | ReleaseState::Suspended
        | ReleaseState::Terminating => Exit::Unreachable,
    }
}

/// Which of several exit codes is reported.
fn severity(exit: Exit) -> u8 {
    match exit {
        Exit::Done | Exit::Different => 0,
        Exit::Unreachable => 1,
        Exit::Held => 2,
        Exit::Moved => 3,
        Exit::Usage => 4,
        Exit::Failed => 5,
    }
}
