//! Gates: conditions that a step waits for. One file each.
//!
//! A new kind of gate is a file here, and its line in [`ConfiguredGates::state`].

mod approval;
mod freeze;
mod http;
mod run;
mod soak;
mod statuses;
#[cfg(test)]
mod tests;
mod window;
mod zone;

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{Gate, GateKind};
use crate::port::{
    Forges, GateContext, GateState, Gates, HttpSender, ListedKeys, Runner, Variables, display_chain,
};

/// The gates of a configuration.
#[derive(Clone)]
pub struct ConfiguredGates {
    /// Sends requests.
    pub http: Arc<dyn HttpSender>,
    /// Runs commands.
    pub runner: &'static dyn Runner,
    /// The forges of repositories.
    pub forges: Arc<dyn Forges>,
    /// The variables of the environment.
    pub variables: Variables,
}

#[async_trait]
impl Gates for ConfiguredGates {
    async fn state(&self, gate: &Gate, step: &GateContext) -> GateState {
        let forge = || self.forges.checks(step.repository.as_ref());
        match &gate.kind {
            GateKind::Soak(duration) => soak::state(*duration, step),
            GateKind::Window { allow, zone } => window::state(allow, zone, step),
            GateKind::Freeze { periods, zone } => freeze::state(periods, zone, step),
            GateKind::Statuses { names, count } => match forge() {
                Some(forge) => reached(statuses::state(names, *count, forge, step).await),
                None => GateState::Failed {
                    why: "the repository is on no forge that has statuses".to_owned(),
                },
            },
            GateKind::Approval {
                by,
                count,
                keys,
                servers,
            } => {
                let keys = ListedKeys {
                    people: keys,
                    servers,
                };
                let forges = approval::ApproverForges {
                    record: self.forges.checks(None),
                    reviews: forge(),
                };
                reached(approval::state((by, keys), *count, forges, step).await)
            }
            GateKind::Http(call) => {
                http::state(call, self.http.as_ref(), &self.variables, step).await
            }
            GateKind::Run {
                commands,
                time_limit,
            } => {
                let (runner, step) = (self.runner, step.clone());
                let (commands, time_limit) = (commands.clone(), *time_limit);
                let run = move || reached(run::state(&commands, time_limit, runner, &step));
                let done = tokio::task::spawn_blocking(run).await;
                done.unwrap_or_else(|error| unreachable(&error))
            }
        }
    }
}

/// What cannot be found out now is waited for.
fn reached<E: std::error::Error>(state: Result<GateState, E>) -> GateState {
    state.unwrap_or_else(|error| unreachable(&error))
}

fn unreachable(error: &dyn std::error::Error) -> GateState {
    GateState::Waiting {
        why: display_chain(error),
        until: None,
    }
}
