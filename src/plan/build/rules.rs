//! The settings of the rules, and limits that contradict each other.

use super::Site;
use super::order::{Ends, Pair};
use crate::model::Temperature;
use crate::plan::section::Section;
use crate::plan::{Occupancy, Readings};
use crate::rules::cold_exposure::{Reference, Style};
use crate::rules::{airflow, cold_exposure, hydration};

impl Site<'_> {
    pub(super) fn cold_exposure(&mut self, rule: &Section, baby: bool) -> cold_exposure::Settings {
        let fixed = rule.integer("reference").map(Temperature);
        let reference = match (fixed, rule.word("reference")) {
            (Some(fixed), _) => Reference::Fixed(fixed),
            (None, Some("usual")) => Reference::Usual,
            (None, Some(_) | None) => Reference::ByProfile,
        };
        let default_ceiling = Temperature(if baby { 2000 } else { 2400 });
        let ceiling = rule.integer("ceiling").map_or(default_ceiling, Temperature);
        let style = rule.block("thermostat").map_or(Style::Dose, |thermostat| {
            self.ordered(
                thermostat,
                &[Pair { low: "start_below", high: "stop_above", ends: Ends::Apart }],
            );
            Style::Thermostat {
                start_below: thermostat.temperature("start_below"),
                stop_above: thermostat.temperature("stop_above"),
            }
        });
        let settings = cold_exposure::Settings {
            enabled: rule.flag("enabled").unwrap_or(true),
            reference,
            style,
            memory: rule.span("memory"),
            act: rule.dose("act"),
            release: rule.dose("release"),
            deep: rule.kelvins("deep"),
            release_above: rule.kelvins("release_above"),
            target_above: rule.kelvins("target_above"),
            band: rule.kelvins("band"),
            ceiling,
            bed_reference: rule.temperature("bed_reference"),
            bed_act: rule.dose("bed_act"),
            bed_settling: rule.span("bed_settling"),
            prewarm: rule.flag("prewarm").unwrap_or(true),
            predawn: rule.span("predawn"),
            empty_after: rule.span("empty_after"),
            available: rule.hours("available"),
            ramp: rule.integer("ramp").map(crate::model::Kelvins),
            window_guess: rule.flag("window_guess").unwrap_or(true),
        };
        self.ordered(rule, &[Pair { low: "release", high: "act", ends: Ends::Apart }]);
        self.cold_limits(rule, &settings, baby);
        settings
    }

    pub(super) fn airflow(&mut self, rule: &Section, older: bool) -> airflow::Settings {
        let default_hot = Temperature(if older { 3300 } else { 3500 });
        self.ordered(
            rule,
            &[
                Pair { low: "stuffy_until", high: "stuffy", ends: Ends::Apart },
                Pair { low: "stuffy", high: "wet", ends: Ends::Apart },
                Pair { low: "dose_start", high: "dose_stop", ends: Ends::Apart },
                Pair { low: "co2_clear", high: "co2_advise", ends: Ends::Apart },
                Pair { low: "room_indirect", high: "room_direct", ends: Ends::MayMeet },
                Pair { low: "room_damp", high: "room_warm", ends: Ends::MayMeet },
                Pair { low: "room_direct", high: "room_hot", ends: Ends::Apart },
            ],
        );
        airflow::Settings {
            enabled: rule.flag("enabled").unwrap_or(true),
            stuffy: rule.humidity("stuffy"),
            stuffy_until: rule.humidity("stuffy_until"),
            wet: rule.humidity("wet"),
            drier_pa: rule.integer("drier_pa").unwrap_or_default(),
            room_warm: rule.temperature("room_warm"),
            room_damp: rule.temperature("room_damp"),
            dew_point: rule.temperature("dew_point"),
            humidity_rise: rule.integer("humidity_rise").unwrap_or_default(),
            room_indirect: rule.temperature("room_indirect"),
            room_direct: rule.temperature("room_direct"),
            room_band: rule.kelvins("room_band"),
            room_hot: rule.integer("room_hot").map_or(default_hot, Temperature),
            dose_stop: rule.dose("dose_stop"),
            dose_start: rule.dose("dose_start"),
            co2_advise: rule.co2("co2_advise"),
            co2_clear: rule.co2("co2_clear"),
        }
    }

    pub(super) fn hydration(&mut self, rule: &Section) -> hydration::Settings {
        self.ordered(
            rule,
            &[
                Pair { low: "least", high: "most", ends: Ends::MayMeet },
                Pair { low: "most", high: "hourly", ends: Ends::MayMeet },
                Pair { low: "hot_outdoors", high: "very_hot_outdoors", ends: Ends::Apart },
            ],
        );
        let count = |key| rule.number(key).and_then(|n| u8::try_from(n).ok()).unwrap_or_default();
        hydration::Settings {
            enabled: rule.flag("enabled").unwrap_or(true),
            goal: rule.has("goal").then(|| rule.drink("goal")),
            after_wake: rule.span("after_wake"),
            cut_off: rule.perhaps("cut_off"),
            least: rule.drink("least"),
            most: rule.drink("most"),
            apart: rule.span("apart"),
            hourly: rule.drink("hourly"),
            unlogged_a_day: count("unlogged_a_day"),
            unanswered: count("unanswered"),
            hot_room: rule.temperature("hot_room"),
            hot_outdoors: rule.temperature("hot_outdoors"),
            very_hot_outdoors: rule.temperature("very_hot_outdoors"),
        }
    }

    pub(super) fn occupancy(&mut self, section: &Section) -> Occupancy {
        self.ordered(section, &[Pair { low: "out_after", high: "lives", ends: Ends::Apart }]);
        Occupancy {
            in_after: section.perhaps("in_after"),
            out_after: section.perhaps("out_after"),
            lives: section.span("lives"),
        }
    }

    pub(super) fn readings(&mut self, section: &Section) -> Readings {
        self.ordered(
            section,
            &[
                Pair { low: "least_silence", high: "heated_silence", ends: Ends::MayMeet },
                Pair { low: "heated_silence", high: "most_silence", ends: Ends::MayMeet },
                Pair { low: "least_silence", high: "most_silence", ends: Ends::MayMeet },
            ],
        );
        Readings {
            least_silence: section.span("least_silence"),
            most_silence: section.span("most_silence"),
            heated_silence: section.span("heated_silence"),
            jump: section.integer("jump"),
        }
    }
}
