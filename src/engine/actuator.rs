//! One actuator of a bedroom: what it remembers, and who last wished what of it.

use serde::{Deserialize, Serialize};

use super::draw::Draw;
use super::switched::Switched;
use super::valve::Valve;
use crate::model::{Echo, Span, Temperature, Time};
use crate::plan;
use crate::rules::Reason;
use crate::safety::Hazard;

/// S8: a device that switches on so soon after its own start is restarting.
const STARTING_FOR: Span = Span::minutes(2);

/// A device that tells for how long it has been running rounds, and its message takes a moment.
const SAME_START: Span = Span::seconds(10);

/// The memory of an actuator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actuator {
    /// Its name in the plan: it carries the memory over a changed plan.
    pub(crate) name: String,
    /// Which device it is: what is known of one is not known of another.
    pub(crate) address: String,
    pub(crate) state: State,
    /// A person's wish, with an end; the last one said.
    pub(crate) wish: Option<Override>,
    /// S2: this very device was seen to switch itself off.
    pub(crate) timer_works: bool,
    /// Why it is as it is.
    pub(crate) standing: Option<Reason>,
    pub(crate) online: Option<bool>,
    /// S2: its last "on" could not be recorded and was not sent.
    pub(crate) unrecorded: bool,
    /// When it came back.
    pub(crate) started: Option<Time>,
    /// Since when nobody could hear it; until it says whether it is on.
    #[serde(default)]
    pub(crate) unheard: Option<Time>,
    /// Since when nobody had heard it when it said then that it is on: by a hand, or because it
    /// had restarted meanwhile. Until it tells for how long it has been running, or is off.
    #[serde(default)]
    pub(crate) doubted: Option<(Time, Time)>,
    #[serde(default)]
    pub(crate) draw: Draw,
    #[serde(default)]
    pub(crate) battery_low: bool,
    /// It says that it comes back on, or may, when power returns.
    #[serde(default)]
    pub(crate) returns_on: bool,
}

/// How it is controlled, with what that must remember.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "a bedroom has two or three, kept in place")]
pub(crate) enum State {
    Switched(Switched),
    Valve(Valve),
}

/// A person's wish, with an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Override {
    pub(crate) held: Held,
    pub(crate) until: Time,
    /// Since when it holds without a known temperature.
    pub(crate) blind_since: Option<Time>,
}

/// What a person wants held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Held {
    /// On: a heater up to this temperature, a fan at this level.
    On {
        warm_to: Option<Temperature>,
        level: u8,
    },
    Off,
    /// As the person set it: uncramp sends nothing.
    AsIs,
}

impl Actuator {
    /// An actuator of which nothing is known.
    pub(crate) fn new(plan: &plan::Actuator) -> Self {
        let state = match plan.kind {
            plan::Kind::Heater { control: plan::Control::SetPoint { .. }, .. } => {
                State::Valve(Valve::default())
            }
            plan::Kind::Heater { .. } | plan::Kind::Fan { .. } => {
                State::Switched(Switched::default())
            }
        };
        Self {
            name: plan.name.clone(),
            address: plan.device.address(),
            state,
            wish: None,
            timer_works: false,
            standing: None,
            online: None,
            unrecorded: false,
            started: None,
            unheard: None,
            doubted: None,
            draw: Draw::default(),
            battery_low: false,
            returns_on: false,
        }
    }

    /// Takes note of when it started, and of how it starts, if it tells. S8: true if what it says
    /// now it may say because it has just started, or did while nobody could hear it, and not
    /// because of a person.
    pub(crate) fn note_start(&mut self, now: Time, echo: Echo) -> bool {
        if let Echo::Running(since) = echo {
            let at = now - since;
            self.started = self.started.filter(|known| at <= *known + SAME_START).or(Some(at));
        }
        if let Echo::AfterPowerCut(on) = echo {
            self.returns_on = on;
        }
        let says = matches!(echo, Echo::Relay(_) | Echo::Level(_));
        let unheard = if says { self.unheard.take() } else { self.unheard };
        if matches!(echo, Echo::Relay(false) | Echo::Level(0)) || self.is_wanted_on() {
            self.doubted = None;
        } else if says {
            self.doubted = unheard.map(|since| (since, now)).or(self.doubted);
        }
        self.started.is_some_and(|at| {
            now.since(at) <= STARTING_FOR || unheard.is_some_and(|since| at >= since)
        })
    }

    /// It is on as it was told, or as somebody asked: who says so explains nothing.
    fn is_wanted_on(&self) -> bool {
        let told = matches!(&self.state, State::Switched(switched) if switched.told_on());
        self.doubted.is_none()
            && (told || matches!(self.wish, Some(Override { held: Held::On { .. }, .. })))
    }

    /// S8: it said that it is on before it tells now that it started while nobody could hear it:
    /// that was no hand's.
    pub(crate) fn explains_itself(&mut self, echo: Echo) -> bool {
        if !matches!(echo, Echo::Running(_)) {
            return false;
        }
        let doubted = self.doubted.take();
        self.started
            .zip(doubted)
            .is_some_and(|(at, (since, said))| at >= since && at <= said + SAME_START)
    }

    /// Somebody asked for this: whatever it said before is no matter any more.
    pub(crate) fn asked(&mut self, held: Option<Held>) {
        self.doubted = None;
        if let (Some(Held::Off), State::Switched(switched)) = (held, &mut self.state) {
            switched.insist_on_off();
        }
    }

    /// Whether it is the memory of the same device, controlled in the same way.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.address == other.address
            && matches!(
                (&self.state, &other.state),
                (State::Switched(_), State::Switched(_)) | (State::Valve(_), State::Valve(_))
            )
    }

    /// It warms the room, as far as uncramp has a hand in that: a blanket warms a bed, and
    /// where a portable heater stands, and for whom, nobody knows.
    pub(crate) fn warms_room(&self, plan: &plan::Actuator) -> bool {
        let of_room = match plan.kind {
            plan::Kind::Heater { hazard, .. } => match hazard {
                Hazard::Radiator | Hazard::HeatPump | Hazard::Panel => true,
                Hazard::Blanket { .. } | Hazard::Portable => false,
            },
            plan::Kind::Fan { .. } => false,
        };
        of_room && self.heats(plan)
    }

    /// Since when a switched one is on without a break.
    pub(crate) fn on_since(&self) -> Option<Time> {
        match &self.state {
            State::Switched(switched) => switched.on_since(),
            State::Valve(_) => None,
        }
    }

    /// It gives heat, as far as uncramp had it do so.
    pub(crate) fn heats(&self, plan: &plan::Actuator) -> bool {
        matches!(plan.kind, plan::Kind::Heater { .. })
            && match &self.state {
                State::Switched(switched) => switched.level().is_some_and(|level| level > 0),
                State::Valve(valve) => valve.boosted(),
            }
    }
}
