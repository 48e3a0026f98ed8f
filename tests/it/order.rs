//! The order in which applications are named or promoted makes no difference.

use std::collections::BTreeMap;

use crate::world::{Repo, World};

const APPLICATIONS: [&str; 3] = ["api", "jobs", "web"];

/// How many histories are tried.
const HISTORIES: u64 = 3;

/// How applications are promoted.
const MODES: [&[&str]; 3] = [&[], &["--promote", "changes"], &["--promote", "all"]];

/// Numbers that look random and are always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = (self.0.wrapping_mul(6_364_136_223_846_793_005))
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).unwrap() % end
    }
}

/// The values of an application in an environment.
#[derive(Clone)]
struct State {
    version: usize,
    replicas: usize,
    level: usize,
    has_probe: bool,
}

impl State {
    fn text(&self, environment: &str) -> String {
        let Self {
            version,
            replicas,
            level,
            ..
        } = self;
        let probe = if self.has_probe {
            "probe: {path: /ready}\n"
        } else {
            ""
        };
        format!(
            "host: {environment}.example.com\nimage:\n  repository: acme/app\n  tag: 1.{version}.0\n\
             level: l{level}\n{probe}replicas: {replicas}\n"
        )
    }
}

/// A repository whose commits change several applications at once, in both environments.
fn repository<'w>(world: &'w World, numbers: &mut Numbers) -> Repo<'w> {
    let first = State {
        version: 1,
        replicas: 1,
        level: 0,
        has_probe: false,
    };
    let environments = ["staging", "production"];
    let mut states = BTreeMap::new();
    for app in APPLICATIONS {
        for environment in environments {
            states.insert((app, environment), first.clone());
        }
    }
    let write = |states: &BTreeMap<(&str, &str), State>| {
        let files = states.iter();
        files
            .map(|((app, environment), state)| {
                let path = format!("apps/{app}/{environment}/values.yaml");
                (path, state.text(environment))
            })
            .collect::<Vec<_>>()
    };
    let files = write(&states);
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    let repo = world.repository(&files);
    for n in 2..6 {
        for app in APPLICATIONS {
            // Nothing is changed by both, because a conflict stops all applications of a run.
            let kind = numbers.below(5);
            let environment = if kind == 0 { "production" } else { "staging" };
            let state = states.get_mut(&(app, environment)).unwrap();
            match kind {
                0 => state.replicas += n,
                1 => state.level += n,
                2 => state.has_probe = n % 2 == 0,
                _ => state.version = n,
            }
        }
        let files = write(&states);
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
        repo.commit(&format!("change {n}"), &files);
    }
    repo
}

/// The command that promotes applications in a mode.
fn command<'a>(mode: &[&'a str], applications: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["--from", "staging", "--to", "production"];
    args.extend(mode);
    args.extend(applications.iter().flat_map(|app| ["--service", app]));
    args
}

#[test]
fn applications_can_be_promoted_in_any_order() {
    let mut promoted = 0;
    for seed in 0..HISTORIES {
        let world = World::new();
        let repo = repository(&world, &mut Numbers(seed));
        let start = repo.tip("HEAD");
        for mode in MODES {
            let state_after = |runs: &[&[&str]]| {
                repo.git(&["reset", "--quiet", "--hard", &start]);
                for applications in runs {
                    let ran =
                        repo.promote(&[&command(mode, applications)[..], &["--yes"]].concat());
                    assert_eq!(ran.code, 0, "{seed} {mode:?} {applications:?}: {ran}");
                }
                repo.tip("HEAD^{tree}")
            };
            let [a, b, c] = APPLICATIONS;
            let together = state_after(&[&[a, b, c]]);
            promoted += usize::from(together != repo.tip(&format!("{start}^{{tree}}")));
            assert_eq!(
                together,
                state_after(&[&[a], &[b], &[c]]),
                "{seed} {mode:?}"
            );
            assert_eq!(
                together,
                state_after(&[&[c], &[b], &[a]]),
                "{seed} {mode:?}"
            );
            assert_eq!(together, state_after(&[&[b], &[c, a]]), "{seed} {mode:?}");
        }
    }
    assert!(
        promoted > MODES.len(),
        "only {promoted} histories have a promotion"
    );
}

#[test]
fn the_order_of_names_makes_no_difference() {
    let world = World::new();
    let repo = repository(&world, &mut Numbers(1));
    let [a, b, c] = APPLICATIONS;
    for mode in MODES {
        let plan = |applications: &[&str]| {
            let ran = repo.promote(
                &[
                    &["diff"],
                    &command(mode, applications)[..],
                    &["--output", "json"],
                ]
                .concat(),
            );
            assert_eq!(ran.code, 0, "{ran}");
            ran.stdout
        };
        assert_eq!(plan(&[a, b, c]), plan(&[c, a, b]), "{mode:?}");
    }
}
