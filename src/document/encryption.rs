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
use crate::yaml::{Content, Entry, Kind, Node, Stream};

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

/// How many entries are visited to find the metadata of SOPS behind aliases and merge keys.
const MAX_VISITS: usize = 2_000_000;

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
        FileContent::Whole | FileContent::Unreadable(_) => of_text(&text),
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
    for (document, root) in stream.documents().iter().map(|d| &d.root).enumerate() {
        let mut lookup = Lookup {
            stream,
            document,
            visits: 0,
        };
        let entries = lookup.entries(root);
        for (_, block) in entries.into_iter().filter(|(name, _)| *name == "sops") {
            match lookup.signature(block) {
                Some(Signature::OfAllValues) => return Some(Encryption::Signed),
                Some(Signature::OfEncryptedValues) => has_metadata = true,
                None => {}
            }
        }
        if lookup.visits > MAX_VISITS {
            return Some(Encryption::Signed);
        }
    }
    if has_metadata {
        return Some(Encryption::Values);
    }
    let mut values = stream.documents().iter().map(|d| d.root.value());
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
        line.starts_with("sops_mac=") || line.starts_with("sops_version=") || line == "[sops]"
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

/// Reads mappings with their aliases and merge keys followed.
struct Lookup<'a> {
    stream: &'a Stream,
    document: usize,
    visits: usize,
}

impl<'a> Lookup<'a> {
    /// The entries of a mapping with those that merge keys add; none for any other node.
    fn entries(&mut self, node: &'a Node) -> Vec<(&'a str, &'a Node)> {
        let mut found = Vec::new();
        let mut pending = vec![self.resolved(node)];
        while let Some(node) = pending.pop() {
            let Content::Mapping { entries, .. } = &node.content else {
                continue;
            };
            self.visits += 1 + entries.len();
            if self.visits > MAX_VISITS {
                break;
            }
            for entry in entries {
                let value = self.resolved(&entry.value);
                match (self.name(entry), &value.content) {
                    ("<<", Content::Sequence { items, .. }) => {
                        self.visits += items.len();
                        pending.extend(items.iter().map(|item| self.resolved(item)));
                    }
                    ("<<", _) => pending.push(value),
                    (name, _) => found.push((name, value)),
                }
            }
        }
        found
    }

    /// What the metadata of SOPS signs; `None` if the node is something else.
    fn signature(&mut self, node: &'a Node) -> Option<Signature> {
        let entries = self.entries(node);
        if !entries.iter().any(|(name, _)| is_metadata_key(name)) {
            return None;
        }
        let is_true = |node: &Node| matches!(&node.content, Content::Scalar(s) if s.kind == Kind::Bool && s.text == "true");
        let mut switches = entries
            .iter()
            .filter(|(name, _)| *name == "mac_only_encrypted")
            .peekable();
        let is_only_of_encrypted =
            switches.peek().is_some() && switches.all(|(_, node)| is_true(node));
        Some(if is_only_of_encrypted {
            Signature::OfEncryptedValues
        } else {
            Signature::OfAllValues
        })
    }

    fn resolved(&self, node: &'a Node) -> &'a Node {
        self.stream.resolve(self.document, node)
    }

    /// The text of a key, which can be an alias itself.
    fn name(&self, entry: &'a Entry) -> &'a str {
        match &self.resolved(&entry.key).content {
            Content::Scalar(scalar) => &scalar.text,
            _ => entry.name(),
        }
    }
}

#[cfg(test)]
mod tests;
