//! Everything that was answered, read back before it is written.

use super::talk::Talk;
use super::{Stop, ask};
use crate::plan::Units;
use crate::survey::answers::{self, Answers, People, Person, Role, RoomIs};

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
}

impl Line {
    /// In the order in which they are numbered.
    const ALL: [Self; 6] =
        [Self::Zone, Self::Sleep, Self::People, Self::Room, Self::Units, Self::Name];
}

/// Shows the answers until they are right. Returns whether the devices are to be tried;
/// `trial` is whether that was said already.
pub(super) async fn confirmed(
    answers: &mut Answers,
    trial: bool,
    talk: &mut Talk,
) -> Result<bool, Stop> {
    let acts = answers.used.iter().any(|it| matches!(it.role, Role::Heater(_) | Role::Fan));
    loop {
        show(answers, talk);
        if acts && !trial && talk.is_asked() {
            talk.say(
                "\nThe devices can be tried at once: each is switched on for some seconds, watched for up\n\
                 to three minutes, and left as it was. Stay with it, and see that nothing lies on a\n\
                 heater. Until then uncramp only watches, and says what it would have done.",
            );
        }
        let and_try = if acts && !trial { ", t writes it and tries the devices" } else { "" };
        let question = format!("Enter writes it{and_try}, a number changes that line, n leaves");
        let next = |text: &str| match text.to_lowercase().as_str() {
            "" | "y" | "yes" => Ok(Next::Write),
            "t" | "try" if acts => Ok(Next::WriteAndTry),
            "n" | "no" => Ok(Next::Leave),
            number => {
                let place = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                let line = place.and_then(|place| Line::ALL.get(place).copied());
                let most = Line::ALL.len();
                line.map(Next::Change)
                    .ok_or_else(|| format!("Enter, a number from 1 to {most}, or n"))
            }
        };
        match talk.ask(&question, "", next).await? {
            Next::Write => return Ok(acts && trial),
            Next::WriteAndTry => return Ok(true),
            Next::Leave => return Err(Stop::Left),
            Next::Change(line) => change(line, answers, talk).await?,
        }
    }
}

async fn change(line: Line, answers: &mut Answers, talk: &mut Talk) -> Result<(), Stop> {
    match line {
        Line::Zone => {
            let before = answers.timezone.clone().unwrap_or_default();
            let zone = talk.ask("The house's time zone", &before, ask::zone).await?;
            answers.timezone = Some(zone);
        }
        Line::Sleep => answers.sleep = ask::sleep(&answers.sleep.clone(), talk).await?,
        Line::People => {
            answers.people = ask::who(talk).await?;
            ask::all_conditions(&mut answers.people, talk).await?;
            answers.sides = ask::sides(&[], &answers.used, &answers.people, talk).await?;
        }
        Line::Room => answers.room_is = ask::room_is(talk).await?,
        Line::Name => {
            let before = called(answers).to_owned();
            let question = "What do you call the bedroom? Any name";
            (answers.bedroom, answers.called) =
                talk.ask(question, &before, answers::bedroom).await?;
        }
        Line::Units => {
            let question = "°C and mL (metric), or °F and fluid ounces (imperial)?";
            answers.units = talk.ask(question, units(answers.units).0, ask::units).await?;
        }
    }
    Ok(())
}

fn show(answers: &Answers, talk: &Talk) {
    talk.heading("What is to be written");
    for it in &answers.used {
        let side = answers.sides.get(&it.candidate.name).filter(|_| it.role == Role::InBed);
        let side = side.map_or_else(String::new, |name| format!(", {name}'s side"));
        let role = it.role.word().replace('_', " ");
        talk.say(&format!("      {role:<12}{}{side}", it.candidate.name));
    }
    for (n, line) in (1..).zip(Line::ALL) {
        let (what, is) = match line {
            Line::Zone => ("time zone", zone(answers)),
            Line::Sleep => ("in bed", answers.sleep.clone()),
            Line::People => ("who", people(&answers.people)),
            Line::Room => ("at night", room(answers.room_is).to_owned()),
            Line::Units => ("units", units(answers.units).1.to_owned()),
            Line::Name => ("bedroom", called(answers).to_owned()),
        };
        talk.say(&format!("{n:>4}  {what:<12}{is}"));
    }
}

fn called(answers: &Answers) -> &str {
    answers.called.as_ref().unwrap_or(&answers.bedroom)
}

fn zone(answers: &Answers) -> String {
    let unknown = "not known, so that hours are taken as UTC";
    answers.timezone.clone().unwrap_or_else(|| unknown.to_owned())
}

fn people(people: &People) -> String {
    let mut all: Vec<String> = people.sleepers.iter().map(person).collect();
    all.extend(people.baby.then(|| "a baby".to_owned()));
    if all.is_empty() { "nobody named".to_owned() } else { all.join("; ") }
}

fn person(person: &Person) -> String {
    let mut about = vec![person.name.clone()];
    about.extend(person.born.map(|year| format!("born {year}")));
    about.extend(person.sex.map(str::to_owned));
    about.push(match person.conditions.as_deref() {
        None => "conditions not said: no advice on water".to_owned(),
        Some([]) => "no conditions".to_owned(),
        Some(list) => list.join(" and ").replace('_', " "),
    });
    about.join(", ")
}

/// The word in the configuration, and what it means.
const fn units(units: Units) -> (&'static str, &'static str) {
    match units {
        Units::Metric => ("metric", "°C, mL"),
        Units::Imperial => ("imperial", "°F, fluid ounces"),
    }
}

const fn room(room: RoomIs) -> &'static str {
    match room {
        RoomIs::Unsaid => "not said how the room is",
        RoomIs::TooCold => "too cold",
        RoomIs::Right => "right",
        RoomIs::TooWarm => "too warm",
    }
}
