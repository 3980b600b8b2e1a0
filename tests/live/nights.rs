//! Nights of the recorded bedroom, as messages of its sensor.

use chrono::NaiveDate;
use serde_json::json;
use uncramp::history::{self, Options, Readings, Recording, Sample};
use uncramp::model::{Place, Span, Time, Value, Wall};

use crate::night::Line;
use crate::support::plan_of;

/// The night begins at this hour, in Brussels, which is one hour east of UTC in winter.
const FROM_HOUR: i64 = 17;
const HOURS: i64 = 16;
pub(crate) const END: Time = Time(HOURS * 3_600_000);
pub(crate) const SENSOR: &str = "zigbee2mqtt/bedroom_climate";

pub(crate) fn recorded() -> Readings {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bedroom-mons-2016.csv");
    let text = std::fs::read_to_string(file).expect("the recorded bedroom");
    match history::read(&text, &Options::default()).expect("a table of readings") {
        Recording::Readings(readings) => readings,
        Recording::Events(_) => panic!("a table is no recording of events"),
    }
}

/// The wall clock of the night of that evening.
pub(crate) fn wall(evening: NaiveDate) -> Wall {
    let five = evening.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp_millis()
        + (FROM_HOUR - 1) * 3_600_000;
    Wall { offset: five, synchronised: true }
}

/// What the bedroom's sensor said in that night; humidity and temperature in one message.
pub(crate) fn lines(readings: &Readings, evening: NaiveDate) -> Vec<Line> {
    let wall = wall(evening);
    let at = |sample: &Sample| wall.time(sample.unix_ms);
    let of_room = readings.samples.iter().filter(|sample| sample.place == Place::Room);
    let inside = of_room.filter(|sample| at(sample) > Time::ZERO && at(sample) < END);
    let mut lines: Vec<(Time, serde_json::Map<String, serde_json::Value>)> = Vec::new();
    for sample in inside {
        let at = at(sample);
        if lines.last().is_none_or(|(last, _)| *last != at) {
            lines.push((at, serde_json::Map::new()));
        }
        let (_, object) = lines.last_mut().expect("one");
        match sample.value {
            Value::Temperature(t) => object.insert("temperature".to_owned(), json!(t.as_celsius())),
            Value::Humidity(h) => {
                object.insert("humidity".to_owned(), json!(f64::from(h.0) / 100.0))
            }
            Value::Co2(_) | Value::Occupied(_) | Value::Open(_) => None,
        };
    }
    let payload = |object| serde_json::Value::Object(object).to_string();
    lines
        .into_iter()
        .map(|(at, object)| Line { at, topic: SENSOR.to_owned(), payload: payload(object) })
        .collect()
}

/// Civil hours and minutes of an instant of the night.
pub(crate) fn clock(at: Time) -> String {
    let minutes = at.since(Time::ZERO).as_seconds() / 60 + FROM_HOUR * 60;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

pub(crate) fn switched() -> uncramp::plan::Plan {
    plan_of(
        "sleep: 22:30-06:45\nsensors:\n  room: { zigbee2mqtt: bedroom_climate }\nheater:\n  kind: \
         radiator\n  control: switch\n  zigbee2mqtt: bedroom_plug",
    )
}

pub(crate) fn valve() -> uncramp::plan::Plan {
    plan_of(
        "sleep: 22:30-06:45\nsensors:\n  room: { zigbee2mqtt: bedroom_climate }\nheater:\n  kind: \
         radiator\n  zigbee2mqtt: { device: bedroom_valve, model: sonoff-trvzb }",
    )
}

/// Ten minutes, the recorded bedroom's rhythm.
pub(crate) const INTERVAL: Span = Span::minutes(10);
