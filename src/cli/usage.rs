//! A command line that cannot be read, for programs.
//!
//! # Why
//!
//! Whoever asks for JSON parses stdout, whatever happens. Where the line itself
//! is at fault there are no arguments yet that say so; its words do.

use std::ffi::OsString;

use super::exit::Exit;
use crate::render::json_v1::Problem;

/// The words of a line that name options; what follows `--` names none.
fn options(words: &[OsString]) -> impl Iterator<Item = (usize, &str)> {
    let texts = words.iter().map(|w| w.to_str().unwrap_or_default());
    texts.enumerate().take_while(|(_, word)| *word != "--")
}

/// The last value that a line gives to an option, as `--option VALUE` or `--option=VALUE`.
fn value<'w>(words: &'w [OsString], option: &str) -> Option<&'w str> {
    let given = |(at, word): (usize, &'w str)| match word.strip_prefix(option)? {
        "" => words.get(at + 1)?.to_str(),
        rest => rest.strip_prefix('='),
    };
    options(words).filter_map(given).last()
}

/// Whether a line asks for JSON.
pub(super) fn asks_for_json(words: &[OsString]) -> bool {
    value(words, "--output") == Some("json")
}

/// The environment that a line wants to change.
pub(super) fn target(words: &[OsString]) -> &str {
    value(words, "--to").unwrap_or_default()
}

/// What is wrong with a line, in clap's words.
pub(super) fn problem(error: &clap::Error) -> Problem {
    let text = error.render().to_string();
    // The message ends where the tips and the usage begin.
    let message = text.split("\n\n").next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    Problem {
        message: message.trim_end().to_owned(),
        causes: Vec::new(),
        hint: Some("`git promote -h` lists all options".to_owned()),
        code: Exit::Usage.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn json_is_asked_for_by_the_last_output_before_the_end_of_the_options() {
        for (line, asks) in [
            ("git-promote --output json", true),
            ("git-promote diff --output=json --to x", true),
            ("git-promote --output json --output text", false),
            ("git-promote --output", false),
            ("git-promote --outputs json", false),
            ("git-promote -- --output json", false),
        ] {
            assert_eq!(asks_for_json(&words(line)), asks, "{line}");
        }
    }

    #[test]
    fn the_target_is_what_the_line_says() {
        assert_eq!(target(&words("git-promote --to=prod --from x")), "prod");
        assert_eq!(target(&words("git-promote --from x")), "");
    }
}
