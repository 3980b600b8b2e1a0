//! Devices that implement their own timers, and whatever can be wrong with them.

use serde_json::{Value, json};

/// Milliseconds since the scene began.
pub(crate) type Ms = i64;

/// How a plug is told, and speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `on_time`.
    Zigbee2mqtt,
    /// `PulseTime`.
    Tasmota,
    /// `toggle_after`.
    Shelly,
    /// Two words, and no timer.
    Plain,
}

/// A Shelly's id.
pub(crate) const SHELLY: &str = "shellyplus1pm-7c87ce65bd9c";

impl Dialect {
    /// The lines of a configuration that name the plug.
    pub(crate) fn keys(self) -> String {
        match self {
            Self::Zigbee2mqtt => "zigbee2mqtt: plug".to_owned(),
            Self::Tasmota => "tasmota: plug".to_owned(),
            Self::Shelly => format!("shelly: {SHELLY}"),
            Self::Plain => "command: home/heater/set, state: home/heater".to_owned(),
        }
    }
}

/// A plug.
#[derive(Debug)]
pub(crate) struct Plug {
    pub(crate) dialect: Dialect,
    /// It does nothing of what it is told.
    pub(crate) deaf: bool,
    /// It never says anything.
    pub(crate) mute: bool,
    /// Its relay sticks: it stays on, and says so.
    pub(crate) welded: bool,
    pub(crate) on: bool,
    /// When its own timer ends.
    pub(crate) until: Option<Ms>,
    /// Every time its relay moved, and to where.
    pub(crate) moved: Vec<(Ms, bool)>,
    /// Everything that it was told: when, on or off, and for how long.
    pub(crate) told: Vec<(Ms, bool, Option<Ms>)>,
    /// When it last started.
    born: Ms,
    /// `PulseTime`, which stays until it is set anew.
    pulse: Option<Ms>,
}

/// A topic and its payload.
pub(crate) type Said = (String, String);

