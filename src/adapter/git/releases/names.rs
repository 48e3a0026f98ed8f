//! The names of the references of chains.
//!
//! # Why
//!
//! Git forbids some characters in the names of references, and a reference cannot be a folder of another
//! one. So products' names are written like the parts of a URL.

use std::fmt::Write as _;

use crate::port::ReleasesError;

/// The references of all chains: those below a prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct References {
    prefix: String,
}

/// The folder of branches.
const BRANCHES: &str = "refs/heads/";

impl References {
    /// The references below a prefix such as `refs/promote/releases`.
    pub fn new(prefix: &str) -> Result<Self, ReleasesError> {
        let prefix = prefix.trim_end_matches('/');
        let is_below_refs = prefix.starts_with("refs/") && prefix != "refs/heads";
        if is_below_refs && git2::Reference::is_valid_name(&format!("{prefix}/x")) {
            let prefix = prefix.to_owned();
            return Ok(Self { prefix });
        }
        Err(ReleasesError::BadPrefix {
            prefix: prefix.to_owned(),
        })
    }

    /// Where the chains of a remote are mirrored: if they are branches, where no `git fetch` of the user
    /// moves or prunes them, else under the same names.
    pub fn mirror(&self, remote: &str) -> Self {
        let prefix = match self.prefix.strip_prefix(BRANCHES) {
            Some(rest) => format!("refs/promote/mirrors/{remote}/{rest}"),
            None => self.prefix.clone(),
        };
        Self { prefix }
    }

    /// Whether they are branches.
    pub fn are_branches(&self) -> bool {
        self.prefix.starts_with(BRANCHES)
    }

    /// The pattern that matches all of them.
    pub fn pattern(&self) -> String {
        format!("{}/*", self.prefix)
    }

    /// The folder that has all of them.
    pub fn folder(&self) -> String {
        format!("{}/", self.prefix)
    }

    /// The reference of a product's chain.
    pub fn of(&self, product: &str) -> String {
        let mut name = self.folder();
        let mut before = '.';
        let mut rest = product.chars();
        while let Some(c) = rest.next() {
            let rest = rest.as_str();
            // Not at the start, not twice, not at the end, not as `.lock`.
            let is_dot = c == '.' && before.is_alphanumeric() && !rest.is_empty() && rest != "lock";
            if c.is_alphanumeric() || matches!(c, '-' | '_') || is_dot {
                name.push(c);
            } else {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(name, "%{byte:02X}");
                }
            }
            before = c;
        }
        name
    }

    /// The product whose chain has this reference.
    pub fn product(&self, reference: &str) -> Option<String> {
        let name = reference.strip_prefix(&self.folder())?;
        let mut bytes = Vec::new();
        let mut parts = name.split('%');
        bytes.extend(parts.next()?.bytes());
        for part in parts {
            let (digits, rest) = part.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            bytes.extend(rest.bytes());
        }
        let product = String::from_utf8(bytes).ok()?;
        // Only names that are written here.
        (self.of(&product) == reference).then_some(product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_product_is_a_reference_of_its_own() {
        let names = References::new("refs/promote/releases/").unwrap();
        for (product, name) in [
            ("loans", "loans"),
            ("loans-v1.2", "loans-v1.2"),
            ("shop/orders", "shop%2Forders"),
            ("a..b", "a.%2Eb"),
            (".a", "%2Ea"),
            ("a.", "a%2E"),
            ("a.lock", "a%2Elock"),
            ("100% sure", "100%25%20sure"),
            ("größe", "größe"),
            ("a@{b}~c:d", "a%40%7Bb%7D%7Ec%3Ad"),
        ] {
            let reference = names.of(product);
            assert_eq!(reference, format!("refs/promote/releases/{name}"));
            assert!(git2::Reference::is_valid_name(&reference), "{reference}");
            assert_eq!(names.product(&reference).as_deref(), Some(product));
        }
        for reference in [
            "refs/promote/releases/a/b",
            "refs/promote/releases/%",
            "refs/promote/releases/%zz",
            "refs/heads/loans",
        ] {
            assert_eq!(names.product(reference), None, "{reference}");
        }
    }

    #[test]
    fn a_prefix_is_a_folder_of_references() {
        for prefix in ["", "promote", "refs", "refs/heads", "refs/a b", "refs/a..b"] {
            assert!(References::new(prefix).is_err(), "{prefix}");
        }
        let names = References::new("refs/heads/promote/releases").unwrap();
        assert_eq!(
            names.mirror("origin").of("a"),
            "refs/promote/mirrors/origin/promote/releases/a"
        );
    }
}
