use insta::assert_snapshot;

use super::{faults, warnings};

#[test]
fn a_layout_that_cannot_be_a_pattern_is_a_fault() {
    assert_snapshot!(faults("layout:\n  - 'apps/{app}'\n  - '{env}/{env}'\n  - '{env}/{service}'\n  - '/{env}'\n"), @"
    2:5 layout[0]: layout `apps/{app}` has no `{env}`
    3:5 layout[1]: layout `{env}/{env}` names `{env}` more than once
    4:5 layout[2]: layout `{env}/{service}` has an unknown placeholder `{service}`; `{app}`, `{app**}` and `{env}` exist
    5:5 layout[3]: layout `/{env}` is not a path from the repository's root
    ");
}

#[test]
fn two_products_templates_or_policies_of_one_name_are_faults() {
    let lists = ["products", "templates", "policies"].map(|list| {
        let faults = |items: &str| faults(&format!("{list}:\n{items}"));
        [
            faults("  - name: a\n  - name: a\n"),
            faults("  - name: a/b\n"),
            faults("  - name: ''\n"),
        ]
        .concat()
    });
    assert_snapshot!(lists.concat(), @"
    3:11 products[1].name: product `a` is defined twice
      hint: give one of them a different name
    2:11 products[0].name: product name `a/b` contains a `/`
      hint: use a name that is one part of a path
    2:11 products[0].name: `name` is empty
    3:11 templates[1].name: template `a` is defined twice
      hint: give one of them a different name
    2:11 templates[0].name: template name `a/b` contains a `/`
      hint: use a name that is one part of a path
    2:11 templates[0].name: `name` is empty
    3:11 policies[1].name: policy `a` is defined twice
      hint: give one of them a different name
    2:11 policies[0].name: policy name `a/b` contains a `/`
      hint: use a name that is one part of a path
    2:11 policies[0].name: `name` is empty
    ");
}

#[test]
fn a_product_of_an_unknown_template_is_a_fault() {
    assert_snapshot!(faults("products: [{name: a, template: defualt}]\ntemplates: [{name: default}]\n"), @"
    1:32 products[0].template: no template is named `defualt`, did you mean `default`?
      hint: known templates: `default`
    ");
}

#[test]
fn an_application_that_is_twice_in_a_product_is_only_a_warning() {
    assert_snapshot!(warnings("products: [{name: a, applications: [x, x]}]\n"), @"1:40 products[0].applications[1]: application `x` is listed twice");
}

#[test]
fn a_version_place_that_is_no_path_is_a_fault_with_a_hint() {
    assert_snapshot!(
        faults("templates: [{name: a, version: {file: v.yaml, path: image.tag}}]\n"),
        @"
    1:53 templates[0].version.path: `image.tag` is not a valid JSONPath: at position 0
      hint: a JSONPath starts with `$`, such as `$.image.tag` or `$..replicas`
    "
    );
}

#[test]
fn a_bad_path_in_a_rule_is_a_fault() {
    assert_snapshot!(
        faults("templates:\n  - name: a\n    rules:\n      - files: '**'\n        promote: [versions, '$.a[']\n        keep: ['$..b', '$[?@.x=']\n"),
        @"
    5:29 templates[0].rules[0].promote[1]: `$.a[` is not a valid JSONPath: at position 3
    6:24 templates[0].rules[0].keep[1]: `$[?@.x=` is not a valid JSONPath: at position 6, in long-hand segment, expected closing ']'
    "
    );
}

#[test]
fn a_word_to_promote_that_is_unknown_is_a_fault() {
    assert_snapshot!(faults("templates: [{name: a, rules: [{files: '**', promote: version}]}]\n"), @"
    1:54 templates[0].rules[0].promote: unknown value `version` for `promote`, did you mean `versions`?
      hint: allowed: `versions`, `changes`, `all` or a JSONPath, which starts with `$`
    ");
}

#[test]
fn an_empty_list_to_promote_is_a_fault_because_it_could_mean_two_things() {
    assert_snapshot!(faults("templates: [{name: a, rules: [{files: '**', promote: []}]}]\n"), @"1:54 templates[0].rules[0].promote: `promote` is empty");
}

#[test]
fn a_bad_glob_is_a_fault() {
    assert_snapshot!(faults("templates: [{name: a, rules: [{files: 'a[b'}]}]\n"), @"1:39 templates[0].rules[0].files: `a[b` is not a valid glob: unclosed character class; missing ']'");
    let braces = format!("{}a{}", "{".repeat(1_000), "}".repeat(1_000));
    let nested = faults(&format!(
        "templates: [{{name: a, rules: [{{files: '{braces}'}}]}}]\n"
    ));
    assert!(nested.contains("is not a valid glob"), "{nested}");
}

#[test]
fn the_default_product_must_exist() {
    let products = "products: [{name: loans}]\n";
    assert_snapshot!(faults(&format!("product: lons\n{products}")), @"
    1:10 product: no product is named `lons`, did you mean `loans`?
      hint: known products: `loans`
    ");
    let settings = super::settings(&format!("product: loans\n{products}"));
    assert_eq!(settings.default_product.as_deref(), Some("loans"));
}

#[test]
fn a_layout_has_patterns_and_explicit_pairs() {
    let text =
        "layout:\n- 'x/{app}/{env}/**'\n- {from: 'a/{app}-staging/**', to: 'b/prod/{app}/**'}\n";
    let settings = super::settings(text);
    assert_eq!((settings.layout.len(), settings.mappings.len()), (1, 1));
    assert_snapshot!(faults("layout: [{from: 'a/**', to: 'b/*'}]\n"), @"1:10 layout[0]: layout `a/**` and `b/*` need the same placeholders, in the same order");
    assert_snapshot!(faults("layout: [{from: 'a/**', too: 'b/**'}]\n"), @"
    1:10 layout[0]: key `to` is missing
    1:25 layout[0].too: unknown key `too`, did you mean `to`?
      hint: known keys: `from`, `to`
    ");
}
