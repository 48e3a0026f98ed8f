//! Promoting over real servers: HTTPS, SSH, Git's own protocol, gitolite.

mod faults;
mod http;
mod process;
mod ssh;
mod ssh_settings;

use std::fs;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::skipped::{Missing, skip};
use crate::world::{PROMOTE, Ran, Repo, World};
use faults::{Fault, Proxy};
pub use http::Http;
pub use http::{PASSWORD, USER};
use process::{Server, free_port};
pub use process::{has, program};
pub use ssh::Ssh;

const FILES: &[(&str, &str)] = &[
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    ("apps/api/production/values.yaml", "image:\n  tag: 1.4.2\n"),
    ("apps/web/staging/values.yaml", "image:\n  tag: 2.1.0\n"),
    ("apps/web/production/values.yaml", "image:\n  tag: 2.0.0\n"),
];
const API: &str = "apps/api/production/values.yaml";

/// A remote with the sample's files, and a clone whose `origin` is at `url`.
fn cloned<'w>(world: &'w World, url: &str) -> (Repo<'w>, Repo<'w>) {
    let (remote, repo) = world.cloned(FILES);
    remote.git(&["config", "http.receivepack", "true"]);
    repo.git(&["remote", "set-url", "origin", url]);
    (remote, repo)
}

/// The same over HTTPS by an authority that the clone trusts; `None` where there is no such server.
fn over_https(world: &World) -> Option<(Http, Repo<'_>, Repo<'_>)> {
    let http = Http::start(world)?;
    let (remote, repo) = cloned(world, &format!("{}/remote.git", http.url));
    trust(&repo, &http);
    Some((http, remote, repo))
}

/// Promotes with more arguments.
fn promote(repo: &Repo<'_>, more: &[&str]) -> Ran {
    repo.promote(&[PROMOTE, more].concat())
}

/// Promotes, and makes sure that the remote has one commit more, with the new version in it.
fn promotes(remote: &Repo<'_>, repo: &Repo<'_>, more: &[&str]) {
    let ran = promote(repo, more);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(remote.show("main", API), "image:\n  tag: 1.5.0\n");
    assert_eq!(remote.git(&["rev-list", "--count", "main"]), "2");
    assert_eq!(repo.tip("origin/main"), remote.tip("main"));
    assert_eq!(repo.tip("main"), remote.tip("main"));
    remote.assert_sound();
    repo.assert_sound();
}

/// Commits to the remote from another clone.
fn commit_upstream(world: &World, remote: &Repo<'_>, path: &str, text: &str) {
    let name = format!("other-{}", path.replace('/', "-"));
    let other = world.clone_of(remote, &name);
    other.commit("theirs", &[(path, text)]);
    other.git(&["push", "-q", "origin", "main"]);
}

fn store_password(world: &World, port: u16, password: &str) {
    let file = world.path("home/.git-credentials");
    fs::write(
        file,
        format!("https://{USER}:{password}@127.0.0.1:{port}\n"),
    )
    .unwrap();
    world.git(&["config", "--global", "credential.helper", "store"]);
}

fn trust(repo: &Repo<'_>, http: &Http) {
    let file = http.authority.display().to_string();
    repo.git(&["config", "http.sslCAInfo", &file]);
}

impl Http {
    /// Configures the password and the authority for the whole world.
    pub fn let_in(&self, world: &World) {
        store_password(world, self.port, PASSWORD);
        let file = self.authority.display().to_string();
        world.git(&["config", "--global", "http.sslCAInfo", &file]);
    }
}

/// Lets `ssh` use the world's key and known hosts in every clone.
pub fn ssh_home(world: &World) {
    let command = ssh::ssh_command(world, "");
    world.git(&["config", "--global", "core.sshCommand", &command]);
}

#[test]
fn over_https_with_a_password_and_an_own_authority() {
    let world = World::new();
    let Some((http, remote, repo)) = over_https(&world) else {
        return;
    };
    store_password(&world, http.port, PASSWORD);
    commit_upstream(&world, &remote, "README", "theirs");
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(remote.show("main", API), "image:\n  tag: 1.5.0\n");
    assert_eq!(remote.show("main", "README"), "theirs");
    let again = promote(&repo, &[]);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(remote.git(&["rev-list", "--count", "main"]), "3");
    assert!(!format!("{ran}{again}").contains(PASSWORD), "{ran}{again}");
    remote.assert_sound();
    repo.assert_sound();
}

