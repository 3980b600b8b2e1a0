//! A night in the language of scripted nights (`tests/nights/README.md`).

use std::fmt::Write as _;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::Broken;
use super::night::Night;
use super::play::{BEDROOM, Recording, play};
use crate::engine::{
    Action, Audience, Event, Fault, Household, Order, Outcome, SpokenAt, Urgency, Want, Wish,
};
use crate::model::{
    Echo, Item, Measured, Quantity, SensorId, Span, Temperature, Time, Value, Wall, Zone,
};
use crate::plan::{Bedroom, Mode, Plan};
use crate::speech;

/// The line that says that the sleepers never heard uncramp before.
pub const STRANGER: &str = "nobody knows uncramp yet";
/// The line that says that devices answer what stands in the script, and nothing else.
pub const SILENT: &str = "devices answer only as written";

/// A night in the only bedroom of a plan: its keys, everything that happened, and what
/// uncramp did; up to the moment that broke a promise, if one did.
#[must_use]
pub fn written(keys: &str, plan: &Plan, night: &Night, broken: Option<&Broken>) -> String {
    let recording = play(plan, night, |_| {});
    let mut writer = Writer::new(plan, &recording);
    let begins = writer.shown_at(recording.begins);
    let mut out = format!("{}\n----\n{STRANGER}\n{SILENT}\n", keys.trim_end());
    line(&mut out, &format!("begins {}", begins.format("%Y-%m-%d %H:%M")));
    let mut before = 0;
    let until = broken.map_or(Time::NEVER, |broken| broken.at);
    let happened = recording.events.iter().zip(&recording.told);
    for (index, ((at, event), after)) in happened.enumerate() {
        let actions = &recording.actions[before..*after];
        // What happens at the beginning of every script.
        let begins = index == 0;
        let since = recording.slept.get(at).copied().unwrap_or(*at);
        let forgot = *event == Event::Start && recording.forgot.contains(at);
        let written = match (begins, forgot) {
            (true, _) => Vec::new(),
            (false, true) => vec![writer.timed(*at, "uncramp starts and remembers nothing")],
            (false, false) => writer.lines(since, *at, event),
        };
        // A look that changes nothing is worth a line where something is to be shown.
        let looked = written.is_empty() && !begins && (!actions.is_empty() || *at >= until);
        let nothing = looked.then(|| writer.timed(*at, "nothing"));
        let written: Vec<String> = written.into_iter().chain(nothing).collect();
        // What was done at the beginning is shown with what happens first.
        if written.is_empty() {
            continue;
        }
        before = *after;
        for text in written {
            line(&mut out, &text);
        }
        for (at, action) in actions {
            if let Some(done) = told(plan, writer.wall, writer.date, *at, action) {
                line(&mut out, &format!("    => {done}"));
            }
        }
        if *at >= until {
            break;
        }
    }
    out
}

/// When a script shows an action to have been decided, and which, in words; none where the
/// same is said to the keeper anyway. `date` is the day the script has come to.
#[must_use]
pub fn told(plan: &Plan, wall: Wall, date: NaiveDate, at: Time, action: &Action) -> Option<String> {
    let civil = plan.zone.civil(wall.unix_ms(at));
    let far = (date - civil.date()).num_days().abs() > 1;
    let day = if far { "%-d %b " } else { "" };
    let clock = if civil.format("%S").to_string() == "00" { "%H:%M" } else { "%H:%M:%S" };
    let shown = civil.format(&format!("{day}{clock}")).to_string();
    Some(format!("{shown} {}", described(plan, wall, at, action)?))
}

