//! Promotion by pull request: a real remote, and a forge in memory.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use git_promote::domain::{Action, MergeMethod, PullRequestSettings};
use git_promote::engine::{self, Closed, Deed, EngineError, Ports, Receipt, Request, Taken};
use git_promote::port::{Clock, PullRequestState, Silent};
use git_promote::wiring::ConfigReader;

use crate::flaky::Flaky;
use crate::forge::{Fail, FakeForge, State};
use crate::world::{Repo, World, wait};

const STAGING: &str = "apps/api/staging/values.yaml";
const PRODUCTION: &str = "apps/api/production/values.yaml";
const OLD: &str = "image:\n  repository: acme/api\n  tag: 1.4.2 # by hand\nreplicas: 4\n";
const BRANCH: &str = "promote/staging-to-production/api";

/// A second application, which makes the first one have a name, and does not differ.
const WEB: [(&str, &str); 2] = [
    ("apps/web/staging/values.yaml", "replicas: 1\n"),
    ("apps/web/production/values.yaml", "replicas: 1\n"),
];

fn new(version: &str) -> String {
    format!("image:\n  repository: acme/api\n  tag: {version}\nreplicas: 1\n")
}

struct Still;

#[async_trait]
impl Clock for Still {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    async fn pause(&self, _: Duration) {}
}

/// A clone of a remote, and the forge over it.
struct Stage<'w> {
    remote: &'w Repo<'w>,
    clone: &'w Repo<'w>,
    forge: FakeForge<'w>,
    flaky: Flaky,
}

/// A server spawns what the engine does.
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

    fn try_run(&self, request: &Request) -> Result<Receipt, EngineError> {
        let ports = Ports {
            repository: &self.flaky,
            forge: Some(&self.forge),
            settings: &ConfigReader,
            clock: &Still,
            progress: &Silent,
        };
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
    let (remote, clone) =
        world.cloned(&[(STAGING, &new("1.5.0")), (PRODUCTION, OLD), WEB[0], WEB[1]]);
    test(&Stage::new(&remote, &clone));
}

fn deed(receipt: &Receipt) -> Deed {
    match receipt {
        Receipt::Proposed {
            pull_request: Some(found),
            ..
        } => found.deed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_promotion_becomes_a_branch_with_one_commit_and_a_pull_request() {
    on_stage(|stage| {
        let main = stage.remote.tip("main");
        assert_eq!(deed(&stage.propose()), Deed::Opened);
        stage.assert_one();
        assert_eq!(stage.remote.tip("main"), main);
        let text = stage.remote.show(BRANCH, PRODUCTION);
        assert_eq!(text, OLD.replace("1.4.2", "1.5.0"));
        let request = stage.forge.request(1);
        assert_eq!(
            request.title,
            "Promote api 1.5.0 from staging to production"
        );
        assert!(
            request.body.contains("| `1.4.2` | `1.5.0` |"),
            "{}",
            request.body
        );
        assert!(request.body.contains("```diff"), "{}", request.body);
    });
}

#[test]
fn the_open_pull_request_is_found_and_not_doubled() {
    on_stage(|stage| {
        stage.propose();
        let tip = stage.remote.tip(BRANCH);
        let before = stage.forge.state();
        assert_eq!(deed(&stage.propose()), Deed::Left);
        assert_eq!(stage.forge.state(), before);
        assert_eq!(stage.remote.tip(BRANCH), tip, "pushed again");
    });
}

#[test]
fn a_newer_promotion_updates_the_open_one() {
    on_stage(|stage| {
        stage.propose();
        stage.stage("1.6.0");
        assert_eq!(deed(&stage.propose()), Deed::Updated);
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
        assert_eq!(deed(&stage.propose()), Deed::Left);
        assert_eq!(stage.remote.tip(BRANCH), tip);
    });
}

#[test]
fn a_change_of_the_promoted_file_in_the_base_makes_the_commit_anew() {
    on_stage(|stage| {
        stage.propose();
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("replicas: 4", "replicas: 9"))],
        );
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
fn a_persons_commit_on_the_branch_is_never_overwritten() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        stage.stage("1.6.0");
        let state = stage.forge.state();
        match stage.propose() {
            Receipt::Conflict { branch, commits } => {
                assert_eq!(branch, BRANCH);
                assert_eq!(commits.len(), 1);
                assert_eq!(commits[0].id.to_string(), mine);
                assert_eq!(commits[0].title, "by a person");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.state(), state);
    });
}

