//! Gates that look at commands, servers and GitHub.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use git_promote::adapter::gate::ConfiguredGates;
use git_promote::adapter::runner::LocalRunner;
use git_promote::domain::{Gate, GateKind, HttpCall, RepositoryUrl};
use git_promote::port::{
    Approval, ApprovalProof, Forge, ForgeChecks, Forges, GateContext, GateState, Gates, Landed,
    Repository,
};

use crate::forge_github::{HEAD, forge, proposal, proposed, run};
use crate::github::{Account, StandIn, TOKEN};
use crate::web::{Web, answer};
use crate::workflows::sender;
use crate::world::{Repo, World, any, wait};

/// The same forge for all repositories.
pub struct Checks(pub Option<Arc<dyn ForgeChecks>>);

impl Forges for Checks {
    fn pull_requests(&self, _: Option<&RepositoryUrl>) -> Option<&dyn Forge> {
        None
    }

    fn checks(&self, _: Option<&RepositoryUrl>) -> Option<&dyn ForgeChecks> {
        self.0.as_deref()
    }
}

fn gates(forge: Option<Arc<dyn ForgeChecks>>) -> ConfiguredGates {
    ConfiguredGates {
        http: sender(),
        runner: &LocalRunner,
        forges: Arc::new(Checks(forge)),
        variables: Arc::new(|_| None),
    }
}

fn step(repo: &Repo<'_>) -> GateContext {
    let git = repo.open();
    let branch = wait(git.branch(&any())).unwrap();
    GateContext {
        now: 1_000,
        environment: "production".to_owned(),
        applications: vec!["api".to_owned()],
        repository: None,
        landed: None,
        pull_request: None,
        approvals: Vec::new(),
        variables: BTreeMap::from([("VERSION".to_owned(), "1.2".to_owned())]),
        files: git.snapshot(branch.tip).unwrap(),
    }
}

fn statuses(names: &[&str], count: usize) -> GateKind {
    GateKind::Statuses {
        names: names.iter().map(|&name| name.to_owned()).collect(),
        count,
    }
}

/// `passed`, or the other state with its reason.
fn state(gates: &ConfiguredGates, kind: GateKind, step: &GateContext) -> String {
    let name = "gate".to_owned();
    match run(gates.state(&Gate { name, kind }, step)) {
        GateState::Passed => "passed".to_owned(),
        GateState::Waiting { why, .. } => format!("waiting: {why}"),
        GateState::Failed { why } => format!("failed: {why}"),
    }
}

#[test]
fn commands_and_requests_are_waited_for_until_they_succeed() {
    let world = World::new();
    let repo = world.repository(&[("a", "1\n")]);
    let (gates, step) = (gates(None), step(&repo));
    for (script, expected) in [
        ("test $(cat a) = 1 && test $VERSION = 1.2", "passed"),
        (
            "echo starting; echo 'not ready'; exit 1",
            "waiting: `echo starting; echo 'not ready'; exit 1` failed with exit code 1: not ready",
        ),
        ("sleep 60", "waiting: `sleep 60` did not end within 1s"),
    ] {
        let kind = GateKind::Run {
            commands: vec![script.to_owned()],
            time_limit: Duration::from_secs(1),
        };
        assert_eq!(state(&gates, kind, &step), expected);
    }
    let web = Web::with(&[&answer(500, "\nno rows\n"), &answer(204, "")]);
    let call = |url: String| {
        GateKind::Http(HttpCall {
            url,
            method: "GET".to_owned(),
            headers: BTreeMap::new(),
            body: None,
        })
    };
    let url = format!("{}/ready?version={{{{ version }}}}", web.url);
    assert_eq!(
        state(&gates, call(url.clone()), &step),
        "waiting: HTTP 500: no rows"
    );
    assert_eq!(state(&gates, call(url), &step), "passed");
    assert!(web.requests()[1].starts_with("GET /ready?version=1.2 "));
    let closed = state(&gates, call("http://127.0.0.1:1/".to_owned()), &step);
    assert!(
        closed.starts_with("waiting: no request was sent to"),
        "{closed}"
    );
}

