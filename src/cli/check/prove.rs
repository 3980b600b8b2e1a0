//! `uncramp check --prove`: random nights in the household's own bedrooms.

use std::io::{self, Write};

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

/// Plays nights until one breaks a promise, or there are enough of them.
pub(super) fn prove(
    out: &mut impl Write,
    loaded: &Loaded,
    arguments: &Arguments,
    paint: Paint,
) -> io::Result<End> {
    let plan = &loaded.parsed.plan;
    if !arguments.prove || plan.bedrooms.is_empty() {
        return Ok(End::Well);
    }
    let year = loaded.parsed.today.map_or(2026, |(year, _)| year);
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let from = arguments.seed.unwrap_or_else(|| fastrand::u64(0..1_000_000));
    let mut tried = Tried::default();
    let clock = Clock::real();
    let ends = clock.now() + arguments.lasting;
    writeln!(out)?;
    while arguments.nights.map_or_else(|| clock.now() < ends, |nights| tried.nights < nights) {
        let seed = from.wrapping_add(tried.nights);
        let bedroom = one_of(plan, seed);
        let night = prove::night(&bedroom, seed, first);
        match prove::check(&bedroom, &night, &promises::ALL) {
            Ok(more) => tried.add(more),
            Err(broken) => {
                let found = Found { loaded, bedroom, seed, tried };
                return found.tell(out, &night, &broken, paint).map(|()| End::No);
            }
        }
    }
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
    )?;
    Ok(End::Well)
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
    tried: Tried,
}

impl Found<'_> {
    fn tell(
        &self,
        out: &mut impl Write,
        night: &Night,
        broken: &Broken,
        paint: Paint,
    ) -> io::Result<()> {
        let promise = broken.promise;
        let check = |night: &Night| prove::check(&self.bedroom, night, &[promise]).err();
        let short = prove::shrink(night, |night| check(night).is_some());
        let broken = check(&short).unwrap_or_else(|| broken.clone());
        let keys = keys(self.loaded, &self.bedroom);
        let seed = self.seed;
        let says = format!("# {}.\n# Broken: {}. Seed {seed}.\n", promise.says, broken.what);
        let script = script::written(&(says + &keys), &self.bedroom, &short, Some(&broken));
        writeln!(
            out,
            "{}: {}\n  {}: {}\n\n\
             It is the night of seed {seed}, after {} others; `--seed {seed} --nights 1` plays it again.\n\
             The shortest night found that breaks it, as one of tests/nights. Please report it:\n\n{script}",
            paint.warm("broken"),
            promise.says,
            self.bedroom.bedrooms[0].name,
            broken.what,
            self.tried.nights,
        )
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
    use super::*;

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
