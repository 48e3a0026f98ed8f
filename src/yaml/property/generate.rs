//! Texts made from numbers: every format, and all that parsers disagree about.

use std::fmt::Write as _;

/// Numbers that choose between alternatives; zeros once they are used up.
pub struct Picks<'p> {
    numbers: std::slice::Iter<'p, u16>,
    /// The anchors that the text has so far, each with whether it names a mapping.
    anchors: Vec<(String, bool)>,
    /// Whether the text has characters that most parsers refuse or read otherwise somewhere.
    is_odd: bool,
}

impl<'p> Picks<'p> {
    /// Chooses by these numbers.
    pub fn new(numbers: &'p [u16]) -> Self {
        Self {
            numbers: numbers.iter(),
            anchors: Vec::new(),
            is_odd: false,
        }
    }

    /// A character that is not seen or breaks lines; a plain one in a text that is not odd.
    fn invisible(&mut self) -> &'static str {
        let found = self.below(INVISIBLE.len());
        if self.is_odd { INVISIBLE[found] } else { "-" }
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(self.numbers.next().copied().unwrap_or(0)) % limit.max(1)
    }

    /// One of some texts.
    pub fn of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }

    /// Whether one of so many cases is here.
    fn one_of(&mut self, cases: usize) -> bool {
        self.below(cases) == cases - 1
    }

    /// One of the anchors so far.
    fn anchor(&mut self, is_mapping: bool) -> Option<String> {
        let fits = |(_, mapping): &&(String, bool)| !is_mapping || *mapping;
        let count = self.anchors.iter().filter(fits).count();
        let at = self.below(count);
        let found = self.anchors.iter().filter(fits).nth(at)?;
        Some(found.0.clone())
    }

    /// An anchor for the next value, in few cases; three names, so that some are used again.
    fn new_anchor(&mut self, is_mapping: bool) -> String {
        if !self.one_of(6) {
            return String::new();
        }
        let name = self.of(&["a", "b", "c-1"]).to_owned();
        let anchor = format!(" &{name}");
        self.anchors.push((name, is_mapping));
        anchor
    }
}

/// Scalars and small flow collections as they are written.
const SCALARS: &[&str] = &[
    "v1",
    "1.25.3",
    "80",
    "~",
    "",
    "'single'",
    "\"double \\\" #\"",
    "a b # c",
    "http://x:80/#y",
    "''",
    "\"\"",
    "-1",
    "日本 ✓",
    "{{ x }}x",
    "[a, b]",
    "{a: 1, b: 'x'}",
    "{}",
    "[]",
    "\"it's\"",
    "'it''s'",
    "\"a\\tb\\n\"",
    "[ a , # c\n   b ]",
    "{? a : b, c: , d}",
    "{\"a\":1,'b': [x, {y: z}]}",
    "!!str 1",
    "!custom x",
    "! 12",
    "\"folded\n\n    over lines\"",
    "plain\n    over lines",
];

/// What is special in YAML 1.1 or in 1.2, or only looks so.
const SPECIAL: &[&str] = &[
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "true",
    "True",
    "null",
    "Null",
    "NULL",
    "0o7",
    "012",
    "0b11",
    "0x1F",
    "1:30",
    "190:20:30.15",
    "1_000",
    "+1",
    "1e3",
    "1.",
    ".5",
    "1.20",
    ".inf",
    "-.INF",
    ".NaN",
    "=",
    "<<",
    "2026-01-02",
    "2001-12-14t21:59:43.10-05:00",
    "0644",
    "0e815734",
    "1e400",
    "18446744073709551616",
    "---x",
    "...x",
];

/// What breaks lines for some parsers, and what is not seen.
pub const INVISIBLE: &[&str] = &[
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{a0}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2066}",
    "\u{ad}",
    "\u{e0041}",
    "\u{7f}",
    "\u{80}",
    "\u{9f}",
    "\t",
    "\u{7}",
    "\u{1b}",
    "\r",
    "\0",
    "\u{fffe}",
];

/// Escapes of double quotes for the same.
const ESCAPES: &[&str] = &[
    "\\N",
    "\\L",
    "\\P",
    "\\_",
    "\\uFEFF",
    "\\x07",
    "\\e",
    "\\r",
    "\\0",
    "\\t",
    "\\u200B",
    "\\U000E0041",
    "\\/",
];

