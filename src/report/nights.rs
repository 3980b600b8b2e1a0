//! Readings, played night by night.
//!
//! The sleep window counts as in bed, every device obeys, and nothing is learned: the
//! recorded room does not feel the heat that is called for.

use chrono::NaiveDate;
use smallvec::SmallVec;

use super::drawing::Drawing;
use super::svg::Picture;
use crate::engine::{Action, Audience, Command, Engine, Event, Wish, Words};
use crate::history::Sample;
use crate::model::{
    ActuatorId, BedroomId, Echo, Heard, Hours, Item, KelvinHours, Measured, SensorId, Span, Switch,
    Temperature, Time, Wall,
};
use crate::plan::{Control, Kind, Plan};
use crate::replay::Stage;

/// To what the household of a replay turns its valve down at night; uncramp raises it
/// from there. An assumption: readings do not tell.
pub const HOUSEHOLD: Temperature = Temperature(1600);

const BEDROOM: BedroomId = BedroomId(0);

/// One thing that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The evening of its night.
    pub evening: NaiveDate,
    /// When.
    pub at: Time,
    /// What.
    pub action: Action,
}

/// What one night came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// The evening that names it.
    pub evening: NaiveDate,
    /// How long the sleep window, counted as in bed, lasted within the recording.
    pub occupied: Span,
    /// For how much of that the temperature was not known.
    pub unknown: Span,
    /// The highest acute dose.
    pub acute_max: KelvinHours,
    /// The night's dose.
    pub dose: KelvinHours,
    /// When heat was first called for.
    pub first_heat: Option<Time>,
    /// How long a heater was on, or a set-point above the household's.
    pub heat: Span,
    /// How long a fan was on.
    pub fan: Span,
    /// Reminders spoken.
    pub reminders: u32,
}

/// What a replay of readings came to.
#[derive(Debug, Clone)]
pub struct Nights {
    /// The nights in which anything was measured between bedtime and wake, in order.
    pub nights: Vec<Night>,
    /// The wall clock of its times.
    pub wall: Wall,
    /// The picture of the night that was asked for, if it is among them.
    pub picture: Option<Picture>,
}

/// Plays readings, in order of time, through an engine with this plan of one bedroom.
/// `see` is shown every decision; `drawn` is the evening of a night to be drawn.
pub fn play(
    plan: &Plan,
    samples: &[Sample],
    drawn: Option<NaiveDate>,
    see: &mut impl FnMut(Decision),
) -> Nights {
    let first = samples.first().map_or(0, |sample| sample.unix_ms);
    let wall = Wall { offset: first, synchronised: true };
    let Some(bedroom) = plan.bedrooms.first() else {
        return Nights { nights: Vec::new(), wall, picture: None };
    };
    let engine = Engine::new(plan.clone(), wall, Time::ZERO).without_learning();
    let hours = Hours::around(Time::ZERO, bedroom.sleep, &plan.zone, wall);
    let mut player = Player {
        plan,
        wall,
        stage: Stage::new(engine, Time::ZERO),
        tally: Tally::new(plan),
        measured: false,
        done: Vec::new(),
        drawing: Drawing::begun(drawn, &hours, bedroom),
        drawn,
        hours,
    };
    player.furnish();
    let ids = sensors_of(plan, samples);
    for together in samples.chunk_by(|a, b| a.unix_ms == b.unix_ms) {
        player.hear(together, &ids, see);
    }
    player.end_night(player.stage.now());
    let picture = player.drawing.and_then(|drawing| drawing.finished(plan, wall));
    Nights { nights: player.done, wall, picture }
}

/// Which sensor of the plan a sample comes from, by place and quantity.
type Ids = SmallVec<[(Sample, SensorId); 4]>;

fn sensors_of(plan: &Plan, samples: &[Sample]) -> Ids {
    let mut ids = Ids::new();
    for sample in samples {
        if ids.iter().any(|(known, _)| same_kind(known, sample)) {
            continue;
        }
        let quantity = sample.value.quantity();
        let found = plan.bedrooms.first().and_then(|room| room.sensor(sample.place, quantity));
        if let Some((id, _)) = found {
            ids.push((*sample, id));
        }
    }
    ids
}

