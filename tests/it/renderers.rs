//! What a promotion writes still builds with the real kustomize and Helm, and differs as it was shown.
//!
//! # Why
//!
//! A file can be valid YAML and no longer a kustomization or a values file. So every file that a
//! promotion in a fixture or an example changes is rendered before and after: a kustomization with
//! its folder, a chart with its values, other values through a chart that prints them, and other
//! objects as resources of a kustomization. What rendered before must render afterwards, and each line
//! that differs must contain a promoted value.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git_promote::domain::Op;
use git_promote::plan::FilePlan;
use git_promote::yaml::Value;
use similar::{ChangeTag, TextDiff};

use crate::corpus::{Case, examples, fixtures};
use crate::remotes::program;
use crate::skipped::{Missing, skip};

/// The programs that render.
struct Renderers {
    kubectl: PathBuf,
    helm: PathBuf,
}

impl Renderers {
    /// Finds both, where `.ci/run` put them or in the `PATH`.
    fn find() -> Option<Self> {
        Some(Self {
            kubectl: renderer("kubectl")?,
            helm: renderer("helm")?,
        })
    }

    /// The rendered text of a unit in a folder, or the error.
    fn render(&self, folder: &Path, unit: &Unit) -> Result<String, String> {
        let mut command = match unit {
            Unit::Kustomization(path) => {
                let mut command = Command::new(&self.kubectl);
                command.arg("kustomize").arg(folder.join(path));
                command
            }
            Unit::Chart { chart, values } => {
                let mut command = Command::new(&self.helm);
                command.args(["template", "app"]).arg(folder.join(chart));
                for file in values {
                    command.arg("--values").arg(folder.join(file));
                }
                command
            }
        };
        let command = command.env("HOME", folder).stdin(Stdio::null());
        let out = command.output().unwrap();
        if out.status.success() {
            Ok(String::from_utf8(out.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&out.stderr).into_owned())
        }
    }
}

/// A program that renders, where `.ci/run` put it or in the `PATH`.
pub fn renderer(name: &str) -> Option<PathBuf> {
    let own = std::env::var_os("GIT_PROMOTE_TEST_RENDERERS").map(PathBuf::from);
    let own = own.iter().map(|folder| folder.join(name));
    own.chain(program(&[name])).find(|file| file.is_file())
}

/// What is rendered at once; paths are within the repository.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Unit {
    Kustomization(String),
    Chart { chart: String, values: Vec<String> },
}

/// A chart that prints its values.
const PROBE: &str = ".probe";

/// A repository's files on disk, prepared so that nothing is fetched.
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn of(case: &Case) -> Self {
        let files = case.memory.files().into_iter();
        Self(files.map(|(path, bytes)| (path, bytes.to_vec())).collect())
    }

    /// The unit that a changed file belongs to; adds to the files what the unit needs.
    fn unit(&mut self, file: &FilePlan) -> Option<Unit> {
        let path = file.path.as_str();
        let text = std::str::from_utf8(&file.before.as_ref()?.bytes).ok()?;
        let folders = || path.rmatch_indices('/').map(|(at, _)| &path[..at]);
        let kustomization = folders().find(|folder| {
            let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
            let mut names = names.iter().map(|name| format!("{folder}/{name}"));
            names.any(|name| self.0.contains_key(&name))
        });
        if let Some(folder) = kustomization {
            return Some(Unit::Kustomization(folder.to_owned()));
        }
        let chart = folders().find(|folder| self.0.contains_key(&format!("{folder}/Chart.yaml")));
        let has_kind = text.lines().any(|line| line.starts_with("kind:"));
        let is_values = file.before.as_ref()?.bytes != b"" && !has_kind;
        if let Some(folder) = chart {
            let is_own =
                path.rsplit('/').next() == Some("Chart.yaml") || path.contains("/templates/");
            return Some(Unit::Chart {
                chart: folder.to_owned(),
                values: (!is_own).then(|| path.to_owned()).into_iter().collect(),
            });
        }
        if !matches!(path.rsplit('.').next(), Some("yaml" | "yml")) {
            return None;
        }
        if is_values {
            let files = [
                (
                    "Chart.yaml",
                    "apiVersion: v2\nname: probe\nversion: 1.0.0\n",
                ),
                (
                    "templates/values.yaml",
                    "values: {{ toYaml .Values | nindent 2 }}\n",
                ),
            ];
            for (name, text) in files {
                self.0.insert(format!("{PROBE}/{name}"), text.into());
            }
            return Some(Unit::Chart {
                chart: PROBE.to_owned(),
                values: vec![path.to_owned()],
            });
        }
        let folder = format!("{PROBE}/{}", path.replace('/', "-"));
        let text = "resources: [file.yaml]\n";
        self.0
            .insert(format!("{folder}/kustomization.yaml"), text.into());
        Some(Unit::Kustomization(folder))
    }

    /// Writes all files; of what is elsewhere, a stand-in or nothing.
    fn write(&self, folder: &Path) {
        let put = |path: &Path, bytes: &[u8]| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        for (path, bytes) in &self.0 {
            let text = String::from_utf8_lossy(bytes);
            let is_remote = |line: &&str| line.trim_start().starts_with("- https://");
            if path.ends_with("kustomization.yaml") && text.lines().any(|line| is_remote(&line)) {
                let lines = text.lines().filter(|line| !is_remote(line));
                let local: String = lines.flat_map(|line| [line, "\n"]).collect();
                put(&folder.join(path), local.as_bytes());
            } else {
                put(&folder.join(path), bytes);
            }
            if let Some(chart) = path.strip_suffix("Chart.yaml") {
                let parsed: serde_yaml::Value = serde_yaml::from_str(&text).unwrap_or_default();
                let dependencies = parsed
                    .get("dependencies")
                    .and_then(|list| list.as_sequence());
                for dependency in dependencies.into_iter().flatten() {
                    let of = |key: &str| dependency.get(key).and_then(|v| v.as_str());
                    let (Some(name), Some(version)) = (of("name"), of("version")) else {
                        continue;
                    };
                    let text = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
                    let path = format!("{chart}charts/{name}/Chart.yaml");
                    put(&folder.join(path), text.as_bytes());
                }
            }
            // A copy for the unit that renders a single file of objects.
            let probe = format!("{PROBE}/{}", path.replace('/', "-"));
            if self.0.contains_key(&format!("{probe}/kustomization.yaml")) {
                put(&folder.join(probe).join("file.yaml"), bytes);
            }
        }
    }
}

