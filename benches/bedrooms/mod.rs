//! Bedrooms that a bench or a test of costs can talk to, in the bytes of each family.

#![allow(dead_code, reason = "each bench uses its part")]

use std::hint::black_box;
use std::io::Write;

use smallvec::smallvec;
use uncramp::engine::{Action, Engine, Event};
use uncramp::model::{
    BedroomId, Heard, Item, Measured, SensorId, Span, Temperature, Time, Value, Wall, Zone,
};
use uncramp::plan::{Outside, Plan, complaint, parse};
use uncramp::speech::{self, Context};
use uncramp::surface;
use uncramp::view::View;
use uncramp::wire::{self, Decoded, Topics};

/// One device family: how it is configured, and what its thermometer says.
pub(crate) struct Family {
    /// Its name.
    pub(crate) name: &'static str,
    room: &'static str,
    heater: &'static str,
    /// The thermometer's topic; `#` stands for the bedroom's number.
    topic: &'static str,
    /// What it says; `~` stands for °C, and [`NOW`] for the time.
    payload: &'static str,
}

/// A time that is overwritten with the present one before it is said.
const NOW: &[u8] = b"1768085100";

/// Readings of each bedroom, ten seconds apart, before anybody gets up: less than three hours.
const ROUNDS: usize = 1000;

/// For a heater whose family is no more than a sensor's.
const PLAIN_HEATER: &str = "command: plug/#/set";

/// Every family that uncramp speaks.
pub(crate) const FAMILIES: [Family; 9] = [
    Family {
        name: "plain",
        room: "topic: room/#, measures: temperature",
        heater: PLAIN_HEATER,
        topic: "room/#",
        payload: "~",
    },
    Family {
        name: "zigbee2mqtt",
        room: "zigbee2mqtt: room#",
        heater: "zigbee2mqtt: plug#",
        topic: "zigbee2mqtt/room#",
        payload: r#"{"battery":97,"humidity":51.3,"linkquality":120,"temperature":~,"voltage":3005}"#,
    },
    Family {
        name: "tasmota",
        room: "tasmota: room#",
        heater: "tasmota: plug#",
        topic: "tele/room#/SENSOR",
        payload: r#"{"Time":"2026-01-10T22:45:00","AM2301":{"Temperature":~,"Humidity":51.3},"TempUnit":"C"}"#,
    },
    Family {
        name: "shelly",
        room: "shelly: { device: room#, generation: 3, sleeps: false }",
        heater: "shelly: { device: plug#, generation: 3 }",
        topic: "room#/events/rpc",
        payload: r#"{"src":"room","dst":"room/events","method":"NotifyStatus","params":{"ts":1768085100.00,"temperature:0":{"id":0,"tC":~}}}"#,
    },
    Family {
        name: "shelly, first generation",
        room: "shelly: { device: room#, generation: 1, sleeps: false }",
        heater: "shelly: { device: plug#, generation: 1 }",
        topic: "shellies/room#/sensor/temperature",
        payload: "~",
    },
    Family {
        name: "esphome",
        room: "esphome: node#/sensor/room, measures: temperature",
        heater: "esphome: node#/switch/plug",
        topic: "node#/sensor/room/state",
        payload: "~",
    },
    Family {
        name: "theengs",
        room: "theengs: \"A4:C1:38:00:00:0#\"",
        heater: PLAIN_HEATER,
        topic: "home/gateway/BTtoMQTT/A4C13800000#",
        payload: r#"{"id":"A4:C1:38:00:00:00","rssi":-70,"batt":90,"tempc":~,"hum":51.3}"#,
    },
    Family {
        name: "statestream",
        room: "statestream: sensor.room#, measures: temperature",
        heater: PLAIN_HEATER,
        topic: "homeassistant/sensor/room#/state",
        payload: "~",
    },
    Family {
        name: "home_assistant",
        room: "home_assistant: sensor.room#, measures: temperature",
        heater: "home_assistant: switch.plug#",
        topic: "uncramp/home_assistant/sensor.room#/state",
        payload: r#"{"v":"~","unit":"°C","reported":1768085100,"started":"2026-01-01T02:00:00.123456+00:00"}"#,
    },
];

