//! The example of a flow, played on GitHub as its workflows run: from a push to the last environment.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::console::{project, repository_of};
use crate::examples::scripts;
use crate::github::{Account, StandIn, TOKEN, Workflow};
use crate::remotes::has;
use crate::world::{Ran, Repo, World};

const PERSON: &str = "ghp_theTokenOfAPersonWhoMerges0123456789";

/// The example on GitHub, and a person's clone of it.
struct Play<'w> {
    world: &'w World,
    remote: Repo<'w>,
    github: StandIn,
    person: Repo<'w>,
}

impl<'w> Play<'w> {
    /// The example, in which nothing has to be promoted yet, and a soak takes a second.
    fn new(world: &'w World) -> Self {
        let seed = repository_of(world, &project("examples/flows"));
        let configuration = seed.read("promote.yaml").replace("soak: 30m", "soak: 1s");
        let api = "apps/api/overlays/staging/kustomization.yaml";
        let older = seed.read(api).replace("1.5.0", "1.4.2");
        seed.commit(
            "as production",
            &[("promote.yaml", &configuration), (api, &older)],
        );
        let url = seed.dir.display().to_string();
        world.git(&["clone", "--quiet", "--bare", &url, "remote.git"]);
        let remote = world.at(world.path("remote.git"));
        let github = StandIn::of(&remote.dir);
        {
            let mut state = github.state();
            state.accounts.push(Account::of("ada", PERSON));
            state.workflows.push(Workflow {
                file: "smoke.yaml".to_owned(),
                inputs: ["environment", "promote_attempt"]
                    .map(str::to_owned)
                    .to_vec(),
                shown: vec!["promote_attempt".to_owned()],
            });
        }
        let person = world.clone_of(&remote, "person");
        fs::create_dir_all(world.path("bin")).unwrap();
        let program = env!("CARGO_BIN_EXE_git-promote");
        std::os::unix::fs::symlink(program, world.path("bin/git-promote")).unwrap();
        Self {
            world,
            remote,
            github,
            person,
        }
    }

    /// Pushes a new version of `api` to staging; returns the commit before and the new one.
    fn push(&self, version: &str) -> (String, String) {
        self.person.git(&["pull", "--quiet", "--rebase"]);
        let before = self.person.tip("HEAD");
        let api = "apps/api/overlays/staging/kustomization.yaml";
        let text = self.person.read(api);
        let (start, end) = text.split_once("newTag: ").unwrap();
        let rest = end.split_once('\n').unwrap().1;
        let text = format!("{start}newTag: {version}\n{rest}");
        let commit = self
            .person
            .commit(&format!("api {version}"), &[(api, &text)]);
        self.person.git(&["push", "--quiet"]);
        (before, commit)
    }

    /// Runs a job of the example in a new checkout, as GitHub would.
    fn job(&self, workflow: &str, (before, commit): (&str, &str)) -> Ran {
        let folder = tempfile::tempdir_in(self.world.path("")).unwrap();
        let url = self.github.clone_url();
        let login = url.replace("://", &format!("://x-access-token:{TOKEN}@"));
        let checkout = folder.path().join("checkout");
        let checkout = checkout.to_str().unwrap();
        self.world.git(&["clone", "--quiet", &login, checkout]);
        let repo = self.world.at(checkout.into());
        repo.git(&["remote", "set-url", "origin", &url]);
        let path = std::env::var("PATH").unwrap();
        let mut last = None;
        for (script, environment) in scripts("flows", workflow) {
            let mut bash = self.world.command("bash");
            bash.args(["-eo", "pipefail", "-c", &script])
                .current_dir(&repo.dir)
                .env(
                    "PATH",
                    format!("{}:{path}", self.world.path("bin").display()),
                )
                // A promotion is found by its commit's time, too.
                .env_remove("GIT_COMMITTER_DATE")
                .env("GITHUB_SERVER_URL", self.github.url())
                .env("GITHUB_API_URL", self.github.api())
                .env("GITHUB_STEP_SUMMARY", self.world.path("summary"));
            for (key, value) in environment {
                let value = match value.as_str() {
                    "${{ github.token }}" => TOKEN,
                    "${{ github.event.before }}" => before,
                    "${{ github.sha }}" => commit,
                    "${{ github.ref_name }}" => "main",
                    other => panic!("{other}"),
                };
                bash.env(key, value);
            }
            let ran = Ran::from(bash.output().unwrap());
            assert!(!ran.to_string().contains(TOKEN), "{ran}");
            last = Some(ran);
        }
        last.unwrap()
    }

    fn advance(&self) -> Ran {
        self.job("advance.yaml", ("", ""))
    }

