//! The lists of everything that can be said.

use chrono::NaiveDate;
use uncramp::engine::{Fault, Household, Hush, Period, Unsaid, Want, Wish, Witness, Words};
use uncramp::model::{
    ActuatorId, BedroomId, Humidity, KelvinHours, Kelvins, Millilitres, SensorId, Span, Switch,
    Temperature, Time, Wall, Window,
};
use uncramp::plan::{CONDITIONS, Condition, Mode, Setting};
use uncramp::rules::airflow::Advice;
use uncramp::rules::{Because, Deadline, Judge, Otherwise, Reason, RoomSign};
use uncramp::speech::{
    Answer, Choice, Example, Fits, Idle, Label, Missing, Possible, Refusal, When,
};

pub(crate) const PANEL: ActuatorId = ActuatorId(0);
pub(crate) const VALVE: ActuatorId = ActuatorId(1);
pub(crate) const FAN: ActuatorId = ActuatorId(2);
pub(crate) const ROOM: SensorId = SensorId(0);
pub(crate) const IN_BED: SensorId = SensorId(3);

/// What a sleeper can hear with nothing but the defaults.
pub(crate) fn heard() -> Vec<Words> {
    vec![
        Words::Welcome,
        Words::Said("Anna!".to_owned()),
        drink(0, 200),
        drink(0, 150),
        last_night(0),
        Words::Air(vec![Advice::LiftTheCover]),
        Words::Air(vec![Advice::FreshAir]),
        Words::Fault(Fault::Disobeys { actuator: PANEL, off: true }),
        Words::Fault(Fault::Sticks { actuator: PANEL }),
        Words::Fault(Fault::BeddingHot { sensor: IN_BED }),
    ]
}

/// What the keeper can be told.
pub(crate) fn told() -> Vec<Words> {
    let sensors = (0..7).map(|n| Fault::Silent { sensor: SensorId(n) });
    let others = [
        Fault::Frozen { sensor: ROOM },
        Fault::Garbled { sensor: ROOM },
        Fault::Garbled { sensor: IN_BED },
        Fault::Disobeys { actuator: PANEL, off: true },
        Fault::Disobeys { actuator: VALVE, off: true },
        Fault::Disobeys { actuator: FAN, off: true },
        Fault::Disobeys { actuator: FAN, off: false },
        Fault::Unexplained { actuator: VALVE },
        Fault::NoHeat { from_hour: 23, to_hour: 5 },
        Fault::BeddingHot { sensor: IN_BED },
        Fault::Unrecorded { actuator: PANEL },
        Fault::Sticks { actuator: PANEL },
        Fault::Idle { actuator: FAN },
        Fault::Idle { actuator: PANEL },
        Fault::ReturnsOn { actuator: PANEL },
        Fault::NoRise,
        Fault::Disagree { sensor: ROOM, with: Witness::EmptyBed(IN_BED) },
        Fault::Disagree { sensor: ROOM, with: Witness::Valve(VALVE) },
        Fault::Fahrenheit { sensor: ROOM },
        Fault::SensorBattery { sensor: ROOM },
        Fault::ActuatorBattery { actuator: VALVE },
        Fault::UnknownSensor { sensor: ROOM },
        Fault::UnknownActuator { actuator: PANEL },
        Fault::Namesake,
        Fault::Disk,
        Fault::SetAside,
        Fault::WeakSupply,
        Fault::ClockNotSet,
        Fault::OldConfiguration,
        Fault::Untold,
        Fault::Left { device: uncramp::model::DeviceName::of("heater (bedroom)") },
    ];
    let faults: Vec<Fault> = sensors.chain(others).collect();
    let mut words: Vec<Words> = faults.iter().map(|fault| Words::Fault(*fault)).collect();
    words.extend(faults.iter().map(|fault| Words::Healed(*fault)));
    words.extend((0..2).map(|sleeper| Words::ConfirmConditions { sleeper }));
    words.push(Words::AskedNoMore { sleeper: 1 });
    let periods = |n: i64| (0..n).map(|n| period(n, 10 * (n + 1))).collect::<Vec<_>>();
    for (heat, air) in [(1, 0), (0, 2), (3, 1), (5, 4)] {
        words.push(Words::Watched { heat: periods(heat), air: periods(air) });
    }
    words
}

