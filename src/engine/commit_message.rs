//! Composes the commit message: the user's text, else the configuration's template, else a built-in one.
//!
//! # Why
//!
//! Forges and CI systems act on the text of a commit message. So the built-in message quotes only
//! versions and names, no other promoted values, and removes from names what could be read as an
//! instruction. The user's text and templates are not changed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::error::EngineError;
use super::request::Request;
use super::undone_record::UndoneRecord;
use crate::document::{VersionField, version_of};
use crate::domain::{
    ApplicationName, CommitId, DecidedBy, MessageTemplates, Op, Reason, Settings, message_template,
};
use crate::plan::{
    ApplicationPlan, FileStatus, Hop, Message, Notice, PlannedDifference, Reverted, VersionChange,
    split_trailers, template_value, without_instructions,
};
use crate::yaml;

/// How many lines the built-in body lists; the rest is only counted.
const LISTED: usize = 40;

/// The longest text that counts as a version: enough for a registry, a name, a tag and a digest.
const MAX_VERSION: usize = 200;

/// What a commit is about.
pub(super) struct Subject<'a> {
    pub applications: &'a [ApplicationPlan],
    /// The applications whose baseline is set.
    pub baseline_of: &'a [ApplicationName],
    /// What a revert takes back that no file shows.
    pub undone_record: Option<&'a UndoneRecord>,
    /// What decided about the promoted differences.
    pub decider: DecidedBy,
    /// The promotion's id.
    pub id: &'a str,
}

/// Composes title and body; returns what the user should know about them as well.
pub(super) fn compose(
    request: &Request,
    settings: &Settings,
    hop: &Hop,
    (source, target): (CommitId, CommitId),
    subject: &Subject<'_>,
) -> Result<(Message, Vec<Notice>), EngineError> {
    let applications = subject.applications;
    let changed = applications.iter().filter(|a| a.is_changed());
    let changed: Vec<&ApplicationPlan> = changed.collect();
    let product = request.products.first().map(String::as_str);
    let named = named(changed.iter().copied());
    let environments = (hop.from.name.as_str(), hop.to.name.as_str());
    let commits = (source, target);
    let Subject { decider, id, .. } = *subject;
    let values = values(environments, &named, product, commits, decider, id);
    let rendered = |part, template: &Option<String>| -> Result<Option<String>, EngineError> {
        let template = template.as_deref();
        template
            .map(|t| render(part, t, values.clone()))
            .transpose()
    };
    // The templates are worded for promotions.
    let none = MessageTemplates::default();
    let is_promotion = request.reverts.is_none() && !changed.is_empty();
    let templates = if is_promotion {
        &settings.messages.commit
    } else {
        &none
    };
    let title = match &request.message.title {
        Some(title) => title.clone(),
        // A template may give no text in some cases: `{% if product %}..{% endif %}`.
        None => rendered("message's title", &templates.title)?
            .filter(|text| !text.trim().is_empty())
            .unwrap_or_else(|| match request.reverts {
                None if is_promotion => title(&hop.from.name, &named, &hop.to.name),
                None => record_title(hop, source, subject),
                Some(_) => match subject.undone_record {
                    Some(undone) => without_instructions(&format!("Revert \"{}\"", undone.title)),
                    None => revert_title(hop, &named),
                },
            }),
    };
    let own_body = match &request.message.body {
        Some(body) => Some(body.clone()),
        None => rendered("message's body", &templates.body)?,
    };
    let reserved = |key| Notice::ReservedTrailer { key };
    let mut notices = Vec::new();
    let (body, user_trailers) = match &own_body {
        Some(own) => {
            let (body, trailers) = split_trailers(own);
            notices.extend(trailers.left_out.into_iter().map(reserved));
            (body.to_owned(), trailers.lines)
        }
        // Its lines are not trailers, even if they look like some (`production: image.tag`).
        None if is_promotion || request.reverts.is_some() => {
            (body(&changed, request.reverts.as_ref()), String::new())
        }
        None => (decisions(applications), String::new()),
    };
    // A title is one line, even if a template gives several.
    let mut lines = title.lines().map(str::trim);
    let title = lines.find(|l| !l.is_empty()).unwrap_or_default().to_owned();
    let message = Message {
        title,
        body,
        user_trailers,
    };
    Ok((message, notices))
}

