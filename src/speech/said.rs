//! Words ready to be said: in every language, since the voice that speaks them has its own.

use std::collections::BTreeMap;

use super::{Context, english, german, spoken};
use crate::engine::{Announcement, Audience, Words};
use crate::plan::{Bedroom, Language};

/// The same words in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whom they are for understands this one.
    pub language: Language,
    /// The words by language; every language has them.
    pub texts: BTreeMap<Language, String>,
}

impl Said {
    /// The words in the language of whom they are for.
    #[must_use]
    pub fn text(&self) -> &str {
        self.texts.get(&self.language).map_or("", String::as_str)
    }

    fn in_each(language: Language, say: impl Fn(Language) -> String) -> Self {
        let texts = Language::ALL.into_iter().map(|each| (each, say(each))).collect();
        Self { language, texts }
    }
}

/// What is said aloud or sent to the keeper: whole sentences. A sleeper is told in the own
/// language, a room in the one that all its sleepers share, else in the house's; so is the
/// keeper.
#[must_use]
pub fn said(words: &Words, audience: Audience, context: &Context) -> Said {
    let language = match (audience, words) {
        (Audience::Sleeper, Words::Drink { sleeper, .. } | Words::LastNight { sleeper, .. }) => {
            context.sleeper(*sleeper).and_then(|sleeper| sleeper.language)
        }
        (
            Audience::Sleeper,
            Words::Air(_)
            | Words::Welcome
            | Words::Watched { .. }
            | Words::Said(_)
            | Words::Fault(_)
            | Words::Healed(_)
            | Words::AskedNoMore { .. }
            | Words::ConfirmConditions { .. },
        ) => shared(context.bedroom),
        (Audience::Keeper, _) => None,
    };
    let language = language.unwrap_or(context.language);
    Said::in_each(language, |language| spoken(words, &Context { language, ..*context }))
}

/// An announcement, ready to be said: the first one begins with who speaks.
#[must_use]
pub fn announced(announcement: &Announcement, context: &Context) -> Said {
    let mut said = said(&announcement.words, announcement.audience, context);
    if announcement.introduces {
        for (language, text) in &mut said.texts {
            let context = Context { language: *language, ..*context };
            *text = format!("{} {text}", spoken(&Words::Welcome, &context));
        }
    }
    said
}

/// One sentence with which a voice is tried in a bedroom.
#[must_use]
pub fn trying(bedroom: &Bedroom, house: Language) -> Said {
    Said::in_each(language_of(bedroom, house), |language| {
        match language {
            Language::English => english::trying(),
            Language::German => german::trying(),
        }
        .to_owned()
    })
}

/// The language in which a bedroom is spoken to: that of all its sleepers, else the house's.
#[must_use]
pub fn language_of(bedroom: &Bedroom, house: Language) -> Language {
    shared(bedroom).unwrap_or(house)
}

/// The language that every sleeper of a bedroom has for their own.
fn shared(bedroom: &Bedroom) -> Option<Language> {
    let mut languages = bedroom.sleepers.iter().map(|sleeper| sleeper.language);
    let first = languages.next()??;
    languages.all(|other| other == Some(first)).then_some(first)
}
