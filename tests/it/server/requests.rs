//! Requests that no page of the dashboard sends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::client::Server;
use super::{borrowed, cloned, promotion};
use crate::world::World;

#[test]
fn only_the_own_names_are_answered() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &["--host", "promote.example.com:443"]);
    let port = server.address.port();
    let page = server.page("");
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("LocalHost:{port}"), 200),
        ("promote.example.com:443".to_owned(), 200),
        ("promote.example.com".to_owned(), 200),
        ("evil.example.com".to_owned(), 421),
        (format!("promote.example.com.evil.example:{port}"), 421),
        (format!("127.0.0.1:{}", port ^ 1), 421),
        ("127.0.0.1".to_owned(), 421),
        (String::new(), 421),
    ] {
        for path in ["/healthz", &page, "/events-not", "/assets/app.js"] {
            let answer = server.get(path, &[("Host", &host)]);
            let is_refused = answer.status == 421;
            assert_eq!(is_refused, status == 421, "{host} {path}: {answer:?}");
        }
    }
}

#[test]
fn other_sites_cannot_send_forms() {
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &[]);
    let fields = promotion(&server, &[]);
    let page = server.get(&server.page(""), &[]);
    let cookie = page
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let (_, token) = cookie.split_once('=').unwrap();
    let path = server.page("/promotions");
    let own = format!("http://{}", server.address);
    let send = |headers: &[(&str, &str)], token: Option<&str>| {
        let mut all = borrowed(&fields);
        all.extend(token.map(|token| ("form-token", token)));
        server.post(&path, headers, &super::client::encoded(&all))
    };
    let before = remote.tip("main");
    for origin in [
        "https://evil.example.com",
        "null",
        "http://127.0.0.1:1",
        "http://",
        &own.replace("127.0.0.1", "127.0.0.1.evil.example"),
    ] {
        let answer = send(&[("Cookie", cookie), ("Origin", origin)], Some(token));
        assert_eq!(answer.status, 403, "{origin}: {answer:?}");
    }
    for site in ["cross-site", "same-site", "something"] {
        let answer = send(&[("Cookie", cookie), ("Sec-Fetch-Site", site)], Some(token));
        assert_eq!(answer.status, 403, "{site}: {answer:?}");
    }
    // From the own page, but without the secret of the browser, or with another one.
    let headers = [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")];
    let with_cookie = [&headers[..], &[("Cookie", cookie)]].concat();
    let other = "0".repeat(token.len());
    let other_cookie = format!("git-promote-form={other}");
    for (headers, token) in [
        (&headers[..], None),
        (&headers[..], Some(token)),
        (&with_cookie[..], None),
        (&with_cookie[..], Some("")),
        (&with_cookie[..], Some(other.as_str())),
        (&[headers[0], ("Cookie", &other_cookie)][..], Some(token)),
        (&[headers[0], ("Cookie", "git-promote-form=")][..], Some("")),
    ] {
        let answer = send(headers, token);
        assert_eq!(answer.status, 403, "{headers:?} {token:?}: {answer:?}");
    }
    assert_eq!(remote.tip("main"), before);
    let log = server.log();
    let refused = log.matches(" refused by=").count();
    assert_eq!(refused, 15, "{log}");
    assert!(
        log.contains("POST \"/r/repo/promotions\": 403 \"The request comes from another site.\""),
        "{log}"
    );
    assert!(!log.contains(token), "{log}");
    let answer = send(&with_cookie, Some(token));
    assert_eq!(answer.status, 200, "{answer:?}");
    let log = server.log();
    let last = log.lines().last().unwrap();
    assert!(
        last.contains(" by=local promote loans from=staging to=production: done, release loans-1"),
        "{log}"
    );
}

#[test]
fn a_body_that_is_too_large_is_cut_off() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &[]);
    let path = server.page("/promotions");
    let large = "x".repeat((1 << 20) + 1);
    let answer = server.post(&path, &[], &large);
    assert_eq!(answer.status, 413, "{answer:?}");
    // One that never ends.
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
        .set_write_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let start = Instant::now();
    let mut sent = 0;
    while stream.write_all(chunk.as_bytes()).is_ok() {
        sent += 0x10000;
        assert!(sent < 64 << 20, "the server reads without an end");
        assert!(start.elapsed() < Duration::from_secs(60));
    }
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &[]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000\r\n\r\nfrom=",
        server.page("/promotions"),
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 408");
}

#[test]
fn a_word_that_a_field_cannot_have_is_refused_with_those_that_it_can() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &[]);
    let promote = "/promote?from=staging&to=production&";
    for (path, word, allowed) in [
        ("?by=bogus", "bogus", "`product`, `service`"),
        ("?page=x", "x", "a number from 1"),
        ("/releases?page=0", "0", "a number from 1"),
        ("/releases?state=bogus", "bogus", "`open`, `queued`"),
        ("/releases?since=yesterday", "yesterday", "a day such as"),
        ("/releases?since=2026-13-01", "2026-13-01", "a day such as"),
        (&format!("{promote}mode=bogus"), "bogus", "`versions`"),
        (&format!("{promote}action=bogus"), "bogus", "`pull-request`"),
        (&format!("{promote}allow=bogus"), "bogus", "`rollback`"),
        (&format!("{promote}tip=bogus"), "bogus", "the whole id"),
    ] {
        let answer = server.get(&server.page(path), &[]);
        let (_, field) = path.rsplit_once(['?', '&']).unwrap();
        let (field, _) = field.split_once('=').unwrap();
        assert_eq!(answer.status, 422, "{path}: {answer:?}");
        let why = format!("The field &quot;{field}&quot; cannot be &quot;{word}&quot;.");
        assert!(answer.body.contains(&why), "{path}: {answer:?}");
        let text = answer.body.replace("<code>", "`").replace("</code>", "`");
        assert!(text.contains(allowed), "{path}: {answer:?}");
    }
    let fields = [("from", "staging"), ("to", "production"), ("mode", "bogus")];
    let answer = server.submit(&server.page("/promotions"), &[], &fields);
    assert_eq!(answer.status, 422, "{answer:?}");
    let known = server.get(&server.page("/insights?product=other"), &[]);
    assert_eq!(known.status, 404, "{known:?}");
    let log = server
        .page("/log?limit=abc")
        .replace("/r/", "/api/v1/repositories/");
    let answer = server.get(&log, &[]);
    assert_eq!(answer.status, 422, "{answer:?}");
    assert!(answer.body.contains("a number from 1"), "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[test]
fn a_change_has_two_lines_in_the_log_though_its_sender_does_not_wait() {
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &["--interval", "86400"]);
    let before = remote.tip("main");
    let page = server.page("/plans");
    let plans = page.replacen("/r/", "/api/v1/repositories/", 1);
    let json = ("Content-Type", "application/json");
    let body = r#"{"from": "staging", "to": "production", "product": "loans"}"#;
    let plan = server.request("POST", &plans, &[json], body.as_bytes());
    let plan: serde_json::Value = serde_json::from_str(&plan.body).unwrap();
    let id = plan["id"].as_str().unwrap();
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST {plans}/{id} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let has_logged = |stage: &str| {
        let line = format!(" by=local promote loans from=staging to=production: {stage}");
        server.until(&line, |server| server.log().contains(&line));
    };
    has_logged("begins");
    drop(stream);
    has_logged("done, release loans-1");
    // The release moves forward without a further request.
    server.until("promoted", |_| remote.tip("main") != before);
}
