//! Tells the night: from what goes over the wire, and from what can be seen in the room.

use serde_json::Value;

use super::paper::{Ink, Line, gap};
use super::tally::{REFERENCE, Tally, WARM, skin_referenced};
use crate::model::{Time, Wall, Zone};
use crate::plan::{Kind, Plan};
use crate::sim::Truth;
use crate::sim::device::FAN_LEVELS;
use crate::wire::Message;

/// The picture's scale, in °C, and how many characters a kelvin is wide.
const SCALE: (i32, i32, usize) = (15, 25, 4);

/// Who lives there.
const NAME: &str = "Anna";

/// The storyteller.
#[derive(Debug)]
pub(super) struct Teller {
    zone: Zone,
    wall: Wall,
    topic: String,
    begin: Time,
    /// The actuators that are fans.
    fans: Vec<String>,
    simple: bool,
    in_bed: bool,
    been_in_bed: bool,
    /// How often somebody was reminded to drink.
    reminders: usize,
    /// How often somebody was asked about the night.
    questions: usize,
}

impl Teller {
    pub(super) fn new(plan: &Plan, wall: Wall, begin: Time, simple: bool) -> Self {
        let bedroom = &plan.bedrooms[0];
        let fans = bedroom.actuators.iter().filter(|it| matches!(it.kind, Kind::Fan { .. }));
        Self {
            zone: plan.zone.clone(),
            wall,
            topic: format!("{}/{}/", plan.base_topic, bedroom.name),
            begin,
            fans: fans.map(|fan| fan.name.clone()).collect(),
            simple,
            in_bed: false,
            been_in_bed: false,
            reminders: 0,
            questions: 0,
        }
    }

    /// What this is, before the night begins.
    pub(super) fn opening(&self, port: u16) {
        let things = if self.simple {
            "a thermometer and a radiator valve, and nothing tells when she is in bed"
        } else {
            "a thermometer, a sensor and a mat in the bed, a radiator valve, a fan and a speaker"
        };
        gap();
        Line::new()
            .with(Ink::Strong, "uncramp demo")
            .with(Ink::Plain, ": one night in a bedroom, in about a minute")
            .print();
        gap();
        let story = format!(
            "{NAME} sleeps under the roof. There is {things}. The evening is warm and damp; around \
             midnight a cold front comes in, and the valve is turned down for the night."
        );
        Line::new().with(Ink::Plain, story).print();
        gap();
        Line::new()
            .with(
                Ink::Plain,
                "Weather, walls and clock are make-believe. Broker, messages and decisions are real: ",
            )
            .print();
        Line::new()
            .with(Ink::Plain, "to listen in, ")
            .with(Ink::Strong, format!("mosquitto_sub -p {port} -v -t '#'"))
            .print();
        gap();
        self.legend();
    }

    fn legend(&self) {
        Line::new()
            .with(Ink::Strong, "●")
            .with(Ink::Faint, " the room   ○ the same room without uncramp   ┊ 18 °C")
            .print();
        let bed = if self.simple { "" } else { "bed: its damp at the skin, stuffy from 65 %   " };
        let dose = "cold: how far below 18 °C and how long, in K·h";
        Line::new().with(Ink::Faint, format!("{bed}{dose}")).print();
        gap();
        let degrees = (SCALE.0..=SCALE.1).step_by(2).map(|it| format!("{it:<8}"));
        let degrees: String = degrees.collect();
        let head = format!("time    room     {}  °C", degrees.trim_end());
        Line::new().with(Ink::Faint, head).print();
    }

    /// The room at a time, beside the room without uncramp.
    pub(super) fn line(&self, now: Time, ours: &Truth, theirs: &Truth, tally: &Tally) {
        let ink = match () {
            () if ours.heat > WARM => Ink::Warm,
            () if ours.temperature < REFERENCE => Ink::Water,
            () => Ink::Strong,
        };
        let mut line = self.at(now).with(Ink::Plain, format!("{:4.1} °C  ", ours.temperature));
        for (ink, piece) in scale(ours.temperature, theirs.temperature, ink) {
            line = line.with(ink, piece);
        }
        if ours.heat > WARM {
            line = line.with(Ink::Warm, format!("  heat {:.0} W", ours.heat));
        }
        if ours.fan > 0 {
            line = line.with(Ink::Air, format!("  fan {}", level(u64::from(ours.fan))));
        }
        if ours.in_bed && !self.simple {
            line = line.with(Ink::Faint, format!("  bed {:.0} %", skin_referenced(ours)));
        }
        if ours.in_bed && tally.dose >= 0.005 {
            line = line.with(Ink::Faint, format!("  cold {:.2}", tally.dose));
        }
        line.print();
    }

