//! Home Assistant's templates, as far as they only name a place in a message.

/// Filters that leave a value what it is, or only make it look better.
const HARMLESS: [&str; 5] = ["float", "int", "round", "is_defined", "default"];

/// Where in a payload the value is that a template takes: an empty path for the payload
/// itself, none where the template does more than name a place.
pub(super) fn path(template: &str) -> Option<String> {
    let inside = template.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    if inside.contains("{{") || inside.contains("{%") {
        return None;
    }
    let mut parts = inside.split('|').map(str::trim);
    let place = parts.next()?;
    let harmless =
        |filter: &str| HARMLESS.contains(&filter.split('(').next().unwrap_or_default().trim());
    if !parts.all(harmless) {
        return None;
    }
    if place == "value" {
        return Some(String::new());
    }
    steps(place.strip_prefix("value_json")?)
}

/// What is sent for a set-point, `{}` standing for the number; none where the template
/// does more than put it somewhere.
pub(super) fn payload(template: &str) -> Option<String> {
    let (before, rest) = template.split_once("{{")?;
    let (inside, after) = rest.split_once("}}")?;
    let value = inside.split('|').next().is_some_and(|name| name.trim() == "value");
    let filters: Vec<&str> = inside.split('|').skip(1).map(str::trim).collect();
    let harmless = filters.iter().all(|filter| {
        matches!(filter.split('(').next().unwrap_or_default(), "float" | "round" | "string")
    });
    let more = |text: &str| text.contains("{{") || text.contains("{%") || text.contains("{}");
    (value && harmless && !more(before) && !more(after)).then(|| format!("{before}{{}}{after}"))
}

/// `.a.b`, `['a']["b"]` and mixtures, as a dotted path.
fn steps(mut rest: &str) -> Option<String> {
    let mut path: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            after.split_at(end)
        } else {
            let inside = rest.strip_prefix('[')?;
            let (step, after) = inside.split_once(']')?;
            let step = step.trim();
            let quote = |c| step.strip_prefix(c).and_then(|step: &str| step.strip_suffix(c));
            (quote('\'').or_else(|| quote('"')).or(Some(step))?, after)
        };
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
        if step.is_empty() || !step.chars().all(fits) {
            return None;
        }
        path.push(step);
        rest = after;
    }
    (!path.is_empty()).then(|| path.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_understood_however_it_is_written() {
        for (template, found) in [
            ("{{ value_json.temperature }}", Some("temperature")),
            ("{{value_json['AHT1X-0x38'].Temperature}}", Some("AHT1X-0x38.Temperature")),
            ("{{ value_json.a[\"b\"] | float | round(1) }}", Some("a.b")),
            ("{{ value_json.list[0] }}", Some("list.0")),
            ("{{ value }}", Some("")),
            ("{{ value | float }}", Some("")),
            ("{{ (value_json.t - 32) / 1.8 }}", None),
            ("{{ value_json.t | multiply(0.1) }}", None),
            ("{% if value_json.t %}1{% endif %}", None),
            ("{{ value_json['a.b'] }}", None),
            ("21", None),
        ] {
            assert_eq!(path(template).as_deref(), found, "{template}");
        }
    }

    #[test]
    fn a_set_points_payload_is_understood() {
        for (template, found) in [
            ("{{ value }}", Some("{}")),
            (r#"{"target":{{ value | float }}}"#, Some(r#"{"target":{}}"#)),
            ("{{ value * 2 }}", None),
            ("{% if value %}{{ value }}{% endif %}", None),
        ] {
            assert_eq!(payload(template).as_deref(), found, "{template}");
        }
    }
}
