//! What a person answered, and how answers are read.

mod hours;

use std::collections::BTreeMap;

pub use hours::hours;

use super::{Candidate, What, live};
use crate::model::words;
use crate::plan::{Language, Units};

/// Everything that the configuration is made of.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The system's time zone, if it is known.
    pub timezone: Option<String>,
    /// The language of words, by its word in the configuration; none for English.
    pub language: Option<String>,
    /// The units of words.
    pub units: Units,
    /// How the broker is reached.
    pub broker: Broker,
    /// The bedroom's name in topics.
    pub bedroom: String,
    /// What people call it; none where its name in topics says it.
    pub called: Option<String>,
    /// What is used, and as what.
    pub used: Vec<Use>,
    /// Whose side a bed sensor is on: the name of a sleeper, by the name of the device.
    pub sides: BTreeMap<String, String>,
    /// The usual hours, as they are written: `22:30-06:45`.
    pub sleep: String,
    /// Who sleeps there.
    pub people: People,
    /// The year and month in which conditions were asked; none while the clock is not
    /// known to be right.
    pub asked: Option<(i32, u32)>,
    /// How the room is at night.
    pub room_is: RoomIs,
    /// Only to say what would have been done.
    pub watch: bool,
}

/// How the broker is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Broker {
    /// Whether Home Assistant's Supervisor names it at every start; then nothing below is
    /// written.
    pub supervised: bool,
    /// Whether it is the one inside uncramp; then only its port is written.
    pub embedded: bool,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// The file with the certificate of whoever signed the broker's; none where the system
    /// knows it.
    pub ca_file: Option<String>,
    /// As whom.
    pub username: Option<String>,
    /// The file in which the password stands; none where it is a systemd credential.
    pub password_file: Option<String>,
}

/// A device and what it is there for.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// The device.
    pub candidate: Candidate,
    /// What it is there for.
    pub role: Role,
}

/// What a device is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It measures the air of the room.
    Room,
    /// It measures temperature, and perhaps humidity, in the bed.
    Bed,
    /// It measures outdoors.
    Outdoors,
    /// It says that somebody is in bed.
    InBed,
    /// It says that a window is open.
    Window,
    /// It measures carbon dioxide.
    Co2,
    /// It heats.
    Heater(Heater),
    /// It moves the air.
    Fan,
}

/// What a heater can do harm by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heater {
    /// Hot water from a boiler.
    Radiator,
    /// A heat pump.
    HeatPump,
    /// Electric, fixed to the wall, on no extension lead.
    Panel,
    /// Heated bedding.
    Blanket,
    /// Electric, and it can be moved.
    Portable,
}

/// Who sleeps there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Everybody but a baby.
    pub sleepers: Vec<Person>,
    /// A baby or small child sleeps there too.
    pub baby: bool,
}

/// One sleeper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The first name.
    pub name: String,
    /// The year of birth, if it was said.
    pub born: Option<i32>,
    /// `female` or `male`, if it was said.
    pub sex: Option<&'static str>,
    /// What holds, by the words of [`CONDITIONS`]; none if it was not answered.
    pub conditions: Option<Vec<&'static str>>,
}

/// How the room is at night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RoomIs {
    /// Nobody said.
    #[default]
    Unsaid,
    /// Too cold.
    TooCold,
    /// Right.
    Right,
    /// Too warm.
    TooWarm,
}

/// What switches advice off, by the configuration's words. Who does not know leaves the
/// question open.
pub const CONDITIONS: &[&str] = match crate::plan::CONDITIONS.split_last() {
    Some((_dont_know, known)) => known,
    None => &[],
};

impl Role {
    /// Every role.
    pub const ALL: [Self; 12] = [
        Self::Room,
        Self::Bed,
        Self::Outdoors,
        Self::InBed,
        Self::Window,
        Self::Co2,
        Self::Heater(Heater::Radiator),
        Self::Heater(Heater::HeatPump),
        Self::Heater(Heater::Panel),
        Self::Heater(Heater::Blanket),
        Self::Heater(Heater::Portable),
        Self::Fan,
    ];

