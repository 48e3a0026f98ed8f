//! The versions that a promotion's message shows, for each of its applications.
//!
//! The lines are those of `engine/commit_message.rs`: `PATH: PLACE OLD -> NEW`. A title that people
//! wrote, or a message of theirs, shows none.

use super::promotion::PromotedApplication;
use crate::domain::ApplicationName;
use crate::plan::{Record, VersionChange, VersionField, version_of};

/// A line of a message.
struct Line<'m> {
    path: &'m str,
    before: &'m str,
    after: &'m str,
}

/// The applications of a record, each with the version that all of its lines share, or that the title
/// has.
pub(super) fn applications(message: &str, record: &Record) -> Vec<PromotedApplication> {
    let names: Vec<ApplicationName> = record.application_names().collect();
    let message = section(message, record);
    let lines: Vec<Line<'_>> = message.lines().filter_map(line).collect();
    let of_title = title_version(message, &names);
    let version = |name: &ApplicationName| {
        let of_application = |line: &&Line<'_>| owner(line.path, &names) == Some(name);
        let is_titled = |line: &&Line<'_>| {
            of_title.is_none_or(|title| line.after == title || is_id_of(line.after, title))
        };
        let lines = lines.iter().filter(of_application).filter(is_titled);
        let mut changes = lines.map(|line| VersionChange {
            before: Some(line.before.to_owned()),
            after: Some(line.after.to_owned()),
        });
        let first = changes.next()?;
        changes.all(|change| change == first).then_some(first)
    };
    let application = |name: &ApplicationName| PromotedApplication {
        name: name.clone(),
        version: version(name),
    };
    names.iter().map(application).collect()
}

/// The part of a message that is about a record: a pull request that was squashed has the messages of
/// several promotions, one below the other.
fn section<'m>(message: &'m str, record: &Record) -> &'m str {
    let first_line = |id: &str| format!("\n{}{id}", Record::FIRST_LINE);
    let end = message.rfind(&first_line(&record.id));
    let above = &message[..end.unwrap_or(message.len())];
    above
        .rfind(&first_line(""))
        .map_or(above, |start| &above[start..])
}

/// Parses `PATH: PLACE OLD -> NEW`; of an image only the version counts.
fn line(text: &str) -> Option<Line<'_>> {
    let (path, rest) = text.split_once(": ")?;
    let (rest, after) = rest.rsplit_once(" -> ")?;
    let (_, before) = rest.rsplit_once(' ')?;
    let is_version = |text: &str| !text.is_empty() && !text.contains([' ', '…']);
    (is_version(before) && is_version(after)).then(|| Line {
        path: path.strip_prefix("./").unwrap_or(path),
        before: version(before),
        after: version(after),
    })
}

/// The version in an image reference; any other text as it is.
fn version(text: &str) -> &str {
    if text.contains([':', '@']) {
        version_of(VersionField::Image, text)
    } else {
        text
    }
}

/// The version in the title of a promotion of one application: `Promote web 1.2 from a to b`.
fn title_version<'m>(message: &'m str, names: &[ApplicationName]) -> Option<&'m str> {
    let [only] = names else { return None };
    let rest = message.lines().next()?.strip_prefix("Promote ")?;
    let rest = rest.strip_prefix(only.0.as_str())?.strip_prefix(' ')?;
    let (version, rest) = rest.split_once(' ')?;
    (version != "from" && rest.starts_with("from ")).then_some(version)
}

/// Whether a title shows a commit id in its short form.
fn is_id_of(version: &str, short: &str) -> bool {
    version.len() == 40 && short.len() == 7 && version.starts_with(short)
}

/// The application whose name is in a path; of several the one with the longest name, and of a single
/// one every path.
fn owner<'n>(path: &str, names: &'n [ApplicationName]) -> Option<&'n ApplicationName> {
    if let [only] = names {
        return Some(only);
    }
    let is_in_path = |name: &&ApplicationName| {
        let last = name.0.rsplit('/').next().unwrap_or(&name.0);
        let is_end = |c: Option<char>| c.is_none_or(|c| matches!(c, '/' | '-' | '.' | '_'));
        let mut places = path.match_indices(last);
        places.any(|(at, _)| {
            let before = path[..at].chars().next_back();
            is_end(before) && is_end(path[at + last.len()..].chars().next())
        })
    };
    let owners = names.iter().filter(is_in_path);
    owners.max_by_key(|name| name.0.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: &str, applications: &str) -> String {
        let record = Record {
            id: "1".to_owned(),
            from: "staging".to_owned(),
            to: "production".to_owned(),
            applications: applications.to_owned(),
            source: None,
            source_repository: None,
            target: None,
            mode: None,
            reverts: None,
            allowed: None,
            release: None,
            acted_by: None,
            kept: Vec::new(),
        };
        let applications = super::applications(message, &record);
        let one = |application: PromotedApplication| {
            let version = application.version.map(|v| {
                let text = |side: Option<String>| side.unwrap_or_default();
                format!(" {} -> {}", text(v.before), text(v.after))
            });
            format!("{}{}", application.name, version.unwrap_or_default())
        };
        let all: Vec<String> = applications.into_iter().map(one).collect();
        all.join(", ")
    }

    #[test]
    fn each_application_has_the_version_of_its_lines() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let commit = format!("Promote web 0123456 from a to b\n\np/web.yaml: ref 1.0 -> {id}");
        for (message, applications, expected) in [
            (
                "Promote web 1.5.0 from a to b\n\nenvs/b/web.yaml: spec.image acme/web:1.4.2 -> acme/web:1.5.0",
                "web",
                "web 1.4.2 -> 1.5.0",
            ),
            // The title has the version of the application, not that of a dependency.
            (
                "Promote web 1.5.0 from a to b\n\np: url 7 -> 8\np: newTag 1.4.2 -> 1.5.0",
                "web",
                "web 1.4.2 -> 1.5.0",
            ),
            (
                "Promote web from a to b\n\np: url 7 -> 8\np: newTag 1 -> 2",
                "web",
                "web",
            ),
            (
                "Ship it\n\n./prod/web/v: tag 1 -> 2\nprod/api-x/v: tag 3 -> 4\nprod/api/v: tag 5 -> 6",
                "api, api-x, web",
                "api 5 -> 6, api-x 3 -> 4, web 1 -> 2",
            ),
            (
                "Ship it\n\nprod/web/v: level changed\nand 3 more",
                "web",
                "web",
            ),
            ("Ship it\n\nprod/web/v: tag … -> 2", "web", "web"),
            (commit.as_str(), "web", &format!("web 1.0 -> {id}")),
            ("", "web", "web"),
            // A squashed pull request; the record has the id 1.
            (
                "Ship it (#7)\n\n* A\n\na: tag 1 -> 3\n\nPromotion-Id: 0\n\n* B\n\nb: tag 2 -> 3\n\n\
                 Promotion-Id: 1\n\n* C\n\nc: tag 0 -> 3\n\nPromotion-Id: 2\n",
                "web",
                "web 2 -> 3",
            ),
        ] {
            assert_eq!(shown(message, applications), expected, "{message}");
        }
    }
}
