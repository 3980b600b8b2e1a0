//! The order of the modules, the purity of those that decide, and the rules of the house
//! that no compiler holds; each check is tried on bad input first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A module may name only those before it.
const ORDER: [&str; 19] = [
    "model", "air", "wire", "rules", "safety", "plan", "engine", "history", "speech", "view",
    "surface", "sim", "replay", "prove", "report", "survey", "daemon", "cli", "main",
];

/// What a pure module never touches.
const IMPURE: [&str; 15] = [
    "std::time",
    "SystemTime",
    "Instant::now",
    "Local::now",
    "Utc::now",
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "std::thread",
    "std::env",
    "std::process",
    "std::sync",
    "tokio",
    "Rng::new(",
];

#[test]
fn a_module_names_only_modules_above_it() {
    for (file, text) in sources() {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        let wrong = below(&module, &text);
        assert!(wrong.is_empty(), "{} names {wrong:?}, which stand below it", file.display());
    }
}

#[test]
fn the_order_check_sees_what_is_wrong() {
    for (module, text, wrong) in [
        ("rules", "use crate::engine::Event;", vec!["engine"]),
        ("rules", "use crate::{model::Time, plan::{Plan, Mode}, sim};", vec!["plan", "sim"]),
        ("plan", "use crate::{\n    model,\n    engine::{self, Event},\n};", vec!["engine"]),
        ("air", "fn f() { let x = crate::sim::room(); }", vec!["sim"]),
        ("air", "pub(in crate::daemon) fn f() {}", vec!["daemon"]),
        ("daemon", "fn f() -> uncramp::cli::Exit {}", vec!["cli"]),
        ("engine", "use crate::unheard_of::X;", vec!["unheard_of"]),
        ("engine", "use crate::model::Time; use super::drive;", vec![]),
        ("air", "// use crate::sim;\n/* crate::cli */ /// [`crate::engine::Engine`]", vec![]),
        ("air", "#[cfg(test)]\nmod tests { use crate::sim::{a, b}; fn f() {} }", vec![]),
        ("air", "#[cfg(test)]\nmod tests;\nuse crate::sim;", vec!["sim"]),
        ("air", "const S: &str = \"use crate::sim;\";", vec![]),
    ] {
        assert_eq!(below(module, text), wrong, "{text}");
    }
}

#[test]
fn whatever_decides_is_pure() {
    for (file, text) in sources() {
        let module = module_of(&file);
        if is_pure(&module) {
            let found = impure(&module, &text);
            assert!(found.is_empty(), "{} uses {found:?}", file.display());
        }
    }
    assert_eq!(
        impure("rules", "let now = std::time::Instant::now();"),
        ["std::time", "Instant::now"]
    );
    assert_eq!(impure("rules", "use std::{collections::HashMap, fs};"), ["std::fs", "HashMap"]);
    assert_eq!(impure("wire", "use std::collections::HashMap;"), [""; 0]);
    assert_eq!(impure("wire", "use std::sync::Arc;"), [""; 0]);
    assert_eq!(impure("wire", "use std::sync::{Arc, Mutex};"), ["std::sync"]);
    assert_eq!(impure("rules", "// std::fs\nlet a = \"tokio\";"), [""; 0]);
}

#[test]
fn no_file_is_longer_than_a_sitting() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines; 500 are enough", file.display());
    }
}

#[test]
fn nothing_unfinished_and_nothing_of_this_machine_is_kept() {
    // Written in halves, so that this file does not hold them.
    let unfinished = ["TO\u{44}O", "FIX\u{4d}E", "XX\u{58}", "dbg\u{21}(", "unimplemented\u{21}("];
    let started = ["todo\u{21}("];
    let places = ["/wor\u{6b}/", "/roo\u{74}/", "/far\u{6d}"];
    let found = |text: &str, words: &[&str]| -> Vec<String> {
        words.iter().filter(|word| text.contains(**word)).map(|&word| word.to_owned()).collect()
    };
    for file in tracked() {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let words = [&unfinished[..], &started[..], &places[..]].concat();
        let found = found(&text, &words);
        assert!(found.is_empty(), "{} holds {found:?}", file.display());
    }
    assert_eq!(found("let a = dbg\u{21}(b);", &unfinished), ["dbg\u{21}("]);
    assert_eq!(found("see /wor\u{6b}/x", &places), ["/wor\u{6b}/"]);
}

