//! One sensor's value in one payload.

use super::Source;
use super::json::{Found, find};
use super::plain::Unit;
use super::words::{instant, is_absent, number, sample, truth, unix};
use crate::model::{Co2, Garble, Humidity, Measured, Place, Quantity, Temperature, Value};

/// A sensor as the plan describes it.
#[derive(Debug, Clone)]
pub(super) struct Sensor {
    pub(super) source: Source,
    pub(super) wanted: Wanted,
}

/// What is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) place: Place,
    pub(super) quantity: Quantity,
}

/// A value and its time, or why there is none.
pub(super) type Read = Result<(Value, Measured), Garble>;

impl Sensor {
    /// Whether the payload tells that the sensor can be reached.
    pub(super) fn reachable(&self, line: u8, text: &str) -> Option<bool> {
        self.source.family().reachable(line, text)
    }

    /// What a payload says of this sensor; none if it does not speak of it.
    pub(super) fn read(&self, line: u8, text: &str, retained: bool) -> Option<Read> {
        self.source.family().read(line, text, retained, self.wanted)
    }
}

impl Wanted {
    /// The value at a path of a JSON payload; none if the payload lacks the place.
    pub(super) fn at(
        self,
        text: &str,
        path: &[&str],
        unit: Unit,
        inverted: bool,
    ) -> Option<Result<Value, Garble>> {
        self.found(find(text, path), text, unit, inverted)
    }

    /// The value that was found in a JSON payload; none if the payload lacks the place.
    pub(super) fn found(
        self,
        found: Found<'_>,
        text: &str,
        unit: Unit,
        inverted: bool,
    ) -> Option<Result<Value, Garble>> {
        Some(match found {
            Found::Nothing => return None,
            Found::Null => Err(Garble::Absent("null".to_owned())),
            Found::Truth(truth) => self.said(truth, inverted),
            Found::Number(number) => self.measured(number, unit, inverted),
            Found::Text(word) => self.worded(&word, unit, inverted),
            Found::Elsewhere if text.trim() == "null" => Err(Garble::Absent("null".to_owned())),
            Found::Nested | Found::Elsewhere => Err(Garble::Missing(sample(text))),
            Found::Broken if is_absent(text) => Err(Garble::Absent(sample(text))),
            Found::Broken => Err(Garble::Unreadable(sample(text))),
        })
    }

    /// The value that a word or a bare number is.
    pub(super) fn worded(self, word: &str, unit: Unit, inverted: bool) -> Result<Value, Garble> {
        let value = match self.quantity {
            Quantity::Occupied | Quantity::Open => truth(word).map(|t| self.said(t, inverted)),
            Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => {
                number(word).map(|number| self.measured(number, unit, inverted))
            }
        };
        value.unwrap_or_else(|| {
            Err(if is_absent(word) {
                Garble::Absent(sample(word))
            } else {
                Garble::Unreadable(sample(word))
            })
        })
    }

    fn said(self, truth: bool, inverted: bool) -> Result<Value, Garble> {
        match self.quantity {
            Quantity::Occupied => Ok(Value::Occupied(truth != inverted)),
            Quantity::Open => Ok(Value::Open(truth != inverted)),
            Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => {
                Err(Garble::Unreadable(truth.to_string()))
            }
        }
    }

    /// The value that a number is, if such a sensor can have measured it.
    pub(super) fn measured(self, number: f64, unit: Unit, inverted: bool) -> Result<Value, Garble> {
        let value = match self.quantity {
            Quantity::Temperature => Value::Temperature(unit.temperature(number)),
            Quantity::Humidity => Value::Humidity(Humidity::percent(number)),
            Quantity::Co2 => Value::Co2(Co2(whole(number))),
            Quantity::Occupied | Quantity::Open => {
                let truth = match number {
                    1.0 => true,
                    0.0 => false,
                    _ => return Err(Garble::Unreadable(sample(&number.to_string()))),
                };
                return self.said(truth, inverted);
            }
        };
        if value.plausible(self.place) {
            Ok(value)
        } else {
            Err(Garble::Implausible(sample(&number.to_string())))
        }
    }
}

impl Unit {
    /// A temperature stated in this unit.
    pub(super) fn temperature(self, number: f64) -> Temperature {
        match self {
            Self::Celsius => Temperature::celsius(number),
            Self::Fahrenheit => Temperature::fahrenheit(number),
        }
    }
}

