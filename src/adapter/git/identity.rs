//! Who commits, from Git's configuration and environment.

use git2::{ErrorCode, Repository, Signature};

use super::fault::Place;
use crate::port::RepositoryError;

/// The two people of a commit.
pub(super) struct Identity {
    pub(super) author: Signature<'static>,
    pub(super) committer: Signature<'static>,
}

impl Identity {
    /// Reads author and committer as Git does: environment first, then configuration.
    pub(super) fn read(repo: &Repository) -> Result<Self, RepositoryError> {
        Ok(Self {
            author: person(repo, Role::Author)?,
            committer: person(repo, Role::Committer)?,
        })
    }
}

#[derive(Clone, Copy)]
enum Role {
    Author,
    Committer,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Committer => "committer",
        }
    }
}

/// libgit2 knows `GIT_AUTHOR_*`, `GIT_COMMITTER_*` and `user.*`; Git also
/// `author.*`, `committer.*` and `EMAIL`.
fn person(repo: &Repository, role: Role) -> Result<Signature<'static>, RepositoryError> {
    let place = Place::of(repo);
    let doing = format!("could not read the {}", role.word());
    let known = match role {
        Role::Author => repo.author_from_env(),
        Role::Committer => repo.committer_from_env(),
    };
    let known = match known {
        Ok(known) => Some(known),
        Err(e) if e.code() == ErrorCode::NotFound => None,
        Err(e) => return Err(place.fault(doing)(e)),
    };
    let config = repo.config().map_err(place.fault(doing.clone()))?;
    let read = |variable: &str, own: &str, common: &str| {
        std::env::var(variable)
            .ok()
            .or_else(|| config.get_string(own).ok())
            .or_else(|| config.get_string(common).ok())
            .filter(|text| !text.trim().is_empty())
    };
    let word = role.word();
    let upper = word.to_uppercase();
    let name = read(
        &format!("GIT_{upper}_NAME"),
        &format!("{word}.name"),
        "user.name",
    );
    let email = read(
        &format!("GIT_{upper}_EMAIL"),
        &format!("{word}.email"),
        "user.email",
    )
    .or_else(|| std::env::var("EMAIL").ok().filter(|e| !e.is_empty()));
    let (Some(name), Some(email)) = (name, email) else {
        return Err(RepositoryError::MissingIdentity);
    };
    match known {
        Some(known) => Signature::new(&name, &email, &known.when()),
        None => Signature::now(&name, &email),
    }
    .map_err(place.fault(doing))
}
