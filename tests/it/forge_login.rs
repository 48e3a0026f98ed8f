//! Logins: what is refused, what is missing, and that no secret is ever shown.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use git_promote::adapter::forge::github::{App, GitHub, Login};
use git_promote::adapter::forge::http::{Connection, ProxyChoice, RetryPolicy, TokenSource};
use git_promote::port::{Forge, ForgeError};
use secrecy::ExposeSecret;

use crate::forge_github::{
    HEAD, RETRY, address, direct, display_chain, forge, proposal, proposed, robot, run, with_login,
    with_retry,
};
use crate::github::{Account, App as Installed, Failing, How, Raw, Recorded, StandIn, TOKEN};
use crate::skipped::{Missing, skip};
use crate::world::{Ran, World};

const FILES: &[(&str, &str)] = &[
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    ("apps/api/production/values.yaml", "image:\n  tag: 1.4.2\n"),
];
const PROMOTE: &[&str] = &["--from", "staging", "--to", "production", "--yes"];

/// All that a user or a log could see of an error.
fn shown(error: &ForgeError) -> String {
    format!("{error} {error:?} {error:#?} {}", display_chain(error))
}

#[test]
fn a_token_that_is_refused_is_tried_once_and_named_by_its_place() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let error = run(forge(&github, "ghp_wrong").open(&proposal())).unwrap_err();
    let ForgeError::Credentials { tried, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*tried, ["the token in `GITHUB_TOKEN`"]);
    assert_eq!(github.requests().len(), 1);
    assert!(
        display_chain(&error)
            .ends_with("did not accept the credentials: HTTP 401: Bad credentials")
    );
    assert!(!shown(&error).contains("ghp_wrong"));
}

#[test]
fn a_token_without_access_sees_no_repository() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let eve = Account::of("eve", "eves").without_access();
    github.state().accounts.push(eve);
    let error = run(forge(&github, "eves").pull_requests(HEAD, "main")).unwrap_err();
    let ForgeError::Forbidden { permission, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(permission, "pull_requests: read");
    assert_eq!(github.requests().len(), 1);
}

#[test]
fn a_missing_permission_is_named_as_github_names_it() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let eve = Account::of("eve", "eves").with(&["pull_requests: read"]);
    github.state().accounts.push(eve);
    run(forge(&github, TOKEN).open(&proposal())).unwrap();
    let forge = forge(&github, "eves");
    github.forget();
    let error = run(forge.comment(1, "mark", "mark")).unwrap_err();
    let ForgeError::Forbidden { permission, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(permission, "issues: write or pull_requests: write");
    let error = run(forge.close(1)).unwrap_err();
    let ForgeError::Forbidden { permission, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(permission, "pull_requests: write");
    assert_eq!(github.writes().len(), 2);
}

#[test]
fn without_a_login_nothing_is_asked() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let places = vec!["`GITHUB_TOKEN`".to_owned(), "`GH_TOKEN`".to_owned()];
    let find = Arc::new(|| None);
    let nothing = Login::Token(TokenSource::OnDemand { find, places });
    let forge = with_login(&github, nothing);
    let error = run(forge.open(&proposal())).unwrap_err();
    assert!(matches!(&error, ForgeError::Credentials { tried, .. } if tried.len() == 2));
    assert_eq!(github.requests().len(), 0);
}

#[test]
fn a_token_that_cannot_be_one_is_refused_without_asking() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let error = run(forge(&github, "ghp_x\nsecond").open(&proposal())).unwrap_err();
    assert!(matches!(error, ForgeError::Credentials { .. }));
    assert!(!shown(&error).contains("ghp_x"));
    assert_eq!(github.requests().len(), 0);
}

#[test]
fn the_token_is_in_no_error_and_in_no_debug_text() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    let mut all = format!("{forge:?} {forge:#?}");
    for how in [
        How::Cut,
        How::Stall,
        How::Status(500),
        How::TooMany(3600),
        How::Status(418),
    ] {
        github.fail(
            Failing::on("GET", "/pulls")
                .times(1000)
                .before_its_effect(how),
        );
        let quick = RetryPolicy {
            budget: RETRY.first_delay,
            deadline: Duration::from_secs(1),
            ..RETRY
        };
        let forge = with_retry(&github, robot(), quick);
        all += &shown(&run(forge.open(&proposal())).unwrap_err());
        github.state().failing.clear();
    }
    // A server that repeats what it was given.
    github.state().pulls.clear();
    run(forge.open(&proposal())).unwrap();
    assert!(!all.contains(TOKEN), "{all}");
    let asked = github.requests();
    assert!(asked.iter().all(|request| !request.target.contains(TOKEN)));
}

