//! The questions, and what is guessed where nobody is asked.

use std::collections::BTreeMap;
use std::time::Duration;

use super::hear::{Ears, Said};
use super::talk::Talk;
use super::{Arguments, Stop};
use crate::daemon::outside::Machine;
use crate::plan::{Language, Outside as _, Units};
use crate::survey::answers::{
    self, Answers, Broker, CONDITIONS, Heater, Person, Role, RoomIs, Use, places,
};
use crate::survey::{Candidate, What, guess, live};

/// How long to listen again, for devices that speak rarely.
const AGAIN: Duration = Duration::from_secs(60);

/// Everything but how the broker is reached.
pub(super) async fn answers(
    arguments: &Arguments,
    mut ears: Ears,
    talk: &mut Talk,
) -> Result<Answers, Stop> {
    let language = language(arguments)?;
    let (bedroom, called) = match &arguments.bedroom {
        Some(text) => {
            answers::bedroom(text).map_err(|why| Stop::Input(format!("--bedroom: {why}")))?
        }
        None => answers::usual_bedroom(
            language.as_deref().and_then(Language::of_tag).unwrap_or_default(),
        ),
    };
    let said = said(arguments, &ears)?;
    let used = if said.is_empty() { devices(&mut ears, talk).await? } else { said };
    if used.is_empty() {
        let why = "no device was chosen; name them with --use DEVICE=ROLE, or run `uncramp setup` \
                   in a terminal";
        return Err(Stop::No(why.to_owned()));
    }
    let (units, timezone) = (ears.units(), ears.zone());
    drop(ears);
    talk.heading("The night");
    let sleep = match &arguments.sleep {
        Some(text) => answers::hours(text).map_err(Stop::Input)?,
        None => sleep("22:30-06:45", talk).await?,
    };
    let people = people(arguments, talk).await?;
    let sides = sides(&arguments.sides, &used, &people, talk).await?;
    let room_is = match &arguments.room_is {
        Some(text) => room_as(text).map_err(|why| Stop::Input(format!("--room-is: {why}")))?,
        None => room_is(talk).await?,
    };
    Ok(Answers {
        language,
        units,
        timezone,
        broker: Broker::default(),
        bedroom,
        called,
        used,
        sides,
        sleep,
        people,
        asked: Machine.month(),
        room_is,
        watch: true,
    })
}

/// By what the house's units are known.
pub(super) fn said_of_units(arguments: &Arguments) -> Result<Said, Stop> {
    let zone = match &arguments.timezone {
        Some(text) => Some(zone(text).map_err(|why| Stop::Input(format!("--timezone: {why}")))?),
        None => Machine.system_zone().map(|zone| zone.name).filter(|name| zone(name).is_ok()),
    };
    let units = arguments.units.as_deref().map(units).transpose();
    let units = units.map_err(|why| Stop::Input(format!("--units: {why}")))?;
    // As every program looks for it (POSIX, “Locale” of its environment variables).
    let set = ["LC_ALL", "LC_MEASUREMENT", "LANG"].into_iter().find_map(set);
    Ok(Said { units, zone, locale: set })
}

pub(super) fn units(text: &str) -> Result<Units, String> {
    match text.to_ascii_lowercase().as_str() {
        "metric" | "c" | "°c" | "celsius" => Ok(Units::Metric),
        "imperial" | "f" | "°f" | "fahrenheit" => Ok(Units::Imperial),
        _ => Err(format!("“{text}” is neither metric (°C, mL) nor imperial (°F, fl oz)")),
    }
}

/// A variable of the environment that says something.
fn set(name: &str) -> Option<String> {
    Machine.env(name).filter(|text| !text.is_empty())
}

/// A zone that this machine knows by that name.
pub(super) fn zone(name: &str) -> Result<String, String> {
    let why = || format!("this machine knows no zone “{name}”; write it like Europe/Berlin");
    Machine.zone(name).map(|zone| zone.name).ok_or_else(why)
}