fn described(plan: &Plan, wall: Wall, at: Time, action: &Action) -> Option<String> {
    let context = speech::Context::new(plan, BEDROOM, wall, at)?;
    let bedroom = &plan.bedrooms[0];
    let name =
        |actuator: crate::model::ActuatorId| &bedroom.actuators[usize::from(actuator.0)].name;
    Some(match action {
        Action::Switch(command) => {
            let switch = speech::switch(&command.switch, &context);
            let again = if command.again { " (again)" } else { "" };
            let why = speech::reason(&command.reason, &context);
            let electric = command.order == Order::RecordFirst;
            let first = if electric { ", recorded first" } else { "" };
            format!("{} {switch}{again}{first}: {why}", name(command.actuator))
        }
        Action::Query { actuator, .. } => format!("{} is asked where it stands", name(*actuator)),
        Action::Watched(command) => {
            let would = speech::watching(&command.switch, &command.reason, &context);
            format!("{}, {would}", name(command.actuator))
        }
        Action::Announce(announcement) => {
            let audience = match (announcement.audience, announcement.place) {
                (Audience::Keeper, _) => "keeper",
                (Audience::Sleeper, SpokenAt::Bed) => "sleeper at the bed",
                (Audience::Sleeper, SpokenAt::Home) => "sleeper",
            };
            let alarm = if announcement.urgency == Urgency::Alarm { ", aloud" } else { "" };
            let said = speech::announced(announcement, &context);
            format!("to the {audience}{alarm}: {}", said.text())
        }
        Action::Unsaid(unsaid) => speech::unsaid(unsaid, &context),
        Action::Notice(notice) => {
            let Fault::Garbled { sensor } = notice.fault else { return None };
            let name = &bedroom.sensors[usize::from(sensor.0)].name;
            return (!notice.healed).then(|| format!("logged: {name} sends what is no reading"));
        }
    })
}

fn line(out: &mut String, text: &str) {
    // Writing into a text does not fail.
    let _ = writeln!(out, "{text}");
}

/// Writes as a script is read: a time earlier than the one before it is on the next day.
struct Writer<'a> {
    zone: &'a Zone,
    bedroom: &'a Bedroom,
    wall: Wall,
    date: NaiveDate,
    last: NaiveTime,
    /// When the line before was.
    now: Time,
}

impl<'a> Writer<'a> {
    fn new(plan: &'a Plan, recording: &Recording) -> Self {
        let (zone, bedroom) = (&plan.zone, &plan.bedrooms[0]);
        let (wall, now) = (recording.engine.wall(), recording.begins);
        let civil = zone.civil(wall.unix_ms(now));
        Self { zone, bedroom, wall, date: civil.date(), last: civil.time(), now }
    }

    fn shown_at(&self, at: Time) -> NaiveDateTime {
        self.zone.civil(self.wall.unix_ms(at))
    }

    /// What happens, behind its time: such as `22:10 …`, or `+37s …` where the clock shows
    /// one and the same time twice.
    fn timed(&mut self, at: Time, what: &str) -> String {
        let civil = self.shown_at(at);
        let next = u64::from(civil.time() < self.last);
        let date = self.date.checked_add_days(Days::new(next)).unwrap_or(self.date);
        let meant = self.wall.time(self.zone.at(date, civil.time()));
        let after = at - self.now;
        (self.date, self.last, self.now) = (civil.date(), civil.time(), at);
        if meant != at {
            return format!("+{} {what}", span(after));
        }
        let seconds = civil.format("%S").to_string() != "00";
        format!("{} {what}", civil.format(if seconds { "%H:%M:%S" } else { "%H:%M" }))
    }

    fn lines(&mut self, since: Time, at: Time, event: &Event) -> Vec<String> {
        let whats = match event {
            Event::Heard { heard, .. } => self.heard(at, &heard.items, heard.retained),
            Event::Wish { wish, .. } => vec![self.wish(at, wish)],
            Event::Clock(wall) => return vec![self.clock(at, *wall)],
            Event::Gap => {
                let slept = self.timed(since, &format!("uncramp sleeps for {}", span(at - since)));
                let civil = self.shown_at(at);
                (self.date, self.last, self.now) = (civil.date(), civil.time(), at);
                return vec![slept];
            }
            Event::Start => vec!["uncramp restarts".to_owned()],
            Event::Stop => vec!["uncramp stops".to_owned()],
            Event::Link { up } => vec![format!("broker {}", if *up { "back" } else { "gone" })],
            Event::Unrecorded { actuator, .. } => {
                vec![format!("{} could not be recorded", self.actuator(*actuator))]
            }
            Event::Announced { outcome, .. } => vec![match outcome {
                Outcome::Spoken => "somebody hears it".to_owned(),
                Outcome::Failed => "somebody could not hear it".to_owned(),
                Outcome::Answered => "somebody answers".to_owned(),
            }],
            Event::Plan(_) | Event::Tick | Event::Noticed { .. } => Vec::new(),
        };
        whats.iter().map(|what| self.timed(at, what)).collect()
    }

