//! Everything that was answered, read back before it is written.

use super::talk::{Talk, yes};
use super::{Stop, ask, flags, people, roles};
use crate::model::words;
use crate::plan::{Language, Units};
use crate::speech::condition;
use crate::survey::answers::{self, Answers, People, Person, Role, RoomIs, Use, take_blind};

/// What is to be done with what was answered.
enum Next {
    Write,
    WriteAndTry,
    Leave,
    Change(Line),
}

/// What can be answered anew.
#[derive(Clone, Copy)]
enum Line {
    Zone,
    Sleep,
    People,
    Room,
    Units,
    Name,
    /// What a device is there for, by its place among those that are used.
    Device(usize),
}

/// The lines that there always are, in the order in which they are numbered.
const ALWAYS: [Line; 6] =
    [Line::Zone, Line::Sleep, Line::People, Line::Room, Line::Units, Line::Name];

/// Every line, in the order in which they are numbered.
fn lines(answers: &Answers) -> Vec<Line> {
    ALWAYS.into_iter().chain((0..answers.used.len()).map(Line::Device)).collect()
}

/// Shows the answers until they are right. Returns whether the devices are to be tried;
/// `trial` is whether that was said already.
pub(super) async fn confirmed(
    answers: &mut Answers,
    trial: bool,
    talk: &mut Talk,
) -> Result<bool, Stop> {
    let language = talk.language();
    loop {
        let acts = answers.used.iter().any(|it| it.role.acts());
        show(answers, talk);
        if acts && !trial && talk.is_asked() {
            talk.say(&words!(
                language,
                "\nThe devices can be tried at once: each is switched on for some seconds, watched for up\n\
                 to three minutes, and left as it was. Stay with it, and see that nothing lies on a\n\
                 heater. Until then uncramp only watches, and says what it would have done.",
                "\nDie Geräte lassen sich gleich erproben: Jedes wird für ein paar Sekunden eingeschaltet,\n\
                 bis zu drei Minuten lang beobachtet und so hinterlassen, wie es war. Bitte dabeibleiben;\n\
                 auf einer Heizung darf nichts liegen. Bis dahin beobachtet uncramp nur und sagt, was es\n\
                 getan hätte."
            ));
        }
        let lines = lines(answers);
        let next = |text: &str| match text.to_lowercase().as_str() {
            "" => Ok(Next::Write),
            "t" | "try" | "testen" if acts => Ok(Next::WriteAndTry),
            number => {
                let place = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                match (yes(number), place.and_then(|place| lines.get(place))) {
                    (Some(true), _) => Ok(Next::Write),
                    (Some(false), _) => Ok(Next::Leave),
                    (None, Some(line)) => Ok(Next::Change(*line)),
                    (None, None) => {
                        let most = lines.len();
                        Err(words!(
                            language,
                            "Enter, a number from 1 to {most}, or n",
                            "Enter, eine Zahl von 1 bis {most}, oder n"
                        ))
                    }
                }
            }
        };
        match talk.ask(&question(acts && !trial, language), "", next).await? {
            Next::Write => return Ok(acts && trial),
            Next::WriteAndTry => return Ok(true),
            Next::Leave => return Err(Stop::Left),
            Next::Change(line) => change(line, answers, talk).await?,
        }
    }
}

fn question(may_try: bool, language: Language) -> String {
    let and_try = if may_try {
        words!(
            language,
            ", t writes it and tries the devices",
            ", t schreibt es und erprobt die Geräte"
        )
    } else {
        String::new()
    };
    words!(
        language,
        "Enter writes it{and_try}, a number changes that line, n leaves",
        "Enter schreibt es{and_try}, eine Zahl ändert die Zeile, n bricht ab"
    )
}

async fn change(line: Line, answers: &mut Answers, talk: &mut Talk) -> Result<(), Stop> {
    let language = talk.language();
    match line {
        Line::Zone => {
            let before = answers.timezone.clone().unwrap_or_default();
            let question = words!(language, "The house's time zone", "Die Zeitzone des Hauses");
            let zone = talk.ask(&question, &before, |text| flags::zone(text, language)).await?;
            answers.timezone = Some(zone);
        }
        Line::Sleep => answers.sleep = ask::sleep(&answers.sleep.clone(), talk).await?,
        Line::People => {
            answers.people = people::who(talk).await?;
            people::all_conditions(&mut answers.people, talk).await?;
            answers.sides = people::sides(&[], &answers.used, &answers.people, talk).await?;
        }
        Line::Room => answers.room_is = ask::room_is(talk).await?,
        Line::Name => {
            let before = called(answers).to_owned();
            let question = words!(
                language,
                "What do you call the bedroom? Any name",
                "Wie heißt das Schlafzimmer? Jeder Name geht"
            );
            (answers.bedroom, answers.called) =
                talk.ask(&question, &before, |text| answers::bedroom(text, language)).await?;
        }
        Line::Units => {
            let question = words!(
                language,
                "°C and mL (metric), or °F and fluid ounces (imperial)?",
                "°C und mL (metric) oder °F und Unzen (imperial)?"
            );
            let before = units(answers.units, language).0;
            answers.units =
                talk.ask(&question, before, |text| flags::units(text, language)).await?;
        }
        Line::Device(place) => device(place, answers, talk).await?,
    }
    Ok(())
}

