//! Which files belong together, and to which application.

use std::collections::BTreeMap;

use git_promote::config;
use git_promote::domain::{Mode, RepoPath, Settings};
use git_promote::engine::{self, DefaultProduct, EngineError, NewApplications, Removals, Request};
use git_promote::inventory::{self, InventoryError};
use git_promote::plan::Plan;
use git_promote::render::notice;
use insta::assert_snapshot;

use crate::memory::Memory;

const STAGING: &str = "image: {tag: '2'}\n";
const PRODUCTION: &str = "image: {tag: '1'}\n";

/// A repository of these paths; each file's text depends on whether `staging` or an alias is in it.
fn memory(paths: &[&str]) -> Memory {
    let is_source = |path: &str| path.contains("staging") || path.contains("stg");
    Memory::new(paths.iter().map(|path| {
        let text = if is_source(path) { STAGING } else { PRODUCTION };
        (*path, text.as_bytes())
    }))
}

fn plan(memory: &Memory, request: &Request) -> Result<Plan, EngineError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(engine::prepare(&memory.ports(), request))
        .map(|p| p.plan)
}

fn hop() -> Request {
    Request::between("staging", "production")
}

fn settings(text: &str) -> Settings {
    config::read(text, "promote.yaml").unwrap().settings
}

fn aliases() -> Settings {
    settings(
        "environments:\n- {name: staging, aliases: [stg]}\n- {name: production, aliases: [prd]}\n- {name: pre-production}\n",
    )
}

/// Every pair as `source -> target`.
fn pairs(plan: &Plan) -> Vec<String> {
    plan.applications()
        .iter()
        .flat_map(|a| &a.files)
        .map(|f| {
            let source = f.source_path.as_ref().map_or("-", |p| p.as_str());
            format!("{source} -> {}", f.path)
        })
        .collect()
}

/// Every application with its target files.
fn applications(paths: &[&str], settings: &Settings) -> BTreeMap<String, Vec<String>> {
    let memory = memory(paths);
    let map =
        inventory::applications((&memory, &memory), settings, "staging", "production").unwrap();
    map.applications
        .into_iter()
        .map(|(name, files)| {
            let files = files.into_iter().map(|(_, path)| path.to_string());
            (name.0, files.collect())
        })
        .collect()
}

fn names(paths: &[&str]) -> Vec<String> {
    let both = settings("environments: [{name: staging}, {name: production}]\n");
    applications(paths, &both).into_keys().collect()
}

#[test]
fn the_targets_path_is_the_sources_with_the_name_replaced() {
    let memory = memory(&["envs/staging/api/a.yaml", "envs/production/api/a.yaml"]);
    let plan = plan(&memory, &hop()).unwrap();
    assert_eq!(
        pairs(&plan),
        ["envs/staging/api/a.yaml -> envs/production/api/a.yaml"]
    );
}

#[test]
fn a_longer_name_of_another_environment_is_not_this_one() {
    let memory = memory(&[
        "apps/api/staging/a.yaml",
        "apps/api/production/a.yaml",
        "apps/api/pre-production/a.yaml",
        "apps/productions/a.yaml",
    ]);
    let plan = plan(&memory, &hop()).unwrap();
    assert_eq!(
        pairs(&plan),
        ["apps/api/staging/a.yaml -> apps/api/production/a.yaml"]
    );
}

#[test]
fn a_folder_beside_the_environments_own_is_another_environments() {
    let paths = [
        "web/staging/v.yaml",
        "web/staging-eu/v.yaml",
        "web/production/v.yaml",
        "web/production-us/v.yaml",
        // With a partner it is no other environment's.
        "web/staging-dr/v.yaml",
        "web/production-dr/v.yaml",
        // Nothing else is named like the environment alone.
        "api-staging/v.yaml",
        "api-production/v.yaml",
        "old-production/v.yaml",
    ];
    let mut request = hop();
    request.promote = Some(Mode::All);
    request.removals = Removals::Promoted;
    let plan = plan(&memory(&paths), &request).unwrap();
    assert_eq!(
        pairs(&plan),
        [
            "api-staging/v.yaml -> api-production/v.yaml",
            "- -> old-production/v.yaml",
            "web/staging-dr/v.yaml -> web/production-dr/v.yaml",
            "web/staging/v.yaml -> web/production/v.yaml",
        ]
    );
}

