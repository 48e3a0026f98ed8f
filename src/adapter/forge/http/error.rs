//! What went wrong in a call, by what can be done about it.
//!
//! # Why
//!
//! Status and headers decide whether to retry, to use another token or to give
//! up; a forge's messages are only shown. Where a request may have taken effect
//! before it failed (no answer, a 5xx), it counts as transient as well: every
//! attempt first looks at what is there, so repeating it is safe.

use std::time::Duration;

use thiserror::Error;

use crate::port::ForgeError;

/// How much of a forge's message is shown.
pub(super) const SHOWN: usize = 600;

/// What a call is for, in the words of [`ForgeError`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// E.g. "open a pull request".
    pub(crate) name: &'static str,
    /// The permission that it needs, as the forge calls it.
    pub(crate) permission: &'static str,
}

/// Why a call did not do what it was for.
#[derive(Debug)]
pub(crate) struct CallError {
    class: Class,
    status: Option<u16>,
    wait: Option<Duration>,
    missing_permission: Option<String>,
    message: ErrorText,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// A retry may succeed.
    Transient,
    /// There is no usable answer, and a retry will not get one.
    Unreachable,
    /// The API's address cannot be used; nothing was sent.
    BadAddress,
    /// The login is not accepted.
    Credentials,
    /// The login lacks a permission.
    Forbidden,
    /// It cannot be done.
    Refused,
}

/// The forge's message, or what went wrong on the way.
#[derive(Debug, Error)]
#[error("{0}")]
struct ErrorText(String);

/// A text of a forge on one line, without control characters and not too long.
pub(crate) fn bounded_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(SHOWN).collect();
    if shown.len() < line.len() {
        shown.push_str(" ...");
    }
    shown.retain(|c| !c.is_control());
    shown
}

impl CallError {
    fn new(class: Class, message: impl AsRef<str>) -> Self {
        Self {
            class,
            status: None,
            wait: None,
            missing_permission: None,
            message: ErrorText(bounded_line(message.as_ref())),
        }
    }

    /// A failure that a retry may fix.
    pub(crate) fn transient(message: impl AsRef<str>) -> Self {
        Self::new(Class::Transient, message)
    }

    /// There is no usable answer, and a retry will not get one.
    pub(crate) fn unreachable(message: impl AsRef<str>) -> Self {
        Self::new(Class::Unreachable, message)
    }

    /// The API's address cannot be used.
    pub(crate) fn bad_address(message: impl AsRef<str>) -> Self {
        Self::new(Class::BadAddress, message)
    }

    /// The login is not accepted.
    pub(crate) fn credentials(message: impl AsRef<str>) -> Self {
        Self::new(Class::Credentials, message)
    }

    /// The login lacks a permission.
    pub(crate) fn forbidden(message: impl AsRef<str>) -> Self {
        Self::new(Class::Forbidden, message)
    }

    /// It cannot be done.
    pub(crate) fn refused(message: impl AsRef<str>) -> Self {
        Self::new(Class::Refused, message)
    }

    /// The error for an answer that is not a success. `limit` is the wait of a rate limit.
    pub(super) fn of_status(status: u16, limit: Option<Duration>, message: &str) -> Self {
        let class = match status {
            _ if limit.is_some() => Class::Transient,
            408 | 500.. => Class::Transient,
            401 => Class::Credentials,
            403 | 404 => Class::Forbidden,
            _ => Class::Refused,
        };
        Self {
            status: Some(status),
            wait: limit,
            ..Self::new(class, message)
        }
    }

    /// The same, with a wait that the forge requests before a retry.
    pub(super) fn with_wait(self, wait: Option<Duration>) -> Self {
        Self {
            wait: self.wait.or(wait),
            ..self
        }
    }

    /// The same, with the permission that the answer names.
    pub(super) fn with_missing_permission(self, missing_permission: Option<String>) -> Self {
        Self {
            missing_permission,
            ..self
        }
    }

    /// The same as a transient failure.
    pub(crate) fn into_transient(self) -> Self {
        Self {
            class: Class::Transient,
            ..self
        }
    }

    /// The message.
    pub(crate) fn message(&self) -> &str {
        &self.message.0
    }

    /// The status of the answer, if there was one.
    pub(crate) fn status(&self) -> Option<u16> {
        self.status
    }

    /// Whether the message contains this; only for what no code distinguishes.
    pub(crate) fn message_contains(&self, text: &str) -> bool {
        self.message.0.contains(text)
    }

    /// Whether a retry may succeed.
    pub(super) fn is_transient(&self) -> bool {
        self.class == Class::Transient
    }

    /// How long to wait before a retry, at least.
    pub(super) fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// The error as the port defines it; `tried` is what was used to log in.
    pub(crate) fn into_forge_error(
        self,
        forge: &str,
        operation: &Operation,
        tried: Vec<String>,
    ) -> ForgeError {
        let forge = forge.to_owned();
        let source = Box::new(self.message);
        let doing = operation.name.to_owned();
        match self.class {
            Class::Credentials => ForgeError::Credentials {
                forge,
                tried,
                source,
            },
            Class::Forbidden => ForgeError::Forbidden {
                forge,
                doing,
                permission: self
                    .missing_permission
                    .unwrap_or_else(|| operation.permission.to_owned()),
                source,
            },
            Class::Refused => ForgeError::Refused {
                forge,
                doing,
                source,
            },
            Class::BadAddress => ForgeError::BadAddress { forge, source },
            Class::Transient | Class::Unreachable => ForgeError::Unreachable {
                forge,
                doing,
                source,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_server_faults_are_transient_and_refusals_are_not() {
        let error = |status, limit| CallError::of_status(status, limit, "x");
        for status in [500, 502, 503, 408] {
            assert!(error(status, None).is_transient(), "{status}");
        }
        for status in [401, 403, 404, 405, 409, 410, 422] {
            assert!(!error(status, None).is_transient(), "{status}");
        }
        let limited = error(403, Some(Duration::from_secs(7)));
        assert!(limited.is_transient());
        assert_eq!(limited.wait(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_message_is_one_bounded_line() {
        assert_eq!(bounded_line("a\r\n  b\u{7}\n"), "a b");
        assert!(bounded_line(&"ä\n".repeat(5000)).chars().count() < SHOWN + 10);
    }
}
