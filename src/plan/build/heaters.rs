//! Heaters and fans: what they are, how they are told, and within which limits.

use super::Site;
use super::sensors::unit_of;
use crate::model::Span;
use crate::plan::section::Section;
use crate::plan::{Actuator, Control, Hazard, Kind};
use crate::safety::Limits;
use crate::wire::Device;
use crate::wire::plain::{self, Number};
use crate::wire::zigbee2mqtt::{self, Feed, Form};

/// Keys that only an actuator with topics of its own has.
const PLAIN_ONLY: [&str; 6] =
    ["state", "state_path", "payload_on", "payload_off", "unit", "availability"];

impl Site<'_> {
    pub(super) fn heater(&mut self, name: &str, heater: &Section) -> Option<Actuator> {
        let kind = heater.word("kind")?;
        let natural = matches!(kind, "radiator" | "heat_pump");
        let setpoint = heater.word("control").map_or(natural, |control| control == "setpoint");
        let hazard = self.hazard(heater, kind, setpoint);
        let setpoint = setpoint && !matches!(kind, "blanket" | "portable");
        let device = self.heater_device(heater, setpoint)?;
        let fed = matches!(
            &device,
            Device::Zigbee2mqtt(zigbee2mqtt::Device {
                form: Form::Valve { feed: Some(_), .. },
                ..
            })
        );
        let control = if setpoint { Control::SetPoint { fed } } else { Control::Switch };
        let limits = self.heater_limits(heater, hazard);
        let valve = setpoint && hazard == Hazard::Radiator;
        Some(Actuator {
            name: name.to_owned(),
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

    fn heater_device(&mut self, heater: &Section, setpoint: bool) -> Option<Device> {
        self.one_family(heater, "command", &PLAIN_ONLY);
        if !heater.has("zigbee2mqtt") {
            return self.plain(heater, setpoint.then_some(Number::SetPoint));
        }
        let (base, device) = self.zigbee(heater)?;
        let block = heater.block("zigbee2mqtt");
        let form = if setpoint { self.valve(heater, block)? } else { self.plug(block) };
        Some(Device::Zigbee2mqtt(zigbee2mqtt::Device { base, device, form }))
    }

    fn plug(&mut self, block: Option<&Section>) -> Form {
        if let Some(block) = block {
            for key in ["model", "setpoint", "feed"] {
                if block.has(key) {
                    let what = format!("`{key}` belongs to a valve, and this is switched");
                    let hint = "add `control: setpoint`, or remove the line";
                    self.ledger.fault(block.at(key), &block.path_of(key), what, hint);
                }
            }
        }
        Form::Plug
    }

    fn valve(&mut self, heater: &Section, block: Option<&Section>) -> Option<Form> {
        let trvzb = block.and_then(|block| block.word("model")) == Some("sonoff-trvzb");
        let written = block.and_then(|block| block.text("setpoint"));
        let model = trvzb.then(|| "occupied_heating_setpoint".to_owned());
        let Some(setpoint) = written.or(model) else {
            if !block.is_some_and(|block| block.has("setpoint") || block.has("model")) {
                let what = "nothing says which property is the valve's set-point";
                let hint = "write `zigbee2mqtt: { device: …, model: sonoff-trvzb }`, or `setpoint: \
                            occupied_heating_setpoint` as the device's page in Zigbee2MQTT calls it";
                let path = heater.path_of("zigbee2mqtt");
                self.ledger.fault(heater.at("zigbee2mqtt"), &path, what, hint);
            }
            return None;
        };
        let feed = match block.and_then(|block| block.block("feed")) {
            Some(feed) => Some(Feed {
                property: feed.text("property").unwrap_or_default(),
                select: feed.text("select"),
                external: feed.text("external").unwrap_or_default(),
                internal: feed.text("internal").unwrap_or_default(),
            }),
            None => trvzb.then(sonoff_feed),
        };
        Some(Form::Valve { setpoint, feed })
    }

    fn plain(&mut self, section: &Section, number: Option<Number>) -> Option<Device> {
        let placeholder = number.is_some();
        let number = number.unwrap_or_default();
        if !section.has("command") {
            let what = format!("`{}` names no device", section.path);
            let hint = "add `zigbee2mqtt:` with a friendly name, or `command:` with a topic";
            self.ledger.fault(section.spot, &section.path, what, hint);
        }
        if section.has("state_path") && !section.has("state") {
            let what = "`state_path` without `state`";
            let path = section.path_of("state_path");
            self.ledger.fault(section.at("state_path"), &path, what, "add `state:` with a topic");
        }
        let natural = if placeholder { "{}" } else { "ON" };
        let on = section.text("payload_on").unwrap_or_else(|| natural.to_owned());
        if on.contains("{}") != placeholder {
            let what = if placeholder {
                "`payload_on` holds no `{}`, so the device is not told how much"
            } else {
                "`payload_on` holds a `{}`, and there is nothing to put there"
            };
            let path = section.path_of("payload_on");
            let hint = "`{}` stands for the set-point or the level";
            self.ledger.fault(section.at("payload_on"), &path, what, hint);
        }
        Some(Device::Plain(plain::Device {
            command: section.text("command")?,
            state: section.text("state"),
            state_path: section.text("state_path"),
            on,
            off: section.text("payload_off").unwrap_or_else(|| "OFF".to_owned()),
            number,
            unit: unit_of(section.word("unit")),
            availability: section.text("availability"),
        }))
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
        let (device, levels) = self.fan_device(fan)?;
        let written: Vec<u16> = fan
            .values("speeds")
            .iter()
            .filter_map(|value| value.as_number().and_then(|speed| u16::try_from(speed).ok()))
            .collect();
        if fan.has("speeds") && !written.is_empty() && written.len() != levels {
            let what = format!("{} speeds for {levels} levels", written.len());
            let hint = "one speed for each level, lowest first";
            self.ledger.fault(fan.at("speeds"), &fan.path_of("speeds"), what, hint);
        }
        let speeds = (0..levels).map(|n| written.get(n).copied()).collect();
        let limits = self.limits(fan, Span::hours(24));
        Some(Actuator {
            name: name.to_owned(),
            kind: Kind::Fan { direct: fan.flag("direct").unwrap_or(false), speeds },
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

    /// How a fan is told, and how many levels it has.
    fn fan_device(&mut self, fan: &Section) -> Option<(Device, usize)> {
        self.one_family(fan, "command", &PLAIN_ONLY);
        let (spot, path) = (fan.at("levels"), fan.path_of("levels"));
        let list = fan.texts("levels");
        let count = fan.number("levels").and_then(|n| usize::try_from(n).ok());
        if !fan.has("zigbee2mqtt") {
            if !list.is_empty() {
                let hint = "write how many there are: `levels: 3`; `{}` becomes 1, 2, 3";
                self.ledger.fault(spot, &path, "with `command:` levels have no names", hint);
            }
            let device = self.plain(fan, count.map(|_| Number::Level))?;
            return Some((device, count.unwrap_or(1)));
        }
        if count.is_some() {
            let hint = "write them as a list: `[low, medium, high]`, or the numbers of its speed";
            self.ledger.fault(spot, &path, "Zigbee2MQTT's levels have names or numbers", hint);
        }
        let (base, device) = self.zigbee(fan)?;
        self.plug(fan.block("zigbee2mqtt"));
        let form = self.fan_form(fan, &list);
        let levels = list.len().max(1);
        Some((Device::Zigbee2mqtt(zigbee2mqtt::Device { base, device, form }), levels))
    }

    fn fan_form(&mut self, fan: &Section, list: &[String]) -> Form {
        let (spot, path) = (fan.at("levels"), fan.path_of("levels"));
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = list.iter().find(|level| !seen.insert(*level)) {
            self.ledger.fault(spot, &path, format!("level `{twice}` stands twice"), "");
        }
        if list.iter().any(|level| level.eq_ignore_ascii_case("off")) {
            let hint = "leave it out: off is always there";
            self.ledger.fault(spot, &path, "`off` is no level", hint);
        }
        if list.is_empty() {
            return Form::Plug;
        }
        let numbers: Option<Vec<u16>> = list.iter().map(|level| level.parse().ok()).collect();
        let Some(levels) = numbers else { return Form::FanMode { levels: list.to_vec() } };
        if !levels.is_sorted() || levels.iter().any(|level| !(1..=254).contains(level)) {
            let what = "the numbers of a fan's levels rise, between 1 and 254";
            self.ledger.fault(spot, &path, what, "");
        }
        Form::FanSpeed { levels }
    }
}

/// How the SONOFF TRVZB takes the room's temperature; after two hours without any it goes
/// back to its own thermometer.
fn sonoff_feed() -> Feed {
    Feed {
        property: "external_temperature_input".to_owned(),
        select: Some("temperature_sensor_select".to_owned()),
        external: "external".to_owned(),
        internal: "internal".to_owned(),
    }
}

/// A device that never says what it does cannot confirm anything.
fn confirm(section: &Section, device: &Device) -> Option<Span> {
    match device {
        Device::Plain(plain) if plain.state.is_none() => None,
        Device::Plain(_) | Device::Zigbee2mqtt(_) => section.perhaps("confirm"),
    }
}
