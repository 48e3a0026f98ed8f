//! The values that commands give to later workflows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde_json::{Map, Value};
use thiserror::Error;

/// How long the file with the values may be, in bytes.
const MAX_SIZE: u64 = 65_536;

/// Why values cannot be used.
#[derive(Debug, Error)]
pub enum OutputsError {
    /// The file cannot be read.
    #[error("the file of `PROMOTE_OUTPUT` cannot be read: {0}")]
    File(io::Error),
    /// It is too long.
    #[error("the file of `PROMOTE_OUTPUT` has more than {MAX_SIZE} bytes")]
    TooLong,
    /// It begins like JSON, but is not.
    #[error("the file of `PROMOTE_OUTPUT` is not a JSON object: {0}")]
    Json(serde_json::Error),
    /// A line is not `key=value`.
    #[error("line {line} of the file of `PROMOTE_OUTPUT` is not `key=value`")]
    Line {
        /// Its number, from 1.
        line: usize,
    },
    /// A key is not a valid name.
    #[error("`{key}` is not a name for a value: only letters, digits and `_` are allowed")]
    Key {
        /// The key.
        key: String,
    },
}

/// The values in a file: lines of `key=value`, or a JSON object. There are none without the file.
pub fn read(file: &Path) -> Result<BTreeMap<String, String>, OutputsError> {
    let is_file = match file.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        found => found.map_err(OutputsError::File)?.is_file(),
    };
    if !is_file {
        return Err(OutputsError::File(io::ErrorKind::InvalidInput.into()));
    }
    let mut bytes = Vec::new();
    let open = File::open(file).map_err(OutputsError::File)?;
    let limited = &mut open.take(MAX_SIZE + 1);
    limited
        .read_to_end(&mut bytes)
        .map_err(OutputsError::File)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(OutputsError::TooLong);
    }
    parse(&String::from_utf8_lossy(&bytes))
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, OutputsError> {
    let mut values = BTreeMap::new();
    let mut add = |key: &str, value: String| {
        let is_name = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && key.starts_with(|c: char| !c.is_ascii_digit());
        if !is_name {
            let key = key.to_owned();
            return Err(OutputsError::Key { key });
        }
        values.insert(key.to_owned(), value);
        Ok(())
    };
    if text.trim_start().starts_with('{') {
        let object: Map<String, Value> = serde_json::from_str(text).map_err(OutputsError::Json)?;
        for (key, value) in object {
            let value = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            add(&key, value)?;
        }
        return Ok(values);
    }
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or(OutputsError::Line { line: number + 1 })?;
        add(key.trim(), value.to_owned())?;
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_lines_or_a_json_object() {
        let values = |text: &str| {
            let values = parse(text).unwrap();
            let shown = values.iter().map(|(key, value)| format!("{key}={value}"));
            shown.collect::<Vec<_>>().join(";")
        };
        for (text, expected) in [
            ("", ""),
            ("a=1\n\nb = x=y\na=2\n", "a=2;b= x=y"),
            ("a=1\r\n", "a=1"),
            (
                r#" {"text": "x", "number": 1.50, "list": [1, "a"], "nothing": null}"#,
                r#"list=[1,"a"];nothing=null;number=1.5;text=x"#,
            ),
        ] {
            assert_eq!(values(text), expected, "{text}");
        }
    }

    #[test]
    fn anything_else_is_an_error_that_names_the_place() {
        for (text, expected) in [
            ("a=1\nb", "line 2 of"),
            ("a-b=1", "`a-b` is not a name"),
            ("1a=1", "`1a` is not a name"),
            ("{\"a\": }", "is not a JSON object"),
            ("{} x", "is not a JSON object"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
