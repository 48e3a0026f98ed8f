//! Promotions to several targets in one pull request.

use git_promote::domain::Action;
use git_promote::engine::{self, EngineError, OnRejection, PullRequestChange, Receipt, Request};
use git_promote::port::{NoObserver, PullRequestState};
use insta::assert_snapshot;

use super::{Stage, deed};
use crate::forge::Fail;
use crate::world::{World, wait};

const SHARED: &str = "promote/staging-to-prod-eu-and-prod-us/api";

fn values(environment: &str) -> String {
    format!("apps/api/{environment}/values.yaml")
}

fn tag(version: &str) -> String {
    format!("image:\n  repository: acme/api\n  tag: {version}\n")
}

/// A staging environment with a newer version than two production ones.
fn on_stage(test: impl FnOnce(&Stage<'_>)) {
    let world = World::new();
    let [staging, eu, us] = ["staging", "prod-eu", "prod-us"].map(values);
    let files = [
        (staging.as_str(), &*tag("1.5.0")),
        (&eu, &tag("1.4.2")),
        (&us, &tag("1.3.0")),
        ("apps/web/staging/values.yaml", "replicas: 1\n"),
        ("apps/web/prod-eu/values.yaml", "replicas: 1\n"),
        ("apps/web/prod-us/values.yaml", "replicas: 1\n"),
    ];
    let (remote, clone) = world.cloned(&files);
    test(&Stage::new(&remote, &clone));
}

fn requests() -> Vec<Request> {
    let request = |to| Request {
        applications: vec!["api".to_owned()],
        action: Some(Action::PullRequest),
        ..Request::between("staging", to)
    };
    ["prod-eu", "prod-us"].map(request).to_vec()
}

impl Stage<'_> {
    fn try_together(&self, requests: &[Request]) -> Result<Vec<Receipt>, EngineError> {
        let ports = self.ports(&NoObserver);
        wait(async {
            let branch = engine::fetch(&ports, &requests[0]).await?;
            let prepared = engine::plan_group(&ports, requests, &branch)?;
            engine::apply_group(&ports, requests, prepared).await
        })
    }

    fn propose_together(&self) -> [Receipt; 2] {
        self.try_together(&requests()).unwrap().try_into().unwrap()
    }

    /// Sets a version by hand.
    fn set(&self, environment: &str, version: &str) {
        self.push("main", "main", &[(&values(environment), &tag(version))]);
    }

    /// The titles of the branch's commits that the base lacks, the oldest first.
    fn titles(&self) -> Vec<String> {
        let range = format!("main..{SHARED}");
        let log = self
            .remote
            .git(&["log", "--reverse", "--format=%s", &range]);
        log.lines().map(ToOwned::to_owned).collect()
    }
}

fn to(environment: &str, version: &str) -> String {
    format!("Promote api {version} from staging to {environment}")
}