#[test]
fn every_occurrence_is_replaced_and_an_existing_path_is_taken() {
    let memory = memory(&[
        "a/staging/stone-stg-m01/v.yaml",
        "a/production/stone-prd-m01/v.yaml",
    ]);
    let request = Request {
        settings: Some(aliases()),
        ..hop()
    };
    let plan = plan(&memory, &request).unwrap();
    assert_eq!(
        pairs(&plan),
        ["a/staging/stone-stg-m01/v.yaml -> a/production/stone-prd-m01/v.yaml"]
    );
}

#[test]
fn a_new_path_takes_the_name_in_the_same_position() {
    let memory = memory(&["a/staging/stone-stg-m01/v.yaml", "b/production/x.yaml"]);
    let request = Request {
        settings: Some(aliases()),
        ..hop()
    };
    let plan = plan(&memory, &request).unwrap();
    let new = pairs(&plan)
        .into_iter()
        .find(|p| p.starts_with("a/"))
        .unwrap();
    assert_eq!(
        new,
        "a/staging/stone-stg-m01/v.yaml -> a/production/stone-prd-m01/v.yaml"
    );
}

#[test]
fn among_several_existing_targets_the_same_position_wins() {
    let memory = memory(&["a/v-stg.yaml", "a/v-prd.yaml", "a/v-production.yaml"]);
    let request = Request {
        settings: Some(aliases()),
        ..hop()
    };
    let plan = plan(&memory, &request).unwrap();
    assert!(pairs(&plan).contains(&"a/v-stg.yaml -> a/v-prd.yaml".to_owned()));
}

#[test]
fn several_existing_targets_without_a_position_are_an_error_that_lists_them() {
    let memory = memory(&["a/v-stg.yaml", "a/v-prd.yaml", "a/v-production.yaml"]);
    let names = settings(
        "environments:\n- {name: staging, aliases: [stage, test2, stg]}\n- {name: production, aliases: [prd]}\n",
    );
    let request = Request {
        settings: Some(names),
        ..hop()
    };
    let error = plan(&memory, &request).unwrap_err();
    let EngineError::Inventory(InventoryError::AmbiguousFile {
        source_path,
        candidates,
    }) = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(source_path, "a/v-stg.yaml");
    assert_eq!(candidates, ["a/v-production.yaml", "a/v-prd.yaml"]);
}

#[test]
fn a_doubtful_file_of_another_application_is_no_obstacle() {
    let memory = memory(&[
        "a/v-stg.yaml",
        "a/v-prd.yaml",
        "a/v-production.yaml",
        "b/v-staging.yaml",
        "b/v-production.yaml",
    ]);
    let names = settings(
        "environments:\n- {name: staging, aliases: [stage, test2, stg]}\n- {name: production, aliases: [prd]}\n",
    );
    let with = |word: &str| Request {
        settings: Some(names.clone()),
        applications: vec![word.to_owned()],
        ..hop()
    };
    let found = pairs(&plan(&memory, &with("b")).unwrap());
    assert_eq!(found, ["b/v-staging.yaml -> b/v-production.yaml"]);
    assert!(plan(&memory, &with("a")).is_err());
}

#[test]
fn of_two_source_files_for_one_target_file_the_first_is_taken_and_both_are_named() {
    let taken = "a/staging/v-production.yaml";
    let left = "a/staging/v-staging.yaml";
    let target = "a/production/v-production.yaml";
    let messages = [
        ("x: 1\n", "x: 2\n"),
        ("x: 0\n", "x: 2\n"),
        ("x: 1\n", "x: 0\n"),
    ]
    .map(|(first, second)| {
        let memory = Memory::new([
            (taken, first.as_bytes()),
            (left, second.as_bytes()),
            (target, "x: 0\n".as_bytes()),
        ]);
        let plan = plan(&memory, &hop()).unwrap();
        assert!(pairs(&plan).iter().all(|p| !p.starts_with(left)));
        let [notice] = plan.notices() else {
            panic!("{:?}", plan.notices())
        };
        assert_eq!(notice::path(notice), Some(target));
        notice::message(notice)
    });
    assert_snapshot!(messages[0], @"both `a/staging/v-production.yaml` and `a/staging/v-staging.yaml` map to this file; the second is ignored");
    assert!(messages.iter().all(|message| *message == messages[0]));
}

