//! Checks fail whenever the promotion that they stand for would: exit codes, files that cannot be
//! read, names that are mistaken for the configuration's, encrypted files.

use crate::world::{Ran, Repo, World};

const HOP: [&str; 4] = ["--from", "staging", "--to", "production"];
const API: &str = "apps/api/production/values.yaml";
const WEB: &str = "apps/web/production/values.yaml";
const TOO_LARGE: usize = 11_000_000;

fn run(repo: &Repo<'_>, words: &[&str]) -> Ran {
    let (command, options) = match words {
        ["diff", options @ ..] => (Some("diff"), options),
        options => (None, options),
    };
    let words: Vec<&str> = (command.into_iter().chain(HOP))
        .chain(options.iter().copied())
        .collect();
    repo.promote(&words)
}

fn code(repo: &Repo<'_>, words: &[&str]) -> u8 {
    u8::try_from(run(repo, words).code).unwrap()
}

/// Two applications, each with a new version; `web` in staging has this text.
fn two<'w>(world: &'w World, web: &str) -> Repo<'w> {
    world.repository(&[
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        (API, "image: {tag: 1.0.0}\n"),
        ("apps/web/staging/values.yaml", web),
        (WEB, "image: {tag: 1.0.0}\n"),
    ])
}

/// One application with a file of that name, from a text with `@` for the environment and `V` for
/// the version.
fn one<'w>(world: &'w World, file: &str, text: &str) -> Repo<'w> {
    let of = |environment: &str, version: &str| {
        (
            format!("apps/web/{environment}/{file}"),
            text.replace('@', environment).replace("VERSION", version),
        )
    };
    let (source, target) = (of("staging", "2.0.0"), of("production", "1.0.0"));
    world.repository(&[(&source.0, &source.1), (&target.0, &target.1)])
}

#[test]
fn an_application_with_a_file_that_cannot_be_read_is_left_out_and_the_others_move() {
    for broken in ["image: {tag: 2.0.0\n", "image: {tag: 2.0.0}\nimage: 1\n"] {
        let world = World::new();
        let repo = two(&world, broken);
        let ran = run(&repo, &["--output", "json"]);
        assert_eq!(ran.code, 1, "{ran}");
        let result: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(result["status"], "committed");
        assert_eq!(result["applications"], serde_json::json!(["api"]));
        let [error] = result["errors"].as_array().unwrap().as_slice() else {
            panic!("{ran}");
        };
        assert_eq!(error["path"], "apps/web/staging/values.yaml");
        assert_eq!(error["application"], "web");
        assert_eq!(error["left_out"], true);
        assert!(ran.stderr.contains("left out web"), "{ran}");
        assert_eq!(repo.show("HEAD", API), "image: {tag: 2.0.0}\n");
        assert_eq!(repo.show("HEAD", WEB), "image: {tag: 1.0.0}\n");
        // Nothing else is left to promote.
        let again = run(&repo, &[]);
        assert_eq!(again.code, 1, "{again}");
        assert!(again.stderr.contains("nothing was written"), "{again}");
    }
}

#[test]
fn all_files_of_an_application_are_left_out_together() {
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0}\n");
    repo.commit(
        "more",
        &[
            ("apps/web/staging/broken.yaml", "a: [\n"),
            ("apps/web/production/broken.yaml", "a: 1\n"),
        ],
    );
    let ran = run(&repo, &["--kept"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.stdout.contains("left out with its application"),
        "{ran}"
    );
    assert_eq!(repo.show("HEAD", WEB), "image: {tag: 1.0.0}\n");
    assert_eq!(repo.show("HEAD", API), "image: {tag: 2.0.0}\n");
}

#[test]
fn a_diff_fails_in_every_format_if_a_chosen_file_cannot_be_read() {
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0\n");
    for format in [
        &["diff"][..],
        &["diff", "--stat"],
        &["diff", "--name-only"],
        &["diff", "--output", "json"],
        &["diff", "--output", "markdown"],
        &["diff", "--exit-code"],
        &["diff", "--exit-code", "--stat"],
        &["diff", "--service", "web", "--exit-code"],
        &["--dry-run"],
        &["--dry-run", "--output", "json"],
    ] {
        let ran = run(&repo, format);
        assert_eq!(ran.code, 1, "{format:?}: {ran}");
        let output = ran.to_string();
        let times = output.matches("values.yaml:1:8").count();
        assert_eq!(times, 1, "{format:?}: {ran}");
    }
    // Nobody chose the file.
    assert_eq!(code(&repo, &["diff", "--service", "api"]), 0);
    assert_eq!(
        code(&repo, &["diff", "--service", "api", "--exit-code"]),
        10
    );
    assert_eq!(code(&repo, &["diff", "--except", WEB, "--exit-code"]), 10);
    assert_eq!(code(&repo, &["diff", "--only", API, "--exit-code"]), 10);
    assert_eq!(code(&repo, &["--except", WEB]), 0);
}

