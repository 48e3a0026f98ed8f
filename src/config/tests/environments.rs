use insta::assert_snapshot;

use super::{accept, faults, warnings};

#[test]
fn two_environments_of_one_name_are_a_fault() {
    assert_snapshot!(faults("environments:\n  - name: dev\n  - name: dev\n"), @"3:11 environments[1].name: environment `dev` is there twice");
}

#[test]
fn an_empty_name_is_a_fault() {
    assert_snapshot!(faults("environments:\n  - {name: ''}\n  - {name: a, aliases: ['']}\n"), @"
    2:12 environments[0].name: `name` is empty
    3:25 environments[1].aliases[0]: an alias is empty
    ");
}

#[test]
fn a_name_without_a_value_is_a_fault() {
    assert_snapshot!(faults("environments:\n  - name:\n"), @"2:5 environments[0].name: expected text, found nothing");
}

#[test]
fn a_name_is_one_part_of_a_path() {
    assert_snapshot!(faults("environments:\n  - {name: eu/prod, aliases: [us/prod]}\n"), @"
    2:12 environments[0].name: environment name `eu/prod` holds a `/`
    2:31 environments[0].aliases[0]: alias `us/prod` holds a `/`
    ");
}

#[test]
fn a_name_is_one_line() {
    assert_snapshot!(faults("environments:\n  - {name: \"a\\nb\"}\n"), @r"2:12 environments[0].name: environment name `a\nb` holds a control character");
}

#[test]
fn an_alias_that_is_another_environments_name_is_a_fault() {
    assert_snapshot!(faults("environments:\n  - {name: staging, aliases: [prod]}\n  - {name: prod}\n"), @"2:31 environments[0].aliases[0]: alias `prod` is another environment's name");
}

#[test]
fn an_alias_of_two_environments_is_a_fault_at_the_second() {
    assert_snapshot!(faults("environments:\n  - {name: staging, aliases: [live]}\n  - {name: prod, aliases: [live]}\n"), @"3:28 environments[1].aliases[0]: alias `live` belongs to environment `staging` already");
}

#[test]
fn a_repeated_alias_is_only_a_warning_and_counts_once() {
    let text = "environments:\n  - name: production\n    aliases: [\"production\",\"prod\",\"prd\",\"prod\"]\n";
    assert_snapshot!(warnings(text), @"
    3:15 environments[0].aliases[0]: alias `production` is the environment's own name
    3:41 environments[0].aliases[3]: alias `prod` is repeated
    ");
    assert_eq!(
        accept(text).settings.environments[0].aliases,
        ["prod", "prd"]
    );
}
