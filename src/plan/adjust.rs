//! Values that people change from Home Assistant: they stand above the file's until the
//! file says something else.

use serde::{Deserialize, Serialize};

use super::key::{Form, Measure};
use super::keys::HOUSE;
use super::tree::{Node, Spot, Tree};
use super::{Bedroom, Complaint, Outside, Parsed, build};
use crate::rules::cold_exposure::Style;

/// What can be changed without editing the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Whether heat is called for against cold.
    Heating,
    /// Whether the fan works against stuffiness.
    Airflow,
    /// Whether people are reminded to drink.
    Reminders,
    /// Below which temperature an occupied bed gathers dose, °C.
    TooCold,
    /// No heat of ours above, °C.
    Ceiling,
    /// The dose that calls for heat, K·h.
    Dose,
    /// Bed humidity from which the bed is stuffy, percent.
    Stuffy,
    /// Without an in-bed sensor: the room temperature from which a fan helps, °C.
    TooWarm,
}

/// A value that somebody changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// In which bedroom, by its name.
    pub bedroom: String,
    /// What.
    pub setting: Setting,
    /// To what, as the file would say it.
    pub value: String,
    /// What the file said then; none if it was silent.
    pub written: Option<String>,
    /// When, in Unix milliseconds, if the clock was known to be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
}

/// A change that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// In which bedroom, by its name.
    pub bedroom: &'a str,
    /// What.
    pub setting: Setting,
    /// To what, as the file would say it.
    pub value: &'a str,
    /// When, in Unix milliseconds, if the clock is known to be right.
    pub at: Option<i64>,
}

/// A configuration with what was changed since.
#[derive(Debug)]
pub struct Adjusted {
    /// What holds.
    pub parsed: Parsed,
    /// The changes that are in force.
    pub standing: Vec<Adjustment>,
    /// Those that the edited file has overtaken, or that no longer fit it.
    pub yielded: Vec<Adjustment>,
}

/// Reads a configuration with changes above it. A change yields where the file now says
/// something else than it did then, or where it no longer fits the rest.
///
/// # Errors
///
/// As [`parse`](super::parse), of the file alone.
pub fn parse_adjusted(
    text: &str,
    outside: &dyn Outside,
    changes: &[Adjustment],
) -> Result<Adjusted, Vec<Complaint>> {
    let (mut standing, mut yielded): (Vec<_>, Vec<_>) =
        changes.iter().cloned().partition(|change| {
            written(text, &change.bedroom, change.setting) == Ok(change.written.clone())
        });
    let mut parsed = build::build(text, outside, &standing);
    if parsed.is_err() && !standing.is_empty() {
        yielded.append(&mut standing);
        parsed = build::build(text, outside, &[]);
    }
    Ok(Adjusted { parsed: parsed?, standing, yielded })
}

