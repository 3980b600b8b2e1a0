//! S1, S2, S4, S6 and S10: what heats, when it may, and for how long.

use uncramp::engine::{Event, Order};
use uncramp::model::{Echo, Item, Measured, Span, Switch, Time};
use uncramp::plan::{Control, Hazard, Kind, Mode};
use uncramp::rules::Because;

use crate::night::{self, What};
use crate::play::{Moment, play};
use crate::{Said, any, hold, room};

/// Which switched heaters are on because uncramp switched them on.
#[derive(Default)]
pub struct Ours([Option<Time>; 8]);

impl Ours {
    pub fn see(&mut self, moment: &Moment<'_>) {
        if let Event::Unrecorded { actuator, .. } = moment.event {
            self.0[usize::from(actuator.0)] = None;
        }
        if let Event::Heard { heard, .. } = moment.event {
            // Its own timer has switched it off: what follows is another stretch.
            for item in &heard.items {
                if let Item::Echo { actuator, echo: Echo::Relay(false) } = item {
                    self.0[usize::from(actuator.0)] = None;
                }
            }
        }
        for command in moment.commands() {
            let since = &mut self.0[usize::from(command.actuator.0)];
            match command.switch {
                // Its own timer has switched it off while nobody could hear it.
                Switch::On { timer: Some(_) }
                    if !command.again && *moment.event == (Event::Link { up: true }) =>
                {
                    *since = Some(moment.at);
                }
                Switch::On { .. } => *since = since.or(Some(moment.at)),
                Switch::Off => *since = None,
                Switch::SetPoint(_)
                | Switch::Level(_)
                | Switch::Feed(_)
                | Switch::OwnThermometer => {}
            }
        }
        for (since, device) in self.0.iter_mut().zip(moment.devices) {
            if device.level == 0 {
                *since = None;
            }
        }
    }

    /// Those of them, with since when.
    pub fn of<'a>(
        &'a self,
        moment: &'a Moment<'_>,
    ) -> impl Iterator<Item = (usize, &'a uncramp::plan::Actuator, Hazard, Time)> {
        let actuators = moment.plan.bedrooms[0].actuators.iter().enumerate();
        actuators.filter_map(|(index, actuator)| match actuator.kind {
            Kind::Heater { hazard, control: Control::Switch } => {
                Some((index, actuator, hazard, self.0[index]?))
            }
            Kind::Heater { .. } | Kind::Fan { .. } => None,
        })
    }
}

#[test]
fn s1_no_heat_of_ours_leaves_on_an_unknown_temperature() {
    hold(250, any(), |(room, night)| {
        let plan = room.plan();
        let mut said = Said::new(&plan);
        play(&plan, &night.without_lies(), |moment| {
            said.hear(moment);
            let picture = moment.picture();
            assert!(picture.room.is_none() || said.room_may_be_known(moment.at), "known too long");
            for command in moment.commands() {
                let actuator = &picture.actuators[usize::from(command.actuator.0)];
                let is_heater =
                    matches!(moment.actuator(command.actuator).kind, Kind::Heater { .. });
                let heats = match command.switch {
                    Switch::On { .. } => is_heater,
                    Switch::SetPoint(value) => Some(value) > actuator.baseline,
                    Switch::Off | Switch::Level(_) | Switch::Feed(_) | Switch::OwnThermometer => {
                        false
                    }
                };
                let asked = matches!(command.reason.because, Because::PersonBlind { .. });
                assert!(!heats || picture.room.is_some() || asked, "{command:?}");
            }
        });
    });
}

#[test]
fn s1_what_heats_ends_at_the_instant_the_temperature_is_lost() {
    hold(250, any(), |(room, night)| {
        let mut ours = Ours::default();
        let mut lost: Option<Time> = None;
        play(&room.plan(), &night.without_lies(), |moment| {
            ours.see(moment);
            let picture = moment.picture();
            if picture.room.is_some() || picture.mode != Mode::Auto {
                lost = None;
                return;
            }
            let lost = *lost.get_or_insert(moment.at);
            for actuator in &picture.actuators {
                assert!(!actuator.boosted, "{} is still raised", actuator.name);
            }
            for (index, plan, _, since) in ours.of(moment) {
                let wish = picture.actuators[index].wish;
                assert!(wish.is_some(), "{} is on, and nobody asked for it", plan.name);
                let blind = moment.at.since(lost.max(since));
                assert!(blind < Span::minutes(60), "{} is on blindly for {blind}", plan.name);
            }
        });
    });
}