#[test]
fn a_file_that_a_second_folder_of_the_source_has_is_not_the_targets_alone() {
    let memory = memory(&[
        "a/staging/x.yaml",
        "a/stg/y.yaml",
        "a/production/x.yaml",
        "a/production/y.yaml",
    ]);
    let names =
        settings("environments:\n- {name: staging, aliases: [stg]}\n- {name: production}\n");
    let request = Request {
        settings: Some(names),
        ..hop()
    };
    assert_eq!(
        pairs(&plan(&memory, &request).unwrap()),
        [
            "a/staging/x.yaml -> a/production/x.yaml",
            "a/stg/y.yaml -> a/production/y.yaml"
        ]
    );
}

#[test]
fn a_third_environments_name_must_be_equal() {
    let memory = memory(&[
        "dev/staging/a.yaml",
        "dev/production/a.yaml",
        "qa/staging/a.yaml",
    ]);
    let plan = plan(&memory, &hop()).unwrap();
    let pairs = pairs(&plan);
    assert!(pairs.contains(&"dev/staging/a.yaml -> dev/production/a.yaml".to_owned()));
    assert!(pairs.contains(&"qa/staging/a.yaml -> qa/production/a.yaml".to_owned()));
}

#[test]
fn an_environment_before_another_one_is_no_part_of_it() {
    let paths = [
        "w/pre-staging/a.yaml",
        "w/pre-production/a.yaml",
        "w/staging/a.yaml",
        "w/production/a.yaml",
    ];
    let plan = plan(&memory(&paths), &hop()).unwrap();
    assert_eq!(pairs(&plan), ["w/staging/a.yaml -> w/production/a.yaml"]);
}

#[test]
fn an_environments_name_can_be_a_part_of_an_applications() {
    let layout = settings(
        "environments: [{name: staging}, {name: production}]\nlayout: ['apps/{app}/{env}/**']\n",
    );
    let inner = [
        "apps/staging-tools/staging/v.yaml",
        "apps/staging-tools/production/v.yaml",
        "apps/production-tools/staging/v.yaml",
        "apps/production-tools/production/v.yaml",
    ];
    let expected = [
        "production-tools: apps/production-tools/production/v.yaml",
        "staging-tools: apps/staging-tools/production/v.yaml",
    ];
    let named = |paths: &[&str], settings: &Settings| -> Vec<String> {
        let named = applications(paths, settings).into_iter();
        named
            .map(|(name, files)| format!("{name}: {}", files.join(" ")))
            .collect()
    };
    assert_eq!(named(&inner, &layout), expected);
    let none = Settings::default();
    assert_eq!(named(&inner[..2], &none), expected[1..]);
    assert_eq!(named(&inner[2..], &none), expected[..1]);
    let outer = [
        "envs/staging/staging-tools/v.yaml",
        "envs/production/staging-tools/v.yaml",
    ];
    assert_eq!(
        named(&outer, &none),
        ["tools: envs/production/staging-tools/v.yaml"]
    );
}

#[test]
fn a_new_file_takes_the_alias_of_its_siblings() {
    let memory = memory(&["a/web-stg.yaml", "a/api-stg.yaml", "a/api-production.yaml"]);
    let request = Request {
        settings: Some(aliases()),
        ..hop()
    };
    assert_eq!(
        pairs(&plan(&memory, &request).unwrap()),
        [
            "a/api-stg.yaml -> a/api-production.yaml",
            "a/web-stg.yaml -> a/web-production.yaml"
        ]
    );
}

#[test]
fn what_only_the_target_has_is_found_backwards() {
    let memory = memory(&[
        "e/staging/a.yaml",
        "e/production/a.yaml",
        "e/production/b/c.yaml",
    ]);
    let plan = plan(&memory, &hop()).unwrap();
    assert!(pairs(&plan).contains(&"- -> e/production/b/c.yaml".to_owned()));
}

#[test]
fn the_name_of_an_application_does_not_depend_on_other_folders() {
    let paths = [
        "apps/staging/orders/v.yaml",
        "apps/production/orders/v.yaml",
    ];
    let others = [
        "apps/staging/kustomization.yaml",
        "charts/web/values-staging.yaml",
        "billing/staging/v.yaml",
        "v-staging.yaml",
    ];
    assert_eq!(names(&paths), ["orders"]);
    assert_eq!(
        names(&[&paths[..], &others].concat()),
        ["billing", "orders", "shared", "v", "web"]
    );
}

