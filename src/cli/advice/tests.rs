use insta::assert_snapshot;

use super::*;
use crate::cli::Exit;
use crate::engine::EngineError;
use crate::inventory::InventoryError;
use crate::port::{ForgeError, RepositoryError};
use crate::render::Canvas;

fn advice_on(failure: impl Into<Failure>) -> (String, Exit) {
    let advice = on(&failure.into());
    let mut out = Vec::new();
    advice.write(&mut out, Canvas::plain(80)).unwrap();
    (String::from_utf8(out).unwrap(), advice.kind.into())
}

#[test]
fn an_unknown_environment_lists_those_that_were_found() {
    let error = InventoryError::UnknownEnvironment {
        name: "prodution".into(),
        found: vec!["production".into(), "staging".into()],
    };
    let (text, exit) = advice_on(error);
    assert_snapshot!(text, @"
    error: there is no environment `prodution`
    hint: did you mean `production`? environments in the paths: `production`, `staging`
    ");
    assert_eq!(exit, Exit::Usage);
}

#[test]
fn an_environment_outside_the_layout_is_not_suggested_for_itself() {
    let (text, _) = advice_on(InventoryError::UnknownEnvironment {
        name: "staging".into(),
        found: vec!["staging".into()],
    });
    assert_snapshot!(text, @"
    error: there is no environment `staging`
    hint: some paths contain `staging`, but none of them matches the `layout` in `promote.yaml`
    ");
}

#[test]
fn the_hint_for_a_missing_identity_has_both_commands() {
    let (text, exit) = advice_on(EngineError::Repository(RepositoryError::MissingIdentity {
        message: "no name".to_owned(),
    }));
    assert_snapshot!(text, @r#"
    error: Git has no identity for the commit: no name
    hint: set your name and email address:
        git config --global user.name "Your Name"
        git config --global user.email you@example.com
    "#);
    assert_eq!(exit, Exit::Failed);
}

#[test]
fn the_hint_for_an_unreachable_remote_is_to_try_again() {
    let error = RepositoryError::Unreachable {
        remote: "origin".into(),
        source: "timed out".into(),
    };
    let (text, exit) = advice_on(EngineError::Repository(error));
    assert_snapshot!(text, @"
    error: remote `origin` could not be reached
      caused by: timed out
    hint: try again; running the same command again is safe
    ");
    assert_eq!(exit.code(), 5);
}

#[test]
fn faults_are_listed_with_their_places() {
    let fault = FileFault {
        path: "envs/staging/api.yaml".into(),
        line: Some(3),
        column: Some(7),
        message: "a mapping is not allowed here".into(),
        application: crate::domain::ApplicationName("api".into()),
        is_chosen: true,
    };
    let (text, exit) = advice_on(EngineError::Faults(vec![fault]));
    assert_snapshot!(text, @"
    error: 1 of the selected files cannot be promoted
      envs/staging/api.yaml:3:7: a mapping is not allowed here
    hint: nothing was written; fix the files, or exclude them with `--service` or `--except FILE`
    ");
    assert_eq!(exit, Exit::Failed);
}

#[test]
fn a_configuration_with_faults_shows_every_report_and_is_a_usage_error() {
    let error = SettingsError {
        file: "promote.yaml".into(),
        reports: vec!["a\nb".into(), "c".into()],
    };
    let (text, exit) = advice_on(EngineError::Settings(error));
    assert_snapshot!(text, @"
    error: `promote.yaml` has 2 faults
      a
        b
      c
    hint: `git promote check` checks the file in the working tree; `git promote schema config` prints its schema
    ");
    assert_eq!(exit, Exit::Usage);
}

#[test]
fn control_characters_of_a_server_are_escaped() {
    let error = RepositoryError::Refused {
        remote: "origin".into(),
        branch: "main".into(),
        message: "no\u{1b}[2J".into(),
    };
    let (text, _) = advice_on(error);
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn the_hint_for_an_unknown_service_is_the_most_similar_name() {
    let error = InventoryError::UnknownApplication {
        name: "grafan".into(),
        known: vec!["monitoring/grafana".into(), "web".into()],
    };
    let (text, _) = advice_on(error);
    assert_snapshot!(text, @"
    error: there is no application `grafan`
    hint: did you mean `monitoring/grafana`? `git promote check --layout --from ENV --to ENV` lists all applications
    ");
}

#[test]
fn the_hint_for_an_ambiguous_branch_is_the_option() {
    let error = RepositoryError::OtherBranch {
        current: "work".into(),
        remote: "origin".into(),
        default: "main".into(),
    };
    let (text, exit) = advice_on(error);
    assert_snapshot!(text, @"
    error: `work` is checked out, but the default branch of `origin` is `main`
    hint: select one with `--branch main` or `--branch work`
    ");
    assert_eq!(exit, Exit::Usage);
}

fn proposing(source: ForgeError) -> EngineError {
    EngineError::Propose {
        branch: "promote/staging-to-production/api".into(),
        source: Box::new(source),
    }
}

#[test]
fn the_hint_for_a_forbidden_request_is_the_missing_permission() {
    let (text, exit) = advice_on(proposing(ForgeError::Forbidden {
        forge: "github.com".into(),
        doing: "open a pull request".into(),
        permission: "pull_requests: write".into(),
        source: "403".into(),
    }));
    assert_snapshot!(text, @"
    error: pushed `promote/staging-to-production/api`, but could not finish the pull request
      caused by: github.com does not allow the token to open a pull request
      caused by: 403
    hint: grant the token `pull_requests: write` on this repository; running the same command again is safe
    ");
    assert_eq!(exit, Exit::Failed);
}

#[test]
fn the_hint_for_an_unreachable_forge_is_to_try_again() {
    let cut = || ForgeError::Unreachable {
        forge: "github.com".into(),
        doing: "list the pull requests".into(),
        source: "timed out".into(),
    };
    assert_eq!(advice_on(proposing(cut())).1, Exit::Unreachable);
    let (text, exit) = advice_on(EngineError::Forge(cut()));
    assert_snapshot!(text, @"
    error: could not list the pull requests: github.com did not answer
      caused by: timed out
    hint: try again; running the same command again is safe
    ");
    assert_eq!(exit, Exit::Unreachable);
}