fn period(hour: i64, minutes: i64) -> Period {
    Period { from: at(hour, 10), until: at(hour, 10) + Span::minutes(minutes) }
}

/// Why words were not said.
pub(crate) fn unsaid() -> Vec<Unsaid> {
    let hushes = [
        (Hush::QuietHours, Some(at(7, 45))),
        (Hush::Asleep, None),
        (Hush::Away, Some(at(7, 45) + Span::hours(48))),
        (Hush::Away, None),
        (Hush::Paused, Some(at(11, 0))),
        (Hush::Off, None),
        (Hush::ClockNotSet, None),
    ];
    hushes.map(|(hush, until)| Unsaid { bedroom: BedroomId(0), hush, until }).to_vec()
}

/// Words about what is in no plan.
pub(crate) fn nameless() -> Vec<Words> {
    vec![
        drink(9, 200),
        last_night(9),
        Words::ConfirmConditions { sleeper: 9 },
        Words::AskedNoMore { sleeper: 9 },
        Words::Fault(Fault::Silent { sensor: SensorId(200) }),
        Words::Fault(Fault::Garbled { sensor: SensorId(200) }),
        Words::Fault(Fault::Disobeys { actuator: ActuatorId(200), off: true }),
        Words::Fault(Fault::ReturnsOn { actuator: ActuatorId(200) }),
    ]
}

/// What actuators are told.
pub(crate) fn switches() -> Vec<Switch> {
    vec![
        Switch::On { timer: None },
        Switch::On { timer: Some(Span::minutes(15)) },
        Switch::Off,
        Switch::SetPoint(celsius(19.0)),
        Switch::Level(2),
        Switch::Feed(celsius(18.3)),
        Switch::OwnThermometer,
    ]
}

/// What Home Assistant shows.
pub(crate) fn labels() -> Vec<Label<'static>> {
    let mut all = vec![
        Label::Device("guest room"),
        Label::Warmth,
        Label::Airflow,
        Label::Reason,
        Label::Dose,
        Label::Deficit,
        Label::DewPoint,
        Label::BedHumidity,
        Label::InBedTime,
        Label::InBed,
        Label::Drunk("Anna"),
        Label::DrunkToday,
        Label::LastCramp,
        Label::Cold,
        Label::Stuffy,
        Label::Problem,
        Label::Heating,
        Label::Side("Anna"),
        Label::NextReminder,
        Label::Mode,
        Label::Automatic,
        Label::AwayFor,
        Label::House,
        Label::Cramp,
        Label::Drank(None),
        Label::Drank(Some("Anna")),
        Label::Done,
        Label::Snooze,
        Label::DrankIt,
        Label::HadCramp,
        Label::HadNone,
        Label::Pause,
        Label::Say,
        Label::Begin,
        Label::Log,
        Label::Hold("heater"),
        Label::Hold("left side"),
    ];
    all.extend(Setting::ALL.map(Label::Setting));
    all
}

/// Among what somebody chooses in Home Assistant.
pub(crate) fn choices() -> Vec<Choice> {
    let mut all = [Mode::Auto, Mode::Watch, Mode::Off].map(Choice::Mode).to_vec();
    let houses = [Household::Home, Household::Away, Household::Guest, Household::Baby];
    all.extend(houses.map(Choice::House));
    all.extend([Want::Auto, Want::On, Want::Off].map(Choice::Hold));
    all
}

