//! What each environment holds, for any number of environments and repositories.

use std::collections::BTreeSet;
use std::sync::Arc;

use git_promote::config;
use git_promote::domain::{Environment, RepoPath, Settings};
use git_promote::inventory::{
    self, ApplicationChoice, EnvironmentPair, Equal, Inventory, Location,
};
use git_promote::port::{Repository, Snapshot};

use crate::memory::Memory;
use crate::skipped::shared;
use crate::world::{Repo, World};

fn settings(text: &str) -> Settings {
    config::read(text, "promote.yaml").unwrap().settings
}

/// Each environment as `repository environment: application [files]; ...`.
fn shown(inventory: &Inventory) -> Vec<String> {
    let views = inventory.views().iter();
    views
        .map(|view| {
            let applications = view.applications.iter().map(|(name, files)| {
                let paths: Vec<&str> = files.iter().map(|f| f.path.as_str()).collect();
                format!("{name} {}", paths.join(" "))
            });
            let applications: Vec<String> = applications.collect();
            let (repository, environment) = (&view.repository, &view.environment.name);
            format!("{repository} {environment}: {}", applications.join("; "))
        })
        .collect()
}

fn snapshot(repo: &Repo<'_>, revision: &str) -> Arc<dyn Snapshot> {
    let git = repo.open();
    git.snapshot(git.revision(revision, None).unwrap()).unwrap()
}

#[test]
fn one_inventory_holds_all_environments_of_a_repository_and_two_of_another() {
    let world = World::new();
    let shop = world.repository_at(
        "shop",
        &[
            ("apps/web/dev/values.yaml", "tag: '3'\n"),
            ("apps/web/staging/values.yaml", "tag: '2'\n"),
            ("apps/web/production/values.yaml", "tag: '1'\n"),
            ("apps/api/dev/values.yaml", "tag: '9'\n"),
            ("apps/api/staging/values.yaml", "tag: '9'\n"),
            ("README.md", "No environment's.\n"),
        ],
    );
    let platform = world.repository_at(
        "platform",
        &[
            ("deploy/clusters/values-eu.yaml", "x: 1\n"),
            ("deploy/clusters/values-us.yaml", "x: 1\n"),
            ("deploy/clusters/values-lab.yaml", "x: 1\n"),
            ("other/values-eu.yaml", "x: 1\n"),
        ],
    );
    platform.git(&["switch", "-qc", "next"]);
    platform.commit("later", &[("deploy/clusters/dns-us.yaml", "x: 2\n")]);
    let (main, next) = (snapshot(&platform, "main"), snapshot(&platform, "next"));
    let folder = RepoPath::parse("deploy").unwrap();
    let defaults = Settings::default();
    let all = snapshot(&shop, "main");
    let mut inventory = Inventory::default();
    inventory
        .add_all(Location {
            repository: "shop",
            snapshot: all.as_ref(),
            folder: None,
            settings: &defaults,
        })
        .unwrap();
    for (commit, environment) in [(&main, "eu"), (&next, "us")] {
        let location = Location {
            repository: "platform",
            snapshot: commit.as_ref(),
            folder: Some(&folder),
            settings: &defaults,
        };
        inventory
            .add(location, &[Environment::named(environment)])
            .unwrap();
    }
    assert_eq!(
        shown(&inventory),
        [
            "shop dev: api apps/api/dev/values.yaml; web apps/web/dev/values.yaml",
            "shop production: web apps/web/production/values.yaml",
            "shop staging: api apps/api/staging/values.yaml; web apps/web/staging/values.yaml",
            "platform eu: shared deploy/clusters/values-eu.yaml",
            "platform us: dns deploy/clusters/dns-us.yaml; shared deploy/clusters/values-us.yaml",
        ]
    );
    let us = inventory.view("platform", "us").unwrap();
    assert_eq!(us.commit.to_string(), platform.tip("next"));
    assert!(inventory.view("shop", "us").is_none());
    // Equal files of two environments have one object: nobody has to read them to know.
    let api = |environment| {
        let view = inventory.view("shop", environment).unwrap();
        let mut applications = view.applications.iter();
        let (_, files) = applications.find(|(name, _)| name.0 == "api").unwrap();
        files[0].object
    };
    assert_eq!(api("dev"), api("staging"));
}

#[test]
fn configured_environments_are_known_by_alias_and_may_be_empty() {
    let files = [
        ("envs/stg/web/values.yaml", &b"x: 1\n"[..]),
        ("envs/prd/web/values.yaml", b"x: 1\n"),
        ("envs/demo/web/values.yaml", b"x: 1\n"),
    ];
    let settings = settings(
        "environments:\n- {name: staging, aliases: [stg]}\n- {name: production, aliases: [prd]}\n- {name: canary}\n",
    );
    let memory = Memory::new(files);
    let mut inventory = Inventory::default();
    inventory
        .add_all(Location {
            repository: "shop",
            snapshot: &memory,
            folder: None,
            settings: &settings,
        })
        .unwrap();
    assert_eq!(
        shown(&inventory),
        [
            "shop staging: web envs/stg/web/values.yaml",
            "shop production: web envs/prd/web/values.yaml",
            "shop canary: ",
        ]
    );
    assert!(inventory.view("shop", "prd").is_some());
}

