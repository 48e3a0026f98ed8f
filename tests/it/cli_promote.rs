//! `git promote` as a person or a script runs it.

use std::path::Path;

use insta::assert_snapshot;

use crate::world::{Ran, World};

const STAGING: &str = "apps/api/staging/values.yaml";
const PRODUCTION: &str = "apps/api/production/values.yaml";
const NEW: &str = "image:\n  repository: acme/api\n  tag: 1.5.0\nreplicas: 1\n";
const OLD: &str = "image:\n  repository: acme/api\n  tag: 1.4.2 # by hand\nreplicas: 4\n";

const FILES: [(&str, &str); 2] = [(STAGING, NEW), (PRODUCTION, OLD)];
const HOP: [&str; 4] = ["--from", "staging", "--to", "production"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    HOP.iter().copied().chain(more.iter().copied()).collect()
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {ran}"))
}

#[test]
fn the_version_moves_and_the_rest_of_the_file_stays() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let ran = repo.promote(&HOP);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.show("HEAD", PRODUCTION), OLD.replace("1.4.2", "1.5.0"));
    assert_eq!(repo.read(PRODUCTION), OLD.replace("1.4.2", "1.5.0"));
    assert_snapshot!(repo.redact(ran), @"
    exit 0
    --- stdout
    api  1.4.2 -> 1.5.0
      apps/api/production/values.yaml
        image.tag  1.4.2 -> 1.5.0

    --- a/apps/api/production/values.yaml
    +++ b/apps/api/production/values.yaml
    @@ -1,4 +1,4 @@
     image:
       repository: acme/api
    -  tag: 1.4.2 # by hand
    +  tag: 1.5.0 # by hand
     replicas: 4

    commit message:
        Promote api 1.5.0 from staging to production

        apps/api/production/values.yaml: image.tag 1.4.2 -> 1.5.0

        Promotion-Id: [ID]
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: api
        Promotion-Source: [COMMIT]
        Promotion-Target: [COMMIT]
        Promotion-Mode: versions

    1 kept: 1 not a version (--kept lists them)
    staging -> production: 1 difference in 1 file of 1 application
    committed [COMMIT] on main

    --- stderr
    ");
}

#[test]
fn a_second_run_has_nothing_to_do_and_writes_nothing() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.promote(&HOP);
    let tip = repo.tip("HEAD");
    let ran = repo.promote(&HOP);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran, @"
    exit 0
    --- stdout
    1 kept: 1 not a version (--kept lists them)
    nothing to promote from staging to production

    --- stderr
    ");
    assert_eq!(repo.tip("HEAD"), tip);
}

#[test]
fn a_selector_may_be_repeated_when_its_place_is_equal_by_now() {
    let world = World::new();
    let same = "kind: Service\nmetadata: {name: api}\n---\nkind: Secret\nmetadata: {name: api}\n";
    let repo = world.repository(&[
        FILES[0],
        FILES[1],
        ("apps/web/staging/all.yaml", same),
        ("apps/web/production/all.yaml", same),
    ]);
    let exact = format!("{PRODUCTION}:$.image.tag");
    assert_eq!(repo.promote(&with(&["--only", &exact])).code, 0);
    let tip = repo.tip("HEAD");
    for (choice, code) in [
        (exact.as_str(), 0),
        ("$..tag", 0),
        ("apps/web/**", 0),
        ("**/all.yaml#Secret/api", 0),
        ("**/all.yaml#2:$.metadata.name", 0),
        ("apps/api/production/values.yaml:$.image.digest", 2),
        ("**/all.yaml#3", 2),
        ("**/all.yaml#Secret/web", 2),
        ("apps/web/staging/all.yaml", 2),
        ("apps/nobody/**", 2),
    ] {
        for option in ["--only", "--except"] {
            let ran = repo.promote(&with(&[option, choice, "--output", "json"]));
            assert_eq!(ran.code, code, "{option} {choice}: {ran}");
            let status = if code == 0 {
                "nothing-to-promote"
            } else {
                "failed"
            };
            assert_eq!(json(&ran)["status"], status, "{option} {choice}: {ran}");
        }
    }
    let service = with(&["--service", "api", "--only", "apps/web/**"]);
    assert_eq!(repo.promote(&service).code, 2, "out of the chosen scope");
    assert_eq!(repo.tip("HEAD"), tip);
}