#[test]
fn statuses_and_checks_count_on_the_exact_commit() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let gates = gates(Some(Arc::new(forge(&github, TOKEN))));
    let (main, head) = (bare.tip("main"), bare.tip(HEAD));
    let mut step = step(&bare);
    let ci = || statuses(&["ci/*"], 1);
    assert_eq!(
        state(&gates, ci(), &step),
        "waiting: there is no commit yet"
    );
    step.landed = Some(Landed {
        commit: step.files.commit(),
        since: 1,
    });
    let none = format!("waiting: no status of `{main}` matches `ci/*`");
    assert_eq!(state(&gates, ci(), &step), none);
    // Those of another commit do not count.
    github
        .state()
        .statuses
        .push((head.clone(), "ci/lint".into(), "success".into()));
    assert_eq!(state(&gates, ci(), &step), none);
    github
        .state()
        .statuses
        .push((main.clone(), "ci/lint".into(), "success".into()));
    github
        .state()
        .checks
        .push((main.clone(), "ci/test".into(), None));
    github
        .state()
        .checks
        .push((main.clone(), "other".into(), Some("failure".into())));
    assert_eq!(
        state(&gates, ci(), &step),
        format!("waiting: pending on `{main}`: ci/test")
    );
    github.state().checks[0].2 = Some("neutral".into());
    assert_eq!(state(&gates, ci(), &step), "passed");
    // One of them starts later.
    assert_eq!(
        state(&gates, statuses(&["ci/*"], 3), &step),
        format!("waiting: 2 of 3 statuses on `{main}`: ci/lint, ci/test")
    );
    assert_eq!(state(&gates, statuses(&["ci/*"], 2), &step), "passed");
    let both = state(&gates, statuses(&["ci/*", "e2e"], 2), &step);
    assert_eq!(
        both,
        format!("waiting: no status of `{main}` matches `e2e`")
    );
    for conclusion in ["failure", "timed_out", "cancelled", "action_required"] {
        github.state().checks[0].2 = Some(conclusion.into());
        assert_eq!(
            state(&gates, ci(), &step),
            format!("failed: failed on `{main}`: ci/test")
        );
    }
    // All pages are read.
    github.state().page_size = 1;
    github
        .state()
        .checks
        .push((main.clone(), "ci/last".into(), Some("failure".into())));
    assert_eq!(
        state(&gates, ci(), &step),
        format!("failed: failed on `{main}`: ci/test, ci/last")
    );
}

#[test]
fn a_commit_for_which_no_ci_will_start_is_waited_for_with_the_reason() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let robot = forge(&github, TOKEN);
    let opened = run(git_promote::port::Forge::open(&robot, &proposal())).unwrap();
    let gates = gates(Some(Arc::new(robot)));
    let mut step = step(&bare);
    step.pull_request = Some(opened.number);
    let kind = || statuses(&["ci/*"], 1);
    let none = format!("waiting: no status of `{}` matches `ci/*`", bare.tip(HEAD));
    let because = "; the forge starts no CI for what the token of a CI job pushes or opens, so use \
                   the token of an app or of a person";
    assert_eq!(state(&gates, kind(), &step), none);
    github.state().pulls[0].author = "github-actions[bot]".to_owned();
    assert_eq!(state(&gates, kind(), &step), format!("{none}{because}"));
    // A commit that the token pushed without a pull request.
    let work = world.clone_of(&bare, "work");
    work.git(&[
        "config",
        "user.email",
        "41898282+github-actions[bot]@users.noreply.github.com",
    ]);
    work.write("a.yaml", "a: 2\n");
    let mut commit = world.command("git");
    commit
        .current_dir(&work.dir)
        .args(["commit", "-qam", "promote"]);
    let address = "41898282+github-actions[bot]@users.noreply.github.com";
    commit.env("GIT_COMMITTER_EMAIL", address);
    assert!(commit.status().unwrap().success());
    work.git(&["push", "-q"]);
    step.pull_request = None;
    let git = bare.open();
    let commit = wait(git.branch(&any())).unwrap().tip;
    step.landed = Some(Landed { commit, since: 1 });
    let none = format!("waiting: no status of `{commit}` matches `ci/*`");
    assert_eq!(state(&gates, kind(), &step), format!("{none}{because}"));
}