#[test]
fn a_missing_folder_has_no_environments() {
    let memory = Memory::new([("envs/staging/web/values.yaml", &b"x: 1\n"[..])]);
    let folder = RepoPath::parse("envs/web").unwrap();
    let mut inventory = Inventory::default();
    inventory
        .add_all(Location {
            repository: "shop",
            snapshot: &memory,
            folder: Some(&folder),
            settings: &Settings::default(),
        })
        .unwrap();
    assert!(inventory.views().is_empty());
}

/// Checks that the views of two environments hold exactly the files of their pairs.
fn assert_views_are_pairs(name: &str, paths: &[String], settings: &Settings) {
    let files = paths.iter().map(|path| (path.as_str(), path.as_bytes()));
    let memory = Memory::new(files);
    let hop = inventory::hop("staging", "production", settings).unwrap();
    let mut inventory = Inventory::default();
    let location = Location {
        repository: "shop",
        snapshot: &memory,
        folder: None,
        settings,
    };
    inventory
        .add(location, &[hop.from.clone(), hop.to.clone()])
        .unwrap();
    let pair = EnvironmentPair::new(&hop, (&memory, &memory), settings).unwrap();
    let located = pair.locate(ApplicationChoice::default()).unwrap();
    let pairs = located.pairs(Equal::Listed).unwrap();
    let mut of_pairs: [BTreeSet<(String, String)>; 2] = Default::default();
    for pair in &pairs.files {
        let application = &pair.application.0;
        if let Some(source) = &pair.source_path {
            of_pairs[0].insert((application.clone(), source.to_string()));
        }
        if pair.target.is_some() {
            of_pairs[1].insert((application.clone(), pair.path.to_string()));
        }
    }
    let of_views: Vec<BTreeSet<(String, String)>> = inventory
        .views()
        .iter()
        .map(|view| {
            let applications = view.applications.iter();
            let files = applications.flat_map(|(name, files)| {
                let of = |path: &RepoPath| (name.0.clone(), path.to_string());
                files.iter().map(move |file| of(&file.path))
            });
            files.collect()
        })
        .collect();
    assert_eq!(of_views, of_pairs, "{name}");
}

/// A layout's paths with `ENV` as staging and as production.
fn both<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let in_both = |path: &str| ["staging", "production"].map(|env| path.replace("ENV", env));
    paths.flat_map(in_both).collect()
}

#[test]
fn views_and_pairs_agree_about_every_file() {
    let defaults = Settings::default();
    let layouts: &[&[&str]] = &[
        &[
            "envs/ENV/web/v.yaml",
            "envs/ENV/api/v.yaml",
            "envs/ENV/kustomization.yaml",
        ],
        &[
            "apps/web/ENV/v.yaml",
            "apps/api/ENV/v.yaml",
            "apps/api/base/v.yaml",
        ],
        &["apps/web/overlays/ENV/kustomization.yaml"],
        &["apps/web/ENV/kustomization.yaml", "apps/web/ENV/patch.yaml"],
        &["charts/web/values-ENV.yaml", "charts/api/values-ENV.yaml"],
        &["web-ENV/v.yaml", "api-ENV/v.yaml", "v.ENV.yaml"],
        &["web/ENV/v.yaml", "web/ENV-dr/v.yaml", "web/old.ENV/v.yaml"],
        &["a/ENV/web/ENV.yaml", "a/ENV/api/v.yaml"],
    ];
    for layout in layouts {
        assert_views_are_pairs(layout[0], &both(layout.iter().copied()), &defaults);
    }
    let configured = settings(
        "environments: [{name: staging}, {name: production}]\nlayout: ['components/{app}/{env}/**']\n",
    );
    let paths = both(["components/web/ENV/a/b.yaml", "other/ENV/c.yaml"].into_iter());
    assert_views_are_pairs("configured", &paths, &configured);
    // One side only, and an environment of another kind.
    let mut paths = both(["envs/ENV/web/v.yaml"].into_iter());
    for path in [
        "envs/staging/new/v.yaml",
        "envs/production/old/v.yaml",
        "envs/dev/web/v.yaml",
    ] {
        paths.push(path.to_owned());
    }
    assert_views_are_pairs("one side", &paths, &defaults);
}

#[test]
fn views_and_pairs_agree_in_common_layouts() {
    let Some(file) = shared("cases/layouts.json") else {
        return;
    };
    let text = std::fs::read_to_string(file).unwrap();
    let layouts: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert!(!layouts.is_empty());
    for layout in &layouts {
        let paths = layout["paths"].as_array().unwrap().iter();
        let same = layout["same"].as_object().into_iter().flatten();
        let all = paths.filter_map(|p| p.as_str());
        let paths = both(all.chain(same.map(|(path, _)| path.as_str())));
        let id = layout["id"].as_str().unwrap();
        assert_views_are_pairs(id, &paths, &Settings::default());
    }
}
