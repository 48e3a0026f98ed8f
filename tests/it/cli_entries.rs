//! Entries of a folder that are no files: submodules and symbolic links.

use std::fs;
use std::os::unix::fs::symlink;

use insta::assert_snapshot;

use crate::world::{Ran, Repo, World};

const STAGING: &str = "image: {tag: 1.5.0}\n";
const PRODUCTION: &str = "image: {tag: 1.4.2}\n";

/// An entry of the folder of an environment.
#[derive(Clone, Copy)]
enum Is {
    Nothing,
    File(&'static str),
    /// A folder with one file.
    Folder,
    /// A submodule at a commit of so many equal digits.
    Submodule(char),
    Link(&'static str),
}

use Is::{File, Folder, Link, Nothing, Submodule};

/// Two applications, and one more entry in either environment of `api`.
fn files() -> [(&'static str, &'static str); 4] {
    [
        ("apps/api/staging/values.yaml", STAGING),
        ("apps/api/production/values.yaml", PRODUCTION),
        ("apps/web/staging/values.yaml", STAGING),
        ("apps/web/production/values.yaml", STAGING),
    ]
}

/// Adds an entry to the index.
fn put(repo: &Repo<'_>, path: &str, is: Is) {
    let file = repo.dir.join(path);
    match is {
        Nothing => return,
        File(text) => repo.write(path, text),
        Folder => repo.write(&format!("{path}/inner.txt"), "inner\n"),
        Link(to) => {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            symlink(to, file).unwrap();
        }
        Submodule(digit) => {
            // The folder of a submodule that was not cloned.
            fs::create_dir_all(file).unwrap();
            let id: String = [digit; 40].iter().collect();
            let entry = format!("160000,{id},{path}");
            repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
            return;
        }
    }
    repo.git(&["add", path]);
}

/// What `git promote` with `--kept` does where the environments of `api` have these entries.
fn ran(staging: Is, production: Is, more: &[&str]) -> Ran {
    let world = World::new();
    let repo = world.repository(&files());
    put(&repo, "apps/api/staging/entry", staging);
    put(&repo, "apps/api/production/entry", production);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", "entries"]);
    let tree = || repo.git(&["ls-tree", "HEAD", "apps/api/production/entry"]);
    let before = tree();
    let words = [
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        "api",
        "--kept",
    ];
    let ran = repo.promote(&[&words[..], more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(tree(), before, "{ran}");
    let promoted = repo.show("HEAD", "apps/api/production/values.yaml");
    assert!(promoted.contains("1.5.0"), "{ran}");
    ran
}

#[test]
fn a_submodule_is_kept_and_shown_whatever_the_other_side_has() {
    for (staging, production, sign) in [
        (Submodule('1'), Submodule('2'), ' '),
        (Submodule('1'), Nothing, '+'),
        (Nothing, Submodule('2'), '-'),
        (Submodule('1'), File("text\n"), ' '),
        (File("text\n"), Submodule('2'), ' '),
        (File("a: [\n"), Submodule('2'), ' '),
        (Submodule('1'), Folder, ' '),
        (Folder, Submodule('2'), ' '),
        (Submodule('1'), Link("values.yaml"), ' '),
    ] {
        for more in [&[][..], &["--promote", "all", "--delete"]] {
            let ran = ran(staging, production, more);
            let row = format!("\n{sign} apps/api/production/entry  (submodule)\n");
            assert!(ran.stdout.contains(&row), "{ran}");
            assert!(!ran.stdout.contains("inner"), "{ran}");
        }
    }
    assert!(
        !ran(Submodule('1'), Submodule('1'), &[])
            .stdout
            .contains("entry")
    );
}

#[test]
fn a_submodule_is_not_promoted_by_its_own_selector() {
    let values = "apps/api/production/values.yaml";
    let only = ["--only", "apps/api/production/entry", "--only", values];
    let ran = ran(Submodule('1'), Nothing, &only);
    assert!(ran.stdout.contains("entry  (submodule)"), "{ran}");
}

#[test]
fn a_link_is_kept_and_shown_whatever_the_other_side_has() {
    for (staging, production, row) in [
        (
            Link("a"),
            Link("b"),
            "  apps/api/production/entry  (not YAML)\n",
        ),
        (
            Link("a"),
            Nothing,
            "+ apps/api/production/entry  (only in the source)\n",
        ),
        (
            Nothing,
            Link("b"),
            "- apps/api/production/entry  (only in the target)\n",
        ),
        (
            Link("a"),
            File("a: 1\n"),
            "  apps/api/production/entry  (not YAML)\n",
        ),
        // One blob, once as a link and once as a file.
        (
            Link("a"),
            File("a"),
            "  apps/api/production/entry  (not YAML)\n",
        ),
        (
            Link("a"),
            Folder,
            "+ apps/api/production/entry  (only in the source)\n",
        ),
        (
            Folder,
            Link("b"),
            "- apps/api/production/entry  (only in the target)\n",
        ),
    ] {
        let ran = ran(staging, production, &[]);
        assert!(ran.stdout.contains(row), "{ran}");
    }
}

#[test]
fn a_new_application_comes_without_its_submodule_and_a_warning_tells() {
    let world = World::new();
    let repo = world.repository(&files());
    repo.write("apps/new/staging/values.yaml", STAGING);
    repo.git(&["add", "apps"]);
    put(&repo, "apps/new/staging/lib", Submodule('1'));
    repo.git(&["commit", "--quiet", "--message", "a new application"]);
    let hop = [
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        "new",
    ];
    let ran = repo.promote(&hop);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(repo.redact(&ran), @"
    exit 0
    --- stdout
    new
      apps/new/production/values.yaml  (new, from apps/new/staging/values.yaml)

    --- /dev/null
    +++ b/apps/new/production/values.yaml
    @@ -0,0 +1 @@
    +image: {tag: 1.5.0}

    1 kept: 1 submodule (--kept lists them)
    warning: apps/new/production/lib: the submodule is not promoted; add it by hand if the new application needs it
    staging -> production: 1 difference in 1 file of 1 application
    committed [COMMIT] on main

    --- stderr
    ");
    assert!(repo.has("apps/new/production/values.yaml"));
    let listed = repo.git(&["ls-tree", "HEAD", "apps/new/production/lib"]);
    assert_eq!(listed, "");
}

#[test]
fn a_submodule_in_the_place_of_an_environment_is_shown() {
    for (staging, production) in [
        (Submodule('1'), Submodule('2')),
        (Submodule('1'), Folder),
        (Folder, Submodule('2')),
    ] {
        let world = World::new();
        let repo = world.repository(&files());
        put(&repo, "apps/new/staging", staging);
        put(&repo, "apps/new/production", production);
        repo.git(&["commit", "--quiet", "--message", "a submodule"]);
        let hop = [
            "--from",
            "staging",
            "--to",
            "production",
            "--service",
            "new",
        ];
        let ran = repo.promote(&[&hop[..], &["--kept"]].concat());
        assert_eq!(ran.code, 0, "{ran}");
        let row = "  apps/new/production  (submodule)\n";
        assert!(ran.stdout.contains(row), "{ran}");
    }
}
