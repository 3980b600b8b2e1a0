//! `uncramp check --prove`: random nights in the household's own bedrooms.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{panic, thread};

use chrono::NaiveDate;

use super::super::End;
use super::super::colour::Paint;
use super::super::config::Loaded;
use crate::daemon::clock::Clock;
use crate::model::Span;
use crate::plan::Plan;
use crate::prove::{self, Broken, Night, Tried, promises, script};

#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Plays random nights in the bedrooms of this configuration, and looks whether uncramp
    /// keeps its promises in all of them.
    #[arg(long)]
    prove: bool,
    /// How many nights; else as many as there is time for.
    #[arg(long, value_name = "N", requires = "prove")]
    nights: Option<u64>,
    /// The night to begin with; else any. The same number is the same night.
    #[arg(long, value_name = "NUMBER", requires = "prove")]
    seed: Option<u64>,
    /// For how long, if --nights does not say how many: such as 60s or 10m.
    #[arg(long = "for", value_name = "TIME", default_value = "60s", value_parser = span,
          requires = "prove")]
    lasting: Span,
}

fn span(text: &str) -> Result<Span, String> {
    let seconds = match text.char_indices().last() {
        Some((at, 's')) => text[..at].parse().ok(),
        Some((at, 'm')) => text[..at].parse().ok().map(|minutes: u32| minutes.saturating_mul(60)),
        Some((at, 'h')) => text[..at].parse().ok().map(|hours: u32| hours.saturating_mul(3600)),
        _ => None,
    };
    let seconds = seconds.ok_or("write a number and `s`, `m` or `h`, such as `60s`")?;
    Ok(Span::seconds(i64::from(seconds)))
}

/// Plays nights in the bedrooms of the plan in force until one breaks a promise, or there are enough
/// of them.
pub(super) fn prove(
    out: &mut impl Write,
    loaded: &Loaded,
    plan: &Plan,
    arguments: &Arguments,
    paint: Paint,
) -> io::Result<End> {
    if !arguments.prove || plan.bedrooms.is_empty() {
        return Ok(End::Well);
    }
    let year = loaded.parsed.today.map_or(2026, |(year, _)| year);
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let from = arguments.seed.unwrap_or_else(|| fastrand::u64(0..1_000_000));
    // Said first: whatever becomes of the nights, they can be played again.
    writeln!(out, "\nPlaying random nights, from seed {from} on.")?;
    out.flush()?;
    let clock = Clock::real();
    let ends = clock.now() + arguments.lasting;
    let enough = |nth| arguments.nights.map_or_else(|| clock.now() >= ends, |nights| nth >= nights);
    let play = |nth: u64| {
        let seed = from.wrapping_add(nth);
        let bedroom = one_of(plan, seed);
        let night = prove::night(&bedroom, seed, first);
        prove::check(&bedroom, &night, &promises::ALL)
            .map_err(|broken| Box::new(Found { loaded, bedroom, seed, nth, night, broken }))
    };
    match on_every_core(&enough, &play) {
        Ok(tried) => held(out, from, tried, paint).map(|()| End::Well),
        Err(found) => found.tell(out, paint).map(|()| End::No),
    }
}

