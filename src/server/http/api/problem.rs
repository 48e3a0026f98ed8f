//! Answers to programs, and why there is none.

use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::super::place::Place;
use super::super::trouble::Trouble;
use super::super::why_not::WhyNot;
use crate::engine::{EngineError, ReleaseError};
use crate::render::date;
use crate::render::json_v1::{self, Layout, Problem};
use crate::server::fields::UnknownWord;

/// An answer, or why there is none.
pub(super) type Answer = Result<Response, Refused>;

/// A part of a request that a page also has; a program gets a document if the request is refused.
pub(super) struct Api<T>(pub T);

impl<S: Send + Sync, T: FromRequestParts<S, Rejection = Trouble>> FromRequestParts<S> for Api<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        Ok(Self(T::from_request_parts(parts, state).await?))
    }
}

/// Why a request is not answered, for a program.
pub(super) struct Refused {
    status: StatusCode,
    problem: Problem,
}

impl Refused {
    /// The request itself is wrong.
    pub fn usage(message: String, hint: &str) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            problem: Problem {
                message,
                causes: Vec::new(),
                hint: Some(hint.to_owned()),
                code: 2,
            },
        }
    }

    /// The plan is another one by now.
    pub fn moved() -> Self {
        Self {
            status: StatusCode::CONFLICT,
            problem: Problem {
                message: "the promotion would make other changes than those of the plan".to_owned(),
                causes: Vec::new(),
                hint: Some("make a new plan, look at it, and apply that".to_owned()),
                code: 4,
            },
        }
    }
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        Self {
            status: trouble.status(),
            problem: trouble.problem(),
        }
    }
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        Trouble::from(error).into()
    }
}

impl From<ReleaseError> for Refused {
    fn from(error: ReleaseError) -> Self {
        Trouble::from(error).into()
    }
}

impl From<UnknownWord> for Refused {
    fn from(error: UnknownWord) -> Self {
        Trouble::from(error).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let why = WhyNot(self.problem.message.clone());
        (self.status, Extension(why), json(&self.problem)).into_response()
    }
}

/// A document.
pub(super) fn json(document: &impl Serialize) -> Response {
    let mut body = Vec::new();
    // Writing to memory does not fail, and no document has keys that are not text.
    if json_v1::write(&mut body, document, Layout::Compact).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// When what an answer is made from was read, and why not since: a page has the same in its banner.
pub(super) const READ_AT: HeaderName = HeaderName::from_static("git-promote-read-at");
pub(super) const FAULT: HeaderName = HeaderName::from_static("git-promote-fault");

/// A document that is made from the last reading of a repository, which may be old.
pub(super) fn last_read(place: &Place, document: &impl Serialize) -> Response {
    let mut response = json(document);
    let read = place.view.read.map(date::rfc_3339);
    // A header has one line, and only ASCII is safe in it.
    let fault = place.view.fault.as_ref();
    let fault = fault.map(|fault| fault.message.escape_default().to_string());
    for (name, value) in [(READ_AT, read), (FAULT, fault)] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

pub(super) async fn nothing_here() -> Refused {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "there is no such address",
        "`/api/v1/openapi.json` lists them",
    )
    .into()
}

pub(super) async fn other_method() -> Refused {
    Trouble::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address does not take this method",
        "`/api/v1/openapi.json` lists them",
    )
    .into()
}
