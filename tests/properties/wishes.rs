//! S3, S8, S9 and S11: wishes, commands as such, and what is garbled.

use uncramp::engine::{Action, Event, Want, Wish};
use uncramp::model::{Item, Quantity, Span, Switch, Time};
use uncramp::plan::{Hazard, Kind, Mode};
use uncramp::rules::Because;

use crate::night::What;
use crate::play::{BEDROOM, Device, play};
use crate::{any, hold};

#[test]
fn s3_offs_leave_before_everything_else() {
    hold(150, any(), |(room, night)| {
        play(&room.plan(), &night.without_lies(), |moment| {
            let offs = moment.actions.iter().take_while(|action| action.is_off()).count();
            let late = moment.actions[offs..].iter().find(|action| action.is_off());
            assert_eq!(late, None, "among {:?}", moment.actions);
        });
    });
}

#[test]
fn s3_a_persons_off_is_sent_in_the_same_call_whatever_least_times_say() {
    hold(250, any(), |(room, night)| {
        let mut before: Vec<bool> = Vec::new();
        play(&room.plan(), &night.without_lies(), |moment| {
            if let Event::Wish { wish: Wish::Override { actuator, want: Want::Off, until }, .. } = moment.event
                && until.is_none_or(|until| until > moment.at)
                && moment.picture().mode == Mode::Auto
                // Where nobody waits for an answer, nobody knows that it is on.
                && moment.actuator(*actuator).confirm.is_some()
            {
                let index = usize::from(actuator.0);
                if before[index] {
                    assert_eq!(moment.devices[index].level, 0, "{:?}", moment.actions);
                    let at = moment.actions.iter().position(|action| {
                        matches!(action, Action::Switch(c) if c.actuator == *actuator && c.switch == Switch::Off)
                    });
                    let at = at.expect("an off");
                    assert!(
                        moment.actions[..at].iter().all(Action::is_off),
                        "{:?}",
                        moment.actions
                    );
                }
                assert!(!moment.picture().actuators[index].boosted, "still raised");
            }
            before = moment.picture().actuators.iter().map(|a| a.level > Some(0)).collect();
        });
    });
}

#[test]
fn s8_a_wish_ends_within_a_day() {
    hold(100, any(), |(room, night)| {
        let mut since = [None::<(Time, Time)>; 8];
        play(&room.plan(), &night.without_lies(), |moment| {
            for (actuator, since) in moment.picture().actuators.iter().zip(&mut since) {
                *since = actuator.wish.map(|(_, until)| match *since {
                    Some((begun, same)) if same == until => (begun, until),
                    Some(_) | None => (moment.at, until),
                });
                if let Some((begun, until)) = *since {
                    assert!(until - begun <= Span::hours(24), "{} until {until:?}", actuator.name);
                    assert!(until > moment.at, "{} ended at {until:?}", actuator.name);
                }
            }
        });
    });
}

#[test]
fn s9_a_command_said_twice_is_the_command_said_once() {
    hold(100, any(), |(room, night)| {
        let mut twice: Vec<Device> = Vec::new();
        play(&room.plan(), &night.without_lies(), |moment| {
            twice = moment.devices.to_vec();
            for command in moment.commands() {
                let device = &mut twice[usize::from(command.actuator.0)];
                let once = *device;
                let last = moment.commands().filter(|c| c.actuator == command.actuator).last();
                if last == Some(command) || matches!(command.switch, Switch::Feed(_)) {
                    device.obey(moment.at, &command.switch);
                    assert_eq!(*device, once, "{command:?}");
                }
            }
        });
    });
}

#[test]
fn who_only_watches_switches_nothing_on_and_who_acts_says_nothing_of_watching() {
    hold(150, any(), |(room, night)| {
        play(&room.plan(), &night, |moment| {
            let mode = moment.picture().mode;
            let watched = moment.actions.iter().any(|a| matches!(a, Action::Watched(_)));
            assert!(!watched || mode == Mode::Watch, "{:?}", moment.actions);
            for command in moment.commands().filter(|_| mode != Mode::Auto) {
                assert!(command.releases, "{command:?}");
            }
        });
    });
}

#[test]
fn s8_who_has_only_watched_tells_nothing_to_what_is_no_danger_beside_a_sleeper() {
    hold(150, any(), |(room, mut night)| {
        night.happens.retain(|(_, what)| {
            !matches!(what, What::Mode(_) | What::Wants(..) | What::Unrecorded(_))
        });
        let mut plan = room.plan();
        plan.bedrooms[0].mode = Mode::Watch;
        play(&plan, &night, |moment| {
            for command in moment.commands() {
                let danger = matches!(
                    moment.actuator(command.actuator).kind,
                    Kind::Heater { hazard: Hazard::Portable | Hazard::Blanket { .. }, .. }
                );
                // A hand that switched it off is obeyed, also after a gap.
                let by_hand = matches!(command.reason.because, Because::Person { .. });
                assert!(danger || by_hand, "{command:?}");
            }
        });
    });
}

#[test]
fn s9_every_command_has_an_end_and_a_reason() {
    hold(100, any(), |(room, night)| {
        play(&room.plan(), &night.without_lies(), |moment| {
            for command in moment.commands() {
                assert!(command.valid_until > moment.at, "{command:?}");
                let on = matches!(command.switch, Switch::On { .. } | Switch::Level(_));
                assert!(!(on && command.reason.because == Because::Nothing), "{command:?}");
            }
        });
    });
}

#[test]
fn s11_what_is_garbled_changes_no_fact_until_the_third_in_a_row() {
    hold(200, any(), |(room, night)| {
        let mut before = None;
        let mut row = [0_u32; 16];
        play(&room.plan(), &night.without_lies(), |moment| {
            let picture = moment.picture();
            if let Event::Heard { heard, .. } = moment.event {
                for item in &heard.items {
                    match item {
                        Item::Garbled { sensor, .. } => row[usize::from(sensor.0)] += 1,
                        Item::Reading { sensor, .. } => row[usize::from(sensor.0)] = 0,
                        _ => {}
                    }
                }
                if let (Some(Item::Garbled { sensor, .. }), Some(mut engine)) =
                    (heard.items.first(), before.take())
                {
                    let engine: &mut uncramp::engine::Engine = &mut engine;
                    engine.handle(moment.at, crate::play::nothing());
                    let expected = engine.picture(BEDROOM, moment.at).expect("a bedroom");
                    for (n, (left, right)) in
                        expected.sensors.iter().zip(&picture.sensors).enumerate()
                    {
                        if n == usize::from(sensor.0) && row[n] >= 3 {
                            assert_eq!(
                                right.value, None,
                                "{} after {} garbled",
                                right.name, row[n]
                            );
                            continue;
                        }
                        assert_eq!((left.value, left.at), (right.value, right.at), "{}", left.name);
                        let more =
                            if n == usize::from(sensor.0) { heard.items.len() as u32 } else { 0 };
                        assert_eq!(left.garbled + more, right.garbled, "{} is counted", left.name);
                    }
                    let quantity = moment.plan.bedrooms[0].sensors[usize::from(sensor.0)].quantity;
                    if row[usize::from(sensor.0)] < 3 || quantity == Quantity::Co2 {
                        assert_eq!(
                            (expected.dose, expected.in_bed, expected.window, expected.calling),
                            (picture.dose, picture.in_bed, picture.window, picture.calling)
                        );
                    }
                }
            }
            before = Some(moment.engine.clone());
        });
    });
}
