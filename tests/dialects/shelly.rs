//! Shelly devices from the second generation on: an H&T in the room, a thermometer at an
//! add-on in the bed, an input under the mattress, and the second output of a relay.

use serde_json::{Value, json};
use uncramp::model::Span;

use crate::family::{Family, Order, Said, State, Thing, Unix};

pub(crate) struct Shelly {
    /// The H&T runs on its battery: it comes, speaks, and goes.
    pub(crate) battery: bool,
}

const ROOM: &str = "shellyhtg3-543204539b34";
const BED: &str = "shellyplus1-a8032ab12345";
const PLUG: &str = "bedroom/plug";

#[expect(clippy::cast_precision_loss, reason = "devices count their seconds so")]
fn seconds(at: Unix) -> f64 {
    at as f64 / 1000.0
}

/// A notification of what a device has, or what changed of it.
fn notice(device: &str, method: &str, at: Unix, part: &str, status: Value) -> Said {
    let mut params = json!({ "ts": seconds(at) });
    params[part] = status;
    let source = device.rsplit('/').next();
    let said = json!({
        "src": source, "dst": format!("{device}/events"), "method": method, "params": params
    });
    (format!("{device}/events/rpc"), said.to_string())
}

fn online(device: &str, online: bool) -> Said {
    (format!("{device}/online"), online.to_string())
}

impl Family for Shelly {
    fn sensors(&self) -> String {
        let room = if self.battery {
            format!("room: {{ shelly: {ROOM} }}\n")
        } else {
            format!("room: {{ shelly: {{ device: {ROOM}, sleeps: false }} }}\n")
        };
        let bed = format!(
            "bed:\n  shelly: {BED}\n  temperature: {{ read: \"temperature:100\" }}\n  humidity: {{ \
             read: \"humidity:100\" }}\n"
        );
        format!("{room}{bed}in_bed: {{ shelly: {BED} }}\n")
    }

    fn device(&self, thing: Thing) -> String {
        assert_eq!(thing, Thing::Plug);
        format!("shelly: {{ device: {PLUG}, generation: 3, output: 1 }}\n")
    }

    fn has(&self, thing: Thing) -> bool {
        thing == Thing::Plug
    }

    fn can_time(&self) -> bool {
        true
    }

    fn climate(&self, name: &str, at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        assert_eq!(name, "room");
        let fahrenheit = celsius * 1.8 + 32.0;
        let air = json!({ "id": 0, "tC": celsius, "tF": fahrenheit });
        let (_, warm) = notice(ROOM, "NotifyFullStatus", at, "temperature:0", air);
        let mut whole: Value = serde_json::from_str(&warm).expect("JSON");
        whole["params"]["humidity:0"] = json!({ "id": 0, "rh": percent });
        let said = (format!("{ROOM}/events/rpc"), whole.to_string());
        if self.battery {
            return vec![online(ROOM, true), said, online(ROOM, false)];
        }
        vec![said]
    }

    fn in_bed(&self, at: Unix, somebody: bool) -> Vec<Said> {
        vec![notice(BED, "NotifyStatus", at, "input:0", json!({ "id": 0, "state": somebody }))]
    }

    fn availability(&self, is_online: bool) -> Vec<Said> {
        if self.battery { Vec::new() } else { vec![online(ROOM, is_online)] }
    }

    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)> {
        let device = topic.strip_suffix("/rpc").filter(|device| *device == PLUG)?;
        let call: Value = serde_json::from_str(payload).expect("a call is JSON");
        assert_eq!((&call["method"], &call["params"]["id"]), (&json!("Switch.Set"), &json!(1)));
        assert_eq!(call["src"], format!("{device}/uncramp"));
        let after = call["params"]["toggle_after"].as_i64().map(Span::seconds);
        if call["params"]["on"] == true {
            return Some((Thing::Plug, Order::On(after)));
        }
        assert_eq!(after, None, "an off that flips back would be an on");
        Some((Thing::Plug, Order::Off))
    }

    fn report(&self, _thing: Thing, at: Unix, state: State) -> Vec<Said> {
        let State::Relay(on) = state else { panic!("a relay") };
        let status = json!({ "id": 1, "output": on, "source": "MQTT" });
        vec![notice(PLUG, "NotifyStatus", at, "switch:1", status)]
    }

    /// First to the caller, then to all.
    fn answer(&self, thing: Thing, at: Unix, state: State) -> Vec<Said> {
        let State::Relay(on) = state else { panic!("a relay") };
        let answer = json!({
            "id": 2, "src": "plug", "dst": format!("{PLUG}/uncramp"), "result": { "was_on": !on }
        });
        let mut said = vec![(format!("{PLUG}/uncramp/rpc"), answer.to_string())];
        said.extend(self.report(thing, at, state));
        said
    }
}
