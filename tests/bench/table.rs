//! The table that the figures are printed in.

use std::process::ExitCode;
use std::time::Duration;

/// How many of too many things are shown.
const SHOWN: usize = 10;

/// The rows so far.
pub struct Table {
    missed: usize,
}

impl Table {
    /// Prints the head.
    pub fn begin() -> Self {
        println!(
            "{:<52} {:<30} {:>10} {:>10} {:>8} {:>8}",
            "what", "repository", "promote", "git", "is", "at most"
        );
        Self { missed: 0 }
    }

    /// Prints a ratio of two times.
    pub fn ratio(
        &mut self,
        what: &str,
        about: &str,
        (ours, theirs): (Duration, Duration),
        most: f64,
    ) {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        let (ours, theirs) = (shown(ours), shown(theirs));
        let verdict = self.verdict(ratio <= most);
        println!(
            "{what:<52} {about:<30} {ours:>10} {theirs:>10} {ratio:>7.2}x {most:>7}x  {verdict}"
        );
    }

    /// Prints an amount of memory in bytes.
    pub fn memory(&mut self, what: &str, about: &str, bytes: u64, most: u64) {
        const MIB: u64 = 1024 * 1024;
        let verdict = self.verdict(bytes < most * MIB);
        let mib = bytes.div_ceil(MIB);
        println!(
            "{what:<52} {about:<30} {:>10} {:>10} {mib:>4} MiB {most:>4} MiB  {verdict}",
            "", ""
        );
    }

    /// Prints a time that is compared with nothing.
    pub fn time(&mut self, what: &str, about: &str, time: Duration, most: Duration) {
        let verdict = self.verdict(time < most);
        let (time, most) = (shown(time), shown(most));
        println!(
            "{what:<52} {about:<30} {time:>10} {:>10} {:>8} {most:>8}  {verdict}",
            "", ""
        );
    }

    /// Prints how many things there are, and which where they are too many.
    pub fn count(&mut self, what: &str, about: &str, things: &[String], most: usize) {
        let number = things.len();
        let verdict = self.verdict(number <= most);
        println!(
            "{what:<52} {about:<30} {:>10} {:>10} {number:>8} {most:>8}  {verdict}",
            "", ""
        );
        if number > most {
            let shown = things.iter().take(SHOWN);
            shown.for_each(|thing| println!("    {thing}"));
        }
    }

    /// Prints how many targets were missed; any makes the program fail.
    pub fn end(&self) -> ExitCode {
        match self.missed {
            0 => println!("all targets are met"),
            n => println!("{n} targets are missed"),
        }
        ExitCode::from(u8::from(self.missed > 0))
    }

    fn verdict(&mut self, holds: bool) -> &'static str {
        if holds {
            return "PASS";
        }
        self.missed += 1;
        "FAIL"
    }
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}
