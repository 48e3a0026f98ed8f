//! The files to compare, and the base that shows which side changed a place.

use crate::document::lines::Format;
use crate::domain::Naming;
use crate::yaml::Stream;

/// What source and target are compared with, to see which side changed a place.
#[derive(Clone, Copy, Debug)]
pub enum Base<'a> {
    /// The target itself: all differences are changes of the source.
    Target,
    /// An older state of the source.
    Stream(&'a Stream),
}

/// The streams of one pair of files.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// The source's file.
    pub source: &'a Stream,
    /// The target's file.
    pub target: &'a Stream,
    /// What shows which side changed a place.
    pub base: Base<'a>,
    /// The environments' names.
    pub naming: &'a Naming,
    /// The target file's name, e.g. `kustomization.yaml`.
    pub file: &'a str,
    /// The files' format, which decides what a version is in them.
    pub format: Format,
}