pub(super) async fn sleep(proposed: &str, talk: &mut Talk) -> Result<String, Stop> {
    talk.ask("Usual hours in bed", proposed, answers::hours).await
}

/// The language that was said, else the terminal's if uncramp speaks it.
fn language(arguments: &Arguments) -> Result<Option<String>, Stop> {
    if let Some(word) = &arguments.language {
        let known = live::speaks(word);
        let why = || Stop::Input(format!("--language {word}: uncramp does not speak it"));
        return if known { Ok(Some(word.clone())) } else { Err(why()) };
    }
    // As every program looks for it (POSIX, “Locale” of its environment variables).
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    let word: String = set.unwrap_or_default().chars().take_while(|c| c.is_alphabetic()).collect();
    Ok(Some(word).filter(|word| word != "en" && live::speaks(word)))
}

/// What the flags say.
fn said(arguments: &Arguments, ears: &Ears) -> Result<Vec<Use>, Stop> {
    let each = arguments.used.iter().map(|text| {
        let wrong = |why: String| Stop::Input(format!("--use {text}: {why}"));
        let (name, word) = text
            .rsplit_once('=')
            .ok_or_else(|| wrong("write it like “Bedroom climate=room”".to_owned()))?;
        let role = Role::ALL.into_iter().find(|role| role.word() == word).ok_or_else(|| {
            let words: Vec<_> = Role::ALL.iter().map(|role| role.word()).collect();
            wrong(format!("“{word}” is none of {}", words.join(", ")))
        })?;
        let meant = |it: &&Candidate| it.name == name || it.address.eq_ignore_ascii_case(name);
        let mut found = ears.candidates.iter().filter(meant);
        let candidate = found.next().ok_or_else(|| {
            let names: Vec<_> = ears.candidates.iter().map(|it| it.name.as_str()).collect();
            wrong(format!("no such device announced itself; there is {}", names.join(", ")))
        })?;
        if found.next().is_some() {
            return Err(wrong(
                "several are called so; use its name or address as it is listed".to_owned(),
            ));
        }
        if !role.fits(candidate) {
            return Err(wrong(format!("“{name}” offers nothing that makes it that")));
        }
        Ok(Use { candidate: candidate.clone(), role })
    });
    each.collect()
}

/// Which devices are in the bedroom, and what they are there for.
async fn devices(ears: &mut Ears, talk: &mut Talk) -> Result<Vec<Use>, Stop> {
    talk.heading("What is in the bedroom?");
    let chosen = loop {
        if ears.candidates.is_empty() && !talk.is_asked() {
            return Err(Stop::No(
                "no device announced itself on this broker. Zigbee2MQTT, Tasmota, Shelly, \
                 ESPHome and what Home Assistant discovers by MQTT do; for anything else write \
                 the file by hand: config/uncramp.yaml is an example"
                    .to_owned(),
            ));
        }
        ears.show(talk);
        let proposed = guess::bedroom(&ears.candidates);
        let proposed: Vec<_> = proposed.iter().map(|place| (place + 1).to_string()).collect();
        let proposed = proposed.join(" ");
        talk.say(
            "Sit on the bed now, breathe at a thermometer: what changes is shown again. Battery\n\
             sensors speak rarely. Write `more` to listen for another minute.",
        );
        let answer = ears.answer("Numbers of those in the bedroom", &proposed, talk).await?;
        match answer.as_deref() {
            Some("more") => ears.listen(AGAIN, talk).await?,
            answer => match places(answer.unwrap_or(&proposed), ears.candidates.len()) {
                Ok(chosen) if !chosen.is_empty() || !talk.is_asked() => break chosen,
                Ok(_) => talk.say("  at least one number, or Ctrl-C to leave"),
                Err(why) => talk.say(&format!("  {why}")),
            },
        }
    };
    let mut used = Vec::new();
    thermometers(ears, &chosen, talk, &mut used).await?;
    bed(ears, &chosen, talk, &mut used).await?;
    for place in chosen {
        acting(&ears.candidates[place], talk, &mut used).await?;
    }
    Ok(used)
}

