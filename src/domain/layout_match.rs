//! Matching paths with the parts of a layout pattern, in time linear in both.

use std::ops::RangeInclusive;

/// The longest name of an environment beside other text, in bytes.
const MAX_ENVIRONMENT: usize = 255;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Segment {
    /// `**`: any number of parts, including none.
    Any,
    /// `{app**}`: one or more parts that name the application.
    Applications,
    /// One part: pieces in order.
    One(Vec<Piece>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    Text(String),
    Star,
    App,
    Env,
}

/// The parts of a path that match a pattern's placeholders.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct LayoutMatch {
    /// The application's name; empty when the pattern has no `{app}`.
    pub application: String,
    /// The text at `{env}`.
    pub environment: String,
}

/// Matches a whole path.
pub(super) fn path(
    parts: &[Segment],
    path: &[&str],
    is_env: &dyn Fn(&str) -> bool,
) -> Option<LayoutMatch> {
    let mut found = LayoutMatch::default();
    let mut matching = PartMatch {
        is_env,
        failures: Failures::none(parts.len()),
    };
    matching.matches(parts, path, &mut found).then_some(found)
}

/// Whether a path below a folder can match.
pub(super) fn folder(
    parts: &[Segment],
    folder: &[&str],
    is_env: &dyn Fn(&str) -> bool,
    is_app: &dyn Fn(&str) -> bool,
) -> bool {
    let mut matching = PrefixMatch {
        is_env,
        is_app,
        failures: Failures::none(parts.len()),
    };
    matching.matches(parts, folder)
}

/// Which lengths of a wildcard are known to fail.
///
/// # Why
///
/// What fails after a wildcard with some text left need not be tried again when another wildcard
/// before it takes more or less. Otherwise each further wildcard would multiply the time.
struct Failures(Vec<Option<usize>>);

impl Failures {
    /// Nothing is known about wildcards at positions below `positions`.
    fn none(positions: usize) -> Self {
        Self(vec![None; positions])
    }

    /// The lengths from `least` on that can still fit at a position with `left` before it.
    fn open(&self, position: usize, left: usize, least: usize) -> RangeInclusive<usize> {
        match self.0[position] {
            Some(known) => least..=left.saturating_sub(known + 1),
            None => least..=left,
        }
    }

    /// Records that no length from `least` on fits.
    fn add(&mut self, position: usize, left: usize, least: usize) {
        let known = &mut self.0[position];
        *known = (*known).max(left.checked_sub(least));
    }
}

/// Matches the parts of a path with those of a pattern.
struct PartMatch<'a> {
    is_env: &'a dyn Fn(&str) -> bool,
    failures: Failures,
}

impl PartMatch<'_> {
    fn matches(&mut self, parts: &[Segment], path: &[&str], found: &mut LayoutMatch) -> bool {
        match parts.split_first() {
            None => path.is_empty(),
            Some((Segment::Any, rest)) => {
                // A final `**` matches at least one part, because a folder itself is not a file.
                let least = usize::from(rest.is_empty());
                self.first_length(rest, path, least, found).is_some()
            }
            Some((Segment::Applications, rest)) => {
                let length = self.first_length(rest, path, 1, found);
                if let Some(length) = length {
                    found.application = path[..length].join("/");
                }
                length.is_some()
            }
            Some((Segment::One(pieces), rest)) => path
                .split_first()
                .is_some_and(|(head, tail)| self.one(pieces, head, rest, tail, found)),
        }
    }

    /// The first number of parts that a wildcard can take.
    fn first_length(
        &mut self,
        rest: &[Segment],
        path: &[&str],
        least: usize,
        found: &mut LayoutMatch,
    ) -> Option<usize> {
        let mut open = self.failures.open(rest.len(), path.len(), least);
        let length = open.find(|length| self.matches(rest, &path[*length..], found));
        if length.is_none() {
            self.failures.add(rest.len(), path.len(), least);
        }
        length
    }

    fn one(
        &mut self,
        pieces: &[Piece],
        head: &str,
        rest: &[Segment],
        tail: &[&str],
        found: &mut LayoutMatch,
    ) -> bool {
        // Most parts are a single piece, which needs no copies.
        let place = match pieces {
            [Piece::Text(text)] => return text == head && self.matches(rest, tail, found),
            [Piece::Env] if !(self.is_env)(head) => return false,
            [Piece::Env] => Some(Piece::Env),
            [Piece::App] if !head.is_empty() => Some(Piece::App),
            _ => None,
        };
        if let Some(place) = place {
            let fits = self.matches(rest, tail, found);
            if fits {
                let text = match place {
                    Piece::App => &mut found.application,
                    _ => &mut found.environment,
                };
                head.clone_into(text);
            }
            return fits;
        }
        let mut here = found.clone();
        let fits = match_pieces(pieces, head, self.is_env, &mut here)
            && self.matches(rest, tail, &mut here);
        if fits {
            *found = here;
        }
        fits
    }
}

