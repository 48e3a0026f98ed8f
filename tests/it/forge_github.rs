//! Each method of the forge against the stand-in, and what it makes of GitHub's refusals.

use std::time::Duration;

use git_promote::adapter::forge::github::{Address, GitHub, Login};
use git_promote::adapter::forge::http::{Connection, ProxyChoice, RetryPolicy, TokenSource};
use git_promote::domain::RemoteAddress;
use git_promote::port::{AutoMerge, Forge, ForgeError, MergeMethod, Proposal, PullRequestState};

use crate::github::{Account, StandIn, TOKEN};
use crate::world::{Repo, World};

/// The branch that the tests propose.
pub const HEAD: &str = "promote/staging-to-production/api";

/// Delays of milliseconds. Deadline and budget are only met by what stalls: they may be long, so
/// that a busy machine is no fault.
pub const RETRY: RetryPolicy = RetryPolicy {
    budget: Duration::from_secs(120),
    first_delay: Duration::from_millis(1),
    deadline: Duration::from_secs(30),
};

/// Waits for a future that uses the network.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// A bare repository with `main` and a branch that is one commit ahead.
pub fn proposed(world: &World) -> Repo<'_> {
    let bare = world.bare_at("remote.git", &[("a.yaml", "a: 1\n")]);
    ahead(&bare, HEAD);
    bare
}

/// A branch of one commit on top of `main`.
pub fn ahead(bare: &Repo<'_>, branch: &str) -> String {
    let tree = bare.git(&["rev-parse", "main^{tree}"]);
    let commit = bare.git(&["commit-tree", &tree, "-p", "main", "-m", branch]);
    bare.git(&["update-ref", &format!("refs/heads/{branch}"), &commit]);
    commit
}

/// The repository that a clone URL names.
pub fn address(url: &str) -> Address {
    let Some(RemoteAddress::Server(url)) = RemoteAddress::parse(url) else {
        panic!("no server: {url}")
    };
    Address::of(&url).unwrap()
}

/// The adapter, logged in with a token.
pub fn forge(github: &StandIn, token: &str) -> GitHub {
    let login = Login::Token(TokenSource::Known {
        token: token.into(),
        origin: "the token in `GITHUB_TOKEN`".to_owned(),
    });
    with_login(github, login)
}

pub fn with_login(github: &StandIn, login: Login) -> GitHub {
    with_retry(github, login, RETRY)
}

pub fn with_retry(github: &StandIn, login: Login, retry: RetryPolicy) -> GitHub {
    let address = address(&github.clone_url());
    GitHub::new(address, login, retry, direct())
}

/// The robot's login.
pub fn robot() -> Login {
    Login::Token(TokenSource::Known {
        token: TOKEN.into(),
        origin: "the token in `GITHUB_TOKEN`".to_owned(),
    })
}

/// No proxy, whatever the environment says.
pub fn direct() -> Connection {
    Connection {
        proxy: ProxyChoice::Direct,
        ..Connection::default()
    }
}

pub fn proposal() -> Proposal {
    Proposal {
        head: HEAD.to_owned(),
        base: "main".to_owned(),
        title: "Promote api".to_owned(),
        body: "| a | b |\n".to_owned(),
        is_draft: false,
    }
}

/// An error with all that caused it, as a user reads it.
pub fn display_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn a_pull_request_is_opened_found_and_rewritten() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let forge = forge(&github, TOKEN);
    run(async {
        assert_eq!(forge.pull_requests(HEAD, "main").await.unwrap(), []);
        let opened = forge.open(&proposal()).await.unwrap();
        assert_eq!(opened.number, 1);
        assert_eq!(opened.url, format!("{}/acme/shop/pull/1", github.url()));
        assert_eq!(opened.state, PullRequestState::Open);
        assert_eq!(opened.head.0.to_string(), bare.tip(HEAD));
        assert_eq!(opened.title, "Promote api");
        let found = forge.pull_requests(HEAD, "main").await.unwrap();
        assert_eq!(found, [opened]);
        forge.rewrite(1, "Promote api, web", "new").await.unwrap();
    });
    let pull = github.pull();
    assert_eq!(pull.title, "Promote api, web");
    assert_eq!(pull.body.as_deref(), Some("new"));
    assert!(!pull.is_draft);
    let asked = &github.requests()[0];
    assert_eq!(asked.header("accept"), Some("application/vnd.github+json"));
    assert_eq!(asked.header("x-github-api-version"), Some("2022-11-28"));
    let agents = asked
        .headers
        .iter()
        .filter(|(name, _)| name == "user-agent");
    assert!(
        agents
            .map(|(_, v)| v.starts_with("git-promote/"))
            .eq([true])
    );
}

