//! Secrets do not appear in any output, command line or file, neither as they are nor encoded.

use std::fs;
use std::path::Path;

use crate::github::{StandIn, TOKEN};
use crate::remotes::{Http, PASSWORD, Ssh, USER, ssh_home};
use crate::world::{Ran, Repo, World};

const FILES: &[(&str, &str)] = &[
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    ("apps/api/production/values.yaml", "image:\n  tag: 1.4.2\n"),
];

/// Runs the program with every word of every other program that it starts written down.
fn watched(world: &World, repo: &Repo<'_>, variables: &[(&str, &str)], words: &[&str]) -> Ran {
    fs::create_dir_all(world.path("bin")).unwrap();
    for name in ["git", "ssh", "sh"] {
        let real = ["/usr/local/bin", "/usr/bin", "/bin"]
            .map(|folder| Path::new(folder).join(name))
            .into_iter()
            .find(|file| file.is_file());
        let Some(real) = real else { continue };
        let log = world.path("words").display().to_string();
        let real = real.display();
        let script = format!("printf '%s\\n' \"$@\" >> '{log}'\nexec '{real}' \"$@\"");
        world.script(&format!("bin/{name}"), &script);
    }
    let path = format!(
        "{}:{}",
        world.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command
        .current_dir(&repo.dir)
        .env("PATH", path)
        .envs(variables.iter().copied())
        .args([
            "--from",
            "staging",
            "--to",
            "production",
            "--yes",
            "--verbose",
            "--timeout",
            "5",
        ])
        .args(words);
    Ran::from(command.output().unwrap())
}

/// The forms in which a secret would be recognised: as it is, percent-encoded, and as base64 of a text
/// that it is a part of.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    for keeps_plain in [false, true] {
        let encoded = |byte: u8| {
            if keeps_plain && is_plain(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        let upper: String = secret.bytes().map(encoded).collect();
        forms.push(upper.to_ascii_lowercase());
        forms.push(upper);
    }
    for before in 0..3 {
        let text = [&[0; 2][..before], secret.as_bytes()].concat();
        // The first and the last character may also have bits of what is around it.
        let own = (before * 8).div_ceil(6)..text.len() * 8 / 6;
        let encoded = base64(&text)[own].to_owned();
        forms.push(encoded.replace('+', "-").replace('/', "_"));
        forms.push(encoded);
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Base64 without padding.
fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| {
        let byte = bytes.get(at / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - at % 8) & 1)
    };
    (0..(bytes.len() * 8).div_ceil(6))
        .map(|n| (0..6).fold(0, |value, i| value << 1 | bit(n * 6 + i)))
        .map(|value| char::from(alphabet[value]))
        .collect()
}

#[test]
fn an_encoded_secret_is_recognised() {
    assert_eq!(base64(b"Many hands"), "TWFueSBoYW5kcw");
    let forms = forms("se:cret/1");
    let has = |text: &str| forms.iter().any(|form| text.contains(form.as_str()));
    for around in ["", "u", "us", "user:"] {
        let text = format!("{around}se:cret/1{around}");
        assert!(has(&base64(text.as_bytes())), "{text}");
    }
    for text in [
        "se%3Acret%2F1",
        "se%3acret%2f1",
        "%73%65%3A%63%72%65%74%2F%31",
    ] {
        assert!(has(text), "{text}");
    }
    assert!(!has("secret/1"));
}

/// All files below a folder that hold a secret, but for those that are meant to.
fn holders(folder: &Path, forms: &[String], meant: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.extend(holders(&path, forms, meant));
        } else if entry.file_type().unwrap().is_file() {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            let shown = path.display().to_string();
            let holds = forms.iter().any(|form| text.contains(form.as_str()));
            if holds && !meant.iter().any(|end| shown.ends_with(end)) {
                found.push(shown);
            }
        }
    }
    found
}

fn assert_hidden(world: &World, ran: &Ran, secret: &str, meant: &[&str]) {
    let forms = forms(secret);
    let output = ran.to_string();
    assert!(
        !forms.iter().any(|form| output.contains(form.as_str())),
        "{ran}"
    );
    let found = holders(&world.path(""), &forms, meant);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_password_is_seen_nowhere() {
    let _alone = super::alone();
    for in_url in [false, true] {
        let world = World::new();
        let Some(http) = Http::start(&world) else {
            return;
        };
        http.let_in(&world);
        let (_remote, repo) = world.cloned(FILES);
        let mut url = format!("{}/remote.git", http.url);
        if in_url {
            fs::remove_file(world.path("home/.git-credentials")).unwrap();
            url = url.replace("://", &format!("://{USER}:{PASSWORD}@"));
        }
        repo.git(&["remote", "set-url", "origin", &url]);
        let meant = [".git-credentials", "repo/.git/config"];
        for (hook, code) in [("exit 1", 1), ("exit 0", 0)] {
            world.script("remote.git/hooks/update", hook);
            let ran = watched(&world, &repo, &[], &[]);
            assert_eq!(ran.code, code, "{ran}");
            assert_hidden(&world, &ran, PASSWORD, &meant);
        }
    }
}

#[test]
fn a_token_is_seen_nowhere() {
    let _alone = super::alone();
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    let github = StandIn::of(&remote.dir);
    repo.git(&["remote", "set-url", "origin", &github.clone_url()]);
    let (server, api) = (github.url(), github.api());
    for token in [TOKEN, "ghp_aWrongTokenThatIsAlsoNobodysBusiness00"] {
        let variables = [
            ("GITHUB_SERVER_URL", server.as_str()),
            ("GITHUB_API_URL", api.as_str()),
            ("GH_TOKEN", token),
        ];
        for action in ["pull-request", "commit"] {
            let words = ["--action", action];
            let ran = watched(&world, &repo, &variables, &words);
            assert_eq!(ran.code, i32::from(token != TOKEN), "{ran}");
            assert_hidden(&world, &ran, token, &[]);
        }
    }
    let pulls = format!("{:?}", github.pulls());
    let holds = |form: &String| pulls.contains(form.as_str());
    assert!(!forms(TOKEN).iter().any(holds), "{pulls}");
}

#[test]
fn a_private_key_is_seen_nowhere() {
    let _alone = super::alone();
    let world = World::new();
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    fs::write(world.path("home/.ssh/known_hosts"), &ssh.known).unwrap();
    ssh_home(&world);
    let (remote, repo) = world.cloned(FILES);
    let path = remote.dir.display().to_string();
    repo.git(&["remote", "set-url", "origin", &format!("{}{path}", ssh.url)]);
    let key = fs::read_to_string(world.path("home/.ssh/id_ed25519")).unwrap();
    let line = key.lines().nth(2).unwrap().to_owned();
    let ran = watched(&world, &repo, &[], &[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_hidden(&world, &ran, &line, &[".ssh/id_ed25519"]);
}
