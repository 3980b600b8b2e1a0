//! A block of keys, read against its table. Whatever is wrong goes to the ledger, and
//! reading goes on.

use std::collections::BTreeMap;

use super::complaint::Complaint;
use super::key::{Fallback, Form, Group, Key};
use super::tree::{Node, Spot, Tree};
use super::value::{Fault, Value, is_off, nearest, scalar, show};
use crate::model::{Co2, Humidity, KelvinHours, Kelvins, Millilitres, Span, Temperature, Window};

/// Everything that is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    complaints: Vec<Complaint>,
}

impl Ledger {
    pub(super) fn fault(&mut self, spot: Spot, path: &str, what: impl Into<String>, hint: &str) {
        self.enter(spot, path, what.into(), hint, false);
    }

    pub(super) fn warn(&mut self, spot: Spot, path: &str, what: impl Into<String>, hint: &str) {
        self.enter(spot, path, what.into(), hint, true);
    }

    /// In the order of the text.
    pub(super) fn close(mut self) -> Vec<Complaint> {
        self.complaints.sort_by_key(|c| (c.line, c.column));
        self.complaints.dedup();
        self.complaints
    }

    fn enter(&mut self, spot: Spot, path: &str, what: String, hint: &str, warning: bool) {
        self.complaints.push(Complaint {
            line: spot.line,
            column: spot.column,
            length: spot.length,
            path: path.to_owned(),
            what,
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
            warning,
        });
    }
}

/// A block of keys that was read.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) path: String,
    /// Where its name stands.
    pub(super) spot: Spot,
    group: &'static Group,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: &'static str,
    spot: Spot,
    value: Value,
}

/// Reads blocks.
pub(super) struct Reader<'a> {
    pub(super) ledger: &'a mut Ledger,
    /// Temperatures without a unit are in °F.
    pub(super) imperial: bool,
}

