//! A shop with three environments and a remote, for the dashboard.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::sample::{commit, git, identify, init, temporary_folder, write};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::serve::serve_with;
use crate::port::Commands;
use crate::server::{ServeOptions, ServedFolder, SignIn};
use crate::wiring::{NetworkOptions, Prompts};

/// The environments, each with the replicas of its applications and what only it has.
const ENVIRONMENTS: [(&str, u8, &str); 3] = [
    ("dev", 1, "logLevel: debug\n"),
    ("staging", 2, "logLevel: info\n"),
    (
        "production",
        6,
        "logLevel: warn\n# Sized for the evening.\nresources:\n  limits: {cpu: \"2\", memory: 2Gi}\n",
    ),
];

/// A version that an application got in an environment: application, environment, version.
type Version = (&'static str, &'static str, &'static str);

/// A commit of the shop: hours ago, author, message and new versions.
type Past = (u64, &'static str, &'static str, &'static [Version]);

/// How the shop came to be.
const HISTORY: [Past; 8] = [
    (
        24 * 21,
        "Ada Meyer",
        "Shop in three environments",
        &[
            ("web", "dev", "3.4.0"),
            ("web", "staging", "3.4.0"),
            ("web", "production", "3.4.0"),
            ("search", "dev", "1.9.1"),
            ("search", "staging", "1.9.1"),
            ("search", "production", "1.8.4"),
            ("checkout", "dev", "2.11.3"),
            ("checkout", "staging", "2.11.3"),
            ("checkout", "production", "2.11.3"),
            ("ledger", "dev", "5.0.4"),
            ("ledger", "staging", "5.0.4"),
            ("ledger", "production", "5.0.3"),
        ],
    ),
    (
        24 * 9,
        "Ben Okafor",
        "ledger 5.0.4 to production",
        &[("ledger", "production", "5.0.4")],
    ),
    (24 * 6, "CI", "web 3.4.1", &[("web", "dev", "3.4.1")]),
    (
        24 * 5,
        "Ada Meyer",
        "web 3.4.1 to staging",
        &[("web", "staging", "3.4.1")],
    ),
    (
        24 * 3,
        "CI",
        "checkout 2.12.0",
        &[("checkout", "dev", "2.12.0")],
    ),
    (30, "CI", "search 1.9.2", &[("search", "dev", "1.9.2")]),
    // A guard holds it, because a release would become a pre-release.
    (
        20,
        "CI",
        "ledger 5.1.0-rc.2",
        &[("ledger", "dev", "5.1.0-rc.2")],
    ),
    (2, "CI", "web 3.5.0", &[("web", "dev", "3.5.0")]),
];

/// Creates the shop and serves the dashboard on it.
pub(super) fn serve(
    listen: Option<SocketAddr>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let parent = temporary_folder()?;
    create(&parent)?;
    let folder = parent.join("shop");
    writeln!(
        console.out,
        "Created a sample repository in {}, with its remote beside it",
        folder.display()
    )?;
    let options = ServeOptions {
        repositories: vec![ServedFolder {
            name: "shop".to_owned(),
            folder,
            url: None,
        }],
        listen: listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        hosts: Vec::new(),
        interval: Duration::from_secs(2),
        sign_in: SignIn::None,
        commands: Commands::Run,
        network: NetworkOptions {
            prompts: Prompts::Never,
            ..NetworkOptions::default()
        },
    };
    serve_with(options, console)
}

/// Creates the clone `shop` and its remote `shop.git` in a folder.
fn create(parent: &Path) -> Result<(), Failure> {
    let seed = parent.join("seed");
    std::fs::create_dir(&seed)?;
    init(&seed)?;
    write(&seed.join("promote.yaml"), include_str!("promote.yaml"))?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs());
    let mut versions: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (hours, author, message, changes) in HISTORY {
        let changes = changes
            .iter()
            .map(|(app, env, version)| ((*app, *env), *version));
        versions.extend(changes);
        write_versions(&seed, &versions)?;
        let date = format!("@{} +0000", now.saturating_sub(hours * 3600));
        let name = author.split(' ').next().unwrap_or(author).to_lowercase();
        let email = format!("{name}@shop.example");
        let variables = [
            ("GIT_AUTHOR_NAME", author),
            ("GIT_AUTHOR_EMAIL", &email),
            ("GIT_AUTHOR_DATE", &date),
            ("GIT_COMMITTER_NAME", author),
            ("GIT_COMMITTER_EMAIL", &email),
            ("GIT_COMMITTER_DATE", &date),
        ];
        commit(&seed, message, &variables)?;
    }
    git(parent, &["clone", "--quiet", "--bare", "seed", "shop.git"])?;
    git(parent, &["clone", "--quiet", "shop.git", "shop"])?;
    identify(&parent.join("shop"))?;
    Ok(std::fs::remove_dir_all(seed)?)
}

fn write_versions(folder: &Path, versions: &BTreeMap<(&str, &str), &str>) -> Result<(), Failure> {
    for ((application, environment), version) in versions {
        for (name, replicas, own) in ENVIRONMENTS {
            if name == *environment {
                let text = format!(
                    "image:\n  repository: ghcr.io/acme/{application}\n  tag: {version} # set by CI\n\
                     replicas: {replicas}\ningress:\n  host: {application}.{name}.shop.example\n{own}"
                );
                let path = format!("apps/{application}/{name}/values.yaml");
                write(&folder.join(path), &text)?;
            }
        }
    }
    Ok(())
}
