//! Which part of a list is asked for. Every list has a total order, so that pages neither repeat nor skip.

/// A window into a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many to skip.
    pub start_index: i64,
    /// How many to return at most.
    pub max_results: i64,
}

impl Page {
    /// The first rows.
    pub const fn first(max_results: i64) -> Self {
        Self { start_index: 0, max_results }
    }
}
