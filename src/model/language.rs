//! The languages people are spoken to in.

use serde::{Deserialize, Serialize};

/// A sentence in a language: English stands first, German behind it, and each may name what
/// is around it.
macro_rules! words {
    ($language:expr, $english:literal, $german:literal $(,)?) => {
        match $language {
            $crate::model::Language::English => format!($english),
            $crate::model::Language::German => format!($german),
        }
    };
}
pub(crate) use words;

/// A language uncramp speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language's tag (BCP 47), as the configuration and voices name it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of a locale, such as `de-AT`.
    #[must_use]
    pub fn of_locale(locale: &str) -> Option<Self> {
        let language = locale.split(['-', '_']).next()?;
        Self::of_tag(&language.to_ascii_lowercase())
    }

    /// The language of a tag.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}
