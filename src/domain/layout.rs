//! Layouts: where an application's files of an environment are.

use thiserror::Error;

use super::layout_match::{self, LayoutMatch, Piece, Segment};

/// The longest pattern in bytes.
const MAX_PATTERN: usize = 1_000;
/// The longest path that can match, in bytes; no system checks out longer ones.
const MAX_PATH: usize = 4_096;

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
    /// More than 1000 bytes.
    #[error("the layout is longer than 1000 bytes")]
    TooLong,
    /// An explicit pair has more than 10 placeholders.
    #[error("layout `{0}` has more than 10 placeholders")]
    TooMany(String),
    /// The placeholders of an explicit pair differ.
    #[error("layout `{from}` and `{to}` need the same placeholders, in the same order")]
    Unlike {
        /// The source's pattern.
        from: String,
        /// The target's pattern.
        to: String,
    },
    /// A leading or doubled slash, or `..`.
    #[error("layout `{0}` is not a path from the repository's root")]
    NotAPath(String),
}

impl LayoutPattern {
    /// Parses a pattern for paths with the environment's name.
    ///
    /// # Errors
    /// [`LayoutError`] if it is not a valid pattern.
    pub fn parse(text: &str) -> Result<Self, LayoutError> {
        let pattern = Self::parse_in_folder(text)?;
        let is_env = |part: &Segment| matches!(part, Segment::One(p) if p.contains(&Piece::Env));
        if pattern.parts.iter().any(is_env) {
            Ok(pattern)
        } else {
            Err(LayoutError::NoEnvironment(text.to_owned()))
        }
    }

    /// Parses a pattern for paths in the folder of an environment; it needs no `{env}`.
    ///
    /// # Errors
    /// [`LayoutError`] if it is not a valid pattern.
    pub fn parse_in_folder(text: &str) -> Result<Self, LayoutError> {
        if text.len() > MAX_PATTERN {
            return Err(LayoutError::TooLong);
        }
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
            (0 | 1, 0 | 1) => Ok(Self {
                text: text.to_owned(),
                parts,
            }),
            (0 | 1, _) => Err(repeated("{app}")),
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

    /// The part of a path that `{env}` is in, from 0; `None` if that depends on the path.
    pub fn environment_depth(&self) -> Option<usize> {
        let has_environment =
            |part: &Segment| matches!(part, Segment::One(pieces) if pieces.contains(&Piece::Env));
        let at = self.parts.iter().position(has_environment)?;
        let is_one = |part: &Segment| matches!(part, Segment::One(_));
        self.parts[..at].iter().all(is_one).then_some(at)
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
        if path.iter().map(|part| part.len() + 1).sum::<usize>() > MAX_PATH {
            return None;
        }
        layout_match::path(&self.parts, path, is_env)
    }

    /// Whether a path below the folder `prefix` can match; `is_app` limits what a whole `{app}` matches.
    pub fn may_match_below(
        &self,
        prefix: &[&str],
        is_env: &dyn Fn(&str) -> bool,
        is_app: &dyn Fn(&str) -> bool,
    ) -> bool {
        layout_match::folder(&self.parts, prefix, is_env, is_app)
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
