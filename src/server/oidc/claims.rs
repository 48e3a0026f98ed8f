//! Who a person is, by the claims of their ID token.
//!
//! # Why
//!
//! Permissions and approvals name people by the name or the address. So the name is the address, if the provider
//! marks it as verified, or else the subject, which is one account forever. At many providers, people change
//! `preferred_username` themselves, and take one that somebody else had: such a claim only counts if an option
//! names it. The display name never does. A missing mark is none: with the scopes and claims that a browser asks
//! the provider for, people decide which claims are in their tokens.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::SignInError;
use crate::domain::Person;
use crate::server::options::TrustedEmails;

/// The claims that OpenID Connect does not define, such as groups.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct OtherClaims(Map<String, Value>);

impl AdditionalClaims for OtherClaims {}

/// All claims.
pub(super) type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;

/// Which claims tell who a person is.
pub(super) struct PersonClaims {
    /// The one with their name, if it is neither the address nor the subject.
    pub name: Option<String>,
    /// The one with their groups.
    pub groups: String,
    pub emails: TrustedEmails,
}

/// The person that claims are about.
pub(super) fn person(claims: &Claims, of: &PersonClaims) -> Result<Person, SignInError> {
    let groups = claims.additional_claims().groups(&of.groups)?;
    let is_trusted = match claims.email_verified() {
        Some(is_verified) => is_verified,
        None => of.emails == TrustedEmails::Unmarked,
    };
    let email = claims.email().map(|email| email.as_str());
    let email = email.filter(|_| is_trusted);
    // The address only counts if it is trusted.
    let name = of.name.as_deref().filter(|name| *name != "email");
    let name = name.and_then(|name| text(claims, name));
    // A name like an address would be taken for the address.
    let is_email = |name: &str| email.is_some_and(|email| email.eq_ignore_ascii_case(name));
    let name = name.filter(|name| !name.contains('@') || is_email(name));
    let subject = claims.subject().as_str();
    let names = [name.as_deref(), email, Some(subject)];
    let names = names.into_iter().flatten();
    let mut persons = names.filter_map(|name| Person::new(name, email, groups.clone()));
    persons.next().ok_or(SignInError::Name)
}

/// The text of a claim, whether or not OpenID Connect defines it.
fn text(claims: &Claims, name: &str) -> Option<String> {
    let claims = serde_json::to_value(claims).ok()?;
    Some(claims.get(name)?.as_str()?.to_owned())
}

impl OtherClaims {
    fn groups(&self, name: &str) -> Result<Vec<String>, SignInError> {
        let Self(claims) = self;
        match claims.get(name) {
            Some(Value::String(group)) => Ok(vec![group.clone()]),
            Some(Value::Array(groups)) => {
                let groups = groups.iter();
                Ok(groups
                    .filter_map(|g| g.as_str().map(str::to_owned))
                    .collect())
            }
            // With many groups, Azure only says where to ask for them.
            _ if self.are_elsewhere(name) => Err(SignInError::GroupsElsewhere),
            _ => Ok(Vec::new()),
        }
    }