impl Reader<'_> {
    /// Reads a block against its table.
    pub(super) fn block(
        &mut self,
        tree: &Tree,
        group: &'static Group,
        path: &str,
        spot: Spot,
    ) -> Section {
        let mut section = Section { path: path.to_owned(), spot, group, entries: Vec::new() };
        if let Node::Map(entries) = &tree.node {
            let mut seen = BTreeMap::new();
            for (key, value) in entries {
                self.entry(&mut section, &mut seen, key, value);
            }
        }
        for key in group.keys {
            if matches!(key.fallback, Fallback::Required) && section.entry(key.name).is_none() {
                let what = if path.is_empty() {
                    format!("`{}` is missing", key.name)
                } else {
                    format!("`{}` is missing in `{path}`", key.name)
                };
                let hint = format!("add `{}:` with {}", key.name, key.form.expected());
                self.ledger.fault(spot, path, what, &hint);
            }
        }
        section
    }

    fn entry(
        &mut self,
        section: &mut Section,
        seen: &mut BTreeMap<String, Spot>,
        key: &Tree,
        value: &Tree,
    ) {
        let Node::Scalar(name) = &key.node else {
            let what = format!("a key is {}", key.kind());
            self.ledger.fault(key.spot, &section.path, what, "a key is a word");
            return;
        };
        let path = join(&section.path, name);
        if !self.first(seen, name, key.spot, &path) || !self.untagged(value, &path) {
            return;
        }
        let Some(known) = section.group.key(name) else {
            if !(section.path.is_empty() && name.starts_with("x-")) {
                let what = format!("unknown key `{name}`");
                self.ledger.fault(key.spot, &path, what, &stranger(name, section.group));
            }
            return;
        };
        let value = self.value(known, value, key.spot, &path);
        section.entries.push(Entry { name: known.name, spot: key.spot, value });
    }

    /// Says so where a key is written twice.
    fn first(
        &mut self,
        seen: &mut BTreeMap<String, Spot>,
        name: &str,
        spot: Spot,
        path: &str,
    ) -> bool {
        let Some(first) = seen.get(name) else {
            seen.insert(name.to_owned(), spot);
            return true;
        };
        let what = format!(
            "`{name}` is written twice: in line {}, column {}, and here",
            first.line, first.column
        );
        self.ledger.fault(spot, path, what, "keep one of the two");
        false
    }

    fn untagged(&mut self, value: &Tree, path: &str) -> bool {
        let Some(tag) = &value.tag else { return true };
        let hint = if tag == "!secret" {
            "`!secret` is Home Assistant's; name a file with `password_file:`, or the \
             environment with `password: ${UNCRAMP_MQTT_PASSWORD}`"
        } else {
            "write the value without the tag"
        };
        self.ledger.fault(value.spot, path, format!("the tag `{tag}` means nothing here"), hint);
        false
    }

    fn value(&mut self, key: &'static Key, tree: &Tree, spot: Spot, path: &str) -> Value {
        if let Node::Scalar(text) = &tree.node
            && is_off(text)
            && !takes_off_as_text(&key.form)
        {
            if key.off {
                return Value::Off;
            }
            let hint = instead_of_off(key);
            self.ledger.fault(tree.spot, path, format!("`{}` cannot be `off`", key.name), &hint);
            return Value::Wrong;
        }
        self.form(key, &key.form, tree, spot, path)
    }

    fn form(
        &mut self,
        key: &'static Key,
        form: &'static Form,
        tree: &Tree,
        spot: Spot,
        path: &str,
    ) -> Value {
        match (&tree.node, block_of(form)) {
            (Node::Map(_), Some(Form::Block(group))) => {
                return Value::Block(self.block(tree, group, path, spot));
            }
            (Node::Nothing, Some(Form::Block(group))) if matches!(form, Form::Block(_)) => {
                return Value::Block(self.block(tree, group, path, spot));
            }
            (Node::Map(_), Some(Form::Named(group))) => {
                return self.named(tree, group, path);
            }
            (Node::Map(_) | Node::Nothing | Node::Scalar(_) | Node::List(_), _) => {}
        }
        match (&tree.node, list_of(form)) {
            (Node::List(items), Some(inner)) => {
                let mut list = Vec::new();
                for (n, item) in items.iter().enumerate() {
                    let path = format!("{path}[{n}]");
                    if self.untagged(item, &path) {
                        list.push((item.spot, self.form(key, inner, item, item.spot, &path)));
                    }
                }
                return Value::List(list);
            }
            (Node::Map(_) | Node::Nothing | Node::Scalar(_) | Node::List(_), _) => {}
        }
        self.single(key, form, tree, path)
    }

    fn single(&mut self, key: &Key, form: &Form, tree: &Tree, path: &str) -> Value {
        let name = key.name;
        let secret = matches!(form, Form::Secret);
        let (what, hint) = match &tree.node {
            Node::Scalar(text) => match scalar(form, text, self.imperial) {
                Ok(value) => return value,
                Err(Fault::Range { what, hint }) => (format!("`{name}` {what}"), hint),
                Err(Fault::Shape(hint)) if secret => {
                    (format!("`{name}` is not {}", form.expected()), hint)
                }
                Err(Fault::Shape(hint)) => {
                    (format!("`{name}` is `{}`, not {}", shorten(text), form.expected()), hint)
                }
            },
            Node::Nothing => (
                format!("`{name}` is empty"),
                Some(format!("give it {}, or leave the line out", form.expected())),
            ),
            Node::List(_) | Node::Map(_) => {
                (format!("`{name}` is {}, not {}", tree.kind(), form.expected()), None)
            }
        };
        self.ledger.fault(tree.spot, path, what, &hint.unwrap_or_default());
        Value::Wrong
    }

    fn named(&mut self, tree: &Tree, group: &'static Group, path: &str) -> Value {
        let Node::Map(entries) = &tree.node else { return Value::Wrong };
        let mut seen = BTreeMap::new();
        let mut named = Vec::new();
        for (key, value) in entries {
            let Node::Scalar(name) = &key.node else {
                let what = format!("a name is {}", key.kind());
                self.ledger.fault(key.spot, path, what, "a name is a word");
                continue;
            };
            let path = join(path, name);
            if !self.first(&mut seen, name, key.spot, &path) || !self.untagged(value, &path) {
                continue;
            }
            if let Node::Scalar(_) | Node::List(_) = value.node {
                let what = format!("`{name}` is {}, not a block of keys", value.kind());
                self.ledger.fault(value.spot, &path, what, "indent its keys below it");
                continue;
            }
            named.push((name.clone(), self.block(value, group, &path, key.spot)));
        }
        Value::Named(named)
    }
}

