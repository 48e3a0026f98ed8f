//! Encrypted values.

use super::parts::any_part;
use crate::yaml::Value;

/// How texts begin that are ciphertext as a whole: Ansible Vault, age, OpenSSL.
const HEADERS: [&str; 3] = ["$ANSIBLE_VAULT;", "age-encryption.org/", "U2FsdGVkX1"];

/// The armor of age, PGP and CMS, which can follow other text.
const ARMORS: [&str; 5] = [
    "-----BEGIN AGE ENCRYPTED FILE-----",
    "-----BEGIN PGP MESSAGE-----",
    "-----BEGIN PKCS7-----",
    "-----BEGIN CMS-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----",
];

/// How a value that SOPS encrypted begins.
pub(super) const SOPS_VALUE: &str = "ENC[AES256_GCM,";

/// Entries of the metadata that SOPS adds to a file; it always has some of them.
const SOPS_METADATA: [&str; 9] = [
    "mac",
    "lastmodified",
    "age",
    "pgp",
    "kms",
    "gcp_kms",
    "azure_kv",
    "hc_vault",
    "key_groups",
];

/// Whether a value is or contains something encrypted, or the metadata of SOPS.
pub fn is_sealed(value: &Value) -> bool {
    any_part(value, &may_be_sealed, &|part| match part {
        Value::Scalar { text, .. } => is_ciphertext(text),
        Value::Mapping(entries) => entries.iter().any(|(key, value)| match key.as_str() {
            "sops" => is_metadata(value),
            "encryptedData" => true,
            "kind" => matches!(value, Value::Scalar { text, .. } if text == "SealedSecret"),
            key => is_ciphertext(key),
        }),
        Value::Sequence(_) | Value::Tagged(..) | Value::Alias(_) => false,
    })
}

/// Whether a text can have a `SealedSecret`, whose values have no mark; a backslash can hide the word
/// within quotes.
fn may_be_sealed(text: &str) -> bool {
    let has_sign = |b: u8| matches!(b, b'S' | b'D' | b'\\');
    let words = ["encryptedData", "SealedSecret", "\\"];
    text.bytes().any(has_sign) && words.iter().any(|word| text.contains(word))
}

/// Whether a text is ciphertext, or contains a document with encrypted values.
pub(super) fn is_ciphertext(text: &str) -> bool {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_wrapped = |start, end| trimmed.starts_with(start) && trimmed.ends_with(end);
    is_wrapped("ENC[", ']')
        // Jasypt.
        || is_wrapped("ENC(", ')')
        || text.contains('[') && text.contains(SOPS_VALUE)
        || HEADERS.iter().any(|header| trimmed.starts_with(header))
        || text.contains(' ') && ARMORS.iter().any(|armor| text.contains(armor))
}

/// Whether a header or armor of ciphertext occurs anywhere in a text.
pub(super) fn has_header(text: &str) -> bool {
    let mut all = HEADERS.iter().chain(&ARMORS);
    all.any(|header| text.contains(header))
}

/// Whether a file is ciphertext as a whole: git-crypt, Ansible Vault, age, PGP, OpenSSL.
pub(super) fn is_ciphertext_file(bytes: &[u8]) -> bool {
    const BINARY: [&[u8]; 2] = [b"\0GITCRYPT\0", b"Salted__"];
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = text.trim_ascii_start();
    BINARY.iter().any(|header| bytes.starts_with(header))
        || (HEADERS.iter().chain(&ARMORS)).any(|header| text.starts_with(header.as_bytes()))
}

/// Whether an entry's name is one of those in the metadata of SOPS.
pub(super) fn is_metadata_key(name: &str) -> bool {
    SOPS_METADATA.contains(&name)
}

fn is_metadata(value: &Value) -> bool {
    matches!(value.untagged(), Value::Mapping(entries) if entries.iter().any(|(key, _)| is_metadata_key(key)))
}
