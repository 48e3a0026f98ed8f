//! Webhooks: whether one comes from a forge that knows the secret, and which repository it is about.
//!
//! # Why
//!
//! A webhook only means that it is time to look: nothing in it is believed, so an old one that is sent again
//! does no harm. The secret keeps strangers from making the server work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::hmac;
use serde_json::Value;

use super::hexadecimal::bytes_of;
use crate::domain::RemoteAddress;
use crate::port::Variables;

/// Who sends a webhook.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Sender {
    GitHub,
    GitLab,
    Gitea,
    /// Any program that computes an HMAC.
    Generic,
}

impl Sender {
    const ALL: [Self; 4] = [Self::GitHub, Self::GitLab, Self::Gitea, Self::Generic];

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Generic => "generic",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|sender| sender.name() == name)
    }

    /// The header of GitHub with the kind of event.
    pub const EVENT: &str = "x-github-event";

    /// Whether an event of this kind only asks whether the server is there.
    pub fn is_ping(self, event: Option<&[u8]>) -> bool {
        self == Self::GitHub && event == Some(b"ping")
    }

    /// The header with its proof.
    pub fn header(self) -> &'static str {
        match self {
            Self::GitHub => "x-hub-signature-256",
            Self::GitLab => "x-gitlab-token",
            Self::Gitea => "x-gitea-signature",
            Self::Generic => "x-signature-256",
        }
    }
}

/// The secrets that forges share with the server.
#[derive(Default)]
pub(super) struct Webhooks {
    secrets: BTreeMap<Sender, Secret>,
    /// Those without a secret that were logged: strangers cannot fill the log.
    logged: BTreeMap<Sender, AtomicBool>,
}

struct Secret {
    key: hmac::Key,
    /// The key's tag of the secret itself, by which a token is compared with it.
    own: hmac::Tag,
}

impl Webhooks {
    /// The variable with the secret of all senders; that of a single one has its name behind it.
    pub const VARIABLE: &str = "GIT_PROMOTE_WEBHOOK_SECRET";

    /// The secrets in the environment.
    pub fn of(variables: &Variables) -> Self {
        let secret = |sender: Sender| {
            let own = format!("{}_{}", Self::VARIABLE, sender.name().to_uppercase());
            let names = [own.as_str(), Self::VARIABLE].into_iter();
            let mut secrets = names.filter_map(|name| variables(name));
            let secret = secrets.find(|secret| !secret.is_empty())?;
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            let own = hmac::sign(&key, secret.as_bytes());
            Some((sender, Secret { key, own }))
        };
        let logged = Sender::ALL.map(|sender| (sender, AtomicBool::new(false)));
        Self {
            secrets: Sender::ALL.into_iter().filter_map(secret).collect(),
            logged: logged.into_iter().collect(),
        }
    }

    /// Whether webhooks of a sender can be checked at all.
    pub fn accepts(&self, sender: Sender) -> bool {
        self.secrets.contains_key(&sender)
    }

    /// Whether it is the first time that this is asked about a sender.
    pub fn is_first(&self, sender: Sender) -> bool {
        let logged = self.logged.get(&sender);
        logged.is_some_and(|logged| !logged.swap(true, Ordering::Relaxed))
    }

    /// Whether the proof shows that the sender knows the secret. It takes the same time for all wrong ones.
    pub fn proves(&self, sender: Sender, proof: &[u8], body: &[u8]) -> bool {
        let Some(Secret { key, own }) = self.secrets.get(&sender) else {
            return false;
        };
        let signature = match sender {
            Sender::GitLab => return hmac::verify(key, proof, own.as_ref()).is_ok(),
            Sender::Gitea => Some(proof),
            Sender::GitHub | Sender::Generic => proof.strip_prefix(b"sha256="),
        };
        let signature = signature.and_then(bytes_of);
        signature.is_some_and(|signature| hmac::verify(key, body, &signature).is_ok())
    }
}

/// The repositories that a webhook is about, by their URLs.
pub(super) fn repositories(body: &[u8]) -> Vec<RemoteAddress> {
    const KEYS: [&str; 11] = [
        "clone_url",
        "git_http_url",
        "git_ssh_url",
        "git_url",
        "homepage",
        "html_url",
        "http_url",
        "ssh_url",
        "url",
        "web_url",
        "path",
    ];
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let about = ["repository", "project"].iter();
    let urls = about.filter_map(|name| body.get(name)).flat_map(|about| {
        let own = about.as_str();
        let fields = KEYS.iter().filter_map(|key| about.get(key)?.as_str());
        own.into_iter().chain(fields)
    });
    urls.filter_map(RemoteAddress::parse).collect()
}

