//! Clones that are served: what is wrong with them, and what to do about it.

use super::client::{Server, command};
use super::cloned;
use crate::world::{Ran, World};

#[test]
fn a_folder_that_does_not_exist_is_named() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let out = command(&world, &repo, &["--repo", "missing"])
        .output()
        .unwrap();
    let ran = Ran::from(out);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("there is no folder `"), "{ran}");
    assert!(ran.stderr.contains("missing"), "{ran}");
}

#[test]
fn advice_is_for_the_clone_and_not_for_a_command_line() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    repo.git(&["checkout", "-q", "-b", "feature"]);
    let server = Server::start(&world, &repo, &["--interval", "86400"]);
    let page = server.get(&server.page(""), &[]).body;
    assert!(page.contains("check out `main` in the clone"), "{page}");
    assert!(!page.contains("--branch"), "{page}");
}
