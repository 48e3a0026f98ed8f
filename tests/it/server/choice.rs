//! What people tick in and out in a promotion, on several parts of the list and while others push.

use super::client::{Answer, Server};
use super::configuration;
use super::large::{box_of, tick, untick};
use crate::world::{Repo, World};

const PATH: &str = "/promote?from=staging&to=production";
const TAG: &str = "images[api].newTag";
const NAME: &str = "images[api].newName";

/// A version, and an image name that moves with it.
fn cloned(world: &World) -> (Repo<'_>, Repo<'_>) {
    let images = |name: &str, tag: &str| {
        format!("images: [{{name: api, newName: acme/{name}, newTag: '{tag}'}}]\n")
    };
    let (new, old) = (images("api-next", "2.0.0"), images("api", "1.0.0"));
    let text = configuration("");
    world.cloned(&[
        ("apps/api/staging/kustomization.yaml", &new),
        ("apps/api/production/kustomization.yaml", &old),
        ("promote.yaml", &text),
    ])
}

/// Sends the form of a page to plan again, with the differences that have `search` in their names.
fn again(server: &Server, page: &Answer, search: &str) -> Answer {
    let form = page.form();
    let own = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let more = [("from", "staging"), ("to", "production"), ("find", search)];
    let fields: Vec<(&str, &str)> = own.chain(more).collect();
    let answer = server.submit(&server.page("/promote"), &[], &fields);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn is_ticked(page: &Answer, id: &str) -> bool {
    page.body
        .contains(&format!("name=\"tick\" value=\"{id}\" checked"))
}

#[test]
fn what_is_ticked_out_stays_out_when_others_change_what_is_offered() {
    let world = World::new();
    let (_remote, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &[]);
    let mut page = server.get(&server.page(PATH), &[]);
    let tag = box_of(&page, TAG);
    untick(&mut page, &tag);
    let elsewhere = again(&server, &page, "no such place");
    let rules = "templates:\n  - {name: default, rules: [{files: '**', keep: [$..newTag]}]}\n";
    repo.commit("keep", &[("promote.yaml", &configuration(rules))]);
    repo.git(&["push", "-q", "origin", "main"]);
    let page = again(&server, &elsewhere, "");
    assert!(page.body.contains("keep rule"), "{page:?}");
    assert!(!is_ticked(&page, &tag), "{page:?}");

    // Nor is it forgotten meanwhile.
    let elsewhere = again(&server, &elsewhere, "no such place");
    repo.commit("offer", &[("promote.yaml", &configuration(""))]);
    repo.git(&["push", "-q", "origin", "main"]);
    let page = again(&server, &elsewhere, "");
    assert!(!page.body.contains("keep rule"), "{page:?}");
    assert!(!is_ticked(&page, &tag), "{page:?}");
}

#[test]
fn a_box_that_nobody_has_changed_does_not_decide_against_what_others_pushed() {
    let world = World::new();
    let (remote, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &[]);
    let push = |repo: &Repo<'_>, message: &str, rules: &str| {
        repo.commit(message, &[("promote.yaml", &configuration(rules))]);
        repo.git(&["push", "-q", "origin", "main"]);
    };
    let promote = |page: &Answer| {
        let form = page.form();
        let own = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let more = [("from", "staging"), ("to", "production")];
        let fields: Vec<(&str, &str)> = own.chain(more).collect();
        server.submit(&server.page("/promotions"), &[], &fields)
    };
    let rules = "templates:\n  - {name: default, rules: [{files: '**', keep: [$..newTag]}]}\n";

    // What was shown as moving is kept by now.
    let page = server.get(&server.page(PATH), &[]);
    let tag = box_of(&page, TAG);
    assert!(is_ticked(&page, &tag), "{page:?}");
    push(&repo, "keep", rules);
    let second = promote(&page);
    assert_eq!(second.status, 409, "{second:?}");
    assert!(second.body.contains("is not what was shown"), "{second:?}");
    assert!(second.body.contains("keep rule"), "{second:?}");
    assert!(!is_ticked(&second, &tag), "{second:?}");

    // What was shown as kept would move by now.
    push(&repo, "move", "");
    let third = promote(&second);
    assert_eq!(third.status, 409, "{third:?}");
    assert!(is_ticked(&third, &tag), "{third:?}");
    let kustomization = "apps/api/production/kustomization.yaml";
    assert!(remote.show("main", kustomization).contains("1.0.0"));

    // What is ticked in, against a rule, moves.
    push(&repo, "keep again", rules);
    let mut page = again(&server, &third, "");
    tick(&mut page, &tag);
    let page = again(&server, &page, "");
    assert!(is_ticked(&page, &tag), "{page:?}");
    let done = promote(&page);
    assert_eq!(done.status, 200, "{done:?}");
    assert!(remote.show("main", kustomization).contains("2.0.0"));
}