/// What somebody can ask for.
pub(crate) fn wishes() -> Vec<Wish> {
    let wanted = [Want::On, Want::Level(2), Want::Off, Want::Auto];
    let mut all: Vec<Wish> = wanted
        .into_iter()
        .map(|want| Wish::Override { actuator: PANEL, want, until: None })
        .collect();
    all.extend([Mode::Auto, Mode::Watch, Mode::Off].map(Wish::Mode));
    let houses = [Household::Home, Household::Away, Household::Guest, Household::Baby];
    all.extend(houses.map(Wish::House));
    all.extend([
        Wish::Drink { sleeper: 0, amount: Millilitres(250) },
        Wish::Away(Some(at(6, 0))),
        Wish::Away(None),
        Wish::Pause(true),
        Wish::Pause(false),
        Wish::Resume,
        Wish::Shift(Kelvins::new(0.5)),
        Wish::Shift(Kelvins::new(-0.5)),
        Wish::Cramp { sleeper: Some(0), ago: Span::ZERO },
        Wish::Cramp { sleeper: None, ago: Span::ZERO },
        Wish::NoCramp { sleeper: Some(0), night: None },
        Wish::NoCramp { sleeper: None, night: None },
        Wish::Say("Anna!".to_owned()),
        Wish::Done,
        Wish::Snooze,
        Wish::Postpone(7),
        Wish::Timer { actuator: PANEL, works: true },
        Wish::Timer { actuator: PANEL, works: false },
    ]);
    all
}

/// What keeps uncramp from doing anything.
pub(crate) fn idle() -> [Idle; 21] {
    [
        Idle::Off,
        Idle::Watching,
        Idle::Paused(Some(at(12, 0))),
        Idle::Paused(None),
        Idle::Away,
        Idle::NotHeating,
        Idle::NoHeater,
        Idle::NoTemperature,
        Idle::Window { guessed: false },
        Idle::Window { guessed: true },
        Idle::NoHeat(Some(at(5, 0))),
        Idle::NoHeat(None),
        Idle::BesideSleeper,
        Idle::Fault,
        Idle::ByHand,
        Idle::Rests(None),
        Idle::Rests(Some(at(5, 0))),
        Idle::NotBefore { from: Some(at(23, 33)), heard: true },
        Idle::NotBefore { from: Some(at(23, 33)), heard: false },
        Idle::NotBefore { from: None, heard: true },
        Idle::HeardEnough,
    ]
}

/// What somebody can be answered who said something aloud.
pub(crate) fn answers() -> Vec<Answer> {
    let drunk = |sleeper, amount, today| Answer::Drunk {
        sleeper,
        amount: Millilitres(amount),
        today: Millilitres(today),
    };
    let shifted = |by, unless| Answer::Shifted { by: Kelvins::new(by), unless };
    let limit = |warmer, baby, unless| Answer::AtTheLimit { warmer, baby, unless };
    let house = |house, until| Answer::House { house, until };
    let mut all = vec![drunk(0, 200, 800), drunk(1, 500, 1250)];
    all.extend([When::Now, When::LastNight, When::Earlier].map(|when| {
        let sleeper = (when == When::LastNight).then_some(0);
        Answer::Cramp { sleeper, when }
    }));
    all.extend([
        Answer::NoCramp { sleeper: None },
        Answer::NoCramp { sleeper: Some(1) },
        Answer::Acts { unless: None },
        Answer::Watches,
        Answer::WatchesAgain,
        Answer::Stopped,
        Answer::Paused { until: Some(at(12, 0)) },
        Answer::Paused { until: None },
        shifted(0.5, None),
        shifted(-0.5, None),
        shifted(1.0, None),
        shifted(-2.0, None),
        shifted(0.3, None),
        Answer::WarmEnough { room: Temperature::celsius(20.5), below: Temperature::celsius(18.5) },
        limit(true, false, None),
        limit(true, true, None),
        limit(true, false, Some(Idle::Watching)),
        limit(true, true, Some(Idle::Off)),
        limit(false, false, None),
        house(Household::Home, None),
        house(Household::Away, None),
        house(Household::Away, Some(at(6, 0) + Span::hours(48))),
        house(Household::Guest, None),
        house(Household::Baby, None),
        Answer::Done,
        Answer::Later,
    ]);
    all.extend(idle().map(|idle| shifted(0.5, Some(idle))));
    all.extend([Idle::Off, Idle::Away].map(|idle| Answer::Acts { unless: Some(idle) }));
    all
}

