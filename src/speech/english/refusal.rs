//! Why something told was not followed.

use crate::plan::Setting;
use crate::speech::{Fits, Refusal};

pub(in crate::speech) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoBedroom { name, known } => {
            format!("there is no bedroom “{name}”; there is {}", list(known))
        }
        Refusal::NoControl { name, known } => {
            format!("nothing can be told at “{name}”; there is {}", list(known))
        }
        Refusal::Kept => "the broker kept this message from earlier, and a wish has its moment; \
                          send it without the retain flag, and clear the kept one by an empty \
                          message with it"
            .to_owned(),
        Refusal::TooLong { bytes } => format!("the message has {bytes} bytes, far too many"),
        Refusal::NoText => "the message is no text".to_owned(),
        Refusal::NoObject { text } => format!("“{text}” is no JSON object"),
        Refusal::OddKey { key, known } => format!("`{key}` is none of {}", list(known)),
        Refusal::Missing { key } => format!("`{key}` is missing"),
        Refusal::Unfit { key, fits } => format!("`{key}` is {}", unfit(*fits)),
        Refusal::NoWord { word } => format!("“{word}” is not understood here"),
        Refusal::WhoOfSeveral { .. } => {
            "`sleeper` is missing, and more than one sleeps here".to_owned()
        }
        Refusal::NobodyNamed => "the configuration names nobody who sleeps here; write a name \
                                 below `sleepers:` of this bedroom, such as `anna: {}`"
            .to_owned(),
        Refusal::NoSleeper { name, known } => {
            format!("there is no sleeper “{name}” here, only {}", list(known))
        }
        Refusal::NoActuator { name, known } => {
            format!("there is no actuator “{name}” here, only {}", list(known))
        }
        Refusal::Drink { most, .. } => format!("`ml` is not a number from 1 to {most}"),
        Refusal::Level { level, most } => {
            format!("`want` is {level}, and the fan's levels go from 0 to {most}")
        }
        Refusal::HeaterLevel => "a heater has no levels; `want` is on, off or auto".to_owned(),
        Refusal::NeverOn { name } => format!(
            "uncramp only ever switches the portable heater `{name}` off; whoever wants it on \
             switches it on by hand, and stays with it"
        ),
        Refusal::AgoOfNone => "`ago` tells when there was a cramp, and there was none".to_owned(),
        Refusal::AgoTwice => "`ago`, `when` and `night` say the same".to_owned(),
        Refusal::AgoTooLong => "`ago` is more than a day".to_owned(),
        Refusal::Over => "`until` is past already".to_owned(),
        Refusal::NoClock { key } => no_clock(key),
        Refusal::BabyStays => "a baby in the room stays noted until noon and cannot be taken \
                               back, since it only makes things safer"
            .to_owned(),
        Refusal::NothingWaits => "nothing is waiting just now".to_owned(),
        Refusal::NothingToSay => "there is nothing to say".to_owned(),
        Refusal::TooMuchToSay { characters } => {
            format!("the text has {characters} characters, too many to be listened to")
        }
        Refusal::NoSetting { name } => {
            let known: Vec<&str> = Setting::ALL.iter().map(|setting| setting.name()).collect();
            format!("“{name}” is no setting; there is {}", list(&known))
        }
        Refusal::OutOfRange { setting, value } => {
            let (least, most) = setting.range().unwrap_or_default();
            let (name, unit) = (setting.name(), setting.unit());
            format!("`{name}` is {value}{unit}, and goes from {least}{unit} to {most}{unit}")
        }
        Refusal::Forbidden { setting, value, why } => {
            format!("`{}` cannot be {value}: {}", setting.name(), why.trim_end_matches('.'))
        }
    }
}

/// What helps while nobody knows what time it is.
fn no_clock(key: &str) -> String {
    if matches!(key, "when" | "night") {
        return format!(
            "`{key}` is about a night, and the clock here is not set yet; how long ago is \
             understood"
        );
    }
    format!(
        "`{key}` is a time, and the clock here is not set yet; a duration such as 2h is understood"
    )
}

fn unfit(fits: Fits) -> String {
    match fits {
        Fits::Name => "no name".to_owned(),
        Fits::Truth => "neither true nor false".to_owned(),
        Fits::Number(setting) => {
            let (least, most) = setting.range().unwrap_or_default();
            let unit = setting.unit();
            format!("not a number from {least} to {most}{unit}")
        }
        Fits::Duration => "no duration such as 3h".to_owned(),
        Fits::Time => {
            "neither a duration such as 2h nor a time such as 2026-11-22T07:00:00+01:00".to_owned()
        }
        Fits::Night => "no evening of the last seven days such as 2026-11-22".to_owned(),
        Fits::LastNight => "not “last night”".to_owned(),
        Fits::Word(words) => format!("not one of {}", words.join(", ")),
        Fits::WordOrLevel(words, most) => {
            format!("not one of {}, or a level from 0 to {most}", words.join(", "))
        }
        Fits::Announcement => "not the number of an announcement".to_owned(),
        Fits::Text(most) => format!("no text of 1 to {most} characters"),
    }
}

pub(in crate::speech) fn refusal_aloud(refusal: &Refusal) -> String {
    let said = match refusal {
        // The form that the blueprint listens to.
        Refusal::WhoOfSeveral { known } => {
            let name = known.first().map_or("", String::as_str);
            return format!(
                "More than one person sleeps here. Say who it was, such as: {name} has drunk a glass."
            );
        }
        Refusal::NobodyNamed => {
            "I do not know who sleeps here, so I have not noted it. Please write a name below \
             “sleepers” into the configuration."
        }
        Refusal::NoSleeper { .. } => "Nobody by that name sleeps here.",
        Refusal::Drink { more: true, .. } => {
            "Nobody drinks that much at once, so I have not noted it."
        }
        Refusal::Drink { most, more: false } => {
            return format!("I note a drink of 1 to {most} mL, and have not noted this one.");
        }
        Refusal::AgoTooLong => "That was more than a day ago, so I have not noted it.",
        Refusal::Over => "That time is over already.",
        Refusal::NoClock { .. } => "I do not know yet what time it is. Please say it again later.",
        Refusal::BabyStays => "A baby in the room stays noted until noon, to be safe.",
        Refusal::NothingWaits => "Nothing is waiting just now.",
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
        | Refusal::Forbidden { .. } => "I did not understand that, and have done nothing.",
    };
    said.to_owned()
}

fn list(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<_> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}
