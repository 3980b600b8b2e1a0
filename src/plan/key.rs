//! What a key of the configuration is. The tables in [`super::keys`] say it once for
//! each; reading, complaints, schema and manual all come from them.

/// One key: its name, its form, what holds without it, and what it means.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) fallback: Fallback,
    /// `off` is allowed.
    pub(super) off: bool,
    pub(super) meaning: &'static str,
}

/// What holds where a key is missing.
#[derive(Debug)]
pub(super) enum Fallback {
    /// It must be there.
    Required,
    /// As if this had been written.
    Is(&'static str),
    /// It depends, as these words say.
    Depends(&'static str),
}

/// Keys that stand together in one block.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    /// Keys that stand in several groups: those of the device families.
    pub(super) shared: &'static [Key],
    pub(super) keys: &'static [Key],
}

/// What a value looks like. Ranges are in the finest unit of their kind and inclusive.
#[derive(Debug)]
pub(super) enum Form {
    /// A number: of what, its least and its most.
    Number(Measure, i64, i64),
    /// Hours of a day: `22:30-06:45`.
    Hours,
    /// A year and a month: `2026-11`.
    Month,
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text, described so.
    Text(&'static str),
    /// An MQTT topic without wildcards.
    Topic,
    /// Never shown.
    Secret,
    /// The first form that fits what is written.
    Either(&'static [Form]),
    /// One value or a list of such.
    Many(&'static Form),
    /// A block of keys.
    Block(&'static Group),
    /// Blocks by name.
    Named(&'static Group),
}

/// More words than these are listed in the hint, not in the sentence.
pub(super) const MANY_WORDS: usize = 6;

/// What a number counts, and in which finest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Hundredths of a degree Celsius.
    Temperature,
    /// Hundredths of a kelvin.
    Difference,
    /// Hundredths of a kelvin an hour.
    Rate,
    /// Hundredths of a percent.
    Percent,
    /// Parts per million.
    Ppm,
    /// Pascals.
    Pascals,
    /// Hundredths of a gram of vapour in a cubic metre.
    Vapour,
    /// Hundredths of a kelvin-hour.
    Dose,
    /// Hundredths of a metre a second.
    Speed,
    /// Tenths of a watt.
    Power,
    /// Millilitres.
    Drink,
    /// Milliseconds.
    Lasting,
    /// Whole things.
    Count,
}

/// A key.
pub(super) const fn key(
    name: &'static str,
    form: Form,
    fallback: Fallback,
    meaning: &'static str,
) -> Key {
    Key { name, form, fallback, off: false, meaning }
}

impl Key {
    /// The same key, which may also be `off`.
    pub(super) const fn or_off(self) -> Self {
        Self { off: true, ..self }
    }
}

impl Group {
    /// The key of that name.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.all().find(|key| key.name == name)
    }

    /// Every key of it.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.shared.iter().chain(self.keys)
    }
}

impl Form {
    /// The groups that can stand here.
    pub(super) fn groups(&self) -> Vec<&'static Group> {
        match self {
            Self::Block(group) | Self::Named(group) => vec![group],
            Self::Either(forms) => forms.iter().flat_map(Self::groups).collect(),
            Self::Many(form) => form.groups(),
            Self::Number(..)
            | Self::Hours
            | Self::Month
            | Self::Flag
            | Self::Word(_)
            | Self::Text(_)
            | Self::Topic
            | Self::Secret => Vec::new(),
        }
    }

    /// What is expected, for a complaint: `a temperature such as …`.
    pub(super) fn expected(&self) -> String {
        let words = match self {
            Self::Number(measure, _, _) => measure.expected(),
            Self::Hours => "hours such as `22:30-06:45`",
            Self::Month => "a year and a month such as `2026-11`",
            Self::Flag => "`true` or `false`",
            Self::Word(words) if words.len() > MANY_WORDS => "one of the words known here",
            Self::Word(words) => return one_of(words),
            Self::Text(what) => what,
            Self::Topic => "an MQTT topic such as `bedroom/climate`",
            Self::Secret => "a secret",
            Self::Either(forms) => {
                return forms.iter().map(Self::expected).collect::<Vec<_>>().join(", or ");
            }
            Self::Many(form) => return format!("{}, or a list of such", form.expected()),
            Self::Block(_) => "a block of keys",
            Self::Named(_) => "a block of names, each with its own keys",
        };
        words.to_owned()
    }
}

impl Measure {
    fn expected(self) -> &'static str {
        match self {
            Self::Temperature => "a temperature such as `18`, `18.5 °C` or `65 °F`",
            Self::Difference => "a temperature difference such as `2`, `0.5 K` or `4 °F`",
            Self::Rate => "a temperature difference an hour such as `2 K/h`",
            Self::Percent => "a percentage such as `65` or `65 %`",
            Self::Power => "a power such as `5 W`",
            Self::Ppm => "a concentration such as `1150` or `1150 ppm`",
            Self::Pascals => "a pressure such as `300` or `300 Pa`",
            Self::Vapour => "an absolute humidity such as `1.0 g/m³`",
            Self::Dose => "a dose such as `1.0` or `1.0 K·h`",
            Self::Speed => "an air speed such as `0.3` or `0.3 m/s`",
            Self::Drink => "an amount such as `150 mL`, `1.6 L` or `50 fl oz`",
            Self::Lasting => "a duration such as `10m`, `1h30m` or `45s`",
            Self::Count => "a whole number",
        }
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
