//! `git promote demo`: a promotion in a sample repository, or the dashboard on one.
//!
//! # Why
//!
//! The output is real: the sample is created with Git, and the promotion runs the same code as any
//! other.

mod sample;
#[cfg(feature = "server")]
mod shop;

use std::path::Path;

use clap::Args;

use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use sample::{commit, git, init, temporary_folder, write};

/// Create a sample repository and promote in it.
///
/// The sample is kept in a temporary folder for further experiments.
#[derive(Args, Debug)]
pub struct DemoArguments {
    /// Create a shop with three environments and a remote instead, and serve the dashboard on it.
    #[cfg(feature = "server")]
    #[arg(long)]
    pub serve: bool,

    /// The address of the dashboard; default: a free port.
    #[cfg(feature = "server")]
    #[arg(long, value_name = "ADDRESS:PORT", requires = "serve")]
    pub listen: Option<std::net::SocketAddr>,
}

/// The files of the sample.
const FILES: [(&str, &str); 6] = [
    (
        "apps/web/base/kustomization.yaml",
        include_str!("demo/base-kustomization.yaml"),
    ),
    (
        "apps/web/base/deployment.yaml",
        include_str!("demo/base-deployment.yaml"),
    ),
    (
        "apps/web/staging/kustomization.yaml",
        include_str!("demo/staging-kustomization.yaml"),
    ),
    (
        "apps/web/production/kustomization.yaml",
        include_str!("demo/production-kustomization.yaml"),
    ),
    (
        "apps/api/staging/values.yaml",
        include_str!("demo/values-staging.yaml"),
    ),
    (
        "apps/api/production/values.yaml",
        include_str!("demo/values-production.yaml"),
    ),
];

/// The arguments of the promotion.
const PROMOTION: &str = "--from staging --to production";

/// A function that runs a promotion with command line arguments.
pub type Promote = dyn Fn(&[&str], &mut Console<'_>) -> Result<Exit, Failure>;

/// Creates the sample, promotes in it and shows the commit; or serves the dashboard.
///
/// # Errors
/// When `git` is missing, the folder for temporary files cannot be written, or the dashboard cannot be
/// served.
#[cfg_attr(not(feature = "server"), allow(unused_variables))]
pub fn run(
    arguments: &DemoArguments,
    console: &mut Console<'_>,
    promote: &Promote,
) -> Result<Exit, Failure> {
    #[cfg(feature = "server")]
    if arguments.serve {
        return shop::serve(arguments.listen, console);
    }
    let folder = temporary_folder()?;
    let path = folder.to_string_lossy().into_owned();
    create(&folder)?;
    writeln!(console.out, "Created a sample repository in {path}\n")?;

    writeln!(console.out, "$ git promote {PROMOTION}\n")?;
    let args: Vec<&str> = ["git-promote", "-C", &path, "--yes"]
        .into_iter()
        .chain(PROMOTION.split(' '))
        .collect();
    let exit = promote(&args, console)?;

    writeln!(console.out, "\n$ git log -1 --stat\n")?;
    let color = if console.stdout.palette.heading == anstyle::Style::new() {
        "never"
    } else {
        "always"
    };
    let log = git(
        &folder,
        &["log", "-1", "--stat", &format!("--color={color}")],
    )?;
    writeln!(console.out, "{}", log.trim_end())?;
    writeln!(console.out, "\nTo explore it: cd {path}")?;
    Ok(exit)
}

fn create(folder: &Path) -> Result<(), Failure> {
    init(folder)?;
    for (path, text) in FILES {
        write(&folder.join(path), text)?;
    }
    commit(folder, "Web and API in two environments", &[])
}
