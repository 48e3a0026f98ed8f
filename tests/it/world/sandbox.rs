//! A small world of its own for each test: empty home, fixed dates, real Git.
//!
//! ```ignore
//! let world = World::new();
//! let repo = world.repository(&[("envs/staging/api.yaml", "image: 1\n")]);
//! let out = repo.promote(&["--from", "staging", "--to", "production", "--yes"]);
//! assert_eq!(out.code, 0, "{out}");
//! ```

#![allow(dead_code)] // each test binary uses a part of it

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with an empty home in it; gone when it is dropped.
pub struct World {
    root: TempDir,
    /// `sha1` or `sha256`: the object ids of the repositories that are made here.
    ids: &'static str,
}

/// A repository, bare or not, in a world.
pub struct Repo<'w> {
    world: &'w World,
    /// Its folder.
    pub dir: PathBuf,
}

/// The exit code and output of a program.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 after a signal.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        write!(f, "exit {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

impl From<Output> for Ran {
    fn from(out: Output) -> Self {
        Self {
            code: out.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&out.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// The last line of stdout, which is the result.
    pub fn result(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }

    /// The error on stderr with its hints, without causes: those are the text of other programs and
    /// depend on their versions.
    pub fn advice(&self) -> String {
        let lines = self.stderr.lines();
        let lines: Vec<&str> = lines
            .skip_while(|line| !line.starts_with("error: "))
            .filter(|line| !line.starts_with("  caused by: "))
            .collect();
        lines.join("\n")
    }
}

impl World {
    /// An empty world with a Git identity.
    pub fn new() -> Self {
        let world = Self {
            root: tempfile::Builder::new()
                .prefix("promote-")
                .tempdir()
                .unwrap(),
            ids: "sha1",
        };
        fs::create_dir_all(world.path("home")).unwrap();
        world
    }

    /// The same, whose repositories have SHA-256 ids.
    pub fn of_sha256() -> Self {
        Self {
            ids: "sha256",
            ..Self::new()
        }
    }

    /// A path in this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A text without this world's folder, which is `[WORLD]` instead.
    pub fn redact(&self, text: impl fmt::Display) -> String {
        let root = self.root.path().to_str().unwrap();
        text.to_string().replace(root, "[WORLD]")
    }

    /// A command with nothing of this machine's environment but its `PATH`.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("home/.config"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_DEFAULT_HASH", self.ids)
            .env("GIT_CEILING_DIRECTORIES", self.root.path())
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.org")
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05+00:00")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@example.org")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05+00:00")
            .env("LC_ALL", "C")
            .current_dir(self.root.path());
        command
    }

    /// Writes a shell script that can be run.
    pub fn script(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let file = self.path(name);
        fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs Git in this world's folder; it must succeed. Returns stdout without the final newline.
    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(self.root.path(), args)
    }

    /// Runs Git in a folder; it must succeed.
    pub fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        let ran = Ran::from(
            self.command("git")
                .current_dir(dir)
                .args(args)
                .output()
                .unwrap(),
        );
        assert_eq!(ran.code, 0, "git {args:?}: {ran}");
        ran.stdout.trim_end_matches('\n').to_owned()
    }

    /// A repository `repo` on branch `main` with one commit of these files.
    pub fn repository(&self, files: &[(&str, &str)]) -> Repo<'_> {
        self.repository_at("repo", files)
    }

    /// The same at another place.
    pub fn repository_at(&self, name: &str, files: &[(&str, &str)]) -> Repo<'_> {
        let repo = self.empty_at(name);
        repo.commit("first", files);
        repo
    }

    /// A repository without commits.
    pub fn empty_at(&self, name: &str) -> Repo<'_> {
        self.git(&["init", "--quiet", "--initial-branch=main", name]);
        let repo = self.at(self.path(name));
        repo.git(&["config", "user.name", "Ada"]);
        repo.git(&["config", "user.email", "ada@example.org"]);
        repo
    }

    /// A bare repository `name` with one commit of these files on `main`.
    pub fn bare_at(&self, name: &str, files: &[(&str, &str)]) -> Repo<'_> {
        let seed = format!("{name}.seed");
        self.repository_at(&seed, files);
        self.git(&["clone", "--quiet", "--bare", &seed, name]);
        let bare = self.at(self.path(name));
        bare.git(&["remote", "remove", "origin"]);
        bare.git(&["config", "user.name", "Ada"]);
        bare.git(&["config", "user.email", "ada@example.org"]);
        bare
    }

    /// A bare remote `remote.git` with these files, and a clone `repo` of it.
    pub fn cloned(&self, files: &[(&str, &str)]) -> (Repo<'_>, Repo<'_>) {
        let remote = self.bare_at("remote.git", files);
        let clone = self.clone_of(&remote, "repo");
        (remote, clone)
    }

    /// A clone of a repository.
    pub fn clone_of(&self, remote: &Repo<'_>, name: &str) -> Repo<'_> {
        let url = remote.dir.to_str().unwrap();
        self.git(&["clone", "--quiet", url, name]);
        let clone = self.at(self.path(name));
        clone.git(&["config", "user.name", "Ada"]);
        clone.git(&["config", "user.email", "ada@example.org"]);
        clone
    }

    /// The repository in an existing folder.
    pub fn at(&self, dir: PathBuf) -> Repo<'_> {
        Repo { world: self, dir }
    }

    /// Runs the program in this world's folder.
    pub fn promote(&self, args: &[&str]) -> Ran {
        self.promote_in(self.root.path(), args)
    }

    /// Runs the program in a folder.
    pub fn promote_in(&self, dir: &Path, args: &[&str]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_git-promote"));
        command.current_dir(dir).args(args).output().unwrap().into()
    }
}

