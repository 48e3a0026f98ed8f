//! A GitHub App: its own token, its installation, and the tokens of that.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::http::{Reply, Request};
use super::route::{not_found, refusal};
use super::state::State;
use super::{Account, json as shape};

/// An App that is installed on the repository.
#[derive(Clone, Debug)]
pub struct App {
    pub id: u64,
    pub installation: u64,
    /// Its public key in PEM.
    pub public_key: std::path::PathBuf,
    /// How many tokens it got.
    pub tokens: usize,
}

/// Answers what only Apps may ask.
pub fn answer(state: &mut State, request: &Request, parts: &[&str]) -> Option<Reply> {
    let asks_where = matches!(parts, ["repos", _, _, "installation"]);
    let asks_token = matches!(parts, ["app", "installations", _, "access_tokens"]);
    if !asks_where && !asks_token {
        return None;
    }
    let token = request.header("authorization").unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or_default();
    let Some(app) = state.app.clone().filter(|app| app.signed(token)) else {
        let text = "A JSON web token could not be decoded";
        return Some(refusal(401, text, &[]));
    };
    let installation = app.installation.to_string();
    Some(match (request.method.as_str(), parts) {
        ("GET", ["repos", "acme", "shop", _]) => {
            Reply::of(200, &shape::installation(state, app.id, app.installation))
        }
        ("POST", ["app", _, id, _]) if *id == installation => {
            let tokens = app.tokens + 1;
            let token = format!("ghs_installationToken{tokens}");
            state.accounts.push(Account::of("shop-app[bot]", &token));
            if let Some(app) = &mut state.app {
                app.tokens = tokens;
            }
            let permissions = json!({ "contents": "write", "pull_requests": "write" });
            let token = json!({
                "token": token,
                "expires_at": "2099-01-02T03:04:05Z",
                "permissions": permissions,
                "repository_selection": "selected",
            });
            Reply::of(201, &token)
        }
        _ => not_found(),
    })
}

impl App {
    /// Whether a token says what GitHub wants, signed with the App's key.
    fn signed(&self, token: &str) -> bool {
        let parts: Vec<&str> = token.split('.').collect();
        let [head, claims, signature] = parts.as_slice() else {
            return false;
        };
        let read = |part: &str| -> Option<Value> { serde_json::from_slice(&base64(part)?).ok() };
        let (Some(kind), Some(claims)) = (read(head), read(claims)) else {
            return false;
        };
        let life = claims["exp"].as_i64().zip(claims["iat"].as_i64());
        kind["alg"] == "RS256"
            && claims["iss"].to_string().trim_matches('"') == self.id.to_string()
            && life.is_some_and(|(exp, iat)| exp - iat <= 660)
            && self.verifies(&token[..token.len() - signature.len() - 1], signature)
    }

    fn verifies(&self, signed: &str, signature: &str) -> bool {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&base64(signature).unwrap_or_default())
            .unwrap();
        let mut openssl = Command::new("openssl")
            .args(["dgst", "-sha256", "-verify"])
            .arg(&self.public_key)
            .arg("-signature")
            .arg(file.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = openssl.stdin.take().unwrap();
        stdin.write_all(signed.as_bytes()).unwrap();
        drop(stdin);
        openssl.wait().unwrap().success()
    }
}

/// Reads Base64, of either alphabet.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0u32, 0);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Some(bytes)
}
