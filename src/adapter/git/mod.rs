//! Git repositories by libgit2, the only room that knows it.
//!
//! | file | what it holds |
//! |---|---|
//! | `repository` | the port's methods, each handed to the file that does it |
//! | `open` | finding a repository and refusing what libgit2 cannot read |
//! | `fault` | libgit2's errors as the port's |
//! | `snapshot` | reading a commit |
//! | `tree`, `commit`, `identity` | writing a commit |
//! | `durable` | what must be on the disk before a branch points at it |
//! | `choose` | which remote and which branch are meant |
//! | `reference` | moving a branch by compare-and-swap |
//! | `worktree`, `checkout` | where a branch is checked out, and moving its files along |
//! | `remote`, `transfer`, `push`, `installed` | the remote: finding, copying objects, publishing |
//! | `history` | looking back for an earlier promotion |

mod advance;
mod checkout;
mod choose;
mod commit;
mod durable;
mod fault;
mod history;
mod identity;
mod open;
mod paths;
mod reference;
mod repository;
mod snapshot;
mod tree;
mod worktree;

pub use repository::GitRepository;
