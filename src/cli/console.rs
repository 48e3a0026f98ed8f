//! Where a command writes, and whether somebody is there to be asked.

use std::io::Write;

use super::progress::Telling;
use crate::render::Canvas;
use crate::render::json_v1::Layout;

/// The two outputs of a command.
pub struct Console<'a> {
    /// Results.
    pub out: &'a mut dyn Write,
    /// The story.
    pub err: &'a mut dyn Write,
    /// How results look.
    pub stdout: Canvas,
    /// How the story looks.
    pub stderr: Canvas,
    /// How JSON is laid out.
    pub json: Layout,
    /// How much of the progress is told.
    pub telling: Telling,
    /// Whether a person can be asked.
    pub asking: Asking,
}

/// Whether a person can be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asking {
    /// stdin and stderr are terminals.
    Possible,
    /// Nobody is there: the command line is the answer.
    Impossible,
}
