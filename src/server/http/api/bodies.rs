//! What programs send.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::form::body;
use super::super::trouble::Trouble;
use super::problem::Refused;
use crate::domain::{Action, CommitId, GuardName, Mode};
use crate::server::choice::Choice;
use crate::server::fields::{UnknownWord, one_of};
use crate::server::promotion::Wanted;

/// A promotion to plan, or to apply as it was planned.
#[derive(Deserialize, JsonSchema, Default, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PromotionBody {
    /// The source environment.
    from: String,
    /// The target environment.
    to: String,
    /// The product; not together with `services`.
    #[serde(default)]
    product: Option<String>,
    /// The applications; all if there is no product either.
    #[serde(default)]
    services: Vec<String>,
    /// What moves; as configured if omitted.
    #[serde(default)]
    promote: Option<ModeName>,
    /// How it is delivered; as the policies say if omitted.
    #[serde(default)]
    action: Option<ActionName>,
    /// The workflow before the action; only with a product.
    #[serde(default)]
    pre_action: Option<String>,
    /// The workflow after the action and its gates; only with a product.
    #[serde(default)]
    post_action: Option<String>,
    /// The title of the commit.
    #[serde(default)]
    title: Option<String>,
    /// The text below it.
    #[serde(default)]
    body: Option<String>,
    /// The selectors of the differences to promote; as the plan has them if omitted.
    #[serde(default)]
    only: Option<Vec<String>>,
    /// The selectors of differences that stay, exact or with the patterns of `--except`: all others are promoted as
    /// the plan has them.
    #[serde(default)]
    except: Vec<String>,
    /// The guards whose holds are lifted.
    #[serde(default)]
    allow: Vec<String>,
    /// The commit that the plan was computed on, the `target` of its diff: applying the same plan again then
    /// answers with what was done.
    #[serde(default)]
    target: Option<String>,
}

/// What moves.
#[derive(Deserialize, JsonSchema, Clone, Copy, Debug)]
#[serde(rename_all = "kebab-case")]
enum ModeName {
    Versions,
    Changes,
    All,
}

/// How a promotion is delivered.
#[derive(Deserialize, JsonSchema, Clone, Copy, Debug)]
#[serde(rename_all = "kebab-case")]
enum ActionName {
    Commit,
    PullRequest,
}

/// A release to start.
#[derive(Deserialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StartBody {
    /// The flow.
    pub flow: String,
    /// The product.
    pub product: String,
    /// The applications; all of the product if empty.
    #[serde(default)]
    pub services: Vec<String>,
}

/// An approval.
#[derive(Deserialize, JsonSchema, Default, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct ApproveBody {
    /// The environment of the step; all steps if omitted.
    #[serde(default)]
    pub step: Option<String>,
}

/// A failed release that is tried again.
#[derive(Deserialize, JsonSchema, Default, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RetryBody {
    /// The guards whose holds are lifted.
    #[serde(default)]
    allow: Vec<String>,
}

/// Nothing.
#[derive(Deserialize, JsonSchema, Default, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct EmptyBody {}

impl PromotionBody {
    /// The promotion; `shown` is the id of the plan to apply.
    pub fn wanted(self, shown: Option<String>) -> Result<Wanted, Refused> {
        if self.product.is_some() && !self.services.is_empty() {
            return Err(Refused::usage(
                "`product` and `services` exclude each other".to_owned(),
                "leave one of them out",
            ));
        }
        if self.product.is_none() && (self.pre_action.is_some() || self.post_action.is_some()) {
            return Err(Refused::usage(
                "`preAction` and `postAction` are for the promotion of a product".to_owned(),
                "leave them out, or give `product`",
            ));
        }
        let tip = self.target.as_deref().map(|target| {
            let wrong = |_| Refused::usage(format!("`{target}` is no commit"), "give the whole id");
            target.parse().map(CommitId).map_err(wrong)
        });
        Ok(Wanted {
            allow: guards(&self.allow)?,
            from: self.from,
            to: self.to,
            product: self.product,
            applications: self.services,
            mode: self.promote.map(Mode::from),
            action: self.action.map(Action::from),
            pre_action: self.pre_action,
            post_action: self.post_action,
            title: self.title,
            body: self.body,
            choice: self.only.map_or(Choice::AsOffered, |only| {
                Choice::Only(only.into_iter().collect())
            }),
            except: self.except,
            shown,
            tip: tip.transpose()?,
        })
    }
}

/// The guards with these names.
fn guards(names: &[String]) -> Result<Vec<GuardName>, UnknownWord> {
    let guard = |name: &String| one_of("allow", name, GuardName::ALL);
    names.iter().map(guard).collect()
}

impl RetryBody {
    /// The guards whose holds are lifted.
    pub fn guards(&self) -> Result<Vec<GuardName>, UnknownWord> {
        guards(&self.allow)
    }
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Versions => Self::Versions,
            ModeName::Changes => Self::Changes,
            ModeName::All => Self::All,
        }
    }
}

impl From<ActionName> for Action {
    fn from(name: ActionName) -> Self {
        match name {
            ActionName::Commit => Self::Commit,
            ActionName::PullRequest => Self::PullRequest,
        }
    }
}

/// A document that a program sent as JSON: a form of another site cannot send that.
pub(super) struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let trouble = Trouble::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body must be JSON",
                "send `Content-Type: application/json`",
            );
            return Err(trouble.into());
        }
        let body = body(request, state).await?;
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            Refused::usage(
                format!("the body is not as it must be: {error}"),
                "`/api/v1/openapi.json` describes it",
            )
        })
    }
}
