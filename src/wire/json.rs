//! One place in a JSON text, found without building the tree around it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What lies at a place in a JSON text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// An object or a list.
    Nested,
    /// The text is well formed and its objects lack that place.
    Nothing,
    /// Something else than an object lies on the way.
    Elsewhere,
    /// The text is no JSON.
    Broken,
}

/// Looks up a path, given in parts that may be dotted paths themselves; the last of equal
/// keys counts, as everywhere. The whole text must be well formed: half a message says
/// nothing.
pub(super) fn find<'a>(text: &'a str, path: &[&str]) -> Found<'a> {
    let mut json = serde_json::Deserializer::from_str(text);
    match At::new(path).deserialize(&mut json) {
        Ok(found) if json.end().is_ok() => found,
        Ok(_) | Err(_) => Found::Broken,
    }
}

/// Looks up a key in the objects that lie directly within an object, except those of the
/// names given; [`Found::Elsewhere`] if several of them have it. `within` is the dotted
/// path of that outer object, none for the whole text.
pub(super) fn find_below<'a>(
    text: &'a str,
    within: Option<&str>,
    key: &str,
    except: &[&str],
) -> Found<'a> {
    let mut json = serde_json::Deserializer::from_str(text);
    match (Below { within, key, except }).deserialize(&mut json) {
        Ok(found) if json.end().is_ok() => found,
        Ok(_) | Err(_) => Found::Broken,
    }
}

/// A key in any object of an object.
#[derive(Clone, Copy)]
struct Below<'p> {
    within: Option<&'p str>,
    key: &'p str,
    except: &'p [&'p str],
}

impl<'de> DeserializeSeed<'de> for Below<'_> {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Found<'de>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Below<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = Found::Nothing;
        while let Some(way) = map.next_key_seed(Choice(&self))? {
            match way {
                Way::Into => found = map.next_value_seed(Self { within: None, ..self })?,
                Way::Past => _ = map.next_value::<IgnoredAny>()?,
                Way::Here => match (&found, map.next_value_seed(At::new(&[self.key]))?) {
                    (_, Found::Nothing | Found::Elsewhere) => {}
                    (Found::Nothing, first) => found = first,
                    (_, _) => found = Found::Elsewhere,
                },
            }
        }
        Ok(found)
    }
}

/// Where a key of an object leads.
enum Way {
    /// Into the outer object.
    Into,
    /// Nowhere.
    Past,
    /// To an object that may have the wanted key.
    Here,
}

/// Judges a key, without keeping it.
struct Choice<'b, 'p>(&'b Below<'p>);

impl<'de> DeserializeSeed<'de> for Choice<'_, '_> {
    type Value = Way;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Way, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Choice<'_, '_> {
    type Value = Way;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Way, E> {
        Ok(match self.0.within {
            Some(outer) if outer == key => Way::Into,
            Some(_) => Way::Past,
            None if self.0.except.contains(&key) => Way::Past,
            None => Way::Here,
        })
    }
}

/// What remains of the path; nothing is "here".
#[derive(Clone, Copy)]
struct At<'p> {
    /// The part that has been begun.
    part: Option<&'p str>,
    /// The parts after it.
    parts: &'p [&'p str],
}

