//! The same in, the same out: late or punctual, once or twice, cut or whole.

use proptest::prelude::*;
use serde_json::Value;
use uncramp::engine::{Action, Engine, Event};
use uncramp::model::{Span, Time};
use uncramp::prove::play::{BEDROOM, Recording, nothing, play, restarted};

use crate::{any, hold};

/// Everything that is to be the same of two runs.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    actions: Vec<Action>,
    state: Value,
}

impl Outcome {
    fn new(actions: Vec<Action>, engine: &Engine) -> Self {
        let mut state: Value = serde_json::from_str(&engine.save(BEDROOM)).expect("a state");
        // When it last looked, and the reason in that moment's figures.
        state["handled"] = Value::Null;
        Self { actions, state }
    }

    fn of(recording: &Recording) -> Self {
        let actions = recording.actions.iter().map(|(_, action)| action.clone()).collect();
        Self::new(actions, &recording.end)
    }

    /// The actions, and nothing of reasons that only stand: what is told again after a restart
    /// has the figures of when it was last looked at.
    fn without_standing(mut self) -> Self {
        self.state["call_reason"] = Value::Null;
        for actuator in self.state["actuators"].as_array_mut().expect("actuators") {
            actuator["standing"] = Value::Null;
        }
        self
    }
}

/// The same events again, with other looks in between: each after so long a time.
fn again(recording: &Recording, looks: &[Span], look: &Event) -> Outcome {
    let mut engine = recording.engine.clone();
    let mut actions = Vec::new();
    let mut looks = looks.iter().cycle();
    let mut now = recording.begins;
    for (at, event) in &recording.events {
        while let Some(pause) = looks.next() {
            now += *pause;
            if now >= *at {
                break;
            }
            actions.extend(engine.handle(now, look.clone()));
        }
        now = *at;
        actions.extend(happen(&mut engine, now, event));
    }
    Outcome::new(actions, &engine)
}

/// Goes on with the events from the `from`th on, looking at every wake.
fn go_on(mut engine: Engine, events: &[(Time, Event)]) -> Outcome {
    let mut actions = Vec::new();
    for (at, event) in events {
        while let Some(wake) = engine.wake().filter(|wake| wake.at < *at) {
            actions.extend(engine.handle(wake.at, Event::Tick));
        }
        actions.extend(happen(&mut engine, *at, event));
    }
    Outcome::new(actions, &engine)
}

/// Who starts takes up what was written down.
fn happen(engine: &mut Engine, at: Time, event: &Event) -> Vec<Action> {
    if *event == Event::Start {
        *engine = restarted(engine, at);
    }
    engine.handle(at, event.clone())
}

fn same(left: &Outcome, right: &Outcome) {
    for (n, (a, b)) in left.actions.iter().zip(&right.actions).enumerate() {
        assert_eq!(a, b, "the action number {n}");
    }
    let beyond = left.actions.len().min(right.actions.len());
    assert_eq!(left.actions[beyond..], right.actions[beyond..]);
    let mut differs = Vec::new();
    compare("", &left.state, &right.state, &mut differs);
    assert!(differs.is_empty(), "what is remembered differs:{}", differs.join(""));
}

/// Where two states differ.
fn compare(path: &str, left: &Value, right: &Value, differs: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) if left.keys().eq(right.keys()) => {
            for (key, value) in left {
                compare(&format!("{path}.{key}"), value, &right[key], differs);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (n, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{path}.{n}"), left, right, differs);
            }
        }
        _ if left != right => differs.push(format!("\n  {path}: {left} is not {right}")),
        _ => {}
    }
}

#[test]
fn late_is_punctual_when_nobody_looks_between_events() {
    hold(200, any(), |(room, night)| {
        let recording = play(&room.plan(), &night.without_gaps(), |_| {});
        same(&Outcome::of(&recording), &again(&recording, &[Span::hours(10_000)], &Event::Tick));
    });
}

#[test]
fn late_is_punctual_when_wakes_come_up_to_a_lease_late() {
    let pauses = prop::collection::vec((1..900_000_i64).prop_map(Span), 1..20);
    hold(150, (any(), pauses), |((room, night), pauses)| {
        let recording = play(&room.plan(), &night.without_gaps(), |_| {});
        same(&Outcome::of(&recording), &again(&recording, &pauses, &Event::Tick));
    });
}

