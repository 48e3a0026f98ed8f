//! Environments.

use super::environment_location::{EnvironmentFolder, EnvironmentLocation};

/// Whether an environment serves users.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum EnvironmentKind {
    /// Serves users; policies can be stricter for it.
    Production,
    /// Everything else.
    NonProduction,
}

/// One environment: its name, its aliases in paths, and where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Environment {
    /// The name that people use.
    pub name: String,
    /// Production or not, if known.
    pub kind: Option<EnvironmentKind>,
    /// Other names of the environment in paths, in order, without `name`.
    pub aliases: Vec<String>,
    /// Where it is, as far as that is configured.
    pub location: EnvironmentLocation,
    /// Whether its files are rendered manifests, which have nothing of their own to be kept.
    pub is_rendered: bool,
}

impl Environment {
    /// An environment with a name and nothing else.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: None,
            aliases: Vec::new(),
            location: EnvironmentLocation::default(),
            is_rendered: false,
        }
    }

    /// The folder that has its files and nothing else.
    pub fn folder(&self) -> Option<&EnvironmentFolder> {
        self.location.folder.as_ref()
    }

    /// The name, then the aliases, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// Whether it serves users: by its kind, else by its name.
    pub fn is_production(&self) -> bool {
        match self.kind {
            Some(kind) => kind == EnvironmentKind::Production,
            None => self.names().any(is_production_name),
        }
    }

    /// Whether `word` is its name or an alias.
    pub fn has_name(&self, word: &str) -> bool {
        self.names().any(|n| n == word)
    }
}

/// Whether a name is a usual one for production, such as `prod` or `prod-eu`; `pre-prod` is not.
fn is_production_name(name: &str) -> bool {
    const WORDS: [&str; 4] = ["live", "prd", "prod", "production"];
    let mut words = name.split(['-', '_', '.']).peekable();
    let is_other = matches!(words.peek(), Some(&("pre" | "non")));
    !is_other
        && words.any(|word| WORDS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn production_is_known_by_its_name() {
        for (name, expected) in [
            ("prod", true),
            ("production", true),
            ("prod-eu", true),
            ("eu-prd1", true),
            ("live", true),
            ("pre-prod", false),
            ("non-prod", false),
            ("staging", false),
            ("products", false),
        ] {
            assert_eq!(Environment::named(name).is_production(), expected, "{name}");
        }
    }
}
