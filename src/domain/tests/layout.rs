use crate::domain::{LayoutError, LayoutPattern};

fn is_env(text: &str) -> bool {
    ["staging", "production", "prod", "pre-prod"].contains(&text)
}

/// Application and environment of a path, if the pattern matches.
fn matched(pattern: &str, path: &str) -> Option<(String, String)> {
    let pattern = LayoutPattern::parse(pattern).unwrap();
    let found = pattern.matches(path, &is_env)?;
    Some((found.application, found.environment))
}

fn found(application: &str, environment: &str) -> (String, String) {
    (application.to_owned(), environment.to_owned())
}

fn may_match(pattern: &str, folder: &str, app: &str) -> bool {
    let pattern = LayoutPattern::parse(pattern).unwrap();
    let folder: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    pattern.may_match_below(&folder, &is_env, &|name| name == app)
}

#[test]
fn an_application_can_be_one_part() {
    let pattern = "components/{app}/{env}/**";
    assert_eq!(
        matched(pattern, "components/api/staging/a.yaml"),
        Some(found("api", "staging"))
    );
    assert_eq!(
        matched(pattern, "components/api/staging/x/y/a.yaml"),
        Some(found("api", "staging"))
    );
    assert_eq!(matched(pattern, "components/a/api/staging/a.yaml"), None);
    assert_eq!(matched(pattern, "components/api/dev/a.yaml"), None);
    assert_eq!(matched(pattern, "other/api/staging/a.yaml"), None);
}

#[test]
fn final_stars_match_at_least_one_part() {
    assert_eq!(
        matched("components/{app}/{env}/**", "components/api/staging"),
        None
    );
}

#[test]
fn an_application_can_be_many_parts() {
    for pattern in [
        "components/{app**}/{env}/**",
        "components/{app**}/{env}/{**}",
    ] {
        let deep = "components/team/api/staging/x/a.yaml";
        assert_eq!(matched(pattern, deep), Some(found("team/api", "staging")));
        assert_eq!(
            matched(pattern, "components/api/staging/a.yaml"),
            Some(found("api", "staging"))
        );
        assert_eq!(matched(pattern, "components/staging/a.yaml"), None);
    }
}

#[test]
fn the_first_environment_below_the_application_counts() {
    let path = "components/api/staging/prod/a.yaml";
    assert_eq!(
        matched("components/{app**}/{env}/**", path),
        Some(found("api", "staging"))
    );
}

#[test]
fn an_environment_can_be_a_piece_of_a_name() {
    let pattern = "charts/{app}/values-{env}.yaml";
    assert_eq!(
        matched(pattern, "charts/api/values-prod.yaml"),
        Some(found("api", "prod"))
    );
    assert_eq!(
        matched(pattern, "charts/api/values-pre-prod.yaml"),
        Some(found("api", "pre-prod"))
    );
    assert_eq!(matched(pattern, "charts/api/values-dev.yaml"), None);
    assert_eq!(matched(pattern, "charts/api/values-prod.yml"), None);
    assert_eq!(matched(pattern, "charts/api/values-prod.yaml/x"), None);
}

#[test]
fn application_and_environment_can_share_a_part() {
    let pattern = "apps/{app}-{env}/**";
    assert_eq!(
        matched(pattern, "apps/web-api-prod/a.yaml"),
        Some(found("web-api", "prod"))
    );
    assert_eq!(
        matched("{env}-{app}.yaml", "pre-prod-api.yaml"),
        Some(found("api", "pre-prod"))
    );
}

#[test]
fn stars_match_a_piece_or_parts() {
    assert_eq!(
        matched("c*/{env}/*.yaml", "clusters/prod/a.yaml"),
        Some(found("", "prod"))
    );
    assert_eq!(matched("c*/{env}/*.yaml", "clusters/prod/x/a.yaml"), None);
    assert_eq!(
        matched("**/{env}/{app}.yaml", "a/b/prod/api.yaml"),
        Some(found("api", "prod"))
    );
    assert_eq!(
        matched("**/{env}/{app}.yaml", "prod/api.yaml"),
        Some(found("api", "prod"))
    );
    assert_eq!(
        matched("{env}/**/{app}/v.yaml", "prod/api/v.yaml"),
        Some(found("api", "prod"))
    );
}

#[test]
fn a_pattern_without_an_application_gives_an_empty_name() {
    assert_eq!(
        matched("envs/{env}/**", "envs/prod/a.yaml"),
        Some(found("", "prod"))
    );
}

#[test]
fn names_in_any_script_are_split_between_characters() {
    assert_eq!(
        matched("{app}-{env}.yaml", "größe-prod.yaml"),
        Some(found("größe", "prod"))
    );
}

#[test]
fn folders_that_cannot_match_are_pruned() {
    let pattern = "components/{app}/{env}/**";
    assert!(may_match(pattern, "", "api"));
    assert!(may_match(pattern, "components", "api"));
    assert!(may_match(pattern, "components/api", "api"));
    assert!(may_match(pattern, "components/api/prod", "api"));
    assert!(may_match(pattern, "components/api/prod/x/y", "api"));
    assert!(!may_match(pattern, "docs", "api"));
    assert!(!may_match(pattern, "components/web", "api"));
    assert!(!may_match(pattern, "components/api/dev", "api"));
}

