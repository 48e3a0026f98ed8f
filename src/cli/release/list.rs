//! `git promote release list`.

use clap::Args;

use super::options::ReleaseOptions;
use crate::cli::common_arguments::Output;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine::{self, ProductReleases};
use crate::port::NoObserver;
use crate::release::{Release, Waiting};
use crate::render::json_v1::{self, ReleaseEntry};
use crate::render::release;
use crate::wiring::ReleaseAdapters;

/// List releases: those that have not ended, or all.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// Only releases of this product; repeatable.
    #[arg(long, visible_alias = "project", value_name = "NAME")]
    pub product: Vec<String>,

    /// Also releases that have ended.
    #[arg(long)]
    pub all: bool,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Lists releases.
///
/// # Errors
/// When the records cannot be read, or the output cannot be written.
pub async fn run(
    arguments: &ListArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let all = engine::releases(&adapters.ports(&NoObserver)).await?;
    let is_listed = |release: &Release| {
        let is_of_product =
            arguments.product.is_empty() || arguments.product.contains(&release.product);
        is_of_product && (arguments.all || !release.state.is_end())
    };
    let every = all
        .iter()
        .flat_map(|p| p.releases.iter().map(move |r| (p, r)));
    let listed: Vec<(&ProductReleases, &Release)> = every.filter(|(_, r)| is_listed(r)).collect();
    let releases: Vec<&Release> = listed.iter().map(|(_, release)| *release).collect();
    match arguments.options.output {
        Output::Json => {
            let waits = listed.iter().map(|(product, r)| product.recorded_waits(r));
            let waits: Vec<Vec<Waiting>> = waits.collect();
            let entries = releases.iter().zip(&waits);
            let entries = entries.map(|(release, waits)| ReleaseEntry::of(release, waits));
            let releases = json_v1::Releases::of(entries.collect());
            json_v1::write(console.out, &releases, console.json)?;
        }
        Output::Markdown => release::list_as_markdown(console.out, &releases)?,
        Output::Text if releases.is_empty() => {
            let of_products = all.iter().filter(|product| {
                arguments.product.is_empty() || arguments.product.contains(&product.product)
            });
            release::none(console.out, of_products.map(|p| p.releases.len()).sum())?;
        }
        Output::Text => release::list(console.out, &releases, console.stdout)?,
    }
    Ok(Exit::Done)
}