#[test]
fn a_selector_may_be_repeated_when_its_place_is_gone_by_now() {
    const OTHER: &str = "apps/api/production/extra.yaml";
    let world = World::new();
    let extra = format!("{OLD}zone: a\n");
    let repo = world.repository(&[(STAGING, NEW), (PRODUCTION, &extra), (OTHER, "a: 1\n")]);
    let place = format!("{PRODUCTION}:$.zone");
    for selector in [OTHER, &place] {
        let args = with(&["--only", selector]);
        let first = repo.promote(&args);
        assert!(first.stdout.contains("\ncommitted "), "{first}");
        let again = repo.promote(&args);
        assert_eq!(again.code, 0, "{again}");
        assert!(again.stdout.contains("nothing to promote"), "{again}");
    }
    for selector in ["apps/api/production/other.yaml", &format!("{place}s")] {
        let ran = repo.promote(&with(&["--only", selector]));
        assert_eq!(ran.code, 2, "{ran}");
    }
}

#[test]
fn action_none_writes_nothing() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let tip = repo.tip("HEAD");
    let ran = repo.promote(&with(&["--action", "none"]));
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran.result(), @"planned; nothing was written");
    assert_eq!(repo.tip("HEAD"), tip);
}

#[test]
fn a_promotion_is_pushed_where_there_is_a_remote() {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    let ran = clone.promote(&HOP);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(clone.redact(ran.result()), @"committed [COMMIT] on main, pushed to origin");
    assert_eq!(
        remote.show("main", PRODUCTION),
        OLD.replace("1.4.2", "1.5.0")
    );
}

