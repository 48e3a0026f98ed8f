//! `git promote init` in real repositories.

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Repo, World};

fn repository(world: &World) -> Repo<'_> {
    let mut files = Vec::new();
    for (application, staging) in [
        ("shop/api", "staging"),
        ("shop/web", "staging"),
        ("mail/sender", "stage"),
        ("mail/reader", "staging"),
    ] {
        for (environment, tag, replicas) in [("dev", 3, 1), (staging, 2, 2), ("prod", 1, 4)] {
            let text = format!("image: {{tag: {tag}.0.0}}\nreplicas: {replicas}\ndebug: true\n");
            files.push((
                format!("apps/{application}/{environment}/values.yaml"),
                text,
            ));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    world.repository(&files)
}

fn plan(repo: &Repo<'_>) -> Value {
    let hop = ["diff", "--from", "dev", "--to", "prod", "--output", "json"];
    let ran = repo.promote(&hop);
    assert_eq!(ran.code, 0, "{ran}");
    let diff: Value = serde_json::from_str(&ran.stdout).unwrap();
    let applications = diff["applications"].as_array().unwrap().iter();
    let promoted = applications.flat_map(|a| a["files"][0]["differences"].as_array().unwrap());
    let promoted = promoted.filter(|difference| difference["decision"] == "promote");
    promoted
        .map(|difference| difference["selector"].clone())
        .collect()
}

#[test]
fn a_suggestion_is_printed_with_its_evidence_and_keeps_the_plan() {
    let world = World::new();
    let repo = repository(&world);
    let before = plan(&repo);
    let ran = repo.promote(&["init"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.status(), "");
    assert_snapshot!(ran.stdout, @r#"
    version: 1

    environments:
      - {name: dev, kind: non-production} # 4 applications
      - {name: staging, kind: non-production, aliases: [stage]} # 4 applications
      - {name: prod, kind: production} # 4 applications
      # dev and staging share 4 applications
      # staging and prod share 4 applications

    # layout: # the shapes of most paths, of 12 files
    #   - "apps/mail/{app}/{env}/**" # 6 files
    #   - "apps/shop/{app}/{env}/**" # 6 files

    products: # the names of these applications begin with the same word
      - name: mail
        applications: [mail/reader, mail/sender]
      - name: shop
        applications: [shop/api, shop/web]

    templates:
      - name: default
        rules:
          - files: "**"
            keep:
              - "$..replicas" # differs in 4 of 4 applications
    "#);
    repo.commit("configure", &[("promote.yaml", &ran.stdout)]);
    let check = repo.promote(&["check"]);
    assert_eq!(check.code, 0, "{check}");
    assert_eq!(check.stdout, "`promote.yaml` is valid\n");
    assert_eq!(plan(&repo), before);
}

#[test]
fn the_history_shows_which_environment_follows_which() {
    let world = World::new();
    let repo = repository(&world);
    let bump = |environment: &str, tag: u32| {
        let path = format!("apps/shop/api/{environment}/values.yaml");
        let text = format!("image: {{tag: {tag}.0.0}}\nreplicas: 1\n");
        repo.commit("bump", &[(&path, &text)]);
    };
    for tag in [4, 5] {
        bump("dev", tag);
        bump("staging", tag);
    }
    bump("prod", 4);
    let ran = repo.promote(&["init"]);
    assert_eq!(ran.code, 0, "{ran}");
    for line in [
        "  # 2 of 6 new versions in staging were in dev before, most of them by Ada (2)\n",
        "  # 1 of 5 new versions in prod were in staging before, most of them by Ada (1)\n",
    ] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    // A comment changes nothing.
    repo.commit("configure", &[("promote.yaml", &ran.stdout)]);
    assert_eq!(repo.promote(&["check"]).code, 0);
}

#[test]
fn it_is_written_once() {
    let world = World::new();
    let repo = repository(&world);
    let ran = repo.promote(&["init", "--write"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.read("promote.yaml"), ran.stdout);
    repo.write("promote.yaml", "version: 1\n");
    let again = repo.promote(&["init", "--write"]);
    assert_eq!(again.code, 1, "{again}");
    assert_eq!(repo.read("promote.yaml"), "version: 1\n");
}

#[test]
fn a_repository_without_environments_is_an_error() {
    let world = World::new();
    let repo = world.repository(&[("src/main.yaml", "a: 1\n")]);
    let ran = repo.promote(&["init"]);
    assert_eq!(ran.code, 2, "{ran}");
}