/// Why something told is not followed.
pub(crate) fn refusals() -> Vec<Refusal> {
    let names = || vec!["anna".to_owned(), "ben".to_owned()];
    let name = || "dora".to_owned();
    let setting = Setting::Dose;
    let mut all = vec![
        Refusal::NoBedroom { name: name(), known: vec!["bedroom".to_owned()] },
        Refusal::NoControl { name: "dora/set".to_owned(), known: vec!["drink/set", "mode/set"] },
        Refusal::Kept,
        Refusal::TooLong { bytes: 300_000 },
        Refusal::NoText,
        Refusal::NoObject { text: name() },
        Refusal::OddKey { key: name(), known: &["sleeper", "ml"] },
        Refusal::Missing { key: "until" },
        Refusal::NoWord { word: name() },
        Refusal::WhoOfSeveral { known: names() },
        Refusal::NoSleeper { name: name(), known: names() },
        Refusal::NoActuator { name: name(), known: Vec::new() },
        Refusal::NobodyNamed,
        Refusal::Drink { most: 2000, more: true },
        Refusal::Drink { most: 2000, more: false },
        Refusal::Level { level: 7, most: 3 },
        Refusal::HeaterLevel,
        Refusal::NeverOn { name: "heater".to_owned() },
        Refusal::AgoOfNone,
        Refusal::AgoTwice,
        Refusal::AgoTooLong,
        Refusal::Over,
        Refusal::NoClock { key: "until" },
        Refusal::NoClock { key: "when" },
        Refusal::BabyStays,
        Refusal::NothingWaits,
        Refusal::NothingToSay,
        Refusal::TooMuchToSay { characters: 401 },
        Refusal::NoSetting { name: name() },
        Refusal::OutOfRange { setting, value: "40".to_owned() },
        Refusal::Forbidden { setting, value: "4".to_owned(), why: "dora.".to_owned() },
    ];
    all.extend(FITS.map(|fits| Refusal::Unfit { key: "value", fits }));
    all
}

/// What would fit instead.
pub(crate) const FITS: [Fits; 11] = [
    Fits::Name,
    Fits::Truth,
    Fits::Number(Setting::Dose),
    Fits::Duration,
    Fits::Time,
    Fits::Night,
    Fits::LastNight,
    Fits::Word(&["spoken", "failed"]),
    Fits::WordOrLevel(&["on", "off"], 3),
    Fits::Announcement,
    Fits::Text(64),
];

/// What would be right to send.
pub(crate) fn examples() -> Vec<Example> {
    let (sleeper, actuator) = (|| "anna".to_owned(), || "heater".to_owned());
    vec![
        Example::Drink { sleeper: sleeper() },
        Example::Mode,
        Example::Override { actuator: actuator(), on: true },
        Example::Override { actuator: actuator(), on: false },
        Example::Away,
        Example::House,
        Example::Baby,
        Example::Pause,
        Example::Shift,
        Example::Cramp { sleeper: sleeper(), dated: true },
        Example::Cramp { sleeper: sleeper(), dated: false },
        Example::Say { most: 400 },
        Example::Nothing,
        Example::Setting(Setting::TooCold),
        Example::Timer { actuator: actuator() },
        Example::Ack,
        Example::Tell,
        Example::Payload(Box::new(Example::Nothing)),
    ]
}

/// What devices can make possible.
pub(crate) fn possible(sleep: Window) -> Vec<Possible<'static>> {
    let mut all = vec![
        Possible::Raised("radiator"),
        Possible::Switched("heater"),
        Possible::SwitchedOnceTried("panel"),
        Possible::OnlyOff("heater"),
        Possible::BeddingLocked("blanket"),
        Possible::BeddingBefore("blanket"),
        Possible::BeddingAllNight("blanket"),
        Possible::WindowMeasured,
        Possible::WindowGuessed,
        Possible::FanByBed("fan"),
        Possible::FanByRoom("fan"),
        Possible::FanByWarmth("fan"),
        Possible::FreshAir,
        Possible::BedMeasured,
        Possible::BedAssumed(sleep),
        Possible::Reminded("Anna"),
    ];
    let conditions = CONDITIONS.map(|word| {
        let condition: Condition =
            serde_json::from_value(word.into()).expect("a condition's own word");
        Possible::NotReminded("Anna", condition)
    });
    all.extend(conditions);
    all
}

