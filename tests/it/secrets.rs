//! The data of secrets is in no output.

use crate::world::World;

const SECRET: &str = "apps/web/production/secret.yaml";
const STAGING: &str = "kind: Secret
metadata: {name: web}
type: Opaque
data:
  password: aHVudGVyMi1uZXc=
stringData:
  config.yaml: |
    user: web
    token: hunter2-token
  added: hunter2-added
---
kind: Secret
metadata: {name: extra}
stringData: {key: hunter2-extra}
";
const PRODUCTION: &str = "kind: Secret
metadata: {name: web}
type: Opaque
data:
  password: aHVudGVyMi1vbGQ=
stringData:
  config.yaml: |
    user: web
    token: hunter2-other
  removed: hunter2-removed
";
const VALUES: &str = "image: {tag: 1.5.0}
extraObjects:
- kind: Secret
  metadata: {name: a}
  stringData: {key: hunter2-object}
manifest: |
  kind: Secret
  stringData: {key: hunter2-string}
";
const KUSTOMIZATION: &str = "kind: Kustomization
secretGenerator:
- name: web
  literals: [password=hunter2-literal, both=hunter2-both]
";

#[test]
fn the_data_of_secrets_is_in_no_output() {
    let world = World::new();
    let repo = world.repository(&[
        ("apps/web/staging/secret.yaml", STAGING),
        (SECRET, PRODUCTION),
        ("apps/web/staging/values.yaml", VALUES),
        ("apps/web/production/values.yaml", "image: {tag: 1.4.0}\n"),
        ("apps/web/staging/kustomization.yaml", KUSTOMIZATION),
        (
            "apps/web/production/kustomization.yaml",
            "kind: Kustomization\nsecretGenerator:\n- name: web\n  literals: [both=hunter2-was]\n",
        ),
        ("apps/web/staging/new.yaml", STAGING),
    ]);
    let hop = ["--from", "staging", "--to", "production"];
    let all = ["--promote", "all", "--delete", "--allow", "all"];
    for (command, more) in [
        ("diff", &["--output", "text"][..]),
        ("diff", &["--full", "--kept", "--selectors"]),
        ("diff", &["--stat"]),
        ("diff", &["--output", "markdown"]),
        ("diff", &["--output", "json"]),
        ("", &["--dry-run", "--full"]),
        ("", &["--dry-run", "--output", "json"]),
        ("", &["--dry-run", "--output", "markdown"]),
    ] {
        for all in [&all[..3], &[]] {
            let command = Some(command).filter(|command| !command.is_empty());
            let args: Vec<&str> = command.into_iter().chain(hop).collect();
            let ran = repo.promote(&[args.as_slice(), more, all].concat());
            for secret in ["hunter2", "aHVudGVy"] {
                assert!(
                    !format!("{ran}").contains(secret),
                    "{more:?} {all:?}: {ran}"
                );
            }
            let is_result = command.is_none() && more.contains(&"json");
            let is_short = is_result
                || more.contains(&"--stat")
                || all.is_empty() && !more.contains(&"--kept");
            assert!(
                is_short || ran.stdout.contains("***"),
                "{more:?} {all:?}: {ran}"
            );
        }
    }
    let ran = repo.promote(&[&["--yes"], &hop[..], &all].concat());
    assert_eq!(ran.code, 0, "{ran}");
    assert!(!format!("{ran}").contains("hunter2"), "{ran}");
    let written = repo.git(&["show", "HEAD:apps/web/production/secret.yaml"]);
    assert!(written.contains("password: aHVudGVyMi1uZXc="), "{written}");
    assert!(ran.stdout.contains("*** (changed)"), "{ran}");
}

#[test]
fn a_secret_that_changes_meanwhile_stops_the_promotion() {
    let world = World::new();
    let secret = |data: &str| format!("kind: Secret\ndata: {{key: {data}}}\n");
    let (remote, repo) = world.cloned(&[
        ("apps/web/staging/secret.yaml", &secret("bmV3")),
        (SECRET, &secret("b2xk")),
    ]);
    let other = world.clone_of(&remote, "other");
    // The first run pushes another secret, so that the promotion loses the race.
    let script = format!(
        "cd {} && if test ! -e done; then touch done && sed -i s/bmV3/b3RoZXI=/ apps/web/staging/* && \
         git commit -qam other && git push -q; fi",
        other.dir.display()
    );
    let hop = ["--yes", "--from", "staging", "--to", "production"];
    let all = ["--promote", "all", "--allow", "all", "--verify", &script];
    let ran = repo.promote(&[&hop[..], &all].concat());
    assert_eq!(ran.code, 4, "{ran}");
    assert_eq!(remote.show("main", SECRET), secret("b2xk"));
}
