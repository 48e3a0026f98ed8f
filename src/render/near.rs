//! Suggestions for misspelt names.

/// The least similarity of a name that is suggested (Jaro-Winkler; 1 is equal).
const LEAST_SIMILARITY: f64 = 0.8;

/// The known names most similar to what was written, the best first, at most three.
///
/// A name's last part is compared as well, because `--service` accepts it.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let similarity = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        strsim::jaro_winkler(written, name).max(strsim::jaro_winkler(written, last))
    };
    let mut near: Vec<(f64, &str)> = known
        .map(|n| (similarity(n), n))
        .filter(|(s, _)| *s >= LEAST_SIMILARITY)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    near.truncate(3);
    near.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_name_is_first_and_unlike_names_are_left_out() {
        let known = ["prod", "production", "zebra"];
        assert_eq!(
            nearest("prodction", known.into_iter()),
            ["production", "prod"]
        );
        assert!(nearest("xyz", known.into_iter()).is_empty());
    }
}
