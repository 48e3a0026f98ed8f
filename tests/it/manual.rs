//! The promotion of a product to one environment, as a release.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::{Ran, Repo, World};

const CONFIGURATION: &str = "\
version: 1
environments:
  - {name: staging, kind: non-production}
  - {name: eu, kind: production}
products:
  - {name: loans, applications: [api]}
";

fn files(configuration: &str) -> Vec<(&str, &str)> {
    vec![
        ("promote.yaml", configuration),
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/api/eu/values.yaml", "image: {tag: 1.0.0}\n"),
    ]
}

const PROMOTE: [&str; 6] = ["--from", "staging", "--to", "eu", "--product", "loans"];

const RECORDS: &str = "refs/promote/releases/loans";

fn promote(clone: &Repo<'_>, more: &[&str]) -> Ran {
    clone.promote(&[&PROMOTE[..], more].concat())
}

/// The last lines of the output, after the preview.
fn last(ran: &Ran, lines: usize) -> String {
    let all: Vec<&str> = ran.stdout.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn deployed(remote: &Repo<'_>) -> String {
    remote.show("main", "apps/api/eu/values.yaml")
}

#[test]
fn a_promotion_of_a_product_is_a_release() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(CONFIGURATION));
    let ran = promote(&clone, &["--output", "json", "--verbose"]);
    assert_eq!(ran.code, 0, "{ran}");
    let result: Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema = world.promote(&["schema", "result"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &result), "{result:#}");
    assert_eq!(result["environment"], "eu");
    assert_eq!(result["status"], "committed");
    assert_eq!(result["commit"], remote.tip("main"));
    let expected = json!({"id": "loans-1", "status": "ready", "state": "succeeded", "waits": []});
    assert_eq!(result["release"], expected);
    let log = remote.git(&["log", "--format=%s", "--reverse", RECORDS]);
    let log = log.replace(&remote.tip("main~1")[..7], "[source]");
    assert_snapshot!(log.replace(&remote.tip("main")[..7], "[commit]"), @"
    loans-1: is queued: eu from staging at [source]
    loans-1: starts
    loans-1: promotes to eu
    loans-1: eu has the promotion, in [commit]
    loans-1: eu is done
    loans-1: has succeeded
    ");
    let list = clone.promote(&["release", "list", "--all"]);
    assert!(list.stdout.contains("loans-1  manual"), "{list}");
    let message = remote.git(&["log", "-1", "--format=%B", "main"]);
    assert!(message.contains("Promotion-Release: loans-1"), "{message}");
    let again = promote(&clone, &[]);
    assert_eq!(again.code, 0, "{again}");
    assert!(again.stdout.contains("nothing to promote"), "{again}");
}

#[test]
fn other_promotions_leave_no_record() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(CONFIGURATION));
    let words = ["--from", "staging", "--to", "eu", "--service", "api"];
    let ran = clone.promote(&[&words[..], &["--pre-action", "smoke"]].concat());
    assert_eq!(ran.code, 2, "{ran}");
    assert_snapshot!(ran.stderr, @"
    error: `--pre-action` needs the promotion of one product to one target
    hint: name a product of `promote.yaml` with `--product`, without `--service`; `--group each` promotes to several targets one by one
    ");
    let ran = clone.promote(&words);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(remote.git(&["for-each-ref", "refs/promote"]), "");
    assert!(!ran.stdout.contains("release"), "{ran}");
}

#[test]
fn several_targets_with_gates_or_workflows_are_refused_together() {
    let world = World::new();
    let configuration =
        CONFIGURATION.replace("products:", "  - {name: us, kind: production}\nproducts:");
    let configuration = format!(
        "{configuration}policies:\n  - {{name: all, preAction: smoke}}\nworkflows:\n  - {{name: smoke, run: ['true']}}\n"
    );
    let mut files = files(&configuration);
    files.extend([("apps/api/us/values.yaml", "image: {tag: 1.0.0}\n")]);
    let (remote, clone) = world.cloned(&files);
    let tip = remote.tip("main");
    let words = [
        "--from",
        "staging",
        "--to",
        "eu",
        "--to",
        "us",
        "--product",
        "loans",
        "--yes",
    ];
    let ran = clone.promote(&words);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("`--group each`"), "{ran}");
    assert_eq!(remote.tip("main"), tip);
    let each = clone.promote(&[&words[..], &["--group", "each"]].concat());
    assert_eq!(each.code, 0, "{each}");
    let list = clone.promote(&["release", "list", "--all"]);
    assert!(list.stdout.contains("loans-2"), "{list}");
}

