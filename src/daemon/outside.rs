//! What the configuration asks of this machine: time zones, files, the environment,
//! systemd credentials, the month.

use std::path::Path;

use chrono::{DateTime, Datelike};

use super::{clock, zones};
use crate::model::Zone;
use crate::plan::Outside;

/// This machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Machine;

/// Where systemd keeps the credentials that units ask for.
pub const CREDENTIALS: &str = "/etc/credstore";

/// Longer files are no secrets, in bytes.
const MOST_SECRET: u64 = 64 * 1024;

impl Outside for Machine {
    fn zone(&self, name: &str) -> Option<Zone> {
        zones::read_zone(name).ok()
    }

    fn system_zone(&self) -> Option<Zone> {
        zones::system_zone().ok()
    }

    fn secret_file(&self, path: &str) -> Result<String, String> {
        read(Path::new(path))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn credential(&self, name: &str) -> Option<String> {
        let given = std::env::var_os("CREDENTIALS_DIRECTORY");
        // Outside its unit, as for `check` and `try`: from where systemd takes it.
        let directory = given.unwrap_or_else(|| CREDENTIALS.into());
        read(&Path::new(&directory).join(name)).ok()
    }

    fn month(&self) -> Option<(i32, u32)> {
        let clock = clock::Clock::real();
        let now = clock.wall().unix_ms(clock.now());
        let date = DateTime::from_timestamp_millis(now)?;
        (now >= clock::SANE_MS).then(|| (date.year(), date.month()))
    }

    fn clock_is_right(&self) -> bool {
        clock::Clock::real().wall().synchronised
    }
}

/// This machine, were everything there that may come later: files, the environment, the time
/// zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Complete;

impl Outside for Complete {
    fn zone(&self, name: &str) -> Option<Zone> {
        Machine.zone(name).or_else(|| (!zones::are_there()).then(Zone::utc))
    }

    fn system_zone(&self) -> Option<Zone> {
        Machine.system_zone().or_else(|| Some(Zone::utc()))
    }

    fn secret_file(&self, path: &str) -> Result<String, String> {
        let there = Machine.secret_file(path).ok().filter(|text| !text.trim().is_empty());
        Ok(there.unwrap_or_else(|| "somebody:something".to_owned()))
    }

    fn env(&self, name: &str) -> Option<String> {
        let there = Machine.env(name).filter(|text| !text.is_empty());
        there.or_else(|| Some("something".to_owned()))
    }

    fn credential(&self, name: &str) -> Option<String> {
        Machine.credential(name)
    }

    fn month(&self) -> Option<(i32, u32)> {
        Machine.month()
    }

    fn clock_is_right(&self) -> bool {
        Machine.clock_is_right()
    }
}

fn read(path: &Path) -> Result<String, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > MOST_SECRET {
        return Err(format!("it is {length} bytes long, which no secret is"));
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}
