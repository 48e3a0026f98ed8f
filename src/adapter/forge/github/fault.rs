//! What went wrong in a call, by what can be done about it.
//!
//! # Why
//!
//! Whether to try again, to ask for another token or to give up is told by the
//! status and the headers, never by GitHub's words: those are only shown.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use serde_json::Value;
use thiserror::Error;

use crate::port::ForgeError;

/// How much of what a forge says is shown.
const SHOWN: usize = 600;

/// What a call is for, in the words of [`ForgeError`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Doing {
    /// E.g. "open a pull request".
    pub(super) what: &'static str,
    /// The permission that it needs, as GitHub calls it.
    pub(super) permission: &'static str,
}

/// Why a call did not do what it was for.
#[derive(Debug)]
pub(super) struct Fault {
    kind: Kind,
    /// The answer's status, if there was one.
    pub(super) status: Option<u16>,
    /// How long GitHub asks to wait.
    wait: Option<Duration>,
    /// The permission that GitHub names.
    permission: Option<String>,
    source: Trouble,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// May be over soon. Whether it had its effect is not known.
    Passing,
    /// Nobody reached GitHub, and nobody will in a moment.
    Lasting,
    /// The login is not accepted.
    Credentials,
    /// The login may not do this.
    Permission,
    /// It cannot be done.
    Refusal,
}

/// What GitHub said, or what came between.
#[derive(Debug, Error)]
#[error("{0}")]
pub(super) struct Trouble(String);

impl Trouble {
    /// For people, on one line and not too long.
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        let one_line = text.as_ref().split_whitespace().collect::<Vec<_>>();
        let one_line = one_line.join(" ");
        let mut shown: String = one_line.chars().take(SHOWN).collect();
        if shown.len() < one_line.len() {
            shown.push_str(" ...");
        }
        shown.retain(|c| !c.is_control());
        Self(shown)
    }
}

impl Fault {
    fn new(kind: Kind, source: Trouble) -> Self {
        Self {
            kind,
            status: None,
            wait: None,
            permission: None,
            source,
        }
    }

    /// Something that may be over soon.
    pub(super) fn passing(source: Trouble) -> Self {
        Self::new(Kind::Passing, source)
    }

    /// GitHub cannot be reached, and trying again is no use.
    pub(super) fn lasting(source: Trouble) -> Self {
        Self::new(Kind::Lasting, source)
    }

    /// The login is not accepted.
    pub(super) fn credentials(source: Trouble) -> Self {
        Self::new(Kind::Credentials, source)
    }

    /// The login may not do this.
    pub(super) fn permission(source: Trouble) -> Self {
        Self::new(Kind::Permission, source)
    }

    /// It cannot be done.
    pub(super) fn refusal(source: Trouble) -> Self {
        Self::new(Kind::Refusal, source)
    }

