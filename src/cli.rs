//! The command line.

pub mod demo;

use std::process::ExitCode;

use clap::Parser;

/// A bedroom daemon for people who wake at night with leg cramps.
#[derive(Debug, Parser)]
#[command(version, about)]
pub enum Cli {
    /// A make-believe bedroom on the real daemon: a night in about a minute.
    Demo(demo::Demo),
}

/// Does what the arguments ask.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse() {
        Cli::Demo(demo) => demo.run(),
    }
}
