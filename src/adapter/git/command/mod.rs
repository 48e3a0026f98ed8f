//! Running the installed `git`.
//!
//! | file | what it holds |
//! |---|---|
//! | `program` | the installed `git`, run in one folder |
//! | `process` | running a program within limits of time and output |
//! | `program_reader` | reading what a program prints while it runs |
//! | `config` | Git's configuration |
//! | `credentials` | which password is sent to a remote's server |
//! | `messages` | what Git and servers print, and which failures are permanent |
//! | `network` | how long a remote may take, and how often a step is retried |

pub mod config;
pub mod credentials;
pub mod messages;
pub mod network;
pub mod pager;
pub mod process;
pub mod program;
pub mod program_reader;
