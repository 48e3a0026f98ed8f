use super::{faulty, refuse};

#[test]
fn an_unknown_key_is_a_fault_with_the_nearest_known_one() {
    faulty(
        "version: 1\nenviroments: []\n",
        &["2:1 enviroments: unknown key `enviroments`, did you mean `environments`?"],
    );
}

#[test]
fn an_unknown_key_far_from_all_lists_those_that_are_known() {
    let faults = refuse("environments:\n  - {name: dev, x: 1}\n");
    assert_eq!(faults[0].to_string(), "promote.yaml:2:17: unknown key `x`");
    let hint = faults[0].hint.as_deref();
    assert_eq!(hint, Some("known here: `name`, `kind`, `aliases`"));
}

#[test]
fn a_value_of_the_wrong_type_says_what_was_expected() {
    faulty(
        "environments: dev\nlayout:\n  a: b\n",
        &[
            "1:15 environments: expected a list, found text `dev`",
            "3:3 layout: expected a list, found a mapping",
        ],
    );
}

#[test]
fn a_number_where_text_is_needed_is_told_to_be_quoted() {
    let faults = refuse("environments:\n  - name: 1\n");
    assert_eq!(
        faults[0].to_string(),
        "promote.yaml:2:11: expected text, found a whole number `1`"
    );
    let hint = faults[0].hint.as_deref();
    assert_eq!(hint, Some("write it in quotes: \"1\""));
}

#[test]
fn a_value_that_may_be_one_or_a_list_says_so() {
    faulty(
        "policies:\n  - name: p\n    match: {kinds: {a: b}}\n",
        &["3:20 policies[0].match.kinds: expected text or a list, found a mapping"],
    );
}

#[test]
fn a_whole_number_that_is_not_whole_is_a_fault() {
    faulty(
        "policies: [{name: p, priority: 1.5}]\n",
        &["1:32 policies[0].priority: expected a whole number, found a number `1.5`"],
    );
}

#[test]
fn a_number_beyond_all_bounds_is_a_fault_at_its_place() {
    let faults = refuse("version: 1\npolicies: [{name: p, priority: 18446744073709551615}]\n");
    assert_eq!((faults[0].line, faults[0].column), (2, 32));
    assert_eq!(faults[0].path, "policies[0].priority");
}

#[test]
fn a_missing_key_is_a_fault_at_what_misses_it() {
    faulty(
        "environments:\n  - kind: production\ntemplates:\n  - name: t\n    rules:\n      - {promote: all}\n",
        &[
            "2:5 environments[0]: `name` is missing",
            "6:9 templates[0].rules[0]: `files` is missing",
        ],
    );
}

#[test]
fn a_word_that_is_not_allowed_comes_with_those_that_are() {
    let faults = refuse("environments:\n  - {name: a, kind: prod}\n");
    assert_eq!(
        faults[0].to_string(),
        "promote.yaml:2:21: unknown value `prod` for `kind`, did you mean `production`?"
    );
    let hint = faults[0].hint.as_deref();
    assert_eq!(hint, Some("it can be `production` or `non-production`"));
    assert_eq!(faults[0].path, "environments[0].kind");
}

#[test]
fn a_word_in_a_list_is_pointed_at() {
    faulty(
        "policies:\n  - name: p\n    match:\n      kinds:\n        - production\n        - staging\n",
        &["6:11 policies[0].match.kinds[1]: unknown value `staging` for `kinds`"],
    );
}

#[test]
fn another_version_of_the_format_is_a_fault() {
    faulty(
        "version: 2\n",
        &["1:10 version: unknown value `2` for `version`"],
    );
}

#[test]
fn a_reserved_key_says_that_it_does_nothing_yet() {
    let later = "is reserved for a later version and does nothing yet";
    for key in ["flows", "workflows", "gates", "concurrency", "forge"] {
        faulty(
            &format!("{key}: []\n"),
            &[&format!("1:1 {key}: `{key}` {later}")],
        );
    }
    for key in ["branch", "repository"] {
        faulty(
            &format!("environments: [{{name: a, {key}: x}}]\n"),
            &[&format!("1:26 environments[0].{key}: `{key}` {later}")],
        );
    }
    for key in [
        "gates",
        "guards",
        "allow",
        "workflows",
        "concurrency",
        "forge",
    ] {
        faulty(
            &format!("policies: [{{name: a, {key}: x}}]\n"),
            &[&format!("1:22 policies[0].{key}: `{key}` {later}")],
        );
    }
}

#[test]
fn a_merge_key_is_not_taken_for_a_slip() {
    faulty(
        "environments:\n  - &a {name: dev}\n  - {<<: *a, name: x}\n",
        &["3:6 environments[1]['<<']: merge keys are not read here"],
    );
}

#[test]
fn a_tag_is_a_fault() {
    faulty(
        "layout: !list [a]\n",
        &["1:15 layout: expected a list, found a value with a tag"],
    );
}

#[test]
fn a_file_that_is_no_mapping_is_a_fault() {
    faulty("- a\n", &["1:1 : expected a mapping, found a list"]);
    faulty(
        "staging\n",
        &["1:1 : expected a mapping, found text `staging`"],
    );
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    faulty(
        "version: 3\n\
         environments:\n\
         \x20 - {name: a/b, kind: x}\n\
         \x20 - {nme: c}\n\
         \x20 - {name: a, aliases: [z]}\n\
         \x20 - {name: b, aliases: [z]}\n\
         layout: ['{app}']\n\
         flows: []\n",
        &[
            "1:10 version: unknown value `3` for `version`",
            "3:12 environments[0].name: environment name `a/b` holds a `/`",
            "3:23 environments[0].kind: unknown value `x` for `kind`",
            "4:5 environments[1]: `name` is missing",
            "4:6 environments[1].nme: unknown key `nme`, did you mean `name`?",
            "6:25 environments[3].aliases[0]: alias `z` belongs to environment `a` already",
            "7:10 layout[0]: layout `{app}` has no `{env}`",
            "8:1 flows: `flows` is reserved for a later version and does nothing yet",
        ],
    );
}

#[test]
fn a_fault_behind_an_alias_stands_where_the_text_is() {
    faulty(
        "products:\n  - {name: a, applications: &all [api, 7]}\n  - {name: b, applications: *all}\n",
        &[
            "2:40 products[0].applications[1]: expected text, found a whole number `7`",
            "2:40 products[1].applications[1]: expected text, found a whole number `7`",
        ],
    );
}
