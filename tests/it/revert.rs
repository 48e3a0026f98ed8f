//! `git promote revert` in real repositories.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Ran, Repo, World};

const API: [&str; 2] = [
    "apps/staging/api/values.yaml",
    "apps/production/api/values.yaml",
];
const WEB: [&str; 2] = [
    "apps/staging/web/values.yaml",
    "apps/production/web/values.yaml",
];

fn values(tag: &str) -> String {
    format!("image:\n  tag: {tag} # by hand\nsidecar:\n  image: acme/proxy:{tag}\nreplicas: 3\n")
}

/// A repository in which staging is ahead with both applications.
fn repository(world: &World) -> Repo<'_> {
    let (old, new) = (values("1.0.0"), values("1.1.0"));
    world.repository(&[
        (API[0], &new),
        (API[1], &old),
        (WEB[0], &new),
        (WEB[1], &old),
    ])
}

/// Promotes, and returns the commit.
fn promote(repo: &Repo<'_>, more: &[&str]) -> String {
    let args = ["--from", "staging", "--to", "production", "--yes"];
    let ran = repo.promote(&[&args, more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    repo.tip("HEAD")
}

fn revert(repo: &Repo<'_>, promotion: &str, more: &[&str]) -> Ran {
    repo.promote(&[&["revert", promotion, "--yes"], more].concat())
}

/// Reverts, and returns what was printed.
fn reverted(repo: &Repo<'_>, promotion: &str, more: &[&str]) -> Ran {
    let ran = revert(repo, promotion, more);
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn log(repo: &Repo<'_>) -> Vec<Value> {
    let ran = repo.promote(&["log", "--output", "json"]);
    let mut json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let promotions = json["promotions"].as_array_mut().unwrap();
    std::mem::take(promotions)
}

#[test]
fn a_promotion_is_taken_back_and_restored() {
    let world = World::new();
    let repo = repository(&world);
    let before = repo.tip("HEAD^{tree}");
    let promotion = promote(&repo, &["--service", "api"]);
    let after = repo.tip("HEAD^{tree}");
    assert_snapshot!(repo.redact(reverted(&repo, &promotion, &[])), @"
    exit 0
    --- stdout
    api  1.1.0 -> 1.0.0
      apps/production/api/values.yaml
        image.tag      1.1.0 -> 1.0.0
        sidecar.image  1.1.0 -> 1.0.0

    --- a/apps/production/api/values.yaml
    +++ b/apps/production/api/values.yaml
    @@ -1,5 +1,5 @@
     image:
    -  tag: 1.1.0 # by hand
    +  tag: 1.0.0 # by hand
     sidecar:
    -  image: acme/proxy:1.1.0
    +  image: acme/proxy:1.0.0
     replicas: 3

    commit message:
        Revert api to 1.0.0 in production

        apps/production/api/values.yaml: image.tag 1.1.0 -> 1.0.0
        apps/production/api/values.yaml: sidecar.image acme/proxy:1.1.0 -> acme/proxy:1.0.0

        This reverts commit [COMMIT].

        Promotion-Id: [ID]
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: api
        Promotion-Source: [COMMIT]
        Promotion-Target: [COMMIT]
        Promotion-Mode: revert
        Promotion-Reverts: bbca9e7cb1cceab7b3f74dcfc1c9fe75

    revert of [COMMIT] in production: 2 differences in 1 file of 1 application
    committed [COMMIT] on main

    --- stderr
    ");
    assert_eq!(repo.tip("HEAD^{tree}"), before);
    assert_eq!(repo.status(), "");
    let revert = repo.tip("HEAD");
    let again = reverted(&repo, &promotion, &[]);
    assert_eq!(
        again.stdout,
        format!("{} is already reverted in production\n", &promotion[..7])
    );
    assert_eq!(repo.tip("HEAD"), revert);
    let [first, second] = log(&repo).try_into().unwrap();
    assert_eq!(first["reverts"]["commit"], promotion);
    assert_eq!(second["reverted_by"], revert);
    reverted(&repo, &revert, &[]);
    assert_eq!(repo.tip("HEAD^{tree}"), after);
    let [restored, taken_back, promoted] = log(&repo).try_into().unwrap();
    assert_eq!(restored["promotion_id"], promoted["promotion_id"]);
    assert_eq!(taken_back["reverted_by"], repo.tip("HEAD"));
    assert_eq!(promoted["reverted_by"], Value::Null);
}

#[test]
fn what_was_changed_since_stays() {
    let world = World::new();
    let repo = repository(&world);
    let promotion = promote(&repo, &["--service", "api"]);
    let hotfix = values("1.1.0")
        .replace("proxy:1.1.0", "proxy:1.1.1")
        .replace("replicas: 3", "replicas: 5");
    repo.commit("hotfix", &[(API[1], &hotfix)]);
    assert_snapshot!(repo.redact(reverted(&repo, &promotion, &[])), @"
    exit 0
    --- stdout
    api  1.1.0 -> 1.0.0
      apps/production/api/values.yaml
        image.tag  1.1.0 -> 1.0.0

    --- a/apps/production/api/values.yaml
    +++ b/apps/production/api/values.yaml
    @@ -1,5 +1,5 @@
     image:
    -  tag: 1.1.0 # by hand
    +  tag: 1.0.0 # by hand
     sidecar:
       image: acme/proxy:1.1.1
     replicas: 5

    commit message:
        Revert api to 1.0.0 in production

        apps/production/api/values.yaml: image.tag 1.1.0 -> 1.0.0

        This reverts commit [COMMIT].

        Promotion-Id: [ID]
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: api
        Promotion-Source: [COMMIT]
        Promotion-Target: [COMMIT]
        Promotion-Mode: revert
        Promotion-Reverts: bbca9e7cb1cceab7b3f74dcfc1c9fe75

    1 kept: 1 changed since by [COMMIT]

    api
      apps/production/api/values.yaml
        sidecar.image  1.1.1 -> 1.0.0  (changed since by [COMMIT])

    revert of [COMMIT] in production: 1 difference in 1 file of 1 application
    committed [COMMIT] on main

    --- stderr
    ");
    let expected = hotfix.replace("tag: 1.1.0", "tag: 1.0.0");
    assert_eq!(repo.read(API[1]), expected);
    let [_, promoted] = log(&repo).try_into().unwrap();
    assert_eq!(promoted["reverted_by"], Value::Null);
    assert_eq!(promoted["partly_reverted_by"], repo.tip("HEAD"));
    // An exact selector decides against the hotfix.
    let selector = format!("{}:$.sidecar.image", API[1]);
    let first = repo.tip("HEAD");
    reverted(&repo, &promotion, &["--only", &selector]);
    let [_, _, promoted] = log(&repo).try_into().unwrap();
    let both = [repo.tip("HEAD"), first];
    assert_eq!(promoted["partial_reverts"], serde_json::json!(both));
    assert_eq!(
        repo.read(API[1]),
        values("1.0.0").replace("replicas: 3", "replicas: 5")
    );
}

#[test]
fn added_files_are_deleted_and_deleted_ones_come_back() {
    let world = World::new();
    let (config, old) = ("kind: ConfigMap\nmetadata:\n  name: a\n", values("1.0.0"));
    let repo = world.repository(&[
        (API[0], &old),
        (API[1], &old),
        ("apps/staging/api/added.yaml", config),
        ("apps/production/api/deleted.yaml", config),
    ]);
    let before = repo.tip("HEAD^{tree}");
    let all = ["--promote", "all", "--delete", "--allow", "all"];
    let promotion = promote(&repo, &all);
    reverted(&repo, &promotion, &[]);
    assert_eq!(repo.tip("HEAD^{tree}"), before);
    let promotion = promote(&repo, &all);
    let added = "apps/production/api/added.yaml";
    let changed = config.replace("name: a", "name: b");
    let hotfix = repo.commit("hotfix", &[(added, &changed)]);
    let ran = reverted(&repo, &promotion, &[]);
    let kept = format!("{added}  (changed since by {})", &hotfix[..7]);
    assert!(ran.stdout.contains(&kept), "{ran}");
    assert!(repo.has(added) && repo.has("apps/production/api/deleted.yaml"));
}

/// Promotes an application on a branch of its own, on which a person commits as well.
fn on_a_branch(repo: &Repo<'_>, service: &str) -> String {
    repo.git(&["checkout", "-qb", service]);
    let promotion = promote(repo, &["--service", service, "--branch", service]);
    repo.commit("a note", &[(&format!("docs/{service}.md"), "note\n")]);
    repo.git(&["checkout", "-q", "main"]);
    promotion
}

#[test]
fn a_merged_promotion_is_found_by_its_pull_request_and_its_merge() {
    let world = World::new();
    let repo = repository(&world);
    let api = on_a_branch(&repo, "api");
    let title = "Merge pull request #12 from acme/promote/api";
    repo.git(&["merge", "-q", "--no-ff", "-m", title, "api"]);
    let merge = repo.tip("HEAD");
    let web = on_a_branch(&repo, "web");
    let message = repo.git(&["log", "-1", "--format=%B", &web]);
    repo.git(&["merge", "-q", "--squash", "web"]);
    repo.git(&["commit", "-qm", &message.replacen('\n', " (#13)\n", 1)]);
    for (name, path) in [("#12", API[1]), (&merge[..8], API[1]), ("13", WEB[1])] {
        let tip = repo.tip("HEAD");
        let ran = reverted(&repo, name, &[]);
        assert_eq!(repo.read(path), values("1.0.0"), "{ran}");
        assert!(repo.has("docs/web.md"), "{ran}");
        repo.git(&["reset", "-q", "--hard", &tip]);
    }
    let [_, first] = log(&repo).try_into().unwrap();
    assert_eq!(first["commit"], api);
    assert_eq!(first["merge"]["commit"], merge);
}

#[test]
fn one_application_of_several_is_reverted_alone() {
    let world = World::new();
    let repo = repository(&world);
    let promotion = promote(&repo, &[]);
    let unknown = revert(&repo, &promotion, &["--service", "wep"]);
    assert_eq!(unknown.code, 2, "{unknown}");
    reverted(&repo, &promotion, &["--service", "web"]);
    assert_eq!(repo.read(API[1]), values("1.1.0"));
    assert_eq!(repo.read(WEB[1]), values("1.0.0"));
    reverted(&repo, &promotion, &[]);
    assert_eq!(repo.read(API[1]), values("1.0.0"));
}

#[test]
fn the_next_promotion_starts_from_before_what_was_reverted() {
    let world = World::new();
    let repo = repository(&world);
    let changes = ["--service", "api", "--promote", "changes"];
    promote(&repo, &["--service", "api"]);
    let debug = |text: String| text.replace("replicas: 3", "replicas: 3\ndebug: true");
    repo.commit("debug", &[(API[0], &debug(values("1.1.0")))]);
    let promotion = promote(&repo, &changes);
    assert_eq!(repo.read(API[1]), debug(values("1.1.0")));
    // With a body of the user, only the trailer records the revert.
    reverted(&repo, &promotion, &["--body", "It crashed."]);
    assert_eq!(repo.read(API[1]), values("1.1.0"));
    promote(&repo, &changes);
    assert_eq!(repo.read(API[1]), debug(values("1.1.0")));
}

#[test]
fn errors_name_what_to_use_instead() {
    let world = World::new();
    let repo = repository(&world);
    promote(&repo, &["--service", "api"]);
    let other = repo.commit("by hand", &[("notes.txt", "x\n")]);
    for name in ["#7", "0badc0de", other.as_str()] {
        let ran = revert(&repo, name, &[]);
        assert_eq!(ran.code, 2, "{ran}");
    }
    assert_snapshot!(repo.redact(revert(&repo, "HEAD", &[])), @"
    exit 2
    --- stdout

    --- stderr
    error: commit `[COMMIT]` is not a promotion
    hint: `git promote log` lists the promotions; `git revert` takes back any other commit
    ");
    assert_snapshot!(repo.redact(revert(&repo, "#7", &[])), @"
    exit 2
    --- stdout

    --- stderr
    error: there is no promotion `#7` in the history of `main`
    hint: `git promote log` lists the promotions with their commits; `--output json` also has their ids
    ");
    let json = revert(&repo, "#7", &["--output", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["status"], "failed");
}

#[test]
fn local_changes_of_the_files_stop_it_and_others_stay() {
    let world = World::new();
    let repo = repository(&world);
    let promotion = promote(&repo, &["--service", "api"]);
    repo.write(API[1], "broken\n");
    let ran = revert(&repo, &promotion, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("have local changes"), "{ran}");
    assert_eq!(repo.read(API[1]), "broken\n");
    assert_eq!(repo.tip("HEAD"), promotion);
    repo.git(&["checkout", "-q", API[1]]);
    repo.write(WEB[1], "broken\n");
    reverted(&repo, &promotion, &[]);
    assert_eq!(repo.read(API[1]), values("1.0.0"));
    assert_eq!(repo.read(WEB[1]), "broken\n");
}

#[test]
fn a_shallow_clone_needs_the_commit_before() {
    let world = World::new();
    let repo = repository(&world);
    let promotion = promote(&repo, &["--service", "api"]);
    let dir = world.path("shallow");
    let (from, to) = (
        format!("file://{}", repo.dir.display()),
        dir.display().to_string(),
    );
    world.git(&["clone", "--quiet", "--depth", "1", &from, &to]);
    let shallow = world.at(dir);
    assert_snapshot!(shallow.redact(revert(&shallow, &promotion, &["--no-push"])), @"
    exit 2
    --- stdout

    --- stderr
    error: the commit before `[COMMIT]` is missing from this shallow clone
    hint: `git fetch --unshallow` fetches the whole history
    ");
    shallow.commit("later", &[("notes.txt", "x\n")]);
    let unknown = revert(&shallow, "0badc0de", &["--no-push"]);
    assert!(unknown.stderr.contains("shallow clone"), "{unknown}");
}

#[test]
fn the_json_names_the_reverted_promotion() {
    let world = World::new();
    let repo = repository(&world);
    let promotion = promote(&repo, &["--service", "api"]);
    let ran = revert(&repo, &promotion, &["--output", "json", "--dry-run"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema = world.promote(&["schema", "result"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    assert_eq!(document["reverts"]["commit"], promotion);
    assert_eq!(document["status"], "planned");
}

/// The files of a fixture.
fn read_files(dir: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().display());
        if entry.file_type().unwrap().is_dir() {
            read_files(&entry.path(), &format!("{name}/"), found);
        } else if entry.file_type().unwrap().is_file() {
            found.push((name, fs::read(entry.path()).unwrap()));
        }
    }
}

/// The arguments of a fixture that promotes something.
fn promoting(dir: &Path) -> Option<Vec<String>> {
    let args = fs::read_to_string(dir.join("args")).unwrap();
    let args: Vec<String> = args
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(ToOwned::to_owned)
        .collect();
    let is_promotion = args.first().is_some_and(|first| first.starts_with("--"));
    (is_promotion && dir.join("after").is_dir() && !dir.join("exit").exists()).then_some(args)
}

#[test]
fn every_promotion_and_its_revert_are_nothing() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut count = 0;
    for entry in fs::read_dir(fixtures).unwrap() {
        let dir = entry.unwrap().path();
        let Some(args) = promoting(&dir) else {
            continue;
        };
        let mut files = Vec::new();
        read_files(&dir.join("before"), "", &mut files);
        let texts: Option<Vec<(&str, &str)>> = (files.iter())
            .map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?)))
            .collect();
        let Some(texts) = texts else { continue };
        let world = World::new();
        let repo = world.repository(&texts);
        let start = repo.tip("HEAD");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = repo.promote(&[&args[..], &["--yes"]].concat());
        let promotion = repo.tip("HEAD");
        if ran.code != 0 || promotion == start {
            continue;
        }
        count += 1;
        let name = dir.display();
        // One commit for each target.
        let commits = repo.git(&["rev-list", &format!("{start}..{promotion}")]);
        let revert_all = |repo: &Repo<'_>| {
            let mut shown = String::new();
            for commit in commits.lines() {
                let ran = revert(repo, commit, &["--allow", "all"]);
                assert_eq!(ran.code, 0, "{name}: {ran}");
                shown.push_str(&ran.to_string());
            }
            shown
        };
        let ran = revert_all(&repo);
        let left = repo.git(&["diff", &start, "HEAD"]);
        assert_eq!(left, "", "{name}: {ran}");
        // After another change of a file, its places are edited one by one.
        repo.git(&["reset", "-q", "--hard", &promotion]);
        let changed = repo.git(&["diff", "--name-only", "--diff-filter=M", &start, "HEAD"]);
        for path in changed.lines() {
            let text = repo.read(path);
            if path.ends_with("yaml") && text.ends_with('\n') {
                repo.write(path, &format!("{text}# later\n"));
            }
        }
        repo.git(&["commit", "-qam", "later", "--allow-empty"]);
        let ran = revert_all(&repo);
        // A version that became a text remains one: its quotes stay.
        let left = repo.git(&["diff", "-U0", &start, "HEAD"]);
        let lines = |sign: char| {
            let file = format!("{sign}{sign}{sign} ");
            let lines = left.lines().filter(|line| !line.starts_with(&file));
            let lines = lines.filter_map(|line| line.strip_prefix(sign));
            lines
                .filter(|line| *line != "# later")
                .map(|line| line.replace(['"', '\''], ""))
                .collect()
        };
        let (removed, added): (Vec<String>, Vec<String>) = (lines('-'), lines('+'));
        assert_eq!(removed, added, "{name}: {left}{ran}");
    }
    assert!(count > 30, "{count} fixtures promote something");
}

#[test]
fn commands_check_the_files_of_a_revert_as_well() {
    let world = World::new();
    let repo = repository(&world);
    let promotion = promote(&repo, &["--service", "api"]);
    let command = format!("! grep -q 1.0.0 {}", API[1]);
    let ran = revert(&repo, &promotion, &["--verify", &command]);
    assert_eq!(ran.code, 3, "{ran}");
    assert_eq!(repo.tip("HEAD"), promotion);
}

#[test]
fn only_the_promotion_of_a_squashed_commit_is_reverted() {
    let world = World::new();
    let repo = repository(&world);
    repo.git(&["checkout", "-qb", "both"]);
    let api = promote(&repo, &["--service", "api", "--branch", "both"]);
    let web = promote(&repo, &["--service", "web", "--branch", "both"]);
    repo.commit("a note", &[("docs/both.md", "note\n")]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--squash", "both"]);
    let messages = [&api, &web].map(|commit| repo.git(&["log", "-1", "--format=%B", commit]));
    repo.git(&[
        "commit",
        "-qm",
        &format!("Both (#14)\n\n{}", messages.join("\n\n")),
    ]);
    let several = revert(&repo, "#14", &[]);
    assert_eq!(several.code, 2, "{several}");
    let [first, _] = log(&repo).try_into().unwrap();
    let id = first["promotion_id"].as_str().unwrap();
    let ran = reverted(&repo, id, &[]);
    assert!(ran.stdout.contains("which stay: "), "{ran}");
    assert!(ran.stdout.contains("docs/both.md"), "{ran}");
    let states = [API[1], WEB[1]].map(|path| repo.read(path));
    assert_eq!(states, [values("1.1.0"), values("1.0.0")], "{ran}");
}
