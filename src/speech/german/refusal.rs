//! Why something told was not followed.

use crate::plan::Setting;
use crate::speech::{Fits, Refusal};

pub(in crate::speech) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoBedroom { name, known } => {
            format!("es gibt kein Schlafzimmer „{name}“, nur {}", list(known))
        }
        Refusal::NoControl { name, known } => {
            format!("unter „{name}“ wird nichts angenommen, nur unter {}", list(known))
        }
        Refusal::Kept => {
            "der Broker hat diese Nachricht von früher aufgehoben, und ein Wunsch hat \
                          seinen Augenblick; ohne Retain senden, und die aufgehobene durch eine \
                          leere Nachricht mit Retain löschen"
                .to_owned()
        }
        Refusal::TooLong { bytes } => format!("die Nachricht hat {bytes} Bytes, viel zu viele"),
        Refusal::NoText => "die Nachricht ist kein Text".to_owned(),
        Refusal::NoObject { text } => format!("„{text}“ ist kein JSON-Objekt"),
        Refusal::OddKey { key, known } => format!("`{key}` ist keins von {}", list(known)),
        Refusal::Missing { key } => format!("`{key}` fehlt"),
        Refusal::Unfit { key, fits } => format!("`{key}` ist {}", unfit(*fits)),
        Refusal::NoWord { word } => format!("„{word}“ wird hier nicht verstanden"),
        Refusal::WhoOfSeveral { .. } => {
            "`sleeper` fehlt, und hier schläft mehr als eine Person".to_owned()
        }
        Refusal::NobodyNamed => "in der Konfiguration steht niemand, der hier schläft; unter \
                                 `sleepers:` dieses Schlafzimmers fehlt ein Name, etwa `anna: {}`"
            .to_owned(),
        Refusal::NoSleeper { name, known } => {
            format!("hier schläft niemand namens „{name}“, nur {}", list(known))
        }
        Refusal::NoActuator { name, known } => {
            format!("hier heißt kein Gerät „{name}“; es gibt {}", list(known))
        }
        Refusal::Drink { most, .. } => format!("`ml` ist keine Zahl von 1 bis {most}"),
        Refusal::Level { level, most } => {
            format!("`want` ist {level}, und die Stufen des Ventilators gehen von 0 bis {most}")
        }
        Refusal::HeaterLevel => {
            "eine Heizung hat keine Stufen; `want` ist on, off oder auto".to_owned()
        }
        Refusal::NeverOn { name } => format!(
            "das tragbare Heizgerät `{name}` schaltet uncramp nur aus, nie ein; wer es an haben will, \
             schaltet es von Hand ein und bleibt dabei"
        ),
        Refusal::AgoOfNone => "`ago` sagt, wann ein Krampf war, und es gab keinen".to_owned(),
        Refusal::AgoTwice => "`ago`, `when` und `night` sagen dasselbe".to_owned(),
        Refusal::AgoTooLong => "`ago` ist mehr als ein Tag".to_owned(),
        Refusal::Over => "`until` ist schon vorbei".to_owned(),
        Refusal::NoClock { key } => no_clock(key),
        Refusal::BabyStays => "ein Baby im Zimmer bleibt bis Mittag vermerkt und lässt sich nicht \
                               zurücknehmen, denn es macht alles nur sicherer"
            .to_owned(),
        Refusal::NothingWaits => "im Augenblick wartet nichts".to_owned(),
        Refusal::NothingToSay => "es gibt nichts zu sagen".to_owned(),
        Refusal::TooMuchToSay { characters } => {
            format!("der Text hat {characters} Zeichen, so lange hört niemand zu")
        }
        Refusal::NoSetting { name } => {
            let known: Vec<&str> = Setting::ALL.iter().map(|setting| setting.name()).collect();
            format!("„{name}“ ist keine Einstellung, es gibt {}", list(&known))
        }
        Refusal::OutOfRange { setting, value } => {
            let (least, most) = range(*setting);
            let (name, unit, value) = (setting.name(), setting.unit(), comma(value));
            format!("`{name}` ist {value}{unit} und geht von {least}{unit} bis {most}{unit}")
        }
        Refusal::Forbidden { setting, value, why } => {
            let (name, why) = (setting.name(), why.trim_end_matches('.'));
            format!("`{name}` kann nicht {} sein: {why}", comma(value))
        }
    }
}

