//! Explicit pairs of a layout: which path of the target belongs to a path of the source.

use std::collections::HashSet;

use super::{Environment, LayoutError, Naming};

/// The longest pattern in bytes.
const MAX_PATTERN: usize = 1_000;
/// Most placeholders in a pattern; each takes time that grows with the path's length squared.
const MAX_PLACEHOLDERS: usize = 10;
/// The longest path that can match, in bytes.
const MAX_PATH: usize = 4_096;

/// A pair such as `apps/dev/{app}-staging/**` and `apps/prod/{app}/**`.
///
/// `{app}` and `*` match text within one part of a path, `**` any text. What they match in one path
/// is put in the same place of the other. `{env}` is a name of the source or target, so that one pair
/// can serve many targets; [`PathMapping::between`] puts it in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PathMapping {
    from: PathPattern,
    to: PathPattern,
}

/// The other path of a pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MappedPath {
    /// The path.
    pub path: String,
    /// What `{app}` matched, if the patterns have it.
    pub application: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct PathPattern {
    text: String,
    tokens: Vec<Token>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Text(String),
    App,
    Star,
    Any,
    /// Matches nothing until a name is put in.
    Env,
}

impl PathMapping {
    /// Parses a pair.
    ///
    /// # Errors
    /// [`LayoutError`] if one is not a path, or if their placeholders differ.
    pub fn parse(from: &str, to: &str) -> Result<Self, LayoutError> {
        let (from, to) = (PathPattern::parse(from)?, PathPattern::parse(to)?);
        let is_repeated =
            |p: &PathPattern| p.tokens.iter().filter(|t| **t == Token::App).count() > 1;
        if let Some(pattern) = [&from, &to].into_iter().find(|p| is_repeated(p)) {
            return Err(LayoutError::Repeated {
                pattern: pattern.text.clone(),
                name: "{app}",
            });
        }
        let is_placeholder = |token: &&Token| !matches!(token, Token::Text(_));
        if from.tokens.iter().filter(is_placeholder).count() > MAX_PLACEHOLDERS {
            return Err(LayoutError::TooMany(from.text));
        }
        if from.wildcards() != to.wildcards() {
            return Err(LayoutError::Unlike {
                from: from.text,
                to: to.text,
            });
        }
        Ok(Self { from, to })
    }

    /// The pairs from the source to the target: for each name of the target those with each name of the
    /// source; none if a pattern has no name of its environment.
    pub fn between(&self, naming: &Naming) -> Vec<Vec<Self>> {
        let mut sources = self.from.with_names(naming.source());
        sources.retain(|from| naming.names_source(&from.text));
        let mut targets = self.to.with_names(naming.target());
        targets.retain(|to| naming.names_target(&to.text));
        let pair = |from: &PathPattern, to: &PathPattern| Self {
            from: from.clone(),
            to: to.clone(),
        };
        let pairs = |to| sources.iter().map(|from| pair(from, to)).collect();
        targets.iter().map(pairs).collect()
    }

    /// The target's path that belongs to a source's.
    pub fn target(&self, path: &str) -> Option<MappedPath> {
        map(&self.from, &self.to, path)
    }

    /// The source's path that belongs to a target's.
    pub fn source(&self, path: &str) -> Option<MappedPath> {
        map(&self.to, &self.from, path)
    }

    /// The folders that contain all paths of the source and of the target.
    pub fn folders(&self) -> (&str, &str) {
        (self.from.folder(), self.to.folder())
    }
}

impl PathPattern {
    fn parse(text: &str) -> Result<Self, LayoutError> {
        if text.len() > MAX_PATTERN {
            return Err(LayoutError::TooLong);
        }
        if text.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(LayoutError::NotAPath(text.to_owned()));
        }
        let mut tokens = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let stop = rest.find(['{', '*']).unwrap_or(rest.len());
            if stop > 0 {
                tokens.push(Token::Text(rest[..stop].to_owned()));
                rest = &rest[stop..];
            } else if let Some(after) = rest.strip_prefix("{app}") {
                tokens.push(Token::App);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("{env}") {
                tokens.push(Token::Env);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("**") {
                tokens.push(Token::Any);
                rest = after.trim_start_matches('*');
            } else if let Some(after) = rest.strip_prefix('*') {
                tokens.push(Token::Star);
                rest = after;
            } else {
                let end = rest.find('}').map_or(rest.len(), |i| i + 1);
                return Err(LayoutError::Placeholder {
                    pattern: text.to_owned(),
                    placeholder: rest[..end].to_owned(),
                });
            }
        }
        let text = text.to_owned();
        Ok(Self { text, tokens })
    }

    /// The placeholders: `{app}` may be anywhere, the others have an order.
    fn wildcards(&self) -> (bool, Vec<&Token>) {
        let others = |token: &&Token| matches!(token, Token::Star | Token::Any);
        (
            self.tokens.contains(&Token::App),
            self.tokens.iter().filter(others).collect(),
        )
    }

    /// The pattern with each name of an environment in the place of `{env}`.
    fn with_names(&self, environment: &Environment) -> Vec<Self> {
        if !self.tokens.contains(&Token::Env) {
            return vec![self.clone()];
        }
        let with_name = |name: &str| Self {
            text: self.text.replace("{env}", name),
            tokens: (self.tokens.iter())
                .map(|token| match token {
                    Token::Env => Token::Text(name.to_owned()),
                    other => other.clone(),
                })
                .collect(),
        };
        environment.names().map(with_name).collect()
    }

