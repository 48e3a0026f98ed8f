//! How many Git processes a command starts by itself.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::measure::run;
use crate::world::World;

/// The words of each `git` that a command started.
///
/// A script before Git on `PATH` writes them down. The processes that Git starts in turn come from
/// its own folder of programs and are not counted.
pub fn started(world: &World, command: Command) -> Vec<String> {
    let mut known = world.command("sh", &world.path(""));
    known.args(["-c", "git version && git version"]);
    let known = written_down(world, known);
    assert_eq!(known, ["version ", "version "], "each process is counted");
    written_down(world, command)
}

fn written_down(world: &World, mut command: Command) -> Vec<String> {
    let folder = world.path("counting");
    let log = world.path("counted");
    let path = env::var_os("PATH").unwrap_or_default();
    let git = env::split_paths(&path).map(|folder| folder.join("git"));
    let git = git.into_iter().find(|file| file.is_file());
    let git = git.expect("git is on the path");
    fs::create_dir_all(&folder).expect("the world can be written");
    let script = format!(
        "#!/bin/sh\nprintf '%s ' \"$@\" >>'{log}'\necho >>'{log}'\nexec '{git}' \"$@\"\n",
        log = log.display(),
        git = git.display()
    );
    let file = folder.join("git");
    fs::write(&file, script).expect("the world can be written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    fs::write(&log, "").expect("the world can be written");
    let folders = env::split_paths(&path);
    let path = env::join_paths([folder].into_iter().chain(folders)).expect("it was a path before");
    run(world, command.env("PATH", path));
    let log = fs::read_to_string(log).expect("it was just written");
    log.lines().map(str::to_owned).collect()
}
