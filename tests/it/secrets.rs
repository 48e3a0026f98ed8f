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
  envs: [web.env]
  files: [key=files/web.key]
";
const EXTERNAL: &str = "kind: ExternalSecret
metadata: {name: web}
spec:
  data: [{secretKey: a, remoteRef: {key: web}}]
  target:
    template:
      data: {url: 'https://web:hunter2-template@db'}
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
        ("apps/web/staging/external.yaml", EXTERNAL),
        (
            "apps/web/production/external.yaml",
            &EXTERNAL.replace("template@", "old@"),
        ),
        ("apps/web/staging/web.env", "PASSWORD=hunter2-env\n"),
        ("apps/web/production/web.env", "PASSWORD=hunter2-old\n"),
        ("apps/web/staging/files/web.key", "hunter2-file\n"),
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
fn a_generator_whose_key_has_an_escape_is_found() {
    let world = World::new();
    let kustomization = "\"secret\\x47enerator\": [{name: web, envs: [web.env]}]\n";
    let repo = world.repository(&[
        ("apps/web/staging/kustomization.yaml", kustomization),
        ("apps/web/production/kustomization.yaml", kustomization),
        ("apps/web/staging/web.env", "LEVEL=hunter2-new\n"),
        ("apps/web/production/web.env", "LEVEL=hunter2-old\n"),
    ]);
    let hop = ["diff", "--from", "staging", "--to", "production"];
    let ran = repo.promote(&[&hop[..], &["--promote", "all", "--full"]].concat());
    assert!(ran.stdout.contains("***"), "{ran}");
    assert!(!ran.stdout.contains("hunter2"), "{ran}");
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

/// Files with `@` for what differs, and `hunter2` in all that is secret.
const NOTATIONS: &[(&str, &str)] = &[
    (
        "template-key.yaml",
        "kind: Secret\nmetadata: {name: x}\n{{- if .Values.a }}\ntype: Opaque\n{{- end }}\nstringData:\n  password: hunter2-@ # was hunter2-c@\n",
    ),
    (
        "template-block.yaml",
        "kind: Secret\nmetadata:\n  name: x\n{{- if .Values.a }}\nstringData:\n  password: hunter2-@\n  file: |\n    hunter2: hunter2-@\n    text hunter2-@\n{{- end }}\n",
    ),
    (
        "template-all.yaml",
        "{{- if .Values.a }}\nkind: Secret\nmetadata:\n  name: x\ndata:\n  password: hunter2-@\n{{- end }}\n",
    ),
    (
        "template-second.yaml",
        "kind: A\nspec: {{ .Values.a }}\ndata:\n  a: b\n---\nkind: Secret\ndata:\n  password: hunter2-@\n",
    ),
    (
        "template-flow.yaml",
        "kind: List\nx: {{ .Values.a }} b\nitems:\n- {kind: Secret, stringData: {password: hunter2-@}}\n",
    ),
    (
        "comment.yaml",
        "kind: Secret\nstringData:\n  # before hunter2-@\n  password: hunter2-@ # was hunter2-c@\n  # after hunter2-@\n",
    ),
    (
        "comment-flow.yaml",
        "kind: Secret\nstringData: {password: hunter2-@} # was hunter2-c@\n",
    ),
    (
        "anchor.yaml",
        "x-password: &p hunter2-@ # was hunter2-c@\nx-more: &m\n  a: hunter2-@\nkind: Secret\nstringData:\n  password: *p\n  <<: *m\n",
    ),
    (
        "kustomization.yaml",
        "kind: Kustomization\npatches:\n- target: {kind: Secret}\n  patch: |-\n    - op: replace\n      path: /data/password\n      value: hunter2-@\n- target: {name: x}\n  patch: |-\n    - op: replace\n      path: /stringData/password\n      value: hunter2-@\n",
    ),
    (
        "patch.yaml",
        "- op: replace\n  path: /stringData/password\n  value: hunter2-@\n",
    ),
    (
        "patch.json",
        "[{\"op\": \"replace\", \"path\": \"/stringData/password\", \"value\": \"hunter2-@\"}]\n",
    ),
];

#[test]
fn the_data_of_secrets_is_in_no_output_in_any_notation() {
    let mut failures = Vec::new();
    for (name, text) in NOTATIONS {
        let world = World::new();
        let [source, target] = ["new", "old"].map(|word| text.replace('@', word));
        let files = [
            (format!("apps/web/staging/{name}"), source.as_str()),
            (format!("apps/web/production/{name}"), target.as_str()),
            (format!("apps/web/staging/added-{name}"), source.as_str()),
            (
                format!("apps/web/production/removed-{name}"),
                target.as_str(),
            ),
        ];
        let files = files.each_ref().map(|(path, text)| (path.as_str(), *text));
        let repo = world.repository(&files);
        let hop = ["--from", "staging", "--to", "production"];
        let all = ["--promote", "all", "--delete", "--allow", "all"];
        for more in [
            &["diff", "--full", "--kept", "--selectors"][..],
            &["diff", "--output", "markdown"],
            &["diff", "--output", "json"],
            &["--dry-run", "--full"],
            &["--dry-run", "--output", "markdown"],
            &["--dry-run", "--output", "json"],
            &["--yes"],
        ] {
            let all = if more[0] == "diff" { &all[..3] } else { &all };
            let ran = repo.promote(&[more, &hop, all].concat());
            let output = ran.to_string();
            let is_masked = more.contains(&"json") || output.contains("***");
            if output.contains("hunter2-") || !is_masked {
                failures.push(format!("{name} {more:?}: {ran}"));
            }
        }
        let message = repo.git(&["log", "-1", "--format=%B"]);
        if message.contains("hunter2-") {
            failures.push(format!("{name}: {message}"));
        }
        for args in [
            &["revert", "--dry-run", "--full"][..],
            &["log", "--to", "production"],
        ] {
            let ran = repo.promote(args);
            if ran.to_string().contains("hunter2-") {
                failures.push(format!("{name} {args:?}: {ran}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_secret_in_a_template_stops_the_promotion() {
    let (_, text) = NOTATIONS[1];
    for name in ["secret.yaml", "added.yaml"] {
        let world = World::new();
        let source = text.replace('@', "new");
        let target = text.replace('@', "old");
        let files = [
            (format!("apps/web/staging/{name}"), source.as_str()),
            (
                "apps/web/production/secret.yaml".to_owned(),
                target.as_str(),
            ),
        ];
        let files = files.each_ref().map(|(path, text)| (path.as_str(), *text));
        let repo = world.repository(&files);
        let hop = ["--yes", "--from", "staging", "--to", "production"];
        let ran = repo.promote(&[&hop[..], &["--promote", "all"]].concat());
        assert!(
            ran.to_string().contains("secret of one environment"),
            "{ran}"
        );
    }
}
