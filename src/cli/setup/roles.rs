//! What a device is there for, in words, and the question for it.

use super::Stop;
use super::talk::Talk;
use crate::model::words;
use crate::plan::Language;
use crate::survey::answers::{Heater, Role, Use, places};
use crate::survey::{Candidate, What, guess};

/// What holds a temperature may be; none leaves it alone.
const HELD: [Option<Role>; 4] = [
    Some(Role::Heater(Heater::Radiator)),
    Some(Role::Heater(Heater::HeatPump)),
    Some(Role::Heater(Heater::Panel)),
    None,
];

/// What is only switched may be.
const SWITCHED: [Option<Role>; 6] = [
    Some(Role::Heater(Heater::Panel)),
    Some(Role::Heater(Heater::Blanket)),
    Some(Role::Heater(Heater::Portable)),
    Some(Role::Heater(Heater::Radiator)),
    Some(Role::Fan),
    None,
];

/// Asks what a valve, plug or fan is there for.
pub(super) async fn acting(
    candidate: &Candidate,
    talk: &mut Talk,
    used: &mut Vec<Use>,
) -> Result<(), Stop> {
    let choices: &[Option<Role>] = if candidate.has(What::SetPoint) {
        &HELD
    } else if candidate.has(What::Fan) {
        used.push(Use { candidate: candidate.clone(), role: Role::Fan });
        return Ok(());
    } else if candidate.has(What::Relay) {
        &SWITCHED
    } else {
        return Ok(());
    };
    let guess = guess::acting(candidate);
    let name = &candidate.name;
    talk.say(&words!(talk.language(), "\n“{name}” switches:", "\n„{name}“ schaltet:"));
    let role = one(candidate, choices, guess, talk).await?;
    used.extend(role.map(|role| Use { candidate: candidate.clone(), role }));
    Ok(())
}

/// Asks anew what a device is there for, with everything that it can be.
pub(super) async fn anew(used: &Use, talk: &mut Talk) -> Result<Option<Role>, Stop> {
    let fits = |role: &Role| role.fits(&used.candidate);
    let choices: Vec<_> =
        Role::ALL.into_iter().filter(fits).map(Some).chain(std::iter::once(None)).collect();
    let name = &used.candidate.name;
    talk.say(&words!(talk.language(), "\n“{name}” is:", "\n„{name}“ ist:"));
    one(&used.candidate, &choices, Some(used.role), talk).await
}

async fn one(
    candidate: &Candidate,
    choices: &[Option<Role>],
    guess: Option<Role>,
    talk: &mut Talk,
) -> Result<Option<Role>, Stop> {
    let language = talk.language();
    let held = candidate.has(What::SetPoint);
    for (n, role) in (1..).zip(choices) {
        talk.say(&format!("{n:>4}  {}", described(*role, held, language)));
    }
    let guessed = choices.iter().position(|role| *role == guess);
    let proposed = (guessed.unwrap_or(choices.len() - 1) + 1).to_string();
    let one = |text: &str| match places(text, choices.len(), language)?.as_slice() {
        [one] => Ok(choices[*one]),
        _ => Err(words!(language, "one number", "eine Zahl")),
    };
    let question = words!(language, "Number", "Zahl");
    talk.ask(&question, &proposed, one).await
}

/// What a device of that role is, to choose it by.
fn described(role: Option<Role>, held: bool, language: Language) -> String {
    let (english, german) = match role {
        Some(Role::Room) => ("the thermometer of the room", "Thermometer im Raum"),
        Some(Role::Bed) => {
            ("a thermometer in the bed, near the feet", "Thermometer im Bett, nahe den Füßen")
        }
        Some(Role::Outdoors) => ("a thermometer outdoors", "Thermometer im Freien"),
        Some(Role::InBed) => {
            ("what tells that somebody is in bed", "merkt, dass jemand im Bett liegt")
        }
        Some(Role::Window) => ("a contact at the window", "Kontakt am Fenster"),
        Some(Role::Co2) => ("a carbon dioxide sensor", "Fühler für Kohlendioxid"),
        Some(Role::Heater(Heater::Radiator)) if held => (
            "a radiator or floor with hot water from a boiler",
            "Heizkörper oder Fußboden mit heißem Wasser aus einem Kessel",
        ),
        Some(Role::Heater(Heater::Radiator)) => {
            ("the hot water of a radiator or floor", "heißes Wasser für Heizkörper oder Fußboden")
        }
        Some(Role::Heater(Heater::HeatPump)) => {
            ("a heat pump or air conditioner", "Wärmepumpe oder Klimaanlage")
        }
        Some(Role::Heater(Heater::Panel)) if held => {
            ("an electric heater, fixed to the wall", "elektrische Heizung, fest an der Wand")
        }
        Some(Role::Heater(Heater::Panel)) => (
            "an electric heater, fixed to the wall and on no extension lead",
            "elektrische Heizung, fest an der Wand und ohne Verlängerungskabel",
        ),
        Some(Role::Heater(Heater::Blanket)) => {
            ("an electric blanket or mattress pad", "Heizdecke oder Wärmeunterbett")
        }
        Some(Role::Heater(Heater::Portable)) => {
            ("a heater that can be moved", "Heizung, die sich umstellen lässt")
        }
        Some(Role::Fan) => ("a fan", "Ventilator"),
        None => ("something else: leave it alone", "etwas anderes: nicht anrühren"),
    };
    match language {
        Language::English => english.to_owned(),
        Language::German => german.to_owned(),
    }
}

/// The role in a word or two, as it is read back.
pub(super) fn shown(role: Role, language: Language) -> String {
    if language == Language::English {
        return role.word().replace('_', " ");
    }
    match role {
        Role::Room => "Raum",
        Role::Bed => "Bett",
        Role::Outdoors => "draußen",
        Role::InBed => "im Bett",
        Role::Window => "Fenster",
        Role::Co2 => "CO₂",
        Role::Heater(Heater::Radiator) => "Heizkörper",
        Role::Heater(Heater::HeatPump) => "Wärmepumpe",
        Role::Heater(Heater::Panel) => "Heizung",
        Role::Heater(Heater::Blanket) => "Heizdecke",
        Role::Heater(Heater::Portable) => "tragbar",
        Role::Fan => "Ventilator",
    }
    .to_owned()
}
