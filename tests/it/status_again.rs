//! A status that was read before is read again after a push, and only what has changed.

use git_promote::engine::{Status, StatusReading, StatusRequest, fetch_all, read_status};
use git_promote::port::{BranchChoice, NoObserver};
use git_promote::wiring::{Adapters, NetworkOptions, open};

use crate::world::{World, wait};

const APPLICATIONS: usize = 12;

fn request() -> StatusRequest {
    StatusRequest {
        environments: Vec::new(),
        applications: Vec::new(),
        products: Vec::new(),
        branch: BranchChoice::default(),
        settings: None,
    }
}

fn read(adapters: &Adapters, before: Option<&StatusReading>) -> StatusReading {
    let ports = adapters.ports(&NoObserver);
    let branches = wait(fetch_all(&ports, &BranchChoice::default(), None, &[])).unwrap();
    read_status(&ports, &request(), &branches, before).unwrap()
}

/// Everything but the branch.
fn shown(status: &Status) -> String {
    format!("{:?} {:#?}", status.environments, status.applications)
}

/// Reads again, which gives what a first reading does.
fn again(adapters: &Adapters, known: &StatusReading, what: &str) -> StatusReading {
    let read_again = read(adapters, Some(known));
    let first = read(adapters, None);
    assert_eq!(shown(&read_again.status), shown(&first.status), "{what}");
    read_again
}

fn values(version: usize, more: &str) -> String {
    format!("image:\n  repository: acme/app\n  tag: 1.{version}.0\n{more}")
}

#[test]
fn what_changed_and_nothing_else_is_as_if_all_was_read() {
    let world = World::new();
    let mut files: Vec<(String, String)> = Vec::new();
    for number in 0..APPLICATIONS {
        for (environment, version) in [("dev", 3), ("staging", 2), ("production", 1)] {
            let path = format!("apps/app-{number}/{environment}/values.yaml");
            files.push((path, values(version, "")));
        }
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let repo = world.repository(&files);
    let adapters = open(&repo.dir, &NetworkOptions::default()).unwrap();
    let mut known = read(&adapters, None);
    let one = values(1, "");
    let (four, five) = (values(4, ""), values(5, "level: debug\n"));
    let configuration = "environments: [{name: dev}, {name: staging}, {name: production}]\n\
                         templates: [{name: default, rules: [{files: '**', keep: ['$.image']}]}]\n";
    let changes: [(&str, &[(&str, &str)]); 7] = [
        ("another name", &[("apps/app-0/prod/values.yaml", &four)]),
        ("a version", &[("apps/app-3/dev/values.yaml", &four)]),
        (
            "several",
            &[
                ("apps/app-1/dev/values.yaml", &five),
                ("apps/app-2/production/values.yaml", &four),
            ],
        ),
        ("none of them", &[("README.md", "hello\n")]),
        ("a new one", &[("apps/new/dev/values.yaml", &four)]),
        ("the configuration", &[("promote.yaml", configuration)]),
        ("one after it", &[("apps/app-9/staging/values.yaml", &five)]),
    ];
    for (what, changed) in changes {
        repo.commit(what, changed);
        known = again(&adapters, &known, what);
    }
    repo.commit("there", &[("apps/app-6/production/values.yaml", &five)]);
    repo.commit("and back", &[("apps/app-6/production/values.yaml", &one)]);
    known = again(&adapters, &known, "there and back");
    repo.git(&["rm", "-rq", "apps/app-5"]);
    repo.commit("one goes", &[]);
    known = again(&adapters, &known, "one goes");
    assert!(!shown(&known.status).contains("app-5"));
    let promoted = world.promote_in(
        &repo.dir,
        &[
            "--from",
            "dev",
            "--to",
            "staging",
            "--service",
            "app-3",
            "--only",
            "**",
            "--yes",
        ],
    );
    assert_eq!(promoted.code, 0, "{promoted}");
    known = again(&adapters, &known, "promoted");
    let baseline = world.promote_in(
        &repo.dir,
        &[
            "baseline",
            "--from",
            "dev",
            "--to",
            "production",
            "--set",
            "HEAD~3",
            "--service",
            "app-4",
        ],
    );
    assert_eq!(baseline.code, 0, "{baseline}");
    again(&adapters, &known, "baseline");
}

#[test]
fn a_baseline_counts_whatever_else_is_pushed_with_it() {
    let world = World::new();
    let configuration = "environments: [{name: dev}, {name: production}]\n\
                         templates: [{name: default, rules: [{files: '**', promote: changes}]}]\n";
    let (one, two) = (values(1, ""), values(2, ""));
    let repo = world.repository(&[
        ("promote.yaml", configuration),
        ("apps/api/dev/values.yaml", &two),
        ("apps/api/production/values.yaml", &one),
        ("apps/web/dev/values.yaml", &one),
        ("apps/web/production/values.yaml", &one),
    ]);
    let adapters = open(&repo.dir, &NetworkOptions::default()).unwrap();
    let before = read(&adapters, None);
    let set = [
        "baseline",
        "--from",
        "dev",
        "--to",
        "production",
        "--set",
        "HEAD",
        "--service",
        "api",
    ];
    let set = world.promote_in(&repo.dir, &set);
    assert_eq!(set.code, 0, "{set}");
    repo.commit("web", &[("apps/web/dev/values.yaml", &two)]);
    let all = shown(&read(&adapters, None).status);
    assert_eq!(shown(&read(&adapters, Some(&before)).status), all);
    let of_api = |status: &Status| format!("{:?}", status.applications[0]);
    assert_ne!(
        of_api(&before.status),
        of_api(&read(&adapters, None).status),
        "a baseline makes a difference"
    );
}
