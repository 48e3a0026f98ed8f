//! Compares a version with the one that a user names.

/// Whether a version is the wanted one: `1.3.2` is `v1.3.2`, and the first digits name a commit.
pub fn is_wanted(version: &str, wanted: &str) -> bool {
    const SHORT: usize = 7;
    fn number(text: &str) -> &str {
        let rest = text.strip_prefix('v').unwrap_or(text);
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            rest
        } else {
            text
        }
    }
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_commit = version.len() == 40 && is_hex(version) && wanted.len() >= SHORT;
    number(version) == number(wanted) || is_commit && version.starts_with(wanted)
}

#[cfg(test)]
mod tests {
    use super::is_wanted;

    #[test]
    fn a_version_is_named_with_or_without_its_v_and_a_commit_by_its_first_digits() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (version, wanted, expected) in [
            ("1.3.2", "1.3.2", true),
            ("v1.3.2", "1.3.2", true),
            ("1.3.2", "v1.3.2", true),
            ("main", "main", true),
            (commit, "0123456", true),
            (commit, "01234", false),
            ("1.3.20", "1.3.2", false),
            ("v1.3.2", "vv1.3.2", false),
            ("vault", "ault", false),
        ] {
            assert_eq!(is_wanted(version, wanted), expected, "{version} {wanted}");
        }
    }
}
