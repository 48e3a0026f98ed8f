//! The world of the simulation: a clock, a branch, a forge, a CI system and the chain of records.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::broken::Broken;
use super::check;
use super::flows::{SIGN_OFF, flow};
use super::random::Random;
use crate::domain::{Action, CommitId, ObjectId, ProductFlow};
use crate::port::GateState;
use crate::release::{
    AttemptEnd, AttemptFact, AttemptState, Facts, Other, Outcome, PullRequest, PullRequestFact,
    Question, Release, Transition,
};

/// Everything outside of the workers.
pub struct World {
    pub now: i64,
    pub random: Random,
    pub flow: ProductFlow,
    /// What people do more often than anything else.
    pub habit: u64,
    /// The rule that is broken on purpose.
    pub broken: Option<Broken>,
    /// Whether nothing fails any more, and people do what is waited for.
    pub is_calm: bool,
    /// The records by number, as the tip of the chain has them.
    pub releases: BTreeMap<u64, Arc<Release>>,
    /// How many transitions the chain has.
    pub tip: usize,
    /// The commits of the branch.
    pub commits: Vec<Commit>,
    /// The pull requests, by release and environment.
    pub requests: BTreeMap<Place, Request>,
    /// All runs of workflows.
    pub runs: Vec<Run>,
    gates: BTreeMap<(String, String, String), GatePlan>,
    /// The first violation of an invariant.
    pub violation: Option<String>,
}

/// A release's id and an environment.
pub type Place = (String, String);

/// A commit of the branch.
pub struct Commit {
    /// The version of each environment.
    pub versions: BTreeMap<String, u64>,
    /// The promotion that it brought.
    pub promotion: Option<Place>,
    /// Whether its message records that.
    pub is_recorded: bool,
}

/// A pull request.
pub struct Request {
    pub state: PullRequestFact,
    pub version: u64,
}

/// A run of a workflow.
pub struct Run {
    pub key: String,
    pub release: String,
    pub end: i64,
    pub result: AttemptEnd,
}

/// When a gate passes.
struct GatePlan {
    passes_at: i64,
    fails: bool,
}

/// The id of the commit with an index.
fn id(index: usize) -> CommitId {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&index.to_be_bytes());
    CommitId(ObjectId::from_bytes(&bytes).unwrap())
}

/// The index of a commit.
pub fn index(commit: CommitId) -> usize {
    let bytes = commit.0.as_bytes()[..8].try_into().unwrap();
    usize::from_be_bytes(bytes)
}

impl World {
    pub fn new(seed: u64, broken: Option<Broken>) -> Self {
        let mut random = Random::new(seed);
        let flow = flow(&mut random);
        let habit = random.below(10);
        let steps = flow.steps.iter().map(|s| (s.environment.clone(), 1));
        let mut versions: BTreeMap<String, u64> = steps.collect();
        versions.insert(flow.trigger_environment.clone(), 2);
        let first = Commit {
            versions,
            promotion: None,
            is_recorded: false,
        };
        Self {
            now: 1_000_000,
            random,
            flow,
            habit,
            broken,
            is_calm: false,
            releases: BTreeMap::new(),
            tip: 0,
            commits: vec![first],
            requests: BTreeMap::new(),
            runs: Vec::new(),
            gates: BTreeMap::new(),
            violation: None,
        }
    }

    pub fn is_broken(&self, rule: Broken) -> bool {
        self.broken == Some(rule)
    }

    pub fn violate(&mut self, what: String) {
        self.violation.get_or_insert(what);
    }

    /// The tip of the branch.
    pub fn branch_tip(&self) -> CommitId {
        id(self.commits.len() - 1)
    }

    /// Pushes a commit that changes the version of one environment.
    pub fn push(&mut self, environment: &str, version: u64, promotion: Option<Place>) {
        let is_recorded = self.is_calm || self.random.chance(85);
        let last = &self.commits[self.commits.len() - 1];
        let mut versions = last.versions.clone();
        versions.insert(environment.to_owned(), version);
        if let Some(place) = &promotion {
            check::landing(self, place, version);
        }
        self.commits.push(Commit {
            versions,
            promotion,
            is_recorded,
        });
    }

