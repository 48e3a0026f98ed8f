//! Why nobody is signed in, as people and programs see it.

use axum::http::StatusCode;

use super::trouble::Trouble;
use crate::server::oidc::SignInError;

/// Why nobody is signed in, as people see it. Details are for the operator, in the log.
pub(super) struct Reason {
    /// Its name in the address.
    pub name: &'static str,
    pub status: StatusCode,
    message: &'static str,
    advice: &'static str,
}

pub(super) const ENDED: Reason = Reason {
    name: "ended",
    status: StatusCode::UNAUTHORIZED,
    message: "The sign-in took too long, or began in another browser.",
    advice: "Try again. Cookies are needed for it.",
};

const PROVIDER: Reason = Reason {
    name: "provider",
    status: StatusCode::SERVICE_UNAVAILABLE,
    message: "The provider that signs people in cannot be used.",
    advice: "Try again in a moment. An operator finds the reason in the log.",
};

const REFUSED: Reason = Reason {
    name: "refused",
    status: StatusCode::UNAUTHORIZED,
    message: "The provider did not sign you in.",
    advice: "Try again. An operator finds the reason in the log.",
};

const TOKEN: Reason = Reason {
    name: "token",
    status: StatusCode::UNAUTHORIZED,
    message: "The provider's token could not be verified.",
    advice: "Try again. An operator finds the reason in the log.",
};

const GROUPS: Reason = Reason {
    name: "groups",
    status: StatusCode::FORBIDDEN,
    message: "You are in too many groups.",
    advice: "An operator makes the provider send only the groups that are assigned to the dashboard.",
};

const NAME: Reason = Reason {
    name: "name",
    status: StatusCode::FORBIDDEN,
    message: "Your name at the provider cannot be used.",
    advice: "A user name without invisible characters and brackets is needed.",
};

const BUSY: Reason = Reason {
    name: "busy",
    status: StatusCode::SERVICE_UNAVAILABLE,
    message: "Too many people sign in at this moment.",
    advice: "Try again in a moment.",
};

pub(super) const REASONS: [&Reason; 7] =
    [&ENDED, &PROVIDER, &REFUSED, &TOKEN, &GROUPS, &NAME, &BUSY];

impl Reason {
    pub fn of(error: &SignInError) -> &'static Self {
        match error {
            SignInError::Ended => &ENDED,
            SignInError::Unreachable(_) | SignInError::Configuration(_) | SignInError::Seal => {
                &PROVIDER
            }
            SignInError::Refused(_) => &REFUSED,
            SignInError::Token(_) => &TOKEN,
            SignInError::GroupsElsewhere | SignInError::TooLarge => &GROUPS,
            SignInError::Name => &NAME,
            SignInError::Busy => &BUSY,
        }
    }

    pub fn trouble(&self) -> Trouble {
        Trouble::new(self.status, self.message, self.advice)
    }
}

/// Why the token of a program is refused. Anyone can send one, so the details are only in the log.
pub(super) fn refused(error: &SignInError) -> Trouble {
    let reason = Reason::of(error);
    if reason.status == StatusCode::SERVICE_UNAVAILABLE {
        return reason.trouble();
    }
    Trouble::new(
        StatusCode::UNAUTHORIZED,
        "The ID token is refused.",
        "`Authorization: Bearer` takes an ID token that the provider has made for the dashboard, and that has not \
         expired. An operator finds the reason in the log.",
    )
}
