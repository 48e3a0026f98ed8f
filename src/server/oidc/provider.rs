//! The provider: where it is, which keys it has, and whether it made a token.
//!
//! # Why
//!
//! Its configuration and keys are read when they are first needed, so that the server also starts while the
//! provider is down. Strangers can make the server ask for them, with tokens of their own and by opening
//! pages; so there is a pause between two readings.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdToken, IdTokenFields, IdTokenVerifier, IssuerUrl, Nonce, NonceVerifier, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use tokio::sync::Mutex;
use url::Url;

use super::claims::{Claims, OtherClaims};
use super::error::SignInError;
use super::sender::sender;
use crate::domain::SecretValues;
use crate::port::{HttpSender, display_chain};
use crate::server::address::is_private;

/// The shortest time between two attempts to reach a provider that cannot be used.
const PAUSE: Duration = Duration::from_secs(5);

/// The shortest time between two readings because of an unknown key.
const KEY_PAUSE: Duration = Duration::from_secs(60);

/// After which time everything is read again, so that a key that was withdrawn is forgotten.
const AGE: Duration = Duration::from_secs(3600);

/// The longest text of the provider that is shown.
const LONGEST: usize = 300;

/// How ID tokens may be signed: by a key that only the provider has.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

pub(super) type Token = IdToken<
    OtherClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type TokenFields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type ProviderClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<TokenFields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider, and what it knows the server as.
pub(super) struct Provider {
    pub issuer: IssuerUrl,
    pub client: ClientId,
    pub secret: Option<ClientSecret>,
    pub redirect: RedirectUrl,
    pub scopes: Vec<Scope>,
    pub http: Arc<dyn HttpSender>,
    pub known: Known,
}

/// What is known about the provider.
#[derive(Default)]
pub(super) struct Known {
    last: RwLock<Last>,
    /// Held while it is asked.
    reading: Mutex<()>,
}

/// The last readings.
#[derive(Clone, Default)]
struct Last {
    metadata: Option<Arc<CoreProviderMetadata>>,
    /// When that was read.
    read: Option<Instant>,
    /// When it failed since.
    failed: Option<(Instant, SignInError)>,
    /// When it was read because of an unknown key.
    renewed: Option<Instant>,
}

/// A sign-in that begins.
pub(super) struct Begun {
    /// Where the provider asks who the person is.
    pub url: Url,
    pub state: CsrfToken,
    pub nonce: Nonce,
    pub verifier: PkceCodeVerifier,
}

fn is_within(time: Option<Instant>, duration: Duration) -> bool {
    time.is_some_and(|time| time.elapsed() < duration)
}

impl Last {
    /// What can be used without asking, or why nothing can be.
    fn usable(&self) -> Option<Result<Arc<CoreProviderMetadata>, SignInError>> {
        let failed = self.failed.as_ref();
        let is_pausing = is_within(failed.map(|(time, _)| *time), PAUSE);
        match (&self.metadata, failed) {
            (Some(metadata), _) if is_pausing || is_within(self.read, AGE) => {
                Some(Ok(Arc::clone(metadata)))
            }
            (None, Some((_, error))) if is_pausing => Some(Err(error.clone())),
            _ => None,
        }
    }
}

impl Provider {
    /// The provider's configuration with its keys.
    pub async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, SignInError> {
        if let Some(usable) = self.known.last().usable() {
            return usable;
        }
        let _reading = self.known.reading.lock().await;
        // Somebody may have asked meanwhile.
        match self.known.last().usable() {
            Some(usable) => usable,
            None => self.read().await,
        }
    }

    /// The same with keys that are newer than these; `None` if it was asked a moment ago.
    async fn renewed(&self, old: &Arc<CoreProviderMetadata>) -> Option<Arc<CoreProviderMetadata>> {
        let _reading = self.known.reading.lock().await;
        let last = self.known.last();
        if let Some(metadata) = last.metadata.filter(|metadata| !Arc::ptr_eq(metadata, old)) {
            return Some(metadata);
        }
        if is_within(last.renewed, KEY_PAUSE) {
            return None;
        }
        self.known
            .change(|last| last.renewed = Some(Instant::now()));
        self.read().await.ok()
    }

