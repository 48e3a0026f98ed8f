//! Which flow of a product a change starts.

/// A flow of a product, and the changes that start it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowChoice {
    /// The flow's name.
    pub flow: String,
    /// The changes that start it.
    pub when: FlowCondition,
}

/// The changes that start a flow: every condition must match.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FlowCondition {
    /// Globs for the branch.
    pub branches: Patterns,
    /// Regular expressions, unanchored, for the messages of the commits.
    pub messages: Patterns,
    /// Globs for the changed paths.
    pub paths: Patterns,
    /// Globs for the names and e-mail addresses of the authors.
    pub authors: Patterns,
}

/// Patterns, some of which exclude; without any, everything matches.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Patterns {
    /// One of them must match, if there are any.
    pub include: Vec<String>,
    /// None of them may match.
    pub exclude: Vec<String>,
}
