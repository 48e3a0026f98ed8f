//! The name of the configuration file, and names that are mistaken for it.

/// The configuration's path in the repository.
pub const CONFIGURATION: &str = "promote.yaml";

/// The folders in which Codefresh keeps its configuration.
pub const CODEFRESH_FOLDERS: [&str; 2] = ["resources/configurations", "resources/configuration"];

/// How many manifests are read at most.
pub const MOST_MANIFESTS: usize = 1_000;

/// Whether a file in one of Codefresh's folders can be a manifest, by its name.
pub fn is_manifest_name(name: &str) -> bool {
    [".yaml", ".yml"].iter().any(|end| name.ends_with(end))
}

/// Whether a text can be one of Codefresh's manifests; other resources can be beside them.
pub fn is_manifest_text(text: &str) -> bool {
    text.contains("codefresh.io/")
}

/// Whether a file at the root was probably meant to be the configuration: `Promote.yaml`,
/// `promote.yml`, `.promote.yaml`, `git-promote.yaml` and the like.
///
/// # Why
///
/// Such a file would not be read, so that its policies would silently not apply.
pub fn is_misnamed_configuration(name: &str) -> bool {
    let is_visible = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let word: String = name.to_lowercase().chars().filter(is_visible).collect();
    let word = word.trim_matches('.');
    let word = word.strip_prefix("git-").unwrap_or(word);
    // Windows hides the last extension.
    let word = word.strip_suffix(".txt").unwrap_or(word);
    let is_meant = matches!(word, "promote.yaml" | "promote.yml" | "promote.json");
    name != CONFIGURATION && is_meant
}

/// Whether a text looks like a configuration: it has the version, and another of its keys.
pub fn looks_like_configuration(text: &str) -> bool {
    let has = |key: &str| {
        let starts = |line: &str| line.strip_prefix(key).is_some_and(|l| l.starts_with(':'));
        text.lines().any(starts)
    };
    let keys = [
        "environments",
        "layout",
        "products",
        "templates",
        "policies",
        "flows",
    ];
    has("version") && keys.into_iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_recognized() {
        for name in [
            "Promote.yaml",
            "PROMOTE.YAML",
            "promote.yml",
            "Promote.YML",
            ".promote.yaml",
            ".Promote.yml",
            "promote.json",
            "promote.yaml ",
            "promote\u{200b}.yaml",
            "promote.yaml.txt",
            "git-promote.yaml",
            ".git-promote.yml",
        ] {
            assert!(is_misnamed_configuration(name), "{name}");
        }
        for name in [
            "promote.yaml",
            "promote",
            "promote.sh",
            "promote.yaml.bak",
            "promoter.yaml",
            "promotion.yaml",
            "kustomization.yaml",
        ] {
            assert!(!is_misnamed_configuration(name), "{name}");
        }
    }

    #[test]
    fn a_configuration_is_recognized_by_its_keys() {
        assert!(looks_like_configuration("version: 1\npolicies: []\n"));
        assert!(!looks_like_configuration("version: 1\non: push\n"));
        assert!(!looks_like_configuration(
            "x:\n  version: 1\n  policies: []\n"
        ));
    }
}
