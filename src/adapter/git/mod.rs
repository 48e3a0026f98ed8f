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
//! | `advance`, `worktree`, `checkout`, `compare`, `sparse`, `paths` | moving a local branch and, where it is checked out, its files |
//! | `transport`, `address` | the remote: the ways to it |
//! | `disk`, `transfer`, `server` | a remote on this disk: copying objects, and what it wants besides |
//! | `installed` | what only Git itself can do |
//! | `fetch`, `look`, `push` | the remote's branch: finding it, publishing on it |
//! | `proposed` | branches of the program's own |
//! | `history` | looking back for an earlier promotion |

mod address;
mod advance;
mod checkout;
mod choose;
mod commit;
mod compare;
mod disk;
mod durable;
mod fault;
mod fetch;
mod history;
mod identity;
mod installed;
mod look;
mod open;
mod paths;
mod proposed;
mod push;
mod reference;
mod repository;
mod server;
mod snapshot;
mod sparse;
mod transfer;
mod transport;
mod tree;
mod worktree;

pub use repository::GitRepository;
