//! How bash splits and quotes a line.
//!
//! # Why
//!
//! Readline replaces less than a word: what follows an open quote, else what follows the last character
//! that breaks words, such as the `=` of `--from=staging`. It replaces that with the text it gets.

/// A command line up to the cursor.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct BashLine {
    /// The words without their quotes; the last one is completed.
    pub words: Vec<String>,
    /// The quote that is open at the end.
    quote: Option<char>,
    /// Whether the last word begins with a `~` that bash expands.
    is_in_home: bool,
    /// How many bytes of the last word readline keeps.
    kept: usize,
}

/// A word that is being read.
#[derive(Default)]
struct Word {
    text: String,
    kept: usize,
    is_started: bool,
    /// Whether it begins with a `~` that bash expands.
    is_in_home: bool,
    /// Whether its text depends on more than the line, or readline's idea of it does.
    is_unclear: bool,
}

impl BashLine {
    /// Splits a line; `breaks` are the characters that break words for readline. `None` if the last word
    /// cannot be completed, such as `$HOME`.
    pub fn parse(line: &str, breaks: &str) -> Option<Self> {
        let mut words = Vec::new();
        let mut word = Word::default();
        let mut quote = None;
        let mut characters = line.chars();
        while let Some(c) = characters.next() {
            match (quote, c) {
                (None, ' ' | '\t' | '\n') => {
                    if std::mem::take(&mut word.is_started) {
                        words.push(std::mem::take(&mut word).text);
                    }
                    continue;
                }
                (None, '\'' | '"') => {
                    quote = Some(c);
                    word.kept = word.text.len();
                }
                (Some(open), _) if open == c => {
                    quote = None;
                    word.is_unclear = true;
                }
                (None, '\\') => word.text.extend(characters.next()),
                (Some('"'), '\\') => match characters.next() {
                    Some(next) if !"\"\\$`".contains(next) => word.text.extend(['\\', next]),
                    next => word.text.extend(next),
                },
                _ => {
                    word.is_unclear |= "$`".contains(c) && quote != Some('\'');
                    word.is_in_home |= c == '~' && quote.is_none() && !word.is_started;
                    word.text.push(c);
                    if quote.is_none() && breaks.contains(c) {
                        word.kept = word.text.len();
                    }
                }
            }
            word.is_started = true;
        }
        let Word {
            text,
            kept,
            is_in_home,
            is_unclear,
            ..
        } = word;
        words.push(text);
        (!is_unclear).then_some(Self {
            words,
            quote,
            is_in_home,
            kept,
        })
    }

    /// What readline puts in the place of the text that it replaces, so that the last word becomes
    /// `value`; `None` if that cannot be written there.
    pub fn replacement(&self, value: &str) -> Option<String> {
        let kept = self.words.last()?.get(..self.kept)?;
        let rest = value.strip_prefix(kept)?;
        let (home, rest) = match rest.strip_prefix("~/") {
            Some(below) if self.is_in_home => ("~/", below),
            _ => ("", rest),
        };
        // Readline closes an open quote.
        let escaped = |specials: &str| {
            let mut text = home.to_owned();
            for c in rest.chars() {
                if specials.contains(c) {
                    text.push('\\');
                }
                text.push(c);
            }
            text
        };
        match self.quote {
            Some('\'') => Some(rest.replace('\'', r"'\''")),
            // The history is expanded between these quotes, and a backslash would stay.
            Some(_) if rest.contains('!') => None,
            Some(_) => Some(escaped("\"\\$`")),
            None => {
                let mut text = escaped(SPECIAL);
                if !value.ends_with('/') {
                    text.push(' ');
                }
                Some(text)
            }
        }
    }
}

/// The visible ASCII characters that have a meaning outside quotes, anywhere in a word.
const SPECIAL: &str = " !\"#$&'()*;<>?[\\]^`{|}~";

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn parse(line: &str) -> Option<BashLine> {
        BashLine::parse(line, BREAKS)
    }

    #[test]
    fn words_lose_their_quotes() {
        for (line, words) in [
            ("git-promote ", &["git-promote", ""][..]),
            ("a 'b c' d", &["a", "b c", "d"]),
            (
                r#"a b\ c "d\"e\f" ''  g"#,
                &["a", "b c", r#"d"e\f"#, "", "g"],
            ),
            ("a 'b c", &["a", "b c"]),
            ("a --from=x:y", &["a", "--from=x:y"]),
        ] {
            assert_eq!(parse(line).unwrap().words, words, "{line}");
        }
        for line in ["a $b", "a \"$b", "a 'b'c", "a `b"] {
            assert_eq!(parse(line), None, "{line}");
        }
        assert!(parse("a $b c").is_some());
    }

    #[test]
    fn only_what_readline_replaces_is_written() {
        for (line, value, expected) in [
            ("p st", "staging", "staging "),
            ("p --from=st", "--from=staging", "staging "),
            ("p --from=a:s", "--from=a:staging", "staging "),
            ("p --from='st", "--from=staging", "staging"),
            (r"p my\ e", "my env", r"my\ env "),
            ("p apps", "apps/", "apps/"),
            ("p ~/a", "~/a b/", r"~/a\ b/"),
            (r"p \~/a", "~/a b/", r"\~/a\ b/"),
        ] {
            let line = parse(line).unwrap();
            assert_eq!(
                line.replacement(value).as_deref(),
                Some(expected),
                "{value}"
            );
        }
    }

    #[test]
    fn nothing_in_a_value_has_a_meaning_for_bash() {
        let hostile = "a $(x) `y` \"z\" 'w' !v \\u *t;&|<>~#{,}[]?^";
        let plain = parse("p ").unwrap().replacement(hostile).unwrap();
        assert_eq!(
            plain,
            r#"a\ \$\(x\)\ \`y\`\ \"z\"\ \'w\'\ \!v\ \\u\ \*t\;\&\|\<\>\~\#\{,\}\[\]\?\^ "#
        );
        let single = parse("p '").unwrap().replacement("a '$(x)' !v").unwrap();
        assert_eq!(single, r"a '\''$(x)'\'' !v");
        let double = parse("p \"").unwrap();
        assert_eq!(
            double.replacement("a $(x) `y` \"").unwrap(),
            r#"a \$(x) \`y\` \""#
        );
        assert_eq!(double.replacement("a!"), None);
    }
}
