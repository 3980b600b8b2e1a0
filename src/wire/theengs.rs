//! Bluetooth thermometers heard by Theengs Gateway or OpenMQTTGateway.
//!
//! Topics and payloads: <https://gateway.theengs.io/use/use.html>,
//! <https://docs.openmqttgateway.com/use/ble.html>; the names of the properties:
//! <https://decoder.theengs.io/>.
//!
//! A device is its Bluetooth address. Every gateway that hears it publishes below its own
//! name, `<base>/<gateway>/BTtoMQTT/<address>`, so that any level stands there. Each keeps
//! `online` at the broker on `<base>/<gateway>/LWT`, and `offline` as its last will
//! (OpenMQTTGateway, `main/User_config.h`: `will_Topic`, `will_Message`,
//! `Gateway_AnnouncementMsg`, once with a capital; Theengs Gateway: `lwt_topic`, by default
//! `home/TheengsGateway/LWT`). One that is gone means nothing while another one hears the
//! device.

use serde::{Deserialize, Serialize};

use super::dialect::{Line, Sensing};
use super::plain::Unit;
use super::sensor::{Read, Wanted, when_heard};
use super::words::{number_at, percent};
use crate::model::{Battery, Quantity};

/// The level with what devices say.
const VALUES: &str = "BTtoMQTT";

/// The level with a gateway's last will.
const WILL: &str = "LWT";

/// One property of one Bluetooth device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The level above the gateways: `home` unless it was changed there.
    pub base: String,
    /// The Bluetooth address: twelve hexadecimal digits, upper case, without colons.
    pub address: String,
    /// The property, such as `tempc2` or `motion`; none for the usual one.
    pub property: Option<String>,
    /// For occupancy and windows: true means nobody there, or closed.
    pub inverted: bool,
}

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        let values = format!("{}/+/{VALUES}/{}", self.base, self.address);
        vec![Line::gateway(format!("{}/+/{WILL}", self.base)), Line::says(0, values)]
    }

    fn gateway<'t>(&self, topic: &'t str) -> Option<&'t str> {
        let below = topic.strip_prefix(self.base.as_str())?.strip_prefix('/')?;
        below.split('/').next()
    }

    fn read(&self, _line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read> {
        let at = |property| wanted.at(text, &[property], unit(property), self.inverted);
        let value = match (&self.property, wanted.quantity) {
            (Some(property), _) => at(property),
            (None, Quantity::Temperature) => at("tempc").or_else(|| at("tempf")),
            (None, Quantity::Humidity) => at("hum"),
            (None, Quantity::Co2) => at("co2"),
            (None, Quantity::Occupied) => at("motion"),
            (None, Quantity::Open) => at("open"),
        };
        value.map(|value| value.map(|value| (value, when_heard(retained))))
    }

    fn tells_battery(&self, _line: u8) -> bool {
        true
    }

    fn battery(&self, _line: u8, text: &str) -> Option<Battery> {
        number_at(text, &["batt"]).and_then(percent)
    }

    fn label(&self) -> String {
        self.address.clone()
    }
}

/// The unit that the name of a property ends with.
fn unit(property: &str) -> Unit {
    let fahrenheit = property.starts_with("temp") && property.ends_with('f');
    if fahrenheit { Unit::Fahrenheit } else { Unit::Celsius }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{Co2, Garble, Humidity, Measured, Place, Temperature, Value};

    /// The example of <https://gateway.theengs.io/use/use.html>, its impossible humidity
    /// included.
    const TEMPO_DISC: &str = r#"{"name":"F35285","id":"F3:52:85","rssi":-82,"brand":"BlueMaestro","model":"TempoDisc","model_id":"BM_V23","tempc":24.1,"tempf":75.38,"hum":104.7,"dp":24.8,"volt":2.56,"mfr":"Blue Maestro Limited"}"#;

    /// The example of <https://docs.openmqttgateway.com/use/ble.html>: no measurement.
    const BEACON: &str = r#"{"id":"45:e1:74:12:6e:00","rssi":-89,"distance":21.51847,"servicedata":"fe0000000000000000000000000000000000000000"}"#;

    fn source(property: Option<&str>) -> Source {
        Source {
            base: "home".to_owned(),
            address: "A4C138012345".to_owned(),
            property: property.map(str::to_owned),
            inverted: false,
        }
    }

    /// One of each kind.
    pub(in crate::wire) fn samples() -> (Vec<crate::wire::Source>, Vec<crate::wire::Device>) {
        let sources = [source(None), source(Some("tempf"))];
        (sources.map(crate::wire::Source::Theengs).to_vec(), Vec::new())
    }

    fn read(property: Option<&str>, quantity: Quantity, text: &str) -> Option<Read> {
        let wanted = Wanted { place: Place::Room, quantity };
        source(property).read(0, text, false, wanted)
    }

    #[test]
    fn the_gateways_own_examples() {
        let live = |value| Some(Ok((value, Measured::WhenHeard)));
        let celsius = |hundredths| live(Value::Temperature(Temperature(hundredths)));
        let temperature = |text| read(None, Quantity::Temperature, text);
        assert_eq!(temperature(TEMPO_DISC), celsius(2410));
        let garbled = Some(Err(Garble::Implausible("104.7".to_owned())));
        assert_eq!(read(None, Quantity::Humidity, TEMPO_DISC), garbled);
        assert_eq!(temperature(BEACON), None);
        assert_eq!(
            temperature(r#"{"id":"A4:C1:38:01:23:45","tempf":68.0,"batt":90}"#),
            celsius(2000)
        );
        assert_eq!(read(Some("tempf"), Quantity::Temperature, TEMPO_DISC), celsius(2410));
        assert_eq!(
            read(Some("tempc2"), Quantity::Temperature, r#"{"tempc2":19.5}"#),
            celsius(1950)
        );
        let humidity = live(Value::Humidity(Humidity(4810)));
        assert_eq!(read(None, Quantity::Humidity, r#"{"tempc":21.4,"hum":48.1}"#), humidity);
        assert_eq!(read(None, Quantity::Co2, r#"{"co2":812}"#), live(Value::Co2(Co2(812))));
        assert_eq!(read(None, Quantity::Open, r#"{"open":true}"#), live(Value::Open(true)));
        let moved = live(Value::Occupied(true));
        assert_eq!(read(None, Quantity::Occupied, r#"{"motion":true}"#), moved);
    }

    #[test]
    fn any_gateway_may_speak_for_a_device() {
        let topics: Vec<_> = source(None).lines().into_iter().map(|line| line.topic).collect();
        assert_eq!(topics, ["home/+/LWT", "home/+/BTtoMQTT/A4C138012345"]);
        for topic in ["home/OMG_ESP32/LWT", "home/OMG_ESP32/BTtoMQTT/A4C138012345"] {
            assert_eq!(source(None).gateway(topic), Some("OMG_ESP32"));
        }
    }
}
