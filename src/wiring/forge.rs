//! The forge behind a repository's remote, if it is a known one.

use std::sync::Arc;
use std::time::Duration;

use crate::adapter::forge::github::{
    Address, App, Connection, GitHub, Login, Patience, ProxyChoice,
};
use crate::adapter::git::GitRepository;
use crate::adapter::login;

/// GitHub, when the remote is there; nothing is asked before it is used.
pub(super) fn of(repository: &GitRepository, silence: Duration) -> Option<GitHub> {
    let address = address(repository)?;
    let login = login_for(repository, &address);
    let patience = Patience {
        budget: silence * 2,
        first_delay: silence / 100,
        deadline: silence,
    };
    let reached = repository.reached_by(&format!("{}/", address.api));
    let connection = Connection {
        ca_files: reached.authorities.into_iter().collect(),
        proxy: match reached.proxy {
            None => ProxyChoice::System,
            Some(url) if url.is_empty() => ProxyChoice::Direct,
            Some(url) => ProxyChoice::Through(url.into()),
        },
    };
    Some(GitHub::new(address, login, patience, connection))
}

/// Where the repository is on GitHub, when the remote's host is GitHub's or somebody says so.
fn address(repository: &GitRepository) -> Option<Address> {
    let mut address = Address::of(&repository.server()?)?;
    if let Some(api) = repository.setting("promote.githubApi") {
        api.trim_end_matches('/').clone_into(&mut address.api);
    } else if let Some(api) = login::api_of_runner(&address.host) {
        address.api = api;
    } else if !address.is_github() && !login::is_enterprise(&address.host) {
        return None;
    }
    let name = repository.setting("promote.githubRepository");
    if let Some((owner, name)) = name.as_deref().and_then(|name| name.split_once('/')) {
        owner.clone_into(&mut address.owner);
        name.clone_into(&mut address.repository);
    }
    Some(address)
}

/// A GitHub App, else a token of the environment, else what Git's credential helper has.
fn login_for(repository: &GitRepository, address: &Address) -> Login {
    if let Some(app) = login::app() {
        return Login::App(App {
            id: app.id,
            key: app.key,
            installation: app.installation,
            origin: app.origin,
        });
    }
    let mut found = login::from_environment(&address.host).into_iter();
    if let Some(password) = found.next() {
        return Login::Token {
            token: password.secret,
            origin: password.origin,
        };
    }
    let helper = repository.clone();
    let mut looked = login::looked_at(&address.host);
    looked.push("Git's credential helper".to_owned());
    Login::Asked {
        ask: Arc::new(move || helper.password().map(|p| (p.secret, p.origin))),
        looked,
    }
}
