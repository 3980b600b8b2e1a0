//! The tables as a page for people.

use std::fmt::Write as _;

use super::key::{Fallback, Form, Group, Key};
use super::keys::groups;
use super::schema::range;

const HEAD: &str = "# Configuration

<!-- Made from the tables in src/plan/keys: `UPDATE=1 cargo test --test config` writes it anew. -->

`config/uncramp.yaml` is a whole configuration with every key; this page has the same keys with
their ranges. `uncramp check` says everything that is wrong or dangerous in a file, each with its
line and a hint; your editor completes and checks it with `config/uncramp.schema.json`, if it
knows the YAML language server.

How values are written:

| what | how |
|---|---|
| a temperature | `18`, `18.5 °C`, `65 °F`; without a unit °C, with `units: imperial` °F |
| a difference | `2`, `0.5 K`, `4 °F` |
| a duration | `45s`, `10m`, `1h30m` |
| hours of a day | `22:30-06:45`, by the 24-hour clock |
| an amount to drink | `150 mL`, `1.6 L`, `50 fl oz` |
| yes or no | `true`, `false`, `on`, `off` |

Decimals stand after a point. `off` is allowed where it is named, and nowhere else: the rest
holds for safety, or has an `enabled:` of its own.

Secrets are best kept out of the file. Under systemd put the broker's password, alone, into
`/etc/credstore/mqtt-password`, which only root need read, and write nothing here: the unit hands
it to uncramp (`LoadCredential=mqtt-password`). Without systemd `password_file:` names a file that
holds the password alone and that uncramp's own user can read, and `password: ${NAME}` takes it
from the environment. uncramp never shows a secret, also not in a complaint.

The broker inside (`mqtt: { embedded: { password_file: … } }`) admits whom its file names:
`name:password`, a line each, plain or as `mosquitto_passwd` (Debian's package `mosquitto`) writes
it: `mosquitto_passwd -c /etc/uncramp/mqtt-users anna` begins a file, and without `-c` adds to it.
It holds hashes then, so that `chmod 644` may let uncramp read it. SIGHUP does not read it anew.

`systemctl reload uncramp` (SIGHUP) reads an edited file while the bedrooms go on; one with a fault
is refused with its line, and the old one stays. `mqtt:` and `store:` take effect at the next start:
`systemctl restart uncramp`.
";

/// The page `docs/configuration.md`.
#[must_use]
pub fn manual() -> String {
    let mut page = HEAD.to_owned();
    for group in groups() {
        section(&mut page, group);
    }
    page
}

fn section(page: &mut String, group: &Group) {
    let mut text = format!("\n## {}\n\n{}\n\n", group.name, group.meaning);
    text.push_str("| key | value | without it | meaning |\n|---|---|---|---|\n");
    for key in group.all() {
        row(&mut text, key);
    }
    page.push_str(&text);
}

fn row(text: &mut String, key: &Key) {
    let mut value = kind(&key.form);
    if key.off && !matches!(key.form, Form::Flag) {
        value.push_str(", or `off`");
    }
    let fallback = match key.fallback {
        Fallback::Required => "**required**".to_owned(),
        Fallback::Is(text) => format!("`{text}`"),
        Fallback::Depends(words) => words.to_owned(),
    };
    let written = writeln!(text, "| `{}` | {value} | {fallback} | {} |", key.name, key.meaning);
    debug_assert!(written.is_ok());
}

/// What stands in the column of values.
fn kind(form: &Form) -> String {
    match form {
        Form::Number(..) => range(form).unwrap_or_default(),
        Form::Hours => "hours".to_owned(),
        Form::Month => "year and month".to_owned(),
        Form::Flag => "yes or no".to_owned(),
        Form::Word(words) => {
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        }
        Form::Text(what) => (*what).to_owned(),
        Form::Topic => "a topic".to_owned(),
        Form::Secret => "a secret".to_owned(),
        Form::Either(forms) => forms.iter().map(kind).collect::<Vec<_>>().join(", or "),
        Form::Many(inner) => format!("{}, or a list of such", kind(inner)),
        Form::Block(group) => format!("[keys](#{})", group.name),
        Form::Named(group) => format!("names, each with [keys](#{})", group.name),
    }
}
