//! A promotion of tens of thousands of differences, by its form.

use std::time::Instant;

use super::client::{Answer, Server};
use crate::world::{Repo, World};

/// How many versions an application has.
const VERSIONS: usize = 10;
/// How many differences are on a page.
const ROWS: usize = 500;
/// The most bytes that a page may have.
const MOST_BYTES: usize = 2_000_000;

/// How many applications there are: a tenth, unless `GIT_PROMOTE_LARGE` is set, as in the nightly tests.
fn applications() -> usize {
    match std::env::var_os("GIT_PROMOTE_LARGE") {
        Some(_) => 2_000,
        None => 200,
    }
}

/// Everything is newer in staging, and has other replicas everywhere.
fn cloned(world: &World) -> (Repo<'_>, Repo<'_>) {
    let mut files = vec![(
        "promote.yaml".to_owned(),
        "environments: [{name: staging}, {name: canary}, {name: production}]\n".to_owned(),
    )];
    for (environment, version, replicas) in [
        ("staging", "2.0.0", 2),
        ("canary", "1.0.0", 3),
        ("production", "1.0.0", 5),
    ] {
        let part = |at: usize| format!("part{at}:\n  image: {{tag: {version}}}\n");
        let parts: String = (0..VERSIONS).map(part).collect();
        let text = format!("{parts}replicas: {replicas}\n");
        files.extend((0..applications()).map(|at| {
            let path = format!("apps/app-{at}/{environment}/values.yaml");
            (path, text.clone())
        }));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    world.cloned(&files)
}

/// Does something, and prints how long it took.
fn timed(what: &str, work: impl FnOnce() -> Answer) -> Answer {
    let start = Instant::now();
    let answer = work();
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {seconds:.2} s, {} bytes", answer.body.len());
    assert_eq!(answer.status, 200, "{what}: {answer:?}");
    assert!(answer.body.len() < MOST_BYTES, "{what}");
    answer
}

/// Sends the form of a page, as a browser does, with other values for some fields.
fn submit(
    server: &Server,
    to: &str,
    (path, page): (&str, &Answer),
    more: &[(&str, &str)],
) -> Answer {
    let form = page.form();
    let size: usize = form
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2)
        .sum();
    assert!(size < 100_000, "the form has {size} bytes");
    let own = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields = [("from", "staging"), ("to", to)].into_iter().chain(own);
    let fields: Vec<(&str, &str)> = fields
        .filter(|(name, _)| *name != "page" || !more.iter().any(|(name, _)| *name == "go"))
        .chain(more.iter().copied())
        .collect();
    server.submit(&server.page(path), &[], &fields)
}

/// The box of a difference on a page.
pub(super) fn box_of(page: &Answer, place: &str) -> String {
    let (before, _) = page
        .body
        .split_once(&format!("<span class=\"place\">{place}</span>"))
        .unwrap_or_else(|| panic!("no {place}: {page:?}"));
    let (_, id) = before.rsplit_once("name=\"tick\" value=\"").unwrap();
    id.split('"').next().unwrap().to_owned()
}

/// How many lines of an environment have a text.
fn count(remote: &Repo<'_>, environment: &str, text: &str) -> usize {
    let path = format!("apps/*/{environment}/*");
    let found = remote.git(&["grep", "-h", "-F", text, "main", "--", &path]);
    found.lines().count()
}

#[test]
fn a_promotion_of_20_000_differences_is_shown_in_parts_and_carried_out_as_it_is_chosen() {
    let world = World::new();
    let (remote, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &["--interval", "86400"]);
    let count_of = applications();
    let all = count_of * VERSIONS;
    let pages = (all + count_of).div_ceil(ROWS);

    // As a whole.
    let path = server.page("/promote?from=staging&to=production");
    let page = timed("the page", || server.get(&path, &[]));
    for text in [
        format!("{count_of} files would change."),
        format!("page 1 of {pages}"),
        format!("{count_of} differences kept as they are"),
    ] {
        assert!(page.body.contains(&text), "{text}");
    }
    let whole = timed("promoted as a whole", || {
        submit(&server, "production", ("/promotions", &page), &[])
    });
    assert!(whole.body.contains("class=\"good\""), "{whole:?}");
    assert_eq!(count(&remote, "production", "tag: 2.0.0"), all);
    assert_eq!(count(&remote, "production", "replicas: 5"), count_of);

    // With one difference out, which is found by its name. What is kept can be ticked in; then the others are
    // chosen one by one too.
    let path = server.page("/promote?from=staging&to=canary&find=apps/APP-150/");
    let mut found = timed("one application is found", || server.get(&path, &[]));
    assert!(
        found.body.contains("11 differences, page 1 of 1"),
        "{found:?}"
    );
    let out = box_of(&found, "part3.image.tag");
    untick(&mut found, &out);
    let kept = box_of(&found, "replicas");
    tick(&mut found, &kept);
    // On another page they are only carried along. A new search begins on the first one.
    let page = timed("the whole list, with one ticked out and one in", || {
        submit(&server, "canary", ("/promote", &found), &[("go", "3")])
    });
    assert!(
        page.body.contains(&format!("page 1 of {pages}")),
        "{page:?}"
    );
    let page = timed("another page", || {
        submit(&server, "canary", ("/promote", &page), &[("go", "3")])
    });
    assert!(
        page.body.contains(&format!("page 3 of {pages}")),
        "{page:?}"
    );
    for (field, id) in [("out", &out), ("in", &kept)] {
        assert_eq!(page.field(field), id, "{field}");
    }
    let lines = [("file", "apps/app-150/canary/values.yaml")];
    let lines = timed("the lines of a file", || {
        submit(&server, "canary", ("/promote/lines", &page), &lines)
    });
    assert_eq!(lines.body.matches("class=\"added\"").count(), VERSIONS);
    let other = [("file", "apps/app-151/canary/values.yaml")];
    let other = timed("the lines of another file", || {
        submit(&server, "canary", ("/promote/lines", &page), &other)
    });
    assert_eq!(other.body.matches("class=\"added\"").count(), VERSIONS);
    let done = timed("promoted with one ticked out and one in", || {
        submit(&server, "canary", ("/promotions", &page), &[])
    });
    assert!(done.body.contains("class=\"good\""), "{done:?}");
    assert_eq!(count(&remote, "canary", "tag: 2.0.0"), all - 1);
    assert_eq!(count(&remote, "canary", "replicas: 3"), count_of - 1);
    let one = remote.show("main", "apps/app-150/canary/values.yaml");
    assert!(one.contains("part3:\n  image: {tag: 1.0.0}"), "{one}");
    assert!(one.contains("replicas: 2"), "{one}");
}

/// Ticks a box.
pub(super) fn tick(page: &mut Answer, id: &str) {
    let open = format!("name=\"tick\" value=\"{id}\"");
    let ticked = format!("{open} checked");
    assert!(
        page.body.contains(&open) && !page.body.contains(&ticked),
        "{page:?}"
    );
    page.body = page.body.replace(&open, &ticked);
}

/// Takes the tick out of a box.
pub(super) fn untick(page: &mut Answer, id: &str) {
    let ticked = format!("name=\"tick\" value=\"{id}\" checked");
    assert!(page.body.contains(&ticked), "{id}: {page:?}");
    page.body = page
        .body
        .replace(&ticked, &format!("name=\"tick\" value=\"{id}\""));
}
