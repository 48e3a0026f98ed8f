//! The provider: where it is, which keys it has, and whether it made a token.
//!
//! # Why
//!
//! Its configuration and keys are read when they are first needed, so that the server also starts while the
//! provider is down. Strangers can make the server ask for them, with tokens of their own and by opening
//! pages; so there is a pause between two readings, and a reading is no part of a request: it ends although the
//! one who caused it has closed the connection. Old keys are used while newer ones are read, but not forever.

use std::sync::Arc;
use std::time::Instant;

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
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;
use url::Url;

use super::claims::{Claims, OtherClaims};
use super::error::SignInError;
use super::known::{Known, Last, Usable};
use super::sender::sender;
use crate::domain::SecretValues;
use crate::port::{HttpSender, display_chain};
use crate::server::address::is_private;
use crate::server::log::bounded;

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

/// A sign-in that begins.
pub(super) struct Begun {
    /// Where the provider asks who the person is.
    pub url: Url,
    pub state: CsrfToken,
    pub nonce: Nonce,
    pub verifier: PkceCodeVerifier,
}

impl Provider {
    /// The provider's configuration with its keys.
    pub async fn metadata(self: &Arc<Self>) -> Result<Arc<CoreProviderMetadata>, SignInError> {
        match self.known.last().usable(Instant::now()) {
            Usable::Fresh(metadata) => return Ok(metadata),
            Usable::Stale(metadata) => {
                if let Ok(reading) = Arc::clone(&self.known.reading).try_lock_owned() {
                    self.start_reading(reading);
                }
                return Ok(metadata);
            }
            Usable::Failed(error) => return Err(error),
            Usable::Unread => {}
        }
        self.read_if(|last| matches!(last.usable(Instant::now()), Usable::Unread))
            .await;
        match self.known.last().usable(Instant::now()) {
            Usable::Fresh(metadata) | Usable::Stale(metadata) => Ok(metadata),
            Usable::Failed(error) => Err(error),
            Usable::Unread => Err(SignInError::Unreachable("it was not read".to_owned())),
        }
    }

    /// The same with keys that are newer than these; `None` if it was asked a moment ago.
    async fn renewed(
        self: &Arc<Self>,
        old: &Arc<CoreProviderMetadata>,
    ) -> Option<Arc<CoreProviderMetadata>> {
        self.read_if(|last| last.is_renewed(old, Instant::now()))
            .await;
        let metadata = self.known.last().metadata;
        metadata.filter(|metadata| !Arc::ptr_eq(metadata, old))
    }

    /// Waits for the reading that is under way, if one is, and for another one if it is still due then.
    async fn read_if(self: &Arc<Self>, is_due: impl FnOnce(&mut Last) -> bool) {
        let reading = Arc::clone(&self.known.reading).lock_owned().await;
        if self.known.change(is_due)
            && let Err(error) = self.start_reading(reading).await
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    }

    /// Reads in a task of its own, which ends although the request that needs it is over.
    fn start_reading(self: &Arc<Self>, reading: OwnedMutexGuard<()>) -> JoinHandle<()> {
        let provider = Arc::clone(self);
        tokio::spawn(async move {
            let read = provider.discover().await;
            let now = Instant::now();
            provider.known.change(|last| match read {
                Ok(metadata) => {
                    last.metadata = Some(Arc::new(metadata));
                    last.read = Some(now);
                    last.failed = None;
                }
                Err(error) => last.failed = Some((now, error)),
            });
            drop(reading);
        })
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
    pub async fn begin(self: &Arc<Self>) -> Result<Begun, SignInError> {
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
        self: &Arc<Self>,
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
        self: &Arc<Self>,
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
