//! Names of people, taken out of a text.

use crate::survey::answers::topic_name;

/// The names to be taken out, each with what stands for it.
pub(super) struct Names(Vec<(String, String)>);

/// A name so long is one also in the middle of a word, and so long at a word's beginning.
const ANYWHERE: usize = 4;
const BEFORE: usize = 3;

/// A word that is named after somebody is longer by this at most, where their name is short.
const LONGER: usize = 2;

impl Names {
    /// Who is named first is number one, however often.
    pub(super) fn of(named: impl IntoIterator<Item = String>) -> Self {
        let mut known: Vec<String> = Vec::new();
        let mut parts = Vec::new();
        for name in named {
            let place = known.iter().position(|it| *it == name).unwrap_or_else(|| {
                known.push(name.clone());
                known.len() - 1
            });
            let number = format!("sleeper-{}", place + 1);
            let words = tokens(&name).filter(|it| it.starts_with(char::is_alphanumeric));
            parts.extend(words.map(|word| (plain(word), number.clone())));
        }
        // Of two names that begin alike the longer one is meant.
        parts.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
        Self(parts)
    }

    /// The text without them: also where something is named after somebody, as `annas_lamp`.
    pub(super) fn taken_out(&self, text: &str) -> String {
        tokens(text).map(|token| self.number(token).unwrap_or(token)).collect()
    }

    /// Whether somebody is named in a text.
    pub(super) fn are_in(&self, text: &str) -> bool {
        tokens(text).any(|token| self.number(token).is_some())
    }

    fn number(&self, token: &str) -> Option<&str> {
        let word = plain(token);
        let is_in = |(name, _): &&(String, String)| match name.chars().count() {
            ANYWHERE.. => word.contains(name),
            BEFORE => word.starts_with(name) && word.len() <= name.len() + LONGER,
            _ => word == *name,
        };
        self.0.iter().find(is_in).map(|(_, number)| number.as_str())
    }
}

/// Without capitals and marks, as a name is spelt in keys and topics.
fn plain(word: &str) -> String {
    topic_name(word).unwrap_or_else(|| word.to_lowercase())
}

/// Words and what stands between them; a capital after a small letter begins a new word.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut before = rest.chars().next()?;
        let end = rest.char_indices().skip(1).find(|(_, next)| {
            let turns = before.is_alphanumeric() != next.is_alphanumeric();
            let begins = before.is_lowercase() && next.is_uppercase();
            before = *next;
            turns || begins
        });
        let (token, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(token)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_wherever_they_stand() {
        let named = ["anna", "juergen", "bo", "tom", "anna", "Зоя"].map(str::to_owned);
        let names = Names::of(named);
        for (text, shown) in [
            ("Anna's plug, ANNA, annas_lamp", "sleeper-1's plug, sleeper-1, sleeper-1_lamp"),
            ("zigbee2mqtt/JürgenMat", "zigbee2mqtt/sleeper-2Mat"),
            ("roomanna annaroom", "sleeper-1 sleeper-1"),
            ("bo, bob, Bos", "sleeper-3, bob, Bos"),
            ("Toms tomorrow", "sleeper-4 tomorrow"),
            ("зоя", "sleeper-5"),
            ("17.5 °C – 22:30", "17.5 °C – 22:30"),
        ] {
            assert_eq!(names.taken_out(text), shown);
        }
    }

    #[test]
    fn a_name_of_several_words_goes_with_each_of_them() {
        let names = Names::of(["maria_luise".to_owned()]);
        assert_eq!(names.taken_out("Luise, Maria Luise"), "sleeper-1, sleeper-1 sleeper-1");
    }
}