#[test]
fn a_held_promotion_is_exit_3_until_it_is_allowed() {
    let world = World::new();
    let repo = world.repository(&[
        (STAGING, &NEW.replace("1.5.0", "latest")),
        (PRODUCTION, OLD),
    ]);
    let tip = repo.tip("HEAD");
    let held = repo.promote(&HOP);
    assert_eq!(held.code, 3, "{held}");
    assert_snapshot!(held, @"
    exit 3
    --- stdout
    held by moving-version: api image.tag 1.4.2 -> latest is not pinned any more
      apps/api/production/values.yaml:$.image.tag
      `--allow moving-version` lifts this hold

    api  1.4.2 -> latest
      apps/api/production/values.yaml
        image.tag  1.4.2 -> latest

    --- a/apps/api/production/values.yaml
    +++ b/apps/api/production/values.yaml
    @@ -1,4 +1,4 @@
     image:
       repository: acme/api
    -  tag: 1.4.2 # by hand
    +  tag: latest # by hand
     replicas: 4

    commit message:
        Promote api latest from staging to production

        apps/api/production/values.yaml: image.tag 1.4.2 -> latest

        Promotion-Id: 7d1b2478124b02268d072b0b8a206a19
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: api
        Promotion-Source: e4bcd6eaef50b6c520dba9ccbf495a1bdcf7db09
        Promotion-Target: e4bcd6eaef50b6c520dba9ccbf495a1bdcf7db09
        Promotion-Mode: versions

    1 kept: 1 not a version (--kept lists them)
    staging -> production: 1 difference in 1 file of 1 application

    --- stderr
    error: held by moving-version; nothing was written
    hint: `--allow moving-version` lifts the hold, and the commit records it
    ");
    assert_eq!(repo.tip("HEAD"), tip);
    let result = json(&repo.promote(&with(&["--output", "json"])));
    assert_eq!(result["status"], "held");
    assert_eq!(result["holds"][0]["guard"], "moving-version");
    let allowed = repo.promote(&with(&["--allow", "all"]));
    assert_eq!(allowed.code, 0, "{allowed}");
    assert!(
        repo.show("HEAD", PRODUCTION)
            .contains("tag: latest # by hand")
    );
}

#[test]
fn the_words_of_the_commit_can_be_given() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let ran = repo.promote(&with(&["-m", "Release 7", "--body", "As agreed."]));
    assert_eq!(ran.code, 0, "{ran}");
    let message = repo.git(&["log", "-1", "--format=%B"]);
    assert_snapshot!(repo.redact(message), @"
    Release 7

    As agreed.

    Promotion-Id: [ID]
    Promotion-From: staging
    Promotion-To: production
    Promotion-Apps: api
    Promotion-Source: [COMMIT]
    Promotion-Target: [COMMIT]
    Promotion-Mode: versions
    ");
}

#[test]
fn the_trailers_of_a_body_and_the_programs_own_are_one_block() {
    let body = "Why.\n\nPromotion-Id: forged\nSigned-off-by: Ada <a@b.c>\n  of Acme";
    let configuration = format!("messages: {{body: {body:?}}}\n");
    for files in [&[][..], &[("promote.yaml", configuration.as_str())]] {
        let world = World::new();
        let repo = world.repository(&[&FILES[..], files].concat());
        let more: &[&str] = if files.is_empty() {
            &["--body", body]
        } else {
            &[]
        };
        let ran = repo.promote(&with(more));
        assert_eq!(ran.code, 0, "{ran}");
        let warnings = ran.stdout.lines().filter(|l| l.starts_with("warning: "));
        assert_eq!(warnings.count(), 1, "{ran}");
        let trailer = |key| {
            let format = format!("--format=%(trailers:key={key},valueonly,unfold)");
            repo.git(&["log", "-1", &format]).trim_end().to_owned()
        };
        assert_eq!(trailer("Signed-off-by"), "Ada <a@b.c> of Acme");
        assert_eq!(trailer("Promotion-Mode"), "versions");
        let id = trailer("Promotion-Id");
        assert!(id.len() == 32 && !id.contains("forged"), "{id}");
    }
}

#[test]
fn a_commit_quotes_versions_and_no_other_value() {
    let world = World::new();
    let file = |tag: &str, note: &str, url: &str| {
        format!("image:\n  tag: {tag}\nnote: '{note}'\nbase: {url}\n'fixes #7': {note}\n")
    };
    let staging = file(
        "1.5.0",
        "fixes 12 [skip ci]",
        "https://u:secret@git/x?ref=v2",
    );
    let production = file("1.4.2", "x", "https://u:secret@git/x?ref=v1");
    let repo = world.repository(&[(STAGING, &staging), (PRODUCTION, &production)]);
    let ran = repo.promote(&with(&["--promote", "all"]));
    assert_eq!(ran.code, 0, "{ran}");
    let message = repo.git(&["log", "-1", "--format=%B"]);
    assert_snapshot!(repo.redact(message), @"
    Promote api 1.5.0 from staging to production

    apps/api/production/values.yaml: image.tag 1.4.2 -> 1.5.0
    apps/api/production/values.yaml: note changed
    apps/api/production/values.yaml: base v1 -> v2
    apps/api/production/values.yaml: ['fixes # 7'] changed

    Promotion-Id: [ID]
    Promotion-From: staging
    Promotion-To: production
    Promotion-Apps: api
    Promotion-Source: [COMMIT]
    Promotion-Target: [COMMIT]
    Promotion-Mode: all
    ");
}

#[test]
fn a_template_gets_names_and_versions_without_instructions() {
    let world = World::new();
    let template = "messages: {title: '[skip ci] {{ applications[0].name }}'}\n";
    let files = [
        ("apps/@acme/staging/values.yaml", NEW),
        ("apps/@acme/production/values.yaml", OLD),
        ("apps/web/staging/values.yaml", OLD),
        ("promote.yaml", template),
    ];
    let repo = world.repository(&files);
    let ran = repo.promote(&with(&["--service", "@acme"]));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.git(&["log", "-1", "--format=%s"]), "[skip ci] @ acme");
}

#[test]
fn the_mode_of_the_commit_is_what_decided() {
    let exact = format!("{PRODUCTION}:$.replicas");
    let rules = "templates: [{name: default, rules: [{files: '**', promote: [versions, $.replicas]}]}]\n\
                 messages: {title: 'by {{ mode }}'}\n";
    let other = "templates: [{name: default, rules: [{files: 'x/**', promote: all}]}]\n\
                 messages: {title: 'by {{ mode }}'}\n";
    for (configuration, more, mode) in [
        (other, &[][..], "versions"),
        (other, &["--promote", "all"], "all"),
        (other, &["--only", &exact], "only"),
        (rules, &[], "rules"),
        (rules, &["--promote", "versions"], "versions"),
        (rules, &["--except", &exact], "versions"),
    ] {
        let world = World::new();
        let repo = world.repository(&[FILES[0], FILES[1], ("promote.yaml", configuration)]);
        let ran = repo.promote(&with(more));
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(
            repo.git(&["log", "-1", "--format=%s %(trailers:key=Promotion-Mode)"]),
            format!("by {mode} Promotion-Mode: {mode}"),
            "{more:?}"
        );
    }
}

#[test]
fn a_commit_without_a_title_is_refused_on_the_command_line() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let refused = ["", " ", "\n"].map(|title| {
        let ran = repo.promote(&with(&["-m", title]));
        assert_eq!(ran.code, 2, "{ran}");
        ran.stderr
    });
    assert_snapshot!(refused.join("\n"), @"
    error: invalid value '' for '--message <TEXT>': the title must not be empty

    For more information, try '--help'.

    error: invalid value ' ' for '--message <TEXT>': the title must not be empty

    For more information, try '--help'.

    error: invalid value '
    ' for '--message <TEXT>': the title must not be empty

    For more information, try '--help'.
    ");
    assert_eq!(repo.git(&["rev-list", "--count", "HEAD"]), "1");
    assert_eq!(repo.promote(&with(&["-m", "\nRelease 7"])).code, 0);
    assert_eq!(repo.git(&["log", "-1", "--format=%s"]), "Release 7");
}

#[test]
fn a_failure_is_reported_on_stderr_and_as_json_on_stdout() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let ran = repo.promote(&["--from", "stagin", "--to", "production", "--output", "json"]);
    assert_eq!(ran.code, 2, "{ran}");
    let result = json(&ran);
    assert_eq!(result["status"], "failed");
    assert_eq!(result["error"]["code"], 2);
    assert_snapshot!(ran.stderr, @"
    error: there is no environment `stagin`
    hint: did you mean `staging`? environments in the paths: `production`, `staging`
    ");
}

#[test]
fn local_changes_in_a_file_that_would_move_stop_it_with_advice() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.write(PRODUCTION, "mine: true\n");
    let ran = repo.promote(&HOP);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.stderr, @"
    error: files of the checked-out branch `main` have local changes: apps/api/production/values.yaml
    hint: commit or stash these changes, or use `--branch NAME` with a branch other than `main` that is not checked out
    ");
    assert_eq!(repo.read(PRODUCTION), "mine: true\n");
}

