//! The sample repositories of `examples/`, each as its own README tells it.

use std::fs;

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
fn kustomize_does_what_its_readme_says() {
    example("kustomize");
}

#[test]
fn helm_does_what_its_readme_says() {
    example("helm");
}

#[test]
fn folders_does_what_its_readme_says() {
    example("folders");
}

#[test]
fn argocd_does_what_its_readme_says() {
    example("argocd");
}

#[test]
fn every_example_is_run() {
    let mut folders: Vec<String> = fs::read_dir(project("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    folders.sort();
    assert_eq!(folders, ["argocd", "folders", "helm", "kustomize"]);
}

#[test]
fn the_library_prints_the_differences_that_the_program_has() {
    let world = World::new();
    let repo = repository_of(&world, &project("examples/helm"));
    let tip = repo.tip("HEAD");
    let mut out = Vec::new();
    preview::print(&repo.dir, "staging", "production", &mut out).unwrap();
    let printed = String::from_utf8(out).unwrap();
    let line = "promote  charts/ledger/values-production.yaml:$.image.tag  (image tag)\n";
    assert!(printed.contains(line), "{printed}");
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
