//! A failure as the user sees it: the message, its causes, a hint and the exit code.

use std::error::Error;
use std::io::{self, Write};

use super::exit::Exit;
use super::failure::Failure;
use crate::engine::{EngineError, ReleaseError};
use crate::plan::FileFault;
use crate::port::SettingsError;
use crate::render::hint::{self, FailureKind, Hint};
use crate::render::json_v1::Problem;
use crate::render::text::fault_line;
use crate::render::{Canvas, escaped_lines};

/// A failure as the user sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advice {
    /// What failed.
    pub message: String,
    /// The causes, the most direct first.
    pub causes: Vec<String>,
    /// Longer explanations: a configuration's faults, files that cannot be read.
    pub details: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
    /// The exit code.
    pub exit: Exit,
}

impl Advice {
    /// The advice on a failure.
    pub fn on(failure: &Failure) -> Self {
        let Hint { kind, text } = match failure {
            Failure::Engine(error) => hint::of_engine(error),
            Failure::Release(error) => return Self::on_release(error),
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
            Failure::Declined
            | Failure::Files(_)
            | Failure::Output(_)
            | Failure::Unreported { .. }
            | Failure::Program { .. } => Hint::none(FailureKind::Failed),
        };
        let (message, next) = match failure {
            Failure::Engine(error @ EngineError::Target { source, .. }) => {
                (error.to_string(), Some(most_specific(source)))
            }
            Failure::Engine(error) => {
                let first = most_specific(error);
                (first.to_string(), first.source())
            }
            failure => (failure.to_string(), failure.source()),
        };
        Self::of((message, next), Hint { kind, text }, details(failure))
    }

    /// The advice on a release that could not be read or moved forward.
    pub fn on_release(error: &ReleaseError) -> Self {
        let hint = hint::of_release(error);
        let (first, details): (&dyn Error, _) = match error {
            ReleaseError::Engine(EngineError::Settings(settings)) => {
                (settings, settings.reports.clone())
            }
            ReleaseError::Engine(engine) => (most_specific(engine), Vec::new()),
            ReleaseError::Records(records) => (records, Vec::new()),
            error => (error, Vec::new()),
        };
        Self::of((first.to_string(), first.source()), hint, details)
    }

    /// The advice on an error with its causes.
    fn of(
        (message, mut next): (String, Option<&dyn Error>),
        hint: Hint,
        details: Vec<String>,
    ) -> Self {
        let mut causes = Vec::new();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        Self {
            message,
            causes,
            details,
            hint: hint.text,
            exit: hint.kind.into(),
        }
    }

    /// The failure for the JSON result.
    pub fn problem(&self) -> Problem {
        let mut causes = self.causes.clone();
        causes.extend(self.details.iter().map(|d| d.trim_end().to_owned()));
        Problem {
            message: self.message.clone(),
            causes,
            hint: self.hint.clone(),
            code: self.exit.code(),
        }
    }

    /// Writes the failure as text.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write, canvas: Canvas) -> io::Result<()> {
        let palette = canvas.palette;
        writeln!(
            out,
            "{0}error{0:#}: {1}",
            palette.error,
            escaped_lines(&self.message)
        )?;
        for cause in &self.causes {
            writeln!(out, "  caused by: {}", escaped_lines(cause))?;
        }
        for detail in &self.details {
            writeln!(out, "  {}", escaped_lines(detail.trim_end()))?;
        }
        if let Some(hint) = &self.hint {
            writeln!(out, "{0}hint{0:#}: {1}", palette.hint, escaped_lines(hint))?;
        }
        Ok(())
    }
}

/// The error with the message for people: of these wrappers that of their source.
fn most_specific(error: &EngineError) -> &(dyn Error + 'static) {
    match error {
        EngineError::Repository(_) | EngineError::Settings(_) | EngineError::Forge(_) => {
            error.source().unwrap_or(error)
        }
        error => error,
    }
}

/// The files that cannot be promoted, if they are the failure.
pub(super) fn faults(failure: &Failure) -> &[FileFault] {
    match failure {
        Failure::Engine(EngineError::Target { source, .. }) => of_faults(source),
        Failure::Engine(error) => of_faults(error),
        Failure::Files(faults) => faults,
        _ => &[],
    }
}

fn of_faults(error: &EngineError) -> &[FileFault] {
    match error {
        EngineError::Faults(faults) => faults,
        _ => &[],
    }
}

fn details(failure: &Failure) -> Vec<String> {
    match failure {
        Failure::Engine(EngineError::Settings(SettingsError { reports, .. }))
        | Failure::Settings(SettingsError { reports, .. }) => reports.clone(),
        failure => faults(failure).iter().map(fault_line).collect(),
    }
}

#[cfg(test)]
mod tests;
