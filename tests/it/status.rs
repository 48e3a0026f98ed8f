//! `git promote status` in real repositories.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::{Ran, Repo, World};

fn values(tag: &str) -> String {
    format!("image:\n  tag: {tag}\nreplicas: 2\n")
}

fn path(application: &str, environment: &str) -> String {
    format!("apps/{application}/{environment}/values.yaml")
}

/// A repository with the versions of applications in `dev`, `staging` and `production`.
fn repository<'w>(world: &'w World, applications: &[(&str, [&str; 3])]) -> Repo<'w> {
    let mut files = Vec::new();
    for (application, tags) in applications {
        for (environment, tag) in ["dev", "staging", "production"].iter().zip(tags) {
            files.push((path(application, environment), values(tag)));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    world.repository(&files)
}

fn status(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let ran = repo.promote(&[&["status"], more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn json(repo: &Repo<'_>, more: &[&str]) -> Value {
    let ran = status(repo, &[&["--output", "json"], more].concat());
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn each_version_is_compared_with_the_environment_before() {
    let world = World::new();
    let repo = repository(
        &world,
        &[
            ("api", ["1.2.0", "1.2.0", "1.1.0"]),
            ("web", ["2.0.0", "2.1.0", "main"]),
        ],
    );
    assert_snapshot!(repo.redact(status(&repo, &[])), @"
    exit 0
    --- stdout
    application  environment  version  relation  waiting  since             by
    api          dev          1.2.0                       2026-01-02 03:04  Ada
    api          staging      1.2.0    equal              2026-01-02 03:04  Ada
    api          production   1.1.0    behind    1        2026-01-02 03:04  Ada
    web          dev          2.0.0                       2026-01-02 03:04  Ada
    web          staging      2.1.0    ahead     1 held   2026-01-02 03:04  Ada
    web          production   main     diverged  1        2026-01-02 03:04  Ada

    --- stderr
    ");
    let markdown = status(&repo, &["--output", "markdown", "--service", "api"]);
    assert_snapshot!(repo.redact(markdown.stdout), @"
    | application | environment | version | relation | waiting | since | by |
    |---|---|---|---|---|---|---|
    | `api` | `dev` | `1.2.0` |  |  | `2026-01-02 03:04` | `Ada` |
    | `api` | `staging` | `1.2.0` | `equal` |  | `2026-01-02 03:04` | `Ada` |
    | `api` | `production` | `1.1.0` | `behind` | `1` | `2026-01-02 03:04` | `Ada` |
    ");
}

#[test]
fn environments_applications_and_products_choose() {
    let world = World::new();
    let repo = repository(
        &world,
        &[("api", ["2", "2", "1"]), ("web", ["2", "2", "1"])],
    );
    let names = |more: &[&str]| -> String {
        let json = json(&repo, more);
        let applications = json["applications"].as_array().unwrap().iter();
        let applications = applications.map(|a| a["name"].as_str().unwrap());
        let applications: Vec<&str> = applications.collect();
        let environments = json["environments"].as_array().unwrap().iter();
        let environments = environments.map(|e| e.as_str().unwrap());
        let environments: Vec<&str> = environments.collect();
        format!("{} in {}", applications.join(", "), environments.join(", "))
    };
    assert_eq!(names(&[]), "api, web in dev, staging, production");
    assert_eq!(
        names(&["--service", "web"]),
        "web in dev, staging, production"
    );
    let two = ["--environments", "production,staging"];
    assert_eq!(names(&two), "api, web in production, staging");
    let settings = "version: 1\nenvironments:\n  - {name: prod, aliases: [production]}\n  \
                    - {name: staging}\nproducts:\n  - {name: shop, applications: [web]}\n";
    repo.commit("configure", &[("promote.yaml", settings)]);
    assert_eq!(names(&["--product", "shop"]), "web in prod, staging");
    for (more, message) in [
        (["--service", "wep"], "there is no application `wep`"),
        (["--product", "shops"], "there is no product `shops`"),
        (["--environments", "qa"], "there is no environment `qa`"),
    ] {
        let ran = repo.promote(&[&["status"], &more[..]].concat());
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(message), "{ran}");
    }
}

#[test]
fn a_version_is_there_since_the_commit_that_changed_it() {
    let world = World::new();
    let repo = repository(&world, &[("api", ["1", "1", "1"])]);
    let first = repo.tip("HEAD");
    let file = path("api", "production");
    let bump = repo.commit("bump", &[(&file, &values("2"))]);
    repo.commit(
        "scale",
        &[(&file, &values("2").replace("replicas: 2", "replicas: 5"))],
    );
    let json = json(&repo, &[]);
    let environments = &json["applications"][0]["environments"];
    let since = |at: usize| environments[at]["since"]["commit"].as_str().unwrap();
    assert_eq!([since(0), since(1), since(2)], [&first, &first, &bump]);
    assert_eq!(environments[2]["since"]["author"], "Ada");
}

#[test]
fn the_history_tells_which_of_two_unordered_versions_is_newer() {
    let world = World::new();
    let [old, middle, new, other] = ["1111111", "c0ffee0", "0ddba11", "5eafa11"];
    let files = [
        ("api", [old, old, old]),
        ("web", [old, other, old]),
        ("job", [old, old, old]),
    ];
    let repo = repository(&world, &files);
    let set = |version: &str, places: &[(&str, &str)]| {
        let text = values(version);
        let files = places.iter().map(|(app, env)| path(app, env));
        let files: Vec<String> = files.collect();
        let files: Vec<(&str, &str)> = files.iter().map(|f| (&**f, &*text)).collect();
        repo.commit(version, &files);
    };
    set(middle, &[("api", "dev"), ("web", "dev")]);
    set(
        new,
        &[
            ("api", "dev"),
            ("web", "dev"),
            ("job", "dev"),
            ("job", "staging"),
        ],
    );
    set(old, &[("job", "dev")]);
    let json = json(&repo, &[]);
    let found = |at: usize| {
        let staging = &json["applications"][at]["environments"][1];
        (
            staging["relation"].clone(),
            staging["versions_between"].clone(),
        )
    };
    assert_eq!(found(0), ("behind".into(), 1.into()), "api");
    assert_eq!(
        found(1),
        ("ahead".into(), 0.into()),
        "job, of which dev went back"
    );
    assert_eq!(found(2), ("diverged".into(), Value::Null), "web");
}

#[test]
fn the_templates_place_has_the_version() {
    let world = World::new();
    let settings = "version: 1\nenvironments: [{name: staging}, {name: production}]\nproducts:\n  \
                    - {name: shop, applications: [api], template: release}\ntemplates:\n  \
                    - {name: release, version: {file: values.yaml, path: $.release}}\n";
    let [old, new] = ["7", "8"].map(|release| format!("release: '{release}'\n{}", values("1")));
    let repo = world.repository(&[
        ("promote.yaml", settings),
        ("apps/api/staging/values.yaml", &new),
        ("apps/api/production/values.yaml", &old),
    ]);
    let json = json(&repo, &[]);
    let environments = json["applications"][0]["environments"].as_array().unwrap();
    let versions: Vec<&Value> = environments.iter().map(|e| &e["version"]).collect();
    assert_eq!(versions, ["8", "7"]);
    assert_eq!(environments[1]["relation"], "behind");
    let counts = |json: &Value| ["waiting", "kept"].map(|key| json[key].clone());
    assert_eq!(counts(&environments[1]), [json!(0), json!(1)]);
    // A rule promotes it.
    let rule = "    rules: [{files: '**', promote: [$.release]}]\n";
    let settings = settings.replace("path: $.release}}\n", &format!("path: $.release}}\n{rule}"));
    let settings = settings.replace("- {name: release, version", "- name: release\n    version");
    repo.commit("rule", &[("promote.yaml", &settings)]);
    let json = self::json(&repo, &[]);
    let counted = counts(&json["applications"][0]["environments"][1]);
    assert_eq!(counted, [json!(1), json!(0)]);
}

#[test]
fn what_waits_is_what_a_promotion_moves() {
    let world = World::new();
    let repo = repository(&world, &[("api", ["2.0", "1.0", "1.0"])]);
    let waiting = |at: usize| {
        let json = json(&repo, &[]);
        json["applications"][0]["environments"][at]["waiting"].clone()
    };
    assert_eq!(
        [waiting(0), waiting(1), waiting(2)],
        [Value::Null, json!(1), json!(0)]
    );
    let ran = repo.promote(&["--from", "dev", "--to", "staging", "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!([waiting(1), waiting(2)], [json!(0), json!(1)]);
}

#[test]
fn the_json_has_a_schema() {
    let world = World::new();
    let repo = repository(&world, &[("api", ["1.2.0", "1.2.0", "1.1.0"])]);
    let schema = world.promote(&["schema", "status"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let document = json(&repo, &[]);
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    assert_eq!(document["schema"], "git-promote/status/v1");
    assert_eq!(document["commit"], repo.tip("HEAD"));
}

/// The lines of the table for an application, without when and by whom.
fn lines(ran: &Ran, application: &str) -> Vec<String> {
    let lines = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with(application));
    let words = |line: &str| {
        let line = line.split("2026").next().unwrap_or_default();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    lines.map(words).collect()
}

#[test]
fn an_environment_is_compared_with_the_nearest_one_that_has_the_application() {
    let world = World::new();
    let repo = repository(
        &world,
        &[("api", ["2", "2", "1"]), ("web", ["2", "2", "1"])],
    );
    repo.git(&["rm", "-rq", "apps/api/staging"]);
    repo.git(&["commit", "-qm", "api has no staging"]);
    let ran = status(&repo, &[]);
    assert_eq!(
        lines(&ran, "api"),
        [
            "api dev 2",
            "api staging absent",
            "api production 1 behind 1"
        ]
    );
    let json = json(&repo, &["--service", "api"]);
    let environments = json["applications"][0]["environments"].as_array().unwrap();
    assert_eq!(environments.len(), 2);
    assert_eq!(environments[1]["compared_with"], "dev");
}

#[test]
fn held_and_kept_versions_do_not_wait() {
    let world = World::new();
    let values = |tag: &str, sidecar: &str, tools: &str| {
        format!(
            "image: {{tag: {tag}}}\nsidecar: {{image: {{tag: {sidecar}}}}}\ntools: {{image: {{tag: {tools}}}}}\n"
        )
    };
    let repo = world.repository(&[
        // A new version, one that would go back, and one of each environment.
        (
            "apps/api/staging/values.yaml",
            &values("2.0.0", "1.0.0", "staging-4"),
        ),
        (
            "apps/api/production/values.yaml",
            &values("1.0.0", "1.1.0", "production-3"),
        ),
    ]);
    let json = json(&repo, &[]);
    let production = &json["applications"][0]["environments"][1];
    let counts = ["waiting", "held", "kept"].map(|key| production[key].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(1)]);
    let ran = status(&repo, &[]);
    assert!(ran.stdout.contains("1, 1 held, 1 kept"), "{ran}");
}

#[test]
fn several_versions_have_the_names_of_their_images_or_files() {
    let world = World::new();
    let pod = |name: &str, version: &str| {
        format!(
            "kind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: a, image: 'acme/{name}:{version}'}}]}}\n"
        )
    };
    let repo = world.repository(&[
        ("apps/api/staging/one.yaml", &pod("server", "1.0.0")),
        ("apps/api/staging/two.yaml", &pod("worker", "2.0.0")),
        ("apps/api/production/one.yaml", &pod("server", "1.0.0")),
        ("apps/web/staging/blue.values.yaml", "image: {tag: 3.0.0}\n"),
        (
            "apps/web/staging/green.values.yaml",
            "image: {tag: 4.0.0}\n",
        ),
    ]);
    let ran = status(&repo, &[]);
    assert_eq!(
        lines(&ran, "api")[0],
        "api staging server 1.0.0, worker 2.0.0"
    );
    let expected = "web staging blue.values.yaml 3.0.0, green.values.yaml 4.0.0";
    assert_eq!(lines(&ran, "web")[0], expected);
    let json = json(&repo, &["--service", "api"]);
    let place = &json["applications"][0]["environments"][0]["places"][1];
    let expected =
        json!({"version": "2.0.0", "image": "acme/worker", "file": "apps/api/staging/two.yaml"});
    assert_eq!(*place, expected);
}

#[test]
fn a_version_is_older_than_a_rename_and_than_the_end_of_a_shallow_clone() {
    let world = World::new();
    let file = "deploy/api/production/values.yaml";
    let repo = world.repository(&[
        ("deploy/api/staging/values.yaml", &values("2")),
        (file, &values("1")),
    ]);
    let bump = repo.commit("bump", &[(file, &values("2"))]);
    repo.git(&["mv", "deploy", "apps"]);
    repo.git(&["commit", "-qm", "move"]);
    repo.commit("other", &[("apps/api/production/x.yaml", "x: 1\n")]);
    let since = |repo: &Repo<'_>| {
        let json = json(repo, &[]);
        json["applications"][0]["environments"][1]["since"]["commit"].clone()
    };
    assert_eq!(since(&repo), bump.as_str());
    let url = format!("file://{}", repo.dir.display());
    world.git(&["clone", "-q", "--depth", "1", &url, "shallow"]);
    let shallow = world.at(world.path("shallow"));
    assert_eq!(since(&shallow), Value::Null);
}

#[test]
fn aliases_are_one_environment_and_folders_with_usual_words_are_none() {
    let world = World::new();
    let repo = world.repository(&[
        ("apps/api/dev/values.yaml", &values("3")),
        ("apps/api/staging/values.yaml", &values("2")),
        ("apps/api/production/values.yaml", &values("1")),
        ("apps/web/development/values.yaml", &values("3")),
        ("apps/web/staging/values.yaml", &values("2")),
        ("apps/web/prod/values.yaml", &values("1")),
        ("apps/job/staging/values.yaml", &values("1")),
        ("apps/job/prod/values.yaml", &values("1")),
        ("live/docs.yaml", "a: 1\n"),
        ("tools/preview-tools/values.yaml", &values("9")),
    ]);
    let json = json(&repo, &[]);
    assert_eq!(json["environments"], json!(["dev", "staging", "prod"]));
    let of = |at: usize| {
        let environments = json["applications"][at]["environments"].as_array().unwrap();
        let versions = environments.iter().map(|e| e["version"].as_str().unwrap());
        let waiting = environments[environments.len() - 1]["waiting"].clone();
        (versions.collect::<Vec<_>>().join(" "), waiting)
    };
    assert_eq!(of(0), ("3 2 1".to_owned(), json!(1)));
    assert_eq!(of(2), ("3 2 1".to_owned(), json!(1)));
}

#[test]
fn a_damaged_repository_is_an_error() {
    let world = World::new();
    let repo = repository(
        &world,
        &[("api", ["2", "2", "1"]), ("web", ["1", "1", "1"])],
    );
    repo.write("apps/api/dev/sub/x.yaml", "x: 1\n");
    repo.commit("sub", &[]);
    let tree = repo.git(&["rev-parse", "HEAD:apps/api/dev/sub"]);
    let file = repo
        .dir
        .join(format!(".git/objects/{}/{}", &tree[..2], &tree[2..]));
    std::fs::remove_file(file).unwrap();
    let ran = repo.promote(&["status"]);
    assert_eq!(ran.code, 1, "{ran}");
}

#[test]
fn programs_read_whole_cells() {
    let world = World::new();
    let long = "1.0.0-build.20260102030405.abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdef";
    let repo = repository(
        &world,
        &[("api-with-a-very-long-name-of-many-parts", [long; 3])],
    );
    let ran = status(&repo, &[]);
    assert_eq!(ran.stdout.matches(long).count(), 3, "{ran}");
}

#[test]
fn regions_beside_other_environments_are_environments() {
    for (folders, expected) in [
        (
            &["staging", "production-eu", "production-us"][..],
            json!(["staging", "production-eu", "production-us"]),
        ),
        (
            &["dev", "prod", "prod-eu"],
            json!(["dev", "prod", "prod-eu"]),
        ),
        (&["prod-eu", "prod-us"], json!(["prod-eu", "prod-us"])),
        (
            &["staging-eu", "staging-us", "prod-eu", "prod-us"],
            json!(["staging", "prod"]),
        ),
    ] {
        let world = World::new();
        let files: Vec<(String, String)> = (folders.iter())
            .map(|folder| (path("api", folder), values("1")))
            .chain([("apps/api/prod-tools/deploy.sh".to_owned(), String::new())])
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
        let repo = world.repository(&files);
        assert_eq!(json(&repo, &[])["environments"], expected);
        let init = repo.promote(&["init"]).stdout;
        for environment in expected.as_array().unwrap() {
            let line = format!("- {{name: {}, kind", environment.as_str().unwrap());
            assert!(init.contains(&line), "{init}");
        }
    }
}