#[test]
fn a_folder_is_pruned_where_the_pattern_has_its_file() {
    let pattern = "charts/{app}/values-{env}.yaml";
    assert!(may_match(pattern, "charts/api", "api"));
    assert!(!may_match(pattern, "charts/api/templates", "api"));
    assert!(!may_match(pattern, "charts/api/values-prod.yaml", "api"));
}

#[test]
fn an_application_of_many_parts_only_prunes_what_precedes_it() {
    let pattern = "components/{app**}/{env}/**";
    assert!(may_match(pattern, "components/team", "team/api"));
    assert!(may_match(pattern, "components/team/api/prod", "team/api"));
    assert!(!may_match(pattern, "docs", "team/api"));
}

#[test]
fn what_matches_is_never_pruned() {
    let patterns = [
        "components/{app}/{env}/**",
        "{env}/{app**}/v.yaml",
        "**/{app}-{env}/*.yaml",
        "a/**/{env}/{app}.yaml",
    ];
    let paths = [
        "components/api/prod/x/a.yaml",
        "prod/a/b/v.yaml",
        "x/y/api-prod/a.yaml",
        "a/prod/api.yaml",
        "a/b/c/prod/api.yaml",
    ];
    let mut hits = 0;
    for pattern in patterns {
        for path in paths {
            let Some((app, _)) = matched(pattern, path) else {
                continue;
            };
            hits += 1;
            let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
            for folder in folders {
                assert!(may_match(pattern, folder, &app), "{pattern} {folder}");
            }
        }
    }
    assert!(hits >= 5);
}

#[test]
fn many_stars_in_a_row_take_no_longer_than_one() {
    let pattern = format!("{}{{env}}/x", "**/".repeat(30));
    let path = format!("{}y", "a/".repeat(60));
    assert_eq!(matched(&pattern, &path), None);
    assert_eq!(LayoutPattern::parse(&pattern).unwrap().as_str(), pattern);
}

#[test]
fn an_invalid_pattern_is_refused() {
    let no_env = LayoutError::NoEnvironment("apps/{app}".into());
    assert_eq!(LayoutPattern::parse("apps/{app}"), Err(no_env));
    assert!(LayoutPattern::parse_in_folder("apps/{app}").is_ok());
    for (text, name) in [
        ("{env}/{env}", "{env}"),
        ("{env}/{app}/{app}", "{app}"),
        ("{env}/{app}/{app**}", "{app}"),
    ] {
        let pattern = text.to_owned();
        assert_eq!(
            LayoutPattern::parse(text),
            Err(LayoutError::Repeated { pattern, name })
        );
    }
    for (text, placeholder) in [
        ("{env}/{service}", "{service}"),
        ("x/{env", "{env"),
        ("{env}/{}", "{}"),
    ] {
        let expected = LayoutError::Placeholder {
            pattern: text.to_owned(),
            placeholder: placeholder.to_owned(),
        };
        assert_eq!(LayoutPattern::parse(text), Err(expected));
    }
    for text in ["", "/{env}", "{env}/", "a//{env}", "./{env}", "../{env}"] {
        assert_eq!(
            LayoutPattern::parse(text),
            Err(LayoutError::NotAPath(text.to_owned()))
        );
    }
}

#[test]
fn many_parts_need_slashes_on_both_sides() {
    let error = LayoutPattern::parse("x-{app**}/{env}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "layout `x-{app**}/{env}` needs `{app**}` between slashes, with nothing beside it"
    );
}

#[test]
fn several_wildcards_take_no_longer_than_one() {
    let start = std::time::Instant::now();
    let is_env = |text: &str| text == "staging";
    let name = "a".repeat(2_000);
    let folders = "a/".repeat(900);
    for (pattern, path) in [
        (
            "apps/*a*a*a*a*a*ab/{env}/**",
            format!("apps/{name}/staging/x"),
        ),
        (
            "apps/*a*a*{app}*a*a*ab/{env}",
            format!("apps/{name}/staging"),
        ),
        ("*a*a*{env}*a*a*b/x", format!("{name}/x")),
        (
            "**/a/**/a/**/a/**/a/**/a/**/b/{env}",
            format!("{folders}staging"),
        ),
        (
            "**/a/**/a/{app**}/a/**/a/**/b/{env}",
            format!("{folders}staging"),
        ),
    ] {
        let pattern = LayoutPattern::parse(pattern).unwrap();
        assert_eq!(
            pattern.matches(&path, &is_env),
            None,
            "{}",
            pattern.as_str()
        );
        let parts: Vec<&str> = path.split('/').collect();
        pattern.may_match_below(&parts, &is_env, &|_| true);
    }
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn a_wildcard_takes_what_lets_the_rest_fit() {
    let is_env = |text: &str| text == "s";
    for (pattern, path, application) in [
        ("*a*b{app}c/{env}", "aabbxcc/s", "xc"),
        ("{app}-*-x/{env}", "a-b-c-x/s", "a-b"),
        ("**/a/**/{app}/b/**/{env}/x", "a/a/c/b/c/b/s/x", "c"),
        ("**/{app**}/k/{env}", "a/k/b/k/s", "a/k/b"),
    ] {
        let found = LayoutPattern::parse(pattern)
            .unwrap()
            .matches(path, &is_env);
        assert_eq!(
            found.map(|f| f.application).as_deref(),
            Some(application),
            "{pattern}"
        );
    }
}
