//! Recently viewed plans, kept so that more of their lines can be shown.
//!
//! # Why
//!
//! The page of a large promotion has the lines of its first files, and a button for those of each other file. To plan
//! a large promotion takes seconds, and somebody who looks at one file looks at the next one too. So the last few
//! plans are kept, as long as nobody pushes. They are only shown: what is carried out is always planned anew.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::promotion::Wanted;
use crate::engine::{self, EngineError};
use crate::plan::Plan;
use crate::port::{Branch, NoObserver};
use crate::wiring::Adapters;

/// How many plans of a repository are kept: those of large promotions have megabytes.
const MOST: usize = 2;

/// How long a plan is kept that nobody looks at.
const AGE: Duration = Duration::from_secs(600);

/// The last plans of a repository.
pub(super) struct Plans<P = Plan>(Mutex<VecDeque<Kept<P>>>);

struct Kept<P> {
    wanted: Wanted,
    /// The branches that it was computed on.
    branches: Vec<Branch>,
    plan: Arc<P>,
    /// When it was last looked at.
    used: Instant,
}

impl Plans {
    /// The plan of a promotion: one that is kept, if neither the form nor a branch has changed since.
    pub async fn of(&self, wanted: &Wanted, adapters: &Adapters) -> Result<Arc<Plan>, EngineError> {
        let ports = adapters.ports(&NoObserver);
        let branches = engine::fetch(&ports, &wanted.request()).await?;
        let tips: Vec<Branch> = branches.all().cloned().collect();
        // What was shown before is no part of what is planned.
        let wanted = Wanted {
            shown: None,
            tip: None,
            ..wanted.clone()
        };
        if let Some(plan) = self.find(&wanted, &tips, Instant::now()) {
            return Ok(plan);
        }
        let (_, planned) = wanted.planned_on(&ports, &branches)?;
        let plan = Arc::new(planned.prepared.plan);
        self.keep(wanted, tips, &plan, Instant::now());
        Ok(plan)
    }
}

impl<P> Default for Plans<P> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<P> Plans<P> {
    /// The plan of a promotion on these branches.
    fn find(&self, wanted: &Wanted, branches: &[Branch], now: Instant) -> Option<Arc<P>> {
        self.change(|plans| {
            let mut plans = plans.iter_mut();
            let kept = plans.find(|kept| kept.branches == branches && kept.wanted == *wanted)?;
            kept.used = now;
            Some(Arc::clone(&kept.plan))
        })
    }

    /// Keeps a plan instead of the oldest one.
    fn keep(&self, wanted: Wanted, branches: Vec<Branch>, plan: &Arc<P>, now: Instant) {
        self.change(|plans| {
            if plans.len() == MOST {
                plans.pop_front();
            }
            plans.push_back(Kept {
                wanted,
                branches,
                plan: Arc::clone(plan),
                used: now,
            });
        });
    }

    /// Forgets all plans, because a branch has moved.
    pub fn clear(&self) {
        self.change(VecDeque::clear);
    }

    /// Forgets the plans that nobody looks at any more.
    pub fn forget_old(&self, now: Instant) {
        let is_new = |kept: &Kept<P>| now.saturating_duration_since(kept.used) < AGE;
        self.change(|plans| plans.retain(is_new));
    }

    fn change<T>(&self, change: impl FnOnce(&mut VecDeque<Kept<P>>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CommitId;

    fn wanted(to: &str) -> Wanted {
        Wanted {
            from: "staging".to_owned(),
            to: to.to_owned(),
            ..Wanted::default()
        }
    }

    fn branches(tip: u8) -> Vec<Branch> {
        vec![Branch {
            name: "main".to_owned(),
            repository: None,
            remote: None,
            url: None,
            tip: format!("{tip:040x}").parse().map(CommitId).unwrap(),
            is_default: true,
            notices: Vec::new(),
        }]
    }

    #[test]
    fn a_plan_is_found_while_neither_the_form_nor_a_branch_changes() {
        let plans = Plans::default();
        let now = Instant::now();
        let find = |to: &str, tip: u8, now| {
            let found = plans.find(&wanted(to), &branches(tip), now);
            found.map(|plan: Arc<&str>| *plan)
        };
        plans.keep(wanted("eu"), branches(1), &Arc::new("first"), now);
        assert_eq!(find("eu", 1, now), Some("first"));
        assert_eq!(find("eu", 2, now), None);
        assert_eq!(find("us", 1, now), None);
        plans.keep(wanted("us"), branches(1), &Arc::new("second"), now);
        plans.keep(wanted("us"), branches(2), &Arc::new("third"), now);
        assert_eq!(find("eu", 1, now), None);
        assert_eq!(find("us", 1, now), Some("second"));
        // What somebody has looked at since is kept longer.
        assert_eq!(find("us", 2, now + AGE / 2), Some("third"));
        plans.forget_old(now + AGE);
        assert_eq!(find("us", 1, now), None);
        assert_eq!(find("us", 2, now), Some("third"));
        plans.clear();
        assert_eq!(find("us", 2, now), None);
    }
}
