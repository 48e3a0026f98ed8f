//! Moves releases forward: looks facts up, records transitions, carries out effects.
//!
//! # Why
//!
//! The room [`release`](crate::release) decides; nothing is decided here. Whoever runs this may stop at
//! any moment: a transition is recorded before its effects, and an effect either may be repeated or is
//! covered by a lease.
//!
//! | file | what it does |
//! |---|---|
//! | `records.rs` | reads the records, and appends transitions |
//! | `place.rs` | finds out where they are |
//! | `flow.rs` | reads the flow of a release from its configuration |
//! | `advance.rs` | moves releases until they wait or have ended |
//! | `people.rs` | start, terminate, retry, approve |
//! | `trigger.rs` | starts the releases of a push |
//! | `view.rs` | looks facts up |
//! | `approvals.rs` | the approvals of a step, with what proves them |
//! | `landed.rs`, `pull_request.rs` | find the commit and the pull request of a step |
//! | `awaited.rs` | the approvals that a release still needs, and who can give them |
//! | `approval_gate.rs` | a gate that waits for approvals, without asking a forge |
//! | `effects.rs` | carries out effects |
//! | `manual.rs` | starts the promotion of a product that no flow describes, and its outcome |
//! | `choices.rs` | what a person chose for it, as the record has it |
//! | `revert.rs` | reverts the promotions of a release |
//! | `request.rs` | what a step requests |
//! | `join.rs` | compares the sources of a step that depends on several |
//! | `promote.rs` | commits or proposes the promotion of a step |
//! | `variables.rs`, `versions.rs` | the variables of workflows and gates |

mod advance;
mod approval_gate;
mod approvals;
mod awaited;
mod choices;
mod effects;
mod error;
mod flow;
mod join;
mod landed;
mod manual;
mod people;
mod place;
mod ports;
mod promote;
mod pull_request;
mod records;
mod request;
mod revert;
mod trigger;
mod variables;
mod versions;
mod view;

pub use advance::{Advanced, advance_releases};
pub use awaited::{ApprovalChance, AwaitedApproval, awaited_approvals};
pub use choices::lifted_guards;
pub use error::ReleaseError;
pub use manual::{
    ManualChoice, has_checks, manual_plan, manual_receipt, released_product, start_manual,
};
pub use people::{
    StartRequest, Started, allow_in_release, approve_release, retry_release, start_release,
    terminate_release,
};
pub use place::{RecordPlace, record_place};
pub use ports::ReleasePorts;
pub use records::{
    PastTransition, ProductReleases, find_release, newest_seen_releases, release_history, releases,
};
pub use revert::{promotions_of, revert_release};
pub use trigger::{Triggered, find_triggered, start_triggered};
