//! Progress messages.

use crate::port::Event;

/// A short message for an event.
pub fn message(event: &Event) -> &'static str {
    match event {
        Event::FindingBranch => "finding the target branch",
        Event::PairingFiles => "pairing files",
        Event::Comparing { .. } => "comparing",
        Event::Verifying => "verifying the planned files",
        Event::Rendering => "rendering manifests",
        Event::WritingCommit => "writing the commit",
        Event::Pushing => "pushing",
        Event::MovingBranch => "moving the branch",
        Event::TargetBranchMoved => "the target branch has moved: planning again",
        Event::CheckingPromotionBranch => "checking the promotion branch",
        Event::PromotionBranchMoved => "the promotion branch has moved: checking it again",
        Event::OpeningPullRequest => "opening or updating the pull request",
        Event::ClosingPullRequest => "closing the pull request",
        Event::DeletingBranch => "deleting the promotion branch",
    }
}
