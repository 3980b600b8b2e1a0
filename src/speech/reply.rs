//! What goes around a question, and what is said to each answer.

use std::collections::BTreeMap;

use super::{english, german};
use crate::plan::Language;

/// What a voice says beside the words of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The question after the offer of a drink.
    DidYouDrink,
    /// uncramp has noted a drink or a cramp.
    Noted,
    /// It was not drunk.
    NotDrunk,
    /// There was no cramp, and uncramp has noted that.
    NoCramp,
    /// "Later": nothing more is promised.
    Later,
    /// "Later": uncramp asks again in half an hour.
    AgainSoon,
    /// Nobody understood whether it was drunk.
    UnclearDrink,
    /// Nobody understood whether there was a cramp.
    UnclearCramp,
    /// uncramp did not say that it has the answer.
    Lost,
}

impl Reply {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::DidYouDrink,
        Self::Noted,
        Self::NotDrunk,
        Self::NoCramp,
        Self::Later,
        Self::AgainSoon,
        Self::UnclearDrink,
        Self::UnclearCramp,
        Self::Lost,
    ];
}

/// The words in every language, since the voice that speaks them has its own.
#[must_use]
pub fn reply(reply: Reply) -> BTreeMap<Language, &'static str> {
    let say = |language| match language {
        Language::English => english::reply(reply),
        Language::German => german::reply(reply),
    };
    Language::ALL.into_iter().map(|language| (language, say(language))).collect()
}
