//! GitHub's conventions for headers, errors and rate limits.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Body, Client, Method, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::adapter::forge::http::{
    BoxError, CallError, Dialect, Transport, bounded_line, header_number, retry_after,
};

/// GitHub's dialect of HTTP.
pub(super) struct GitHubDialect;

impl Dialect for GitHubDialect {
    /// Octocrab adds the version of the API.
    fn headers(&self, token: &SecretString) -> Result<HeaderMap, CallError> {
        let login = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
        let mut login =
            login.map_err(|_| CallError::credentials("it holds characters that no token has"))?;
        login.set_sensitive(true);
        let json = HeaderValue::from_static("application/vnd.github+json");
        Ok(HeaderMap::from_iter([
            (AUTHORIZATION, login),
            (ACCEPT, json),
        ]))
    }

    /// Octocrab without its own layers: those retry by themselves, even what must not be sent
    /// twice, and add a second User-Agent.
    fn transport(&self, client: Client) -> Arc<dyn Transport> {
        let built = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(client))
            .with_auth(AuthState::None)
            .build();
        match built {
            Ok(octocrab) => Arc::new(octocrab),
            Err(never) => match never {},
        }
    }

    /// GitHub's message and that of each error in the document.
    fn error_message(&self, document: &Value) -> Option<String> {
        let mut parts: Vec<String> = document["message"]
            .as_str()
            .map(str::to_owned)
            .into_iter()
            .collect();
        match &document["errors"] {
            Value::Array(errors) => parts.extend(errors.iter().map(entry_message)),
            Value::String(error) => parts.push(error.clone()),
            _ => {}
        }
        parts.retain(|part| !part.is_empty());
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// Source: "Rate limits for the REST API", "Exceeding the rate limit": 403 or 429, with
    /// `retry-after`, or with `x-ratelimit-remaining: 0` until `x-ratelimit-reset`.
    fn rate_limit(&self, status: u16, headers: &HeaderMap) -> Option<Duration> {
        if !matches!(status, 403 | 429) {
            return None;
        }
        let is_used_up = header_number(headers, "x-ratelimit-remaining") == Some(0);
        let reset = || {
            let reset = Duration::from_secs(header_number(headers, "x-ratelimit-reset")?);
            let now = SystemTime::UNIX_EPOCH.elapsed().ok()?;
            Some(reset.saturating_sub(now))
        };
        let until_reset = || reset().unwrap_or(Duration::from_secs(60));
        retry_after(headers).or_else(|| is_used_up.then(until_reset))
    }

    /// `pull_requests=write; issues=write` as `pull_requests: write or issues: write`.
    fn missing_permission(&self, headers: &HeaderMap) -> Option<String> {
        let header = headers.get("x-accepted-github-permissions")?;
        let alternatives = header.to_str().ok()?.split(';').map(|alternative| {
            let needed = alternative
                .split(',')
                .map(|one| one.trim().replace('=', ": "));
            needed.collect::<Vec<_>>().join(" and ")
        });
        let alternatives: Vec<String> = alternatives.filter(|one| !one.is_empty()).collect();
        (!alternatives.is_empty()).then(|| bounded_line(&alternatives.join(" or ")))
    }
}

#[async_trait]
impl Transport for Octocrab {
    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Response, BoxError> {
        let response = match *method {
            Method::POST => self._post(url.as_str(), body).await?,
            Method::PATCH => self._patch(url.as_str(), body).await?,
            _ => self._get(url.as_str()).await?,
        };
        Ok(Response::from(response.map(Body::wrap)))
    }
}

/// One entry of `errors`: a text, an object with a message, or a field with a code.
pub(super) fn entry_message(entry: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match entry {
        Value::Object(fields) => match fields.get("message") {
            Some(message) => text(message),
            None => ["resource", "field", "code"]
                .map(|name| text(&entry[name]))
                .join(" ")
                .trim()
                .to_owned(),
        },
        other => text(other),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;
    use serde_json::json;

    use super::*;

    fn headers(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        let header = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        headers.iter().map(header).collect()
    }

    #[test]
    fn a_403_is_a_rate_limit_only_if_its_headers_are_those_of_one() {
        let limit = |status, given: &[_]| GitHubDialect.rate_limit(status, &headers(given));
        let seven = Some(Duration::from_secs(7));
        assert_eq!(limit(403, &[("retry-after", "7")]), seven);
        let remaining = |count| ("x-ratelimit-remaining", count);
        let used_up = [remaining("0"), ("x-ratelimit-reset", "1")];
        assert_eq!(limit(403, &used_up), Some(Duration::ZERO));
        let minute = Some(Duration::from_secs(60));
        assert_eq!(limit(429, &[remaining("0")]), minute);
        assert_eq!(limit(403, &[remaining("4999")]), None);
        assert_eq!(limit(500, &[("retry-after", "7")]), None);
    }

    #[test]
    fn the_permission_is_the_one_that_github_names() {
        let named = [(
            "x-accepted-github-permissions",
            "issues=write; contents=read,pull_requests=write",
        )];
        assert_eq!(
            GitHubDialect.missing_permission(&headers(&named)).unwrap(),
            "issues: write or contents: read and pull_requests: write"
        );
        assert_eq!(GitHubDialect.missing_permission(&headers(&[])), None);
    }

    #[test]
    fn an_error_document_is_shown_with_all_its_errors() {
        let document = json!({ "message": "Validation Failed", "errors": [
            { "resource": "PullRequest", "code": "custom", "message": "A pull request exists" },
            { "resource": "Label", "field": "name", "code": "already_exists" },
            "plain",
        ]});
        assert_eq!(
            GitHubDialect.error_message(&document).unwrap(),
            "Validation Failed; A pull request exists; Label name already_exists; plain"
        );
        assert_eq!(GitHubDialect.error_message(&Value::Null), None);
    }
}
