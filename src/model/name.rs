//! The name of a device that may no longer be in any plan.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How long a name may be, in bytes.
const LONGEST: usize = 48;

/// What people call a device; of a longer name how it begins. It can be copied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceName([u8; LONGEST]);

impl DeviceName {
    /// The beginning of a name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let mut bytes = [0; LONGEST];
        let whole = |end: &usize| name.is_char_boundary(*end);
        let length = (0..=LONGEST.min(name.len())).rev().find(whole).unwrap_or(0);
        bytes[..length].copy_from_slice(&name.as_bytes()[..length]);
        Self(bytes)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl fmt::Debug for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for DeviceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DeviceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::of(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_as_it_was_and_a_long_one_is_cut_between_letters() {
        for (name, kept) in [
            ("heater", "heater".to_owned()),
            ("", String::new()),
            (&"ü".repeat(40), "ü".repeat(24)),
            (&("x".to_owned() + &"ü".repeat(40)), "x".to_owned() + &"ü".repeat(23)),
        ] {
            let of = DeviceName::of(name);
            assert_eq!(of.as_str(), kept);
            let text = serde_json::to_string(&of).expect("JSON");
            assert_eq!(serde_json::from_str::<DeviceName>(&text).expect("a name"), of);
        }
    }
}
