//! GitHub: github.com and Enterprise servers, with octocrab on the HTTP layer.
//!
//! | file | what it holds |
//! |---|---|
//! | `kind` | recognizes a remote, and opens its repository |
//! | `address`, `environment` | where a repository is, and what the environment has for it |
//! | `repository` | one repository, and its session |
//! | `login`, `installation` | tokens and GitHub Apps |
//! | `dialect` | headers, error documents, rate limits |
//! | `forge` | the port's methods, each handed to the file that does it |
//! | `actions` | workflows of GitHub Actions |
//! | `checks` | statuses, checks and reviews, for gates |
//! | `requests`, `pull`, `comment`, `label`, `people`, `auto_merge` | what they do |
//!
//! # Why
//!
//! Any request may be lost, and any answer may be lost after the request took
//! effect. So each method is one attempt that first looks and then does what is
//! missing, and the whole attempt is retried: no write is repeated without
//! looking.

mod actions;
mod address;
mod auto_merge;
mod checks;
mod comment;
mod dialect;
mod environment;
mod forge;
mod installation;
mod kind;
mod label;
mod login;
mod people;
mod pull;
mod repository;
mod requests;

pub use address::Address;
pub use kind::KIND;
pub use login::{App, Login};
pub use repository::GitHub;
