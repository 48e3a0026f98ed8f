//! `git promote release watch`.

use std::time::Duration;

use clap::Args;

use super::options::ReleaseOptions;
use super::report::exit_of_ended;
use crate::cli::common_arguments::Output;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::terminal;
use crate::engine::{self, PastTransition, ProductReleases};
use crate::port::NoObserver;
use crate::release::Release;
use crate::render::{json_v1, release as text};
use crate::wiring::ReleaseAdapters;

/// How long to pause at most before looking again.
const PAUSE: Duration = Duration::from_secs(4);

/// Follow a release until it has ended, while others move it forward.
///
/// On a terminal, the release is redrawn; otherwise each event is a line, followed by what the release waits for,
/// or a document with `--output json`. The exit code is that of `release advance --wait`.
#[derive(Args, Debug)]
pub struct WatchArguments {
    /// The release, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub id: String,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Follows a release.
///
/// # Errors
/// When there is no such release, or the output cannot be written.
pub async fn run(
    arguments: &WatchArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let ports = adapters.ports(&NoObserver);
    let mut view = View {
        output: arguments.options.output,
        is_redrawn: terminal::can_redraw_stdout(),
        shown: 0,
        lines: 0,
    };
    loop {
        let all = engine::releases(&ports).await?;
        let found = engine::find_release(&all, &arguments.id)?;
        let history = engine::release_history(&ports, found)?;
        view.show(found, &history, console)?;
        if found.1.state.is_end() {
            return Ok(exit_of_ended(found.1));
        }
        ports.promotion.clock.pause(PAUSE).await;
    }
}

/// What is on the screen.
struct View {
    output: Output,
    is_redrawn: bool,
    /// How many transitions were shown.
    shown: usize,
    /// How many lines the release takes on the terminal.
    lines: usize,
}

impl View {
    /// Shows what is new.
    fn show(
        &mut self,
        (product, release): (&ProductReleases, &Release),
        history: &[PastTransition],
        console: &mut Console<'_>,
    ) -> Result<(), Failure> {
        let new = history.get(self.shown..).unwrap_or_default();
        let Some((newest, before)) = new.split_last() else {
            return Ok(());
        };
        self.shown = history.len();
        let waits = product.recorded_waits(release);
        if self.output == Output::Json {
            let before = before.iter().map(|transition| (transition, &[][..]));
            for (transition, waits) in before.chain([(newest, &waits[..])]) {
                let event = json_v1::ReleaseEvent::of(&release.id, transition, waits);
                json_v1::write(console.out, &event, json_v1::Layout::Compact)?;
            }
        } else if self.is_redrawn {
            let mut text = Vec::new();
            text::show(&mut text, release, &waits, console.stdout)?;
            text::erase(console.out, self.lines)?;
            console.out.write_all(&text)?;
            self.lines = rows(&String::from_utf8_lossy(&text), console.stdout.width);
        } else {
            new.iter()
                .try_for_each(|transition| text::event(console.out, transition))?;
            text::waiting_for(console.out, &waits)?;
        }
        console.out.flush()?;
        Ok(())
    }
}

/// How many lines of a terminal a text takes: it breaks those that are wider.
fn rows(text: &str, width: usize) -> usize {
    let text = anstream::adapter::strip_str(text).to_string();
    let rows = |line: &str| line.chars().count().div_ceil(width.max(1)).max(1);
    text.lines().map(rows).sum()
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_wide_line_takes_several_lines_of_a_terminal() {
        assert_eq!(rows("a\n\n\u{1b}[2mabcd\u{1b}[0m\nabcde\n", 4), 5);
    }
}
