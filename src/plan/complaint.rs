//! One thing wrong in the configuration.

/// One thing wrong in the configuration: place, what, hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// How many characters are meant.
    pub length: usize,
    /// Where in the tree: `bedrooms.bedroom.sensors.room`.
    pub path: String,
    /// What is wrong, as a sentence.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// A danger or a doubt that does not stop the start.
    pub warning: bool,
}
