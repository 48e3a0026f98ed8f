//! Promotion by pull request: a real remote, and a forge in memory.

mod by_hand;
mod dying;
mod ending;
mod people;
mod recorded;
mod reverting;
mod together;

use std::sync::Arc;

use git_promote::adapter::runner::LocalRunner;
use git_promote::domain::{Action, MergeMethod, PullRequestSettings};
use git_promote::engine::{self, EngineError, Ports, PullRequestChange, Receipt, Request};
use git_promote::port::{NoObserver, PullRequestState};
use git_promote::wiring::ConfigReader;
use insta::assert_snapshot;

use crate::flaky::Flaky;
use crate::forge::FakeForge;
use crate::memory::Still;
use crate::world::{Repo, World, wait};

const STAGING: &str = "apps/api/staging/values.yaml";
const PRODUCTION: &str = "apps/api/production/values.yaml";
const OLD: &str = "image:\n  repository: acme/api\n  tag: 1.4.2 # by hand\nreplicas: 4\n";
const BRANCH: &str = "promote/staging-to-production/api";

/// A second application without differences; with one alone, `api` would have no name.
const WEB: [(&str, &str); 2] = [
    ("apps/web/staging/values.yaml", "replicas: 1\n"),
    ("apps/web/production/values.yaml", "replicas: 1\n"),
];

/// The repository of most tests.
const FILES: [(&str, &str); 4] = [(STAGING, NEW), (PRODUCTION, OLD), WEB[0], WEB[1]];
const NEW: &str = "image:\n  repository: acme/api\n  tag: 1.5.0\nreplicas: 1\n";

/// The arguments that propose it.
const PROPOSE: [&str; 8] = [
    "--from",
    "staging",
    "--to",
    "production",
    "--service",
    "api",
    "--action",
    "pull-request",
];

fn new(version: &str) -> String {
    NEW.replace("1.5.0", version)
}

/// A clone of a remote, and the forge over it.
struct Stage<'w> {
    remote: &'w Repo<'w>,
    clone: &'w Repo<'w>,
    forge: FakeForge<'w>,
    flaky: Flaky,
}

/// A server may spawn the engine's futures.
fn can_be_sent(_: &impl Send) {}

impl<'w> Stage<'w> {
    fn new(remote: &'w Repo<'w>, clone: &'w Repo<'w>) -> Self {
        let forge = FakeForge::over(remote);
        let flaky = Flaky {
            git: clone.open(),
            fate: Arc::clone(&forge.fate),
        };
        Self {
            remote,
            clone,
            forge,
            flaky,
        }
    }

    fn ports<'p>(&'p self, observer: &'p NoObserver) -> Ports<'p> {
        Ports {
            repository: &self.flaky,
            history: &self.flaky.git,
            forges: &self.forge,
            settings: &ConfigReader,
            preview: &git_promote::render::MarkdownPreview,
            runner: &LocalRunner,
            clock: &Still,
            observer,
            acted_by: None,
        }
    }

    fn try_run(&self, request: &Request) -> Result<Receipt, EngineError> {
        let ports = self.ports(&NoObserver);
        wait(async {
            let prepared = engine::prepare(&ports, request).await?;
            let done = engine::apply(&ports, request, prepared);
            can_be_sent(&done);
            done.await
        })
    }

    fn run(&self, request: &Request) -> Receipt {
        self.try_run(request).unwrap()
    }

    fn propose(&self) -> Receipt {
        self.run(&request())
    }

    /// A commit of another clone, pushed to a branch of the remote.
    fn push(&self, from: &str, to: &str, files: &[(&str, &str)]) -> String {
        let clone = self.clone;
        clone.git(&["fetch", "--quiet", "origin"]);
        clone.git(&["checkout", "--quiet", "--detach", &format!("origin/{from}")]);
        let commit = clone.commit("by a person", files);
        clone.git(&[
            "push",
            "--quiet",
            "origin",
            &format!("HEAD:refs/heads/{to}"),
        ]);
        clone.git(&["checkout", "--quiet", "main"]);
        commit
    }

