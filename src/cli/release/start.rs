//! `git promote release start`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::options::{ReleaseOptions, WaitArguments};
use super::report::{Ahead, Wanted, advance_and_report};
use crate::cli::console::Console;
use crate::cli::disk;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine::{self, StartRequest};
use crate::port::NoObserver;
use crate::release::Release;
use crate::wiring::ReleaseAdapters;

/// Start a release: take a product through the environments of a flow.
///
/// The release is queued if another one of the same product and flow has not ended. It keeps to the
/// configuration and to the source files of the commit at which it was started.
#[derive(Args, Debug)]
pub struct StartArguments {
    /// The flow.
    #[arg(long, value_name = "NAME")]
    pub flow: String,

    /// The product.
    #[arg(long, visible_alias = "project", value_name = "NAME")]
    pub product: String,

    /// Only this application of the product; repeatable.
    #[arg(long, visible_alias = "app", value_name = "NAME")]
    pub service: Vec<String>,

    /// The revision whose files of the trigger environment are promoted; default: the branch's tip.
    #[arg(long, value_name = "REV")]
    pub source: Option<String>,

    /// The branch to promote on; default: the default branch of the remote.
    #[arg(long, value_name = "NAME", help_heading = "Repository")]
    pub branch: Option<String>,

    /// Use this configuration instead of `promote.yaml` on the branch; the release stores it.
    #[arg(long, value_name = "FILE", help_heading = "Repository")]
    pub config: Option<PathBuf>,

    /// Whether to wait.
    #[command(flatten)]
    pub wait: WaitArguments,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Starts a release and moves it forward.
///
/// # Errors
/// When it cannot be started, or the output cannot be written.
pub async fn run(
    arguments: &StartArguments,
    adapters: &ReleaseAdapters<'_>,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let configuration = arguments.config.as_deref();
    let request = StartRequest {
        product: arguments.product.clone(),
        flow: arguments.flow.clone(),
        applications: arguments.service.clone(),
        source: arguments.source.clone(),
        branch: arguments.branch.clone(),
        configuration: configuration
            .map(|file| disk::text(&directory.join(file)))
            .transpose()?,
    };
    let started = engine::start_release(&adapters.ports(&NoObserver), &request).await?;
    let (product, number) = (started.product.product.clone(), started.number);
    let is_chosen = |release: &Release| release.product == product && release.number == number;
    let wanted = Wanted {
        is_chosen: &is_chosen,
        ahead: Ahead::Always,
    };
    let how = (Some(&arguments.wait), &arguments.options);
    advance_and_report(vec![started.product], &wanted, how, adapters, console).await
}
