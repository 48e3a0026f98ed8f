//! How far it is, on stderr.

use std::io::{IsTerminal, Write as _};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::environment;
use crate::port::{Event, Observer};
use crate::render::event;

/// What takes less is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// How much is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Telling {
    /// A bar on a terminal, when it takes long.
    Bar,
    /// Each step on a line of its own (`--verbose`).
    Lines,
}

/// Tells a person at a terminal how far it is.
pub struct Story {
    telling: Telling,
    started: Instant,
    bar: Option<Bar>,
}

/// A bar that shows itself when it has taken long enough.
///
/// The thread is there because a step that takes long (a fetch) says nothing while it does.
struct Bar {
    bar: ProgressBar,
    waiting: mpsc::Sender<()>,
}

impl Bar {
    fn begin() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (sender, receiver) = mpsc::channel::<()>();
        let shown = bar.clone();
        std::thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                // It is drawn again at the next step only: Git may ask for a password meanwhile.
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

impl Story {
    /// Begins now.
    pub fn begin(telling: Telling) -> Self {
        let has_bar =
            telling == Telling::Bar && std::io::stderr().is_terminal() && environment::can_redraw();
        Self {
            telling,
            started: Instant::now(),
            bar: has_bar.then(Bar::begin),
        }
    }

    /// Ends, and takes the bar away, so that what is printed next stands on a clean line.
    pub fn end(self) {
        if let Some(Bar { bar, waiting }) = self.bar {
            drop(waiting);
            bar.finish_and_clear();
        }
    }

    fn step(&self, what: &'static str) {
        if self.telling == Telling::Lines {
            let seconds = self.started.elapsed().as_secs_f64();
            // Nobody is helped when the story cannot be told: the work goes on.
            let _ = writeln!(std::io::stderr(), "[{seconds:7.3}s] {what}");
        }
        if let Some(Bar { bar, .. }) = &self.bar {
            bar.set_message(what);
        }
    }

    fn files(&self, done: usize, all: usize, what: &'static str) {
        let Some(Bar { bar, .. }) = &self.bar else {
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

impl Observer for Story {
    fn event(&self, event: &Event) {
        let what = event::message(event);
        match event {
            Event::Comparing { done, all } => self.files(*done, *all, what),
            _ => self.step(what),
        }
    }
}
