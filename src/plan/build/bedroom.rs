//! A bedroom and its people.

use chrono::NaiveTime;

use super::Site;
use crate::model::Window;
use crate::plan::section::Section;
use crate::plan::{Actuator, Bedroom, Condition, Language, Mode, Sex, Sleeper};

/// Longer names are none, in letters.
const MOST_LETTERS: usize = 64;

impl Site<'_> {
    pub(super) fn bedrooms(&mut self, house: &Section) -> Vec<Bedroom> {
        let named = house.named("bedrooms");
        if named.is_empty() && house.given("bedrooms").is_some() {
            let hint = "add a name and below it what is measured there";
            self.ledger.fault(house.at("bedrooms"), "bedrooms", "there is no bedroom", hint);
        }
        let mut commands = std::collections::BTreeMap::new();
        let mut list = Vec::new();
        for (name, section) in named {
            self.plain_name(name, section, "; what people call it may stand below it as `name:`");
            let bedroom = self.bedroom(name, section);
            self.shared(&bedroom, section, &mut commands);
            list.push(bedroom);
        }
        list.shrink_to_fit();
        list
    }

    fn bedroom(&mut self, name: &str, section: &Section) -> Bedroom {
        let sleepers: Vec<_> = section
            .named("sleepers")
            .iter()
            .map(|(name, sleeper)| self.sleeper(name, sleeper))
            .collect();
        let baby = section.flag("baby").unwrap_or(false);
        let older = self.today.is_some_and(|(year, _)| {
            sleepers.iter().any(|sleeper| sleeper.age(year).is_some_and(|age| age >= 65))
        });
        let small = self.is_baby_room(baby, &sleepers);
        let sensors = self.sensors(section, &sleepers);
        let actuators = self.actuators(section);
        let vacant = |key: &str| section.vacant(key);
        let (cold, air, water) = (vacant("cold_exposure"), vacant("airflow"), vacant("hydration"));
        let (occupancy, readings) = (vacant("occupancy"), vacant("readings"));
        let cold = section.block("cold_exposure").unwrap_or(&cold);
        let air = section.block("airflow").unwrap_or(&air);
        let water = section.block("hydration").unwrap_or(&water);
        let bedroom = Bedroom {
            name: name.to_owned(),
            called: self.called(section, "a bedroom", "Schlafzimmer"),
            baby,
            sleep: self.sleep(section, &sensors),
            occupancy: self.occupancy(section.block("occupancy").unwrap_or(&occupancy)),
            readings: self.readings(section.block("readings").unwrap_or(&readings)),
            audible_changes: section.number("audible_changes").and_then(|n| u8::try_from(n).ok()),
            ask_in_the_morning: section.flag("ask_in_the_morning").unwrap_or(true),
            mode: match section.word("mode") {
                Some("watch") => Mode::Watch,
                Some("off") => Mode::Off,
                Some(_) | None => Mode::Auto,
            },
            cold_exposure: self.cold_exposure(cold, small),
            airflow: self.airflow(air, older),
            hydration: self.hydration(water),
            sleepers,
            sensors,
            actuators,
        };
        self.dangers(section, &bedroom, older);
        self.beyond_bounds(section, &bedroom, older);
        bedroom
    }

    /// What people call it: such as `example` for one of these.
    pub(super) fn called(&mut self, section: &Section, of: &str, example: &str) -> Option<String> {
        let called = section.text("name")?.trim().to_owned();
        if !(1..=MOST_LETTERS).contains(&called.chars().count()) {
            let what = format!("{of}'s name has 1 to {MOST_LETTERS} letters");
            let hint = format!("write it as people say it, such as `{example}`");
            self.ledger.fault(section.at("name"), &section.path_of("name"), what, &hint);
        }
        Some(called)
    }

    fn sleeper(&mut self, name: &str, section: &Section) -> Sleeper {
        if name.trim().is_empty() || name.contains(['/', '+', '#']) || name.len() > 64 {
            let what = "a sleeper's name is short and holds no `/`, `+` or `#`";
            self.ledger.fault(section.spot, &section.path, what, "a first name will do");
        }
        let conditions = section.has("conditions").then(|| {
            let mut list: Vec<_> =
                section.words("conditions").into_iter().filter_map(condition).collect();
            list.sort_unstable();
            list.dedup();
            list
        });
        let sleeper = Sleeper {
            name: name.to_owned(),
            born: section.integer("born"),
            sex: match section.word("sex") {
                Some("female") => Some(Sex::Female),
                Some("male") => Some(Sex::Male),
                Some(_) | None => None,
            },
            conditions,
            conditions_confirmed: section.month("conditions_confirmed"),
            language: section.word("language").and_then(Language::of_tag),
        };
        self.personal_facts(section, &sleeper);
        sleeper
    }

    fn sleep(&mut self, section: &Section, sensors: &[crate::plan::Sensor]) -> Window {
        let measured = sensors.iter().any(crate::plan::Sensor::sees_sleepers);
        if !section.has("sleep") && !measured {
            let what =
                format!("nothing measures the bed of `{}`, and `sleep` is missing", section.name());
            let hint = "add the usual hours, such as `sleep: 22:30-06:45`, or a sensor with \
                        `in_bed:` below `sensors:`";
            self.ledger.fault(section.spot, &section.path, what, hint);
        }
        let Some(hours) = section.hours("sleep") else { return usual_hours() };
        let minutes = hours.length().as_minutes();
        if !(3 * 60..=14 * 60).contains(&minutes) {
            let what = format!("`sleep` lasts {}; a night has 3 to 14 hours", hours.length());
            let swapped = Window { from: hours.to, to: hours.from };
            let hint = if (3 * 60..=14 * 60).contains(&swapped.length().as_minutes()) {
                format!("bedtime first, then the wake: did you mean `{swapped}`?")
            } else {
                "bedtime first, then the wake: `22:30-06:45`".to_owned()
            };
            self.ledger.fault(section.at("sleep"), &section.path_of("sleep"), what, &hint);
        }
        hours
    }

    fn actuators(&mut self, section: &Section) -> Vec<Actuator> {
        let mut list: Vec<Actuator> = Vec::new();
        let mut add = |site: &mut Self, name: &str, section: &Section, heater: bool| {
            let built = if heater { site.heater(name, section) } else { site.fan(name, section) };
            if list.iter().any(|other| other.name == name) {
                let what = format!("two actuators of this bedroom are called `{name}`");
                let hint = "give one of them another name; a lone `heater:` is called `heater`, a \
                            lone `fan:` is called `fan`";
                site.ledger.fault(section.spot, &section.path, what, hint);
            }
            list.extend(built);
        };
        for (one, many, heater) in [("heater", "heaters", true), ("fan", "fans", false)] {
            if let Some(block) = section.block(one) {
                add(self, one, block, heater);
            }
            for (name, block) in section.named(many) {
                self.plain_name(name, block, "");
                add(self, name, block, heater);
            }
        }
        if list.len() > 32 {
            let what = format!("{} actuators in one bedroom; 32 is the most", list.len());
            self.ledger.fault(section.spot, &section.path, what, "is this one bedroom?");
        }
        list.shrink_to_fit();
        list
    }

    /// A name that goes into topics; `more` ends the hint.
    fn plain_name(&mut self, name: &str, section: &Section, more: &str) {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if !name.is_empty() && name.chars().all(fits) && name.len() <= 64 {
            return;
        }
        let what = format!("`{name}` is no name for a topic");
        let better: String =
            name.to_lowercase().chars().map(|c| if fits(c) { c } else { '_' }).take(64).collect();
        let hint = if better.contains(|c: char| c.is_ascii_alphanumeric()) {
            format!("lower-case letters, digits, `_` and `-`: `{better}`{more}")
        } else {
            format!("lower-case letters, digits, `_` and `-`{more}")
        };
        self.ledger.fault(section.spot, &section.path, what, &hint);
    }

    /// One device must not be switched from two places.
    fn shared(
        &mut self,
        bedroom: &Bedroom,
        section: &Section,
        commands: &mut std::collections::BTreeMap<String, String>,
    ) {
        for actuator in &bedroom.actuators {
            let target = actuator.device.target();
            let own = format!("{}.{}", section.path, actuator.name);
            if let Some(first) = commands.get(&target) {
                let spot = section.spot_of_actuator(&actuator.name);
                let what = format!("`{first}` switches the same device (`{target}`)");
                let hint = "two rules would fight over it: keep one";
                self.ledger.fault(spot, &own, what, hint);
            } else {
                commands.insert(target, own);
            }
        }
    }
}

/// What holds where the bed is measured and nothing is said.
fn usual_hours() -> Window {
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    Window { from: at(22, 30), to: at(6, 45) }
}

fn condition(word: &str) -> Option<Condition> {
    Some(match word {
        "kidney_disease" => Condition::KidneyDisease,
        "dialysis" => Condition::Dialysis,
        "heart_failure" => Condition::HeartFailure,
        "fluid_limit" => Condition::FluidLimit,
        "low_sodium" => Condition::LowSodium,
        "diuretics" => Condition::Diuretics,
        "pregnancy" => Condition::Pregnancy,
        "diabetes" => Condition::Diabetes,
        "neuropathy" => Condition::Neuropathy,
        "poor_circulation" => Condition::PoorCirculation,
        "paralysis" => Condition::Paralysis,
        "sedatives" => Condition::Sedatives,
        "wounds" => Condition::Wounds,
        "nocturia" => Condition::Nocturia,
        "fall_risk" => Condition::FallRisk,
        "suspected_clot" => Condition::SuspectedClot,
        "chronic_illness" => Condition::ChronicIllness,
        "dont_know" => Condition::DontKnow,
        _ => return None,
    })
}
