//! The keys of permissions in `promote.yaml`, as [`super::file`] has the others.

use schemars::JsonSchema;
use serde::Deserialize;

use super::one_or_many::OneOrMany;
use crate::domain::Right;

/// What some people may do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
// Without its invalid parts, a permission could allow more than its author meant.
#[schemars(extend("x-whole" = true))]
pub(super) struct PermissionEntry {
    /// Names or e-mail addresses of people, and groups as `group:NAME`, as the sign-in gives them.
    #[schemars(extend("minItems" = 1, "maxItems" = 1000))]
    pub(super) who: OneOrMany<String>,
    /// What they may do.
    #[schemars(extend("minItems" = 1))]
    pub(super) may: OneOrMany<RightWord>,
    /// The products that they may do it with; with everything if omitted.
    #[schemars(extend("minItems" = 1, "maxItems" = 1000))]
    pub(super) products: Option<OneOrMany<String>>,
    /// The environments that they may do it in, by name or alias; in all if omitted. `trigger` and `terminate`
    /// are about a whole release, and need an entry without environments.
    #[schemars(extend("minItems" = 1, "maxItems" = 500))]
    pub(super) environments: Option<OneOrMany<String>>,
}

/// What people may be allowed to do.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RightWord {
    /// Promote to an environment.
    Promote,
    /// Start a release of a flow.
    Trigger,
    /// Approve a step of a release.
    Approve,
    /// Start a failed release again.
    Retry,
    /// End a release before it is done.
    Terminate,
}

impl From<RightWord> for Right {
    fn from(word: RightWord) -> Self {
        match word {
            RightWord::Promote => Self::Promote,
            RightWord::Trigger => Self::Trigger,
            RightWord::Approve => Self::Approve,
            RightWord::Retry => Self::Retry,
            RightWord::Terminate => Self::Terminate,
        }
    }
}
