//! Workflows of GitHub Actions: starting them, and finding their runs.
//!
//! # Why
//!
//! A run that a request starts has no id of ours, and its inputs are not shown. So it is found by its
//! name, which the workflow can make of its inputs (`run-name`).

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;

use super::repository::{GitHub, url_below};
use crate::adapter::forge::http::{CallError, Operation};
use crate::port::{CiRun, CiRunEnd, CiWorkflows, ForgeError};

/// How many pages of runs are searched, newest first.
const PAGES: usize = 3;

/// How many runs a page has.
const PAGE_SIZE: usize = 100;

/// A run, with the fields that are used.
#[derive(Deserialize)]
struct Run {
    id: u64,
    html_url: String,
    /// What `run-name` gives; older servers lack it.
    #[serde(default)]
    display_title: String,
    status: Option<String>,
    conclusion: Option<String>,
}

/// A job of a run.
#[derive(Deserialize)]
struct Job {
    name: String,
    conclusion: Option<String>,
}

#[async_trait]
impl CiWorkflows for GitHub {
    async fn start(
        &self,
        workflow: &str,
        reference: Option<&str>,
        inputs: &BTreeMap<String, String>,
    ) -> Result<(), ForgeError> {
        let operation = Operation {
            name: "start a workflow",
            permission: "actions: write",
        };
        let started = self.retried(&operation, || async {
            let reference = match reference {
                Some(reference) => reference.to_owned(),
                None => self.default_branch().await?,
            };
            match self.dispatch(workflow, &reference, inputs).await {
                // A busy server has not started it; after any other failure it may have.
                Err(error) if error.status().is_none_or(|status| status >= 500) => Ok(Err(error)),
                Err(error) => Err(error),
                Ok(()) => Ok(Ok(())),
            }
        });
        let started = started.await?;
        started.map_err(|error| self.forge_error(error, &operation))
    }

    async fn find(&self, workflow: &str, key: &str) -> Result<Option<CiRun>, ForgeError> {
        let operation = Operation {
            name: "find the run of a workflow",
            permission: "actions: read",
        };
        self.retried(&operation, || self.find_run(workflow, key))
            .await
    }
}

impl GitHub {
    async fn default_branch(&self) -> Result<String, CallError> {
        let url = self.address.repository_url("");
        let url = url.trim_end_matches('/');
        let answer = self.client().await?.call(Method::GET, url, None).await?;
        answer.field("default_branch")
    }

    async fn dispatch(
        &self,
        workflow: &str,
        reference: &str,
        inputs: &BTreeMap<String, String>,
    ) -> Result<(), CallError> {
        let url = self.workflow_url(workflow, "dispatches")?;
        let body = json!({ "ref": reference, "inputs": inputs });
        let client = self.client().await?;
        client.call(Method::POST, url.as_str(), Some(&body)).await?;
        Ok(())
    }

    async fn find_run(&self, workflow: &str, key: &str) -> Result<Option<CiRun>, CallError> {
        let client = self.client().await?;
        for page in 1..=PAGES {
            let mut url = self.workflow_url(workflow, "runs")?;
            url.query_pairs_mut()
                .append_pair("event", "workflow_dispatch")
                .append_pair("per_page", &PAGE_SIZE.to_string())
                .append_pair("page", &page.to_string());
            let answer = client.call(Method::GET, url.as_str(), None).await?;
            let runs: Vec<Run> = answer.field("workflow_runs")?;
            let count = runs.len();
            if let Some(run) = runs
                .into_iter()
                .find(|run| has_key(&run.display_title, key))
            {
                return Ok(Some(self.ci_run(run).await?));
            }
            if count < PAGE_SIZE {
                break;
            }
        }
        Ok(None)
    }

    async fn ci_run(&self, run: Run) -> Result<CiRun, CallError> {
        if run.status.as_deref() != Some("completed") {
            return Ok(CiRun {
                url: run.html_url,
                end: None,
            });
        }
        let failure = match run.conclusion.as_deref() {
            Some("success") => None,
            other => Some(other.unwrap_or("no conclusion").to_owned()),
        };
        let failed_jobs = match failure {
            Some(_) => self.failed_jobs(run.id).await?,
            None => Vec::new(),
        };
        Ok(CiRun {
            url: run.html_url,
            end: Some(CiRunEnd {
                failure,
                failed_jobs,
            }),
        })
    }

    async fn failed_jobs(&self, run: u64) -> Result<Vec<(String, String)>, CallError> {
        let url = format!("actions/runs/{run}/jobs?per_page=100");
        let url = self.address.repository_url(&url);
        let jobs: Vec<Job> = self.client().await?.list_field(&url, "jobs").await?;
        let failed = jobs.into_iter().filter_map(|job| {
            let conclusion = job.conclusion?;
            let is_failed = !matches!(conclusion.as_str(), "success" | "skipped" | "neutral");
            is_failed.then_some((job.name, conclusion))
        });
        Ok(failed.collect())
    }

    /// The URL of a resource of a workflow, which is given by its file's name or path.
    fn workflow_url(&self, workflow: &str, resource: &str) -> Result<Url, CallError> {
        let file = workflow.rsplit('/').next().unwrap_or(workflow);
        let url = self.address.repository_url("actions/workflows");
        url_below(&url, &[file, resource])
    }
}

/// Whether a title has the key of an attempt, and not as a part of another one.
fn has_key(title: &str, key: &str) -> bool {
    let is_of_key = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    title.match_indices(key).any(|(at, _)| {
        !title[..at].ends_with(is_of_key) && !title[at + key.len()..].starts_with(is_of_key)
    })
}

#[cfg(test)]
mod tests {
    use super::has_key;

    #[test]
    fn a_key_is_not_found_in_a_longer_one() {
        let key = "loans-4-prod-1";
        for (title, expected) in [
            ("loans-4-prod-1", true),
            ("Smoke test (loans-4-prod-1)", true),
            ("home-loans-4-prod-1 loans-4-prod-1", true),
            ("home-loans-4-prod-1", false),
            ("loans-4-prod-10", false),
            ("loans-4-prod-1-2", false),
            ("", false),
        ] {
            assert_eq!(has_key(title, key), expected, "{title}");
        }
    }
}
