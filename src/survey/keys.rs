//! Keys of the configuration as they are written, each block on one line.

use std::fmt;

/// What stands behind a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
    /// A block of its own.
    Block(Keys),
}

/// A block of keys in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Keys(pub Vec<(String, Put)>);

impl Keys {
    /// The block with one more key.
    #[must_use]
    pub fn and(mut self, key: &str, put: impl Into<Put>) -> Self {
        self.0.push((key.to_owned(), put.into()));
        self
    }

    /// The block with one more key, if there is something to say.
    #[must_use]
    pub fn and_perhaps(self, key: &str, put: Option<impl Into<Put>>) -> Self {
        match put {
            Some(put) => self.and(key, put),
            None => self,
        }
    }

    /// The block, followed by all of another.
    #[must_use]
    pub fn followed_by(mut self, other: &Self) -> Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// A device of a family: by its name alone, or as a block if more is to be said.
    #[must_use]
    pub fn of_family(family: &str, device: &str, more: &Self) -> Self {
        if more.0.is_empty() {
            return Self::default().and(family, device);
        }
        Self::default().and(family, Self::default().and("device", device).followed_by(more))
    }
}

impl From<&str> for Put {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Put {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Put {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Put {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Keys> for Put {
    fn from(keys: Keys) -> Self {
        Self::Block(keys)
    }
}

impl From<Vec<String>> for Put {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ ")?;
        for (n, (key, put)) in self.0.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {put}", quoted(key))?;
        }
        f.write_str(" }")
    }
}

impl fmt::Display for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::List(list) => {
                let list: Vec<_> = list.iter().map(|text| quoted(text)).collect();
                write!(f, "[{}]", list.join(", "))
            }
            Self::Block(keys) => write!(f, "{keys}"),
        }
    }
}

/// A text as YAML takes it for that very text, wherever it stands.
pub(super) fn quoted(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/');
    let plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(fits)
        && !text.ends_with(' ')
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_stands_on_one_line() {
        let keys = Keys::of_family("zigbee2mqtt", "Bett: links", &Keys::default().and("base", "z"))
            .and("relay", 2_i64)
            .and("levels", vec!["low".to_owned(), "1".to_owned()])
            .and("inverted", true);
        let text = r#"{ zigbee2mqtt: { device: "Bett: links", base: z }, relay: 2, levels: [low, "1"], inverted: true }"#;
        assert_eq!(keys.to_string(), text);
    }

    #[test]
    fn what_yaml_would_take_for_something_else_is_quoted() {
        for plain in ["Bedroom climate", "tasmota_1A2B3C", "a/b", "Küche"] {
            assert_eq!(quoted(plain), plain);
        }
        for text in ["", "yes", "Off", "0x00158d0001", "a: b", "a #b", "12", "a ", "- a", "a,b"] {
            assert_eq!(quoted(text), format!("\"{text}\""));
        }
    }
}
