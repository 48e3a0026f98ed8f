//! Unusual clones, settings and servers: what works with Git works with this program.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use insta::assert_snapshot;

use crate::remotes::program;
use crate::skipped::{Missing, skip};
use crate::world::{PROMOTE, Ran, Repo, World};

const PRODUCTION: &str = "apps/api/production/values.yaml";
const FILES: &[(&str, &str)] = &[
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    (PRODUCTION, "image:\n  tag: 1.4.2\n"),
];

fn promotes(repo: &Repo<'_>, words: &[&str]) -> Ran {
    let ran = repo.promote(&[PROMOTE, words].concat());
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn has_new(repo: &Repo<'_>) -> bool {
    repo.show("main", PRODUCTION).contains("1.5.0")
}

/// The program in a clone, with a script first on the path as `git`.
fn with_git(world: &World, repo: &Repo<'_>, script: &str) -> Command {
    fs::create_dir_all(world.path("bin")).unwrap();
    world.script("bin/git", script);
    let path = format!(
        "{}:{}",
        world.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command.current_dir(&repo.dir).env("PATH", path);
    command
}

fn run(command: &mut Command) -> Ran {
    command.output().unwrap().into()
}

#[test]
fn a_git_that_is_missing_or_too_old_is_a_clear_error() {
    let world = World::new();
    let repo = world.repository(FILES);
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command
        .current_dir(&repo.dir)
        .env("PATH", world.path("home"))
        .args(PROMOTE);
    let ran = run(&mut command);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(ran.stderr, @"
    error: `git` is not installed, or not on the `PATH`
    hint: install Git 2.30 or later
    ");
    // The first rejects newer options, the second only prints its version.
    let refused = [
        "case \"$1\" in version|--version) echo git version 2.25.1;; *) exit 129;; esac",
        "echo git version 2.29.2",
    ]
    .map(|script| {
        let ran = run(with_git(&world, &repo, script).args(PROMOTE));
        assert_eq!(ran.code, 1, "{ran}");
        ran.stderr
    });
    assert_snapshot!(world.redact(refused.concat()), @"
    error: `[WORLD]/bin/git` is too old: version 2.25.1
    hint: install Git 2.30 or later
    error: `[WORLD]/bin/git` is too old: version 2.29.2
    hint: install Git 2.30 or later
    ");
    assert!(!has_new(&repo));
}

#[test]
fn a_local_diff_and_a_promotion_start_few_git_commands() {
    // One reads the history. With a working tree, one looks for uncommitted changes, and one updates
    // the files.
    for (is_bare, of_diff, most) in [(true, 2, 7), (false, 3, 9)] {
        let world = World::new();
        let (remote, mut repo) = world.cloned(FILES);
        if is_bare {
            world.git(&["clone", "-q", "--bare", "remote.git", "bare.git"]);
            repo = world.at(world.path("bare.git"));
        }
        let other = world.clone_of(&remote, "other");
        other.commit("theirs", &[("notes", "1")]);
        other.git(&["push", "-q"]);
        let git = program(&["git"]).unwrap().display().to_string();
        let log = world.path("log");
        let script = format!("echo \"$@\" >> '{}'\nexec '{git}' \"$@\"", log.display());
        let count = |words: &[&str]| {
            let _ = fs::remove_file(&log);
            let ran = run(with_git(&world, &repo, &script).args(words));
            assert_eq!(ran.code, 0, "{ran}");
            fs::read_to_string(&log).unwrap()
        };
        let commands = count(&[
            "diff",
            "--from",
            "staging",
            "--to",
            "production",
            "--no-push",
        ]);
        assert_eq!(commands.lines().count(), of_diff, "{commands}");
        let commands = count(PROMOTE);
        assert!(commands.lines().count() <= most, "{commands}");
        assert!(has_new(&remote) && has_new(&repo));
    }
}

#[test]
fn a_remote_with_several_push_urls_is_refused_by_name() {
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    let first = remote.tip("main");
    for url in ["../remote.git", "https://me:s3cret@127.0.0.1:1/second.git"] {
        repo.git(&["remote", "set-url", "--add", "--push", "origin", url]);
    }
    for action in ["commit", "pull-request"] {
        let ran = repo.promote(&[PROMOTE, &["--action", action]].concat());
        assert_eq!(ran.code, 2, "{ran}");
        insta::allow_duplicates! {
            assert_snapshot!(ran.stderr, @"
            error: remote `origin` has 2 push URLs: ../remote.git, https://127.0.0.1:1/second.git
            hint: keep one push URL (`git remote set-url --delete --push origin URL`) and mirror from that server: one of several pushes could fail, and the servers would differ
            ");
        }
        assert!(!ran.to_string().contains("s3cret"), "{ran}");
    }
    // A preview pushes nothing.
    promotes(&repo, &["--dry-run"]);
    assert_eq!(
        remote.git(&["for-each-ref", "--format=%(objectname)"]),
        first
    );
}

#[test]
fn started_within_dot_git_the_files_move_all_the_same() {
    for (folder, git_dir) in [(".git", None), (".git/objects", None), (".git", Some("."))] {
        let world = World::new();
        let (remote, repo) = world.cloned(FILES);
        let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
        command.current_dir(repo.dir.join(folder)).args(PROMOTE);
        if let Some(git_dir) = git_dir {
            command.env("GIT_DIR", git_dir);
        }
        let ran = run(&mut command);
        assert_eq!(ran.code, 0, "{folder} {git_dir:?}: {ran}");
        assert!(has_new(&remote) && has_new(&repo));
        assert!(repo.read(PRODUCTION).contains("1.5.0"), "{ran}");
        assert_eq!(repo.status(), "", "{folder} {git_dir:?}");
        assert!(!repo.has(".git/apps"));
    }
}

#[test]
fn another_push_url_alone_is_the_one_that_counts() {
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    world.git(&["clone", "-q", "--bare", "remote.git", "fork.git"]);
    let fork = world.at(world.path("fork.git"));
    repo.git(&["remote", "set-url", "--push", "origin", "../fork.git"]);
    let branch = "promote/staging-to-production/api";
    for _ in 0..2 {
        promotes(&repo, &["--action", "pull-request"]);
        assert!(fork.show(branch, PRODUCTION).contains("1.5.0"));
        assert_eq!(fork.git(&["rev-list", "--count", branch]), "2");
    }
    promotes(&repo, &[]);
    assert!(has_new(&fork) && !has_new(&remote));
}

#[test]
fn a_mirrors_references_obey_its_own_refspec() {
    let world = World::new();
    let remote = world.bare_at("remote.git", FILES);
    world.git(&["clone", "-q", "--mirror", "remote.git", "mirror.git"]);
    let mirror = world.at(world.path("mirror.git"));
    mirror.git(&["config", "user.name", "Ada"]);
    mirror.git(&["config", "user.email", "a@b"]);
    promotes(&mirror, &["--action", "pull-request"]);
    promotes(&mirror, &[]);
    assert!(has_new(&remote) && has_new(&mirror));
    let names = "--format=%(refname) %(objectname)";
    let refs = |repo: &Repo<'_>| repo.git(&["for-each-ref", names]);
    assert_eq!(refs(&remote), refs(&mirror));
}

#[test]
fn stale_tracking_references_never_fail_a_promotion() {
    let world = World::new();
    for (name, reference) in [
        ("above", "promote"),
        ("below", "promote/staging-to-production/api/x"),
    ] {
        let remote = world.bare_at(&format!("{name}.git"), FILES);
        let repo = world.clone_of(&remote, name);
        repo.git(&[
            "update-ref",
            &format!("refs/remotes/origin/{reference}"),
            "HEAD",
        ]);
        for version in ["1.6.0", "1.7.0", "1.7.0"] {
            let other = world.clone_of(&remote, &format!("{name}-{version}"));
            let text = format!("image:\n  tag: {version}\n");
            other.commit("release", &[("apps/api/staging/values.yaml", &text)]);
            other.git(&["push", "-q"]);
            fs::remove_dir_all(&other.dir).unwrap();
            let ran = promotes(&repo, &["--action", "pull-request"]);
            let branch = "promote/staging-to-production/api";
            assert_eq!(remote.show(branch, PRODUCTION), text, "{ran}");
        }
    }
    let (remote, repo) = world.cloned(FILES);
    fs::write(repo.dir.join(".git/refs/remotes/origin/main.lock"), "").unwrap();
    promotes(&repo, &[]);
    assert!(has_new(&remote) && has_new(&repo));
    promotes(&repo, &[]);
}

#[test]
fn a_branch_that_is_only_behind_follows_after_a_push() {
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    let other = world.clone_of(&remote, "other");
    other.commit("theirs", &[("notes", "theirs")]);
    other.git(&["push", "-q"]);
    promotes(&repo, &[]);
    assert_eq!(repo.tip("main"), remote.tip("main"));
    assert_eq!(
        (repo.read("notes"), repo.status()),
        ("theirs".into(), String::new())
    );
}

#[test]
fn what_the_user_adds_and_commits_meanwhile_is_never_lost() {
    /// The number of rounds unless `GIT_PROMOTE_ROUNDS` sets another.
    const ROUNDS: usize = 40;
    let rounds = std::env::var("GIT_PROMOTE_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok());
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    let first = remote.tip("main");
    let rounds = rounds.unwrap_or(ROUNDS);
    for round in 0..rounds {
        remote.git(&["update-ref", "refs/heads/main", &first]);
        repo.git(&["update-ref", "refs/remotes/origin/main", &first]);
        repo.git(&["reset", "-q", "--hard", &first]);
        let name = format!("mine{round}");
        repo.write(&name, "mine");
        let by_commit = round % 2 == 1;
        let pause = format!("0.0{:02}", round * 7 % 60);
        let verb = if by_commit {
            "git commit -qm mine"
        } else {
            "true"
        };
        let mut user = world.command("sh");
        user.current_dir(&repo.dir).args([
            "-c",
            &format!(
                "sleep {pause}; until git add {name} 2>/dev/null; do :; done; \
             until {verb} 2>/dev/null; do :; done"
            ),
        ]);
        let mut user = user.spawn().unwrap();
        let ran = repo.promote(PROMOTE);
        assert!(user.wait().unwrap().success());
        assert_eq!(ran.code, 0, "{ran}");
        assert!(has_new(&remote), "{round}: {ran}");
        let kept = if by_commit {
            repo.git(&["ls-tree", "--name-only", "main", &name])
        } else {
            repo.git(&["diff", "--cached", "--name-only", "--", &name])
        };
        assert_eq!(
            (kept, repo.read(&name)),
            (name.clone(), "mine".into()),
            "{round}: {ran}"
        );
        repo.assert_sound();
    }
    println!("{rounds} rounds of `git add` and `git commit` during a promotion, nothing lost");
}

#[test]
fn a_token_reaches_git_by_its_environment_alone() {
    let world = World::new();
    let (_remote, repo) = world.cloned(FILES);
    let git: PathBuf = program(&["git"]).unwrap();
    repo.git(&["remote", "set-url", "origin", "https://127.0.0.1:1/a/b.git"]);
    repo.git(&["config", "credential.helper", "store"]);
    let log = world.path("log");
    let script = format!(
        "echo \"$@\" >> '{0}'\nenv | grep GIT_PROMOTE_PASSWORD >> '{0}.env'\nexec '{1}' \"$@\"",
        log.display(),
        git.display()
    );
    let mut command = with_git(&world, &repo, &script);
    command
        .env("GH_HOST", "127.0.0.1:1")
        .env("GH_ENTERPRISE_TOKEN", "t0ken-of-mine")
        .args(PROMOTE)
        .args(["--timeout", "1", "--verbose"]);
    let ran = run(&mut command);
    assert_eq!(ran.code, 5, "{ran}");
    let arguments = fs::read_to_string(&log).unwrap();
    assert!(arguments.contains("ls-remote"), "{arguments}");
    assert!(
        !format!("{arguments}{ran}").contains("t0ken-of-mine"),
        "{arguments}{ran}"
    );
    let environment = fs::read_to_string(world.path("log.env")).unwrap();
    assert!(environment.contains("t0ken-of-mine"), "{environment}");
}

#[test]
fn a_pre_push_hook_that_refuses_is_quoted_and_runs_once() {
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    let first = remote.tip("main");
    repo.hook(
        "pre-push",
        "echo ran >> ran; echo 'not on a Friday' >&2; exit 1",
    );
    let ran = repo.promote(PROMOTE);
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(world.redact(ran.stderr), @"
    error: the `pre-push` hook of this repository refused `main`: not on a Friday error: failed to push some refs to '[WORLD]/remote.git'
    hint: no branch was moved; fix what the hook reports
    ");
    assert_eq!(
        (remote.tip("main"), repo.read("ran")),
        (first, "ran\n".into())
    );
    repo.hook("pre-push", "cat > ran");
    promotes(&repo, &[]);
    assert!(repo.read("ran").contains(&remote.tip("main")));
}

#[test]
fn a_folder_of_another_user_is_trusted_if_gits_environment_allows_it() {
    let world = World::new();
    let repo = world.repository(FILES);
    let given = world
        .command("chown")
        .args(["-R", "12345"])
        .arg(&repo.dir)
        .output();
    if !given.is_ok_and(|out| out.status.success()) {
        skip(
            Missing::Ability,
            "the owner of files cannot be changed here",
        );
        return;
    }
    let ran = repo.promote(PROMOTE);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("safe.directory"), "{ran}");
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command
        .current_dir(&repo.dir)
        .args(PROMOTE)
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*");
    let ran = run(&mut command);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn a_working_tree_whose_folder_is_gone_has_no_files_to_move() {
    let world = World::new();
    let repo = world.repository(FILES);
    repo.git(&["worktree", "add", "-q", "-b", "release", "../gone"]);
    fs::remove_dir_all(world.path("gone")).unwrap();
    promotes(&repo, &["--branch", "release"]);
    assert!(repo.show("release", PRODUCTION).contains("1.5.0"));
}

#[test]
fn what_a_group_shares_stays_open_to_the_group() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let bare = world.bare_at("shared.git", FILES);
    bare.git(&["config", "core.sharedRepository", "group"]);
    bare.git(&["repack", "-qad"]);
    promotes(&bare, &[]);
    assert!(has_new(&bare));
    let objects = fs::read_dir(bare.dir.join("objects")).unwrap().flatten();
    let mut folders = objects.filter(|entry| entry.file_name().len() == 2);
    let is_open =
        |entry: fs::DirEntry| entry.metadata().unwrap().permissions().mode() & 0o2070 == 0o2070;
    assert!(folders.all(is_open));
}

#[test]
fn a_commit_is_in_utf8_whatever_people_type() {
    let world = World::new();
    let repo = world.repository(FILES);
    repo.git(&["config", "i18n.commitEncoding", "ISO-8859-1"]);
    promotes(&repo, &["--message", "für alle"]);
    let raw = repo.git(&["cat-file", "commit", "main"]);
    assert!(
        raw.contains("für alle") && !raw.contains("encoding"),
        "{raw}"
    );
}
