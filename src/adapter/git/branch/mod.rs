//! Branches of this repository and of its remote.
//!
//! | file | what it holds |
//! |---|---|
//! | `refs` | HEAD and references; moving one by compare-and-swap |
//! | `history` | ancestry of commits |
//! | `choose` | which remote and which local branch to use |
//! | `remote_branch` | the remote's branch, fetched or as last seen |
//! | `elsewhere` | a branch of another repository, fetched or as last fetched |
//! | `publish` | moving the branch that a promotion is for |
//! | `proposed` | branches that git-promote itself creates |

pub mod choose;
pub mod elsewhere;
pub mod history;
pub mod proposed;
pub mod publish;
pub mod refs;
pub mod remote_branch;