    /// Appends a transition; `false` if the chain has moved.
    pub fn append(&mut self, expected: usize, transition: &Transition) -> bool {
        if expected != self.tip && !self.is_broken(Broken::AppendsToAnyTip) {
            return false;
        }
        check::transition(self, transition);
        self.tip += 1;
        let release = &transition.release;
        let record = Arc::new(release.clone());
        self.releases.insert(release.number, record);
        true
    }

    /// The other releases, as the facts have them.
    pub fn others(&self, number: u64) -> Vec<Other> {
        let others = self.releases.values().filter(|r| r.number != number);
        let other = |release: &Arc<Release>| Other {
            id: release.id.clone(),
            number: release.number,
            queue: release.queue().to_owned(),
            state: release.state,
        };
        others.map(other).collect()
    }

    /// The commit that records a promotion.
    fn landed(&self, place: &Place) -> Option<CommitId> {
        if self.is_broken(Broken::NeverLooksForWhatLanded) {
            return None;
        }
        let is_it = |c: &Commit| c.is_recorded && c.promotion.as_ref() == Some(place);
        self.commits.iter().position(is_it).map(id)
    }

    /// Looks a fact up.
    pub fn answer(&mut self, release: &Release, question: &Question, facts: &mut Facts) {
        let of = |environment: &str| (release.id.clone(), environment.to_owned());
        match question {
            Question::Landed(environment) => {
                let place = of(environment);
                let found = self.landed(&place);
                facts.steps.entry(place.1).or_default().landed = Some(found);
            }
            Question::Tip(environment) => {
                let tip = self.branch_tip();
                facts.steps.entry(environment.clone()).or_default().tip = Some(tip);
            }
            Question::PullRequest(environment) => {
                let request = self.requests.get(&of(environment));
                let state = request.map_or(PullRequestFact::Absent, |r| r.state);
                let step = facts.steps.entry(environment.clone()).or_default();
                step.pull_request = Some(state);
            }
            Question::Commands { environment, .. } => {
                let step = facts.steps.entry(environment.clone()).or_default();
                step.needs_commands = Some(false);
            }
            Question::Gate { environment, gate } => {
                let state = self.gate(release, environment, gate);
                let step = facts.steps.entry(environment.clone()).or_default();
                step.gates.insert(gate.clone(), state);
            }
            Question::SourceGate { environment, gate } => {
                let step = facts.steps.entry(environment.clone()).or_default();
                step.source_gates.insert(gate.clone(), GateState::Passed);
            }
            Question::Attempt(key) => {
                let is_ci = (release.attempt(key)).is_some_and(|a| a.workflow == "ci");
                let run = self.runs.iter().find(|run| run.key == *key && is_ci);
                let fact = match run {
                    None => AttemptFact::Absent,
                    Some(run) if run.end > self.now => AttemptFact::Running,
                    Some(run) => AttemptFact::Ended(run.result.clone()),
                };
                facts.attempts.insert(key.clone(), fact);
            }
            Question::ContainedIn(newer) => {
                let newer_release = self.releases.values().find(|r| r.id == *newer);
                let contains =
                    newer_release.is_some_and(|n| index(n.source) >= index(release.source));
                facts.contained_in.insert(newer.clone(), contains);
            }
        }
    }

    /// The state of a gate.
    pub fn gate(&mut self, release: &Release, environment: &str, gate: &str) -> GateState {
        if gate == SIGN_OFF {
            let is_approved = release.approvals.iter().any(|a| a.is_for(environment));
            return if is_approved {
                GateState::Passed
            } else {
                waiting(None)
            };
        }
        let key = (release.id.clone(), environment.to_owned(), gate.to_owned());
        let (now, random) = (self.now, &mut self.random);
        let plan = self.gates.entry(key).or_insert_with(|| GatePlan {
            passes_at: now + i64::try_from(random.below(3_000)).unwrap(),
            fails: random.chance(20),
        });
        if now < plan.passes_at {
            waiting(Some(plan.passes_at))
        } else if plan.fails {
            // It fails once; a retry passes.
            plan.fails = false;
            GateState::Failed {
                why: "degraded".to_owned(),
            }
        } else {
            GateState::Passed
        }
    }