#[test]
fn a_server_that_nobody_reaches_is_unreachable_in_bounded_time() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let mut address = address(&github.clone_url());
    drop(github);
    address.host = "github.com".to_owned();
    let quick = RetryPolicy {
        budget: RETRY.first_delay * 20,
        ..RETRY
    };
    let error = run(GitHub::new(address, robot(), quick, direct()).open(&proposal())).unwrap_err();
    assert!(matches!(error, ForgeError::Unreachable { .. }), "{error:?}");
    assert!(
        display_chain(&error)
            .starts_with("could not open a pull request: github.com did not answer: ")
    );
}

/// The way through a proxy.
fn through(proxy: String) -> Connection {
    Connection {
        proxy: ProxyChoice::Through(proxy.into()),
        ..Connection::default()
    }
}

/// No second try.
const ONCE: RetryPolicy = RetryPolicy {
    budget: Duration::ZERO,
    ..RETRY
};

#[test]
fn a_proxy_is_asked_with_its_own_password_and_never_with_the_token() {
    let proxy = Raw::saying("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    let address = address("https://git.example.org/acme/shop");
    let forge = |proxy: String| GitHub::new(address.clone(), robot(), ONCE, through(proxy));
    let host = proxy.address;
    let error = run(forge(format!("ada:hunter2@{host}")).open(&proposal())).unwrap_err();
    assert!(matches!(error, ForgeError::Unreachable { .. }), "{error:?}");
    assert!(!shown(&error).contains("hunter2"), "{}", shown(&error));
    let asked = proxy.received().concat().to_lowercase();
    assert!(
        asked.starts_with("connect git.example.org:443 "),
        "{asked}: {error:?}"
    );
    // ada:hunter2
    let login = "proxy-authorization: basic ywrhomh1bnrlcji=";
    assert!(asked.contains(login), "{asked}");
    assert!(!asked.contains(&TOKEN.to_lowercase()), "{asked}");
    let error = run(forge("socks9://ada:hunter2@x".to_owned()).open(&proposal())).unwrap_err();
    assert!(matches!(error, ForgeError::Unreachable { .. }));
    assert!(!shown(&error).contains("hunter2"), "{}", shown(&error));
}

#[test]
fn what_is_not_encrypted_goes_through_no_proxy() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let proxy = Raw::saying("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    let address = address(&github.clone_url());
    let connection = through(format!("http://{}", proxy.address));
    run(GitHub::new(address, robot(), RETRY, connection).open(&proposal())).unwrap();
    assert_eq!(github.pulls().len(), 1);
    assert_eq!(proxy.received(), [""; 0]);
}

#[test]
fn over_plain_http_to_another_machine_nothing_is_sent_and_no_token_is_looked_for() {
    // It would be sent through the proxy.
    let proxy = Raw::saying("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    let on_demand = Login::Token(TokenSource::OnDemand {
        find: Arc::new(|| panic!("a token is looked for")),
        places: Vec::new(),
    });
    let app = App {
        id: 17,
        key: "no key".into(),
        installation: None,
        origin: "the GitHub App 17".to_owned(),
    };
    for login in [robot(), on_demand, Login::App(app)] {
        let address = address("http://git.example.org/acme/shop");
        let connection = through(format!("http://{}", proxy.address));
        let forge = GitHub::new(address, login, ONCE, connection);
        for error in [
            run(forge.open(&proposal())).unwrap_err(),
            run(forge.token()).unwrap_err(),
        ] {
            assert!(matches!(error, ForgeError::BadAddress { .. }), "{error:?}");
            let text = display_chain(&error);
            let why = "`http://git.example.org/api/v3` is plain HTTP, and tokens are only sent \
                       over HTTPS";
            assert!(text.ends_with(why), "{text}");
        }
    }
    assert_eq!(proxy.received(), [""; 0]);
}

