//! Sign-in with a provider of OpenID Connect: the code flow with PKCE.
//!
//! # Why
//!
//! The server has no store of sessions. Who has signed in, and the secrets of a sign-in that is under way, are
//! in cookies that only the server and its replicas can read. So any of them can finish what another one began,
//! and none of them forgets anyone when it ends. The price is that a session cannot be ended from outside before
//! its time; so it is short, and after it the provider is asked again.

mod claims;
mod error;
mod known;
mod provider;
pub(super) mod seal;
mod sender;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use openidconnect::{
    ClientId, ClientSecret, IssuerUrl, Nonce, PkceCodeVerifier, RedirectUrl, Scope,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use url::Url;

use super::address::SiteUrl;
use super::log::bounded;
use super::options::{OidcSignIn, ServeError};
use crate::domain::Person;
use crate::port::{HttpSender, Variables};

use claims::{PersonClaims, person};
pub(super) use error::SignInError;
use known::Known;
use provider::{Provider, Token};
use seal::SessionKey;

/// The variable with the secret that the server shares with the provider.
const SECRET: &str = "GIT_PROMOTE_OIDC_CLIENT_SECRET";

/// Where the provider sends browsers back to.
pub(super) const CALLBACK: &str = "/sign-in/callback";

/// How long a sign-in may take, in seconds.
pub(super) const PATIENCE: i64 = 600;

/// How many exchanges of codes may be under way.
const EXCHANGES: usize = 32;

/// Sign-in with a provider.
pub(super) struct Oidc {
    provider: Arc<Provider>,
    key: SessionKey,
    /// What the cookies are for, beside their own purpose: a key may be shared with another deployment.
    audience: String,
    /// Exchanges of codes that may be under way, beside those that are.
    exchanges: Semaphore,
    people: PersonClaims,
    session: Duration,
    /// The address of the dashboard.
    pub site: SiteUrl,
    /// When it was last logged that no sign-in is possible, in seconds since 1970.
    logged: AtomicI64,
    /// Whether nobody else has the key, so that sessions end with the process.
    pub is_key_random: bool,
}

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub(super) struct SignedIn {
    pub person: Arc<Person>,
    /// The secret that their forms give back.
    pub token: String,
    /// When the session ends, in seconds since 1970.
    pub until: i64,
}

/// A sign-in that has begun.
pub(super) struct Started {
    /// Where the provider asks who the person is.
    pub url: Url,
    /// What the provider gives back.
    pub state: String,
    /// What the browser keeps meanwhile.
    pub cookie: String,
}

/// What a browser brings back from the provider.
pub(super) struct Returned<'r> {
    pub state: &'r str,
    /// What the browser has kept since the sign-in with this state began.
    pub cookie: &'r str,
    pub code: Option<&'r str>,
    /// Who the provider is, if it says so.
    pub issuer: Option<&'r str>,
    /// Why there is no code.
    pub error: Option<&'r str>,
    /// The same for people.
    pub description: Option<&'r str>,
}

/// A sign-in that is done.
pub(super) struct Finished {
    pub signed_in: SignedIn,
    /// The page that the person came for.
    pub to: String,
    /// What the browser keeps for the session.
    pub cookie: String,
}

/// What a browser keeps of a session.
#[derive(Serialize, Deserialize)]
struct SessionRecord {
    name: String,
    email: Option<String>,
    groups: Vec<String>,
    token: String,
    until: i64,
}

/// What a browser keeps of a sign-in that is under way.
#[derive(Serialize, Deserialize)]
struct StartedRecord {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    to: String,
    until: i64,
}

