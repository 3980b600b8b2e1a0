//! The README tells the truth: its commands run, its figures and sentences are those that
//! other tests hold uncramp to.

use std::path::Path;
use std::process::{Command, Stdio};

use uncramp::plan::Language;
use uncramp::speech;

const README: &str = include_str!("../README.md");
const HEARD: &str =
    include_str!("snapshots/speech__every_sentence_a_sleeper_can_hear_by_default.snap");
const RECORDED: &str = include_str!("recorded/summary.txt");

/// Every command in a block of shell, without its prompt.
fn commands() -> Vec<&'static str> {
    let blocks = README.split("```sh\n").skip(1);
    let inside = blocks.filter_map(|block| block.split("```").next());
    inside.flat_map(str::lines).filter(|line| !line.is_empty()).collect()
}

/// The README with its line breaks taken out.
fn flowing() -> String {
    README.replace("\n> ", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn it_is_short() {
    let lines = README.lines().count();
    assert!(lines < 150, "{lines} lines");
}

#[test]
fn every_command_runs() {
    let mut seen = Vec::new();
    for command in commands() {
        let arguments = command
            .strip_prefix("cargo run --release -- ")
            .or_else(|| command.strip_prefix("uncramp "));
        if let Some(arguments) = arguments {
            runs(arguments);
        } else {
            // These are this very run, and what only a Pi's owner may do: tests/package/run does.
            let known = [
                "tests/all",
                "tests/all --home-assistant",
                "cargo install --locked cargo-deb",
                "cargo deb",
                "sudo apt install ./target/debian/uncramp_*.deb",
                "sudo systemctl start uncramp",
            ];
            assert!(known.contains(&command), "nothing tries `{command}`");
        }
        seen.push(command);
    }
    assert!(seen.contains(&"cargo run --release -- demo"), "{seen:?}");
    for script in ["tests/all", "tests/home-assistant/run", "tests/package/run"] {
        assert!(Path::new(script).is_file(), "{script} is not there");
    }
}

#[test]
fn a_continuous_integration_runs_what_people_are_told_to() {
    let last = include_str!("../.ci/run").lines().last().expect("a line");
    let command = last.strip_prefix("exec ").expect("nothing comes after it");
    assert_eq!(command, "tests/all --home-assistant");
    assert!(commands().contains(&command), "the README says nothing of `{command}`");
}

#[test]
fn every_link_leads_somewhere() {
    for link in README.split("](").skip(1) {
        let target = link.split(')').next().expect("an end");
        assert!(
            target.starts_with("https://") || Path::new(target).exists(),
            "{target} is not there"
        );
    }
}

#[test]
fn the_sentences_are_all_a_sleeper_can_hear() {
    let sentences = HEARD.split("---\n").nth(2).expect("the sentences").trim();
    let readme = flowing();
    for sentence in sentences.lines() {
        assert!(readme.contains(sentence), "the README lacks: {sentence}");
    }
    let quoted = README.lines().filter(|line| line.starts_with("> ")).count();
    assert_eq!(quoted, sentences.lines().count(), "no other sentences");
}

#[test]
fn so_are_the_replies_to_an_answer() {
    let readme = flowing();
    for reply in speech::Reply::ALL {
        let said = speech::reply(reply)[&Language::English];
        assert!(readme.contains(&format!("“{said}”")), "the README lacks: {said}");
    }
}

#[test]
fn the_figures_are_those_of_the_recorded_nights() {
    let words: Vec<&str> = RECORDED.lines().take(3).flat_map(str::split_whitespace).collect();
    // 137 nights · heat on 37 nights, 335.3 h · fan on 9 nights, 28.5 h
    let number = |index: usize| words[index].trim_end_matches(',');
    let claim = format!(
        "Of those {} nights it would have called for heat on {} ({} h in all) and run a fan on {} \
         ({} h).",
        number(0),
        number(4),
        number(6),
        number(10),
        number(12),
    );
    assert!(flowing().contains(&claim), "the README should say: {claim}");
}

fn runs(arguments: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
    command.args(arguments.split_whitespace()).stdin(Stdio::null());
    // A minute of watching is not needed to see it end well.
    if arguments == "demo" {
        if cfg!(not(feature = "embedded-broker")) {
            return;
        }
        command.arg("--fast");
    }
    let said = command.output().expect("it runs");
    let errors = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "`uncramp {arguments}`: {errors}");
    assert!(!said.stdout.is_empty(), "`uncramp {arguments}` says nothing");
}