#[test]
fn opening_again_gives_the_open_one_and_writes_nothing() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    run(async {
        let first = forge.open(&proposal()).await.unwrap();
        github.forget();
        assert_eq!(forge.open(&proposal()).await.unwrap(), first);
        forge.rewrite(1, &first.title, &first.body).await.unwrap();
    });
    assert_eq!(github.writes(), [""; 0]);
}

#[test]
fn all_pages_are_read_and_the_open_one_comes_first() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let forge = forge(&github, TOKEN);
    github.state().page_size = 2;
    run(async {
        for _ in 0..5 {
            let opened = forge.open(&proposal()).await.unwrap();
            forge.close(opened.number).await.unwrap();
        }
        forge.reopen(2).await.unwrap();
        github.forget();
        let found = forge.pull_requests(HEAD, "main").await.unwrap();
        let numbers: Vec<u64> = found.iter().map(|one| one.number).collect();
        assert_eq!(numbers, [2, 5, 4, 3, 1]);
        assert_eq!(found[0].state, PullRequestState::Open);
        assert_eq!(found[1].state, PullRequestState::Closed);
    });
    assert_eq!(github.requests().len(), 3);
}

#[test]
fn only_the_pull_requests_of_this_branch_and_base_are_found() {
    let world = World::new();
    let remote = proposed(&world);
    ahead(&remote, "promote/other");
    remote.git(&["branch", "release", "main"]);
    let github = StandIn::of(&remote.dir);
    let forge = forge(&github, TOKEN);
    run(async {
        for (head, base) in [("promote/other", "main"), (HEAD, "release"), (HEAD, "main")] {
            let (head, base) = (head.to_owned(), base.to_owned());
            let this = Proposal {
                head,
                base,
                ..proposal()
            };
            forge.open(&this).await.unwrap();
        }
        let found = forge.pull_requests(HEAD, "main").await.unwrap();
        assert_eq!(found.iter().map(|one| one.number).collect::<Vec<_>>(), [3]);
    });
}

#[test]
fn a_merged_pull_request_is_told_from_a_closed_one() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let forge = forge(&github, TOKEN);
    run(async {
        let opened = forge.open(&proposal()).await.unwrap();
        let sha = opened.head.0.to_string();
        let merge = serde_json::json!({ "sha": sha, "merge_method": "squash" });
        let path = "/repos/acme/shop/pulls/1/merge";
        assert_eq!(github.ask(TOKEN, "PUT", path, Some(&merge)).0, 200);
        let found = forge.pull_requests(HEAD, "main").await.unwrap();
        assert_eq!(found[0].state, PullRequestState::Merged);
        // To close it again is nothing to do.
        forge.close(1).await.unwrap();
        assert!(matches!(
            forge.reopen(1).await,
            Err(ForgeError::Refused { .. })
        ));
    });
}

#[test]
fn closing_and_reopening_twice_is_the_same_as_once() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    run(async {
        forge.open(&proposal()).await.unwrap();
        github.forget();
        forge.close(1).await.unwrap();
        forge.close(1).await.unwrap();
        assert!(!github.pull().is_open);
        forge.reopen(1).await.unwrap();
        forge.reopen(1).await.unwrap();
        assert!(github.pull().is_open);
    });
    assert_eq!(
        github.writes(),
        ["PATCH /api/v3/repos/acme/shop/pulls/1"; 2]
    );
}

