//! Lines for a terminal: coloured where it can, plain where it cannot, never wider than
//! [`WIDTH`].

use std::io::Write as _;

use anstyle::{AnsiColor, Style};

use crate::cli::output;

/// The widest line, in characters.
pub(super) const WIDTH: usize = 100;

/// Where a line begins, and where its text does behind a time.
const INDENT: (usize, usize) = (2, 9);

/// What something is said with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Strong,
    Faint,
    Warm,
    Air,
    Water,
    Person,
}

impl Ink {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| colour.on_default();
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Warm => colour(AnsiColor::Red).bold(),
            Self::Air => colour(AnsiColor::Cyan).bold(),
            Self::Water => colour(AnsiColor::Blue).bold(),
            Self::Person => colour(AnsiColor::Magenta).bold(),
        }
    }
}

/// One line, made of inked pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Where its words go on if it is too wide.
    indent: usize,
    pieces: Vec<(Ink, String)>,
}

impl Line {
    /// A line without a time.
    pub(super) fn new() -> Self {
        Self { indent: INDENT.0, pieces: vec![(Ink::Plain, " ".repeat(INDENT.0))] }
    }

    /// A line that begins with a time of day.
    pub(super) fn at(time: &str) -> Self {
        Self { indent: INDENT.1, pieces: vec![(Ink::Faint, format!("  {time}  "))] }
    }

    /// Adds a piece.
    #[must_use]
    pub(super) fn with(mut self, ink: Ink, text: impl Into<String>) -> Self {
        self.pieces.push((ink, text.into()));
        self
    }

    /// Prints it, its words going on below where they begin if it is too wide.
    pub(super) fn print(self) {
        let mut out = anstream::stdout().lock();
        let mut column = 0;
        let mut text = String::new();
        for (ink, piece) in &self.pieces {
            let style = ink.style();
            text.push_str(&style.render().to_string());
            for word in piece.split_inclusive(' ') {
                let width = word.trim_end().chars().count();
                if column + width > WIDTH && column > self.indent {
                    let end = text.trim_end_matches(' ').len();
                    text.truncate(end);
                    text.push('\n');
                    text.push_str(&" ".repeat(self.indent));
                    column = self.indent;
                }
                text.push_str(word);
                column += word.chars().count();
            }
            text.push_str(&style.render_reset().to_string());
        }
        let written = writeln!(out, "{}", text.trim_end());
        output::note(written.and_then(|()| out.flush()));
    }
}

/// An empty line.
pub(super) fn gap() {
    Line::default().print();
}
