//! `git promote status` where so many files are read that Git reads them in a row.

use serde_json::Value;

use crate::world::{Repo, World};

/// So many that one of them is read alone no more.
const APPLICATIONS: usize = 700;

/// More bytes than a file may have.
const TOO_LARGE: usize = 11 << 20;

fn path(number: usize, file: &str) -> String {
    format!("apps/app-{number:03}/production/{file}")
}

fn version(text: &str) -> String {
    format!("image:\n  repository: acme/app\n  tag: {text}\n")
}

fn large_file() -> (String, String) {
    let text = version("9.9.9") + &format!("text: {}\n", "x".repeat(TOO_LARGE));
    (path(3, "large.yaml"), text)
}

fn repository(world: &World, mut files: Vec<(String, String)>) -> Repo<'_> {
    for number in 0..APPLICATIONS {
        files.push((
            path(number, "values.yaml"),
            version(&format!("1.{number}.0")),
        ));
        files.push((
            path(number, "notes.yaml"),
            format!("owner: team-{number}\n"),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    let repo = world.repository(&files);
    #[cfg(unix)]
    {
        let link = repo.dir.join(path(4, "link.yaml"));
        std::os::unix::fs::symlink("image: acme/app:7.7.7", link).unwrap();
        repo.git(&["add", "."]);
        repo.commit("a link", &[]);
    }
    repo
}

#[test]
fn each_file_keeps_its_own_version() {
    let world = World::new();
    let repo = repository(&world, vec![large_file()]);
    let ran = repo.promote(&["status", "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let warning = format!("warning: {}: the file has ", path(3, "large.yaml"));
    assert!(ran.stderr.starts_with(&warning), "{}", ran.stderr);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let applications = json["applications"].as_array().unwrap();
    assert_eq!(applications.len(), APPLICATIONS);
    for (number, application) in applications.iter().enumerate() {
        let versions = &application["environments"][0]["versions"];
        let expected = serde_json::json!([format!("1.{number}.0")]);
        assert_eq!(*versions, expected, "{application}");
    }
}

#[test]
fn a_file_that_is_missing_is_named() {
    // Behind a file that is too large, Git reads in another way.
    for before in [vec![], vec![large_file()]] {
        let world = World::new();
        let repo = repository(&world, before);
        let id = repo.tip(&format!("HEAD:{}", path(600, "values.yaml")));
        let (folder, file) = id.split_at(2);
        std::fs::remove_file(repo.dir.join(format!(".git/objects/{folder}/{file}"))).unwrap();
        let ran = repo.promote(&["status"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stderr.contains(&id), "{}", ran.stderr);
    }
}

#[test]
fn a_version_of_the_first_commit_is_there_since_then() {
    let world = World::new();
    let names = ["a", "a-b", "a.b", "b"];
    let file = |name: &str| format!("apps/{name}/production/values.yaml");
    let files = names.map(|name| (file(name), version("1.0.0")));
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    let repo = world.repository(&files);
    let first = repo.tip("HEAD");
    repo.commit("b", &[(&file("b"), &version("1.1.0"))]);
    let ran = repo.promote(&["status", "--output", "json"]);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let applications = json["applications"].as_array().unwrap().iter();
    let since = applications.map(|a| &a["environments"][0]["since"]["commit"]);
    let second = repo.tip("HEAD");
    assert!(since.eq([&first, &first, &first, &second]), "{json:#}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let world = World::new();
    let file = "apps/web/production/values.yaml";
    let repo = world.repository(&[(file, "image:\n  tag: 1.0.0\n bad: [\n")]);
    let ran = repo.promote(&["status"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("unreadable"), "{}", ran.stdout);
    let warning = format!("warning: {file}:3:");
    assert!(ran.stderr.starts_with(&warning), "{}", ran.stderr);
    let ran = repo.promote(&["status", "--output", "json"]);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let cell = &json["applications"][0]["environments"][0];
    assert_eq!(cell["unreadable"][0]["path"], file, "{json:#}");
    assert_eq!(cell["unreadable"][0]["line"], 3, "{json:#}");
}

#[test]
fn a_damaged_object_is_an_error_in_the_words_of_git() {
    let world = World::new();
    let repo = repository(&world, Vec::new());
    let id = repo.tip(&format!("HEAD:{}", path(600, "values.yaml")));
    let (folder, file) = id.split_at(2);
    let object = repo.dir.join(format!(".git/objects/{folder}/{file}"));
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, "no object").unwrap();
    let ran = repo.promote(&["status"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(!ran.stderr.contains("partial clone"), "{}", ran.stderr);
    assert!(ran.stderr.contains(&id), "{}", ran.stderr);
}