/// What one more could add.
pub(crate) const MISSING: [Missing<'static>; 10] = [
    Missing::Thermometer,
    Missing::Heater,
    Missing::Contact,
    Missing::Fan,
    Missing::Humidity,
    Missing::BedClimate,
    Missing::CarbonDioxide,
    Missing::BedSensor,
    Missing::Answers("Anna"),
    Missing::Sleepers,
];

pub(crate) fn drink(sleeper: usize, amount: i32) -> Words {
    let amount = Millilitres(amount);
    let because = Because::Behind { due: Millilitres(600), drunk: Millilitres(300), amount };
    Words::Drink { sleeper, amount, reason: reason(because, None) }
}

pub(crate) fn last_night(sleeper: usize) -> Words {
    let night = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");
    Words::LastNight { sleeper, night, later: true }
}

/// Every reason.
pub(crate) fn reasons() -> Vec<Reason> {
    let would_stop =
        Otherwise::WouldStop { dose: KelvinHours::new(0.3), temperature: celsius(18.5) };
    let would_start = |after| Otherwise::WouldStart {
        dose: KelvinHours::new(1.0),
        example: celsius(17.0),
        after,
        deep: celsius(16.0),
    };
    let mut all = vec![
        reason(dose(1.0004, 17.0, false), Some(would_stop.clone())),
        reason(dose(1.5, 17.96, true), Some(would_stop)),
        reason(warm(0.2), Some(would_start(Some(Span::minutes(86))))),
        reason(warm(0.083), None),
        reason(warm(0.004), None),
        reason(warm(0.96), Some(would_start(None))),
        reason(Because::NobodyInBed, Some(would_start(Some(Span::minutes(150))))),
        reason(
            Because::TemperatureUnknown { since: None, last: None },
            Some(Otherwise::NeedsReading),
        ),
        reason(warm(0.2), Some(Otherwise::Untried { can_be: true })),
        reason(warm(0.2), Some(Otherwise::Untried { can_be: false })),
    ];
    all.extend(of_heat().into_iter().chain(of_air()).chain(of_the_rest()).map(|b| reason(b, None)));
    all
}

fn of_heat() -> Vec<Because> {
    let (temperature, limit) = (celsius(15.9), celsius(16.0));
    let deadline = |deadline, time| Because::Deadline {
        deadline,
        at: time,
        temperature: celsius(16.8),
        reference: celsius(18.0),
        lead: Span::minutes(75),
    };
    let slow = Because::Deadline {
        deadline: Deadline::Bedtime,
        at: at(22, 30),
        temperature: celsius(12.0),
        reference: celsius(18.0),
        lead: Span::hours(4),
    };
    vec![
        Because::Deep { temperature, limit },
        deadline(Deadline::Bedtime, at(22, 30)),
        deadline(Deadline::Predawn, at(4, 45)),
        slow,
        Because::Below { temperature, limit },
        Because::NotYetWarm { temperature: celsius(17.9), until: celsius(18.5) },
        Because::AtTarget { temperature: celsius(19.1), target: celsius(19.0) },
        Because::NobodyInBed,
        Because::NobodyCame { after: Span::minutes(90) },
        Because::ByDay,
        Because::Away,
        Because::HeatUnavailable { from: at(5, 30) },
        Because::TemperatureUnknown { since: Some(at(2, 14)), last: Some(at(0, 4)) },
        Because::TemperatureUnknown { since: Some(at(2, 14) - Span::hours(48)), last: None },
        Because::TemperatureFrozen { since: at(2, 14) },
        Because::Standby { until: at(12, 0) },
        Because::Ceiling { temperature: celsius(24.1), ceiling: celsius(24.0) },
        Because::WindowOpen { guessed: false },
        Because::WindowOpen { guessed: true },
        Because::BedNotEmpty,
        Because::Portable,
        Because::Stretch { limit: Span::hours(4), until: at(3, 30) },
        Because::Ramp { rose: Kelvins::new(2.1), limit: Kelvins::new(2.0) },
        Because::BeddingLocked,
        Because::BedHot { temperature: celsius(34.2), limit: celsius(34.0) },
    ]
}

