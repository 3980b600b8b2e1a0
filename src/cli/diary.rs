//! `uncramp diary`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDate;

use super::colour::Paint;
use super::kept::{Kept, instant};
use super::{Common, End};
use crate::daemon::store::Logged;
use crate::model::{Millilitres, Zone};
use crate::speech::Numbers;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A night goes from noon to noon and is named by its evening. The columns of \
--csv are described in docs/diary.md.\n\nIt shows what a running uncramp keeps: where `store:` of \
the configuration says, else at the usual places. A configuration of your own is named by --config: \
uncramp diary --config FILE"
)]
pub(super) struct Arguments {
    /// Everything ever logged, for a spreadsheet: time,night,bedroom,entry,sleeper,ml.
    #[arg(long)]
    csv: bool,
    /// Every night, not only the latest ones.
    #[arg(long)]
    all: bool,
}

/// So many nights are shown unless all are.
const LATEST: usize = 14;

/// Says what people logged.
pub(super) fn diary(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let kept = match Kept::find(common) {
        Ok(kept) => kept,
        Err(why) => {
            eprintln!("uncramp: {why}");
            return Ok(End::Input);
        }
    };
    let zone = kept.zone();
    let out = io::stdout().lock();
    if arguments.csv {
        csv(out, &kept.diary.entries, &zone)?;
    } else {
        let paint = Paint::on(common.color, &io::stdout());
        nights(out, &kept, arguments.all, paint)?;
    }
    Ok(End::Well)
}

/// One row an entry, in the order of time.
fn csv(out: impl Write, entries: &[Logged], zone: &Zone) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(["time", "night", "bedroom", "entry", "sleeper", "ml"])?;
    for entry in entries {
        let (time, night) = (instant(zone, entry.at()), night_of(entry, zone).to_string());
        let ml = if let Logged::Drink(drink) = entry {
            drink.amount.0.to_string()
        } else {
            String::new()
        };
        let sleeper = entry.sleeper().unwrap_or_default();
        rows.write_record([&time, &night, entry.bedroom(), word(entry), sleeper, &ml])?;
    }
    rows.flush()
}

fn nights(mut out: impl Write, kept: &Kept, all: bool, paint: Paint) -> io::Result<()> {
    let (entries, zone) = (&kept.diary.entries, &kept.zone());
    let mut nights: BTreeMap<NaiveDate, Vec<&Logged>> = BTreeMap::new();
    for entry in entries {
        nights.entry(night_of(entry, zone)).or_default().push(entry);
    }
    if nights.is_empty() {
        return writeln!(out, "Nothing was logged yet: no cramp, no answer, no drink.");
    }
    let rooms: std::collections::BTreeSet<&str> = entries.iter().map(Logged::bedroom).collect();
    let earlier = if all { 0 } else { nights.len().saturating_sub(LATEST) };
    if earlier > 0 {
        let more = match earlier {
            1 => "1 earlier night: --all shows it, too".to_owned(),
            many => format!("{many} earlier nights: --all shows them, too"),
        };
        writeln!(out, "{}", paint.dim(&more))?;
    }
    for (night, entries) in nights.iter().skip(earlier) {
        writeln!(out, "{}", paint.bold(&format!("Night of {night}")))?;
        for entry in entries.iter().filter(|entry| !matches!(entry, Logged::Drink(_))) {
            let time = zone.civil(entry.at()).format("%H:%M").to_string();
            let room =
                if rooms.len() > 1 { format!("{}: ", entry.bedroom()) } else { String::new() };
            let who = entry.sleeper().map_or_else(String::new, |who| format!(", {who}"));
            let what = match entry {
                Logged::Cramp(_) => paint.warm("cramp"),
                Logged::NoCramp(_) => "asked: no cramp".to_owned(),
                Logged::Drink(_) => continue,
            };
            writeln!(out, "  {}  {room}{what}{who}", paint.dim(&time))?;
        }
        if let Some(drinks) = drinks(entries, kept.numbers()) {
            writeln!(out, "         {drinks}")?;
        }
    }
    writeln!(out, "\n{}", tally(&nights))
}