    /// The proposal's commit, checked out in the clone.
    fn check_out(&self) -> &Repo<'w> {
        let proposed = format!("origin/{BRANCH}");
        self.clone.git(&["fetch", "--quiet", "origin"]);
        self.clone
            .git(&["checkout", "--quiet", "--detach", &proposed]);
        self.clone
    }

    /// A change of the promoted file in the base that the promotion does not touch.
    fn scale(&self) {
        let scaled = OLD.replace("replicas: 4", "replicas: 9");
        self.push("main", "main", &[(PRODUCTION, &scaled)]);
    }

    fn stage(&self, version: &str) {
        self.push("main", "main", &[(STAGING, &new(version))]);
    }

    /// The commits of the branch that the base lacks.
    fn commits(&self, branch: &str) -> usize {
        let range = format!("main..{branch}");
        self.remote
            .git(&["rev-list", "--count", &range])
            .parse()
            .unwrap()
    }

    fn branches(&self) -> Vec<String> {
        let list = self.remote.git(&[
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads/promote",
        ]);
        list.lines().map(ToOwned::to_owned).collect()
    }

    /// One commit, one branch, one open pull request.
    fn assert_one(&self) {
        assert_eq!(self.branches(), [BRANCH]);
        assert_eq!(self.commits(BRANCH), 1);
        assert_eq!(self.forge.count(), 1);
        assert_eq!(self.forge.request(1).state, PullRequestState::Open);
    }
}

fn request() -> Request {
    Request {
        applications: vec!["api".to_owned()],
        action: Some(Action::PullRequest),
        ..Request::between("staging", "production")
    }
}

