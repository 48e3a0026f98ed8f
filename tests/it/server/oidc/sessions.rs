//! Sessions: who has one, on which replicas, and with which rights.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Browser, PERMISSIONS, SITE, VARIABLES, arguments, assert_silent, location, start};
use crate::server::client::Server;
use crate::server::cloned;
use crate::server::provider::Provider;
use crate::world::World;

#[test]
fn replicas_with_the_same_key_share_sessions_and_nobody_else_does() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let replica = start(&world, &repo, &provider);
    let browser = Browser::default();
    // Begun on one, finished on the other.
    let back = browser.leave(&server, &provider, "/sign-in");
    assert_eq!(location(&browser.get(&replica, &back)), format!("{SITE}/"));
    assert!(browser.is_signed_in(&server) && browser.is_signed_in(&replica));

    let other_key = [
        VARIABLES[0],
        ("GIT_PROMOTE_SESSION_KEY", "ab".repeat(32).leak() as &str),
    ];
    let other = Server::start_with(&world, &repo, &arguments(&provider.url), &other_key);
    assert!(!browser.is_signed_in(&other));
    let no_key = Server::start_with(&world, &repo, &arguments(&provider.url), &VARIABLES[..1]);
    assert!(!browser.is_signed_in(&no_key));
    no_key.until("told", |server| server.log().contains("openssl rand"));
    // A deployment with the same key but another client.
    let mut arguments = arguments(&provider.url);
    arguments[5] = "other";
    let neighbour = Server::start_with(&world, &repo, &arguments, &VARIABLES);
    assert!(!browser.is_signed_in(&neighbour));

    let name = "__Host-git-promote-session";
    let value = browser.cookies.borrow()[name].clone();
    for changed in [
        String::new(),
        "1.".to_owned(),
        value.replacen("1.", "2.", 1),
        value.replacen("1.", "9.", 1),
        value[..value.len() - 1].to_owned(),
        format!("{value}A"),
        with_another_letter(&value),
    ] {
        browser
            .cookies
            .borrow_mut()
            .insert(name.to_owned(), changed.clone());
        assert!(!browser.is_signed_in(&server), "{changed}");
    }
    // What a sign-in has begun with is no session.
    let stranger = Browser::default();
    stranger.leave(&server, &provider, "/sign-in");
    let begun = stranger.cookies.borrow().values().next().unwrap().clone();
    stranger
        .cookies
        .borrow_mut()
        .insert(name.to_owned(), format!("1.{begun}"));
    assert!(!stranger.is_signed_in(&server));
}

/// A value of which one letter is another one.
fn with_another_letter(value: &str) -> String {
    let (before, rest) = value.split_at(10);
    let letter = if rest.starts_with('A') { 'B' } else { 'A' };
    format!("{before}{letter}{}", &rest[1..])
}

#[test]
fn groups_of_the_token_give_rights_and_commits_name_the_person() {
    let world = World::new();
    let (remote, repo) = cloned(&world, PERMISSIONS);
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let before = remote.tip("main");
    // Of names like those of Azure, 250 need more than one cookie.
    let many = (0..250).map(|n| format!("{n:08}-4444-4444-4444-121212121212"));
    let mut many: Vec<String> = many.collect();
    many.push("release".to_owned());
    let [member, other] = [json!(many), json!(["developers"])].map(|groups| {
        provider.state().claims = json!({"groups": groups});
        let browser = Browser::default();
        browser.sign_in(&server, &provider);
        browser
    });
    let page = server.page("/promote?from=staging&to=production&product=loans");
    let plan = member.get(&server, &page).field("plan").to_owned();
    let promote = |browser: &Browser| {
        let token = browser.get(&server, &page).field("form-token").to_owned();
        let fields = [
            ("from", "staging"),
            ("to", "production"),
            ("product", "loans"),
            ("plan", &plan),
            ("form-token", &token),
        ];
        browser
            .post(&server, &server.page("/promotions"), &fields)
            .status
    };
    assert_eq!(promote(&other), 403);
    assert_eq!(remote.tip("main"), before);
    assert_eq!(promote(&member), 200);
    server.until("promoted", |_| remote.tip("main") != before);
    let message = remote.git(&["log", "-1", "--format=%B", "main"]);
    assert!(
        message.contains("Acted-By: ada <ada@example.com>"),
        "{message}"
    );

    for (claims, expected) in [
        (json!({"_claim_names": {"groups": "src1"}}), "groups"),
        (json!({"groups": vec!["x".repeat(100); 400]}), "groups"),
        (
            json!({"sub": "\u{202e}", "preferred_username": "<>", "email": null}),
            "name",
        ),
    ] {
        provider.state().claims = claims;
        let browser = Browser::default();
        let done = browser.sign_in(&server, &provider);
        assert_eq!(location(&done), format!("/sign-in/failed?why={expected}"));
        let page = browser.get(&server, location(&done));
        assert_eq!(page.status, 403, "{page:?}");
        assert!(browser.cookies.borrow().is_empty());
    }
}

