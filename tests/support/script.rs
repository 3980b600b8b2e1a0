//! Scripted nights: text files that say what happens in a bedroom and what uncramp does.
//!
//! Above the line `----` stand the keys of the bedroom, as in `uncramp.yaml`; below it
//! the night, a line for everything that happens, and behind `=>` what uncramp did then.
//! The language is described in `tests/nights/README.md`.

use std::fmt::Write as _;

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use smallvec::smallvec;
use uncramp::engine::{Action, Engine, Event, Household, Outcome, Want, Wish};
use uncramp::model::{
    Battery, BedroomId, Co2, Echo, Garble, Heard, Humidity, Item, Kelvins, Measured, Millilitres,
    Place, Quantity, SensorId, Span, Temperature, Time, Value, Wall, Watts, Zone,
};
use uncramp::plan::{Mode, Plan};
use uncramp::prove::script::{SILENT, STRANGER, told};
use uncramp::replay::Stage;

use super::words::{number, place_of, reading, span_of, whole};

const BEDROOM: BedroomId = BedroomId(0);

/// Plays a scripted night and returns the text with what uncramp really did.
pub fn play(text: &str) -> String {
    let (head, night) = text.split_once("\n----\n").expect("a line ---- after the bedroom");
    // Else the sleepers have heard uncramp before, and know who speaks.
    let known = !night.lines().any(|line| line == STRANGER);
    let answering = !night.lines().any(|line| line == SILENT);
    let mut player = Player::new(super::plan_of(head), beginning(night), known, answering);
    let mut out = format!("{head}\n----\n");
    for line in night.lines().filter(|line| !line.trim_start().starts_with("=>")) {
        player.line(line.trim_end(), &mut out);
    }
    out
}

/// When a night begins: as its line `begins` says, else at noon on 14 January 2026.
fn beginning(night: &str) -> NaiveDateTime {
    let said = night.lines().find_map(|line| line.strip_prefix("begins "));
    let said = said.unwrap_or("2026-01-14 12:00").split('#').next().unwrap_or_default().trim();
    let dated = if said.contains(' ') { said.to_owned() } else { format!("2026-01-14 {said}") };
    NaiveDateTime::parse_from_str(&dated, "%Y-%m-%d %H:%M")
        .unwrap_or_else(|_| panic!("`begins {said}` is no beginning"))
}

struct Player {
    plan: Plan,
    stage: Stage,
    date: NaiveDate,
    last: Option<NaiveTime>,
    /// Readings that go on: every so often, the next one, until.
    standing: Vec<Standing>,
    ids: Vec<u64>,
    /// Devices answer by themselves.
    answering: bool,
    /// Said at the start.
    said: Vec<(Time, Action)>,
}

/// What happens again and again.
struct Standing {
    next: Time,
    every: Span,
    until: Time,
    what: What,
}

#[derive(Clone)]
enum What {
    /// By turns, the first of them next.
    Readings(Vec<Vec<Item>>),
    /// A line, as it was written.
    Line(String),
}