    /// A message that went over the wire.
    pub(super) fn heard(&mut self, now: Time, message: &Message) {
        let Some(what) = message.topic.strip_prefix(&self.topic) else { return };
        let Ok(said) = serde_json::from_slice::<Value>(&message.payload) else { return };
        match what {
            "action" => self.action(now, &said),
            "announce" => self.words(now, &said),
            "drink/set" => {
                let glass = said.get("ml").and_then(Value::as_i64).unwrap_or(0);
                let text = format!("{NAME} drinks {glass} mL, and logs it.");
                self.at(now).with(Ink::Person, text).print();
            }
            _ => {}
        }
    }

    /// What can be seen in the room.
    pub(super) fn seen(&mut self, now: Time, truth: &Truth) {
        if truth.in_bed == self.in_bed {
            return;
        }
        self.in_bed = truth.in_bed;
        let text = match (truth.in_bed, self.been_in_bed) {
            (true, false) => format!("{NAME} lies down."),
            (true, true) => format!("{NAME} is back in bed."),
            (false, _) if self.hour(now) < 6.0 => format!("{NAME} gets up for a moment."),
            (false, _) => format!("{NAME} gets up."),
        };
        self.been_in_bed = true;
        self.at(now).with(Ink::Person, text).print();
    }

    /// Somebody has seen enough.
    pub(super) fn stopped(&self, now: Time) {
        gap();
        let fan = if self.simple { "" } else { "fan off, " };
        let text = format!("Stopped. uncramp has handed the bedroom back: {fan}valve as it was.");
        self.at(now).with(Ink::Plain, text).print();
    }

    /// The night against the same night without uncramp, and where to go from here.
    pub(super) fn summary(&self, ours: &Tally, theirs: &Tally) {
        gap();
        let head = format!("{:36}{:>14}{:>14}", "The night", "with uncramp", "without");
        Line::new().with(Ink::Strong, head).print();
        let celsius = |coldest: Option<f64>| format!("{:.1} °C", coldest.unwrap_or(f64::NAN));
        row("coldest while in bed", &celsius(ours.coldest), &celsius(theirs.coldest));
        row("in bed below 18 °C", &hours(ours.cold_hours), &hours(theirs.cold_hours));
        row("the night's cold dose", &dose(ours.dose), &dose(theirs.dose));
        if !self.simple {
            row("in a stuffy bed", &hours(ours.stuffy_hours), &hours(theirs.stuffy_hours));
            row("the fan ran", &hours(ours.fan_hours), &hours(theirs.fan_hours));
        }
        row("the radiator gave heat", &hours(ours.heat_hours), &hours(theirs.heat_hours));
        if !self.simple {
            row("reminded to drink", &times(self.reminders), "—");
            row("asked about the night", &times(self.questions), "—");
        }
        gap();
        for (command, text) in [
            ("uncramp demo --print-config", "the few lines of configuration behind this night"),
            ("uncramp setup", "finds your own devices and writes a configuration for them"),
            ("uncramp check", "reads it, and says everything that is wrong with it"),
            ("uncramp replay FILE", "the nights of your own bedroom, from what it recorded"),
        ] {
            Line::new().with(Ink::Strong, format!("{command:30}")).with(Ink::Plain, text).print();
        }
        gap();
        Line::new()
            .with(
                Ink::Faint,
                "Comfort, not medicine: no study shows that a warmer bedroom prevents cramps.",
            )
            .print();
    }