#[test]
fn an_api_in_clear_text_is_refused_wherever_it_is_named() {
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    let github = StandIn::of(&remote.dir);
    repo.git(&["remote", "set-url", "origin", &github.clone_url()]);
    let proxy = Raw::saying("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    let through = format!("http://{}", proxy.address);
    let url = github.url();
    let api = "http://git.example.org/api/v3";
    let ran = |variables: &[(&str, &str)]| {
        let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
        command.current_dir(&repo.dir).env("GH_TOKEN", TOKEN);
        command.env("GITHUB_SERVER_URL", &url);
        command
            .env("http_proxy", &through)
            .env("no_proxy", "127.0.0.1");
        command.envs(variables.iter().copied());
        command.args(PROMOTE).args(["--action", "pull-request"]);
        Ran::from(command.output().unwrap())
    };
    let by_variable = ran(&[("GITHUB_API_URL", api)]);
    repo.git(&["config", "promote.githubApi", api]);
    let by_setting = ran(&[]);
    for ran in [by_variable, by_setting] {
        assert_eq!(ran.code, 2, "{ran}");
        assert!(
            ran.stderr.contains(&format!("`{api}` is plain HTTP")),
            "{ran}"
        );
        assert!(!ran.to_string().contains(TOKEN), "{ran}");
    }
    assert_eq!(proxy.received(), [""; 0]);
    assert_eq!(github.pulls().len(), 0);
}

#[test]
fn no_redirect_takes_the_token_to_another_server() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let other = Raw::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
    let own = github.url().rsplit(':').next().unwrap().parse().unwrap();
    let others = other.address.port();
    for status in [301, 302, 303, 307, 308] {
        for (scheme, port) in [("http", others), ("https", others), ("https", own)] {
            for method in ["GET", "POST"] {
                let moved = How::Redirect {
                    status,
                    scheme,
                    port,
                };
                github.fail(Failing::on(method, "/pulls").before_its_effect(moved));
                let what = format!("{method} {status} {scheme} {port}");
                let error = run(forge(&github, TOKEN).open(&proposal())).unwrap_err();
                assert!(
                    matches!(error, ForgeError::Refused { .. }),
                    "{what}: {error:?}"
                );
                assert!(!shown(&error).contains(TOKEN), "{what}: {error:?}");
                let asked = github.requests().into_iter().map(|r| r.target);
                assert!(
                    !asked.into_iter().any(|t| t.contains("elsewhere")),
                    "{what}"
                );
            }
        }
    }
    assert_eq!(other.received(), [""; 0]);
    assert_eq!(github.pulls().len(), 0);
}

#[test]
fn a_redirect_within_the_server_is_followed_unless_it_could_change_the_method() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let port = github.url().rsplit(':').next().unwrap().parse().unwrap();
    let scheme = "http";
    for (method, status, follows) in [
        ("GET", 301, true),
        ("GET", 302, true),
        ("GET", 307, true),
        ("POST", 301, false),
        ("POST", 302, false),
        ("POST", 303, false),
        ("POST", 307, true),
        ("POST", 308, true),
    ] {
        let moved = How::Redirect {
            status,
            scheme,
            port,
        };
        github.fail(Failing::on(method, "/pulls").before_its_effect(moved));
        github.forget();
        run(forge(&github, TOKEN).open(&proposal())).unwrap_err();
        let last = github.requests().pop().unwrap().line();
        let is_followed = last == format!("{method} /elsewhere");
        assert_eq!(is_followed, follows, "{method} {status}: {last}");
        assert_eq!(last.contains("elsewhere"), follows, "{last}");
    }
}

#[test]
fn certificates_that_cannot_be_read_are_named() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let connection = Connection {
        ca_files: vec![PathBuf::from("gone.pem")],
        ..direct()
    };
    let address = address(&github.clone_url());
    let error = run(GitHub::new(address, robot(), RETRY, connection).open(&proposal()));
    assert!(display_chain(&error.unwrap_err()).contains("`gone.pem`"));
}

/// A key pair of an App, made by `openssl`; `None` where that is missing.
pub fn key_pair(world: &World) -> Option<(String, PathBuf)> {
    let (private, public) = (world.path("app.pem"), world.path("app.pub"));
    let made = |command: &mut Command| command.output().is_ok_and(|out| out.status.success());
    let openssl = || world.command("openssl");
    let is_made = made(openssl().args(["genrsa", "-out"]).arg(&private).arg("2048"))
        && made(
            openssl()
                .args(["rsa", "-pubout", "-in"])
                .arg(&private)
                .arg("-out")
                .arg(&public),
        );
    is_made.then(|| (std::fs::read_to_string(private).unwrap(), public))
}

#[test]
fn an_app_finds_its_installation_and_gets_one_token() {
    let world = World::new();
    let Some((key, public_key)) = key_pair(&world) else {
        skip(Missing::Program, "`openssl` is not installed");
        return;
    };
    let github = StandIn::of(&proposed(&world).dir);
    github.state().app = Some(Installed {
        id: 17,
        installation: 4711,
        public_key,
        tokens: 0,
    });
    let app = |id, installation| {
        let app = App {
            id,
            key: key.clone().into(),
            installation,
            origin: format!("the GitHub App {id} with the key in `app.pem`"),
        };
        with_login(&github, Login::App(app))
    };
    let forge = app(17, None);
    run(async {
        forge.open(&proposal()).await.unwrap();
        forge.rewrite(1, "new", "new").await.unwrap();
        let token = forge.token().await.unwrap();
        assert_eq!(token.expose_secret(), "ghs_installationToken1");
    });
    assert_eq!(github.pull().author, "shop-app[bot]");
    let lines: Vec<String> = github.requests().iter().map(Recorded::line).collect();
    let asked = |what: &str| lines.iter().filter(|line| line.ends_with(what)).count();
    assert_eq!(asked("/installation"), 1);
    assert_eq!(asked("/app/installations/4711/access_tokens"), 1);
    github.forget();
    run(app(17, Some(4711)).pull_requests(HEAD, "main")).unwrap();
    assert_eq!(github.requests().len(), 2);

    let error = run(app(18, None).open(&proposal())).unwrap_err();
    assert!(matches!(&error, ForgeError::Credentials { tried, .. }
        if *tried == ["the GitHub App 18 with the key in `app.pem`"]));
    assert!(!shown(&error).contains(&key[100..140]));
    let unreadable = App {
        id: 17,
        key: "no key".into(),
        installation: None,
        origin: String::new(),
    };
    let error = run(with_login(&github, Login::App(unreadable)).open(&proposal())).unwrap_err();
    assert!(display_chain(&error).ends_with("the key is no RSA key in PEM"));
}