#[test]
fn what_stays_because_of_another_choice_moves_again_with_it() {
    let world = World::new();
    let (_remote, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &[]);
    let mut page = server.get(&server.page(PATH), &[]);
    let (tag, name) = (box_of(&page, TAG), box_of(&page, NAME));
    untick(&mut page, &tag);
    let mut page = again(&server, &page, "");
    assert!(
        page.body.contains("There is nothing to promote"),
        "{page:?}"
    );
    assert!(page.body.contains("<strong>Stays</strong>: "), "{page:?}");
    assert!(is_ticked(&page, &name), "{page:?}");
    for search in ["newTag", ""] {
        page = again(&server, &page, search);
    }
    tick(&mut page, &tag);
    let page = again(&server, &page, "");
    assert!(
        is_ticked(&page, &tag) && is_ticked(&page, &name),
        "{page:?}"
    );
    assert!(!page.body.contains("<strong>Stays</strong>"), "{page:?}");
    assert!(page.body.contains("1 file would change."), "{page:?}");
}

#[test]
fn the_lines_of_a_file_are_those_that_would_be_promoted_now() {
    let world = World::new();
    let (_remote, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &["--interval", "86400"]);
    let file = "apps/api/production/kustomization.yaml";
    let path = server.page(&format!(
        "/promote/lines?from=staging&to=production&file={file}"
    ));
    for version in ["2.0.0", "3.0.0"] {
        let staging =
            format!("images: [{{name: api, newName: acme/api-next, newTag: '{version}'}}]\n");
        let files = [("apps/api/staging/kustomization.yaml", staging.as_str())];
        if version != "2.0.0" {
            repo.commit(version, &files);
            repo.git(&["push", "-q", "origin", "main"]);
        }
        for _ in 0..3 {
            let lines = server.get(&path, &[]);
            assert_eq!(lines.status, 200, "{lines:?}");
            assert!(lines.body.contains(version), "{version}: {lines:?}");
        }
    }
    // Of another choice, nothing would be promoted.
    let mut page = server.get(&server.page(PATH), &[]);
    let tag = box_of(&page, TAG);
    untick(&mut page, &tag);
    let form = page.form();
    let own = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let more = [("from", "staging"), ("to", "production"), ("file", file)];
    let fields: Vec<(&str, &str)> = own.chain(more).collect();
    let none = server.submit(&server.page("/promote/lines"), &[], &fields);
    assert_eq!(none.status, 404, "{none:?}");
}

#[test]
fn one_box_lifts_all_holds_of_a_guard_however_many_there_are() {
    let world = World::new();
    let text = configuration("");
    let mut files = vec![("promote.yaml".to_owned(), text)];
    for (environment, tag) in [("staging", "1.0.0"), ("production", "2.0.0")] {
        files.extend((0..40).map(|at| {
            let path = format!("apps/app-{at}/{environment}/values.yaml");
            (path, format!("image: {{tag: {tag}}}\n"))
        }));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let (_remote, repo) = world.cloned(&files);
    let server = Server::start(&world, &repo, &[]);
    let mut page = server.get(&server.page(PATH), &[]);
    assert!(page.body.contains("… and 10 more findings"), "{page:?}");
    let allow = "name=\"allow\" value=\"rollback\"";
    assert_eq!(page.body.matches(allow).count(), 1, "{page:?}");
    page.body = page.body.replace(allow, &format!("{allow} checked"));
    for _ in 0..2 {
        page = again(&server, &page, "");
        assert!(!page.body.contains("Held by"), "{page:?}");
        assert!(page.body.contains("Lifted: "), "{page:?}");
    }
}
