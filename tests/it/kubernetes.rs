//! The manifests of `examples/kubernetes` build, are as Kubernetes wants them, and fit the program.

use std::fs;
use std::process::Command;

use crate::console::project;
use crate::renderers::renderer;
use crate::skipped::{Missing, skip};

/// The manifests as `kubectl apply -k` sends them; `None` if there is no `kubectl`.
fn built() -> Option<String> {
    let out = Command::new(renderer("kubectl")?)
        .arg("kustomize")
        .arg(project("examples/kubernetes"))
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    Some(String::from_utf8(out.stdout).unwrap())
}

#[test]
fn the_manifests_follow_the_schemas_of_kubernetes() {
    let Some(text) = built() else {
        return;
    };
    let Some(python) = std::env::var_os("GIT_PROMOTE_TEST_PYTHON") else {
        skip(Missing::Program, "kubernetes-validate");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.yaml");
    fs::write(&file, &text).unwrap();
    let out = Command::new(python)
        .args(["-m", "kubernetes_validate", "--strict"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    for kind in [
        "deployment",
        "service",
        "serviceaccount",
        "poddisruptionbudget",
        "networkpolicy",
    ] {
        assert!(said.contains(&format!("{kind}/git-promote")), "{said}");
    }
}

#[test]
fn the_deployment_starts_the_program_as_it_is() {
    let text = fs::read_to_string(project("examples/kubernetes/deployment.yaml")).unwrap();
    let deployment: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let args = container["args"].as_sequence().unwrap();
    let args = args.iter().map(|arg| arg.as_str().unwrap());
    // It takes all options, and only fails because there is no such user to serve for.
    let out = Command::new(env!("CARGO_BIN_EXE_git-promote"))
        .args(args)
        .arg("--help")
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    let help = String::from_utf8(out.stdout).unwrap();
    for arg in container["args"].as_sequence().unwrap() {
        let name = arg.as_str().unwrap().split('=').next().unwrap();
        assert!(help.contains(name), "the program has no {name}");
    }
}
