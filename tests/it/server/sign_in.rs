//! Who people are: from a proxy that is trusted, and from nobody else.

use super::client::{Server, command};
use super::cloned;
use crate::world::{Ran, World};

const PROXY: [&str; 4] = ["--auth", "proxy", "--trusted-proxy", "127.0.0.0/8"];

#[test]
fn without_sign_in_only_this_machine_can_be_listened_on() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let refused = |arguments: &[&str]| {
        let out = command(&world, &repo, arguments).output().unwrap();
        let ran = Ran::from(out);
        assert_eq!(ran.code, 2, "{ran}");
        ran.stderr
    };
    let open = refused(&["--listen", "0.0.0.0:0"]);
    assert!(open.contains("without sign-in"), "{open}");
    let proxy = refused(&["--listen", "0.0.0.0:0", "--auth", "proxy"]);
    assert!(proxy.contains("--trusted-proxy"), "{proxy}");
    // Whoever lists a proxy must not get a server that lets everybody in.
    let unused = refused(&["--trusted-proxy", "127.0.0.1"]);
    assert!(unused.contains("--auth proxy"), "{unused}");
    let header = refused(&[&PROXY[..], &["--auth-header", "X User"]].concat());
    assert!(header.contains("not the name of a header"), "{header}");
}

#[test]
fn a_proxy_names_people() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &PROXY);
    let page = server.page("");
    let status = |headers: &[(&str, &str)]| server.get(&page, headers).status;
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&[("X-Forwarded-User", "ada")]), 200);
    // Who has sent which of the two?
    for name in [
        "X-Forwarded-User",
        "X-Forwarded-Email",
        "X-Forwarded-Groups",
    ] {
        let twice = [("X-Forwarded-User", "ada"), (name, "a"), (name, "b")];
        assert_eq!(status(&twice), 401, "{name}");
    }
    for name in ["", "  ", "ada <eve@example.com>", "\u{202e}ada"] {
        assert_eq!(status(&[("X-Forwarded-User", name)]), 401, "{name:?}");
    }
    // Programs look at it without signing in.
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

#[test]
fn what_others_say_about_people_is_not_believed() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let elsewhere = ["--auth", "proxy", "--trusted-proxy", "192.0.2.1"];
    let server = Server::start(&world, &repo, &elsewhere);
    for headers in [
        &[("X-Forwarded-User", "ada")][..],
        &[
            ("X-Forwarded-User", "ada"),
            ("X-Forwarded-For", "192.0.2.1"),
        ][..],
        &[("X-Forwarded-User", "ada"), ("Forwarded", "for=192.0.2.1")][..],
        &[("X-Forwarded-User", "ada"), ("X-Real-Ip", "192.0.2.1")][..],
    ] {
        for path in [&server.page(""), "/", "/events", "/nothing"] {
            let answer = server.get(path, headers);
            assert_eq!(answer.status, 401, "{path} {headers:?}: {answer:?}");
            assert!(!answer.body.contains("loans"), "{answer:?}");
        }
    }
}

#[test]
fn headers_mean_nothing_without_sign_in() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &[]);
    let headers = [("X-Forwarded-User", "eve"), ("X-Forwarded-Groups", "admin")];
    let done = server.submit(
        &server.page("/promotions"),
        &headers,
        &super::borrowed(&super::promotion(&server, &headers)),
    );
    assert_eq!(done.status, 200, "{done:?}");
    assert!(
        server.log().contains(" by=local promote"),
        "{}",
        server.log()
    );
    assert!(!server.log().contains("eve"), "{}", server.log());
}

#[test]
fn over_https_the_secret_of_a_browser_is_only_sent_there() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &PROXY);
    let cookie = |headers: &[(&str, &str)]| {
        let answer = server.get(&server.page(""), headers);
        answer.header("set-cookie").unwrap().to_owned()
    };
    let user = ("X-Forwarded-User", "ada");
    let secure = cookie(&[user, ("X-Forwarded-Proto", "https")]);
    assert!(secure.ends_with("; HttpOnly; Secure"), "{secure}");
    let plain = cookie(&[user, ("X-Forwarded-Proto", "http")]);
    assert!(plain.ends_with("; HttpOnly"), "{plain}");
}
