//! Environments.

/// Whether an environment serves users.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum EnvironmentKind {
    /// Serves users; policies can be stricter for it.
    Production,
    /// Everything else.
    NonProduction,
}

/// One environment: its name, and its aliases in paths.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Environment {
    /// The name that people use.
    pub name: String,
    /// Production or not, if known.
    pub kind: Option<EnvironmentKind>,
    /// Other names of the environment in paths, in order, without `name`.
    pub aliases: Vec<String>,
}

impl Environment {
    /// An environment with a name and nothing else.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: None,
            aliases: Vec::new(),
        }
    }

    /// The name, then the aliases, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// Whether `word` is its name or an alias.
    pub fn has_name(&self, word: &str) -> bool {
        self.names().any(|n| n == word)
    }
}
