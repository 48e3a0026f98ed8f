//! git-promote: promotes applications between environments of a GitOps repository.

pub mod adapter;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod manifest;
pub mod plan;
pub mod port;
pub mod wiring;
pub mod yaml;