#[test]
fn looking_too_often_changes_nothing() {
    let pauses = prop::collection::vec((1..1_800_000_i64).prop_map(Span), 1..20);
    hold(150, (any(), pauses), |((room, night), pauses)| {
        let recording = play(&room.plan(), &night.without_gaps(), |_| {});
        let looked = again(&recording, &pauses, &nothing());
        same(&Outcome::of(&recording).without_standing(), &looked.without_standing());
    });
}

#[test]
fn no_verdict_changes_before_the_wake() {
    hold(100, (any(), 0..1000_i64), |((room, night), share)| {
        let kinds = |engine: &Engine, at| {
            let picture = engine.picture(BEDROOM, at).expect("a bedroom");
            let kind = |reason: &uncramp::rules::Reason| {
                (reason.by, std::mem::discriminant(&reason.because))
            };
            let reasons: Vec<_> =
                picture.actuators.iter().map(|a| a.reason.as_ref().map(kind)).collect();
            (picture.calling, picture.room.is_some(), picture.in_bed, reasons, picture.faults)
        };
        play(&room.plan(), &night, |moment| {
            let Some(wake) = moment.engine.wake() else { return };
            let at = moment.at + Span((wake.at - moment.at).0.min(86_400_000) * share / 1000);
            if at <= moment.at {
                return;
            }
            let mut looked = moment.engine.clone();
            assert_eq!(looked.handle(moment.at, nothing()), [], "at a second look");
            let before = kinds(&looked, moment.at);
            assert_eq!(looked.handle(at, Event::Tick), [], "at a tick, before {wake:?}");
            assert_eq!(looked.handle(at, nothing()), [], "at a look, before {wake:?}");
            assert_eq!(before, kinds(&looked, at), "{at:?} before {wake:?}");
        });
    });
}

#[test]
fn two_runs_agree_bit_for_bit() {
    hold(60, any(), |(room, night)| {
        let (one, other) = (play(&room.plan(), &night, |_| {}), play(&room.plan(), &night, |_| {}));
        assert_eq!(one.actions, other.actions);
        assert_eq!(one.events, other.events);
        assert_eq!(one.end.save(BEDROOM), other.end.save(BEDROOM));
        assert_eq!(one.end.wake(), other.end.wake());
    });
}

#[test]
fn a_night_cut_at_any_event_goes_on_the_same() {
    hold(150, (any(), any_share()), |((room, night), share)| {
        let plan = room.plan();
        let recording = play(&plan, &night, |_| {});
        let cut = recording.events.len() * share / 1000;
        let (before, after) = recording.events.split_at(cut);
        let mut whole = recording.engine.clone();
        let mut up = true;
        let mut now = recording.begins;
        for (at, event) in before {
            happen(&mut whole, *at, event);
            now = *at;
            match event {
                Event::Link { up: is } => up = *is,
                Event::Start => up = true,
                _ => {}
            }
        }
        let mut loaded = Engine::new(whole.plan().clone(), whole.wall(), recording.begins);
        if !up {
            loaded.handle(now, Event::Link { up });
        }
        loaded.load("bedroom", &whole.save(BEDROOM)).expect("loaded");
        assert_eq!(loaded.save(BEDROOM), whole.save(BEDROOM), "what was saved");
        same(&go_on(whole, after), &go_on(loaded, after));
    });
}

#[test]
fn the_same_plan_once_more_changes_nothing() {
    hold(150, (any(), any_share()), |((room, night), share)| {
        let recording = play(&room.plan(), &night, |_| {});
        let cut = recording.events.len() * share / 1000;
        let (before, after) = recording.events.split_at(cut);
        let mut engine = recording.engine.clone();
        let mut now = recording.begins;
        for (at, event) in before {
            happen(&mut engine, *at, event);
            now = *at;
        }
        let mut reloaded = engine.clone();
        let plan = Box::new(engine.plan().clone());
        assert_eq!(reloaded.handle(now, Event::Plan(plan)), [], "nothing to be done");
        same(&go_on(engine, after), &go_on(reloaded, after));
    });
}

fn any_share() -> impl Strategy<Value = usize> {
    0..1000_usize
}
