//! Names in commands that people copy into a shell.
//!
//! # Why
//!
//! Whoever may push a branch or a file chooses its name, and Git accepts `$(reboot)` as one. A command
//! in a hint must do the same in every POSIX shell, whatever names it has.

use std::borrow::Cow;

/// A text as one word of a command.
pub(super) fn word(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

/// A branch as an argument of Git that cannot be taken for an option.
pub(super) fn branch(name: &str) -> String {
    if name.starts_with('-') {
        word(&format!("refs/heads/{name}")).into_owned()
    } else {
        word(name).into_owned()
    }
}

/// An option with its value; both are one word if the value could be taken for an option.
pub(super) fn option(option: &str, value: &str) -> String {
    let separator = if value.starts_with('-') { '=' } else { ' ' };
    format!("{option}{separator}{}", word(value))
}

/// `--only` with a selector, as words of a command.
pub(super) fn only(text: &str) -> String {
    match selector(text) {
        Cow::Owned(quoted) => format!("--only {quoted}"),
        Cow::Borrowed(_) if matches!(word(text), Cow::Borrowed(_)) => option("--only", text),
        Cow::Borrowed(text) => format!("--only \"{text}\""),
    }
}

/// A selector to copy between double quotes, or in single quotes if it would not be safe there.
pub(super) fn selector(text: &str) -> Cow<'_, str> {
    let next = |(at, _): (usize, &str)| text[at + 1..].chars().next();
    let is_variable = |c: char| !matches!(c, '.' | '\'' | ' ');
    let has_variable = (text.match_indices('$').filter_map(next)).any(is_variable);
    let is_escape = |c: char| matches!(c, '$' | '`' | '"' | '\\');
    let has_escape = (text.match_indices('\\').filter_map(next)).any(is_escape);
    if has_variable || has_escape || text.contains(['`', '"']) {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Names that a shell or Git would do something with.
    const NAMES: [&str; 15] = [
        "",
        "main",
        "a b",
        "it's",
        "''",
        "\"; reboot; \"",
        "$(touch pwned)",
        "`touch pwned`",
        "${HOME}",
        "a\nb",
        "a\\",
        "a\\\\b",
        "*",
        "~",
        "a!b;c&d|e>f#g",
    ];

    /// What a shell makes of a word.
    fn read(words: &str) -> String {
        let script = format!("printf %s {words}");
        let out = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(out.status.success(), "{words}");
        String::from_utf8(out.stdout).unwrap()
    }

    #[test]
    fn a_shell_reads_a_word_as_the_text() {
        for name in NAMES {
            assert_eq!(read(&word(name)), name);
        }
    }

    #[test]
    fn a_copied_selector_is_the_selector() {
        for name in NAMES {
            let text = format!("apps/{name}/values.yaml:$.a[?@.name=='{name}'].tag");
            let shown = selector(&text);
            let copied = if shown.starts_with('\'') {
                shown.into_owned()
            } else {
                format!("\"{shown}\"")
            };
            assert_eq!(read(&copied), text);
            assert_eq!(read(&only(&text)), format!("--only{text}"));
        }
        assert_eq!(selector("$.a[?@.b=='c'].d"), "$.a[?@.b=='c'].d");
        assert_eq!(selector("$[?@.b=='c'].d"), r"'$[?@.b=='\''c'\''].d'");
    }

    #[test]
    fn a_name_that_begins_with_a_dash_is_no_option() {
        assert_eq!(branch("-x"), "refs/heads/-x");
        assert_eq!(branch("main"), "main");
        assert_eq!(option("--branch", "-x y"), "--branch='-x y'");
        assert_eq!(option("--branch", "main"), "--branch main");
    }
}