    fn clock(&mut self, at: Time, wall: Wall) -> String {
        let known = if wall.synchronised { "clock set" } else { "clock lost" };
        let jumps = Span(wall.offset - self.wall.offset);
        let what = if wall.synchronised == self.wall.synchronised {
            format!("clock jumps {}", span(jumps))
        } else {
            known.to_owned()
        };
        let text = self.timed(at, &what);
        self.wall = wall;
        let civil = self.shown_at(at);
        (self.date, self.last) = (civil.date(), civil.time());
        text
    }

    fn heard(&self, at: Time, items: &[Item], retained: bool) -> Vec<String> {
        let mut whats: Vec<String> = Vec::new();
        for item in items {
            match self.item(at, item, items.len(), retained) {
                // What was measured at one place is one line.
                Said::Measured { place, value } => match whats.last_mut() {
                    Some(line) if line.starts_with(place) => {
                        line.push(' ');
                        line.push_str(&value);
                    }
                    _ => whats.push(format!("{place} {value}")),
                },
                Said::Line(line) => whats.push(line),
                Said::Nonsense { sensor, times } => {
                    let times = if times == 1 { String::new() } else { format!(" {times} times") };
                    whats.push(format!("{sensor} says nan{times}"));
                    break;
                }
            }
        }
        whats
    }

    fn item(&self, at: Time, item: &Item, times: usize, retained: bool) -> Said {
        let reachable = |online: bool| if online { "online" } else { "offline" };
        Said::Line(match item {
            Item::Reading { sensor, value, measured } if retained => {
                let value = plain(*value);
                let age = match measured {
                    Measured::At(when) | Measured::Restored(when) => {
                        let age = Span(self.wall.unix_ms(at) - when);
                        format!(" measured {} ago", span(age))
                    }
                    Measured::WhenHeard | Measured::Unknown => String::new(),
                };
                format!("{} kept {value}{age}", self.place(*sensor))
            }
            Item::Reading { sensor, value: Value::Occupied(somebody), .. } => {
                let said = if *somebody { "somebody" } else { "nobody" };
                format!("{} says {said}", self.sensor(*sensor))
            }
            Item::Reading { value: Value::Open(open), .. } => {
                format!("window {}", if *open { "opens" } else { "closes" })
            }
            Item::Reading { sensor, value, .. } => {
                return Said::Measured { place: self.place(*sensor), value: plain(*value) };
            }
            Item::Garbled { sensor, .. } => {
                return Said::Nonsense { sensor: self.sensor(*sensor).to_owned(), times };
            }
            Item::SensorOnline { sensor, online } => {
                format!("{} is {}", self.sensor(*sensor), reachable(*online))
            }
            Item::ActuatorOnline { actuator, online } => {
                format!("{} {}", self.actuator(*actuator), reachable(*online))
            }
            Item::SensorBattery { sensor, battery } => {
                format!("{} battery {battery:?}", self.place(*sensor))
            }
            Item::ActuatorBattery { actuator, battery } => {
                format!("{} battery {battery:?}", self.actuator(*actuator))
            }
            Item::Courier { sensor, online } => {
                let comes = if *online { "comes" } else { "goes" };
                format!("{} courier {comes}", self.place(*sensor))
            }
            Item::Repeats => "gateway restarts".to_owned(),
            Item::Echo { actuator, echo: Echo::Power(watts) } => {
                format!("{} draws {}", self.actuator(*actuator), f64::from(watts.0) / 10.0)
            }
            Item::Echo { actuator, echo: Echo::Running(since) } => {
                format!("{} runs for {}", self.actuator(*actuator), span(*since))
            }
            Item::Echo { actuator, echo: Echo::AfterPowerCut(on) } => {
                let then = if *on { "come back on" } else { "stay off" };
                format!("{} is set to {then}", self.actuator(*actuator))
            }
            Item::Echo { actuator, echo } => {
                format!("{} reports {}", self.actuator(*actuator), reported(*echo))
            }
        })
    }

