//! Places within secrets.

use super::version_places::Owner;
use crate::document::sealed::is_ciphertext;
use crate::document::secret::{is_template_data, template_of};
use crate::document::secret_lines::base_key;

/// What a place is to the secret that it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecretPart {
    /// Ciphertext for one environment.
    Sealed,
    /// The data of a `Secret`, or the literals from which one is made.
    Data,
    /// The names of the entries that an `ExternalSecret` reads.
    Reference,
    /// A value outside of such objects that contains one.
    Container,
    /// Anything else in the object, such as a label.
    Other,
}

/// What the place at these keys of an object is to a secret; `None` if it belongs to none.
pub(super) fn secret_part(owner: Owner<'_>, keys: &[String]) -> Option<SecretPart> {
    if keys.last().is_some_and(|key| is_ciphertext(key)) {
        return Some(SecretPart::Sealed);
    }
    let path: Vec<&str> = keys.iter().take(2).map(String::as_str).collect();
    let is_generated = path == ["secretGenerator", "literals"];
    let kind = match owner {
        Owner::Object { kind, .. } => kind,
        _ => "",
    };
    if is_in_template_data(kind, keys) {
        return Some(SecretPart::Data);
    }
    match (kind, path.as_slice()) {
        _ if keys.iter().any(|key| key == "encryptedData") => Some(SecretPart::Sealed),
        ("SealedSecret", [] | ["spec", "data"]) => Some(SecretPart::Sealed),
        ("Secret", [] | ["data", ..]) | (_, ["stringData", ..]) => Some(SecretPart::Data),
        ("ExternalSecret", [] | ["spec", "data" | "dataFrom"]) => Some(SecretPart::Reference),
        ("Secret" | "SealedSecret" | "ExternalSecret", _) => Some(SecretPart::Other),
        _ => is_generated.then_some(SecretPart::Data),
    }
}

/// Whether a place is within the data of the template of a secret.
fn is_in_template_data(kind: &str, keys: &[String]) -> bool {
    let Some(template) = template_of(kind) else {
        return false;
    };
    let is_below = keys.iter().zip(template).all(|(key, name)| key == name);
    let data = keys.get(template.len());
    is_below && data.is_some_and(|key| is_template_data(base_key(key)))
}

/// What the place at these keys of a text that is read by its lines and has a secret is to it.
///
/// The lines of several documents and of the blocks of a template can be those of one secret.
pub(super) fn secret_part_in_lines(keys: &[String]) -> SecretPart {
    let is_data = |key: &String| matches!(base_key(key), "data" | "stringData");
    if keys.last().is_some_and(|key| is_ciphertext(key)) {
        SecretPart::Sealed
    } else if keys.iter().any(is_data) {
        SecretPart::Data
    } else {
        SecretPart::Other
    }
}