impl Player {
    fn new(plan: Plan, begins: NaiveDateTime, known: bool, answering: bool) -> Self {
        let zone = plan.zone.clone();
        let date = begins.date();
        let wall = Wall { offset: zone.instant(begins), synchronised: true };
        let mut engine = Engine::new(plan.clone(), wall, Time::ZERO);
        if known {
            let (before, after) = (r#""introduction":{"said":null"#, r#""introduction":{"said":0"#);
            let state = engine.save(BEDROOM);
            assert!(state.contains(before), "{state}");
            let name = &plan.bedrooms[0].name;
            engine.load(name, &state.replace(before, after)).expect("its own state");
        }
        // A night begins with everything off and known to be so, unless nothing answers.
        let mut stage = Stage::new(engine, Time::ZERO);
        stage.set_answering(answering);
        let mut said = Vec::new();
        stage.event(Time::ZERO, Event::Start, &mut |at, action| {
            let shown = matches!(action, Action::Announce(_)) || !answering;
            said.extend(shown.then(|| (at, action.clone())));
        });
        Self {
            plan,
            stage,
            date,
            last: Some(begins.time()),
            standing: Vec::new(),
            ids: Vec::new(),
            answering,
            said,
        }
    }

    fn line(&mut self, line: &str, out: &mut String) {
        out.push_str(line);
        out.push('\n');
        let code = line.split('#').next().unwrap_or_default().trim();
        if code.is_empty() || code.starts_with("begins ") || [STRANGER, SILENT].contains(&code) {
            return;
        }
        let (clock, what) = code.split_once(' ').unwrap_or_else(|| panic!("no time in `{line}`"));
        let (at, what) = match clock.strip_prefix('+') {
            Some(later) if !later.ends_with('d') => (self.later(span_of(later, line)), what),
            Some(_) => {
                let days = span_of(clock, line).0 / Span::hours(24).0;
                self.date += Duration::days(days);
                let no_time = || panic!("no time in `{line}`");
                let (clock, what) = what.trim().split_once(' ').unwrap_or_else(no_time);
                (self.time(clock, line), what)
            }
            None => (self.time(clock, line), what),
        };
        let mut done = std::mem::take(&mut self.said);
        self.pass(at, &mut done);
        let what = self.daily(at, what.trim(), line);
        self.happen(at, what, line, &mut done);
        for (at, action) in done {
            if let Action::Announce(announcement) = &action {
                self.ids.push(announcement.id);
            }
            let wall = self.stage.engine().wall();
            if let Some(told) = told(&self.plan, wall, self.date, at, &action) {
                writeln!(out, "    => {told}").expect("text");
            }
        }
    }

    /// `… every day for 7d`: what happens every day, without those words.
    fn daily<'a>(&mut self, at: Time, what: &'a str, line: &str) -> &'a str {
        let Some((what, span)) = what.split_once(" every day for ") else { return what };
        let (every, until) = (Span::hours(24), at + span_of(span.trim(), line) - Span(1));
        let again = What::Line(what.to_owned());
        self.standing.push(Standing { next: at + every, every, until, what: again });
        what
    }

    fn time(&mut self, clock: &str, line: &str) -> Time {
        let time = NaiveTime::parse_from_str(clock, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M:%S"))
            .unwrap_or_else(|_| panic!("`{clock}` is no time in `{line}`"));
        if self.last.is_some_and(|last| time < last) {
            self.date = self.date.succ_opt().expect("another day");
        }
        self.last = Some(time);
        let wall = self.stage.engine().wall();
        wall.time(self.zone().at(self.date, time))
    }

    /// So long after the line before.
    fn later(&mut self, span: Span) -> Time {
        let at = self.stage.now() + span;
        self.come_to(at);
        at
    }

    /// The next line's time is meant after this one.
    fn come_to(&mut self, at: Time) {
        let shown = self.zone().civil(self.stage.engine().wall().unix_ms(at));
        (self.date, self.last) = (shown.date(), Some(shown.time()));
    }

    fn zone(&self) -> &Zone {
        &self.plan.zone
    }

    fn pass(&mut self, to: Time, done: &mut Vec<(Time, Action)>) {
        loop {
            let due = self.standing.iter_mut().filter(|s| s.next < to && s.next <= s.until);
            let Some(standing) = due.min_by_key(|s| s.next) else { break };
            let at = standing.next;
            standing.next += standing.every;
            match &mut standing.what {
                What::Readings(turns) => {
                    turns.rotate_left(1);
                    let items = turns[turns.len() - 1].clone();
                    self.hear(at, items, done);
                }
                What::Line(line) => {
                    let line = line.clone();
                    self.happen(at, &line, &line, done);
                }
            }
        }
        self.stage.pass(to, &mut |at, action| done.push((at, action.clone())));
    }

    fn hear(&mut self, at: Time, items: Vec<Item>, done: &mut Vec<(Time, Action)>) {
        let heard = Heard { items: items.into_iter().collect(), retained: false };
        self.event(at, Event::Heard { bedroom: BEDROOM, heard }, done);
    }

    fn event(&mut self, at: Time, event: Event, done: &mut Vec<(Time, Action)>) {
        self.stage.event(at, event, &mut |at, action| done.push((at, action.clone())));
    }

    fn answer(&mut self, answering: bool) {
        self.answering = answering;
        self.stage.set_answering(answering);
    }

    fn announced(&mut self, at: Time, outcome: Outcome, done: &mut Vec<(Time, Action)>) {
        let id = self.last_said(done);
        self.event(at, Event::Announced { bedroom: BEDROOM, id, outcome }, done);
    }

    /// The number of what was last said.
    fn last_said(&self, done: &[(Time, Action)]) -> u64 {
        let said = done.iter().rev().find_map(|(_, action)| match action {
            Action::Announce(announcement) => Some(announcement.id),
            _ => None,
        });
        said.or_else(|| self.ids.last().copied()).unwrap_or(0)
    }

    /// `in bed (anna) says somebody`: a sensor by its whole name, and what it says.
    fn item_of_named(&self, what: &str) -> Option<Item> {
        let sensors = self.plan.bedrooms[0].sensors.iter().enumerate();
        let (index, said) = sensors
            .filter_map(|(index, it)| {
                Some((index, what.strip_prefix(&it.name)?.strip_prefix(' ')?))
            })
            .min_by_key(|(_, said)| said.len())?;
        let sensor = SensorId(index as u8);
        match said.split_once(' ')? {
            ("says", "somebody") => Some(reading(sensor, Value::Occupied(true))),
            ("says", "nobody") => Some(reading(sensor, Value::Occupied(false))),
            ("says", words) => {
                Some(Item::Garbled { sensor, garble: Garble::Absent(words.to_owned()) })
            }
            ("is", "online") => Some(Item::SensorOnline { sensor, online: true }),
            ("is", "offline") => Some(Item::SensorOnline { sensor, online: false }),
            _ => None,
        }
    }

    fn sleeper(&self, who: &str) -> Option<usize> {
        self.plan.bedrooms[0].sleeper_named(who).map(|(index, _)| index)
    }

    fn wish(&mut self, at: Time, wish: Wish, done: &mut Vec<(Time, Action)>) {
        self.event(at, Event::Wish { bedroom: BEDROOM, wish }, done);
    }

    #[expect(clippy::too_many_lines, reason = "the language on one screen")]
    fn happen(&mut self, at: Time, what: &str, line: &str, done: &mut Vec<(Time, Action)>) {
        let words: Vec<&str> = what.split_whitespace().collect();
        let wall = self.stage.engine().wall();
        let (named, times) = times_of(what);
        if let Some(item) = self.item_of_named(named) {
            return self.hear(at, vec![item; times], done);
        }
        match words.as_slice() {
            ["room" | "bed" | "outdoors", "falls", "silent"] => {
                let place = place_of(words[0]);
                let plan = &self.plan.bedrooms[0];
                let at_place = |item: &Item| {
                    matches!(item, Item::Reading { sensor, .. }
                    if plan.sensors[usize::from(sensor.0)].place == place)
                };
                self.standing.retain(|s| !s.readings().iter().any(at_place));
            }
            ["room" | "bed", "sends", number] => {
                let sensor = self.sensor(place_of(words[0]), Quantity::Temperature, line);
                let garble = Garble::Implausible((*number).to_owned());
                self.hear(at, vec![Item::Garbled { sensor, garble }], done);
            }
            ["room" | "bed", "says", rest @ ..] => {
                let sensor = self.sensor(place_of(words[0]), Quantity::Temperature, line);
                let garble = Garble::Absent(rest.join(" "));
                self.hear(at, vec![Item::Garbled { sensor, garble }], done);
            }
            ["room" | "bed", "is", state @ ("offline" | "online")] => {
                let sensor = self.sensor(place_of(words[0]), Quantity::Temperature, line);
                let online = *state == "online";
                self.hear(at, vec![Item::SensorOnline { sensor, online }], done);
            }
            ["room" | "bed", "courier", what @ ("goes" | "comes")] => {
                let sensor = self.sensor(place_of(words[0]), Quantity::Temperature, line);
                let online = *what == "comes";
                self.hear(at, vec![Item::Courier { sensor, online }], done);
            }
            ["room" | "bed", "battery", percent] => {
                let sensor = self.sensor(place_of(words[0]), Quantity::Temperature, line);
                let battery = Battery::Percent(number(percent.trim_end_matches('%'), line) as u8);
                self.hear(at, vec![Item::SensorBattery { sensor, battery }], done);
            }
            ["room", "kept", degrees, age @ ..] => {
                let sensor = self.sensor(Place::Room, Quantity::Temperature, line);
                let value = Value::Temperature(Temperature::celsius(number(degrees, line)));
                let measured = match age {
                    ["measured", age, "ago"] => Measured::At(wall.unix_ms(at - span_of(age, line))),
                    [] => Measured::Unknown,
                    _ => panic!("`{line}` is not understood"),
                };
                let item = Item::Reading { sensor, value, measured };
                let heard = Heard { items: smallvec![item], retained: true };
                self.event(at, Event::Heard { bedroom: BEDROOM, heard }, done);
            }
            ["room" | "bed" | "outdoors", values @ ..] => {
                self.readings(at, place_of(words[0]), values, line, done);
            }
            [_, "lies", "down"] => self.in_bed(at, true, line, done),
            [_, "gets", "up"] => self.in_bed(at, false, line, done),
            ["window", state @ ("opens" | "closes")] => {
                let sensor = self.sensor(Place::Room, Quantity::Open, line);
                self.hear(at, vec![reading(sensor, Value::Open(*state == "opens"))], done);
            }
            ["gateway", "restarts"] => self.hear(at, vec![Item::Repeats], done),
            [who, "drinks", amount] => {
                let amount = Millilitres(whole(amount, line));
                let sleeper = self.plan.bedrooms[0].sleeper_named(who).map_or(0, |(n, _)| n);
                self.wish(at, Wish::Drink { sleeper, amount }, done);
            }
            [_, "answers", "later"] => {
                let id = self.last_said(done);
                self.wish(at, Wish::Postpone(id), done);
            }
            [_, "is", "done"] => self.wish(at, Wish::Done, done),
            [_, "wants", "it", "later"] => self.wish(at, Wish::Snooze, done),
            [_, "answers"] => self.announced(at, Outcome::Answered, done),
            [_, "hears", "it"] => self.announced(at, Outcome::Spoken, done),
            [_, "wants", name, want @ ("on" | "off" | "auto"), rest @ ..] => {
                let until = match rest {
                    ["until", clock] => Some(self.clock_after(at, clock, line)),
                    ["for", span] => Some(at + span_of(span, line)),
                    [] => None,
                    _ => panic!("`{line}` is not understood"),
                };
                let want = match *want {
                    "on" => Want::On,
                    "off" => Want::Off,
                    _ => Want::Auto,
                };
                let actuator = self.actuator(name, line);
                self.wish(at, Wish::Override { actuator, want, until }, done);
            }
            ["home", "assistant", "says", text @ ..] => {
                self.wish(at, Wish::Say(text.join(" ")), done);
            }
            [_, "could", "not", "hear", "it"] => self.announced(at, Outcome::Failed, done),
            ["everybody", "leaves"] => self.wish(at, Wish::Away(Some(Time::NEVER)), done),
            ["everybody", "leaves", "for", span] => {
                self.wish(at, Wish::Away(Some(at + span_of(span, line))), done);
            }
            ["everybody", "returns"] => self.wish(at, Wish::Away(None), done),
            ["a", "baby", "sleeps", "here", "tonight"] => {
                self.wish(at, Wish::House(Household::Baby), done);
            }
            ["a", "guest", "sleeps", "here", "tonight"] => {
                self.wish(at, Wish::House(Household::Guest), done);
            }
            ["not", "tonight"] => self.wish(at, Wish::Pause(true), done),
            [_, "is", "too", what @ ("cold" | "warm")] => {
                let by = if *what == "cold" { 50 } else { -50 };
                self.wish(at, Wish::Shift(Kelvins(by)), done);
            }
            [_, "has", "a", "cramp"] => {
                self.wish(at, Wish::Cramp { sleeper: None, ago: Span::ZERO }, done);
            }
            [who, "had", "a", "cramp", ago, "ago"] => {
                let sleeper = self.sleeper(who);
                self.wish(at, Wish::Cramp { sleeper, ago: span_of(ago, line) }, done);
            }
            [who, "had", "no", "cramp"] => {
                let sleeper = self.sleeper(who);
                self.wish(at, Wish::NoCramp { sleeper, night: None }, done);
            }
            ["mode", "resume"] => self.wish(at, Wish::Resume, done),
            ["mode", mode] => {
                let mode = match *mode {
                    "auto" => Mode::Auto,
                    "watch" => Mode::Watch,
                    "off" => Mode::Off,
                    _ => panic!("no such mode in `{line}`"),
                };
                self.wish(at, Wish::Mode(mode), done);
            }
            ["devices", "stop", "answering"] => self.answer(false),
            ["devices", "answer"] => self.answer(true),
            ["broker", state @ ("gone" | "back")] => {
                self.event(at, Event::Link { up: *state == "back" }, done);
            }
            ["clock", "jumps", span] => {
                let offset = wall.offset + span_of(span, line).0;
                self.event(at, Event::Clock(Wall { offset, ..wall }), done);
                self.come_to(at);
            }
            ["clock", known @ ("lost" | "set")] => {
                self.event(at, Event::Clock(Wall { synchronised: *known == "set", ..wall }), done);
            }
            ["uncramp", "sleeps", until @ ("until" | "for"), end] => {
                let to = match *until {
                    "until" => self.clock_after(at, end, line),
                    _ => at + span_of(end, line),
                };
                for standing in &mut self.standing {
                    while standing.next <= to {
                        standing.next += standing.every;
                    }
                }
                self.stage.sleep(to, &mut |at, action| done.push((at, action.clone())));
                self.come_to(to);
            }
            ["uncramp", "restarts"] => self.restart(at, done),
            ["uncramp", "starts", "and", "remembers", "nothing"] => self.start(at, None, done),
            ["uncramp", "starts"] => self.event(at, Event::Start, done),
            ["uncramp", "stops"] => self.event(at, Event::Stop, done),
            ["nothing"] => self.event(at, Event::Tick, done),
            [name, state @ ("offline" | "online")] => {
                let actuator = self.actuator(name, line);
                let online = *state == "online";
                self.hear(at, vec![Item::ActuatorOnline { actuator, online }], done);
            }
            [name, "could", "not", "be", "recorded"] => {
                let actuator = self.actuator(name, line);
                self.event(at, Event::Unrecorded { bedroom: BEDROOM, actuator }, done);
            }
            [name, "leaves", "the", "configuration"] => {
                let actuator = self.actuator(name, line);
                let mut plan = self.plan.clone();
                plan.bedrooms[0].actuators.remove(usize::from(actuator.0));
                self.event(at, Event::Plan(Box::new(plan)), done);
            }
            [name, "timer", "was", "seen", "to", seen @ ("work" | "fail")] => {
                let actuator = self.actuator(name, line);
                self.wish(at, Wish::Timer { actuator, works: *seen == "work" }, done);
            }
            [name, "draws", watts] => {
                let actuator = self.actuator(name, line);
                let echo = Echo::Power(Watts((number(watts, line) * 10.0) as i32));
                self.hear(at, vec![Item::Echo { actuator, echo }], done);
            }
            [name, "runs", "for", since] => {
                let actuator = self.actuator(name, line);
                let echo = Echo::Running(span_of(since, line));
                self.hear(at, vec![Item::Echo { actuator, echo }], done);
            }
            [name, "is", "set", "to", then @ ..] => {
                let actuator = self.actuator(name, line);
                let on = match then {
                    ["come", "back", "on"] => true,
                    ["stay", "off"] => false,
                    _ => panic!("`{line}` is not understood"),
                };
                let echo = Echo::AfterPowerCut(on);
                self.hear(at, vec![Item::Echo { actuator, echo }], done);
            }
            [name, "reports", rest @ ..] => {
                let actuator = self.actuator(name, line);
                let echo = match rest {
                    ["on"] => Echo::Relay(true),
                    ["off"] => Echo::Relay(false),
                    ["level", level] => Echo::Level(whole(level, line)),
                    ["speed", level] => Echo::Speed(whole(level, line)),
                    ["inside", degrees] => {
                        Echo::OwnTemperature(Temperature::celsius(number(degrees, line)))
                    }
                    [degrees] => Echo::SetPoint(Temperature::celsius(number(degrees, line))),
                    _ => panic!("`{line}` is not understood"),
                };
                self.hear(at, vec![Item::Echo { actuator, echo }], done);
            }
            _ => panic!("`{line}` is not understood"),
        }
    }

    /// What is known goes to the disk, and a new program takes it from there.
    fn restart(&mut self, at: Time, done: &mut Vec<(Time, Action)>) {
        let written = self.stage.engine().save(BEDROOM);
        self.start(at, Some(&written), done);
    }

    /// Starts with what was written down, or without anything.
    fn start(&mut self, at: Time, written: Option<&str>, done: &mut Vec<(Time, Action)>) {
        let mut engine = Engine::new(self.plan.clone(), self.stage.engine().wall(), at);
        if let Some(written) = written {
            engine.load(&self.plan.bedrooms[0].name, written).expect("its own state");
        }
        self.stage = Stage::new(engine, at);
        self.stage.set_answering(self.answering);
        self.event(at, Event::Start, done);
    }

    /// `17.0 or 17.1 50% 900ppm every 10m until 02:00`
    fn readings(
        &mut self,
        at: Time,
        place: Place,
        words: &[&str],
        line: &str,
        done: &mut Vec<(Time, Action)>,
    ) {
        let (mut items, mut others) = (Vec::new(), Vec::new());
        let mut words = words.iter();
        let mut standing = None;
        while let Some(word) = words.next() {
            let value = match (*word, word.strip_suffix('%'), word.strip_suffix("ppm")) {
                ("or", ..) => {
                    let degrees = number(words.next().expect("a temperature"), line);
                    let value = Value::Temperature(Temperature::celsius(degrees));
                    others.push(reading(self.sensor(place, Quantity::Temperature, line), value));
                    continue;
                }
                ("every", ..) => {
                    let every = span_of(words.next().expect("a span"), line);
                    let until = match (words.next(), words.next()) {
                        (Some(&"until"), Some(clock)) => self.clock_after(at, clock, line),
                        (Some(&"for"), Some(span)) => at + span_of(span, line),
                        _ => panic!("`{line}` lacks `until` or `for`"),
                    };
                    standing = Some((every, until));
                    continue;
                }
                (_, Some(percent), _) => Value::Humidity(Humidity::percent(number(percent, line))),
                (_, _, Some(ppm)) => Value::Co2(Co2(number(ppm, line) as i32)),
                (degrees, ..) => Value::Temperature(Temperature::celsius(number(degrees, line))),
            };
            let sensor = self.sensor(place, value.quantity(), line);
            items.push(reading(sensor, value));
        }
        let same = |a: &Item, b: &Item| {
            matches!((a, b),
            (Item::Reading { sensor: a, .. }, Item::Reading { sensor: b, .. }) if a == b)
        };
        self.standing.retain(|s| !s.readings().iter().any(|a| items.iter().any(|b| same(a, b))));
        if let Some((every, until)) = standing {
            let mut turns = vec![items.clone()];
            if !others.is_empty() {
                let kept = items.iter().filter(|item| !others.iter().any(|o| same(o, item)));
                others.extend(kept.cloned().collect::<Vec<_>>());
                turns.insert(0, others);
            }
            let what = What::Readings(turns);
            self.standing.push(Standing { next: at + every, every, until, what });
        }
        self.hear(at, items, done);
    }

    fn in_bed(&mut self, at: Time, somebody: bool, line: &str, done: &mut Vec<(Time, Action)>) {
        let sensor = self.sensor_of(|_, quantity| quantity == Quantity::Occupied, line);
        self.hear(at, vec![reading(sensor, Value::Occupied(somebody))], done);
    }

    fn sensor(&self, place: Place, quantity: Quantity, line: &str) -> SensorId {
        self.sensor_of(|p, q| (p, q) == (place, quantity), line)
    }

    fn sensor_of(&self, is: impl Fn(Place, Quantity) -> bool, line: &str) -> SensorId {
        let sensors = &self.plan.bedrooms[0].sensors;
        let index = sensors.iter().position(|s| is(s.place, s.quantity));
        SensorId(index.unwrap_or_else(|| panic!("no such sensor for `{line}`")) as u8)
    }

    fn actuator(&self, name: &str, line: &str) -> uncramp::model::ActuatorId {
        let found = self.plan.bedrooms[0].actuator_named(name);
        found.unwrap_or_else(|| panic!("no actuator `{name}` for `{line}`")).0
    }

    fn clock_after(&self, at: Time, clock: &str, line: &str) -> Time {
        let time = NaiveTime::parse_from_str(clock, "%H:%M")
            .unwrap_or_else(|_| panic!("`{clock}` is no time in `{line}`"));
        let wall = self.stage.engine().wall();
        let today = wall.time(self.zone().at(self.date, time));
        let tomorrow = self.date.succ_opt().expect("another day");
        if today > at { today } else { wall.time(self.zone().at(tomorrow, time)) }
    }
}

/// `… 3 times`: what stands before, and how often.
fn times_of(what: &str) -> (&str, usize) {
    let often = what.strip_suffix(" times").and_then(|rest| rest.rsplit_once(' '));
    often.and_then(|(said, times)| Some((said, times.parse().ok()?))).unwrap_or((what, 1))
}

impl Standing {
    fn readings(&self) -> &[Item] {
        match &self.what {
            What::Readings(turns) => turns.first().map_or(&[], Vec::as_slice),
            What::Line(_) => &[],
        }
    }
}