    /// Advances until a text is printed, as the schedule does.
    fn advance_until(&self, text: &str) -> Ran {
        for _ in 0..20 {
            let ran = self.advance();
            if ran.stdout.contains(text) {
                return ran;
            }
            assert_eq!(ran.code, 0, "{text}: {ran}");
            thread::sleep(Duration::from_millis(500));
        }
        panic!("never `{text}`: {}", self.advance());
    }

    /// A person merges the newest pull request, or closes it.
    fn merge(&self, method: &str) {
        let number = self.github.pulls().len();
        let path = format!("/repos/acme/shop/pulls/{number}/merge");
        let body = json!({ "merge_method": method });
        let (status, answer) = self.github.ask(PERSON, "PUT", &path, Some(&body));
        assert_eq!(status, 200, "{answer}");
    }

    fn close(&self) {
        let number = self.github.pulls().len();
        let path = format!("/repos/acme/shop/pulls/{number}");
        let body = json!({ "state": "closed" });
        let (status, answer) = self.github.ask(PERSON, "PATCH", &path, Some(&body));
        assert_eq!(status, 200, "{answer}");
    }

    fn version(&self, environment: &str) -> String {
        let path = format!("apps/api/overlays/{environment}/kustomization.yaml");
        let text = self.remote.show("main", &path);
        let (_, rest) = text.split_once("newTag: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    }
}

#[test]
fn a_push_reaches_the_last_environment() {
    if !has("the example of a flow", &["bash"]) {
        return;
    }
    for method in ["merge", "squash", "rebase"] {
        let world = World::new();
        let play = Play::new(&world);
        let (before, commit) = play.push("1.5.0");
        let pushed = play.job("trigger.yaml", (&before, &commit));
        assert_eq!(pushed.code, 0, "{pushed}");
        let waits = "shop-1 is suspended\n  production-eu: waits for the merge of http";
        assert!(pushed.stdout.contains(waits), "{pushed}");
        let again = play.job("trigger.yaml", (&before, &commit));
        assert!(
            again.stdout.contains("shop-1 has these commits already"),
            "{again}"
        );
        let pull = play.github.pull();
        assert_eq!(pull.head, "promote/staging-to-production-eu/release-shop-1");
        assert_eq!(play.version("production-eu"), "1.4.2");

        play.merge(method);
        // Meanwhile staging goes on; the release does not.
        play.push("1.6.0");
        play.advance_until("post-action `smoke` runs");
        assert_eq!(play.version("production-us"), "1.4.2");
        {
            let mut state = play.github.state();
            assert_eq!(state.runs.len(), 1, "{:?}", state.runs);
            assert_eq!(state.runs[0].inputs["environment"], "production-eu");
            state.runs[0].conclusion = Some("success".to_owned());
        }
        play.advance_until("shop-1 is succeeded");
        for (environment, version) in [
            ("staging", "1.6.0"),
            ("production-eu", "1.5.0"),
            ("production-us", "1.5.0"),
        ] {
            assert_eq!(
                play.version(environment),
                version,
                "{method}: {environment}"
            );
        }
        assert_eq!(play.github.pulls().len(), 1);
        let log = play.remote.git(&[
            "log",
            "--format=%s",
            "--reverse",
            "refs/promote/releases/shop",
        ]);
        assert_eq!(log.matches("has the promotion").count(), 2, "{log}");
        for event in [
            "is queued: flow to-production from staging",
            "production-eu starts pre-action `check-images`",
            "production-eu waits for its pull request",
            "production-eu starts post-action `smoke`",
            "production-us is done",
            "has succeeded",
        ] {
            assert!(log.contains(&format!("shop-1: {event}")), "{event}: {log}");
        }
        assert!(!world.path("summary").exists());
    }
}

#[test]
fn a_pull_request_that_is_closed_ends_its_release() {
    if !has("the example of a flow", &["bash"]) {
        return;
    }
    let world = World::new();
    let play = Play::new(&world);
    let (before, commit) = play.push("1.5.0");
    play.job("trigger.yaml", (&before, &commit));
    play.close();
    let closed = play.advance();
    assert_eq!(closed.code, 3, "{closed}");
    assert!(closed.stdout.contains("shop-1 is failed"), "{closed}");
    let summary = fs::read_to_string(world.path("summary")).unwrap();
    assert!(summary.starts_with("shop-1: http"), "{summary}");
    let end = "/acme/shop/pull/1 was closed without merging\n";
    assert!(summary.ends_with(end), "{summary}");
    assert_eq!(play.advance().code, 0);
    // The next push is proposed anew.
    let (before, commit) = play.push("1.5.1");
    let next = play.job("trigger.yaml", (&before, &commit));
    assert!(next.stdout.contains("started shop-2"), "{next}");
    assert_eq!(play.github.pulls().len(), 2);
    assert_eq!(play.version("production-eu"), "1.4.2");
}