/// The scalars within a value.
fn scalars(value: &Value) -> Vec<&str> {
    match value {
        Value::Scalar { text, .. } => vec![text],
        Value::Sequence(items) => items.iter().flat_map(scalars).collect(),
        Value::Mapping(entries) => entries
            .iter()
            .flat_map(|(_, value)| scalars(value))
            .collect(),
        Value::Alias(_) => Vec::new(),
        Value::Tagged(_, value) => scalars(value),
    }
}

/// The lines that differ although no promoted value is in them.
fn unexplained(before: &str, after: &str, changed: &[&FilePlan]) -> Vec<String> {
    let mut values: (BTreeSet<&str>, BTreeSet<&str>) = Default::default();
    for difference in changed.iter().flat_map(|file| file.promoted()) {
        if difference.op != Op::Set {
            // The keys of what is added or removed differ, too.
            return Vec::new();
        }
        values.0.extend(difference.before.iter().flat_map(scalars));
        values.1.extend(difference.after.iter().flat_map(scalars));
    }
    // A tag stands in an image, and an image's parts in a kustomization.
    let has = |values: &BTreeSet<&str>, line: &str| {
        let mut values = values.iter();
        values
            .any(|value| line.contains(value) || value.rsplit([':', '=']).any(|v| line.contains(v)))
    };
    let diff = TextDiff::from_lines(before, after);
    let lines = diff.iter_all_changes();
    lines
        .filter(|line| match line.tag() {
            ChangeTag::Equal => false,
            ChangeTag::Delete => !has(&values.0, line.value()),
            ChangeTag::Insert => !has(&values.1, line.value()),
        })
        .map(|line| line.to_string())
        .collect()
}

/// What came of the units of a repository.
#[derive(Default)]
struct Outcome {
    rendered: usize,
    differ: usize,
    /// Units that cannot be rendered even before, with the reason.
    unfit: Vec<String>,
    faults: Vec<String>,
}

fn check(renderers: &Renderers, case: &Case, outcome: &mut Outcome) {
    let Ok(plan) = case.plan(&case.request()) else {
        return;
    };
    let changed: Vec<&FilePlan> = plan.changed_files().collect();
    let mut before = Files::of(case);
    let mut units: BTreeMap<Unit, Vec<&FilePlan>> = BTreeMap::new();
    for file in &changed {
        if let Some(unit) = before.unit(file) {
            units.entry(unit).or_default().push(file);
        }
    }
    let mut after = Files(before.0.clone());
    for file in &changed {
        let path = file.path.as_str();
        match &file.after {
            Some(content) => after.0.insert(path.to_owned(), content.bytes.clone()),
            None => after.0.remove(path),
        };
    }
    let folders = [&before, &after].map(|files| {
        let folder = tempfile::tempdir().unwrap();
        files.write(folder.path());
        folder
    });
    for (unit, files) in units {
        let [before, after] = [0, 1].map(|side| renderers.render(folders[side].path(), &unit));
        let name = format!("{}: {unit:?}", case.name);
        match (before, after) {
            (Err(reason), _) => outcome.unfit.push(format!("{name}: {reason}")),
            (Ok(_), Err(reason)) => outcome.faults.push(format!("{name} is broken: {reason}")),
            (Ok(before), Ok(after)) => {
                outcome.rendered += 1;
                outcome.differ += usize::from(before != after);
                let lines = unexplained(&before, &after, &files);
                if !lines.is_empty() {
                    let lines = lines.concat();
                    outcome
                        .faults
                        .push(format!("{name} differs otherwise:\n{lines}"));
                }
            }
        }
    }
}

#[test]
fn what_rendered_before_renders_afterwards_and_differs_as_shown() {
    let Some(renderers) = Renderers::find() else {
        skip(Missing::Program, "kubectl or helm is not installed");
        return;
    };
    let mut outcome = Outcome::default();
    for case in fixtures().iter().chain(&examples()) {
        check(&renderers, case, &mut outcome);
    }
    println!(
        "renderers: {} rendered before and after, {} of them differ; {} cannot be rendered: {:#?}",
        outcome.rendered,
        outcome.differ,
        outcome.unfit.len(),
        outcome.unfit
    );
    assert!(outcome.faults.is_empty(), "{}", outcome.faults.join("\n"));
    assert!(outcome.differ >= 40, "only {} differ", outcome.differ);
}