#[test]
fn a_server_that_refuses_the_record_is_not_promoted_on() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(CONFIGURATION));
    let refuse = "while read old new ref; do case $ref in refs/promote/*) exit 1;; esac; done";
    remote.hook("pre-receive", refuse);
    let tip = remote.tip("main");
    let ran = promote(&clone, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("releases: {prefix:"), "{ran}");
    assert_eq!(remote.tip("main"), tip);
}

/// A configuration with workflows that note their names, and gates of both environments.
fn checked(world: &World, policies: &str) -> String {
    let noted = world.path("noted");
    let note = |name: &str, end: &str| {
        format!(
            "  - {{name: {name}, run: 'echo {name} $ENVIRONMENT >> {}{end}'}}\n",
            noted.display()
        )
    };
    let workflows = [
        note("smoke", ""),
        note("e2e", ""),
        note("broken", "; exit 3"),
    ]
    .concat();
    let ready = world.path("ready");
    let gates = format!(
        "  - {{name: ready, run: 'test -e {}'}}\n  - {{name: signed, approval: {{count: 1}}}}\n",
        ready.display()
    );
    format!("{CONFIGURATION}workflows:\n{workflows}gates:\n{gates}policies:\n{policies}")
}

fn noted(world: &World) -> String {
    std::fs::read_to_string(world.path("noted")).unwrap_or_default()
}

