//! The words of a script: places, readings, numbers, spans of time.

use uncramp::model::{Item, Measured, Place, SensorId, Span, Value};

pub(super) fn place_of(word: &str) -> Place {
    match word {
        "room" => Place::Room,
        "bed" => Place::Bed,
        _ => Place::Outdoors,
    }
}

pub(super) fn reading(sensor: SensorId, value: Value) -> Item {
    Item::Reading { sensor, value, measured: Measured::WhenHeard }
}

pub(super) fn number(word: &str, line: &str) -> f64 {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic() || c == '°');
    digits.parse().unwrap_or_else(|_| panic!("`{word}` is no number in `{line}`"))
}

pub(super) fn whole<T: std::str::FromStr>(word: &str, line: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("`{word}` is no whole number in `{line}`"))
}

pub(super) fn span_of(word: &str, line: &str) -> Span {
    let (sign, digits) = word.strip_prefix('-').map_or((1, word), |rest| (-1, rest));
    let digits = digits.trim_start_matches('+');
    let split = digits.len() - 1;
    let amount: i64 =
        digits[..split].parse().unwrap_or_else(|_| panic!("`{word}` is no span in `{line}`"));
    match &digits[split..] {
        "m" => Span::minutes(sign * amount),
        "h" => Span::hours(sign * amount),
        "s" => Span::seconds(sign * amount),
        "d" => Span::hours(sign * amount * 24),
        _ => panic!("`{word}` is no span in `{line}`"),
    }
}