    /// Whether a gate passes now, without changing anything.
    pub fn would_pass(&self, release: &Release, environment: &str, gate: &str) -> bool {
        if gate == SIGN_OFF {
            return release.approvals.iter().any(|a| a.is_for(environment));
        }
        let key = (release.id.clone(), environment.to_owned(), gate.to_owned());
        let plan = self.gates.get(&key);
        plan.is_some_and(|plan| plan.passes_at <= self.now)
    }

    /// Promotes: commits, or opens the pull request of this release.
    pub fn promote(&mut self, release: &Release, environment: &str) -> Option<Outcome> {
        let planned = self
            .flow
            .steps
            .iter()
            .find(|s| s.environment == environment)?;
        let (action, from) = (planned.action, planned.from.clone());
        let pinned = index(release.step(environment)?.source?);
        let source = if self.is_broken(Broken::PromotesTheTip) {
            self.commits.len() - 1
        } else {
            pinned
        };
        let version = *self.commits[source].versions.get(&from)?;
        let place = (release.id.clone(), environment.to_owned());
        // Another worker may have been faster since the facts were looked up.
        if let Some(commit) = self.landed(&place) {
            return Some(Outcome::Committed(commit));
        }
        let request = self.requests.get(&place).map(|request| request.state);
        if request == Some(PullRequestFact::Merged) {
            return Some(Outcome::Committed(self.branch_tip()));
        }
        let last = &self.commits[self.commits.len() - 1];
        if last.versions.get(environment) == Some(&version) {
            return Some(Outcome::Unchanged(self.branch_tip()));
        }
        if action == Action::Commit {
            self.push(environment, version, Some(place.clone()));
            // The commit is its own: no person changes its message.
            if let Some(commit) = self.commits.last_mut() {
                commit.is_recorded = true;
            }
            return Some(Outcome::Committed(self.branch_tip()));
        }
        match request {
            Some(PullRequestFact::Closed) if release.round == 1 => {
                return Some(Outcome::Rejected("rejected".to_owned()));
            }
            Some(PullRequestFact::Open) => {}
            _ => {
                check::opening(self, &place.0);
                let request = Request {
                    state: PullRequestFact::Open,
                    version,
                };
                self.requests.insert(place, request);
            }
        }
        Some(Outcome::Proposed(PullRequest {
            branch: format!("promote/{environment}/{}", release.id),
            number: None,
            url: None,
        }))
    }

    /// Closes a pull request.
    pub fn close(&mut self, release: &Release, environment: &str) {
        let place = (release.id.clone(), environment.to_owned());
        if let Some(request) = self.requests.get_mut(&place)
            && request.state == PullRequestFact::Open
        {
            request.state = PullRequestFact::Closed;
        }
    }

    /// Starts a workflow, and returns its run; a CI system starts one run for a key.
    pub fn start(&mut self, release: &Release, key: &str, at_most: i64) -> usize {
        let is_ci = release.attempt(key).is_some_and(|a| a.workflow == "ci");
        if let Some(index) = self.runs.iter().position(|run| run.key == key)
            && is_ci
        {
            return index;
        }
        check::start(self, release, key);
        let length = i64::try_from(self.random.below(200)).unwrap();
        let is_failed = self.random.chance(15);
        let result = AttemptEnd {
            state: if is_failed {
                AttemptState::Failed
            } else {
                AttemptState::Succeeded
            },
            failure: is_failed.then(|| "exit code 1".to_owned()),
            outputs: BTreeMap::new(),
            log: String::new(),
            url: None,
        };
        self.runs.push(Run {
            key: key.to_owned(),
            release: release.id.clone(),
            end: self.now + length.min(at_most),
            result,
        });
        self.runs.len() - 1
    }
}

fn waiting(until: Option<i64>) -> GateState {
    GateState::Waiting {
        why: "later".to_owned(),
        until,
    }
}
