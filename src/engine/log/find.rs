//! Finds one promotion by its id, its commit or its pull request.

use super::collector::{Collector, Filter};
use super::merge_message;
use super::promotion::PastPromotion;
use super::search::collect;
use crate::domain::CommitId;
use crate::engine::branches::Branches;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;

/// The fewest digits of an id or a commit.
const DIGITS: usize = 4;

/// Finds the promotion that `name` means in the history of branches: its id or commit, or the first
/// digits of one; the merge that brought it; the number of its pull request; or a revision. Of several
/// promotions with one id it is the newest.
///
/// # Errors
/// When there is no such promotion or several, or the history cannot be read.
pub fn find_promotion(
    ports: &Ports<'_>,
    branches: &Branches,
    name: &str,
) -> Result<PastPromotion, EngineError> {
    let mut promotions: Vec<PastPromotion> = Vec::new();
    for branch in branches.all() {
        let collector = Collector::new(Filter::all(), usize::MAX);
        for promotion in collect(ports, branch, collector)?.promotions {
            // Branches share a part of their history.
            if !promotions
                .iter()
                .any(|p| p.commit == promotion.commit && p.record.id == promotion.record.id)
            {
                promotions.push(promotion);
            }
        }
    }
    let by_number = pull_request(name).map(|number| {
        let is_of = |p: &&PastPromotion| p.pull_request == Some(number);
        promotions.iter().filter(is_of).collect()
    });
    let found: Vec<&PastPromotion> = match by_number {
        Some(found) if name.starts_with(['#', '!']) => found,
        Some(found) if !found.is_empty() => found,
        _ => match by_digits(&promotions, name) {
            found if !found.is_empty() => found,
            _ => by_revision(ports, &promotions, name)?,
        },
    };
    match found.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(EngineError::NoPromotion {
            name: name.to_owned(),
            branch: branches.home.name.clone(),
            is_shallow: ports.history.is_shallow(),
        }),
        several => Err(EngineError::SeveralPromotions {
            name: name.to_owned(),
            ids: several.iter().map(|p| p.record.id.clone()).collect(),
        }),
    }
}

/// The number in `12`, `#12` or `!12`.
fn pull_request(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(['#', '!']).unwrap_or(name);
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    merge_message::number(digits).filter(|_| is_number)
}

/// The promotions whose id, commit or merge begins with these digits.
fn by_digits<'p>(promotions: &'p [PastPromotion], name: &str) -> Vec<&'p PastPromotion> {
    let digits = name.to_ascii_lowercase();
    if digits.len() < DIGITS || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Vec::new();
    }
    let is_of = |id: &CommitId| id.to_string().starts_with(&digits);
    let mut found: Vec<&PastPromotion> = Vec::new();
    for promotion in promotions {
        let merge = promotion.merge.as_ref().map(|merge| merge.commit);
        let has_id = promotion.record.id.starts_with(&digits);
        let is_repeated = found.iter().any(|f| f.record.id == promotion.record.id);
        if is_of(&promotion.commit) || merge.as_ref().is_some_and(is_of) || has_id && !is_repeated {
            found.push(promotion);
        }
    }
    found
}

/// The promotions of the commit that a revision names.
fn by_revision<'p>(
    ports: &Ports<'_>,
    promotions: &'p [PastPromotion],
    name: &str,
) -> Result<Vec<&'p PastPromotion>, EngineError> {
    let Ok(commit) = ports.repository.revision(name, None) else {
        return Ok(Vec::new());
    };
    let is_of = |promotion: &&PastPromotion| {
        let merge = promotion.merge.as_ref();
        promotion.commit == commit || merge.is_some_and(|merge| merge.commit == commit)
    };
    let found: Vec<&PastPromotion> = promotions.iter().filter(is_of).collect();
    if found.is_empty() {
        return Err(EngineError::NotAPromotion { commit });
    }
    Ok(found)
}
