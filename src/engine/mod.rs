//! The way of a promotion: request, resolve, pair, compare, decide, plan, preview, clear, apply.

mod apply;
mod census;
mod clear;
mod compute;
mod decide;
mod decider;
mod error;
mod files;
mod gather;
mod guard;
mod load;
mod map;
mod message;
mod names;
mod pair;
mod preview;
mod request;
mod resolve;
mod rules;
mod scope;
mod selection;
mod settle;
mod shown;
mod spread;
mod standing;
mod tree;
mod version;

pub use apply::{Receipt, apply};
pub use clear::clear;
pub use compute::{Ports, Prepared, prepare};
pub use error::EngineError;
pub use map::{ApplicationMap, applications};
pub use pair::{FileObject, FilePair, PairError};
pub use preview::{Hunk, Line, LineKind, Segment, hunks};
pub use request::{Allow, MessageChoice, Removals, Request};
