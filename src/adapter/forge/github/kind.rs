//! Recognizes a remote on GitHub, and opens its repository.

use std::sync::Arc;

use super::address::Address;
use super::environment::{self, GIT_USER};
use super::login::Login;
use super::repository::GitHub;
use crate::adapter::forge::http::TokenSource;
use crate::adapter::forge::{ForgeAccess, ForgeKind, RemoteContext, ServerPasswords};
use crate::port::Password;

/// GitHub, for the registry of forges.
pub const KIND: ForgeKind = ForgeKind {
    open,
    environment_passwords: environment::passwords,
};

fn open(remote: &RemoteContext<'_>) -> Option<ForgeAccess> {
    let address = address(remote)?;
    let login = login(remote, &address);
    let is_app = matches!(login, Login::App(_));
    let connection = (remote.connection)(&format!("{}/", address.api));
    let host = address.host.clone();
    let github = Arc::new(GitHub::new(address, login, remote.retry, connection));
    let passwords = is_app.then(|| app_passwords(Arc::clone(&github), host));
    Some(ForgeAccess {
        forge: Arc::clone(&github) as _,
        checks: Arc::clone(&github) as _,
        ci: github,
        passwords,
    })
}

/// Where the repository is, if its host is GitHub's or is configured as a GitHub server.
fn address(remote: &RemoteContext<'_>) -> Option<Address> {
    let mut address = Address::of(remote.url)?;
    if let Some(api) = (remote.server_setting)("promote.githubApi") {
        api.trim_end_matches('/').clone_into(&mut address.api);
    } else if let Some(api) = environment::runner_api(remote.variables, &address.host) {
        address.api = api;
    } else if !address.is_github()
        && !environment::is_github_server(remote.variables, &address.host)
    {
        return None;
    }
    let name = (remote.repository_setting)("promote.githubRepository");
    if let Some((owner, name)) = name.as_deref().and_then(|name| name.split_once('/')) {
        owner.clone_into(&mut address.owner);
        name.clone_into(&mut address.repository);
    }
    Some(address)
}

/// A GitHub App, else a token of the environment, else what Git's credential helpers have.
fn login(remote: &RemoteContext<'_>, address: &Address) -> Login {
    if let Some(app) = environment::app(remote.variables, &address.host) {
        return Login::App(app);
    }
    let mut found = environment::passwords(remote.variables, &address.host).into_iter();
    if let Some(password) = found.next() {
        return Login::Token(TokenSource::Known {
            token: password.secret,
            origin: password.origin,
        });
    }
    let stored = Arc::clone(&remote.stored_password);
    let mut places = environment::token_places(remote.variables, &address.host);
    places.push("Git's credential helper".to_owned());
    Login::Token(TokenSource::OnDemand {
        find: Arc::new(move || Some(stored()?.secret)),
        places,
    })
}

/// The App's token as a password for Git at its own host.
fn app_passwords(github: Arc<GitHub>, host: String) -> ServerPasswords {
    Arc::new(move |authority| {
        if authority != host {
            return Vec::new();
        }
        let password = |secret| Password {
            user: GIT_USER.to_owned(),
            secret,
            origin: "the token of the GitHub App".to_owned(),
        };
        github.blocking_token().map(password).into_iter().collect()
    })
}
