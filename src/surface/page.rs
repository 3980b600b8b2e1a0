//! A YAML file as it is made for people to read.

use std::fmt::Write as _;

/// A text that grows by lines, two spaces deeper for each block that they stand in.
pub(crate) struct Page(pub(crate) String);

impl Page {
    /// A line; an empty one has no spaces.
    pub(crate) fn line(&mut self, depth: usize, text: &str) {
        let width = if text.is_empty() { 0 } else { 2 * depth };
        let written = writeln!(self.0, "{:width$}{text}", "");
        debug_assert!(written.is_ok(), "a string takes everything");
    }

    /// Several lines of the same block.
    pub(crate) fn lines(&mut self, depth: usize, text: &str) {
        text.split('\n').for_each(|line| self.line(depth, line));
    }
}
