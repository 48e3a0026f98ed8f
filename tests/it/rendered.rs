//! The preview of rendered manifests, with the real kustomize and Helm.

use std::path::Path;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::renderers::renderer;
use crate::skipped::{Missing, skip};
use crate::world::{Ran, Repo, World};

const DIFF: &[&str] = &[
    "diff",
    "--from",
    "staging",
    "--to",
    "production",
    "--rendered",
];

/// The folder of the renderers, if both are installed.
fn renderers() -> Option<std::path::PathBuf> {
    let (kubectl, helm) = (renderer("kubectl"), renderer("helm"));
    let folder = |file: Option<std::path::PathBuf>| Some(file?.parent()?.to_path_buf());
    match (folder(kubectl), folder(helm)) {
        (Some(kubectl), Some(helm)) if kubectl == helm => Some(kubectl),
        _ => {
            skip(Missing::Program, "kubectl and helm are not in one folder");
            None
        }
    }
}

fn diff(world: &World, repo: &Repo<'_>, renderers: &Path, more: &[&str]) -> Ran {
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", renderers.display());
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command.current_dir(&repo.dir).env("PATH", path);
    command.args(DIFF).args(more).output().unwrap().into()
}

/// The preview from the rendered manifests on.
fn rendered(ran: &Ran) -> &str {
    assert_eq!(ran.code, 0, "{ran}");
    let start = ran
        .stdout
        .find("rendered: ")
        .unwrap_or_else(|| panic!("{ran}"));
    &ran.stdout[start..]
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec: {containers: [{name: api, image: acme/api}]}\n";

fn overlay(environment: &str, text: &str) -> (String, String) {
    let folder = format!("apps/api/overlays/{environment}");
    (format!("{folder}/kustomization.yaml"), text.to_owned())
}

fn kustomize<'w>(world: &'w World, rest: &str) -> Repo<'w> {
    let text = |tag: &str| {
        format!("resources: [../../base]\nimages: [{{name: acme/api, newTag: {tag}}}]\n")
            + &rest.replace("VERSION", tag)
    };
    let (source, target) = (
        overlay("staging", &text("2.0.0")),
        overlay("production", &text("1.0.0")),
    );
    world.repository(&[
        (
            "apps/api/base/kustomization.yaml",
            "resources: [pod.yaml]\n",
        ),
        ("apps/api/base/pod.yaml", POD),
        (&source.0, &source.1),
        (&target.0, &target.1),
    ])
}

