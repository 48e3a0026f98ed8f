//! Container image references.

use std::fmt;

/// `registry/repository:tag@digest`, as the OCI distribution specification writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImageReference<'t> {
    /// Registry and repository.
    pub name: &'t str,
    /// The tag, without its colon.
    pub tag: Option<&'t str>,
    /// The digest, e.g. `sha256:…`.
    pub digest: Option<&'t str>,
}

impl<'t> ImageReference<'t> {
    /// Parses a reference; `None` for other texts (URLs, templates, prose).
    pub fn parse(text: &'t str) -> Option<Self> {
        let allowed = |b: u8| {
            b.is_ascii_alphanumeric() || matches!(b, b'/' | b':' | b'.' | b'-' | b'_' | b'@' | b'+')
        };
        if text.is_empty() || text.contains("://") || !text.bytes().all(allowed) {
            return None;
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) if digest.contains(':') => (rest, Some(digest)),
            Some(_) => return None,
            None => (text, None),
        };
        // A colon before the last slash separates a registry's port.
        let tail = rest.rfind('/').map_or(0, |i| i + 1);
        let (name, tag) = match rest[tail..].find(':') {
            Some(colon) => (&rest[..tail + colon], Some(&rest[tail + colon + 1..])),
            None => (rest, None),
        };
        let has_both_ends =
            !name.is_empty() && tag.is_none_or(|t| !t.is_empty() && !t.contains(':'));
        has_both_ends.then_some(Self { name, tag, digest })
    }

    /// Whether it has a tag or a digest.
    pub fn has_version(&self) -> bool {
        self.tag.is_some() || self.digest.is_some()
    }
}

impl fmt::Display for ImageReference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(tag) = self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_a_tag() {
        let image = ImageReference::parse("localhost:5000/team/api").unwrap();
        assert_eq!((image.name, image.tag), ("localhost:5000/team/api", None));
    }

    #[test]
    fn tag_and_digest_are_separate() {
        let image = ImageReference::parse("r.io:5000/a/b:1.2@sha256:abc").unwrap();
        assert_eq!(image.name, "r.io:5000/a/b");
        assert_eq!(image.tag, Some("1.2"));
        assert_eq!(image.digest, Some("sha256:abc"));
        assert_eq!(image.to_string(), "r.io:5000/a/b:1.2@sha256:abc");
    }

    #[test]
    fn urls_templates_and_prose_are_not_images() {
        for text in ["https://x/y", "{{ .image }}", "a b:c", "", "a:", "x@y"] {
            assert_eq!(ImageReference::parse(text), None, "{text}");
        }
    }
}
