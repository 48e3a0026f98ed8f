//! Git repositories: objects by libgit2, everything else by the installed `git`.
//!
//! | file | what it holds |
//! |---|---|
//! | `repository` | the port's methods, each passed to the file that implements it |
//! | `local`, `discover` | an open repository, and finding it |
//! | `command/` | running the installed `git`: its configuration, credentials, messages |
//! | `objects/` | reading and writing blobs, trees and commits |
//! | `branch/` | HEAD and references; choosing, moving and proposing a branch |
//! | `remote/` | a remote: its URLs, listing, fetching, pushing |
//! | `releases/` | the records of releases |
//! | `worktree/` | moving a branch together with its checked-out files |
//! | `log` | the commits that changed files |
//! | `revision` | the commits that revisions name |
//! | `message_search` | the commits with certain messages |
//! | `fault` | errors as the port's |

mod branch;
mod command;
mod copy;
mod discover;
mod fault;
mod local;
mod log;
mod merged;
mod message_search;
mod objects;
mod releases;
mod remote;
mod repository;
mod revision;
mod worktree;

pub use command::network::{Prompts, RemoteAccess, RemoteUse};
pub use command::pager::pager;
pub use copy::prepare_copy;
pub use releases::GitReleases;
pub use repository::GitRepository;