/// What a person makes of the program's commit stays, and the next run says so.
fn stays_amended(change: impl FnOnce(&Repo<'_>)) {
    on_stage(|stage| {
        stage.propose();
        let clone = stage.clone;
        let proposed = format!("origin/{BRANCH}");
        clone.git(&["fetch", "--quiet", "origin"]);
        clone.git(&["checkout", "--quiet", "--detach", &proposed]);
        change(clone);
        clone.git(&["commit", "--quiet", "--all", "--amend", "--no-edit"]);
        let to = format!("HEAD:{BRANCH}");
        clone.git(&["push", "--quiet", "--force", "origin", &to]);
        let amended = clone.tip("HEAD");
        stage.stage("1.6.0");
        assert!(matches!(stage.propose(), Receipt::Conflict { .. }));
        assert_eq!(stage.remote.tip(BRANCH), amended);
    });
}

#[test]
fn an_amended_commit_is_a_persons() {
    stays_amended(|clone| clone.write(PRODUCTION, &OLD.replace("1.4.2", "1.5.0-fixed")));
}

#[test]
fn so_is_one_with_another_mode() {
    stays_amended(|clone| {
        clone.git(&["update-index", "--chmod=+x", PRODUCTION]);
        clone.git(&["checkout-index", "--force", PRODUCTION]);
    });
}

#[test]
fn a_forges_update_of_the_branch_is_nobodys_work() {
    on_stage(|stage| {
        stage.propose();
        stage.push(
            "main",
            "main",
            &[("readme", "new\n"), (STAGING, &new("1.6.0"))],
        );
        let clone = stage.clone;
        clone.git(&["fetch", "--quiet", "origin"]);
        clone.git(&[
            "checkout",
            "--quiet",
            "--detach",
            &format!("origin/{BRANCH}"),
        ]);
        clone.git(&["merge", "--quiet", "--no-edit", "origin/main"]);
        clone.git(&["push", "--quiet", "origin", &format!("HEAD:{BRANCH}")]);
        stage.propose();
        stage.assert_one();
        assert!(stage.remote.show(BRANCH, PRODUCTION).contains("1.6.0"));
    });
}

#[test]
fn a_merge_that_changes_something_of_its_own_is_a_persons() {
    on_stage(|stage| {
        stage.propose();
        stage.push("main", "main", &[("readme", "new\n")]);
        let clone = stage.clone;
        clone.git(&["fetch", "--quiet", "origin"]);
        clone.git(&[
            "checkout",
            "--quiet",
            "--detach",
            &format!("origin/{BRANCH}"),
        ]);
        clone.git(&["merge", "--quiet", "--no-commit", "origin/main"]);
        clone.commit("merge, and more", &[("mine", "1\n")]);
        clone.git(&["push", "--quiet", "origin", &format!("HEAD:{BRANCH}")]);
        assert!(matches!(stage.propose(), Receipt::Conflict { .. }));
    });
}

#[test]
fn with_new_branch_it_goes_to_the_next_free_name() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        let mut request = request();
        request.proposal.taken = Taken::NewBranch;
        for _ in 0..2 {
            match stage.run(&request) {
                Receipt::Proposed { branch, .. } => assert_eq!(branch, format!("{BRANCH}-2")),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.count(), 2);
        assert_eq!(stage.commits(&format!("{BRANCH}-2")), 1);
    });
}

#[test]
fn closing_without_merging_rejects_it_until_the_source_changes() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Closed);
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("replicas: 4", "replicas: 9"))],
        );
        let tip = stage.remote.tip(BRANCH);
        match stage.propose() {
            Receipt::Rejected { pull_request, .. } => assert_eq!(pull_request.number, 1),
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.remote.tip(BRANCH), tip, "pushed before it was held");
        assert_eq!(stage.forge.count(), 1);
        stage.stage("1.6.0");
        assert_eq!(deed(&stage.propose()), Deed::Opened);
        assert_eq!(stage.forge.count(), 2);
    });
}

#[test]
fn a_deleted_mark_is_a_rejection_too() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| {
            r.state = PullRequestState::Closed;
            r.body = "No.".to_owned();
        });
        assert!(matches!(stage.propose(), Receipt::Rejected { .. }));
    });
}

#[test]
fn reopen_opens_the_rejected_one_again() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Closed);
        let mut request = request();
        request.proposal.closed = Closed::Reopened;
        assert_eq!(deed(&stage.run(&request)), Deed::Reopened);
        stage.assert_one();
    });
}

#[test]
fn where_the_forge_cannot_reopen_a_new_one_is_opened() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Closed);
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("replicas: 4", "replicas: 9"))],
        );
        let mut request = request();
        request.proposal.closed = Closed::Reopened;
        assert_eq!(deed(&stage.run(&request)), Deed::Opened);
        assert_eq!(stage.forge.count(), 2);
    });
}

