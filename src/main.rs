//! The `git-promote` program.

fn main() {}
