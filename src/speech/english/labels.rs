//! Names and wishes, as Home Assistant and the log show them.

use crate::engine::{Household, Want, Wish};
use crate::model::ActuatorId;
use crate::plan::{Actuator, Bedroom, Mode, Setting};
use crate::speech::{Choice, Label, Numbers, OnPage};

pub(in crate::speech) fn label(label: Label<'_>) -> String {
    let fixed = match label {
        Label::Device(bedroom) => return format!("Uncramp {bedroom}"),
        Label::Side(sleeper) => return format!("In bed ({sleeper})"),
        Label::Drunk(sleeper) => return format!("Drunk today ({sleeper})"),
        Label::Drank(Some(sleeper)) => return format!("I drank a glass ({sleeper})"),
        Label::Hold(actuator) => return format!("Hold {actuator}"),
        Label::Setting(setting) => match setting {
            Setting::Heating => "Warm the room",
            Setting::Airflow => "Move the air",
            Setting::Reminders => "Remind to drink",
            Setting::TooCold => "Too cold below",
            Setting::Ceiling => "No heat above",
            Setting::Dose => "Cold dose that calls for heat",
            Setting::Stuffy => "Stuffy from",
            Setting::TooWarm => "Fan from",
        },
        Label::Warmth => "Warmth",
        Label::Airflow => "Airflow",
        Label::Reason => "Reason",
        Label::Dose => "Cold dose",
        Label::Deficit => "Missing warmth",
        Label::DewPoint => "Dew point",
        Label::BedHumidity => "Bed humidity",
        Label::InBedTime => "Time in bed",
        Label::InBed => "In bed",
        Label::DrunkToday => "Drunk today",
        Label::LastCramp => "Last cramp",
        Label::Cold => "Too cold",
        Label::Stuffy => "Stuffy",
        Label::Problem => "Problem",
        Label::Heating => "Heating",
        Label::NextReminder => "Next reminder",
        Label::Mode => "Mode",
        Label::Automatic => "Automatic",
        Label::House => "House",
        Label::AwayFor => "Away for",
        Label::Cramp => "I have a cramp",
        Label::Drank(None) => "I drank a glass",
        Label::Done => "Done",
        Label::Snooze => "Later",
        Label::DrankIt => "I drank it",
        Label::HadCramp => "Yes, a cramp",
        Label::HadNone => "No cramp",
        Label::Pause => "Pause tonight",
        Label::Say => "Say aloud",
        Label::Begin => "Start it",
        Label::Log => "Night log",
    };
    fixed.to_owned()
}

pub(in crate::speech) const fn on_page(part: OnPage) -> &'static str {
    match part {
        OnPage::Tonight => "Tonight",
        OnPage::SayIt => "Say it",
        OnPage::Nights => "The last two nights",
        OnPage::Wrong => "Something is wrong",
        OnPage::Devices => "Devices",
        OnPage::Advice => "You could",
        OnPage::Undecided => "nothing to decide",
        OnPage::NotRunning => "uncramp is not running.",
        OnPage::DrunkADay => "Drunk a day",
    }
}

pub(in crate::speech) const fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::Mode(Mode::Auto) | Choice::Hold(Want::Auto) => "auto",
        Choice::Mode(Mode::Watch) => "watch",
        Choice::Mode(Mode::Off) | Choice::Hold(Want::Off) => "off",
        Choice::Hold(Want::On | Want::Level(_)) => "on",
        Choice::House(Household::Home) => "home",
        Choice::House(Household::Away) => "away",
        Choice::House(Household::Guest) => "guest",
        Choice::House(Household::Baby) => "baby",
    }
}

pub(in crate::speech) fn wish(wish: &Wish, bedroom: &Bedroom, numbers: Numbers) -> String {
    let actuator =
        |id: ActuatorId| bedroom.actuators.get(usize::from(id.0)).map_or("?", Actuator::shown);
    let sleeper = |index: usize| bedroom.sleepers.get(index).map_or("?", |one| &one.name);
    match wish {
        Wish::Override { actuator: id, want, .. } => {
            let name = actuator(*id);
            match want {
                Want::On => format!("{name} on"),
                Want::Level(level) => format!("{name} at level {level}"),
                Want::Off => format!("{name} off"),
                Want::Auto => format!("{name} back to the rules"),
            }
        }
        Wish::Mode(Mode::Auto) => "decide and act".to_owned(),
        Wish::Mode(Mode::Watch) => "only watch".to_owned(),
        Wish::Mode(Mode::Off) => "do nothing".to_owned(),
        Wish::Resume => "go on as before".to_owned(),
        Wish::Drink { sleeper: index, amount } => {
            format!("{} drank {}", sleeper(*index), numbers.volume(*amount))
        }
        Wish::Away(Some(_)) | Wish::House(Household::Away) => "everybody is away".to_owned(),
        Wish::Away(None) | Wish::House(Household::Home) => "at home".to_owned(),
        Wish::House(Household::Guest) => "a guest sleeps here tonight".to_owned(),
        Wish::House(Household::Baby) => "a baby sleeps in the room tonight".to_owned(),
        Wish::Pause(true) => "nothing more tonight".to_owned(),
        Wish::Pause(false) => "go on".to_owned(),
        Wish::Shift(by) if by.0 > 0 => "warmer tonight".to_owned(),
        Wish::Shift(_) => "cooler tonight".to_owned(),
        Wish::Cramp { sleeper: Some(index), .. } => format!("{} had a cramp", sleeper(*index)),
        Wish::Cramp { sleeper: None, .. } => "a cramp".to_owned(),
        Wish::NoCramp { sleeper: Some(index), .. } => {
            format!("{} had no cramp", sleeper(*index))
        }
        Wish::NoCramp { sleeper: None, .. } => "no cramp".to_owned(),
        Wish::Say(text) => format!("say “{text}”"),
        Wish::Done => "done".to_owned(),
        Wish::Snooze | Wish::Postpone(_) => "remind later".to_owned(),
        Wish::Timer { actuator: id, works: true } => {
            format!("{} switches itself off, it was seen", actuator(*id))
        }
        Wish::Timer { actuator: id, works: false } => {
            format!("{} does not switch itself off, it was seen", actuator(*id))
        }
    }
}
