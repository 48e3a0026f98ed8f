//! Git repositories by libgit2, the only room that knows it.
//!
//! | file | what it holds |
//! |---|---|
//! | `repository` | the port's methods, each handed to the file that does it |
//! | `open`, `borrowed` | finding a repository; refusing, or working around, what libgit2 cannot read |
//! | `fault` | libgit2's errors as the port's |
//! | `snapshot` | reading a commit |
//! | `tree`, `commit`, `identity`, `sign` | writing a commit |
//! | `durable` | what must be on the disk before a branch points at it |
//! | `choose` | which remote and which branch are meant |
//! | `reference` | moving a branch by compare-and-swap |
//! | `advance`, `worktree`, `checkout`, `ready`, `staged`, `racy`, `compare`, `sparse`, `paths` | moving a local branch and, where it is checked out, its files |
//! | `transport`, `address`, `listed` | the remote: the ways to it, and what it says that it has |
//! | `disk`, `transfer`, `server` | a remote on this disk: copying objects, and what it wants besides |
//! | `network` | a remote on a server by libgit2: its credentials, deadlines and errors |
//! | `installed`, `process`, `helper`, `ssh` | what only Git itself can do |
//! | `said` | what Git and the servers behind it say |
//! | `inherited` | the settings that Git takes from its environment |
//! | `fetch`, `look`, `push` | the remote's branch: finding it, publishing on it |
//! | `proposed` | branches of the program's own |
//! | `history` | looking back for an earlier promotion |

mod address;
mod advance;
mod borrowed;
mod checkout;
mod choose;
mod commit;
mod compare;
mod disk;
mod durable;
mod fault;
mod fetch;
mod helper;
mod history;
mod identity;
mod inherited;
mod installed;
mod listed;
mod look;
mod network;
mod open;
mod paths;
mod process;
mod proposed;
mod push;
mod racy;
mod ready;
mod reference;
mod repository;
mod said;
mod server;
mod sign;
mod snapshot;
mod sparse;
mod ssh;
mod staged;
mod transfer;
mod transport;
mod tree;
mod worktree;

// It is here for its `https`, without which libgit2 speaks `http` only.
use libgit2_sys as _;

pub use network::{NetworkSettings, Patience, Way};
pub use repository::{GitRepository, RemoteServer};
