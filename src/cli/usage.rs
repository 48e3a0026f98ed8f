//! Usage errors as JSON.
//!
//! # Why
//!
//! A program that requests JSON parses stdout, even if the command line is wrong. There are no parsed
//! arguments then, so this module looks for `--output json` in the raw ones.

use std::ffi::OsString;

use super::exit::Exit;
use crate::render::json_v1::Problem;

/// The arguments before `--`, with their positions.
fn options(args: &[OsString]) -> impl Iterator<Item = (usize, &str)> {
    let texts = args.iter().map(|arg| arg.to_str().unwrap_or_default());
    texts.enumerate().take_while(|(_, arg)| *arg != "--")
}

/// The last value of an option, as `--option VALUE` or `--option=VALUE`.
fn value<'a>(args: &'a [OsString], option: &str) -> Option<&'a str> {
    let given = |(at, arg): (usize, &'a str)| match arg.strip_prefix(option)? {
        "" => args.get(at + 1)?.to_str(),
        rest => rest.strip_prefix('='),
    };
    options(args).filter_map(given).last()
}

/// Whether the arguments request JSON.
pub(super) fn is_json_requested(args: &[OsString]) -> bool {
    value(args, "--output") == Some("json")
}

/// The target environment in the arguments, or an empty text.
pub(super) fn target(args: &[OsString]) -> &str {
    value(args, "--to").unwrap_or_default()
}

/// The message of a usage error.
pub(super) fn problem(error: &clap::Error) -> Problem {
    let text = error.render().to_string();
    // Tips and usage follow after an empty line.
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

    fn args(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn json_is_requested_by_the_last_output_option() {
        for (line, expected) in [
            ("git-promote --output json", true),
            ("git-promote diff --output=json --to x", true),
            ("git-promote --output json --output text", false),
            ("git-promote --output", false),
            ("git-promote --outputs json", false),
            ("git-promote -- --output json", false),
        ] {
            assert_eq!(is_json_requested(&args(line)), expected, "{line}");
        }
    }

    #[test]
    fn the_target_is_the_value_of_the_option() {
        assert_eq!(target(&args("git-promote --to=prod --from x")), "prod");
        assert_eq!(target(&args("git-promote --from x")), "");
    }
}
