//! Scripted nights: text files that say what happens in a bedroom and what uncramp does.
//!
//! Above the line `----` stand the keys of the bedroom, as in `uncramp.yaml`; below it
//! the night, a line for everything that happens, and behind `=>` what uncramp did then.
//! The language is described in `tests/nights/README.md`.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveTime};
use smallvec::smallvec;
use uncramp::engine::{Action, Engine, Event, Outcome, Want, Wish};
use uncramp::model::{
    BedroomId, Co2, Echo, Garble, Heard, Humidity, Item, Measured, Millilitres, Place, Quantity,
    SensorId, Span, Temperature, Time, Value, Wall, Zone,
};
use uncramp::plan::{Mode, Plan};
use uncramp::replay::Stage;
use uncramp::speech;

const BEDROOM: BedroomId = BedroomId(0);

/// Plays a scripted night and returns the text with what uncramp really did.
pub fn play(text: &str) -> String {
    let (head, night) = text.split_once("\n----\n").expect("a line ---- after the bedroom");
    let mut player = Player::new(super::plan_of(head));
    let mut out = format!("{head}\n----\n");
    for line in night.lines().filter(|line| !line.trim_start().starts_with("=>")) {
        player.line(line.trim_end(), &mut out);
    }
    out
}

struct Player {
    plan: Plan,
    stage: Stage,
    date: NaiveDate,
    last: Option<NaiveTime>,
    /// Readings that go on: every so often, the next one, until.
    standing: Vec<Standing>,
    ids: Vec<u64>,
}

struct Standing {
    next: Time,
    every: Span,
    until: Time,
    items: Vec<Item>,
}

impl Player {
    fn new(plan: Plan) -> Self {
        let zone = plan.zone.clone();
        let date = NaiveDate::from_ymd_opt(2026, 1, 14).expect("a date");
        let noon = date.and_hms_opt(12, 0, 0).expect("noon");
        let wall = Wall { offset: zone.instant(noon), synchronised: true };
        let mut engine = Engine::new(plan.clone(), wall, Time::ZERO);
        // A night begins with everything off and known to be so, at noon.
        let mut stage = Stage::new(engine.clone(), Time::ZERO);
        stage.event(Time::ZERO, Event::Start, &mut |_, _| {});
        engine = stage.engine().clone();
        let stage = Stage::new(engine, Time::ZERO);
        Self { plan, stage, date, last: None, standing: Vec::new(), ids: Vec::new() }
    }

