//! Heaters and fans: what they are, how they are told, and within which limits.

use super::Site;
use super::family::{Levels, Task};
use crate::model::{Span, Watts};
use crate::plan::section::Section;
use crate::plan::{Actuator, Control, Hazard, Kind};
use crate::safety::Limits;
use crate::wire::Device;

impl Site<'_> {
    pub(super) fn heater(&mut self, name: &str, heater: &Section) -> Option<Actuator> {
        let kind = heater.word("kind")?;
        let natural = matches!(kind, "radiator" | "heat_pump");
        let setpoint = heater.word("control").map_or(natural, |control| control == "setpoint");
        let hazard = self.hazard(heater, kind, setpoint);
        let setpoint = setpoint && !matches!(kind, "blanket" | "portable");
        let task = if setpoint { Task::SetPoint } else { Task::Switch };
        let (device, _) = self.device(heater, &task)?;
        let control =
            if setpoint { Control::SetPoint { fed: device.takes_feed() } } else { Control::Switch };
        let limits = self.heater_limits(heater, hazard);
        let valve = setpoint && hazard == Hazard::Radiator;
        Some(Actuator {
            name: name.to_owned(),
            called: self.called(heater, "a heater", "Heizkörper"),
            kind: Kind::Heater { hazard, control },
            audible: heater.flag("audible").unwrap_or(valve),
            limits,
            confirm: confirm(heater, &device),
            device,
        })
    }

    /// S4: what it can do harm by.
    fn hazard(&mut self, heater: &Section, kind: &str, setpoint: bool) -> Hazard {
        for (key, of) in [("fixed", "panel"), ("hot_water", "radiator"), ("all_night", "blanket")] {
            if heater.has(key) && kind != of {
                let what = format!("`{key}` says something about a `{of}`, and this is a `{kind}`");
                let hint = format!("remove the line, or is the kind `{of}`?");
                self.ledger.fault(heater.at(key), &heater.path_of(key), what, &hint);
            }
        }
        if setpoint && matches!(kind, "blanket" | "portable") {
            let what = format!("a `{kind}` heater is switched; it holds no temperature for us");
            let hint = "remove `control: setpoint`";
            self.ledger.fault(heater.at("control"), &heater.path_of("control"), what, hint);
        }
        match kind {
            "heat_pump" => Hazard::HeatPump,
            "panel" if heater.flag("fixed") == Some(true) => Hazard::Panel,
            "panel" if setpoint => {
                let what = "a panel that holds a set-point must be fixed: it cannot be kept off";
                let hint = "if it is screwed to the wall and plugged into no extension lead, add \
                            `fixed: true`";
                self.ledger.fault(heater.at("kind"), &heater.path_of("kind"), what, hint);
                Hazard::Portable
            }
            "panel" => {
                let what = "a panel that is not said to be fixed is treated as portable: it is \
                            never switched on";
                let hint = "if it is screwed to the wall and plugged into no extension lead, add \
                            `fixed: true`";
                self.ledger.warn(heater.at("kind"), &heater.path_of("kind"), what, hint);
                Hazard::Portable
            }
            "blanket" => Hazard::Blanket { all_night: heater.flag("all_night") == Some(true) },
            "portable" => Hazard::Portable,
            _ => {
                self.hot_water(heater, setpoint);
                Hazard::Radiator
            }
        }
    }

    /// S4: a plug beside a "radiator" is usually an electric one.
    fn hot_water(&mut self, heater: &Section, setpoint: bool) {
        let hint = "an electric radiator is `kind: panel` with `fixed: true` if it is screwed to \
                    the wall, else `kind: portable`; if a boiler fills it, add `hot_water: true`";
        let (spot, path) = (heater.at("kind"), heater.path_of("kind"));
        match heater.flag("hot_water") {
            Some(true) => {}
            Some(false) => {
                let what = "a radiator without hot water is an electric heater";
                self.ledger.fault(spot, &path, what, hint);
            }
            None if setpoint => {}
            None => {
                let what = "is this switched radiator filled with hot water by a boiler?";
                self.ledger.warn(spot, &path, what, hint);
            }
        }
    }

    fn heater_limits(&mut self, heater: &Section, hazard: Hazard) -> Limits {
        if heater.is_off("lease") && !matches!(hazard, Hazard::Radiator | Hazard::HeatPump) {
            let what = "`lease` can be `off` only for a `radiator` and a `heat_pump`";
            let hint = "without a lease an electric heater could stay on for ever; leave it out \
                        for 15m";
            self.ledger.fault(heater.at("lease"), &heater.path_of("lease"), what, hint);
        }
        let (stretch, cap) = match hazard {
            Hazard::Radiator | Hazard::HeatPump | Hazard::Panel => (Span::hours(4), None),
            Hazard::Blanket { all_night: true } => (Span::hours(4), Some(Span::hours(4))),
            Hazard::Blanket { all_night: false } => (Span::minutes(45), Some(Span::hours(1))),
            Hazard::Portable => (Span::hours(1), Some(Span::hours(1))),
        };
        let limits = self.limits(heater, stretch);
        if let Some(cap) = cap.filter(|cap| limits.stretch > *cap) {
            let what = format!(
                "`stretch` is {}; for this kind of heater it must not be above {cap}",
                limits.stretch
            );
            self.ledger.fault(heater.at("stretch"), &heater.path_of("stretch"), what, "");
        }
        limits
    }

    pub(super) fn fan(&mut self, name: &str, fan: &Section) -> Option<Actuator> {
        let named = fan.texts("levels");
        let count = fan.number("levels").and_then(|n| usize::try_from(n).ok());
        let levels = match count {
            Some(count) => Levels::Count(count),
            None if named.is_empty() => Levels::Unsaid,
            None => Levels::Named(named),
        };
        let (device, levels) = self.device(fan, &Task::Levels(levels))?;
        let written: Vec<u16> = fan
            .values("speeds")
            .iter()
            .filter_map(|value| value.as_number().and_then(|speed| u16::try_from(speed).ok()))
            .collect();
        if fan.has("speeds") && !written.is_empty() && written.len() != levels {
            let counted =
                |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
            let what =
                format!("{} for {}", counted(written.len(), "speed"), counted(levels, "level"));
            let hint = "one speed for each level, lowest first";
            self.ledger.fault(fan.at("speeds"), &fan.path_of("speeds"), what, hint);
        }
        let speeds = (0..levels).map(|n| written.get(n).copied()).collect();
        // S2: a fan is sent, then recorded. It runs on no lease, and needs no rest.
        let limits = Limits {
            min_on: fan.perhaps("min_on"),
            min_off: fan.perhaps("min_off"),
            lease: None,
            stretch: Span::hours(24),
            rest: Span::ZERO,
        };
        Some(Actuator {
            name: name.to_owned(),
            called: self.called(fan, "a fan", "Ventilator"),
            kind: Kind::Fan {
                direct: fan.flag("direct").unwrap_or(false),
                speeds,
                idle_below: Watts(fan.integer("idle_below").unwrap_or_default()),
            },
            audible: fan.flag("audible").unwrap_or(true),
            limits,
            confirm: confirm(fan, &device),
            device,
        })
    }

    fn limits(&mut self, section: &Section, stretch: Span) -> Limits {
        let limits = Limits {
            min_on: section.perhaps("min_on"),
            min_off: section.perhaps("min_off"),
            lease: section.perhaps("lease"),
            stretch: section.perhaps("stretch").unwrap_or(stretch),
            rest: section.span("rest"),
        };
        for (key, value) in [("min_on", limits.min_on), ("lease", limits.lease)] {
            if let Some(value) = value.filter(|value| *value > limits.stretch) {
                let at = if section.has(key) { key } else { "stretch" };
                let what =
                    format!("`{key}` ({value}) must not be above `stretch` ({})", limits.stretch);
                self.ledger.fault(section.at(at), &section.path_of(at), what, "");
            }
        }
        limits
    }
}

/// A device that never says what it does cannot confirm anything.
fn confirm(section: &Section, device: &Device) -> Option<Span> {
    if device.can_echo() { section.perhaps("confirm") } else { None }
}
