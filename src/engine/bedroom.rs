//! One bedroom's whole state, and the one loop that moves it.

use chrono::{NaiveDate, Timelike};
use serde::{Deserialize, Serialize};

use super::actuator::Actuator;
use super::bed::Bed;
use super::compare::Apart;
use super::contract::{Action, Wake};
use super::decide::Audible;
use super::faults::Fault;
use super::introduce::Introduction;
use super::layout::Layout;
use super::morning::Morning;
use super::passage::of_sleepers;
use super::question::Question;
use super::sensing::Sensing;
use super::soonest::Soonest;
use super::tonight::Tonight;
use super::trace::Trace;
use super::warmth::Warmth;
use super::watched::Watched;
use super::watching::Watching;
use crate::air;
use crate::model::{
    ActuatorId, BedroomId, Hours, Kelvins, Place, Quantity, SensorId, Supply, Temperature, Time,
    Value, Wall, Zone,
};
use crate::plan::{self, Mode};
use crate::rules::cold_exposure::{self, Reference, Style};
use crate::rules::hydration::Drinking;
use crate::rules::{
    Because, Call, Deadline, Facts, Reason, Verdict, Why, WindowOpen, airflow, conditions,
};
use crate::safety::EMPTY_FOR;

/// Everything that is remembered of one bedroom. Loading it and going on is the same
/// as never having stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bedroom {
    pub(crate) name: String,
    pub(crate) mode: Mode,
    /// What it was before it was switched off.
    #[serde(default)]
    pub(crate) before_off: Option<Mode>,
    /// In the plan's order; their names carry them over a changed plan.
    pub(crate) sensors: Vec<(String, Sensing)>,
    pub(crate) actuators: Vec<Actuator>,
    pub(crate) bed: Bed,
    pub(crate) trace: Trace,
    pub(crate) warmth: Warmth,
    /// Why there is, or is not, a call for heat.
    pub(crate) call_reason: Option<Reason>,
    /// In the order of the sleepers; their names carry them over a changed plan.
    pub(crate) drinking: Vec<(String, Drinking)>,
    pub(crate) away_until: Option<Time>,
    #[serde(default)]
    pub(crate) tonight: Tonight,
    #[serde(default)]
    pub(crate) last_cramp: Option<Time>,
    pub(crate) repeats_until: Time,
    pub(crate) audible: Audible,
    /// While uncramp only watches: what it would do, and would have done this night.
    #[serde(default)]
    pub(crate) watching: Option<Watching>,
    #[serde(default)]
    pub(crate) watched: Watched,
    #[serde(default)]
    pub(crate) introduction: Introduction,
    /// When somebody here was last spoken to.
    #[serde(default)]
    pub(crate) spoke: Option<Time>,
    /// Heating of ours is on; when it last ended.
    pub(crate) heating: bool,
    pub(crate) heated: Option<Time>,
    pub(crate) vapour_at_bedtime: Option<i32>,
    pub(crate) fresh_air: bool,
    /// What the night advised.
    #[serde(default)]
    pub(crate) morning: Morning,
    /// In the order of the sleepers, by their names.
    #[serde(default)]
    pub(crate) questions: Vec<(String, Question)>,
    #[serde(default)]
    pub(crate) apart: Option<Apart>,
    pub(crate) faults: Vec<Fault>,
    /// Those of them that were told aloud.
    #[serde(default)]
    pub(crate) alarms: Vec<Fault>,
    /// What only the shell can see.
    #[serde(default)]
    pub(crate) noticed: Vec<Fault>,
    pub(crate) next_id: u64,
    /// When the last number was given.
    #[serde(default)]
    pub(crate) numbered: Time,
    /// Since when nothing has set the clock.
    #[serde(default)]
    pub(crate) unset: Option<Time>,
    /// Reminders that fell into a gap.
    pub(crate) skipped: u32,
    pub(crate) night: Option<NaiveDate>,
    pub(crate) since: Time,
    pub(crate) handled: Time,
    /// A person's wish was taken down for these, and nobody was told yet.
    #[serde(skip)]
    pub(crate) overridden: Vec<ActuatorId>,
    /// What these said was left out as a repetition, and nobody was told yet.
    #[serde(skip)]
    pub(crate) repeated: Vec<SensorId>,
    #[serde(skip)]
    pub(crate) hours: Option<Hours>,
    #[serde(skip)]
    pub(crate) wake: Option<Wake>,
}