/// What helps while nobody knows what time it is.
fn no_clock(key: &str) -> String {
    if matches!(key, "when" | "night") {
        return format!(
            "bei `{key}` geht es um eine Nacht, und die Uhr hier ist noch nicht gestellt; wie lange \
             es her ist, wird verstanden"
        );
    }
    format!(
        "`{key}` ist eine Uhrzeit, und die Uhr hier ist noch nicht gestellt; eine Dauer wie 2h wird \
         verstanden"
    )
}

fn unfit(fits: Fits) -> String {
    match fits {
        Fits::Name => "kein Name".to_owned(),
        Fits::Truth => "weder true noch false".to_owned(),
        Fits::Number(setting) => {
            let ((least, most), unit) = (range(setting), setting.unit());
            format!("keine Zahl von {least} bis {most}{unit}")
        }
        Fits::Duration => "keine Dauer wie 3h".to_owned(),
        Fits::Time => {
            "weder eine Dauer wie 2h noch ein Zeitpunkt wie 2026-11-22T07:00:00+01:00".to_owned()
        }
        Fits::Night => "kein Abend der letzten sieben Tage wie 2026-11-22".to_owned(),
        Fits::LastNight => "nicht „last night“".to_owned(),
        Fits::Word(words) => format!("keins von {}", words.join(", ")),
        Fits::WordOrLevel(words, most) => {
            format!("keins von {}, und keine Stufe von 0 bis {most}", words.join(", "))
        }
        Fits::Announcement => "nicht die Nummer einer Ansage".to_owned(),
        Fits::Text(most) => format!("kein Text von 1 bis {most} Zeichen"),
    }
}

pub(in crate::speech) fn refusal_aloud(refusal: &Refusal) -> String {
    let said = match refusal {
        // The form that the blueprint listens to.
        Refusal::WhoOfSeveral { known } => {
            let name = known.first().map_or("", String::as_str);
            return format!(
                "Hier schläft mehr als eine Person. Bitte mit Namen sagen, etwa: {name} hat ein Glas \
                 getrunken."
            );
        }
        Refusal::NobodyNamed => {
            "Wer hier schläft, ist nicht bekannt, darum ist es nicht notiert. Bitte in der \
             Konfiguration unter „sleepers“ einen Namen eintragen."
        }
        Refusal::NoSleeper { .. } => "Hier schläft niemand, der so heißt.",
        Refusal::Drink { more: true, .. } => {
            "So viel trinkt niemand auf einmal, darum ist es nicht notiert."
        }
        Refusal::Drink { most, more: false } => {
            return format!("Notiert wird ein Getränk von 1 bis {most} mL, dieses also nicht.");
        }
        Refusal::AgoTooLong => "Das ist mehr als einen Tag her, darum ist es nicht notiert.",
        Refusal::Over => "Diese Zeit ist schon vorbei.",
        Refusal::NoClock { .. } => {
            "Die Uhrzeit ist noch nicht bekannt. Bitte später noch einmal sagen."
        }
        Refusal::BabyStays => "Ein Baby im Zimmer bleibt zur Sicherheit bis Mittag vermerkt.",
        Refusal::NothingWaits => "Im Augenblick wartet nichts.",
        Refusal::NoBedroom { .. }
        | Refusal::NoControl { .. }
        | Refusal::Kept
        | Refusal::TooLong { .. }
        | Refusal::NoText
        | Refusal::NoObject { .. }
        | Refusal::OddKey { .. }
        | Refusal::Missing { .. }
        | Refusal::Unfit { .. }
        | Refusal::NoWord { .. }
        | Refusal::NoActuator { .. }
        | Refusal::Level { .. }
        | Refusal::HeaterLevel
        | Refusal::NeverOn { .. }
        | Refusal::AgoOfNone
        | Refusal::AgoTwice
        | Refusal::NothingToSay
        | Refusal::TooMuchToSay { .. }
        | Refusal::NoSetting { .. }
        | Refusal::OutOfRange { .. }
        | Refusal::Forbidden { .. } => "Das habe ich nicht verstanden, es ist nichts geschehen.",
    };
    said.to_owned()
}

fn range(setting: Setting) -> (String, String) {
    let (least, most) = setting.range().unwrap_or_default();
    (comma(&least.to_string()), comma(&most.to_string()))
}

fn comma(number: &str) -> String {
    number.replace('.', ",")
}

fn list(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "nichts".to_owned();
    }
    let names: Vec<_> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}