impl Section {
    /// Where a key stands; the block itself if it is not written.
    pub(super) fn at(&self, name: &str) -> Spot {
        self.entry(name).map_or(self.spot, |entry| entry.spot)
    }

    /// The path of a key.
    pub(super) fn path_of(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// Whether a key is written, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// What is written, if it could be read.
    pub(super) fn given(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|entry| &entry.value).filter(|v| !matches!(v, Value::Wrong))
    }

    /// Whether `off` is written.
    pub(super) fn is_off(&self, name: &str) -> bool {
        matches!(self.given(name), Some(Value::Off))
    }

    pub(super) fn block(&self, name: &str) -> Option<&Section> {
        match self.given(name) {
            Some(Value::Block(section)) => Some(section),
            _ => None,
        }
    }

    pub(super) fn named(&self, name: &str) -> &[(String, Section)] {
        match self.given(name) {
            Some(Value::Named(named)) => named,
            _ => &[],
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn word(&self, name: &str) -> Option<&'static str> {
        match self.value(name) {
            Some(Value::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// The values of a list, or the one that stands for it.
    pub(super) fn values(&self, name: &str) -> Vec<&Value> {
        match self.given(name) {
            Some(Value::List(list)) => list.iter().map(|(_, value)| value).collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        }
    }

    pub(super) fn blocks(&self, name: &str) -> Vec<&Section> {
        self.values(name).into_iter().filter_map(Value::as_block).collect()
    }

    pub(super) fn words(&self, name: &str) -> Vec<&'static str> {
        self.values(name).into_iter().filter_map(Value::as_word).collect()
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.values(name).into_iter().filter_map(Value::as_text).map(str::to_owned).collect()
    }

    pub(super) fn month(&self, name: &str) -> Option<(i32, u32)> {
        match self.given(name) {
            Some(Value::Month(year, month)) => Some((*year, *month)),
            _ => None,
        }
    }

    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The block of a heater or fan by its name.
    pub(super) fn actuator(&self, name: &str) -> Option<&Section> {
        let alone = ["heater", "fan"].into_iter().filter(|one| *one == name);
        alone.filter_map(|one| self.block(one)).next().or_else(|| {
            ["heaters", "fans"]
                .into_iter()
                .flat_map(|many| self.named(many))
                .find_map(|(own, block)| (own == name).then_some(block))
        })
    }

    /// Where a heater or fan is named.
    pub(super) fn spot_of_actuator(&self, name: &str) -> Spot {
        self.actuator(name).map_or(self.spot, |block| block.spot)
    }

    /// The block of that key as if it were there and empty.
    pub(super) fn vacant(&self, name: &str) -> Section {
        let group = self.group.key(name).and_then(|key| key.form.groups().first().copied());
        Section {
            path: self.path_of(name),
            spot: self.spot,
            group: group.unwrap_or(self.group),
            entries: Vec::new(),
        }
    }

    /// A number of that key as people write it.
    pub(super) fn show(&self, name: &str, number: i64) -> String {
        self.group.key(name).map_or_else(String::new, |key| show(&key.form, number))
    }

    /// A truth value; `off` is no.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name) {
            Some(Value::Flag(flag)) => Some(flag),
            Some(Value::Off) => Some(false),
            _ => None,
        }
    }

    pub(super) fn hours(&self, name: &str) -> Option<Window> {
        match self.given(name) {
            Some(Value::Hours(hours)) => Some(*hours),
            _ => None,
        }
    }

    /// A number in the finest unit of its form, written or by default; none where it is
    /// `off` or depends.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        match self.value(name) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    pub(super) fn integer(&self, name: &str) -> Option<i32> {
        self.number(name).and_then(|n| i32::try_from(n).ok())
    }

    pub(super) fn temperature(&self, name: &str) -> Temperature {
        Temperature(self.integer(name).unwrap_or_default())
    }