#[test]
fn one_branch_has_a_commit_for_each_target() {
    on_stage(|stage| {
        let [eu, us] = stage.propose_together();
        assert_eq!(deed(&eu), PullRequestChange::Opened);
        assert_eq!(deed(&us), PullRequestChange::Opened);
        assert_eq!(stage.branches(), [SHARED]);
        assert_eq!(
            stage.titles(),
            [to("prod-eu", "1.5.0"), to("prod-us", "1.5.0")]
        );
        for environment in ["prod-eu", "prod-us"] {
            assert_eq!(
                stage.remote.show(SHARED, &values(environment)),
                tag("1.5.0")
            );
        }
        let changed = stage
            .remote
            .git(&["show", "--format=", "--name-only", SHARED]);
        assert_eq!(changed, values("prod-us"));
        let request = stage.forge.request(1);
        assert_snapshot!(stage.remote.redact(format!("{}\n\n{}", request.title, request.body)), @"
        Promote api 1.5.0 from staging to prod-eu and prod-us

        git-promote opened this pull request and keeps it up to date. It never overwrites commits that others push to its branch. Closing the pull request rejects the promotion until the source changes.

        ## `prod-eu`

        `staging` → `prod-eu`: 1 difference in 1 file of 1 application.

        ### `api` `1.4.2` → `1.5.0`

        `apps/api/prod-eu/values.yaml`

        | place | before | after |
        |---|---|---|
        | `image.tag` | `1.4.2` | `1.5.0` |

        ```diff
        --- a/apps/api/prod-eu/values.yaml
        +++ b/apps/api/prod-eu/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.4.2
        +  tag: 1.5.0
        ```

        ## `prod-us`

        `staging` → `prod-us`: 1 difference in 1 file of 1 application.

        ### `api` `1.3.0` → `1.5.0`

        `apps/api/prod-us/values.yaml`

        | place | before | after |
        |---|---|---|
        | `image.tag` | `1.3.0` | `1.5.0` |

        ```diff
        --- a/apps/api/prod-us/values.yaml
        +++ b/apps/api/prod-us/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.3.0
        +  tag: 1.5.0
        ```

        <!-- git-promote: 0bc1d79def2dde9fc99db77931059f02 -->
        ");
    });
}

#[test]
fn the_open_pull_request_is_kept_up_to_date() {
    on_stage(|stage| {
        stage.propose_together();
        let tip = stage.remote.tip(SHARED);
        let before = stage.forge.state();
        let [eu, us] = stage.propose_together();
        assert_eq!(
            (deed(&eu), deed(&us)),
            (PullRequestChange::Left, PullRequestChange::Left)
        );
        assert_eq!(stage.forge.state(), before);
        assert_eq!(stage.remote.tip(SHARED), tip, "pushed again");
        stage.set("staging", "1.6.0");
        stage.propose_together();
        assert_eq!(
            stage.titles(),
            [to("prod-eu", "1.6.0"), to("prod-us", "1.6.0")]
        );
        assert_eq!(stage.forge.count(), 1);
        assert!(stage.forge.request(1).title.contains("1.6.0"));
    });
}

#[test]
fn another_order_of_the_targets_is_the_same_pull_request() {
    on_stage(|stage| {
        stage.propose_together();
        let mut requests = requests();
        requests.reverse();
        stage.try_together(&requests).unwrap();
        assert_eq!(
            (stage.branches(), stage.forge.count()),
            (vec![SHARED.to_owned()], 1)
        );
    });
}

#[test]
fn a_target_with_nothing_left_drops_out() {
    on_stage(|stage| {
        stage.propose_together();
        // A person merges the first commit only.
        let first = format!("{SHARED}^:refs/heads/main");
        stage.remote.git(&["push", "--quiet", ".", &first]);
        let tip = stage.remote.tip(SHARED);
        let [eu, us] = stage.propose_together();
        assert!(matches!(eu, Receipt::NothingToPromote { .. }), "{eu:?}");
        assert_eq!(deed(&us), PullRequestChange::Updated);
        assert_eq!(stage.remote.tip(SHARED), tip, "pushed again");
        assert_eq!(stage.forge.request(1).title, to("prod-us", "1.5.0"));
        stage.set("prod-us", "1.5.0");
        let [eu, us] = stage.propose_together();
        for receipt in [eu, us] {
            assert!(matches!(receipt, Receipt::Withdrawn { .. }), "{receipt:?}");
        }
        assert_eq!(stage.forge.request(1).state, PullRequestState::Closed);
        assert!(stage.branches().is_empty());
    });
}

#[test]
fn a_change_by_hand_makes_the_stack_anew() {
    on_stage(|stage| {
        stage.propose_together();
        stage.set("prod-eu", "1.5.0");
        let [eu, us] = stage.propose_together();
        assert!(matches!(eu, Receipt::NothingToPromote { .. }), "{eu:?}");
        assert_eq!(deed(&us), PullRequestChange::Updated);
        assert_eq!(stage.titles(), [to("prod-us", "1.5.0")]);
    });
}

#[test]
fn closing_it_rejects_all_targets() {
    on_stage(|stage| {
        stage.propose_together();
        stage
            .forge
            .edit(1, |request| request.state = PullRequestState::Closed);
        for receipt in stage.propose_together() {
            assert!(matches!(receipt, Receipt::Rejected { .. }), "{receipt:?}");
        }
        let mut reopening = requests();
        reopening[0].proposal.on_rejection = OnRejection::Reopened;
        let receipts = stage.try_together(&reopening).unwrap();
        assert_eq!(deed(&receipts[0]), PullRequestChange::Reopened);
        // One of them alone is another promotion.
        assert_eq!(deed(&stage.run(&requests()[0])), PullRequestChange::Opened);
    });
}

#[test]
fn the_commit_of_a_person_in_the_stack_is_never_overwritten() {
    on_stage(|stage| {
        stage.propose_together();
        let by_hand = stage.push(SHARED, SHARED, &[("readme", "mine\n")]);
        stage.set("staging", "1.6.0");
        for receipt in stage.propose_together() {
            assert!(matches!(receipt, Receipt::Conflict { .. }), "{receipt:?}");
        }
        assert_eq!(stage.remote.tip(SHARED), by_hand);
    });
}

#[test]
fn a_shallow_clone_recognises_the_stack() {
    let world = World::new();
    let [staging, eu, us] = ["staging", "prod-eu", "prod-us"].map(values);
    let remote = world.bare_at(
        "remote.git",
        &[
            (&staging, &*tag("1.5.0")),
            (&eu, &tag("1.4.2")),
            (&us, &tag("1.3.0")),
        ],
    );
    let deep = world.clone_of(&remote, "deep");
    for text in ["1\n", "2\n"] {
        deep.commit("more history", &[("readme", text)]);
    }
    deep.git(&["push", "--quiet", "origin", "main"]);
    let shallow = |name: &str| {
        let url = format!("file://{}", remote.dir.display());
        world.git(&["clone", "--quiet", "--depth=1", &url, name]);
        let clone = world.at(world.path(name));
        clone.git(&["config", "user.name", "Ada"]);
        clone.git(&["config", "user.email", "ada@example.org"]);
        clone
    };
    let mut first = Stage::new(&remote, &deep);
    let of_all = |stage: &Stage<'_>| {
        let mut requests = requests();
        for request in &mut requests {
            request.applications.clear();
        }
        stage.try_together(&requests).unwrap()
    };
    of_all(&first);
    let branch = first.branches().remove(0);
    let tip = remote.tip(&branch);
    let clone = shallow("shallow");
    first.flaky.git = clone.open();
    // The preview has a warning about the clone.
    assert_eq!(deed(&of_all(&first)[0]), PullRequestChange::Updated);
    assert_eq!(remote.tip(&branch), tip, "pushed again");
    // A commit of a person between two of the stack.
    let [parent, files] = ["prod-us", "prod-eu"].map(values);
    deep.git(&["fetch", "--quiet", "origin"]);
    deep.git(&[
        "checkout",
        "--quiet",
        "--detach",
        &format!("origin/{branch}^"),
    ]);
    deep.commit("by a person", &[(&files, "image: {tag: mine}\n")]);
    deep.git(&["cherry-pick", "--keep-redundant-commits", &tip]);
    deep.git(&[
        "push",
        "--quiet",
        "--force",
        "origin",
        &format!("HEAD:{branch}"),
    ]);
    let again = shallow("again");
    first.flaky.git = again.open();
    match &of_all(&first)[0] {
        Receipt::Conflict { commits, .. } => assert_eq!(commits[0].title, "by a person"),
        other => panic!("{other:?} {parent}"),
    }
}

