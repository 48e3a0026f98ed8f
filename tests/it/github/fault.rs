//! Calls that fail, before or after they had their effect.

use serde_json::json;

use super::http::Reply;

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// An answer of the server's own fault, 500 and above.
    Status(u16),
    /// 403 as a used-up primary limit: none remaining, reset in the past.
    UsedUp,
    /// 403 as a secondary limit.
    Secondary,
    /// 429, to be tried again after so many seconds.
    TooMany(u64),
    /// The connection ends without an answer.
    Cut,
    /// No answer, ever.
    Stall,
    /// A redirect to `/elsewhere` on a port of this machine.
    Redirect {
        status: u16,
        scheme: &'static str,
        port: u16,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    Before,
    After,
}

/// Some of the calls to one place.
#[derive(Clone, Debug)]
pub struct Failing {
    method: String,
    /// The path's end.
    end: String,
    /// How many such calls go through first.
    spared: usize,
    /// How many then fail.
    times: usize,
    moment: Moment,
    how: How,
}

impl Failing {
    /// The first call to a path with this end; in it `*` is any number.
    pub fn on(method: &str, end: &str) -> Self {
        Self {
            method: method.to_owned(),
            end: end.to_owned(),
            spared: 0,
            times: 1,
            moment: Moment::Before,
            how: How::Status(500),
        }
    }

    /// Lets this many calls through first.
    pub fn sparing(mut self, calls: usize) -> Self {
        self.spared = calls;
        self
    }

    /// Fails this many.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    pub fn before_its_effect(mut self, how: How) -> Self {
        (self.moment, self.how) = (Moment::Before, how);
        self
    }

    pub fn after_its_effect(mut self, how: How) -> Self {
        (self.moment, self.how) = (Moment::After, how);
        self
    }

    /// Whether all that should fail has failed.
    pub fn is_spent(&self) -> bool {
        self.times == 0
    }

    /// Whether this call fails, and how; counts it.
    pub fn meets(&mut self, method: &str, path: &str) -> Option<(Moment, How)> {
        let plain = |path: &str| -> Vec<String> {
            let is_number =
                |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            let parts = path.split('/');
            parts
                .map(|part| if is_number(part) { "*" } else { part }.to_owned())
                .collect()
        };
        let is_this = self.method == method && plain(path).ends_with(&plain(&self.end)[1..]);
        if !is_this {
            return None;
        }
        if self.spared > 0 {
            self.spared -= 1;
            return None;
        }
        self.times = self.times.checked_sub(1)?;
        Some((self.moment, self.how))
    }
}

impl How {
    pub fn reply(self) -> Reply {
        let limit = |status, what: &str| {
            let documentation =
                "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api";
            Reply::of(
                status,
                &json!({ "message": what, "documentation_url": documentation }),
            )
        };
        match self {
            Self::Status(502) => Reply {
                status: 502,
                headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
                body: b"<html><h1>502 Bad Gateway</h1></html>".to_vec(),
            },
            Self::Status(status) => Reply::of(status, &json!({ "message": "Server Error" })),
            Self::UsedUp => limit(403, "API rate limit exceeded for user ID 1.")
                .with("X-RateLimit-Remaining", 0)
                .with("X-RateLimit-Reset", 1),
            Self::Secondary => {
                limit(403, "You have exceeded a secondary rate limit.").with("Retry-After", 0)
            }
            Self::TooMany(seconds) => limit(429, "Too many requests.").with("Retry-After", seconds),
            Self::Redirect {
                status,
                scheme,
                port,
            } => Reply::of(status, &json!({ "message": "Moved" })).with(
                "Location",
                format_args!("{scheme}://127.0.0.1:{port}/elsewhere"),
            ),
            Self::Cut | Self::Stall => unreachable!("no answer at all"),
        }
    }
}