    pub(super) fn kelvins(&self, name: &str) -> Kelvins {
        Kelvins(self.integer(name).unwrap_or_default())
    }

    pub(super) fn humidity(&self, name: &str) -> Humidity {
        Humidity(self.integer(name).unwrap_or_default())
    }

    pub(super) fn co2(&self, name: &str) -> Co2 {
        Co2(self.integer(name).unwrap_or_default())
    }

    pub(super) fn drink(&self, name: &str) -> Millilitres {
        Millilitres(self.integer(name).unwrap_or_default())
    }

    pub(super) fn dose(&self, name: &str) -> KelvinHours {
        KelvinHours(self.number(name).unwrap_or_default() * 10_000_000)
    }

    pub(super) fn span(&self, name: &str) -> Span {
        Span(self.number(name).unwrap_or_default())
    }

    /// A duration that may be `off`.
    pub(super) fn perhaps(&self, name: &str) -> Option<Span> {
        self.number(name).map(Span)
    }

    /// What is written, else what holds without it.
    fn value(&self, name: &str) -> Option<Value> {
        match self.given(name) {
            Some(Value::Off) => Some(Value::Off),
            Some(Value::Number(number)) => Some(Value::Number(*number)),
            Some(Value::Flag(flag)) => Some(Value::Flag(*flag)),
            Some(Value::Word(word)) => Some(Value::Word(word)),
            Some(Value::Text(text)) => Some(Value::Text(text.clone())),
            Some(Value::Hours(hours)) => Some(Value::Hours(*hours)),
            Some(Value::Month(year, month)) => Some(Value::Month(*year, *month)),
            Some(Value::List(_) | Value::Block(_) | Value::Named(_) | Value::Wrong) => None,
            None => self.fallback(name),
        }
    }

    fn fallback(&self, name: &str) -> Option<Value> {
        let key = self.group.key(name)?;
        match key.fallback {
            Fallback::Is(text) => scalar(&key.form, text, false).ok(),
            Fallback::Required | Fallback::Depends(_) => None,
        }
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// The block that can stand here.
fn block_of(form: &'static Form) -> Option<&'static Form> {
    match form {
        Form::Either(forms) => forms.iter().find_map(block_of),
        Form::Many(inner) => block_of(inner),
        other if matches!(other, Form::Block(_) | Form::Named(_)) => Some(other),
        _ => None,
    }
}

/// What a list here holds.
fn list_of(form: &'static Form) -> Option<&'static Form> {
    match form {
        Form::Either(forms) => forms.iter().find_map(list_of),
        Form::Many(inner) => Some(inner),
        _ => None,
    }
}

/// Whether `off` is an ordinary value of the form.
fn takes_off_as_text(form: &Form) -> bool {
    match form {
        Form::Text(_) | Form::Topic | Form::Secret | Form::Flag => true,
        Form::Word(words) => words.contains(&"off"),
        Form::Either(forms) => forms.iter().any(takes_off_as_text),
        Form::Many(form) => takes_off_as_text(form),
        _ => false,
    }
}

fn instead_of_off(key: &Key) -> String {
    for group in key.form.groups() {
        if group.key("enabled").is_some() {
            return format!("write `{}: {{ enabled: false }}`", key.name);
        }
    }
    match key.fallback {
        Fallback::Is(text) => format!("give it a value, or leave it out for {text}"),
        Fallback::Depends(_) => "give it a value, or leave it out".to_owned(),
        Fallback::Required => format!("give it {}", key.form.expected()),
    }
}

/// What to do about a key that the block does not have.
fn stranger(name: &str, group: &'static Group) -> String {
    if let Some(close) = nearest(name, group.keys.iter().map(|key| key.name)) {
        return format!("did you mean `{close}`?");
    }
    let below = group
        .keys
        .iter()
        .find(|key| key.form.groups().iter().any(|inner| inner.key(name).is_some()));
    if let Some(key) = below {
        return format!("it belongs below `{}:`", key.name);
    }
    let known: Vec<_> = group.keys.iter().map(|key| key.name).collect();
    format!("known here: {}", known.join(", "))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > 40 {
        format!("{}…", line.chars().take(40).collect::<String>())
    } else {
        line.to_owned()
    }
}