#[test]
fn a_preview_of_what_is_held_exits_like_the_promotion() {
    let world = World::new();
    let repo = two(&world, "image: {tag: latest}\n");
    for words in [&[][..], &["--dry-run"], &["--action", "none"]] {
        let ran = run(&repo, words);
        assert_eq!(ran.code, 3, "{words:?}: {ran}");
        assert!(ran.stderr.contains("held by moving-version"), "{ran}");
    }
    let allowed = ["--dry-run", "--allow", "moving-version"];
    assert_eq!(code(&repo, &allowed), 0);
    assert_eq!(code(&repo, &["diff"]), 0);
    assert_eq!(code(&repo, &["diff", "--exit-code"]), 10);
    let json = run(&repo, &["--dry-run", "--output", "json"]);
    assert!(json.stdout.contains("\"status\":\"held\""), "{json}");
    assert_eq!(repo.show("HEAD", API), "image: {tag: 1.0.0}\n");
}

#[test]
fn a_policys_preview_is_a_hold_unless_a_preview_was_requested() {
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0}\n");
    let policy = "version: 1\npolicies: [{name: freeze, match: {environments: [production]}, action: none}]\n";
    repo.commit("freeze", &[("promote.yaml", policy)]);
    assert_eq!(code(&repo, &[]), 3);
    assert_eq!(code(&repo, &["--dry-run"]), 0);
    assert_eq!(code(&repo, &["--action", "none"]), 0);
    assert_eq!(repo.show("HEAD", API), "image: {tag: 1.0.0}\n");
}

#[test]
fn a_name_that_is_mistaken_for_the_configurations_is_refused_by_every_command() {
    for name in [
        "Promote.yaml",
        "PROMOTE.YAML",
        "promote.yml",
        ".promote.yaml",
    ] {
        for is_beside in [false, true] {
            let world = World::new();
            let repo = two(&world, "image: {tag: 2.0.0}\n");
            repo.commit("configure", &[(name, "version: 1\n")]);
            if is_beside {
                repo.commit("configure", &[("promote.yaml", "version: 1\n")]);
            }
            let diff = run(&repo, &["diff"]);
            let promote = run(&repo, &[]);
            let check = repo.promote(&["check"]);
            for ran in [diff, promote, check] {
                assert_eq!(ran.code, 2, "{ran}");
                let message = format!("{name}: the configuration must be named `promote.yaml`");
                assert!(ran.stderr.contains(&message), "{ran}");
            }
            assert_eq!(repo.show("HEAD", API), "image: {tag: 1.0.0}\n");
        }
    }
}

#[test]
fn a_configuration_that_is_not_used_is_never_ignored_silently() {
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0}\n");
    let is_warned = |text: &str| {
        for ran in [run(&repo, &["diff"]), repo.promote(&["check"])] {
            assert_eq!(ran.code, 0, "{ran}");
            assert!(ran.stdout.contains(text), "{ran}");
        }
    };
    repo.commit("empty", &[("promote.yaml", "")]);
    is_warned("promote.yaml:1:1: the file is empty, so the defaults apply");
    repo.git(&["rm", "-q", "promote.yaml"]);
    let text = "version: 1\npolicies: []\n";
    repo.commit("in a folder", &[("apps/promote.yaml", text)]);
    is_warned("apps/promote.yaml: not used: the configuration must be `promote.yaml` at the root");
    // Another tool's file of that name is none of our business.
    repo.commit("other", &[("apps/promote.yaml", "on: push\n")]);
    assert!(!run(&repo, &["diff"]).stdout.contains("not used"));
    repo.git(&["rm", "-q", "-r", "apps/promote.yaml"]);
    repo.commit("folder", &[("promote.yaml/x", "a\n")]);
    for ran in [run(&repo, &["diff"]), repo.promote(&["check"])] {
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("is not a regular file"), "{ran}");
    }
}

