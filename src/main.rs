//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    uncramp::cli::main()
}
