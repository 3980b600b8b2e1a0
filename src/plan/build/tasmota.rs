//! Devices with Tasmota.

use super::Site;
use super::family::{Asked, Levels, Task};
use crate::model::Quantity;
use crate::plan::section::Section;
use crate::wire::tasmota::{Address, Device, FULL_TOPIC, Form, LAST_TIMED, Source};

impl Site<'_> {
    pub(super) fn tasmota_source(&mut self, section: &Section, asked: Asked<'_>) -> Option<Source> {
        let at = self.tasmota(section)?;
        let block = section.block("tasmota");
        let property = asked.read.unwrap_or(match asked.quantity {
            Quantity::Temperature => "Temperature",
            Quantity::Humidity => "Humidity",
            Quantity::Co2 => "CarbonDioxide",
            Quantity::Occupied | Quantity::Open => "Switch1",
        });
        Some(Source {
            at,
            sensor: block.and_then(|block| block.text("sensor")),
            property: property.to_owned(),
            inverted: asked.inverted,
            sleeps: block.and_then(|block| block.flag("sleeps")).unwrap_or(false),
        })
    }

    pub(super) fn tasmota_device(
        &mut self,
        section: &Section,
        task: &Task,
    ) -> Option<(Device, usize)> {
        let at = self.tasmota(section)?;
        match task {
            Task::Switch | Task::Levels(Levels::Unsaid) => {
                Some((Device { at, form: self.relay(section) }, 1))
            }
            Task::Levels(Levels::Count(3)) => Some((Device { at, form: Form::Fan }, 3)),
            Task::Levels(Levels::Count(_) | Levels::Named(_)) => {
                let what = "the fan of an iFan has three levels";
                let hint = "write `levels: 3`; a relay has none: leave the line out";
                let path = section.path_of("levels");
                self.ledger.fault(section.at("levels"), &path, what, hint);
                None
            }
            Task::SetPoint => {
                let what = "`tasmota` switches; it holds no set-point";
                let hint = "add `control: switch`, or name the topics with `command:`";
                let path = section.path_of("tasmota");
                self.ledger.fault(section.at("tasmota"), &path, what, hint);
                None
            }
        }
    }

    fn relay(&mut self, section: &Section) -> Form {
        let block = section.block("tasmota");
        let relay = block.and_then(|block| block.number("relay"));
        let number = relay.and_then(|relay| u8::try_from(relay).ok()).unwrap_or(1);
        let wanted = block.and_then(|block| block.flag("pulse_time"));
        if let Some(block) = block.filter(|_| wanted == Some(true) && number > LAST_TIMED) {
            let what = format!("relay {number} has no `PulseTime` of its own");
            let hint = "the ninth shares the first one's, and so on; remove the line";
            self.ledger.fault(block.at("pulse_time"), &block.path_of("pulse_time"), what, hint);
        }
        let fixed = section.word("kind") != Some("panel") || section.flag("fixed") == Some(true);
        let portable = section.word("kind") == Some("portable") || !fixed;
        let natural = !portable && number <= LAST_TIMED;
        Form::Relay { number, pulse_time: wanted.unwrap_or(natural) }
    }

    /// Where the device speaks.
    fn tasmota(&mut self, section: &Section) -> Option<Address> {
        let block = section.block("tasmota");
        let device = match block {
            Some(block) => block.text("device")?,
            None => section.text("tasmota")?,
        };
        if device.is_empty()
            || device.contains(['+', '#', '%'])
            || device.starts_with('/')
            || device.ends_with('/')
        {
            let what = format!("`{device}` is no `Topic` that Tasmota allows");
            let hint = "it is what the device's page *Configure MQTT* calls `Topic`, such as \
                        `tasmota_1A2B3C`";
            let path = section.path_of("tasmota");
            self.ledger.fault(section.at("tasmota"), &path, what, hint);
        }
        let written = block.and_then(|block| block.text("full_topic"));
        let mut full_topic = written.unwrap_or_else(|| FULL_TOPIC.to_owned());
        let known = full_topic.replace("%prefix%", "").replace("%topic%", "");
        let whole = full_topic.contains("%prefix%") && full_topic.contains("%topic%");
        if let Some(block) = block.filter(|_| !whole || known.contains(['%', '+', '#'])) {
            let what = format!("`{full_topic}` is no `FullTopic` that uncramp can follow");
            let hint = "it holds `%prefix%` and `%topic%`, and no other `%…%`: \
                        `%topic%/%prefix%/`";
            let path = block.path_of("full_topic");
            self.ledger.fault(block.at("full_topic"), &path, what, hint);
        }
        if !full_topic.ends_with('/') {
            full_topic.push('/');
        }
        Some(Address { device, full_topic })
    }
}
