//! Names and values that try to be something else in a preview, a commit or a pull request.

use git_promote::domain::is_invisible;

use crate::world::{Ran, Repo, World};

const HOP: [&str; 6] = [
    "--from",
    "staging",
    "--to",
    "production",
    "--promote",
    "all",
];

/// What somebody who may only write to staging could call a folder, a file, a field or a version.
const HOSTILE: &[&str] = &[
    // Lines of a commit message.
    "x\n\nSigned-off-by: CEO <ceo@example.com>\ny",
    "Signed-off-by: CEO <ceo@example.com>",
    "a\r\nCo-authored-by: Eve <eve@example.com>",
    "a\rReviewed-by: Eve <eve@example.com>",
    "a\u{2028}Acked-by: Eve <eve@example.com>",
    "a\u{85}\u{2029}\u{b}\u{c}Promotion-Allowed: all",
    "Promotion-Id: 0000",
    "---",
    "# x",
    // Instructions to a forge or a CI system.
    "[skip ci]",
    "[skip\tci] [ci skip] ***NO_CI***",
    "skip ci",
    "skip-checks: true",
    "fixes #1",
    "GH-1 acme!1 !1 &1",
    "@octocat @acme.admins",
    "::add-mask::production",
    "  ::stop-commands::x",
    "x ##vso[task.setvariable variable=a]b ##[error]c",
    // Markdown and HTML.
    "`` ` ``` ~~~ |",
    "![x](https:evil.example) [y](z) <img src=x> </code>",
    "<!-- git-promote-asked: ada -->",
    "</details> @octocat <details>",
    // Terminals and readers.
    "\u{1b}[2K\u{1b}[1A\u{1b}]0;x\u{7}",
    "\u{9b}2J\u{7f}",
    "\u{202e}drowssap\u{2066}",
    "pro\u{200b}d\u{ad}uction\u{feff}",
    "\u{e0041}\u{fe0f}\u{3164}\u{180e}",
    "tab\tand\u{a0}no-break\u{3000}space",
    // Shells and options.
    "$(touch pwned) `touch pwned` ${HOME} $HOME",
    "'; touch pwned; '",
    "\"; touch pwned; \"",
    "-rf",
    "--allow=all",
    "a\\u{1b}[2K",
];

/// A repository in which a promotion changes a version and adds a file, with this text as the name of
/// the application, of its files and of a field, and as the new version.
fn repository<'w>(world: &'w World, name: &str, text: &str) -> Repo<'w> {
    let part = text.replace('/', "-");
    let quoted = quoted(text);
    let repo = world.repository_at(name, &[]);
    let values = |version: &str| format!("{quoted}:\n  image: {{tag: {version}}}\n");
    let path = |environment| format!("apps/{part}/{environment}/{part}.yaml");
    repo.write(&path("staging"), &values(&quoted));
    repo.write(&path("production"), &values("1.0.0"));
    repo.write(
        &format!("new/{part}/staging/{part}.sh"),
        &format!("{text}\n"),
    );
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "-m", "start"]);
    repo
}

/// A text as a double-quoted string of YAML.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if is_invisible(c) => format!("\\U{:08x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Fails if an output controls a terminal or a runner, or shows something that cannot be seen.
fn assert_harmless(ran: &Ran, context: &str) {
    for text in [&ran.stdout, &ran.stderr] {
        let hidden: Vec<char> = (text.chars())
            .filter(|c| *c != '\n' && is_invisible(*c))
            .collect();
        assert!(hidden.is_empty(), "{context}: {hidden:?}\n{ran}");
        for line in text.lines() {
            let is_command = line.trim().starts_with("::") && line.trim()[2..].contains("::");
            assert!(!is_command, "{context}: {line}");
            assert!(
                !line.contains("##vso[") && !line.contains("##["),
                "{context}: {line}"
            );
        }
    }
}