    async fn read(&self) -> Result<Arc<CoreProviderMetadata>, SignInError> {
        let read = self.discover().await.map(Arc::new);
        self.known.change(|last| match &read {
            Ok(metadata) => {
                last.metadata = Some(Arc::clone(metadata));
                last.read = Some(Instant::now());
                last.failed = None;
            }
            Err(error) => last.failed = Some((Instant::now(), error.clone())),
        });
        // Old keys are better than none.
        match (read, self.known.last().metadata) {
            (Err(_), Some(metadata)) => Ok(metadata),
            (read, _) => read,
        }
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, SignInError> {
        use openidconnect::DiscoveryError as E;

        let sender = sender(&self.http, self.secrets(Vec::new()));
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &sender).await;
        let metadata = found.map_err(|error| match error {
            E::Request(error) => SignInError::Unreachable(display_chain(&error)),
            E::Response(status, ..) => SignInError::Unreachable(format!("it answers {status}")),
            E::Parse(error) => SignInError::Configuration(error.to_string()),
            E::Validation(why) | E::Other(why) => SignInError::Configuration(why),
            E::UrlParse(error) => SignInError::Configuration(error.to_string()),
            _ => SignInError::Configuration("it cannot be read".to_owned()),
        })?;
        let token = metadata
            .token_endpoint()
            .ok_or_else(|| SignInError::Configuration("it has no `token_endpoint`".to_owned()))?;
        let all = [
            metadata.authorization_endpoint().url(),
            token.url(),
            metadata.jwks_uri().url(),
        ];
        match all.iter().find(|url| !is_private(url)) {
            None => Ok(metadata),
            Some(url) => Err(SignInError::Configuration(format!(
                "`{url}` is not an `https` URL"
            ))),
        }
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> ProviderClient {
        use CoreClientAuthMethod::{ClientSecretBasic, ClientSecretPost};

        let methods = metadata.token_endpoint_auth_methods_supported();
        let has = |method| methods.is_some_and(|methods| methods.contains(method));
        let is_in_body = has(&ClientSecretPost) && !has(&ClientSecretBasic);
        let client = ProviderClient::from_provider_metadata(
            metadata.clone(),
            self.client.clone(),
            self.secret.clone(),
        );
        client
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(if is_in_body {
                AuthType::RequestBody
            } else {
                AuthType::BasicAuth
            })
    }

    /// Begins a sign-in.
    pub async fn begin(&self) -> Result<Begun, SignInError> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let request = request.add_scopes(self.scopes.iter().cloned());
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        Ok(Begun {
            url,
            state,
            nonce,
            verifier,
        })
    }

    /// Trades a code for the claims of the person.
    pub async fn claims(
        &self,
        code: &str,
        nonce: &Nonce,
        verifier: PkceCodeVerifier,
    ) -> Result<Claims, SignInError> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata);
        let secrets = vec![code.to_owned(), verifier.secret().clone()];
        let sender = sender(&self.http, self.secrets(secrets.clone()));
        let unusable = || SignInError::Configuration("it has no `token_endpoint`".to_owned());
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|_| unusable())?.set_pkce_verifier(verifier);
        let answer = request
            .request_async(&sender)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error) => {
                    SignInError::Unreachable(display_chain(&error))
                }
                RequestTokenError::ServerResponse(error) => {
                    let secrets = self.secrets(secrets.clone());
                    SignInError::Refused(bounded(&secrets.redacted(&error.to_string())))
                }
                // The cause would quote the answer, in which the tokens are.
                RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                    SignInError::Refused("its answer cannot be read".to_owned())
                }
            })?;
        let token = answer.id_token().ok_or_else(|| {
            SignInError::Token("there is none in the provider's answer".to_owned())
        })?;
        self.verified(token, nonce).await
    }

    /// The claims of a token that the provider has made for this server.
    pub async fn verified(
        &self,
        token: &Token,
        nonce: impl NonceVerifier + Clone,
    ) -> Result<Claims, SignInError> {
        use ClaimsVerificationError::SignatureVerification;

        let metadata = self.metadata().await?;
        let mut claims = token.claims(&self.verifier(&metadata), nonce.clone());
        let unknown = SignatureVerification(SignatureVerificationError::NoMatchingKey);
        if claims.as_ref().is_err_and(|error| *error == unknown)
            && let Some(metadata) = self.renewed(&metadata).await
        {
            claims = token.claims(&self.verifier(&metadata), nonce);
        }
        let claims = claims.map_err(|error| SignInError::Token(bounded(&display_chain(&error))))?;
        let is_for_others = match claims.authorized_party() {
            Some(party) => *party != self.client,
            None => claims.audiences().len() > 1,
        };
        if is_for_others {
            return Err(SignInError::Token(
                "it was made for another client".to_owned(),
            ));
        }
        Ok(claims.clone())
    }

    fn verifier(&self, metadata: &CoreProviderMetadata) -> IdTokenVerifier<'_, CoreJsonWebKey> {
        // As for a public client: the client secret is no key for signatures.
        IdTokenVerifier::new_public_client(
            self.client.clone(),
            self.issuer.clone(),
            metadata.jwks().clone(),
        )
        .set_allowed_algs(ALGORITHMS)
        // `azp` then names the one that it is for.
        .set_other_audience_verifier_fn(|_| true)
    }

    fn secrets(&self, more: Vec<String>) -> SecretValues {
        let own = self.secret.iter().map(|secret| secret.secret().clone());
        SecretValues::new(own.chain(more))
    }
}

impl Known {
    fn last(&self) -> Last {
        self.last
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn change(&self, change: impl FnOnce(&mut Last)) {
        change(&mut self.last.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The beginning of a text.
pub(super) fn bounded(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
