//! git-promote: promotes applications between environments of a GitOps repository.

pub mod yaml;