/// The engine with its bedrooms and their topics, on a clock of its own.
pub(crate) struct House {
    engine: Engine,
    topics: Topics,
    /// One for each bedroom, as it would arrive.
    arriving: Vec<String>,
    /// What changes nothing, by turns.
    quiet: [Vec<u8>; 2],
    /// What calls for heat, and what ends the call.
    changing: [Vec<u8>; 2],
    now: Time,
    turn: usize,
    round: usize,
}

impl House {
    /// So many bedrooms in which every cold reading calls for heat.
    ///
    /// # Panics
    ///
    /// If the configuration has a complaint.
    pub(crate) fn of(family: &Family, bedrooms: usize) -> Self {
        let switch = "control: switch, min_on: off, min_off: off, lease: off";
        Self::heated(family, &format!("{switch}, {}", family.heater), bedrooms)
    }

    /// So many bedrooms with the radiator valves of Zigbee2MQTT.
    ///
    /// # Panics
    ///
    /// If the configuration has a complaint.
    pub(crate) fn with_valves(family: &Family, bedrooms: usize) -> Self {
        Self::heated(
            family,
            "control: setpoint, zigbee2mqtt: { device: valve#, model: sonoff-trvzb }",
            bedrooms,
        )
    }

    fn heated(family: &Family, heater: &str, bedrooms: usize) -> Self {
        let plan = plan(family, heater, bedrooms);
        let now = Time(1_000_000);
        let wall = Wall { offset: 1_768_085_100_000, synchronised: true };
        let topics = plan.topics();
        let mut engine = Engine::new(plan, wall, now);
        engine.handle(now, Event::Gap);
        engine.handle(now, Event::Link { up: true });
        let arriving = (0..bedrooms).map(|n| numbered(family.topic, n)).collect();
        Self {
            engine,
            topics,
            arriving,
            quiet: ["20.0", "20.1"].map(|celsius| family.payload.replace('~', celsius).into()),
            changing: ["15.0", "22.0"].map(|celsius| family.payload.replace('~', celsius).into()),
            now,
            turn: 0,
            round: 0,
        }
    }

    /// Everybody is in bed, and every bedroom has been read for a while.
    pub(crate) fn settle(&mut self) {
        self.say("mat", b"1");
        for _ in 0..20 * self.arriving.len() {
            self.stay();
        }
    }

    /// So many readings are left of a night in which nothing happens.
    pub(crate) fn left(&self) -> usize {
        ROUNDS.saturating_sub(self.round) * self.arriving.len()
    }

    /// A reading that changes nothing and needs no decoding, in the next bedroom; how many
    /// actions it led to.
    pub(crate) fn hear(&mut self) -> usize {
        let celsius = [2000, 2010][self.round % 2];
        let reading = Item::Reading {
            sensor: SensorId(0),
            value: Value::Temperature(Temperature(celsius)),
            measured: Measured::WhenHeard,
        };
        let heard = Heard { items: smallvec![reading], retained: false };
        let bedroom = BedroomId(u32::try_from(self.turn).unwrap_or(u32::MAX));
        self.pass();
        self.engine.handle(self.now, Event::Heard { bedroom, heard }).len()
    }

    /// Bytes that change nothing, from the next bedroom's thermometer; how many actions
    /// they led to.
    pub(crate) fn stay(&mut self) -> usize {
        let mut payload = std::mem::take(&mut self.quiet[self.round % 2]);
        let (round, actions) = (self.round, self.receive(&mut payload));
        self.quiet[round % 2] = payload;
        actions
    }

    /// Bytes that call for heat or end the call, by turns; how many actions they led to,
    /// which are put into bytes.
    pub(crate) fn change(&mut self) -> usize {
        let mut payload = std::mem::take(&mut self.changing[self.round % 2]);
        let (round, actions) = (self.round, self.receive(&mut payload));
        self.changing[round % 2] = payload;
        actions
    }