impl Oidc {
    /// Signs in with the provider of these options, by requests that `http` sends.
    pub fn new(
        options: &OidcSignIn,
        variables: &Variables,
        http: Arc<dyn HttpSender>,
    ) -> Result<Self, ServeError> {
        let variable = |name| variables(name).filter(|value| !value.trim().is_empty());
        let text = variable(SessionKey::VARIABLE);
        let key = match &text {
            Some(text) => SessionKey::parse(text),
            None => SessionKey::random(),
        };
        let unusable = |_| ServeError::Address(options.issuer.to_string());
        let callback = options.url.page(CALLBACK).map(|url| url.to_string());
        let callback = callback.unwrap_or_default();
        let scopes = ["email", "profile"].into_iter();
        let scopes = scopes.chain(options.scopes.iter().map(String::as_str));
        Ok(Self {
            provider: Arc::new(Provider {
                issuer: IssuerUrl::new(options.issuer.to_string()).map_err(unusable)?,
                client: ClientId::new(options.client_id.clone()),
                secret: variable(SECRET).map(|secret| ClientSecret::new(secret.trim().to_owned())),
                redirect: RedirectUrl::new(callback).map_err(unusable)?,
                scopes: scopes.map(|scope| Scope::new(scope.to_owned())).collect(),
                http,
                known: Known::default(),
            }),
            key: key.map_err(ServeError::SessionKey)?,
            audience: format!("{} {}", options.issuer, options.client_id),
            exchanges: Semaphore::new(EXCHANGES),
            people: PersonClaims {
                name: options.name_claim.clone(),
                groups: options.groups_claim.clone(),
                emails: options.emails,
            },
            session: options.session,
            site: options.url.clone(),
            logged: AtomicI64::new(0),
            is_key_random: text.is_none(),
        })
    }

    /// Why the provider cannot be used now, if it cannot.
    pub async fn fault(&self) -> Option<SignInError> {
        self.provider.metadata().await.err()
    }

    /// Whether to log that no sign-in is possible: once a minute, as everybody can ask for what fails.
    pub fn should_log(&self, now: i64) -> bool {
        let logged = self.logged.load(Ordering::Relaxed);
        let swap = |now| {
            let order = Ordering::Relaxed;
            self.logged.compare_exchange(logged, now, order, order)
        };
        now - logged >= 60 && swap(now).is_ok()
    }

    /// Begins a sign-in that leads to a page.
    pub async fn begin(&self, to: &Url, now: i64) -> Result<Started, SignInError> {
        let begun = self.provider.begin().await?;
        let state = begun.state.secret().clone();
        let record = StartedRecord {
            nonce: begun.nonce,
            verifier: begun.verifier,
            to: to.to_string(),
            until: now + PATIENCE,
        };
        Ok(Started {
            url: begun.url,
            cookie: self.seal(&format!("sign-in {state}"), &record)?,
            state,
        })
    }

    /// Whether a cookie is of the sign-in with this state.
    pub fn has_begun(&self, state: &str, cookie: &str) -> bool {
        self.started(state, cookie).is_some()
    }

    fn started(&self, state: &str, cookie: &str) -> Option<StartedRecord> {
        self.open(&format!("sign-in {state}"), cookie)
    }

    /// Ends a sign-in.
    pub async fn finish(&self, returned: &Returned<'_>, now: i64) -> Result<Finished, SignInError> {
        let record = self.started(returned.state, returned.cookie);
        let record = record.filter(|record| now < record.until);
        let record = record.ok_or(SignInError::Ended)?;
        let code = returned.code().map_err(SignInError::Refused)?;
        if returned
            .issuer
            .is_some_and(|issuer| issuer != self.provider.issuer.as_str())
        {
            let why = "it comes from another provider".to_owned();
            return Err(SignInError::Refused(why));
        }
        // Each waits for the provider, and anyone can bring a code.
        let exchange = self.exchanges.try_acquire();
        let _exchange = exchange.map_err(|_| SignInError::Busy)?;
        let claims = self.provider.claims(code, &record.nonce, record.verifier);
        let claims = claims.await?;
        let person = person(&claims, &self.people)?;
        let length = i64::try_from(self.session.as_secs()).unwrap_or(i64::MAX);
        let signed_in = SignedIn {
            person: Arc::new(person),
            token: Nonce::new_random().secret().clone(),
            until: now.saturating_add(length),
        };
        let cookie = self.seal("session", &SessionRecord::of(&signed_in))?;
        Ok(Finished {
            signed_in,
            to: record.to,
            cookie,
        })
    }

    /// Who has signed in, by what their browser keeps.
    pub fn session(&self, cookie: &str, now: i64) -> Option<SignedIn> {
        let record: SessionRecord = self.open("session", cookie)?;
        let person = Person::new(&record.name, record.email.as_deref(), record.groups)?;
        (now < record.until).then(|| SignedIn {
            person: Arc::new(person),
            token: record.token,
            until: record.until,
        })
    }

