//! git-promote moves what is ready in one environment of a GitOps repository to the next one.
//!
//! The program is a thin layer over this library. A promotion is computed first and applied
//! second; what lies between is a [`plan::Plan`], plain data that preview, JSON and commit all read.
//!
//! # The rooms
//!
//! Rooms name only rooms below them; a test reads the sources and keeps it so.
//!
//! | room | what it is for |
//! |---|---|
//! | [`cli`] | words to a request; text, JSON, advice and exit codes |
//! | [`wiring`] | puts adapters behind ports, and knows every room |
//! | [`adapter`] | the outside world: Git, forges, the clock |
//! | [`config`] | `promote.yaml` to settings, or all its faults at once |
//! | [`engine`] | the way of a promotion, from request to receipt |
//! | [`port`] | what the engine asks from outside, as traits |
//! | [`plan`] | what a promotion would change, as plain data |
//! | [`document`] | Kubernetes on YAML: identity, versions, differences, the merge |
//! | [`domain`] | the words of the trade as types |
//! | [`yaml`] | documents with spans; edits that keep every other byte, with proof |
//!
//! # The way of a promotion
//!
//! ```text
//! words ─▶ Request ─▶ resolve ─▶ pair ─▶ compare ─▶ decide ─▶ Plan ─▶ preview
//!          (cli)      which      files   fields     promote     │
//!                     branch,            by         or keep,    ▼
//!                     settings,          identity   with a    clear ─▶ apply ─▶ Receipt
//!                     applications                  reason    (guards)  (the only one that writes)
//! ```
//!
//! [`engine::prepare`] goes as far as the plan and writes nothing but fetched objects.
//! [`engine::apply`] takes the plan, lets the guards look at it, and commits; if the branch moved
//! meanwhile, it plans again and goes on only with the same changes. Or it proposes the plan: a
//! branch of its own, and a pull request from it.
//!
//! # Where to start
//!
//! - to see the whole way: `engine/compute.rs`, then `engine/apply.rs`
//! - why a difference moves or stays: `engine/decide.rs`; what counts as a version: `document/kubernetes/versions.rs`
//! - how files and applications are found: `engine/pair.rs`, `engine/census.rs`
//! - how a file is changed without being rewritten: [`yaml::splice`]
//! - what becomes of a pull request: `engine/standing.rs` decides, `engine/propose.rs` does;
//!   whose a commit is: `engine/own.rs`
//! - a new guard: a file in `engine/guard`, and a line in its `mod.rs`
//!
//! # Example
//!
//! What would be promoted in the repository of the current folder:
//!
//! ```no_run
//! use git_promote::engine::{self, Request};
//! use git_promote::port::Silent;
//! use git_promote::wiring;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let outside = wiring::open(".".as_ref(), &wiring::Reach::default())?;
//! let request = Request::between("staging", "production");
//! let prepared = engine::prepare(&outside.ports(&Silent), &request).await?;
//! for file in prepared.plan.changed_files() {
//!     println!("{}", file.path);
//! }
//! # Ok(())
//! # }
//! ```

pub mod adapter;
pub mod cli;
pub mod config;
pub mod document;
pub mod domain;
pub mod engine;
pub mod inventory;
pub mod plan;
pub mod port;
pub mod render;
pub mod wiring;
pub mod yaml;
