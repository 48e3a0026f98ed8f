//! Generated repositories, equal on every machine.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::manifests::{self, DEPLOYMENT, ENVIRONMENTS};

/// How many applications have an image tag to promote.
pub const BEHIND: usize = 20;

/// Where an application's files of an environment lie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `apps/{app}/{env}`.
    ApplicationFirst,
    /// `envs/{env}/{app}`.
    EnvironmentFirst,
}

/// One generated bare repository.
///
/// Beside `main` it has `configured` (the same with a `promote.yaml`) and two
/// commits that have the files of staging and of production at equal paths.
pub struct Repository {
    /// Its folder.
    pub dir: PathBuf,
    /// Its layout.
    pub layout: Layout,
    /// How many files are in `main`.
    pub files: usize,
    /// The applications that are behind.
    pub behind: Vec<String>,
}

/// A folder with all repositories in it, and an empty home.
pub struct World {
    root: TempDir,
}

impl Layout {
    /// The pattern that a configuration has.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::ApplicationFirst => "apps/{app}/{env}",
            Self::EnvironmentFirst => "envs/{env}/{app}",
        }
    }

    /// The folder of an application in an environment.
    pub fn folder(self, app: &str, environment: &str) -> String {
        self.pattern()
            .replace("{app}", app)
            .replace("{env}", environment)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6} files  {}", self.files, self.layout.pattern())
    }
}

impl World {
    /// An empty world.
    pub fn new() -> Self {
        let root = tempfile::Builder::new().prefix("promote-bench-").tempdir();
        let root = root.expect("a temporary folder can be made");
        std::fs::create_dir(root.path().join("home")).expect("the folder is new");
        Self { root }
    }

    /// A path in the world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Leaves the world on the disk.
    pub fn keep(self) -> PathBuf {
        self.root.keep()
    }

