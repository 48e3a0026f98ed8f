//! The promotions of a branch, newest first, as their commits record them.
//!
//! # Why
//!
//! The history of the target's branch is the only record of promotions that everyone shares. So the
//! log needs no store of its own, and also lists what another clone or a CI system promoted.
//!
//! | file | what it does |
//! |---|---|
//! | `search.rs` | searches the history of a branch |
//! | `collector.rs` | collects promotions, merges and reverts from messages |
//! | `merge_message.rs` | reads the numbers of pull requests, as forges write them |
//! | `merges.rs` | finds the merge that brought a promotion to the branch |
//! | `reverts.rs` | finds out which promotions were reverted |
//! | `undone.rs` | checks such a claim against the changes of both commits |
//! | `names.rs` | checks the names that the log is limited to |
//! | `find.rs` | finds one promotion by its id, its commit or its pull request |

mod collector;
mod find;
mod merge_message;
mod merges;
mod names;
mod promotion;
mod request;
mod reverts;
mod search;
mod undone;
mod versions;

use super::branches::fetch_all;
use super::error::EngineError;
use super::ports::Ports;
use super::settings::read_settings;

use collector::{Collector, Filter, Seen};
pub use find::find_promotion;
pub(super) use merges::merge_of;
pub use promotion::{Merge, PastPromotion, PromotedApplication, PromotionLog, RevertedBy};
pub use request::LogRequest;
use search::collect;

/// Lists the promotions of the branches of all environments.
///
/// # Errors
/// When a branch cannot be found or read, the configuration has faults, or a name is unknown.
pub async fn promotion_log(
    ports: &Ports<'_>,
    request: &LogRequest,
) -> Result<PromotionLog, EngineError> {
    let given = request.settings.as_ref();
    let branches = fetch_all(ports, &request.branch, given, &[]).await?;
    let snapshot = ports.repository.snapshot(branches.home.tip)?;
    let (settings, _) = read_settings(ports, given, snapshot.as_ref(), &mut Vec::new())?;
    let mut log = PromotionLog {
        branch: branches.home_with_notices(),
        promotions: Vec::new(),
        has_more: false,
    };
    let mut seen = Seen::default();
    for branch in branches.all() {
        let filter = Filter::new(request, &settings)?;
        let found = collect(ports, branch, Collector::new(filter, request.limit))?;
        log.add(found.promotions, found.has_more);
        seen.environments.extend(found.seen.environments);
        seen.applications.extend(found.seen.applications);
    }
    // Older promotions may have the names, too.
    if !log.has_more {
        names::check(request, &seen, &settings, snapshot.as_ref())?;
    }
    log.limit(request.limit);
    Ok(log)
}
