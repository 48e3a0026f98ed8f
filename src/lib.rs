//! git-promote moves what is ready in one environment of a GitOps repository to the next one.
//!
//! The program is a thin layer over this library. A promotion is computed first and applied second.
//! Between the two is a [`plan::Plan`]: plain data that preview, commit and pull request share.
//!
//! # The rooms
//!
//! A room only uses rooms below it; a test (`tests/it/house`) reads the sources and enforces this.
//!
//! | room | what it does |
//! |---|---|
//! | `server` | the dashboard: pages, requests, and what reads repositories again |
//! | [`cli`] | turns arguments into requests, and results into output and exit codes |
//! | [`wiring`] | puts adapters behind ports; has the registry of forges |
//! | [`adapter`] | the outside world: Git, forges, the clock |
//! | [`render`] | plans, receipts and errors as text, Markdown, JSON and hints |
//! | [`engine`] | one promotion: compare, decide, guard, apply, propose |
//! | [`inventory`] | which applications and files each environment has, and which files form pairs |
//! | [`release`] | the rules by which a release goes through its flow, and its record |
//! | [`config`] | `promote.yaml` as settings, or all its faults at once |
//! | [`port`] | what the engine needs from outside, as traits |
//! | [`plan`] | what a promotion would change, as plain data |
//! | [`document`] | the content of files: identity, versions, differences, the merge |
//! | [`domain`] | the glossary as types |
//! | [`yaml`] | documents with spans; edits that only change what they must, with proof |
//!
//! # How a promotion works
//!
//! ```text
//! arguments ─▶ Request ─▶ fetch ─▶ compute ──────────────────────────▶ Plan ─▶ preview
//!              (cli)      branch   locate   compare   decide   guard     │
//!                                  files    field by  promote  checks    ▼
//!                                  and      field     or keep  on the  apply or propose ─▶ Receipt
//!                                  pairs                       plan    (only these write)
//! ```
//!
//! [`engine::prepare`] goes as far as the plan: [`engine::fetch`] waits for the network,
//! [`engine::compute`] does not, and neither writes anything but fetched objects. [`engine::apply`]
//! commits the plan, or proposes it on a branch of its own with a pull request. If the branch moved
//! meanwhile, it computes a new plan and only continues if that makes the same changes.
//!
//! # The way of one difference
//!
//! From two blobs to a commit, each step in its own file:
//!
//! 1. `inventory/pair.rs` finds the target's file that belongs to a source's file
//! 2. `engine/compare/mod.rs` reads and parses both
//! 3. `document/kubernetes/document_comparison.rs` walks both side by side and finds the places that differ
//! 4. `document/kubernetes/record.rs` records a difference: values, version, relation
//! 5. `engine/look_back.rs` compares again, with the source at the last promotion as the base, where the
//!    history can change a verdict (`engine/history`)
//! 6. `engine/decide/facts.rs` adds the rules, comments and selectors that match it
//! 7. `engine/decide/verdict.rs` decides: promote or keep, with the reason
//! 8. `engine/file_plan.rs` collects the promoted differences of a file, and plans its content
//! 9. `document/kubernetes/merge.rs` turns the promoted differences into edits of the target
//! 10. `yaml/splice.rs` makes the edits in the text, and proves the resulting values
//! 11. `plan/draft.rs` makes the plan, with its id
//! 12. `engine/commit.rs` makes the commit of a plan that the guards cleared, and
//!     `adapter/git/objects/commit.rs` writes it
//!
//! # Where to look
//!
//! | question | file |
//! |---|---|
//! | why is a difference promoted or kept? | `engine/decide/verdict.rs`, and the passes in `engine/decide/mod.rs` |
//! | what explains a decision to users? | `engine/explain.rs`, `render/explain.rs` |
//! | what counts as a version? | `document/kubernetes/version_places.rs` lists the places |
//! | how is a file read that is no YAML? | `document/lines/format.rs` has the formats |
//! | how is a document inside a string compared and edited? | `document/kubernetes/strings.rs`, `yaml/embedded.rs` |
//! | which application does a file belong to? | `inventory/application_rule.rs` |
//! | how is a file edited without reformatting it? | `yaml/splice.rs` |
//! | what does the history show about a difference? | `engine/history/take.rs`, `engine/decide/past.rs` |
//! | what happens to a pull request? | `engine/propose/state.rs` decides, `engine/propose/mod.rs` does it |
//! | did git-promote make a commit? | `engine/propose/branch_owner.rs` |
//! | what happens if the branch moved? | `engine/apply.rs` |
//! | on which branch, and in which folder is an environment? | `engine/branches.rs`, `inventory/environment_folder.rs` |
//! | how are several targets promoted to together? | `engine/group.rs` plans, `engine/apply.rs` applies |
//! | what happens after a crash? | `adapter/git/branch/publish.rs` and `engine/propose/state.rs` |
//! | what does a promotion record about itself? | `plan/record` |
//! | which commits record a base without changing a file? | `engine/history/records.rs`, `engine/set_baseline.rs` |
//! | which environment does another one follow? | `engine/suggest/order.rs` |
//! | which version does an environment have? | `engine/status` |
//! | where does `--version` find a version? | `engine/version_source.rs` |
//! | what does a revert take back? | `engine/revert` |
//! | which settings does a promotion have, and why? | `domain/policy_evaluation.rs`, `domain/product_flow.rs` |
//! | which faults can a flow have? | `config/flows.rs` |
//! | what do Codefresh's manifests mean? | `config/codefresh` |
//! | what does a new configuration suggest? | `engine/suggest` |
//! | what comes next for a release? | `release/advance.rs`; `engine/release` looks facts up and carries it out |
//! | which flow does a push start? | `release/trigger.rs` decides; `engine/trigger` finds the commits and files |
//! | what would a flow promote? | `engine/flow_plan.rs` |
//! | how are past promotions found? | `engine/log`, `adapter/git/message_search.rs` |
//! | how is a message worded? | `render`; errors in their enums, findings in `engine/guard` |
//! | what changes in rendered manifests? | `engine/rendered` |
//! | which commands check the planned files? | `engine/verify.rs`, `adapter/runner` |
//! | where do I add a guard? | its name in `domain/guard.rs`, a file in `engine/guard`, and its entry in `mod.rs` |
//! | how are releases recorded? | `port/releases.rs`, `adapter/git/releases` |
//! | when does an approval count? | `engine/release/approvals.rs`, `adapter/gate/approval.rs` |
//! | where do I add a kind of workflow? | its kind in `domain/flow.rs`, and a file in `adapter/runner/workflow` |
//! | where do I add a kind of gate? | its kind in `domain/flow.rs`, and a file in `adapter/gate` |
//! | where do I add a forge? | a folder in `adapter/forge`, and its entry in `wiring/forge.rs` |
//!
//! # Example
//!
//! What would be promoted in the repository of the current folder:
//!
//! ```no_run
//! use git_promote::engine::{self, Request};
//! use git_promote::port::NoObserver;
//! use git_promote::wiring;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let adapters = wiring::open(".".as_ref(), &wiring::NetworkOptions::default())?;
//! let request = Request::between("staging", "production");
//! let prepared = engine::prepare(&adapters.ports(&NoObserver), &request).await?;
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
pub mod release;
pub mod render;
#[cfg(feature = "server")]
pub mod server;
pub mod wiring;
pub mod yaml;