    /// A program that sees nothing of the user's settings.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>, dir: &Path) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .current_dir(dir)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Bench");
            command.env(format!("GIT_{who}_EMAIL"), "bench@example.com");
        }
        command
    }

    /// Runs git and returns what it printed.
    pub fn git(&self, dir: &Path, words: &[&str]) -> String {
        let out = self
            .command("git", dir)
            .args(words)
            .output()
            .expect("git can be run");
        assert!(
            out.status.success(),
            "git {words:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8(out.stdout)
            .expect("what git prints here is UTF-8")
            .trim()
            .to_owned()
    }

    /// Generates a packed bare repository with this many applications.
    pub fn repository(&self, layout: Layout, applications: usize) -> Repository {
        let names: Vec<String> = (0..applications).map(name).collect();
        let every = applications / BEHIND;
        let behind: Vec<String> = names.iter().step_by(every).take(BEHIND).cloned().collect();
        let folder = layout.pattern().replace('/', "-").replace(['{', '}'], "");
        let dir = self.path(&format!("{folder}-{applications}.git"));
        self.git(
            self.root.path(),
            &["init", "-q", "--bare", "-b", "main", &dir.to_string_lossy()],
        );
        self.import(&dir, |to| {
            let mut import = Import { to, marks: 0 };
            let trees = import.blobs(layout, &names, &behind)?;
            for (branch, files) in [
                ("refs/heads/main", &trees.main),
                ("refs/bench/staging", &trees.staging),
                ("refs/bench/production", &trees.production),
            ] {
                import.commit(branch, files)?;
            }
            import.configure(layout)
        });
        self.git(&dir, &["repack", "-adq"]);
        Repository {
            dir,
            layout,
            files: applications * 30,
            behind,
        }
    }

    /// Feeds `git fast-import`.
    pub fn import(&self, dir: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        let mut child = self
            .command("git", dir)
            .args(["fast-import", "--quiet", "--date-format=raw"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("git can be run");
        let mut to = BufWriter::new(child.stdin.take().expect("stdin is a pipe"));
        write(&mut to)
            .and_then(|()| to.flush())
            .expect("git fast-import reads its input");
        drop(to);
        assert!(
            child.wait().expect("git was started").success(),
            "git fast-import failed"
        );
    }
}

/// Paths with the marks of their blobs.
type Files = BTreeMap<String, usize>;

#[derive(Default)]
struct Trees {
    main: Files,
    staging: Files,
    production: Files,
}

struct Import<'w> {
    to: &'w mut dyn Write,
    marks: usize,
}

impl Import<'_> {
    fn blobs(
        &mut self,
        layout: Layout,
        names: &[String],
        behind: &[String],
    ) -> std::io::Result<Trees> {
        let mut trees = Trees::default();
        for (n, app) in names.iter().enumerate() {
            let seed = scattered(n as u64);
            let port = 8_000 + n % 1_000;
            let (old, new) = (
                format!("1.{}.0", seed % 40),
                format!("1.{}.0", seed % 40 + 1),
            );
            let mut files = Vec::new();
            for (file, text) in manifests::shared(app, port) {
                files.push((file, [self.blob(&text)?; 3]));
            }
            let old_tag = self.blob(&manifests::deployment(app, port, &old))?;
            let is_behind = behind.contains(app);
            let new_tag = if is_behind {
                self.blob(&manifests::deployment(app, port, &new))?
            } else {
                old_tag
            };
            files.push((DEPLOYMENT, [new_tag, old_tag, new_tag]));
            let mut own = [0; 3];
            for (mark, environment) in own.iter_mut().zip(ENVIRONMENTS) {
                *mark = self.blob(&manifests::settings(app, environment, seed))?;
            }
            files.push(("settings.yaml", own));
            for (file, marks) in files {
                for (mark, environment) in marks.iter().zip(ENVIRONMENTS) {
                    let folder = layout.folder(app, environment.name);
                    trees.main.insert(format!("{folder}/{file}"), *mark);
                }
                trees.staging.insert(format!("{app}/{file}"), marks[0]);
                trees.production.insert(format!("{app}/{file}"), marks[1]);
            }
        }
        Ok(trees)
    }

    fn blob(&mut self, text: &str) -> std::io::Result<usize> {
        self.marks += 1;
        write!(
            self.to,
            "blob\nmark :{}\ndata {}\n{text}\n",
            self.marks,
            text.len()
        )?;
        Ok(self.marks)
    }

    fn commit(&mut self, branch: &str, files: &Files) -> std::io::Result<()> {
        head(self.to, branch, "generate")?;
        for (path, mark) in files {
            writeln!(self.to, "M 100644 :{mark} {path}")?;
        }
        writeln!(self.to)
    }

    fn configure(&mut self, layout: Layout) -> std::io::Result<()> {
        let text = format!(
            "version: 1\nenvironments:\n  - {{name: staging}}\n  - {{name: production}}\n  - {{name: dev}}\nlayout:\n  - \"{}/**\"\n",
            layout.pattern()
        );
        head(self.to, "refs/heads/configured", "configure")?;
        writeln!(self.to, "from refs/heads/main")?;
        writeln!(
            self.to,
            "M 100644 inline promote.yaml\ndata {}\n{text}",
            text.len()
        )
    }
}

/// The head of a commit in the language of `git fast-import`.
pub fn head(to: &mut dyn Write, branch: &str, message: &str) -> std::io::Result<()> {
    writeln!(
        to,
        "commit {branch}\ncommitter Bench <bench@example.com> 1700000000 +0000"
    )?;
    writeln!(to, "data {}\n{message}", message.len())
}

/// The `n`th application's name; the order of the numbers is not that of the names.
fn name(n: usize) -> String {
    const WORDS: [&str; 10] = [
        "billing", "catalog", "checkout", "gateway", "invoice", "ledger", "orders", "pricing",
        "search", "shipping",
    ];
    format!("{}-{n:04}", WORDS[(scattered(n as u64) % 10) as usize])
}

/// `SplitMix64`: a number that looks random and is the same in every run.
fn scattered(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