impl Plug {
    pub(crate) const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            deaf: false,
            mute: false,
            welded: false,
            on: false,
            until: None,
            moved: Vec::new(),
            told: Vec::new(),
            born: 0,
            pulse: None,
        }
    }

    /// Takes a message, if it is for this plug; what is answered.
    pub(crate) fn hear(&mut self, now: Ms, topic: &str, payload: &str) -> Vec<Said> {
        let object = || serde_json::from_str::<Value>(payload).unwrap_or_default();
        let seconds = |value: &Value| value.as_i64().map(|s| s * 1000);
        match (self.dialect, topic) {
            (Dialect::Zigbee2mqtt, "zigbee2mqtt/plug/set") => {
                let object = object();
                self.switch(now, object["state"] == "ON", seconds(&object["on_time"]))
            }
            (Dialect::Zigbee2mqtt, "zigbee2mqtt/plug/get") => self.report(),
            (Dialect::Plain, "home/heater/set") => self.switch(now, payload == "ON", None),
            (Dialect::Tasmota, _) => {
                let Some(command) = topic.strip_prefix("cmnd/plug/") else { return Vec::new() };
                if command == "Backlog0" {
                    let mut said = Vec::new();
                    for part in payload.split(';') {
                        let (command, value) = part.split_once(' ').unwrap_or((part, ""));
                        said.extend(self.tasmota(now, command, value));
                    }
                    return said;
                }
                self.tasmota(now, command, payload)
            }
            (Dialect::Shelly, _) if topic == format!("{SHELLY}/rpc") => {
                let object = object();
                let params = &object["params"];
                match object["method"].as_str() {
                    Some("Switch.Set") => {
                        self.switch(now, params["on"] == true, seconds(&params["toggle_after"]))
                    }
                    Some("Shelly.GetStatus") if !self.mute => {
                        let switch = json!({ "id": 0, "output": self.on });
                        let sys = json!({ "uptime": (now - self.born) / 1000 });
                        let all = json!({ "switch:0": switch, "sys": sys });
                        let answer = json!({ "id": object["id"], "src": SHELLY, "result": all });
                        let asker = object["src"].as_str().unwrap_or_default();
                        vec![(format!("{asker}/rpc"), answer.to_string())]
                    }
                    _ => self.report(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn tasmota(&mut self, now: Ms, command: &str, value: &str) -> Vec<Said> {
        match (command, value) {
            ("Power1", "") => self.report(),
            ("State", _) if !self.mute => {
                let state = json!({ "UptimeSec": (now - self.born) / 1000, "POWER": self.word() });
                vec![("stat/plug/RESULT".to_owned(), state.to_string())]
            }
            ("PowerOnState", "") if !self.mute => {
                vec![("stat/plug/RESULT".to_owned(), json!({ "PowerOnState": 0 }).to_string())]
            }
            ("State" | "PowerOnState", _) => Vec::new(),
            ("Power1", word) => {
                let timer = self.pulse.filter(|_| word == "ON");
                self.switch(now, word == "ON", timer)
            }
            _ => {
                let number: Ms = value.parse().unwrap_or(0);
                self.pulse = match number {
                    0 => None,
                    1..=111 => Some(number * 100),
                    _ => Some((number - 100) * 1000),
                };
                Vec::new()
            }
        }
    }

    fn switch(&mut self, now: Ms, on: bool, timer: Option<Ms>) -> Vec<Said> {
        if self.deaf {
            return Vec::new();
        }
        self.told.push((now, on, timer));
        self.until = timer.filter(|_| on).map(|ms| now + ms);
        self.put(now, on || self.welded);
        self.report()
    }

    fn put(&mut self, now: Ms, on: bool) {
        if self.on != on {
            self.on = on;
            self.moved.push((now, on));
        }
    }

    /// Lets its timer run out.
    pub(crate) fn pass(&mut self, now: Ms) -> Vec<Said> {
        if self.until.is_none_or(|until| until > now) {
            return Vec::new();
        }
        self.until = None;
        if !self.welded {
            self.put(now, false);
        }
        self.report()
    }

    /// It loses power, and comes back switched on.
    pub(crate) fn restart(&mut self, now: Ms) -> Vec<Said> {
        self.born = now;
        self.press(now, true)
    }

    /// Somebody presses its button.
    pub(crate) fn press(&mut self, now: Ms, on: bool) -> Vec<Said> {
        self.until = None;
        self.put(now, on);
        self.report()
    }

    /// What it says of itself.
    pub(crate) fn report(&self) -> Vec<Said> {
        if self.mute {
            return Vec::new();
        }
        let word = self.word();
        match self.dialect {
            Dialect::Zigbee2mqtt => {
                vec![("zigbee2mqtt/plug".to_owned(), json!({ "state": word }).to_string())]
            }
            Dialect::Plain => vec![("home/heater".to_owned(), word.to_owned())],
            Dialect::Tasmota => vec![
                ("stat/plug/RESULT".to_owned(), json!({ "POWER": word }).to_string()),
                ("stat/plug/POWER".to_owned(), word.to_owned()),
            ],
            Dialect::Shelly => {
                let switch = json!({ "switch:0": { "id": 0, "output": self.on } });
                let told = json!({ "src": SHELLY, "method": "NotifyStatus", "params": switch });
                vec![(format!("{SHELLY}/events/rpc"), told.to_string())]
            }
        }
    }

    const fn word(&self) -> &'static str {
        if self.on { "ON" } else { "OFF" }
    }

    /// How often its relay went on.
    pub(crate) fn times_on(&self) -> usize {
        self.moved.iter().filter(|(_, on)| *on).count()
    }

    /// How often its own timer switched it off.
    pub(crate) fn ended_by_itself(&self) -> usize {
        let told = |at: &Ms| self.told.iter().any(|(told, on, _)| !on && told == at);
        self.moved.iter().filter(|(at, on)| !on && !told(at)).count()
    }

    /// The longest that it was on without being told so again, in milliseconds, until now.
    pub(crate) fn longest_unrenewed(&self, now: Ms) -> Ms {
        let mut longest = 0;
        for (place, (at, on)) in self.moved.iter().enumerate() {
            if !on {
                continue;
            }
            let end = self.moved.get(place + 1).map_or(now, |(end, _)| *end);
            let told = self.told.iter().filter(|(t, on, _)| *on && (*at..end).contains(t));
            let mut last = *at;
            for (t, _, _) in told {
                longest = longest.max(t - last);
                last = *t;
            }
            longest = longest.max(end - last);
        }
        longest
    }
}

/// A radiator valve behind Zigbee2MQTT.
#[derive(Debug)]
pub(crate) struct Valve {
    pub(crate) set_point: f64,
    /// Every set-point it was told, and when.
    pub(crate) told: Vec<(Ms, f64)>,
}

impl Valve {
    pub(crate) fn hear(&mut self, now: Ms, topic: &str, payload: &str) -> Vec<Said> {
        if topic == "zigbee2mqtt/valve/set" {
            let object: Value = serde_json::from_str(payload).unwrap_or_default();
            if let Some(set_point) = object["occupied_heating_setpoint"].as_f64() {
                self.set_point = set_point;
                self.told.push((now, set_point));
            }
        } else if topic != "zigbee2mqtt/valve/get" {
            return Vec::new();
        }
        self.report()
    }

    pub(crate) fn report(&self) -> Vec<Said> {
        let said = json!({ "occupied_heating_setpoint": self.set_point });
        vec![("zigbee2mqtt/valve".to_owned(), said.to_string())]
    }
}
