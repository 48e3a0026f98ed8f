//! Workflows: commands, requests and GitHub Actions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use git_promote::adapter::forge::http::ConfiguredSender;
use git_promote::adapter::runner::ConfiguredWorkflows;
use git_promote::domain::{HttpCall, Workflow, WorkflowKind};
use git_promote::port::{
    Attempt, AttemptResult, AttemptState, Commands, HttpSender, Repository, WorkflowError,
    Workflows,
};
use insta::assert_snapshot;

use crate::forge_github::{direct, display_chain, forge, run};
use crate::github::{Failing, How, StandIn, TOKEN, Workflow as CiWorkflow};
use crate::web::{Web, answer};
use crate::world::{Repo, World, any, change, wait};

pub fn sender() -> Arc<dyn HttpSender> {
    Arc::new(ConfiguredSender::new(
        Arc::new(|_| direct()),
        Duration::from_millis(1),
    ))
}

/// Workflows in an environment with a token.
fn workflows() -> ConfiguredWorkflows {
    ConfiguredWorkflows {
        http: sender(),
        ci: None,
        variables: Arc::new(|name| (name == "TOKEN").then(|| "sesame-street".to_owned())),
        run: Commands::Run,
    }
}

fn attempt(repo: &Repo<'_>, kind: WorkflowKind) -> Attempt {
    let git = repo.open();
    let branch = wait(git.branch(&any())).unwrap();
    let variables = [
        ("PRODUCT", "loans"),
        ("ENVIRONMENT", "production"),
        ("VERSION", "1.2"),
        ("RELEASE", "loans-42"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Attempt {
        workflow: Workflow {
            name: "check".to_owned(),
            kind,
            time_limit: Duration::from_secs(60),
            is_repeatable: false,
        },
        key: "loans-42.production.1".to_owned(),
        variables: BTreeMap::from(variables),
        files: git.snapshot(branch.tip).unwrap(),
        changes: vec![change("a", Some("new\n"))],
    }
}

fn commands(commands: &[&str], variables: &[&str]) -> WorkflowKind {
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    WorkflowKind::Run {
        commands: owned(commands),
        variables: owned(variables),
    }
}

fn ended(state: Result<AttemptState, WorkflowError>) -> AttemptResult {
    match state.unwrap() {
        AttemptState::Ended(result) => result,
        running @ AttemptState::Running { .. } => panic!("{running:?}"),
    }
}

#[test]
fn commands_get_variables_and_planned_files_and_give_values() {
    let world = World::new();
    let repo = world.repository(&[("a", "old\n"), ("b", "kept\n")]);
    let kind = commands(
        &[
            "cat a b; echo $PRODUCT $ENVIRONMENT $VERSION $RELEASE $PROMOTE_ATTEMPT",
            "echo url=https://example.org/1 >> $PROMOTE_OUTPUT",
            "echo 'count=3' >> $PROMOTE_OUTPUT; ls",
        ],
        &[],
    );
    let result = ended(run(workflows().start(attempt(&repo, kind))));
    assert!(result.is_success(), "{result:?}");
    assert_snapshot!(result.log, @"
    $ cat a b; echo $PRODUCT $ENVIRONMENT $VERSION $RELEASE $PROMOTE_ATTEMPT
    new
    kept
    loans production 1.2 loans-42 loans-42.production.1
    $ echo url=https://example.org/1 >> $PROMOTE_OUTPUT

    $ echo 'count=3' >> $PROMOTE_OUTPUT; ls
    a
    b
    ");
    let outputs = result.outputs.iter().map(|(k, v)| format!("{k}={v}"));
    assert_eq!(
        outputs.collect::<Vec<_>>(),
        ["count=3", "url=https://example.org/1"]
    );
}

#[test]
fn a_command_that_fails_ends_the_workflow_and_its_values_stay() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    for (script, failure) in [
        ("exit 3", "`exit 3` failed with exit code 3"),
        (
            "echo nothing > $PROMOTE_OUTPUT",
            "line 1 of the file of `PROMOTE_OUTPUT` is not `key=value`",
        ),
        (
            "rm -f $PROMOTE_OUTPUT; ln -s /etc/passwd $PROMOTE_OUTPUT",
            "the file of `PROMOTE_OUTPUT` cannot be read: invalid input parameter",
        ),
    ] {
        let kind = commands(&["echo a=1 > $PROMOTE_OUTPUT", script, "echo never"], &[]);
        let kind = match script {
            "exit 3" => kind,
            _ => commands(&[script], &[]),
        };
        let result = ended(run(workflows().start(attempt(&repo, kind))));
        assert_eq!(result.failure.as_deref(), Some(failure));
        assert!(!result.log.contains("never"), "{result:?}");
        assert_eq!(result.outputs.len(), usize::from(script == "exit 3"));
    }
}

#[test]
fn a_command_gets_only_named_variables_and_their_values_are_never_recorded() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let script = "echo token=$TOKEN; echo value=$TOKEN > $PROMOTE_OUTPUT; test -z \"$TOKEN\"";
    for (named, is_success) in [(&[][..], true), (&["TOKEN"], false)] {
        let kind = commands(&[script], named);
        let result = ended(run(workflows().start(attempt(&repo, kind))));
        assert_eq!(result.is_success(), is_success);
        assert!(!format!("{result:?}").contains("sesame"), "{result:?}");
        let printed = if is_success {
            "token=\n"
        } else {
            "token=***\n"
        };
        assert!((result.log + "\n").contains(printed));
    }
}

#[test]
fn commands_are_killed_with_all_they_started_when_their_time_is_up() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let mark = world.path("alive");
    let script = format!("(sleep 2; touch {}) & sleep 60", mark.display());
    let mut attempt = attempt(&repo, commands(&["sleep 0.3", &script], &[]));
    attempt.workflow.time_limit = Duration::from_secs(1);
    let started = Instant::now();
    let result = ended(run(workflows().start(attempt)));
    assert!(
        started.elapsed() < Duration::from_millis(1_900),
        "the time is that of all commands"
    );
    let failure = result.failure.unwrap();
    assert!(failure.ends_with("did not end within 1s"), "{failure}");
    std::thread::sleep(Duration::from_millis(2_300));
    assert!(!mark.exists());
}

