//! A made-up forge on the layer: what GitLab or Gitea would get without touching it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::*;
use crate::port::ForgeError;

const TOKEN: &str = "glpat-hunter2";

const LIST: Operation = Operation {
    name: "list its merge requests",
    permission: "api",
};

/// The conventions of the made-up forge.
struct Bazaar;

impl Dialect for Bazaar {
    fn headers(&self, token: &SecretString) -> Result<HeaderMap, CallError> {
        let token = HeaderValue::from_str(token.expose_secret());
        let token = token.map_err(|_| CallError::credentials("no token"))?;
        let name = HeaderName::from_static("private-token");
        Ok(HeaderMap::from_iter([(name, token)]))
    }

    fn error_message(&self, document: &Value) -> Option<String> {
        Some(document["error"].as_str()?.to_owned())
    }

    fn rate_limit(&self, _: u16, headers: &HeaderMap) -> Option<Duration> {
        header_number(headers, "ratelimit-reset").map(Duration::from_secs)
    }
}

/// What the server does with a request.
enum Reply {
    /// Sends this after `HTTP/1.1 `.
    Send(String),
    /// Closes the connection without an answer.
    Cut,
    /// Never answers.
    Stall,
}

/// A server on this machine that gives prepared replies, and then only the last one.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            let mut stalled = Vec::new();
            for (at, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                seen.lock().unwrap().push(head(&mut stream));
                match &replies[at.min(replies.len() - 1)] {
                    Reply::Send(text) => drop(write!(stream, "HTTP/1.1 {text}")),
                    Reply::Cut => {}
                    Reply::Stall => stalled.push(stream),
                }
            }
        });
        Self { url, requests }
    }

    fn session(&self) -> Session {
        let retry = RetryPolicy {
            budget: Duration::from_secs(20),
            first_delay: Duration::from_millis(1),
            deadline: Duration::from_millis(500),
        };
        let connection = Connection {
            proxy: ProxyChoice::Direct,
            ..Connection::default()
        };
        Session::new(self.url.clone(), connection, retry, &Bazaar)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Lists `/items`, as a forge's method would.
    fn list(&self) -> Result<Vec<u64>, ForgeError> {
        let session = self.session();
        let url = format!("{}/items", self.url);
        let attempt = || async {
            let client = match session.client(None)? {
                Some(client) => client,
                None => session.log_in(&TOKEN.into())?,
            };
            client.list(&url).await
        };
        let result = run(session.retried(attempt));
        result.map_err(|error| error.into_forge_error("bazaar.example", &LIST, Vec::new()))
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(future)
}

/// The head of a request.
fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

fn answer(status: &str, headers: &str, body: &Value) -> Reply {
    let body = body.to_string();
    let length = body.len();
    Reply::Send(format!(
        "{status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    ))
}

fn shown(error: &ForgeError) -> String {
    let source = std::error::Error::source(error).unwrap();
    format!("{error}: {source} {error:?}")
}

#[test]
fn all_pages_of_a_list_are_read_with_the_forges_own_login() {
    let next = "Link: <https://internal.example/items?page=2>; rel=\"next\"\r\n";
    let server = Server::start(vec![
        answer("200 OK", next, &json!([1, 2])),
        answer("200 OK", "", &json!([3])),
    ]);
    assert_eq!(server.list().unwrap(), [1, 2, 3]);
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /items HTTP/1.1\r\n"));
    assert!(requests[1].starts_with("GET /items?page=2 HTTP/1.1\r\n"));
    let login = format!("private-token: {TOKEN}\r\n");
    assert!(requests.iter().all(|request| request.contains(&login)));
}

#[test]
fn transient_failures_are_retried_and_final_ones_are_not() {
    let server = Server::start(vec![
        answer("503 Service Unavailable", "", &json!({})),
        Reply::Cut,
        answer("400 Bad Request", "RateLimit-Reset: 0\r\n", &json!({})),
        answer("429 Too Many Requests", "Retry-After: 0\r\n", &json!({})),
        answer("200 OK", "", &json!([7])),
    ]);
    assert_eq!(server.list().unwrap(), [7]);
    assert_eq!(server.requests().len(), 5);

    let server = Server::start(vec![answer("404 Not Found", "", &json!({}))]);
    let error = server.list().unwrap_err();
    assert!(matches!(&error, ForgeError::Forbidden { permission, .. } if permission == "api"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_server_that_does_not_answer_ends_with_the_deadline() {
    let server = Server::start(vec![Reply::Stall, answer("200 OK", "", &json!([1]))]);
    let started = Instant::now();
    assert_eq!(server.list().unwrap(), [1]);
    assert!(started.elapsed() >= Duration::from_millis(500));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_wait_beyond_the_budget_ends_the_call_at_once() {
    let limit = "Retry-After: 3600\r\n";
    let server = Server::start(vec![answer("429 Too Many Requests", limit, &json!({}))]);
    let error = server.list().unwrap_err();
    assert!(matches!(error, ForgeError::Unreachable { .. }), "{error:?}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_token_that_the_server_repeats_is_redacted() {
    let document = json!({ "error": format!("`{TOKEN}` may not do this") });
    let server = Server::start(vec![answer("422 Unprocessable", "", &document)]);
    let error = server.list().unwrap_err();
    let text = shown(&error);
    assert!(text.contains("HTTP 422: `***` may not do this"), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
}

#[test]
fn no_redirect_takes_the_token_to_another_server() {
    let other = Server::start(vec![answer("200 OK", "", &json!([1]))]);
    let location = format!("Location: {}/items\r\n", other.url);
    let server = Server::start(vec![answer("307 Temporary", &location, &json!({}))]);
    let error = server.list().unwrap_err();
    assert!(matches!(error, ForgeError::Refused { .. }), "{error:?}");
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_body_is_sent_as_json() {
    let server = Server::start(vec![answer("201 Created", "", &json!({ "id": 4 }))]);
    let url = format!("{}/items", server.url);
    let created: u64 = run(async {
        let client = server.session().log_in(&TOKEN.into()).unwrap();
        let body = json!({ "title": "Promote api" });
        let answer = client.call(Method::POST, &url, Some(&body)).await.unwrap();
        answer.field("id").unwrap()
    });
    assert_eq!(created, 4);
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /items HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/json\r\n"));
}
