//! The tables as a JSON schema (draft-07, which editors understand best), so that an
//! editor completes and checks the configuration while it is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::key::{Fallback, Form, Group, Key, Measure};
use super::keys::{HOUSE, groups};
use super::value::{scalar, show};

/// The JSON schema of the configuration, as text.
#[must_use]
pub fn schema() -> String {
    let definitions: BTreeMap<&str, Value> =
        groups().into_iter().skip(1).map(|group| (group.name, object(group))).collect();
    let mut root = object(&HOUSE);
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root["title"] = json!("uncramp");
    root["patternProperties"] = json!({ "^x-": {} });
    root["definitions"] = json!(definitions);
    format!("{root:#}\n")
}

fn object(group: &Group) -> Value {
    let properties: Map<String, Value> =
        group.all().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<_> = group
        .all()
        .filter(|key| matches!(key.fallback, Fallback::Required))
        .map(|key| key.name)
        .collect();
    let mut object = json!({
        "type": "object",
        "description": group.meaning,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn property(key: &Key) -> Value {
    let mut value = form(&key.form);
    if key.off && !matches!(key.form, Form::Flag) {
        value = json!({ "anyOf": [value, { "enum": ["off", false] }] });
    }
    if let Some(reference) = value.get("$ref") {
        // Draft-07 ignores whatever stands beside a `$ref`.
        value = json!({ "allOf": [{ "$ref": reference }] });
    }
    value["description"] = json!(description(key));
    if let Fallback::Is(text) = key.fallback {
        value["default"] = default(&key.form, text);
    }
    value
}

/// The meaning, with the range where there is one.
fn description(key: &Key) -> String {
    match range(&key.form) {
        Some(range) => format!("{} {range}.", key.meaning),
        None => key.meaning.to_owned(),
    }
}

/// `12 °C to 24 °C`, for the first number among the forms.
pub(super) fn range(form: &Form) -> Option<String> {
    if let Form::Number(measure, least, most) = form {
        return Some(format!("{} to {}", show(*measure, *least), show(*measure, *most)));
    }
    if let Form::Either(forms) = form {
        return forms.iter().find_map(range);
    }
    if let Form::Many(form) = form { range(form) } else { None }
}

fn default(form: &Form, text: &str) -> Value {
    match scalar(form, text, false) {
        Ok(super::value::Value::Flag(flag)) => json!(flag),
        Ok(super::value::Value::Number(number))
            if matches!(form, Form::Number(Measure::Count, ..)) =>
        {
            json!(number)
        }
        Ok(_) | Err(_) => json!(text),
    }
}

fn form(form: &Form) -> Value {
    match form {
        Form::Number(Measure::Count, least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Form::Number(Measure::Lasting, ..) => {
            json!({ "type": "string", "pattern": "^([0-9]+ ?[A-Za-z]+ ?)+$" })
        }
        Form::Number(Measure::Drink, ..) => {
            json!({ "type": "string", "pattern": "^[0-9.]+ ?([Mm]?[Ll]|fl oz)$" })
        }
        // An editor cannot know which unit is meant, so it leaves the range to `check`.
        Form::Number(..) => {
            json!({ "type": ["number", "string"], "pattern": "^[-+]?[0-9.]+ ?[^0-9]*[0-9]?$" })
        }
        Form::Hours => json!({
            "type": "string",
            "pattern": "^[0-9]{1,2}:[0-9]{2} ?[-–—] ?[0-9]{1,2}:[0-9]{2}$",
        }),
        Form::Month => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{1,2}$" }),
        Form::Flag => json!({ "enum": [true, false, "on", "off", "yes", "no"] }),
        Form::Word(words) if words.contains(&"off") => {
            json!({ "enum": words.iter().map(|w| json!(w)).chain([json!(false)]).collect::<Vec<_>>() })
        }
        Form::Word(words) => json!({ "enum": words }),
        Form::Text(_) | Form::Secret => json!({ "type": ["string", "number", "boolean"] }),
        Form::Topic => json!({ "type": "string", "pattern": "^[^+#]+$" }),
        Form::Either(forms) => json!({ "anyOf": forms.iter().map(self::form).collect::<Vec<_>>() }),
        Form::Many(inner) => {
            let inner = self::form(inner);
            json!({ "anyOf": [inner, { "type": "array", "items": inner }] })
        }
        Form::Block(group) => json!({ "$ref": format!("#/definitions/{}", group.name) }),
        Form::Named(group) => json!({
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    { "$ref": format!("#/definitions/{}", group.name) },
                    { "type": "null" },
                ],
            },
        }),
    }
}
