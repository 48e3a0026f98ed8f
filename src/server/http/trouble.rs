//! Why a request cannot be answered, as a page.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::why_not::WhyNot;
use crate::engine::{EngineError, ReleaseError};
use crate::render::Advice;
use crate::render::hint::FailureKind;
use crate::render::json_v1::Problem;
use crate::server::advice;
use crate::server::fields::UnknownWord;
use crate::server::pages;

/// Why a request cannot be answered.
#[derive(Debug)]
pub(super) struct Trouble {
    status: StatusCode,
    message: String,
    details: Vec<String>,
    advice: Option<String>,
}

impl Trouble {
    pub fn new(status: StatusCode, message: &str, advice: &str) -> Self {
        Self {
            status,
            message: message.to_owned(),
            details: Vec::new(),
            advice: Some(advice.to_owned()),
        }
    }

    /// There is no such thing.
    pub fn missing(what: &str, name: &str) -> Self {
        let message = format!("There is no {what} {name:?}.");
        Self::new(
            StatusCode::NOT_FOUND,
            &message,
            "It may have been renamed or removed since the link was made.",
        )
    }

    /// The same with another status.
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The same for programs.
    pub fn problem(self) -> Problem {
        let code = match self.status {
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => FailureKind::Unreachable,
            StatusCode::CONFLICT | StatusCode::FORBIDDEN => FailureKind::Held,
            status if status.is_client_error() => FailureKind::Usage,
            _ => FailureKind::Failed,
        };
        Problem {
            message: self.message,
            causes: self.details,
            hint: self.advice,
            code: code as u8,
        }
    }

    /// The page that says so.
    pub fn page(&self) -> Response {
        let page = pages::trouble(&self.message, &self.details, self.advice.as_deref());
        let why = WhyNot(self.message.clone());
        (self.status, Extension(why), page).into_response()
    }
}

impl From<Advice> for Trouble {
    fn from(advice: Advice) -> Self {
        Self {
            status: match advice.kind {
                FailureKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
                FailureKind::Usage => StatusCode::UNPROCESSABLE_ENTITY,
                FailureKind::Held | FailureKind::Moved => StatusCode::CONFLICT,
                FailureKind::Unreachable => StatusCode::BAD_GATEWAY,
            },
            message: advice.message,
            details: [advice.causes, advice.details].concat(),
            advice: advice.hint,
        }
    }
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        advice::on_engine(&error).into()
    }
}

impl From<ReleaseError> for Trouble {
    fn from(error: ReleaseError) -> Self {
        let trouble = Self::from(advice::on_release(&error));
        match error {
            // Others were faster, or the page is old.
            ReleaseError::Refused(_) | ReleaseError::Overtaken { .. } => {
                trouble.with_status(StatusCode::CONFLICT)
            }
            ReleaseError::Unknown { .. } => trouble.with_status(StatusCode::NOT_FOUND),
            _ => trouble,
        }
    }
}

impl From<UnknownWord> for Trouble {
    fn from(error: UnknownWord) -> Self {
        let advice = format!("It can be {}.", error.allowed);
        let message = format!("The field {:?} cannot be {:?}.", error.field, error.word);
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, &message, &advice)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        self.page()
    }
}
