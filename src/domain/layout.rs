//! Layouts: where an application's files of an environment are.

use thiserror::Error;

/// A pattern such as `components/{app}/{env}/**`.
///
/// A part between slashes is `{app**}` (one or more parts of a path), or text with `*`, `{env}` and
/// `{app}`; `**` matches any number of parts.
/// `{**}` is another way to write `**`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LayoutPattern {
    text: String,
    parts: Vec<Segment>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Segment {
    /// `**`: any number of parts, including none.
    Any,
    /// `{app**}`: one or more parts that name the application.
    Applications,
    /// One part: pieces in order.
    One(Vec<Piece>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(String),
    Star,
    App,
    Env,
}

/// The parts of a path that match a pattern's placeholders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LayoutMatch {
    /// The application's name; empty when the pattern has no `{app}`.
    pub application: String,
    /// The text at `{env}`.
    pub environment: String,
}

/// Why a text is not a layout pattern.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum LayoutError {
    /// No `{env}`.
    #[error("layout `{0}` has no `{{env}}`")]
    NoEnvironment(String),
    /// `{env}` or `{app}` twice.
    #[error("layout `{pattern}` names `{name}` more than once")]
    Repeated {
        /// The pattern.
        pattern: String,
        /// Which placeholder.
        name: &'static str,
    },
    /// A placeholder that does not exist, or an unclosed one.
    #[error(
        "layout `{pattern}` has an unknown placeholder `{placeholder}`; `{{app}}`, `{{app**}}` and `{{env}}` exist"
    )]
    Placeholder {
        /// The pattern.
        pattern: String,
        /// The text in its place.
        placeholder: String,
    },
    /// `{app**}` or `{**}` beside other text in one part.
    #[error("layout `{pattern}` needs `{placeholder}` between slashes, with nothing beside it")]
    NotAlone {
        /// The pattern.
        pattern: String,
        /// Which placeholder.
        placeholder: &'static str,
    },
    /// A leading or doubled slash, or `..`.
    #[error("layout `{0}` is not a path from the repository's root")]
    NotAPath(String),
}

impl LayoutPattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// [`LayoutError`] if it is not a valid pattern.
    pub fn parse(text: &str) -> Result<Self, LayoutError> {
        if text.split('/').any(|p| matches!(p, "" | "." | "..")) {
            return Err(LayoutError::NotAPath(text.to_owned()));
        }
        let mut parts: Vec<Segment> = text
            .split('/')
            .map(|part| parse_part(text, part))
            .collect::<Result<_, _>>()?;
        // `**/**` means the same as `**`, but takes far longer to match.
        parts.dedup_by(|a, b| *a == Segment::Any && *b == Segment::Any);
        let pieces = parts.iter().flat_map(|p| match p {
            Segment::One(pieces) => pieces.as_slice(),
            _ => &[],
        });
        let envs = pieces.clone().filter(|p| **p == Piece::Env).count();
        let apps = pieces.filter(|p| **p == Piece::App).count()
            + parts
                .iter()
                .filter(|p| **p == Segment::Applications)
                .count();
        let repeated = |name| LayoutError::Repeated {
            pattern: text.to_owned(),
            name,
        };
        match (envs, apps) {
            (0, _) => Err(LayoutError::NoEnvironment(text.to_owned())),
            (1, 0 | 1) => Ok(Self {
                text: text.to_owned(),
                parts,
            }),
            (1, _) => Err(repeated("{app}")),
            _ => Err(repeated("{env}")),
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether one whole part of the path is the application's name.
    pub fn has_single_application(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Segment::One(pieces) if pieces.as_slice() == [Piece::App]))
    }

    /// Matches a whole path; `{env}` matches the texts for which `is_env` is true.
    pub fn matches(&self, path: &str, is_env: &dyn Fn(&str) -> bool) -> Option<LayoutMatch> {
        let segments: Vec<&str> = path.split('/').collect();
        self.matches_parts(&segments, is_env)
    }

    /// Matches a whole path, given as its parts.
    pub fn matches_parts(
        &self,
        path: &[&str],
        is_env: &dyn Fn(&str) -> bool,
    ) -> Option<LayoutMatch> {
        let mut found = LayoutMatch {
            application: String::new(),
            environment: String::new(),
        };
        match_parts(&self.parts, path, is_env, &mut found).then_some(found)
    }

    /// Whether a path below the folder `prefix` can match; `is_app` limits what a whole `{app}` matches.
    pub fn may_match_below(
        &self,
        prefix: &[&str],
        is_env: &dyn Fn(&str) -> bool,
        is_app: &dyn Fn(&str) -> bool,
    ) -> bool {
        prefix_parts(&self.parts, prefix, is_env, is_app)
    }
}