/// Texts for values that are set.
const TEXTS: &[&str] = &[
    "v2",
    "release #42",
    "note: hi",
    "",
    "- x",
    "a\nb\n",
    "a\r\nb",
    " x",
    "x ",
    "it's",
    "\"q\"",
    "{",
    "*a",
    "&a",
    "!x",
    "? x",
    "%x",
    "@x",
    "`x",
    "ü",
    "#",
    "[",
    "v2.0.0-rc.1",
    "nginx:1.2@sha256:abc",
    "\n",
    "\n\na\n\n",
    "\\",
    "x:",
    "---",
];

const KEYS: &[&str] = &[
    "name",
    "image",
    "tag",
    "a.b/c",
    "\"q r\"",
    "'s'",
    "env",
    "list",
    "x-y",
    "k1",
    "k2",
    "8080",
    "yes",
    "~",
    "\"\\u0085\"",
    "? tag",
    "? \"q\"",
    "? [a, b]",
];

/// A text that a value is set to.
pub fn text(picks: &mut Picks<'_>) -> String {
    match picks.below(6) {
        0 => picks.of(SPECIAL).to_owned(),
        1 => {
            let (before, after) = (
                picks.of(&["", "a", " ", "a\n"]),
                picks.of(&["", "b", " ", "\nb"]),
            );
            format!("{before}{}{after}", picks.of(INVISIBLE))
        }
        _ => picks.of(TEXTS).to_owned(),
    }
}

/// A scalar as it is written.
fn scalar(picks: &mut Picks<'_>) -> String {
    match picks.below(8) {
        0 | 1 => picks.of(SPECIAL).to_owned(),
        2 => {
            let quote = picks.of(&["\"", "'", ""]);
            let invisible = picks.invisible();
            format!("{quote}a{invisible}b{quote}")
        }
        3 => format!("\"{}x{}\"", picks.of(ESCAPES), picks.of(ESCAPES)),
        4 => match picks.anchor(false) {
            Some(name) => format!("*{name} "),
            None => picks.of(SCALARS).to_owned(),
        },
        _ => picks.of(SCALARS).to_owned(),
    }
}

/// A block scalar below an indentation.
fn block_scalar(picks: &mut Picks<'_>, indent: usize, out: &mut String) {
    let style = picks.of(&["|", ">"]);
    let chomping = picks.of(&["", "-", "+"]);
    let digit = picks.of(&["", "", "2", "1"]);
    let comment = picks.of(&["", "", " # c"]);
    let anchor = picks.new_anchor(false);
    let header = match picks.below(2) {
        0 => format!("{style}{digit}{chomping}"),
        _ => format!("{style}{chomping}{digit}"),
    };
    let pad = " ".repeat(indent + digit.parse().unwrap_or(2));
    write!(out, "{anchor} {header}{comment}\n{pad}one\n").expect("a string takes all");
    for _ in 0..picks.below(4) {
        let invisible = picks.invisible();
        let line = match picks.below(6) {
            0 => String::new(),
            1 => format!("{pad}  deeper # no comment"),
            2 => format!(
                "{pad}a{}b",
                if invisible == "\0" { "\t" } else { invisible }
            ),
            3 => format!("{pad}\t"),
            4 => format!("{pad}- x: *no"),
            _ => format!("{pad}two"),
        };
        writeln!(out, "{line}").expect("a string takes all");
    }
    if chomping == "+" {
        out.push_str(picks.of(&["", "\n", "\n\n"]));
    }
}

/// A merge key with what it refers to, if there is an anchor of a mapping.
fn merge_key(picks: &mut Picks<'_>, pad: &str, out: &mut String) {
    let (Some(one), Some(two)) = (picks.anchor(true), picks.anchor(true)) else {
        return;
    };
    let value = match picks.below(4) {
        0 => format!("[*{one}, *{two}]"),
        1 => format!("[*{one}, {{tag: merged}}]"),
        _ => format!("*{one}"),
    };
    writeln!(out, "{pad}<<: {value}").expect("a string takes all");
}