/// The room's thermometer, and one in the bed; what measures carbon dioxide.
async fn thermometers(
    ears: &mut Ears,
    chosen: &[usize],
    talk: &mut Talk,
    used: &mut Vec<Use>,
) -> Result<(), Stop> {
    let with = |what: What, not: Option<What>| -> Vec<usize> {
        let fits = |place: &&usize| {
            let it = &ears.candidates[**place];
            it.has(what) && !not.is_some_and(|not| it.has(not))
        };
        chosen.iter().filter(fits).copied().collect()
    };
    // What heats or cools measures beside itself: only if there is nothing better.
    let mut air = with(What::Temperature, Some(What::SetPoint));
    if air.is_empty() {
        air = with(What::Temperature, None);
    }
    let meters = with(What::Co2, None);
    if air.len() > 1 {
        let list: Vec<&Candidate> = air.iter().map(|place| &ears.candidates[*place]).collect();
        let proposed = guess::in_the_bed(&list).map(|n| (air[n] + 1).to_string());
        let proposed = proposed.unwrap_or_else(|| "none".to_owned());
        let question = format!("Which of {} lies in the bed, near the feet?", numbers(&air));
        let place = loop {
            let answer = ears.answer(&question, &proposed, talk).await?;
            match one_of(answer.as_deref().unwrap_or(&proposed), &air) {
                Ok(place) => break place,
                Err(why) => talk.say(&format!("  {why}")),
            }
        };
        if let Some(place) = place {
            air.retain(|other| *other != place);
            used.push(Use { candidate: ears.candidates[place].clone(), role: Role::Bed });
        }
    }
    match air.as_slice() {
        [] => talk.say("Without a thermometer in the room nothing will be heated."),
        [room, others @ ..] => {
            let candidate = ears.candidates[*room].clone();
            for other in others {
                talk.say(&format!(
                    "“{}” is taken for the room; “{}” is left out.",
                    candidate.name, ears.candidates[*other].name
                ));
            }
            used.insert(0, Use { candidate, role: Role::Room });
        }
    }
    if let Some(place) = meters.first() {
        used.push(Use { candidate: ears.candidates[*place].clone(), role: Role::Co2 });
    }
    Ok(())
}

/// What says that somebody is in bed; other contacts are windows.
async fn bed(
    ears: &mut Ears,
    chosen: &[usize],
    talk: &mut Talk,
    used: &mut Vec<Use>,
) -> Result<(), Stop> {
    let fits = |place: &&usize| Role::InBed.fits(&ears.candidates[**place]);
    let list: Vec<usize> = chosen.iter().filter(fits).copied().collect();
    if list.is_empty() {
        return Ok(());
    }
    let mats = list.iter().copied().filter(|place| guess::is_mat(&ears.candidates[*place]));
    let mats: Vec<_> = mats.map(|place| (place + 1).to_string()).collect();
    let proposed = if mats.is_empty() { "none".to_owned() } else { mats.join(" ") };
    let question = format!("Which of {} says that somebody is in bed?", numbers(&list));
    let beds = loop {
        let answer = ears.answer(&question, &proposed, talk).await?;
        match some_of(answer.as_deref().unwrap_or(&proposed), &list) {
            Ok(beds) => break beds,
            Err(why) => talk.say(&format!("  {why}")),
        }
    };
    for place in list {
        let candidate = ears.candidates[place].clone();
        if beds.contains(&place) {
            used.push(Use { candidate, role: Role::InBed });
        } else if candidate.has(What::Contact) {
            talk.say(&format!("“{}” is taken for a window.", candidate.name));
            used.push(Use { candidate, role: Role::Window });
        }
    }
    Ok(())
}