#[test]
fn s2_nothing_of_ours_is_on_beyond_its_stretch() {
    hold(150, any(), |(room, night)| {
        let mut ours = Ours::default();
        play(&room.plan(), &night.without_lies(), |moment| {
            ours.see(moment);
            if moment.picture().mode != Mode::Auto {
                return;
            }
            for (_, plan, _, since) in ours.of(moment) {
                let on = moment.at.since(since);
                assert!(on < plan.limits.stretch, "{} is on for {on}", plan.name);
            }
        });
    });
}

#[test]
fn s2_an_on_carries_the_proven_timer_and_no_other() {
    hold(150, any(), |(room, night)| {
        play(&room.plan(), &night.without_lies(), |moment| {
            let picture = moment.picture();
            for command in moment.commands() {
                let Switch::On { timer } = command.switch else { continue };
                let plan = moment.actuator(command.actuator);
                let proven = picture.actuators[usize::from(command.actuator.0)].timer_works;
                let expected = plan.limits.lease.filter(|_| proven && plan.device.can_time());
                assert_eq!(timer.is_some(), expected.is_some(), "{command:?}");
                // What is left of a lease, cut to what its kind may run.
                assert!(timer <= expected && timer != Some(Span::ZERO), "{command:?}");
                let Kind::Heater { hazard, .. } = plan.kind else { continue };
                let electric =
                    matches!(hazard, Hazard::Panel | Hazard::HeatPump | Hazard::Blanket { .. });
                let recorded = !command.again;
                let first = if electric && timer.is_none() && recorded {
                    Order::RecordFirst
                } else {
                    Order::SendFirst
                };
                assert_eq!(command.order, first, "{command:?}");
            }
        });
    });
}

#[test]
fn s2_s6_electric_heat_without_a_timer_is_on_only_beside_a_known_empty_bed() {
    let rooms = proptest::prop_oneof![
        room::room_with("kind: panel, fixed: true"),
        room::room_with("kind: blanket"),
        room::room_with_all_night(),
    ];
    hold(300, (rooms, night::any_night(20..150)), |(room, night)| {
        let plan = room.plan();
        let mut said = Said::new(&plan);
        let mut ours = Ours::default();
        play(&plan, &night.without_lies(), |moment| {
            said.hear(moment);
            ours.see(moment);
            let picture = moment.picture();
            if picture.mode != Mode::Auto {
                return;
            }
            for (index, plan, hazard, _) in ours.of(moment) {
                let timed = picture.actuators[index].timer_works && plan.device.can_time();
                let electric = matches!(hazard, Hazard::Panel | Hazard::Blanket { .. });
                // S6: only a blanket that pre-heats, where nobody measures the bed, and
                // before the sleep window.
                let preheats = hazard == Hazard::Blanket { all_night: false };
                let early = preheats && said.nobody_measures() && !asleep(moment);
                let empty = said.bed_may_be_known_empty() || early;
                assert!(!electric || timed || empty, "{} is on beside the bed", plan.name);
            }
        });
    });
}

/// Whether it is an hour of sleep.
fn asleep(moment: &Moment<'_>) -> bool {
    let clock = moment.plan.zone.civil(moment.engine.wall().unix_ms(moment.at));
    moment.plan.bedrooms[0].sleep.contains(clock.time())
}