/// Whether two addresses are of the same repository, however it is reached: to look once more does no harm.
pub(super) fn is_same(a: &RemoteAddress, b: &RemoteAddress) -> bool {
    let path = |path: &str| {
        let path = path.trim_matches('/').to_lowercase();
        path.strip_suffix(".git")
            .map_or(path.clone(), str::to_owned)
    };
    match (a, b) {
        (RemoteAddress::Server(a), RemoteAddress::Server(b)) => {
            a.host_name() == b.host_name() && path(a.path()) == path(b.path())
        }
        (RemoteAddress::Disk(a), RemoteAddress::Disk(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn webhooks(variables: &'static [(&str, &str)]) -> Webhooks {
        Webhooks::of(
            &(Arc::new(|name: &str| {
                let mut variables = variables.iter();
                let found = variables.find(|(own, _)| *own == name);
                found.map(|(_, value)| (*value).to_owned())
            }) as Variables),
        )
    }

    #[test]
    fn each_sender_proves_that_it_knows_the_secret() {
        let all = webhooks(&[("GIT_PROMOTE_WEBHOOK_SECRET", "It's a Secret to Everybody")]);
        // GitHub's own example.
        let body = b"Hello, World!";
        let tag = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let signed = format!("sha256={tag}");
        for (sender, proof, expected) in [
            (Sender::GitHub, signed.as_str(), true),
            (Sender::Generic, &signed, true),
            (Sender::Gitea, tag, true),
            (Sender::GitLab, "It's a Secret to Everybody", true),
            (Sender::GitHub, tag, false),
            (Sender::GitHub, "sha256=", false),
            (Sender::GitHub, "", false),
            (Sender::GitHub, &signed[..signed.len() - 1], false),
            (Sender::GitHub, &signed.replace('7', "8"), false),
            (Sender::Gitea, &signed, false),
            (Sender::GitLab, "It's a Secret to Everybod", false),
            (Sender::GitLab, "", false),
            (Sender::GitLab, tag, false),
        ] {
            let proves = all.proves(sender, proof.as_bytes(), body);
            assert_eq!(proves, expected, "{sender:?} {proof}");
        }
        assert!(!all.proves(Sender::GitHub, signed.as_bytes(), b"Hello, World?"));
    }

    #[test]
    fn a_sender_can_have_a_secret_of_its_own() {
        let some = webhooks(&[
            ("GIT_PROMOTE_WEBHOOK_SECRET", ""),
            ("GIT_PROMOTE_WEBHOOK_SECRET_GITLAB", "one"),
        ]);
        assert!(some.accepts(Sender::GitLab) && !some.accepts(Sender::GitHub));
        let both = webhooks(&[
            ("GIT_PROMOTE_WEBHOOK_SECRET", "all"),
            ("GIT_PROMOTE_WEBHOOK_SECRET_GITLAB", "one"),
        ]);
        assert!(both.proves(Sender::GitLab, b"one", b"") && both.accepts(Sender::GitHub));
        assert!(!both.proves(Sender::GitLab, b"all", b""));
        // Without a secret, everything is a proof of nothing.
        assert!(!webhooks(&[]).proves(Sender::GitLab, b"", b""));
    }

    #[test]
    fn a_repository_is_known_by_any_of_its_urls() {
        let own = RemoteAddress::parse("git@github.com:Acme/shop.git").unwrap();
        for (body, expected) in [
            (
                r#"{"repository": {"clone_url": "https://github.com/acme/shop.git"}}"#,
                true,
            ),
            (
                r#"{"repository": {"ssh_url": "ssh://git@github.com:22/acme/shop"}}"#,
                true,
            ),
            (
                r#"{"project": {"git_http_url": "https://github.com/acme/shop.git"}}"#,
                true,
            ),
            (r#"{"repository": "https://github.com/acme/shop"}"#, true),
            (
                r#"{"repository": {"clone_url": "https://github.com/acme/shop2.git"}}"#,
                false,
            ),
            (
                r#"{"repository": {"clone_url": "https://github.example/acme/shop.git"}}"#,
                false,
            ),
            (r#"{"repository": {"clone_url": 7}}"#, false),
            ("[]", false),
            ("no JSON", false),
        ] {
            let named = repositories(body.as_bytes());
            let is_found = named.iter().any(|other| is_same(&own, other));
            assert_eq!(is_found, expected, "{body}");
        }
    }
}
