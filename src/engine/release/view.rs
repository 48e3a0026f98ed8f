//! Looks facts up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::approvals;
use super::error::ReleaseError;
use super::landed::Landings;
use super::ports::ReleasePorts;
use super::promote::is_final;
use super::pull_request;
use super::records::ProductReleases;
use super::request::{choice, request_of};
use super::variables;
use crate::domain::{CommitId, Environment, Gate, GateKind, ProductFlow, RepositoryUrl};
use crate::engine::branches::{Branches, fetch_home};
use crate::engine::ports::Ports;
use crate::engine::prepare::plan_on;
use crate::engine::verify::needs_verifying;
use crate::port::{AttemptState, Branch, GateContext, GateState, Landed, Snapshot};
use crate::release::{AttemptFact, Facts, Question, Release, Step};

/// What was fetched since a moment; several releases share it.
pub(super) struct View {
    /// When it began, in seconds since 1970: everything was fetched then or later.
    pub(super) now: i64,
    branches: BTreeMap<Option<String>, Branches>,
    /// The promotions that are on branches, by their tips.
    landings: BTreeMap<CommitId, Landings>,
}

impl View {
    pub(super) fn begin(ports: &ReleasePorts<'_>) -> Self {
        Self {
            now: ports.promotion.clock.now(),
            branches: BTreeMap::new(),
            landings: BTreeMap::new(),
        }
    }

    /// The branches of these environments of a release, as the remote has them.
    async fn branches(
        &mut self,
        ports: &ReleasePorts<'_>,
        release: &Release,
        names: &[&str],
    ) -> Result<&Branches, ReleaseError> {
        let (ports, choice) = (&ports.promotion, choice(release));
        let mut known = match self.branches.remove(&release.branch) {
            Some(known) => known,
            None => fetch_home(ports, &choice).await?,
        };
        let is_wanted = |environment: &Environment| names.iter().any(|n| environment.has_name(n));
        known.add(ports, choice.publish, &is_wanted).await?;
        Ok(self.branches.entry(release.branch.clone()).or_insert(known))
    }

    /// The branch of an environment of a release.
    async fn branch(
        &mut self,
        ports: &ReleasePorts<'_>,
        release: &Release,
        environment: &str,
    ) -> Result<Branch, ReleaseError> {
        let branches = self.branches(ports, release, &[environment]).await?;
        Ok(branches.of_named(environment)?.clone())
    }

    /// The repository of an environment of a release, whose commits are here then.
    async fn repository_of(
        &mut self,
        ports: &ReleasePorts<'_>,
        release: &Release,
        environment: &str,
    ) -> Result<Option<RepositoryUrl>, ReleaseError> {
        Ok(self.branch(ports, release, environment).await?.repository)
    }

    /// The promotions of all open releases of a product.
    fn landings(
        &mut self,
        ports: &ReleasePorts<'_>,
        branch: &Branch,
        product: &ProductReleases,
        release: &Release,
    ) -> Result<&Landings, ReleaseError> {
        let open = product.releases.iter().filter(|r| !r.state.is_end());
        let oldest = open.map(|r| r.created).fold(release.created, i64::min);
        let searched = match self.landings.remove(&branch.tip) {
            Some(known) if known.cover(release) => known,
            _ => Landings::search(&ports.promotion, branch, oldest)?,
        };
        Ok(self.landings.entry(branch.tip).or_insert(searched))
    }

