//! Queries and forms as handlers get them.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use tokio::time::timeout;

use super::session::Session;
use super::trouble::Trouble;
use crate::server::fields::Fields;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// The fields of a query.
pub(super) struct Query(pub Fields);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Fields::parse(query.as_bytes())))
    }
}

/// The body of a request, if it is not too large and arrives in time.
pub(super) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Trouble> {
    let body = timeout(PATIENCE, Bytes::from_request(request, state)).await;
    let body = body.map_err(|_| {
        Trouble::new(
            StatusCode::REQUEST_TIMEOUT,
            "The body of the request did not arrive in time.",
            "Try again.",
        )
    })?;
    body.map_err(|rejection| {
        Trouble::new(
            rejection.status(),
            "The body of the request is too large, or it was cut off.",
            "Send less at once, and try again.",
        )
    })
}

/// The fields of a form that one of our pages sent: no handler gets another one.
pub(super) struct Posted(pub Fields);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let session = request.extensions().get::<Session>().cloned();
        let body = body(request, state).await?;
        let fields = Fields::parse(&body);
        let is_own = session.is_some_and(|session| {
            session.is_known && fields.get(Session::FIELD) == Some(&session.token)
        });
        if is_own {
            Ok(Self(fields))
        } else {
            Err(Trouble::new(
                StatusCode::FORBIDDEN,
                "The form is not one that this browser got from the dashboard.",
                "Cookies are needed for that. Load the page again, and try again.",
            ))
        }
    }
}
