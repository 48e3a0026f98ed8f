//! The trailers of a promotion's commit.

use std::fmt;

use super::identifier::{Changes, Subject, changes_of, listed, names, promotion_id};
use super::trailers::{ACTED_BY, paragraphs};
use crate::domain::{ApplicationName, CommitId, DecidedBy, Mode};
use crate::plan::Hop;
use crate::plan::file::ApplicationPlan;
use crate::plan::instructions::without_instructions;
use crate::plan::one_line::one_line;

const ID: &str = "Promotion-Id";
const FROM: &str = "Promotion-From";
const TO: &str = "Promotion-To";
const APPLICATIONS: &str = "Promotion-Apps";
const SOURCE: &str = "Promotion-Source";
const SOURCE_REPOSITORY: &str = "Promotion-Source-Repository";
const TARGET: &str = "Promotion-Target";
const MODE: &str = "Promotion-Mode";
const REVERTS: &str = "Promotion-Reverts";
const ALLOWED: &str = "Promotion-Allowed";
const RELEASE: &str = "Promotion-Release";
const KEPT: &str = "Promotion-Kept";

/// What a commit records about its promotion, as the values of its trailers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The id: equal work has an equal id.
    pub id: String,
    /// The source environment.
    pub from: String,
    /// The target environment.
    pub to: String,
    /// The changed applications, separated by `, `.
    pub applications: String,
    /// The commit whose source files were read.
    pub source: Option<String>,
    /// The URL of the repository that has this commit, if it is another one than the target's.
    pub source_repository: Option<String>,
    /// The commit that the promotion was computed on.
    pub target: Option<String>,
    /// What decided about the promoted differences.
    pub mode: Option<String>,
    /// The id of the promotion that it reverts.
    pub reverts: Option<String>,
    /// The guards whose hold was lifted, separated by `, `.
    pub allowed: Option<String>,
    /// The id of the release that it belongs to.
    pub release: Option<String>,
    /// The person who asked a server for it.
    pub acted_by: Option<String>,
    /// The selectors of differences that both sides changed and that were decided for the target.
    pub kept: Vec<String>,
}

impl Record {
    /// How the first line of a record begins.
    pub const FIRST_LINE: &'static str = "Promotion-Id: ";

    /// How the line begins that names the release.
    pub const RELEASE_LINE: &'static str = "Promotion-Release: ";

    /// The record of a promotion of these applications.
    pub(crate) fn of(
        hop: &Hop,
        applications: &[ApplicationPlan],
        commits: (CommitId, CommitId),
        decider: DecidedBy,
    ) -> Self {
        let names = names(applications);
        let kept = applications.iter().flat_map(ApplicationPlan::decided);
        let kept = kept.map(|d| without_instructions(&d.selector)).collect();
        let changes = changes_of(applications);
        Self::new(hop, names, commits, decider, kept).with_id(&changes)
    }

    /// The record of a commit that changes no file: it sets a baseline, or takes back what another one
    /// records.
    pub(crate) fn without_files(
        hop: &Hop,
        applications: &[ApplicationName],
        commits: (CommitId, CommitId),
        decider: DecidedBy,
    ) -> Self {
        let names = listed(applications);
        let record = Self::new(hop, names, commits, decider, Vec::new());
        record.with_id(&Changes::default())
    }

    fn new(
        hop: &Hop,
        applications: String,
        (source, target): (CommitId, CommitId),
        decider: DecidedBy,
        kept: Vec<String>,
    ) -> Self {
        Self {
            id: String::new(),
            from: without_instructions(&hop.from.name),
            to: without_instructions(&hop.to.name),
            applications,
            source: Some(source.to_string()),
            source_repository: None,
            target: Some(target.to_string()),
            mode: Some(decider.to_string()),
            reverts: None,
            allowed: None,
            release: None,
            acted_by: None,
            kept,
        }
    }

    fn with_id(self, changes: &Changes) -> Self {
        let id = self.id_for(changes);
        Self { id, ..self }
    }

    fn id_for(&self, changes: &Changes) -> String {
        let subject = Subject {
            from: &self.from,
            to: &self.to,
            applications: &self.applications,
            source: self.source.as_deref().unwrap_or_default(),
            kept: &self.kept,
        };
        promotion_id(subject, changes)
    }

    /// Whether it sets a baseline, without a promotion.
    pub fn is_baseline(&self) -> bool {
        self.mode.as_deref() == Some(DecidedBy::Baseline.to_string().as_str())
    }

    /// Whether the rule of a file may have been the mode `changes`.
    pub fn may_follow_changes(&self) -> bool {
        let all = [DecidedBy::Mode(Mode::Changes), DecidedBy::Rules];
        all.iter()
            .any(|by| self.mode.as_deref() == Some(by.to_string().as_str()))
    }

