//! Fetching the chains of a remote.

use super::chain;
use super::names::References;
use super::place::refuse_replaced;
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::choice::RemoteChoice;
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::urls::Purpose;
use crate::port::ReleasesError;

/// Fetches all chains into their mirrors, which only move forward.
pub fn fetch(
    local: &Local,
    remote: &RemoteChoice,
    there: &References,
    here: &References,
) -> Result<(), ReleasesError> {
    // The server that transitions are pushed to.
    let remote = Remote::open(local, remote, Purpose::Push)?;
    let silence = local.git.network.silence;
    let refspec = format!("{}:{}", there.pattern(), here.pattern());
    let words = [
        "fetch",
        "--progress",
        "--no-tags",
        "--no-prune",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        // Git refuses a replaced chain only if it checks for one.
        "--show-forced-updates",
        // Without what the remote's own refspecs would update.
        "--refmap=",
        "--",
        &remote.name_for_git(),
        &refspec,
    ];
    let command = || remote.git(&words, silence);
    remote.with_checked_retries(command, || refuse_replaced_chains(&remote, there, here))?;
    Ok(())
}

/// Fails if a chain of the remote lacks what its mirror has.
fn refuse_replaced_chains(
    remote: &Remote<'_>,
    there: &References,
    here: &References,
) -> Result<(), ReleasesError> {
    let found = remote.references(&there.pattern())?;
    for known in chain::list(remote.local, here)? {
        let reference = there.of(&known.product);
        let found = found.get(&reference).copied();
        let copy = here.of(&known.product);
        refuse_replaced(remote.local, &reference, &copy, known.tip.0, found)?;
    }
    Ok(())
}
