//! Branches and pull requests of the previous version are still recognised.
//!
//! `tests/it/recorded` holds what it left behind: each `.export` is `git fast-export --all` of the
//! remote after one promotion, each `.md` is the body of a pull
//! request. They are never made anew: add another recording instead.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use git_promote::domain::PullRequestSettings;
use git_promote::engine::{PullRequestChange, Receipt};
use git_promote::port::PullRequestState;
use insta::assert_snapshot;

use super::{BRANCH, deed, names, new, on_stage, with};
use crate::world::{Ran, Repo, World};

fn recording(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/recorded");
    folder.join(name)
}

/// A remote as a recording has it.
fn imported<'w>(world: &'w World, name: &str) -> Repo<'w> {
    world.git(&[
        "init",
        "--quiet",
        "--bare",
        "--initial-branch=main",
        "remote.git",
    ]);
    let remote = world.at(world.path("remote.git"));
    let stream = File::open(recording(&format!("{name}.export"))).unwrap();
    let mut import = world.command("git");
    import
        .current_dir(&remote.dir)
        .args(["fast-import", "--quiet"])
        .stdin(stream);
    assert!(import.status().unwrap().success(), "{name}");
    remote
}

/// A promotion by pull request that was recorded.
struct Recorded {
    name: &'static str,
    branch: &'static str,
    /// The words that made it, beside the hop and the action.
    words: &'static [&'static str],
    /// The folder of an application that it promotes.
    application: &'static str,
}

const RECORDED: [Recorded; 3] = [
    Recorded {
        name: "one-application",
        branch: BRANCH,
        words: &["--service", "api"],
        application: "apps/api",
    },
    Recorded {
        name: "two-applications-with-a-body",
        branch: "promote/staging-to-production/api-and-1-more-be3de28d",
        words: &[
            "--service",
            "api",
            "--service",
            "web",
            "--body",
            "As agreed.\n\nReviewed-by: Bob <bob@example.org>",
        ],
        application: "apps/web",
    },
    Recorded {
        name: "name-with-an-instruction",
        branch: "promote/staging-to-production/skip-ci-b94def95",
        words: &["--service", "[skip ci]"],
        application: "apps/[skip ci]",
    },
];

/// A recorded remote, and a clone of it.
struct Place<'w> {
    recorded: &'static Recorded,
    remote: Repo<'w>,
    clone: Repo<'w>,
}

impl Place<'_> {
    fn promote(&self) -> Ran {
        let hop = [
            "--from",
            "staging",
            "--to",
            "production",
            "--action",
            "pull-request",
        ];
        self.clone
            .promote(&[&hop[..], self.recorded.words].concat())
    }

    /// The file of an environment.
    fn file(&self, environment: &str) -> String {
        format!("{}/{environment}/values.yaml", self.recorded.application)
    }

    /// A new version in the source.
    fn stage(&self) {
        self.clone
            .commit("a new version", &[(&self.file("staging"), &new("1.6.0"))]);
        self.clone.git(&["push", "--quiet", "origin", "main"]);
    }

    fn tip(&self) -> String {
        self.remote.tip(self.recorded.branch)
    }
}

/// Runs a test on each recorded branch.
fn on_each(test: impl Fn(&Place<'_>)) {
    for recorded in &RECORDED {
        let world = World::new();
        let remote = imported(&world, recorded.name);
        let clone = world.clone_of(&remote, "repo");
        test(&Place {
            recorded,
            remote,
            clone,
        });
    }
}

#[test]
fn a_recorded_branch_is_replaced_when_the_source_has_a_new_version() {
    on_each(|place| {
        place.stage();
        let ran = place.promote();
        assert_eq!(ran.code, 0, "{ran}");
        let promoted = place
            .remote
            .show(place.recorded.branch, &place.file("production"));
        assert!(promoted.contains("1.6.0"), "{ran}");
        let range = format!("main..{}", place.recorded.branch);
        assert_eq!(place.remote.git(&["rev-list", "--count", &range]), "1");
        let branches = place.remote.git(&["branch", "--list", "promote/*"]);
        assert_eq!(branches.lines().count(), 1, "{branches}");
    });
}

#[test]
fn a_recorded_branch_that_is_right_is_left_as_it_is() {
    on_each(|place| {
        let tip = place.tip();
        let ran = place.promote();
        assert_eq!(ran.code, 0, "{ran}");
        // A name that is written in another way now makes another id.
        let is_written_anew = place.recorded.name == "name-with-an-instruction";
        assert_eq!(place.tip() != tip, is_written_anew, "{ran}");
    });
}

#[test]
fn a_persons_commit_on_a_recorded_branch_is_exit_4() {
    on_each(|place| {
        let clone = &place.clone;
        let branch = place.recorded.branch;
        clone.git(&[
            "checkout",
            "--quiet",
            "--detach",
            &format!("origin/{branch}"),
        ]);
        let mine = clone.commit("mine", &[("mine", "1\n")]);
        clone.git(&["push", "--quiet", "origin", &format!("HEAD:{branch}")]);
        clone.git(&["checkout", "--quiet", "main"]);
        place.stage();
        let ran = place.promote();
        assert_eq!(ran.code, 4, "{ran}");
        assert!(ran.stderr.contains(&mine[..7]), "{ran}");
        assert_eq!(place.tip(), mine);
    });
}

#[test]
fn a_clone_catches_up_with_a_recorded_commit() {
    let world = World::new();
    let remote = imported(&world, "commit");
    let promotion = remote.tip("main");
    remote.git(&["update-ref", "refs/heads/main", "main~1"]);
    let clone = world.clone_of(&remote, "repo");
    remote.git(&["update-ref", "refs/heads/main", &promotion]);
    let ran = clone.promote(&[
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        "api",
    ]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran.result(), @"nothing to promote from staging to production");
    assert_eq!(clone.tip("main"), promotion);
}

#[test]
fn the_marks_of_a_recorded_pull_request_are_read() {
    let body = |name: &str| fs::read_to_string(recording(name)).unwrap();
    let reviewers = PullRequestSettings {
        reviewers: Some(names(&["ada"])),
        teams: Some(names(&["release"])),
        ..PullRequestSettings::default()
    };
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.body = body("pull-request.md"));
        // Both were asked by the run that was recorded.
        stage.run(&with(reviewers.clone()));
        assert!(stage.forge.state().asked.is_empty());
        stage.forge.edit(1, |r| {
            r.body = body("pull-request.md");
            r.state = PullRequestState::Closed;
        });
        assert!(matches!(stage.propose(), Receipt::Rejected { .. }));
        // A body without a mark would be a rejection of every version.
        stage.stage("1.6.0");
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
    });
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| {
            r.body = body("withdrawn-pull-request.md");
            r.state = PullRequestState::Closed;
        });
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
    });
}
