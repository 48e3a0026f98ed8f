//! What the stand-in does by itself, as GitHub does, and that Git works on the same address.

use serde_json::json;

use crate::forge_github::{HEAD, ahead, forge, proposal, proposed, run};
use crate::github::{Account, StandIn, TOKEN};
use crate::world::World;
use git_promote::port::Forge;

#[test]
fn git_clones_and_pushes_where_the_api_is_and_the_pull_request_follows() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    run(forge(&github, TOKEN).open(&proposal())).unwrap();
    let url = github
        .clone_url()
        .replace("://", &format!("://x-access-token:{TOKEN}@"));
    world.git(&["clone", "--quiet", "--branch", HEAD, &url, "clone"]);
    let clone = world.at(world.path("clone"));
    let pushed = clone.commit("more", &[("a.yaml", "a: 2\n")]);
    clone.git(&["push", "--quiet", "origin", HEAD]);
    assert_eq!(github.pull().head_sha, pushed);
    assert_eq!(github.pull().commits, 2);
    clone.git(&["push", "--quiet", "origin", &format!("{HEAD}:main")]);
    assert!(github.pull().is_merged);

    let eve = Account::of("eve", "eves").with(&["contents: read"]);
    github.state().accounts.push(eve);
    let url = github.clone_url().replace("://", "://x:eves@");
    let mut push = world.command("git");
    push.current_dir(&clone.dir)
        .args(["push", &url, "HEAD:refs/heads/new"]);
    assert!(!push.output().unwrap().status.success());
    assert_eq!(github.state().git.tip("new"), None);
}

#[test]
fn a_pull_request_whose_branch_is_deleted_is_closed_and_one_that_is_merged_by_hand_is_merged() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let forge = forge(&github, TOKEN);
    run(forge.open(&proposal())).unwrap();
    bare.git(&["branch", "-D", HEAD]);
    assert!(!github.pull().is_open && !github.pull().is_merged);
    let again = ahead(&bare, HEAD);
    run(forge.open(&proposal())).unwrap();
    bare.git(&["update-ref", "refs/heads/main", &again]);
    assert!(github.pulls()[1].is_merged);
}

#[test]
fn each_way_of_merging_leaves_what_githubs_button_leaves() {
    for (method, commits, parents) in [("merge", 2, 2), ("squash", 1, 1), ("rebase", 1, 1)] {
        let world = World::new();
        let bare = proposed(&world);
        let github = StandIn::of(&bare.dir);
        let before = bare.tip("main");
        run(forge(&github, TOKEN).open(&proposal())).unwrap();
        let merge = json!({ "merge_method": method });
        let (status, said) =
            github.ask(TOKEN, "PUT", "/repos/acme/shop/pulls/1/merge", Some(&merge));
        assert_eq!(status, 200, "{said}");
        assert_eq!(said["sha"], json!(bare.tip("main")));
        let range = format!("{before}..main");
        assert_eq!(
            bare.git(&["rev-list", "--count", &range]),
            commits.to_string(),
            "{method}"
        );
        let shown = bare.git(&["log", "-1", "--format=%P", "main"]);
        assert_eq!(shown.split(' ').count(), parents, "{method}");
        assert!(github.pull().is_merged);
        bare.assert_sound();
    }
}

#[test]
fn a_branch_that_was_forced_keeps_its_closed_pull_request_closed() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let forge = forge(&github, TOKEN);
    run(forge.open(&proposal())).unwrap();
    run(forge.close(1)).unwrap();
    let tree = bare.git(&["rev-parse", "main^{tree}"]);
    let other = bare.git(&["commit-tree", &tree, "-p", "main", "-m", "other"]);
    bare.git(&["update-ref", &format!("refs/heads/{HEAD}"), &other]);
    let error = run(forge.reopen(1)).unwrap_err();
    let said = crate::forge_github::display_chain(&error);
    assert!(said.ends_with("was force-pushed or recreated."), "{said}");
}
