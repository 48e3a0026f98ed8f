//! How much a preview shows.

/// How much is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// Whether each kept difference is listed.
    pub kept: Kept,
    /// Whether each difference's selector is printed.
    pub selectors: Selectors,
    /// Whether long values and new files are shortened.
    pub length: Length,
}

/// What is said about kept differences.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kept {
    /// How many, by reason.
    #[default]
    Counted,
    /// Each one.
    Listed,
}

/// Whether selectors are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Selectors {
    /// No.
    #[default]
    Hidden,
    /// Below each difference.
    Shown,
}

/// Whether long things are cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Length {
    /// To the terminal's width.
    #[default]
    Shortened,
    /// Never.
    Full,
}