#[test]
fn a_name_that_people_may_have_chosen_gives_no_rights_unless_an_option_says_so() {
    let world = World::new();
    let permissions = "permissions:\n  - {who: ada, may: promote}\n";
    let (_remote, repo) = cloned(&world, permissions);
    let provider = Provider::start();
    let chosen = arguments(&provider.url);
    for (arguments, name, expected) in [
        (&chosen[..8], "ada@example.com", false),
        (&chosen[..], "ada", true),
    ] {
        let server = Server::start_with(&world, &repo, arguments, &VARIABLES);
        let browser = Browser::default();
        browser.sign_in(&server, &provider);
        let path = server.page("/promote?from=staging&to=production&product=loans");
        let page = browser.get(&server, &path);
        assert!(
            page.body.contains(&format!("<span>{name}</span>")),
            "{page:?}"
        );
        let may = !page.body.contains("You have no right to promote this.");
        assert_eq!(may, expected, "{page:?}");
    }
}

#[test]
fn what_is_no_page_is_answered_with_401() {
    let world = World::new();
    let (remote, repo) = cloned(&world, PERMISSIONS);
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let before = remote.tip("main");
    let page = server.page("");
    for (method, path, headers) in [
        ("GET", "/api/v1/repositories", &[][..]),
        ("GET", "/api/v1/events", &[][..]),
        ("POST", "/api/v1/repositories/clone/plans", &[][..]),
        ("GET", "/events", &[][..]),
        ("POST", "/r/clone/promotions", &[][..]),
        ("POST", "/sign-out", &[][..]),
        ("GET", &page, &[("Sec-Fetch-Mode", "cors")][..]),
        (
            "GET",
            "/api/v1/repositories",
            &[("Authorization", "Bearer x")][..],
        ),
        (
            "GET",
            "/api/v1/repositories",
            &[("Authorization", "Basic YTpi")][..],
        ),
    ] {
        let answer = server.request(method, path, headers, b"");
        assert_eq!(answer.status, 401, "{method} {path}: {answer:?}");
        assert!(!answer.body.contains("loans"), "{answer:?}");
        let challenge = answer.header("www-authenticate");
        let is_bearer = headers
            .iter()
            .any(|(_, value)| value.starts_with("Bearer "));
        let expected = match (path.starts_with("/api"), is_bearer) {
            (false, _) => None,
            (true, false) => Some("Bearer realm=\"git-promote\""),
            (true, true) => Some("Bearer realm=\"git-promote\", error=\"invalid_token\""),
        };
        assert_eq!(challenge, expected, "{method} {path}");
        if path.starts_with("/api") {
            let problem: Value = serde_json::from_str(&answer.body).unwrap();
            assert!(problem["message"].is_string(), "{answer:?}");
        }
    }
    for path in ["/healthz", "/readyz", "/metrics", "/assets/app.css"] {
        assert_eq!(server.get(path, &[]).status, 200, "{path}");
    }
    assert_eq!(remote.tip("main"), before);
    let bearer = format!("Bearer {}", provider.token());
    let token = ("Authorization", bearer.as_str());
    assert_eq!(server.get("/api/v1/repositories", &[token]).status, 200);
    assert_eq!(
        server
            .get("/api/v1/repositories", &[token, ("Host", "evil.example")])
            .status,
        421
    );
    // It is for programs only.
    assert_eq!(server.get(&page, &[token]).status, 303);
    provider.state().claims = json!({"groups": "release"});
    let bearer = format!("Bearer {}", provider.token());
    let json = ("Content-Type", "application/json");
    let body = br#"{"from": "staging", "to": "production", "product": "loans"}"#;
    let headers = [("Authorization", bearer.as_str()), json];
    let plans = server
        .page("/plans")
        .replacen("/r/", "/api/v1/repositories/", 1);
    let plan = server.request("POST", &plans, &headers, body);
    assert_eq!(plan.status, 200, "{plan:?}");
    let plan: Value = serde_json::from_str(&plan.body).unwrap();
    let path = format!("{plans}/{}", plan["id"].as_str().unwrap());
    assert_eq!(
        server.request("POST", &path, &[token, json], body).status,
        403
    );
    assert_eq!(server.request("POST", &path, &headers, body).status, 200);
    server.until("promoted", |_| remote.tip("main") != before);
    assert_silent(&provider, &server, &[]);
}

#[test]
fn a_stream_of_events_ends_when_its_session_does() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let [leaving, staying] = [(); 2].map(|()| {
        let browser = Browser::default();
        browser.sign_in(&server, &provider);
        browser
    });
    let [mut left, mut stayed] = [&leaving, &staying].map(|browser| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let request = format!(
            "GET /events HTTP/1.1\r\nHost: promote.example.com\r\nConnection: close\r\nCookie: {}\r\n\r\n",
            browser.cookie()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut start = [0; 15];
        stream.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        stream
    });
    let page = leaving.get(&server, &server.page(""));
    let token = [("form-token", page.field("form-token"))];
    assert_eq!(leaving.post(&server, "/sign-out", &token).status, 200);
    left.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut rest = Vec::new();
    left.read_to_end(&mut rest).unwrap();
    let short = Some(Duration::from_millis(500));
    stayed.set_read_timeout(short).unwrap();
    let waits = stayed.read_to_end(&mut rest).unwrap_err();
    assert!(
        matches!(waits.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{waits}"
    );
}