#[test]
fn after_a_crash_at_any_call_the_next_run_ends_the_same() {
    let mut calls = 0;
    on_stage(|stage| {
        stage.forge.fate.set(None);
        stage.propose_together();
        calls = stage.forge.fate.calls();
    });
    for call in 0..calls {
        for fail in [Fail::Before(call), Fail::After(call)] {
            on_stage(|stage| {
                stage.forge.fate.set(Some(fail));
                assert!(stage.try_together(&requests()).is_err(), "{fail:?}");
                stage.forge.fate.set(None);
                stage.propose_together();
                assert_eq!(
                    (stage.branches(), stage.forge.count()),
                    (vec![SHARED.to_owned()], 1)
                );
                assert_eq!(
                    stage.titles(),
                    [to("prod-eu", "1.5.0"), to("prod-us", "1.5.0")]
                );
            });
        }
    }
}

#[test]
fn after_a_crash_at_any_call_all_targets_or_none_are_committed() {
    let committing = || {
        let mut requests = requests();
        for request in &mut requests {
            request.action = Some(Action::Commit);
        }
        requests
    };
    let mut calls = 0;
    on_stage(|stage| {
        stage.forge.fate.set(None);
        stage.try_together(&committing()).unwrap();
        calls = stage.forge.fate.calls();
    });
    assert!(calls >= 4, "{calls} calls");
    for call in 0..calls {
        for fail in [Fail::Before(call), Fail::After(call)] {
            on_stage(|stage| {
                let before = stage.remote.tip("main");
                stage.forge.fate.set(Some(fail));
                assert!(stage.try_together(&committing()).is_err(), "{fail:?}");
                let versions =
                    ["prod-eu", "prod-us"].map(|e| stage.remote.show("main", &values(e)));
                if stage.remote.tip("main") != before {
                    assert_eq!(versions, [tag("1.5.0"), tag("1.5.0")], "{fail:?}");
                }
                stage.forge.fate.set(None);
                stage.try_together(&committing()).unwrap();
                let range = format!("{before}..main");
                assert_eq!(
                    stage.remote.git(&["rev-list", "--count", &range]),
                    "2",
                    "{fail:?}"
                );
                assert!(stage.branches().is_empty());
            });
        }
    }
}

