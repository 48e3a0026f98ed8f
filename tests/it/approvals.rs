//! Approvals by people with keys, without a forge.

use std::fs;

use serde_json::{Value, json};

use crate::remotes::has;
use crate::world::{Repo, World};

const FILES: [(&str, &str); 2] = [
    ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
    ("apps/api/eu/values.yaml", "image: {tag: 1.0.0}\n"),
];

/// A flow with a gate that needs approvals.
fn configuration(approval: &str) -> String {
    format!(
        "environments:
  - {{name: staging}}
  - {{name: eu}}
products:
  - {{name: loans, applications: [api], flows: [{{name: to-production}}]}}
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - {{environment: eu, dependsOn: [staging], policy: {{gates: {{before: [signed]}}}}}}
gates:
  - {{name: signed, approval: {approval}}}
"
    )
}

/// The fingerprint of a new SSH key, with which commits in a repository are signed.
pub fn sign_with(repo: &Repo<'_>, world: &World, name: &str) -> String {
    let key = world.path(&format!("{name}.key")).display().to_string();
    let made = world
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", &key])
        .status();
    assert!(made.unwrap().success());
    for (setting, value) in [
        ("commit.gpgsign", "true"),
        ("gpg.format", "ssh"),
        ("user.signingkey", &key),
    ] {
        repo.git(&["config", setting, value]);
    }
    let listed = world
        .command("ssh-keygen")
        .args(["-l", "-f", &key])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    listed.split(' ').nth(1).unwrap().to_owned()
}

/// The release after an approval or a retry, as it is shown.
fn shown(repo: &Repo<'_>, args: &[&str]) -> String {
    let ran = repo.promote(&[&["release"], args].concat());
    assert_eq!(ran.code, 0, "{ran}");
    ran.to_string()
}

/// Pushes a transition that changes the record of `loans-1`, by somebody without a key.
fn rewrite(world: &World, remote: &Repo<'_>, name: &str, change: impl FnOnce(&mut Value)) {
    let mallory = world.clone_of(remote, name);
    let reference = "refs/promote/releases/loans";
    mallory.git(&["fetch", "-q", "origin", reference]);
    mallory.git(&["checkout", "-q", "FETCH_HEAD"]);
    let file = mallory.git(&["ls-files", "*loans-1.json"]);
    let record = fs::read_to_string(mallory.dir.join(&file)).unwrap();
    let mut record: Value = serde_json::from_str(&record).unwrap();
    change(&mut record);
    let message = "loans-1: is changed\n\nRelease-Id: loans-1\nRelease-Event: approved";
    mallory.commit(message, &[(&file, &record.to_string())]);
    mallory.git(&["push", "-q", "origin", &format!("HEAD:{reference}")]);
}

const START: [&str; 5] = ["start", "--flow", "to-production", "--product", "loans"];
const APPROVE: [&str; 2] = ["approve", "loans-1"];

#[test]
fn an_approval_counts_by_the_key_that_signed_it() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (remote, ada) = world.cloned(&FILES);
    let bob = world.clone_of(&remote, "bob");
    let eve = world.clone_of(&remote, "eve");
    let keys = [
        sign_with(&ada, &world, "ada"),
        sign_with(&bob, &world, "bob"),
    ];
    let unknown = sign_with(&eve, &world, "eve");
    let approval = format!(
        "{{by: [ada, bob], count: 2, keys: {{ada: '{}', bob: '{}'}}}}",
        keys[0], keys[1]
    );
    ada.commit("flow", &[("promote.yaml", &configuration(&approval))]);
    ada.git(&["push", "-q", "origin", "main"]);
    let waiting = shown(&ada, &START);
    assert!(
        waiting.contains("0 of 2 approvals by ada, bob"),
        "{waiting}"
    );
    // A name proves nothing, whatever it is.
    let mallory = world.clone_of(&remote, "mallory");
    mallory.git(&["config", "user.name", "ada"]);
    let unproven = shown(&mallory, &APPROVE);
    assert!(
        unproven.contains("gates do not count it: nothing proves who gave it"),
        "{unproven}"
    );
    assert!(unproven.contains("0 of 2 approvals"), "{unproven}");
    let unlisted = shown(&eve, &APPROVE);
    assert!(
        unlisted.contains(&format!("with key {unknown} does not count")),
        "{unlisted}"
    );
    ada.git(&["config", "log.showSignature", "true"]);
    let first = shown(&ada, &APPROVE);
    assert!(
        first.contains("1 of 2 approvals by ada, bob; approved by ada"),
        "{first}"
    );
    // A second approval of the same person, as another committer, is not another approval.
    ada.git(&["config", "user.name", "Bob"]);
    let again = shown(&ada, &APPROVE);
    assert!(
        again.contains("1 of 2 approvals by ada, bob; approved by ada"),
        "{again}"
    );
    shown(&bob, &APPROVE);
    let tag = remote.show("main", "apps/api/eu/values.yaml");
    assert_eq!(tag, "image: {tag: 2.0.0}\n");
}

