//! All integration tests: real repositories, each in a world of its own.

mod again;
mod cli_output;
mod cli_promote;
mod cli_words;
mod console;
mod examples;
mod fixtures;
mod flaky;
mod forge;
mod git_checkout;
mod git_crash;
mod git_read;
mod git_remote;
mod git_sign;
mod git_write;
mod house;
mod memory;
mod pairing;
mod proofs;
mod proposing;
mod readme;
mod remotes;
mod replay;
mod world;