#[test]
fn plans_are_made_again_when_the_branch_moves_first() {
    let apply = |stage: &Stage<'_>, meanwhile: &dyn Fn()| {
        let mut requests = requests();
        for request in &mut requests {
            request.action = Some(Action::Commit);
        }
        let ports = stage.ports(&NoObserver);
        wait(async {
            let branch = engine::fetch(&ports, &requests[0]).await.unwrap();
            let prepared = engine::plan_group(&ports, &requests, &branch).unwrap();
            meanwhile();
            let receipts = engine::apply_group(&ports, &requests, prepared).await;
            <[Receipt; 2]>::try_from(receipts.unwrap()).unwrap()
        })
    };
    on_stage(|stage| {
        let [eu, us] = apply(stage, &|| {
            stage.push("main", "main", &[("readme", "new\n")]);
        });
        assert!(matches!(eu, Receipt::Committed { .. }), "{eu:?}");
        assert!(matches!(us, Receipt::Committed { .. }), "{us:?}");
        assert_eq!(stage.remote.show("main", "readme"), "new\n");
        assert_eq!(stage.remote.show("main", &values("prod-us")), tag("1.5.0"));
    });
    on_stage(|stage| {
        let [eu, us] = apply(stage, &|| stage.set("prod-us", "1.4.0"));
        match eu {
            Receipt::Stopped { by } => assert_eq!(by, "prod-us"),
            other => panic!("{other:?}"),
        }
        assert!(matches!(us, Receipt::Moved { .. }), "{us:?}");
        assert_eq!(stage.remote.show("main", &values("prod-eu")), tag("1.4.2"));
    });
    on_stage(|stage| {
        let [eu, us] = apply(stage, &|| stage.set("prod-us", "1.5.0"));
        assert!(matches!(eu, Receipt::Committed { .. }), "{eu:?}");
        assert!(matches!(us, Receipt::NothingToPromote { .. }), "{us:?}");
    });
}
