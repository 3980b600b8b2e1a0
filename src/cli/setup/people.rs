//! Who sleeps there, what holds for them, and on which side they lie.

use std::collections::BTreeMap;

use super::talk::Talk;
use super::{Arguments, Stop};
use crate::model::words;
use crate::plan::Language;
use crate::speech::condition;
use crate::survey::answers::{self, CONDITIONS, Person, Role, Use, is_none};

/// Who sleeps there, and what holds for them.
pub(super) async fn people(
    arguments: &Arguments,
    talk: &mut Talk,
) -> Result<answers::People, Stop> {
    let language = talk.language();
    let mut people = match &arguments.sleepers {
        Some(text) => answers::people(text, language).map_err(Stop::Input)?,
        None => who(talk).await?,
    };
    for flag in &arguments.conditions {
        let wrong = |why: String| Stop::Input(format!("--conditions {flag}: {why}"));
        let (name, list) = flag.split_once('=').ok_or_else(|| {
            wrong(words!(
                language,
                "write it like Anna=diabetes,wounds",
                "bitte so schreiben: Anna=diabetes,wounds"
            ))
        })?;
        let person = people.sleepers.iter_mut().find(|person| person.name == name);
        let person = person.ok_or_else(|| wrong(nobody(name, language)))?;
        person.conditions = answers::conditions(list, language).map_err(wrong)?;
    }
    all_conditions(&mut people, talk).await?;
    Ok(people)
}

pub(super) async fn who(talk: &mut Talk) -> Result<answers::People, Stop> {
    let language = talk.language();
    let question = words!(
        language,
        "Who sleeps there, born when? Like “Anna 1955, Ben 1950, baby”, or none",
        "Wer schläft dort, geboren wann? Etwa „Anna 1955, Ben 1950, Baby“, oder niemand"
    );
    talk.ask(&question, "", |text| answers::people(text, language)).await
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
    let language = talk.language();
    let sleeper = |text: &str| match names.iter().find(|name| name.eq_ignore_ascii_case(text)) {
        Some(name) => Ok(Some((*name).to_owned())),
        None if text.is_empty() || is_none(text) => Ok(None),
        None => Err(nobody(text, language)),
    };
    let mut sides = BTreeMap::new();
    let mut open = mats.clone();
    for flag in flags {
        let wrong = |why: String| Stop::Input(format!("--side {flag}: {why}"));
        let (mat, name) = flag.rsplit_once('=').ok_or_else(|| {
            wrong(words!(
                language,
                "write it like “Left mat=Anna”",
                "bitte so schreiben: „Left mat=Anna“"
            ))
        })?;
        if !mats.contains(&mat) {
            return Err(wrong(words!(
                language,
                "“{mat}” is not used as in_bed",
                "„{mat}“ wird nicht als in_bed verwendet"
            )));
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
        let all = names.join(", ");
        let question = words!(
            language,
            "Whose side is “{mat}” on? {all}, or Enter",
            "Auf wessen Seite liegt „{mat}“? {all}, oder Enter"
        );
        let name = talk.ask(&question, proposed, sleeper).await?;
        sides.extend(name.map(|name| (mat.to_owned(), name)));
    }
    Ok(sides)
}

async fn conditions(person: &mut Person, list: bool, talk: &mut Talk) -> Result<(), Stop> {
    let language = talk.language();
    if list && talk.is_asked() {
        talk.say(&words!(
            language,
            "\nSome advice would be wrong for some people, so uncramp keeps it to itself where one\n\
             of these holds. Nothing of it leaves this machine.",
            "\nMancher Rat wäre für manche falsch; uncramp behält ihn für sich, wo etwas davon\n\
             zutrifft. Nichts davon verlässt diesen Rechner."
        ));
        // German names of conditions are longer.
        let (columns, width) = match language {
            Language::English => (3, 20),
            Language::German => (2, 34),
        };
        for (n, row) in (0..).zip(CONDITIONS.chunks(columns)) {
            let entry = |(m, word): (usize, &&str)| {
                format!("{:>4}  {:<width$}", columns * n + m + 1, condition(word, language))
            };
            let row: String = row.iter().enumerate().map(entry).collect();
            talk.say(row.trim_end());
        }
    }
    let name = &person.name;
    let question = words!(
        language,
        "What holds for {name}? Numbers, or none; Enter does not say, and silences advice on water",
        "Was trifft auf {name} zu? Zahlen, oder nichts; Enter lässt es offen, und zum Trinken sagt \
         uncramp dann nichts"
    );
    person.conditions = talk.ask(&question, "", |text| answers::conditions(text, language)).await?;
    Ok(())
}

/// Nobody has that name.
fn nobody(name: &str, language: Language) -> String {
    words!(language, "nobody is called “{name}”", "niemand heißt „{name}“")
}
