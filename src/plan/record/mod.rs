//! What a promotion records about itself: trailers in its commit, hidden lines in its pull request.
//!
//! # Why
//!
//! A later run, perhaps of another version, recognises a promotion only by what it reads here. So
//! each trailer and each hidden line is written and read in this folder and nowhere else, and what
//! was ever written stays readable (`tests/it/recorded`).

mod commit;
mod identifier;
mod mark;
mod pull_request;
mod trailers;

pub use commit::{Record, is_promotion};
pub use identifier::Changes;
pub use pull_request::{HiddenLines, Mark, withdrawal_comment, withdrawn_body};
pub(crate) use trailers::split as split_trailers;