    fn receive(&mut self, payload: &mut [u8]) -> usize {
        if let Some(place) = payload.windows(NOW.len()).position(is_time) {
            let now = self.engine.wall().unix_ms(self.now) / 1000;
            write!(&mut payload[place..place + NOW.len()], "{now}").expect("as long as before");
        }
        let turn = self.turn;
        let topic = std::mem::take(&mut self.arriving[turn]);
        self.pass();
        let actions = self.say(&topic, payload);
        self.arriving[turn] = topic;
        actions
    }

    /// The next bedroom's turn; each has one every ten seconds.
    fn pass(&mut self) {
        self.turn = (self.turn + 1) % self.arriving.len();
        if self.turn == 0 {
            self.round += 1;
            self.now += Span::seconds(10);
        }
    }

    fn say(&mut self, topic: &str, payload: &[u8]) -> usize {
        let mut count = 0;
        if let Decoded::Heard(all) = self.topics.decode(topic, payload, false) {
            for (bedroom, heard) in all {
                let actions = self.engine.handle(self.now, Event::Heard { bedroom, heard });
                count += actions.len();
                if !actions.is_empty() {
                    self.encode(bedroom, &actions);
                }
            }
        }
        count
    }

    /// The bytes that a decision sends: the command, its reason and the new picture.
    fn encode(&self, bedroom: BedroomId, actions: &[Action]) {
        let (plan, wall) = (self.engine.plan(), self.engine.wall());
        for action in actions {
            let Action::Switch(command) = action else { continue };
            let context = Context::new(plan, bedroom, wall, self.now).expect("a bedroom");
            let device = &context.bedroom.actuators[usize::from(command.actuator.0)].device;
            black_box(wire::encode(device, &command.switch));
            let reason = speech::reason(&command.reason, &context);
            black_box(surface::action(plan, command, &reason, wall));
        }
        let view = View::of(&self.engine, bedroom, self.now).expect("a bedroom");
        let json = serde_json::to_string(&view).expect("a view is JSON");
        black_box(surface::state(plan, bedroom, json));
    }
}

/// Bedrooms in which every cold reading calls for heat and every warm one ends the call.
fn plan(family: &Family, heater: &str, bedrooms: usize) -> Plan {
    let mut text = "timezone: UTC\nmqtt: embedded\nbedrooms:\n".to_owned();
    for number in 0..bedrooms {
        let (room, heater) = (numbered(family.room, number), numbered(heater, number));
        let bedroom = format!(
            "  b{number}:
    audible_changes: off
    sensors:
      room: {{ {room} }}
      in_bed: {{ topic: mat }}
    heater: {{ kind: radiator, hot_water: true, {heater}, confirm: off }}
    cold_exposure: {{ thermostat: {{ start_below: 18 °C, stop_above: 20.5 °C }}, ramp: off,
      window_guess: off, prewarm: off }}
    occupancy: {{ in_after: off, out_after: off }}
    readings: {{ jump: off }}
"
        );
        text.push_str(&bedroom);
    }
    let parsed = parse(&text, &Anywhere).unwrap_or_else(|complaints| {
        panic!("{}", complaint::render(&complaints, "the bedrooms", &text, false))
    });
    parsed.plan
}

fn is_time(text: &[u8]) -> bool {
    text.starts_with(b"17") && text.iter().all(u8::is_ascii_digit)
}

fn numbered(text: &str, number: usize) -> String {
    text.replace('#', &number.to_string())
}

/// A machine on which it is always Greenwich.
struct Anywhere;

impl Outside for Anywhere {
    fn zone(&self, name: &str) -> Option<Zone> {
        Some(Zone { name: name.to_owned(), first: 0, changes: Vec::new() })
    }
    fn system_zone(&self) -> Option<Zone> {
        self.zone("UTC")
    }
    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Err("there are no files here".to_owned())
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
    fn month(&self) -> Option<(i32, u32)> {
        None
    }
}
