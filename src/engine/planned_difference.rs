//! Plans a difference: as it is shown, without the data of secrets.

use super::compare::{Field, shown};
use super::decide::Facts;
use crate::document::{SecretPart, Value, is_secret, masked_value};
use crate::domain::Verdict;
use crate::plan::{Document, PlannedDifference};

/// Plans a difference; all values of a secret file are masked.
pub(super) fn planned(
    field: Field<Facts>,
    verdict: Verdict,
    is_in_secret: bool,
) -> PlannedDifference {
    let d = field.difference;
    let identity = d.document.identity.as_ref();
    let contains = || d.after.as_ref().is_some_and(is_secret);
    let container = || contains().then_some(SecretPart::Container);
    let whole = ["data".to_owned()];
    let (secret, keys) = if is_in_secret {
        (Some(SecretPart::Data), &whole[..])
    } else {
        (d.secret.or_else(container), &d.keys[..])
    };
    let masked = |value: Option<Value>| value.map(|value| masked_value(value, secret, keys));
    let [before, after, base] = [d.before, d.after, d.base].map(|value| {
        let masked = masked(value.clone());
        (value != masked, masked)
    });
    let is_masked = before.0 || after.0 || base.0;
    let secret = match secret {
        Some(SecretPart::Other) if is_masked => Some(SecretPart::Container),
        secret => secret,
    };
    PlannedDifference {
        selector: field.selector,
        path: if d.path.is_empty() {
            String::new()
        } else {
            d.place.normalized()
        },
        shown: shown(&d.path),
        document: Some(Document {
            index: d.document.index,
            kind: identity.map(|i| i.kind.clone()),
            name: identity.map(|i| i.name.clone()).filter(|n| !n.is_empty()),
            namespace: identity.and_then(|i| i.namespace.clone()),
        }),
        op: d.op,
        before: before.1,
        after: after.1,
        base: base.1,
        version: d.version,
        changes_old_type: d.changes_old_type,
        secret,
        relation: d.relation,
        undone_by: field.facts.undone_by(),
        versions_between: field.facts.versions_between(),
        changed_by: field.facts.changed_by().to_vec(),
        verdict,
    }
}
