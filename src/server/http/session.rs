//! Who sends a request, and how their forms are known.

use axum::http::HeaderMap;

use super::cookies::cookies;
use crate::server::caller::Caller;
use crate::server::hexadecimal::text_of;

/// Who sends a request, and how their forms are known.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// The secret of this browser, which its forms give back: another site cannot read it.
    pub token: String,
    /// Whether the browser has it already.
    pub is_known: bool,
    /// Who it is.
    pub caller: Caller,
    /// When it ends, in seconds since 1970; `None` if others decide that.
    pub until: Option<i64>,
}

impl Session {
    /// The name of the field that forms give back.
    pub const FIELD: &str = crate::server::pages::TOKEN;
    /// The name of the cookie.
    pub const COOKIE: &str = "git-promote-form";

    /// The session of a browser with the cookies of this request.
    pub fn of(headers: &HeaderMap, caller: Caller) -> Self {
        let mut cookies = cookies(headers);
        let token = cookies.find(|(name, value)| *name == Self::COOKIE && is_token(value));
        Self {
            is_known: token.is_some(),
            token: token.map_or_else(new_token, |(_, token)| token.to_owned()),
            caller,
            until: None,
        }
    }

    /// The header that gives the browser its secret, unless it has it; over HTTPS, it only gives it back there.
    pub fn cookie(&self, is_secure: bool) -> Option<String> {
        let Self { token, .. } = self;
        let secure = if is_secure { "; Secure" } else { "" };
        // Strangers have no forms.
        let is_new = !self.is_known && !matches!(self.caller, Caller::Unknown);
        is_new.then(|| {
            format!(
                "{}={token}; Path=/; SameSite=Strict; HttpOnly{secure}",
                Self::COOKIE
            )
        })
    }
}

/// How many bytes are random.
const RANDOM: usize = 24;

fn is_token(text: &str) -> bool {
    text.len() == 2 * RANDOM && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn new_token() -> String {
    let mut bytes = [0; RANDOM];
    // Without random numbers there is no secret, and forms are refused.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    text_of(&bytes)
}
