//! `uncramp demo`: a make-believe bedroom on the real daemon, a night in a minute.
//!
//! Nothing of uncramp is replaced: the embedded broker, the daemon and the devices'
//! connection are what a household runs. Only the weather, the walls, the people and the
//! clock are made up, and the clock goes on whenever everybody has said what they had to
//! say.

#[cfg(feature = "embedded-broker")]
mod night;
#[cfg(feature = "embedded-broker")]
mod paper;
#[cfg(feature = "embedded-broker")]
mod tally;
#[cfg(feature = "embedded-broker")]
mod teller;

use std::io::{self, Write as _};

use super::colour::Paint;
use super::{Common, End};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub(super) struct Arguments {
    /// A thermometer and a radiator valve, and nothing else.
    #[arg(long)]
    simple: bool,
    /// As fast as the machine can, instead of a night in about a minute.
    #[arg(long)]
    fast: bool,
    /// Another night: it chooses the weather's whims and when Anna goes to bed.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The broker's port on this machine; a free one if left out.
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Keep the broker and what it retains after the night, until Ctrl-C.
    #[arg(long)]
    hold: bool,
    /// Print the configuration that the demo runs on, and end.
    #[arg(long)]
    print_config: bool,
}

/// Shows the night. 0 if it was shown, or stopped by Ctrl-C; 1 if it could not be.
pub(super) fn demo(common: &Common, arguments: &Arguments) -> io::Result<End> {
    if common.config.is_some() {
        eprintln!(
            "uncramp demo: it has a bedroom of its own (--print-config shows it); `uncramp replay \
             FILE --config …` plays recorded nights in yours"
        );
        return Ok(End::Input);
    }
    if arguments.print_config {
        io::stdout().write_all(arguments.config().as_bytes())?;
        return Ok(End::Well);
    }
    let colour = Paint::on(common.color, &io::stdout()).on;
    let choice = if colour { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
    choice.write_global();
    Ok(match arguments.night() {
        Ok(()) => End::Well,
        Err(why) => {
            eprintln!("uncramp demo: {why}");
            End::No
        }
    })
}

impl Arguments {
    /// The configuration that the demo runs on.
    const fn config(&self) -> &'static str {
        if self.simple {
            include_str!("demo/simple.yaml")
        } else {
            include_str!("demo/bedroom.yaml")
        }
    }

    #[cfg(feature = "embedded-broker")]
    fn night(&self) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|e| format!("it cannot start: {e}"))?.block_on(night::show(self))
    }

    #[cfg(not(feature = "embedded-broker"))]
    #[expect(clippy::unused_self, reason = "with the broker inside it is needed")]
    fn night(&self) -> Result<(), String> {
        Err("this uncramp was built without a broker of its own (the cargo feature \
             `embedded-broker`), which the demo needs; `uncramp replay` shows nights without one"
            .to_owned())
    }
}
