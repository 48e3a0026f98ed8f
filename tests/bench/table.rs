//! The table that the figures are printed in.

use std::time::Duration;

/// The rows so far.
pub struct Table {
    missed: usize,
}

impl Table {
    /// Prints the head.
    pub fn begin() -> Self {
        println!(
            "{:<46} {:<30} {:>10} {:>10} {:>8} {:>8}",
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
            "{what:<46} {about:<30} {ours:>10} {theirs:>10} {ratio:>7.2}x {most:>7}x  {verdict}"
        );
    }

    /// Prints an amount of memory in bytes.
    pub fn memory(&mut self, what: &str, about: &str, bytes: u64, most: u64) {
        const MIB: u64 = 1024 * 1024;
        let verdict = self.verdict(bytes < most * MIB);
        let mib = bytes.div_ceil(MIB);
        println!(
            "{what:<46} {about:<30} {:>10} {:>10} {mib:>4} MiB {most:>4} MiB  {verdict}",
            "", ""
        );
    }

    /// Prints how many targets were missed.
    pub fn end(&self) {
        match self.missed {
            0 => println!("all targets are met"),
            n => println!("{n} targets are missed"),
        }
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
