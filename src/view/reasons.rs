//! A reason as data for the outside: the same names as within, and numbers in units
//! that people know.

use serde_json::{Map, Value, json};

use super::{Clock, kelvin_hours};
use crate::model::{KelvinHours, Span, Temperature, Time, Wall};
use crate::plan::Plan;
use crate::rules::{Because, Otherwise, Reason};

/// A reason as an object: who decided (`by`), why (`kind` and its numbers), and what
/// would change it (`otherwise`). Temperatures in °C, doses in K·h, durations in minutes,
/// speeds in m/s, volumes in mL, times as RFC 3339 or left out.
#[must_use]
pub fn data(reason: &Reason, plan: &Plan, wall: Wall) -> Value {
    let clock = Clock { plan, wall };
    let mut object = Map::new();
    object.insert("by".to_owned(), json!(reason.by));
    put(&mut object, "kind", kind(&reason.because));
    because(&mut object, &reason.because, clock);
    if let Some(otherwise) = &reason.otherwise {
        object.insert("otherwise".to_owned(), changes(otherwise));
    }
    Value::Object(object)
}

#[expect(clippy::too_many_lines, reason = "a catalogue: one arm, one reason")]
fn because(object: &mut Map<String, Value>, because: &Because, clock: Clock<'_>) {
    let mut put = |name: &str, value: Value| put(object, name, value);
    match because {
        Because::Dose { dose: gathered, limit, temperature, reference, in_bed } => {
            put("dose", dose(*gathered));
            put("limit", dose(*limit));
            put("temperature", celsius(*temperature));
            put("reference", celsius(*reference));
            put("in_bed", json!(in_bed));
        }
        Because::Deadline { deadline, at, temperature, reference, lead } => {
            put("deadline", json!(deadline));
            put("at", time(*at, clock));
            put("temperature", celsius(*temperature));
            put("reference", celsius(*reference));
            put("lead_min", minutes(*lead));
        }
        Because::Deep { temperature, limit }
        | Because::Below { temperature, limit }
        | Because::BedHot { temperature, limit }
        | Because::TooHot { temperature, limit } => {
            put("temperature", celsius(*temperature));
            put("limit", celsius(*limit));
        }
        Because::AtTarget { temperature, target } => {
            put("temperature", celsius(*temperature));
            put("target", celsius(*target));
        }
        Because::Warm { temperature, dose: gathered, limit } => {
            put("temperature", celsius(*temperature));
            put("dose", dose(*gathered));
            put("limit", dose(*limit));
        }
        Because::NotYetWarm { temperature, until } => {
            put("temperature", celsius(*temperature));
            put("until", celsius(*until));
        }
        Because::NobodyCame { after } => put("after_min", minutes(*after)),
        Because::HeatUnavailable { from } => put("from", time(*from, clock)),
        Because::TemperatureFrozen { since } => put("since", time(*since, clock)),
        Because::TemperatureUnknown { since, last } => {
            put("since", since.map_or(Value::Null, |since| time(since, clock)));
            put("last", last.map_or(Value::Null, |last| time(last, clock)));
        }
        Because::Ceiling { temperature, ceiling } => {
            put("temperature", celsius(*temperature));
            put("ceiling", celsius(*ceiling));
        }
        Because::WindowOpen { guessed } => put("guessed", json!(guessed)),
        Because::Stretch { limit, until } => {
            put("limit_min", minutes(*limit));
            put("until", time(*until, clock));
        }
        Because::Ramp { rose, limit } => {
            put("rose", json!(rose.as_kelvins()));
            put("limit", json!(limit.as_kelvins()));
        }
        Because::Stuffy { humidity, limit, wet } => {
            put("humidity", json!(humidity.as_percent()));
            put("limit", json!(limit.as_percent()));
            put("wet", json!(wet));
        }
        Because::WarmRoom { temperature, sign } => {
            put("temperature", celsius(*temperature));
            put("sign", json!(sign));
        }
        Because::NotDrier { drier_pa, limit_pa } => {
            put("drier_pa", json!(drier_pa));
            put("limit_pa", json!(limit_pa));
        }
        Because::ColdGuard { temperature, limit, dose: gathered, heater_wanted } => {
            put("temperature", temperature.map_or(Value::Null, celsius));
            put("limit", celsius(*limit));
            put("dose", dose(*gathered));
            put("heater_wanted", json!(heater_wanted));
        }
        Because::Draught { temperature, limit } => {
            put("temperature", celsius(*temperature));
            put("limit_m_s", json!(f64::from(*limit) / 100.0));
        }
        Because::Behind { due, drunk, amount } => {
            put("due_ml", json!(due.0));
            put("drunk_ml", json!(drunk.0));
            put("amount_ml", json!(amount.0));
        }
        Because::Person { until }
        | Because::PersonBlind { until }
        | Because::NotRecorded { until }
        | Because::Paused { until }
        | Because::Standby { until }
        | Because::Settling { until } => {
            put("until", time(*until, clock));
        }
        Because::Audible { changes, from } => {
            put("changes", json!(changes));
            put("from", time(*from, clock));
        }
        Because::NobodyInBed
        | Because::ByDay
        | Because::Away
        | Because::BedNotEmpty
        | Because::Portable
        | Because::BeddingLocked
        | Because::Airy
        | Because::Fresh
        | Because::BabyInRoom
        | Because::WishEnded
        | Because::Watching
        | Because::TurnedOff
        | Because::Starting
        | Because::Stopping
        | Because::Gap
        | Because::LeftPlan
        | Because::Feeding
        | Because::Nothing => {}
    }
}

fn changes(otherwise: &Otherwise) -> Value {
    let mut object = Map::new();
    match otherwise {
        Otherwise::WouldStart { dose: at, example, after, deep } => {
            put(&mut object, "kind", json!("would_start"));
            put(&mut object, "dose", dose(*at));
            put(&mut object, "example", celsius(*example));
            put(&mut object, "after_min", after.map_or(Value::Null, minutes));
            put(&mut object, "deep", celsius(*deep));
        }
        Otherwise::WouldStop { dose: at, temperature } => {
            put(&mut object, "kind", json!("would_stop"));
            put(&mut object, "dose", dose(*at));
            put(&mut object, "temperature", celsius(*temperature));
        }
        Otherwise::NeedsReading => put(&mut object, "kind", json!("needs_reading")),
        Otherwise::Untried { can_be } => {
            put(&mut object, "kind", json!("untried"));
            put(&mut object, "can_be_tried", json!(can_be));
        }
    }
    Value::Object(object)
}

/// The name of a reason, as it is recorded too.
fn kind(because: &Because) -> Value {
    let whole = serde_json::to_value(because).unwrap_or_default();
    whole.get("kind").cloned().unwrap_or_default()
}

/// What is not known is left out.
fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
    if !value.is_null() {
        object.insert(name.to_owned(), value);
    }
}

fn celsius(temperature: Temperature) -> Value {
    json!(temperature.as_celsius())
}

fn dose(dose: KelvinHours) -> Value {
    json!(kelvin_hours(dose))
}

fn minutes(span: Span) -> Value {
    json!(span.as_minutes())
}

fn time(time: Time, clock: Clock<'_>) -> Value {
    clock.show(time).map_or(Value::Null, Value::String)
}
