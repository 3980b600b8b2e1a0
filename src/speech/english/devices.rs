//! What the devices make possible, and what one more would add.

use crate::model::Window;
use crate::rules::airflow::Advice;
use crate::safety::BED_HOT;
use crate::speech::{Missing, Numbers, Possible};

pub(in crate::speech) const fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::LiftTheCover => {
            "The bed is stuffy. Lifting the cover for a minute lets it breathe."
        }
        Advice::FreshAir => {
            "The air is used up. Opening a window for a while, or leaving the door ajar, helps."
        }
    }
}

pub(in crate::speech) fn possible(possible: Possible<'_>, numbers: Numbers) -> String {
    match possible {
        Possible::Raised(name) => format!(
            "“{name}” is raised when the cold has lasted too long, and handed back to the \
             household's set-point."
        ),
        Possible::Switched(name) => {
            format!("“{name}” is switched on when the cold has lasted too long.")
        }
        Possible::SwitchedOnceTried(name) => format!(
            "“{name}” is switched on when the cold has lasted too long; beside a sleeper only once \
             its own timer was tried."
        ),
        Possible::OnlyOff(name) => format!(
            "“{name}” can be moved, so uncramp never switches it on, and switches it off beside a \
             sleeper."
        ),
        Possible::BeddingLocked(name) => {
            format!("“{name}” stays off: somebody who sleeps here must not have heated bedding.")
        }
        Possible::BeddingBefore(name) => {
            format!("“{name}” warms the bed before bedtime, and goes off when somebody lies down.")
        }
        Possible::BeddingAllNight(name) => {
            format!(
                "“{name}” warms the bed, also at night, while the bed is below {}.",
                numbers.whole_degrees(BED_HOT)
            )
        }
        Possible::WindowMeasured => "An open window stops heat at once.".to_owned(),
        Possible::WindowGuessed => {
            "A steep fall of the temperature is taken for an open window.".to_owned()
        }
        Possible::FanByBed(name) => {
            format!("“{name}” runs when the bed is stuffy or wet, and the room drier.")
        }
        Possible::FanByRoom(name) => {
            format!("“{name}” runs when the room is warm, or damp, or being breathed in for long.")
        }
        Possible::FanByWarmth(name) => format!("“{name}” runs when the room is warm."),
        Possible::FreshAir => "The carbon dioxide tells when fresh air would help.".to_owned(),
        Possible::BedMeasured => {
            "Whether somebody is in bed is measured: heat and air are for whoever is there."
                .to_owned()
        }
        Possible::BedAssumed(hours) => {
            format!(
                "From {} somebody is assumed to be in bed, and shown as assumed.",
                window(hours)
            )
        }
        Possible::Reminded(name) => format!("{name} is reminded to drink by day."),
        Possible::NotReminded(name, condition) => {
            format!("{name} is not reminded to drink, because of what is stated: {condition}.")
        }
    }
}

pub(in crate::speech) fn missing(missing: Missing<'_>) -> String {
    let fixed = match missing {
        Missing::Answers(name) => {
            return format!(
                "`conditions:` and `conditions_confirmed:` answered for {name} would allow \
                 reminders to drink: until then uncramp is silent about water."
            );
        }
        Missing::Thermometer => {
            "A thermometer in the room, the first thing to add: without it nothing is heated."
        }
        Missing::Heater => {
            "A radiator valve, or a heater fixed to the wall behind a plug, would keep the \
             room from getting cold: now uncramp only counts the cold."
        }
        Missing::Contact => "A contact at the window would tell for sure, instead of a guess.",
        Missing::Fan => "A fan behind a plug would move the air on warm, damp nights.",
        Missing::Humidity => "The humidity of the room would show when its air is damp.",
        Missing::BedClimate => {
            "A sensor of temperature and humidity in the bed, near the feet, would show a \
             stuffy bed, and cold feet in a warm room."
        }
        Missing::CarbonDioxide => "A carbon dioxide sensor would tell when to air.",
        Missing::BedSensor => {
            "A bed sensor would know late, early and empty nights, and count in statistics."
        }
        Missing::Sleepers => {
            "`sleepers:` with `conditions:` would allow reminders to drink, and a room as \
             warm as their age wants it."
        }
    };
    fixed.to_owned()
}

fn window(hours: Window) -> String {
    hours.to_string().replace('-', " to ")
}
