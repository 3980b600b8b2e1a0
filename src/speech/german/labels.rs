//! Names and wishes, as Home Assistant and the log show them.

use super::names::plain;
use crate::engine::{Household, Want, Wish};
use crate::model::ActuatorId;
use crate::plan::{Bedroom, Mode, Setting};
use crate::speech::{Choice, Label, Numbers, OnPage};

pub(in crate::speech) fn label(label: Label<'_>) -> String {
    let fixed = match label {
        Label::Device(bedroom) => return format!("Uncramp {bedroom}"),
        Label::Side(sleeper) => return format!("Im Bett ({sleeper})"),
        Label::Drunk(sleeper) => return format!("Heute getrunken ({sleeper})"),
        Label::Drank(Some(sleeper)) => return format!("Glas getrunken ({sleeper})"),
        Label::Hold(actuator) => return format!("Von Hand: {}", plain(actuator)),
        Label::Setting(setting) => match setting {
            Setting::Heating => "Raum wärmen",
            Setting::Airflow => "Luft bewegen",
            Setting::Reminders => "Ans Trinken erinnern",
            Setting::TooCold => "Zu kalt unter",
            Setting::Ceiling => "Nicht heizen über",
            Setting::Dose => "Kältedosis, ab der geheizt wird",
            Setting::Stuffy => "Stickig ab",
            Setting::TooWarm => "Ventilator ab",
        },
        Label::Warmth => "Wärme",
        Label::Airflow => "Luft",
        Label::Reason => "Grund",
        Label::Dose => "Kältedosis",
        Label::Deficit => "Fehlende Wärme",
        Label::DewPoint => "Taupunkt",
        Label::BedHumidity => "Feuchte im Bett",
        Label::InBedTime => "Zeit im Bett",
        Label::InBed => "Im Bett",
        Label::DrunkToday => "Heute getrunken",
        Label::LastCramp => "Letzter Krampf",
        Label::Cold => "Zu kalt",
        Label::Stuffy => "Stickig",
        Label::Problem => "Störung",
        Label::Heating => "Heizt",
        Label::NextReminder => "Nächste Erinnerung",
        Label::Mode => "Modus",
        Label::Automatic => "Automatik",
        Label::House => "Zuhause",
        Label::AwayFor => "Fort für",
        Label::Cramp => "Ich habe einen Krampf",
        Label::Drank(None) => "Glas getrunken",
        Label::Done => "Erledigt",
        Label::Snooze => "Später",
        Label::DrankIt => "Getrunken",
        Label::HadCramp => "Ja, ein Krampf",
        Label::HadNone => "Kein Krampf",
        Label::Pause => "Ruhe für heute Nacht",
        Label::Say => "Ansagen",
        Label::Begin => "Starten",
        Label::Log => "Nachtprotokoll",
    };
    fixed.to_owned()
}

pub(in crate::speech) const fn on_page(part: OnPage) -> &'static str {
    match part {
        OnPage::Tonight => "Heute Nacht",
        OnPage::SayIt => "Melden",
        OnPage::Nights => "Die letzten zwei Nächte",
        OnPage::Wrong => "Etwas stimmt nicht",
        OnPage::Devices => "Geräte",
        OnPage::Advice => "Was hilft",
        OnPage::Undecided => "nichts zu entscheiden",
        OnPage::NotRunning => "uncramp läuft nicht.",
        OnPage::DrunkADay => "Getrunken am Tag",
    }
}

pub(in crate::speech) const fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::Mode(Mode::Auto) | Choice::Hold(Want::Auto) => "automatisch",
        Choice::Mode(Mode::Watch) => "nur beobachten",
        Choice::Mode(Mode::Off) | Choice::Hold(Want::Off) => "aus",
        Choice::Hold(Want::On | Want::Level(_)) => "an",
        Choice::House(Household::Home) => "zu Hause",
        Choice::House(Household::Away) => "fort",
        Choice::House(Household::Guest) => "mit Gast",
        Choice::House(Household::Baby) => "mit Baby",
    }
}

pub(in crate::speech) fn wish(wish: &Wish, bedroom: &Bedroom, numbers: Numbers) -> String {
    let actuator = |id: ActuatorId| {
        let name = bedroom.actuators.get(usize::from(id.0));
        name.map_or_else(|| "?".into(), |actuator| plain(actuator.shown()))
    };
    let sleeper = |index: usize| bedroom.sleepers.get(index).map_or("?", |one| &one.name);
    match wish {
        Wish::Override { actuator: id, want, .. } => {
            let name = actuator(*id);
            match want {
                Want::On => format!("{name} an"),
                Want::Level(level) => format!("{name} auf Stufe {level}"),
                Want::Off => format!("{name} aus"),
                Want::Auto => format!("{name} wieder nach den Regeln"),
            }
        }
        Wish::Mode(Mode::Auto) => "entscheiden und handeln".to_owned(),
        Wish::Mode(Mode::Watch) => "nur beobachten".to_owned(),
        Wish::Mode(Mode::Off) => "nichts tun".to_owned(),
        Wish::Resume => "weitermachen wie zuvor".to_owned(),
        Wish::Drink { sleeper: index, amount } => {
            format!("{} hat {} getrunken", sleeper(*index), numbers.volume(*amount))
        }
        Wish::Away(Some(_)) | Wish::House(Household::Away) => "alle sind weg".to_owned(),
        Wish::Away(None) | Wish::House(Household::Home) => "zu Hause".to_owned(),
        Wish::House(Household::Guest) => "heute Nacht schläft ein Gast hier".to_owned(),
        Wish::House(Household::Baby) => "heute Nacht schläft ein Baby im Zimmer".to_owned(),
        Wish::Pause(true) => "heute Nacht nichts mehr".to_owned(),
        Wish::Pause(false) => "weitermachen".to_owned(),
        Wish::Shift(by) if by.0 > 0 => "heute Nacht wärmer".to_owned(),
        Wish::Shift(_) => "heute Nacht kühler".to_owned(),
        Wish::Cramp { sleeper: Some(index), .. } => {
            format!("{} hatte einen Krampf", sleeper(*index))
        }
        Wish::Cramp { sleeper: None, .. } => "ein Krampf".to_owned(),
        Wish::NoCramp { sleeper: Some(index), .. } => {
            format!("{} hatte keinen Krampf", sleeper(*index))
        }
        Wish::NoCramp { sleeper: None, .. } => "kein Krampf".to_owned(),
        Wish::Say(text) => format!("„{text}“ sagen"),
        Wish::Done => "erledigt".to_owned(),
        Wish::Snooze | Wish::Postpone(_) => "später erinnern".to_owned(),
        Wish::Timer { actuator: id, works: true } => {
            format!("{} schaltet sich selbst aus, das wurde beobachtet", actuator(*id))
        }
        Wish::Timer { actuator: id, works: false } => {
            format!("{} schaltet sich nicht selbst aus, das wurde beobachtet", actuator(*id))
        }
    }
}
