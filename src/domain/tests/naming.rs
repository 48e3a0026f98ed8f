use crate::domain::{Environment, Naming, Side, is_usual_environment};

fn environment(name: &str, aliases: &[&str]) -> Environment {
    let mut environment = Environment::named(name);
    environment.aliases = aliases.iter().map(ToString::to_string).collect();
    environment
}

fn naming(source: &str, target: &str) -> Naming {
    Naming::new(Environment::named(source), Environment::named(target), [])
}

/// The names found in a path, with their sides.
fn found(naming: &Naming, path: &str) -> Vec<(String, Side)> {
    let hits = naming.in_path(path).into_iter();
    hits.map(|o| (path[o.start..o.end].to_owned(), o.side))
        .collect()
}

#[test]
fn a_name_counts_between_separators_and_ends() {
    let naming = naming("dev", "prod");
    for path in [
        "dev",
        "a/dev/b",
        "a-dev",
        "dev.yaml",
        "x_dev_y",
        "a/values-dev.yaml",
    ] {
        assert!(naming.names_source(path), "{path}");
        assert!(!naming.names_target(path), "{path}");
    }
}

#[test]
fn a_name_within_a_word_does_not_count() {
    let naming = naming("dev", "prod");
    for path in [
        "deva",
        "adev",
        "dev2",
        "devé",
        "a/product/b",
        "devdev",
        "dev@x",
    ] {
        assert!(!naming.names_source(path), "{path}");
        assert!(!naming.names_target(path), "{path}");
    }
}

#[test]
fn case_counts() {
    let naming = naming("dev", "prod");
    assert!(!naming.names_source("a/Dev/b") && !naming.names_source("DEV.yaml"));
}

#[test]
fn a_longer_common_name_is_not_the_shorter_one() {
    let naming = naming("dev", "prod");
    for path in ["pre-prod/a", "x/non-prod.yaml", "values-pre-prod.yaml"] {
        assert!(!naming.names_target(path), "{path}");
        assert!(
            matches!(found(&naming, path)[..], [(_, Side::Other)]),
            "{path}"
        );
    }
}

#[test]
fn a_longer_configured_name_is_not_the_shorter_one() {
    let ring = Environment::named("ring-1");
    let naming = Naming::new(Environment::named("1"), Environment::named("2"), [&ring]);
    assert!(!naming.names_source("a/ring-1/b"));
    assert!(naming.names_source("a/1/b"));
}

#[test]
fn source_and_target_may_be_the_longer_names() {
    let naming = naming("pre-prod", "prod");
    assert_eq!(
        found(&naming, "pre-prod/x-prod.yaml"),
        [
            ("pre-prod".to_owned(), Side::Source(0)),
            ("prod".to_owned(), Side::Target(0)),
        ]
    );
}

#[test]
fn each_occurrence_is_found_with_its_alias() {
    let naming = Naming::new(
        environment("staging", &["stg"]),
        environment("production", &["prd"]),
        [],
    );
    let hits = found(&naming, "staging/stone-stg-m01");
    assert_eq!(
        hits,
        [
            ("staging".to_owned(), Side::Source(0)),
            ("stg".to_owned(), Side::Source(1)),
        ]
    );
}

#[test]
fn text_has_more_edges_than_a_path() {
    let naming = naming("dev", "prod");
    assert!(!naming.names_source("https:@dev"));
    assert_eq!(
        rename(&naming, "https://dev.example.com?env=dev&x"),
        "https://prod.example.com?env=prod&x"
    );
    assert_eq!(rename(&naming, "devé édev"), "devé édev");
}

#[test]
fn a_renamed_text_takes_the_name_in_the_same_position() {
    let naming = Naming::new(
        environment("staging", &["stg", "s"]),
        environment("production", &["prd"]),
        [],
    );
    assert_eq!(
        rename(&naming, "staging stg s"),
        "production prd production"
    );
}

#[test]
fn renaming_leaves_other_environments_alone() {
    let naming = naming("prod", "live");
    assert_eq!(rename(&naming, "pre-prod prod dev"), "pre-prod live dev");
}

#[test]
fn a_value_takes_the_name_that_it_had() {
    let naming = Naming::new(
        environment("staging", &["stg"]),
        environment("production", &["prod"]),
        [],
    );
    for (source, target, expected) in [
        (
            "staging/new_stg_app",
            "production/old",
            "production/new_production_app",
        ),
        (
            "staging/new_stg_app",
            "production/old-prod",
            "production/new_prod_app",
        ),
        ("stg.example.com", "other.example.com", "stg.example.com"),
        ("web-staging", "web-dev", "web-production"),
        ("staging", "qa", "production"),
        ("staging", "", "staging"),
        ("web", "web-prod", "web"),
    ] {
        assert_eq!(
            naming.rename_like(source, target),
            expected,
            "{source} for {target}"
        );
    }
}

#[test]
fn texts_that_only_differ_in_the_environments_name_are_the_same() {
    let naming = Naming::new(
        environment("staging", &["stg"]),
        environment("production", &["prod"]),
        [],
    );
    assert!(naming.same("web.stg.example.com", "web.prod.example.com"));
    assert!(naming.same("equal", "equal"));
    assert!(!naming.same("web.stg.example.com", "api.prod.example.com"));
    assert!(!naming.same("web.stg.example.com", "web.dev.example.com"));
    assert!(!naming.same("pre-prod", "prod"));
}

#[test]
fn a_name_of_both_is_the_sources() {
    let naming = Naming::new(environment("a", &["x"]), environment("b", &["x"]), []);
    assert_eq!(found(&naming, "x"), [("x".to_owned(), Side::Source(1))]);
}

#[test]
fn text_in_any_script_can_be_searched() {
    let naming = naming("dév", "日本");
    assert_eq!(rename(&naming, "ü/dév/日本"), "ü/日本/日本");
    assert!(naming.names_target("日本/x") && !naming.names_target("日本語/x"));
}

#[test]
fn what_comes_before_an_environment_is_another_one() {
    let naming = Naming::new(
        environment("staging", &["pre-x"]),
        environment("x", &[]),
        [],
    );
    for path in ["pre-staging/a", "a-pre_staging.yaml", "non-x", "pre-prod"] {
        assert!(!naming.names_source(path), "{path}");
        assert!(!naming.names_target(path), "{path}");
    }
    assert!(naming.names_source("pre-x") && naming.names_source("pre/staging"));
    assert!(naming.names_source("prestaging-staging"));
}

#[test]
fn usual_names_of_environments() {
    for name in [
        "prod",
        "prod-eu",
        "uat2",
        "eu-staging",
        "pre-prod",
        "non_prod",
    ] {
        assert!(is_usual_environment(name), "{name}");
    }
    for name in ["orders", "ring-0", "eu", "product", "2"] {
        assert!(!is_usual_environment(name), "{name}");
    }
}

/// The text with every name of the source replaced.
fn rename(naming: &Naming, text: &str) -> String {
    naming.rename_where(text, &[], |_, _| true)
}
