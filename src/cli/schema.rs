//! `git promote schema`.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::failure::Failure;
use crate::config;
use crate::render::json_v1;

/// Print the JSON Schema of an output or of the configuration.
#[derive(Args, Debug)]
pub struct SchemaArguments {
    /// Of what.
    #[arg(value_enum)]
    pub of: Subject,
}

/// What has a schema.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// `git promote diff --output json`.
    Diff,
    /// `git promote --output json`.
    Result,
    /// `promote.yaml`.
    Config,
}

/// Prints the schema.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(arguments: &SchemaArguments, out: &mut dyn Write) -> Result<Exit, Failure> {
    let schema = match arguments.of {
        Subject::Diff => json_v1::diff_schema(),
        Subject::Result => json_v1::result_schema(),
        Subject::Config => config::schema(),
    };
    serde_json::to_writer_pretty(&mut *out, &schema).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(Exit::Done)
}
