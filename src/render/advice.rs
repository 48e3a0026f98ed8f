//! A failure as people see it: the message, its causes, and what to do.

use std::error::Error;
use std::io::{self, Write};

use super::hint::{self, FailureKind, Hint};
use super::json_v1::Problem;
use super::terminal::{Canvas, escaped_lines};
use super::text::fault_line;
use crate::engine::{EngineError, ReleaseError};
use crate::plan::FileFault;
use crate::port::SettingsError;

/// A failure as people see it.
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
    /// What kind of failure it is.
    pub kind: FailureKind,
}

impl Advice {
    /// The advice on a promotion that failed.
    pub fn on_engine(error: &EngineError) -> Self {
        let (message, next) = match error {
            EngineError::Target { source, .. } => (error.to_string(), Some(most_specific(source))),
            error => {
                let first = most_specific(error);
                (first.to_string(), first.source())
            }
        };
        let details = match error {
            EngineError::Settings(SettingsError { reports, .. }) => reports.clone(),
            error => faults(error).iter().map(fault_line).collect(),
        };
        Self::of((message, next), hint::of_engine(error), details)
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
    pub fn of(
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
            kind: hint.kind,
        }
    }

    /// The failure for a JSON result.
    pub fn problem(&self) -> Problem {
        let mut causes = self.causes.clone();
        causes.extend(self.details.iter().map(|d| d.trim_end().to_owned()));
        Problem {
            message: self.message.clone(),
            causes,
            hint: self.hint.clone(),
            code: self.kind as u8,
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
pub fn faults(error: &EngineError) -> &[FileFault] {
    match error {
        EngineError::Target { source, .. } => faults(source),
        EngineError::Faults(faults) => faults,
        _ => &[],
    }
}
