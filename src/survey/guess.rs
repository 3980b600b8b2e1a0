//! What a device is probably there for, by its name and what it offers.

use super::answers::{Heater, Role};
use super::{Candidate, Family, What};

/// What bedrooms, and things in them, are called.
const BEDROOM: [&str; 14] = [
    "bed",
    "sleep",
    "master",
    "schlaf",
    "bett",
    "chambre",
    "dormitorio",
    "cama",
    "slaap",
    "camera",
    "sovrum",
    "quarto",
    "sypialnia",
    "nacht",
];

/// What lies in the bed is called.
const IN_BED: [&str; 12] = [
    "foot",
    "feet",
    "mattress",
    "under the cover",
    "blanket",
    "in bed",
    "fuß",
    "matratze",
    "bettdecke",
    "pied",
    "matelas",
    "duvet",
];

/// What says that somebody is in bed is called.
const MAT: [&str; 9] = [
    "mat",
    "bed presence",
    "bed occup",
    "bed sensor",
    "in bed",
    "strip",
    "bett",
    "lit",
    "withings",
];

/// What a radiator's valve, or its model, is called.
const VALVE: [&str; 6] = ["valve", "trv", "radiator", "heizk", "ventil", "vanne"];

/// What thermometers and valves are called by what they are; their words begin so.
const BY_KIND: [&str; 15] = [
    "thermo", "temp", "sensor", "climate", "klima", "humid", "feucht", "fühler", "valve", "trv",
    "radiator", "heater", "heiz", "ventil", "vanne",
];

/// What other rooms are called.
const ELSEWHERE: [&str; 24] = [
    "kitchen",
    "living",
    "bath",
    "office",
    "study",
    "hall",
    "dining",
    "guest",
    "kid",
    "outdoor",
    "garden",
    "cellar",
    "küche",
    "wohn",
    "bad",
    "büro",
    "arbeit",
    "flur",
    "esszimmer",
    "gäste",
    "kind",
    "garten",
    "außen",
    "keller",
];

/// Whether it seems to be in a bedroom.
#[must_use]
pub fn in_bedroom(candidate: &Candidate) -> bool {
    is_called(candidate, &BEDROOM)
}

/// Which of these are in the bedroom: those that are called so. Where somebody is `asked`, also
/// the only thermometer and the only valve where none is called so, if it is called by what it is
/// and by nothing else: a lone one may be in the lounge, or in the fridge.
#[must_use]
pub fn bedroom(candidates: &[Candidate], asked: bool) -> Vec<usize> {
    let with = |fits: &dyn Fn(&Candidate) -> bool| -> Vec<usize> {
        let all = candidates.iter().enumerate();
        all.filter(|(_, it)| fits(it)).map(|(place, _)| place).collect()
    };
    let mut found = with(&in_bedroom);
    if !asked {
        return found;
    }
    let measures = |it: &Candidate| it.has(What::Temperature) && !it.has(What::SetPoint);
    let holds = |it: &Candidate| it.has(What::SetPoint);
    for fits in [&measures as &dyn Fn(&Candidate) -> bool, &holds] {
        let possible = with(&|it| fits(it) && !is_called(it, &ELSEWHERE));
        if let [only] = possible.as_slice()
            && is_called_by_kind(&candidates[*only])
            && !found.iter().any(|place| fits(&candidates[*place]))
        {
            found.push(*only);
        }
    }
    found.sort_unstable();
    found
}

/// Which of these thermometers lies in the bed, if any: never the only one.
#[must_use]
pub fn in_the_bed(candidates: &[&Candidate]) -> Option<usize> {
    let found = candidates.iter().position(|candidate| is_called(candidate, &IN_BED));
    found.filter(|_| candidates.len() > 1)
}

/// Whether it seems to say that somebody is in bed, and not only that something moves.
#[must_use]
pub fn is_mat(candidate: &Candidate) -> bool {
    let contact = candidate.has(What::Contact) && !candidate.has(What::Presence);
    let moves = is_called(candidate, &["motion", "pir", "bewegung"]);
    is_called(candidate, &MAT) && !moves && !(contact && is_called(candidate, &["window"]))
}

/// What a plug or valve is there for, without anybody having said it. What may be electric
/// is nothing: it may burn. A radiator's own valve is filled with water.
#[must_use]
pub fn acting(candidate: &Candidate) -> Option<Role> {
    if candidate.has(What::SetPoint) {
        let zigbee = candidate.family == Family::Zigbee2mqtt;
        let model = candidate.model.as_deref().unwrap_or_default().to_lowercase();
        let valve = is_called(candidate, &VALVE) || VALVE.iter().any(|word| model.contains(word));
        return (zigbee && valve).then_some(Role::Heater(Heater::Radiator));
    }
    let fan = is_called(candidate, &["fan", "ventila"]);
    let fans = candidate.has(What::Fan) || (candidate.has(What::Relay) && fan);
    fans.then_some(Role::Fan)
}

/// Whether its name tells what it is, or is its address or model, and tells of no place.
fn is_called_by_kind(candidate: &Candidate) -> bool {
    let name = candidate.name.to_lowercase();
    let model = candidate.model.as_deref().unwrap_or_default().to_lowercase();
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    words.all(|word| {
        let address = word.strip_prefix("0x");
        address.is_some_and(|digits| digits.chars().all(|digit| digit.is_ascii_hexdigit()))
            || word.chars().all(|digit| digit.is_ascii_digit())
            || model.contains(word)
            || BY_KIND.iter().any(|kind| word.starts_with(kind))
    })
}

fn is_called(candidate: &Candidate, words: &[&str]) -> bool {
    let name = candidate.name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}
