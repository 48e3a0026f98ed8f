//! Cases that others wrote, read in place.