/// Makes a change, in place of an earlier one of the same thing.
///
/// # Errors
///
/// The complaints that the configuration would deserve with it.
pub fn adjust(
    text: &str,
    outside: &dyn Outside,
    standing: &[Adjustment],
    change: Change<'_>,
) -> Result<Adjusted, Vec<Complaint>> {
    let Change { bedroom, setting, value, at } = change;
    let written = written(text, bedroom, setting).map_err(|complaint| vec![complaint])?;
    let mut standing: Vec<_> = standing
        .iter()
        .filter(|change| change.bedroom != bedroom || change.setting != setting)
        .cloned()
        .collect();
    let (bedroom, value) = (bedroom.to_owned(), value.to_owned());
    if written.as_ref() != Some(&value) {
        standing.push(Adjustment { bedroom, setting, value, written, at });
    }
    let parsed = build::build(text, outside, &standing)?;
    Ok(Adjusted { parsed, standing, yielded: Vec::new() })
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Heating,
        Self::Airflow,
        Self::Reminders,
        Self::TooCold,
        Self::Ceiling,
        Self::Dose,
        Self::Stuffy,
        Self::TooWarm,
    ];

    /// Its name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heating => "warm_the_room",
            Self::Airflow => "move_the_air",
            Self::Reminders => "reminders",
            Self::TooCold => "too_cold",
            Self::Ceiling => "ceiling",
            Self::Dose => "dose_limit",
            Self::Stuffy => "stuffy_from",
            Self::TooWarm => "too_warm",
        }
    }

    /// The setting of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.name() == name)
    }

    /// Its key below the bedroom: the rule and the key.
    #[must_use]
    pub const fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::Heating => ("cold_exposure", "enabled"),
            Self::Airflow => ("airflow", "enabled"),
            Self::Reminders => ("hydration", "enabled"),
            Self::TooCold => ("cold_exposure", "reference"),
            Self::Ceiling => ("cold_exposure", "ceiling"),
            Self::Dose => ("cold_exposure", "act"),
            Self::Stuffy => ("airflow", "stuffy"),
            Self::TooWarm => ("airflow", "room_warm"),
        }
    }

    /// Its path below the bedroom, such as `cold_exposure.reference`.
    #[must_use]
    pub fn path(self) -> String {
        let (rule, key) = self.key();
        format!("{rule}.{key}")
    }

    /// Its least and its most, in °C, percent or K·h; none for what is on or off.
    #[must_use]
    pub fn range(self) -> Option<(f64, f64)> {
        fn of(form: &Form) -> Option<(f64, f64)> {
            match form {
                Form::Number(measure, least, most) => {
                    let whole = |hundredths: i64| i32::try_from(hundredths).map(f64::from).ok();
                    debug_assert!(matches!(
                        measure,
                        Measure::Temperature | Measure::Percent | Measure::Dose
                    ));
                    Some((whole(*least)? / 100.0, whole(*most)? / 100.0))
                }
                Form::Either(forms) => forms.iter().find_map(of),
                Form::Hours
                | Form::Month
                | Form::Flag
                | Form::Word(_)
                | Form::Text(_)
                | Form::Topic
                | Form::Secret
                | Form::Many(_)
                | Form::Block(_)
                | Form::Named(_) => None,
            }
        }
        let (rule, key) = self.key();
        let bedroom = HOUSE.key("bedrooms")?.form.groups();
        let rule = bedroom.first()?.key(rule)?.form.groups();
        of(&rule.first()?.key(key)?.form)
    }

    /// A number as the file would say it, to two decimals: a house in °F sends a third of a
    /// degree with sixteen.
    #[must_use]
    pub fn written(self, number: f64) -> String {
        let number = libm::round(number * 100.0) / 100.0;
        format!("{number}{}", self.unit())
    }

    /// The unit of its numbers, behind a space; empty for what is on or off.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::TooCold | Self::Ceiling | Self::TooWarm => " °C",
            Self::Dose => " K·h",
            Self::Stuffy => " %",
            Self::Heating | Self::Airflow | Self::Reminders => "",
        }
    }

    /// Whether a bedroom has any use for it.
    #[must_use]
    pub fn fits(self, bedroom: &Bedroom) -> bool {
        let heats = || bedroom.actuators.iter().any(super::Actuator::is_heater);
        let blows = || bedroom.actuators.iter().any(|actuator| !actuator.is_heater());
        match self {
            Self::Heating | Self::Ceiling => heats(),
            // A plain thermostat has neither.
            Self::TooCold | Self::Dose => heats() && bedroom.cold_exposure.style == Style::Dose,
            Self::Airflow | Self::Stuffy | Self::TooWarm => blows(),
            Self::Reminders => !bedroom.sleepers.is_empty(),
        }
    }
}

impl Tree {
    /// Puts the changes in their places.
    pub(super) fn change(&mut self, changes: &[Adjustment]) {
        for change in changes {
            let (rule, key) = change.setting.key();
            let Some(bedrooms) = self.entry("bedrooms") else { continue };
            let Some(bedroom) = bedrooms.entry(&change.bedroom) else { continue };
            let place = bedroom.entry_or_new(rule).and_then(|rule| rule.entry_or_new(key));
            if let Some(place) = place {
                place.tag = None;
                place.node = Node::Scalar(change.value.clone());
            }
        }
    }

    fn entry(&mut self, name: &str) -> Option<&mut Self> {
        let Node::Map(entries) = &mut self.node else { return None };
        let is = |key: &Self| matches!(&key.node, Node::Scalar(text) if text == name);
        entries.iter_mut().find(|(key, _)| is(key)).map(|(_, value)| value)
    }

    fn entry_or_new(&mut self, name: &str) -> Option<&mut Self> {
        if self.entry(name).is_none() {
            let spot = Spot { length: 1, ..self.spot };
            let key = Self { spot, tag: None, node: Node::Scalar(name.to_owned()) };
            let value = Self { spot, tag: None, node: Node::Nothing };
            match &mut self.node {
                Node::Map(entries) => entries.push((key, value)),
                Node::Nothing => self.node = Node::Map(vec![(key, value)]),
                Node::Scalar(_) | Node::List(_) => return None,
            }
        }
        self.entry(name)
    }
}

/// What the file says; none if it is silent.
fn written(text: &str, bedroom: &str, setting: Setting) -> Result<Option<String>, Complaint> {
    let mut tree = Tree::read(text)?;
    let (rule, key) = setting.key();
    let place = tree.entry("bedrooms").and_then(|bedrooms| bedrooms.entry(bedroom));
    let place = place.and_then(|bedroom| bedroom.entry(rule)).and_then(|rule| rule.entry(key));
    Ok(place.and_then(|place| match &place.node {
        Node::Scalar(text) => Some(text.clone()),
        Node::Nothing | Node::List(_) | Node::Map(_) => None,
    }))
}
