//! People who sign in with a provider, and out again.

use super::{Browser, HOST, SITE, assert_silent, location, start};
use crate::server::client::encoded;
use crate::server::provider::{Key, Provider};
use crate::server::{borrowed, cloned};
use crate::world::World;

#[test]
fn a_person_signs_in_with_the_provider_and_signs_out() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let browser = Browser::default();
    let page = format!("{}?by=service", server.page(""));
    let unknown = browser.get(&server, &page);
    let expected = format!(
        "{SITE}/sign-in?to={}",
        encoded(&[("", &page)]).trim_start_matches('=')
    );
    assert_eq!(location(&unknown), expected);
    let back = browser.leave(&server, &provider, &expected);
    let done = browser.get(&server, &back);
    assert_eq!(location(&done), format!("{SITE}{page}"));
    assert_eq!(browser.cookies.borrow().len(), 1, "{:?}", browser.cookies);
    let shown = browser.get(&server, location(&done));
    assert_eq!(shown.status, 200, "{shown:?}");
    assert!(shown.body.contains("<span>ada</span>"), "{shown:?}");
    assert!(shown.body.contains("Sign out"), "{shown:?}");
    let answers = [&unknown, &done, &shown];
    assert_silent(&provider, &server, &answers);
    assert!(
        server
            .log()
            .contains("sign-in by=\"ada <ada@example.com>\""),
        "{}",
        server.log()
    );

    // Another site cannot sign people out.
    assert_eq!(browser.post(&server, "/sign-out", &[]).status, 403);
    let other = [("form-token", "0".repeat(22))];
    assert_eq!(
        browser.post(&server, "/sign-out", &borrowed(&other)).status,
        403
    );
    assert!(browser.is_signed_in(&server));
    let token = shown.field("form-token").to_owned();
    let out = browser.post(&server, "/sign-out", &[("form-token", &token)]);
    assert_eq!(out.status, 200, "{out:?}");
    assert!(browser.cookies.borrow().is_empty(), "{:?}", browser.cookies);
    assert!(!browser.is_signed_in(&server));
    assert!(server.log().contains("sign-out by="), "{}", server.log());
}

#[test]
fn several_tabs_sign_in_at_the_same_time_and_each_code_is_used_once() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    provider.state().key = Key::ec("curve");
    let key = provider.state().key.clone();
    provider.state().keys.push(key);
    let server = start(&world, &repo, &provider);
    let browser = Browser::default();
    let first = browser.leave(&server, &provider, "/sign-in?to=/r/clone/flows");
    let second = browser.leave(&server, &provider, "/sign-in?to=/r/clone/products");
    let kept = browser.cookies.borrow().clone();
    assert_eq!(
        location(&browser.get(&server, &first)),
        format!("{SITE}/r/clone/flows")
    );
    assert_eq!(
        location(&browser.get(&server, &second)),
        format!("{SITE}/r/clone/products")
    );
    assert_eq!(provider.count("/token"), 2);
    // The same again: the browser has forgotten the sign-in, and the provider the code.
    let again = browser.get(&server, &first);
    assert_eq!(location(&again), format!("{SITE}/"));
    assert_eq!(provider.count("/token"), 2);
    *browser.cookies.borrow_mut() = kept;
    let again = browser.get(&server, &first);
    assert_eq!(location(&again), "/sign-in/failed?why=refused");
    assert!(
        server.log().contains("invalid_grant: there is no code ***"),
        "{}",
        server.log()
    );
    assert_silent(&provider, &server, &[&again]);
}

#[test]
fn sign_ins_that_are_under_way_fit_into_the_header_of_a_request() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let browser = Browser::default();
    let longest = format!("/r/clone?search={}", "x".repeat(1_450));
    let mut backs = Vec::new();
    for _ in 0..10 {
        let path = format!("/sign-in?to={longest}");
        backs.push(browser.leave(&server, &provider, &path));
    }
    assert_eq!(browser.cookies.borrow().len(), 3, "{:?}", browser.cookies);
    assert!(browser.cookie().len() < 8_000, "{}", browser.cookie().len());
    // The newest one can be finished, and those that gave way to others lead to the start page then.
    backs.reverse();
    let places = backs.iter().map(|back| {
        let done = browser.get(&server, back);
        location(&done).to_owned()
    });
    let places: Vec<String> = places.collect();
    assert_eq!(places[0], format!("{SITE}{longest}"));
    let gave_way = places.iter().filter(|place| **place == format!("{SITE}/"));
    assert_eq!(gave_way.count(), 7, "{places:?}");
    let stranger = Browser::default();
    let failed = stranger.get(&server, &backs[0]);
    assert_eq!(location(&failed), "/sign-in/failed?why=ended");
    // Tabs that begin at the same time have no cookies yet, and set no more than there are names.
    let tabs = Browser::default();
    for _ in 0..10 {
        let begun = server.get("/sign-in", &[HOST]);
        assert_eq!(begun.status, 303, "{begun:?}");
        tabs.take(begun);
    }
    assert!(tabs.cookies.borrow().len() <= 3, "{:?}", tabs.cookies);
    // What is short as it is sent can be long as a URL has it.
    let browser = Browser::default();
    let path = format!("/sign-in?to=/r/clone?search={}", "\u{e4}".repeat(600));
    let back = browser.leave(&server, &provider, &path);
    assert!(browser.cookie().len() < 1_000, "{}", browser.cookie().len());
    assert_eq!(location(&browser.get(&server, &back)), format!("{SITE}/"));
}

#[test]
fn a_sign_in_leads_to_no_other_site() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    for to in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "%0d%0aSet-Cookie:a=b",
        "",
    ] {
        let browser = Browser::default();
        let back = browser.leave(&server, &provider, &format!("/sign-in?to={to}"));
        assert_eq!(
            location(&browser.get(&server, &back)),
            format!("{SITE}/"),
            "{to}"
        );
    }
    let browser = Browser::default();
    let back = browser.leave(&server, &provider, "/sign-in?to=/r/..//evil.example");
    assert_eq!(
        location(&browser.get(&server, &back)),
        format!("{SITE}//evil.example")
    );
}

#[test]
fn a_sign_in_does_not_loop_if_a_proxy_changes_the_host() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    for host in ["promote.example.com:443", "Promote.Example.com"] {
        let begun = server.get("/sign-in", &[("Host", host)]);
        assert!(location(&begun).starts_with(&provider.url), "{begun:?}");
    }
    let first = server.get("/sign-in?to=/r/clone", &[]);
    let address = location(&first);
    let path = address.strip_prefix(SITE).unwrap();
    let again = server.get(path, &[]);
    assert_eq!(again.status, 421, "{again:?}");
    assert!(again.body.contains("pass on"), "{again:?}");
    let right = server.get(path, &[HOST]);
    assert!(location(&right).starts_with(&provider.url), "{right:?}");
}

#[test]
fn a_change_comes_from_the_address_of_the_dashboard() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let provider = Provider::start();
    let server = start(&world, &repo, &provider);
    let browser = Browser::default();
    browser.sign_in(&server, &provider);
    let token = browser.get(&server, &server.page(""));
    let fields = encoded(&[("form-token", token.field("form-token"))]);
    let cookie = browser.cookie();
    for (origin, expected) in [
        ("http://promote.example.com", 403),
        ("https://promote.example.com:8443", 403),
        ("null", 403),
        ("https://promote.example.com", 200),
    ] {
        let headers = [HOST, ("Cookie", cookie.as_str()), ("Origin", origin)];
        let answer = server.post("/sign-out", &headers, &fields);
        assert_eq!(answer.status, expected, "{origin}: {answer:?}");
    }
}
