//! Progress on stderr.

use std::io::{IsTerminal, Write as _};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::environment;
use crate::port::{Event, Observer};
use crate::render::{escaped_line, event};

/// The time after which the bar is shown.
const BAR_DELAY: Duration = Duration::from_millis(500);

/// How progress is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProgressMode {
    /// A bar on a terminal, if the command takes long.
    Bar,
    /// A line for each step (`--verbose`).
    Lines,
}

/// The progress of a command.
pub struct Progress {
    mode: ProgressMode,
    started: Instant,
    bar: Option<DelayedBar>,
}

/// A progress bar that appears after a delay.
///
/// It has a thread because long steps, such as a fetch, send no events in between.
struct DelayedBar {
    bar: ProgressBar,
    waiting: mpsc::Sender<()>,
}

impl DelayedBar {
    fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (sender, receiver) = mpsc::channel::<()>();
        let shown = bar.clone();
        std::thread::spawn(move || {
            if receiver.recv_timeout(BAR_DELAY) == Err(mpsc::RecvTimeoutError::Timeout) {
                // Not redrawn before the next step, because Git may prompt for a password.
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.tick();
            }
        });
        Self {
            bar,
            waiting: sender,
        }
    }
}

impl Progress {
    /// Starts showing progress.
    pub fn start(mode: ProgressMode) -> Self {
        let has_bar = mode == ProgressMode::Bar
            && std::io::stderr().is_terminal()
            && environment::can_redraw();
        Self {
            mode,
            started: Instant::now(),
            bar: has_bar.then(DelayedBar::start),
        }
    }

    /// Removes the bar, so that the next output starts on an empty line.
    pub fn finish(self) {
        if let Some(DelayedBar { bar, waiting }) = self.bar {
            drop(waiting);
            bar.finish_and_clear();
        }
    }

    fn step(&self, what: &str) {
        if self.mode == ProgressMode::Lines {
            let seconds = self.started.elapsed().as_secs_f64();
            // A closed stderr must not stop the promotion.
            let _ = writeln!(std::io::stderr(), "[{seconds:7.3}s] {what}");
        }
        if let Some(DelayedBar { bar, .. }) = &self.bar {
            bar.set_message(what.to_owned());
        }
    }

    fn files(&self, done: usize, all: usize, what: &'static str) {
        let Some(DelayedBar { bar, .. }) = &self.bar else {
            return;
        };
        if bar.length() != Some(all as u64) {
            bar.set_length(all as u64);
            bar.set_message(what);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {msg}") {
                bar.set_style(style);
            }
        }
        bar.set_position(done as u64);
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event) {
        let what = event::message(event);
        match event {
            Event::Comparing { done, all } => self.files(*done, *all, what),
            _ => self.step(what),
        }
    }

    fn transition(&self, title: &str) {
        self.step(&escaped_line(title));
    }

    fn output(&self, line: &str) {
        if self.mode == ProgressMode::Lines {
            let _ = writeln!(std::io::stderr(), "  {}", escaped_line(line));
        }
    }
}
