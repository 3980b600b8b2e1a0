//! Every sentence, in one list that people read and agree to.
//!
//! The lists lie in `tests/snapshots`; after a change of wording look at the difference
//! and accept it with `INSTA_UPDATE=always cargo test --test speech`.

use uncramp::engine::{Fault, Words};
use uncramp::model::{
    ActuatorId, BedroomId, Humidity, KelvinHours, Kelvins, Millilitres, SensorId, Span, Switch,
    Temperature, Time, Wall,
};
use uncramp::plan::{Control, Hazard, Kind, Plan, Units};
use uncramp::rules::airflow::Advice;
use uncramp::rules::{Because, Deadline, Judge, Otherwise, Reason, RoomSign};
use uncramp::speech::{self, Context};

#[test]
fn every_reason() {
    insta::assert_snapshot!(reasons(Units::Metric));
}

#[test]
fn every_reason_in_imperial_units() {
    insta::assert_snapshot!(reasons(Units::Imperial));
}

#[test]
fn every_sentence_a_sleeper_can_hear_by_default() {
    insta::assert_snapshot!(said(&[
        drink(0, 200),
        drink(0, 150),
        Words::Air(vec![Advice::LiftTheCover]),
        Words::Air(vec![Advice::FreshAir]),
        Words::Fault(Fault::Disobeys { actuator: PANEL, off: true }),
        Words::Fault(Fault::BeddingHot { sensor: IN_BED }),
    ]));
}

/// The alarms above are all there are: a switched heater that does not obey is told of in the
/// same words, whatever it can do harm by.
#[test]
fn every_switched_heater_alarms_in_the_same_words() {
    let hazards = [
        Hazard::Radiator,
        Hazard::HeatPump,
        Hazard::Panel,
        Hazard::Blanket { all_night: false },
        Hazard::Blanket { all_night: true },
        Hazard::Portable,
    ];
    let words = Words::Fault(Fault::Disobeys { actuator: PANEL, off: true });
    let said = hazards.map(|hazard| {
        let mut plan = plan(Units::Metric);
        plan.bedrooms[0].actuators[usize::from(PANEL.0)].kind =
            Kind::Heater { hazard, control: Control::Switch };
        speech::spoken(&words, &context(&plan))
    });
    assert!(said.iter().all(|one| *one == said[0]), "{said:#?}");
    let listed =
        include_str!("snapshots/speech__every_sentence_a_sleeper_can_hear_by_default.snap");
    assert!(listed.contains(&said[0]), "{}", said[0]);
}

#[test]
fn every_sentence_to_the_keeper() {
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
    ];
    let faults: Vec<Fault> = sensors.chain(others).collect();
    let mut words: Vec<Words> = faults.iter().map(|fault| Words::Fault(*fault)).collect();
    words.extend(faults.iter().map(|fault| Words::Healed(*fault)));
    words.extend((0..2).map(|sleeper| Words::ConfirmConditions { sleeper }));
    insta::assert_snapshot!(said(&words));
}

#[test]
fn what_is_not_in_the_plan_is_said_without_its_name() {
    insta::assert_snapshot!(said(&[
        drink(9, 200),
        Words::ConfirmConditions { sleeper: 9 },
        Words::Fault(Fault::Silent { sensor: SensorId(200) }),
        Words::Fault(Fault::Garbled { sensor: SensorId(200) }),
        Words::Fault(Fault::Disobeys { actuator: ActuatorId(200), off: true }),
    ]));
}

#[test]
fn what_actuators_are_told() {
    let plan = plan(Units::Metric);
    let told: Vec<String> = [
        Switch::On { timer: None },
        Switch::On { timer: Some(Span::minutes(15)) },
        Switch::Off,
        Switch::SetPoint(celsius(19.0)),
        Switch::Level(2),
        Switch::Feed(celsius(18.3)),
        Switch::OwnThermometer,
    ]
    .iter()
    .map(|switch| speech::switch(switch, &context(&plan)))
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    on
    on for 15 min
    off
    set to 19.0 °C
    level 2
    told that the room is at 18.3 °C
    back on its own thermometer
    ");
}

#[test]
fn nothing_heard_by_a_sleeper_has_a_figure_or_a_claim() {
    let plan = plan(Units::Metric);
    for amount in [150, 199, 200, 250] {
        let sentence = speech::spoken(&drink(0, amount), &context(&plan));
        assert!(!sentence.contains(|c: char| c.is_ascii_digit()), "{sentence}");
        assert!(!sentence.contains("cramp"), "{sentence}");
    }
}

const PANEL: ActuatorId = ActuatorId(0);
const VALVE: ActuatorId = ActuatorId(1);
const FAN: ActuatorId = ActuatorId(2);
const ROOM: SensorId = SensorId(0);
const IN_BED: SensorId = SensorId(3);

fn said(words: &[Words]) -> String {
    let plan = plan(Units::Metric);
    let said: Vec<String> =
        words.iter().map(|words| speech::spoken(words, &context(&plan))).collect();
    said.join("\n")
}

fn drink(sleeper: usize, amount: i32) -> Words {
    let amount = Millilitres(amount);
    let because = Because::Behind { due: Millilitres(600), drunk: Millilitres(300), amount };
    Words::Drink { sleeper, amount, reason: reason(because, None) }
}

fn reasons(units: Units) -> String {
    let plan = plan(units);
    let said: Vec<String> =
        every_reason_there_is().iter().map(|r| speech::reason(r, &context(&plan))).collect();
    said.join("\n")
}

fn every_reason_there_is() -> Vec<Reason> {
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
        reason(warm(0.96), Some(would_start(None))),
        reason(Because::NobodyInBed, Some(would_start(Some(Span::minutes(150))))),
        reason(Because::TemperatureUnknown { since: None }, Some(Otherwise::NeedsReading)),
        reason(Because::Nothing, Some(Otherwise::At(at(2, 14)))),
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
        Because::TemperatureUnknown { since: Some(at(2, 14)) },
        Because::TemperatureUnknown { since: Some(at(2, 14) - Span::hours(48)) },
        Because::TemperatureFrozen { since: at(2, 14) },
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
        Because::NotDrier { drier_pa: 120, limit_pa: 300 },
        Because::NotDrier { drier_pa: -40, limit_pa: 300 },
        guard(Some(21.3), false),
        guard(Some(22.5), false),
        guard(Some(22.5), true),
        guard(None, false),
        Because::TooHot { temperature: celsius(35.02), limit: celsius(35.0) },
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
        Because::Mode,
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
fn at(hour: i64, minute: i64) -> Time {
    let evening = if hour >= 12 { -24 } else { 0 };
    WALL.time(1_795_305_600_000) + Span::hours(hour + evening) + Span::minutes(minute)
}

const WALL: Wall = Wall { offset: 1_790_000_000_000, synchronised: true };

fn context(plan: &Plan) -> Context<'_> {
    Context::new(plan, BedroomId(0), WALL, at(2, 14)).expect("the plan has one bedroom")
}

fn plan(units: Units) -> Plan {
    let mut plan: Plan =
        serde_json::from_str(include_str!("data/speech-plan.json")).expect("a plan");
    plan.units = units;
    plan
}
