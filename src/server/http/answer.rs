//! What handlers of pages get and give.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::trouble::Trouble;
use crate::server::site::Site;

/// What requests share.
pub(super) type Shared = State<Arc<Site>>;

/// A page, or why there is none.
pub(super) type Answer = Result<Response, Trouble>;