    /// Looks a fact up.
    pub(super) async fn answer(
        &mut self,
        ports: &ReleasePorts<'_>,
        product: &ProductReleases,
        (release, flow): (&Release, &ProductFlow),
        question: &Question,
        facts: &mut Facts,
    ) -> Result<(), ReleaseError> {
        match question {
            Question::Landed(environment) => {
                let branch = self.branch(ports, release, environment).await?;
                let landings = self.landings(ports, &branch, product, release)?;
                let of = (release, environment.as_str());
                let found = landings.of(&ports.promotion, &branch, of)?;
                facts.steps.entry(environment.clone()).or_default().landed = Some(found);
            }
            Question::Tip(environment) => {
                let branch = self.branch(ports, release, environment).await?;
                facts.steps.entry(environment.clone()).or_default().tip = Some(branch.tip);
            }
            Question::PullRequest(environment) => {
                let planned = flow.steps.iter().find(|s| s.environment == *environment);
                let is_recorded = pull_request::is_recorded(release, environment);
                let from = planned
                    .filter(|_| !is_recorded)
                    .map(|planned| &planned.from);
                let names = [from.unwrap_or(environment).as_str(), environment.as_str()];
                let branches = self.branches(ports, release, &names).await?;
                let found =
                    pull_request::find(ports, branches, (release, flow), environment).await?;
                let step = facts.steps.entry(environment.clone()).or_default();
                step.pull_request = Some(found);
            }
            Question::Commands {
                environment,
                source,
            } => {
                let mut release = release.clone();
                let mut steps = release.steps.iter_mut();
                if let Some(step) = steps.find(|step| step.environment == *environment) {
                    // It is only recorded when the promotion begins.
                    step.source = Some(*source);
                }
                let of = (&release, flow);
                let needed = self.needs_commands(ports, of, environment).await?;
                let step = facts.steps.entry(environment.clone()).or_default();
                step.needs_commands = Some(needed);
            }
            Question::Gate { environment, gate } => {
                let gate = (environment.as_str(), gate.as_str());
                let state = self.gate(ports, product, (release, flow), gate).await?;
                let step = facts.steps.entry(environment.clone()).or_default();
                step.gates.insert(gate.1.to_owned(), state);
            }
            Question::SourceGate { environment, gate } => {
                let of = (product, release, flow);
                let state = self.source_gate(ports, of, environment, gate).await?;
                let step = facts.steps.entry(environment.clone()).or_default();
                step.source_gates.insert(gate.clone(), state);
            }
            Question::Attempt(key) => {
                let fact = attempt(ports, (release, flow), key).await?;
                facts.attempts.insert(key.clone(), fact);
            }
            Question::ContainedIn(newer) => {
                let other = product.releases.iter().find(|other| other.id == *newer);
                let contains = match other {
                    Some(other) if has_all_of(release, other) => {
                        // The commits to compare may be in another repository.
                        let trigger = flow.trigger_environment.as_str();
                        self.branch(ports, release, trigger).await?;
                        is_ancestor(ports, release.source, other.source)?
                    }
                    Some(_) | None => false,
                };
                facts.contained_in.insert(newer.clone(), contains);
            }
        }
        Ok(())
    }