#[test]
fn a_layout_can_pair_paths_explicitly() {
    let layout = settings(
        "environments: [{name: staging}, {name: production, aliases: [prod]}]\n\
         layout: [{from: 'apps/dev/{app}-staging/**', to: 'apps/prod/{app}/**'}]\n",
    );
    let memory = memory(&[
        "apps/dev/api-staging/v.yaml",
        "apps/prod/api/v.yaml",
        "apps/prod/api/only.yaml",
        "apps/dev/web-staging/v.yaml",
        "apps/prod/web/v.yaml",
        "apps/dev/web/v.yaml",
        "other/staging/v.yaml",
        "other/prod/v.yaml",
    ]);
    let request = Request {
        settings: Some(layout),
        ..hop()
    };
    let api = [
        "- -> apps/prod/api/only.yaml",
        "apps/dev/api-staging/v.yaml -> apps/prod/api/v.yaml",
    ];
    let found = pairs(&plan(&memory, &request).unwrap());
    let web = "apps/dev/web-staging/v.yaml -> apps/prod/web/v.yaml";
    assert_eq!(found, [&api[..], &[web]].concat());
    let of_api = Request {
        applications: vec!["api".to_owned()],
        ..request
    };
    assert_eq!(pairs(&plan(&memory, &of_api).unwrap()), api);
}

#[test]
fn a_layout_names_the_applications_and_narrows_the_files() {
    let layout = settings(
        "environments: [{name: staging}, {name: production}]\nlayout: ['deploy/{app}/{env}/**']\n",
    );
    let found = applications(
        &[
            "deploy/api/staging/a.yaml",
            "deploy/api/production/a.yaml",
            "docs/staging/a.yaml",
        ],
        &layout,
    );
    assert_eq!(
        found,
        BTreeMap::from([(
            "api".to_owned(),
            vec!["deploy/api/production/a.yaml".to_owned()]
        )])
    );
}

#[test]
fn a_service_is_named_whole_or_by_its_last_parts() {
    let memory = memory(&[
        "c/x/api/staging/a.yaml",
        "c/x/api/production/a.yaml",
        "c/web/staging/a.yaml",
        "c/web/production/a.yaml",
    ]);
    for word in ["x/api", "api"] {
        let request = Request {
            applications: vec![word.to_owned()],
            ..hop()
        };
        let plan = plan(&memory, &request).unwrap();
        assert_eq!(
            pairs(&plan),
            ["c/x/api/staging/a.yaml -> c/x/api/production/a.yaml"]
        );
    }
}