/// What a valve, plug or fan is there for.
async fn acting(candidate: &Candidate, talk: &mut Talk, used: &mut Vec<Use>) -> Result<(), Stop> {
    const HELD: [(Option<Role>, &str); 4] = [
        (Some(Role::Heater(Heater::Radiator)), "a radiator or floor with hot water from a boiler"),
        (Some(Role::Heater(Heater::HeatPump)), "a heat pump or air conditioner"),
        (Some(Role::Heater(Heater::Panel)), "an electric heater, fixed to the wall"),
        (None, "leave it alone"),
    ];
    const SWITCHED: [(Option<Role>, &str); 6] = [
        (
            Some(Role::Heater(Heater::Panel)),
            "an electric heater, fixed to the wall and on no extension lead",
        ),
        (Some(Role::Heater(Heater::Blanket)), "an electric blanket or mattress pad"),
        (Some(Role::Heater(Heater::Portable)), "a heater that can be moved"),
        (Some(Role::Heater(Heater::Radiator)), "the hot water of a radiator or floor"),
        (Some(Role::Fan), "a fan"),
        (None, "something else: leave it alone"),
    ];
    let guess = guess::acting(candidate);
    let choices: &[(Option<Role>, &str)] = if candidate.has(What::SetPoint) {
        &HELD
    } else if candidate.has(What::Fan) {
        used.push(Use { candidate: candidate.clone(), role: Role::Fan });
        return Ok(());
    } else if candidate.has(What::Relay) {
        &SWITCHED
    } else {
        return Ok(());
    };
    talk.say(&format!("\n“{}” switches:", candidate.name));
    for (n, (_, words)) in (1..).zip(choices) {
        talk.say(&format!("{n:>4}  {words}"));
    }
    let guessed = choices.iter().position(|(role, _)| *role == guess);
    let proposed = (guessed.unwrap_or(choices.len() - 1) + 1).to_string();
    let one = |text: &str| match places(text, choices.len())?.as_slice() {
        [one] => Ok(choices[*one].0),
        _ => Err("one number".to_owned()),
    };
    let role = talk.ask("Number", &proposed, one).await?;
    used.extend(role.map(|role| Use { candidate: candidate.clone(), role }));
    Ok(())
}

/// Who sleeps there, and what holds for them.
async fn people(arguments: &Arguments, talk: &mut Talk) -> Result<answers::People, Stop> {
    let mut people = match &arguments.sleepers {
        Some(text) => answers::people(text).map_err(Stop::Input)?,
        None => who(talk).await?,
    };
    for flag in &arguments.conditions {
        let wrong = |why: String| Stop::Input(format!("--conditions {flag}: {why}"));
        let (name, list) = flag
            .split_once('=')
            .ok_or_else(|| wrong("write it like Anna=diabetes,wounds".to_owned()))?;
        let person = people.sleepers.iter_mut().find(|person| person.name == name);
        let person = person.ok_or_else(|| wrong(format!("nobody is called “{name}”")))?;
        person.conditions = answers::conditions(list).map_err(wrong)?;
    }
    all_conditions(&mut people, talk).await?;
    Ok(people)
}

pub(super) async fn who(talk: &mut Talk) -> Result<answers::People, Stop> {
    let question = "Who sleeps there, born when? Like “Anna 1955, Ben 1950, baby”";
    talk.ask(question, "", answers::people).await
}

/// What holds for those of whom nobody said it.
pub(super) async fn all_conditions(
    people: &mut answers::People,
    talk: &mut Talk,
) -> Result<(), Stop> {
    let open = people.sleepers.iter_mut().filter(|person| person.conditions.is_none());
    for (n, person) in open.enumerate() {
        conditions(person, n == 0, talk).await?;
    }
    Ok(())
}

