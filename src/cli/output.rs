//! What commands say while they are at work, to whoever reads standard output.
//!
//! Nobody reading any more (`| head`) is no fault. A disk that takes no more is one: it is
//! kept until the command has ended, since a night that is being shown, or a heater that is
//! being tried, must not stop half-way for it.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::sync::Mutex;

/// The first fault of standard output.
static FAULT: Mutex<Option<io::Error>> = Mutex::new(None);

/// Says a line.
pub(super) fn say(text: impl Display) {
    note(writeln!(io::stdout(), "{text}"));
}

/// Takes note of what became of an output.
pub(super) fn note(written: io::Result<()>) {
    let Err(error) = written else { return };
    if error.kind() != io::ErrorKind::BrokenPipe
        && let Ok(mut fault) = FAULT.lock()
    {
        fault.get_or_insert(error);
    }
}

/// How a command ended, its output included.
///
/// # Errors
/// If something could not be written, then or before.
pub(super) fn ended<T>(end: io::Result<T>) -> io::Result<T> {
    note(io::stdout().flush());
    let fault = FAULT.lock().ok().and_then(|mut fault| fault.take());
    let end = end?;
    fault.map_or(Ok(end), Err)
}
