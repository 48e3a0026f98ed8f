//! What to do about a failure: the only place where an error becomes a hint and an exit code.

mod engine;
mod forge;
mod repository;

use std::error::Error;
use std::io::{self, Write};

use super::exit::Exit;
use super::failure::Failure;
use super::json_v1::Problem;
use super::near::nearest;
use super::terminal::{Canvas, harmless};
use super::text::fault_line;
use crate::engine::EngineError;
use crate::plan::FileFault;
use crate::port::SettingsError;

/// A failure as the user gets it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advice {
    /// What failed.
    pub message: String,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// Whole blocks that explain it: a configuration's faults, files that cannot be read.
    pub details: Vec<String>,
    /// What to do now.
    pub hint: Option<String>,
    /// How the program ends.
    pub exit: Exit,
}

impl Advice {
    /// What to say about a failure.
    pub fn on(failure: &Failure) -> Self {
        let Way { exit, hint } = match failure {
            Failure::Engine(error) => engine::way(error),
            Failure::Repository(error) => repository::way(error),
            // All its faults are listed already.
            Failure::Settings(_) => Way::usage("`git promote schema config` prints its schema"),
            Failure::NoWorkingTree => Way::usage("name the file with `--config FILE`"),
            Failure::Read { .. } => Way::without_hint(Exit::Usage),
            Failure::Declined
            | Failure::Output(_)
            | Failure::Untold { .. }
            | Failure::Program { .. } => Way::without_hint(Exit::Failed),
        };
        // "the repository could not be used" says less than what it carries.
        let first: &dyn Error = match failure {
            Failure::Engine(
                error @ (EngineError::Repository(_)
                | EngineError::Settings(_)
                | EngineError::Forge(_)),
            ) => error.source().unwrap_or(error),
            failure => failure,
        };
        let mut causes = Vec::new();
        let mut next = first.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        Self {
            message: first.to_string(),
            causes,
            details: details(failure),
            hint,
            exit,
        }
    }

    /// The failure as the result's JSON has it.
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

    /// Writes the failure for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write, canvas: Canvas) -> io::Result<()> {
        let palette = canvas.palette;
        let lines = |text: &str| {
            text.lines()
                .map(|l| harmless(l).into_owned())
                .collect::<Vec<_>>()
                .join("\n    ")
        };
        writeln!(
            out,
            "{0}error{0:#}: {1}",
            palette.error,
            lines(&self.message)
        )?;
        for cause in &self.causes {
            writeln!(out, "  caused by: {}", lines(cause))?;
        }
        for detail in &self.details {
            writeln!(out, "  {}", lines(detail.trim_end()))?;
        }
        if let Some(hint) = &self.hint {
            writeln!(out, "{0}hint{0:#}: {1}", palette.hint, lines(hint))?;
        }
        Ok(())
    }
}

/// The files that cannot be promoted, when that is what failed.
pub(super) fn faults(failure: &Failure) -> &[FileFault] {
    match failure {
        Failure::Engine(EngineError::Faults(faults)) => faults,
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

/// How the program ends, and what to do now.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Way {
    exit: Exit,
    hint: Option<String>,
}

impl Way {
    fn failed(hint: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failed,
            hint: Some(hint.into()),
        }
    }

    fn usage(hint: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            hint: Some(hint.into()),
        }
    }

    /// There is nothing to say beyond the error itself.
    fn without_hint(exit: Exit) -> Self {
        Self { exit, hint: None }
    }
}

fn settings() -> Way {
    Way::usage(
        "`git promote check` shows all faults of the working tree's configuration; \
         `git promote schema config` is its schema",
    )
}

/// "did you mean `a` or `b`?", when something is near.
fn did_you_mean(name: &str, known: &[String]) -> Option<String> {
    let near = nearest(name, known.iter().map(String::as_str));
    let near: Vec<String> = near.iter().map(|n| format!("`{n}`")).collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|n| format!("`{n}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests;
