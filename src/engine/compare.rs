//! Whether the room's thermometer and another one can both be right.

use serde::{Deserialize, Serialize};

use super::actuator::State;
use super::bedroom::{Bedroom, Surroundings};
use super::faults::{Fault, Witness};
use super::soonest::Soonest;
use crate::model::{ActuatorId, Kelvins, Place, Quantity, Span, Temperature, Time};
use crate::rules::{Facts, InBed, Why};

/// Two thermometers that are apart, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Apart {
    with: Witness,
    since: Time,
}

/// After so long it is worth a word.
const APART_FOR: Span = Span::minutes(30);
/// After so long a bed that somebody left has the room's temperature.
const BED_COOLS: Span = Span::hours(2);
/// A bed nobody is in may be off by so much, and a valve colder (convention: two
/// thermometers of half a kelvin each, a draught, the floor's colder air).
const MOST: Kelvins = Kelvins(400);
/// A valve beside its hot radiator reads warm.
const BESIDE_RADIATOR: Kelvins = Kelvins(1000);
/// They agree again once they are closer by this.
const BAND: Kelvins = Kelvins(100);

impl Bedroom {
    /// Takes note of the first other thermometer that contradicts the room's.
    pub(crate) fn compare(&mut self, facts: &Facts, around: &Surroundings<'_>) {
        let contradicts = |with: &Witness| self.is_apart(*with, facts);
        let with = self.witnesses(around).find(contradicts);
        let since = self.apart.filter(|apart| Some(apart.with) == with).map(|apart| apart.since);
        self.apart = with.map(|with| Apart { with, since: since.unwrap_or(facts.now) });
    }

    /// The room's thermometer and another one cannot both be right.
    pub(crate) fn disagreement(&self, facts: &Facts, around: &Surroundings<'_>) -> Option<Fault> {
        let apart = self.apart.filter(|apart| apart.since + APART_FOR <= facts.now)?;
        let sensor = around.layout.first(Place::Room, Quantity::Temperature)?;
        Some(Fault::Disagree { sensor, with: apart.with })
    }

    /// When that changes with nothing but time passing.
    pub(crate) fn offer_comparison(
        &self,
        facts: &Facts,
        around: &Surroundings<'_>,
        soonest: &mut Soonest,
    ) {
        soonest.offer_some(self.apart.map(|apart| apart.since + APART_FOR), Why::Silence);
        if let (InBed::Empty(since), Some(_)) = (facts.in_bed, bed_thermometer(around)) {
            soonest.offer(since + BED_COOLS, Why::Occupancy);
        }
    }

    fn witnesses(&self, around: &Surroundings<'_>) -> impl Iterator<Item = Witness> {
        let valves = self.actuators.iter().enumerate();
        let valves = valves.filter(|(_, actuator)| matches!(actuator.state, State::Valve(_)));
        let valves = valves.map(|(index, _)| ActuatorId(u8::try_from(index).unwrap_or(u8::MAX)));
        bed_thermometer(around).into_iter().chain(valves.map(Witness::Valve))
    }

    fn is_apart(&self, with: Witness, facts: &Facts) -> bool {
        let standing = self.apart.is_some_and(|apart| apart.with == with);
        let band = if standing { BAND } else { Kelvins(0) };
        let Some(room) = facts.room else { return false };
        match with {
            Witness::EmptyBed(_) => {
                let cooled = matches!(facts.in_bed, InBed::Empty(since)
                    if since + BED_COOLS <= facts.now);
                let differs = |bed: Temperature| (bed - room).0.abs() > MOST.0 - band.0;
                cooled && facts.bed.is_some_and(differs)
            }
            Witness::Valve(actuator) => {
                let known = self.actuators.get(usize::from(actuator.0));
                let Some(State::Valve(valve)) = known.map(|a| &a.state) else { return false };
                valve.own(facts.now).is_some_and(|own| {
                    let warmer = (own - room).0;
                    warmer < band.0 - MOST.0 || warmer > BESIDE_RADIATOR.0 - band.0
                })
            }
        }
    }
}

/// The bed's thermometer, where nothing heats the bed.
fn bed_thermometer(around: &Surroundings<'_>) -> Option<Witness> {
    let sensor = around.layout.first(Place::Bed, Quantity::Temperature)?;
    (!around.layout.heated_bedding).then_some(Witness::EmptyBed(sensor))
}
