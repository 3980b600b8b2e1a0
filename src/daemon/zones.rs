//! Reads time zones from the system's database.

use std::path::{Path, PathBuf};

use tz::TimeZone;

use crate::model::Zone;

/// Where the database lies.
const DATABASE: &str = "/usr/share/zoneinfo";

/// Rules without an end are followed to 2101-01-01, in Unix seconds.
const HORIZON: i64 = 4_133_980_800;

/// Shorter than any stay of a rule that changes twice a year, in seconds.
const STRIDE: i64 = 7 * 86_400;

/// Reads a zone by its IANA name, such as `Europe/Brussels`.
///
/// # Errors
/// A sentence that says what is wrong with the name or the database.
pub fn read_zone(name: &str) -> Result<Zone, String> {
    if name == "UTC" {
        return Ok(Zone::utc());
    }
    let plain = name.split('/').all(|part| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    });
    if !plain {
        return Err(format!(
            "`{name}` is no time zone: write a name such as Europe/Brussels, or leave it out for \
             the zone of this machine"
        ));
    }
    read_file(name, &Path::new(DATABASE).join(name))
}

/// The zone of this machine: `TZ`, else `/etc/localtime`; without either it is UTC, as
/// POSIX has it.
///
/// # Errors
/// A sentence that says what is wrong with the setting or the database.
pub fn system_zone() -> Result<Zone, String> {
    #[expect(clippy::disallowed_methods, reason = "the zone is an argument to everything else")]
    let told = std::env::var("TZ").ok().filter(|name| !name.is_empty());
    if let Some(name) = told {
        let name = name.strip_prefix(':').unwrap_or(&name);
        return match Path::new(name).strip_prefix(DATABASE) {
            Ok(inner) => read_zone(&inner.to_string_lossy()),
            Err(_) => read_zone(name).map_err(|e| format!("the variable TZ: {e}")),
        };
    }
    let localtime = Path::new("/etc/localtime");
    if !localtime.exists() {
        return Ok(Zone::utc());
    }
    let target = std::fs::read_link(localtime).unwrap_or_default();
    let named = zone_name(&target)
        .or_else(|| std::fs::read_to_string("/etc/timezone").ok().map(|s| s.trim().to_owned()));
    read_file(named.as_deref().unwrap_or("local"), localtime)
}

/// Whether the system's database is there: without it no name says anything.
pub(super) fn are_there() -> bool {
    Path::new(DATABASE).join("Etc/UTC").exists()
}

/// The part of a path that follows the database's directory, wherever that lies.
fn zone_name(path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    let (_, name) = text.split_once("zoneinfo/")?;
    Some(name.to_owned())
}

fn read_file(name: &str, path: &Path) -> Result<Zone, String> {
    let shown = PathBuf::from(path);
    let bytes = std::fs::read(path).map_err(|e| {
        format!(
            "cannot read the time zone {name} from {}: {e}. Install the package tzdata, or check \
             the name",
            shown.display()
        )
    })?;
    let parsed = TimeZone::from_tz_data(&bytes)
        .map_err(|e| format!("{} is no time zone file: {e}", shown.display()))?;
    Ok(expand(name, &parsed))
}

/// All changes of a zone as plain data: the listed ones, then those of its rule.
fn expand(name: &str, parsed: &TimeZone) -> Zone {
    let parsed = parsed.as_ref();
    let types = parsed.local_time_types();
    let offset_at = |unix: i64| parsed.find_local_time_type(unix).map(tz::LocalTimeType::ut_offset);
    let first = types.first().map_or(0, tz::LocalTimeType::ut_offset);
    let mut zone = Zone { name: name.to_owned(), first, changes: Vec::new() };
    let mut last = first;
    for transition in parsed.transitions() {
        let offset = types[transition.local_time_type_index()].ut_offset();
        if offset != last {
            zone.changes.push((transition.unix_leap_time(), offset));
            last = offset;
        }
    }
    if parsed.extra_rule().is_none() {
        return zone;
    }
    let mut from = parsed.transitions().last().map_or(0, |t| t.unix_leap_time() + 1);
    while from < HORIZON {
        let to = from + STRIDE;
        let (Ok(before), Ok(after)) = (offset_at(from), offset_at(to)) else { break };
        if before != after {
            zone.changes.push((first_second(from, to, after, &offset_at), after));
        }
        from = to;
    }
    zone
}

/// The first second in `(from, to]` with that offset, which holds at `to` and not at
/// `from`.
fn first_second<E>(
    mut from: i64,
    mut to: i64,
    offset: i32,
    offset_at: &impl Fn(i64) -> Result<i32, E>,
) -> i64 {
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        if offset_at(middle).is_ok_and(|found| found == offset) {
            to = middle;
        } else {
            from = middle;
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_knows_the_listed_changes_and_those_of_its_rule() {
        let zone = read_zone("Europe/Brussels").expect("the database");
        assert!(zone.changes.contains(&(1_711_846_800, 7200)), "spring 2024");
        assert!(zone.changes.contains(&(1_729_990_800, 3600)), "autumn 2024");
        // 2090-03-26T01:00:00Z, the last Sunday of that March.
        assert!(zone.changes.contains(&(3_794_173_200, 7200)), "spring 2090");
        assert_eq!(zone.offset(4_102_444_799), 3600, "New Year's Eve 2099");
        assert!(zone.changes.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 != w[1].1));
    }

    #[test]
    fn every_zone_agrees_with_the_parser_that_read_it() {
        for name in ["America/Edmonton", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tokyo"] {
            let zone = read_zone(name).expect(name);
            let bytes = std::fs::read(Path::new(DATABASE).join(name)).expect(name);
            let parsed = TimeZone::from_tz_data(&bytes).expect(name);
            for unix in (0..HORIZON).step_by(86_400 * 3 + 1) {
                let told = parsed.find_local_time_type(unix).expect(name).ut_offset();
                assert_eq!(zone.offset(unix), told, "{name} at {unix}");
            }
        }
    }

    #[test]
    fn a_name_that_is_none_is_refused_with_a_hint() {
        for name in ["", "../../etc/passwd", "/etc/localtime", "Europe/", "CET-1CEST,M3.5.0"] {
            assert!(read_zone(name).expect_err(name).contains("Europe/Brussels"), "{name}");
        }
        assert!(read_zone("Europe/Atlantis").expect_err("no such").contains("check the name"));
    }

    #[test]
    fn this_machine_has_a_zone() {
        system_zone().expect("a zone");
    }
}
