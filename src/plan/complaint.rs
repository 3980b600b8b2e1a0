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

/// A text of the file to be quoted, without what may sign in to an address:
/// `mqtt://anna:secret@pi` is `mqtt://***@pi`. No quotes are left in it.
pub(super) fn quotable(text: &str) -> String {
    let named =
        text.find("://").filter(|at| text[..*at].chars().all(|c| c.is_ascii_alphanumeric()));
    let (scheme, rest) = text.split_at(named.map_or(0, |at| at + "://".len()));
    let shown = match rest.rsplit_once('@') {
        Some((_, host)) if is_bare(host) => format!("{scheme}***@{host}"),
        None if scheme.is_empty() || is_bare(rest) => text.to_owned(),
        Some(_) | None => format!("{scheme}***"),
    };
    shown.replace('`', "'")
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
        let address = after.strip_prefix("//").is_some_and(|rest| !is_bare(rest));
        let signs_in = after.contains('@') && line[colon + 1..].len() == after.len();
        let named = after.starts_with("${") && names_a_variable(&after[2..]);
        let astray = key == "password_file" && !after.is_empty() && !after.contains('/');
        if address || signs_in || astray || (secret_like(key) && !named) {
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

/// What a variable of the environment is called, up to a `}`; what is not may be the secret itself.
pub(super) fn names_a_variable(text: &str) -> bool {
    let name = text.split('}').next().unwrap_or_default();
    name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Whether an address is a host and a port, and nothing that may be a secret.
fn is_bare(address: &str) -> bool {
    let address = address.split(['/', ' ', ',', '}', '"', '\'', '#']).next().unwrap_or_default();
    let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
    host.chars().all(plain) && port.chars().all(|c| c.is_ascii_digit())
}
