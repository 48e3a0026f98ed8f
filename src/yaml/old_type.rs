//! Types of scalars by the rules of YAML 1.1, <https://yaml.org/type>.
//!
//! # Why
//!
//! `on`, `2024-01-01` and `1:30` are strings in YAML 1.2, but a boolean, a date and a number for
//! readers of YAML 1.1, such as Helm or `PyYAML`. So the type that such a reader gives to a place can
//! change although that of [`Kind`](super::Kind) stays.

use super::scalar::{Quoting, Scalar, is_date};

/// The type of a scalar in YAML 1.1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OldType {
    /// A string.
    Str,
    /// An integer.
    Int,
    /// A number with a fraction.
    Float,
    /// A boolean.
    Bool,
    /// Null.
    Null,
    /// A date, with or without a time.
    Date,
}

impl OldType {
    /// The type of a scalar without a tag.
    pub fn of(scalar: &Scalar) -> Self {
        if scalar.quoting == Quoting::Plain {
            Self::of_plain(&scalar.text)
        } else {
            Self::Str
        }
    }

    fn of_plain(text: &str) -> Self {
        const BOOLEANS: [&str; 8] = ["y", "n", "yes", "no", "true", "false", "on", "off"];
        let is_word = |words: &[&str]| {
            // `Yes` and `YES`, but not `yEs`.
            let rest = text.get(1..).unwrap_or_default();
            let is_cased = rest.bytes().all(|b| b.is_ascii_lowercase())
                || text.bytes().all(|b| b.is_ascii_uppercase());
            is_cased && words.iter().any(|word| text.eq_ignore_ascii_case(word))
        };
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        if matches!(text, "" | "~") || is_word(&["null"]) {
            Self::Null
        } else if is_word(&BOOLEANS) {
            Self::Bool
        } else if is_integer(unsigned) {
            Self::Int
        } else if is_float(unsigned) {
            Self::Float
        } else if is_date(&text.to_ascii_lowercase()) {
            Self::Date
        } else {
            Self::Str
        }
    }
}

fn is_integer(text: &str) -> bool {
    let all = |digits: &str, is: fn(u8) -> bool| {
        !digits.is_empty() && digits.bytes().all(|b| b == b'_' || is(b))
    };
    let is_octal = |b| matches!(b, b'0'..=b'7');
    match text.as_bytes() {
        [b'0'] => true,
        [b'0', b'b', ..] => all(&text[2..], |b| matches!(b, b'0' | b'1')),
        [b'0', b'x', ..] => all(&text[2..], |b| b.is_ascii_hexdigit()),
        [b'0', ..] => all(&text[1..], is_octal),
        [b'1'..=b'9', ..] => {
            let (first, rest) = text.split_once(':').unwrap_or((text, "0"));
            all(first, |b| b.is_ascii_digit()) && rest.split(':').all(is_sixtieth)
        }
        _ => false,
    }
}

/// Whether a text is a fraction, `.inf` or `.nan`; an exponent needs a sign.
fn is_float(text: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|b| b == b'_' || b.is_ascii_digit());
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if matches!(text, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let Some((whole, fraction)) = text.split_once('.') else {
        return false;
    };
    let (digits, exponent) = match fraction.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (fraction, None),
    };
    let is_exponent = |text: &str| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let (first, sixtieths) = whole.split_once(':').unwrap_or((whole, "0"));
    let has_digit = starts_with_digit(first) || first.is_empty() && starts_with_digit(digits);
    has_digit
        && is_digits(first)
        && sixtieths.split(':').all(is_sixtieth)
        && is_digits(digits)
        && exponent.is_none_or(is_exponent)
}

/// Whether a text is a part of a number in base 60, such as `1:30`.
fn is_sixtieth(text: &str) -> bool {
    text.len() <= 2
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.parse::<u8>().is_ok_and(|number| number < 60)
}

#[cfg(test)]
mod tests {
    use super::OldType::{Bool, Date, Float, Int, Null, Str};
    use super::*;

    #[test]
    fn types_of_plain_scalars() {
        for (expected, texts) in [
            (Null, "~ null Null NULL"),
            (Bool, "y N yes Yes YES no on On OFF true False"),
            (Int, "0 5 -5 +1_000 012 0_7 0b1_0 0x1F 1:30 190:20:30"),
            (Float, "1. 1.5 -.5 1.5e+3 1_0.5 1:30.5 .inf -.INF .nan"),
            (Date, "2024-01-01 2001-12-14t21:59:43Z"),
            (
                Str,
                "a yEs tRUE nULL oN 0o7 08 1e3 1.5e3 1:60 1.2.3 1-2 _1 . - 0b2 0x :30 v1 release-7",
            ),
        ] {
            for text in texts.split(' ') {
                assert_eq!(OldType::of_plain(text), expected, "{text}");
            }
        }
        assert_eq!(OldType::of_plain(""), Null);
    }
}
