//! Texts that only the server and its replicas can read and make.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use thiserror::Error;

/// The fewest bytes of a key.
const LEAST: usize = 32;

/// Base64 with its padding or without.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// What texts are sealed with.
pub(in crate::server) struct SessionKey(RandomizedNonceKey);

/// Why a text is no key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum SessionKeyError {
    /// Its bytes are not to be had.
    #[error("it is neither base64 nor in hexadecimal digits")]
    Encoding,
    /// It could be guessed.
    #[error("it has {0} bytes, and at least {LEAST} random ones are needed")]
    Short(usize),
    /// The cryptography failed.
    #[error("it cannot be used")]
    Unusable,
}

impl SessionKey {
    /// The variable with it.
    pub const VARIABLE: &str = "GIT_PROMOTE_SESSION_KEY";

    /// The key in a text in base64 or in hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, SessionKeyError> {
        let bytes = bytes_of(text.trim()).ok_or(SessionKeyError::Encoding)?;
        if bytes.len() < LEAST {
            return Err(SessionKeyError::Short(bytes.len()));
        }
        Self::of(&bytes).map_err(|Unspecified| SessionKeyError::Unusable)
    }

    /// A key that nobody else has.
    pub fn random() -> Result<Self, SessionKeyError> {
        let mut bytes = [0; LEAST];
        getrandom::fill(&mut bytes).map_err(|_| SessionKeyError::Unusable)?;
        Self::of(&bytes).map_err(|Unspecified| SessionKeyError::Unusable)
    }

    fn of(bytes: &[u8]) -> Result<Self, Unspecified> {
        let salt = Salt::new(HKDF_SHA256, b"git-promote sessions 1");
        let mut key = [0; 32];
        salt.extract(bytes)
            .expand(&[b"cookies"], HKDF_SHA256)?
            .fill(&mut key)?;
        Ok(Self(RandomizedNonceKey::new(&AES_256_GCM_SIV, &key)?))
    }

    /// A text that only [`open`](Self::open) with the same purpose can read.
    pub fn seal(&self, purpose: &str, text: &[u8]) -> Result<String, Unspecified> {
        let mut sealed = text.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(purpose), &mut sealed)?;
        sealed.extend_from_slice(nonce.as_ref());
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The text that was sealed for a purpose; `None` if that was with another key or for another purpose, or
    /// if it was changed.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let mut sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let nonce = sealed.split_off(sealed.len().checked_sub(NONCE_LEN)?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(purpose), &mut sealed)
            .ok()?;
        Some(opened.to_vec())
    }
}

/// The bytes of a text in hexadecimal digits or base64.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    if let Some(bytes) = crate::server::hexadecimal::bytes_of(text.as_bytes()) {
        return Some(bytes);
    }
    let alphabets = [alphabet::STANDARD, alphabet::URL_SAFE].into_iter();
    let mut decoded = alphabets.map(|a| GeneralPurpose::new(&a, LENIENT).decode(text));
    decoded.find_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_only_opened_as_it_was() {
        let key = SessionKey::parse(&"5a".repeat(32)).unwrap();
        let sealed = key.seal("session", b"ada").unwrap();
        assert_eq!(key.open("session", &sealed).as_deref(), Some(&b"ada"[..]));
        assert_ne!(key.seal("session", b"ada").unwrap(), sealed);
        let same = SessionKey::parse(&"5A".repeat(32)).unwrap();
        assert!(same.open("session", &sealed).is_some());
        let other = SessionKey::parse(&"5b".repeat(32)).unwrap();
        assert_eq!(other.open("session", &sealed), None);
        assert_eq!(SessionKey::random().unwrap().open("session", &sealed), None);
        assert_eq!(key.open("sign-in", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(key.open("session", &changed), None, "{at}");
            assert_eq!(key.open("session", &sealed[..at]), None, "{at}");
        }
        assert_eq!(key.open("session", "no base64!"), None);
    }

    #[test]
    fn a_key_is_long_enough_in_either_notation() {
        let error = |text: &str| SessionKey::parse(text).err();
        assert_eq!(error("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), None);
        assert_eq!(error("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"), None);
        assert_eq!(error("-_ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"), None);
        assert_eq!(error(&"0".repeat(64)), None);
        assert_eq!(error(&"0".repeat(62)), Some(SessionKeyError::Short(31)));
        assert_eq!(error("c2VjcmV0"), Some(SessionKeyError::Short(6)));
        assert_eq!(error(""), Some(SessionKeyError::Short(0)));
        assert_eq!(
            error("not a key, but a sentence!"),
            Some(SessionKeyError::Encoding)
        );
    }
}
