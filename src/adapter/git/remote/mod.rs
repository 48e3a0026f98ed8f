//! A remote: its URLs, its branches, pushing to it.
//!
//! | file | what it holds |
//! |---|---|
//! | `choice` | a remote of this repository, or another repository |
//! | `urls` | its URLs and tracking branches, from Git's settings |
//! | `connection` | running Git commands that contact it |
//! | `branches`, `listing` | listing its branches and fetching one |
//! | `push` | moving one of its branches |

pub mod branches;
pub mod choice;
pub mod connection;
pub mod listing;
pub mod push;
pub mod urls;
