//! Nights of ordinary homes, in a make-believe bedroom with the bytes of real devices.

mod support;

use support::home::Home;
use support::plan_of;
use uncramp::engine::{Action, Audience, Fault, Words};
use uncramp::model::{Place, Span, Switch, Temperature, Time};
use uncramp::sim::device::{Device, Rhythm, Thermometer, Valve};
use uncramp::sim::{Preset, Weather, room::Room};

const VALVE: &str = "
sleep: 22:30-06:45
sensors:
  room: { zigbee2mqtt: bedroom_climate }
heater:
  kind: radiator
  zigbee2mqtt: { device: bedroom_valve, setpoint: occupied_heating_setpoint }
";

fn at(day: i64, hour: i64) -> Time {
    Time::ZERO + Span::hours(day * 24 + hour)
}

/// A winter in a bedroom with a battery sensor and this valve.
fn winter(valve: Valve) -> Preset {
    let sensor = Thermometer::new("bedroom_climate", Place::Room, Rhythm::battery());
    Preset {
        weather: Weather::winter(),
        room: Room::at(18.5, 45.0),
        devices: vec![Device::Thermometer(sensor), Device::Valve(valve)],
        ..Preset::simple(Time::ZERO)
    }
}

#[test]
fn a_valve_that_reads_4_k_warm_brings_the_room_to_its_target() {
    // Not so cold that the radiator could not do it.
    let weather = Weather { mean: 6.0, ..Weather::winter() };
    let preset = Preset { weather, ..winter(Valve::new("bedroom_valve").at(15.0).warm(4.0)) };
    let mut home = Home::new(plan_of(VALVE), preset, 1);
    home.pass(at(1, 1), |_, _, _| {});
    // From one to half past six the call stands or the room has had its fill.
    let (mut called, mut seen) = (0, Vec::new());
    home.pass(at(1, 6), |room, engine, now| {
        let picture = engine.picture(uncramp::model::BedroomId(0), now).expect("a bedroom");
        if picture.calling {
            called += 1;
            seen.push(room.truth().temperature);
        }
    });
    let last = *seen.last().expect("heat was called for");
    let target = home.picture().target.as_celsius();
    println!("called for {called} ten-second looks, last {last:.2} °C, target {target:.2} °C");
    let reached = seen.iter().any(|t| (t - target).abs() <= 0.5);
    assert!(reached, "never within half a kelvin of {target}");
    let over = seen.iter().copied().fold(f64::MIN, f64::max);
    assert!(over <= target + 0.5, "overshot to {over:.2} °C");
}

#[test]
fn a_boiler_that_rests_at_night_is_told_of_once_in_thirty_nights() {
    let preset = winter(Valve::new("bedroom_valve").at(15.0).boiler(5.5, 21.0));
    let mut home = Home::new(plan_of(VALVE), preset, 2);
    home.pass(at(31, 12), |_, _, _| {});
    let told = home.done.iter().filter(|(_, action)| {
        matches!(action, Action::Announce(a) if a.audience == Audience::Keeper
            && matches!(a.words, Words::Fault(Fault::NoHeat { .. })))
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_schedule_in_the_valve_is_an_override_on_the_first_evening_at_most() {
    let preset = winter(Valve::new("bedroom_valve").at(17.0));
    let mut home = Home::new(plan_of(VALVE), preset, 3);
    let mut overridden = Vec::new();
    for day in 0..8 {
        home.pass(at(day, 22), |_, _, _| {});
        for device in home.room.devices_mut() {
            if let Device::Valve(valve) = device {
                valve.turn(15.5);
            }
        }
        home.pass(at(day, 22) + Span::minutes(30), |_, _, _| {});
        if home.picture().actuators[0].wish.is_some() {
            overridden.push(day);
        }
        home.pass(at(day + 1, 12), |_, _, _| {});
        // In the morning the schedule sets the day's temperature.
        for device in home.room.devices_mut() {
            if let Device::Valve(valve) = device {
                valve.turn(18.0);
            }
        }
    }
    assert!(overridden.is_empty() || overridden == [0], "{overridden:?}");
}

#[test]
fn the_boost_is_handed_back_and_never_below_the_household_s_set_point() {
    let preset = winter(Valve::new("bedroom_valve").at(16.0));
    let mut home = Home::new(plan_of(VALVE), preset, 4);
    home.pass(at(3, 12), |_, _, _| {});
    let mut boosts = 0;
    for (_, action) in &home.done {
        if let Action::Switch(command) = action
            && let Switch::SetPoint(value) = command.switch
        {
            assert!(value >= Temperature(1600), "{command:?}");
            boosts += usize::from(value > Temperature(1600));
        }
    }
    assert!(boosts > 0, "no night was cold enough to say anything");
    assert_eq!(home.picture().actuators[0].set_point, Some(Temperature(1600)));
}
