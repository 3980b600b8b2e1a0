//! Arguments, output, exit codes.
//!
//! 0; 1 if the answer is no; 2 for wrong usage or input. `run` ends with 78 on a wrong
//! configuration, which systemd does not try again.

mod backup;
mod broker;
mod check;
mod colour;
mod config;
mod dashboard;
mod demo;
mod diary;
mod history;
mod kept;
mod leave;
mod lines;
mod output;
mod replay;
mod restore;
mod run;
mod said;
mod save;
mod setup;
mod support;
pub mod try_out;
mod why;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

/// A bedroom daemon for people who wake at night with leg cramps.
///
/// It keeps a bedroom warm enough and airy over MQTT, and reminds people to drink. It is
/// comfort automation and no medical device.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// The configuration; else `/etc/uncramp/uncramp.yaml`, else `config/uncramp.yaml`. `why`,
    /// `history`, `diary`, `backup` and `support` look where its `store:` says, `setup` writes it, `restore`
    /// writes it if it is named, and `replay` plays its bedroom only if it is named. Not for `demo`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Whether to colour what is shown; with `NO_COLOR` in the environment never.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: When,
    #[command(subcommand)]
    command: Command,
}

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum When {
    /// Where it is seen by a person.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Controls the bedrooms until it is told to stop.
    Run(run::Arguments),
    /// Reads the configuration and says everything that is wrong or dangerous in it.
    Check(check::Arguments),
    /// Plays recorded nights and says what uncramp would have done.
    Replay(replay::Arguments),
    /// Shows a make-believe bedroom on the real daemon: a night in about a minute.
    Demo(demo::Arguments),
    /// Finds the devices on the broker, asks a few questions, and writes the configuration.
    Setup(setup::Arguments),
    /// Tries a heater, a fan or the voice once, watched, and switches it off again.
    Try(try_out::Arguments),
    /// Says why everything is as it is now.
    Why(why::Arguments),
    /// Says what was decided and done in a night, and why.
    History(history::Arguments),
    /// Says what people logged: cramps, nights without, drinks; also as a table.
    Diary(diary::Arguments),
    /// Copies everything that is kept, and the configuration, into one file, also while it runs.
    Backup(backup::Arguments),
    /// Brings a backup back; what is there is set aside, and nothing deleted.
    Restore(restore::Arguments),
    /// Prints what helps to find a fault, without secrets and names, to be pasted into an issue.
    Support,
    /// Prints a page for Home Assistant with the bedrooms of the configuration.
    Dashboard(dashboard::Arguments),
    /// Hands back what may still be on and clears uncramp's topics, before it is removed.
    Leave,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It did what it was asked to.
    Well,
    /// The answer is no.
    No,
    /// Wrong usage or input.
    Input,
    /// A wrong configuration: trying again will not mend it (`EX_CONFIG`).
    Configuration,
}

/// The command line's definition, from which man pages and completions are made.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and version, too, which are no faults.
        Err(error) => {
            output::note(error.print());
            return code(output::ended(Ok(if error.use_stderr() {
                End::Input
            } else {
                End::Well
            })));
        }
    };
    let common = Common { config: arguments.config, color: arguments.color };
    code(output::ended(match arguments.command {
        Command::Run(run) => run::run(&common, &run),
        Command::Check(check) => check::check(&common, &check),
        Command::Replay(replay) => replay::replay(&common, &replay),
        Command::Demo(demo) => demo::demo(&common, &demo),
        Command::Setup(setup) => setup::setup(&common, &setup),
        Command::Try(trial) => try_out::try_out(&common, &trial),
        Command::Why(why) => why::why(&common, &why),
        Command::History(history) => history::history(&common, &history),
        Command::Diary(diary) => diary::diary(&common, &diary),
        Command::Backup(backup) => backup::backup(&common, &backup),
        Command::Restore(restore) => restore::restore(&common, &restore),
        Command::Support => support::support(&common),
        Command::Dashboard(dashboard) => dashboard::dashboard(&common, &dashboard),
        Command::Leave => leave::leave(&common),
    }))
}

fn code(ended: io::Result<End>) -> ExitCode {
    match ended {
        Ok(End::Well) => ExitCode::SUCCESS,
        Ok(End::No) => ExitCode::from(1),
        Ok(End::Input) => ExitCode::from(2),
        Ok(End::Configuration) => ExitCode::from(78),
        // Whoever reads the output has seen enough: `uncramp replay … | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("uncramp: the output cannot be written: {error}");
            ExitCode::from(2)
        }
    }
}

/// What holds for every command.
#[derive(Debug)]
struct Common {
    config: Option<PathBuf>,
    color: When,
}
