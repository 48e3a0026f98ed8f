//! Why a request was not carried out, for the log.

/// Why a request was not carried out, in the words of its answer.
#[derive(Clone, Debug)]
pub(super) struct WhyNot(pub String);
