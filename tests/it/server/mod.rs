//! `git promote serve`, as people and programs use it.

mod browser;
