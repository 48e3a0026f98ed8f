//! What the step of a release requests.

use super::choices::{lifted_guards, with_choices};
use crate::domain::ProductFlow;
use crate::engine::request::{
    DefaultProduct, OfRelease, OnRejection, ProposalChoice, ReleaseBranch, Request,
};
use crate::port::{BranchChoice, Publish};
use crate::release::Release;

/// The branch that a release promotes on.
pub(super) fn choice(release: &Release) -> BranchChoice {
    BranchChoice {
        repository: None,
        branch: release.branch.clone(),
        publish: Publish::Push,
    }
}

/// The request for the promotion of a step; `None` if the flow has no such step, or it has no source yet.
pub(super) fn request_of(
    release: &Release,
    flow: &ProductFlow,
    environment: &str,
) -> Option<Request> {
    let planned = flow.steps.iter().find(|s| s.environment == environment)?;
    let source = release.step(environment)?.source?;
    let products = if release.applications.is_empty() {
        vec![release.product.clone()]
    } else {
        Vec::new()
    };
    let on_rejection = if release.round > 1 {
        // A person has retried it since.
        OnRejection::Reopened
    } else {
        OnRejection::Respected
    };
    let request = Request {
        release: Some(OfRelease {
            id: release.id.clone(),
            branch: match release.manual {
                Some(_) => ReleaseBranch::OfPromotion,
                None => ReleaseBranch::Own,
            },
            acted_by: release.acted_by.clone(),
        }),
        applications: release.applications.clone(),
        products,
        default_product: DefaultProduct::Ignored,
        source: Some(source.to_string()),
        branch: choice(release),
        action: Some(planned.action),
        allow: lifted_guards(release),
        proposal: ProposalChoice {
            on_rejection,
            ..ProposalChoice::default()
        },
        ..Request::between(&planned.from, environment)
    };
    Some(match &release.manual {
        Some(manual) => with_choices(request, manual),
        None => request,
    })
}