fn parse_part(whole: &str, part: &str) -> Result<Segment, LayoutError> {
    match part {
        "**" | "{**}" => return Ok(Segment::Any),
        "{app**}" => return Ok(Segment::Applications),
        _ => {}
    }
    let mut pieces = Vec::new();
    let mut rest = part;
    while !rest.is_empty() {
        let stop = rest.find(['{', '*']).unwrap_or(rest.len());
        if stop > 0 {
            pieces.push(Piece::Text(rest[..stop].to_owned()));
            rest = &rest[stop..];
        } else if let Some(after) = rest.strip_prefix('*') {
            pieces.push(Piece::Star);
            rest = after.trim_start_matches('*');
        } else if let Some(after) = rest.strip_prefix("{app}") {
            pieces.push(Piece::App);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("{env}") {
            pieces.push(Piece::Env);
            rest = after;
        } else if let Some(placeholder) = ["{app**}", "{**}"]
            .into_iter()
            .find(|p| rest.starts_with(p))
        {
            return Err(LayoutError::NotAlone {
                pattern: whole.to_owned(),
                placeholder,
            });
        } else {
            let end = rest.find('}').map_or(rest.len(), |i| i + 1);
            return Err(LayoutError::Placeholder {
                pattern: whole.to_owned(),
                placeholder: rest[..end].to_owned(),
            });
        }
    }
    Ok(Segment::One(pieces))
}

fn match_parts(
    parts: &[Segment],
    path: &[&str],
    is_env: &dyn Fn(&str) -> bool,
    found: &mut LayoutMatch,
) -> bool {
    match parts.split_first() {
        None => path.is_empty(),
        Some((Segment::Any, rest)) => {
            // A final `**` matches at least one part, because a folder itself is not a file.
            let least = usize::from(rest.is_empty());
            (least..=path.len()).any(|n| match_parts(rest, &path[n..], is_env, found))
        }
        Some((Segment::Applications, rest)) => (1..=path.len()).any(|n| {
            if match_parts(rest, &path[n..], is_env, found) {
                found.application = path[..n].join("/");
                true
            } else {
                false
            }
        }),
        Some((Segment::One(pieces), rest)) => path.split_first().is_some_and(|(head, tail)| {
            // Most parts are a single piece, which needs no backtracking and no copies.
            let place = match pieces.as_slice() {
                [Piece::Text(text)] => {
                    return text == head && match_parts(rest, tail, is_env, found);
                }
                [Piece::Env] if !is_env(head) => return false,
                [Piece::Env] => Some(Piece::Env),
                [Piece::App] if !head.is_empty() => Some(Piece::App),
                _ => None,
            };
            if let Some(place) = place {
                let fits = match_parts(rest, tail, is_env, found);
                if fits {
                    let text = match place {
                        Piece::App => &mut found.application,
                        _ => &mut found.environment,
                    };
                    (*head).clone_into(text);
                }
                return fits;
            }
            let mut here = found.clone();
            let fits = match_pieces(pieces, head, is_env, &mut here)
                && match_parts(rest, tail, is_env, &mut here);
            if fits {
                *found = here;
            }
            fits
        }),
    }
}

fn match_pieces(
    pieces: &[Piece],
    text: &str,
    is_env: &dyn Fn(&str) -> bool,
    found: &mut LayoutMatch,
) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    match piece {
        Piece::Text(t) => text
            .strip_prefix(t.as_str())
            .is_some_and(|tail| match_pieces(rest, tail, is_env, found)),
        Piece::Star => cuts(text, 0).any(|n| match_pieces(rest, &text[n..], is_env, found)),
        Piece::App => cuts(text, 1).any(|n| {
            let fits = match_pieces(rest, &text[n..], is_env, found);
            if fits {
                text[..n].clone_into(&mut found.application);
            }
            fits
        }),
        Piece::Env => cuts(text, 1).any(|n| {
            let fits = is_env(&text[..n]) && match_pieces(rest, &text[n..], is_env, found);
            if fits {
                text[..n].clone_into(&mut found.environment);
            }
            fits
        }),
    }
}

/// Where a text can be split, longest head first, with at least `least` bytes in the head.
fn cuts(text: &str, least: usize) -> impl Iterator<Item = usize> {
    (least..=text.len())
        .rev()
        .filter(|n| text.is_char_boundary(*n))
}

fn prefix_parts(
    parts: &[Segment],
    path: &[&str],
    is_env: &dyn Fn(&str) -> bool,
    is_app: &dyn Fn(&str) -> bool,
) -> bool {
    let Some((head, tail)) = path.split_first() else {
        return !parts.is_empty();
    };
    match parts.split_first() {
        None => false,
        Some((Segment::Any, rest)) => {
            rest.is_empty()
                || (0..=path.len()).any(|n| prefix_parts(rest, &path[n..], is_env, is_app))
        }
        Some((Segment::Applications, rest)) => (1..=path.len())
            .any(|n| n == path.len() || prefix_parts(rest, &path[n..], is_env, is_app)),
        Some((Segment::One(pieces), rest)) => {
            let fits = match pieces.as_slice() {
                [Piece::Text(text)] => Some(text == head),
                [Piece::Env] => Some(is_env(head)),
                [Piece::App] => Some(is_app(head)),
                _ => None,
            };
            if let Some(fits) = fits {
                return fits && prefix_parts(rest, tail, is_env, is_app);
            }
            let mut found = LayoutMatch {
                application: String::new(),
                environment: String::new(),
            };
            match_pieces(pieces, head, is_env, &mut found)
                && (found.application.is_empty() || is_app(&found.application))
                && prefix_parts(rest, tail, is_env, is_app)
        }
    }
}