    /// Every record in a message, the last one first.
    ///
    /// A forge or a person may have put paragraphs below the trailers. Reading the ones above as
    /// well is safe, because a record has to prove itself ([`Record::is_proven_by`]).
    pub fn all_in(message: &str) -> Vec<Self> {
        let record = |paragraph: &Vec<(&str, String)>| {
            // Of two values for one key git-promote wrote the lower one.
            let last = |key| paragraph.iter().rev().find(|(k, _)| *k == key);
            let value = |key| last(key).map(|(_, value)| value.clone());
            Some(Self {
                id: value(ID)?,
                from: value(FROM)?,
                to: value(TO)?,
                applications: value(APPLICATIONS)?,
                source: value(SOURCE),
                source_repository: value(SOURCE_REPOSITORY),
                target: value(TARGET),
                mode: value(MODE),
                reverts: value(REVERTS),
                allowed: value(ALLOWED),
                release: value(RELEASE),
                acted_by: value(ACTED_BY),
                kept: (paragraph.iter())
                    .filter(|(key, _)| *key == KEPT)
                    .map(|(_, selector)| selector.clone())
                    .collect(),
            })
        };
        paragraphs(message).iter().filter_map(record).collect()
    }

    /// The changed applications.
    pub fn application_names(&self) -> impl Iterator<Item = ApplicationName> {
        let names = self
            .applications
            .split(", ")
            .filter(|name| !name.is_empty());
        names.map(|name| ApplicationName(name.to_owned()))
    }

    /// Whether the id is that of these changes and of what else the record names.
    pub fn is_proven_by(&self, changes: &Changes) -> bool {
        self.id_for(changes) == self.id
    }
}

/// The lines of the trailers, each with its end.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trailers = [
            (ID, Some(&self.id)),
            (FROM, Some(&self.from)),
            (TO, Some(&self.to)),
            (APPLICATIONS, Some(&self.applications)),
            (SOURCE, self.source.as_ref()),
            (SOURCE_REPOSITORY, self.source_repository.as_ref()),
            (TARGET, self.target.as_ref()),
            (MODE, self.mode.as_ref()),
            (REVERTS, self.reverts.as_ref()),
            (ALLOWED, self.allowed.as_ref()),
            (RELEASE, self.release.as_ref()),
            (ACTED_BY, self.acted_by.as_ref()),
        ];
        for (key, value) in trailers {
            if let Some(value) = value {
                writeln!(f, "{key}: {}", one_line(value))?;
            }
        }
        for selector in &self.kept {
            writeln!(f, "{KEPT}: {}", one_line(selector))?;
        }
        Ok(())
    }
}

/// Whether a commit message is a promotion's, as far as its text shows.
pub fn is_promotion(message: &str) -> bool {
    message.contains(&format!("\n{}", Record::FIRST_LINE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Message;

    fn record(id: &str) -> Record {
        Record {
            id: id.to_owned(),
            from: "staging".to_owned(),
            to: "production".to_owned(),
            applications: "api, web".to_owned(),
            source: Some("5".repeat(40)),
            source_repository: Some("https://git.example/acme/staging".to_owned()),
            target: Some("6".repeat(40)),
            mode: Some("versions".to_owned()),
            reverts: Some("7e1d".to_owned()),
            allowed: Some("moving-version, encrypted".to_owned()),
            release: Some("loans-42".to_owned()),
            acted_by: Some("ada <ada@example.com>".to_owned()),
            kept: vec!["a.yaml:$.b".to_owned(), "a.yaml:$.c".to_owned()],
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let message = Message {
            title: "Promote".to_owned(),
            body: "Why.".to_owned(),
            user_trailers: "Ticket: 7\n".to_owned(),
        };
        let short = Record {
            source_repository: None,
            allowed: None,
            release: None,
            kept: Vec::new(),
            ..record("b")
        };
        for written in [record("a"), short] {
            let text = message.text(&written);
            assert!(is_promotion(&text));
            assert_eq!(Record::all_in(&text), [written]);
        }
    }

    #[test]
    fn the_trailers_are_written_in_order() {
        insta::assert_snapshot!(record("5f0c"), @"
        Promotion-Id: 5f0c
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: api, web
        Promotion-Source: 5555555555555555555555555555555555555555
        Promotion-Source-Repository: https://git.example/acme/staging
        Promotion-Target: 6666666666666666666666666666666666666666
        Promotion-Mode: versions
        Promotion-Reverts: 7e1d
        Promotion-Allowed: moving-version, encrypted
        Promotion-Release: loans-42
        Acted-By: ada <ada@example.com>
        Promotion-Kept: a.yaml:$.b
        Promotion-Kept: a.yaml:$.c
        ");
    }

    #[test]
    fn records_are_read_from_every_paragraph() {
        let trailers = |id: &str| {
            format!(
                "Promotion-Id: {id}\nPromotion-From: a\nPromotion-To: b\nPromotion-Apps: x, y\n"
            )
        };
        let ids = |message: &str| -> Vec<String> {
            let records = Record::all_in(message);
            records.into_iter().map(|record| record.id).collect()
        };
        let own = trailers("own");
        for (message, expected) in [
            (format!("T\n\n{own}"), &["own"][..]),
            (
                format!("T\n\nBody.\n\n{own}\nCo-authored-by: Bob <b@c.d>\n"),
                &["own"],
            ),
            (format!("T\n\nSigned-off-by: Ada\n{own}"), &["own"]),
            (format!("T\n\nPromotion-Id: forged\n{own}"), &["own"]),
            (format!("T\n\n{own}by hand\n"), &["own"]),
            (
                format!("T\n\n{}\n{own}", trailers("first")),
                &["own", "first"],
            ),
            (
                "T\n\nPromotion-Id: own\n\nPromotion-From: a\n".to_owned(),
                &[],
            ),
            (own.clone(), &[]),
        ] {
            assert_eq!(ids(&message), expected, "{message}");
        }
    }
}
