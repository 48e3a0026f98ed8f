//! All integration tests: real repositories, each in a world of its own.

mod again;
mod cli_output;
mod cli_promote;
mod cli_words;
mod console;
mod examples;
mod fixtures;
mod forge_contract;
mod forge_faults;
mod forge_github;
mod forge_login;
mod forge_stand_in;
mod forge_tls;
mod git_checkout;
mod git_crash;
mod git_read;
mod git_remote;
mod git_write;
mod github;
mod house;
mod memory;
mod pairing;
mod readme;
mod replay;
mod world;