/// Whose side each bed sensor is on, where there are several of both.
pub(super) async fn sides(
    flags: &[String],
    used: &[Use],
    people: &answers::People,
    talk: &mut Talk,
) -> Result<BTreeMap<String, String>, Stop> {
    let mats: Vec<&str> = used
        .iter()
        .filter(|it| it.role == Role::InBed)
        .map(|it| it.candidate.name.as_str())
        .collect();
    let names: Vec<&str> = people.sleepers.iter().map(|it| it.name.as_str()).collect();
    let sleeper = |text: &str| match names.iter().find(|name| name.eq_ignore_ascii_case(text)) {
        Some(name) => Ok(Some((*name).to_owned())),
        None if text.is_empty() => Ok(None),
        None => Err(format!("nobody is called “{text}”")),
    };
    let mut sides = BTreeMap::new();
    let mut open = mats.clone();
    for flag in flags {
        let wrong = |why: String| Stop::Input(format!("--side {flag}: {why}"));
        let (mat, name) = flag
            .rsplit_once('=')
            .ok_or_else(|| wrong("write it like “Left mat=Anna”".to_owned()))?;
        if !mats.contains(&mat) {
            return Err(wrong(format!("“{mat}” is not used as in_bed")));
        }
        let name = sleeper(name).map_err(wrong)?;
        open.retain(|other| *other != mat);
        sides.extend(name.map(|name| (mat.to_owned(), name)));
    }
    if mats.len() < 2 || names.len() < 2 {
        return Ok(sides);
    }
    for mat in open {
        let called = |name: &&&str| mat.to_lowercase().contains(&name.to_lowercase());
        let proposed = names.iter().find(called).copied().unwrap_or_default();
        let question = format!("Whose side is “{mat}” on? {}, or Enter", names.join(", "));
        let name = talk.ask(&question, proposed, sleeper).await?;
        sides.extend(name.map(|name| (mat.to_owned(), name)));
    }
    Ok(sides)
}

async fn conditions(person: &mut Person, list: bool, talk: &mut Talk) -> Result<(), Stop> {
    if list && talk.is_asked() {
        talk.say(
            "\nSome advice would be wrong for some people, so uncramp keeps it to itself where one\n\
             of these holds. Nothing of it leaves this machine.",
        );
        for (n, three) in (0..).zip(CONDITIONS.chunks(3)) {
            let entry = |(m, word): (usize, &&str)| {
                format!("{:>4}  {:<20}", 3 * n + m + 1, word.replace('_', " "))
            };
            let row: String = three.iter().enumerate().map(entry).collect();
            talk.say(row.trim_end());
        }
    }
    let question = format!(
        "What holds for {}? Numbers, or none; Enter does not say, and silences advice on water",
        person.name
    );
    person.conditions = talk.ask(&question, "", answers::conditions).await?;
    Ok(())
}

pub(super) async fn room_is(talk: &mut Talk) -> Result<RoomIs, Stop> {
    let question = "At night, is the room too cold (1), right (2), or too warm (3)?";
    talk.ask(question, "", room_as).await
}

fn room_as(text: &str) -> Result<RoomIs, String> {
    match text {
        "1" | "cold" => Ok(RoomIs::TooCold),
        "2" | "right" => Ok(RoomIs::Right),
        "3" | "warm" => Ok(RoomIs::TooWarm),
        "" => Ok(RoomIs::Unsaid),
        other => Err(format!("“{other}” is none of cold, right, warm")),
    }
}

/// Places as people count them: `1, 2 and 5`.
fn numbers(list: &[usize]) -> String {
    let words: Vec<_> = list.iter().map(|place| (place + 1).to_string()).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Some of these places, or `none`.
fn some_of(text: &str, list: &[usize]) -> Result<Vec<usize>, String> {
    if matches!(text, "none" | "no" | "0") {
        return Ok(Vec::new());
    }
    let found = places(text, list.iter().max().map_or(0, |most| most + 1))?;
    match found.iter().find(|place| !list.contains(place)) {
        Some(other) => Err(format!("{} is not among {}", other + 1, numbers(list))),
        None => Ok(found),
    }
}

fn one_of(text: &str, list: &[usize]) -> Result<Option<usize>, String> {
    match some_of(text, list)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err("one number, or none".to_owned()),
    }
}