/// Writes a block mapping or list of some depth with comments and blank lines.
fn fill(picks: &mut Picks<'_>, indent: usize, depth: usize, is_list: bool, out: &mut String) {
    let pad = " ".repeat(indent);
    if !is_list && picks.one_of(4) {
        merge_key(picks, &pad, out);
    }
    for index in 0..=picks.below(4) {
        match picks.below(8) {
            0 => writeln!(out, "{pad}# comment {index}").expect("a string takes all"),
            1 if index > 0 => out.push('\n'),
            2 => writeln!(out, "{pad}#{}c", picks.invisible()).expect("a string takes all"),
            _ => {}
        }
        let head = if is_list {
            "-".to_owned()
        } else {
            key(picks, index, &pad)
        };
        write!(out, "{pad}{head}").expect("a string takes all");
        match picks.below(6) {
            0 | 1 if depth > 0 => {
                let is_list = picks.below(3) == 0;
                let known = picks.anchors.len();
                let anchor = picks.new_anchor(!is_list);
                // No alias within refers to it.
                let own = picks.anchors.split_off(known);
                let comment = picks.of(&["", "", " # below"]);
                writeln!(out, "{anchor}{comment}").expect("a string takes all");
                let step = [2, 2, 4, 1][picks.below(4)];
                fill(picks, indent + step, depth - 1, is_list, out);
                picks.anchors.extend(own);
            }
            2 => block_scalar(picks, indent, out),
            _ => {
                let scalar = scalar(picks);
                let anchor = if scalar.starts_with('*') {
                    String::new()
                } else {
                    picks.new_anchor(scalar.starts_with('{'))
                };
                let comment = picks.of(&["", "", " # c", "   # {\"$x\": 1}"]);
                writeln!(out, "{anchor} {scalar}{comment}").expect("a string takes all");
            }
        }
    }
}

/// A key with its colon, which no other of the mapping equals.
fn key(picks: &mut Picks<'_>, index: usize, pad: &str) -> String {
    let key = picks.of(KEYS);
    let (is_explicit, key) = match key.strip_prefix("? ") {
        Some(key) => (true, key),
        None => (false, key),
    };
    let end = key.chars().last().filter(|end| "\"']".contains(*end));
    let key = match end {
        Some(end) => format!("{}{index}{end}", &key[..key.len() - 1]),
        // One key of each kind stays as it is.
        None if index == 0 => key.to_owned(),
        None => format!("{key}{index}"),
    };
    if is_explicit {
        format!("? {key}\n{pad}:")
    } else {
        format!("{key}:")
    }
}

/// A JSON value of some depth.
fn json(picks: &mut Picks<'_>, depth: usize, out: &mut String) {
    let is_list = picks.below(3) == 0;
    let gap = picks.of(&["", " ", "\n  ", "\n\t"]);
    out.push_str(if is_list { "[" } else { "{" });
    for index in 0..picks.below(5) {
        out.push_str(if index > 0 { "," } else { "" });
        out.push_str(gap);
        if !is_list {
            let name = picks.of(&["name", "image", "tag", "a b", "\\u0085", "<<", "\u{2028}"]);
            write!(out, "\"{name}{index}\":{}", picks.of(&["", " "])).expect("a string takes all");
        }
        match picks.below(8) {
            0 | 1 if depth > 0 => json(picks, depth - 1, out),
            2 => out.push_str(picks.of(&["1", "-0.5", "1e3", "true", "false", "null", "[]", "{}"])),
            3 => write!(out, "\"a{}\"", picks.invisible()).expect("a string takes all"),
            _ => out.push_str(picks.of(&[
                "\"v1\"",
                "\"\"",
                "\"yes\"",
                "\"1.20\"",
                "\"\\n\\\"\\u2028\"",
                "\"\\/\"",
            ])),
        }
    }
    out.push_str(gap);
    out.push_str(if is_list { "]" } else { "}" });
}

/// A text in one of the formats.
pub fn generated(picks: &mut Picks<'_>) -> String {
    picks.anchors.clear();
    picks.is_odd = picks.one_of(4);
    let mut text = String::new();
    if picks.one_of(6) {
        json(picks, 3, &mut text);
        text.push_str(picks.of(&["\n", ""]));
        return text;
    }
    text.push_str(picks.of(&[
        "",
        "",
        "# head\n\n",
        "---\n",
        "\u{feff}",
        "%YAML 1.2\n---\n",
        "--- # c\n",
    ]));
    for index in 0..=picks.below(3) {
        if index > 0 {
            text.push_str(picks.of(&["---\n", "---\n", "...\n---\n", "--- # next\n"]));
            // An anchor is only known in its document.
            picks.anchors.clear();
        }
        let is_list = picks.below(3) == 0;
        fill(picks, 0, 3, is_list, &mut text);
    }
    match picks.below(6) {
        0 => text.replace('\n', "\r\n"),
        1 => text.trim_end_matches('\n').to_owned(),
        2 => text.replacen('\n', "\r\n", 2),
        3 if picks.is_odd => text.replacen('\n', "\r", 1),
        _ => text,
    }
}
