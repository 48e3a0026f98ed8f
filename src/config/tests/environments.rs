use insta::assert_snapshot;

use super::{accept, faults, warnings};

#[test]
fn two_environments_of_one_name_are_a_fault() {
    assert_snapshot!(faults("environments:\n  - name: dev\n  - name: dev\n"), @"
    3:11 environments[1].name: environment `dev` is defined twice
      hint: give one of them a different name
    ");
}

#[test]
fn an_empty_name_is_a_fault() {
    assert_snapshot!(faults("environments:\n  - {name: ''}\n  - {name: a, aliases: ['']}\n"), @"
    2:12 environments[0].name: `name` is empty
    3:25 environments[1].aliases[0]: the alias is empty
    ");
}

#[test]
fn a_name_without_a_value_is_a_fault() {
    assert_snapshot!(faults("environments:\n  - name:\n"), @"2:5 environments[0].name: expected text, found nothing");
}

#[test]
fn a_name_is_one_part_of_a_path() {
    assert_snapshot!(faults("environments:\n  - {name: eu/prod, aliases: [us/prod]}\n"), @"
    2:12 environments[0].name: environment name `eu/prod` contains a `/`
      hint: use a name that is one part of a path
    2:31 environments[0].aliases[0]: alias `us/prod` contains a `/`
      hint: use a name that is one part of a path
    ");
}

#[test]
fn a_name_is_one_line() {
    assert_snapshot!(faults("environments:\n  - {name: \"a\\nb\"}\n"), @"
    2:12 environments[0].name: environment name `a�b` contains a control character
      hint: write it on one line, as plain text
    ");
}

#[test]
fn an_alias_that_is_another_environments_name_is_a_fault() {
    assert_snapshot!(faults("environments:\n  - {name: staging, aliases: [prod]}\n  - {name: prod}\n"), @"
    2:31 environments[0].aliases[0]: alias `prod` is the name of another environment
      hint: use each name and alias for one environment only
    ");
}

#[test]
fn an_alias_of_two_environments_is_a_fault_at_the_second() {
    assert_snapshot!(faults("environments:\n  - {name: staging, aliases: [live]}\n  - {name: prod, aliases: [live]}\n"), @"
    3:28 environments[1].aliases[0]: alias `live` already belongs to environment `staging`
      hint: use each name and alias for one environment only
    ");
}

#[test]
fn a_repeated_alias_is_only_a_warning_and_counts_once() {
    let text = "environments:\n  - name: production\n    aliases: [\"production\",\"prod\",\"prd\",\"prod\"]\n";
    assert_snapshot!(warnings(text), @"
    3:15 environments[0].aliases[0]: alias `production` is the name of its own environment
    3:41 environments[0].aliases[3]: alias `prod` is listed twice
    ");
    assert_eq!(
        accept(text).settings.environments[0].aliases,
        ["prod", "prd"]
    );
}