    fn action(&self, now: Time, said: &Value) {
        let text = |key: &str| said.get(key).and_then(Value::as_str).unwrap_or_default();
        if said.get("again").and_then(Value::as_bool) == Some(true) {
            return;
        }
        let actuator = text("actuator");
        let fan = self.fans.iter().any(|name| name == actuator);
        let told = match text("switch") {
            "on" => "on".to_owned(),
            "off" => "off".to_owned(),
            "level" => level(said.get("level").and_then(Value::as_u64).unwrap_or(0)).to_owned(),
            "setpoint" => {
                let celsius = said.get("celsius").and_then(Value::as_f64).unwrap_or(0.0);
                format!("{celsius} °C")
            }
            // That the valve is fed with the room's temperature is no news.
            _ => return,
        };
        let ink = if fan { Ink::Air } else { Ink::Warm };
        let first = if now == self.begin { "uncramp starts: " } else { "" };
        self.at(now)
            .with(Ink::Plain, first)
            .with(ink, format!("{actuator} → {told}  "))
            .with(Ink::Plain, why(text("text")))
            .print();
    }

    fn words(&mut self, now: Time, said: &Value) {
        let text = |key: &str| said.get(key).and_then(Value::as_str).unwrap_or_default();
        let spoken = format!("“{}”", text("text"));
        let line = self.at(now);
        if text("audience") == "keeper" {
            line.with(Ink::Plain, "to who looks after the house: ")
                .with(Ink::Strong, spoken)
                .print();
            return;
        }
        // A reminder says how much to drink, a question only whom it is for.
        match (said.get("ml"), said.get("sleeper")) {
            (Some(_), _) => self.reminders += 1,
            (None, Some(_)) => self.questions += 1,
            (None, None) => {}
        }
        let who = if self.simple { "for a speaker, had she one: " } else { "spoken: " };
        line.with(Ink::Plain, who).with(Ink::Water, spoken).print();
    }

    fn at(&self, now: Time) -> Line {
        Line::at(&self.clock(now))
    }

    fn clock(&self, now: Time) -> String {
        self.zone.civil(self.wall.unix_ms(now)).format("%H:%M").to_string()
    }

    fn hour(&self, now: Time) -> f64 {
        let civil = self.zone.civil(self.wall.unix_ms(now));
        f64::from(chrono::Timelike::num_seconds_from_midnight(&civil)) / 3600.0
    }
}

/// The scale with the room on it, and the room without uncramp where that is another.
fn scale(ours: f64, theirs: f64, ink: Ink) -> Vec<(Ink, String)> {
    let (least, most, per_kelvin) = SCALE;
    let wide = usize::try_from(most - least).unwrap_or(0) * per_kelvin;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    let place = |celsius: f64| {
        ((celsius - f64::from(least)) * per_kelvin as f64).round().clamp(0.0, wide as f64) as usize
    };
    let (room, without, cold) = (place(ours), place(theirs), place(REFERENCE));
    (0..=wide)
        .map(|at| match at {
            at if at == room => (ink, "●"),
            at if at == without => (Ink::Faint, "○"),
            at if at == cold => (Ink::Faint, "┊"),
            at if (at > room) != (at > without) => (Ink::Faint, "·"),
            _ => (Ink::Plain, " "),
        })
        .map(|(ink, sign)| (ink, sign.to_owned()))
        .collect()
}

/// A reason without its first word, which the switch has said already.
fn why(reason: &str) -> &str {
    let said = ["off: ", "heat: ", "air: "];
    said.iter().find_map(|word| reason.strip_prefix(word)).unwrap_or(reason)
}

/// The fan's level by its name.
fn level(level: u64) -> &'static str {
    let place = usize::try_from(level).ok().and_then(|level| level.checked_sub(1));
    place.map_or("off", |place| FAN_LEVELS.get(place).copied().unwrap_or("high"))
}

fn row(what: &str, ours: &str, theirs: &str) {
    Line::new().with(Ink::Plain, format!("{what:36}{ours:>14}{theirs:>14}")).print();
}

/// How often something was said.
fn times(count: usize) -> String {
    match count {
        0 => "—".to_owned(),
        1 => "once".to_owned(),
        many => format!("{many} times"),
    }
}

fn dose(kelvin_hours: f64) -> String {
    format!("{kelvin_hours:.1} K·h")
}

fn hours(hours: f64) -> String {
    let minutes = (hours * 60.0).round();
    let (whole, rest) = ((minutes / 60.0).floor(), minutes % 60.0);
    match (whole > 0.0, rest > 0.0) {
        (false, false) => "—".to_owned(),
        (false, true) => format!("{rest:.0} min"),
        (true, _) => format!("{whole:.0} h {rest:02.0}"),
    }
}
