//! Options that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where the repository is.
#[derive(Args, Clone, Debug, Default)]
pub struct PlaceArguments {
    /// Run as if started in DIR; repeated ones build on each other, as with git.
    #[arg(short = 'C', value_name = "DIR", action = clap::ArgAction::Append, help_heading = "Repository")]
    pub directory: Vec<PathBuf>,
}

/// How the output looks; may stand anywhere.
#[derive(Args, Clone, Copy, Debug)]
pub struct LookArguments {
    /// When to colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", help_heading = "Output")]
    pub color: Color,

    /// Tell each step on stderr.
    #[arg(long, global = true, help_heading = "Output")]
    pub verbose: bool,
}

/// When to colour.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// On a terminal, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// In which form the result goes to stdout.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Output {
    /// For people.
    #[default]
    Text,
    /// For programs; see `git promote schema`.
    Json,
    /// For pull requests and comments; at most 65,536 characters.
    Markdown,
}