/// No heat of ours above this where a baby sleeps (the Lullaby Trust; `docs/evidence.md`).
const BABY_CEILING: Temperature = Temperature(2000);

/// What a bedroom needs to know of everything around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) id: BedroomId,
    pub(crate) plan: &'a plan::Bedroom,
    pub(crate) layout: &'a Layout,
    pub(crate) zone: &'a Zone,
    pub(crate) wall: Wall,
    pub(crate) link: bool,
    pub(crate) learn: bool,
}

impl Bedroom {
    /// A bedroom of which nothing is known.
    pub(crate) fn new(plan: &plan::Bedroom, wall: Wall, now: Time) -> Self {
        Self {
            name: plan.name.clone(),
            mode: plan.mode,
            before_off: None,
            sensors: plan.sensors.iter().map(|s| (s.name.clone(), Sensing::default())).collect(),
            actuators: plan.actuators.iter().map(Actuator::new).collect(),
            bed: Bed::default(),
            trace: Trace::default(),
            warmth: Warmth::default(),
            call_reason: None,
            drinking: of_sleepers(Vec::new(), plan),
            away_until: None,
            tonight: Tonight::default(),
            last_cramp: None,
            repeats_until: Time::ZERO,
            audible: Audible::default(),
            watching: None,
            watched: Watched::default(),
            introduction: Introduction::default(),
            spoke: None,
            heating: false,
            heated: None,
            vapour_at_bedtime: None,
            fresh_air: false,
            morning: Morning::default(),
            questions: of_sleepers(Vec::new(), plan),
            apart: None,
            faults: Vec::new(),
            alarms: Vec::new(),
            noticed: Vec::new(),
            // Who lost this state may already have heard small numbers: milliseconds of the
            // wall clock go up faster than announcements are made.
            next_id: u64::try_from(wall.unix_ms(now)).unwrap_or_default().max(1),
            numbered: now,
            unset: None,
            skipped: 0,
            night: None,
            since: now,
            handled: now,
            overridden: Vec::new(),
            repeated: Vec::new(),
            hours: None,
            wake: None,
        }
    }

    /// Works off whatever fell due before `now`, each at its due time.
    pub(crate) fn catch_up(&mut self, now: Time, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        while let Some(wake) = self.wake.filter(|wake| wake.at < now) {
            self.step(wake.at, around, out);
        }
    }

    /// Judges what is known at `now` and does what follows. Calling it more often than
    /// needed does nothing.
    pub(crate) fn step(&mut self, now: Time, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        self.note_clock(now, around);
        self.refresh_hours(now, around);
        self.expire(now, around);
        self.bed.observe(now, self.raw_bed(around, |_| true), &around.plan.occupancy);
        let mut facts = self.judged(now, around);
        let first = out.len();
        self.act(&mut facts, around, out);
        self.watch(&facts, around, out);
        // S3: off always wins, so it leaves first.
        out[first..].sort_by_key(|action| !action.is_off());
        let advice = self.advice(&facts, around);
        self.morning.note(&facts, |one| advice.contains(&one));
        self.note_nights(&facts, around);
        self.remind(&facts, around, out);
        self.compare(&facts, around);
        self.note_faults(&facts, around, out);
        self.wake = self.next_wake(&facts, around);
        self.handled = now;
    }

    /// What is known at `now`, and whether it calls for heat.
    pub(super) fn judged(&mut self, now: Time, around: &Surroundings<'_>) -> Facts {
        let mut facts = self.facts(now, around);
        self.observe_facts(&mut facts, around);
        self.judge_call(&mut facts, around);
        facts
    }