/// `3 drinks, 600 mL`, none if there were none.
fn drinks(entries: &[&Logged], numbers: Numbers) -> Option<String> {
    let amounts = entries.iter().filter_map(|entry| match entry {
        Logged::Drink(drink) => Some(drink.amount.0),
        Logged::Cramp(_) | Logged::NoCramp(_) => None,
    });
    let (count, sum) = amounts.fold((0, 0), |(count, sum), ml| (count + 1, sum + ml));
    let drinks = if count == 1 { "drink" } else { "drinks" };
    (count > 0).then(|| format!("{count} {drinks}, {}", numbers.volume(Millilitres(sum))))
}

/// Nights that nobody spoke of are none without a cramp.
fn tally(nights: &BTreeMap<NaiveDate, Vec<&Logged>>) -> String {
    let cramps = |entries: &[&Logged]| {
        entries.iter().filter(|entry| matches!(entry, Logged::Cramp(_))).count()
    };
    let with = nights.values().filter(|entries| cramps(entries) > 0).count();
    let asked = |entries: &[&Logged]| entries.iter().any(|it| matches!(it, Logged::NoCramp(_)));
    let without = nights.values().filter(|it| cramps(it) == 0 && asked(it)).count();
    let all: usize = nights.values().map(|entries| cramps(entries)).sum();
    let counted = |many: usize, what: &str| match many {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    };
    let cramps = match all {
        0 => "no cramp".to_owned(),
        all => format!("{} on {}", counted(all, "cramp"), counted(with, "night")),
    };
    match without {
        0 => format!("In all: {cramps}; of no night somebody said that there was none."),
        some => format!(
            "In all: {cramps}; of {} somebody said that there was none.",
            counted(some, "night")
        ),
    }
}

/// An answer is about the night that was asked for, whenever it was given.
fn night_of(entry: &Logged, zone: &Zone) -> NaiveDate {
    match entry {
        Logged::NoCramp(none) => none.night,
        Logged::Drink(_) | Logged::Cramp(_) => Zone::evening(zone.civil(entry.at())),
    }
}

const fn word(entry: &Logged) -> &'static str {
    match entry {
        Logged::Drink(_) => "drink",
        Logged::Cramp(_) => "cramp",
        Logged::NoCramp(_) => "no_cramp",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::store::{Cramp, NoCramp};

    #[test]
    fn what_nights_came_to_reads_well_for_none_one_and_several() {
        let evening = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
        let bedroom = || "bedroom".to_owned();
        let cramp = Logged::Cramp(Cramp { bedroom: bedroom(), sleeper: None, at: 0 });
        let none = |day| {
            let night = evening(day);
            Logged::NoCramp(NoCramp { bedroom: bedroom(), sleeper: None, night, at: 0 })
        };
        let nones = [none(1), none(2)];
        let told = |cramps: &[u32], without: usize| {
            let mut nights: BTreeMap<NaiveDate, Vec<&Logged>> = BTreeMap::new();
            for day in cramps {
                nights.entry(evening(*day)).or_default().push(&cramp);
            }
            for (day, none) in (1..).zip(&nones[..without]) {
                nights.entry(evening(day)).or_default().push(none);
            }
            tally(&nights)
        };
        let none_said = "of no night somebody said that there was none.";
        assert_eq!(told(&[], 0), format!("In all: no cramp; {none_said}"));
        assert_eq!(told(&[5], 0), format!("In all: 1 cramp on 1 night; {none_said}"));
        assert_eq!(
            told(&[5, 5], 1),
            "In all: 2 cramps on 1 night; of 1 night somebody said that there was none."
        );
        assert_eq!(
            told(&[5, 6], 2),
            "In all: 2 cramps on 2 nights; of 2 nights somebody said that there was none."
        );
        // Where one had a cramp and the other none, it is a night with a cramp.
        assert_eq!(told(&[1], 1), format!("In all: 1 cramp on 1 night; {none_said}"));
    }
}
