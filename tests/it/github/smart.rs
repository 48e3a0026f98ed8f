//! The same repository by Git's smart HTTP, through Git's own `http-backend`.

use std::io::Write;
use std::process::Stdio;

use super::Shared;
use super::git::command;
use super::http::{Reply, Request};
use super::route::{login, refusal};

/// What a path of Git's begins with.
const PLACE: &str = "/acme/shop.git";

pub fn is_git(request: &Request) -> bool {
    request.path().starts_with(PLACE)
}

/// The state is not held while Git works: its hooks may ask.
pub fn answer(server: &Shared, request: &Request) -> Reply {
    let (who, dir) = {
        let state = server.state();
        (login(&state, request), state.git.0.clone())
    };
    let Some(who) = who else {
        return refusal(401, "Bad credentials", &[])
            .with("WWW-Authenticate", "Basic realm=\"GitHub\"");
    };
    if !who.has_access {
        return refusal(404, "Not Found", &[]);
    }
    let is_push = request.target.contains("git-receive-pack");
    if is_push && !who.may("contents: write") {
        return refusal(403, "Write access to repository not granted.", &[]);
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let mut backend = command(&dir);
    backend
        .args(["-c", "http.receivepack=true", "http-backend"])
        .env_remove("GIT_DIR")
        .env("GIT_PROJECT_ROOT", &dir)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", &path[PLACE.len()..])
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", &request.method)
        .env("REMOTE_USER", &who.login)
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut backend = backend.spawn().unwrap();
    let mut stdin = backend.stdin.take().unwrap();
    let body = request.body.clone();
    let feeding = std::thread::spawn(move || stdin.write_all(&body));
    let out = backend.wait_with_output().unwrap();
    let _ = feeding.join();
    reply(&out.stdout)
}

/// A CGI program's answer.
fn reply(out: &[u8]) -> Reply {
    let end = out.windows(4).position(|four| four == b"\r\n\r\n");
    let Some(end) = end else {
        return refusal(500, "Git gave no answer", &[]);
    };
    let mut reply = Reply {
        status: 200,
        headers: Vec::new(),
        body: out[end + 4..].to_vec(),
    };
    for line in String::from_utf8_lossy(&out[..end]).lines() {
        match line.split_once(": ") {
            Some(("Status", status)) => reply.status = status[..3].parse().unwrap(),
            Some((name, value)) => reply = reply.with(name, value),
            None => {}
        }
    }
    reply
}
