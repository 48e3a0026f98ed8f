//! This test binary, started again as a program that has another environment or is killed.

use std::path::Path;
use std::process::Command;

use git_promote::adapter::git::{GitRepository, RemoteAccess};

use crate::world::{World, any, change, promote};

/// The arguments that start [`program`].
const ARGS: [&str; 4] = ["--exact", "again::program", "--ignored", "--nocapture"];

/// A command that promotes `a` and `new` to `2` in `dir` and prints the outcome.
pub fn again(world: &World, dir: &Path, under: &[&str]) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut command = match under {
        [] => world.command(&this),
        [program, args @ ..] => {
            let mut command = world.command(program);
            command.args(args).arg(&this);
            command
        }
    };
    command.args(ARGS).env("PROMOTE_IN", dir);
    command
}

#[test]
#[ignore = "not a test by itself: other tests start it as a separate program"]
fn program() {
    let Some(dir) = std::env::var_os("PROMOTE_IN") else {
        return;
    };
    let changes = vec![
        change("a", Some("2")),
        change("new", Some("2")),
        change("gone", None),
    ];
    let done = GitRepository::discover(Path::new(&dir), RemoteAccess::default())
        .and_then(|git| promote(&git, &any(), changes));
    println!("outcome: {done:?}");
}