#[test]
fn an_app_pushes_and_opens_with_the_token_that_it_gets() {
    let world = World::new();
    let Some((key, public_key)) = key_pair(&world) else {
        skip(Missing::Program, "`openssl` is not installed");
        return;
    };
    let (remote, repo) = world.cloned(FILES);
    let github = StandIn::of(&remote.dir);
    github.state().app = Some(Installed {
        id: 17,
        installation: 4711,
        public_key,
        tokens: 0,
    });
    repo.git(&["remote", "set-url", "origin", &github.clone_url()]);
    repo.git(&["config", "promote.githubApi", &github.api()]);
    let host = github.url().replace("http://", "");
    let ran = |app_host: Option<&str>| {
        let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
        command
            .current_dir(&repo.dir)
            .env("GIT_PROMOTE_APP_ID", "17")
            .env("GIT_PROMOTE_APP_KEY", &key)
            .envs(app_host.map(|host| ("GH_HOST", host)))
            .args(PROMOTE)
            .args(["--action", "pull-request"]);
        Ran::from(command.output().unwrap())
    };
    // An App of github.com, or of another server, does not log in here.
    for elsewhere in [None, Some("git.example.org")] {
        let ran = ran(elsewhere);
        assert_ne!(ran.code, 0, "{ran}");
        assert_eq!(github.state().app.as_ref().unwrap().tokens, 0);
        let is_signed = |request: &Recorded| request.target.contains("installation");
        assert!(!github.requests().iter().any(is_signed));
    }
    let ran = ran(Some(&host));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(github.pull().author, "shop-app[bot]");
    // One for Git and the API together.
    assert_eq!(github.state().app.as_ref().unwrap().tokens, 1);
    assert!(!ran.to_string().contains("ghs_installationToken"), "{ran}");
}

/// The stand-in's repository with somebody's token in its URL.
fn clone_url_of(github: &StandIn, token: &str) -> String {
    (github.clone_url()).replace("://", &format!("://robot:{token}@"))
}

#[test]
fn who_may_read_and_not_push_is_told_so_in_githubs_words() {
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    let github = StandIn::of(&remote.dir);
    let eve = Account::of("eve", "eves").with(&["contents: read"]);
    github.state().accounts.push(eve);
    let url = clone_url_of(&github, "eves");
    repo.git(&["remote", "set-url", "origin", &url]);
    let ran = repo.promote(PROMOTE);
    assert_eq!(ran.code, 1, "{ran}");
    let refused = "error: remote `origin` refused `main`: ";
    assert!(ran.stderr.contains(refused), "{ran}");
    assert!(ran.stderr.contains("403"), "{ran}");
    assert!(!ran.to_string().contains("eves"), "{ran}");
}

#[test]
fn where_a_push_goes_elsewhere_that_is_where_the_branch_is_looked_for() {
    let world = World::new();
    let (remote, repo) = world.cloned(FILES);
    world.git(&["clone", "-q", "--bare", "remote.git", "mirror.git"]);
    let (github, mirror) = (
        StandIn::of(&remote.dir),
        StandIn::of(&world.path("mirror.git")),
    );
    let (from, to) = (clone_url_of(&mirror, TOKEN), clone_url_of(&github, TOKEN));
    repo.git(&["remote", "set-url", "origin", &from]);
    repo.git(&["remote", "set-url", "--push", "origin", &to]);
    let words = [PROMOTE, &["--action", "pull-request"]].concat();
    let branch = "promote/staging-to-production/all";
    let ran = repo.promote(&words);
    assert_eq!(ran.code, 0, "{ran}");
    let tip = remote.tip(branch);
    let again = repo.promote(&words);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(remote.tip(branch), tip);
    assert!(!format!("{ran}{again}").contains(TOKEN), "{ran}{again}");
}