    /// What is known at `now`.
    pub(crate) fn facts(&self, now: Time, around: &Surroundings<'_>) -> Facts {
        let plan = around.plan;
        let hours = self.hours_at(now, around);
        let settings = &plan.cold_exposure;
        let baby = plan.baby
            || self.tonight.baby(now)
            || plan.sleepers.iter().any(|s| conditions::is_baby(s, hours.year));
        let away = self.away_until.is_some_and(|until| now < until);
        let in_bed = self.bed.in_bed(now, &hours, away);
        let bed = self.temperature(around, Place::Bed);
        let room_sensor = self.sensing(around, Place::Room, Quantity::Temperature);
        let ceiling = if baby { settings.ceiling.min(BABY_CEILING) } else { settings.ceiling };
        Facts {
            now,
            hours,
            supply: settings
                .available
                .map(|at| Supply::around(now, at, &hours, around.zone, around.wall)),
            room: self.temperature(around, Place::Room),
            room_lost: room_sensor.and_then(Sensing::lost),
            room_last: room_sensor.and_then(Sensing::last_known),
            room_frozen: room_sensor.and_then(Sensing::frozen),
            humidity: self.humidity(around, Place::Room),
            bed,
            bed_humidity: self.humidity(around, Place::Bed),
            co2: self.value(around, Place::Room, Quantity::Co2).and_then(Value::co2),
            bed_measured: around.layout.measures(Quantity::Occupied),
            in_bed,
            in_bed_now: self.bed.now(),
            lying_since: self.bed.lying_since(),
            empty_since: self.bed.empty_since(),
            left_bed: self.bed.left(),
            bed_heard: self.bed_heard(around),
            window: self.window(now, around),
            reference: self.tonight.shifted(self.reference(around, baby, hours.year), now),
            shift: match settings.style {
                Style::Dose => Kelvins(0),
                Style::Thermostat { start_below, .. } => {
                    self.tonight.shifted(start_below, now) - start_below
                }
            },
            ceiling,
            dose: self.warmth.dose,
            acute: self.warmth.dose.at(now, settings.memory),
            dose_in_bed: bed.is_some() && in_bed.occupied().is_some(),
            deep_since: self.warmth.deep_since,
            calling: self.warmth.call.clone(),
            heating_rate: self.warmth.rate(),
            empty_nights: self.warmth.empty_nights,
            came_to_bed: self.warmth.came_to_bed,
            away,
            baby,
            older: plan.sleepers.iter().any(|s| s.is_older(hours.year)),
            vapour_at_bedtime: self.vapour_at_bedtime,
        }
    }

    /// The hours around `now`.
    pub(crate) fn hours_at(&self, now: Time, around: &Surroundings<'_>) -> Hours {
        self.hours
            .filter(|hours| hours.from <= now && now < hours.until)
            .unwrap_or_else(|| Hours::around(now, around.plan.sleep, around.zone, around.wall))
    }

    /// The first sensor of that place and quantity.
    pub(crate) fn sensing(
        &self,
        around: &Surroundings<'_>,
        place: Place,
        quantity: Quantity,
    ) -> Option<&Sensing> {
        let sensor = around.layout.first(place, quantity)?;
        self.sensors.get(usize::from(sensor.0)).map(|(_, sensing)| sensing)
    }

    /// Since when a switched heater has been on without a break.
    pub(crate) fn heated_since(&self, around: &Surroundings<'_>) -> Option<Time> {
        let heaters = self.actuators.iter().zip(&around.plan.actuators);
        heaters
            .filter(|(_, plan)| matches!(plan.kind, plan::Kind::Heater { .. }))
            .filter_map(|(actuator, _)| actuator.on_since())
            .min()
    }

