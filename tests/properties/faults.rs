//! An adversary, and what is when faults are over.

use proptest::prelude::*;
use uncramp::engine::{Action, Event, Fault, Want};
use uncramp::model::{Heard, Item, Span, Time};
use uncramp::plan::Mode;
use uncramp::prove::night::{Answering, What};
use uncramp::prove::play::{BEDROOM, play};
use uncramp::prove::promises;
use uncramp::prove::{self, Night};

use crate::night::{any_night, first_day};
use crate::room::{self, Room};
use crate::{any, hold};

#[test]
fn no_promise_is_broken_by_who_wants_the_room_as_hot_as_can_be() {
    let nights = (room::room_with_any_heater(), proptest::prelude::any::<u64>().no_shrink())
        .prop_map(|(room, seed)| {
            let night = prove::warmest(&room.plan(), seed, first_day(), 40..120).without_lies();
            (room, night)
        });
    hold(40, nights, |(room, night)| keeps_all(&room, &night));
}

#[test]
fn every_promise_is_kept_in_every_bedroom() {
    hold(150, any(), |(room, night)| keeps_all(&room, &night));
    hold(150, any(), |(room, night)| keeps_all(&room, &night.without_lies()));
}

#[test]
fn what_a_lost_memory_cannot_break_is_kept_without_it() {
    hold(150, any(), |(room, night)| keeps_all(&room, &night.without_lies().without_memory()));
}

fn keeps_all(room: &Room, night: &Night) {
    if let Err(broken) = prove::check(&room.plan(), night, &promises::ALL) {
        panic!("{} is broken: {}", broken.promise.says, broken.what);
    }
}

/// Faults are over: everything answers, can be reached and is measured, and nobody wants
/// anything.
fn healed(mut night: Night) -> Night {
    night.happens.retain(|(_, what)| *what != What::Pause);
    let mut heal = vec![
        What::Answering(Answering::Promptly),
        What::Link(true),
        What::ClockKnown(true),
        What::Away(false),
        What::Mode(Mode::Auto),
    ];
    for n in 0..8 {
        heal.extend([What::SensorOnline(n, true), What::ActuatorOnline(n, true)]);
        heal.push(What::Wants(n, Want::Auto, None));
    }
    night.happens.extend(heal.into_iter().map(|what| (Span::seconds(1), what)));
    for _ in 0..4 {
        let mut said = vec![What::Room(1), What::Humidity(5500), What::Bed(0, 6000)];
        said.extend([What::InBed(0, true), What::InBed(1, true), What::Window(false)]);
        said.extend([What::Co2(600), What::Outdoors(500)]);
        night.happens.extend(said.into_iter().map(|what| (Span::seconds(25), what)));
    }
    // What was said late may have come after what was said in time.
    night.happens.extend((0..8).map(|n| (Span::seconds(1), What::Tells(n))));
    night.happens.push((Span::minutes(2), What::Nothing));
    night
}

#[test]
fn when_faults_stop_the_bedroom_is_governed_within_a_quarter_of_an_hour() {
    hold(250, (room::any_room(), any_night(20..100)), |(room, night)| {
        let plan = room.plan();
        let mut last = None;
        play(&plan, &healed(night.without_lies()), |moment| {
            let levels: Vec<_> = moment.devices.iter().map(|device| device.level).collect();
            last = Some((moment.picture().clone(), levels));
        });
        let (picture, levels) = last.expect("a moment");
        assert!(picture.room.is_some(), "the temperature is not known");
        let all = plan.bedrooms[0].actuators.iter().zip(&picture.actuators).zip(levels);
        for ((plan, known), level) in all {
            let told = plan.device.can_echo() && plan.confirm.is_some();
            let switched = known.level.is_some();
            assert!(!told || !switched || known.level == Some(level), "{} is {level}", plan.name);
        }
        let wrong = picture.faults.iter().find(|fault| {
            matches!(fault, Fault::Disobeys { .. } | Fault::Garbled { .. } | Fault::Frozen { .. })
        });
        assert_eq!(wrong, None);
    });
}

/// What is known of the bedroom, and not what was decided on the way there.
fn known(engine: &uncramp::engine::Engine, at: Time) -> impl PartialEq + std::fmt::Debug + use<> {
    let picture = engine.picture(BEDROOM, at).expect("a bedroom");
    let sensors: Vec<_> = picture.sensors.iter().map(|it| (it.value, it.at, it.garbled)).collect();
    let (room, bed, in_bed) = (picture.room, picture.bed, picture.in_bed);
    (sensors, room, bed, in_bed, picture.window, picture.dose, picture.night_dose)
}

#[test]
fn messages_of_one_second_may_come_in_any_order() {
    hold(150, (any(), 0..1000_usize), |((room, night), share)| {
        let recording = play(&room.plan(), &night.without_gaps(), |_| {});
        // The last reading of each of several sensors before the cut comes again, at once.
        let cut = recording.events.len() * share / 1000;
        let mut engine = recording.engine.clone();
        let mut now = recording.begins;
        let mut burst: Vec<Item> = Vec::new();
        for (at, event) in &recording.events[..cut] {
            if let Event::Heard { heard: Heard { items, retained: false }, .. } = event {
                for item in items {
                    let Item::Reading { sensor, .. } = item else { continue };
                    burst
                        .retain(|it| !matches!(it, Item::Reading { sensor: s, .. } if s == sensor));
                    burst.push(item.clone());
                }
            }
            engine.handle(*at, event.clone());
            now = *at;
        }
        let mut backward = engine.clone();
        now += Span::minutes(4);
        let hear = |item: &Item| Event::Heard {
            bedroom: BEDROOM,
            heard: Heard { items: [item.clone()].into_iter().collect(), retained: false },
        };
        for item in &burst {
            engine.handle(now, hear(item));
        }
        for item in burst.iter().rev() {
            backward.handle(now, hear(item));
        }
        assert_eq!(known(&engine, now), known(&backward, now), "of {burst:?}");
    });
}

#[test]
fn a_reading_that_comes_twice_is_the_reading() {
    hold(150, any(), |(room, night)| {
        let mut plan = room.plan();
        // How fast a room cools is judged by several samples, and a guess in the end.
        plan.bedrooms[0].cold_exposure.window_guess = false;
        let recording = play(&plan, &night.without_gaps(), |_| {});
        let (mut once, mut twice) = (recording.engine.clone(), recording.engine.clone());
        for (at, event) in &recording.events {
            let said = once.handle(*at, event.clone());
            let again = twice.handle(*at, event.clone());
            assert_eq!(said, again, "at {at:?}: {event:?}");
            // What is lost at that very instant is heard anew.
            let lost = said
                .iter()
                .any(|action| matches!(action, Action::Notice(notice) if !notice.healed));
            let sensors = twice.picture(BEDROOM, *at).expect("a bedroom").sensors;
            let known = |item: &Item| match item {
                Item::Reading { sensor, .. } => sensors[usize::from(sensor.0)].value.is_some(),
                _ => false,
            };
            if let Event::Heard { heard, .. } = event
                && !lost
                && heard.items.iter().all(known)
            {
                assert_eq!(twice.handle(*at, event.clone()), [], "the second time: {event:?}");
            }
        }
    });
}
