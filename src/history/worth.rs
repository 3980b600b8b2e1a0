//! Which readings are worth keeping: a memory card wears out by what is written to it.

use crate::model::{Span, Time, Value};

/// A number that changes more often is kept once a minute.
const APART: Span = Span::minutes(1);

/// What does not change is kept once an hour, so that silence can be told from stillness.
const AT_LEAST: Span = Span::hours(1);

/// What was last kept of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Worth(Option<(Time, Value)>);

impl Worth {
    /// Whether this reading is to be kept; it is then what the next one is compared with. A
    /// number is from 0.1 K, 1 % or 25 ppm on, whether somebody is there at each change.
    pub fn keeps(&mut self, now: Time, value: Value) -> bool {
        let keeps = self.0.is_none_or(|(at, last)| {
            let passed = now.since(at);
            passed >= AT_LEAST
                || match change(last, value) {
                    Change::None => false,
                    Change::Number => passed >= APART,
                    Change::State => true,
                }
        });
        if keeps {
            self.0 = Some((now, value));
        }
        keeps
    }
}

enum Change {
    None,
    Number,
    State,
}

fn change(last: Value, value: Value) -> Change {
    let number = |by: u32, step: u32| if by >= step { Change::Number } else { Change::None };
    match (last, value) {
        (Value::Temperature(a), Value::Temperature(b)) => number(a.0.abs_diff(b.0), 10),
        (Value::Humidity(a), Value::Humidity(b)) => number(a.0.abs_diff(b.0), 100),
        (Value::Co2(a), Value::Co2(b)) => number(a.0.abs_diff(b.0), 25),
        (Value::Occupied(a), Value::Occupied(b)) | (Value::Open(a), Value::Open(b)) if a == b => {
            Change::None
        }
        _ => Change::State,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Temperature;

    fn degrees(hundredths: i32) -> Value {
        Value::Temperature(Temperature(hundredths))
    }

    #[test]
    fn a_sensor_that_trembles_is_kept_once_an_hour_and_one_that_moves_once_a_minute() {
        let mut still = Worth::default();
        let at = |seconds: i32| Time::ZERO + Span::seconds(seconds.into());
        let kept = (0..7200).filter(|s| still.keeps(at(*s), degrees(1800 + s % 2 * 5)));
        assert_eq!(kept.collect::<Vec<_>>(), [0, 3600]);
        let mut moving = Worth::default();
        let kept = (0..600).filter(|s| moving.keeps(at(*s), degrees(1800 + s)));
        assert_eq!(kept.count(), 10);
    }

    #[test]
    fn who_lies_down_for_a_second_is_kept() {
        let mut bed = Worth::default();
        let said = [(0, false), (1, false), (2, true), (3, false), (4, false)];
        let kept =
            said.map(|(s, yes)| bed.keeps(Time::ZERO + Span::seconds(s), Value::Occupied(yes)));
        assert_eq!(kept, [true, false, true, true, false]);
    }
}
