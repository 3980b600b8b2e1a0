//! S12: the clocks change, all over the world and for years.

use uncramp::engine::Action;
use uncramp::model::{Span, Switch, Time, Zone};
use uncramp::plan::Plan;
use uncramp::prove::night::{Day, What};
use uncramp::prove::play::play;
use uncramp::prove::promises::{self, words};
use uncramp::prove::{self, Night};
use uncramp::rules::Because;

use crate::room::Room;

/// By an hour, by half an hour, by two, at midnight, by a calendar of the moon, and never.
const ZONES: [&str; 14] = [
    "Europe/Brussels",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Nuuk",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Antarctica/Troll",
];

/// 2025, 2028 and 2038, in Unix seconds; `UNCRAMP_NIGHTS` takes the longer way.
const YEARS: [i64; 3] = [1_735_689_600, 1_830_297_600, 2_145_916_800];

const BEDROOM: &str = "sleep: 22:30-06:45
sensors:
  room: { zigbee2mqtt: Climate }
  in_bed: { topic: mat }
heaters:
  panel: { kind: panel, fixed: true, zigbee2mqtt: Panel }
  valve: { kind: radiator, zigbee2mqtt: { device: Valve, model: sonoff-trvzb } }
sleepers: { anna: { conditions: [], conditions_confirmed: 2038-01 } }";

#[test]
fn s12_no_change_of_the_clocks_costs_an_off_or_doubles_a_reminder() {
    let plan = Room(BEDROOM.to_owned()).plan();
    let longer = std::env::var_os("UNCRAMP_NIGHTS").is_some();
    let years = YEARS[0]..YEARS[if longer { 2 } else { 1 }];
    let mut changes = 0;
    for name in ZONES {
        let zone = uncramp::daemon::zones::read_zone(name).expect("a zone of this machine");
        for (at, _) in zone.changes.iter().filter(|(at, _)| years.contains(at)) {
            let changing = Plan { zone: zone.clone(), ..plan.clone() };
            let first = zone.offset(at - 1);
            let still = Zone { name: name.to_owned(), first, changes: Vec::new() };
            let still = Plan { zone: still, ..plan.clone() };
            // From noon before until noon after, and the temperature is lost around two.
            let day = zone.civil((at - 43_200) * 1000).date();
            let night = cold_night(Day::On(day));
            let broken = prove::check(&changing, &night, &promises::ALL).err();
            assert!(broken.is_none(), "{name}, {day}: {broken:?}");
            let (offs, prompts) = told(&changing, &night);
            let (usual_offs, usual_prompts) = told(&still, &night);
            assert!(!offs.is_empty() && prompts > 0, "{name}, {day}: nothing is tried");
            assert_eq!(offs, usual_offs, "{name}, {day}");
            assert!(prompts.abs_diff(usual_prompts) <= 1, "{name}, {day}: {prompts} prompts");
            changes += 1;
        }
    }
    assert!(changes >= 60, "only {changes} changes were tried");
}

/// A day and a night at 16 °C with somebody in bed; its thermometer is silent for three hours.
fn cold_night(day: Day) -> Night {
    // A room that is quite still would be taken for a frozen thermometer.
    let often = |times: usize| {
        (0..times).map(|n| (Span::minutes(10), What::Room(if n % 2 == 0 { 9 } else { -9 })))
    };
    let mut happens = vec![(Span::minutes(1), What::InBed(0, false))];
    happens.extend(often(60));
    happens.push((Span::minutes(1), What::InBed(0, true)));
    happens.extend(often(18));
    happens.push((Span::hours(3), What::Room(0)));
    happens.extend(often(18));
    happens.push((Span::minutes(1), What::InBed(0, false)));
    happens.extend(often(48));
    Night { day, begins: Span::ZERO, room: 1600, timers: true, happens }
}

/// When heaters went off for want of a temperature, or after a full stretch; and how often
/// somebody was told to drink.
fn told(plan: &Plan, night: &Night) -> (Vec<Time>, usize) {
    let mut prompts = 0;
    let recording = play(plan, night, |moment| prompts += words::prompts(moment).count());
    let offs = recording.actions.iter().filter_map(|(at, action)| {
        let Action::Switch(command) = action else { return None };
        let lost = matches!(
            command.reason.because,
            Because::TemperatureUnknown { since: Some(_), .. } | Because::Stretch { .. }
        );
        (command.switch == Switch::Off && lost && !command.again).then_some(*at)
    });
    (offs.collect(), prompts)
}

/// Nothing that is counted in [`Time`] asks what the wall clock shows.
#[test]
fn s12_a_clock_that_jumps_ends_no_lease_and_no_stretch_late() {
    let plan = Room(BEDROOM.to_owned()).plan();
    let night = cold_night(Day::On(crate::night::first_day()));
    let (usual, _) = told(&plan, &night);
    assert!(!usual.is_empty(), "nothing is tried");
    for minutes in [-600_000, -1440, -61, -1, 1, 61, 1440, 600_000] {
        let mut jumping = night.clone();
        // While the thermometer is silent.
        let silent = jumping.happens.iter().position(|(span, _)| *span == Span::hours(3));
        let silent = silent.expect("a silence");
        jumping.happens[silent].0 = Span::hours(2);
        jumping.happens.insert(silent, (Span::hours(1), What::Clock(minutes)));
        let (offs, _) = told(&plan, &jumping);
        let before: Vec<_> = offs.iter().filter(|at| usual.contains(at)).collect();
        assert_eq!(before.len(), usual.len(), "{minutes} min: {offs:?} for {usual:?}");
    }
}
