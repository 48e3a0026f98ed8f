//! Webhooks: only who knows the secret makes the server look.

use std::fmt::Write as _;

use std::time::Duration;

use aws_lc_rs::hmac;

use super::client::{Answer, Server};
use super::cloned;
use crate::world::{Repo, World};

const SECRET: &str = "open-sesame-42";

/// The HMAC of a text, in hexadecimal digits.
fn tag(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, text.as_bytes());
    tag.as_ref().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A server that only looks when a webhook comes, which then shows what was pushed.
fn quiet(world: &World, repo: &Repo<'_>, variables: &[(&str, &str)]) -> Server {
    let server = Server::start_with(world, repo, &["--interval", "86400"], variables);
    server.until("read", |server| readings(server) > 0);
    server
}

fn send(server: &Server, sender: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let json = [headers, &[("Content-Type", "application/json")]].concat();
    let path = format!("/webhooks/{sender}");
    server.request("POST", &path, &json, body.as_bytes())
}

/// How often the repository was read.
fn readings(server: &Server) -> u64 {
    let metrics = server.get("/metrics", &[]).body;
    let line = metrics
        .lines()
        .find(|line| line.starts_with("git_promote_readings_total{"));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

fn push(world: &World, remote: &Repo<'_>, name: &str, version: &str) {
    let clone = world.clone_of(remote, name);
    let text = format!("image: {{tag: {version}}}\n");
    clone.commit("new version", &[("apps/api/staging/values.yaml", &text)]);
    clone.git(&["push", "-q", "origin", "main"]);
}

#[test]
fn a_webhook_of_each_forge_makes_the_server_look() {
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let server = quiet(&world, &repo, &[("GIT_PROMOTE_WEBHOOK_SECRET", SECRET)]);
    let address = remote.dir.to_str().unwrap();
    for (sender, number) in [("github", 1), ("gitlab", 2), ("gitea", 3), ("generic", 4)] {
        let version = format!("{number}.0.7");
        push(&world, &remote, sender, &version);
        let body = match sender {
            "gitlab" => format!("{{\"project\": {{\"git_ssh_url\": \"{address}\"}}}}"),
            _ => format!("{{\"repository\": {{\"clone_url\": \"{address}\"}}}}"),
        };
        let signed = format!("sha256={}", tag(SECRET, &body));
        let header = match sender {
            "github" => ("X-Hub-Signature-256", signed.as_str()),
            "gitlab" => ("X-Gitlab-Token", SECRET),
            "gitea" => ("X-Gitea-Signature", &signed["sha256=".len()..]),
            _ => ("X-Signature-256", signed.as_str()),
        };
        let foreign = [
            header,
            ("Origin", "https://forge.example"),
            ("Sec-Fetch-Site", "cross-site"),
        ];
        let answer = send(&server, sender, &foreign, &body);
        assert_eq!(answer.status, 202, "{sender}: {answer:?}");
        server.until("shown", |server| {
            server.get(&server.page(""), &[]).body.contains(&version)
        });
    }
    assert!(!server.log().contains(SECRET), "{}", server.log());
}

#[test]
fn what_is_not_signed_with_the_secret_is_refused() {
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let server = quiet(&world, &repo, &[("GIT_PROMOTE_WEBHOOK_SECRET", SECRET)]);
    let body = format!("{{\"repository\": \"{}\"}}", remote.dir.display());
    let right = format!("sha256={}", tag(SECRET, &body));
    let wrong = format!("sha256={}", tag("other", &body));
    let before = readings(&server);
    for (sender, header, body) in [
        ("github", None, body.as_str()),
        (
            "github",
            Some(("X-Hub-Signature-256", wrong.as_str())),
            &body,
        ),
        ("github", Some(("X-Hub-Signature-256", &right)), "{}"),
        ("github", Some(("X-Hub-Signature-256", "sha256=")), &body),
        ("github", Some(("X-Hub-Signature", &right)), &body),
        ("github", Some(("X-Signature-256", &right)), &body),
        ("gitlab", Some(("X-Gitlab-Token", &right)), &body),
        ("gitlab", None, &body),
        ("gitea", Some(("X-Gitea-Signature", &right)), &body),
        ("generic", Some(("X-Signature-256", &wrong)), &body),
        ("generic", None, "{"),
    ] {
        let headers: Vec<_> = header.into_iter().collect();
        let answer = send(&server, sender, &headers, body);
        assert_eq!(answer.status, 401, "{sender} {header:?}: {answer:?}");
    }
    assert_eq!(send(&server, "bitbucket", &[], &body).status, 404);
    // Neither names of the proxy's people nor a foreign name of the server help.
    let named = [
        ("X-Hub-Signature-256", right.as_str()),
        ("Host", "evil.example.com"),
    ];
    assert_eq!(send(&server, "github", &named, &body).status, 421);
    assert_eq!(readings(&server), before);
    // What is signed but about something else is ignored, and about nothing is a mistake of the sender.
    for (body, expected) in [
        ("{\"repository\": \"https://forge.example/a/b\"}", 202),
        ("{\"repository\": {\"full_name\": \"a/b\"}}", 422),
        (
            "{\"organization\": {\"url\": \"https://forge.example/a\"}}",
            422,
        ),
        ("{", 422),
        ("", 422),
        ("[1]", 422),
        ("null", 422),
    ] {
        let signed = format!("sha256={}", tag(SECRET, body));
        let signed = ("X-Hub-Signature-256", signed.as_str());
        let answer = send(&server, "github", &[signed], body);
        assert_eq!(answer.status, expected, "{body}: {answer:?}");
        if expected == 422 {
            assert!(answer.body.contains("clone_url"), "{answer:?}");
        }
        // GitHub only asks whether somebody is there.
        let ping = send(
            &server,
            "github",
            &[signed, ("X-GitHub-Event", "ping")],
            body,
        );
        assert_eq!(ping.status, 200, "{body}: {ping:?}");
    }
    let unsigned = send(&server, "github", &[("X-GitHub-Event", "ping")], "{}");
    assert_eq!(unsigned.status, 401, "{unsigned:?}");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(readings(&server), before);
}

#[test]
fn the_same_webhook_again_and_again_is_harmless() {
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let server = quiet(&world, &repo, &[("GIT_PROMOTE_WEBHOOK_SECRET", SECRET)]);
    let body = format!("{{\"repository\": \"{}\"}}", remote.dir.display());
    let signed = format!("sha256={}", tag(SECRET, &body));
    let start = std::time::Instant::now();
    let before = readings(&server);
    for _ in 0..100 {
        let answer = send(&server, "generic", &[("X-Signature-256", &signed)], &body);
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    let most = 2 + u64::try_from(start.elapsed().as_millis()).unwrap() / 300;
    let looked = readings(&server) - before;
    assert!(looked <= most && looked < 100, "{looked} of at most {most}");
}

#[test]
fn without_a_secret_there_are_no_webhooks() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let own = [("GIT_PROMOTE_WEBHOOK_SECRET_GITLAB", SECRET)];
    let server = quiet(&world, &repo, &own);
    for _ in 0..3 {
        let signed = format!("sha256={}", tag("", "{}"));
        let answer = send(&server, "github", &[("X-Hub-Signature-256", &signed)], "{}");
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    let told = server
        .log()
        .matches("a webhook of github was refused")
        .count();
    assert_eq!(told, 1, "{}", server.log());
    let body = "{\"project\": {\"web_url\": \"https://forge.example/a/b\"}}";
    let answer = send(&server, "gitlab", &[("X-Gitlab-Token", SECRET)], body);
    assert_eq!(answer.status, 202, "{answer:?}");
}

#[test]
fn a_webhook_that_is_too_large_is_cut_off() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = quiet(&world, &repo, &[("GIT_PROMOTE_WEBHOOK_SECRET", SECRET)]);
    let body = " ".repeat((4 << 20) + 1);
    let signed = format!("sha256={}", tag(SECRET, &body));
    let answer = send(
        &server,
        "github",
        &[("X-Hub-Signature-256", &signed)],
        &body,
    );
    assert_eq!(answer.status, 413, "{answer:?}");
}
