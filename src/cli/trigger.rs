//! `git promote trigger`.

use std::collections::BTreeSet;

use clap::Args;

use super::common_arguments::Output;
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::release::options::{ReleaseOptions, WaitArguments};
use super::release::report::{Moved, entry, exit_of_moved, most_severe, report};
use super::release::{Ahead, Wanted, advance, with_records};
use crate::engine::{self, ReleaseError, TriggerRequest, Triggered, Triggers};
use crate::port::NoObserver;
use crate::release::Release;
use crate::render::Advice;
use crate::render::trigger::TriggerResult;
use crate::render::{json_v1, text, trigger};
use crate::wiring::{Adapters, ReleaseAdapters};

/// Start the flows that the commits of a push trigger.
///
/// For each product, the first flow starts whose conditions match, if a commit changes the product in the
/// flow's trigger environment. Promotions never trigger a flow. Running it again for the same commits starts
/// nothing twice.
#[derive(Args, Debug)]
pub struct TriggerArguments {
    /// The commit that the branch pointed at before the push; zeros stand for a new branch. Default: the
    /// parent of the last commit.
    #[arg(long, value_name = "SHA")]
    pub before: Option<String>,

    /// The last commit of the push; default: the branch's tip.
    #[arg(long, value_name = "SHA")]
    pub commit: Option<String>,

    /// Only this product; repeatable.
    #[arg(long, visible_alias = "project", value_name = "NAME")]
    pub product: Vec<String>,

    /// Only show which flows would start.
    #[arg(long, conflicts_with = "wait")]
    pub dry_run: bool,

    /// The branch of the push; default: the default branch of the remote.
    #[arg(long, value_name = "NAME", help_heading = "Repository")]
    pub branch: Option<String>,

    /// Whether to wait.
    #[command(flatten)]
    pub wait: WaitArguments,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Starts the flows of a push, and moves their releases forward.
///
/// # Errors
/// When the push cannot be read, or the output cannot be written.
pub async fn run(
    arguments: &TriggerArguments,
    adapters: &Adapters,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let adapters = with_records(adapters).await?;
    let request = TriggerRequest {
        products: arguments.product.clone(),
        branch: arguments.branch.clone(),
        before: arguments.before.clone(),
        commit: arguments.commit.clone(),
    };
    let ports = adapters.ports(&NoObserver);
    let triggers = engine::find_triggers(&ports.promotion, &request).await?;
    let mut found = Vec::new();
    for product in &triggers.products {
        found.push(if arguments.dry_run {
            engine::find_triggered(&ports, &triggers, product).await
        } else {
            engine::start_triggered(&ports, &triggers, product).await
        });
    }
    let moved = if arguments.dry_run {
        Vec::new()
    } else {
        move_forward(&found, arguments, &adapters, console).await?
    };
    show(&triggers, &found, &moved, arguments, console)?;
    let failures = found.iter().filter_map(|result| result.as_ref().err());
    let failures = failures.map(|error| Exit::from(Advice::on_release(error).kind));
    let wait = Some(&arguments.wait);
    Ok(most_severe(failures.chain(
        moved.iter().map(|moved| exit_of_moved(moved, wait)),
    )))
}

/// Whether a release was found or started for each product.
type Found = Result<Option<Triggered>, ReleaseError>;

/// Moves the releases of the push forward.
async fn move_forward(
    found: &[Found],
    arguments: &TriggerArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &Console<'_>,
) -> Result<Vec<Moved>, Failure> {
    let triggered = || found.iter().flatten().flatten();
    let ids: BTreeSet<&str> = triggered().map(Triggered::id).collect();
    let products = triggered().map(|triggered| triggered.product.clone());
    let is_chosen = |release: &Release| ids.contains(release.id.as_str());
    let wanted = Wanted {
        is_chosen: &is_chosen,
        ahead: Ahead::Always,
    };
    let progress = Progress::start(console.progress);
    let wait = Some(&arguments.wait);
    let moved = advance(products.collect(), &wanted, wait, adapters, &progress).await;
    progress.finish();
    Ok(moved?)
}

fn show(
    triggers: &Triggers,
    found: &[Found],
    moved: &[Moved],
    arguments: &TriggerArguments,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let results = triggers.products.iter().zip(found);
    let results: Vec<TriggerResult<'_>> = results
        .map(|(product, found)| match found {
            Ok(Some(triggered)) if triggered.is_new => TriggerResult::Started(triggered.id()),
            Ok(Some(triggered)) => TriggerResult::StartedBefore(triggered.id()),
            Ok(None) if product.started().is_some() => TriggerResult::WouldStart,
            Ok(None) | Err(_) => TriggerResult::None,
        })
        .collect();
    let errors = || {
        found
            .iter()
            .map(|found| found.as_ref().err().map(Advice::on_release))
    };
    match arguments.options.output {
        Output::Json => {
            let problems = errors().map(|advice| advice.map(|advice| advice.problem()));
            let results = results.into_iter().zip(problems).collect();
            let releases = moved.iter().map(entry).collect();
            let document = json_v1::Trigger::of(triggers, results, releases);
            json_v1::write(console.out, &document, console.json)?;
        }
        Output::Markdown => trigger::markdown(console.out, triggers, &results)?,
        Output::Text => trigger::text(console.out, triggers, &results, console.stdout)?,
    }
    for advice in errors().flatten() {
        advice.write(console.err, console.stderr)?;
    }
    report(moved, arguments.options.output, console)?;
    text::warnings(console.err, triggers.notices.iter(), console.stderr)?;
    Ok(())
}
