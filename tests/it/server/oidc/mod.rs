//! Sign-in with a provider of OpenID Connect: who gets in, and how everybody else is kept out.

mod faults;
mod sessions;
mod sign_in;
mod tokens;

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::client::{Answer, Server, encoded};
use super::provider::{CLIENT, Provider, SECRET};
use crate::world::{Repo, World};

/// The address of the dashboard in browsers.
const SITE: &str = "https://promote.example.com";
const HOST: (&str, &str) = ("Host", "promote.example.com");

const KEY: &str = "c2Vzc2lvbi1rZXktc2Vzc2lvbi1rZXktc2Vzc2lvbi1rZXk=";

const PERMISSIONS: &str = "permissions:
  - {who: 'group:release', may: promote}
";

fn arguments(provider: &str) -> Vec<&str> {
    vec![
        "--auth",
        "oidc",
        "--oidc-issuer",
        provider,
        "--oidc-client-id",
        CLIENT,
        "--url",
        SITE,
        "--oidc-name-claim",
        "preferred_username",
    ]
}

const VARIABLES: [(&str, &str); 2] = [
    ("GIT_PROMOTE_OIDC_CLIENT_SECRET", SECRET),
    ("GIT_PROMOTE_SESSION_KEY", KEY),
];

fn start(world: &World, repo: &Repo<'_>, provider: &Provider) -> Server {
    Server::start_with(world, repo, &arguments(&provider.url), &VARIABLES)
}

/// A browser with its cookies.
#[derive(Default)]
struct Browser {
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser {
    fn cookie(&self) -> String {
        let cookies = self.cookies.borrow();
        let pairs = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Takes over the cookies of an answer.
    fn take(&self, answer: Answer) -> Answer {
        let mut cookies = self.cookies.borrow_mut();
        for (_, cookie) in answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            assert!(cookie.contains("; HttpOnly; Secure"), "{cookie}");
            assert!(cookie.contains("; Path=/;"), "{cookie}");
            let (name, rest) = cookie.split_once('=').unwrap();
            assert!(name.starts_with("__Host-git-promote-"), "{cookie}");
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    fn get(&self, server: &Server, address: &str) -> Answer {
        let path = address.strip_prefix(SITE).unwrap_or(address);
        self.take(server.get(path, &[HOST, ("Cookie", &self.cookie())]))
    }

    fn post(&self, server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [HOST, ("Cookie", &self.cookie()), ("Origin", SITE)];
        self.take(server.post(path, &headers, &encoded(fields)))
    }

    /// Goes to the provider, as the server leads it, and comes back; the address that it is sent back to.
    fn leave(&self, server: &Server, provider: &Provider, path: &str) -> String {
        let begun = self.get(server, path);
        assert_eq!(begun.status, 303, "{begun:?}");
        provider.authorize(begun.header("location").unwrap()).into()
    }

    /// Signs in; the answer to what the provider sends back.
    fn sign_in(&self, server: &Server, provider: &Provider) -> Answer {
        let back = self.leave(server, provider, "/sign-in?to=/r/clone");
        self.get(server, &back)
    }

    fn is_signed_in(&self, server: &Server) -> bool {
        self.get(server, &server.page("")).status == 200
    }
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").unwrap()
}

/// Nothing that the provider, the server and the browser share is shown.
fn assert_silent(provider: &Provider, server: &Server, texts: &[&Answer]) {
    let mut secrets = provider.state().secrets.clone();
    secrets.extend([SECRET.to_owned(), KEY.to_owned()]);
    let log = server.log();
    for secret in &secrets {
        assert!(!log.contains(secret), "{secret}: {log}");
        for answer in texts {
            assert!(
                !format!("{answer:?}").contains(secret),
                "{secret}: {answer:?}"
            );
        }
    }
}