#[test]
fn check_fails_if_a_promotion_would_leave_out_a_file() {
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0\n");
    let environments = "version: 1\nenvironments: [{name: staging}, {name: production}]\n";
    repo.commit("configure", &[("promote.yaml", environments)]);
    for words in [&["check"][..], &["check", "--layout"]] {
        let ran = repo.promote(words);
        assert_eq!(ran.code, 1, "{ran}");
        let file = "apps/web/staging/values.yaml:1:8: unclosed bracket";
        assert!(ran.stderr.contains(file), "{ran}");
    }
    repo.commit("mend", &[("apps/web/staging/values.yaml", "a: 1\n")]);
    assert_eq!(repo.promote(&["check"]).code, 0);
}

#[test]
fn environments_that_are_only_targets_are_checked_with_their_source() {
    let world = World::new();
    let file = |place: &str, tag: &str| {
        let tag = format!("image: {{tag: {tag}}}\n");
        (format!("{place}/values.yaml"), tag)
    };
    let files = [
        file("apps/web/staging", "2.0.0"),
        file("clusters/eu/web", "1.0.0"),
        file("clusters/us/web", "[1.0.0"),
    ];
    let files = files.each_ref().map(|(path, text)| (&**path, &**text));
    let repo = world.repository(&files);
    let configuration = "version: 1\n\
        environments: [{name: staging}, {name: eu}, {name: us}, {name: asia}]\n\
        layout: [{from: 'apps/{app}/staging/**', to: 'clusters/{env}/{app}/**'}]\n";
    repo.commit("configure", &[("promote.yaml", configuration)]);
    let ran = repo.promote(&["check", "--layout"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("\nstaging -> us\n"), "{ran}");
    assert!(!ran.stdout.contains("`eu` is configured"), "{ran}");
    assert!(!ran.stdout.contains("`us` is configured"), "{ran}");
    assert!(
        ran.stderr.contains("clusters/us/web/values.yaml:1:"),
        "{ran}"
    );
}

#[test]
fn a_large_file_only_matters_if_it_is_chosen() {
    let large = "\0".repeat(TOO_LARGE);
    let dump = "apps/web/production/dump.bin";
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0}\n");
    repo.commit("dump", &[("apps/web/staging/dump.bin", &large)]);
    assert_eq!(code(&repo, &["diff"]), 0);
    repo.commit("dump", &[(dump, "small")]);
    let kept = run(&repo, &["diff", "--kept"]);
    assert_eq!(kept.code, 0, "{kept}");
    assert!(kept.stdout.contains("dump.bin  (not deployed)"), "{kept}");
    let chosen = run(&repo, &["--only", dump]);
    assert_eq!(chosen.code, 1, "{chosen}");
    let size = "dump.bin: the file has 11000000 bytes; the limit is 10485760";
    assert!(chosen.stderr.contains(size), "{chosen}");
    // A manifest is chosen by the default rule.
    let text = format!("image: {{tag: 3.0.0}}\n{}\n", "#".repeat(TOO_LARGE));
    repo.commit("large", &[("apps/web/staging/values.yaml", &text)]);
    let ran = run(&repo, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("left out web"), "{ran}");
    assert_eq!(repo.show("HEAD", API), "image: {tag: 2.0.0}\n");
    assert_eq!(repo.show("HEAD", WEB), "image: {tag: 1.0.0}\n");
}

#[test]
fn a_file_that_nothing_promotes_is_not_read() {
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0}\n");
    repo.commit(
        "broken",
        &[
            ("apps/web/staging/only-here.yaml", "a: [\n"),
            ("apps/web/production/only-there.yaml", "a: [\n"),
        ],
    );
    assert_eq!(code(&repo, &["diff"]), 0);
    assert_eq!(code(&repo, &["diff", "--promote", "all"]), 1);
    assert_eq!(code(&repo, &[]), 0);
}

#[test]
fn a_file_that_a_rule_keeps_as_a_whole_is_not_chosen() {
    let world = World::new();
    let repo = two(&world, "image: {tag: 2.0.0\n");
    let rules =
        "version: 1\ntemplates: [{name: default, rules: [{files: 'apps/web/**', keep: [$]}]}]\n";
    repo.commit("rules", &[("promote.yaml", rules)]);
    assert_eq!(code(&repo, &["diff", "--exit-code"]), 10);
    assert_eq!(code(&repo, &["diff", "--only", WEB]), 1);
    assert_eq!(code(&repo, &[]), 0);
}

