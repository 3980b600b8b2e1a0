//! What is dangerous or doubtful only when settings are seen together.

use super::Site;
use crate::model::{Kelvins, Place, Quantity, Temperature};
use crate::plan::section::Section;
use crate::plan::tree::Spot;
use crate::plan::{Bedroom, Control, Hazard, Kind, Sleeper};
use crate::rules::cold_exposure::{Reference, Settings, Style};
use crate::rules::conditions::{self, Lock};

impl Site<'_> {
    pub(super) fn dangers(&mut self, section: &Section, bedroom: &Bedroom, older: bool) {
        self.blind(section, bedroom);
        let baby = self.is_baby_room(bedroom.baby, &bedroom.sleepers);
        if older && baby {
            let what = "a baby and somebody of 65 years or more sleep here: 20 °C is right for \
                        one and too warm for the other, so 18 °C is taken";
            let hint = "say what you have settled on with `cold_exposure: { reference: … }`";
            if !section.block("cold_exposure").is_some_and(|cold| cold.has("reference")) {
                let key = if bedroom.baby { "baby" } else { "sleepers" };
                self.ledger.warn(section.at(key), &section.path_of(key), what, hint);
            }
        }
        for actuator in &bedroom.actuators {
            match actuator.kind {
                Kind::Heater {
                    hazard: Hazard::Blanket { all_night },
                    control: Control::Switch,
                } => {
                    self.blanket(section, bedroom, &actuator.name, all_night);
                }
                Kind::Heater { hazard: Hazard::Portable, .. } if !actuator.device.can_echo() => {
                    let what = format!(
                        "nothing says when `{}` is on, so it cannot be switched off beside a \
                         sleeper",
                        actuator.name
                    );
                    let spot = section.spot_of_actuator(&actuator.name);
                    let hint = "add `state:` with the topic on which its plug tells it";
                    self.ledger.warn(spot, &section.path, what, hint);
                }
                Kind::Heater { control: Control::SetPoint { .. }, .. }
                    if !actuator.device.can_echo() =>
                {
                    let what = format!(
                        "nothing says where `{}` is set: after heating it is put to 18 °C, \
                         whatever it was before, and a hand on it is not noticed",
                        actuator.name
                    );
                    let spot = section.spot_of_actuator(&actuator.name);
                    let hint = "add `state:` with the topic on which it tells its set-point";
                    self.ledger.warn(spot, &section.path, what, hint);
                }
                Kind::Fan { direct: true, .. } if baby => {
                    let what = "this fan blows at the bed, and stays off beside a baby";
                    let spot = section.spot_of_actuator(&actuator.name);
                    let hint = "turn it away from the bed and write `direct: false`";
                    self.ledger.warn(spot, &section.path, what, hint);
                }
                Kind::Heater { .. } | Kind::Fan { .. } => {}
            }
        }
    }

    /// S1, S5: nothing is heated or cooled in a room whose temperature nobody knows.
    fn blind(&mut self, section: &Section, bedroom: &Bedroom) {
        if bedroom.sensor(Place::Room, Quantity::Temperature).is_some() {
            return;
        }
        // A sensor that was written and is wrong has had its complaint.
        let written = section
            .block("sensors")
            .is_some_and(|sensors| sensors.has("room") && !only_humidity(sensors.block("room")));
        if written {
            return;
        }
        for actuator in &bedroom.actuators {
            let what = format!(
                "`{}` cannot be run: nothing measures the temperature of the room",
                actuator.name
            );
            let hint = "add a thermometer with `room:` below `sensors:`";
            let spot = section.spot_of_actuator(&actuator.name);
            self.ledger.fault(spot, &section.path, what, hint);
        }
    }

    /// S4: heated bedding.
    fn blanket(&mut self, section: &Section, bedroom: &Bedroom, name: &str, all_night: bool) {
        let block = section.actuator(name);
        let (spot, path) = block.map_or((section.spot, section.path.clone()), |block| {
            (block.at(if all_night { "all_night" } else { "kind" }), block.path.clone())
        });
        if let Some((who, why)) = self.bedding_lock(bedroom, all_night) {
            let what = format!("heated bedding is locked for {who} ({why})");
            if all_night {
                let hint = "remove `all_night`; the room can be warmed instead";
                self.ledger.fault(spot, &path, what, hint);
            } else {
                let hint = "it stays off; the room can be warmed instead";
                self.ledger.warn(spot, &path, what, hint);
            }
        }
        if self.is_baby_room(bedroom.baby, &bedroom.sleepers) {
            let what = "heated bedding must never be near a baby";
            let hint = "it is only ever switched off; remove it here";
            if all_night {
                self.ledger.fault(spot, &path, what, hint);
            } else {
                self.ledger.warn(spot, &path, what, hint);
            }
        }
        if !all_night {
            return;
        }
        if bedroom.sensor(Place::Bed, Quantity::Temperature).is_none() {
            let what = "`all_night` needs a thermometer in the bed, known to be below 34 °C";
            let hint = "add one with `bed:` below `sensors:`, or remove `all_night`";
            self.ledger.fault(spot, &path, what, hint);
        }
        if !bedroom.measures_bed() {
            let what = "nothing says whether somebody lies in this bed: `all_night` needs a timer \
                        of the blanket's own, seen to work by `uncramp try`";
            let hint = "add a bed sensor with `in_bed:` below `sensors:`; without either the \
                        blanket stays off";
            self.ledger.warn(spot, &path, what, hint);
        }
        let unanswered = bedroom.sleepers.iter().any(|sleeper| sleeper.conditions.is_none());
        if unanswered || bedroom.sleepers.is_empty() {
            let what = "`all_night` needs the `conditions` of everybody who sleeps there";
            let hint = "add `sleepers:` with `conditions: []`, or whichever they have";
            self.ledger.fault(spot, &path, what, hint);
        }
    }

    /// Who must not have heated bedding, by a condition or by age, and why.
    fn bedding_lock(&self, bedroom: &Bedroom, all_night: bool) -> Option<(String, String)> {
        let why = |sleeper: &Sleeper| {
            let by_age = self.today.is_some_and(|(year, _)| {
                conditions::bedding(sleeper, year, all_night) == Some(Lock::Child)
            });
            let condition = conditions::bedding_condition(sleeper, true);
            condition.map(|c| c.to_string()).or_else(|| by_age.then(|| "a child".to_owned()))
        };
        bedroom.sleepers.iter().find_map(|sleeper| Some((sleeper.name.clone(), why(sleeper)?)))
    }

    /// Whether a baby sleeps there, as is said or as somebody's age tells.
    pub(super) fn is_baby_room(&self, said: bool, sleepers: &[Sleeper]) -> bool {
        let by_age = |year| sleepers.iter().any(|sleeper| conditions::is_baby(sleeper, year));
        said || self.today.is_some_and(|(year, _)| by_age(year))
    }

    pub(super) fn cold_limits(&mut self, rule: &Section, settings: &Settings, baby: bool) {
        let most = Temperature(if baby { 2000 } else { 2400 });
        let (spot, path) = (rule.at("ceiling"), rule.path_of("ceiling"));
        if settings.ceiling > most && baby {
            let what = format!(
                "`ceiling` is {} °C; with a baby in the room it must not be above 20 °C",
                settings.ceiling.as_celsius()
            );
            self.ledger.fault(spot, &path, what, "babies must not get too warm; leave it out");
        } else if settings.ceiling > most {
            let what = format!(
                "`ceiling` is {} °C: warmer than anybody should sleep",
                settings.ceiling.as_celsius()
            );
            self.ledger.warn(spot, &path, what, "24 °C is the default");
        }
        self.target_below_ceiling(rule, settings);
        let high = settings.target_above.0 + settings.band.0;
        let written = ["release_above", "target_above", "band"].iter().find(|key| rule.has(key));
        if settings.release_above.0 >= high
            && let Some(key) = written
        {
            let what = format!(
                "a call for heat could never end: it may end {} K above the reference, and the \
                 room is heated to {} K above it at most",
                settings.release_above.as_kelvins(),
                Kelvins(high).as_kelvins()
            );
            let hint = "lower `release_above`, or raise `target_above`";
            self.ledger.fault(rule.at(key), &rule.path_of(key), what, hint);
        }
    }

    fn target_below_ceiling(&mut self, rule: &Section, settings: &Settings) {
        let ceiling = settings.ceiling.as_celsius();
        if let Style::Thermostat { stop_above, .. } = settings.style {
            if stop_above > settings.ceiling
                && let Some(block) = rule.block("thermostat")
            {
                let what = format!(
                    "`stop_above` ({} °C) must not be above `ceiling` ({ceiling} °C)",
                    stop_above.as_celsius()
                );
                let (spot, path) = (block.at("stop_above"), block.path_of("stop_above"));
                self.ledger.fault(spot, &path, what, "");
            }
            return;
        }
        let reference = match settings.reference {
            Reference::Fixed(reference) => reference,
            Reference::ByProfile | Reference::Usual => Temperature(1700),
        };
        let target = reference + settings.target_above;
        let written = ["ceiling", "reference", "target_above"].iter().find(|key| rule.has(key));
        if target >= settings.ceiling
            && let Some(key) = written
        {
            let what = format!(
                "the room would be heated to {} °C, and `ceiling` is {ceiling} °C",
                target.as_celsius()
            );
            let hint = "the target is `reference` and `target_above` together; it must lie below \
                        the ceiling";
            self.ledger.fault(rule.at(key), &rule.path_of(key), what, hint);
        }
    }

    /// Personal facts that cannot be, or have aged.
    pub(super) fn personal_facts(&mut self, section: &Section, sleeper: &Sleeper) {
        let name = &sleeper.name;
        let (spot, path) = (section.at("conditions"), section.path_of("conditions"));
        if section.has("conditions") && !section.has("conditions_confirmed") {
            let what = format!("nobody said when {name}'s conditions were last true");
            let month = self.today.map_or_else(
                || "`conditions_confirmed:` with the year and month".to_owned(),
                |(year, month)| format!("`conditions_confirmed: {year}-{month:02}`, the month"),
            );
            let hint =
                format!("prompts stay silent until you add {month} in which they were asked");
            self.ledger.warn(spot, &path, what, &hint);
        }
        let Some((year, month)) = self.today else { return };
        if let Some((y, m)) = sleeper.conditions_confirmed {
            let age = (year * 12 + i32::try_from(month).unwrap_or(0))
                - (y * 12 + i32::try_from(m).unwrap_or(0));
            let key = "conditions_confirmed";
            let (spot, path) = (section.at(key), section.path_of(key));
            if age < 0 {
                // The clock may be as wrong as the month: no reason not to start.
                let what = format!("`{key}` lies in the future: it is {year}-{month:02} here");
                let hint = "name the month in which they were asked, and look whether the clock \
                            is right";
                self.ledger.warn(spot, &path, what, hint);
            } else if !conditions::is_confirmed(sleeper, year, month) {
                let what = format!("{name}'s conditions were confirmed a year ago or longer");
                let hint = "prompts stay silent until they are confirmed anew";
                self.ledger.warn(spot, &path, what, hint);
            }
        }
        if let Some(age) = sleeper.age(year)
            && !(0..=120).contains(&age)
        {
            let what = format!("{name} would be {age} years old");
            let hint = "`born` is the year of birth, such as `1955`";
            self.by_clock(section.at("born"), &section.path_of("born"), what, hint);
        }
    }

    /// What is wrong only by the clock: a doubt where that may be wrong itself.
    fn by_clock(&mut self, spot: Spot, path: &str, what: String, hint: &str) {
        if self.outside.clock_is_right() {
            self.ledger.fault(spot, path, what, hint);
        } else {
            let what = format!("{what}, if this machine's clock is right");
            self.ledger.warn(spot, path, what, hint);
        }
    }
}

/// A room sensor that is asked for its humidity alone.
fn only_humidity(room: Option<&Section>) -> bool {
    room.is_some_and(|room| {
        let measures = room.words("measures");
        !room.has("temperature")
            && (measures == ["humidity"] || (measures.is_empty() && room.has("humidity")))
    })
}