/// A live value was measured when it was heard; how old a kept one is, nobody knows.
pub(super) const fn when_heard(retained: bool) -> Measured {
    if retained { Measured::Unknown } else { Measured::WhenHeard }
}

/// The time of measurement at a dotted path, in Unix milliseconds.
pub(super) fn time_at(text: &str, path: &str) -> Result<i64, Garble> {
    let none = || Garble::Missing(format!("a time at {}", sample(path)));
    match find(text, &[path]) {
        Found::Number(number) => unix(number).ok_or_else(none),
        Found::Text(word) => instant(&word).ok_or_else(|| Garble::Unreadable(sample(&word))),
        Found::Null
        | Found::Truth(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => Err(none()),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates; plausibility is judged next")]
fn whole(number: f64) -> i32 {
    libm::round(number) as i32
}

#[cfg(test)]
#[expect(clippy::unnecessary_wraps, reason = "tables read as what a sensor answers")]
mod tests {
    use super::*;
    use crate::wire::{plain, zigbee2mqtt};

    fn plain(quantity: Quantity, path: Option<&str>) -> Sensor {
        Sensor {
            wanted: Wanted { place: Place::Room, quantity },
            source: Source::Plain(plain::Source {
                topic: "t".to_owned(),
                path: path.map(str::to_owned),
                time_path: None,
                unit: Unit::Celsius,
                inverted: false,
                availability: None,
            }),
        }
    }

    fn zigbee(quantity: Quantity, property: &str, inverted: bool) -> Sensor {
        Sensor {
            wanted: Wanted { place: Place::Room, quantity },
            source: Source::Zigbee2mqtt(zigbee2mqtt::Source {
                base: "zigbee2mqtt".to_owned(),
                device: "d".to_owned(),
                property: property.to_owned(),
                inverted,
            }),
        }
    }

    fn live(value: Value) -> Option<Read> {
        Some(Ok((value, Measured::WhenHeard)))
    }

    fn absent(sample: &str) -> Option<Read> {
        Some(Err(Garble::Absent(sample.to_owned())))
    }

    fn unreadable(sample: &str) -> Option<Read> {
        Some(Err(Garble::Unreadable(sample.to_owned())))
    }

    fn implausible(sample: &str) -> Option<Read> {
        Some(Err(Garble::Implausible(sample.to_owned())))
    }

    fn missing(sample: &str) -> Option<Read> {
        Some(Err(Garble::Missing(sample.to_owned())))
    }

    #[test]
    fn a_bare_temperature() {
        let sensor = plain(Quantity::Temperature, None);
        for (text, read) in [
            ("19.4", live(Value::Temperature(Temperature(1940)))),
            (" 19.4\n", live(Value::Temperature(Temperature(1940)))),
            ("\"19.4\"", live(Value::Temperature(Temperature(1940)))),
            ("-10", live(Value::Temperature(Temperature(-1000)))),
            ("nan", absent("nan")),
            ("NaN", absent("NaN")),
            ("unavailable", absent("unavailable")),
            ("unknown", absent("unknown")),
            ("null", absent("null")),
            ("None", absent("None")),
            ("", absent("")),
            ("21,4", unreadable("21,4")),
            ("inf", unreadable("inf")),
            ("true", unreadable("true")),
            (r#"{"temperature":21.4}"#, unreadable(r#"{"temperature":21.4}"#)),
            ("85.0", implausible("85")),
            ("-127", implausible("-127")),
            ("1e300", implausible(&1e300.to_string()[..40])),
        ] {
            assert_eq!(sensor.read(0, text, false), read, "{text}");
        }
    }

    #[test]
    fn a_temperature_within_json() {
        let sensor = plain(Quantity::Temperature, Some("AHT1X.Temperature"));
        for (text, read) in [
            (r#"{"AHT1X":{"Temperature":24.7}}"#, live(Value::Temperature(Temperature(2470)))),
            (r#"{"AHT1X":{"Temperature":"24.7"}}"#, live(Value::Temperature(Temperature(2470)))),
            (r#"{"AHT1X":{"Humidity":61.9}}"#, None),
            (r#"{"Wifi":{}}"#, None),
            (r#"{"AHT1X":{"Temperature":null}}"#, absent("null")),
            (
                r#"{"AHT1X":{"Temperature":{"C":1}}}"#,
                missing(r#"{"AHT1X":{"Temperature":{"C":1}}}"#),
            ),
            (r#"{"AHT1X":24.7}"#, missing(r#"{"AHT1X":24.7}"#)),
            ("24.7", missing("24.7")),
            ("null", absent("null")),
            ("", absent("")),
            ("unavailable", absent("unavailable")),
            ("{", unreadable("{")),
        ] {
            assert_eq!(sensor.read(0, text, false), read, "{text}");
        }
    }

    #[test]
    fn fahrenheit_becomes_celsius() {
        let mut sensor = plain(Quantity::Temperature, None);
        if let Source::Plain(source) = &mut sensor.source {
            source.unit = Unit::Fahrenheit;
        }
        assert_eq!(sensor.read(0, "68.0", false), live(Value::Temperature(Temperature(2000))));
        assert_eq!(sensor.read(0, "185", false), implausible("185"));
    }

    #[test]
    fn humidity_carbon_dioxide_and_places_have_their_limits() {
        let humidity = zigbee(Quantity::Humidity, "humidity", false);
        assert_eq!(humidity.read(0, r#"{"humidity":104.7}"#, false), implausible("104.7"));
        assert_eq!(
            humidity.read(0, r#"{"humidity":100}"#, false),
            live(Value::Humidity(Humidity(10_000)))
        );
        assert_eq!(humidity.read(0, r#"{"humidity":0}"#, false), implausible("0"));
        let co2 = plain(Quantity::Co2, None);
        assert_eq!(co2.read(0, "812.4", false), live(Value::Co2(Co2(812))));
        assert_eq!(co2.read(0, "0", false), implausible("0"));
    }

    #[test]
    fn yes_and_no_may_be_turned_round() {
        let presence = zigbee(Quantity::Occupied, "presence", false);
        assert_eq!(presence.read(0, r#"{"presence":true}"#, false), live(Value::Occupied(true)));
        assert_eq!(presence.read(0, r#"{"presence":"OFF"}"#, false), live(Value::Occupied(false)));
        assert_eq!(presence.read(0, r#"{"presence":1}"#, false), live(Value::Occupied(true)));
        assert_eq!(presence.read(0, r#"{"presence":2}"#, false), unreadable("2"));
        assert_eq!(presence.read(0, r#"{"presence":"unknown"}"#, false), absent("unknown"));
        let contact = zigbee(Quantity::Open, "contact", true);
        assert_eq!(contact.read(0, r#"{"contact":true}"#, false), live(Value::Open(false)));
        assert_eq!(contact.read(0, r#"{"contact":false}"#, false), live(Value::Open(true)));
    }

    #[test]
    fn only_a_time_of_measurement_makes_a_retained_value_datable() {
        let mut sensor = plain(Quantity::Temperature, Some("v"));
        let value = Value::Temperature(Temperature(1940));
        assert_eq!(sensor.read(0, r#"{"v":19.4}"#, true), Some(Ok((value, Measured::Unknown))));
        if let Source::Plain(source) = &mut sensor.source {
            source.time_path = Some("ts".to_owned());
        }
        for retained in [false, true] {
            assert_eq!(
                sensor.read(0, r#"{"v":19.4,"ts":1767225600}"#, retained),
                Some(Ok((value, Measured::At(1_767_225_600_000))))
            );
            assert_eq!(
                sensor.read(0, r#"{"v":19.4,"ts":"2026-01-01T03:00:00"}"#, retained),
                unreadable("2026-01-01T03:00:00")
            );
            assert_eq!(sensor.read(0, r#"{"v":19.4}"#, retained), missing("a time at ts"));
            assert_eq!(sensor.read(0, r#"{"battery":97}"#, retained), None);
        }
        let zigbee = zigbee(Quantity::Temperature, "temperature", false);
        let text = r#"{"temperature":19.4,"last_seen":"2026-01-01T03:00:00+01:00"}"#;
        assert_eq!(zigbee.read(0, text, true), Some(Ok((value, Measured::Unknown))));
        assert_eq!(zigbee.read(0, text, false), live(value));
    }
}
