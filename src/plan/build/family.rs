//! Device families: whose keys stand in a block, and what is asked of each.

use super::Site;
use super::plain::plain_source;
use crate::model::Quantity;
use crate::plan::section::Section;
use crate::wire::{Device, Source};

/// Who speaks for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Topics of the owner's choice.
    Plain,
    Shelly,
    Tasmota,
    Zigbee2mqtt,
    Esphome,
    Theengs,
    Statestream,
    HomeAssistant,
}

/// A value to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) quantity: Quantity,
    /// The family's name for it, where its owner wrote one.
    pub(super) read: Option<&'a str>,
    /// It says the opposite.
    pub(super) inverted: bool,
}

/// What a device must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Task {
    /// Be switched on and off.
    Switch,
    /// Hold a temperature by itself.
    SetPoint,
    /// Run at levels: so many of them, or those of these names, lowest first.
    Levels(Levels),
}

/// The levels of a fan, as its owner wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Levels {
    Unsaid,
    Count(usize),
    Named(Vec<String>),
}

/// Keys that belong to topics of the owner's choice alone.
const PLAIN_SENSOR: [&str; 4] = ["path", "time_path", "unit", "availability"];
const PLAIN_ACTUATOR: [&str; 6] =
    ["state", "state_path", "payload_on", "payload_off", "unit", "availability"];

impl Family {
    const ALL: [Self; 8] = [
        Self::Zigbee2mqtt,
        Self::Tasmota,
        Self::Shelly,
        Self::Esphome,
        Self::Theengs,
        Self::Statestream,
        Self::HomeAssistant,
        Self::Plain,
    ];

    /// Whether one device of it has both a thermometer and a hygrometer, as a rule.
    pub(super) const fn gives_both(self) -> bool {
        match self {
            Self::Plain | Self::Esphome | Self::Statestream | Self::HomeAssistant => false,
            Self::Shelly | Self::Tasmota | Self::Zigbee2mqtt | Self::Theengs => true,
        }
    }

    /// Whether its devices say several things, of which `read` names one.
    pub(super) const fn takes_read(self) -> bool {
        match self {
            Self::Plain | Self::Esphome | Self::HomeAssistant => false,
            Self::Shelly
            | Self::Tasmota
            | Self::Zigbee2mqtt
            | Self::Theengs
            | Self::Statestream => true,
        }
    }

    /// The family that speaks for a sensor.
    pub(super) fn of_sensor(section: &Section) -> Option<Self> {
        Self::ALL.into_iter().find(|family| section.has(family.sensor_key()))
    }

    const fn sensor_key(self) -> &'static str {
        match self {
            Self::Plain => "topic",
            Self::Shelly => "shelly",
            Self::Tasmota => "tasmota",
            Self::Zigbee2mqtt => "zigbee2mqtt",
            Self::Esphome => "esphome",
            Self::Theengs => "theengs",
            Self::Statestream => "statestream",
            Self::HomeAssistant => "home_assistant",
        }
    }

    const fn actuator_key(self) -> &'static str {
        match self {
            Self::Plain => "command",
            Self::Shelly => "shelly",
            Self::Tasmota => "tasmota",
            Self::Zigbee2mqtt => "zigbee2mqtt",
            Self::Esphome => "esphome",
            Self::Theengs => "theengs",
            Self::Statestream => "statestream",
            Self::HomeAssistant => "home_assistant",
        }
    }
}

impl Site<'_> {
    /// The family that speaks for a sensor; none if none is named. Says so where keys of
    /// two families stand together.
    pub(super) fn sensor_family(&mut self, section: &Section) -> Option<Family> {
        self.family(section, Family::sensor_key, &PLAIN_SENSOR)
    }

    /// Likewise for a heater or fan.
    fn actuator_family(&mut self, section: &Section) -> Option<Family> {
        self.family(section, Family::actuator_key, &PLAIN_ACTUATOR)
    }

    /// Where a value is found.
    pub(super) fn source(
        &mut self,
        family: Family,
        section: &Section,
        asked: Asked<'_>,
    ) -> Option<Source> {
        match family {
            Family::Plain => plain_source(section, asked).map(Source::Plain),
            Family::Shelly => self.shelly_source(section, asked).map(Source::Shelly),
            Family::Tasmota => self.tasmota_source(section, asked).map(Source::Tasmota),
            Family::Zigbee2mqtt => self.zigbee_source(section, asked).map(Source::Zigbee2mqtt),
            Family::Esphome => self.esphome_source(section, asked).map(Source::Esphome),
            Family::Theengs => self.theengs_source(section, asked).map(Source::Theengs),
            Family::Statestream => self.stream_source(section, asked).map(Source::Statestream),
            Family::HomeAssistant => {
                self.home_assistant_source(section, asked).map(Source::HomeAssistant)
            }
        }
    }

    /// How an actuator is told, and how many levels it has.
    pub(super) fn device(&mut self, section: &Section, task: &Task) -> Option<(Device, usize)> {
        match self.actuator_family(section) {
            Some(Family::Zigbee2mqtt) => {
                let (device, levels) = self.zigbee_device(section, task)?;
                Some((Device::Zigbee2mqtt(device), levels))
            }
            Some(Family::Shelly) => {
                let (device, levels) = self.shelly_device(section, task)?;
                Some((Device::Shelly(device), levels))
            }
            Some(Family::Tasmota) => {
                let (device, levels) = self.tasmota_device(section, task)?;
                Some((Device::Tasmota(device), levels))
            }
            Some(Family::Esphome) => {
                let (device, levels) = self.esphome_device(section, task)?;
                Some((Device::Esphome(device), levels))
            }
            Some(Family::HomeAssistant) => {
                let (device, levels) = self.home_assistant_device(section, task)?;
                Some((Device::HomeAssistant(device), levels))
            }
            // Their keys do not stand here.
            Some(Family::Theengs | Family::Statestream) => None,
            Some(Family::Plain) | None => {
                let (device, levels) = self.plain_device(section, task)?;
                Some((Device::Plain(device), levels))
            }
        }
    }

    fn family(
        &mut self,
        section: &Section,
        key_of: fn(Family) -> &'static str,
        plain_only: &[&str],
    ) -> Option<Family> {
        let mut named = Family::ALL.into_iter().filter(|family| section.has(key_of(*family)));
        let family = named.next()?;
        let (key, plain) = (key_of(family), key_of(Family::Plain));
        if let Some(other) = named.next().map(key_of) {
            let what = format!("`{key}` and `{other}` exclude each other");
            let hint = "keep the one by which the device is reached";
            self.ledger.fault(section.at(other), &section.path_of(other), what, hint);
        } else if family != Family::Plain {
            for only in plain_only.iter().filter(|only| section.has(only)) {
                let what = format!("`{only}` belongs to `{plain}:`, not to `{key}:`");
                let hint = "remove it: the family's format is known";
                self.ledger.fault(section.at(only), &section.path_of(only), what, hint);
            }
        }
        Some(family)
    }
}
