//! Names that are nearly right.

/// How alike two names must be to be worth mentioning (Jaro-Winkler; 1 is equal).
const ALIKE: f64 = 0.8;

/// The known names nearest to what was written, the best first, at most three.
///
/// A name's last part counts too, because that is how `--service` may be written.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let likeness = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        strsim::jaro_winkler(written, name).max(strsim::jaro_winkler(written, last))
    };
    let mut near: Vec<(f64, &str)> = known
        .map(|n| (likeness(n), n))
        .filter(|(l, _)| *l >= ALIKE)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    near.truncate(3);
    near.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_comes_first_and_strangers_never() {
        let known = ["prod", "production", "zebra"];
        assert_eq!(
            nearest("prodction", known.into_iter()),
            ["production", "prod"]
        );
        assert!(nearest("xyz", known.into_iter()).is_empty());
    }
}
