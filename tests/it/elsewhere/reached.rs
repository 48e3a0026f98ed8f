//! How the repositories of environments are reached, and what happens if they are not.

use std::fs;
use std::sync::Arc;

use git_promote::domain::RepositoryUrl;
use git_promote::port::NoObserver;
use git_promote::wiring::{self, NetworkOptions};

use super::{Apart, FILE, FROM_TO, configuration, promote, promoted, values};
use crate::remotes::{Http, PASSWORD, USER};
use crate::world::{Repo, World};

#[test]
fn a_url_or_a_path_names_the_repository() {
    for url in [
        "[WORLD]/prod.git",
        "file://[WORLD]/prod.git",
        "../prod.git",
        "instead:prod.git",
    ] {
        let world = World::new();
        let folder = world.path("").display().to_string();
        let folder = folder.trim_end_matches('/');
        let url = url.replace("[WORLD]", folder);
        let keys = format!(", repository: \"{url}\", path: .");
        let configuration = configuration(", path: staging", &keys);
        let apart = Apart::configured(&world, &configuration, &values("1.5.0"), &values("1.4.2"));
        let key = format!("url.{folder}/.insteadOf");
        apart.clone.git(&["config", &key, "instead:"]);
        promoted(&apart.clone, &["--yes"]);
        assert_eq!(apart.prod.show("main", FILE), values("1.5.0"), "{url}");
    }
}

#[test]
fn a_push_goes_to_the_url_for_pushes() {
    let world = World::new();
    let apart = Apart::new(&world);
    let (from, to) = (world.path("prod.git"), world.path("pushed.git"));
    world.git(&["clone", "-q", "--bare", "prod.git", "pushed.git"]);
    let key = format!("url.{}.pushInsteadOf", to.display());
    apart.clone.git(&["config", &key, from.to_str().unwrap()]);
    promoted(&apart.clone, &["--yes"]);
    let pushed = world.at(to);
    assert_eq!(pushed.show("main", FILE), values("1.5.0"));
    assert_eq!(apart.prod.show("main", FILE), values("1.4.2"));
    // What was proposed there is found there, and updated.
    for version in ["1.6.0", "1.7.0"] {
        apart.push(&format!("staging/{FILE}"), &values(version));
        promoted(&apart.clone, &["--action", "pull-request", "--yes"]);
        let heads = [
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads/promote",
        ];
        let head = pushed.git(&heads);
        assert_eq!(pushed.show(&head, FILE), values(version));
        assert_eq!(apart.prod.git(&heads), "");
    }
}

#[test]
fn a_setting_about_a_forge_is_for_its_own_server() {
    let world = World::new();
    let clone = world.repository(&[("README.md", "")]);
    for (key, value) in [
        ("remote.origin.url", "https://git.example/acme/flows.git"),
        ("promote.githubApi", "https://git.example/api/v3"),
    ] {
        clone.git(&["config", key, value]);
    }
    let options = NetworkOptions {
        variables: Arc::new(|_| None),
        ..NetworkOptions::default()
    };
    let adapters = wiring::open(&clone.dir, &options).unwrap();
    let ports = adapters.ports(&NoObserver);
    for (url, is_known) in [
        (None, true),
        (Some("https://git.example/acme/prod.git"), true),
        (Some("git@git.example:acme/prod.git"), true),
        (Some("https://other.example/acme/prod.git"), false),
        (Some("https://git.example.org/acme/prod.git"), false),
    ] {
        let repository = url.map(|url| RepositoryUrl::parse(url).unwrap());
        let forge = ports.forges.pull_requests(repository.as_ref());
        assert_eq!(forge.is_some(), is_known, "{url:?}");
    }
}

#[test]
fn a_repository_that_cannot_be_reached_stops_a_promotion() {
    let world = World::new();
    let apart = Apart::new(&world);
    let away = |name: &str| fs::rename(world.path("prod.git"), world.path(name)).unwrap();
    let back = |name: &str| fs::rename(world.path(name), world.path("prod.git")).unwrap();
    let tips = |repo: &Repo<'_>| repo.git(&["for-each-ref"]);
    let before = tips(&apart.remote);
    away("away.git");
    for command in [
        &["diff"][..],
        &[],
        &["status"],
        &["log"],
        &["explain", "tag"],
    ] {
        let is_promotion = command.is_empty();
        let environments = !matches!(command, ["status" | "log"]);
        let mut words = command[..command.len().min(1)].to_vec();
        words.extend(environments.then_some(FROM_TO).into_iter().flatten());
        words.extend(command.get(1));
        words.extend(is_promotion.then_some("--yes"));
        words.extend(["--timeout", "1"]);
        let ran = apart.clone.promote(&words);
        assert_ne!(ran.code, 0, "{words:?}: {ran}");
        for part in ["environment `prod`", "`../prod.git`"] {
            assert!(ran.stderr.contains(part), "{words:?}: {part}: {ran}");
        }
    }
    assert_eq!(tips(&apart.remote), before);
    back("away.git");
    // As last fetched.
    promoted(&apart.clone, &["--dry-run"]);
    away("away.git");
    let preview = promoted(&apart.clone, &["--dry-run"]);
    assert!(preview.stdout.contains("1.5.0"), "{preview}");
    assert!(
        preview
            .to_string()
            .contains("`main` of `../prod.git` as last fetched"),
        "{preview}"
    );
    for command in ["status", "log"] {
        let ran = apart.clone.promote(&[command]);
        assert_eq!(ran.code, 0, "{ran}");
        assert!(ran.stderr.contains("as last fetched"), "{ran}");
    }
    let ran = promote(&apart.clone, &["--yes"]);
    assert_ne!(ran.code, 0, "{ran}");
    back("away.git");
    promoted(&apart.clone, &["--yes"]);
}

