//! HTML: functions from data to pages, which work before any script runs.

mod approvals;
mod changes;
mod configuration;
mod environments;
mod flows;
mod graph;
mod insights;
mod layout;
mod lines;
mod menu;
mod notes;
mod policies;
mod products;
mod promotion;
mod release;
mod releases;
mod repositories;
mod step;
mod words;

pub(super) use changes::Listing;
pub(super) use configuration::configuration;
pub(super) use environments::{EnvironmentsPage, environments};
pub(super) use flows::{FlowPage, STEP, flow, flows};
pub(super) use insights::{InsightsPage, insights};
pub(super) use layout::{Frame, TOKEN, repository_address, trouble};
pub(super) use lines::{FILE, lines_page};
pub(super) use policies::{PoliciesPage, policies};
pub(super) use products::{product, products};
pub(super) use promotion::{Outcome, PromotionPage, done, promotion};
pub(super) use release::{ReleasePage, release};
pub(super) use releases::{Filter, releases};
pub(super) use repositories::repositories;
pub(super) use step::{StepChanges, step};
