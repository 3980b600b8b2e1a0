//! A block of keys that was read, and what it says.

use super::key::{Fallback, Form, Group};
use super::tree::Spot;
use super::value::{Value, scalar, show};
use crate::model::{Co2, Humidity, KelvinHours, Kelvins, Millilitres, Span, Temperature, Window};

/// A block of keys that was read.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) path: String,
    /// Where its name stands.
    pub(super) spot: Spot,
    group: &'static Group,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: &'static str,
    spot: Spot,
    value_spot: Spot,
    value: Value,
}

impl Section {
    /// An empty block.
    pub(super) fn new(path: String, spot: Spot, group: &'static Group) -> Self {
        Self { path, spot, group, entries: Vec::new() }
    }

    /// Its table.
    pub(super) fn group(&self) -> &'static Group {
        self.group
    }

    /// Takes a value in; the spots are of its key and its own.
    pub(super) fn enter(&mut self, name: &'static str, at: (Spot, Spot), value: Value) {
        let (spot, value_spot) = at;
        self.entries.push(Entry { name, spot, value_spot, value });
    }

    /// Where a key stands; the block itself if it is not written.
    pub(super) fn at(&self, name: &str) -> Spot {
        self.entry(name).map_or(self.spot, |entry| entry.spot)
    }

    /// Where a key's value stands; the block itself if it is not written.
    pub(super) fn value_at(&self, name: &str) -> Spot {
        self.entry(name).map_or(self.spot, |entry| entry.value_spot)
    }

    /// The path of a key.
    pub(super) fn path_of(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// Whether a key is written, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// What is written, if it could be read.
    pub(super) fn given(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|entry| &entry.value).filter(|v| !matches!(v, Value::Wrong))
    }

    /// Whether `off` is written.
    pub(super) fn is_off(&self, name: &str) -> bool {
        matches!(self.given(name), Some(Value::Off))
    }

    pub(super) fn block(&self, name: &str) -> Option<&Section> {
        match self.given(name) {
            Some(Value::Block(section)) => Some(section),
            _ => None,
        }
    }

    pub(super) fn named(&self, name: &str) -> &[(String, Section)] {
        match self.given(name) {
            Some(Value::Named(named)) => named,
            _ => &[],
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn word(&self, name: &str) -> Option<&'static str> {
        match self.value(name) {
            Some(Value::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// The values of a list, or the one that stands for it.
    pub(super) fn values(&self, name: &str) -> Vec<&Value> {
        match self.given(name) {
            Some(Value::List(list)) => list.iter().map(|(_, value)| value).collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        }
    }

    pub(super) fn blocks(&self, name: &str) -> Vec<&Section> {
        self.values(name).into_iter().filter_map(Value::as_block).collect()
    }

    pub(super) fn words(&self, name: &str) -> Vec<&'static str> {
        self.values(name).into_iter().filter_map(Value::as_word).collect()
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.values(name).into_iter().filter_map(Value::as_text).map(str::to_owned).collect()
    }

    pub(super) fn month(&self, name: &str) -> Option<(i32, u32)> {
        match self.given(name) {
            Some(Value::Month(year, month)) => Some((*year, *month)),
            _ => None,
        }
    }

    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The block of a heater or fan by its name.
    pub(super) fn actuator(&self, name: &str) -> Option<&Section> {
        let mut alone = ["heater", "fan"].into_iter().filter(|one| *one == name);
        alone.find_map(|one| self.block(one)).or_else(|| {
            ["heaters", "fans"]
                .into_iter()
                .flat_map(|many| self.named(many))
                .find_map(|(own, block)| (own == name).then_some(block))
        })
    }

    /// Where a heater or fan is named.
    pub(super) fn spot_of_actuator(&self, name: &str) -> Spot {
        self.actuator(name).map_or(self.spot, |block| block.spot)
    }

    /// The block of that key as if it were there and empty.
    pub(super) fn vacant(&self, name: &str) -> Section {
        let group = self.group.key(name).and_then(|key| key.form.groups().first().copied());
        Section::new(self.path_of(name), self.spot, group.unwrap_or(self.group))
    }

    /// A number of that key as people write it.
    pub(super) fn show(&self, name: &str, number: i64) -> String {
        match self.group.key(name).map(|key| &key.form) {
            Some(Form::Number(measure, _, _)) => show(*measure, number),
            Some(Form::Either(forms)) => forms
                .iter()
                .find_map(|form| {
                    let Form::Number(measure, _, _) = form else { return None };
                    Some(show(*measure, number))
                })
                .unwrap_or_else(|| number.to_string()),
            Some(_) | None => number.to_string(),
        }
    }

    /// A truth value; `off` is no.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name) {
            Some(Value::Flag(flag)) => Some(flag),
            Some(Value::Off) => Some(false),
            _ => None,
        }
    }

    pub(super) fn hours(&self, name: &str) -> Option<Window> {
        match self.given(name) {
            Some(Value::Hours(hours)) => Some(*hours),
            _ => None,
        }
    }

    /// A number in the finest unit of its form, written or by default; none where it is
    /// `off` or depends.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        match self.value(name) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    pub(super) fn integer(&self, name: &str) -> Option<i32> {
        self.number(name).and_then(|n| i32::try_from(n).ok())
    }

    pub(super) fn temperature(&self, name: &str) -> Temperature {
        Temperature(self.integer(name).unwrap_or_default())
    }

    pub(super) fn kelvins(&self, name: &str) -> Kelvins {
        Kelvins(self.integer(name).unwrap_or_default())
    }

    pub(super) fn humidity(&self, name: &str) -> Humidity {
        Humidity(self.integer(name).unwrap_or_default())
    }

    pub(super) fn co2(&self, name: &str) -> Co2 {
        Co2(self.integer(name).unwrap_or_default())
    }

    pub(super) fn drink(&self, name: &str) -> Millilitres {
        Millilitres(self.integer(name).unwrap_or_default())
    }

    pub(super) fn dose(&self, name: &str) -> KelvinHours {
        KelvinHours(self.number(name).unwrap_or_default() * 10_000_000)
    }

    pub(super) fn span(&self, name: &str) -> Span {
        Span(self.number(name).unwrap_or_default())
    }

    /// A duration that may be `off`.
    pub(super) fn perhaps(&self, name: &str) -> Option<Span> {
        self.number(name).map(Span)
    }

    /// What is written, else what holds without it.
    fn value(&self, name: &str) -> Option<Value> {
        match self.given(name) {
            Some(Value::Off) => Some(Value::Off),
            Some(Value::Number(number)) => Some(Value::Number(*number)),
            Some(Value::Flag(flag)) => Some(Value::Flag(*flag)),
            Some(Value::Word(word)) => Some(Value::Word(word)),
            Some(Value::Text(text)) => Some(Value::Text(text.clone())),
            Some(Value::Hours(hours)) => Some(Value::Hours(*hours)),
            Some(Value::Month(year, month)) => Some(Value::Month(*year, *month)),
            Some(Value::List(_) | Value::Block(_) | Value::Named(_) | Value::Wrong) => None,
            None => self.fallback(name),
        }
    }

    fn fallback(&self, name: &str) -> Option<Value> {
        let key = self.group.key(name)?;
        match key.fallback {
            Fallback::Is(text) => scalar(&key.form, text, false).ok(),
            Fallback::Required | Fallback::Depends(_) => None,
        }
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// A path, one name longer.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
