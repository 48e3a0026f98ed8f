//! Folder entries that are not files: submodules and symbolic links.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use insta::assert_snapshot;

use crate::world::{Repo, World};

const STAGING: &str = "image: {tag: 1.5.0}\n";
const PRODUCTION: &str = "image: {tag: 1.4.2}\n";

/// An entry of the folder of an environment.
#[derive(Clone, Copy)]
enum Is {
    Nothing,
    File(&'static str),
    /// An executable file.
    Script(&'static str),
    /// A folder with one file.
    Folder,
    /// A submodule at the commit whose id repeats this digit.
    Submodule(char),
    Link(&'static str),
}

use Is::{File, Folder, Link, Nothing, Script, Submodule};

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
        Script(text) => {
            repo.write(path, text);
            fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        }
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

/// The lines about the entry that `git promote --kept` prints if the environments of `api` have
/// these.
fn rows(staging: Is, production: Is, more: &[&str]) -> String {
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
    let lines = ran.stdout.split_inclusive('\n');
    lines.filter(|line| line.contains("/entry")).collect()
}

#[test]
fn a_submodule_is_kept_and_shown_whatever_the_other_side_has() {
    let all = [
        (Submodule('1'), Submodule('2')),
        (Submodule('1'), Nothing),
        (Nothing, Submodule('2')),
        (Submodule('1'), File("text\n")),
        (File("text\n"), Submodule('2')),
        (File("a: [\n"), Submodule('2')),
        (Submodule('1'), Folder),
        (Folder, Submodule('2')),
        (Submodule('1'), Link("values.yaml")),
    ]
    .map(|(staging, production)| {
        let printed = rows(staging, production, &[]);
        let more = ["--promote", "all", "--delete"];
        assert_eq!(rows(staging, production, &more), printed);
        printed
    });
    assert_snapshot!(all.concat(), @"
      apps/api/production/entry  (submodule)
    + apps/api/production/entry  (submodule, mode 160000)
    - apps/api/production/entry  (submodule)
      apps/api/production/entry  (submodule, mode 100644 -> 160000)
      apps/api/production/entry  (submodule, mode 160000 -> 100644)
      apps/api/production/entry  (submodule, mode 160000 -> 100644)
      apps/api/production/entry  (submodule)
      apps/api/production/entry  (submodule)
      apps/api/production/entry  (submodule, mode 120000 -> 160000)
    ");
    assert_eq!(rows(Submodule('1'), Submodule('1'), &[]), "");
}

#[test]
fn a_submodule_is_not_promoted_by_its_own_selector() {
    let values = "apps/api/production/values.yaml";
    let only = ["--only", "apps/api/production/entry", "--only", values];
    assert_snapshot!(rows(Submodule('1'), Nothing, &only), @"+ apps/api/production/entry  (submodule, mode 160000)");
}

#[test]
fn a_link_is_kept_and_shown_whatever_the_other_side_has() {
    let all = [
        (Link("a"), Link("b")),
        (Link("a"), Nothing),
        (Nothing, Link("b")),
        (Link("a"), File("a: 1\n")),
        // The same blob as a link and as a file.
        (Link("a"), File("a")),
        (Link("a"), Folder),
        (Folder, Link("b")),
    ]
    .map(|(staging, production)| rows(staging, production, &[]));
    assert_snapshot!(all.concat(), @"
      apps/api/production/entry  (not YAML, symbolic link)
    + apps/api/production/entry  (only in the source, symbolic link)
    - apps/api/production/entry  (only in the target, symbolic link)
      apps/api/production/entry  (not YAML, mode 100644 -> 120000)
      apps/api/production/entry  (not YAML, mode 100644 -> 120000)
    + apps/api/production/entry  (only in the source, symbolic link)
    - apps/api/production/entry/inner.txt  (only in the target)
    - apps/api/production/entry  (only in the target, symbolic link)
    + apps/api/production/entry/inner.txt  (only in the source)
    ");
}

#[test]
fn a_new_application_comes_without_its_submodule_and_with_a_warning() {
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
    warning: apps/new/production/lib: submodules are not promoted; if the new application needs this one, add it by hand

    new
      apps/new/production/values.yaml  (new, from apps/new/staging/values.yaml, 1 line)

    commit message:
        Promote new from staging to production

        apps/new/production/values.yaml: new

        Promotion-Id: [ID]
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: new
        Promotion-Source: [COMMIT]
        Promotion-Target: [COMMIT]
        Promotion-Mode: versions

    1 kept: 1 submodule (--kept lists them)
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
        insta::allow_duplicates! {
            assert_snapshot!(ran, @"
            exit 0
            --- stdout
            1 kept: 1 submodule

            new
              apps/new/production  (submodule)

            nothing to promote from staging to production

            --- stderr
            ");
        }
    }
}

/// What a promotion of the entry shows: in text, with `--stat`, in Markdown and in JSON; and what Git
/// says about the commit.
fn shown(staging: Is, production: Is) -> String {
    let world = World::new();
    let repo = world.repository(&files());
    put(&repo, "apps/api/staging/entry", staging);
    put(&repo, "apps/api/production/entry", production);
    repo.git(&["commit", "--quiet", "--message", "entries"]);
    let words = [
        "--from",
        "staging",
        "--to",
        "production",
        "--delete",
        "--only",
    ];
    let hop = [&words[..], &["apps/api/production/entry"]].concat();
    let diff = |more: &[&str]| {
        let ran = repo.promote(&[&["diff"], &hop[..], more].concat());
        assert_eq!(ran.code, 0, "{ran}");
        ran.stdout
    };
    let is_about_the_entry = |line: &&str| {
        let words = ["entry", "mode", "link"];
        words.iter().any(|word| line.contains(word))
            && !line.contains("  apps/api/production/entry: ")
    };
    let lines = |text: String| -> String {
        let lines: Vec<&str> = text.lines().filter(is_about_the_entry).collect();
        lines.join("\n")
    };
    let json: serde_json::Value = serde_json::from_str(&diff(&["--output", "json"])).unwrap();
    let files = json["applications"][0]["files"].as_array().unwrap();
    let file = files
        .iter()
        .find(|file| file["path"] == "apps/api/production/entry");
    let file = file.unwrap();
    let (mode, link) = (&file["mode"], &file["link"]);
    let markdown = diff(&["--output", "markdown"]);
    let markdown = markdown.split("<details>").next().unwrap().to_owned();
    let parts = [diff(&[]), diff(&["--stat"]), markdown].map(lines);
    let first = repo.promote(&[&hop[..], &["--yes"]].concat());
    if first.code != 0 {
        let ran = repo.promote(&[&hop[..], &["--yes", "--allow", "link"]].concat());
        assert_eq!(ran.code, 0, "{ran}");
    }
    let summary = repo.git(&["show", "--format=", "--summary", "--no-renames"]);
    let summary = summary.replace(" => ", " -> ");
    format!(
        "{}\n{mode} {link}\nexit {}\n{summary}",
        parts.join("\n"),
        first.code
    )
}

#[test]
fn a_link_that_is_new_or_changes_is_shown_and_held() {
    assert_snapshot!(shown(Link("/etc/passwd"), Nothing), @r#"
    held by link: the new file is a symbolic link to `/etc/passwd`
      apps/api/production/entry
      `--allow link` lifts this hold
      apps/api/production/entry  (new, from apps/api/staging/entry, symbolic link to `/etc/passwd`)
     apps/api/production/entry | 1 +
     create mode 120000 apps/api/production/entry -> /etc/passwd
    - held by `link`: <code>the new file is a symbolic link to &#96;/etc/passwd&#96;</code> at `apps/api/production/entry`
    `apps/api/production/entry` (new, symbolic link to `/etc/passwd`)
    new file mode 120000
    +++ b/apps/api/production/entry
    {"before":null,"after":"120000"} {"before":null,"after":"/etc/passwd"}
    exit 3
     create mode 120000 apps/api/production/entry
    "#);
    assert_snapshot!(shown(Link("one"), Link("two")), @r#"
    held by link: the symbolic link to `two` would point to `one`
      apps/api/production/entry
      `--allow link` lifts this hold
      apps/api/production/entry  (symbolic link to `two` -> `one`)
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
     apps/api/production/entry | 2 +-
    - held by `link`: <code>the symbolic link to &#96;two&#96; would point to &#96;one&#96;</code> at `apps/api/production/entry`
    `apps/api/production/entry` (symbolic link to `two` -> `one`)
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
    {"before":"120000","after":"120000"} {"before":"two","after":"one"}
    exit 3
    "#);
    assert_snapshot!(shown(Link("one"), File("text\n")), @r#"
    held by link: the file would become a symbolic link to `one`
      apps/api/production/entry
      `--allow link` lifts this hold
      apps/api/production/entry  (mode 100644 -> 120000, symbolic link to `one`)
    old mode 100644
    new mode 120000
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
     apps/api/production/entry | 2 +-
     mode change 100644 => 120000 apps/api/production/entry -> one
    - held by `link`: <code>the file would become a symbolic link to &#96;one&#96;</code> at `apps/api/production/entry`
    `apps/api/production/entry` (mode 100644 -> 120000, symbolic link to `one`)
    old mode 100644
    new mode 120000
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
    {"before":"100644","after":"120000"} {"before":null,"after":"one"}
    exit 3
     mode change 100644 -> 120000 apps/api/production/entry
    "#);
    assert_snapshot!(shown(File("text\n"), Link("one")), @r#"
    held by link: the symbolic link to `one` would become a file
      apps/api/production/entry
      `--allow link` lifts this hold
      apps/api/production/entry  (mode 120000 -> 100644, was a symbolic link to `one`)
    old mode 120000
    new mode 100644
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
     apps/api/production/entry | 2 +-
     mode change 120000 => 100644 apps/api/production/entry
    - held by `link`: <code>the symbolic link to &#96;one&#96; would become a file</code> at `apps/api/production/entry`
    `apps/api/production/entry` (mode 120000 -> 100644, was a symbolic link to `one`)
    old mode 120000
    new mode 100644
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
    {"before":"120000","after":"100644"} {"before":"one","after":null}
    exit 3
     mode change 120000 -> 100644 apps/api/production/entry
    "#);
}

#[test]
fn a_mode_that_changes_is_shown_with_a_warning() {
    assert_snapshot!(shown(Script("a\n"), File("b\n")), @r#"
    warning: apps/api/production/entry: the file becomes executable: mode 100644 -> 100755
      apps/api/production/entry  (mode 100644 -> 100755)
    old mode 100644
    new mode 100755
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
     apps/api/production/entry | 2 +-
     mode change 100644 => 100755 apps/api/production/entry
    - `apps/api/production/entry`: `the file becomes executable: mode 100644 -> 100755`
    `apps/api/production/entry` (mode 100644 -> 100755)
    old mode 100644
    new mode 100755
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
    {"before":"100644","after":"100755"} null
    exit 0
     mode change 100644 -> 100755 apps/api/production/entry
    "#);
    assert_snapshot!(shown(Script("a\n"), File("a\n")), @r#"
    warning: apps/api/production/entry: the file becomes executable: mode 100644 -> 100755
      apps/api/production/entry  (mode 100644 -> 100755)
    old mode 100644
    new mode 100755
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
     apps/api/production/entry | 0
     mode change 100644 => 100755 apps/api/production/entry
    - `apps/api/production/entry`: `the file becomes executable: mode 100644 -> 100755`
    `apps/api/production/entry` (mode 100644 -> 100755)
    old mode 100644
    new mode 100755
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
    {"before":"100644","after":"100755"} null
    exit 0
     mode change 100644 -> 100755 apps/api/production/entry
    "#);
    assert_snapshot!(shown(File("a\n"), Script("a\n")), @r#"
    warning: apps/api/production/entry: the file is no longer executable: mode 100755 -> 100644
      apps/api/production/entry  (mode 100755 -> 100644)
    old mode 100755
    new mode 100644
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
     apps/api/production/entry | 0
     mode change 100755 => 100644 apps/api/production/entry
    - `apps/api/production/entry`: `the file is no longer executable: mode 100755 -> 100644`
    `apps/api/production/entry` (mode 100755 -> 100644)
    old mode 100755
    new mode 100644
    --- a/apps/api/production/entry
    +++ b/apps/api/production/entry
    {"before":"100755","after":"100644"} null
    exit 0
     mode change 100755 -> 100644 apps/api/production/entry
    "#);
    assert_snapshot!(shown(Script("a\n"), Nothing), @r#"
      apps/api/production/entry  (new, from apps/api/staging/entry, 1 line, mode 100755)
     apps/api/production/entry | 1 +
     create mode 100755 apps/api/production/entry
    `apps/api/production/entry` (new, 1 line, mode 100755)
    new file mode 100755
    +++ b/apps/api/production/entry
    {"before":null,"after":"100755"} null
    exit 0
     create mode 100755 apps/api/production/entry
    "#);
}

#[test]
fn a_link_that_is_removed_is_shown() {
    assert_snapshot!(shown(Nothing, Link("one")), @r#"
      apps/api/production/entry
      apps/api/production/entry  (deleted, was a symbolic link to `one`)
     apps/api/production/entry | 1 -
     delete mode 120000 apps/api/production/entry
    - warning by `deletion`: `a file of api is deleted` at `apps/api/production/entry`
    `apps/api/production/entry` (deleted, was a symbolic link to `one`)
    deleted file mode 120000
    --- a/apps/api/production/entry
    {"before":"120000","after":null} {"before":"one","after":null}
    exit 0
     delete mode 120000 apps/api/production/entry
    "#);
}
