//! How much a preview shows.

/// How much a preview shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// Whether each kept difference is listed.
    pub kept: Kept,
    /// Whether each difference's selector is printed.
    pub selectors: Selectors,
    /// Whether long values and new files are shortened.
    pub length: Length,
}

/// How kept differences are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kept {
    /// As a count for each reason.
    #[default]
    Counted,
    /// Each on its own line.
    Listed,
}

/// Whether selectors are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Selectors {
    /// They are not printed.
    #[default]
    Hidden,
    /// Each is printed below its difference.
    Shown,
}

/// Whether long values and files are shortened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Length {
    /// Shortened, values to the width of the terminal.
    #[default]
    Shortened,
    /// Shown in full.
    Full,
}
