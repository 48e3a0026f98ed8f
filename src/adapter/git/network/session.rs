//! One connection: its callbacks, and what was said on it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use git2::{CertificateCheckStatus, Oid, ProxyOptions, RemoteCallbacks, Repository};

use super::super::address::Server;
use super::super::helper::Outcome;
use super::super::said;
use super::config;
use super::keychain::Keychain;
use super::settings::NetworkSettings;

/// What the callbacks of a connection share with whoever opened it.
pub(super) struct Session {
    keychain: Rc<RefCell<Keychain>>,
    report: Rc<RefCell<Told>>,
    proxy: Option<String>,
    /// How long one transfer may take, however busy it is.
    limit: Duration,
    trusts_anybody: bool,
}

#[derive(Default)]
struct Told {
    /// The server's own lines.
    words: String,
    /// Why a branch was not moved.
    refusal: Option<String>,
    /// Whether the branch was not where it must be.
    elsewhere: bool,
    /// Whether the server said that it moved the branch.
    accepted: bool,
}

impl Session {
    pub(super) fn new(repo: &Repository, server: &Server, settings: &NetworkSettings) -> Self {
        let passwords = &settings.passwords;
        Self {
            limit: settings.patience.of_transfer(),
            keychain: Rc::new(RefCell::new(Keychain::of(repo, server, passwords))),
            report: Rc::default(),
            proxy: config::of_server(repo, server, "proxy"),
            trusts_anybody: config::of_server(repo, server, "sslverify")
                .is_some_and(|text| matches!(text.as_str(), "false" | "no" | "off" | "0")),
        }
    }

    /// The callbacks of a connection.
    pub(super) fn callbacks<'c>(&self) -> RemoteCallbacks<'c> {
        let mut callbacks = RemoteCallbacks::new();
        let keychain = Rc::clone(&self.keychain);
        callbacks
            .credentials(move |url, user, allowed| keychain.borrow_mut().next(url, user, allowed));
        let told = Rc::clone(&self.report);
        let until = Instant::now() + self.limit;
        callbacks.sideband_progress(move |bytes| {
            told.borrow_mut().hear(bytes);
            // A server may go on saying that it is busy; at some time that is enough.
            Instant::now() < until
        });
        callbacks.transfer_progress(move |_| Instant::now() < until);
        let told = Rc::clone(&self.report);
        callbacks.push_update_reference(move |_, status| {
            let mut told = told.borrow_mut();
            match status {
                Some(status) => told.refusal = Some(status.to_owned()),
                None => told.accepted = true,
            }
            Ok(())
        });
        if self.trusts_anybody {
            callbacks.certificate_check(|certificate, _| {
                Ok(match certificate.as_x509() {
                    Some(_) => CertificateCheckStatus::CertificateOk,
                    None => CertificateCheckStatus::CertificatePassthrough,
                })
            });
        }
        callbacks
    }

    /// Lets a push go on only if the server's branch is at `old`.
    pub(super) fn expect(&self, callbacks: &mut RemoteCallbacks<'_>, old: Option<Oid>) {
        let told = Rc::clone(&self.report);
        let old = old.unwrap_or(Oid::ZERO_SHA1);
        callbacks.push_negotiation(move |updates| {
            if updates.iter().all(|update| update.src() == old) {
                return Ok(());
            }
            told.borrow_mut().elsewhere = true;
            Err(git2::Error::from_str("the branch has moved"))
        });
    }

    /// Whether the branch was not where it must be.
    pub(super) fn was_elsewhere(&self) -> bool {
        self.report.borrow().elsewhere
    }

    /// Whether the server said that it moved the branch.
    pub(super) fn was_accepted(&self) -> bool {
        self.report.borrow().accepted
    }

    /// Why the server did not move the branch, in its own words.
    pub(super) fn refusal(&self) -> Option<String> {
        let told = self.report.borrow();
        let status = told.refusal.as_ref()?;
        Some(match said::joined(told.words.lines()) {
            None => status.clone(),
            Some(words) => format!("{words} ({status})"),
        })
    }

    /// What the server said besides.
    pub(super) fn said(&self) -> Option<String> {
        let said = said::joined(self.report.borrow().words.lines())?;
        Some(self.without_secrets(&said))
    }

    /// The proxy that Git's configuration or the environment names.
    pub(super) fn proxy<'p>(&self) -> ProxyOptions<'p> {
        let mut options = ProxyOptions::new();
        match &self.proxy {
            Some(url) if !url.is_empty() => {
                options.url(url);
            }
            // An empty one means none, whatever the environment says.
            Some(_) => {}
            None => {
                options.auto();
            }
        }
        options
    }

    /// Where credentials were looked for.
    pub(super) fn tried(&self) -> Vec<String> {
        self.keychain.borrow().tried().to_vec()
    }

    /// A text without any secret that this connection knows.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        self.keychain.borrow().without_secrets(text)
    }

    /// Lets the credential helper know how it went.
    pub(super) fn settle(&self, outcome: Outcome) {
        self.keychain.borrow_mut().settle(outcome);
    }
}

impl Told {
    /// Most of what a server may say; nobody reads more.
    const MOST: usize = 16_384;

    fn hear(&mut self, bytes: &[u8]) {
        if self.words.len() < Self::MOST {
            self.words.push_str(&String::from_utf8_lossy(bytes));
        }
    }
}
