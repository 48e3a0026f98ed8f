//! Options that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// The repository.
#[derive(Args, Clone, Debug, Default)]
pub struct RepositoryArguments {
    /// Run as if started in DIR; repeatable, each relative to the previous one.
    #[arg(
        short = 'C',
        value_name = "DIR",
        value_hint = ValueHint::DirPath,
        action = clap::ArgAction::Append,
        help_heading = "Repository"
    )]
    pub directory: Vec<PathBuf>,
}

/// How the output is displayed; allowed before and after a subcommand.
#[derive(Args, Clone, Copy, Debug)]
pub struct DisplayArguments {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", help_heading = "Output")]
    pub color: Color,

    /// Do not show long output in Git's pager.
    #[arg(long, global = true, help_heading = "Output")]
    pub no_pager: bool,

    /// Print each step to stderr.
    #[arg(long, global = true, help_heading = "Output")]
    pub verbose: bool,
}

/// When to use colour.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// On a terminal, unless environment variables such as `NO_COLOR` disable it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The format of the result on stdout.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Output {
    /// For people.
    #[default]
    Text,
    /// For programs; `git promote schema` prints the schemas.
    Json,
    /// For pull requests and comments; at most 65,536 characters.
    Markdown,
}

/// The applications to list.
#[derive(Args, Clone, Debug, Default)]
pub struct ApplicationArguments {
    /// Only this application, by its name or the last parts of it; repeatable.
    #[arg(long, visible_alias = "app", value_name = "NAME")]
    pub service: Vec<String>,

    /// Only the applications of this product; repeatable.
    #[arg(long, visible_alias = "project", value_name = "NAME")]
    pub product: Vec<String>,
}
