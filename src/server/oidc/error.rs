//! Why nobody is signed in.

use thiserror::Error;

/// Why nobody is signed in.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub(in crate::server) enum SignInError {
    /// It is not there.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// What it tells about itself is of no use.
    #[error("the provider's configuration cannot be used: {0}")]
    Configuration(String),
    /// It does not give the tokens.
    #[error("the provider refuses the sign-in: {0}")]
    Refused(String),
    /// Its token proves nothing.
    #[error("the ID token cannot be used: {0}")]
    Token(String),
    /// The token only tells where the groups are.
    #[error(
        "the ID token has no groups, because they are too many, but tells where to ask for them"
    )]
    GroupsElsewhere,
    /// The groups do not fit into cookies.
    #[error("the person has more groups than fit into cookies")]
    TooLarge,
    /// No name of the token can be used.
    #[error("no name in the ID token can be used")]
    Name,
    /// The browser does not have what this sign-in began with, or not any more.
    #[error("the sign-in was not begun by this browser, or too long ago")]
    Ended,
    /// Too many exchange codes at the same time.
    #[error("too many sign-ins are under way")]
    Busy,
    /// The cryptography failed.
    #[error("the session cannot be encrypted")]
    Seal,
}