fn match_pieces(
    pieces: &[Piece],
    text: &str,
    is_env: &dyn Fn(&str) -> bool,
    found: &mut LayoutMatch,
) -> bool {
    PieceMatch {
        is_env,
        failures: Failures::none(pieces.len()),
    }
    .matches(pieces, text, found)
}

/// Matches the text of one part with the pieces of a pattern's part.
struct PieceMatch<'a> {
    is_env: &'a dyn Fn(&str) -> bool,
    failures: Failures,
}

impl PieceMatch<'_> {
    fn matches(&mut self, pieces: &[Piece], text: &str, found: &mut LayoutMatch) -> bool {
        let Some((piece, rest)) = pieces.split_first() else {
            return text.is_empty();
        };
        match piece {
            Piece::Text(t) => text
                .strip_prefix(t.as_str())
                .is_some_and(|tail| self.matches(rest, tail, found)),
            Piece::Star => self.longest(rest, text, 0, found).is_some(),
            Piece::App => {
                let length = self.longest(rest, text, 1, found);
                if let Some(length) = length {
                    text[..length].clone_into(&mut found.application);
                }
                length.is_some()
            }
            Piece::Env => {
                let most = text.len().min(MAX_ENVIRONMENT);
                let length = cuts(text, 1..=most)
                    .find(|n| (self.is_env)(&text[..*n]) && self.matches(rest, &text[*n..], found));
                if let Some(length) = length {
                    text[..length].clone_into(&mut found.environment);
                }
                length.is_some()
            }
        }
    }

    /// The longest text that a wildcard can take, in bytes.
    fn longest(
        &mut self,
        rest: &[Piece],
        text: &str,
        least: usize,
        found: &mut LayoutMatch,
    ) -> Option<usize> {
        let open = self.failures.open(rest.len(), text.len(), least);
        let length = cuts(text, open).find(|n| self.matches(rest, &text[*n..], found));
        if length.is_none() {
            self.failures.add(rest.len(), text.len(), least);
        }
        length
    }
}

/// Where a text can be split, longest head first.
fn cuts(text: &str, lengths: RangeInclusive<usize>) -> impl Iterator<Item = usize> {
    lengths.rev().filter(|n| text.is_char_boundary(*n))
}

/// Matches a folder with the start of a pattern.
struct PrefixMatch<'a> {
    is_env: &'a dyn Fn(&str) -> bool,
    is_app: &'a dyn Fn(&str) -> bool,
    failures: Failures,
}

impl PrefixMatch<'_> {
    fn matches(&mut self, parts: &[Segment], path: &[&str]) -> bool {
        let Some((head, tail)) = path.split_first() else {
            return !parts.is_empty();
        };
        match parts.split_first() {
            None => false,
            Some((Segment::Any, rest)) => rest.is_empty() || self.any(rest, path),
            // The rest of the path can be the application's name.
            Some((Segment::Applications, _)) => true,
            Some((Segment::One(pieces), rest)) => {
                let fits = match pieces.as_slice() {
                    [Piece::Text(text)] => text == head,
                    [Piece::Env] => (self.is_env)(head),
                    [Piece::App] => (self.is_app)(head),
                    pieces => {
                        let mut found = LayoutMatch::default();
                        match_pieces(pieces, head, self.is_env, &mut found)
                            && (found.application.is_empty() || (self.is_app)(&found.application))
                    }
                };
                fits && self.matches(rest, tail)
            }
        }
    }

    fn any(&mut self, rest: &[Segment], path: &[&str]) -> bool {
        let mut open = self.failures.open(rest.len(), path.len(), 0);
        let fits = open.any(|length| self.matches(rest, &path[length..]));
        if !fits {
            self.failures.add(rest.len(), path.len(), 0);
        }
        fits
    }
}
