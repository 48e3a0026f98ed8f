//! Revisions in other repositories.

use super::{Apart, FILE, configuration, promote, promoted, values};
use crate::world::{Repo, World};

/// A clone of the repository with `prod`, its remote, and the repository of `staging` with a clone of it.
struct SourceApart<'w> {
    remote: Repo<'w>,
    clone: Repo<'w>,
    staging: Repo<'w>,
    of_staging: Repo<'w>,
}

impl<'w> SourceApart<'w> {
    fn new(world: &'w World) -> Self {
        let configuration = configuration(", repository: ../staging.git, path: .", ", path: prod");
        let file = prod_file();
        let (remote, clone) =
            world.cloned(&[("promote.yaml", &configuration), (&file, &values("1.4.2"))]);
        let staging = world.bare_at("staging.git", &[(FILE, &values("1.5.0"))]);
        let of_staging = world.clone_of(&staging, "other");
        Self {
            remote,
            clone,
            staging,
            of_staging,
        }
    }

    /// Pushes another version to a branch of the source's repository.
    fn push(&self, branch: &str, version: &str) {
        self.of_staging.commit("newer", &[(FILE, &values(version))]);
        let to = format!("HEAD:refs/heads/{branch}");
        self.of_staging.git(&["push", "-q", "origin", &to]);
    }
}

fn prod_file() -> String {
    format!("prod/{FILE}")
}

#[test]
fn revisions_are_those_of_the_sources_repository() {
    let world = World::new();
    let apart = SourceApart::new(&world);
    apart.push("main", "1.6.0");
    let (clone, file) = (&apart.clone, prod_file());
    let first = apart.staging.tip("main~1");
    for source in ["main~1", "HEAD~1", first.as_str(), &first[..8]] {
        let ran = promoted(clone, &["--source", source, "--dry-run"]);
        assert!(ran.stdout.contains("1.5.0"), "{source}: {ran}");
    }
    // A tag of the repository with the configuration.
    clone.git(&["tag", "v1"]);
    let ran = promote(clone, &["--source", "v1", "--yes"]);
    assert_eq!(ran.code, 2, "{ran}");
    promoted(clone, &["--source", "main~1", "--yes"]);
    assert_eq!(apart.remote.show("main", &file), values("1.5.0"));
    promoted(clone, &["--version", "1.6.0", "--service", "api", "--yes"]);
    assert_eq!(apart.remote.show("main", &file), values("1.6.0"));
}

#[test]
fn a_branch_that_a_revision_names_is_fetched() {
    let world = World::new();
    let apart = SourceApart::new(&world);
    for (version, revision) in [("1.6.0", "next"), ("1.7.0", "next~0"), ("1.8.0", "next")] {
        apart.push("next", version);
        let preview = promoted(&apart.clone, &["--source", revision, "--dry-run"]);
        assert!(preview.stdout.contains(version), "{revision}: {preview}");
    }
    let unknown = promote(&apart.clone, &["--source", "nowhere", "--dry-run"]);
    assert_eq!(unknown.code, 2, "{unknown}");
    assert!(
        unknown.stderr.contains("its tags are not fetched"),
        "{unknown}"
    );
}

#[test]
fn a_commit_of_another_repository_is_not_a_source() {
    let world = World::new();
    let apart = SourceApart::new(&world);
    let at_home = apart.remote.tip("main");
    for option in ["--source", "--base"] {
        let ran = promote(&apart.clone, &[option, &at_home, "--dry-run"]);
        assert_eq!(ran.code, 2, "{option}: {ran}");
        let expected = format!("commit `{at_home}` is not in `../staging.git`");
        assert!(ran.stderr.contains(&expected), "{option}: {ran}");
    }
    // A source at home, and a commit of the target's repository.
    let world = World::new();
    let apart = Apart::new(&world);
    promoted(&apart.clone, &["--dry-run"]);
    let of_prod = apart.prod.tip("main");
    let ran = promote(&apart.clone, &["--source", &of_prod, "--dry-run"]);
    assert_eq!(ran.code, 2, "{ran}");
    let expected = format!("commit `{of_prod}` is not in this repository");
    assert!(ran.stderr.contains(&expected), "{ran}");
    let at_home = apart.remote.tip("main");
    promoted(&apart.clone, &["--source", &at_home, "--dry-run"]);
}