#[test]
fn a_missing_identity_is_an_error_with_the_commands_to_set_it() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.git(&["config", "--unset", "user.name"]);
    repo.git(&["config", "--unset", "user.email"]);
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    for name in [
        "AUTHOR_NAME",
        "AUTHOR_EMAIL",
        "COMMITTER_NAME",
        "COMMITTER_EMAIL",
    ] {
        command.env_remove(format!("GIT_{name}"));
    }
    let ran = Ran::from(command.current_dir(&repo.dir).args(HOP).output().unwrap());
    assert_eq!(ran.code, 1, "{ran}");
    let (_, hint) = ran.stderr.split_once("\nhint: ").unwrap();
    assert_snapshot!(hint, @r#"
    set your name and email address:
        git config --global user.name "Your Name"
        git config --global user.email you@example.com
    "#);
}

#[test]
fn the_repository_that_gits_environment_names_is_meant_from_anywhere() {
    type Way = fn(&mut std::process::Command, &Path);
    let ways: [(&str, Way, bool); 3] = [
        (
            "GIT_DIR and GIT_WORK_TREE",
            |command, dir| {
                command
                    .env("GIT_DIR", dir.join(".git"))
                    .env("GIT_WORK_TREE", dir);
            },
            true,
        ),
        (
            "a relative GIT_DIR",
            |command, _| {
                command
                    .env("GIT_DIR", "../repo/.git")
                    .env("GIT_WORK_TREE", "../repo");
            },
            true,
        ),
        // Like Git, it then takes the current folder as the working tree.
        (
            "GIT_DIR and another branch",
            |command, dir| {
                command
                    .env("GIT_DIR", dir.join(".git"))
                    .args(["--branch", "side"]);
            },
            false,
        ),
    ];
    for (name, way, moves_files) in ways {
        let world = World::new();
        let other = world.repository_at("other", &[("readme", "x\n")]);
        let repo = world.repository(&FILES);
        repo.git(&["branch", "side"]);
        let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
        way(command.current_dir(&other.dir).args(HOP), &repo.dir);
        let ran = Ran::from(command.output().unwrap());
        assert_eq!(ran.code, 0, "{name}: {ran}");
        let branch = if moves_files { "main" } else { "side" };
        assert!(repo.show(branch, PRODUCTION).contains("1.5.0"), "{name}");
        assert_eq!(
            repo.read(PRODUCTION).contains("1.5.0"),
            moves_files,
            "{name}"
        );
        assert_eq!(repo.status(), "", "{name}");
        assert_eq!(other.git(&["rev-list", "--count", "HEAD"]), "1");
    }
}

#[test]
fn a_configuration_from_the_disk_is_used() {
    let world = World::new();
    let repo = world.repository(&FILES);
    std::fs::write(
        world.path("other.yaml"),
        "environments:\n  - {name: staging}\n  - {name: production, aliases: [live]}\n",
    )
    .unwrap();
    let ran = repo.promote(&[
        "--from",
        "staging",
        "--to",
        "live",
        "--config",
        "../other.yaml",
    ]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(repo.show("HEAD", PRODUCTION).contains("1.5.0"));
}

#[test]
fn a_configuration_that_is_not_there_is_a_usage_error() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let ran = repo.promote(&with(&["--config", "none.yaml"]));
    assert_eq!(ran.code, 2, "{ran}");
    assert_snapshot!(world.redact(ran.stderr), @"
    error: cannot read `./none.yaml`
      caused by: No such file or directory (os error 2)
    ");
}
