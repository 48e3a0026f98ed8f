//! The figure of a whole promotion: fetch, plan, commit, push.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::figures::{MEMORY, PROGRAM};
use crate::manifests::DEPLOYMENT;
use crate::measure::{Turns, peak, run, timed};
use crate::table::Table;
use crate::world::{Repository, World, head};

/// One service's promotion in a clone, beside a bare shallow clone and git's plumbing.
///
/// Each side has a remote of its own, on which somebody else commits before every run, so that
/// there is something to fetch.
pub fn promotion(world: &World, repository: &Repository, table: &mut Table) {
    let ours = Clone::make(world, repository, "ours", &[]);
    let theirs = Clone::make(world, repository, "theirs", &["--bare", "--depth=1"]);
    let mut turns = Turns::default();
    let mut services = repository.behind.iter();
    for app in services.by_ref().take(Turns::NEEDED) {
        ours.somebody_commits(app);
        theirs.somebody_commits(app);
        turns.add(
            timed(|| run(world, &mut ours.promote(app))),
            timed(|| theirs.plumb(repository, app)),
        );
        assert_eq!(ours.result(repository, app), theirs.result(repository, app));
    }
    let about = repository.to_string();
    let what = "promote / (shallow fetch + plumbing + push)";
    table.ratio(what, &about, turns.medians(), 2.0);
    let last = services
        .next()
        .expect("more services are behind than there are turns");
    let (bytes, by) = peak(world, &ours.promote(last));
    table.memory(
        &format!("promote: peak memory ({by})"),
        &about,
        bytes,
        MEMORY,
    );
}

/// A bare remote and its clone.
struct Clone<'w> {
    world: &'w World,
    remote: PathBuf,
    dir: PathBuf,
}

impl<'w> Clone<'w> {
    fn make(world: &'w World, repository: &Repository, name: &str, options: &[&str]) -> Self {
        let stem = repository
            .dir
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        let remote = world.path(&format!("{stem}-{name}.git"));
        let dir = world.path(&format!("{stem}-{name}"));
        let (from, to) = (repository.dir.to_string_lossy(), remote.to_string_lossy());
        let root = world.path("");
        world.git(
            &root,
            &["clone", "-q", "--bare", "--single-branch", &from, &to],
        );
        // Git clones a path without its history only by URL.
        let url = if options.is_empty() {
            to.into_owned()
        } else {
            format!("file://{to}")
        };
        let mut words = vec!["clone", "-q"];
        words.extend(options);
        let place = dir.to_string_lossy();
        words.extend([url.as_str(), &place]);
        world.git(&root, &words);
        world.git(&dir, &["config", "user.name", "Bench"]);
        world.git(&dir, &["config", "user.email", "bench@example.com"]);
        Self { world, remote, dir }
    }

    /// Another commit on the remote's branch, about a file that no promotion touches.
    fn somebody_commits(&self, text: &str) {
        self.world.import(&self.remote, |to| {
            head(to, "refs/heads/main", "notes")?;
            writeln!(to, "from refs/heads/main^0\nM 100644 inline NOTES.md")?;
            writeln!(to, "data {}\n{text}", text.len())
        });
    }

    fn promote(&self, app: &str) -> Command {
        let mut command = self.world.command(PROGRAM, &self.dir);
        command.args([
            "--from",
            "staging",
            "--to",
            "production",
            "--service",
            app,
            "--yes",
        ]);
        command
    }

    /// The same with git alone: the tag is known, so one file is copied.
    fn plumb(&self, repository: &Repository, app: &str) {
        let git = |words: &[&str]| self.world.git(&self.dir, words);
        let index = self.dir.join("bench-index");
        let with_index = |words: &[&str]| {
            let mut command = self.world.command("git", &self.dir);
            let out = command
                .args(words)
                .env("GIT_INDEX_FILE", &index)
                .stderr(Stdio::inherit());
            let out = out.output().expect("git can be run");
            assert!(out.status.success(), "git {words:?} failed");
            String::from_utf8_lossy(&out.stdout).trim().to_owned()
        };
        git(&["fetch", "-q", "--depth=1", "origin", "main"]);
        let path = |environment| {
            format!(
                "{}/{DEPLOYMENT}",
                repository.layout.folder(app, environment)
            )
        };
        let blob = git(&["rev-parse", &format!("FETCH_HEAD:{}", path("staging"))]);
        with_index(&["read-tree", "FETCH_HEAD"]);
        let entry = format!("100644,{blob},{}", path("production"));
        with_index(&["update-index", "--cacheinfo", &entry]);
        let tree = with_index(&["write-tree"]);
        let commit = git(&["commit-tree", "-p", "FETCH_HEAD", "-m", "promote", &tree]);
        git(&["push", "-q", "origin", &format!("{commit}:refs/heads/main")]);
    }

    /// The promoted file's blob on the remote.
    fn result(&self, repository: &Repository, app: &str) -> String {
        let path = repository.layout.folder(app, "production");
        self.world.git(
            &self.remote,
            &["rev-parse", &format!("main:{path}/{DEPLOYMENT}")],
        )
    }
}
