//! The questions, and what is guessed where nobody is asked.

use std::time::Duration;

use super::hear::Ears;
use super::talk::{Talk, is_without, yes, yes_or_no};
use super::{Arguments, Stop, flags, people, roles};
use crate::daemon::outside::Machine;
use crate::model::words;
use crate::plan::{Language, Outside as _};
use crate::survey::answers::{
    self, Answers, Broker, Role, RoomIs, Use, is_all, is_none, places, take_blind,
};
use crate::survey::{Candidate, What, guess};

/// How long to listen again, for devices that speak rarely.
const AGAIN: Duration = Duration::from_secs(60);

/// Everything but how the broker is reached.
pub(super) async fn answers(
    arguments: &Arguments,
    mut ears: Ears,
    talk: &mut Talk,
) -> Result<Answers, Stop> {
    let language = talk.language();
    let (bedroom, called) = match &arguments.bedroom {
        Some(text) => answers::bedroom(text, language)
            .map_err(|why| Stop::Input(format!("--bedroom: {why}")))?,
        None => answers::usual_bedroom(language),
    };
    let mut used = flags::devices(arguments, &ears, language)?;
    if used.is_empty() && !ears.candidates.is_empty() {
        used = devices(&mut ears, talk).await?;
    } else {
        let blind = take_blind(&mut used);
        say_blind(&used, &blind, talk);
    }
    if used.is_empty() && !talk.is_asked() {
        return Err(Stop::No(words!(
            language,
            "no device is left; name them with --use DEVICE=ROLE, or run `uncramp setup` in a \
             terminal",
            "kein Gerät ist übrig; mit --use DEVICE=ROLE nennen, oder `uncramp setup` in einem \
             Terminal aufrufen"
        )));
    }
    let (units, timezone) = (ears.units(), ears.zone());
    drop(ears);
    talk.heading(&words!(language, "The night", "Die Nacht"));
    let sleep = match &arguments.sleep {
        Some(text) => answers::hours(text, language).map_err(Stop::Input)?,
        None => sleep("22:30-06:45", talk).await?,
    };
    let people = people::people(arguments, talk).await?;
    let sides = people::sides(&arguments.sides, &used, &people, talk).await?;
    let room_is = match &arguments.room_is {
        Some(text) => {
            room_as(text, language).map_err(|why| Stop::Input(format!("--room-is: {why}")))?
        }
        None => room_is(talk).await?,
    };
    Ok(Answers {
        language: flags::language(arguments)?,
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

pub(super) async fn sleep(proposed: &str, talk: &mut Talk) -> Result<String, Stop> {
    let language = talk.language();
    let question = words!(language, "Usual hours in bed", "Wann meist im Bett");
    talk.ask(&question, proposed, |text| answers::hours(text, language)).await
}

/// Which devices are in the bedroom, and what they are there for.
async fn devices(ears: &mut Ears, talk: &mut Talk) -> Result<Vec<Use>, Stop> {
    let language = talk.language();
    talk.heading(&words!(language, "What is in the bedroom?", "Was ist im Schlafzimmer?"));
    loop {
        let chosen = chosen(ears, talk).await?;
        let mut used = Vec::new();
        thermometers(ears, &chosen, talk, &mut used).await?;
        bed(ears, &chosen, talk, &mut used).await?;
        let known = used.iter().any(|it| it.role == Role::Room);
        let mut blind = Vec::new();
        for place in chosen {
            let candidate = &ears.candidates[place];
            if known || !talk.is_asked() {
                roles::acting(candidate, talk, &mut used).await?;
            } else if Role::ALL.iter().any(|role| role.acts() && role.fits(candidate)) {
                blind.push(candidate.name.clone());
            }
        }
        blind.extend(take_blind(&mut used));
        say_blind(&used, &blind, talk);
        if !used.is_empty() || !talk.is_asked() {
            return Ok(used);
        }
        if without(ears, talk).await? {
            return Ok(used);
        }
    }
}

/// Whether somebody goes on though none of the chosen devices can be used.
async fn without(ears: &Ears, talk: &mut Talk) -> Result<bool, Stop> {
    let language = talk.language();
    let measured = ears.candidates.iter().any(|it| Role::Room.fits(it));
    talk.say(&if measured {
        words!(language, "Choose a thermometer too.", "Bitte auch ein Thermometer wählen.")
    } else {
        words!(
            language,
            "No thermometer is on this broker: one in the room is what is missing.",
            "Auf diesem Broker ist kein Thermometer: Eines im Raum ist, was fehlt."
        )
    });
    talk.say(&words!(
        language,
        "Without devices uncramp answers cramps, reminds and keeps the diary.",
        "Ohne Geräte antwortet uncramp auf Krämpfe, erinnert und führt das Tagebuch."
    ));
    let question = words!(
        language,
        "Enter shows the devices again, `without` goes on without, n leaves",
        "Enter zeigt die Geräte noch einmal, `ohne` macht ohne sie weiter, n bricht ab"
    );
    let wrong = || words!(language, "Enter, without or n", "Enter, ohne oder n");
    let chosen = |text: &str| match text {
        "" => Ok(Some(false)),
        text if is_without(text) => Ok(Some(true)),
        text if yes(text) == Some(false) => Ok(None),
        _ => Err(wrong()),
    };
    talk.ask(&question, "", chosen).await?.ok_or(Stop::Left)
}

/// Says what no thermometer in the room means, and what is left out for it.
fn say_blind(used: &[Use], blind: &[String], talk: &Talk) {
    if used.iter().any(|it| it.role == Role::Room) {
        return;
    }
    let language = talk.language();
    let nothing = words!(
        language,
        "Without a thermometer in the room nothing is heated or cooled.",
        "Ohne ein Thermometer im Raum wird weder geheizt noch gekühlt."
    );
    if blind.is_empty() {
        return talk.say(&nothing);
    }
    let quoted = |name: &String| words!(language, "“{name}”", "„{name}“");
    let names = blind.iter().map(quoted).collect::<Vec<_>>().join(", ");
    talk.say(&words!(
        language,
        "{nothing} Left out: {names}.",
        "{nothing} Es bleibt weg: {names}."
    ));
}

/// The numbers of those that are in the bedroom.
async fn chosen(ears: &mut Ears, talk: &mut Talk) -> Result<Vec<usize>, Stop> {
    let language = talk.language();
    loop {
        ears.show(talk);
        let proposed = guess::bedroom(&ears.candidates, talk.is_asked());
        let proposed: Vec<_> = proposed.iter().map(|place| (place + 1).to_string()).collect();
        let proposed = proposed.join(" ");
        talk.say(&words!(
            language,
            "Sit on the bed now, breathe at a thermometer: what changes is shown again. Battery\n\
             sensors speak rarely. Write `more` to listen for another minute.",
            "Jetzt aufs Bett setzen, ein Thermometer anhauchen: Was sich ändert, wird noch einmal\n\
             gezeigt. Fühler mit Batterie melden sich selten: `mehr` lauscht noch eine Minute."
        ));
        let question = words!(
            language,
            "Numbers of those in the bedroom",
            "Zahlen derer, die im Schlafzimmer sind"
        );
        let answer = ears.answer(&question, &proposed, talk).await?;
        match answer.as_deref() {
            Some("more" | "mehr") => ears.listen(AGAIN, talk).await?,
            Some(all) if is_all(all) => return Ok((0..ears.candidates.len()).collect()),
            answer => match places(answer.unwrap_or(&proposed), ears.candidates.len(), language) {
                Ok(chosen) if !chosen.is_empty() || !talk.is_asked() => return Ok(chosen),
                Ok(_) => talk.say(&words!(
                    language,
                    "  at least one number, or Ctrl-C to leave",
                    "  wenigstens eine Zahl, oder Strg-C zum Abbrechen"
                )),
                Err(why) => talk.say(&format!("  {why}")),
            },
        }
    }
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
    if air.len() > 1
        && let Some(place) = in_the_bed(ears, &air, talk).await?
    {
        air.retain(|other| *other != place);
        used.push(Use { candidate: ears.candidates[place].clone(), role: Role::Bed });
    }
    match air.as_slice() {
        [] => {}
        [room, others @ ..] => {
            let candidate = ears.candidates[*room].clone();
            for other in others {
                let (name, other) = (&candidate.name, &ears.candidates[*other].name);
                talk.say(&words!(
                    talk.language(),
                    "“{name}” is taken for the room; “{other}” is left out.",
                    "„{name}“ gilt für den Raum; „{other}“ bleibt weg."
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

/// Which of several thermometers lies in the bed, if any does.
async fn in_the_bed(
    ears: &mut Ears,
    air: &[usize],
    talk: &mut Talk,
) -> Result<Option<usize>, Stop> {
    let language = talk.language();
    let list: Vec<&Candidate> = air.iter().map(|place| &ears.candidates[*place]).collect();
    let proposed = guess::in_the_bed(&list).map(|n| (air[n] + 1).to_string());
    let proposed = proposed.unwrap_or_else(|| none(language));
    ears.show_these(air, talk);
    let all = numbers(air, language);
    let question = words!(
        language,
        "Which of {all} lies in the bed, near the feet? Or none",
        "Welche Zahl von {all} liegt im Bett, nahe den Füßen? Oder keine"
    );
    loop {
        let answer = ears.answer(&question, &proposed, talk).await?;
        match one_of(answer.as_deref().unwrap_or(&proposed), air, language) {
            Ok(place) => return Ok(place),
            Err(why) => talk.say(&format!("  {why}")),
        }
    }
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
    let beds = match list.as_slice() {
        [one] => the_bed(ears, *one, talk).await?,
        several => which_beds(ears, several, talk).await?,
    };
    for place in list {
        let candidate = ears.candidates[place].clone();
        if beds.contains(&place) {
            used.push(Use { candidate, role: Role::InBed });
        } else if candidate.has(What::Contact) {
            let name = &candidate.name;
            talk.say(&words!(
                talk.language(),
                "“{name}” is taken for a window.",
                "„{name}“ gilt als Fenster."
            ));
            used.push(Use { candidate, role: Role::Window });
        }
    }
    Ok(())
}

/// Whether the only one that could say so says that somebody is in bed.
async fn the_bed(ears: &mut Ears, place: usize, talk: &mut Talk) -> Result<Vec<usize>, Stop> {
    let (language, name) = (talk.language(), ears.candidates[place].name.clone());
    let mat = guess::is_mat(&ears.candidates[place]);
    let question = words!(
        language,
        "Does “{name}” say that somebody is in bed?",
        "Sagt „{name}“, dass jemand im Bett liegt?"
    );
    let proposed =
        if mat { words!(language, "Y/n", "J/n") } else { words!(language, "y/N", "j/N") };
    loop {
        let answer = ears.answer(&question, &proposed, talk).await?;
        // Its number is a yes, too.
        let number = (place + 1).to_string();
        let said = match answer.as_deref() {
            None => Some(mat),
            Some(text) if text == number => Some(true),
            Some(text) if is_none(text) => Some(false),
            Some(text) => yes(text),
        };
        match said {
            Some(true) => return Ok(vec![place]),
            Some(false) => return Ok(Vec::new()),
            None => talk.say(&format!("  {}", yes_or_no(language))),
        }
    }
}

/// Which of several say so.
async fn which_beds(ears: &mut Ears, list: &[usize], talk: &mut Talk) -> Result<Vec<usize>, Stop> {
    let language = talk.language();
    let mats = list.iter().copied().filter(|place| guess::is_mat(&ears.candidates[*place]));
    let mats: Vec<_> = mats.map(|place| (place + 1).to_string()).collect();
    let proposed = if mats.is_empty() { none(language) } else { mats.join(" ") };
    ears.show_these(list, talk);
    let all = numbers(list, language);
    let question = words!(
        language,
        "Which of {all} says that somebody is in bed? Or none",
        "Welche von {all} sagt, dass jemand im Bett liegt? Oder keine"
    );
    loop {
        let answer = ears.answer(&question, &proposed, talk).await?;
        match some_of(answer.as_deref().unwrap_or(&proposed), list, language) {
            Ok(beds) => return Ok(beds),
            Err(why) => talk.say(&format!("  {why}")),
        }
    }
}

pub(super) async fn room_is(talk: &mut Talk) -> Result<RoomIs, Stop> {
    let language = talk.language();
    let question = words!(
        language,
        "At night, is the room too cold (1), right (2), or too warm (3)?",
        "Ist der Raum nachts zu kalt (1), richtig (2) oder zu warm (3)?"
    );
    talk.ask(&question, "", |text| room_as(text, language)).await
}

fn room_as(text: &str, language: Language) -> Result<RoomIs, String> {
    match text.to_lowercase().as_str() {
        "1" | "cold" | "kalt" => Ok(RoomIs::TooCold),
        "2" | "right" | "richtig" => Ok(RoomIs::Right),
        "3" | "warm" => Ok(RoomIs::TooWarm),
        "" => Ok(RoomIs::Unsaid),
        _ => Err(words!(
            language,
            "“{text}” is none of cold, right, warm",
            "„{text}“ ist nichts von: kalt, richtig, warm"
        )),
    }
}

/// The answer that there is none.
fn none(language: Language) -> String {
    words!(language, "none", "keine")
}

/// Places as people count them: `1, 2 and 5`.
fn numbers(list: &[usize], language: Language) -> String {
    let all: Vec<_> = list.iter().map(|place| (place + 1).to_string()).collect();
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => {
            let rest = rest.join(", ");
            words!(language, "{rest} and {last}", "{rest} und {last}")
        }
        None => String::new(),
    }
}

/// Some of these places, or none.
fn some_of(text: &str, list: &[usize], language: Language) -> Result<Vec<usize>, String> {
    if is_none(text) {
        return Ok(Vec::new());
    }
    if is_all(text) {
        return Ok(list.to_vec());
    }
    let found = places(text, list.iter().max().map_or(0, |most| most + 1), language)?;
    match found.iter().find(|place| !list.contains(place)) {
        Some(other) => {
            let (other, all) = (other + 1, numbers(list, language));
            Err(words!(language, "{other} is not among {all}", "{other} ist nicht unter {all}"))
        }
        None => Ok(found),
    }
}

fn one_of(text: &str, list: &[usize], language: Language) -> Result<Option<usize>, String> {
    match some_of(text, list, language)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(words!(language, "one number, or none", "eine Zahl, oder keine")),
    }
}