    fn folder(&self) -> &str {
        let fixed = self.text.find(['{', '*']).unwrap_or(self.text.len());
        let end = self.text[..fixed].rfind('/').unwrap_or(0);
        &self.text[..end]
    }
}

fn map(from: &PathPattern, to: &PathPattern, path: &str) -> Option<MappedPath> {
    if path.len() > MAX_PATH {
        return None;
    }
    let mut texts = captures(&from.tokens, path, &mut HashSet::new())?;
    texts.reverse();
    let placeholders = from.tokens.iter().filter(|t| !matches!(t, Token::Text(_)));
    let (apps, others): (Vec<_>, Vec<_>) = placeholders
        .zip(texts)
        .partition(|(token, _)| **token == Token::App);
    let application = apps.first().map(|(_, text)| (*text).to_owned());
    let mut others = others.into_iter().map(|(_, text)| text);
    let mut path = String::new();
    for token in &to.tokens {
        match token {
            Token::Text(text) => path.push_str(text),
            Token::App => path.push_str(application.as_deref()?),
            Token::Star | Token::Any => path.push_str(others.next()?),
            Token::Env => return None,
        }
    }
    Some(MappedPath { path, application })
}

/// What the placeholders match, the last one first; `failed` has the places that are known to fail.
fn captures<'p>(
    tokens: &[Token],
    text: &'p str,
    failed: &mut HashSet<(usize, usize)>,
) -> Option<Vec<&'p str>> {
    let Some((token, rest)) = tokens.split_first() else {
        return text.is_empty().then(Vec::new);
    };
    let least = match token {
        Token::Text(fixed) => return captures(rest, text.strip_prefix(fixed.as_str())?, failed),
        Token::Env => return None,
        Token::Star => 0,
        Token::App | Token::Any => 1,
    };
    if !failed.insert((tokens.len(), text.len())) {
        return None;
    }
    let most = match token {
        Token::Any => text.len(),
        _ => text.find('/').unwrap_or(text.len()),
    };
    let mut lengths = (least..=most).rev().filter(|n| text.is_char_boundary(*n));
    lengths.find_map(|n| {
        let mut found = captures(rest, &text[n..], failed)?;
        found.push(&text[..n]);
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_mapped_in_both_directions() {
        let table = [
            (
                ("apps/dev/{app}-staging/**", "apps/prod/{app}/**"),
                ("apps/dev/web-staging/a/v.yaml", "apps/prod/web/a/v.yaml"),
            ),
            (
                ("{app}/*.staging.yaml", "live/{app}-*.yaml"),
                ("web/v.staging.yaml", "live/web-v.yaml"),
            ),
            (("staging.yaml", "prod.yaml"), ("staging.yaml", "prod.yaml")),
        ];
        for ((from, to), (source, target)) in table {
            let mapping = PathMapping::parse(from, to).unwrap();
            assert_eq!(mapping.target(source).unwrap().path, target);
            assert_eq!(mapping.source(target).unwrap().path, source);
        }
        let mapping = PathMapping::parse("a/{app}-staging/**", "b/{app}/**").unwrap();
        for path in ["a/x/y-staging/v", "a/-staging/v", "a/x-staging", "b/x/v"] {
            assert_eq!(mapping.target(path), None, "{path}");
        }
    }

    #[test]
    fn a_pair_is_made_for_each_name_of_the_environments() {
        let environment = |name: &str, aliases: &[&str]| Environment {
            aliases: aliases.iter().map(ToString::to_string).collect(),
            ..Environment::named(name)
        };
        let (staging, eu) = (
            environment("staging", &["stg"]),
            environment("eu", &["eu-1"]),
        );
        let naming = Naming::new(staging, eu, Vec::new());
        let mapping = PathMapping::parse("apps/{app}/{env}/**", "clusters/{env}/{app}/**").unwrap();
        let found: Vec<Option<String>> = (mapping.between(&naming).into_iter().flatten())
            .map(|pair| Some(pair.target("apps/web/stg/v")?.path))
            .collect();
        let path = |cluster: &str| Some(format!("clusters/{cluster}/web/v"));
        assert_eq!(found, [None, path("eu"), None, path("eu-1")]);
        let other = PathMapping::parse("apps/{app}/dev/**", "clusters/{env}/{app}/**").unwrap();
        assert_eq!(other.between(&naming).concat(), []);
    }

    #[test]
    fn both_patterns_need_the_same_placeholders() {
        for (from, to) in [
            ("a/{app}/**", "b/{app}/*"),
            ("a/{app}/**", "b/**"),
            ("a/{app}/{app}", "b/{app}/{app}"),
            ("a/{envs}/**", "b/**"),
            ("/a/**", "b/**"),
        ] {
            assert!(PathMapping::parse(from, to).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn many_wildcards_take_no_longer_than_few() {
        let pattern = format!("{}b", "*a".repeat(MAX_PLACEHOLDERS));
        let mapping = PathMapping::parse(&pattern, &pattern).unwrap();
        assert_eq!(mapping.target(&"a".repeat(200)), None);
        let pattern = "*a".repeat(MAX_PLACEHOLDERS + 1);
        assert!(PathMapping::parse(&pattern, &pattern).is_err());
    }
}