    /// The same, when GitHub asks to wait.
    #[cfg(test)]
    pub(super) fn after(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// The same as something that may be over soon.
    pub(super) fn into_passing(mut self) -> Self {
        self.kind = Kind::Passing;
        self
    }

    /// Whether GitHub's words hold these; only for what its codes do not tell.
    pub(super) fn says(&self, words: &str) -> bool {
        self.source.0.contains(words)
    }

    /// Whether trying again may help.
    pub(super) fn passes(&self) -> bool {
        self.kind == Kind::Passing
    }

    /// How long GitHub asks to wait.
    pub(super) fn asks_to_wait(&self) -> Option<Duration> {
        self.wait
    }

    /// An answer that is no success.
    pub(super) fn answered(status: u16, headers: &HeaderMap, said: Trouble) -> Self {
        let limit = limit(status, headers);
        let kind = match status {
            _ if limit.is_some() => Kind::Passing,
            408 | 500.. => Kind::Passing,
            401 => Kind::Credentials,
            403 | 404 => Kind::Permission,
            _ => Kind::Refusal,
        };
        Self {
            status: Some(status),
            wait: limit.or_else(|| retry_after(headers)),
            permission: permission(headers),
            ..Self::new(kind, said)
        }
    }

    /// As the port has it; `tried` is what was used to log in.
    pub(super) fn told(self, forge: &str, doing: &Doing, tried: Vec<String>) -> ForgeError {
        let forge = forge.to_owned();
        let source = Box::new(self.source);
        let doing_what = doing.what.to_owned();
        match self.kind {
            Kind::Credentials => ForgeError::Credentials {
                forge,
                tried,
                source,
            },
            Kind::Permission => ForgeError::Forbidden {
                forge,
                doing: doing_what,
                permission: self
                    .permission
                    .unwrap_or_else(|| doing.permission.to_owned()),
                source,
            },
            Kind::Refusal => ForgeError::Refused {
                forge,
                doing: doing_what,
                source,
            },
            Kind::Passing | Kind::Lasting => ForgeError::Unreachable {
                forge,
                doing: doing_what,
                source,
            },
        }
    }
}

/// What an answer's body says: GitHub's message and that of each error in it.
pub(super) fn said(status: u16, body: &str) -> Trouble {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let mut parts: Vec<String> = body["message"]
        .as_str()
        .map(str::to_owned)
        .into_iter()
        .collect();
    match &body["errors"] {
        Value::Array(errors) => parts.extend(errors.iter().map(said_by)),
        Value::String(error) => parts.push(error.clone()),
        _ => {}
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        Trouble::new(format!("HTTP {status}"))
    } else {
        Trouble::new(format!("HTTP {status}: {}", parts.join("; ")))
    }
}

/// One entry of `errors`: a text, an object with a message, or a field with a code.
pub(super) fn said_by(error: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match error {
        Value::Object(fields) => match fields.get("message") {
            Some(message) => text(message),
            None => ["resource", "field", "code"]
                .map(|name| text(&error[name]))
                .join(" ")
                .trim()
                .to_owned(),
        },
        other => text(other),
    }
}

/// How long to wait, if this is one of GitHub's limits.
///
/// Source: "Rate limits for the REST API", "Exceeding the rate limit": 403 or 429, with
/// `retry-after`, or with `x-ratelimit-remaining: 0` until `x-ratelimit-reset`; a 429 with neither
/// wants a minute.
fn limit(status: u16, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, 403 | 429) {
        return None;
    }
    let is_used_up = number(headers, "x-ratelimit-remaining") == Some(0);
    let reset = || {
        let reset = Duration::from_secs(number(headers, "x-ratelimit-reset")?);
        let now = SystemTime::UNIX_EPOCH.elapsed().ok()?;
        Some(reset.saturating_sub(now))
    };
    retry_after(headers)
        .or_else(|| is_used_up.then(reset).flatten())
        .or_else(|| (is_used_up || status == 429).then_some(Duration::from_secs(60)))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    number(headers, "retry-after").map(Duration::from_secs)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// `pull_requests=write; issues=write` as `pull_requests: write or issues: write`.
fn permission(headers: &HeaderMap) -> Option<String> {
    let text = headers
        .get("x-accepted-github-permissions")?
        .to_str()
        .ok()?;
    let ways = text.split(';').map(|way| {
        let needed = way.split(',').map(|one| one.trim().replace('=', ": "));
        needed.collect::<Vec<_>>().join(" and ")
    });
    let ways = ways.filter(|way| !way.is_empty()).collect::<Vec<_>>();
    (!ways.is_empty()).then(|| Trouble::new(ways.join(" or ")).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(status: u16, headers: &[(&'static str, &'static str)]) -> Fault {
        let headers = headers.iter().map(|(name, value)| {
            let value = reqwest::header::HeaderValue::from_static(value);
            (reqwest::header::HeaderName::from_static(name), value)
        });
        Fault::answered(status, &headers.collect(), Trouble::new("x"))
    }

    #[test]
    fn limits_and_the_servers_own_faults_pass_and_refusals_do_not() {
        let after = [("retry-after", "7")];
        let used_up = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")];
        let left = [("x-ratelimit-remaining", "4999")];
        assert!(
            [500, 502, 503, 408, 429]
                .iter()
                .all(|s| fault(*s, &[]).passes())
        );
        assert_eq!(
            fault(403, &after).asks_to_wait(),
            Some(Duration::from_secs(7))
        );
        assert!(fault(403, &after).passes());
        assert!(fault(403, &used_up).passes());
        assert_eq!(fault(403, &used_up).asks_to_wait(), Some(Duration::ZERO));
        assert_eq!(
            fault(429, &[]).asks_to_wait(),
            Some(Duration::from_secs(60))
        );
        assert!(!fault(403, &left).passes());
        assert!(
            ![401, 403, 404, 405, 409, 410, 422]
                .iter()
                .any(|s| fault(*s, &[]).passes())
        );
    }

    #[test]
    fn the_permission_is_the_one_that_github_names() {
        let doing = Doing {
            what: "x",
            permission: "pull_requests: write",
        };
        let told = |fault: Fault| match fault.told("github.com", &doing, Vec::new()) {
            ForgeError::Forbidden { permission, .. } => permission,
            other => panic!("{other:?}"),
        };
        assert_eq!(told(fault(404, &[])), "pull_requests: write");
        let named = [(
            "x-accepted-github-permissions",
            "issues=write; contents=read,pull_requests=write",
        )];
        assert_eq!(
            told(fault(403, &named)),
            "issues: write or contents: read and pull_requests: write"
        );
    }

    #[test]
    fn what_github_says_is_shown_in_full_but_bounded() {
        let body = r#"{"message":"Validation Failed","errors":[
            {"resource":"PullRequest","code":"custom","message":"A pull request already exists"},
            {"resource":"Label","field":"name","code":"already_exists"}, "plain"]}"#;
        assert_eq!(
            said(422, body).to_string(),
            "HTTP 422: Validation Failed; A pull request already exists; \
             Label name already_exists; plain"
        );
        assert_eq!(said(502, "<html>").to_string(), "HTTP 502");
        let long = format!(r#"{{"message":"{}"}}"#, "ä\\n".repeat(5000));
        assert!(said(422, &long).to_string().chars().count() < SHOWN + 10);
    }
}