fn with(settings: PullRequestSettings) -> Request {
    let mut request = request();
    request.proposal.settings = settings;
    request
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn on_stage(test: impl FnOnce(&Stage<'_>)) {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    test(&Stage::new(&remote, &clone));
}

fn deed(receipt: &Receipt) -> PullRequestChange {
    match receipt {
        Receipt::Proposed {
            pull_request: Some(found),
            ..
        } => found.change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_promotion_becomes_a_branch_with_one_commit_and_a_pull_request() {
    on_stage(|stage| {
        let main = stage.remote.tip("main");
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
        stage.assert_one();
        assert_eq!(stage.remote.tip("main"), main);
        let text = stage.remote.show(BRANCH, PRODUCTION);
        assert_eq!(text, OLD.replace("1.4.2", "1.5.0"));
        let request = stage.forge.request(1);
        let text = format!("{}\n\n{}", request.title, request.body);
        assert_snapshot!(stage.remote.redact(text), @"
        Promote api 1.5.0 from staging to production

        git-promote opened this pull request and keeps it up to date. It never overwrites commits that others push to its branch. Closing the pull request rejects the promotion until the source changes.

        `staging` → `production`: 1 difference in 1 file of 1 application.

        ### `api` `1.4.2` → `1.5.0`

        `apps/api/production/values.yaml`

        | place | before | after |
        |---|---|---|
        | `image.tag` | `1.4.2` | `1.5.0` |

        ```diff
        --- a/apps/api/production/values.yaml
        +++ b/apps/api/production/values.yaml
        @@ -1,4 +1,4 @@
         image:
           repository: acme/api
        -  tag: 1.4.2 # by hand
        +  tag: 1.5.0 # by hand
         replicas: 4
        ```

        <details><summary>1 difference kept</summary>

        - 1 `not a version`

        </details>

        <!-- git-promote: 3d46c4fbd0266653a879d85294856c9e -->
        ");
    });
}

#[test]
fn the_open_pull_request_is_found_and_not_doubled() {
    on_stage(|stage| {
        stage.propose();
        let tip = stage.remote.tip(BRANCH);
        let before = stage.forge.state();
        assert_eq!(deed(&stage.propose()), PullRequestChange::Left);
        assert_eq!(stage.forge.state(), before);
        assert_eq!(stage.remote.tip(BRANCH), tip, "pushed again");
    });
}

#[test]
fn a_newer_promotion_updates_the_open_one() {
    on_stage(|stage| {
        stage.propose();
        stage.stage("1.6.0");
        assert_eq!(deed(&stage.propose()), PullRequestChange::Updated);
        stage.assert_one();
        assert!(stage.remote.show(BRANCH, PRODUCTION).contains("1.6.0"));
        assert!(stage.forge.request(1).title.contains("1.6.0"));
    });
}

#[test]
fn a_change_elsewhere_in_the_base_pushes_nothing() {
    on_stage(|stage| {
        stage.propose();
        let tip = stage.remote.tip(BRANCH);
        stage.push("main", "main", &[("readme", "new\n")]);
        assert_eq!(deed(&stage.propose()), PullRequestChange::Left);
        assert_eq!(stage.remote.tip(BRANCH), tip);
    });
}

#[test]
fn a_change_of_the_promoted_file_in_the_base_makes_the_commit_anew() {
    on_stage(|stage| {
        stage.propose();
        stage.scale();
        stage.propose();
        stage.assert_one();
        let text = stage.remote.show(BRANCH, PRODUCTION);
        assert!(
            text.contains("1.5.0") && text.contains("replicas: 9"),
            "{text}"
        );
    });
}

#[test]
fn promotions_onto_two_branches_have_two_pull_requests() {
    on_stage(|stage| {
        stage.push("main", "release/1", &[("readme", "1\n")]);
        let onto = |branch: &str| {
            let mut request = request();
            request.branch.branch = Some(branch.to_owned());
            stage.run(&request)
        };
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
        assert_eq!(deed(&onto("release/1")), PullRequestChange::Opened);
        // The default branch by its name is no other one.
        assert_eq!(deed(&onto("main")), PullRequestChange::Left);
        assert_eq!(deed(&onto("release/1")), PullRequestChange::Left);
        assert_eq!(stage.forge.count(), 2);
        let branches = stage.branches();
        let [first, second] = branches.as_slice() else {
            panic!("{branches:?}");
        };
        assert_eq!(first, BRANCH);
        assert!(second.starts_with(&format!("{BRANCH}-on-release--1-")));
    });
}

#[test]
fn a_guard_holds_a_proposal_as_it_holds_a_commit() {
    on_stage(|stage| {
        stage.stage("latest");
        assert!(matches!(stage.propose(), Receipt::Held(_)));
        assert!(stage.branches().is_empty());
        assert_eq!(stage.forge.count(), 0);
    });
}

#[test]
fn the_body_stays_within_what_the_forge_takes() {
    let world = World::new();
    let many = |value: &str| -> String {
        let line = |i| format!("a{i}:\n  image: registry.example/shop/service-{i}:{value}\n");
        (0..1500).map(line).collect()
    };
    let files = [
        (STAGING, &*many("1.5.0")),
        (PRODUCTION, &*many("1.4.0")),
        WEB[0],
        WEB[1],
    ];
    let (remote, clone) = world.cloned(&files);
    let stage = Stage::new(&remote, &clone);
    let request = request();
    assert_eq!(deed(&stage.run(&request)), PullRequestChange::Opened);
    let body = stage.forge.request(1).body;
    assert!(body.encode_utf16().count() <= 65_536 && body.chars().count() > 30_000);
    let (_, note) = body.split_once("\n*").unwrap();
    assert_snapshot!(stage.remote.redact(note), @"
    Left out for length: 918 differences and the lines of 1 change. `git promote diff` shows everything.*

    <!-- git-promote: ff094562b36d5adb4c93c06dd6137979 -->
    ");
    assert_eq!(deed(&stage.run(&request)), PullRequestChange::Left);
}

#[test]
fn markdown_is_what_a_comment_can_hold() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let args = [
        "diff",
        "--from",
        "staging",
        "--to",
        "production",
        "--output",
        "markdown",
    ];
    let ran = repo.promote(&args);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran, @"
    exit 0
    --- stdout
    `staging` → `production`: 1 difference in 1 file of 1 application.

    ### `api` `1.4.2` → `1.5.0`

    `apps/api/production/values.yaml`

    | place | before | after |
    |---|---|---|
    | `image.tag` | `1.4.2` | `1.5.0` |

    ```diff
    --- a/apps/api/production/values.yaml
    +++ b/apps/api/production/values.yaml
    @@ -1,4 +1,4 @@
     image:
       repository: acme/api
    -  tag: 1.4.2 # by hand
    +  tag: 1.5.0 # by hand
     replicas: 4
    ```

    <details><summary>1 difference kept</summary>

    - 1 `not a version`

    </details>

    <details><summary>Commit message</summary>

    ```text
    Promote api 1.5.0 from staging to production

    apps/api/production/values.yaml: image.tag 1.4.2 -> 1.5.0

    Promotion-Id: 3b17d019fd1a2fa7251eb80a85e934f9
    Promotion-From: staging
    Promotion-To: production
    Promotion-Apps: api
    Promotion-Source: 71a1a21b92635a870363956219f499ab9908c689
    Promotion-Target: 71a1a21b92635a870363956219f499ab9908c689
    Promotion-Mode: versions
    ```

    </details>

    --- stderr
    ");
}

#[test]
fn policies_configure_the_pull_request() {
    let world = World::new();
    let config = "policies:\n  - name: reviewed\n    action: pull-request\n    pullRequest: {draft: true, labels: [promotion], autoMerge: rebase}\n\
                  messages:\n  pullRequest: {title: 'To {{ to }}', body: 'Look:\n\n{{ preview }}'}\n";
    let files = [&FILES[..], &[("promote.yaml", config)]].concat();
    let (remote, clone) = world.cloned(&files);
    let stage = Stage::new(&remote, &clone);
    let mut request = with(PullRequestSettings {
        labels: Some(names(&["urgent"])),
        ..PullRequestSettings::default()
    });
    request.action = None;
    stage.run(&request);
    let found = stage.forge.request(1);
    assert_eq!(found.title, "To production");
    assert!(found.body.starts_with("Look:"), "{}", found.body);
    assert!(found.body.contains("`1.5.0`"), "{}", found.body);
    assert_eq!(found.labels, ["urgent", "promotion"]);
    let kept = stage.forge.state();
    assert_eq!(
        (kept.drafts, kept.merges),
        (vec![1], vec![(1, MergeMethod::Rebase)])
    );
    request.action = Some(Action::Commit);
    assert!(matches!(
        stage.try_run(&request),
        Err(EngineError::Policy { .. })
    ));
}

#[test]
fn several_at_once_end_in_one_pull_request() {
    let world = World::new();
    let remote = world.bare_at(
        "remote.git",
        &[(STAGING, &new("1.5.0")), (PRODUCTION, OLD), WEB[0], WEB[1]],
    );
    let clones: Vec<Repo<'_>> = (0..4)
        .map(|i| world.clone_of(&remote, &format!("repo{i}")))
        .collect();
    let forge = FakeForge::over(&remote);
    std::thread::scope(|scope| {
        for clone in &clones {
            scope.spawn(|| {
                let git = clone.open();
                let ports = Ports {
                    repository: &git,
                    history: &git,
                    forges: &forge,
                    settings: &ConfigReader,
                    preview: &git_promote::render::MarkdownPreview,
                    runner: &LocalRunner,
                    clock: &Still,
                    observer: &NoObserver,
                    acted_by: None,
                };
                let receipt = wait(async {
                    let prepared = engine::prepare(&ports, &request()).await.unwrap();
                    engine::apply(&ports, &request(), prepared).await.unwrap()
                });
                assert!(matches!(receipt, Receipt::Proposed { .. }), "{receipt:?}");
            });
        }
    });
    assert_eq!(forge.count(), 1);
    let range = format!("main..{BRANCH}");
    assert_eq!(remote.git(&["rev-list", "--count", &range]), "1");
    remote.assert_sound();
}
