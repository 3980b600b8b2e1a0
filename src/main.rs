//! The command line.

fn main() -> std::process::ExitCode {
    uncramp::cli::run()
}