#[test]
fn a_comment_is_written_once_for_its_mark() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    github.state().page_size = 1;
    run(async {
        forge.open(&proposal()).await.unwrap();
        for mark in ["<!-- a -->", "<!-- b -->", "<!-- a -->", "<!-- b -->"] {
            let text = format!("closed\r\n\n{mark}\n");
            forge.comment(1, mark, &text).await.unwrap();
        }
    });
    assert_eq!(github.pull().comments.len(), 2);
}

#[test]
fn labels_are_made_where_they_are_missing_and_added_once() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    run(async {
        forge.open(&proposal()).await.unwrap();
        let labels = names(&["Bug", "env: production/a b", "promotion"]);
        forge.label(1, &labels).await.unwrap();
        forge.label(1, &labels).await.unwrap();
        forge.label(1, &[]).await.unwrap();
    });
    let labels = github.pull().labels;
    assert_eq!(labels, ["bug", "env: production/a b", "promotion"]);
    let posts = github.writes();
    let path = "/api/v3/repos/acme/shop";
    assert_eq!(
        posts[1..],
        [
            format!("POST {path}/labels"),
            format!("POST {path}/labels"),
            format!("POST {path}/issues/1/labels"),
        ]
    );
}

#[test]
fn reviewers_are_asked_once_and_not_again_after_they_answered() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    run(async {
        forge.open(&proposal()).await.unwrap();
        let (people, teams) = (names(&["ada", "bob"]), names(&["releases"]));
        forge.request_reviews(1, &people, &teams).await.unwrap();
        assert_eq!(github.pull().reviewers, ["ada", "bob"]);
        assert_eq!(github.pull().teams, ["releases"]);
        let pull = &mut github.state().pulls[0];
        pull.reviewers = names(&["bob"]);
        pull.reviews = vec![("ada".to_owned(), "APPROVED".to_owned())];
    });
    github.forget();
    run(async {
        let (people, teams) = (names(&["ADA", "bob"]), names(&["releases"]));
        forge.request_reviews(1, &people, &teams).await.unwrap();
        assert_eq!(github.writes(), [""; 0]);
        github.state().pulls[0].reviews[0].1 = "DISMISSED".to_owned();
        forge.request_reviews(1, &people, &teams).await.unwrap();
    });
    assert_eq!(github.writes().len(), 1);
}

#[test]
fn a_reviewer_who_cannot_review_is_refused_in_githubs_words() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    let refused = |who: &str| {
        let error = run(forge.request_reviews(1, &names(&[who]), &[])).unwrap_err();
        assert!(matches!(error, ForgeError::Refused { .. }), "{error:?}");
        display_chain(&error)
    };
    run(forge.open(&proposal())).unwrap();
    let host = github.url().replace("http://", "");
    assert_eq!(
        refused("robot"),
        format!(
            "{host} refused to request reviews: HTTP 422: Review cannot be requested from pull \
             request author."
        )
    );
    assert!(refused("mallory").contains("is not a collaborator of the acme/shop repository"));
}

#[test]
fn people_are_assigned_once_and_those_left_out_are_named() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    run(async {
        forge.open(&proposal()).await.unwrap();
        forge.assign(1, &names(&["ada"])).await.unwrap();
        github.forget();
        forge.assign(1, &names(&["Ada"])).await.unwrap();
        assert_eq!(github.writes(), [""; 0]);
        let error = forge
            .assign(1, &names(&["bob", "mallory"]))
            .await
            .unwrap_err();
        assert!(
            display_chain(&error).ends_with("`mallory` cannot be assigned here"),
            "{}",
            display_chain(&error)
        );
    });
    assert_eq!(github.pull().assignees, ["ada", "bob"]);
}