fn same_kind(one: &Sample, other: &Sample) -> bool {
    one.place == other.place && one.value.quantity() == other.value.quantity()
}

struct Player<'a> {
    plan: &'a Plan,
    wall: Wall,
    stage: Stage,
    hours: Hours,
    tally: Tally,
    /// Something was measured between this night's bedtime and wake.
    measured: bool,
    done: Vec<Night>,
    drawn: Option<NaiveDate>,
    drawing: Option<Drawing>,
}

impl Player<'_> {
    /// Puts the devices into the room as a household has them: everything off and known
    /// to be so, valves turned down, and timers tried.
    fn furnish(&mut self) {
        let see = &mut |_: Decision| {};
        self.event(Time::ZERO, Event::Start, see);
        let Some(bedroom) = self.plan.bedrooms.first() else { return };
        for (id, actuator) in (0..=u8::MAX).map(ActuatorId).zip(&bedroom.actuators) {
            let echo = match actuator.kind {
                Kind::Heater { control: Control::SetPoint { .. }, .. } => Echo::SetPoint(HOUSEHOLD),
                Kind::Heater { control: Control::Switch, .. } | Kind::Fan { .. } => {
                    let wish = Wish::Timer { actuator: id, works: true };
                    self.event(Time::ZERO, Event::Wish { bedroom: BEDROOM, wish }, see);
                    Echo::Relay(false)
                }
            };
            let items = smallvec::smallvec![Item::Echo { actuator: id, echo }];
            let heard = Heard { items, retained: false };
            self.event(Time::ZERO, Event::Heard { bedroom: BEDROOM, heard }, see);
        }
    }

    fn hear(&mut self, together: &[Sample], ids: &Ids, see: &mut impl FnMut(Decision)) {
        let Some(first) = together.first() else { return };
        let at = self.wall.time(first.unix_ms);
        self.pass(at, see);
        let items = together.iter().filter_map(|sample| {
            let (_, sensor) = ids.iter().find(|(known, _)| same_kind(known, sample))?;
            let (sensor, value) = (*sensor, sample.value);
            Some(Item::Reading { sensor, value, measured: Measured::WhenHeard })
        });
        let heard = Heard { items: items.collect(), retained: false };
        self.measured |= self.hours.asleep(at);
        self.event(at, Event::Heard { bedroom: BEDROOM, heard }, see);
    }

    /// Lets time pass, night by night, and in a night to be drawn step by step.
    fn pass(&mut self, to: Time, see: &mut impl FnMut(Decision)) {
        while self.hours.until <= to {
            let end = self.hours.until;
            self.stroll(end, see);
            self.end_night(end);
            let plan = self.plan;
            let Some(bedroom) = plan.bedrooms.first() else { return };
            self.hours = Hours::around(end, bedroom.sleep, &plan.zone, self.wall);
            let begun = Drawing::begun(self.drawn, &self.hours, bedroom);
            self.drawing = begun.or(self.drawing.take());
        }
        self.stroll(to, see);
    }

    fn stroll(&mut self, to: Time, see: &mut impl FnMut(Decision)) {
        while let Some(next) = self.drawing.as_ref().and_then(|drawing| drawing.next(to)) {
            self.walk(next, see);
            let seen = self.stage.engine().picture(BEDROOM, next);
            if let (Some(drawing), Some(seen)) = (&mut self.drawing, seen) {
                drawing.look(next, &seen, self.tally.heating(), self.tally.blowing());
            }
        }
        self.walk(to, see);
    }

    fn walk(&mut self, to: Time, see: &mut impl FnMut(Decision)) {
        let (tally, evening) = (&mut self.tally, self.hours.evening);
        self.stage.pass(to, &mut |at, action| note(tally, evening, at, action, see));
    }

    fn event(&mut self, at: Time, event: Event, see: &mut impl FnMut(Decision)) {
        let (tally, evening) = (&mut self.tally, self.hours.evening);
        self.stage.event(at, event, &mut |at, action| note(tally, evening, at, action, see));
    }

    fn end_night(&mut self, end: Time) {
        // A night's tally begins anew at its end: it is asked for just before.
        let last = Time((end.0 - 1).max(0));
        let seen = self.stage.engine().picture(BEDROOM, last).map(|picture| picture.night);
        let counted = self.tally.close(end);
        let measured = std::mem::take(&mut self.measured);
        let evening = self.hours.evening;
        if let (Some(seen), true) = (seen.filter(|seen| seen.evening == Some(evening)), measured) {
            self.done.push(Night {
                evening,
                occupied: seen.occupied,
                unknown: seen.unknown,
                acute_max: seen.acute_max,
                dose: seen.dose(last),
                ..counted
            });
        }
    }
}

