//! Scripted nights: every file under `tests/nights` is played and must come out as it
//! stands. `UPDATE=1 cargo test --test nights` writes what uncramp did instead.

mod support;

use std::fs;
use std::path::PathBuf;

#[test]
fn every_night_goes_as_it_is_written() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/nights");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/nights")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let written = files.len();
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for file in files {
        let expected = fs::read_to_string(&file).expect("a night");
        let played = support::script::play(&expected);
        if played != expected {
            if update {
                fs::write(&file, &played).expect("written");
            } else {
                wrong.push(format!("{}:\n{played}", file.display()));
            }
        }
    }
    assert!(written >= 25, "only {written} nights are written");
    assert!(wrong.is_empty(), "these nights went otherwise:\n{}", wrong.join("\n"));
}
