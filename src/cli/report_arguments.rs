//! The options of commands that look at a branch and report what it has.

use clap::Args;

use super::branch_arguments::BranchArguments;
use super::common_arguments::Output;

/// The branch and the format of a report.
#[derive(Args, Debug)]
pub struct ReportArguments {
    /// The branch.
    #[command(flatten)]
    pub branch: BranchArguments,

    /// The output format.
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub output: Output,
}