#[test]
fn a_service_that_means_two_or_none_is_an_error_that_lists_them() {
    let memory = memory(&[
        "c/x/api/staging/a.yaml",
        "c/y/api/staging/a.yaml",
        "c/y/api/production/a.yaml",
    ]);
    let with = |word: &str| Request {
        applications: vec![word.to_owned()],
        ..hop()
    };
    let error = plan(&memory, &with("api")).unwrap_err();
    let EngineError::Inventory(InventoryError::AmbiguousApplication { matches, .. }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(matches, ["c/x/api", "c/y/api"]);
    let error = plan(&memory, &with("wbe")).unwrap_err();
    let EngineError::Inventory(InventoryError::UnknownApplication { known, .. }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(known, ["c/x/api", "c/y/api"]);
}

#[test]
fn a_service_without_differences_is_known_all_the_same() {
    let same = "replicas: 1\n".as_bytes();
    let memory = Memory::new([
        ("apps/api/staging/a.yaml", same),
        ("apps/api/production/a.yaml", same),
        ("apps/web/staging/a.yaml", same),
    ]);
    let layout = settings(
        "environments: [{name: staging}, {name: production}]\nlayout: ['apps/{app}/{env}/**']\n",
    );
    for settings in [None, Some(layout)] {
        let request = Request {
            applications: vec!["api".to_owned()],
            settings,
            ..hop()
        };
        assert!(plan(&memory, &request).unwrap().is_empty());
    }
}

#[test]
fn a_new_application_comes_along_when_asked_and_a_new_file_of_an_old_one_does_not() {
    let memory = memory(&[
        "c/new/staging/a.yaml",
        "c/old/staging/a.yaml",
        "c/old/staging/b.yaml",
        "c/old/production/a.yaml",
    ]);
    for (new_applications, expected) in [
        (NewApplications::Kept, &["c/old/production/a.yaml"][..]),
        (
            NewApplications::Promoted,
            &["c/new/production/a.yaml", "c/old/production/a.yaml"],
        ),
    ] {
        let request = Request {
            new_applications,
            ..hop()
        };
        let plan = plan(&memory, &request).unwrap();
        let changed: Vec<&str> = plan.changed_files().map(|f| f.path.as_str()).collect();
        assert_eq!(changed, expected);
    }
}

#[test]
fn an_application_whose_other_files_are_equal_is_not_new() {
    let same = "a: 1\n".as_bytes();
    let memory = Memory::new([
        ("c/old/staging/a.yaml", same),
        ("c/old/production/a.yaml", same),
        ("c/old/staging/b.yaml", same),
        ("c/web/staging/a.yaml", same),
        ("c/web/production/a.yaml", same),
    ]);
    assert!(plan(&memory, &hop()).unwrap().is_empty());
}

#[test]
fn an_application_is_not_new_when_a_folder_that_is_equal_as_a_whole_holds_it() {
    let same = "a: 1\n".as_bytes();
    let memory = Memory::new([
        ("envs/staging/api/a.yaml", same),
        ("envs/production/api/a.yaml", same),
        ("envs/staging/web/a.yaml", same),
        ("envs/production/web/a.yaml", same),
        ("more/api/staging/new.yaml", same),
    ]);
    let layout = settings(
        "environments: [{name: staging}, {name: production}]\nlayout: ['envs/{env}/{app}/**', 'more/{app}/{env}/**']\n",
    );
    for (word, found) in [
        (
            None,
            &["more/api/staging/new.yaml -> more/api/production/new.yaml"][..],
        ),
        (
            Some("api"),
            &["more/api/staging/new.yaml -> more/api/production/new.yaml"],
        ),
        (Some("web"), &[]),
    ] {
        let request = Request {
            settings: Some(layout.clone()),
            applications: word.map(str::to_owned).into_iter().collect(),
            ..hop()
        };
        let plan = plan(&memory, &request).unwrap();
        assert!(plan.is_empty(), "{word:?}");
        assert_eq!(pairs(&plan), found, "{word:?}");
    }
}

#[test]
fn an_unknown_environment_comes_with_those_that_were_found() {
    let memory = memory(&["a/staging/x.yaml", "a/production/x.yaml"]);
    let error = plan(&memory, &Request::between("stagin", "production")).unwrap_err();
    let EngineError::Inventory(InventoryError::UnknownEnvironment { name, found }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (name.as_str(), found),
        (
            "stagin",
            vec!["production".to_owned(), "staging".to_owned()]
        )
    );
}

/// The kind of error of a promotion between two names, with the environments that were found.
fn refused(paths: &[&str], settings: &Settings, from: &str, to: &str) -> Option<String> {
    let request = Request {
        settings: Some(settings.clone()),
        ..Request::between(from, to)
    };
    let EngineError::Inventory(error) = plan(&memory(paths), &request).err()? else {
        panic!("no error of the inventory")
    };
    let (kind, found) = match error {
        InventoryError::UnknownEnvironment { name, found } => (format!("no {name}"), found),
        InventoryError::AbsentEnvironment { environment, found } => {
            (format!("absent {}", environment.name), found)
        }
        InventoryError::ProbablyApplications { found, .. } => ("applications".to_owned(), found),
        error => panic!("{error}"),
    };
    Some(format!("{kind}: {}", found.join(" ")))
}

/// Paths, settings, both names, and the error.
type Row<'a> = (
    &'a [&'a str],
    &'a Settings,
    &'a str,
    &'a str,
    Option<&'a str>,
);