    /// Since when a switched heater that warms the room has been on without a break.
    pub(super) fn warmed_since(&self, around: &Surroundings<'_>) -> Option<Time> {
        let heaters = self.actuators.iter().zip(&around.plan.actuators);
        let of_rooms = heaters.filter(|(actuator, plan)| actuator.warms_room(plan));
        of_rooms.filter_map(|(actuator, _)| actuator.on_since()).min()
    }

    /// Local hour of the day.
    pub(crate) fn hour(now: Time, around: &Surroundings<'_>) -> u8 {
        let civil = around.zone.civil(around.wall.unix_ms(now));
        u8::try_from(civil.hour()).unwrap_or(0)
    }

    fn refresh_hours(&mut self, now: Time, around: &Surroundings<'_>) {
        let hours = self.hours_at(now, around);
        self.hours = Some(hours);
        if self.night != Some(hours.evening) {
            self.night = Some(hours.evening);
            self.warmth.new_hours();
        }
        for (_, drinking) in &mut self.drinking {
            let today = Some(hours.date(now));
            if drinking.day == today {
                continue;
            }
            *drinking = Drinking {
                day: today,
                last_drink: drinking.last_drink,
                last_prompt: drinking.last_prompt,
                lately: std::mem::take(&mut drinking.lately),
                asked: drinking.asked,
                ..Drinking::default()
            };
        }
    }

    /// Brings the memories up to the facts, and the facts up to the memories.
    fn observe_facts(&mut self, facts: &mut Facts, around: &Surroundings<'_>) {
        facts.acute = self.warmth.observe(facts, &around.plan.cold_exposure);
        facts.dose = self.warmth.dose;
        facts.deep_since = self.warmth.deep_since;
        facts.empty_nights = self.warmth.empty_nights;
        facts.came_to_bed = self.warmth.came_to_bed;
        if facts.in_bed.occupied().is_none() {
            self.vapour_at_bedtime = None;
        } else if let (None, Some(room), Some(humidity)) =
            (self.vapour_at_bedtime, facts.room, facts.humidity)
        {
            self.vapour_at_bedtime = Some(air::absolute_humidity(room, humidity));
        }
        facts.vapour_at_bedtime = self.vapour_at_bedtime;
        self.fresh_air = airflow::wants_fresh_air(facts, &around.plan.airflow, self.fresh_air);
        for (_, drinking) in &mut self.drinking {
            let hottest = &mut drinking.hottest;
            hottest.room = hottest.room.max(facts.room);
            let outdoors = temperature_of(&self.sensors, around, Place::Outdoors);
            hottest.outdoors = hottest.outdoors.max(outdoors);
        }
    }

    /// Begins or ends the call for heat.
    fn judge_call(&mut self, facts: &mut Facts, around: &Surroundings<'_>) {
        let verdict = cold_exposure::judge(facts, &around.plan.cold_exposure);
        self.warmth.call = match verdict {
            Verdict::On(reason) | Verdict::Level(_, reason) => {
                self.call_reason = Some(reason.clone());
                let since = self.warmth.call.as_ref().map_or(facts.now, |call| call.since);
                let by_bedtime =
                    matches!(reason.because, Because::Deadline { deadline: Deadline::Bedtime, .. });
                let for_bedtime =
                    self.warmth.call.as_ref().map_or(by_bedtime, |call| call.for_bedtime);
                Some(Call { since, reason, for_bedtime })
            }
            Verdict::Off(reason) => {
                self.call_reason = Some(reason);
                None
            }
            Verdict::Keep => self.warmth.call.take(),
        };
        facts.calling.clone_from(&self.warmth.call);
    }

    /// Takes note of what heats, and whether it taught anything.
    pub(super) fn learn(&mut self, facts: &Facts, around: &Surroundings<'_>) -> bool {
        let on = self.actuators.iter().zip(&around.plan.actuators).any(|(a, p)| a.warms_room(p));
        if self.heating && !on {
            self.heated = Some(facts.now);
        }
        self.heating = on;
        let since = on.then(|| Self::hour(facts.now, around));
        self.warmth.heating(facts, &around.plan.cold_exposure, since, around.learn)
    }