/// The modules that a text of `module` names and must not, in their order of appearance.
fn below(module: &str, text: &str) -> Vec<String> {
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    let own = place(module).unwrap_or_else(|| panic!("`{module}` has no place in the order"));
    let code = without_tests(&without_comments(text));
    let mut wrong = Vec::new();
    for statement in code.split(';') {
        for (at, found) in
            statement.match_indices("crate::").chain(statement.match_indices("uncramp::"))
        {
            for name in named(&statement[at + found.len()..]) {
                if place(&name).is_none_or(|place| place > own) && !wrong.contains(&name) {
                    wrong.push(name);
                }
            }
        }
        if let Some((_, name)) = statement.split_once("in crate::")
            && let Some(name) = named(name).pop()
            && place(&name).is_none_or(|place| place > own)
            && !wrong.contains(&name)
        {
            wrong.push(name);
        }
    }
    wrong
}

/// The first names of a path: one, or each of a group.
fn named(path: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![word(path)] };
    let (mut names, mut depth, mut item) = (Vec::new(), 0_i32, String::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => names.push(std::mem::take(&mut item)),
            '{' | '}' => {
                depth += if c == '{' { 1 } else { -1 };
                item.push(c);
            }
            _ => item.push(c),
        }
    }
    names.push(item);
    names.iter().map(|name| word(name)).filter(|name| !name.is_empty()).collect()
}

fn impure(module: &str, text: &str) -> Vec<&'static str> {
    // What an Arc shares never changes.
    let code = without_tests(&without_comments(text))
        .replace("std::{", "std::{ ")
        .replace("std::sync::Arc;", "");
    let grouped = |word: &str| {
        let inner = word.strip_prefix("std::").unwrap_or("no such word");
        code.split(';')
            .filter_map(|statement| statement.split_once("use std::{"))
            .any(|(_, group)| named(&format!("{{{group}")).iter().any(|name| name == inner))
    };
    let mut found: Vec<_> =
        IMPURE.into_iter().filter(|word| code.contains(word) || grouped(word)).collect();
    // Where topics are looked up, and a lint sees to it that nobody walks through them.
    if module != "wire" {
        found.extend(["HashMap", "HashSet"].into_iter().filter(|word| code.contains(word)));
    }
    found
}

fn is_pure(module: &str) -> bool {
    !["lib", "daemon", "cli", "main"].contains(&module)
}

/// The text without comments, and with every string empty.
fn without_comments(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some(literal) = raw_string(rest) {
            rest = &rest[literal..];
        } else if c == '"' {
            rest = &rest[string(rest)..];
        } else if rest.starts_with("'\"'")
            || rest.starts_with("'\\''")
            || rest.starts_with("'\\\\'")
        {
            rest = &rest[if rest.starts_with("'\"'") { 3 } else { 4 }..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// How long the string at the beginning is.
fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match (c, escaped) {
            ('"', false) => return at + 1,
            ('\\', false) => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

/// How long the raw string at the beginning is, if there is one.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text.strip_prefix('r')?.chars().take_while(|c| *c == '#').count();
    let body = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end)? + end.len();
    Some(2 + hashes + length)
}

/// The text without what only tests are compiled with.
fn without_tests(code: &str) -> String {
    let (mut out, mut rest) = (String::new(), code);
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        out.push_str(before);
        let body = after.find('{').unwrap_or(after.len());
        let semicolon = after.find(';').unwrap_or(after.len());
        rest = if semicolon < body { &after[semicolon..] } else { &after[end_of_block(after)..] };
    }
    out + rest
}

fn end_of_block(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `src` and its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    gather(&root().join("src"), &mut files);
    files.sort();
    assert!(files.len() > 40, "only {} files under src", files.len());
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).expect("a source");
            (file, text)
        })
        .filter(|(file, _)| !file.ends_with("tests.rs"))
        .collect()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// The module of the first rank that a file belongs to.
fn module_of(file: &Path) -> String {
    let inner = file.strip_prefix(root().join("src")).expect("below src");
    let first = inner.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Every file under version control; where there is none, every source, test and page.
fn tracked() -> Vec<PathBuf> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let listed = listed.ok().filter(|output| output.status.success());
    let names = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let Some(names) = names else {
        let mut files = Vec::new();
        for folder in ["src", "tests"] {
            gather(&root().join(folder), &mut files);
        }
        return files;
    };
    names.split('\0').filter(|name| !name.is_empty()).map(|name| root().join(name)).collect()
}
