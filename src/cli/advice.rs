//! What people are told about a failure.

use std::error::Error;

use super::failure::Failure;
use crate::plan::FileFault;
use crate::port::SettingsError;
use crate::render::hint::{self, FailureKind, Hint};
use crate::render::text::fault_line;
use crate::render::{Advice, engine_faults};
#[cfg(feature = "server")]
use crate::server::ServeError;

/// The advice on a failure.
pub(super) fn on(failure: &Failure) -> Advice {
    let hint = match failure {
        Failure::Engine(error) => return Advice::on_engine(error),
        Failure::Release(error) => return Advice::on_release(error),
        Failure::Repository(error) => hint::of_repository(error),
        // The faults themselves are listed above the hint.
        Failure::Settings(_) => Hint::usage("`git promote schema config` prints the schema"),
        Failure::HiddenQuestion => {
            Hint::usage("add `--yes`, or unset `pager.promote` and leave out `git -p`")
        }
        Failure::NoRelease { .. } => Hint::usage(
            "name a product of `promote.yaml` with `--product`, without `--service`; `--group each` \
             promotes to several targets one by one",
        ),
        Failure::NeedsRelease { .. } => {
            Hint::usage("`--group each` promotes to one target after the other")
        }
        Failure::NoTerminal => Hint::usage("select differences with `--only` and `--except`"),
        Failure::NoWorkingTree => Hint::usage("select a file with `--config FILE`"),
        Failure::NoEnvironments => {
            Hint::usage("list your `environments` in `promote.yaml` by hand")
        }
        Failure::Write { .. } => Hint::failed(
            "an existing file is not replaced; rename it, or print the suggestion only",
        ),
        Failure::NoFolder(_) | Failure::Read { .. } => Hint::none(FailureKind::Usage),
        #[cfg(feature = "server")]
        Failure::NoUrl { .. } => Hint::usage(
            "tokens come from the environment or from Git's credential helpers, not from the URL",
        ),
        #[cfg(feature = "server")]
        Failure::NoCopies => Hint::usage("select one with `--copies FOLDER`"),
        #[cfg(feature = "server")]
        Failure::Serve(error) => match error {
            ServeError::OpenToOthers(_) => Hint::usage(
                "sign people in with `--auth oidc` or `--auth proxy`, or leave out `--listen`",
            ),
            ServeError::NoTrustedProxy => {
                Hint::usage("list the address of the proxy with `--trusted-proxy`")
            }
            ServeError::Header(_)
            | ServeError::UnusedProxy
            | ServeError::UnusedProvider(_)
            | ServeError::NoProvider(_)
            | ServeError::NoRepository
            | ServeError::Address(_) => Hint::none(FailureKind::Usage),
            ServeError::SessionKey(_) => {
                Hint::usage("make one with `openssl rand -base64 32`, and give it to all replicas")
            }
            ServeError::Listen { .. } => Hint::usage("`--listen 127.0.0.1:0` takes a free port"),
            ServeError::Repository(error) => hint::of_repository(error),
            ServeError::Ended(_) => Hint::none(FailureKind::Failed),
        },
        Failure::Declined
        | Failure::Files(_)
        | Failure::Output(_)
        | Failure::Unreported { .. }
        | Failure::Program { .. } => Hint::none(FailureKind::Failed),
    };
    Advice::of(
        (failure.to_string(), failure.source()),
        hint,
        details(failure),
    )
}

/// The files that cannot be promoted, if they are the failure.
pub(super) fn faults(failure: &Failure) -> &[FileFault] {
    match failure {
        Failure::Engine(error) => engine_faults(error),
        Failure::Files(faults) => faults,
        _ => &[],
    }
}

fn details(failure: &Failure) -> Vec<String> {
    match failure {
        Failure::Settings(SettingsError { reports, .. }) => reports.clone(),
        failure => faults(failure).iter().map(fault_line).collect(),
    }
}

#[cfg(test)]
mod tests;
