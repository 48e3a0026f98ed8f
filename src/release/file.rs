//! The file of a record.
//!
//! # Why
//!
//! A worker that does not know a field would drop it with its next transition. So a record is read
//! strictly: one of a newer version is an error, not a guess.

use serde::Deserialize;
use thiserror::Error;

use super::record::{RELEASE, Release};
use super::written::month;

/// Why a record could not be read.
#[derive(Debug, Error)]
pub enum RecordError {
    /// Its format is not known.
    #[error("`{path}` has the format `{schema}`, which this version of git-promote cannot read")]
    Format {
        /// The file.
        path: String,
        /// The format that it names.
        schema: String,
    },
    /// It is damaged, or has fields that are not known.
    #[error("`{path}` is not a release that this version of git-promote can read")]
    Content {
        /// The file.
        path: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// The format that a record names.
#[derive(Deserialize)]
struct Header {
    schema: String,
}

impl Release {
    /// Reads a record; `path` is for messages.
    ///
    /// # Errors
    /// When it has another format, or fields that are not known.
    pub fn parse(bytes: &[u8], path: &str) -> Result<Self, RecordError> {
        let damaged = |source| RecordError::Content {
            path: path.to_owned(),
            source,
        };
        let header: Header = serde_json::from_slice(bytes).map_err(damaged)?;
        if header.schema != RELEASE {
            return Err(RecordError::Format {
                path: path.to_owned(),
                schema: header.schema,
            });
        }
        serde_json::from_slice(bytes).map_err(damaged)
    }

    /// The record's text.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        // Every key is a string, and nothing else can fail.
        text.expect("a record can be written as JSON") + "\n"
    }

    /// Its file, in the folder of the month in which it was created.
    pub fn path(&self) -> String {
        format!("{}/{}.json", month(self.created), self.id.replace('/', "_"))
    }
}
