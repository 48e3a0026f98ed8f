//! Remotes behind http, https, ssh and Git's own protocol, by libgit2.
//!
//! # Why
//!
//! A network fails in the middle. Listing and fetching may simply be tried
//! again. A push may not: it may have had its effect. So after every push that
//! was not plainly accepted the remote is asked what the branch is now, and
//! that answer decides: the new commit (it went through), the old one (it did
//! not, and the reason counts), or another one (somebody else was faster). What
//! the server says in words is shown and never interpreted.

mod config;
mod keychain;
mod limits;
mod session;
mod settings;
mod trouble;

use std::time::Instant;

use git2::{AutotagOption, Direction, ErrorCode, FetchOptions, Oid, PushOptions, Repository};

use super::address::Server;
use super::borrowed::{is_borrowed, is_empty};
use super::durable::{packs, sync_new_packs};
use super::helper::Outcome;
use super::installed::Installed;
use super::listed::Listed;
use super::reference::{of_branch, of_remote, set, target};
use super::transfer::is_whole;
use super::transport::{Pushed, Transport, Update};
use crate::port::RepositoryError;
use session::Session;
use trouble::Trouble;

pub(super) use trouble::how_to_trust;

/// The authorities to trust and the proxy to take for a server.
pub(super) fn reached_by(
    repo: &Repository,
    server: &Server,
) -> (Vec<std::path::PathBuf>, Option<String>) {
    let (file, _) = config::authorities(repo, server);
    (
        file.into_iter().collect(),
        config::of_server(repo, server, "proxy"),
    )
}

pub use settings::{NetworkSettings, Patience, Way};

/// A remote on a server.
pub(super) struct Network<'r> {
    name: String,
    here: &'r Repository,
    server: Server,
    settings: &'r NetworkSettings,
    listed: Option<Listed>,
}

/// How the server answered a push.
enum Report {
    /// The branch is where it shall be.
    Accepted,
    /// The branch was elsewhere before anything was sent.
    Elsewhere,
    /// It did not take it, in its own words.
    Refused(String),
}

impl<'r> Network<'r> {
    /// The remote `name` of `here`; nothing is sent yet.
    pub(super) fn open(
        here: &'r Repository,
        name: &str,
        server: Server,
        settings: &'r NetworkSettings,
    ) -> Result<Self, RepositoryError> {
        limits::set(settings.patience.silence);
        config::trust_authorities(here, &server)?;
        Ok(Self {
            name: name.to_owned(),
            here,
            server,
            settings,
            listed: None,
        })
    }

    fn session(&self) -> Session {
        Session::new(self.here, &self.server, self.settings)
    }

    /// Connects, and does what may be repeated; again while the network is at fault.
    fn patiently<T>(
        &self,
        mut work: impl FnMut(
            &Session,
            &mut git2::RemoteConnection<'_, '_, '_>,
        ) -> Result<T, git2::Error>,
    ) -> Result<T, RepositoryError> {
        let mut tries = self.settings.patience.tries();
        loop {
            let session = self.session();
            let done = (self.here.remote_anonymous(&self.server.url)).and_then(|mut remote| {
                let proxy = Some(session.proxy());
                let mut connection =
                    remote.connect_auth(Direction::Fetch, Some(session.callbacks()), proxy)?;
                work(&session, &mut connection)
            });
            let error = match done {
                Ok(done) => {
                    session.settle(Outcome::Accepted);
                    return Ok(done);
                }
                Err(error) => error,
            };
            let trouble = Trouble::of(&error);
            if trouble == Trouble::Credentials {
                session.settle(Outcome::Refused);
            }
            if trouble != Trouble::Passing || !tries.wait() {
                return Err(self.fault(trouble, &session, &error));
            }
        }
    }

    fn fault(&self, trouble: Trouble, session: &Session, error: &git2::Error) -> RepositoryError {
        trouble.fault(self.here, &self.name, &self.server, session, error)
    }

    fn refused(&self, update: &Update<'_>, session: &Session, message: &str) -> RepositoryError {
        RepositoryError::Refused {
            remote: self.name.clone(),
            branch: update.branch.to_owned(),
            message: session.without_secrets(message),
        }
    }

    fn list(&mut self) -> Result<&Listed, RepositoryError> {
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => self.patiently(|_, connection| listed(connection))?,
        };
        Ok(self.listed.insert(listed))
    }

    fn push_once(&self, session: &Session, update: &Update<'_>) -> Result<Report, git2::Error> {
        let full = of_branch(update.branch);
        let id = |oid: Option<Oid>| oid.map(|oid| oid.to_string()).unwrap_or_default();
        // Where the old commit goes on in the new one, the server shall see that nothing is forced.
        let is_forward = match (update.old, update.new) {
            (Some(old), Some(new)) => self.here.graph_descendant_of(new, old).unwrap_or(false),
            _ => true,
        };
        let force = if is_forward { "" } else { "+" };
        let refspec = format!("{force}{}:{full}", id(update.new));
        let mut remote = self.here.remote_anonymous(&self.server.url)?;
        let mut callbacks = session.callbacks();
        session.expect(&mut callbacks, update.old);
        let mut options = PushOptions::new();
        options.remote_callbacks(callbacks);
        options.proxy_options(session.proxy());
        let pushed = remote.push(&[refspec], Some(&mut options));
        if session.was_elsewhere() {
            return Ok(Report::Elsewhere);
        }
        match pushed {
            Ok(()) => Ok(match session.refusal() {
                Some(words) => Report::Refused(words),
                None if session.was_accepted() => Report::Accepted,
                // It said nothing about the branch: what it has now tells.
                None => Report::Elsewhere,
            }),
            // libgit2 asks nobody when what it knows of the branch is no part of the new commit.
            Err(error) if error.code() == ErrorCode::NotFastForward => Ok(Report::Elsewhere),
            Err(error) => Err(error),
        }
    }
}