fn of_air() -> Vec<Because> {
    let room = |sign| Because::WarmRoom { temperature: celsius(26.2), sign };
    let stuffy = |percent, limit, wet| Because::Stuffy {
        humidity: Humidity::percent(percent),
        limit: Humidity::percent(limit),
        wet,
    };
    let guard = |temperature: Option<f64>, heater_wanted| Because::ColdGuard {
        temperature: temperature.map(Temperature::celsius),
        limit: celsius(22.0),
        dose: KelvinHours::new(0.6),
        heater_wanted,
    };
    vec![
        stuffy(67.4, 65.0, false),
        stuffy(82.0, 80.0, true),
        room(RoomSign::Warm),
        room(RoomSign::Damp),
        room(RoomSign::Breathed),
        Because::Airy,
        Because::Fresh,
        Because::NotDrier { drier_pa: 120, limit_pa: 300 },
        Because::NotDrier { drier_pa: -40, limit_pa: 300 },
        guard(Some(21.3), false),
        guard(Some(22.5), false),
        guard(Some(22.5), true),
        guard(None, false),
        Because::TooHot { temperature: celsius(35.02), limit: celsius(35.0) },
        Because::Draught { temperature: celsius(24.5), limit: 15 },
        Because::BabyInRoom,
    ]
}

fn of_the_rest() -> Vec<Because> {
    let (due, drunk, amount) = (Millilitres(600), Millilitres(300), Millilitres(200));
    vec![
        Because::Behind { due, drunk, amount },
        Because::Person { until: at(6, 45) },
        Because::Person { until: Time::NEVER },
        Because::PersonBlind { until: at(3, 14) },
        Because::Audible { changes: 0, from: at(3, 0) },
        Because::Audible { changes: 1, from: at(3, 0) },
        Because::Audible { changes: 4, from: at(6, 45) },
        Because::NotRecorded { until: at(2, 20) },
        Because::Settling { until: at(2, 20) },
        Because::WishEnded,
        Because::Watching,
        Because::TurnedOff,
        Because::Paused { until: at(12, 0) },
        Because::Starting,
        Because::Stopping,
        Because::Gap,
        Because::LeftPlan,
        Because::Feeding,
        Because::Nothing,
    ]
}

fn reason(because: Because, otherwise: Option<Otherwise>) -> Reason {
    Reason { by: Judge::Nobody, because, otherwise }
}

fn dose(dose: f64, temperature: f64, in_bed: bool) -> Because {
    Because::Dose {
        dose: KelvinHours::new(dose),
        limit: KelvinHours::new(1.0),
        temperature: celsius(temperature),
        reference: celsius(18.0),
        in_bed,
    }
}

fn warm(dose: f64) -> Because {
    let (dose, limit) = (KelvinHours::new(dose), KelvinHours::new(1.0));
    Because::Warm { temperature: celsius(19.4), dose, limit }
}

fn celsius(degrees: f64) -> Temperature {
    Temperature::celsius(degrees)
}

/// A time of day in the night that ends on 22 November 2026, at UTC.
pub(crate) fn at(hour: i64, minute: i64) -> Time {
    let evening = if hour >= 12 { -24 } else { 0 };
    WALL.time(1_795_305_600_000) + Span::hours(hour + evening) + Span::minutes(minute)
}

pub(crate) const WALL: Wall = Wall { offset: 1_790_000_000_000, synchronised: true };
