//! The outputs of a command, and how they are used.

use std::io::Write;

use super::progress::ProgressMode;
use crate::render::Canvas;
use crate::render::json_v1::Layout;
use crate::wiring::Prompts;

/// The outputs of a command, and how they are used.
pub struct Console<'a> {
    /// For results.
    pub out: &'a mut dyn Write,
    /// For warnings, errors, hints and questions.
    pub err: &'a mut dyn Write,
    /// The styles of stdout.
    pub stdout: Canvas,
    /// The styles of stderr.
    pub stderr: Canvas,
    /// The layout of JSON.
    pub json: Layout,
    /// How progress is shown.
    pub progress: ProgressMode,
    /// Whether a person can answer.
    pub prompts: Prompts,
    /// Whether Git's pager already has the output, so that a question would not be seen.
    pub is_in_pager: bool,
}