    /// Whether commands must succeed before a step is promoted.
    async fn needs_commands(
        &mut self,
        ports: &ReleasePorts<'_>,
        (release, flow): (&Release, &ProductFlow),
        environment: &str,
    ) -> Result<bool, ReleaseError> {
        let Some(request) = request_of(release, flow, environment) else {
            return Ok(false);
        };
        let names = [request.from.as_str(), environment];
        let branches = self.branches(ports, release, &names).await?;
        match plan_on(&ports.promotion, &request, branches) {
            Ok(prepared) => Ok(needs_verifying(&prepared.plan, &request.allow)),
            // Promoting finds the same, and records it.
            Err(error) if is_final(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The state of a gate of a step's source, after the newest promotion into it that is recorded.
    async fn source_gate(
        &mut self,
        ports: &ReleasePorts<'_>,
        (product, release, flow): (&ProductReleases, &Release, &ProductFlow),
        environment: &str,
        name: &str,
    ) -> Result<GateState, ReleaseError> {
        let planned = flow.steps.iter().find(|s| s.environment == environment);
        let (Some(gate), Some(planned)) = (flow.gates.get(name), planned) else {
            return Ok(not_configured());
        };
        let repository = self.repository_of(ports, release, &planned.from).await?;
        let releases = product.releases.iter();
        let landed = releases.filter_map(|r| Some((r, r.step(&planned.from)?.landed.as_ref()?)));
        let newest = landed.max_by_key(|(_, landed)| landed.since);
        let variables = if needs_variables(gate) {
            variables::of_source(ports, product, (release, flow), &planned.from)?
        } else {
            BTreeMap::new()
        };
        // Those of the promotion into it, and of this release: that one may have ended, or not be recorded.
        let mut approvals = approvals::of_step(ports, (product, release), environment, &gate.kind)?;
        if let Some((newest, _)) = newest {
            let of_newest =
                approvals::of_step(ports, (product, newest), &planned.from, &gate.kind)?;
            approvals.extend(of_newest);
        }
        let context = GateContext {
            now: self.now,
            environment: planned.from.clone(),
            applications: variables::applications(release, flow).to_vec(),
            repository,
            landed: Some(Landed {
                commit: release.source,
                since: newest.map_or(release.created, |(_, landed)| landed.since),
            }),
            pull_request: newest
                .and_then(|(r, _)| r.step(&planned.from)?.pull_request.as_ref()?.number),
            approvals,
            variables,
            files: ports.promotion.repository.snapshot(release.source)?,
        };
        Ok(ports.gates.state(gate, &context).await)
    }

    async fn gate(
        &mut self,
        ports: &ReleasePorts<'_>,
        product: &ProductReleases,
        (release, flow): (&Release, &ProductFlow),
        (environment, name): (&str, &str),
    ) -> Result<GateState, ReleaseError> {
        let (Some(gate), Some(step)) = (flow.gates.get(name), release.step(environment)) else {
            return Ok(not_configured());
        };
        let repository = self.repository_of(ports, release, environment).await?;
        let files = self.files(ports, release, step).await?;
        let variables = if needs_variables(gate) {
            let (from, _) = variables::source(release, flow, Some(step));
            self.branch(ports, release, from).await?;
            variables::of_step(ports, product, (release, flow), Some(step))?
        } else {
            BTreeMap::new()
        };
        let of = (product, release);
        let approvals = approvals::of_step(ports, of, environment, &gate.kind)?;
        let context = GateContext {
            now: self.now,
            environment: environment.to_owned(),
            applications: variables::applications(release, flow).to_vec(),
            repository,
            landed: step.landed.as_ref().map(|landed| Landed {
                commit: landed.commit,
                since: landed.since,
            }),
            pull_request: step.pull_request.as_ref().and_then(|p| p.number),
            approvals,
            variables,
            files,
        };
        Ok(ports.gates.state(gate, &context).await)
    }

    /// The files of the landed commit, or of the branch before that.
    async fn files(
        &mut self,
        ports: &ReleasePorts<'_>,
        release: &Release,
        step: &Step,
    ) -> Result<Arc<dyn Snapshot>, ReleaseError> {
        let commit = match &step.landed {
            Some(landed) => landed.commit,
            None => self.branch(ports, release, &step.environment).await?.tip,
        };
        Ok(ports.promotion.repository.snapshot(commit)?)
    }
}

fn not_configured() -> GateState {
    GateState::Failed {
        why: "it is not configured".to_owned(),
    }
}

/// Whether a gate uses variables: versions are read from files, and most gates need none.
fn needs_variables(gate: &Gate) -> bool {
    matches!(gate.kind, GateKind::Http(_) | GateKind::Run { .. })
}

/// How far an attempt is.
async fn attempt(
    ports: &ReleasePorts<'_>,
    (release, flow): (&Release, &ProductFlow),
    key: &str,
) -> Result<AttemptFact, ReleaseError> {
    let attempt = release.attempt(key);
    let Some(workflow) = attempt.and_then(|a| flow.workflows.get(&a.workflow)) else {
        return Ok(AttemptFact::Absent);
    };
    Ok(match ports.workflows.find(workflow, key).await? {
        None => AttemptFact::Absent,
        Some(AttemptState::Running { .. }) => AttemptFact::Running,
        Some(AttemptState::Ended(result)) => AttemptFact::Ended(result.into()),
    })
}

/// Whether a newer release promotes all applications of an older one, on the same branch.
fn has_all_of(older: &Release, newer: &Release) -> bool {
    let has = |application| newer.applications.contains(application);
    let has_all = newer.applications.is_empty()
        || !older.applications.is_empty() && older.applications.iter().all(has);
    has_all && older.branch == newer.branch
}

/// Whether a commit is another one, or in its history; not if this clone lacks one of them.
pub(super) fn is_ancestor(
    ports: &ReleasePorts<'_>,
    older: CommitId,
    newer: CommitId,
) -> Result<bool, ReleaseError> {
    let Ports {
        repository,
        history,
        ..
    } = ports.promotion;
    let is_here = |commit| repository.snapshot(commit).is_ok();
    Ok(older == newer || is_here(older) && is_here(newer) && history.is_ancestor(older, newer)?)
}
