//! Text with a size limit.

use crate::port::body_size;

/// The number of entries that were left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct LeftOut(pub usize);

/// Text that never exceeds its size limit.
pub(super) struct Page {
    pub text: String,
    size: usize,
    limit: usize,
}

impl Page {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            size: 0,
            limit,
        }
    }

    pub(super) fn has_room(&self, size: usize) -> bool {
        self.size + size <= self.limit
    }

    /// Adds a piece if it fits; returns whether it did.
    pub(super) fn push(&mut self, piece: &str) -> bool {
        let size = body_size(piece);
        let fits = self.has_room(size);
        if fits {
            self.text.push_str(piece);
            self.size += size;
        }
        fits
    }

    pub(super) fn reserve(&mut self, size: usize) {
        self.limit = self.limit.saturating_sub(size);
    }

    pub(super) fn release(&mut self, size: usize) {
        self.limit += size;
    }
}