    pub(crate) fn next_wake(&self, facts: &Facts, around: &Surroundings<'_>) -> Option<Wake> {
        let plan = around.plan;
        let mut soonest = Soonest::after(facts.now);
        let lives = self.lives(around);
        for ((_, sensing), spot) in self.sensors.iter().zip(&around.layout.sensors) {
            let until = sensing.counts_until(&lives, spot.tells_its_end);
            soonest.offer_some(until.filter(|until| *until < Time::NEVER), Why::Silence);
            soonest.offer_some(self.silent_at(sensing, spot.quantity, around), Why::Silence);
        }
        soonest.offer_some(self.freezes_at(around), Why::Silence);
        self.offer_comparison(facts, around, &mut soonest);
        self.bed.offer(&plan.occupancy, &mut soonest);
        self.trace.offer(facts.now, &mut soonest);
        let mut offer = |at, why| soonest.offer(at, why);
        cold_exposure::changes(facts, &plan.cold_exposure, &mut offer);
        airflow::changes(facts, &plan.airflow, plan.cold_exposure.memory, &mut offer);
        if let Some(since) = facts.in_bed.occupied() {
            soonest.offer(since + plan.cold_exposure.bed_settling, Why::Dose);
        }
        soonest.offer_some(self.warmth.judged_at(), Why::Ramp);
        soonest.offer_some(facts.bed_heard.map(|at| at + EMPTY_FOR), Why::Silence);
        soonest.offer_some(self.away_until, Why::Override);
        soonest.offer_some(self.unset_too_long_at(), Why::Hour);
        self.tonight.offer(&mut soonest);
        self.offer_actuators(facts, around, &mut soonest);
        self.offer_reminders(facts, around, &mut soonest);
        soonest.wake()
    }

    fn window(&self, now: Time, around: &Surroundings<'_>) -> Option<WindowOpen> {
        let sensors = self.sensors.iter().zip(&around.layout.sensors);
        let mut open = sensors
            .filter(|(_, p)| p.quantity == Quantity::Open)
            .filter_map(|((_, sensing), _)| sensing.value());
        if open.any(|value| value == Value::Open(true)) {
            return Some(WindowOpen::Measured);
        }
        (around.plan.cold_exposure.window_guess && self.trace.window_guessed(now))
            .then_some(WindowOpen::Guessed)
    }

    /// The reference as it is set, whatever was said for this night.
    pub(super) fn reference(
        &self,
        around: &Surroundings<'_>,
        baby: bool,
        year: i32,
    ) -> Temperature {
        let by_profile = conditions::reference(&around.plan.sleepers, baby, year);
        let settings = &around.plan.cold_exposure;
        let reference = match settings.reference {
            Reference::Fixed(reference) => reference,
            Reference::ByProfile => by_profile,
            Reference::Usual => self
                .warmth
                .usual_bedtime()
                .map_or(by_profile, |usual| Temperature((usual.0 - 100).clamp(1600, 2000))),
        };
        // A call that aims above a baby's ceiling would never end.
        let most = BABY_CEILING - settings.target_above - settings.band;
        if baby { reference.min(most) } else { reference }
    }

    fn temperature(&self, around: &Surroundings<'_>, place: Place) -> Option<Temperature> {
        temperature_of(&self.sensors, around, place)
    }

    fn humidity(&self, around: &Surroundings<'_>, place: Place) -> Option<crate::model::Humidity> {
        self.value(around, place, Quantity::Humidity)?.humidity()
    }

    fn value(&self, around: &Surroundings<'_>, place: Place, quantity: Quantity) -> Option<Value> {
        self.sensing(around, place, quantity)?.value()
    }
}

fn temperature_of(
    sensors: &[(String, Sensing)],
    around: &Surroundings<'_>,
    place: Place,
) -> Option<Temperature> {
    let sensor = around.layout.first(place, Quantity::Temperature)?;
    sensors.get(usize::from(sensor.0))?.1.value()?.temperature()
}