    /// Its word on the command line; a heater's is its `kind`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Bed => "bed",
            Self::Outdoors => "outdoors",
            Self::InBed => "in_bed",
            Self::Window => "window",
            Self::Co2 => "co2",
            Self::Heater(Heater::Radiator) => "radiator",
            Self::Heater(Heater::HeatPump) => "heat_pump",
            Self::Heater(Heater::Panel) => "panel",
            Self::Heater(Heater::Blanket) => "blanket",
            Self::Heater(Heater::Portable) => "portable",
            Self::Fan => "fan",
        }
    }

    /// Whether it is run, and not only listened to.
    #[must_use]
    pub const fn acts(self) -> bool {
        matches!(self, Self::Heater(_) | Self::Fan)
    }

    /// Whether a device can be that.
    #[must_use]
    pub fn fits(self, candidate: &Candidate) -> bool {
        let any = |list: &[What]| list.iter().any(|what| candidate.has(*what));
        match self {
            Self::Room | Self::Bed | Self::Outdoors => any(&[What::Temperature]),
            Self::InBed => any(&[What::Presence, What::Contact]),
            Self::Window => any(&[What::Contact]),
            Self::Co2 => any(&[What::Co2]),
            Self::Heater(Heater::Radiator | Heater::Panel) => any(&[What::SetPoint, What::Relay]),
            Self::Heater(Heater::HeatPump) => any(&[What::SetPoint]),
            Self::Heater(Heater::Blanket | Heater::Portable) => any(&[What::Relay]),
            Self::Fan => any(&[What::Fan, What::Relay]),
        }
    }
}

/// Takes out what cannot be run, and returns the names of it: nothing is heated or cooled in a
/// room whose temperature nobody knows (S1, S5).
#[must_use]
pub fn take_blind(used: &mut Vec<Use>) -> Vec<String> {
    if used.iter().any(|it| it.role == Role::Room) {
        return Vec::new();
    }
    used.extract_if(.., |it| it.role.acts()).map(|it| it.candidate.name).collect()
}

/// The longest name in topics that is made of one that people say, in letters.
const TOPIC: usize = 48;

/// A name in topics, made of what people call something. What is in another script than ours
/// has none.
#[must_use]
pub fn topic_name(called: &str) -> Option<String> {
    let mut name = String::new();
    for letter in called.to_lowercase().chars() {
        match spelt(letter) {
            Some(plain) => name.push_str(plain),
            None if letter.is_ascii_alphanumeric() || letter == '-' => name.push(letter),
            None if name.ends_with('_') || name.is_empty() => {}
            None => name.push('_'),
        }
    }
    let name: String = name.chars().take(TOPIC).collect();
    let name = name.trim_end_matches('_');
    (!name.is_empty()).then(|| name.to_owned())
}

/// A letter with a mark, as it is written without one.
const fn spelt(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' | 'ø' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ě' | 'ę' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ž' | 'ż' => "z",
        _ => return None,
    })
}

/// A bedroom's name in topics, and what people call it where that is another one.
pub type Names = (String, Option<String>);

/// Both, of what people call it.
///
/// # Errors
/// What is wrong with it.
pub fn bedroom(text: &str, language: Language) -> Result<Names, String> {
    let called = text.trim();
    if let Some(fault) = live::fault_in(&format!("name: {}", super::keys::quoted(called))) {
        return Err(words!(
            language,
            "{fault}",
            "„{called}“ ist kein Name: bitte 1 bis 64 Zeichen in einer Zeile"
        ));
    }
    let name = topic_name(called).unwrap_or_else(|| "bedroom".to_owned());
    let called = (name != called).then(|| called.to_owned());
    Ok((name, called))
}

/// Both, of a bedroom that nobody named.
#[must_use]
pub fn usual_bedroom(language: Language) -> Names {
    let called = match language {
        Language::English => None,
        Language::German => Some("Schlafzimmer".to_owned()),
    };
    ("bedroom".to_owned(), called)
}

/// Whether somebody says that there is none, in either language.
#[must_use]
pub fn is_none(text: &str) -> bool {
    let none = ["none", "no", "nothing", "nobody", "0", "keine", "keiner", "keins", "keines"];
    let german = ["nichts", "nein", "niemand"];
    none.iter().chain(&german).any(|word| text.trim().to_lowercase() == *word)
}

/// Whether somebody means everything that is listed, in either language.
#[must_use]
pub fn is_all(text: &str) -> bool {
    let all = ["all", "both", "everything", "alle", "alles", "beide", "*"];
    all.contains(&text.trim().to_lowercase().as_str())
}

/// Numbers of a list, counted from 1, as places in it.
///
/// # Errors
/// A sentence that says which is none.
pub fn places(text: &str, count: usize, language: Language) -> Result<Vec<usize>, String> {
    let mut places = Vec::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let number = word.parse::<usize>().ok().filter(|n| (1..=count).contains(n));
        let Some(number) = number else {
            return Err(words!(
                language,
                "“{word}” is no number from 1 to {count}",
                "„{word}“ ist keine Zahl von 1 bis {count}"
            ));
        };
        if !places.contains(&(number - 1)) {
            places.push(number - 1);
        }
    }
    Ok(places)
}