impl Transport for Network<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn default_branch(&mut self) -> Result<String, RepositoryError> {
        let name = self.name.clone();
        self.list()?.default_branch(&name)
    }

    fn branches(&mut self) -> Result<Vec<String>, RepositoryError> {
        Ok(self.list()?.names())
    }

    fn tip(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError> {
        self.listed = None;
        Ok(self.list()?.branches.get(branch).copied())
    }

    fn fetch(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError> {
        let here = self.here;
        let before = packs(here);
        let (name, tracking) = (of_branch(branch), of_remote(&self.name, branch));
        let (listed, tip, was_here) = self.patiently(|session, connection| {
            let listed = listed(connection)?;
            let tip = listed.branches.get(branch).copied();
            let was_here = tip.is_some_and(|tip| here.odb().is_ok_and(|odb| odb.exists(tip)));
            if !was_here && tip.is_some() {
                let mut options = FetchOptions::new();
                options
                    .remote_callbacks(session.callbacks())
                    .proxy_options(session.proxy())
                    .update_fetchhead(false)
                    .download_tags(AutotagOption::None);
                // Not for a second branch: libgit2 would forget what it knows of the first one.
                if is_borrowed(here) && is_empty(here) {
                    options.depth(1);
                }
                let refspec = format!("+{name}:{tracking}");
                connection
                    .remote()
                    .download(&[refspec], Some(&mut options))?;
            }
            Ok((listed, tip, was_here))
        })?;
        self.listed = Some(listed);
        let Some(tip) = tip else { return Ok(None) };
        let is_known = target(here, &tracking)? == Some(tip);
        if was_here && is_known {
            return Ok(Some(tip));
        }
        // For libgit2 a commit that is here is here with its files; Git looks.
        if was_here && !is_whole(here, tip)? {
            let server = self.server.clone();
            return Installed::open(here, &self.name, server, self.settings).fetch(branch);
        }
        sync_new_packs(here, &before)?;
        if !is_known {
            set(here, &tracking, tip, "promote: fetch")?;
        }
        Ok(Some(tip))
    }

    fn push(&mut self, update: &Update<'_>) -> Result<Pushed, RepositoryError> {
        let mut tries = self.settings.patience.tries();
        let started = Instant::now();
        let mut refusals = 0;
        loop {
            let session = self.session();
            let report = self.push_once(&session, update);
            match &report {
                Ok(Report::Accepted) => {
                    session.settle(Outcome::Accepted);
                    let said = session.said();
                    return Ok(Pushed::Done { said });
                }
                Ok(Report::Elsewhere) => {}
                Ok(Report::Refused(_)) => refusals += 1,
                Err(error) => {
                    let trouble = Trouble::of(error);
                    if trouble == Trouble::Credentials {
                        session.settle(Outcome::Refused);
                    }
                    // Nothing was sent yet.
                    if matches!(trouble, Trouble::Credentials | Trouble::Certificate) {
                        return Err(self.fault(trouble, &session, error));
                    }
                }
            }
            // It may have had its effect all the same.
            let now = self.tip(update.branch)?;
            if now == update.new {
                let said = session.said();
                return Ok(Pushed::Done { said });
            }
            if now != update.old {
                return Ok(Pushed::Overtaken);
            }
            let is_late = started.elapsed() > self.settings.patience.budget;
            match report {
                // Another push may hold the branch's lock just now; a rule refuses again.
                Ok(Report::Refused(message)) if refusals > 1 || is_late || !tries.wait() => {
                    return Err(self.refused(update, &session, &message));
                }
                Err(error) => {
                    let trouble = Trouble::of(&error);
                    // It shows the repository, and does not let this one write.
                    if trouble == Trouble::Denied {
                        return Err(self.refused(update, &session, error.message()));
                    }
                    if trouble != Trouble::Passing || is_late || !tries.wait() {
                        return Err(self.fault(trouble, &session, &error));
                    }
                }
                // It comes and goes: whoever moves it is faster.
                Ok(Report::Elsewhere) if is_late || !tries.wait() => return Ok(Pushed::Overtaken),
                _ => {}
            }
        }
    }
}

fn listed(connection: &git2::RemoteConnection<'_, '_, '_>) -> Result<Listed, git2::Error> {
    let mut listed = Listed::default();
    for advertised in connection.list()? {
        if advertised.name() == "HEAD" {
            listed.head = Some(advertised.oid());
            listed.default = advertised
                .symref_target()
                .and_then(|full| full.strip_prefix("refs/heads/"))
                .map(ToOwned::to_owned);
        } else if let Some(branch) = advertised.name().strip_prefix("refs/heads/") {
            listed.branches.insert(branch.to_owned(), advertised.oid());
        }
    }
    Ok(listed)
}
