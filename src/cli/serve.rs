//! `git promote serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::sign_in_arguments::{Auth, SignInArguments};
use crate::domain::{RemoteAddress, RepositoryUrl};
use crate::port::Commands;
use crate::server::{ServeOptions, ServedFolder, serve};
use crate::wiring::{NetworkOptions, Prompts};

/// Serve a dashboard: environments with their versions, promotions by drag and drop, and releases.
///
/// It works as the command line does in the same clone, and keeps nothing that is not in Git: it can be
/// ended at any moment, and several can run.
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// A clone to serve, or the URL of a repository to keep a copy of; repeatable; default: the clone of the
    /// current folder.
    #[arg(long, value_name = "FOLDER|URL")]
    pub repo: Vec<String>,

    /// Keep the copies of repositories in this folder; default: in the user's cache.
    #[arg(long, value_name = "FOLDER")]
    pub copies: Option<PathBuf>,

    /// The address to listen on; without sign-in, only an address of this machine.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8420")]
    pub listen: SocketAddr,

    /// Another name by which browsers may call it, such as `promote.example.com`; repeatable.
    #[arg(long, value_name = "NAME[:PORT]")]
    pub host: Vec<String>,

    #[command(flatten)]
    pub sign_in: SignInArguments,

    /// Run the commands of the repositories: workflows and gates with `run`, and `verify`. The default is
    /// `true` without sign-in, where only you can start them, and `false` with it: releases then wait until
    /// another worker, such as a CI job, runs them.
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub allow_run: Option<bool>,

    /// Look at the repositories again after so many seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = ServeOptions::INTERVAL.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub interval: u64,
}

impl ServeArguments {
    /// # Why
    ///
    /// Without sign-in, whoever can open the dashboard is the user of this machine, who runs the same commands
    /// with `git promote release advance`; not to run them would only surprise. With sign-in, others start what
    /// runs here, next to the server's credentials.
    fn commands(&self) -> Commands {
        if self.allow_run.unwrap_or(self.sign_in.auth == Auth::None) {
            Commands::Run
        } else {
            Commands::LeaveToOthers
        }
    }
}

/// Serves until the program is ended.
///
/// # Errors
/// When it cannot start.
pub fn run(
    arguments: &ServeArguments,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let here = [".".to_owned()];
    let places = if arguments.repo.is_empty() {
        &here[..]
    } else {
        &arguments.repo
    };
    let copies = arguments
        .copies
        .as_ref()
        .map(|folder| directory.join(folder));
    let copies = copies.or_else(usual_copies);
    let options = ServeOptions {
        repositories: repositories(places, directory, copies.as_deref())?,
        listen: arguments.listen,
        hosts: arguments.host.clone(),
        interval: Duration::from_secs(arguments.interval),
        sign_in: arguments.sign_in.sign_in()?,
        commands: arguments.commands(),
        network: NetworkOptions {
            prompts: Prompts::Never,
            ..NetworkOptions::default()
        },
    };
    serve_with(options, console)
}

/// Serves, and prints the URL.
///
/// # Errors
/// When it cannot start.
pub fn serve_with(options: ServeOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let out = &mut *console.out;
    let served = serve(options, Box::new(std::io::stderr()), |url| {
        writeln!(out, "the dashboard is at {url}")?;
        out.flush()
    });
    runtime.block_on(served)?;
    Ok(Exit::Done)
}

/// The repositories by their last parts; of equal ones, the later ones get a number.
fn repositories(
    places: &[String],
    directory: &Path,
    copies: Option<&Path>,
) -> Result<Vec<ServedFolder>, Failure> {
    let mut all: Vec<ServedFolder> = Vec::new();
    for place in places {
        let (base, folder, url) = if is_url(place) {
            let url = RepositoryUrl::parse(place).map_err(|source| Failure::NoUrl { source })?;
            let folder = copies.ok_or(Failure::NoCopies)?.join(copy_name(place));
            (last_part(place).to_owned(), folder, Some(url))
        } else {
            let folder = directory.join(place);
            if !folder.is_dir() {
                return Err(Failure::NoFolder(folder));
            }
            let whole = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            let base = whole.file_name().unwrap_or_else(|| "repository".as_ref());
            (base.to_string_lossy().into_owned(), folder, None)
        };
        let numbers = (2..).map(|number| format!("{base}-{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbers);
        let is_free = |name: &String| all.iter().all(|other| other.name != *name);
        if let Some(name) = names.find(is_free) {
            all.push(ServedFolder { name, folder, url });
        }
    }
    Ok(all)
}

/// Whether it is on a server, or is written as a URL.
fn is_url(place: &str) -> bool {
    place.contains("://") || matches!(RemoteAddress::parse(place), Some(RemoteAddress::Server(_)))
}

/// The name of a repository in its URL.
fn last_part(url: &str) -> &str {
    let url = url.trim_end_matches('/').trim_end_matches(".git");
    let last = url.rsplit(['/', ':']).next().unwrap_or_default();
    if last.is_empty() { "repository" } else { last }
}

/// The folder of a copy: the whole URL, with what folders cannot have in their names replaced.
fn copy_name(url: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let letter = |c: char| {
        if is_plain(c) {
            c.to_string()
        } else {
            format!("%{:x}", u32::from(c))
        }
    };
    url.chars().map(letter).collect()
}

/// Where copies are kept if nothing says so.
fn usual_copies() -> Option<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
    Some(cache.join("git-promote/copies"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_named_after_their_last_parts() {
        let places = [
            "https://example.com/a/deploy.git",
            "ssh://git@example.com/b/deploy",
            "git@example.com:deploy",
        ];
        let places = places.map(str::to_owned);
        let all = repositories(&places, Path::new("/w"), Some(Path::new("/c"))).unwrap();
        let all: Vec<(String, String)> = all
            .into_iter()
            .map(|served| (served.name, served.folder.to_string_lossy().into_owned()))
            .collect();
        let expected = [
            ("deploy", "/c/https%3a%2f%2fexample.com%2fa%2fdeploy.git"),
            ("deploy-2", "/c/ssh%3a%2f%2fgit%40example.com%2fb%2fdeploy"),
            ("deploy-3", "/c/git%40example.com%3adeploy"),
        ];
        assert_eq!(
            all,
            expected.map(|(name, folder)| (name.to_owned(), folder.to_owned()))
        );
    }

    #[test]
    fn a_url_with_a_password_is_refused_without_showing_it() {
        let places = ["https://ada:hunter2@example.com/deploy".to_owned()];
        let failure = repositories(&places, Path::new("/w"), Some(Path::new("/c"))).unwrap_err();
        assert!(matches!(failure, Failure::NoUrl { .. }));
        assert!(!failure.to_string().contains("hunter2"));
    }
}
