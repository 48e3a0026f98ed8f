//! Providers that are down, slow or wrong, and options that are.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Browser, HOST, KEY, SITE, VARIABLES, arguments, location, start};
use crate::server::client::{Server, command};
use crate::server::cloned;
use crate::server::provider::Provider;
use crate::world::{Ran, World};

#[test]
fn a_server_starts_without_its_provider_and_finds_it_later() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}");
    let server = Server::start_with(&world, &repo, &arguments(&url), &VARIABLES);
    server.until("told", |server| {
        server.log().contains("no sign-in is possible yet")
    });
    let browser = Browser::default();
    let down = browser.get(&server, "/sign-in");
    assert_eq!(down.status, 503, "{down:?}");
    assert!(down.body.contains("Try again in a moment"), "{down:?}");
    // Everybody can ask for this page.
    for _ in 0..5 {
        browser.get(&server, "/sign-in");
    }
    let told = server.log().matches("no sign-in is possible: ").count();
    assert_eq!(told, 1, "{}", server.log());
    let provider = Provider::at(&TcpListener::bind(address).unwrap());
    server.until("found", |server| {
        browser.get(server, "/sign-in").status == 303
    });
    assert!(location(&browser.sign_in(&server, &provider)).starts_with(SITE));
}

#[test]
fn a_provider_that_is_slow_or_sends_nonsense_is_not_waited_for() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let discovery = "/.well-known/openid-configuration";
    let page = |body: &str| {
        let length = body.len();
        format!("HTTP/1.1 200 -\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
    };
    let elsewhere = format!(
        "HTTP/1.1 302 -\r\nLocation: {}/keys\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        provider.url
    );
    let mut metadata = json!({
        "issuer": provider.url, "authorization_endpoint": format!("{}/authorize", provider.url),
        "token_endpoint": "http://login.example.com/token", "jwks_uri": format!("{}/keys", provider.url),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let plain = page(&metadata.to_string());
    metadata["issuer"] = json!("https://other.example.com");
    let other = page(&metadata.to_string());
    for (answer, why) in [
        (page(&" ".repeat(64 << 20)), "configuration"),
        (page("<html>"), "configuration"),
        (elsewhere, "302"),
        (plain, "is not an `https` URL"),
        (other, "unexpected issuer URI `https://other.example.com`"),
    ] {
        provider.state().answers.insert(discovery, answer);
        let server = start(&world, &repo, &provider);
        assert_eq!(
            Browser::default().get(&server, "/sign-in").status,
            503,
            "{why}"
        );
        server.until(why, |server| server.log().contains(why));
    }
    provider.state().answers.clear();
    let server = start(&world, &repo, &provider);
    for (path, answer) in [
        (
            "/token",
            page("{\"access_token\": \"leaked-access\", \"id_token\": \"leaked-id\""),
        ),
        (
            "/token",
            page(
                "{\"access_token\": \"leaked-access\", \"token_type\": \"Bearer\", \"id_token\": \"leaked-id\"}",
            ),
        ),
        ("/token", page(&"leaked-x".repeat(1 << 20))),
        ("/token", String::new()),
    ] {
        provider.state().answers.insert(path, answer);
        let done = Browser::default().sign_in(&server, &provider);
        assert!(
            location(&done).starts_with("/sign-in/failed?why="),
            "{done:?}"
        );
    }
    assert!(!server.log().contains("leaked"), "{}", server.log());
    provider.state().answers.clear();
    provider.state().delay = Duration::from_secs(20);
    let start = Instant::now();
    let slow = Browser::default().sign_in(&server, &provider);
    assert_eq!(location(&slow), "/sign-in/failed?why=provider");
    assert!(
        start.elapsed() < Duration::from_secs(18),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_server_does_not_start_with_options_that_contradict_each_other() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let issuer = "https://login.example.com";
    let all = arguments(issuer);
    let with = |at: usize, value: &'static str| {
        let mut all = all.clone();
        all[at] = value;
        all
    };
    let trusted = [&all[..], &["--trusted-proxy", "127.0.0.1"]].concat();
    for (arguments, key, expected) in [
        (all[..2].to_vec(), KEY, "--oidc-issuer"),
        (all[..6].to_vec(), KEY, "--url"),
        (all[2..].to_vec(), KEY, "--auth oidc"),
        (with(3, "http://login.example.com"), KEY, "https://"),
        (with(7, "http://promote.example.com"), KEY, "https://"),
        (with(7, "https://promote.example.com/deep"), KEY, "path"),
        (trusted, KEY, "--auth proxy"),
        (vec!["--oidc-trust-email"], KEY, "--auth oidc"),
        (vec!["--oidc-name-claim", "upn"], KEY, "--auth oidc"),
        (with(9, "name"), KEY, "people choose their `name`"),
        (all.clone(), "too-short", "openssl rand -base64 32"),
        (all.clone(), "c2VjcmV0", "at least 32"),
    ] {
        let mut command = command(&world, &repo, &arguments);
        let out = command
            .env("GIT_PROMOTE_SESSION_KEY", key)
            .output()
            .unwrap();
        let ran = Ran::from(out);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(expected), "{expected}: {ran}");
        assert!(!ran.stderr.contains("c2VjcmV0"), "{ran}");
    }
}

#[test]
fn more_sign_ins_than_the_provider_answers_are_put_off() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let begun: Vec<(Browser, String)> = (0..40)
        .map(|_| {
            let browser = Browser::default();
            let back = browser.leave(&server, &provider, "/sign-in");
            (browser, back)
        })
        .collect();
    provider.state().delay = Duration::from_secs(3);
    let places: Vec<String> = std::thread::scope(|scope| {
        let ends = begun.into_iter().map(|(browser, back)| {
            let server = &server;
            scope.spawn(move || location(&browser.get(server, &back)).to_owned())
        });
        let ends: Vec<_> = ends.collect();
        ends.into_iter().map(|end| end.join().unwrap()).collect()
    });
    let busy = "/sign-in/failed?why=busy";
    let put_off = places.iter().filter(|place| *place == busy).count();
    assert_eq!(put_off, 8, "{places:?}");
    let page = server.get(busy, &[HOST]);
    assert_eq!(page.status, 503, "{page:?}");
    assert_eq!(page.header("retry-after"), Some("10"));
}