/// Plays one night after the other on every core, until there are enough or one breaks a promise:
/// then it is the first that does, however many cores there are.
fn on_every_core<'a>(
    enough: &(impl Fn(u64) -> bool + Sync),
    play: &(impl Fn(u64) -> Result<Tried, Box<Found<'a>>> + Sync),
) -> Result<Tried, Box<Found<'a>>> {
    let (next, broken) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let one_core = || {
        let mut tried = Tried::default();
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if nth > broken.load(Ordering::Relaxed) || enough(nth) {
                return Ok(tried);
            }
            match play(nth) {
                Ok(more) => tried.add(more),
                Err(found) => {
                    broken.fetch_min(nth, Ordering::Relaxed);
                    return Err(found);
                }
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let played: Vec<_> = thread::scope(|scope| {
        let cores: Vec<_> = (0..cores).map(|_| scope.spawn(one_core)).collect();
        cores
            .into_iter()
            .map(|it| it.join().unwrap_or_else(|it| panic::resume_unwind(it)))
            .collect()
    });
    let mut all = Tried::default();
    let mut first: Option<Box<Found<'a>>> = None;
    for one in played {
        match one {
            Ok(tried) => all.add(tried),
            Err(found) if first.as_ref().is_none_or(|first| found.nth < first.nth) => {
                first = Some(found);
            }
            Err(_) => {}
        }
    }
    first.map_or(Ok(all), Err)
}

fn held(out: &mut impl Write, from: u64, tried: Tried, paint: Paint) -> io::Result<()> {
    let Tried { nights, busy, commands, moments } = tried;
    let ok = paint.good("no promise was broken");
    writeln!(
        out,
        "{ok} in {nights} random nights, of the seeds {from} to {}: on {busy} of them something was\n\
         switched on or raised, {commands} commands were given, {moments} moments were looked at.\n\
         These were watched:",
        from.wrapping_add(nights.saturating_sub(1))
    )?;
    for promise in promises::ALL {
        writeln!(out, "  - {}", promise.says)?;
    }
    writeln!(
        out,
        "That is no proof: it says that none of these nights broke a promise, and nothing of others."
    )
}

/// Each seed has its bedroom.
fn one_of(plan: &Plan, seed: u64) -> Plan {
    let many = u64::try_from(plan.bedrooms.len()).unwrap_or(1);
    prove::one_bedroom(plan, usize::try_from(seed % many).unwrap_or_default())
}

/// A night that broke a promise.
struct Found<'a> {
    loaded: &'a Loaded,
    bedroom: Plan,
    seed: u64,
    /// How many were played before it.
    nth: u64,
    night: Night,
    broken: Broken,
}

impl Found<'_> {
    fn tell(&self, out: &mut impl Write, paint: Paint) -> io::Result<()> {
        let Self { seed, nth, broken, .. } = self;
        let promise = broken.promise;
        let check = |night: &Night| prove::check(&self.bedroom, night, &[promise]).err();
        let short = prove::shrink(&self.night, |night| check(night).is_some());
        let broken = check(&short).unwrap_or_else(|| broken.clone());
        let says = format!("# {}.\n# Broken: {}. Seed {seed}.\n", promise.says, broken.what);
        let head = says + self.changed() + &keys(self.loaded, &self.bedroom);
        let script = script::written(&head, &self.bedroom, &short, Some(&broken));
        writeln!(
            out,
            "{}: {}\n  {}: {}\n\n\
             It is the night of seed {seed}, after {nth} others; `--seed {seed} --nights 1` plays it again.\n\
             The shortest night found that breaks it, as one of tests/nights. Please report it:\n\n{script}",
            paint.warm("broken"),
            promise.says,
            self.bedroom.bedrooms[0].name,
            broken.what,
        )
    }

    /// What the keys in the file do not say.
    fn changed(&self) -> &'static str {
        let in_file = |it: &&crate::plan::Bedroom| it.name == self.bedroom.bedrooms[0].name;
        let in_file = self.loaded.parsed.plan.bedrooms.iter().find(in_file);
        if in_file == self.bedroom.bedrooms.first() {
            ""
        } else {
            "# Home Assistant changed some of these keys: `uncramp check` says which.\n"
        }
    }
}

/// The keys of the bedroom as they stand in the file, above them those of the house that
/// matter to it.
fn keys(loaded: &Loaded, plan: &Plan) -> String {
    let name = &plan.bedrooms[0].name;
    let of_house = ["timezone:", "language:", "units:", "base_topic:", "zigbee2mqtt_base:"];
    let written = |line: &&str| of_house.iter().any(|key| line.starts_with(key));
    let mut house: Vec<String> =
        loaded.text.lines().filter(written).map(|line| format!("{line}\n")).collect();
    if !house.iter().any(|line| line.starts_with("timezone:")) {
        house.push(format!("timezone: {}\n", plan.zone.name));
    }
    let keys = house.concat();
    keys + &block(&loaded.text, name).unwrap_or_else(|| {
        format!("# here stand the keys of the bedroom `{name}`, of {}\n", loaded.path.display())
    })
}