impl<'p> At<'p> {
    fn new(path: &'p [&'p str]) -> Self {
        Self { part: path.first().copied(), parts: path.get(1..).unwrap_or_default() }
    }

    /// The next step, and what remains after it; none if this is the place.
    fn step(self) -> Option<(&'p str, Self)> {
        let part = self.part?;
        Some(match part.split_once('.') {
            Some((first, rest)) => (first, Self { part: Some(rest), ..self }),
            None => (part, Self::new(self.parts)),
        })
    }

    fn leaf<'de>(&self, leaf: Found<'de>) -> Found<'de> {
        if self.part.is_none() { leaf } else { Found::Elsewhere }
    }
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Found<'de>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Found<'de>, E> {
        Ok(self.leaf(Found::Null))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Found<'de>, E> {
        Ok(self.leaf(Found::Truth(truth)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Found<'de>, E> {
        Ok(self.leaf(Found::Number(number)))
    }

    #[expect(clippy::cast_precision_loss, reason = "no measured value needs more than 53 bits")]
    fn visit_i64<E>(self, number: i64) -> Result<Found<'de>, E> {
        Ok(self.leaf(Found::Number(number as f64)))
    }

    #[expect(clippy::cast_precision_loss, reason = "no measured value needs more than 53 bits")]
    fn visit_u64<E>(self, number: u64) -> Result<Found<'de>, E> {
        Ok(self.leaf(Found::Number(number as f64)))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Found<'de>, E> {
        Ok(self.leaf(Found::Text(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Found<'de>, E> {
        Ok(self.leaf(Found::Text(Cow::Owned(text.to_owned()))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = if self.part.is_none() { Found::Nested } else { Found::Nothing };
        while let Some(on) = map.next_key_seed(Key { wanted: self.step() })? {
            match on {
                Some(rest) => found = map.next_value_seed(rest)?,
                None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Found<'de>, A::Error> {
        let mut found = Found::Nested;
        if let Some((first, rest)) = self.step() {
            found = Found::Elsewhere;
            if let Ok(place) = first.parse::<usize>() {
                let mut before = 0;
                while before < place && list.next_element::<IgnoredAny>()?.is_some() {
                    before += 1;
                }
                found = list.next_element_seed(rest)?.unwrap_or(Found::Nothing);
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }
}

/// Compares a key with the next step, without keeping it.
struct Key<'p> {
    wanted: Option<(&'p str, At<'p>)>,
}

impl<'de, 'p> DeserializeSeed<'de> for Key<'p> {
    type Value = Option<At<'p>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'p> Visitor<'_> for Key<'p> {
    type Value = Option<At<'p>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.wanted.filter(|(first, _)| *first == key).map(|(_, rest)| rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_its_dotted_path() {
        let text = r#"{"a":{"b":[1,{"c":-2.5}],"t":"x\ny","n":null},"z":true}"#;
        for (path, found) in [
            ("z", Found::Truth(true)),
            ("a.b.0", Found::Number(1.0)),
            ("a.b.1.c", Found::Number(-2.5)),
            ("a.t", Found::Text("x\ny".into())),
            ("a.n", Found::Null),
            ("a", Found::Nested),
            ("a.b", Found::Nested),
            ("b", Found::Nothing),
            ("a.b.7", Found::Nothing),
            ("a.b.c", Found::Elsewhere),
            ("z.y", Found::Elsewhere),
            ("", Found::Nothing),
        ] {
            assert_eq!(find(text, &[path]), found, "{path}");
        }
    }

    #[test]
    fn a_path_may_come_in_parts() {
        let text = r#"{"a":{"b":{"c":1}}}"#;
        for parts in [&["a.b.c"][..], &["a", "b.c"], &["a.b", "c"], &["a", "b", "c"]] {
            assert_eq!(find(text, parts), Found::Number(1.0), "{parts:?}");
        }
        assert_eq!(find(text, &["a", "c"]), Found::Nothing);
        assert_eq!(find(text, &["a.b.c", "d"]), Found::Elsewhere);
        assert_eq!(find(text, &[]), Found::Nested);
    }

    #[test]
    fn a_key_is_found_below_any_name_but_not_below_two() {
        let text = r#"{"S":{"Time":"x","A":{"T":1,"H":2},"B":{"T":3},"X":{"H":4},"U":"C"}}"#;
        for (key, except, found) in [
            ("T", &[][..], Found::Elsewhere),
            ("T", &["A"][..], Found::Number(3.0)),
            ("H", &["X"][..], Found::Number(2.0)),
            ("C", &[][..], Found::Nothing),
        ] {
            assert_eq!(find_below(text, Some("S"), key, except), found, "{key} {except:?}");
            assert_eq!(find_below(text, Some("Q"), key, except), Found::Nothing);
            assert_eq!(find_below(text, None, key, except), Found::Nothing, "two below");
        }
        assert_eq!(find_below(r#"{"A":{"T":null}}"#, None, "T", &[]), Found::Null);
        assert_eq!(find_below("1", None, "T", &[]), Found::Broken);
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        assert_eq!(find(r#"{"t":1,"t":2}"#, &["t"]), Found::Number(2.0));
    }

    #[test]
    fn half_a_message_says_nothing() {
        for text in ["", "{", r#"{"t":1"#, r#"{"t":1}}"#, r#"{"t":1} x"#, r#"{"t":NaN}"#, "nan"] {
            assert_eq!(find(text, &["t"]), Found::Broken, "{text}");
        }
        let deep = format!("{}1{}", r#"{"t":"#.repeat(10_000), "}".repeat(10_000));
        assert_eq!(find(&deep, &[&vec!["t"; 10_000].join(".")]), Found::Broken);
    }
}
