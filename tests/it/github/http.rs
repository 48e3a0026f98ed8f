//! As much of HTTP/1.1 as `reqwest`, `curl`, Git and libgit2 speak.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::fault::{How, Moment};
use super::{Recorded, Shared, route, smart};

pub struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// By lower-case name.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str, token: &str, body: Option<&Value>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("authorization".to_owned(), format!("Bearer {token}"))],
            body: body
                .map(ToString::to_string)
                .unwrap_or_default()
                .into_bytes(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?')?.1;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name)?;
        Some(unescape(&value.replace('+', " ")))
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn recorded(&self) -> Recorded {
        let headers = self
            .headers
            .iter()
            .filter(|(key, _)| key != "authorization");
        Recorded {
            method: self.method.clone(),
            target: self.target.clone(),
            headers: headers.cloned().collect(),
            body: String::from_utf8_lossy(&self.body).into_owned(),
        }
    }
}

impl Reply {
    pub fn of(status: u16, body: &Value) -> Self {
        let json = "application/json; charset=utf-8".to_owned();
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), json)],
            body: body.to_string().into_bytes(),
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} -\r\n", self.status);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "Content-Length: {}\r\n\r\n", self.body.len());
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body)?;
        stream.flush()
    }
}

/// Answers one connection's requests until the other side has enough, or a fault ends it.
pub fn converse(server: &Shared, mut stream: TcpStream) {
    // Nobody waits longer for a client that has gone.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
    let Ok(copy) = stream.try_clone() else { return };
    let mut reader = BufReader::new(copy);
    while let Some(request) = read(&mut reader, &mut stream) {
        let failing = {
            let mut state = server.state();
            state.recorded.push(request.recorded());
            state.failing_for(&request.method, request.path())
        };
        let reply = match failing {
            Some((Moment::Before, how)) => Err(how),
            Some((Moment::After, how)) => {
                answer(server, &request);
                Err(how)
            }
            None => Ok(answer(server, &request)),
        };
        let reply = match reply {
            Ok(reply) => reply,
            Err(How::Cut) => break,
            Err(How::Stall) => {
                // Until the client gives up.
                let _ = reader.read(&mut [0]);
                break;
            }
            Err(how) => how.reply(),
        };
        if reply.write(&mut stream).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

fn answer(server: &Shared, request: &Request) -> Reply {
    if smart::is_git(request) {
        return smart::answer(server, request);
    }
    route::answer(&mut server.state(), request)
}

fn read(reader: &mut BufReader<TcpStream>, stream: &mut TcpStream) -> Option<Request> {
    let first = line(reader)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    // As a proxy is asked: the host is left out, for it is always this one.
    let target = match target.split_once("://") {
        Some((_, rest)) => rest[rest.find('/')?..].to_owned(),
        None => target.to_owned(),
    };
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request {
        method,
        target,
        headers,
        body: Vec::new(),
    };
    if request.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    if request.header("transfer-encoding") == Some("chunked") {
        loop {
            let size = usize::from_str_radix(line(reader)?.trim(), 16).ok()?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).ok()?;
            request.body.extend(chunk);
            line(reader)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = request.header("content-length") {
        request.body = vec![0; length.parse().ok()?];
        reader.read_exact(&mut request.body).ok()?;
    }
    Some(request)
}

fn line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Resolves `%20` and its like.
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex: Vec<u8> = rest.by_ref().take(2).collect();
            let hex = String::from_utf8(hex).unwrap();
            bytes.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