#[test]
fn from_a_shallow_clone_as_ci_makes_it() {
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    http.let_in(&world);
    let (remote, _) = cloned(&world, "x");
    commit_upstream(&world, &remote, "README", "first");
    let url = format!("{}/remote.git", http.url);
    world.git(&["clone", "-q", "--depth=1", &url, "shallow"]);
    let shallow = world.at(world.path("shallow"));
    commit_upstream(&world, &remote, "LICENSE", "second");
    let ran = promote(&shallow, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(remote.show("main", API), "image:\n  tag: 1.5.0\n");
    assert_eq!(remote.git(&["rev-list", "--count", "main"]), "4");
    assert_eq!(
        shallow.git(&["rev-parse", "--is-shallow-repository"]),
        "true"
    );
    remote.assert_sound();
    shallow.assert_sound();
}

#[test]
fn a_pull_requests_branch_is_brought_up_to_date_from_fresh_shallow_clones() {
    for filter in [None, Some("--filter=blob:none")] {
        let world = World::new();
        let Some(http) = Http::start(&world) else {
            return;
        };
        http.let_in(&world);
        let (remote, _) = cloned(&world, "x");
        remote.git(&["config", "uploadpack.allowFilter", "true"]);
        commit_upstream(&world, &remote, "README", "first");
        let url = format!("{}/remote.git", http.url);
        let branch = "promote/staging-to-production/api";
        let words = ["--action", "pull-request"];
        // Each run of CI has a clone of its own, and the base has moved since the last one.
        for (run, version) in ["1.5.0", "1.6.0", "1.6.0"].into_iter().enumerate() {
            let text = format!("image:\n  tag: {version}\n");
            let staging = "apps/api/staging/values.yaml";
            let other = world.clone_of(&remote, &format!("release{run}"));
            other.commit("release", &[(staging, &text), ("run", &run.to_string())]);
            other.git(&["push", "-q", "origin", "main"]);
            let name = format!("ci{run}");
            let how = filter.unwrap_or("--depth=1");
            world.git(&["clone", "-q", how, &url, &name]);
            let before = remote.git(&[
                "for-each-ref",
                "--format=%(objectname)",
                "refs/heads/promote",
            ]);
            let ran = promote(&world.at(world.path(&name)), &words);
            assert_eq!(ran.code, 0, "{filter:?} {run}: {ran}");
            assert_eq!(remote.show(branch, API), text);
            let ahead = format!("main..{branch}");
            assert_eq!(remote.git(&["rev-list", "--count", &ahead]), "1");
            // What is up to date is not pushed again.
            let is_kept = before == remote.tip(branch);
            assert_eq!(is_kept, run == 2, "{filter:?} {run}: {ran}");
        }
        // A person's commit is seen there too.
        let person = world.clone_of(&remote, "person");
        person.git(&["checkout", "-q", branch]);
        person.commit("mine", &[("notes", "mine")]);
        person.git(&["push", "-q", "origin", branch]);
        let ran = promote(&world.at(world.path("ci2")), &words);
        assert_eq!(ran.code, 4, "{filter:?}: {ran}");
        assert_eq!(remote.show(branch, "notes"), "mine");
        remote.assert_sound();
    }
}

#[test]
fn from_clones_that_libgit2_cannot_open() {
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    http.let_in(&world);
    let (remote, _) = cloned(&world, "x");
    remote.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("{}/remote.git", http.url);
    let first = remote.tip("main");
    for (name, option) in [
        ("partial", "--filter=blob:none"),
        ("reftable", "--ref-format=reftable"),
    ] {
        remote.git(&["update-ref", "refs/heads/main", &first]);
        let tried = world
            .command("git")
            .args(["clone", "-q", option, &url, name])
            .output()
            .unwrap();
        if !tried.status.success() {
            skip(
                Missing::Ability,
                format_args!("this git cannot clone with `{option}`"),
            );
            continue;
        }
        let repo = world.at(world.path(name));
        remote.git(&["update-ref", "refs/heads/main", &first]);
        let ran = promote(&repo, &[]);
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(remote.show("main", API), "image:\n  tag: 1.5.0\n");
        assert_eq!(remote.git(&["rev-list", "--count", "main"]), "2");
        assert_eq!(
            (repo.tip("main"), repo.read(API)),
            (remote.tip("main"), "image:\n  tag: 1.5.0\n".into())
        );
        assert_eq!(repo.status(), "");
        remote.assert_sound();
        // What only the clone has is there too.
        let ran = promote(&repo, &["--source", &first[..12], "--dry-run"]);
        assert_eq!(ran.code, 0, "{ran}");
    }
}

#[test]
fn a_commit_that_is_here_without_its_files_is_fetched_over_https_too() {
    let world = World::new();
    let Some((http, remote, repo)) = over_https(&world) else {
        return;
    };
    http.let_in(&world);
    commit_upstream(&world, &remote, "theirs", "1");
    repo.lacks_files_of(&remote, &remote.tip("main"));
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    let files = remote.git(&["ls-tree", "--name-only", "main"]);
    assert!(files.contains("theirs"), "{files}");
    assert_eq!(repo.tip("origin/main"), remote.tip("main"));
    remote.assert_sound();
    repo.assert_sound();
}

/// Promotes by commit and by pull request, from a working tree with changes of its own.
fn promotes_both_ways(remote: &Repo<'_>, repo: &Repo<'_>) {
    repo.write("mine", "not committed");
    let first = remote.tip("main");
    assert_eq!(first.len(), 64);
    let branch = "promote/staging-to-production/api";
    for _ in 0..2 {
        let ran = promote(repo, &["--action", "pull-request"]);
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(remote.show(branch, API), "image:\n  tag: 1.5.0\n");
        assert_eq!(remote.tip("main"), first);
    }
    promotes(remote, repo, &["--source", &first]);
    assert_eq!(repo.read(API), "image:\n  tag: 1.5.0\n");
    assert_eq!(repo.read("mine"), "not committed");
    let ran = promote(repo, &["--action", "pull-request"]);
    insta::allow_duplicates! {
        assert_snapshot!(ran.result(), @"deleted the branch promote/staging-to-production/api");
    }
}

#[test]
fn with_sha256_ids_over_https() {
    let world = World::of_sha256();
    let Some(http) = Http::start(&world) else {
        return;
    };
    http.let_in(&world);
    let (remote, repo) = cloned(&world, &format!("{}/remote.git", http.url));
    promotes_both_ways(&remote, &repo);
}

#[test]
fn with_sha256_ids_on_a_path() {
    let world = World::of_sha256();
    let (remote, repo) = world.cloned(FILES);
    promotes_both_ways(&remote, &repo);
    // Objects cannot go from one kind to the other.
    world.git(&[
        "init",
        "-q",
        "-b",
        "main",
        "--object-format=sha1",
        "other.git",
    ]);
    world.at(world.path("other.git")).commit("first", FILES);
    repo.git(&["remote", "set-url", "origin", "../other.git"]);
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("mismatched algorithms"), "{ran}");
}

