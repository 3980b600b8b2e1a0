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

/// Knows one zone, with the daylight saving of 2026, and else those of this machine; the
/// clock says January 2026.
pub struct Made;

/// The keys of the house that may stand among those of a bedroom.
const OF_THE_HOUSE: [&str; 5] =
    ["language:", "timezone:", "units:", "base_topic:", "zigbee2mqtt_base:"];

impl Outside for Made {
    fn zone(&self, name: &str) -> Option<Zone> {
        if name != "Europe/Brussels" {
            return uncramp::daemon::outside::Machine.zone(name);
        }
        Some(Zone {
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

/// The plan of one bedroom, whose keys are given as in `uncramp.yaml`; some of the house's
/// may stand among them.
///
/// # Panics
///
/// With every complaint, if there is one.
pub fn plan_of(bedroom: &str) -> Plan {
    let (house, bedroom): (Vec<&str>, Vec<&str>) =
        bedroom.lines().partition(|line| OF_THE_HOUSE.iter().any(|key| line.starts_with(key)));
    let zoned = house.iter().any(|line| line.starts_with("timezone:"));
    let zone = if zoned { "" } else { "timezone: Europe/Brussels\n" };
    let mut text = format!("{zone}mqtt: embedded\n");
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