/// People as somebody lists them: `Anna 1955, Ben 1950 male, baby`. Empty is nobody known.
///
/// # Errors
/// What was not understood.
pub fn people(text: &str, language: Language) -> Result<People, String> {
    let mut people = People::default();
    if is_none(text) {
        return Ok(people);
    }
    for entry in text.split([',', ';']).map(str::trim).filter(|entry| !entry.is_empty()) {
        if entry.eq_ignore_ascii_case("baby") {
            people.baby = true;
            continue;
        }
        let person = person(entry, language)?;
        if people.sleepers.iter().any(|other| other.name == person.name) {
            let name = &person.name;
            return Err(words!(
                language,
                "two people are called “{name}”: add an initial",
                "zwei heißen „{name}“: bitte einen Buchstaben anhängen"
            ));
        }
        people.sleepers.push(person);
    }
    Ok(people)
}

/// What holds for somebody: numbers of [`CONDITIONS`] or their words; `none` for nothing.
/// Empty is no answer.
///
/// # Errors
/// What was not understood.
pub fn conditions(text: &str, language: Language) -> Result<Option<Vec<&'static str>>, String> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Ok(None);
    }
    if is_none(text) {
        return Ok(Some(Vec::new()));
    }
    let mut list = Vec::new();
    for word in words {
        let by_number =
            || places(word, CONDITIONS.len(), language).ok()?.first().map(|n| CONDITIONS[*n]);
        let by_word = CONDITIONS.iter().find(|condition| condition.eq_ignore_ascii_case(word));
        let Some(condition) = by_word.copied().or_else(by_number) else {
            return Err(words!(
                language,
                "“{word}” is none of them; write their numbers, or none",
                "„{word}“ ist nicht dabei; bitte die Zahlen schreiben, oder: nichts"
            ));
        };
        if !list.contains(&condition) {
            list.push(condition);
        }
    }
    Ok(Some(list))
}

/// So many words a name has at most, such as “Anna Maria K.”: more are a sentence.
const MOST_NAMES: usize = 3;

/// One person: a name, perhaps a year, perhaps a sex.
fn person(entry: &str, language: Language) -> Result<Person, String> {
    let (mut names, mut born, mut sex) = (Vec::new(), None, None);
    for word in entry.split_whitespace() {
        match (word.parse::<i32>(), word.to_lowercase().as_str()) {
            (Ok(year), _) if (1900..=2100).contains(&year) => born = Some(year),
            (Ok(_), _) => {
                return Err(words!(
                    language,
                    "“{word}” is no year of birth; write it like 1955",
                    "„{word}“ ist kein Geburtsjahr; bitte so schreiben: 1955"
                ));
            }
            (_, "female" | "woman" | "f" | "weiblich" | "frau" | "w") => sex = Some("female"),
            (_, "male" | "man" | "m" | "männlich" | "mann") => sex = Some("male"),
            (_, _) => names.push(word),
        }
    }
    let name = names.join(" ");
    if name.is_empty() {
        return Err(words!(
            language,
            "“{entry}” names nobody; write it like Anna 1955",
            "„{entry}“ nennt niemanden; bitte so schreiben: Anna 1955"
        ));
    }
    if names
        .iter()
        .any(|word| ["and", "und", "et", "&", "+"].contains(&word.to_lowercase().as_str()))
    {
        return Err(words!(
            language,
            "“{entry}”: write a comma between two people, like Anna 1955, Ben 1950",
            "„{entry}“: bitte ein Komma zwischen zwei Menschen, etwa Anna 1955, Ben 1950"
        ));
    }
    let in_names = |c: char| c.is_alphabetic() || "-'’.·".contains(c);
    if names.len() > MOST_NAMES || !name.replace(' ', "").chars().all(in_names) {
        return Err(words!(
            language,
            "“{name}” is no first name; write it like Anna 1955, Ben 1950",
            "„{name}“ ist kein Vorname; bitte so schreiben: Anna 1955, Ben 1950"
        ));
    }
    let line = format!("sleepers: {{ {}: {{}} }}", super::keys::quoted(&name));
    match live::fault_in(&line) {
        Some(fault) => {
            Err(words!(language, "{fault}", "„{name}“ ist kein Vorname, den die Datei aufnimmt"))
        }
        None => Ok(Person { name, born, sex, conditions: None }),
    }
}

#[cfg(test)]
mod tests;
