//! `docs/safety.md` says where each promise is held, and each of S1 to S13 is: by a test that
//! names it, in a scripted night and in random nights. `UPDATE=1 cargo test --test safety` writes
//! that part of the page anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use uncramp::prove::promises;

const PAGE: &str = "docs/safety.md";
const BEGINS: &str = "<!-- Written by UPDATE=1 cargo test --test safety -->\n";
const PROMISES: u8 = 13;

#[test]
fn the_page_says_where_each_promise_is_held() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&path).expect("the page");
    let (written, _) = page.split_once(BEGINS).expect("where the generated part begins");
    let now = format!("{written}{BEGINS}{}", held());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, now).expect("the page is written");
    } else {
        assert!(page == now, "{PAGE} is stale; UPDATE=1 writes it anew");
    }
}

/// For each promise, who holds it.
fn held() -> String {
    let (tests, nights) = (tests(), nights());
    let mut text = String::new();
    for number in 1..=PROMISES {
        let random: Vec<String> = promises::ALL
            .iter()
            .filter_map(|promise| of(promise.says, number).map(|says| format!("  - {says}\n")))
            .collect();
        let prefix = format!("s{number}_");
        let named: Vec<String> = tests
            .iter()
            .filter_map(|(file, name)| Some((file, name.strip_prefix(&prefix)?)))
            .map(|(file, name)| format!("  - {} ([{file}](../{file}))\n", name.replace('_', " ")))
            .collect();
        let scripted: Vec<String> = nights
            .iter()
            .filter(|(_, text)| names(text, number))
            .map(|(file, text)| format!("  - [{file}](../tests/nights/{file}): {}\n", title(text)))
            .collect();
        for (what, there) in [("test", &named), ("scripted night", &scripted)] {
            assert!(!there.is_empty(), "no {what} names S{number}");
        }
        let in_random_nights = named.iter().any(|line| line.contains("tests/properties/"));
        assert!(!random.is_empty() || in_random_nights, "no random night is asked for S{number}");
        let _ = write!(text, "\n### S{number}\n");
        for (what, lines) in [
            ("In random nights, and by `uncramp check --prove` in yours", random),
            ("In nights written down", scripted),
            ("In tests", named),
        ] {
            if !lines.is_empty() {
                let _ = write!(text, "\n- {what}:\n{}", lines.concat());
            }
        }
    }
    text
}

/// What a promise says, if it belongs to this number: `S2, S6: electric heat …`.
fn of(says: &str, number: u8) -> Option<&str> {
    let (numbers, says) = says.split_once(": ")?;
    numbers.split(", ").any(|it| it == format!("S{number}")).then_some(says)
}

/// Whether a text names S1, and not only S12.
fn names(text: &str, number: u8) -> bool {
    let name = format!("S{number}");
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == name)
}

/// The first sentence of what a night says of itself, after the promises it is about.
fn title(night: &str) -> String {
    let said: Vec<&str> = night.lines().map_while(|line| line.strip_prefix("# ")).collect();
    let said = said.join(" ");
    let about = |text: &str| text.split(", ").all(|it| it.starts_with('S') && it.len() < 4);
    let said = said.split_once(": ").filter(|(begins, _)| about(begins)).map_or(&*said, |it| it.1);
    said.split_inclusive(". ").next().unwrap_or_default().trim().to_owned()
}

/// Every scripted night: its file and its text.
fn nights() -> Vec<(String, String)> {
    let read = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        Some((name, fs::read_to_string(&path).ok()?))
    };
    files("tests/nights", "txt").into_iter().filter_map(read).collect()
}

/// Every test's name, and the file it is in.
fn tests() -> Vec<(String, String)> {
    let mut tests = Vec::new();
    for path in ["tests", "src"].into_iter().flat_map(|folder| files(folder, "rs")) {
        let text = fs::read_to_string(&path).expect("a source file");
        let file = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("one of ours");
        let file = file.to_str().expect("a plain name").to_owned();
        for line in text.lines() {
            let name = line.trim_start().trim_start_matches("async ").strip_prefix("fn s");
            let Some((name, _)) = name.and_then(|name| name.split_once('(')) else { continue };
            tests.push((file.clone(), format!("s{name}")));
        }
    }
    tests
}

/// Every file below a folder that ends so, in order.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
