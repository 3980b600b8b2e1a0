//! Reading a tree against the tables. Whatever is wrong goes to the ledger, and reading
//! goes on.

use std::collections::BTreeMap;

use super::complaint::{Complaint, quotable};
use super::key::{Fallback, Form, Group, Key};
use super::section::{Section, join};
use super::tree::{Node, Spot, Tree};
use super::value::{Fault, Value, is_off, nearest, scalar};

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
        let mut section = Section::new(path.to_owned(), spot, group);
        if let Node::Map(entries) = &tree.node {
            let mut seen = BTreeMap::new();
            for (key, value) in entries {
                self.entry(&mut section, &mut seen, key, value);
            }
        }
        for key in group.all() {
            if matches!(key.fallback, Fallback::Required) && !section.has(key.name) {
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
        let path = join(&section.path, &quotable(name));
        if !self.first(seen, name, key.spot, &path) {
            return;
        }
        let Some(known) = section.group().key(name) else {
            if !(section.path.is_empty() && name.starts_with("x-")) {
                let what = format!("unknown key `{}`", quotable(name));
                self.ledger.fault(key.spot, &path, what, &stranger(name, section.group()));
            }
            return;
        };
        let secret = matches!(known.form, Form::Secret);
        let at = value.spot;
        let value = if self.untagged(value, &path, secret) {
            self.value(known, value, key.spot, &path)
        } else {
            Value::Wrong
        };
        section.enter(known.name, (key.spot, at), value);
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
            "`{}` is written twice: in line {}, column {}, and here",
            quotable(name),
            first.line,
            first.column
        );
        self.ledger.fault(spot, path, what, "keep one of the two");
        false
    }

    fn untagged(&mut self, value: &Tree, path: &str, secret: bool) -> bool {
        let Some(tag) = &value.tag else { return true };
        let hint = if tag == "!secret" {
            "`!secret` is Home Assistant's; name a file with `password_file:`, or the \
             environment with `password: ${UNCRAMP_MQTT_PASSWORD}`"
        } else {
            "write the value without the tag"
        };
        // A secret that begins with `!` and stands without quotes looks like a tag.
        let what = if secret && tag != "!secret" {
            "what begins with `!` is a tag, and tags mean nothing here".to_owned()
        } else {
            format!("the tag `{}` means nothing here", quotable(tag))
        };
        self.ledger.fault(value.spot, path, what, hint);
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
                    if self.untagged(item, &path, false) {
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
                Err(Fault::Range { what, hint }) => (
                    format!("`{name}` {what}"),
                    usual_slip(name, text).or(hint).or_else(|| spare(key)),
                ),
                Err(Fault::Shape(hint)) if secret => {
                    (format!("`{name}` is not {}", form.expected()), hint)
                }
                Err(Fault::Shape(hint)) => {
                    let what = format!("`{name}` is `{}`, not {}", shorten(text), form.expected());
                    (what, usual_slip(name, text).or(hint).or_else(|| by_device(name, form, text)))
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
            if !self.first(&mut seen, name, key.spot, &path) || !self.untagged(value, &path, false)
            {
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

/// The block that can stand here.
fn block_of(form: &'static Form) -> Option<&'static Form> {
    if let Form::Either(forms) = form {
        forms.iter().find_map(block_of)
    } else if let Form::Many(inner) = form {
        block_of(inner)
    } else {
        matches!(form, Form::Block(_) | Form::Named(_)).then_some(form)
    }
}

/// What a list here holds.
fn list_of(form: &'static Form) -> Option<&'static Form> {
    if let Form::Either(forms) = form {
        forms.iter().find_map(list_of)
    } else if let Form::Many(inner) = form {
        Some(inner)
    } else {
        None
    }
}

/// Whether `off` is an ordinary value of the form.
fn takes_off_as_text(form: &Form) -> bool {
    if let Form::Word(words) = form {
        words.contains(&"off")
    } else if let Form::Either(forms) = form {
        forms.iter().any(takes_off_as_text)
    } else if let Form::Many(form) = form {
        takes_off_as_text(form)
    } else {
        matches!(form, Form::Text(_) | Form::Topic | Form::Secret | Form::Flag)
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

/// What people write here and is said elsewhere.
const ELSEWHERE: [(&str, &str); 2] = [
    (
        "power_on_behavior",
        "set it on the device's page in Zigbee2MQTT: uncramp changes no device's settings",
    ),
    (
        "power_outage_memory",
        "set it on the device's page in Zigbee2MQTT: uncramp changes no device's settings",
    ),
];

/// What to do about a key that the block does not have.
fn stranger(name: &str, group: &'static Group) -> String {
    if let Some(close) = nearest(name, group.all().map(|key| key.name)) {
        return format!("did you mean `{close}`?");
    }
    if let Some((_, hint)) = ELSEWHERE.iter().find(|(key, _)| *key == name) {
        return (*hint).to_owned();
    }
    let below =
        group.all().find(|key| key.form.groups().iter().any(|inner| inner.key(name).is_some()));
    if let Some(key) = below {
        return format!("it belongs below `{}:`", key.name);
    }
    let known: Vec<_> = group.all().map(|key| key.name).collect();
    format!("known here: {}", known.join(", "))
}

/// What people mean who write something that is no value of this key.
fn usual_slip(key: &str, text: &str) -> Option<String> {
    let hint = match key {
        "born" if text.len() == 2 => "write the year with four digits, such as `1955`",
        "kind" if text.to_lowercase().contains("electric") => {
            "an electric heater is a `panel` if it is fixed to the wall, else `portable`"
        }
        "kind" if ["valve", "trv", "thermostat"].contains(&text.to_lowercase().as_str()) => {
            "a valve on hot water is a `radiator`"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What holds if a value that is out of its range is left out.
fn spare(key: &Key) -> Option<String> {
    match (key.name, &key.fallback) {
        ("ceiling", Fallback::Depends(without)) => Some(format!("left out it is {without}")),
        (_, Fallback::Is(_) | Fallback::Depends(_) | Fallback::Required) => None,
    }
}

/// A device's name alone, where the block also says how the device is reached.
fn by_device(name: &str, form: &Form, text: &str) -> Option<String> {
    let reached = form.groups().iter().any(|group| group.key("zigbee2mqtt").is_some());
    let text = shorten(text);
    reached.then(|| format!("say how it is reached, such as `{name}: {{ zigbee2mqtt: {text} }}`"))
}

/// The first words of a value that is quoted. A name that signs in to an address is taken out
/// before it could be cut in two.
fn shorten(text: &str) -> String {
    let text = quotable(text);
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > 40 {
        format!("{}…", line.chars().take(40).collect::<String>())
    } else {
        line.to_owned()
    }
}
