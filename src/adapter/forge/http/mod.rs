//! HTTP as every forge needs it. What one forge's API has of its own is its `Dialect`.
//!
//! | file | what it holds |
//! |---|---|
//! | `session` | the client of one login, opened when it is needed |
//! | `client` | one request and its answer, and all pages of a list |
//! | `dialect` | what a forge adds: headers, error documents, limits, a client library |
//! | `connection` | proxies, certificates, deadlines |
//! | `server` | the only server that a token is sent to |
//! | `token` | a token, or where to look for one |
//! | `response`, `page`, `limit` | bodies, `Link` headers, rate limits |
//! | `error` | failures, by what can be done about them |
//! | `retry` | what is retried, and for how long |
//! | `sender` | requests of workflows and gates, which go to any server |
//! | `redact` | texts of a server without the token |
//!
//! # Why
//!
//! Any request may be lost, and any answer may be lost after the request took
//! effect. So one call is sent once; [`RetryPolicy`] repeats a whole attempt,
//! and each attempt of a forge first looks at what is there already.

mod client;
mod connection;
mod dialect;
mod error;
mod limit;
mod page;
mod redact;
mod response;
mod retry;
mod sender;
mod server;
mod session;
#[cfg(test)]
mod tests;
mod token;

pub use connection::{Connection, ProxyChoice};
pub use retry::RetryPolicy;
pub use sender::ConfiguredSender;
pub use token::{FindToken, TokenSource};

pub(super) use client::HttpClient;
pub(super) use dialect::{BoxError, Dialect, Transport};
pub(super) use error::{CallError, Operation, bounded_line};
pub(super) use limit::{header_number, retry_after};
pub(super) use session::Session;