#[test]
fn a_kustomization_is_shown_resource_by_resource_with_secrets_masked() {
    let Some(renderers) = renderers() else { return };
    let world = World::new();
    let generators = "configMapGenerator: [{name: env, literals: [API_TAG=VERSION]}]\n\
        secretGenerator: [{name: keys, literals: [KEY=sesame-VERSION]}]\n";
    let repo = kustomize(&world, generators);
    let ran = diff(&world, &repo, &renderers, &[]);
    assert_snapshot!(rendered(&ran), @"
    rendered: apps/api/overlays/production (kustomize)
      ConfigMap env-g5k9449h47
    @@ -1,6 +1,6 @@
     apiVersion: v1
     data:
    -  API_TAG: 1.0.0
    +  API_TAG: 2.0.0
     kind: ConfigMap
     metadata:
    -  name: env-7tf9cddmff
    +  name: env-g5k9449h47
      Pod api
    @@ -4,5 +4,5 @@
       name: api
     spec:
       containers:
    -  - image: acme/api:1.0.0
    +  - image: acme/api:2.0.0
         name: api

    1 kept: 1 not a version (--kept lists them)
    staging -> production: 2 differences in 1 file of 1 application
    ");
    let all = diff(&world, &repo, &renderers, &["--promote", "all"]);
    let shown = rendered(&all);
    assert!(shown.contains("Secret keys-"), "{shown}");
    assert!(shown.contains("*** (changed)"), "{shown}");
    // Only the file's own diff has the value.
    assert!(!shown.contains("sesame"), "{shown}");
    let markdown = diff(&world, &repo, &renderers, &["--output", "markdown"]);
    assert!(
        markdown
            .stdout
            .contains("\nRendered `apps/api/overlays/production (kustomize)`:\n"),
        "{markdown}"
    );
    assert!(
        markdown.stdout.contains("\n--- Pod api\n+++ Pod api\n"),
        "{markdown}"
    );
}

#[test]
fn a_chart_is_rendered_with_the_values_of_the_target() {
    let Some(renderers) = renderers() else { return };
    let world = World::new();
    let template = "kind: Pod\nmetadata: {name: api}\nspec: {image: 'acme/api:{{ .Values.image.tag }}', replicas: {{ .Values.replicas }}}\n";
    let repo = world.repository(&[
        (
            "charts/api/Chart.yaml",
            "apiVersion: v2\nname: api\nversion: 1.0.0\n",
        ),
        ("charts/api/templates/pod.yaml", template),
        (
            "charts/api/values.yaml",
            "replicas: 1\nimage: {tag: none}\n",
        ),
        (
            "charts/api/values-staging.yaml",
            "image: {tag: 2.0.0}\nreplicas: 2\n",
        ),
        (
            "charts/api/values-production.yaml",
            "image: {tag: 1.0.0}\nreplicas: 3\n",
        ),
    ]);
    let ran = diff(&world, &repo, &renderers, &[]);
    assert_snapshot!(rendered(&ran), @"
    rendered: charts/api (helm)
      Pod api
    @@ -1,3 +1,3 @@
     kind: Pod
     metadata: {name: api}
    -spec: {image: 'acme/api:1.0.0', replicas: 3}
    +spec: {image: 'acme/api:2.0.0', replicas: 3}

    1 kept: 1 not a version (--kept lists them)
    staging -> production: 1 difference in 1 file of 1 application
    ");
    let ran = diff(&world, &repo, &renderers, &["--output", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let unit = &found["rendered"]["units"][0];
    assert_eq!(unit["renderer"], "helm");
    assert_eq!(unit["error"], Value::Null);
    assert_eq!(unit["resources"][0]["kind"], "Pod");
    let schema = world.promote(&["schema", "diff"]);
    let schema = serde_json::from_str(&schema.stdout).unwrap();
    jsonschema::validate(&schema, &found).unwrap();
}

#[test]
fn what_cannot_be_rendered_is_a_warning_with_the_reason() {
    let Some(renderers) = renderers() else { return };
    let world = World::new();
    let repo = kustomize(&world, "");
    for (base, reason) in [
        ("resources: [gone.yaml]\n", "gone.yaml"),
        // Nothing is fetched.
        (
            "resources: ['https://127.0.0.1:1/acme/platform//base?ref=v1']\n",
            "failed with exit code 1",
        ),
    ] {
        repo.commit("base", &[("apps/api/base/kustomization.yaml", base)]);
        let ran = diff(&world, &repo, &renderers, &[]);
        assert_eq!(ran.code, 0, "{ran}");
        let warning = "warning: apps/api/overlays/production (kustomize) could not be rendered: `kubectl kustomize` failed";
        assert!(ran.stdout.contains(warning), "{ran}");
        assert!(ran.stdout.contains(reason), "{ran}");
    }
}

#[test]
fn a_missing_renderer_is_named_and_files_without_one_are_counted() {
    let world = World::new();
    let repo = kustomize(&world, "");
    repo.commit(
        "plain",
        &[
            (
                "apps/web/staging/pod.yaml",
                &POD.replace("acme/api", "acme/web:2.0.0"),
            ),
            (
                "apps/web/production/pod.yaml",
                &POD.replace("acme/api", "acme/web:1.0.0"),
            ),
        ],
    );
    // A folder with nothing but Git.
    let bin = world.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let git = crate::remotes::program(&["git"]).unwrap();
    std::os::unix::fs::symlink(git, bin.join("git")).unwrap();
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command.current_dir(&repo.dir).env("PATH", &bin).args(DIFF);
    let ran = Ran::from(command.args(["--output", "json"]).output().unwrap());
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let units = &found["rendered"]["units"];
    assert_eq!(
        units[0]["error"],
        "`kustomize` and `kubectl` are not installed"
    );
    assert_eq!(
        found["rendered"]["unrendered"],
        json!(["apps/web/production/pod.yaml"])
    );
}
