//! Workflows: commands, requests and CI runs. One file each.
//!
//! A new kind of workflow is a file here, and its lines in [`ConfiguredWorkflows`].

mod ci;
mod commands;
mod fault;
mod outputs;
mod request;

use std::sync::Arc;

use async_trait::async_trait;

use super::running;
use crate::domain::{Workflow, WorkflowKind};
use crate::port::{
    Attempt, AttemptState, CiWorkflows, Commands as RunCommands, HttpSender, RunnerError,
    Variables, WorkflowError, Workflows,
};

/// The workflows of a configuration.
#[derive(Clone)]
pub struct ConfiguredWorkflows {
    /// Sends requests.
    pub http: Arc<dyn HttpSender>,
    /// The CI system of the forge; `None` if the repository is on no forge that is known.
    pub ci: Option<Arc<dyn CiWorkflows>>,
    /// The variables of the environment.
    pub variables: Variables,
    /// Whether commands are run.
    pub run: RunCommands,
}

#[async_trait]
impl Workflows for ConfiguredWorkflows {
    fn commands(&self) -> RunCommands {
        self.run
    }

    async fn start(&self, attempt: Attempt) -> Result<AttemptState, WorkflowError> {
        match &attempt.workflow.kind {
            WorkflowKind::Run { .. } if self.run == RunCommands::LeaveToOthers => {
                Err(WorkflowError::NotStarted {
                    workflow: attempt.workflow.name,
                    source: RunnerError::NotHere.into(),
                })
            }
            WorkflowKind::Run {
                commands,
                variables,
            } => {
                let run = commands::Commands {
                    commands: commands.clone(),
                    variables: variables.clone(),
                };
                let environment = Arc::clone(&self.variables);
                let workflow = attempt.workflow.name.clone();
                let run = move || commands::run(&run, &attempt, &environment);
                let ended = tokio::task::spawn_blocking(run).await;
                let ended = ended.map_err(|error| WorkflowError::Unknown {
                    workflow,
                    source: error.into(),
                });
                Ok(AttemptState::Ended(ended??))
            }
            WorkflowKind::Http(call) => {
                let http = self.http.as_ref();
                let ended = request::send(call, &attempt, http, &self.variables).await?;
                Ok(AttemptState::Ended(ended))
            }
            WorkflowKind::GitHub {
                workflow,
                reference,
                inputs,
            } => {
                let ci = self.ci(&attempt.workflow)?;
                let run = ci::CiCall {
                    workflow,
                    reference: reference.as_deref(),
                    inputs,
                };
                ci::start(&run, &attempt, ci, &self.variables).await
            }
        }
    }

    async fn find(
        &self,
        workflow: &Workflow,
        key: &str,
    ) -> Result<Option<AttemptState>, WorkflowError> {
        match &workflow.kind {
            WorkflowKind::Run { .. } | WorkflowKind::Http(_) => Ok(None),
            WorkflowKind::GitHub { workflow: file, .. } => {
                ci::find(&workflow.name, file, key, self.ci(workflow)?).await
            }
        }
    }

    fn end_interrupted(&self) {
        running::end_interrupted();
    }
}

impl ConfiguredWorkflows {
    fn ci(&self, workflow: &Workflow) -> Result<&dyn CiWorkflows, WorkflowError> {
        self.ci.as_deref().ok_or_else(|| WorkflowError::NotStarted {
            workflow: workflow.name.clone(),
            source: "the repository is not on GitHub".into(),
        })
    }
}