#[test]
fn workflows_are_chosen_for_one_promotion() {
    let world = World::new();
    let policies = "  - {name: eu, match: {environments: [eu]}, preAction: smoke}\n";
    let (remote, clone) = world.cloned(&files(&checked(&world, policies)));
    let refused = promote(&clone, &["--pre-action", "e2e"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert_snapshot!(refused.stderr, @"
    error: a policy requires `preAction: smoke`, not `e2e`
    hint: `git promote policy evaluate` shows which policy sets it
    ");
    let unknown = promote(&clone, &["--post-action", "e3e"]);
    assert_eq!(unknown.code, 2, "{unknown}");
    assert!(
        unknown.stderr.contains("known workflows: `smoke`, `e2e`"),
        "{unknown}"
    );
    assert_eq!(remote.git(&["for-each-ref", "refs/promote"]), "");
    let ran = promote(&clone, &["--post-action", "e2e"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(noted(&world), "smoke eu\ne2e eu\n");
    assert!(ran.stdout.ends_with("release loans-1: ready\n"), "{ran}");
}

#[test]
fn what_fails_before_the_action_leaves_the_branch() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(&checked(&world, "  []\n")));
    let tip = remote.tip("main");
    let ran = promote(&clone, &["--pre-action", "broken"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(last(&ran, 1), "release loans-1: failed");
    assert_snapshot!(world.redact(&ran.stderr), @"
    error: loans-1 is failed
      eu: workflow `broken`: `echo broken $ENVIRONMENT >> [WORLD]/noted; exit 3` failed with exit code 3
    hint: `git promote release retry loans-1` resumes at what failed
    ");
    assert_eq!(remote.tip("main"), tip);
    let json = promote(&clone, &["--pre-action", "broken", "--output", "json"]);
    let result: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(result["status"], "failed");
    assert_eq!(result["release"]["status"], "failed");
    assert_eq!(result["error"]["message"], "loans-2 is failed");
    // The commit stays if what comes after it fails.
    let ran = promote(&clone, &["--post-action", "broken", "--output", "json"]);
    assert_eq!(ran.code, 1, "{ran}");
    let result: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(result["status"], "committed");
    assert_eq!(result["release"]["status"], "failed");
    assert_eq!(deployed(&remote), "image: {tag: 2.0.0}\n");
}

#[test]
fn a_promotion_waits_for_the_gates_of_both_environments() {
    let world = World::new();
    let policies = "  - {name: staging, match: {environments: [staging]}, gates: {after: [ready]}}\n  \
        - {name: eu, match: {environments: [eu]}, gates: {before: [signed]}}\n";
    let (remote, clone) = world.cloned(&files(&checked(&world, policies)));
    let tip = remote.tip("main");
    let first = promote(&clone, &[]);
    assert_eq!(first.code, 0, "{first}");
    let why = "eu: staging is not ready: gate `ready`";
    assert!(first.stdout.contains(why), "{first}");
    let unknown = promote(&clone, &["--skip-gates", "signed"]);
    assert_eq!(unknown.code, 2, "{unknown}");
    assert_snapshot!(unknown.stderr, @"
    error: `staging` has no gate `signed` to skip
    hint: its gates are `ready`
    ");
    let skipped = promote(&clone, &["--skip-gates", "ready"]);
    assert_eq!(skipped.code, 0, "{skipped}");
    assert_snapshot!(last(&skipped, 3), @"
    waiting; nothing was written to the branch yet
    release loans-2: waiting
      eu: gate `signed`: 0 of 1 approvals
    ");
    let subject = remote.git(&["log", "--format=%s", "--grep=loans-2: is queued", RECORDS]);
    assert!(subject.contains("without its gates ready"), "{subject}");
    std::fs::write(world.path("ready"), "").unwrap();
    let waiting = promote(&clone, &["--wait", "--wait-limit", "0", "--output", "json"]);
    assert_eq!(waiting.code, 5, "{waiting}");
    let result: Value = serde_json::from_str(&waiting.stdout).unwrap();
    assert_eq!(result["status"], "waiting");
    assert_eq!(result["commit"], Value::Null);
    assert_eq!(result["release"]["id"], "loans-3");
    assert_eq!(result["release"]["status"], "waiting");
    // The newer one with other choices has replaced the second.
    let open = clone.promote(&["release", "list", "--output", "json"]);
    let open: Value = serde_json::from_str(&open.stdout).unwrap();
    assert_eq!(open["releases"].as_array().unwrap().len(), 1, "{open:#}");
    // The same one goes on.
    let again = promote(&clone, &["--output", "json"]);
    let result: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(result["release"]["id"], "loans-3");
    assert_eq!(remote.tip("main"), tip);
}

#[test]
fn what_was_reviewed_is_promoted_or_nothing() {
    for (environment, code, expected) in [("staging", 0, "2.0.0"), ("eu", 4, "3.0.0")] {
        let world = World::new();
        let other = world.path("other");
        let file = format!("apps/api/{environment}/values.yaml");
        let hotfix = format!(
            "cd {} && echo \"image: {{tag: 3.0.0}}\" > {file} && git commit -qam hotfix && git push -q",
            other.display()
        );
        let configuration =
            format!("{CONFIGURATION}workflows:\n  - {{name: hotfix, run: '{hotfix}'}}\n");
        let (remote, clone) = world.cloned(&files(&configuration));
        world.clone_of(&remote, "other");
        let ran = promote(&clone, &["--pre-action", "hotfix"]);
        assert_eq!(ran.code, code, "{ran}");
        let text = format!("image: {{tag: {expected}}}\n");
        assert_eq!(deployed(&remote), text, "{ran}");
    }
}

#[test]
fn a_pull_request_is_updated_by_the_next_release() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(CONFIGURATION));
    let branch = "promote/staging-to-eu/loans";
    let first = promote(&clone, &["--action", "pull-request"]);
    assert_eq!(first.code, 0, "{first}");
    assert!(first.stdout.contains(branch), "{first}");
    let tip = remote.tip(branch);
    let again = promote(&clone, &["--action", "pull-request", "--output", "json"]);
    let result: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(result["status"], "branch-pushed", "{result:#}");
    assert_eq!(result["release"]["id"], "loans-1");
    assert_eq!(remote.tip(branch), tip);
    clone.commit(
        "next",
        &[("apps/api/staging/values.yaml", "image: {tag: 2.1.0}\n")],
    );
    clone.git(&["push", "--quiet", "origin", "main"]);
    let next = promote(
        &clone,
        &["--action", "pull-request", "--wait", "--wait-limit", "0"],
    );
    assert_eq!(next.code, 5, "{next}");
    let text = remote.show(branch, "apps/api/eu/values.yaml");
    assert_eq!(text, "image: {tag: 2.1.0}\n");
    let list = clone.promote(&["release", "list", "--all"]);
    assert!(list.stdout.contains("superseded"), "{list}");
}

#[test]
fn records_can_be_copied_to_another_place() {
    let world = World::new();
    let (_, clone) = world.cloned(&files(CONFIGURATION));
    assert_eq!(promote(&clone, &["--yes"]).code, 0);
    clone.git(&["pull", "-q", "origin", "main"]);
    let moved = format!("{CONFIGURATION}releases: {{prefix: refs/heads/promote/releases}}\n");
    let newer = [
        ("promote.yaml", moved.as_str()),
        ("apps/api/staging/values.yaml", "image: {tag: 3.0.0}\n"),
    ];
    clone.commit("move the records", &newer);
    clone.git(&["push", "-q", "origin", "main"]);
    let list = || {
        let ran = clone.promote(&["release", "list", "--all"]);
        ran.stdout.contains("loans-1  manual")
    };
    assert!(!list());
    // As the manual has it.
    clone.git(&["fetch", "origin", "refs/promote/releases/*:refs/copied/*"]);
    clone.git(&[
        "push",
        "origin",
        "refs/copied/*:refs/heads/promote/releases/*",
    ]);
    assert!(list());
    let next = promote(&clone, &["--yes"]);
    assert!(next.stdout.contains("release loans-2: ready"), "{next}");
}
