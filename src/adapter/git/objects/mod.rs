//! Reading and writing objects.
//!
//! | file | what it holds |
//! |---|---|
//! | `database` | reading objects with libgit2 or `git cat-file` |
//! | `many` | reading many blobs at once |
//! | `write` | writing and flushing objects |
//! | `commit` | writing a commit |
//! | `recent_trees` | caching the entries of trees by name |
//! | `tree`, `path` | the entries of a tree, and paths as bytes |
//! | `files_at` | finding files by their paths |
//! | `rebuild` | rebuilding trees along the changed paths |
//! | `difference` | comparing two trees |
//! | `snapshot` | one commit as the port's snapshot |

pub mod commit;
pub mod database;
pub mod difference;
pub mod files_at;
mod many;
pub mod path;
pub mod rebuild;
pub mod recent_trees;
pub mod snapshot;
pub mod tree;
pub mod write;