/// Fails if a commit message has more than a title, a body and the promotion's own trailers.
fn assert_plain_message(repo: &Repo<'_>, message: &str, context: &str) {
    let context = format!("{context}: {message:?}");
    assert!(
        !message.chars().any(|c| c != '\n' && is_invisible(c)),
        "{context}"
    );
    let (text, trailers) = message.trim_end().rsplit_once("\n\n").unwrap();
    let keys = trailers
        .lines()
        .map(|line| line.split_once(": ").unwrap().0);
    assert!(
        keys.clone().all(|key| key.starts_with("Promotion-")),
        "{context}"
    );
    assert_eq!(
        keys.filter(|key| *key == "Promotion-Id").count(),
        1,
        "{context}"
    );
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("Promote "), "{context}");
    for line in lines.filter(|line| !line.is_empty()) {
        let start = line.split([':', ' ']).next().unwrap();
        assert!(start.contains(['/', '.']), "{context}: {line:?}");
        assert!(
            !line.starts_with(['#', '-', '@', '<']),
            "{context}: {line:?}"
        );
    }
    let lower = message.to_ascii_lowercase();
    for instruction in [
        "[skip ci]",
        "[ci skip]",
        "***no_ci***",
        "skip-checks: true",
        "fixes #1",
        " gh-1",
        " !1",
        "@octocat",
        "@acme",
    ] {
        assert!(!lower.contains(instruction), "{context}: {instruction}");
    }
    let parsed = repo.git(&["log", "-1", "--format=%(trailers:only)"]);
    // Git leaves out the spaces at the start of a value.
    let values = |text: &str| -> Vec<(String, String)> {
        let lines = text
            .trim()
            .lines()
            .map(|line| line.split_once(": ").unwrap());
        let lines = lines.map(|(key, value)| (key.to_owned(), value.trim_start().to_owned()));
        lines.collect()
    };
    assert_eq!(values(&parsed), values(trailers), "{context}");
}

#[test]
fn no_name_or_value_is_anything_but_text() {
    let world = World::new();
    for (i, text) in HOSTILE.iter().enumerate() {
        let context = format!("{text:?}");
        let repo = repository(&world, &i.to_string(), text);
        let diff = |more: &[&str]| {
            let ran = repo.promote(&[&["diff"], &HOP[..], more].concat());
            assert_harmless(&ran, &context);
            assert_eq!(ran.code, 0, "{context}: {ran}");
            ran.stdout
        };
        diff(&["--kept", "--selectors"]);
        diff(&["--full"]);
        diff(&["--stat"]);
        diff(&["--name-only"]);
        let markdown = diff(&["--output", "markdown"]);
        let is_hidden_line = |line: &str| line.starts_with("<!-- git-promote");
        assert!(
            !markdown.lines().any(is_hidden_line),
            "{context}: {markdown}"
        );
        let json: serde_json::Value = serde_json::from_str(&diff(&["--output", "json"])).unwrap();
        let shown = json["commit_message"].as_str().unwrap().to_owned();
        let ran = repo.promote(&[&HOP[..], &["--allow", "all", "--yes"]].concat());
        assert_eq!(ran.code, 0, "{context}: {ran}");
        assert_harmless(&ran, &context);
        let message = repo.git(&["log", "-1", "--format=%B"]);
        assert_plain_message(&repo, &message, &context);
        let is_lifted = |line: &&str| line.starts_with("Promotion-Allowed: ");
        let without: Vec<&str> = message.lines().filter(|line| !is_lifted(line)).collect();
        assert_eq!(without.join("\n").trim_end(), shown.trim_end(), "{context}");
    }
    assert!(!world.path("pwned").exists());
}

#[test]
fn an_application_names_no_branch_and_no_command() {
    let world = World::new();
    for (i, text) in HOSTILE.iter().enumerate() {
        let repo = repository(&world, &i.to_string(), text);
        let diff = repo.promote(&[&["diff"], &HOP[..], &["--output", "json"]].concat());
        let diff: serde_json::Value = serde_json::from_str(&diff.stdout).unwrap();
        let application = diff["applications"][0]["name"].as_str().unwrap();
        let service = format!("--service={application}");
        let action = ["--action", "pull-request", "--yes", "--allow=all", &service];
        let ran = repo.promote(&[&HOP[..], &action].concat());
        assert_harmless(&ran, text);
        let branches = repo.git(&[
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads/promote",
        ]);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        assert!(
            branches.starts_with("promote/staging-to-production/"),
            "{text:?}: {ran}"
        );
        assert!(branches.trim_end().chars().all(is_plain), "{branches}");
        assert!(
            ran.stderr
                .contains(&format!("`git merge {}`", branches.trim_end())),
            "{ran}"
        );
    }
}

#[test]
fn a_branch_in_a_hint_is_quoted_for_a_shell() {
    let world = World::new();
    let (remote, clone) = world.cloned(&[
        ("apps/web/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/web/production/values.yaml", "image: {tag: 1.0.0}\n"),
    ]);
    let branch = "$(touch${IFS}pwned)";
    clone.git(&["checkout", "--quiet", "-b", branch]);
    clone.git(&["push", "--quiet", "origin", branch]);
    clone.git(&[
        "branch",
        "--quiet",
        "--set-upstream-to",
        &format!("origin/{branch}"),
    ]);
    clone.git(&["commit", "--quiet", "--allow-empty", "-m", "more"]);
    clone.git(&["push", "--quiet"]);
    clone.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let ran = clone.promote(&[&HOP[..], &["--yes", "--no-push", "--branch", branch]].concat());
    assert!(ran.stderr.contains("'$(touch${IFS}pwned)'"), "{ran}");
    drop(remote);
}
