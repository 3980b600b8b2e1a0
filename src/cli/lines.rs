//! Long lines, broken between words where a person reads them in a terminal.

use std::io::IsTerminal;
use std::os::fd::AsFd;

/// How wide lines may be, if they have to end somewhere: what is read by a program, or kept in a
/// file, has its lines as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    width: Option<usize>,
}

/// A terminal that does not say how wide it is.
const USUAL: usize = 80;

/// Lines are no wider than this, nor narrower than that, however wide the terminal is.
const WIDEST: usize = 100;
const NARROWEST: usize = 30;

impl Lines {
    /// For what is written there.
    pub(super) fn of(there: &(impl IsTerminal + AsFd)) -> Self {
        let wide = || {
            let size = rustix::termios::tcgetwinsize(there).ok();
            size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
        };
        let width = there.is_terminal().then(|| wide().unwrap_or(USUAL));
        Self { width: width.map(|width| width.clamp(NARROWEST, WIDEST)) }
    }

    /// The text with its lines broken; what goes on stands below what it goes on from.
    pub(super) fn fit(self, text: &str) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        text.split_inclusive('\n').map(|line| broken(line, width)).collect()
    }

    /// Complaints with their lines broken, but for those that show the file.
    pub(super) fn fit_complaints(self, text: &str) -> String {
        let shows_the_file = |line: &str| line.contains(" | ") || line.contains("-->");
        let lines = text.split_inclusive('\n');
        lines
            .map(|line| if shows_the_file(line) { line.to_owned() } else { self.fit(line) })
            .collect()
    }
}

fn broken(line: &str, width: usize) -> String {
    let text = line.trim_start_matches(' ');
    let start = line.len() - text.len();
    let hang = start + 2;
    let mut fitted = " ".repeat(start);
    let mut column = start;
    for (place, word) in text.split(' ').enumerate() {
        let wide = columns(word);
        if place > 0 && column + 1 + wide > width {
            fitted.push('\n');
            fitted.push_str(&" ".repeat(hang));
            column = hang;
        } else if place > 0 {
            fitted.push(' ');
            column += 1;
        }
        fitted.push_str(word);
        column += wide;
    }
    fitted
}

/// So many columns it takes: colours take none, and neither does a line's end.
fn columns(word: &str) -> usize {
    let mut painting = false;
    let seen = word.chars().filter(|character| {
        let hidden = painting || *character == '\x1b' || character.is_control();
        painting = (painting || *character == '\x1b') && *character != 'm';
        !hidden
    });
    seen.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_ends_between_words_and_goes_on_below_its_beginning() {
        let lines = Lines { width: Some(30) };
        let text = "bedroom\n  heater: off since 21 Nov 22:40 – the window is open\n";
        let fitted = "bedroom\n  heater: off since 21 Nov\n    22:40 – the window is open\n";
        assert_eq!(lines.fit(text), fitted);
        assert_eq!(Lines { width: None }.fit(text), text);
    }

    #[test]
    fn colours_take_no_room_and_a_long_word_is_left_whole() {
        let lines = Lines { width: Some(12) };
        assert_eq!(lines.fit("\x1b[1mone\x1b[0m two three"), "\x1b[1mone\x1b[0m two\n  three");
        assert_eq!(lines.fit("a/very/long/path goes on"), "a/very/long/path\n  goes on");
    }
}
