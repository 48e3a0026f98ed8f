//! Which flow of a product the commits of a push start.
//!
//! # Why
//!
//! A flow starts when one commit meets all of its conditions. If each condition could be met by another
//! commit, an unrelated commit with the right message would start it.

use globset::{GlobBuilder, GlobMatcher};
use regex::Regex;

use super::record::Release;
use crate::domain::{CommitId, FlowCondition, Patterns};

/// A commit that changes the trigger environment of a product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The commit.
    pub commit: CommitId,
    /// Its message.
    pub message: String,
    /// The author's name.
    pub author: String,
    /// The author's e-mail address.
    pub email: String,
    /// The files of the product in the environment that it changes.
    pub paths: Vec<String>,
}

/// Why the commits do not start a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoMatch {
    /// The trigger environment is in another repository, or on another branch.
    Elsewhere,
    /// None of them changes the trigger environment.
    Unchanged,
    /// All that change it are promotions, or merges of promotions.
    OnlyPromotions,
    /// The branch does not match.
    Branch,
    /// No message matches.
    Message,
    /// No changed path matches, in commits whose message does.
    Path,
    /// No author matches, of commits whose message and paths do.
    Author,
    /// A flow before it is started.
    AfterMatch,
}

impl NoMatch {
    /// Its name, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Unchanged => "unchanged",
            Self::OnlyPromotions => "only-promotions",
            Self::Branch => "branch",
            Self::Message => "message",
            Self::Path => "path",
            Self::Author => "author",
            Self::AfterMatch => "after-match",
        }
    }
}

/// Finds the first commit that meets all conditions.
///
/// # Errors
/// The first condition that no commit meets.
pub fn starting_change<'c>(
    condition: &FlowCondition,
    branch: &str,
    changes: &'c [Change],
) -> Result<&'c Change, NoMatch> {
    if !Globs::over_names(&condition.branches).accept(&[branch]) {
        return Err(NoMatch::Branch);
    }
    let messages = Expressions::new(&condition.messages);
    let paths = Globs::over_paths(&condition.paths);
    let authors = Globs::over_names(&condition.authors);
    let all: Vec<&Change> = changes.iter().collect();
    let left = narrow(all, NoMatch::Unchanged, |_| true)?;
    let left = narrow(left, NoMatch::Message, |change| {
        messages.accept(&change.message)
    })?;
    let left = narrow(left, NoMatch::Path, |change| {
        change.paths.iter().any(|path| paths.accept(&[path]))
    })?;
    let left = narrow(left, NoMatch::Author, |change| {
        authors.accept(&[&change.author, &change.email])
    })?;
    left.first().copied().ok_or(NoMatch::Unchanged)
}

/// The changes that are accepted, or an error without any.
fn narrow(
    changes: Vec<&Change>,
    otherwise: NoMatch,
    accepts: impl Fn(&Change) -> bool,
) -> Result<Vec<&Change>, NoMatch> {
    let left: Vec<&Change> = changes.into_iter().filter(|c| accepts(c)).collect();
    if left.is_empty() {
        Err(otherwise)
    } else {
        Ok(left)
    }
}

/// The release of a flow on a branch that a push started already, or a newer one that has its changes.
///
/// `push` is its last commit, and the newest one that meets the conditions: the flow's own commits may
/// follow that one, and do not make it new. `contains` is whether the first commit has the second one in
/// its history.
///
/// # Errors
/// Those of `contains`.
pub fn started_by<'r, E>(
    (last, starting): (CommitId, CommitId),
    (flow, branch): (&str, Option<&str>),
    releases: &'r [Release],
    contains: impl FnOnce(CommitId, CommitId) -> Result<bool, E>,
) -> Result<Option<&'r Release>, E> {
    let is_of_push =
        |r: &&Release| r.flow == flow && r.branch.as_deref() == branch && r.trigger.is_some();
    let mut triggered = releases.iter().filter(is_of_push);
    let own = triggered.clone().find(|r| r.trigger == Some(last));
    if own.is_some() {
        return Ok(own);
    }
    // A later push may be looked at before an earlier one, whose older state must not follow it.
    let Some(newest) = triggered.next_back() else {
        return Ok(None);
    };
    Ok(contains(newest.source, starting)?.then_some(newest))
}

/// The compiled globs of a condition.
struct Globs {
    include: Vec<GlobMatcher>,
    exclude: Vec<GlobMatcher>,
}

impl Globs {
    /// For names, in which a `*` also matches a `/`.
    fn over_names(patterns: &Patterns) -> Self {
        Self::new(patterns, false)
    }

    /// For paths, in which only `**` matches a `/`.
    fn over_paths(patterns: &Patterns) -> Self {
        Self::new(patterns, true)
    }