    fn line(&mut self, line: &str, out: &mut String) {
        out.push_str(line);
        out.push('\n');
        let code = line.split('#').next().unwrap_or_default().trim();
        if code.is_empty() {
            return;
        }
        let (clock, what) = code.split_once(' ').unwrap_or_else(|| panic!("no time in `{line}`"));
        let at = self.time(clock, line);
        let mut done = Vec::new();
        self.pass(at, &mut done);
        self.happen(at, what.trim(), line, &mut done);
        for (at, action) in done {
            let said = self.describe(at, &action);
            if let Action::Announce(announcement) = &action {
                self.ids.push(announcement.id);
            }
            writeln!(out, "    => {} {said}", self.shown(at)).expect("text");
        }
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

    fn zone(&self) -> &Zone {
        &self.plan.zone
    }

    fn pass(&mut self, to: Time, done: &mut Vec<(Time, Action)>) {
        loop {
            let due = self.standing.iter_mut().filter(|s| s.next < to && s.next <= s.until);
            let Some(standing) = due.min_by_key(|s| s.next) else { break };
            let at = standing.next;
            standing.next += standing.every;
            let items = standing.items.clone();
            self.hear(at, items, done);
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

    fn wish(&mut self, at: Time, wish: Wish, done: &mut Vec<(Time, Action)>) {
        self.event(at, Event::Wish { bedroom: BEDROOM, wish }, done);
    }

    #[expect(clippy::too_many_lines, reason = "the language on one screen")]
    fn happen(&mut self, at: Time, what: &str, line: &str, done: &mut Vec<(Time, Action)>) {
        let words: Vec<&str> = what.split_whitespace().collect();
        let wall = self.stage.engine().wall();
        match words.as_slice() {
            ["room" | "bed" | "outdoors", "falls", "silent"] => {
                let place = place_of(words[0]);
                let plan = &self.plan.bedrooms[0];
                let at_place = |item: &Item| {
                    matches!(item, Item::Reading { sensor, .. }
                    if plan.sensors[usize::from(sensor.0)].place == place)
                };
                self.standing.retain(|s| !s.items.iter().any(at_place));
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
            ["room", "kept", degrees] => {
                let sensor = self.sensor(Place::Room, Quantity::Temperature, line);
                let value = Value::Temperature(Temperature::celsius(number(degrees, line)));
                let item = Item::Reading { sensor, value, measured: Measured::Unknown };
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
            [_, "drinks", amount] => {
                let amount = Millilitres(number(amount, line) as i32);
                self.wish(at, Wish::Drink { sleeper: 0, amount }, done);
            }
            [_, "answers"] => {
                let id = self.ids.last().copied().unwrap_or(0);
                let outcome = Outcome::Answered;
                self.event(at, Event::Announced { bedroom: BEDROOM, id, outcome }, done);
            }
            [_, "wants", name, want @ ("on" | "off" | "auto"), rest @ ..] => {
                let until = match rest {
                    ["until", clock] => Some(self.clock_after(at, clock, line)),
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
            ["everybody", "leaves"] => self.wish(at, Wish::Away(Some(Time::NEVER)), done),
            ["everybody", "returns"] => self.wish(at, Wish::Away(None), done),
            ["a", "baby", "sleeps", "here", "tonight"] => self.wish(at, Wish::BabyTonight, done),
            ["mode", mode] => {
                let mode = match *mode {
                    "auto" => Mode::Auto,
                    "watch" => Mode::Watch,
                    "off" => Mode::Off,
                    _ => panic!("no such mode in `{line}`"),
                };
                self.wish(at, Wish::Mode(mode), done);
            }
            ["devices", "stop", "answering"] => self.stage.set_answering(false),
            ["devices", "answer"] => self.stage.set_answering(true),
            ["broker", state @ ("gone" | "back")] => {
                self.event(at, Event::Link { up: *state == "back" }, done);
            }
            ["clock", "jumps", span] => {
                let offset = wall.offset + span_of(span, line).0;
                self.event(at, Event::Clock(Wall { offset, ..wall }), done);
                let shown = self.zone().civil(self.stage.engine().wall().unix_ms(at));
                (self.date, self.last) = (shown.date(), Some(shown.time()));
            }
            ["uncramp", "was", "asleep"] => self.event(at, Event::Gap, done),
            ["uncramp", "starts"] => self.event(at, Event::Start, done),
            ["uncramp", "stops"] => self.event(at, Event::Stop, done),
            ["nothing"] => self.event(at, Event::Tick, done),
            [name, "timer", "was", "seen", "to", "work"] => {
                let actuator = self.actuator(name, line);
                self.wish(at, Wish::Timer { actuator, works: true }, done);
            }
            [name, "reports", rest @ ..] => {
                let actuator = self.actuator(name, line);
                let echo = match rest {
                    ["on"] => Echo::Relay(true),
                    ["off"] => Echo::Relay(false),
                    ["level", level] => Echo::Level(number(level, line) as u8),
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

    /// `17.0 50% 900ppm every 10m until 02:00`
    fn readings(
        &mut self,
        at: Time,
        place: Place,
        words: &[&str],
        line: &str,
        done: &mut Vec<(Time, Action)>,
    ) {
        let mut items = Vec::new();
        let mut words = words.iter();
        let mut standing = None;
        while let Some(word) = words.next() {
            let value = match (*word, word.strip_suffix('%'), word.strip_suffix("ppm")) {
                ("every", ..) => {
                    let every = span_of(words.next().expect("a span"), line);
                    assert_eq!(words.next(), Some(&"until"), "`{line}` lacks `until`");
                    let until = self.clock_after(at, words.next().expect("a time"), line);
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
        self.standing.retain(|s| !s.items.iter().any(|a| items.iter().any(|b| same(a, b))));
        if let Some((every, until)) = standing {
            let items = items.clone();
            self.standing.push(Standing { next: at + every, every, until, items });
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

    fn shown(&self, at: Time) -> String {
        let civil = self.zone().civil(self.stage.engine().wall().unix_ms(at));
        let seconds = civil.format("%S").to_string();
        civil.format(if seconds == "00" { "%H:%M" } else { "%H:%M:%S" }).to_string()
    }

    fn describe(&self, at: Time, action: &Action) -> String {
        let wall = self.stage.engine().wall();
        let context = speech::Context::new(&self.plan, BEDROOM, wall, at).expect("a bedroom");
        match action {
            Action::Switch(command) => {
                let name = &self.plan.bedrooms[0].actuators[usize::from(command.actuator.0)].name;
                let switch = speech::switch(&command.switch, &context);
                let again = if command.again { " (again)" } else { "" };
                let why = speech::reason(&command.reason, &context);
                format!("{name} {switch}{again}: {why}")
            }
            Action::Announce(announcement) => {
                let audience = format!("{:?}", announcement.audience).to_lowercase();
                format!("to the {audience}: {}", speech::spoken(&announcement.words, &context))
            }
            Action::Notice(notice) => {
                let healed = if notice.healed { "healed" } else { "fault" };
                format!("{healed}: {:?}", notice.fault)
            }
        }
    }
}

fn place_of(word: &str) -> Place {
    match word {
        "room" => Place::Room,
        "bed" => Place::Bed,
        _ => Place::Outdoors,
    }
}

fn reading(sensor: SensorId, value: Value) -> Item {
    Item::Reading { sensor, value, measured: Measured::WhenHeard }
}

fn number(word: &str, line: &str) -> f64 {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic() || c == '°');
    digits.parse().unwrap_or_else(|_| panic!("`{word}` is no number in `{line}`"))
}

fn span_of(word: &str, line: &str) -> Span {
    let (sign, digits) = word.strip_prefix('-').map_or((1, word), |rest| (-1, rest));
    let digits = digits.trim_start_matches('+');
    let split = digits.len() - 1;
    let amount: i64 =
        digits[..split].parse().unwrap_or_else(|_| panic!("`{word}` is no span in `{line}`"));
    match &digits[split..] {
        "m" => Span::minutes(sign * amount),
        "h" => Span::hours(sign * amount),
        "s" => Span::seconds(sign * amount),
        "d" => Span::hours(sign * amount * 24),
        _ => panic!("`{word}` is no span in `{line}`"),
    }
}
