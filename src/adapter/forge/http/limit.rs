//! Rate limits, as far as HTTP itself defines them.

use std::time::Duration;

use reqwest::header::HeaderMap;

/// The wait after a 429 that names none.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);

/// How long to wait, if the status is "too many requests".
pub(super) fn too_many_requests(status: u16, headers: &HeaderMap) -> Option<Duration> {
    (status == 429).then(|| retry_after(headers).unwrap_or(DEFAULT_WAIT))
}

/// The seconds of `Retry-After`.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    header_number(headers, "retry-after").map(Duration::from_secs)
}

/// The number in a header.
pub(crate) fn header_number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}