    fn wish(&self, at: Time, wish: &Wish) -> String {
        match wish {
            Wish::Override { actuator, want, until } => {
                let want = match want {
                    Want::On => "on".to_owned(),
                    Want::Level(level) => format!("level {level}"),
                    Want::Off => "off".to_owned(),
                    Want::Auto => "auto".to_owned(),
                };
                let ends = until.map(|until| format!(" for {}", span(until - at)));
                let name = self.actuator(*actuator);
                format!("somebody wants {name} {want}{}", ends.unwrap_or_default())
            }
            Wish::Mode(mode) => format!(
                "mode {}",
                match mode {
                    Mode::Auto => "auto",
                    Mode::Watch => "watch",
                    Mode::Off => "off",
                }
            ),
            Wish::Resume => "mode resume".to_owned(),
            Wish::Drink { sleeper, amount } => {
                format!("{} drinks {}", self.sleeper(Some(*sleeper)), amount.0)
            }
            Wish::Away(Some(until)) => format!("everybody leaves for {}", span(*until - at)),
            Wish::Away(None) => "everybody returns".to_owned(),
            Wish::House(Household::Baby) => "a baby sleeps here tonight".to_owned(),
            Wish::House(_) => "a guest sleeps here tonight".to_owned(),
            Wish::Pause(_) => "not tonight".to_owned(),
            Wish::Shift(by) => {
                format!("somebody is too {}", if by.0 > 0 { "cold" } else { "warm" })
            }
            Wish::Cramp { sleeper, ago } => {
                format!("{} had a cramp {} ago", self.sleeper(*sleeper), span(*ago))
            }
            Wish::NoCramp { sleeper, .. } => format!("{} had no cramp", self.sleeper(*sleeper)),
            Wish::Say(text) => format!("home assistant says {text}"),
            Wish::Done => "somebody is done".to_owned(),
            Wish::Snooze => "somebody wants it later".to_owned(),
            Wish::Postpone(_) => "somebody answers later".to_owned(),
            Wish::Timer { actuator, works } => {
                let seen = if *works { "work" } else { "fail" };
                format!("{} timer was seen to {seen}", self.actuator(*actuator))
            }
        }
    }

    fn actuator(&self, id: crate::model::ActuatorId) -> &str {
        self.bedroom.actuators.get(usize::from(id.0)).map_or("nothing", |it| &it.name)
    }

    fn sleeper(&self, index: Option<usize>) -> &str {
        let sleeper = index.and_then(|index| self.bedroom.sleepers.get(index));
        sleeper.map_or("somebody", |it| &it.name)
    }

    fn sensor(&self, id: SensorId) -> &str {
        self.bedroom.sensors.get(usize::from(id.0)).map_or("nothing", |it| &it.name)
    }

    /// `room`, `bed` or `outdoors`: the first word of what a thermometer is called.
    fn place(&self, id: SensorId) -> &'static str {
        use crate::model::Place;
        match self.bedroom.sensors.get(usize::from(id.0)).map(|it| (it.place, it.quantity)) {
            Some((Place::Outdoors, _)) => "outdoors",
            Some((Place::Bed, Quantity::Temperature | Quantity::Humidity)) => "bed",
            _ => "room",
        }
    }
}

/// What one thing of a message is in a script.
enum Said {
    /// A value beside others of its place.
    Measured { place: &'static str, value: String },
    /// Nothing but that, so often.
    Nonsense { sensor: String, times: usize },
    /// A line of its own.
    Line(String),
}

fn plain(value: Value) -> String {
    match value {
        Value::Temperature(temperature) => degrees(temperature),
        Value::Humidity(humidity) => format!("{}%", f64::from(humidity.0) / 100.0),
        Value::Co2(co2) => format!("{}ppm", co2.0),
        Value::Occupied(true) | Value::Open(true) => "on".to_owned(),
        Value::Occupied(false) | Value::Open(false) => "off".to_owned(),
    }
}

fn degrees(temperature: Temperature) -> String {
    format!("{:.1$}", f64::from(temperature.0) / 100.0, if temperature.0 % 10 == 0 { 1 } else { 2 })
}

fn reported(echo: Echo) -> String {
    match echo {
        Echo::Relay(on) => if on { "on" } else { "off" }.to_owned(),
        Echo::SetPoint(temperature) => degrees(temperature),
        Echo::Level(level) => format!("level {level}"),
        Echo::Speed(level) => format!("speed {level}"),
        Echo::OwnTemperature(temperature) => format!("inside {}", degrees(temperature)),
        Echo::Power(watts) => format!("{watts:?}"),
        Echo::Running(since) => span(since),
        Echo::AfterPowerCut(on) => if on { "on again" } else { "off" }.to_owned(),
    }
}

/// One number and one unit, as a script has it.
fn span(span: Span) -> String {
    if span.0 % Span::minutes(1).0 == 0 && span != Span::ZERO {
        return format!("{}m", span.as_minutes());
    }
    format!("{}s", span.as_seconds())
}
