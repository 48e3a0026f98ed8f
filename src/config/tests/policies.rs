use std::time::Duration;

use insta::assert_snapshot;

use super::{faults, settings, warnings};
use crate::domain::{Environment, GuardName, MergeMethod, Severity};

fn policies(a: &str, b: &str) -> String {
    format!(
        "environments:\n  - {{name: staging, kind: non-production}}\n  - {{name: production, kind: production, aliases: [prod]}}\n\
         products: [{{name: x}}, {{name: y}}]\n\
         policies:\n  - {{name: a, priority: 1, match: {{{a}}}, action: commit}}\n  - {{name: b, priority: 1, match: {{{b}}}, action: none}}\n"
    )
}

#[test]
fn equal_policies_that_set_the_same_for_one_promotion_are_a_fault() {
    let pairs = [
        ("", ""),
        ("", "kinds: [production]"),
        ("kinds: [production]", "environments: [production]"),
        ("environments: [prod]", "environments: [production]"),
        ("products: [x]", "kinds: [production]"),
        ("products: [x, y]", "products: [y]"),
        ("kinds: [production]", "environments: [elsewhere]"),
    ]
    .map(|(a, b)| faults(&policies(a, b)));
    assert_snapshot!(pairs[0], @"
    7:25 policies[1].priority: policies `a` and `b` both set `action` with priority 1 and can match the same promotion
      hint: give one of them a different `priority`; the lowest number wins
    ");
    assert!(pairs.iter().all(|faults| *faults == pairs[0]), "{pairs:?}");
}

#[test]
fn equal_policies_that_never_meet_are_no_fault() {
    for (a, b) in [
        ("kinds: [production]", "kinds: [non-production]"),
        ("kinds: [production]", "environments: [staging]"),
        ("environments: [staging]", "environments: [prod]"),
        ("products: [x]", "products: [y]"),
    ] {
        settings(&policies(a, b));
    }
}

#[test]
fn equal_policies_of_which_one_sets_nothing_are_no_fault() {
    settings("policies:\n  - {name: a, action: commit}\n  - {name: b}\n");
}

#[test]
fn a_tie_without_a_written_priority_points_at_the_policy() {
    assert_snapshot!(faults("policies:\n  - {name: a, action: commit}\n  - {name: b, action: none}\n"), @"
    3:5 policies[1].priority: policies `a` and `b` both set `action` with priority 0 and can match the same promotion
      hint: give one of them a different `priority`; the lowest number wins
    ");
}

#[test]
fn what_is_left_of_a_faulty_policy_ties_with_nothing() {
    assert_snapshot!(faults("policies:\n  - {name: a, match: {kinds: [x]}, action: commit}\n  - {name: b, action: none}\n"), @"
    2:31 policies[0].match.kinds[0]: unknown value `x` for `kinds`
      hint: allowed: `production` or `non-production`
    ");
}

#[test]
fn a_policy_for_an_unknown_product_is_a_fault() {
    assert_snapshot!(faults("products: [{name: loans}]\npolicies: [{name: a, match: {products: loan}}]\n"), @"
    2:40 policies[0].match.products: no product is named `loan`, did you mean `loans`?
      hint: known products: `loans`
    ");
}

#[test]
fn a_policy_for_an_environment_that_is_not_listed_is_a_warning() {
    assert_snapshot!(warnings("environments: [{name: staging}]\npolicies: [{name: a, match: {environments: [stagin]}}]\n"), @"
    2:45 policies[0].match.environments[0]: no environment is named `stagin`, did you mean `staging`?
      hint: known environments: `staging`
    ");
}

#[test]
fn without_listed_environments_a_policy_may_name_any() {
    settings("policies: [{name: a, match: {environments: [prod]}, action: pull-request}]\n");
}

#[test]
fn an_empty_match_list_is_a_fault_because_it_would_speak_for_all() {
    assert_snapshot!(faults("policies: [{name: a, match: {kinds: []}, action: commit}]\n"), @"1:37 policies[0].match.kinds: `kinds` is empty");
}

#[test]
fn each_setting_of_a_pull_request_ties_on_its_own() {
    settings(
        "policies:\n  - {name: a, pullRequest: {draft: true}}\n  - {name: b, action: pull-request, pullRequest: {labels: x}}\n",
    );
    assert_snapshot!(faults("policies:\n  - {name: a, pullRequest: {labels: [x]}}\n  - {name: b, pullRequest: {labels: [y], draft: true}}\n"), @"
    3:5 policies[1].priority: policies `a` and `b` both set `pullRequest.labels` with priority 0 and can match the same promotion
      hint: give one of them a different `priority`; the lowest number wins
    ");
}

#[test]
fn the_strongest_policy_speaks_for_each_setting_of_a_pull_request() {
    let settings = settings(
        "policies:\n  - {name: a, priority: 1, pullRequest: {draft: true, labels: [x], autoMerge: squash}}\n  - {name: b, priority: 2, pullRequest: {draft: false, labels: [y], teams: release}}\n",
    );
    let found = settings.pull_request_for(&Environment::named("production"), &[]);
    assert_eq!(found.draft, Some(true));
    assert_eq!(found.labels, Some(vec!["x".to_owned()]));
    assert_eq!(found.teams, Some(vec!["release".to_owned()]));
    assert_eq!(found.auto_merge, Some(MergeMethod::Squash));
}

#[test]
fn names_that_no_forge_knows_are_faults() {
    assert_snapshot!(faults("policies:\n  - {name: a, pullRequest: {reviewers: [acme/release], labels: ['']}}\n"), @"
    2:41 policies[0].pullRequest.reviewers[0]: `acme/release` is not the name of a person or team
      hint: list people under `reviewers`, and teams by their short names under `teams`
    2:65 policies[0].pullRequest.labels[0]: a name in `labels` is empty
    ");
}

#[test]
fn an_unknown_key_below_pull_request_names_the_nearest() {
    assert_snapshot!(faults("policies:\n  - {name: a, pullRequest: {automerge: squash}}\n"), @"
    2:29 policies[0].pullRequest.automerge: unknown key `automerge`, did you mean `autoMerge`?
      hint: known keys: `draft`, `labels`, `reviewers`, `teams`, `assignees`, `autoMerge`
    ");
}

#[test]
fn the_strongest_policy_sets_each_guard() {
    let settings = settings(
        "policies:\n  - {name: a, priority: 1, guards: {link: off}, allow: [encrypted]}\n  - {name: b, priority: 2, guards: {link: hold, moving-version: warn}, allow: []}\n",
    );
    let guards = settings.guards_for(&Environment::named("production"), &[]);
    let severity = |guard| guards.severity(guard);
    assert_eq!(severity(GuardName::LINK), None);
    assert_eq!(severity(GuardName::MOVING_VERSION), Some(Severity::Warning));
    assert_eq!(severity(GuardName::ENCRYPTED), Some(Severity::Hold));
}

#[test]
fn a_policy_can_forbid_lifting_holds() {
    let settings = settings("policies: [{name: a, allow: []}]\n");
    let guards = settings.guards_for(&Environment::named("production"), &[]);
    let severity = guards.severity(GuardName::LINK);
    assert_eq!(severity, Some(Severity::FinalHold));
}

#[test]
fn unknown_guards_and_levels_are_faults() {
    assert_snapshot!(faults("policies:\n  - {name: a, guards: {encryptd: hold, link: block}, allow: [lnk]}\n"), @"
    2:24 policies[0].guards.encryptd: unknown key `encryptd`, did you mean `encrypted`?
      hint: known keys: `moving-version`, `version-kind`, `rollback`, `stale-pin`, `other-image`, `encrypted`, `link`, `verify`, `half-moved`, `environment-name`, `mass-change`, `deletion`
    2:46 policies[0].guards.link: unknown value `block` for `link`
      hint: allowed: `off`, `warn` or `hold`
    2:62 policies[0].allow[0]: unknown value `lnk` for `allow`, did you mean `link`?
      hint: allowed: `moving-version`, `version-kind`, `rollback`, `stale-pin`, `other-image`, `encrypted`, `link`, `verify`, `half-moved`, `environment-name`, `mass-change` or `deletion`
    ");
    assert_snapshot!(faults("policies:\n  - {name: a, guards: {link: warn}}\n  - {name: b, guards: {link: hold}}\n"), @"
    3:5 policies[1].priority: policies `a` and `b` both set `guards.link` with priority 0 and can match the same promotion
      hint: give one of them a different `priority`; the lowest number wins
    ");
}

#[test]
fn the_strongest_policy_sets_the_commands_and_their_time_limit() {
    let settings = settings(
        "policies:\n  - {name: a, priority: 1, verify: make check}\n  - {name: b, priority: 2, verify: [x, y], verifyTimeout: 5m}\n",
    );
    let verify = settings.verify_for(&Environment::named("production"), &[]);
    assert_eq!(verify.commands, Some(vec!["make check".to_owned()]));
    assert_eq!(verify.time_limit, Some(Duration::from_secs(300)));
}

#[test]
fn empty_commands_and_unclear_times_are_faults() {
    assert_snapshot!(faults("policies:\n  - {name: a, verify: [' '], verifyTimeout: '10'}\n  - {name: b, verifyTimeout: 10 min}\n"), @"
    2:24 policies[0].verify[0]: a command is empty or has a null character
    2:45 policies[0].verifyTimeout: `10` is not a time
      hint: write a number with `s`, `m`, `h` or `d`, such as `90s` or `10m`
    3:30 policies[1].verifyTimeout: `10 min` is not a time
      hint: write a number with `s`, `m`, `h` or `d`, such as `90s` or `10m`
    ");
    assert_snapshot!(faults("policies:\n  - {name: a, verify: x}\n  - {name: b, verify: y}\n"), @"
    3:5 policies[1].priority: policies `a` and `b` both set `verify` with priority 0 and can match the same promotion
      hint: give one of them a different `priority`; the lowest number wins
    ");
}
