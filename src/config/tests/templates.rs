use super::{faulty, refuse, warned};

#[test]
fn a_layout_that_cannot_be_a_pattern_is_a_fault() {
    faulty(
        "layout:\n  - 'apps/{app}'\n  - '{env}/{env}'\n  - '{env}/{service}'\n  - '/{env}'\n",
        &[
            "2:5 layout[0]: layout `apps/{app}` has no `{env}`",
            "3:5 layout[1]: layout `{env}/{env}` names `{env}` more than once",
            "4:5 layout[2]: layout `{env}/{service}` has an unknown placeholder `{service}`; `{app}`, `{app**}` and `{env}` exist",
            "5:5 layout[3]: layout `/{env}` is not a path from the repository's root",
        ],
    );
}

#[test]
fn two_products_templates_or_policies_of_one_name_are_faults() {
    for (list, what) in [
        ("products", "product"),
        ("templates", "template"),
        ("policies", "policy"),
    ] {
        faulty(
            &format!("{list}:\n  - name: a\n  - name: a\n"),
            &[&format!("3:11 {list}[1].name: {what} `a` is there twice")],
        );
        faulty(
            &format!("{list}:\n  - name: a/b\n"),
            &[&format!(
                "2:11 {list}[0].name: {what} name `a/b` holds a `/`"
            )],
        );
        faulty(
            &format!("{list}:\n  - name: ''\n"),
            &[&format!("2:11 {list}[0].name: `name` is empty")],
        );
    }
}

#[test]
fn a_product_of_an_unknown_template_is_a_fault() {
    faulty(
        "products: [{name: a, template: defualt}]\ntemplates: [{name: default}]\n",
        &["1:32 products[0].template: no template is named `defualt`, did you mean `default`?"],
    );
}

#[test]
fn an_application_that_is_twice_in_a_product_is_only_a_warning() {
    warned(
        "products: [{name: a, applications: [x, x]}]\n",
        &["1:40 products[0].applications[1]: application `x` is repeated"],
    );
}

#[test]
fn a_version_place_that_is_no_path_is_a_fault_with_a_hint() {
    let faults = refuse("templates: [{name: a, version: {file: v.yaml, path: image.tag}}]\n");
    let fault = &faults[0];
    assert_eq!((fault.line, fault.column), (1, 53));
    assert_eq!(fault.path, "templates[0].version.path");
    assert!(fault.message.starts_with("`image.tag` is not a JSONPath"));
    assert!(fault.hint.as_deref().unwrap().contains("starts with `$`"));
}

#[test]
fn a_bad_path_in_a_rule_is_a_fault() {
    let text = "templates:\n  - name: a\n    rules:\n      - files: '**'\n        promote: [versions, '$.a[']\n        keep: ['$..b', '$[?@.x=']\n";
    let faults = refuse(text);
    let places: Vec<_> = faults
        .iter()
        .map(|f| (f.line, f.column, f.path.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (5, 29, "templates[0].rules[0].promote[1]"),
            (6, 24, "templates[0].rules[0].keep[1]"),
        ]
    );
    assert!(faults[0].message.starts_with("`$.a[` is not a JSONPath"));
}

#[test]
fn a_word_to_promote_that_is_unknown_is_a_fault() {
    faulty(
        "templates: [{name: a, rules: [{files: '**', promote: version}]}]\n",
        &[
            "1:54 templates[0].rules[0].promote: unknown value `version` for `promote`, did you mean `versions`?",
        ],
    );
}

#[test]
fn an_empty_list_to_promote_is_a_fault_because_it_could_mean_two_things() {
    faulty(
        "templates: [{name: a, rules: [{files: '**', promote: []}]}]\n",
        &["1:54 templates[0].rules[0].promote: `promote` is empty"],
    );
}

#[test]
fn a_bad_glob_is_a_fault() {
    faulty(
        "templates: [{name: a, rules: [{files: 'a[b'}]}]\n",
        &[
            "1:39 templates[0].rules[0].files: `a[b` is not a glob: unclosed character class; missing ']'",
        ],
    );
}