/// What is indented below `bedrooms:` and the bedroom's name, no longer indented.
fn block(text: &str, name: &str) -> Option<String> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let mut lines = text.lines().skip_while(|line| line.trim_end() != "bedrooms:").skip(1);
    let head = lines.find(|line| line.trim() == format!("{name}:"))?;
    let inside: Vec<&str> = lines
        .take_while(|line| blank(line) || depth(line) > depth(head))
        .filter(|line| !blank(line))
        .collect();
    let least = inside.iter().map(|line| depth(line)).min()?;
    Some(inside.iter().flat_map(|line| [&line[least..], "\n"]).collect())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::daemon::outside::Machine;
    use crate::plan::parse;

    const FILE: &str = "timezone: Europe/Brussels\nmqtt: embedded\nbedrooms:\n  bedroom:\n    \
                        sleep: 22:30-06:45\n    sensors: { room: { topic: room } }\n    \
                        heater: { kind: panel, fixed: true, zigbee2mqtt: Panel }\n";

    fn loaded() -> Loaded {
        let Ok(parsed) = parse(FILE, &Machine) else { panic!("a configuration") };
        let path = PathBuf::from("uncramp.yaml");
        Loaded { path, text: FILE.to_owned(), parsed, outdated: false }
    }

    /// A night that is said to have broken a promise, in a bedroom.
    fn found(loaded: &Loaded, nth: u64) -> Box<Found<'_>> {
        let seed = 7 + nth;
        let bedroom = loaded.parsed.plan.clone();
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let night = prove::chance::night(seed, first, 2..6);
        let at = crate::model::Time::ZERO + Span::hours(1);
        let what = "heater is on, and should not be".to_owned();
        let broken = Broken { promise: promises::ALL[0], at, what };
        Box::new(Found { loaded, bedroom, seed, nth, night, broken })
    }

    #[test]
    fn a_night_that_breaks_a_promise_is_told_as_a_script() {
        let loaded = loaded();
        let mut told = Vec::new();
        found(&loaded, 4).tell(&mut told, Paint { on: false }).expect("told");
        let told = String::from_utf8(told).expect("a text");
        let says = promises::ALL[0].says;
        let said = format!("broken: {says}\n  bedroom: heater is on, and should not be\n");
        assert!(told.starts_with(&said), "{told}");
        for line in [
            "the night of seed 11, after 4 others; `--seed 11 --nights 1` plays it again.",
            &format!("\n# {says}.\n# Broken: heater is on, and should not be. Seed 11.\n"),
            "\ntimezone: Europe/Brussels\nsleep: 22:30-06:45\n",
            "\n----\n",
            "\nbegins 20",
            "    => ",
        ] {
            assert!(told.contains(line), "{line}\n in \n{told}");
        }
        assert!(!told.contains("Home Assistant changed"), "{told}");
        let mut changed = found(&loaded, 4);
        changed.bedroom.bedrooms[0].audible_changes = Some(1);
        let mut told = Vec::new();
        changed.tell(&mut told, Paint { on: false }).expect("told");
        assert!(String::from_utf8(told).expect("a text").contains("Home Assistant changed some"));
    }

    #[test]
    fn of_several_nights_that_break_a_promise_the_first_is_told() {
        let loaded = loaded();
        let one = Tried { nights: 1, ..Tried::default() };
        let play = |nth| if nth >= 40 && nth % 3 == 1 { Err(found(&loaded, nth)) } else { Ok(one) };
        for _ in 0..20 {
            let first = on_every_core(&|nth| nth >= 100, &play).expect_err("one");
            assert_eq!(first.nth, 40);
        }
        let all = on_every_core(&|nth| nth >= 40, &play);
        assert_eq!(all.ok().expect("none").nights, 40);
    }

    #[test]
    fn a_bedroom_is_cut_out_of_the_file() {
        let text = "mqtt: embedded\nbedrooms:\n  attic:\n    sleep: a\n  bedroom:\n    sleep: b\n\n    \
                    sensors:\n      room: c # d\n    # e\nx-y: z\n";
        assert_eq!(block(text, "bedroom").expect("it"), "sleep: b\nsensors:\n  room: c # d\n");
        assert_eq!(block(text, "attic").expect("it"), "sleep: a\n");
        assert_eq!(block("bedrooms: { attic: { sleep: a } }\n", "attic"), None);
    }

    #[test]
    fn times_are_read() {
        assert_eq!(span("60s"), Ok(Span::minutes(1)));
        assert_eq!(span("2h"), Ok(Span::hours(2)));
        assert!(span("60").is_err() && span("").is_err() && span("-1m").is_err());
    }
}