/// Asks anew what a device is there for. Of what there can be only one in a bedroom, whoever
/// had the part before gets this one's. What can be run keeps the room's thermometer.
async fn device(place: usize, answers: &mut Answers, talk: &mut Talk) -> Result<(), Stop> {
    let Some(used) = answers.used.get(place).cloned() else { return Ok(()) };
    let role = roles::anew(&used, talk).await?;
    let changed = with_role(&answers.used, place, role);
    let language = talk.language();
    if changed.is_empty() {
        talk.say(&words!(
            language,
            "  it is the only device: without any there is nothing to do",
            "  es ist das einzige Gerät: ohne eines gibt es nichts zu tun"
        ));
        return Ok(());
    }
    if let Some(blind) = take_blind(&mut changed.clone()).first() {
        talk.say(&words!(
            language,
            "  without a thermometer in the room “{blind}” cannot be run: nothing was changed",
            "  ohne ein Thermometer im Raum kann „{blind}“ nicht laufen: nichts wurde geändert"
        ));
        return Ok(());
    }
    answers.used = changed;
    if role.is_some_and(|role| [used.role, role].contains(&Role::InBed)) {
        answers.sides = people::sides(&[], &answers.used, &answers.people, talk).await?;
    }
    Ok(())
}

/// What is used once one device has another part, or none.
fn with_role(used: &[Use], place: usize, role: Option<Role>) -> Vec<Use> {
    let mut changed = used.to_vec();
    let Some(role) = role else {
        changed.remove(place);
        return changed;
    };
    let before = &used[place];
    let single = matches!(role, Role::Room | Role::Bed | Role::Outdoors);
    if single {
        let other = changed.iter_mut().find(|it| it.role == role);
        if let Some(other) = other.filter(|it| before.role.fits(&it.candidate)) {
            other.role = before.role;
        }
    }
    changed[place].role = role;
    // What could not have this one's part either has none.
    let (name, address) = (&before.candidate.name, &before.candidate.address);
    changed.retain(|it| {
        !single || it.role != role || (&it.candidate.name, &it.candidate.address) == (name, address)
    });
    changed
}

fn show(answers: &Answers, talk: &Talk) {
    let language = talk.language();
    talk.heading(&words!(language, "What is to be written", "Was geschrieben wird"));
    for (n, line) in (1..).zip(lines(answers)) {
        let (what, is) = match line {
            Line::Zone => (words!(language, "time zone", "Zeitzone"), zone(answers, language)),
            Line::Sleep => (words!(language, "in bed", "im Bett"), answers.sleep.clone()),
            Line::People => (words!(language, "who", "wer"), people(&answers.people, language)),
            Line::Room => (words!(language, "at night", "nachts"), room(answers.room_is, language)),
            Line::Units => (
                words!(language, "units", "Einheiten"),
                units(answers.units, language).1.to_owned(),
            ),
            Line::Name => (words!(language, "bedroom", "Zimmer"), called(answers).to_owned()),
            Line::Device(place) => {
                let Some(it) = answers.used.get(place) else { continue };
                let name = &it.candidate.name;
                let side = answers.sides.get(name).filter(|_| it.role == Role::InBed);
                let side = side.map_or_else(String::new, |who| {
                    words!(language, ", {who}'s side", ", auf der Seite von {who}")
                });
                (roles::shown(it.role, language), format!("{name}{side}"))
            }
        };
        talk.say(&format!("{n:>4}  {what:<12}{is}"));
    }
}

fn called(answers: &Answers) -> &str {
    answers.called.as_ref().unwrap_or(&answers.bedroom)
}

fn zone(answers: &Answers, language: Language) -> String {
    let unknown = || {
        words!(
            language,
            "not known, so that hours are taken as UTC",
            "nicht bekannt, Uhrzeiten gelten darum als UTC"
        )
    };
    answers.timezone.clone().unwrap_or_else(unknown)
}

fn people(people: &People, language: Language) -> String {
    let mut all: Vec<String> = people.sleepers.iter().map(|one| person(one, language)).collect();
    all.extend(people.baby.then(|| words!(language, "a baby", "ein Baby")));
    if all.is_empty() {
        words!(language, "nobody named", "niemand genannt")
    } else {
        all.join("; ")
    }
}

fn person(person: &Person, language: Language) -> String {
    let mut about = vec![person.name.clone()];
    about.extend(person.born.map(|year| words!(language, "born {year}", "geboren {year}")));
    about.extend(person.sex.map(|sex| match (language, sex) {
        (Language::German, "female") => "weiblich".to_owned(),
        (Language::German, _) => "männlich".to_owned(),
        (Language::English, sex) => sex.to_owned(),
    }));
    about.push(match person.conditions.as_deref() {
        None => words!(
            language,
            "conditions not said: no advice on water",
            "Gesundheit offen: kein Wort zum Trinken"
        ),
        Some([]) => words!(language, "no conditions", "nichts trifft zu"),
        Some(list) => {
            let list: Vec<String> = list.iter().map(|word| condition(word, language)).collect();
            list.join(&words!(language, " and ", " und "))
        }
    });
    about.join(", ")
}

/// The word in the configuration, and what it means.
const fn units(units: Units, language: Language) -> (&'static str, &'static str) {
    match (units, language) {
        (Units::Metric, _) => ("metric", "°C, mL"),
        (Units::Imperial, Language::English) => ("imperial", "°F, fluid ounces"),
        (Units::Imperial, Language::German) => ("imperial", "°F, Unzen"),
    }
}

fn room(room: RoomIs, language: Language) -> String {
    match room {
        RoomIs::Unsaid => words!(language, "not said how the room is", "Raum: nicht gesagt"),
        RoomIs::TooCold => words!(language, "too cold", "zu kalt"),
        RoomIs::Right => words!(language, "right", "richtig"),
        RoomIs::TooWarm => words!(language, "too warm", "zu warm"),
    }
}
