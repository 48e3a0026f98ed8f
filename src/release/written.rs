//! How a record writes times and commits.

#![expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes references to fields"
)]

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer};

use crate::domain::CommitId;

fn format_time(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

fn parse_time<E: serde::de::Error>(text: &str) -> Result<i64, E> {
    let time: Result<Timestamp, _> = text.parse();
    time.map(Timestamp::as_second).map_err(E::custom)
}

fn parse_commit<E: serde::de::Error>(text: &str) -> Result<CommitId, E> {
    text.parse().map(CommitId).map_err(E::custom)
}

/// The month of a time in seconds since 1970, as `2026/11`.
pub(super) fn month(seconds: i64) -> String {
    let text = format_time(seconds);
    text.get(..7).unwrap_or_default().replace('-', "/")
}

/// Seconds since 1970, as RFC 3339 writes them in universal time.
pub(super) mod time {
    use super::{Deserialize, Deserializer, Serializer, format_time, parse_time};

    pub fn serialize<S: Serializer>(seconds: &i64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format_time(*seconds))
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<i64, D::Error> {
        parse_time(&String::deserialize(from)?)
    }
}

/// The same, or null.
pub(super) mod optional_time {
    use super::{Deserialize, Deserializer, Serializer, format_time, parse_time};

    pub fn serialize<S: Serializer>(seconds: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
        match seconds {
            Some(seconds) => to.serialize_some(&format_time(*seconds)),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Option<i64>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| parse_time(&text)).transpose()
    }
}

/// The id of a commit.
pub(super) mod commit {
    use super::{CommitId, Deserialize, Deserializer, Serializer, parse_commit};

    pub fn serialize<S: Serializer>(commit: &CommitId, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(commit)
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<CommitId, D::Error> {
        parse_commit(&String::deserialize(from)?)
    }
}

/// The same, or null.
pub(super) mod optional_commit {
    use super::{CommitId, Deserialize, Deserializer, Serializer, parse_commit};

    pub fn serialize<S: Serializer>(commit: &Option<CommitId>, to: S) -> Result<S::Ok, S::Error> {
        match commit {
            Some(commit) => to.serialize_some(&commit.to_string()),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Option<CommitId>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| parse_commit(&text)).transpose()
    }
}