fn note(
    tally: &mut Tally,
    evening: NaiveDate,
    at: Time,
    action: &Action,
    see: &mut impl FnMut(Decision),
) {
    tally.note(at, action);
    see(Decision { evening, at, action: action.clone() });
}

/// What devices did in one night, by what they were told.
struct Tally {
    devices: Vec<Device>,
    first_heat: Option<Time>,
    heat: Span,
    fan: Span,
    reminders: u32,
    since: Time,
}

struct Device {
    heats: bool,
    on: bool,
}

impl Tally {
    fn new(plan: &Plan) -> Self {
        let devices = plan.bedrooms.first().into_iter().flat_map(|bedroom| &bedroom.actuators);
        let devices = devices
            .map(|actuator| Device {
                heats: matches!(actuator.kind, Kind::Heater { .. }),
                on: false,
            })
            .collect();
        Self {
            devices,
            first_heat: None,
            heat: Span::ZERO,
            fan: Span::ZERO,
            reminders: 0,
            since: Time::ZERO,
        }
    }

    fn heating(&self) -> bool {
        self.devices.iter().any(|device| device.heats && device.on)
    }

    fn blowing(&self) -> bool {
        self.devices.iter().any(|device| !device.heats && device.on)
    }

    fn note(&mut self, at: Time, action: &Action) {
        match action {
            Action::Switch(command) => self.switched(at, command),
            Action::Announce(announcement) => {
                let reminder = matches!(announcement.words, Words::Drink { .. });
                self.reminders += u32::from(reminder && announcement.audience == Audience::Sleeper);
            }
            Action::Query { .. } | Action::Watched(_) | Action::Unsaid(_) | Action::Notice(_) => {}
        }
    }

    fn switched(&mut self, at: Time, command: &Command) {
        let on = match command.switch {
            Switch::On { .. } | Switch::Level(1..) => true,
            Switch::Off | Switch::Level(0) => false,
            Switch::SetPoint(value) => value > HOUSEHOLD,
            Switch::Feed(_) | Switch::OwnThermometer => return,
        };
        self.advance(at);
        let Some(device) = self.devices.get_mut(usize::from(command.actuator.0)) else { return };
        device.on = on;
        if on && device.heats {
            self.first_heat = self.first_heat.or(Some(at));
        }
    }

    fn advance(&mut self, to: Time) {
        let passed = to.since(self.since);
        if self.heating() {
            self.heat += passed;
        }
        if self.blowing() {
            self.fan += passed;
        }
        self.since = to.max(self.since);
    }

    /// The night's counts; the next one begins with what still runs.
    fn close(&mut self, end: Time) -> Night {
        self.advance(end);
        let counted = Night {
            evening: NaiveDate::MIN,
            occupied: Span::ZERO,
            unknown: Span::ZERO,
            acute_max: KelvinHours(0),
            dose: KelvinHours(0),
            first_heat: self.first_heat,
            heat: self.heat,
            fan: self.fan,
            reminders: self.reminders,
        };
        self.first_heat = self.heating().then_some(end);
        (self.heat, self.fan, self.reminders) = (Span::ZERO, Span::ZERO, 0);
        counted
    }
}
