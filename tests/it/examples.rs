//! The sample repositories of `examples/`: each README shows what happens.

use std::fs;

use insta::assert_snapshot;

use crate::console::{project, repository_of, run};
use crate::world::World;

#[path = "../../examples/preview.rs"]
#[allow(dead_code, reason = "its `main` is for `cargo run --example`")]
mod preview;

fn example(name: &str) {
    let world = World::new();
    let folder = project("examples").join(name);
    let repo = repository_of(&world, &folder);
    run(&world, &repo, &folder.join("README.md"));
    assert_eq!(repo.status(), "");
    repo.assert_sound();
}

#[test]
fn the_readme_of_kustomize_shows_what_happens() {
    example("kustomize");
}

#[test]
fn the_readme_of_helm_shows_what_happens() {
    example("helm");
}

#[test]
fn the_readme_of_folders_shows_what_happens() {
    example("folders");
}

#[test]
fn the_readme_of_argocd_shows_what_happens() {
    example("argocd");
}

#[test]
fn the_readme_of_github_actions_shows_what_happens() {
    example("github-actions");
}

#[test]
fn the_readme_of_flows_shows_what_happens() {
    example("flows");
}

/// The scripts of a workflow's steps that call this program, each with the step's environment.
pub fn scripts(example: &str, workflow: &str) -> Vec<(String, Vec<(String, String)>)> {
    let folder = project("examples").join(example);
    let file = folder.join(".github/workflows").join(workflow);
    let text = fs::read_to_string(file).unwrap();
    let workflow: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let jobs = workflow["jobs"].as_mapping().unwrap();
    jobs.values()
        .flat_map(|job| job["steps"].as_sequence().unwrap())
        .filter_map(|step| {
            let script = step["run"].as_str()?;
            let environment = step["env"].as_mapping().into_iter().flatten();
            let environment = environment
                .map(|(key, value)| (key.as_str().unwrap().into(), value.as_str().unwrap().into()));
            Some((script.to_owned(), environment.collect()))
        })
        .filter(|(script, _)| !script.starts_with("cargo install"))
        .collect()
}

#[test]
fn the_workflows_run_as_they_stand() {
    if !crate::remotes::has("the workflows", &["bash", "jq"]) {
        return;
    }
    for workflow in ["preview.yaml", "promote.yaml"] {
        let world = World::new();
        let seed = repository_of(&world, &project("examples/github-actions"));
        let url = seed.dir.display().to_string();
        world.git(&["clone", "-q", "--bare", &url, "remote.git"]);
        let remote = world.at(world.path("remote.git"));
        let repo = world.clone_of(&remote, "checkout");
        // What a runner of GitHub has: this program, and a `gh` that only prints its arguments.
        let bin = world.path("bin");
        fs::create_dir_all(&bin).unwrap();
        let program = env!("CARGO_BIN_EXE_git-promote");
        std::os::unix::fs::symlink(program, bin.join("git-promote")).unwrap();
        world.script("bin/gh", "echo gh \"$@\"; tail -n 1 preview.md");
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        for (script, environment) in scripts("github-actions", workflow) {
            let mut bash = world.command("bash");
            bash.args(["-eo", "pipefail", "-c", &script])
                .current_dir(&repo.dir)
                .env("PATH", &path)
                .env("GITHUB_STEP_SUMMARY", world.path("summary"));
            for (key, value) in environment {
                // GitHub evaluates these expressions before it runs the step.
                let value = match value.as_str() {
                    "${{ inputs.service }}" => "menu",
                    "${{ github.event.pull_request.number }}" => "7",
                    "${{ inputs.source }}" | "${{ github.token }}" => "",
                    other => panic!("{other}"),
                };
                bash.env(key, value);
            }
            let ran = crate::world::Ran::from(bash.output().unwrap());
            assert_eq!(ran.code, 0, "{script}: {ran}");
        }
        let summary = fs::read_to_string(world.path("summary")).unwrap();
        let is_summarized = if workflow == "preview.yaml" {
            summary.contains("3.1.4") && summary.contains("3.2.0")
        } else {
            summary.starts_with("branch-pushed ")
        };
        assert!(is_summarized, "{summary}");
        if workflow == "promote.yaml" {
            let branch = "promote/staging-to-production/menu";
            let file = "apps/menu/overlays/production/kustomization.yaml";
            assert!(remote.show(branch, file).contains("newTag: 3.2.0"));
        }
    }
}

#[test]
fn every_example_is_run() {
    // `kubernetes` has tests of its own, and an image cannot be built without a container engine.
    let mut folders: Vec<String> = fs::read_dir(project("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    folders.sort();
    assert_eq!(
        folders,
        [
            "argocd",
            "container",
            "flows",
            "folders",
            "github-actions",
            "helm",
            "kubernetes",
            "kustomize",
            "releases"
        ]
    );
}

#[test]
fn the_library_prints_the_differences_that_the_program_has() {
    let world = World::new();
    let repo = repository_of(&world, &project("examples/helm"));
    let tip = repo.tip("HEAD");
    let mut out = Vec::new();
    preview::print(&repo.dir, "staging", "production", &mut out).unwrap();
    let printed = String::from_utf8(out).unwrap();
    assert_snapshot!(printed, @"
    promote  charts/ledger/values-production.yaml:$.image.tag  (image tag)
    promote  charts/ledger/values-production.yaml:$.image.digest  (image digest)
    keep     charts/ledger/values-production.yaml:$.replicas  (keep rule `$.replicas`)
    keep     charts/ledger/values-production.yaml:$.host  (keep rule `$..host`)
    promote  charts/ledger/values-production.yaml:$.features.multiCurrency  (rule `$.features`)
    promote  charts/ledger/values-production.yaml:$.features.nightlyClose  (rule `$.features`)
    keep     charts/notifier/values-production.yaml:$.replicas  (keep rule `$.replicas`)
    keep     charts/notifier/values-production.yaml:$.host  (keep rule `$..host`)
    keep     charts/notifier/values-production.yaml:$.smtp.host  (keep rule `$..host`)
    ");
    let json = repo.promote(&[
        "diff",
        "--from",
        "staging",
        "--to",
        "production",
        "--output",
        "json",
    ]);
    assert_eq!(
        printed.lines().count(),
        json.stdout.matches("\"selector\"").count(),
        "{printed}"
    );
    assert_eq!(repo.tip("HEAD"), tip);
}
