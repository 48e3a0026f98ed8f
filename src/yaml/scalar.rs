//! Scalars: their text, type and quoting.
//!
//! # Why
//!
//! Types follow go-yaml v3, which kustomize, Argo CD and Flux use: the core
//! schema of YAML 1.2, plus the integers of YAML 1.1 (`0644`, `1_000`, `0b1`).
//! `yes`, `no`, `on`, `off` and dates are strings. Writing is stricter than
//! reading: a string that some reader of YAML 1.1 or 1.2 could take for another
//! type ([`is_ambiguous`]) is quoted.

use std::borrow::Cow;

/// A scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text after folding and unescaping; empty for an omitted value.
    pub text: String,
    /// Its type.
    pub kind: Kind,
    /// How it was written.
    pub quoting: Quoting,
}

/// The type of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A string.
    Str,
    /// An integer.
    Int,
    /// A number with a fraction or exponent, `.inf` or `.nan`.
    Float,
    /// `true` or `false`.
    Bool,
    /// `null`, `~`, or nothing at all.
    Null,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quoting {
    /// Without quotes.
    Plain,
    /// `'single'`.
    Single,
    /// `"double"`.
    Double,
    /// A `|` block.
    Literal,
    /// A `>` block.
    Folded,
}

impl Kind {
    /// The type of a plain scalar.
    pub fn of_plain(text: &str) -> Self {
        let Some(first) = text.bytes().next() else {
            return Self::Null;
        };
        match first {
            b'~' | b'n' | b'N' if matches!(text, "~" | "null" | "Null" | "NULL") => Self::Null,
            b't' | b'T' | b'f' | b'F'
                if matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") =>
            {
                Self::Bool
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => number(text).unwrap_or(Self::Str),
            _ => Self::Str,
        }
    }

    /// The type of a core tag such as `!!str`, by its suffix.
    pub(super) fn of_tag(suffix: &str) -> Option<Self> {
        match suffix {
            "str" => Some(Self::Str),
            "int" => Some(Self::Int),
            "float" => Some(Self::Float),
            "bool" => Some(Self::Bool),
            "null" => Some(Self::Null),
            _ => None,
        }
    }
}

fn number(text: &str) -> Option<Kind> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Kind::Float);
    }
    let digits: String = unsigned.chars().filter(|c| *c != '_').collect();
    if unsigned.starts_with('_') || digits.is_empty() {
        return None;
    }
    if integer(&digits).is_some() {
        return Some(Kind::Int);
    }
    is_float(&digits).then_some(Kind::Float)
}

/// The base and the digits of an unsigned integer.
fn integer(digits: &str) -> Option<(u32, &str)> {
    let (base, rest) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] if digits.bytes().all(|b| matches!(b, b'0'..=b'7')) => (8, &digits[1..]),
        [b'0', _, ..] => return None,
        _ => (10, digits),
    };
    let valid = !rest.is_empty() && rest.chars().all(|c| c.is_digit(base));
    valid.then_some((base, rest))
}

fn is_float(digits: &str) -> bool {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.is_none_or(|e| number(e.strip_prefix(['+', '-']).unwrap_or(e)));
    exponent
        && match mantissa.split_once('.') {
            None => number(mantissa),
            Some(("", fraction)) => number(fraction),
            Some((whole, fraction)) => number(whole) && (fraction.is_empty() || number(fraction)),
        }
}

/// What a reader of YAML 1.1 makes of a plain key, if it is not the text itself.
pub(super) fn old_key(text: &str) -> Option<Cow<'static, str>> {
    match Kind::of_plain(text) {
        Kind::Null => Some("null".into()),
        kind @ Kind::Int => Some(json_number(text, kind)?.to_string().into()),
        Kind::Bool => Some(text.to_ascii_lowercase().into()),
        Kind::Float => None,
        Kind::Str => match text {
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some("true".into()),
            "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some("false".into()),
            _ => None,
        },
    }
}

/// Whether some reader could take the plain text for a type other than string.
pub(super) fn is_ambiguous(text: &str) -> bool {
    if Kind::of_plain(text) != Kind::Str || matches!(text, "<<" | "=") {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
    ) {
        return true;
    }
    let unsigned = lower.trim_start_matches(['+', '-']);
    let starts_as_number = unsigned.starts_with(|c: char| c.is_ascii_digit())
        || (unsigned.starts_with('.')
            && unsigned[1..].starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'i' | 'n')));
    starts_as_number && (is_old_number(unsigned) || is_date(unsigned))
}

/// Whether it looks like a number of YAML 1.1, even a malformed one: `1_000`, `190:20:30`, `1.5e`.
fn is_old_number(text: &str) -> bool {
    matches!(text, ".inf" | ".nan")
        || text
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'_' | b':' | b'.' | b'e' | b'+' | b'-'))
            && text.bytes().filter(|b| *b == b'.').count() <= 1
            && !is_dashed(text)
        || [("0x", 16), ("0o", 8), ("0b", 2)]
            .into_iter()
            .any(|(prefix, base)| {
                text.strip_prefix(prefix).is_some_and(|digits| {
                    let mut digits = digits.chars();
                    !digits.as_str().is_empty() && digits.all(|c| c.is_digit(base) || c == '_')
                })
            })
}

/// Whether there is a sign other than that of an exponent: `1-2`, but not `1e-2`.
fn is_dashed(text: &str) -> bool {
    text.as_bytes()
        .windows(2)
        .any(|w| matches!(w[1], b'-' | b'+') && w[0] != b'e')
}

/// Whether it starts with a date: `2001-12-14`, also with a time.
pub(super) fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, most: usize| {
        part.is_some_and(|p| (1..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    digits(parts.next(), 4)
        && digits(parts.next(), 2)
        && parts.next().is_some_and(|rest| {
            let day: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let after = &rest[day.len()..];
            (1..=2).contains(&day.len())
                && (after.is_empty() || after.starts_with(['t', ' ', '\t']))
        })
}

/// The value of a number, for queries; `None` if JSON cannot represent it.
pub(super) fn json_number(text: &str, kind: Kind) -> Option<serde_json::Number> {
    let clean = text.replace('_', "");
    let (negative, unsigned) = match clean.as_bytes().first()? {
        b'-' => (true, &clean[1..]),
        b'+' => (false, &clean[1..]),
        _ => (false, clean.as_str()),
    };
    if kind == Kind::Int
        && let Some((base, digits)) = integer(unsigned)
        && let Ok(number) = u64::from_str_radix(digits, base)
    {
        return match i64::try_from(number) {
            Ok(number) => Some(if negative { -number } else { number }.into()),
            Err(_) if negative => serde_json::Number::from_f64(clean.parse().ok()?),
            Err(_) => Some(number.into()),
        };
    }
    serde_json::Number::from_f64(clean.parse::<f64>().ok()?)
}
