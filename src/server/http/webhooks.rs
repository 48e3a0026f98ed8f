//! Webhooks: forges that ask to look at a repository now.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::form::body;
use super::trouble::Trouble;
use crate::domain::RemoteAddress;
use crate::server::fields::Fields;
use crate::server::site::Site;
use crate::server::webhooks::{Sender, Webhooks, is_same, repositories};

/// The most bytes that a webhook may have: a push of two thousand commits.
pub(super) const MOST_BYTES: usize = 4 << 20;

/// Looks at the repository that a webhook is about; one that is not served is ignored.
pub(super) async fn webhook(
    State(site): State<Arc<Site>>,
    Path(sender): Path<String>,
    request: Request,
) -> Result<Response, Trouble> {
    let sender = Sender::named(&sender).ok_or_else(|| Trouble::missing("webhook", &sender))?;
    if !site.webhooks.accepts(sender) {
        if site.webhooks.is_first(sender) {
            let (name, variable) = (sender.name(), Webhooks::VARIABLE);
            site.log.notice(&format!(
                "a webhook of {name} was refused, because neither {variable} nor {variable}_{} is set",
                name.to_uppercase()
            ));
        }
        return Err(Trouble::missing("webhook", sender.name()));
    }
    let proof = request.headers().get(sender.header()).cloned();
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let is_ping = sender.is_ping(
        request
            .headers()
            .get(Sender::EVENT)
            .map(HeaderValue::as_bytes),
    );
    let body = body(request, &site).await?;
    let is_proven =
        proof.is_some_and(|proof| site.webhooks.proves(sender, proof.as_bytes(), &body));
    if !is_proven {
        return Err(Trouble::new(
            StatusCode::UNAUTHORIZED,
            "The webhook is not signed with the secret.",
            "The forge and the server must have the same one.",
        ));
    }
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    let named = named(&body, is_form);
    if is_ping {
        return Ok((StatusCode::OK, "pong\n").into_response());
    }
    if named.is_empty() {
        return Err(Trouble::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The webhook names no repository by a URL.",
            "Its body needs one as `{\"repository\": {\"clone_url\": \"https://...\"}}`; events that are about \
             no repository need not be sent.",
        ));
    }
    for served in &site.repositories {
        let mut own = served.addresses().into_iter();
        if own.any(|own| named.iter().any(|named| is_same(&own, named))) {
            served.look.notify_one();
        }
    }
    Ok((StatusCode::ACCEPTED, "accepted\n").into_response())
}

/// How GitHub can send its JSON too.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

fn named(body: &Bytes, is_form: bool) -> Vec<RemoteAddress> {
    if is_form {
        let fields = Fields::parse(body);
        repositories(fields.get("payload").unwrap_or_default().as_bytes())
    } else {
        repositories(body)
    }
}