#[test]
fn auto_merge_is_turned_on_once() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    run(async {
        let opened = forge.open(&proposal()).await.unwrap();
        github.forget();
        forge
            .merge_when_ready(&opened, MergeMethod::Squash)
            .await
            .unwrap();
        forge
            .merge_when_ready(&opened, MergeMethod::Squash)
            .await
            .unwrap();
        let found = forge.pull_requests(HEAD, "main").await.unwrap();
        assert!(found[0].merges_when_ready);
    });
    assert_eq!(github.pull().auto_merge.as_deref(), Some("squash"));
    assert_eq!(github.writes(), ["POST /api/graphql"]);
}

#[test]
fn auto_merge_with_nothing_to_wait_for_is_no_error_and_merges_nothing() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    github.state().has_rules = false;
    let forge = forge(&github, TOKEN);
    let opened = run(forge.open(&proposal())).unwrap();
    let done = run(forge.merge_when_ready(&opened, MergeMethod::Merge)).unwrap();
    assert_eq!(done, AutoMerge::NothingToWaitFor);
    assert!(!github.pull().is_merged);
}

#[test]
fn auto_merge_that_is_not_allowed_is_refused() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    github.state().allows_auto_merge = false;
    let merge = |forge: GitHub| {
        let opened = run(forge.open(&proposal())).unwrap();
        run(forge.merge_when_ready(&opened, MergeMethod::Merge)).unwrap_err()
    };
    let error = merge(forge(&github, TOKEN));
    assert!(matches!(error, ForgeError::Refused { .. }), "{error:?}");
    assert!(
        display_chain(&error).contains("Auto merge is not allowed"),
        "{}",
        display_chain(&error)
    );
    let account = Account::of("eve", "eves").with(&["pull_requests: write"]);
    github.state().accounts.push(account);
    let error = merge(forge(&github, "eves"));
    assert!(matches!(error, ForgeError::Forbidden { .. }), "{error:?}");
}

#[test]
fn a_draft_is_opened_as_one() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let proposal = Proposal {
        is_draft: true,
        ..proposal()
    };
    run(forge(&github, TOKEN).open(&proposal)).unwrap();
    assert!(github.pull().is_draft);
}

#[test]
fn a_pull_request_that_github_does_not_take_is_refused_in_its_words() {
    let world = World::new();
    let remote = proposed(&world);
    let github = StandIn::of(&remote.dir);
    remote.git(&["branch", "same", "main"]);
    let refused = |head: &str, base: &str| {
        let (head, base) = (head.to_owned(), base.to_owned());
        let this = Proposal {
            head,
            base,
            ..proposal()
        };
        let error = run(forge(&github, TOKEN).open(&this)).unwrap_err();
        assert!(matches!(error, ForgeError::Refused { .. }), "{error:?}");
        display_chain(&error)
    };
    assert!(refused("gone", "main").ends_with("Validation Failed; PullRequest head invalid"));
    assert!(refused(HEAD, "gone").ends_with("Validation Failed; PullRequest base invalid"));
    assert!(refused("same", "main").ends_with("No commits between main and same"));
    assert_eq!(github.writes().len(), 3);
}

#[test]
fn a_closed_pull_request_without_its_branch_is_not_reopened() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let forge = forge(&github, TOKEN);
    run(forge.open(&proposal())).unwrap();
    bare.git(&["update-ref", "-d", &format!("refs/heads/{HEAD}")]);
    // GitHub closes it by itself.
    let found = run(forge.pull_requests(HEAD, "main")).unwrap();
    assert_eq!(found[0].state, PullRequestState::Closed);
    let error = run(forge.reopen(1)).unwrap_err();
    assert!(
        display_chain(&error).ends_with("branch has been deleted."),
        "{}",
        display_chain(&error)
    );
}

#[test]
fn a_repository_with_a_new_name_is_found_under_its_old_one() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    github.state().former_name = Some("store".to_owned());
    let url = github.clone_url().replace("shop", "store");
    let address = address(&url);
    let forge = GitHub::new(address, robot(), RETRY, direct());
    let opened = run(forge.open(&proposal())).unwrap();
    assert_eq!(run(forge.open(&proposal())).unwrap(), opened);
    assert_eq!(github.pulls().len(), 1);
}