    /// Who a program acts for, by an ID token that the provider has made for this server; and until when.
    pub async fn bearer(&self, token: &str) -> Result<(Arc<Person>, i64), SignInError> {
        let token: Result<Token, _> = token.parse();
        // The cause would quote the token.
        let token = token.map_err(|_| SignInError::Token("it is none".to_owned()))?;
        let any_nonce = |_: Option<&Nonce>| Ok(());
        let claims = self.provider.verified(&token, any_nonce).await?;
        let person = person(&claims, &self.people)?;
        Ok((Arc::new(person), claims.expiration().timestamp()))
    }

    fn seal(&self, purpose: &str, record: &impl Serialize) -> Result<String, SignInError> {
        let text = serde_json::to_vec(record).map_err(|_| SignInError::Seal)?;
        let purpose = format!("{} {purpose}", self.audience);
        self.key
            .seal(&purpose, &text)
            .map_err(|_| SignInError::Seal)
    }

    fn open<T: DeserializeOwned>(&self, purpose: &str, cookie: &str) -> Option<T> {
        let text = self
            .key
            .open(&format!("{} {purpose}", self.audience), cookie)?;
        serde_json::from_slice(&text).ok()
    }
}

impl Returned<'_> {
    fn code(&self) -> Result<&str, String> {
        match (self.error, self.code) {
            (None, Some(code)) => Ok(code),
            (None, None) => Err("there is no code".to_owned()),
            (Some(error), _) => {
                let description = self.description.unwrap_or("no reason given");
                Err(bounded(&format!("{error}: {description}")))
            }
        }
    }
}

impl SessionRecord {
    fn of(signed_in: &SignedIn) -> Self {
        let SignedIn {
            person,
            token,
            until,
        } = signed_in;
        Self {
            name: person.name().to_owned(),
            email: person.email().map(str::to_owned),
            groups: person.groups().to_vec(),
            token: token.clone(),
            until: *until,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::port::{HttpAnswer, HttpError, HttpRequest};
    use crate::server::options::TrustedEmails;

    /// A network without servers.
    struct Offline;

    #[async_trait]
    impl HttpSender for Offline {
        async fn send(&self, _: &HttpRequest) -> Result<HttpAnswer, HttpError> {
            Err(HttpError::NotSent {
                server: "https://login.example.com".to_owned(),
                source: "there is no network".into(),
            })
        }
    }

    fn oidc() -> Oidc {
        let options = OidcSignIn {
            issuer: "https://login.example.com".parse().unwrap(),
            client_id: "promote".to_owned(),
            name_claim: None,
            groups_claim: "groups".to_owned(),
            emails: TrustedEmails::Verified,
            scopes: Vec::new(),
            url: "https://promote.example.com".parse().unwrap(),
            session: Duration::from_secs(3600),
        };
        let key = |name: &str| (name == SessionKey::VARIABLE).then(|| "5a".repeat(32));
        Oidc::new(&options, &(Arc::new(key) as Variables), Arc::new(Offline)).unwrap()
    }

    #[test]
    fn a_session_ends_in_time() {
        let oidc = oidc();
        let record = SessionRecord {
            name: "ada".to_owned(),
            email: None,
            groups: vec!["release".to_owned()],
            token: "token".to_owned(),
            until: 1000,
        };
        let cookie = oidc.seal("session", &record).unwrap();
        let session = oidc.session(&cookie, 999).unwrap();
        assert_eq!(session.person.groups(), ["release"]);
        assert_eq!(session.until, 1000);
        assert!(oidc.session(&cookie, 1000).is_none());
    }

    #[tokio::test]
    async fn a_sign_in_ends_in_time() {
        let oidc = oidc();
        let record = StartedRecord {
            nonce: Nonce::new("nonce".to_owned()),
            verifier: PkceCodeVerifier::new("verifier".to_owned()),
            to: "/".to_owned(),
            until: 1000,
        };
        let cookie = oidc.seal("sign-in state", &record).unwrap();
        let returned = |state: &'static str| Returned {
            state,
            cookie: &cookie,
            code: Some("code"),
            issuer: None,
            error: None,
            description: None,
        };
        for (state, now, expected) in [
            ("state", 1000, true),
            ("other", 999, true),
            ("state", 999, false),
        ] {
            let error = oidc.finish(&returned(state), now).await.err().unwrap();
            assert_eq!(
                error == SignInError::Ended,
                expected,
                "{state} {now}: {error}"
            );
        }
    }
}