#[test]
fn both_environments_must_exist() {
    let configured = settings("environments: [{name: staging}, {name: prod}]\n");
    let none = Settings::default();
    let regions = ["e/staging/a.yaml", "e/prod-eu/a.yaml", "e/prod-us/a.yaml"];
    let table: &[Row<'_>] = &[
        (
            &regions,
            &none,
            "staging",
            "prod",
            Some("no prod: prod-eu prod-us staging"),
        ),
        (
            &regions,
            &configured,
            "staging",
            "prod",
            Some("absent prod: prod-eu prod-us staging"),
        ),
        (
            &regions,
            &none,
            "prod",
            "staging",
            Some("no prod: prod-eu prod-us staging"),
        ),
        (&regions, &none, "staging", "prod-eu", None),
        (
            &["e/staging-eu/a.yaml", "e/prod-us/a.yaml"],
            &none,
            "staging",
            "prod",
            None,
        ),
        (
            &["e/staging/a.yaml", "e/web-prod/a.yaml"],
            &none,
            "staging",
            "prod",
            None,
        ),
        (
            &["e/staging/a.yaml", "e/values-prod.yaml"],
            &none,
            "staging",
            "prod",
            None,
        ),
        (
            &["e/staging/a.yaml", "e/pre-prod/a.yaml"],
            &none,
            "staging",
            "prod",
            Some("no prod: pre-prod staging"),
        ),
        (
            &["e/staging/a.yaml"],
            &configured,
            "prod",
            "staging",
            Some("absent prod: staging"),
        ),
    ];
    for (paths, settings, from, to, expected) in table {
        let found = refused(paths, settings, from, to);
        assert_eq!(found.as_deref(), *expected, "{paths:?} {from} {to}");
    }
}

#[test]
fn names_of_applications_are_not_environments() {
    let apps = [
        "orders/staging/a.yaml",
        "orders/production/a.yaml",
        "payments/staging/a.yaml",
        "ring-0/a.yaml",
        "ring-1/a.yaml",
    ];
    let none = Settings::default();
    let refusal = Some("applications: production staging".to_owned());
    assert_eq!(refused(&apps, &none, "orders", "payments"), refusal);
    assert_eq!(refused(&apps, &none, "ring-0", "ring-1"), None);
    assert_eq!(refused(&apps, &none, "staging", "orders"), None);
    assert_eq!(
        refused(&["eu/a.yaml", "us/a.yaml"], &none, "eu", "us"),
        None
    );
    let configured = settings("environments: [{name: orders}, {name: payments}]\n");
    assert_eq!(refused(&apps, &configured, "orders", "payments"), None);
}

#[test]
fn two_names_of_one_environment_are_the_same() {
    let memory = memory(&["a/staging/x.yaml"]);
    let request = Request {
        settings: Some(aliases()),
        ..Request::between("staging", "stg")
    };
    assert!(
        matches!(plan(&memory, &request), Err(EngineError::Inventory(InventoryError::SameEnvironment(name))) if name == "staging")
    );
}

#[test]
fn an_omitted_product_is_the_one_of_the_folder_or_of_the_configuration() {
    let memory = memory(&[
        "apps/api/staging/v.yaml",
        "apps/api/production/v.yaml",
        "apps/cards/staging/v.yaml",
        "apps/cards/production/v.yaml",
        "apps/web/staging/v.yaml",
        "apps/web/production/v.yaml",
    ]);
    let products = settings(
        "product: loans\nproducts:\n- {name: loans, applications: [api]}\n- {name: cards, applications: [cards]}\n",
    );
    let folder = |path| DefaultProduct::OfFolder(RepoPath::parse(path).unwrap());
    let table = [
        (DefaultProduct::Configured, vec!["api"]),
        (DefaultProduct::Ignored, vec!["api", "cards", "web"]),
        (folder("apps/cards"), vec!["cards"]),
        (folder("apps/cards/staging"), vec!["cards"]),
        // Several products, and none.
        (folder("apps"), vec!["api"]),
        (folder("apps/web"), vec!["api"]),
    ];
    for (default_product, expected) in table {
        let request = Request {
            settings: Some(products.clone()),
            default_product: default_product.clone(),
            ..hop()
        };
        let plan = plan(&memory, &request).unwrap();
        let names: Vec<&str> = plan
            .applications()
            .iter()
            .map(|a| a.name.0.as_str())
            .collect();
        assert_eq!(names, expected, "{default_product:?}");
        let messages = plan.notices().iter().map(notice::message);
        let of_product = |message: &String| message.contains("only the applications of product");
        assert_eq!(
            messages.filter(of_product).count(),
            usize::from(default_product != DefaultProduct::Ignored)
        );
    }
}
