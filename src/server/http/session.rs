//! Who sends a request.

use std::fmt::Write as _;

use crate::server::caller::Caller;

/// Who sends a request, and how their forms are known.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// The secret of this browser, which its forms give back: another site cannot read it.
    pub token: String,
    /// Whether the browser has it already.
    pub is_known: bool,
    /// Who it is.
    pub caller: Caller,
}

impl Session {
    /// The name of the field that forms give back.
    pub const FIELD: &str = crate::server::pages::TOKEN;
    /// The name of the cookie.
    pub const COOKIE: &str = "git-promote-form";

    /// The session of a browser with these cookies.
    pub fn of<'c>(cookies: impl Iterator<Item = &'c str>, caller: Caller) -> Self {
        let cookies = cookies.flat_map(|cookies| cookies.split(';'));
        let mut pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        match pairs.find(|(name, value)| *name == Self::COOKIE && is_token(value)) {
            Some((_, token)) => Self {
                token: token.to_owned(),
                is_known: true,
                caller,
            },
            None => Self {
                token: new_token(),
                is_known: false,
                caller,
            },
        }
    }

    /// The header that gives the browser its secret, which it only gives back over HTTPS if it uses that.
    pub fn cookie(&self, is_secure: bool) -> String {
        let Self { token, .. } = self;
        let secure = if is_secure { "; Secure" } else { "" };
        format!(
            "{}={token}; Path=/; SameSite=Strict; HttpOnly{secure}",
            Self::COOKIE
        )
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
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