#[test]
fn approvals_count_by_proof_by_person_and_by_commit() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let robot = forge(&github, TOKEN);
    let opened = run(git_promote::port::Forge::open(&robot, &proposal())).unwrap();
    let gates = gates(Some(Arc::new(robot)));
    let mut step = step(&bare);
    step.pull_request = Some(opened.number);
    let approval = |by: &[&str], count| GateKind::Approval {
        by: by.iter().map(|&name| name.to_owned()).collect(),
        count,
        keys: BTreeMap::new(),
        servers: Vec::new(),
    };
    github
        .state()
        .members
        .push(("releases".into(), "bob".into()));
    assert_eq!(
        state(&gates, approval(&[], 1), &step),
        "waiting: 0 of 1 approvals"
    );
    step.approvals.push(Approval {
        by: "Ada".into(),
        proof: ApprovalProof::None,
    });
    assert_eq!(
        state(&gates, approval(&["ada"], 1), &step),
        "waiting: 0 of 1 approvals by ada; an approval without a proof of who gave it does not count"
    );
    step.approvals[0].proof = ApprovalProof::Forge;
    for (by, count, expected) in [
        (&[][..], 1, "passed"),
        (&["ada"], 1, "passed"),
        (&["@ADA", "bob"], 1, "passed"),
        (&["bob"], 1, "waiting: 0 of 1 approvals by bob"),
        (
            &["@acme/releases"],
            1,
            "waiting: 0 of 1 approvals by @acme/releases",
        ),
        (&[], 2, "waiting: 1 of 2 approvals; approved by ada"),
    ] {
        assert_eq!(state(&gates, approval(by, count), &step), expected);
    }
    let review = |who: &str, verdict: &str| {
        github.state().pulls[0]
            .reviews
            .push((who.to_owned(), verdict.to_owned()));
    };
    review("bob", "APPROVED");
    review("bob", "COMMENTED");
    review("mallory", "APPROVED");
    assert_eq!(state(&gates, approval(&[], 2), &step), "passed");
    assert_eq!(
        state(&gates, approval(&["@acme/releases"], 1), &step),
        "passed"
    );
    // A name on the forge of another repository must also belong to somebody who may write there.
    let mut elsewhere = step.clone();
    elsewhere.repository = Some(RepositoryUrl::parse("../prod.git").unwrap());
    assert_eq!(state(&gates, approval(&["mallory"], 1), &step), "passed");
    assert!(state(&gates, approval(&["mallory"], 1), &elsewhere).starts_with("waiting: 0 of 1"));
    assert_eq!(state(&gates, approval(&["bob"], 1), &elsewhere), "passed");
    // Mallory may not write; two approvals of one person are one.
    review("ada", "APPROVED");
    assert!(state(&gates, approval(&[], 3), &step).starts_with("waiting: 2 of 3"));
    // What was pushed after a review is not approved.
    github.state().pulls[0].reviewed = Some(bare.tip("main"));
    assert!(state(&gates, approval(&[], 2), &step).starts_with("waiting: 1 of 2"));
    github.state().pulls[0].reviewed = None;
    review("bob", "CHANGES_REQUESTED");
    assert!(state(&gates, approval(&[], 2), &step).starts_with("waiting: 1 of 2"));
}

#[test]
fn a_gate_that_cannot_be_reached_waits() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let blind = Account::of("blind", "blind").with(&["contents: read"]);
    github.state().accounts.push(blind);
    let gates = gates(Some(Arc::new(forge(&github, "blind"))));
    let mut step = step(&bare);
    step.landed = Some(Landed {
        commit: step.files.commit(),
        since: 1,
    });
    let found = state(&gates, statuses(&["ci/*"], 1), &step);
    assert!(
        found.starts_with("waiting: 127.0.0.1") && found.contains("to read commit statuses"),
        "{found}"
    );
}

#[test]
fn the_user_of_a_token_is_known_unless_it_is_an_apps() {
    let world = World::new();
    let bare = proposed(&world);
    let github = StandIn::of(&bare.dir);
    let app = Account::of("shop-app[bot]", "app");
    github.state().accounts.push(app);
    for (token, user) in [(TOKEN, Some("robot")), ("app", None)] {
        let found = run(forge(&github, token).user()).unwrap();
        assert_eq!(found.as_deref(), user);
    }
}
