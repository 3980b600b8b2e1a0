//! Colour, where a person sees it.

use std::io::IsTerminal;

use super::When;

/// Paints text, or leaves it plain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) on: bool,
}

impl Paint {
    /// For what is written there.
    pub(super) fn on(when: When, there: &impl IsTerminal) -> Self {
        let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let on = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => there.is_terminal() && !forbidden && !dumb,
        };
        Self { on }
    }

    /// A heading.
    pub(super) fn bold(self, text: &str) -> String {
        self.of("1", text)
    }

    /// What may be overlooked.
    pub(super) fn dim(self, text: &str) -> String {
        self.of("2", text)
    }

    /// What warms.
    pub(super) fn warm(self, text: &str) -> String {
        self.of("33", text)
    }

    /// What is good.
    pub(super) fn good(self, text: &str) -> String {
        self.of("32", text)
    }

    fn of(self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
