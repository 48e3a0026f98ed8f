//! All integration tests but the fixtures: real repositories, each in a world of its own.
//!
//! # After a change of wording
//!
//! Readable output is compared with snapshots (`insta`), with the fixtures and with the console
//! blocks of Markdown files. This writes all of them anew, to be read in the commit's diff:
//!
//! ```sh
//! cargo install cargo-insta # once; the tests run without it
//! GIT_PROMOTE_BLESS=text cargo insta test --accept
//! ```
//!
//! Ids and paths are taken out of a text by [`world::Repo::redact`] before it is compared.

mod again;
mod approvals;
mod branches;
mod checks;
mod cli_commands;
mod cli_entries;
mod cli_output;
mod cli_promote;
mod completion;
mod completion_shells;
mod console;
mod corpus;
mod elsewhere;
mod examples;
mod explain;
mod flaky;
mod flow_example;
mod flows;
mod forge;
mod forge_contract;
mod forge_faults;
mod forge_github;
mod forge_login;
mod forge_stand_in;
mod forge_tls;
mod fuzz;
mod gates;
mod git_catch_up;
mod git_checkout;
mod git_crash;
mod git_read;
mod git_remote;
mod git_settings;
mod git_sign;
mod git_write;
mod github;
mod hints;
mod history;
mod history_baseline;
mod history_records;
mod hostile;
mod house;
mod init;
mod interactive;
mod inventory;
mod journeys;
mod kubernetes;
mod log;
mod manual;
mod memory;
mod moved;
mod order;
mod pager;
mod pairing;
mod points;
mod project;
mod proofs;
mod proposing;
mod readme;
mod recorded_base;
mod relations;
mod release_commands;
#[cfg(unix)]
mod release_interrupts;
mod release_operations;
mod release_races;
mod release_scale;
mod release_steps;
mod release_watch;
mod releases;
mod remotes;
mod rendered;
mod renderers;
mod revert;
mod revert_scope;
mod second_parser;
mod secrets;
mod selectors;
#[cfg(feature = "server")]
mod server;
mod side_by_side;
#[path = "../../src/yaml/tests/skipped.rs"]
mod skipped;
mod status;
mod status_again;
mod status_many;
mod targets;
mod terminal;
mod triggers;
mod verify;
mod verify_time;
mod version;
mod web;
mod workflows;
mod world;
