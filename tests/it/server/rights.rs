//! What people may do: what the default branch permits, and nothing else.

use super::client::{Answer, Server};
use super::{borrowed, cloned, promotion};
use crate::world::{Repo, World};

const PROXY: [&str; 4] = ["--auth", "proxy", "--trusted-proxy", "127.0.0.1"];

const PERMISSIONS: &str = "permissions:
  - {who: 'group:release', may: [promote, trigger, approve, retry, terminate]}
  - {who: ada@example.com, may: promote, products: loans, environments: prod}
  - {who: bob, may: promote, environments: staging}
  - {who: cat, may: [approve, retry], products: loans, environments: production}
";

const LEAD: [(&str, &str); 2] = [
    ("X-Forwarded-User", "eve"),
    ("X-Forwarded-Groups", "staff, release"),
];
const ADA: [(&str, &str); 2] = [
    ("X-Forwarded-User", "ada"),
    ("X-Forwarded-Email", "ada@example.com"),
];

fn promote(server: &Server, person: &[(&str, &str)], change: &[(&'static str, &str)]) -> Answer {
    let mut fields = promotion(server, person);
    for (name, value) in change {
        fields.retain(|(own, _)| own != name);
        fields.push((name, (*value).to_owned()));
    }
    fields.retain(|(_, value)| !value.is_empty());
    server.submit(&server.page("/promotions"), person, &borrowed(&fields))
}

fn tag(remote: &Repo<'_>) -> String {
    remote.show("main", "apps/api/production/values.yaml")
}

#[test]
fn who_has_no_right_is_refused() {
    let world = World::new();
    let (remote, repo) = cloned(&world, PERMISSIONS);
    let server = Server::start(&world, &repo, &PROXY);
    let before = remote.git(&["for-each-ref"]);
    let named = |name| [("X-Forwarded-User", name)];
    let of_groups = |groups| [("X-Forwarded-User", "x"), ("X-Forwarded-Groups", groups)];
    let mallory = [
        ("X-Forwarded-User", "ada@example.com"),
        ("X-Forwarded-Email", "mallory@example.com"),
    ];
    let refused: [&[(&str, &str)]; 7] = [
        &named("mallory"),
        &named("bob"),
        &named("cat"),
        &named("group:release"),
        &of_groups("staff,releases"),
        &of_groups("bob"),
        &mallory,
    ];
    for person in refused {
        let answer = promote(&server, person, &[]);
        assert_eq!(answer.status, 403, "{person:?}: {answer:?}");
        let why = "You have no right to promote with loans in production.";
        assert!(answer.body.contains(why), "{answer:?}");
        assert!(answer.body.contains("permissions"), "{answer:?}");
    }
    // More than the product, or something else.
    for change in [
        &[("product", ""), ("service", "api")][..],
        &[("service", "api")][..],
        &[("product", "")][..],
        &[("product", "other")][..],
        &[("to", "staging"), ("from", "production")][..],
        &[("to", "produktion")][..],
    ] {
        let answer = promote(&server, &ADA, change);
        assert_eq!(answer.status, 403, "{change:?}: {answer:?}");
    }
    assert_eq!(remote.git(&["for-each-ref"]), before);
    // What is refused is not logged as a change.
    assert!(!server.log().contains("change "), "{}", server.log());
}

#[test]
fn who_has_the_right_promotes_and_is_named() {
    let world = World::new();
    let (remote, repo) = cloned(&world, PERMISSIONS);
    let server = Server::start(&world, &repo, &PROXY);
    let answer = promote(&server, &ADA, &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
    server.until("promoted", |_| tag(&remote) == "image: {tag: 2.0.0}\n");
    let commit = remote.git(&[
        "log",
        "-1",
        "--format=%cn%n%(trailers:key=Acted-By)",
        "main",
    ]);
    assert_eq!(commit.trim(), "Ada\nActed-By: ada <ada@example.com>");
    let created = remote.git(&[
        "log",
        "--reverse",
        "--format=%(trailers:key=Acted-By,valueonly)",
        "refs/promote/releases/loans",
    ]);
    assert_eq!(created.lines().next(), Some("ada <ada@example.com>"));
    let shown = repo.promote(&["release", "show", "loans-1", "--output", "json"]);
    let by = "\"created_by\":\"ada <ada@example.com>\"";
    assert!(shown.stdout.contains(by), "{shown}");
    let line = "change repository=repo by=\"ada <ada@example.com>\" promote loans";
    assert!(server.log().contains(line), "{}", server.log());
}

#[test]
fn a_promotion_of_applications_names_the_person() {
    let world = World::new();
    let (remote, repo) = cloned(&world, PERMISSIONS);
    let server = Server::start(&world, &repo, &PROXY);
    let path = server.page("/promote?from=staging&to=production&service=api");
    let page = server.get(&path, &LEAD);
    let fields = [
        ("from", "staging"),
        ("to", "production"),
        ("service", "api"),
        ("plan", page.field("plan")),
        // Nobody can write that somebody else did it.
        ("body", "Why.\n\nActed-By: boss\nTicket: 7"),
    ];
    let answer = server.submit(&server.page("/promotions"), &LEAD, &fields);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(tag(&remote), "image: {tag: 2.0.0}\n");
    let trailers = remote.git(&["log", "-1", "--format=%(trailers)", "main"]);
    let acted = trailers.lines().filter(|line| line.starts_with("Acted-By"));
    assert_eq!(acted.collect::<Vec<_>>(), ["Acted-By: eve"], "{trailers}");
    assert!(trailers.contains("Ticket: 7"), "{trailers}");
}

#[test]
fn what_people_may_not_do_is_not_offered() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, PERMISSIONS);
    let server = Server::start(&world, &repo, &PROXY);
    let start = |person: &[(&str, &str)]| server.get(&server.page(""), person).body;
    let to =
        |body: &str, environment: &str| body.contains(&format!("to={environment}&amp;product"));
    let ada = start(&ADA);
    assert!(to(&ada, "production") && !to(&ada, "staging"), "{ada}");
    let lead = start(&LEAD);
    assert!(to(&lead, "production") && to(&lead, "staging"), "{lead}");
    let mallory = start(&[("X-Forwarded-User", "mallory")]);
    assert!(!mallory.contains("/promote?"), "{mallory}");
    assert!(!mallory.contains("draggable"), "{mallory}");
    let path = server.page("/promote?from=staging&to=production&product=loans");
    let preview = server.get(&path, &[("X-Forwarded-User", "mallory")]);
    assert!(preview.body.contains("You have no right to promote this."));
    let preview = server.get(&path, &ADA);
    assert!(!preview.body.contains("You have no right"), "{preview:?}");
}

#[test]
fn permissions_are_those_of_the_default_branch() {
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &PROXY);
    let text = super::configuration(PERMISSIONS);
    repo.git(&["checkout", "-q", "-b", "mine"]);
    repo.commit("more rights", &[("promote.yaml", &text)]);
    repo.git(&["push", "-q", "origin", "mine"]);
    repo.git(&["checkout", "-q", "main"]);
    assert_eq!(promote(&server, &ADA, &[]).status, 403);
    drop(server);
    let server = Server::start(&world, &repo, &PROXY);
    assert_eq!(promote(&server, &ADA, &[]).status, 403);
    repo.git(&["push", "-q", "origin", "mine:main"]);
    drop(server);
    let server = Server::start(&world, &repo, &PROXY);
    let answer = promote(&server, &ADA, &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
    server.until("promoted", |_| tag(&remote) == "image: {tag: 2.0.0}\n");
}