    /// Compiles them; reading the configuration has refused invalid ones.
    fn new(patterns: &Patterns, is_over_paths: bool) -> Self {
        let compile = |texts: &[String]| {
            let globs = texts.iter().filter_map(|text| {
                let mut glob = GlobBuilder::new(text);
                Some(
                    glob.literal_separator(is_over_paths)
                        .build()
                        .ok()?
                        .compile_matcher(),
                )
            });
            globs.collect()
        };
        Self {
            include: compile(&patterns.include),
            exclude: compile(&patterns.exclude),
        }
    }

    /// Whether one of the texts is included, or there is nothing to include, and none is excluded.
    fn accept(&self, texts: &[&str]) -> bool {
        let matches = |globs: &[GlobMatcher]| {
            let mut globs = globs.iter();
            globs.any(|glob| texts.iter().any(|text| glob.is_match(text)))
        };
        (self.include.is_empty() || matches(&self.include)) && !matches(&self.exclude)
    }
}

/// The compiled regular expressions of a condition.
struct Expressions {
    include: Vec<Regex>,
    exclude: Vec<Regex>,
}

impl Expressions {
    /// Compiles them; reading the configuration has refused invalid ones.
    fn new(patterns: &Patterns) -> Self {
        let compile = |texts: &[String]| {
            let expressions = texts.iter().filter_map(|text| Regex::new(text).ok());
            expressions.collect()
        };
        Self {
            include: compile(&patterns.include),
            exclude: compile(&patterns.exclude),
        }
    }

    fn accept(&self, text: &str) -> bool {
        let matches = |expressions: &[Regex]| expressions.iter().any(|e| e.is_match(text));
        (self.include.is_empty() || matches(&self.include)) && !matches(&self.exclude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Texts<'t> = &'t [&'t str];
    /// Branches, messages, paths and authors, and what is found.
    type Case<'t> = ([Texts<'t>; 4], Result<char, NoMatch>);

    fn patterns(texts: &[&str]) -> Patterns {
        let (exclude, include): (Vec<&str>, Vec<&str>) =
            texts.iter().partition(|text| text.starts_with('!'));
        let owned = |texts: Vec<&str>| texts.iter().map(|t| (*t).to_owned()).collect();
        Patterns {
            include: owned(include),
            exclude: owned(exclude.iter().map(|text| &text[1..]).collect()),
        }
    }

    fn change(digit: char, message: &str, author: &str, path: &str) -> Change {
        Change {
            commit: CommitId(digit.to_string().repeat(40).parse().unwrap()),
            message: message.to_owned(),
            author: author.to_owned(),
            email: format!("{}@example.com", author.to_lowercase()),
            paths: vec![path.to_owned()],
        }
    }

    #[test]
    fn one_commit_must_meet_all_conditions() {
        let changes = [
            change(
                '1',
                "api: 1.4.3\n\n[promote]",
                "Ada",
                "apps/api/staging/v.yaml",
            ),
            change('2', "web: 2.0", "Bob", "apps/web/staging/v.yaml"),
        ];
        let none: &[&str] = &[];
        let cases: &[Case<'_>] = &[
            ([none, none, none, none], Ok('1')),
            ([&["main"], none, none, none], Ok('1')),
            ([&["release/*"], none, none, none], Err(NoMatch::Branch)),
            ([&["!main"], none, none, none], Err(NoMatch::Branch)),
            ([none, &[r"\[promote\]"], none, none], Ok('1')),
            ([none, &[r"^web: \d"], none, none], Ok('2')),
            ([none, &[r"^promote"], none, none], Err(NoMatch::Message)),
            ([none, &[r"!\[promote\]"], none, none], Ok('2')),
            ([none, none, &["apps/web/**"], none], Ok('2')),
            ([none, none, &["apps/*.yaml"], none], Err(NoMatch::Path)),
            ([none, none, &["!apps/api/**"], none], Ok('2')),
            ([none, none, none, &["Bob"]], Ok('2')),
            ([none, none, none, &["*@example.com"]], Ok('1')),
            ([none, none, none, &["*@example.com", "!ada@*"]], Ok('2')),
            ([none, none, none, &["bot"]], Err(NoMatch::Author)),
            // Each condition is met, but by another commit.
            ([none, &["web"], &["apps/api/**"], none], Err(NoMatch::Path)),
            ([none, &["web"], none, &["Ada"]], Err(NoMatch::Author)),
        ];
        for ([branches, messages, paths, authors], expected) in cases {
            let condition = FlowCondition {
                branches: patterns(branches),
                messages: patterns(messages),
                paths: patterns(paths),
                authors: patterns(authors),
            };
            let found = starting_change(&condition, "main", &changes);
            let found = found.map(|change| change.commit.short().chars().next().unwrap());
            assert_eq!(found, *expected, "{condition:?}");
        }
        let unchanged = starting_change(&FlowCondition::default(), "main", &[]);
        assert_eq!(unchanged, Err(NoMatch::Unchanged));
    }
}
