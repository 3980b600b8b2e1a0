//! What a person answered, and how answers are read.

use std::collections::BTreeMap;

use super::{Candidate, What, live};
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

/// The longest name in topics that is made of one that people say, in letters.
const TOPIC: usize = 48;

/// A bedroom's name in topics, made of what people call it. One in another script than ours
/// has none, and is a `bedroom`.
#[must_use]
pub fn topic_name(called: &str) -> String {
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
    if name.is_empty() { "bedroom".to_owned() } else { name.to_owned() }
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
pub fn bedroom(text: &str) -> Result<Names, String> {
    let called = text.trim();
    if let Some(fault) = live::fault_in(&format!("name: {}", super::keys::quoted(called))) {
        return Err(fault);
    }
    let name = topic_name(called);
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

/// Numbers of a list, counted from 1, as places in it.
///
/// # Errors
/// A sentence that says which is none.
pub fn places(text: &str, count: usize) -> Result<Vec<usize>, String> {
    let mut places = Vec::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let number = word.parse::<usize>().ok().filter(|n| (1..=count).contains(n));
        let Some(number) = number else {
            return Err(format!("“{word}” is no number from 1 to {count}"));
        };
        if !places.contains(&(number - 1)) {
            places.push(number - 1);
        }
    }
    Ok(places)
}

/// The usual hours as the configuration takes them.
///
/// # Errors
/// What is wrong with them.
pub fn hours(text: &str) -> Result<String, String> {
    let hours = text.trim().replace(['–', '—'], "-").replace(' ', "");
    let line = format!("sleep: {}", super::keys::quoted(&hours));
    live::fault_in(&line).map_or(Ok(hours), Err)
}

/// People as somebody lists them: `Anna 1955, Ben 1950 male, baby`. Empty is nobody known.
///
/// # Errors
/// What was not understood.
pub fn people(text: &str) -> Result<People, String> {
    let mut people = People::default();
    for entry in text.split([',', ';']).map(str::trim).filter(|entry| !entry.is_empty()) {
        if entry.eq_ignore_ascii_case("baby") {
            people.baby = true;
            continue;
        }
        let person = person(entry)?;
        if people.sleepers.iter().any(|other| other.name == person.name) {
            return Err(format!("two people are called “{}”: add an initial", person.name));
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
pub fn conditions(text: &str) -> Result<Option<Vec<&'static str>>, String> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    match words[..] {
        [] => return Ok(None),
        ["none" | "no" | "0"] => return Ok(Some(Vec::new())),
        _ => {}
    }
    let mut list = Vec::new();
    for word in words {
        let by_number = || places(word, CONDITIONS.len()).ok()?.first().map(|n| CONDITIONS[*n]);
        let by_word = CONDITIONS.iter().find(|condition| condition.eq_ignore_ascii_case(word));
        let Some(condition) = by_word.copied().or_else(by_number) else {
            return Err(format!("“{word}” is none of them; write their numbers, or none"));
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
fn person(entry: &str) -> Result<Person, String> {
    let (mut names, mut born, mut sex) = (Vec::new(), None, None);
    for word in entry.split_whitespace() {
        match (word.parse::<i32>(), word.to_ascii_lowercase().as_str()) {
            (Ok(year), _) if (1900..=2100).contains(&year) => born = Some(year),
            (Ok(_), _) => {
                return Err(format!("“{word}” is no year of birth; write it like 1955"));
            }
            (_, "female" | "woman" | "f") => sex = Some("female"),
            (_, "male" | "man" | "m") => sex = Some("male"),
            (_, _) => names.push(word),
        }
    }
    let name = names.join(" ");
    if name.is_empty() {
        return Err(format!("“{entry}” names nobody; write it like Anna 1955"));
    }
    if names
        .iter()
        .any(|word| ["and", "und", "et", "&", "+"].contains(&word.to_lowercase().as_str()))
    {
        return Err(format!(
            "“{entry}”: write a comma between two people, like Anna 1955, Ben 1950"
        ));
    }
    let in_names = |c: char| c.is_alphabetic() || "-'’.·".contains(c);
    if names.len() > MOST_NAMES || !name.replace(' ', "").chars().all(in_names) {
        return Err(format!("“{name}” is no first name; write it like Anna 1955, Ben 1950"));
    }
    let line = format!("sleepers: {{ {}: {{}} }}", super::keys::quoted(&name));
    match live::fault_in(&line) {
        Some(fault) => Err(fault),
        None => Ok(Person { name, born, sex, conditions: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_listed_as_one_would() {
        for name in ["Anna-Lena", "Anna Maria K.", "Siân O’Neill", "Jürgen", "Μαρία", "美咲"]
        {
            assert_eq!(people(name).expect(name).sleepers[0].name, name);
        }
        let found = people("Anna 1955, Ben Jr male 1950; baby").expect("people");
        let shown: Vec<_> =
            found.sleepers.iter().map(|it| (it.name.as_str(), it.born, it.sex)).collect();
        assert_eq!(shown, [("Anna", Some(1955), None), ("Ben Jr", Some(1950), Some("male"))]);
        assert!(found.baby);
        assert_eq!(people(" "), Ok(People::default()));
        for wrong in [
            "1955",
            "Anna 55",
            "a/b 1955",
            "Anna, Anna",
            "Anna and Ben",
            "I sleep alone here",
            "who knows?",
            "4u",
        ] {
            assert!(people(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bedroom_is_called_anything_and_has_a_name_in_topics() {
        for (called, name) in [
            ("Schlafzimmer", "schlafzimmer"),
            ("Our Room", "our_room"),
            ("Gästezimmer, 1. Stock", "gaestezimmer_1_stock"),
            ("Łódź", "lodz"),
            ("寝室", "bedroom"),
            ("guest_room", "guest_room"),
            ("  (!)  ", "bedroom"),
        ] {
            let other = Some(called.trim().to_owned()).filter(|called| called != name);
            assert_eq!(bedroom(called), Ok((name.to_owned(), other)));
        }
        assert!(bedroom("").is_err() && bedroom("two\nlines").is_err());
        assert!(bedroom(&"x".repeat(65)).is_err());
    }

    #[test]
    fn conditions_are_numbers_or_words() {
        assert_eq!(conditions("none"), Ok(Some(Vec::new())));
        assert_eq!(conditions(""), Ok(None));
        assert_eq!(conditions("1, diabetes 1"), Ok(Some(vec!["kidney_disease", "diabetes"])));
        assert!(conditions("gout").is_err());
        for word in CONDITIONS {
            let line = format!("sleepers: {{ anna: {{ conditions: [{word}] }} }}");
            assert_eq!(live::fault_in(&line), None, "{word}");
        }
    }

    #[test]
    fn hours_and_numbers_are_checked_at_once() {
        assert_eq!(hours("22:30 – 6:45").as_deref(), Ok("22:30-6:45"));
        for wrong in ["late", "22:30", "12:00-12:10"] {
            assert!(hours(wrong).is_err(), "{wrong}");
        }
        assert_eq!(places("3 1,3", 3), Ok(vec![2, 0]));
        assert!(places("4", 3).is_err());
    }
}
