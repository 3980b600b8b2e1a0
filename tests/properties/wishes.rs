//! S3, S8, S9 and S11: wishes, commands as such, and what is garbled.

use uncramp::engine::{Action, Engine, Event, Words};
use uncramp::model::{Item, Quantity, Span};
use uncramp::plan::{Hazard, Kind, Mode};
use uncramp::prove::night::What;
use uncramp::prove::play::{BEDROOM, nothing, play, restarted};
use uncramp::prove::promises::wishes;
use uncramp::rules::Because;

use crate::{any, hold, keep};

#[test]
fn s3_offs_leave_before_everything_else() {
    keep(150, any(), &wishes::OFFS_FIRST);
}

#[test]
fn s3_a_persons_off_is_sent_in_the_same_call_whatever_least_times_say() {
    keep(250, any(), &wishes::OFF_BY_PERSON);
}

#[test]
fn s3_whatever_is_on_an_off_would_leave_at_once_and_first() {
    keep(150, any(), &wishes::OFF_FROM_ANYWHERE);
}

#[test]
fn s8_a_wish_ends_within_a_day() {
    keep(100, any(), &wishes::WITHIN_A_DAY);
}

#[test]
fn s8_no_rule_acts_against_a_wish_before_its_end() {
    keep(250, any(), &wishes::YIELDS);
}

#[test]
fn s9_a_command_said_twice_is_the_command_said_once() {
    keep(100, any(), &wishes::SAID_TWICE);
}

#[test]
fn s9_whoever_was_killed_before_it_wrote_down_what_it_said_gives_other_words_another_number() {
    hold(100, any(), |(room, night)| {
        let mut before: Option<Engine> = None;
        play(&room.plan(), &night, |moment| {
            let said: Vec<_> = announced(moment.actions).collect();
            if let Some(before) = before.replace(moment.engine.clone()).filter(|_| !said.is_empty())
            {
                for begin in [Event::Start, Event::Gap] {
                    let at = moment.at + Span::seconds(1);
                    let mut engine = restarted(&before, at);
                    // What fell due in that very instant may be said in another order.
                    engine.handle(at, Event::Tick);
                    let mut again = engine.handle(at, begin);
                    again.extend(engine.handle(at, moment.event.clone()));
                    for (id, words) in announced(&again) {
                        let other = said.iter().find(|it| it.0 == id && it.1 != words);
                        assert_eq!(other, None, "{words:?} has the number {id} of other words");
                    }
                }
            }
        });
    });
}

/// The number and the words of each announcement.
fn announced(actions: &[Action]) -> impl Iterator<Item = (u64, &Words)> {
    actions.iter().filter_map(|action| match action {
        Action::Announce(announcement) => Some((announcement.id, &announcement.words)),
        _ => None,
    })
}

#[test]
fn who_only_watches_switches_nothing_on_and_who_acts_says_nothing_of_watching() {
    keep(150, any(), &wishes::WATCHING);
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
    keep(100, any(), &wishes::END_AND_REASON);
}

#[test]
fn every_reason_is_borne_out_by_its_figures() {
    keep(150, any(), &wishes::BORNE_OUT);
}

#[test]
fn s11_nonsense_is_told_of_once() {
    keep(150, any(), &wishes::NONSENSE_ONCE);
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
                    let engine: &mut Engine = &mut engine;
                    engine.handle(moment.at, nothing());
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
