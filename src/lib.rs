//! git-promote: promotes applications between environments of a `GitOps` repository.

pub mod config;
pub mod domain;
pub mod port;
pub mod yaml;