/// Renders a template over the values.
pub(super) fn render(
    part: &'static str,
    template: &str,
    values: Value,
) -> Result<String, EngineError> {
    message_template::render(template, values)
        .map_err(|source| EngineError::Message { part, source })
}

/// An application that is promoted, with its version change if a single one describes it.
pub(super) type Named<'a> = (&'a ApplicationName, Option<&'a VersionChange>);

/// The applications by name with their version changes; without one if an application changes to several
/// versions.
pub(super) fn named<'a>(changed: impl Iterator<Item = &'a ApplicationPlan>) -> Vec<Named<'a>> {
    let mut named: BTreeMap<&ApplicationName, Option<&VersionChange>> = BTreeMap::new();
    let after = |change: Option<&'a VersionChange>| change.map(|change| &change.after);
    for application in changed {
        let version = application.version.as_ref();
        let known = named.entry(&application.name).or_insert(version);
        if after(*known) != after(version) {
            *known = None;
        }
    }
    named.into_iter().collect()
}

/// The variables of a template.
pub(super) fn values(
    (from, to): (&str, &str),
    applications: &[Named<'_>],
    product: Option<&str>,
    (source, target): (CommitId, CommitId),
    decider: DecidedBy,
    id: &str,
) -> Value {
    let text = |value: &Option<String>| value.as_deref().map(template_value);
    let list: Vec<_> = applications
        .iter()
        .map(|(name, version)| {
            let version =
                version.map(|v| context! { before => text(&v.before), after => text(&v.after) });
            context! { name => template_value(&name.0), version => version }
        })
        .collect();
    context! {
        from => template_value(from),
        to => template_value(to),
        applications => list,
        product => product.map(template_value),
        source => source.to_string(),
        target => target.to_string(),
        mode => decider.to_string(),
        promotion_id => id,
    }
}

/// The built-in title of a promotion.
pub(super) fn title(from: &str, changed: &[Named<'_>], to: &str) -> String {
    let names = names_of(changed, " ");
    without_instructions(&format!("Promote {names} from {from} to {to}"))
}

/// The title of a commit that changes no file.
fn record_title(hop: &Hop, source: CommitId, subject: &Subject<'_>) -> String {
    let unchanged = |names: Vec<&'_ ApplicationName>| -> String {
        let named: Vec<Named<'_>> = names.into_iter().map(|name| (name, None)).collect();
        names_of(&named, " ")
    };
    let to = &hop.to.name;
    let title = if subject.baseline_of.is_empty() {
        let decided = subject.applications.iter();
        let decided = decided.filter(|a| a.decided().next().is_some());
        let names = unchanged(decided.map(|a| &a.name).collect());
        format!("Keep changes of {names} in {to}")
    } else {
        let names = unchanged(subject.baseline_of.iter().collect());
        let (from, commit) = (&hop.from.name, source.short());
        format!("Set the baseline of {names} in {to} to {from} at {commit}")
    };
    without_instructions(&title)
}

fn revert_title(hop: &Hop, changed: &[Named<'_>]) -> String {
    let names = names_of(changed, " to ");
    without_instructions(&format!("Revert {names} in {}", hop.to.name))
}

/// The names of the changed applications; of a single one also its version, after `separator`.
fn names_of(changed: &[Named<'_>], separator: &str) -> String {
    match changed {
        [] => "nothing".to_owned(),
        [(name, version)] => match version.and_then(|v| v.after.as_deref()) {
            Some(version) if version.len() <= 40 && is_plain_version(version) => {
                format!("{name}{separator}{}", abbreviated(version))
            }
            _ => name.to_string(),
        },
        [(a, _), (b, _)] => format!("{a} and {b}"),
        [(first, _), rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// A commit id in its short form; any other version as it is.
fn abbreviated(version: &str) -> &str {
    let is_commit = version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit());
    if is_commit { &version[..7] } else { version }
}

fn body(changed: &[&ApplicationPlan], reverts: Option<&Reverted>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for application in changed {
        for file in application.files.iter().filter(|f| f.is_changed()) {
            let path = line_start(file.path.as_str());
            match file.status {
                FileStatus::Added => lines.push(format!("{path}: new")),
                FileStatus::Deleted => lines.push(format!("{path}: deleted")),
                FileStatus::Modified => {
                    lines.extend(file.promoted().map(|d| format!("{path}: {}", line(d))));
                }
            }
        }
    }
    let mut lines = bounded(lines);
    if let Some(reverted) = reverts {
        let gap = if lines.is_empty() { "" } else { "\n" };
        // As `git revert` writes it, so that forges link the commit.
        lines.push(format!("{gap}This reverts commit {}.", reverted.commit));
    }
    lines.join("\n")
}

/// The body of a commit that only records what stays.
fn decisions(applications: &[ApplicationPlan]) -> String {
    let files = applications
        .iter()
        .flat_map(|application| &application.files);
    let lines = files.flat_map(|file| {
        let path = line_start(file.path.as_str());
        let decided = (file.differences.iter()).filter(|d| d.verdict.reason == Reason::Taken);
        decided.map(move |d| format!("{path}: {} stays", d.shown))
    });
    bounded(lines.collect()).join("\n")
}

/// The first lines, without instructions, and how many more there are.
fn bounded(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    for line in &mut lines {
        *line = without_instructions(line);
    }
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

/// A path at the start of a line; with `./` before it if the line could be taken for something else: a
/// trailer (`Signed-off-by: `), a comment or the start of a patch (`---`).
fn line_start(path: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let first = path.split('/').next().unwrap_or(path);
    let is_key = !path.contains(['/', '.', '_']);
    if first.chars().all(is_plain) && !first.starts_with('-') && !is_key {
        path.into()
    } else {
        format!("./{path}").into()
    }
}

fn line(difference: &PlannedDifference) -> String {
    let place = &difference.shown;
    match difference.op {
        Op::Add => format!("+ {place}"),
        Op::Remove => format!("- {place}"),
        Op::Set => {
            let before = version(difference, difference.before.as_ref());
            let after = version(difference, difference.after.as_ref());
            if before == after {
                return format!("{place} changed");
            }
            let or_ellipsis = |version: Option<&str>| version.unwrap_or("…").to_owned();
            format!("{place} {} -> {}", or_ellipsis(before), or_ellipsis(after))
        }
    }
}

/// The version in a value, as the message quotes it; `None` for anything that is not a version.
fn version<'v>(difference: &PlannedDifference, value: Option<&'v yaml::Value>) -> Option<&'v str> {
    let (Some(field), Some(yaml::Value::Scalar { text, .. })) = (difference.version, value) else {
        return None;
    };
    // The place shows the URL already, and a URL may contain a password.
    let text = match field {
        VersionField::PinnedUrl => version_of(field, text),
        _ => text,
    };
    is_plain_version(text).then_some(text)
}

/// Whether a text has only characters of image references, tags, digests and version ranges.
fn is_plain_version(text: &str) -> bool {
    let is_known = |b: u8| b.is_ascii_alphanumeric() || b"._-+/:@^~*<>=|,".contains(&b);
    (1..=MAX_VERSION).contains(&text.len()) && text.bytes().all(is_known) && !text.contains("://")
}

#[cfg(test)]
mod tests {
    use super::{is_plain_version, line_start};

    #[test]
    fn no_path_begins_a_line_with_what_git_or_a_forge_reads() {
        for path in [
            "apps/api/values.yaml",
            ".argocd/x",
            "_x/y",
            "values.yaml",
            "a-b/c",
        ] {
            assert_eq!(line_start(path), path);
        }
        for path in [
            "production",
            "Signed-off-by: CEO <a/b@c>",
            "Change-Id",
            "#1/x",
            "---/x",
            "diff -u/x",
            "@bob/x",
            "<!-- x/y",
        ] {
            assert_eq!(line_start(path), format!("./{path}"));
        }
    }

    #[test]
    fn only_what_is_plainly_a_version_is_quoted() {
        let digest = format!(
            "reg.acme.test:5000/a/b_c:v1.2-rc.1+4@sha256:{}",
            "0f".repeat(32)
        );
        for version in [
            "1.4.2", "v1", "^1.2", "~1.2", ">=1.2,<2", "1.x||2.*", "main", &digest,
        ] {
            assert!(is_plain_version(version), "{version}");
        }
        let long = "1".repeat(201);
        for text in [
            "",
            "1.2 [skip ci]",
            "#12",
            ">=1 <2",
            "v1\n",
            "ä",
            "a://b/1",
            &long,
        ] {
            assert!(!is_plain_version(text), "{text}");
        }
    }
}
