//! What is wrong, what often causes it and what to do, and that it is right again.

use super::English;
use crate::engine::{Fault, Witness};
use crate::model::{ActuatorId, DeviceName, Place, Quantity, SensorId};
use crate::plan::{Control, Hazard, Kind};
use crate::wire::Device;

/// Two of us, and nobody obeyed.
const NAMESAKE: &str = "Another uncramp speaks below the same base topic on this broker, and both \
    command the same devices, one against the other. Please stop one of them, or give it a \
    “base_topic” and devices of its own; uncramp's log tells on which machine it runs.";

/// One of us again.
const ALONE: &str = "There is only one uncramp below this base topic again.";

/// Of the house itself.
const DISK: &str = "uncramp cannot write to its disk. The bedrooms are controlled all the same, and what is told \
     to uncramp waits in memory, but a restart would forget it. Often the disk is full or the memory \
     card worn out: please look at the free space and at uncramp's log.";

const SET_ASIDE: &str = "Something in uncramp's records was damaged, or another version of uncramp wrote it. It was set \
     aside, not deleted, and begun anew; uncramp's log says what. If it happens again, please \
     replace the memory card.";

const WEAK_SUPPLY: &str = "The machine that uncramp runs on gets too little voltage: its power supply, or the cable, is too \
     weak. It may stop at any moment and damage its memory card. Please use the power supply that is \
     made for it, with its own cable.";

const CLOCK_NOT_SET: &str = "uncramp cannot tell whether the clock of its machine is right, and so not whether it is night: \
     there are no reminders and no question in the morning, and rooms may be warmed at the wrong \
     hours. Please look whether the machine reaches a network that sets it (NTP, by \
     systemd-timesyncd), or give it a clock with a battery (RTC).";

const OLD_CONFIGURATION: &str = "uncramp's configuration is wrong since it was last edited, and what it said before goes on. \
     Please run “uncramp check”: it says what is to be corrected. \
     Then let it be read anew: “sudo systemctl reload uncramp”.";

const UNTOLD: &str = "What uncramp had to say could not be passed on. Please look whether the phones and the \
     speakers that Home Assistant's automation names can be reached.";

fn left(device: DeviceName) -> String {
    format!(
        "“{}” is no longer in uncramp's configuration. It was told to be off, or as it was before, \
         and does not confirm it: it may still be on. Please look, and switch it off by hand or \
         pull its plug. uncramp goes on telling it until it answers, for a week.",
        device.as_str()
    )
}

fn no_longer_told(device: DeviceName) -> String {
    format!(
        "uncramp has stopped telling “{}” to be off, or as it was before: it confirmed it, \
         is in the configuration again, or gave no answer for a week.",
        device.as_str()
    )
}

