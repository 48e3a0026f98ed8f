//! The options of `git promote serve` about who people are.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::server::{
    Issuer, Network, OidcSignIn, ProxySignIn, ServeError, SignIn, SiteUrl, TrustedEmails,
};

/// How the server learns who people are.
#[derive(Args, Debug)]
pub struct SignInArguments {
    /// How the server learns who people are.
    #[arg(long, value_enum, default_value_t = Auth::None)]
    pub auth: Auth,

    /// The address or network of the proxy that signs people in; repeatable. Requests from elsewhere are refused.
    #[arg(long, value_name = "ADDRESS|NETWORK", required_if_eq("auth", "proxy"))]
    pub trusted_proxy: Vec<Network>,

    /// The header in which the proxy names the person.
    #[arg(long, value_name = "HEADER", default_value = "X-Forwarded-User")]
    pub auth_header: String,

    /// The header with the person's e-mail address.
    #[arg(long, value_name = "HEADER", default_value = "X-Forwarded-Email")]
    pub email_header: String,

    /// The header with the person's groups, separated by commas.
    #[arg(long, value_name = "HEADER", default_value = "X-Forwarded-Groups")]
    pub groups_header: String,

    /// The address of the dashboard in browsers, such as `https://promote.example.com`. The provider sends
    /// people back to its page `/sign-in/callback`.
    #[arg(long, value_name = "URL", required_if_eq("auth", "oidc"))]
    pub url: Option<SiteUrl>,

    /// The issuer of the provider that signs people in, such as `https://login.example.com/realms/acme`.
    #[arg(long, value_name = "URL", required_if_eq("auth", "oidc"))]
    pub oidc_issuer: Option<Issuer>,

    /// The name by which the provider knows the dashboard. The secret that belongs to it is in
    /// `GIT_PROMOTE_OIDC_CLIENT_SECRET`.
    #[arg(long, value_name = "CLIENT", required_if_eq("auth", "oidc"))]
    pub oidc_client_id: Option<String>,

    /// The claim of the ID token that names people in commits, permissions and approvals; by default, their verified
    /// e-mail address, or else `sub`. Only safe if people cannot change it: `preferred_username` is such a claim at
    /// some providers, and `name` at none.
    #[arg(long, value_name = "CLAIM", value_parser = name_claim)]
    pub oidc_name_claim: Option<String>,

    /// The claim of the ID token with the person's groups.
    #[arg(long, value_name = "CLAIM", default_value = "groups")]
    pub oidc_groups_claim: String,

    /// Trust e-mail addresses that the provider does not mark as verified or not verified, as with Entra ID.
    /// Only safe if people cannot choose the address of their account: permissions and approvals count for
    /// whoever has the address.
    #[arg(long)]
    pub oidc_trust_email: bool,

    /// Ask the provider for this scope too, beside `openid`, `email` and `profile`; repeatable.
    #[arg(long, value_name = "SCOPE")]
    pub oidc_scope: Vec<String>,

    /// People sign in again after so many hours.
    #[arg(
        long,
        value_name = "HOURS",
        default_value_t = 8,
        value_parser = clap::value_parser!(u64).range(1..=168)
    )]
    pub session_hours: u64,
}

/// How the server learns who people are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Auth {
    /// It does not ask: whoever can open it on this machine acts as you.
    None,
    /// A proxy such as oauth2-proxy signs people in; `permissions` in `promote.yaml` say what they may do.
    Proxy,
    /// A provider of OpenID Connect signs people in; `permissions` in `promote.yaml` say what they may do.
    Oidc,
}

/// The claims for display, which people choose as they like.
const DISPLAYED: [&str; 5] = [
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "nickname",
];

/// A claim that can name a single person.
fn name_claim(name: &str) -> Result<String, String> {
    if DISPLAYED.contains(&name) {
        return Err(format!(
            "people choose their `{name}` themselves, and several can have the same"
        ));
    }
    Ok(name.to_owned())
}

impl SignInArguments {
    /// The choice, if no option contradicts it.
    pub fn sign_in(&self) -> Result<SignIn, ServeError> {
        // Through a proxy on this machine, everybody would act as its user.
        if self.auth != Auth::Proxy && !self.trusted_proxy.is_empty() {
            return Err(ServeError::UnusedProxy);
        }
        if self.auth != Auth::Oidc
            && let Some(option) = self.provider_option()
        {
            return Err(ServeError::UnusedProvider(option));
        }
        Ok(match self.auth {
            Auth::None => SignIn::None,
            Auth::Proxy => SignIn::Proxy(ProxySignIn {
                trusted: self.trusted_proxy.clone(),
                user: self.auth_header.clone(),
                email: self.email_header.clone(),
                groups: self.groups_header.clone(),
            }),
            Auth::Oidc => {
                let missing = ServeError::NoProvider;
                SignIn::Oidc(OidcSignIn {
                    issuer: self.oidc_issuer.clone().ok_or(missing("--oidc-issuer"))?,
                    client_id: self
                        .oidc_client_id
                        .clone()
                        .ok_or(missing("--oidc-client-id"))?,
                    name_claim: self.oidc_name_claim.clone(),
                    groups_claim: self.oidc_groups_claim.clone(),
                    emails: if self.oidc_trust_email {
                        TrustedEmails::Unmarked
                    } else {
                        TrustedEmails::Verified
                    },
                    scopes: self.oidc_scope.clone(),
                    url: self.url.clone().ok_or(missing("--url"))?,
                    session: Duration::from_secs(self.session_hours * 3600),
                })
            }
        })
    }

    /// An option of the provider that is given.
    fn provider_option(&self) -> Option<&'static str> {
        let given = [
            (self.oidc_issuer.is_some(), "--oidc-issuer"),
            (self.oidc_client_id.is_some(), "--oidc-client-id"),
            (self.oidc_name_claim.is_some(), "--oidc-name-claim"),
            (!self.oidc_scope.is_empty(), "--oidc-scope"),
            (self.oidc_trust_email, "--oidc-trust-email"),
            (self.url.is_some(), "--url"),
        ];
        let mut given = given.into_iter();
        given.find_map(|(is_given, option)| is_given.then_some(option))
    }
}
