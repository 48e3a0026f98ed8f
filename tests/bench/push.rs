//! The figures of a whole promotion: fetch, plan, commit, push.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use crate::figures::{MEMORY, PROGRAM};
use crate::manifests::DEPLOYMENT;
use crate::measure::{Turns, peak, run, timed};
use crate::processes;
use crate::table::Table;
use crate::world::{Repository, World, head};

/// The two kinds of clones that a promotion runs in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Without files: a branch moves by `update-ref`.
    Bare,
    /// With the branch's files: they are moved by `merge --ff-only`, which is Git's own work.
    CheckedOut,
}

impl Kind {
    /// Most Git processes that a promotion may start: `read-tree` and `update-ref` move files and
    /// branch. One `merge` would do both, but it loses what is added to the index meanwhile. `log` reads
    /// the history of the version that moves, and `status` finds changes that are not committed.
    fn processes(self) -> usize {
        match self {
            Self::Bare => 7,
            Self::CheckedOut => 9,
        }
    }
}

/// One service's promotion beside `git fetch`, `commit-tree`, `push` and moving the branch.
///
/// Both sides take turns in one clone, and somebody else commits on the remote before each turn,
/// so that there is something to fetch.
pub fn promotion(world: &World, repository: &Repository, table: &mut Table) {
    for kind in [Kind::Bare, Kind::CheckedOut] {
        figures(world, repository, kind, table);
    }
}

fn figures(world: &World, repository: &Repository, kind: Kind, table: &mut Table) {
    let clone = Clone::make(world, repository, kind);
    let mut turns = Turns::default();
    let mut left_behind = Vec::new();
    let mut services = repository.behind.iter();
    for app in services.by_ref().take(Turns::NEEDED) {
        clone.commit_upstream(&format!("before {app} is promoted"));
        let ours = timed(|| run(world, &mut clone.promote(app)));
        clone.check(app, "production", "staging");
        if !clone.is_level() {
            left_behind.push(format!("when {app} was promoted"));
        }
        clone.commit_upstream(&format!("after {app} is promoted"));
        let tree = clone.prepared_tree(app);
        let theirs = timed(|| clone.plumb(&tree));
        clone.check(app, "dev", "production");
        assert!(clone.is_level());
        turns.add(ours, theirs);
    }
    let about = repository.to_string();
    let what = match kind {
        Kind::Bare => "promote / (fetch + commit-tree + push + update-ref)",
        Kind::CheckedOut => "promote, checked out / (... + push + merge)",
    };
    table.ratio(what, &about, turns.medians(), 1.5);
    let what = format!("promote, {kind}: its branch left behind");
    table.count(&what, &about, &left_behind, 0);
    let mut another = || {
        let app = services.next();
        let app = app.expect("more services are behind than there are turns");
        clone.commit_upstream(&format!("before {app} is promoted"));
        clone.promote(app)
    };
    let started = processes::started(world, another());
    let what = format!("promote, {kind}: Git processes");
    table.count(&what, &about, &started, kind.processes());
    let (bytes, by) = peak(world, &another());
    let what = format!("promote, {kind}: peak memory ({by})");
    table.memory(&what, &about, bytes, MEMORY);
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bare => "bare",
            Self::CheckedOut => "checked out",
        })
    }
}

/// A bare remote and its clone.
struct Clone<'w> {
    world: &'w World,
    repository: &'w Repository,
    kind: Kind,
    remote: PathBuf,
    dir: PathBuf,
}