impl Repo<'_> {
    /// Runs Git here; it must succeed.
    pub fn git(&self, args: &[&str]) -> String {
        self.world.git_in(&self.dir, args)
    }

    /// A command here; see [`World::command`].
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.world.command(program);
        command.current_dir(&self.dir);
        command
    }

    /// Runs the program here.
    pub fn promote(&self, args: &[&str]) -> Ran {
        self.world.promote_in(&self.dir, args)
    }

    /// Copies a commit of another repository here, without its files.
    pub fn lacks_files_of(&self, other: &Repo<'_>, commit: &str) {
        let file = self.world.path("commit");
        let text = other.git(&["cat-file", "commit", commit]) + "\n";
        fs::write(&file, text).unwrap();
        let words = ["hash-object", "-w", "-t", "commit", file.to_str().unwrap()];
        assert_eq!(self.git(&words), commit);
    }

    /// Installs a Git hook.
    pub fn hook(&self, name: &str, script: &str) {
        let hooks = self.git(&["rev-parse", "--git-path", "hooks"]);
        let hooks = self.dir.join(hooks);
        fs::create_dir_all(&hooks).unwrap();
        let file = hooks.join(name);
        self.world.script(file.to_str().unwrap(), script);
    }

    /// Writes a file of the working tree.
    pub fn write(&self, path: &str, text: &str) {
        let file = self.dir.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Reads a file of the working tree.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.dir.join(path)).unwrap()
    }

    /// Whether the working tree has this file.
    pub fn has(&self, path: &str) -> bool {
        fs::symlink_metadata(self.dir.join(path)).is_ok()
    }

    /// Writes and commits files; returns the commit.
    pub fn commit(&self, message: &str, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.tip("HEAD")
    }

    /// The commit that a revision names.
    pub fn tip(&self, revision: &str) -> String {
        self.git(&["rev-parse", "--verify", revision])
    }

    /// A file's text in a commit.
    pub fn show(&self, revision: &str, path: &str) -> String {
        let file = format!("{revision}:{path}");
        let mut git = self.world.command("git");
        let out = git.current_dir(&self.dir).args(["show", &file]).output();
        let ran = Ran::from(out.unwrap());
        assert_eq!(ran.code, 0, "{ran}");
        ran.stdout
    }

    /// `git status` in short, with untracked files.
    pub fn status(&self) -> String {
        self.git(&["status", "--porcelain", "--untracked-files=all"])
    }

    /// A text without what differs between two runs of a test: the world's folder is `[WORLD]`, the
    /// id of a commit of this repository `[COMMIT]`, that of a promotion `[ID]`.
    pub fn redact(&self, text: impl fmt::Display) -> String {
        let mut text = self.world.redact(text);
        for commit in self.git(&["rev-list", "--all", "--reflog"]).lines() {
            text = text.replace(commit, "[COMMIT]");
            text = text.replace(&commit[..7], "[COMMIT]");
        }
        let mut parts = text.split("Promotion-Id: ");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            let is_id = part.len() - rest.len() == 32;
            out.push_str("Promotion-Id: ");
            out.push_str(if is_id { "[ID]" } else { "" });
            out.push_str(if is_id { rest } else { part });
        }
        out
    }

    /// Fails unless `git fsck` accepts the repository.
    pub fn assert_sound(&self) {
        self.git(&["fsck", "--strict", "--no-dangling"]);
    }
}

/// The arguments that promote the application `api` without confirmation.
pub const PROMOTE: &[&str] = &[
    "--from",
    "staging",
    "--to",
    "production",
    "--service",
    "api",
    "--yes",
];