#[test]
fn a_version_beside_values_that_sops_signed_is_held() {
    let pw = "ENC[AES256_GCM,data:@,iv:x,tag:y,type:str]";
    for (file, text) in [
        ("values.yaml", "image: {tag: VERSION}\npw: PW\n"),
        (
            "values.yaml",
            "image: {tag: VERSION}\n'sops': {'mac': 'PW'}\n",
        ),
        (
            "values.yaml",
            "image: {tag: VERSION}\n---\nsops: {mac: 'PW'}\n",
        ),
        (
            "values.yaml",
            "x: &s {sops: {mac: x}}\n<<: *s\nimage: {tag: VERSION}\n",
        ),
        (
            "values.json",
            "{\"image\": {\"tag\": \"VERSION\"}, \"sops\": {\"mac\": \"PW\"}}\n",
        ),
    ] {
        let world = World::new();
        let repo = one(&world, file, &text.replace("PW", pw));
        let ran = run(&repo, &[]);
        assert_eq!(ran.code, 3, "{text}: {ran}");
        assert!(ran.stderr.contains("held by encrypted"), "{ran}");
        assert_eq!(code(&repo, &["--dry-run"]), 3);
        assert_eq!(code(&repo, &["--allow", "encrypted"]), 0);
    }
    let world = World::new();
    let free = "image: {tag: VERSION}\nsops: {mac: 'PW', mac_only_encrypted: true}\n";
    assert_eq!(
        code(&one(&world, "values.yaml", &free.replace("PW", pw)), &[]),
        0
    );
}

#[test]
fn ciphertext_never_moves_unless_it_is_allowed() {
    let age = "-----BEGIN AGE ENCRYPTED FILE-----";
    let vault = "$ANSIBLE_VAULT;1.1;AES256\nVERSION\n";
    for (file, text) in [
        ("v.yaml", "image: {tag: 'ENC[AES256_GCM,data:VERSION]'}\n"),
        ("v.yaml", "pw: ENC[PKCS7,VERSION]\n"),
        (
            "v.yaml",
            "pw: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  VERSION\n",
        ),
        ("v.yaml", &format!("pw: |\n  {age}\n  VERSION\n")),
        (
            "v.yaml",
            "kind: SealedSecret\nspec: {encryptedData: {pw: AgVERSION}}\n",
        ),
        ("v.yaml", "kind: SealedSecret\nspec: {data: AgVERSION}\n"),
        (
            "v.yaml",
            "kind: List\nitems: [{kind: SealedSecret, spec: {encryptedData: {pw: VERSION}}}]\n",
        ),
        (
            "v.yaml",
            "image: x\nsops: {age: [{enc: VERSION}], mac_only_encrypted: true, mac: x}\n",
        ),
        ("v.yaml", vault),
        ("v.yaml", "\0GITCRYPT\0VERSION"),
        ("v.yaml", &format!("{age}\nVERSION\n")),
        (
            "v.json",
            "{\"data\": \"ENC[AES256_GCM,data:VERSION]\", \"sops\": {\"mac\": \"x\"}}\n",
        ),
        (
            "v.env",
            "PW=ENC[AES256_GCM,data:VERSION]\nsops_mac=ENC[AES256_GCM,x]\n",
        ),
        (
            "v.ini",
            "[a]\npw = VERSION\n[sops]\nmac = ENC[AES256_GCM,x]\n",
        ),
    ] {
        let world = World::new();
        let repo = one(&world, file, text);
        let by_default = run(&repo, &[]);
        assert_eq!(by_default.code, 0, "{text}: {by_default}");
        assert!(
            by_default.stdout.contains("nothing to promote"),
            "{by_default}"
        );
        let json = run(&repo, &["diff", "--output", "json"]);
        let plan: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        let differences = &plan["applications"][0]["files"][0]["differences"];
        let selector = differences[0]["selector"].as_str().unwrap();
        let chosen = run(&repo, &["--only", selector]);
        assert_eq!(chosen.code, 3, "{text}: {chosen}");
        assert!(!chosen.stderr.contains("2.0.0"), "{chosen}");
    }
}