impl<'w> Clone<'w> {
    fn make(world: &'w World, repository: &'w Repository, kind: Kind) -> Self {
        let stem = repository.dir.file_stem().unwrap_or_default();
        let name = format!("{}-{kind}", stem.to_string_lossy()).replace(' ', "-");
        let remote = world.path(&format!("{name}.remote.git"));
        let dir = world.path(&name);
        let (from, to) = (repository.dir.to_string_lossy(), remote.to_string_lossy());
        let (root, place) = (world.path(""), dir.to_string_lossy());
        world.git(
            &root,
            &["clone", "-q", "--bare", "--single-branch", &from, &to],
        );
        let bare: &[&str] = if kind == Kind::Bare { &["--bare"] } else { &[] };
        let words = [&["clone", "-q"], bare, &[&to, &place]].concat();
        world.git(&root, &words);
        let clone = Self {
            world,
            repository,
            kind,
            remote,
            dir,
        };
        for (name, value) in [
            ("user.name", "Bench"),
            ("user.email", "bench@example.com"),
            ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
            // Housekeeping would fall into the time of whoever has its turn.
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
        ] {
            clone.git(&["config", name, value]);
        }
        world.git(&clone.remote, &["config", "receive.autogc", "false"]);
        clone.git(&["fetch", "-q", "origin"]);
        clone
    }

    fn git(&self, words: &[&str]) -> String {
        self.world.git(&self.dir, words)
    }

    /// Another commit on the remote's branch, about a file that no promotion touches.
    fn commit_upstream(&self, text: &str) {
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

    /// The tree of git's commit, made before its turn is timed.
    ///
    /// It is the remote's tree with the service's old version in `dev`: one file of one folder
    /// differs, as after a promotion, so both sides push as many objects. The fetched commit's own
    /// tree would leave git with nothing but a commit to push. The remote's objects are only read
    /// here, and those that `git fetch` has to bring stay missing.
    fn prepared_tree(&self, app: &str) -> String {
        let git = |words: &[&str]| {
            let mut command = self.world.command("git", &self.dir);
            command
                .args(words)
                .env("GIT_INDEX_FILE", self.world.path("bench-index"))
                .env(
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                    self.remote.join("objects"),
                );
            let out = command.output().expect("git can be run");
            let stderr = String::from_utf8_lossy(&out.stderr);
            assert!(out.status.success(), "git {words:?}: {stderr}");
            String::from_utf8_lossy(&out.stdout).trim().to_owned()
        };
        let tip = self.world.git(&self.remote, &["rev-parse", "main"]);
        git(&["read-tree", &tip]);
        let (blob, path) = (self.before(app, "production"), self.path(app, "dev"));
        git(&[
            "update-index",
            "--cacheinfo",
            &format!("100644,{blob},{path}"),
        ]);
        git(&["write-tree"])
    }

    /// What git does with its tree.
    fn plumb(&self, tree: &str) {
        self.git(&["fetch", "-q", "origin"]);
        let tip = "refs/remotes/origin/main";
        let commit = self.git(&["commit-tree", "-p", tip, "-m", "promote", tree]);
        self.git(&["push", "-q", "origin", &format!("{commit}:refs/heads/main")]);
        match self.kind {
            Kind::Bare => self.git(&["update-ref", "refs/heads/main", &commit]),
            Kind::CheckedOut => self.git(&["merge", "-q", "--ff-only", &commit]),
        };
    }

    /// Makes sure that the remote has in `to` what `from` had at first.
    fn check(&self, app: &str, to: &str, from: &str) {
        let path = self.path(app, to);
        let file = format!("main:{path}");
        let there = self.world.git(&self.remote, &["rev-parse", &file]);
        assert_eq!(there, self.before(app, from), "{path}");
    }

    /// Whether the clone's branch is where the remote's is.
    fn is_level(&self) -> bool {
        let there = self.world.git(&self.remote, &["rev-parse", "main"]);
        self.git(&["rev-parse", "refs/heads/main"]) == there
    }

    /// A service's file in an environment.
    fn path(&self, app: &str, environment: &str) -> String {
        let folder = self.repository.layout.folder(app, environment);
        format!("{folder}/{DEPLOYMENT}")
    }

    /// Its blob before anything was promoted.
    fn before(&self, app: &str, environment: &str) -> String {
        let file = format!("main:{}", self.path(app, environment));
        self.world.git(&self.repository.dir, &["rev-parse", &file])
    }
}
