//! What a provider, or somebody in its place, sends: only what it has signed for this sign-in counts.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::{Browser, SITE, assert_silent, location, start};
use crate::server::cloned;
use crate::server::provider::{CLIENT, Key, Provider, SECRET, Signing};
use crate::world::World;

#[test]
fn a_token_that_proves_nothing_signs_nobody_in() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let own = provider.state().key.clone();
    let other = Key::rsa("other");
    let forged = Key::rsa(&own.name);
    let right = Signing::Right;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.unwrap().as_secs();
    for (why, claims, key, signing) in [
        ("Invalid nonce", json!({"nonce": "another"}), &own, right),
        ("Invalid nonce", json!({"nonce": null}), &own, right),
        (
            "Invalid issuer",
            json!({"iss": "https://login.example.com"}),
            &own,
            right,
        ),
        (
            "Invalid issuer",
            json!({"iss": format!("{}/", provider.url)}),
            &own,
            right,
        ),
        ("Invalid audiences", json!({"aud": "other"}), &own, right),
        ("Invalid audiences", json!({"aud": null}), &own, right),
        (
            "for another client",
            json!({"aud": [CLIENT, "other"]}),
            &own,
            right,
        ),
        (
            "for another client",
            json!({"aud": [CLIENT], "azp": "other"}),
            &own,
            right,
        ),
        ("Expired", json!({"exp": now - 1}), &own, right),
        ("No signature", json!({}), &own, Signing::Not),
        ("Disallowed", json!({}), &own, Signing::Hmac("public key")),
        ("Disallowed", json!({}), &own, Signing::Hmac(SECRET)),
        ("Crypto error", json!({}), &own, Signing::Changed),
        ("Crypto error", json!({}), &forged, right),
        ("No matching key", json!({}), &other, right),
    ] {
        {
            let mut state = provider.state();
            state.claims = claims.clone();
            state.key = key.clone();
            state.signing = signing;
        }
        let browser = Browser::default();
        let done = browser.sign_in(&server, &provider);
        assert_eq!(
            location(&done),
            "/sign-in/failed?why=token",
            "{why} {claims}"
        );
        assert!(
            browser.cookies.borrow().is_empty(),
            "{why} {claims}: {:?}",
            browser.cookies
        );
        let last = server.log();
        let last = last.lines().last().unwrap();
        assert!(last.contains(why), "{why} {claims} {signing:?}: {last}");
        let token = provider.token();
        let bearer = format!("Bearer {token}");
        let asked = server.get("/api/v1/repositories", &[("Authorization", &bearer)]);
        let expected = if why == "Invalid nonce" { 200 } else { 401 };
        assert_eq!(asked.status, expected, "{why} {claims}: {asked:?}");
        assert_silent(&provider, &server, &[&done, &asked]);
        if expected == 401 {
            let challenge = asked.header("www-authenticate").unwrap_or_default();
            assert!(challenge.starts_with("Bearer "), "{asked:?}");
            assert!(challenge.ends_with("error=\"invalid_token\""), "{asked:?}");
            // The operator finds the reason, and whoever has sent it learns nothing.
            assert!(asked.body.contains("The ID token is refused."), "{asked:?}");
            assert!(!asked.body.contains(why), "{why}: {asked:?}");
            let log = server.log();
            let last = log.lines().last().unwrap();
            assert!(last.contains("an ID token was refused: "), "{last}");
            assert!(last.contains(why), "{why}: {last}");
        }
    }
    provider.state().claims = json!({"aud": [CLIENT, "other"], "azp": CLIENT});
    provider.state().key = own;
    provider.state().signing = right;
    assert!(location(&Browser::default().sign_in(&server, &provider)).starts_with(SITE));
}

#[test]
fn what_does_not_belong_to_the_sign_in_of_this_browser_is_refused() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let ended = "/sign-in/failed?why=ended";
    // A browser that is sent here with somebody else's code, or with another state.
    let victim = Browser::default();
    let foreign = Browser::default().leave(&server, &provider, "/sign-in");
    assert_eq!(location(&victim.get(&server, &foreign)), ended);
    let own = victim.leave(&server, &provider, "/sign-in");
    assert_eq!(location(&victim.get(&server, &foreign)), ended);
    let (path, query) = own.split_once('?').unwrap();
    let state = query
        .split('&')
        .find(|field| field.starts_with("state="))
        .unwrap();
    let longer = own.replace(state, &format!("{state}x"));
    assert_eq!(location(&victim.get(&server, &longer)), ended);
    assert_eq!(location(&victim.get(&server, path)), ended);
    assert_eq!(provider.count("/token"), 0);
    for (more, why) in [
        (
            format!("{state}&error=access_denied&error_description=%3Cb%3Eno%3C/b%3E%0aX"),
            "refused",
        ),
        (state.to_owned(), "refused"),
        (
            format!("{state}&code=x&iss=https://evil.example"),
            "refused",
        ),
    ] {
        let browser = Browser::default();
        let own = browser.leave(&server, &provider, "/sign-in");
        let own = own
            .split('&')
            .find(|field| field.starts_with("state="))
            .unwrap()
            .to_owned();
        let more = more.replace(state, &own);
        let done = browser.get(&server, &format!("{path}?{more}"));
        assert_eq!(
            location(&done),
            format!("/sign-in/failed?why={why}"),
            "{more}"
        );
        assert!(browser.cookies.borrow().is_empty());
        let page = browser.get(&server, location(&done));
        assert_eq!(page.status, 401, "{page:?}");
        assert!(!page.body.contains("<b>no"), "{page:?}");
    }
    let log = server.log();
    assert!(log.contains("access_denied: <b>no</b>\\u{a}X"), "{log}");
}

#[test]
fn new_keys_are_read_when_a_token_has_one_but_not_for_every_stranger() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    assert!(location(&Browser::default().sign_in(&server, &provider)).starts_with(SITE));
    assert_eq!(provider.count("/keys"), 1);
    let second = Key::rsa("second");
    provider.state().keys = vec![second.clone()];
    provider.state().key = second;
    assert!(location(&Browser::default().sign_in(&server, &provider)).starts_with(SITE));
    assert_eq!(provider.count("/keys"), 2);
    provider.state().key = Key::rsa("unknown");
    for _ in 0..20 {
        let bearer = format!("Bearer {}", provider.token());
        let answer = server.get("/api/v1/repositories", &[("Authorization", &bearer)]);
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    assert_eq!(provider.count("/keys"), 2);
}

#[test]
fn a_request_that_is_given_up_does_not_keep_new_keys_from_others() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    assert!(location(&Browser::default().sign_in(&server, &provider)).starts_with(SITE));
    let second = Key::rsa("second");
    provider.state().key = Key::rsa("unknown");
    let forged = provider.token();
    provider.state().keys = vec![second.clone()];
    provider.state().key = second;
    provider.state().delay = Duration::from_secs(1);
    let mut stream = TcpStream::connect(server.address).unwrap();
    let request = format!(
        "GET /api/v1/repositories HTTP/1.1\r\nHost: promote.example.com\r\n\
         Authorization: Bearer {forged}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    drop(stream);
    std::thread::sleep(Duration::from_millis(300));
    let bearer = format!("Bearer {}", provider.token());
    let asked = server.get("/api/v1/repositories", &[("Authorization", &bearer)]);
    assert_eq!(asked.status, 200, "{asked:?}");
    assert_eq!(provider.count("/keys"), 2);
}
