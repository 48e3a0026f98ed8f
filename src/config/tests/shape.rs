use insta::assert_snapshot;

use super::faults;

#[test]
fn an_unknown_key_is_a_fault_with_the_nearest_known_one() {
    assert_snapshot!(faults("version: 1\nenviroments: []\n"), @"
    2:1 enviroments: unknown key `enviroments`, did you mean `environments`?
      hint: known keys: `version`, `environments`, `layout`, `product`, `products`, `templates`, `policies`, `flows`, `workflows`, `gates`, `permissions`, `releases`, `messages`
    ");
}

#[test]
fn an_unknown_key_far_from_all_lists_those_that_are_known() {
    assert_snapshot!(faults("environments:\n  - {name: dev, x: 1}\n"), @"
    2:17 environments[0].x: unknown key `x`
      hint: known keys: `name`, `kind`, `aliases`, `repository`, `branch`, `path`, `rendered`
    ");
}

#[test]
fn a_value_of_the_wrong_type_says_what_was_expected() {
    assert_snapshot!(faults("environments: dev\nlayout:\n  a: b\n"), @"
    1:15 environments: expected a list, found text `dev`
    3:3 layout: expected a list, found a mapping
    ");
}

#[test]
fn a_number_where_text_is_needed_is_told_to_be_quoted() {
    assert_snapshot!(faults("environments:\n  - name: 1\n"), @r#"
    2:11 environments[0].name: expected text, found a whole number `1`
      hint: put it in quotes: "1"
    "#);
}

#[test]
fn a_value_that_may_be_one_or_a_list_says_so() {
    assert_snapshot!(faults("policies:\n  - name: p\n    match: {kinds: {a: b}}\n"), @"3:20 policies[0].match.kinds: expected text or a list, found a mapping");
}

#[test]
fn a_whole_number_that_is_not_whole_is_a_fault() {
    assert_snapshot!(faults("policies: [{name: p, priority: 1.5}]\n"), @"1:32 policies[0].priority: expected a whole number, found a number `1.5`");
}

#[test]
fn a_number_beyond_all_bounds_is_a_fault_at_its_place() {
    assert_snapshot!(faults("version: 1\npolicies: [{name: p, priority: 18446744073709551615}]\n"), @"2:32 policies[0].priority: invalid value: integer `18446744073709551615`, expected i64");
}

#[test]
fn a_missing_key_is_a_fault_at_what_misses_it() {
    assert_snapshot!(faults("environments:\n  - kind: production\ntemplates:\n  - name: t\n    rules:\n      - {promote: all}\n"), @"
    2:5 environments[0]: key `name` is missing
    6:9 templates[0].rules[0]: key `files` is missing
    ");
}

#[test]
fn a_word_that_is_not_allowed_comes_with_those_that_are() {
    assert_snapshot!(faults("environments:\n  - {name: a, kind: prod}\n"), @"
    2:21 environments[0].kind: unknown value `prod` for `kind`, did you mean `production`?
      hint: allowed: `production` or `non-production`
    ");
}

#[test]
fn a_word_in_a_list_is_pointed_at() {
    assert_snapshot!(faults("policies:\n  - name: p\n    match:\n      kinds:\n        - production\n        - staging\n"), @"
    6:11 policies[0].match.kinds[1]: unknown value `staging` for `kinds`
      hint: allowed: `production` or `non-production`
    ");
}

#[test]
fn another_version_of_the_format_is_a_fault() {
    assert_snapshot!(faults("version: 2\n"), @"
    1:10 version: unknown value `2` for `version`
      hint: allowed: `1`
    ");
}

#[test]
fn a_reserved_key_says_that_it_does_nothing_yet() {
    let top = faults("forge: []\n");
    let policy = faults("policies: [{name: a, forge: x}]\n");
    let workflow = ["gitlab", "kubernetes"]
        .map(|key| faults(&format!("workflows: [{{name: a, {key}: {{}}}}]\n")));
    let gate = ["argocd", "flux", "kubernetes", "prometheus", "registry"]
        .map(|key| faults(&format!("gates: [{{name: a, {key}: {{}}}}]\n")));
    assert_snapshot!([top, policy, workflow.concat(), gate.concat()].concat(), @"
    1:1 forge: key `forge` is reserved for a later version and has no effect yet
      hint: remove it
    1:22 policies[0].forge: key `forge` is reserved for a later version and has no effect yet
      hint: remove it
    1:23 workflows[0].gitlab: key `gitlab` is reserved for a later version and has no effect yet
      hint: remove it
    1:23 workflows[0].kubernetes: key `kubernetes` is reserved for a later version and has no effect yet
      hint: remove it
    1:19 gates[0].argocd: key `argocd` is reserved for a later version and has no effect yet
      hint: remove it
    1:19 gates[0].flux: key `flux` is reserved for a later version and has no effect yet
      hint: remove it
    1:19 gates[0].kubernetes: key `kubernetes` is reserved for a later version and has no effect yet
      hint: remove it
    1:19 gates[0].prometheus: key `prometheus` is reserved for a later version and has no effect yet
      hint: remove it
    1:19 gates[0].registry: key `registry` is reserved for a later version and has no effect yet
      hint: remove it
    ");
}

#[test]
fn a_merge_key_is_not_taken_for_a_slip() {
    assert_snapshot!(faults("environments:\n  - &a {name: dev}\n  - {<<: *a, name: x}\n"), @"
    3:6 environments[1]['<<']: merge keys are not supported
      hint: copy the merged keys here
    ");
}

#[test]
fn a_tag_is_a_fault() {
    assert_snapshot!(faults("layout: !list [a]\n"), @"1:15 layout: expected a list, found a value with a tag");
}

#[test]
fn a_file_that_is_no_mapping_is_a_fault() {
    assert_snapshot!(faults("- a\n"), @"1:1 : expected a mapping, found a list");
    assert_snapshot!(faults("staging\n"), @"1:1 : expected a mapping, found text `staging`");
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    assert_snapshot!(faults("version: 3\n\
         environments:\n\
         \x20 - {name: a/b, kind: x}\n\
         \x20 - {nme: c}\n\
         \x20 - {name: a, aliases: [z]}\n\
         \x20 - {name: b, aliases: [z]}\n\
         layout: ['{app}']\n\
         forge: []\n"), @"
    1:10 version: unknown value `3` for `version`
      hint: allowed: `1`
    3:12 environments[0].name: environment name `a/b` contains a `/`
      hint: use a name that is one part of a path
    3:23 environments[0].kind: unknown value `x` for `kind`
      hint: allowed: `production` or `non-production`
    4:5 environments[1]: key `name` is missing
    4:6 environments[1].nme: unknown key `nme`, did you mean `name`?
      hint: known keys: `name`, `kind`, `aliases`, `repository`, `branch`, `path`, `rendered`
    6:25 environments[3].aliases[0]: alias `z` already belongs to environment `a`
      hint: use each name and alias for one environment only
    7:10 layout[0]: layout `{app}` has no `{env}`
    8:1 forge: key `forge` is reserved for a later version and has no effect yet
      hint: remove it
    ");
}

#[test]
fn a_fault_behind_an_alias_stands_where_the_text_is() {
    assert_snapshot!(faults("products:\n  - {name: a, applications: &all [api, 7]}\n  - {name: b, applications: *all}\n"), @r#"
    2:40 products[0].applications[1]: expected text, found a whole number `7`
      hint: put it in quotes: "7"
    2:40 products[1].applications[1]: expected text, found a whole number `7`
      hint: put it in quotes: "7"
    "#);
}
