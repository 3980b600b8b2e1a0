//! One thing wrong in the configuration, and how it is shown.

use std::fmt::Write as _;

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

/// Shows complaints, each with `file:line:column`, its line with a caret, and its hint,
/// and counts them at the end. Secrets in the text are masked.
#[must_use]
pub fn render(complaints: &[Complaint], file_name: &str, text: &str, colour: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let shade = Shade { colour };
    let mut out = String::new();
    for complaint in complaints {
        one(&mut out, complaint, file_name, &lines, shade);
    }
    let warnings = complaints.iter().filter(|complaint| complaint.warning).count();
    let faults = complaints.len() - warnings;
    if !complaints.is_empty() {
        let counted = [(faults, "fault", "faults"), (warnings, "warning", "warnings")]
            .iter()
            .filter(|(n, _, _)| *n > 0)
            .map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many }))
            .collect::<Vec<_>>()
            .join(", ");
        append(&mut out, format_args!("{file_name}: {counted}\n"));
    }
    out
}

fn one(out: &mut String, complaint: &Complaint, file_name: &str, lines: &[&str], shade: Shade) {
    let (word, tint) = if complaint.warning { ("warning", "33") } else { ("fault", "31") };
    let head = shade.of(&format!("1;{tint}"), word);
    let what = shade.of("1", &complaint.what);
    let (line, column) = (complaint.line, complaint.column);
    append(out, format_args!("{head}: {what}\n"));
    let width = line.to_string().len();
    let gap = " ".repeat(width);
    let within =
        if complaint.path.is_empty() { String::new() } else { format!("  ({})", complaint.path) };
    let arrow = shade.of("2", "-->");
    append(out, format_args!("{gap}{arrow} {file_name}:{line}:{column}{within}\n"));
    let bar = shade.of("2", "|");
    if let Some(index) = line.checked_sub(1).filter(|index| *index < lines.len()) {
        let shown = mask(lines, index).replace('\t', " ");
        let indent = " ".repeat(column.saturating_sub(1));
        let room = shown.chars().count().saturating_sub(column.saturating_sub(1)).max(1);
        let caret = shade.of(tint, &"^".repeat(complaint.length.clamp(1, room)));
        append(out, format_args!("{line} {bar} {shown}\n{gap} {bar} {indent}{caret}\n"));
    }
    if let Some(hint) = &complaint.hint {
        let label = shade.of("36", "hint");
        append(out, format_args!("{gap} {} {label}: {hint}\n", shade.of("2", "=")));
    }
    out.push('\n');
}

/// Writing to a string cannot fail.
fn append(out: &mut String, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok());
}

#[derive(Clone, Copy)]
struct Shade {
    colour: bool,
}

impl Shade {
    fn of(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A line without what may be a secret: whatever follows a key that is called, or
/// misspelt, like one, also on the lines below it, and whatever signs in to an address.
fn mask(lines: &[&str], index: usize) -> String {
    let line = lines[index];
    let depth = |line: &str| line.len() - line.trim_start().len();
    let hidden = || format!("{}***", " ".repeat(depth(line)));
    let mut own = depth(line);
    let above = lines[..index].iter().rev().filter(|line| !line.trim().is_empty());
    for (n, earlier) in above.enumerate() {
        let open = secret_from(earlier).is_some_and(|start| earlier[start..].trim().is_empty());
        if n == 0 && open {
            return hidden();
        }
        if depth(earlier) < own {
            own = depth(earlier);
            if secret_from(earlier).is_some() {
                return hidden();
            }
        }
    }
    match secret_from(line) {
        Some(start) if !line[start..].trim().is_empty() => format!("{}***", &line[..start]),
        Some(_) | None => line.to_owned(),
    }
}

/// Where in a line the value of a secret begins.
fn secret_from(line: &str) -> Option<usize> {
    let mut start = 0;
    while let Some(found) = line[start..].find(':') {
        let colon = start + found;
        let after = line[colon + 1..].trim_start();
        let key = line[..colon]
            .trim_end()
            .rsplit(['{', ',', ' ', '\t', '-'])
            .next()
            .unwrap_or_default()
            .trim_matches(['"', '\'']);
        let address = after.starts_with("//") && after.contains('@');
        if address || (secret_like(key) && !after.starts_with("${")) {
            return Some(line.len() - after.len());
        }
        start = colon + 1;
    }
    None
}

fn secret_like(key: &str) -> bool {
    let key = key.to_lowercase();
    if key.ends_with("file") {
        return false;
    }
    ["passw", "passphrase", "pwd", "secret", "token"].iter().any(|word| key.contains(word))
        || strsim::jaro_winkler(&key, "password") > 0.8
}