#[test]
fn a_long_log_keeps_its_end() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let script = "for i in 1 2 3 4 5 6 7 8 9; do head -c 400 /dev/zero | tr '\\0' $i; echo; done";
    let kind = commands(&[script; 9], &[]);
    let log = ended(run(workflows().start(attempt(&repo, kind)))).log;
    assert!(
        log.starts_with("...\n") && log.len() < 17_000,
        "{}",
        log.len()
    );
    assert!(log.ends_with(&"9".repeat(400)));
}

fn call(method: &str, url: &str) -> HttpCall {
    HttpCall {
        url: url.to_owned(),
        method: method.to_owned(),
        headers: BTreeMap::from([(
            "Authorization".to_owned(),
            "Bearer {{ env.TOKEN }}".to_owned(),
        )]),
        body: (method == "POST").then(|| "{{ release | tojson }}".to_owned()),
    }
}

#[test]
fn a_request_carries_the_release_and_a_secret_that_is_not_recorded() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let web = Web::with(&[&answer(200, "thanks for sesame-street")]);
    let url = format!("{}/hook/{{{{ version }}}}", web.url);
    let kind = WorkflowKind::Http(call("POST", &url));
    let result = ended(run(workflows().start(attempt(&repo, kind))));
    assert!(result.is_success(), "{result:?}");
    assert_eq!(result.log, "POST: HTTP 200\nthanks for ***");
    let request = &web.requests()[0];
    assert!(
        request.starts_with("POST /hook/1.2 HTTP/1.1\n"),
        "{request}"
    );
    assert!(
        request.contains("\nauthorization: Bearer sesame-street\n"),
        "{request}"
    );
    assert!(
        request.contains("\ncontent-type: application/json\n"),
        "{request}"
    );
    let body = request.split("\n\n").last().unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (&body["id"], &body["promote_attempt"]),
        (&"loans-42".into(), &"loans-42.production.1".into())
    );
}

#[test]
fn a_request_is_repeated_only_if_it_has_no_second_effect() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let (busy, good) = (answer(503, "busy"), answer(200, "ok"));
    let limit = busy.replace("503 -\r\n", "429 -\r\nRetry-After: 0\r\n");
    for (method, is_repeatable, first, requests, failure) in [
        ("GET", false, &busy, 2, None),
        ("POST", false, &busy, 1, Some("HTTP 503: busy")),
        ("POST", true, &busy, 2, None),
        ("POST", false, &limit, 2, None),
        ("GET", false, &answer(404, ""), 1, Some("HTTP 404")),
        ("GET", false, &String::new(), 2, None),
    ] {
        let web = Web::with(&[first, &good]);
        let mut attempt = attempt(&repo, WorkflowKind::Http(call(method, &web.url)));
        attempt.workflow.is_repeatable = is_repeatable;
        let result = ended(run(workflows().start(attempt)));
        assert_eq!(result.failure.as_deref(), failure, "{method} {first}");
        assert_eq!(web.requests().len(), requests, "{method} {first}");
    }
}

