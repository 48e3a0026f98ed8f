//! Git repositories: objects by libgit2, everything else by the installed `git`.
//!
//! | file | what it holds |
//! |---|---|
//! | `repository` | the port's methods, each handed to the file that does it |
//! | `program`, `process` | the installed `git`, and running it within bounds |
//! | `settings` | Git's configuration, as Git reads it |
//! | `local` | finding a repository |
//! | `objects`, `tree`, `path`, `snapshot` | reading and writing objects |
//! | `commit` | writing a commit |
//! | `refs` | HEAD, branches, moving one by compare-and-swap |
//! | `worktree`, `files`, `lock` | moving a branch with its checked-out files |
//! | `remote`, `push`, `urls` | a remote: listing, fetching, pushing |
//! | `retry`, `messages` | what is tried again, and for how long |
//! | `credentials` | which password goes to a remote's server |
//! | `choose`, `branch` | which remote and which branch are meant |
//! | `publish`, `proposed` | moving the branch, and branches of the program's own |
//! | `fault` | errors as the port's |

mod branch;
mod choose;
mod commit;
mod credentials;
mod fault;
mod files;
mod local;
mod lock;
mod messages;
mod objects;
mod path;
mod process;
mod program;
mod proposed;
mod publish;
mod push;
mod refs;
mod remote;
mod repository;
mod retry;
mod settings;
mod snapshot;
mod tree;
mod urls;
mod worktree;

pub use repository::GitRepository;
pub use retry::{NetworkOptions, Prompts};
