//! Cookies.

use axum::http::{HeaderMap, header};

/// The cookies of a request, by their names.
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(header::COOKIE).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    let cookies = values.flat_map(|cookies| cookies.split(';'));
    cookies.filter_map(|cookie| cookie.trim().split_once('='))
}

/// Cookies that also come along when another site leads here, as a provider does after a sign-in.
#[derive(Clone, Copy)]
pub(super) struct Jar {
    /// Whether browsers use HTTPS.
    pub is_secure: bool,
}

impl Jar {
    /// The whole name. With this prefix, no other host of the domain can set it.
    pub fn name(self, name: &str) -> String {
        let prefix = if self.is_secure { "__Host-" } else { "" };
        format!("{prefix}{name}")
    }

    /// The value of a cookie.
    pub fn get<'h>(self, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
        let name = self.name(name);
        let mut all = cookies(headers);
        all.find_map(|(own, value)| (own == name).then_some(value))
    }

    /// The header that sets a cookie for so many seconds.
    pub fn set(self, name: &str, value: &str, seconds: i64) -> String {
        let name = self.name(name);
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}")
    }

    /// The header that deletes a cookie.
    pub fn delete(self, name: &str) -> String {
        self.set(name, "", 0)
    }
}
