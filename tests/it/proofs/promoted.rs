//! A promotion in which files are changed, added, deleted and linked.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::world::{Repo, World};

/// The file whose version changes.
pub const API: &str = "apps/api/production/values.yaml";

/// A file that no promotion changes.
pub const NOTES: &str = "notes";

/// All files of an environment belong to the application that its folder is named after.
const SETTINGS: &str = "version: 1\n\
                        environments: [{name: staging}, {name: production, kind: production}]\n\
                        layout: ['apps/{app}/{env}/**']\n";

const FILES: &[(&str, &str)] = &[
    ("promote.yaml", SETTINGS),
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    (API, "image:\n  tag: 1.4.2\n"),
    ("apps/api/staging/added.yaml", "added: 1\n"),
    ("apps/api/production/deleted.yaml", "deleted: 1\n"),
    ("apps/api/staging/start.sh", "exec api\n"),
    ("apps/web/staging/values.yaml", "image:\n  tag: 2.1.0\n"),
    ("apps/web/production/values.yaml", "image:\n  tag: 2.0.0\n"),
    (NOTES, "kept\n"),
];

/// Links: the file, and where it leads.
const LINKS: &[(&str, &str)] = &[
    ("apps/api/staging/link", "values.yaml"),
    ("apps/api/production/link", "deleted.yaml"),
    ("apps/api/staging/new-link", "values.yaml"),
];

/// The words that promote all of this: a link that both sides have is only promoted by its own
/// selector.
pub const PICK: &[&str] = &[
    "--promote",
    "all",
    "--delete",
    "--only",
    "apps/api/production/**",
    "--only",
    "apps/api/production/link",
    "--allow",
    "all",
];

/// What the promotion changes, as `git diff --name-status` shows it.
pub const CHANGED: &str = "A\tapps/api/production/added.yaml\n\
                           D\tapps/api/production/deleted.yaml\n\
                           M\tapps/api/production/link\n\
                           A\tapps/api/production/new-link\n\
                           A\tapps/api/production/start.sh\n\
                           M\tapps/api/production/values.yaml";

/// A bare remote with these files, and a clone of it.
pub fn cloned(world: &World) -> (Repo<'_>, Repo<'_>) {
    let seed = world.empty_at("seed");
    for (path, text) in FILES {
        seed.write(path, text);
    }
    for (path, to) in LINKS {
        symlink(to, seed.dir.join(path)).unwrap();
    }
    let script = seed.dir.join("apps/api/staging/start.sh");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    seed.commit("first", &[]);
    world.git(&["clone", "--quiet", "--bare", "seed", "remote.git"]);
    let remote = world.at(world.path("remote.git"));
    remote.git(&["remote", "remove", "origin"]);
    let clone = world.clone_of(&remote, "repo");
    (remote, clone)
}
