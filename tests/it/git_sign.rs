//! Commits are signed as Git is configured; `git verify-commit` checks them.

use std::fs;

use insta::assert_snapshot;

use crate::remotes::has;
use crate::world::{Repo, World};

const FILES: &[(&str, &str)] = &[
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    ("apps/api/production/values.yaml", "image:\n  tag: 1.4.2\n"),
];
const PROMOTE: &[&str] = &["--from", "staging", "--to", "production", "--yes"];

fn promoted(repo: &Repo<'_>) {
    let ran = repo.promote(PROMOTE);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.git(&["rev-list", "--count", "main"]), "2");
    // It fails without a valid signature.
    repo.git(&["verify-commit", "main"]);
    repo.assert_sound();
}

fn ssh_key(world: &World) -> String {
    let key = world.path("signing");
    let file = key.display().to_string();
    let made = world
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", &file])
        .status();
    assert!(made.unwrap().success());
    let public = fs::read_to_string(world.path("signing.pub")).unwrap();
    let allowed = world.path("allowed");
    fs::write(&allowed, format!("ada@example.org {public}")).unwrap();
    file
}

#[test]
fn with_an_ssh_key() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    for world in [World::new(), World::of_sha256()] {
        let repo = world.repository(FILES);
        let key = ssh_key(&world);
        let allowed = world.path("allowed").display().to_string();
        for (name, value) in [
            ("commit.gpgsign", "true"),
            ("gpg.format", "ssh"),
            ("user.signingkey", &key),
            ("gpg.ssh.allowedSignersFile", &allowed),
        ] {
            repo.git(&["config", name, value]);
        }
        promoted(&repo);
    }
}

#[test]
fn as_gits_environment_configures() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    for way in ["git -c", "GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL"] {
        let world = World::new();
        let repo = world.repository(FILES);
        let key = ssh_key(&world);
        let allowed = world.path("allowed").display().to_string();
        repo.git(&["config", "gpg.ssh.allowedSignersFile", &allowed]);
        let settings = [
            ("commit.gpgsign", "true"),
            ("gpg.format", "ssh"),
            ("user.signingkey", &key),
        ];
        let bin = world.path("bin");
        fs::create_dir(&bin).unwrap();
        let program = env!("CARGO_BIN_EXE_git-promote");
        std::os::unix::fs::symlink(program, bin.join("git-promote")).unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut git = world.command("git");
        git.current_dir(&repo.dir).env("PATH", path);
        match way {
            "git -c" => {
                for (name, value) in settings {
                    git.args(["-c", &format!("{name}={value}")]);
                }
            }
            "GIT_CONFIG_COUNT" => {
                git.env(way, "3");
                for (number, (name, value)) in settings.into_iter().enumerate() {
                    git.env(format!("GIT_CONFIG_KEY_{number}"), name)
                        .env(format!("GIT_CONFIG_VALUE_{number}"), value);
                }
            }
            _ => {
                let file = world.path("global").display().to_string();
                for (name, value) in settings {
                    repo.git(&["config", "--file", &file, name, value]);
                }
                git.env(way, file);
            }
        }
        let ran = crate::world::Ran::from(git.arg("promote").args(PROMOTE).output().unwrap());
        assert_eq!(ran.code, 0, "{way}: {ran}");
        repo.git(&["verify-commit", "main"]);
    }
}

#[test]
fn with_gnupg_and_the_committers_own_key() {
    if !has("signing with GnuPG", &["gpg", "gpg-agent"]) {
        return;
    }
    let world = World::new();
    let repo = world.repository(FILES);
    let made = world
        .command("gpg")
        .args([
            "--batch",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        ])
        .args([
            "--quick-gen-key",
            "Ada <ada@example.org>",
            "ed25519",
            "sign",
        ])
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    repo.git(&["config", "commit.gpgsign", "true"]);
    promoted(&repo);
    // It started an agent in this world.
    let _ = world.command("gpgconf").args(["--kill", "all"]).status();
}

#[test]
fn a_signer_that_fails_stops_the_promotion() {
    let world = World::new();
    let repo = world.repository(FILES);
    let tip = repo.tip("main");
    repo.git(&["config", "commit.gpgsign", "true"]);
    for program in ["false", "no-such-signer"] {
        repo.git(&["config", "gpg.program", program]);
        let ran = repo.promote(PROMOTE);
        assert_eq!(ran.code, 1, "{ran}");
        let (error, rest) = ran.stderr.split_once(": error: ").unwrap();
        let (of_git, hint) = rest.split_once('\n').unwrap();
        assert!(program == "false" || of_git.contains(program), "{ran}");
        insta::allow_duplicates! {
            assert_snapshot!(format!("{error}\n{hint}"), @"
            error: the commit could not be signed
            hint: nothing was written; `commit.gpgSign` is set, so check `gpg.format` and `user.signingKey`
            ");
        }
    }
    assert_eq!((repo.tip("main"), repo.status()), (tip, String::new()));
}
