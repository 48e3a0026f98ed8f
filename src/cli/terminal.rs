//! The terminal of the program: colour, width, and whether a person can answer.

use std::io::IsTerminal;

use anstream::ColorChoice;

use super::common_arguments::Color;
use super::environment;
use crate::render::{Canvas, Palette};
use crate::wiring::Prompts;

/// The width without a terminal, fixed so that logs are the same everywhere.
const DEFAULT_WIDTH: usize = 120;

/// The styles and width of stdout.
pub(super) fn stdout(color: Color) -> Canvas {
    let stdout = std::io::stdout();
    let is_terminal = stdout.is_terminal();
    let width = if is_terminal {
        terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(w, _)| usize::from(w.0))
    } else {
        DEFAULT_WIDTH
    };
    Canvas {
        palette: palette(color, anstream::AutoStream::choice(&stdout)),
        width,
        is_terminal,
    }
}

/// The styles and width of stderr.
pub(super) fn stderr(color: Color) -> Canvas {
    let choice = anstream::AutoStream::choice(&std::io::stderr());
    Canvas {
        palette: palette(color, choice),
        width: DEFAULT_WIDTH,
        is_terminal: std::io::stderr().is_terminal(),
    }
}

fn palette(color: Color, choice: ColorChoice) -> Palette {
    match (color, choice) {
        (Color::Never, _) | (Color::Auto, ColorChoice::Never) => Palette::default(),
        _ => Palette::coloured(),
    }
}

/// Whether what was written to stdout can be erased.
pub(super) fn can_redraw_stdout() -> bool {
    std::io::stdout().is_terminal() && environment::can_redraw()
}

/// Whether Git has started its pager for this command, because of `pager.promote` or `git -p`.
pub(super) fn is_in_pager() -> bool {
    std::env::var_os("GIT_PAGER_IN_USE").is_some() && !std::io::stdout().is_terminal()
}

/// Whether a person can answer, which requires that stdin and stderr are terminals.
pub(super) fn prompts() -> Prompts {
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        Prompts::Terminal
    } else {
        Prompts::Never
    }
}