#[test]
fn after_a_merge_a_new_one_is_opened() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Merged);
        let branch = format!("{BRANCH}:main");
        stage.remote.git(&["push", "--quiet", ".", &branch]);
        stage.stage("1.6.0");
        assert_eq!(deed(&stage.propose()), Deed::Opened);
        assert_eq!(stage.forge.count(), 2);
        assert_eq!(stage.commits(BRANCH), 1);
    });
}

#[test]
fn when_nothing_is_left_it_is_closed_with_a_comment_and_the_branch_deleted() {
    on_stage(|stage| {
        stage.propose();
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
        );
        match stage.propose() {
            Receipt::Withdrawn {
                branch,
                pull_request,
            } => {
                assert_eq!(branch, BRANCH);
                assert_eq!(pull_request.unwrap().number, 1);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.forge.request(1).state, PullRequestState::Closed);
        assert_eq!(stage.forge.state().comments.len(), 1);
        assert!(stage.branches().is_empty());
        assert!(matches!(stage.propose(), Receipt::NothingToPromote));
        assert_eq!(stage.forge.state().comments.len(), 1);
    });
}

#[test]
fn what_the_program_closed_itself_is_no_rejection() {
    on_stage(|stage| {
        stage.propose();
        stage.stage("1.4.2");
        assert!(matches!(stage.propose(), Receipt::Withdrawn { .. }));
        stage.stage("1.5.0");
        assert_eq!(deed(&stage.propose()), Deed::Opened);
    });
}

#[test]
fn when_nothing_is_left_a_persons_branch_stays() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
        );
        assert!(matches!(stage.propose(), Receipt::NothingToPromote));
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.request(1).state, PullRequestState::Open);
    });
}

#[test]
fn when_nothing_is_left_the_second_branch_is_cleared_away_too() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        let mut request = request();
        request.proposal.taken = Taken::NewBranch;
        stage.run(&request);
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
        );
        assert!(matches!(stage.propose(), Receipt::Withdrawn { .. }));
        assert_eq!(stage.branches(), [BRANCH]);
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.request(1).state, PullRequestState::Open);
        assert_eq!(stage.forge.request(2).state, PullRequestState::Closed);
    });
}

