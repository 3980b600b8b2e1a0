//! What several tests share: an outside made up for tests, and scripted nights.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::wildcard_enum_match_arm,
    reason = "each test uses its part, and a script's words are checked by being played"
)]

pub mod home;
pub mod script;
mod words;

use uncramp::model::Zone;
use uncramp::plan::{Outside, Plan, complaint, parse};

/// Knows one zone, with the daylight saving of 2026; the clock says January 2026.
pub struct Made;

impl Outside for Made {
    fn zone(&self, name: &str) -> Option<Zone> {
        (name == "Europe/Brussels").then(|| Zone {
            name: name.to_owned(),
            first: 3600,
            // 29 March and 25 October, at 01:00 UTC.
            changes: vec![(1_774_746_000, 7200), (1_792_890_000, 3600)],
        })
    }
    fn system_zone(&self) -> Option<Zone> {
        self.zone("Europe/Brussels")
    }
    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Err("there are no files here".to_owned())
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
    fn month(&self) -> Option<(i32, u32)> {
        Some((2026, 1))
    }
}

/// The plan of one bedroom, whose keys are given as in `uncramp.yaml`; the house's
/// `language:` may stand among them.
///
/// # Panics
///
/// With every complaint, if there is one.
pub fn plan_of(bedroom: &str) -> Plan {
    let (house, bedroom): (Vec<&str>, Vec<&str>) =
        bedroom.lines().partition(|line| line.starts_with("language:"));
    let mut text = "timezone: Europe/Brussels\nmqtt: embedded\n".to_owned();
    for line in house {
        text.push_str(line);
        text.push('\n');
    }
    text.push_str("bedrooms:\n  bedroom:\n");
    for line in bedroom {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    match parse(&text, &Made) {
        Ok(parsed) => parsed.plan,
        Err(complaints) => {
            panic!("{}", complaint::render(&complaints, "the bedroom", &text, false))
        }
    }
}