#[test]
fn an_unknown_authority_is_not_trusted() {
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    let (remote, repo) = cloned(&world, &format!("{}/remote.git", http.url));
    store_password(&world, http.port, PASSWORD);
    let tip = remote.tip("main");
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.advice(), @"
    error: remote `origin` could not prove its identity
    hint: if the server is the right one, add its host key to `known_hosts`, or its certificate authority with `http.sslCAInfo`; `git ls-remote` must work
    ");
    assert_eq!(remote.tip("main"), tip);
}

#[test]
fn a_wrong_password_is_tried_once_and_never_shown() {
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    let proxy = Proxy::to(http.port, &[]);
    let wrong = "wr0ng-p4ssw0rd";
    let url = format!("https://127.0.0.1:{}/remote.git", proxy.port);
    let (_remote, repo) = cloned(&world, &url);
    trust(&repo, &http);
    store_password(&world, proxy.port, wrong);
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.advice(), @"
    error: remote `origin` did not accept the credentials that Git has
    hint: configure a credential helper or an SSH agent for Git, so that `git ls-remote` works; for GitHub over HTTPS, set `GITHUB_TOKEN`
    ");
    assert!(!ran.to_string().contains(wrong), "{ran}");
    // Git sends one request without the password and one with it, on one connection or two.
    assert!(proxy.connections() <= 2, "{}", proxy.connections());
}