#[test]
fn who_signs_something_else_has_not_approved() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (remote, ada) = world.cloned(&FILES);
    let key = sign_with(&ada, &world, "ada");
    let approval = format!("{{keys: {{ada: '{key}'}}}}");
    ada.commit("flow", &[("promote.yaml", &configuration(&approval))]);
    ada.git(&["push", "-q", "origin", "main"]);
    shown(&ada, &START);
    // Mallory writes approvals of Ada into the record, without her key.
    for proof in ["signature", "forge"] {
        let approval = json!({"by": "ada", "proof": proof, "at": "2026-11-29T10:00:00Z"});
        rewrite(&world, &remote, proof, |record| {
            record["approvals"] = json!([approval]);
        });
        let ended = shown(&ada, &["advance", "loans-1"]);
        assert!(ended.contains("0 of 1 approvals"), "{proof}: {ended}");
    }
    ada.git(&["config", "user.name", "Ada B"]);
    shown(&ada, &APPROVE);
    let tag = remote.show("main", "apps/api/eu/values.yaml");
    assert_eq!(tag, "image: {tag: 2.0.0}\n");
}

#[test]
fn what_was_changed_after_an_approval_is_not_approved() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (remote, ada) = world.cloned(&FILES);
    let key = sign_with(&ada, &world, "ada");
    let approval = format!("{{count: 2, keys: {{ada: '{key}'}}}}");
    let first = ada.git(&["rev-parse", "HEAD"]);
    ada.commit("flow", &[("promote.yaml", &configuration(&approval))]);
    ada.git(&["push", "-q", "origin", "main"]);
    shown(&ada, &START);
    let approved = shown(&ada, &APPROVE);
    assert!(approved.contains("1 of 2 approvals"), "{approved}");
    rewrite(&world, &remote, "mallory", |record| {
        record["source"] = json!(first);
    });
    let changed = shown(&ada, &["advance", "loans-1"]);
    assert!(changed.contains("0 of 2 approvals"), "{changed}");
}

#[test]
fn a_gate_of_the_source_is_passed_by_approving_the_release() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (remote, ada) = world.cloned(&FILES);
    let key = sign_with(&ada, &world, "ada");
    // No release has promoted to `staging`, so there is no other one to approve.
    let configuration = format!(
        "environments: [{{name: staging}}, {{name: eu}}]
products:
  - {{name: loans, applications: [api]}}
policies:
  - {{name: staging, match: {{environments: [staging]}}, gates: {{after: [signed]}}}}
gates:
  - {{name: signed, approval: {{by: [ada], keys: {{ada: '{key}'}}}}}}
"
    );
    ada.commit("policy", &[("promote.yaml", &configuration)]);
    ada.git(&["push", "-q", "origin", "main"]);
    let ran = ada.promote(&[
        "--from",
        "staging",
        "--to",
        "eu",
        "--product",
        "loans",
        "--yes",
    ]);
    assert_eq!(ran.code, 0, "{ran}");
    let waits = "eu: staging is not ready: gate `signed`: 0 of 1 approvals by ada";
    assert!(ran.stdout.contains(waits), "{ran}");
    let approved = shown(&ada, &APPROVE);
    assert!(approved.contains("loans-1 is succeeded"), "{approved}");
    let tag = remote.show("main", "apps/api/eu/values.yaml");
    assert_eq!(tag, "image: {tag: 2.0.0}\n");
}
