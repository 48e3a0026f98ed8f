//! `git promote demo`: a promotion in a sample repository.
//!
//! # Why
//!
//! The output is real: the sample is created with Git, and the promotion runs the same code as any
//! other.

use std::path::Path;
use std::process::Command;

use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;

/// The files of the sample.
const FILES: [(&str, &str); 6] = [
    (
        "apps/web/base/kustomization.yaml",
        include_str!("demo/base-kustomization.yaml"),
    ),
    (
        "apps/web/base/deployment.yaml",
        include_str!("demo/base-deployment.yaml"),
    ),
    (
        "apps/web/staging/kustomization.yaml",
        include_str!("demo/staging-kustomization.yaml"),
    ),
    (
        "apps/web/production/kustomization.yaml",
        include_str!("demo/production-kustomization.yaml"),
    ),
    (
        "apps/api/staging/values.yaml",
        include_str!("demo/values-staging.yaml"),
    ),
    (
        "apps/api/production/values.yaml",
        include_str!("demo/values-production.yaml"),
    ),
];

/// The arguments of the promotion.
const PROMOTION: &str = "--from staging --to production";

/// A function that runs a promotion with command line arguments.
pub type Promote = dyn Fn(&[&str], &mut Console<'_>) -> Result<Exit, Failure>;

/// Creates the sample, promotes in it and shows the commit.
///
/// # Errors
/// When `git` is missing or the folder for temporary files cannot be written.
pub fn run(console: &mut Console<'_>, promote: &Promote) -> Result<Exit, Failure> {
    let folder = tempfile::Builder::new()
        .prefix("git-promote-demo-")
        .tempdir()?
        .keep();
    let path = folder.to_string_lossy().into_owned();
    create(&folder)?;
    writeln!(console.out, "Created a sample repository in {path}\n")?;

    writeln!(console.out, "$ git promote {PROMOTION}\n")?;
    let args: Vec<&str> = ["git-promote", "-C", &path, "--yes"]
        .into_iter()
        .chain(PROMOTION.split(' '))
        .collect();
    let exit = promote(&args, console)?;

    writeln!(console.out, "\n$ git log -1 --stat\n")?;
    let color = if console.stdout.palette.heading == anstyle::Style::new() {
        "never"
    } else {
        "always"
    };
    let log = git(
        &folder,
        &["log", "-1", "--stat", &format!("--color={color}")],
    )?;
    writeln!(console.out, "{}", log.trim_end())?;
    writeln!(console.out, "\nTo explore it: cd {path}")?;
    Ok(exit)
}

fn create(folder: &Path) -> Result<(), Failure> {
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    git(folder, &["config", "user.name", "Demo"])?;
    git(folder, &["config", "user.email", "demo@example.com"])?;
    for (path, text) in FILES {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, text)?;
    }
    git(folder, &["add", "--all"])?;
    git(
        folder,
        &[
            "-c",
            "commit.gpgSign=false",
            "commit",
            "--quiet",
            "--no-verify",
            "-m",
            "Web and API in two environments",
        ],
    )?;
    Ok(())
}

/// Runs Git in the sample, without the variables that a hook or alias sets for another repository.
fn git(folder: &Path, args: &[&str]) -> Result<String, Failure> {
    let failure = |message: String| Failure::Program {
        command: format!("git {}", args.join(" ")),
        message,
    };
    let mut command = Command::new("git");
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_OBJECT_DIRECTORY",
    ] {
        command.env_remove(name);
    }
    let output = command
        .arg("--no-pager")
        .args(args)
        .current_dir(folder)
        .output()
        .map_err(|e| failure(e.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failure(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }
}