#[test]
fn a_password_in_the_url_works_and_is_never_shown() {
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    let url = http.url.replace("://", &format!("://{USER}:{PASSWORD}@"));
    let (remote, repo) = cloned(&world, &format!("{url}/remote.git"));
    trust(&repo, &http);
    promotes(&remote, &repo, &["--verbose"]);
    repo.git(&["remote", "set-url", "origin", &format!("{url}/nothing.git")]);
    let ran = promote(&repo, &["--verbose"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.advice(), @"
    error: the repository of remote `origin` was not found, or access to it was denied
    hint: check the URL with `git remote -v`, and that the credentials may read the repository
    ");
    assert!(!ran.to_string().contains(PASSWORD), "{ran}");
}

#[test]
fn over_ssh_with_a_key_and_a_known_host() {
    let world = World::new();
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    ssh_home(&world);
    let path = world.path("remote.git").display().to_string();
    let (remote, repo) = cloned(&world, &format!("{}{path}", ssh.url));
    let known = world.path("home/.ssh/known_hosts");
    fs::write(&known, &ssh.known).unwrap();
    promotes(&remote, &repo, &[]);
}

#[test]
fn an_ssh_server_that_is_unknown_or_another_one_is_not_trusted() {
    let world = World::new();
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    ssh_home(&world);
    let path = world.path("remote.git").display().to_string();
    let (remote, repo) = cloned(&world, &format!("{}{path}", ssh.url));
    let tip = remote.tip("main");
    let known = world.path("home/.ssh/known_hosts");
    let key = ssh.known.split(' ').next_back().unwrap().trim();
    let (start, end) = key.split_at(key.len() - 6);
    let other = ssh.known.replace(
        key,
        &format!("{start}{}", end.chars().rev().collect::<String>()),
    );
    for text in [None, Some(other)] {
        if let Some(text) = &text {
            fs::write(&known, text).unwrap();
        }
        let ran = promote(&repo, &[]);
        assert_eq!(ran.code, 1, "{text:?} {ran}");
        insta::allow_duplicates! {
            assert_snapshot!(ran.advice(), @"
            error: remote `origin` could not prove its identity
            hint: if the server is the right one, add its host key to `known_hosts`, or its certificate authority with `http.sslCAInfo`; `git ls-remote` must work
            ");
        }
    }
    assert_eq!(remote.tip("main"), tip);
}

#[test]
fn an_ssh_server_that_takes_no_key_is_a_matter_of_credentials() {
    let world = World::new();
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    ssh_home(&world);
    let path = world.path("remote.git").display().to_string();
    let (_remote, repo) = cloned(&world, &format!("{}{path}", ssh.url));
    fs::write(world.path("home/.ssh/known_hosts"), &ssh.known).unwrap();
    fs::write(world.path("ssh/authorized"), "").unwrap();
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.advice(), @"
    error: remote `origin` did not accept the credentials that Git has
    hint: configure a credential helper or an SSH agent for Git, so that `git ls-remote` works; for GitHub over HTTPS, set `GITHUB_TOKEN`
    ");
}

#[test]
fn over_gits_own_protocol() {
    let world = World::new();
    let port = free_port();
    let mut daemon = world.command("git");
    daemon
        .args([
            "daemon",
            "--reuseaddr",
            "--listen=127.0.0.1",
            "--export-all",
        ])
        .args(["--enable=receive-pack"])
        .arg(format!("--base-path={}", world.path("").display()))
        .arg(format!("--port={port}"));
    let _daemon = Server::start(&mut daemon, port, &world.path("daemon.log"));
    let (remote, repo) = cloned(&world, &format!("git://127.0.0.1:{port}/remote.git"));
    promotes(&remote, &repo, &[]);
    repo.git(&[
        "remote",
        "set-url",
        "origin",
        &format!("git://127.0.0.1:{port}/no.git"),
    ]);
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.advice(), @"
    error: the repository of remote `origin` was not found, or access to it was denied
    hint: check the URL with `git remote -v`, and that the credentials may read the repository
    ");
}

#[test]
fn gitolite_lets_a_branch_through_and_denies_another_and_a_path() {
    let world = World::new();
    let rules = "repo shop\n  - VREF/NAME/apps/web/ = ada\n  \
                 RW main = ada\n  RW work = ada\n  - frozen = ada\n  R = ada\n";
    let Some(ssh) = Ssh::with_gitolite(&world, rules) else {
        return;
    };
    ssh_home(&world);
    let (_, repo) = cloned(&world, &format!("{}/shop", ssh.url));
    fs::write(world.path("home/.ssh/known_hosts"), &ssh.known).unwrap();
    let shop = world.at(world.path("gitolite/repositories/shop.git"));
    for branch in ["main", "frozen"] {
        let refspec = format!("main:refs/heads/{branch}");
        shop.git(&["fetch", "-q", repo.dir.to_str().unwrap(), &refspec]);
    }
    shop.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    let tips = || (shop.tip("main"), shop.tip("frozen"));
    let before = tips();
    let ran = promote(&repo, &["--branch", "frozen"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.advice(), @"
    error: remote `origin` refused `frozen`: FATAL: W refs/heads/frozen shop ada DENIED by refs/heads/frozen; error: hook declined to update refs/heads/frozen (hook declined)
    hint: if the branch only accepts reviewed changes, use `--action pull-request`
    ");
    let words = [
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        "web",
        "--yes",
    ];
    let ran = repo.promote(&words);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.stderr.contains("DENIED by VREF/NAME/apps/web/"),
        "{ran}"
    );
    assert_eq!(tips(), before);
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(shop.show("main", API), "image:\n  tag: 1.5.0\n");
    shop.assert_sound();
}

#[test]
fn a_server_that_stalls_is_an_error_in_bounded_time() {
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    ssh_home(&world);
    fs::write(world.path("home/.ssh/known_hosts"), &ssh.known).unwrap();
    let (remote, repo) = cloned(&world, "x");
    trust(&repo, &http);
    let tip = remote.tip("main");
    let path = world.path("remote.git").display().to_string();
    for bytes in [0, 10, 1_000] {
        let https = Proxy::to(http.port, &[Fault::StallAnswer(bytes); 9]);
        let shell = Proxy::to(ssh.port, &[Fault::StallAnswer(bytes); 9]);
        store_password(&world, https.port, PASSWORD);
        for url in [
            format!("https://127.0.0.1:{}/remote.git", https.port),
            format!("ssh://root@127.0.0.1:{}{path}", shell.port),
        ] {
            repo.git(&["remote", "set-url", "origin", &url]);
            let known = ssh
                .known
                .replace(&ssh.port.to_string(), &shell.port.to_string());
            fs::write(world.path("home/.ssh/known_hosts"), known).unwrap();
            let started = Instant::now();
            let ran = promote(&repo, &["--timeout", "1"]);
            assert_eq!(ran.code, 5, "{url} {bytes}: {ran}");
            assert!(started.elapsed() < Duration::from_secs(8), "{url} {bytes}");
        }
    }
    assert_eq!(remote.tip("main"), tip);
}

#[test]
fn a_connection_that_breaks_anywhere_is_tried_again_and_pushes_once() {
    let world = World::new();
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    ssh_home(&world);
    let path = world.path("remote.git").display().to_string();
    let (remote, repo) = cloned(&world, "x");
    let first = remote.tip("main");
    for fault in [
        Fault::Refuse,
        Fault::CutAnswer(100),
        Fault::CutAnswer(2_500),
        Fault::CutAnswer(3_500),
        Fault::CutRequest(1_000),
        Fault::CutRequest(3_000),
        Fault::CutRequest(4_000),
    ] {
        // The first connection lists and fetches, the second pushes.
        for faults in [vec![fault], vec![Fault::None, fault]] {
            let proxy = Proxy::to(ssh.port, &faults);
            let url = format!("ssh://root@127.0.0.1:{}{path}", proxy.port);
            repo.git(&["remote", "set-url", "origin", &url]);
            let known = ssh
                .known
                .replace(&ssh.port.to_string(), &proxy.port.to_string());
            fs::write(world.path("home/.ssh/known_hosts"), known).unwrap();
            remote.git(&["update-ref", "refs/heads/main", &first]);
            repo.git(&["reset", "-q", "--hard", &first]);
            let ran = promote(&repo, &["--timeout", "5"]);
            assert_eq!(ran.code, 0, "{faults:?}: {ran}");
            assert_eq!(
                remote.git(&["rev-list", "--count", "main"]),
                "2",
                "{faults:?}"
            );
            assert_eq!(remote.show("main", API), "image:\n  tag: 1.5.0\n");
        }
    }
    remote.assert_sound();
    repo.assert_sound();
}