#[test]
fn a_server_that_does_not_answer_is_exit_code_5() {
    let world = World::new();
    // No server listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = port.local_addr().unwrap().port();
    let keys = format!(", repository: \"http://127.0.0.1:{port}/prod.git\", path: .");
    let configuration = configuration(", path: staging", &keys);
    let apart = Apart::configured(&world, &configuration, &values("1.5.0"), &values("1.4.2"));
    let before = apart.remote.git(&["for-each-ref"]);
    for more in ["--dry-run", "--yes"] {
        let ran = promote(&apart.clone, &[more, "--timeout", "1"]);
        assert_eq!(ran.code, 5, "{ran}");
        for part in ["environment `prod`", "127.0.0.1", "could not be reached"] {
            assert!(ran.stderr.contains(part), "{part}: {ran}");
        }
    }
    assert_eq!(apart.remote.git(&["for-each-ref"]), before);
}

#[test]
fn a_password_in_the_url_is_a_fault_with_its_place() {
    for (url, expected) in [
        (
            "https://ada:s3cr3t@git.example/prod.git",
            "password or token",
        ),
        ("https://s3cr3t@git.example/prod.git", "password or token"),
        ("ada:s3cr3t@git.example:prod.git", "password or token"),
        ("https://ada:the s3cr3t@git.example/prod.git", "not valid"),
        ("ssh://ada:s3cr3t@git.example/prod.git", "password or token"),
        (
            "https://git.example/prod.git?key=s3cr3t",
            "password or token",
        ),
        ("ext::sh -c date", "not valid"),
        ("ftp://git.example/prod.git", "not one of"),
        ("prod.git", "neither a URL nor a path"),
    ] {
        let world = World::new();
        let keys = format!(", repository: \"{url}\", path: .");
        let configuration = configuration(", path: staging", &keys);
        let apart = Apart::configured(&world, &configuration, &values("1.5.0"), &values("1.4.2"));
        for words in [&["check"][..], &[&["diff"], FROM_TO.as_slice()].concat()] {
            let ran = apart.clone.promote(words);
            assert_ne!(ran.code, 0, "{url}: {ran}");
            let text = ran.to_string();
            assert!(text.contains(expected), "{url}: {ran}");
            assert!(text.contains("promote.yaml:3:30: "), "{url}: {ran}");
            assert!(!text.contains("s3cr3t"), "{url}: {ran}");
        }
    }
}

#[test]
fn git_finds_the_password_of_the_other_server() {
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    let keys = format!(", repository: \"{}/prod.git\", path: .", http.url);
    let configuration = configuration(", path: staging", &keys);
    let apart = Apart::configured(&world, &configuration, &values("1.5.0"), &values("1.4.2"));
    apart.prod.git(&["config", "http.receivepack", "true"]);
    let authority = http.authority.to_str().unwrap();
    apart.clone.git(&["config", "http.sslCAInfo", authority]);
    let refused = promote(&apart.clone, &["--yes"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert!(refused.stderr.contains("credential"), "{refused}");
    let stored = format!("https://{USER}:{PASSWORD}@127.0.0.1:{}\n", http.port);
    fs::write(world.path("home/.git-credentials"), stored).unwrap();
    world.git(&["config", "--global", "credential.helper", "store"]);
    let ran = promoted(&apart.clone, &["--yes"]);
    assert_eq!(apart.prod.show("main", FILE), values("1.5.0"));
    assert!(!ran.to_string().contains(PASSWORD), "{ran}");
}

#[test]
fn a_check_of_two_environments_reads_their_repositories() {
    let world = World::new();
    let apart = Apart::new(&world);
    let check = |more: &[&str]| {
        let ran = apart.clone.promote(&[&["check"], more].concat());
        assert_eq!(ran.code, 0, "{ran}");
        ran.to_string()
    };
    let offline = check(&[]);
    assert!(
        offline.contains("staging -> prod is not checked"),
        "{offline}"
    );
    let map = check(&[&FROM_TO[..], &["--layout"]].concat());
    let pair = format!("staging/{FILE} -> {FILE}");
    assert!(map.contains(&pair), "{map}");
}

#[test]
fn a_run_that_is_killed_after_its_push_leaves_nothing_double() {
    let world = World::new();
    let apart = Apart::new(&world);
    let pid = world.path("pid");
    let pid = pid.display();
    apart
        .prod
        .hook("post-receive", &format!("kill -9 $(cat {pid})"));
    let program = env!("CARGO_BIN_EXE_git-promote");
    let words = FROM_TO.join(" ");
    let run = format!("echo $$ > {pid}; exec {program} {words} --yes");
    let mut command = world.command("sh");
    let command = command.args(["-c", &run]).current_dir(&apart.clone.dir);
    assert!(!command.output().unwrap().status.success());
    apart.prod.hook("post-receive", "exit 0");
    let again = promoted(&apart.clone, &["--yes"]);
    assert_eq!(again.result(), "nothing to promote from staging to prod");
    assert_eq!(apart.prod.show("main", FILE), values("1.5.0"));
    assert_eq!(apart.prod.git(&["rev-list", "--count", "main"]), "2");
    apart.clone.assert_sound();
}