impl English<'_> {
    pub(super) fn fault(&self, fault: Fault) -> String {
        let room = &self.context.room();
        match fault {
            Fault::Silent { sensor } => format!(
                "In “{room}”, the sensor {} has fallen silent. Often its battery is empty or it has \
                 lost its connection: please change the battery, or move it closer. {}",
                self.sensor(sensor),
                self.without(sensor)
            ),
            Fault::Frozen { sensor } => format!(
                "In “{room}”, the sensor {} seems frozen: it says the same again and again, and no \
                 room is so still. Often a bridge repeats an old value: please warm the sensor in \
                 your hand, and if its value does not follow, start both anew. If it does, please \
                 look whether the heater gets warm. {}",
                self.sensor(sensor),
                self.without(sensor)
            ),
            Fault::Garbled { sensor } => format!(
                "In “{room}”, the sensor {} sends something, but no readings. Often its bridge is \
                 just starting, or the sensor is broken: please look at what arrives at {}. {}",
                self.sensor(sensor),
                self.topic(sensor),
                self.without(sensor)
            ),
            Fault::Disobeys { actuator, off: true } => self.stays_on(actuator),
            Fault::Disobeys { actuator, off: false } => self.stays_as_it_is(actuator),
            Fault::Unexplained { actuator } => format!(
                "In “{room}”, {} is set higher than uncramp's ceiling, and nobody knows by whom: it \
                 may be uncramp's own doing, before it lost its memory. Please set it to what the \
                 household wants.",
                self.actuator(actuator)
            ),
            Fault::NoHeat { from_hour, to_hour } => format!(
                "In “{room}”, heat was called for on three nights between {from_hour:02}:00 and \
                 {to_hour:02}:00, and none came. If the boiler rests at those hours, please write \
                 “available: {to_hour:02}:00-{from_hour:02}:00” into the configuration, and \
                 uncramp will warm the room before; else please look whether the radiator gets \
                 hot."
            ),
            Fault::BeddingHot { sensor } => format!(
                "The bed is far too hot, says the sensor {}. Please throw the cover back, switch \
                 the heated bedding off and pull its plug.",
                self.sensor(sensor)
            ),
            Fault::Unrecorded { actuator } => format!(
                "In “{room}”, uncramp could not write to its disk, and so did not switch {} on. \
                 Often the disk is full or the memory card worn out: please look at the free \
                 space and at uncramp's log.",
                self.actuator(actuator)
            ),
            Fault::Sticks { actuator } => self.sticks(actuator),
            Fault::Idle { actuator } => self.idle(actuator),
            Fault::ReturnsOn { actuator } => self.returns_on(actuator),
            Fault::NoRise => self.no_rise(),
            Fault::Disagree { sensor, with } => self.disagree(sensor, with),
            Fault::Fahrenheit { sensor } => self.fahrenheit(sensor),
            Fault::SensorBattery { sensor } => self.battery(&self.sensor(sensor)),
            Fault::ActuatorBattery { actuator } => self.battery(&self.actuator(actuator)),
            Fault::UnknownSensor { sensor } => self.unheard(sensor),
            Fault::UnknownActuator { actuator } => self.unreachable(actuator),
            Fault::Namesake => NAMESAKE.to_owned(),
            Fault::Disk => DISK.to_owned(),
            Fault::SetAside => SET_ASIDE.to_owned(),
            Fault::WeakSupply => WEAK_SUPPLY.to_owned(),
            Fault::ClockNotSet => CLOCK_NOT_SET.to_owned(),
            Fault::OldConfiguration => OLD_CONFIGURATION.to_owned(),
            Fault::Untold => UNTOLD.to_owned(),
            Fault::Left { device } => left(device),
        }
    }

    fn unheard(&self, sensor: SensorId) -> String {
        format!(
            "In “{}”, nothing is heard of the sensor {}: Zigbee2MQTT has no device called {}. Please \
             write its name into the configuration as Zigbee2MQTT spells it, or its address; \
             uncramp's log tells what comes nearest. {}",
            self.context.room(),
            self.sensor(sensor),
            self.topic(sensor),
            self.without(sensor)
        )
    }

    fn unreachable(&self, actuator: ActuatorId) -> String {
        format!(
            "In “{}”, {} cannot be switched: Zigbee2MQTT has no device of the name that the \
             configuration gives it. Please write it there as Zigbee2MQTT spells it, or its \
             address; uncramp's log tells what comes nearest.",
            self.context.room(),
            self.actuator(actuator)
        )
    }

    fn stays_as_it_is(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        let cause = match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Heater { hazard: Hazard::Radiator, control: Control::SetPoint { .. } }) => {
                "Often its battery is empty or it has lost its connection: please change the \
                 battery, and look whether it answers by its own app."
            }
            Some(Kind::Heater { control: Control::SetPoint { .. }, .. }) => {
                "Often it has no power or has lost its connection: please look whether it runs and \
                 answers by its own app."
            }
            Some(Kind::Heater { .. } | Kind::Fan { .. }) | None => {
                "Often it has no power or has lost its connection: please look whether it is plugged \
                 in and answers by its own app."
            }
        };
        format!("In “{room}”, {name} does not do what it is told. {cause}")
    }

    fn stays_on(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Fan { .. }) => format!(
                "In “{room}”, {name} was told to stop and does not confirm it: it may still be \
                 running. Please switch it off by hand, and look whether it has lost its \
                 connection."
            ),
            Some(Kind::Heater { hazard: Hazard::Radiator, control: Control::SetPoint { .. } }) => {
                format!(
                    "In “{room}”, {name} was told to turn down and does not confirm it. Please turn \
                     the radiator down by hand, and look at the valve's battery and connection."
                )
            }
            Some(Kind::Heater { control: Control::SetPoint { .. }, .. }) => format!(
                "In “{room}”, {name} was told to turn down and does not confirm it. Please turn it \
                 down by hand, and look at its connection."
            ),
            Some(Kind::Heater { control: Control::Switch, .. }) | None => {
                format!(
                    "In “{room}”, {name} was told to switch off and does not confirm it: it may still \
                     be on. Please switch it off by hand or pull its plug. It may have lost its \
                     connection, or its relay may stick: please do not use it before that is clear."
                )
            }
        }
    }

    fn sticks(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        format!(
            "In “{room}”, {name} says that it is off, and power flows all the same: its relay \
             sticks. Please pull its plug, and do not use it any more."
        )
    }

    fn idle(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Fan { .. }) => format!(
                "In “{room}”, {name} was switched on and draws no power: its own switch is off, or \
                 it waits for its remote control. uncramp does not try it again tonight. Please \
                 choose a setting at which it starts by itself when its plug goes on; if it does \
                 run, write “idle_below: 0 W” into the configuration."
            ),
            Some(Kind::Heater { .. }) | None => format!(
                "In “{room}”, {name} is on and draws no power, though the room is cold: its own \
                 thermostat is turned down, its own switch is off, or it has cut out because it \
                 was too hot. Please look at it."
            ),
        }
    }

    fn returns_on(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        let setting = match self.context.actuator(actuator).map(|a| &a.device) {
            Some(Device::Zigbee2mqtt(_)) => {
                "Please set its “power_on_behavior” (on some devices “power_outage_memory”) to \
                 “off” in Zigbee2MQTT."
            }
            Some(Device::Tasmota(_)) => "Please enter “PowerOnState 0” in its console.",
            Some(
                Device::Plain(_)
                | Device::Shelly(_)
                | Device::Esphome(_)
                | Device::HomeAssistant(_),
            )
            | None => "Please set it to stay off.",
        };
        format!(
            "In “{room}”, {name} may come back on by itself when power returns after a cut, and \
             heat before uncramp is there to switch it off. {setting}"
        )
    }

    fn no_rise(&self) -> String {
        let room = &self.context.room();
        format!(
            "In “{room}”, the heater has been on for two hours, and the room got no warmer. Often a \
             window is open, a fuse is out, the heater's own thermostat is turned down, or the \
             thermometer is in another room. On a very cold night the heater may be too small."
        )
    }

    fn disagree(&self, sensor: SensorId, with: Witness) -> String {
        let (room, sensor) = (&self.context.room(), self.sensor(sensor));
        let other = match with {
            Witness::EmptyBed(bed) => format!("{} in the empty bed", self.sensor(bed)),
            Witness::Valve(valve) => format!("{} itself", self.actuator(valve)),
        };
        format!(
            "In “{room}”, the sensor {sensor} and {other} cannot both be right: they are several \
             degrees apart. Often one lies in the sun, stands beside something warm, or was \
             carried into another room. uncramp goes by {sensor}: please look where it is."
        )
    }

    fn fahrenheit(&self, sensor: SensorId) -> String {
        let (room, name) = (&self.context.room(), self.sensor(sensor));
        format!(
            "In “{room}”, the sensor {name} seems to send °F, and is read as °C. Please have it \
             send °C, or write “unit: °F” beside it in the configuration. {}",
            self.without(sensor)
        )
    }

    fn battery(&self, name: &str) -> String {
        let room = &self.context.room();
        format!("In “{room}”, the battery of {name} is nearly empty: please change it soon.")
    }

    pub(super) fn healed(&self, fault: Fault) -> String {
        let room = &self.context.room();
        match fault {
            Fault::Silent { sensor } => {
                format!("In “{room}”, the sensor {} speaks again.", self.sensor(sensor))
            }
            Fault::Frozen { sensor } => {
                format!("In “{room}”, the value of the sensor {} moves again.", self.sensor(sensor))
            }
            Fault::Garbled { sensor } => {
                format!("In “{room}”, the sensor {} sends readings again.", self.sensor(sensor))
            }
            Fault::Disobeys { actuator, off: true } => {
                let how =
                    if self.context.holds_a_set_point(actuator) { "turned down" } else { "off" };
                format!("In “{room}”, {} is {how} now.", self.actuator(actuator))
            }
            Fault::Disobeys { actuator, off: false } => {
                format!("In “{room}”, {} does what it is told again.", self.actuator(actuator))
            }
            Fault::Unexplained { actuator } => format!(
                "In “{room}”, {} is no longer set higher than anybody can explain.",
                self.actuator(actuator)
            ),
            Fault::NoHeat { .. } => format!("In “{room}”, heat comes again when it is called for."),
            Fault::BeddingHot { sensor } => {
                format!("The bed is no longer too hot, says the sensor {}.", self.sensor(sensor))
            }
            Fault::Unrecorded { .. } | Fault::Disk => {
                "uncramp can write to its disk again.".to_owned()
            }
            Fault::Sticks { actuator } => {
                format!("In “{room}”, no more power flows through {}.", self.actuator(actuator))
            }
            Fault::Idle { actuator } => {
                format!("In “{room}”, {} draws power again.", self.actuator(actuator))
            }
            Fault::ReturnsOn { actuator } => self.stays_off(&self.actuator(actuator)),
            Fault::NoRise => format!("In “{room}”, the heater warms the room again."),
            Fault::Disagree { .. } => format!("In “{room}”, the thermometers agree again."),
            Fault::Fahrenheit { sensor } => {
                format!("In “{room}”, the sensor {} sends °C.", self.sensor(sensor))
            }
            Fault::SensorBattery { sensor } => {
                format!("In “{room}”, the battery of {} is good again.", self.sensor(sensor))
            }
            Fault::ActuatorBattery { actuator } => {
                format!("In “{room}”, the battery of {} is good again.", self.actuator(actuator))
            }
            Fault::UnknownSensor { sensor } => self.found(&self.sensor(sensor)),
            Fault::UnknownActuator { actuator } => self.found(&self.actuator(actuator)),
            Fault::Namesake => ALONE.to_owned(),
            Fault::SetAside => "uncramp's records are in order since its last start.".to_owned(),
            Fault::WeakSupply => {
                "The machine that uncramp runs on has had enough voltage for a day.".to_owned()
            }
            Fault::ClockNotSet => "uncramp knows what time it is again.".to_owned(),
            Fault::OldConfiguration => {
                "uncramp's configuration is right again, and in force.".to_owned()
            }
            Fault::Untold => "There is nothing left that uncramp could not pass on.".to_owned(),
            Fault::Left { device } => no_longer_told(device),
        }
    }

    fn stays_off(&self, device: &str) -> String {
        format!("In “{}”, {device} stays off after a power cut now.", self.context.room())
    }

    fn found(&self, device: &str) -> String {
        format!("In “{}”, Zigbee2MQTT knows {device} now.", self.context.room())
    }

    /// What uncramp does while a sensor is unknown.
    fn without(&self, sensor: SensorId) -> &'static str {
        let Some(sensor) = self.context.sensor(sensor) else {
            return "Until then uncramp does without it.";
        };
        match (sensor.place, sensor.quantity) {
            (Place::Room, Quantity::Temperature) => {
                "Until then uncramp does not heat here: switched heaters stay off, and valves \
                 hold the household's own setting."
            }
            (Place::Room | Place::Bed, Quantity::Humidity)
            | (Place::Bed, Quantity::Temperature) => {
                "Until then uncramp judges the air by what else is measured."
            }
            (_, Quantity::Occupied) => "Until then the usual hours of sleep count as in bed.",
            (_, Quantity::Open) => {
                "Until then uncramp can only guess at an open window, by a steep fall of the \
                 temperature."
            }
            (_, Quantity::Co2) | (Place::Outdoors, Quantity::Temperature | Quantity::Humidity) => {
                "Until then uncramp does without it."
            }
        }
    }
}
