//! What the flags and the environment say.

use super::hear::{Ears, Said};
use super::talk::Talk;
use super::{Arguments, Stop};
use crate::daemon::outside::Machine;
use crate::model::words;
use crate::plan::{Language, Outside as _, Units};
use crate::survey::answers::{Role, Use};
use crate::survey::{Candidate, live};

/// By what the house's units are known.
pub(super) fn said_of_units(arguments: &Arguments, talk: &Talk) -> Result<Said, Stop> {
    let zone = match &arguments.timezone {
        Some(text) => {
            let zone = zone(text, talk.language());
            Some(zone.map_err(|why| Stop::Input(format!("--timezone: {why}")))?)
        }
        None => Machine.system_zone().map(|it| it.name).filter(|it| Machine.zone(it).is_some()),
    };
    let units = arguments.units.as_deref().map(|text| units(text, talk.language())).transpose();
    let units = units.map_err(|why| Stop::Input(format!("--units: {why}")))?;
    // As every program looks for it (POSIX, “Locale” of its environment variables).
    let set = ["LC_ALL", "LC_MEASUREMENT", "LANG"].into_iter().find_map(set);
    Ok(Said { units, zone, locale: set })
}

pub(super) fn units(text: &str, language: Language) -> Result<Units, String> {
    match text.to_lowercase().as_str() {
        "metric" | "metrisch" | "c" | "°c" | "celsius" => Ok(Units::Metric),
        "imperial" | "f" | "°f" | "fahrenheit" => Ok(Units::Imperial),
        _ => Err(words!(
            language,
            "“{text}” is neither metric (°C, mL) nor imperial (°F, fl oz)",
            "„{text}“ ist weder metric (°C, mL) noch imperial (°F, fl oz)"
        )),
    }
}

/// A variable of the environment that says something.
fn set(name: &str) -> Option<String> {
    Machine.env(name).filter(|text| !text.is_empty())
}

/// A zone that this machine knows by that name.
pub(super) fn zone(name: &str, language: Language) -> Result<String, String> {
    let why = || {
        words!(
            language,
            "this machine knows no zone “{name}”; write it like Europe/Berlin",
            "dieser Rechner kennt keine Zone „{name}“; bitte so schreiben: Europe/Berlin"
        )
    };
    Machine.zone(name).map(|zone| zone.name).ok_or_else(why)
}

/// The language that was said, else the terminal's if uncramp speaks it.
pub(super) fn language(arguments: &Arguments) -> Result<Option<String>, Stop> {
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

/// The devices that the flags name, and as what.
pub(super) fn devices(
    arguments: &Arguments,
    ears: &Ears,
    language: Language,
) -> Result<Vec<Use>, Stop> {
    let each = arguments.used.iter().map(|text| {
        let wrong = |why: String| Stop::Input(format!("--use {text}: {why}"));
        let (name, word) = text.rsplit_once('=').ok_or_else(|| {
            wrong(words!(
                language,
                "write it like “Bedroom climate=room”",
                "bitte so schreiben: „Bedroom climate=room“"
            ))
        })?;
        let role = Role::ALL.into_iter().find(|role| role.word() == word).ok_or_else(|| {
            let all: Vec<_> = Role::ALL.iter().map(|role| role.word()).collect();
            let all = all.join(", ");
            wrong(words!(language, "“{word}” is none of {all}", "„{word}“ ist keins von {all}"))
        })?;
        let meant = |it: &&Candidate| it.name == name || it.address.eq_ignore_ascii_case(name);
        let mut found = ears.candidates.iter().filter(meant);
        let candidate = found.next().ok_or_else(|| {
            let names: Vec<_> = ears.candidates.iter().map(|it| it.name.as_str()).collect();
            let names = names.join(", ");
            wrong(words!(
                language,
                "no such device announced itself; there is {names}",
                "kein solches Gerät hat sich gemeldet; es gibt {names}"
            ))
        })?;
        if found.next().is_some() {
            return Err(wrong(words!(
                language,
                "several are called so; use its name or address as it is listed",
                "mehrere heißen so; bitte Name oder Adresse wie in der Liste"
            )));
        }
        if !role.fits(candidate) {
            return Err(wrong(words!(
                language,
                "“{name}” offers nothing that makes it that",
                "„{name}“ kann nichts, was dazu nötig wäre"
            )));
        }
        Ok(Use { candidate: candidate.clone(), role })
    });
    each.collect()
}
