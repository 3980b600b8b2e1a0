//! Man pages and completions from the code: the command line from its own definition, the
//! configuration from the page that its tables make.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use clap_complete::{Shell, generate};
use uncramp::cli::command;
use uncramp::plan::manual;

/// What no definition of the command line says.
const REST: &str = r#".SH "EXIT STATUS"
0 if all is well, 1 if the answer is no, 2 for wrong usage or input. \fBuncramp run\fR ends with
78 on a wrong configuration, which systemd does not try again.
.SH ENVIRONMENT
.TP
\fBUNCRAMP_LOG\fR
What \fBuncramp run\fR logs, such as \fBdebug\fR or \fBinfo,uncramp::daemon=debug\fR.
.TP
\fBNO_COLOR\fR
Nothing is coloured.
.SH FILES
.TP
\fI/etc/uncramp/uncramp.yaml\fR
The configuration. \fBuncramp setup\fR writes it.
.TP
\fI/etc/credstore/mqtt\-password\fR
The broker's password, alone, which systemd hands to uncramp.
.TP
\fI/var/lib/uncramp\fR
What uncramp must remember, the diary included. Removing the Debian package keeps it, purging
deletes it.
.TP
\fI/usr/share/doc/uncramp/examples/uncramp.yaml\fR
Every key of the configuration with its default.
.SH "SEE ALSO"
\fBuncramp.yaml\fR(5), \fBsystemctl\fR(1), \fBmosquitto\fR(8)
"#;

const CONFIGURATION: &str = r".ie \n(.g .ds Aq \(aq
.el .ds Aq '
.TH uncramp.yaml 5
.SH NAME
uncramp.yaml \- the configuration of uncramp
.SH DESCRIPTION
";

/// Every generated file, by its path below `packaging/`.
pub(crate) fn files() -> BTreeMap<String, String> {
    let mut files = completions();
    files.extend(pages());
    files.insert("man/uncramp.yaml.5".to_owned(), configuration());
    files
}

fn completions() -> BTreeMap<String, String> {
    let all = [
        (Shell::Bash, "completions/uncramp.bash"),
        (Shell::Zsh, "completions/_uncramp"),
        (Shell::Fish, "completions/uncramp.fish"),
    ];
    let written = all.map(|(shell, name)| {
        let mut text = Vec::new();
        generate(shell, &mut command(), "uncramp", &mut text);
        (name.to_owned(), String::from_utf8(text).expect("text"))
    });
    written.into_iter().collect()
}

fn pages() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a directory");
    let command = command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, folder.path()).expect("written");
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder.path()).expect("its entries") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut text = bold(&fs::read_to_string(&path).expect("text"));
        if name == "uncramp.1" {
            text.push_str(REST);
        }
        pages.insert(format!("man/{name}"), text);
    }
    pages
}

/// `docs/configuration.md` as a man page.
fn configuration() -> String {
    let page = manual();
    let mut out = CONFIGURATION.to_owned();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            writeln!(out, ".SH \"{title}\"").expect("text");
        } else if line.starts_with('|') {
            // The row below a table's head only draws a line.
            if lines.peek().is_some_and(|next| next.starts_with("|---")) {
                lines.next();
            } else {
                out.push_str(&row(line));
            }
        } else if line.is_empty() {
            out.push_str(".PP\n");
        } else if !line.starts_with("# ") && !line.starts_with("<!--") {
            writeln!(out, "{}", roff(line)).expect("text");
        }
    }
    out.push_str(".SH \"SEE ALSO\"\n\\fBuncramp\\fR(1)\n");
    // Where a heading or a table follows, the paragraph ended anyway.
    while out.contains(".PP\n.PP\n") {
        out = out.replace(".PP\n.PP\n", ".PP\n");
    }
    out.replace(".PP\n.SH", ".SH").replace(".PP\n.TP", ".TP")
}

/// A row of a table as an entry of a list.
fn row(line: &str) -> String {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    match cells.as_slice() {
        [key, value, fallback, meaning] => format!(
            ".TP\n{}: {}\n{}\nWithout it: {}.\n",
            roff(key),
            roff(value),
            roff(meaning),
            roff(fallback)
        ),
        [what, how] => format!(".TP\n{}\n{}\n", roff(what), roff(how)),
        _ => panic!("another kind of table: {line}"),
    }
}

/// Markdown in a line as roff: code is bold, links are their words.
fn roff(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let link =
            after.split_once("](").and_then(|(words, to)| Some((words, to.split_once(')')?)));
        let Some((words, (to, behind))) = link else {
            plain.push_str(before);
            plain.push('[');
            rest = after;
            continue;
        };
        write!(plain, "{before}{words} of “{}”", to.trim_start_matches('#')).expect("text");
        rest = behind;
    }
    plain.push_str(rest);
    let mut out = bold(&plain.replace('\\', "\\e").replace('-', "\\-").replace("**", ""));
    if out.starts_with(['.', '\'']) {
        out.insert_str(0, "\\&");
    }
    out
}

/// What stands between backticks, bold.
fn bold(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        out.push_str(match index {
            0 => "",
            odd if odd % 2 == 1 => "\\fB",
            _ => "\\fR",
        });
        out.push_str(part);
    }
    out
}
