//! Encrypted files, recognized by their parsed structure.
//!
//! # Why
//!
//! SOPS signs all values of a file, including those in plain text, so a promoted version invalidates
//! the signature. A search in the text would miss quoted keys, JSON and aliases, and would find
//! comments. Where the structure is in doubt, the file counts as signed.

use super::file::{FileContent, parse_file};
use super::sealed::{
    SOPS_VALUE, has_header, is_ciphertext, is_ciphertext_file, is_metadata_key, is_sealed,
};
use crate::yaml::{Content, Kind, Node, Stream};

/// How a file is encrypted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Encryption {
    /// Some values are; changing the others has no effect on them.
    Values,
    /// Some values are, and a signature covers all values.
    Signed,
    /// The whole file is ciphertext.
    File,
}

/// How the file at `path` is encrypted; `None` if it is not.
pub fn encryption(path: &str, bytes: &[u8]) -> Option<Encryption> {
    if is_ciphertext_file(bytes) {
        return Some(Encryption::File);
    }
    let text = String::from_utf8_lossy(bytes);
    if !may_be_encrypted(&text) {
        return None;
    }
    match parse_file(path, bytes.to_vec()) {
        FileContent::Yaml(stream) => of_stream(&stream),
        FileContent::Lines(_) | FileContent::Whole | FileContent::Unreadable(_) => of_text(&text),
    }
}

/// Whether a text can have encrypted values; most cannot and need not be parsed.
///
/// A backslash can hide any of the words within a quoted key or value.
fn may_be_encrypted(text: &str) -> bool {
    const WORDS: [&str; 5] = ["\\", "sops", "encryptedData", "SealedSecret", "ENC"];
    WORDS.iter().any(|word| text.contains(word)) || has_header(text)
}

fn of_stream(stream: &Stream) -> Option<Encryption> {
    let mut has_metadata = false;
    for root in (0..stream.documents().len()).map(|document| stream.root(document)) {
        match root.entry("sops").and_then(signature) {
            Some(Signature::OfAllValues) => return Some(Encryption::Signed),
            Some(Signature::OfEncryptedValues) => has_metadata = true,
            None => {}
        }
    }
    if has_metadata {
        return Some(Encryption::Values);
    }
    let mut values = (0..stream.documents().len()).map(|document| stream.root(document).value());
    let is_encrypted = values.any(|value| is_sealed(&value));
    is_encrypted.then(|| {
        // Values of SOPS without its metadata: the signature may be elsewhere.
        if stream.text().contains(SOPS_VALUE) {
            Encryption::Signed
        } else {
            Encryption::Values
        }
    })
}

/// A file that is compared as a whole or cannot be parsed: dotenv, INI, templates.
fn of_text(text: &str) -> Option<Encryption> {
    let is_metadata = |line: &str| {
        let line = line.trim_start();
        line.starts_with("sops_mac=")
            || line.starts_with("sops_version=")
            || line == "[sops]"
            || line == "sops:"
    };
    let is_signed = text.contains(SOPS_VALUE) || text.lines().any(|line| is_metadata(line.trim()));
    if is_signed {
        return Some(Encryption::Signed);
    }
    let is_encrypted = is_ciphertext(text)
        || ["ENC[", "encryptedData", "SealedSecret", "$ANSIBLE_VAULT;"]
            .iter()
            .any(|mark| text.contains(mark));
    is_encrypted.then_some(Encryption::Values)
}

/// Which values the signature of SOPS covers.
enum Signature {
    OfAllValues,
    OfEncryptedValues,
}

/// What the metadata of SOPS signs; `None` if the node is something else.
fn signature(metadata: &Node) -> Option<Signature> {
    let Content::Mapping { entries, .. } = &metadata.content else {
        return None;
    };
    entries
        .iter()
        .any(|entry| is_metadata_key(entry.name()))
        .then_some(())?;
    let is_true = |node: &Node| matches!(&node.content, Content::Scalar(s) if s.kind == Kind::Bool && s.text == "true");
    Some(
        if metadata.entry("mac_only_encrypted").is_some_and(is_true) {
            Signature::OfEncryptedValues
        } else {
            Signature::OfAllValues
        },
    )
}

#[cfg(test)]
mod tests;
