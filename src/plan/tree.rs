//! YAML as a tree with places: every key and every value knows its line and column.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_yaml::{Location, Spanned};

use super::complaint::Complaint;

/// A larger text is not a configuration: ten thousand full bedrooms take a tenth of it.
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// Room for ten thousand full bedrooms, and still an end to nonsense.
const MOST_NODES: usize = 20_000_000;

/// Where something stands in the text, counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) length: usize,
}

/// One node of the text.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) spot: Spot,
    /// A tag such as `!secret` before it.
    pub(super) tag: Option<String>,
    pub(super) node: Node,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Node {
    Nothing,
    /// As written: `22:30`, `off` and `1_0` stay text.
    Scalar(String),
    List(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

impl Tree {
    /// The tree of a whole text, or the one complaint that its syntax deserves.
    pub(super) fn read(text: &str) -> Result<Self, Complaint> {
        if text.len() > MOST_BYTES {
            return Err(Complaint {
                line: 1,
                column: 1,
                length: 1,
                path: String::new(),
                what: format!("the configuration is larger than {} MiB", MOST_BYTES >> 20),
                hint: Some("is this the right file?".to_owned()),
                warning: false,
            });
        }
        let options = serde_yaml::options! {
            budget: serde_yaml::budget! {
                max_nodes: MOST_NODES,
                max_events: 2 * MOST_NODES,
                max_total_scalar_bytes: MOST_BYTES,
                max_merge_keys: 100_000,
                max_aliases: 1_000_000,
                enforce_alias_anchor_ratio: false,
            },
            duplicate_keys: DuplicateKeyPolicy::PassThrough,
            strict_booleans: true,
            non_finite_float_policy: NonFiniteFloatPolicy::AsString,
            with_snippet: false,
        };
        match serde_yaml::from_str_with_options::<Spanned<Raw>>(text, options) {
            Ok(raw) => Ok(Self::place(raw, text)),
            Err(error) => Err(syntax(&error, text)),
        }
    }

    /// What it is, for a complaint.
    pub(super) fn kind(&self) -> &'static str {
        match self.node {
            Node::Nothing => "nothing",
            Node::Scalar(_) => "a single value",
            Node::List(_) => "a list",
            Node::Map(_) => "a block of keys",
        }
    }

    fn place(raw: Spanned<Raw>, text: &str) -> Self {
        let own = Slice::of(raw.defined, text);
        let node = match raw.value {
            Raw::Nothing => Node::Nothing,
            Raw::Text(decoded) => Node::Scalar(decoded),
            Raw::Plain(shown) => Node::Scalar(own.text.map_or(shown, str::to_owned)),
            Raw::List(items) => {
                Node::List(items.into_iter().map(|item| Self::place(item, text)).collect())
            }
            Raw::Map(entries) => Node::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (Self::place(key, text), Self::place(value, text)))
                    .collect(),
            ),
        };
        let length = match &node {
            Node::Nothing | Node::List(_) | Node::Map(_) => 1,
            Node::Scalar(_) => own.text.map_or(1, |t| first_line(t).chars().count().max(1)),
        };
        Self { spot: spot(raw.defined, length), tag: own.tag, node }
    }
}

/// A tree as serde sees it.
enum Raw {
    Nothing,
    /// A text, decoded.
    Text(String),
    /// A number or truth value, to be replaced by what was written.
    Plain(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

/// What the text itself shows at a place.
struct Slice<'a> {
    text: Option<&'a str>,
    tag: Option<String>,
}

impl<'a> Slice<'a> {
    fn of(location: Location, text: &'a str) -> Self {
        let span = location.span();
        let start = span.byte_offset().and_then(|n| usize::try_from(n).ok());
        let length = span.byte_len().and_then(|n| usize::try_from(n).ok());
        let (Some(start), Some(length)) = (start, length) else {
            return Self { text: None, tag: None };
        };
        let own = start.checked_add(length).and_then(|end| text.get(start..end));
        let before = text.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let tag = line
            .split_whitespace()
            .next_back()
            .filter(|word| word.starts_with('!') && word.len() > 1 && line.ends_with(' '))
            .filter(|word| !matches!(*word, "!!str" | "!!int" | "!!float" | "!!bool" | "!!null"))
            .map(str::to_owned);
        Self { text: own, tag }
    }
}

fn spot(location: Location, length: usize) -> Spot {
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).max(1);
    Spot { line: count(location.line()), column: count(location.column()), length }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A syntax fault in our words where they help; serde's stop is the only one there is.
fn syntax(error: &serde_yaml::Error, text: &str) -> Complaint {
    let found = error.without_snippet().to_string();
    let message = found.rsplit_once(" at line ").map_or(found.as_str(), |(what, _)| what);
    let place = error.location().map_or(Spot { line: 1, column: 1, length: 1 }, |l| spot(l, 1));
    let tab = message.contains("tab").then(|| tab_from(text, place.line)).flatten();
    let place = tab.unwrap_or(place);
    let (what, hint) = if tab.is_some() {
        ("a tab stands in the indentation".to_owned(), "YAML is indented by spaces only")
    } else if message.contains("multiple YAML documents") {
        ("a second document begins here".to_owned(), "one file is one document: remove the `---`")
    } else if let Some(fault) = word_with_keys(text, place.line) {
        return fault;
    } else if message.contains("mapping values are not allowed") {
        (
            "a second `: ` in one line, or a key indented unlike its neighbours".to_owned(),
            "put a value that contains `: ` in quotes, and give neighbours the same indentation",
        )
    } else if message.contains("unexpected character") {
        (message.to_owned(), "put a value that begins with such a character in quotes")
    } else if message.contains("unknown anchor") {
        (message.to_owned(), "a name with `*` needs its `&` earlier in the file")
    } else if message.contains("budget") || message.contains("limit") {
        (message.to_owned(), "this is larger or deeper than any configuration; look for a loop")
    } else {
        (message.to_owned(), "from here on the text could not be read; put this right first")
    };
    Complaint {
        line: place.line,
        column: place.column,
        length: 1,
        path: String::new(),
        what: format!("this is not YAML: {what}"),
        hint: Some(hint.to_owned()),
        warning: false,
    }
}

/// The first tab in an indentation, from a line on.
fn tab_from(text: &str, line: usize) -> Option<Spot> {
    let from = text.lines().enumerate().skip(line.saturating_sub(1));
    let tab = |line: &str| line.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t');
    let mut tabs = from.filter_map(|(index, line)| Some((index, tab(line)?)));
    tabs.next().map(|(index, column)| Spot { line: index + 1, column: column + 1, length: 1 })
}

/// `mqtt: embedded` takes no keys, but whoever had another broker leaves them below it.
fn word_with_keys(text: &str, line: usize) -> Option<Complaint> {
    let above = text.lines().enumerate().take(line).collect::<Vec<_>>();
    let bare = |line: &str| line.split('#').next().unwrap_or_default().trim_end().to_owned();
    let (index, key) =
        above.into_iter().rev().find(|(_, line)| line.starts_with(|c: char| c.is_alphabetic()))?;
    let value = bare(key).strip_prefix("mqtt:")?.trim().to_owned();
    (value == "embedded").then(|| Complaint {
        line: index + 1,
        column: 1,
        length: bare(key).chars().count(),
        path: "mqtt".to_owned(),
        what: "`mqtt: embedded` takes no keys below it".to_owned(),
        hint: Some("remove them, or remove the word `embedded` to use another broker".to_owned()),
        warning: false,
    })
}