#[test]
fn s4_a_blanket_is_off_as_soon_as_somebody_gets_in() {
    hold(300, (room::room_with("kind: blanket"), night::any_night(20..150)), |(room, night)| {
        let plan = room.plan();
        let mut said = Said::new(&plan);
        let mut ours = Ours::default();
        play(&plan, &night.without_lies(), |moment| {
            said.hear(moment);
            ours.see(moment);
            if moment.picture().mode != Mode::Auto {
                return;
            }
            for (_, plan, hazard, since) in ours.of(moment) {
                let Hazard::Blanket { all_night } = hazard else { continue };
                let in_bed = said.somebody_in_bed(moment.at);
                assert!(all_night || !in_bed, "{} is on under a sleeper", plan.name);
                let on = moment.at.since(since);
                assert!(all_night || on < Span::minutes(60), "{} is on for {on}", plan.name);
                let locked = moment.plan.bedrooms[0].baby;
                assert!(!locked, "{} is on where a baby sleeps", plan.name);
            }
        });
    });
}

#[test]
fn s4_all_night_needs_a_bed_known_to_be_cool() {
    hold(200, (room::room_with_all_night(), night::any_night(20..150)), |(room, night)| {
        let plan = room.plan();
        let mut said = Said::new(&plan);
        let mut ours = Ours::default();
        play(&plan, &night.without_lies(), |moment| {
            said.hear(moment);
            ours.see(moment);
            let picture = moment.picture();
            if picture.mode != Mode::Auto {
                return;
            }
            for (_, plan, hazard, _) in ours.of(moment) {
                if matches!(hazard, Hazard::Blanket { .. }) && said.somebody_in_bed(moment.at) {
                    let cool = picture.bed.is_some_and(|bed| bed < uncramp::safety::BED_HOT);
                    assert!(cool, "{} is on at {:?} in the bed", plan.name, picture.bed);
                }
            }
        });
    });
}

#[test]
fn s4_a_portable_heater_is_never_switched_on() {
    hold(2000, (room::room_with(room::PORTABLE), night::any_night(10..60)), |(room, night)| {
        play(&room.plan(), &night.without_lies(), |moment| {
            for command in moment.commands() {
                let plan = moment.actuator(command.actuator);
                if matches!(plan.kind, Kind::Heater { hazard: Hazard::Portable, .. }) {
                    assert_eq!(command.switch, Switch::Off, "{command:?}");
                }
            }
        });
    });
}

#[test]
fn s10_after_a_start_or_a_gap_offs_come_first_and_nothing_heats_before_a_reading() {
    let nights = (room::any_room(), night::any_night(20..100), proptest::prelude::any::<[u8; 4]>());
    hold(200, nights, |(room, mut night, gaps)| {
        for gap in gaps {
            let index = usize::from(gap) % night.happens.len();
            night.happens[index].1 = if gap % 2 == 0 { What::Gap } else { What::Start };
        }
        let mut waits = false;
        play(&room.plan(), &night.without_lies(), |moment| {
            let picture = moment.picture();
            match moment.event {
                Event::Gap => waits = true,
                // What the broker kept counts where it tells when it was measured.
                Event::Heard { heard, .. } => {
                    waits &= !heard.items.iter().any(|item| {
                        matches!(item, Item::Reading { sensor, measured, .. }
                            if sensor.0 == 0 && *measured != Measured::Unknown)
                    });
                }
                _ => {}
            }
            for command in moment.commands() {
                let heats = matches!(command.switch, Switch::On { .. })
                    || matches!(command.switch, Switch::SetPoint(value)
                        if Some(value) > picture.actuators[usize::from(command.actuator.0)].baseline);
                let asked = matches!(command.reason.because, Because::PersonBlind { .. });
                assert!(!(waits && heats) || asked, "{command:?} before any reading");
            }
            if *moment.event == Event::Gap && picture.mode == Mode::Auto {
                for (plan, device) in moment.plan.bedrooms[0].actuators.iter().zip(moment.devices) {
                    let wish =
                        picture.actuators.iter().any(|a| a.name == plan.name && a.wish.is_some());
                    let portable =
                        matches!(plan.kind, Kind::Heater { hazard: Hazard::Portable, .. });
                    // Nobody waits for what it answers, so nobody knows.
                    let silent = plan.confirm.is_none();
                    assert!(
                        device.level == 0 || wish || portable || silent,
                        "{} is on after a gap",
                        plan.name
                    );
                }
            }
        });
    });
}
