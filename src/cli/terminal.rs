//! The terminal that the program runs in: colour, width, and whether somebody can answer.

use std::io::IsTerminal;

use anstream::ColorChoice;

use super::common_arguments::Color;
use crate::render::{Canvas, Palette};

/// The width where there is no terminal, so that logs are the same everywhere.
const WIDTH_OF_NO_TERMINAL: usize = 120;

/// The canvas of stdout.
pub(super) fn stdout(color: Color) -> Canvas {
    let stdout = std::io::stdout();
    let width = if stdout.is_terminal() {
        terminal_size::terminal_size().map_or(WIDTH_OF_NO_TERMINAL, |(w, _)| usize::from(w.0))
    } else {
        WIDTH_OF_NO_TERMINAL
    };
    Canvas {
        palette: palette(color, anstream::AutoStream::choice(&stdout)),
        width,
    }
}

/// The canvas of stderr.
pub(super) fn stderr(color: Color) -> Canvas {
    let choice = anstream::AutoStream::choice(&std::io::stderr());
    Canvas {
        palette: palette(color, choice),
        width: WIDTH_OF_NO_TERMINAL,
    }
}

fn palette(color: Color, choice: ColorChoice) -> Palette {
    match (color, choice) {
        (Color::Never, _) | (Color::Auto, ColorChoice::Never) => Palette::default(),
        _ => Palette::coloured(),
    }
}

/// Whether a person can be asked: stdin and stderr are terminals.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}