#[test]
fn the_second_branch_is_cleared_away_when_the_first_is_gone() {
    on_stage(|stage| {
        stage.propose();
        stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        let mut request = request();
        request.proposal.taken = Taken::NewBranch;
        stage.run(&request);
        let promoted = OLD.replace("1.4.2", "1.5.0");
        stage.push("main", "main", &[(PRODUCTION, &promoted)]);
        stage.remote.git(&["branch", "-D", BRANCH]);
        assert!(matches!(stage.propose(), Receipt::Withdrawn { .. }));
        assert!(stage.branches().is_empty());
        assert_eq!(stage.forge.request(2).state, PullRequestState::Closed);
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
        assert_eq!(deed(&stage.propose()), Deed::Opened);
        assert_eq!(deed(&onto("release/1")), Deed::Opened);
        // The default branch by its name is no other one.
        assert_eq!(deed(&onto("main")), Deed::Left);
        assert_eq!(deed(&onto("release/1")), Deed::Left);
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
    assert_eq!(deed(&stage.run(&request)), Deed::Opened);
    let body = stage.forge.request(1).body;
    assert!(body.encode_utf16().count() <= 65_536 && body.chars().count() > 30_000);
    assert!(body.contains("Left out for length"));
    assert_eq!(deed(&stage.run(&request)), Deed::Left);
}

#[test]
fn markdown_is_what_a_comment_can_hold() {
    let world = World::new();
    let repo = world.repository(&[(STAGING, &new("1.5.0")), (PRODUCTION, OLD), WEB[0], WEB[1]]);
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
    let expected = "`staging` → `production`: 1 difference in 1 file of 1 application.\n\n\
                    ### `api` `1.4.2` → `1.5.0`\n\n`apps/api/production/values.yaml`\n\n\
                    | place | before | after |\n|---|---|---|\n| `image.tag` | `1.4.2` | `1.5.0` |\n";
    assert!(ran.stdout.starts_with(expected), "{ran}");
}

#[test]
fn a_policy_closes_an_empty_one_without_a_flag() {
    let world = World::new();
    let config = "policies:\n  - {name: reviewed, action: pull-request}\n";
    let files = [
        (STAGING, &*new("1.5.0")),
        (PRODUCTION, OLD),
        ("promote.yaml", config),
        WEB[0],
        WEB[1],
    ];
    let (remote, clone) = world.cloned(&files);
    let stage = Stage::new(&remote, &clone);
    let request = Request {
        action: None,
        ..request()
    };
    assert_eq!(deed(&stage.run(&request)), Deed::Opened);
    stage.push(
        "main",
        "main",
        &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
    );
    assert!(matches!(stage.run(&request), Receipt::Withdrawn { .. }));
}

#[test]
fn it_gets_what_it_lacks_and_keeps_what_people_gave_it() {
    on_stage(|stage| {
        let request = with(PullRequestSettings {
            draft: Some(true),
            labels: Some(names(&["promotion", "api"])),
            reviewers: Some(names(&["ada"])),
            teams: Some(names(&["release"])),
            assignees: Some(names(&["bob"])),
            auto_merge: Some(MergeMethod::Squash),
        });
        stage.run(&request);
        assert_eq!(stage.forge.state().drafts, [1]);
        stage.forge.edit(1, |r| {
            r.labels = vec!["Promotion".to_owned(), "by-hand".to_owned()];
            r.assignees.push("eve".to_owned());
        });
        stage.run(&request);
        let found = stage.forge.request(1);
        assert_eq!(found.labels, ["Promotion", "by-hand", "api"]);
        assert_eq!(found.assignees, ["bob", "eve"]);
        assert_eq!(found.reviewers, ["ada"]);
        assert_eq!(found.teams, ["release"]);
        assert_eq!(stage.forge.state().merges, [(1, MergeMethod::Squash)]);
    });
}

#[test]
fn who_has_reviewed_is_not_asked_again() {
    on_stage(|stage| {
        let request = with(PullRequestSettings {
            reviewers: Some(names(&["ada"])),
            teams: Some(names(&["release"])),
            ..PullRequestSettings::default()
        });
        stage.run(&request);
        stage.forge.edit(1, |r| {
            r.reviewers.clear();
            r.teams.clear();
        });
        stage.run(&request);
        stage.stage("1.6.0");
        stage.run(&request);
        assert_eq!(stage.forge.state().asked, ["ada", "release"]);
    });
}

#[test]
fn policies_say_how_it_is_opened() {
    let world = World::new();
    let config = "policies:\n  - name: reviewed\n    action: pull-request\n    pullRequest: {draft: true, labels: [promotion], autoMerge: rebase}\n\
                  messages:\n  pullRequest: {title: 'To {{ to }}', body: 'Look:\n\n{{ preview }}'}\n";
    let files = [
        (STAGING, &*new("1.5.0")),
        (PRODUCTION, OLD),
        ("promote.yaml", config),
        WEB[0],
        WEB[1],
    ];
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
fn where_no_forge_is_known_the_branch_is_pushed() {
    let world = World::new();
    let (remote, clone) =
        world.cloned(&[(STAGING, &new("1.5.0")), (PRODUCTION, OLD), WEB[0], WEB[1]]);
    let args = [
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        "api",
        "--action",
        "pull-request",
        "--yes",
    ];
    for _ in 0..2 {
        let ran = clone.promote(&args);
        assert_eq!(ran.code, 0, "{ran}");
        assert!(
            ran.stdout
                .ends_with(&format!("is on {BRANCH}, pushed to origin\n")),
            "{ran}"
        );
        assert!(
            ran.stderr.contains(&format!(
                "hint: open a pull request from `{BRANCH}` into `main`"
            )),
            "{ran}"
        );
    }
    assert_eq!(
        remote.git(&["rev-list", "--count", &format!("main..{BRANCH}")]),
        "1"
    );
    let wishes = ["--draft", "--label", "promotion", "--output", "json"];
    let ran = clone.promote(&[&args[..], &wishes].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["status"], "branch-pushed");
    assert_eq!(json["branch"], BRANCH);
    let warning = json["warnings"][0]["message"].as_str().unwrap();
    assert!(warning.starts_with("draft, labels are for a pull request"));
}

#[test]
fn without_a_remote_the_branch_is_local() {
    let world = World::new();
    let repo = world.repository(&[(STAGING, &new("1.5.0")), (PRODUCTION, OLD), WEB[0], WEB[1]]);
    let ran = repo.promote(&[
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        "api",
        "--action",
        "pull-request",
    ]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stdout
            .contains(&format!("is on the local branch {BRANCH}, for main")),
        "{ran}"
    );
    assert!(repo.show(BRANCH, PRODUCTION).contains("1.5.0"));
    assert!(repo.show("main", PRODUCTION).contains("1.4.2"));
}

#[test]
fn a_persons_commits_are_exit_4_and_are_named() {
    let world = World::new();
    let (remote, clone) =
        world.cloned(&[(STAGING, &new("1.5.0")), (PRODUCTION, OLD), WEB[0], WEB[1]]);
    let args = [
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        "api",
        "--action",
        "pull-request",
    ];
    clone.promote(&args);
    let stage = Stage::new(&remote, &clone);
    let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
    let ran = clone.promote(&args);
    assert_eq!(ran.code, 4, "{ran}");
    assert!(
        ran.stderr.contains(&format!("{} by a person", &mine[..7])),
        "{ran}"
    );
    assert!(ran.stderr.contains("--new-branch"), "{ran}");
    let ran = clone.promote(&[&args[..], &["--output", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["status"], "conflict");
    assert_eq!(json["other_commits"][0]["commit"], mine);
    let ran = clone.promote(&[&args[..], &["--new-branch"]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains(&format!("{BRANCH}-2")), "{ran}");
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
                    forge: Some(&forge),
                    settings: &ConfigReader,
                    clock: &Still,
                    progress: &Silent,
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

/// A request that does everything that can be done to a pull request.
fn everything() -> Request {
    with(PullRequestSettings {
        draft: None,
        labels: Some(names(&["promotion"])),
        reviewers: Some(names(&["ada"])),
        teams: Some(names(&["release"])),
        assignees: Some(names(&["bob"])),
        auto_merge: Some(MergeMethod::Merge),
    })
}

/// What must be equal after any crash; how often something was asked for need not.
fn lasting(state: State) -> State {
    let mut asked = state.asked;
    asked.sort();
    asked.dedup();
    let mut merges = state.merges;
    merges.dedup();
    State {
        asked,
        merges,
        rewrites: 0,
        ..state
    }
}

/// Heads and urls apart, which hold the commit's id and time.
fn same(a: &State, b: &State) {
    let plain = |state: &State| {
        let mut state = lasting(state.clone());
        for (.., request) in &mut state.requests {
            request.head = git_promote::domain::CommitId("0".repeat(40).parse().unwrap());
            request.body = request.body.replace("\r\n", "\n");
        }
        state
    };
    assert_eq!(plain(a), plain(b));
}

/// Runs a story once undisturbed, and then with each call failing in turn, before and after its
/// effect, followed by a run without failures.
fn at_every_call(prepare: impl Fn(&Stage<'_>), request: &Request) {
    let mut calls = 0;
    let mut expected = (State::default(), Vec::new());
    on_stage(|stage| {
        prepare(stage);
        stage.forge.fate.set(None);
        stage.run(request);
        calls = stage.forge.fate.calls();
        expected = (stage.forge.state(), stage.branches());
    });
    assert!(calls >= 5, "{calls} calls");
    let mut failed = 0;
    for call in 0..calls {
        for fail in [Fail::Before(call), Fail::After(call)] {
            on_stage(|stage| {
                prepare(stage);
                stage.forge.fate.set(Some(fail));
                failed += usize::from(stage.try_run(request).is_err());
                stage.forge.fate.set(None);
                stage.run(request);
                same(&stage.forge.state(), &expected.0);
                assert_eq!(stage.branches(), expected.1, "{fail:?}");
                for branch in stage.branches() {
                    assert_eq!(stage.commits(&branch), 1, "{fail:?}");
                }
            });
        }
    }
    assert_eq!(failed, 2 * calls, "every failure must be seen");
}

#[test]
fn after_a_crash_at_any_call_the_next_run_opens_the_same() {
    at_every_call(|_| {}, &everything());
}

#[test]
fn after_a_crash_at_any_call_the_next_run_updates_to_the_same() {
    at_every_call(
        |stage| {
            stage.run(&everything());
            stage.stage("1.6.0");
        },
        &everything(),
    );
}

#[test]
fn after_a_crash_at_any_call_the_next_run_closes_the_same() {
    at_every_call(
        |stage| {
            stage.run(&everything());
            stage.push(
                "main",
                "main",
                &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
            );
        },
        &everything(),
    );
}

#[test]
fn an_error_after_the_push_says_what_is_done_already() {
    on_stage(|stage| {
        // Base, branch, pull requests, base again, commit, push: the next call opens.
        stage.forge.fate.set(Some(Fail::Before(6)));
        match stage.try_run(&request()) {
            Err(EngineError::Propose { branch, .. }) => assert_eq!(branch, BRANCH),
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.branches(), [BRANCH]);
    });
}