    fn are_elsewhere(&self, name: &str) -> bool {
        let Self(claims) = self;
        let sources = claims.get("_claim_names");
        sources.is_some_and(|sources| sources.get(name).is_some())
            || claims
                .get("hasgroups")
                .is_some_and(|has| *has == Value::Bool(true))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const USERNAME: Option<&str> = Some("preferred_username");

    fn person_of(
        more: Value,
        name: Option<&str>,
        emails: TrustedEmails,
    ) -> Result<Person, SignInError> {
        let mut claims = json!({
            "iss": "https://login.example.com", "aud": "promote", "exp": 2, "iat": 1, "sub": "f3a1",
        });
        let (claims, Value::Object(more)) = (claims.as_object_mut().unwrap(), more) else {
            panic!("no object");
        };
        claims.extend(more);
        let claims: Claims = serde_json::from_value(claims.clone().into()).unwrap();
        let of = PersonClaims {
            name: name.map(str::to_owned),
            groups: "groups".to_owned(),
            emails,
        };
        person(&claims, &of)
    }

    #[test]
    fn the_name_is_of_a_claim_that_was_chosen_or_one_that_people_cannot_change() {
        let claims = json!({
            "name": "Bob", "nickname": "bob", "preferred_username": "bob", "upn": "ada", "oid": 7,
            "email": "ada@example.com", "email_verified": true,
        });
        for (name, expected) in [
            (None, "ada@example.com"),
            (Some("upn"), "ada <ada@example.com>"),
            (Some("preferred_username"), "bob <ada@example.com>"),
            (Some("sub"), "f3a1 <ada@example.com>"),
            (Some("email"), "ada@example.com"),
            (Some("missing"), "ada@example.com"),
            // It is no text.
            (Some("oid"), "ada@example.com"),
        ] {
            let person = person_of(claims.clone(), name, TrustedEmails::Verified).unwrap();
            assert_eq!(person.to_string(), expected, "{name:?}");
        }
        let claims = json!({"name": "Bob", "preferred_username": "bob"});
        let person = person_of(claims, None, TrustedEmails::Verified).unwrap();
        assert_eq!(person.to_string(), "f3a1");
    }

    #[test]
    fn a_name_like_an_address_only_counts_if_it_is_the_verified_one() {
        for (claims, expected) in [
            (json!({}), "f3a1"),
            (json!({"name": "Bob"}), "f3a1"),
            (json!({"name": "Bob", "preferred_username": "ada"}), "ada"),
            (
                json!({"preferred_username": "ada", "email": "ada@example.com", "email_verified": true}),
                "ada <ada@example.com>",
            ),
            (
                json!({"preferred_username": "ada", "email": "ada@example.com"}),
                "ada",
            ),
            (
                json!({"preferred_username": "ada", "email": "ada@example.com", "email_verified": null}),
                "ada",
            ),
            (json!({"email": "ada@example.com"}), "f3a1"),
            (
                json!({"preferred_username": "bob@example.com", "email": "ada@example.com", "email_verified": true}),
                "ada@example.com",
            ),
            (
                json!({"preferred_username": "Ada@example.com", "email": "ada@example.com", "email_verified": true}),
                "Ada@example.com <ada@example.com>",
            ),
            (
                json!({"preferred_username": "bob@example.com", "email_verified": true}),
                "f3a1",
            ),
            (
                json!({"email": "ada@example.com", "email_verified": "true"}),
                "ada@example.com",
            ),
            (
                json!({"email": "bob@example.com", "email_verified": false}),
                "f3a1",
            ),
            (
                json!({"email": "bob@example.com", "email_verified": "false"}),
                "f3a1",
            ),
            (
                json!({"preferred_username": "bob@example.com", "email_verified": false}),
                "f3a1",
            ),
            (json!({"preferred_username": "ada@example.com"}), "f3a1"),
            (
                json!({"preferred_username": "ada <bob@example.com>"}),
                "f3a1",
            ),
            (json!({"preferred_username": " "}), "f3a1"),
            (json!({"updated_at": "2026-01-01T00:00:00Z"}), "f3a1"),
        ] {
            let person = person_of(claims.clone(), USERNAME, TrustedEmails::Verified).unwrap();
            assert_eq!(person.to_string(), expected, "{claims}");
        }
        let nameless = person_of(
            json!({"sub": "\u{202e}"}),
            USERNAME,
            TrustedEmails::Verified,
        );
        assert!(matches!(nameless, Err(SignInError::Name)));
    }

    #[test]
    fn an_unmarked_address_can_be_trusted_and_an_unverified_one_cannot() {
        for (claims, expected) in [
            (
                json!({"preferred_username": "ada@example.com", "email": "ada@example.com"}),
                "ada@example.com",
            ),
            (
                json!({"preferred_username": "bob@example.com", "email": "ada@example.com"}),
                "ada@example.com",
            ),
            (json!({"preferred_username": "bob@example.com"}), "f3a1"),
            (
                json!({"email": "ada@example.com", "email_verified": false}),
                "f3a1",
            ),
        ] {
            let person = person_of(claims.clone(), USERNAME, TrustedEmails::Unmarked).unwrap();
            assert_eq!(person.name(), expected, "{claims}");
        }
    }

    #[test]
    fn groups_are_a_list_or_a_single_one() {
        for (claims, expected) in [
            (json!({}), Ok(vec![])),
            (json!({"groups": ["a", "b"]}), Ok(vec!["a", "b"])),
            (json!({"groups": "a"}), Ok(vec!["a"])),
            (json!({"groups": ["a", 7, null]}), Ok(vec!["a"])),
            (json!({"groups": {"a": 1}}), Ok(vec![])),
            (
                json!({"groups": [], "_claim_names": {"groups": "src1"}}),
                Ok(vec![]),
            ),
            (json!({"_claim_names": {"other": "src1"}}), Ok(vec![])),
            (json!({"_claim_names": {"groups": "src1"}}), Err(())),
            (json!({"hasgroups": true}), Err(())),
        ] {
            let found = person_of(claims.clone(), USERNAME, TrustedEmails::Verified);
            let expected = expected.map(|groups| {
                let groups = groups.into_iter().map(str::to_owned).collect();
                Person::new("f3a1", None, groups).unwrap()
            });
            assert_eq!(found.map_err(|_| ()), expected, "{claims}");
        }
    }
}
