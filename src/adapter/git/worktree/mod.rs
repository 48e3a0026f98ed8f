//! Branches that are checked out.
//!
//! | file | what it holds |
//! |---|---|
//! | `advance` | moving a branch together with its files |
//! | `checkouts` | the working trees that have a branch checked out |
//! | `files` | updating the files of one working tree |
//! | `lock` | the lock between two promotions |

pub mod advance;
pub mod checkouts;
pub mod files;
pub mod lock;
