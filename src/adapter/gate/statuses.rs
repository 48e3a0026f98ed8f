//! Statuses and checks of the exact commit.

use globset::{Glob, GlobMatcher};

use crate::port::{CommitStatus, ForgeChecks, ForgeError, GateContext, GateState, StatusState};

/// Whether the statuses that match `patterns` have succeeded, at least `count` of them: on the landed commit,
/// or on the pull request's newest one before that.
pub async fn state(
    patterns: &[String],
    count: usize,
    forge: &dyn ForgeChecks,
    step: &GateContext,
) -> Result<GateState, ForgeError> {
    let waiting = |why: String| Ok(GateState::Waiting { why, until: None });
    let commit = match (step.landed, step.pull_request) {
        (Some(landed), _) => landed.commit,
        (None, Some(number)) => forge.head(number).await?,
        (None, None) => return waiting("there is no commit yet".to_owned()),
    };
    let globs: Result<Vec<GlobMatcher>, _> = patterns
        .iter()
        .map(|pattern| Glob::new(pattern).map(|glob| glob.compile_matcher()))
        .collect();
    let globs = match globs {
        Ok(globs) => globs,
        Err(error) => {
            return Ok(GateState::Failed {
                why: error.to_string(),
            });
        }
    };
    let mut statuses = forge.statuses(commit).await?;
    statuses.retain(|status| globs.iter().any(|glob| glob.is_match(&status.name)));
    let named = |state| names(&statuses, state);
    if let Some(failed) = named(StatusState::Failed) {
        return Ok(GateState::Failed {
            why: format!("failed on `{commit}`: {failed}"),
        });
    }
    if let Some(pending) = named(StatusState::Pending) {
        return waiting(format!("pending on `{commit}`: {pending}"));
    }
    let mut missing = patterns.iter().zip(&globs);
    let missing = missing.find(|(_, glob)| !statuses.iter().any(|s| glob.is_match(&s.name)));
    let Some((pattern, _)) = missing else {
        if statuses.len() < count {
            return waiting(format!(
                "{} of {count} statuses on `{commit}`: {}",
                statuses.len(),
                named(StatusState::Succeeded).unwrap_or_default()
            ));
        }
        return Ok(GateState::Passed);
    };
    let mut why = format!("no status of `{commit}` matches `{pattern}`");
    if statuses.is_empty() && forge.is_made_by_ci(commit, step.pull_request).await? {
        why += "; the forge starts no CI for what the token of a CI job pushes or opens, so use the \
                token of an app or of a person";
    }
    waiting(why)
}

/// The names of the statuses with a state, if there are any.
fn names(statuses: &[CommitStatus], state: StatusState) -> Option<String> {
    let of_state = statuses.iter().filter(|status| status.state == state);
    let names: Vec<&str> = of_state.map(|status| status.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