#[test]
fn a_request_that_was_not_sent_differs_from_one_without_an_answer() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let error = |url: &str| {
        let attempt = attempt(&repo, WorkflowKind::Http(call("POST", url)));
        run(workflows().start(attempt)).unwrap_err()
    };
    let silent = Web::with(&[""]);
    let unknown = error(&silent.url);
    assert!(
        matches!(unknown, WorkflowError::Unknown { .. }),
        "{unknown:?}"
    );
    assert_eq!(silent.requests().len(), 1);
    for (url, expected) in [
        (
            "http://127.0.0.1:1/{{ env.TOKEN }}",
            "no request was sent to `http://127.0.0.1:1`",
        ),
        (
            "http://example.org/{{ env.TOKEN }}",
            "secrets are only sent over HTTPS",
        ),
        ("ftp://example.org", "neither an `https` nor an `http` URL"),
        ("example.org", "neither an `https` nor an `http` URL"),
        (
            "https://example.org/{{ nothing }}",
            "the template of `url` cannot be rendered",
        ),
    ] {
        let error = error(url);
        assert!(
            matches!(error, WorkflowError::NotStarted { .. }),
            "{error:?}"
        );
        let text = display_chain(&error);
        assert!(text.contains(expected), "{text}");
        assert!(
            !text.contains("sesame") && !format!("{error:?}").contains("sesame"),
            "{error:?}"
        );
    }
}

/// A stand-in with a workflow that shows its key.
fn github<'w>(world: &'w World, shown: &[&str]) -> (StandIn, Repo<'w>) {
    let bare = world.bare_at("remote.git", &[("a", "1")]);
    let github = StandIn::of(&bare.dir);
    github.state().workflows.push(CiWorkflow {
        file: "e2e.yaml".to_owned(),
        inputs: ["version", "promote_attempt"].map(str::to_owned).to_vec(),
        shown: shown.iter().map(|&name| name.to_owned()).collect(),
    });
    (github, bare)
}

fn e2e() -> WorkflowKind {
    WorkflowKind::GitHub {
        workflow: "e2e.yaml".to_owned(),
        reference: None,
        inputs: BTreeMap::from([("version".to_owned(), "{{ version }}".to_owned())]),
    }
}

fn on(github: &StandIn) -> ConfiguredWorkflows {
    ConfiguredWorkflows {
        ci: Some(Arc::new(forge(github, TOKEN))),
        ..workflows()
    }
}

#[test]
fn a_github_run_is_started_once_found_by_its_key_and_followed_to_its_end() {
    let world = World::new();
    let (github, bare) = github(&world, &["promote_attempt"]);
    let workflows = on(&github);
    let attempt = attempt(&bare, e2e());
    github.state().hidden_runs = 2;
    let started = run(workflows.start(attempt.clone())).unwrap();
    let url = format!("{}/acme/shop/actions/runs/1", github.url());
    assert_eq!(
        started,
        AttemptState::Running {
            url: Some(url.clone())
        }
    );
    let inputs = github.state().runs[0].inputs.clone();
    assert_eq!(inputs["version"], "1.2");
    assert_eq!(github.state().runs[0].reference, "main");
    // Whoever starts it again finds the run.
    assert_eq!(run(workflows.start(attempt.clone())).unwrap(), started);
    assert_eq!(github.state().runs.len(), 1);
    github.state().runs[0].conclusion = Some("failure".to_owned());
    let found = run(workflows.find(&attempt.workflow, &attempt.key)).unwrap();
    let Some(AttemptState::Ended(result)) = found else {
        panic!("{found:?}");
    };
    assert_eq!(
        result.failure.as_deref(),
        Some("the run ended with `failure`")
    );
    assert_eq!(
        (&*result.log, result.url),
        ("job `e2e`: failure", Some(url))
    );
    github.state().runs[0].conclusion = Some("success".to_owned());
    let found = run(workflows.find(&attempt.workflow, &attempt.key)).unwrap();
    assert!(matches!(found, Some(AttemptState::Ended(result)) if result.is_success()));
    assert_eq!(
        run(workflows.find(&attempt.workflow, "other")).unwrap(),
        None
    );
}

#[test]
fn a_github_workflow_that_cannot_show_the_key_is_not_started() {
    let world = World::new();
    let (github, bare) = github(&world, &[]);
    github.state().workflows[0].inputs.pop();
    let error = run(on(&github).start(attempt(&bare, e2e()))).unwrap_err();
    assert!(
        matches!(error, WorkflowError::NotStarted { .. }),
        "{error:?}"
    );
    let text = display_chain(&error);
    assert!(
        text.ends_with(r#"HTTP 422: Unexpected inputs provided: ["promote_attempt"]"#),
        "{text}"
    );
    assert!(github.state().runs.is_empty());
}

#[test]
fn a_github_run_whose_start_was_not_answered_is_found_or_unknown() {
    for (shown, is_found) in [(&["promote_attempt"][..], true), (&[], false)] {
        let world = World::new();
        let (github, bare) = github(&world, shown);
        github.fail(Failing::on("POST", "/dispatches").after_its_effect(How::Cut));
        let started = run(on(&github).start(attempt(&bare, e2e())));
        match started {
            Ok(AttemptState::Running { url: Some(_) }) => assert!(is_found),
            Err(WorkflowError::Unknown { .. }) => assert!(!is_found),
            other => panic!("{other:?}"),
        }
        assert_eq!(github.state().runs.len(), 1, "it is started once");
    }
}
