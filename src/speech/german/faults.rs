//! What is wrong, what often causes it and what to do, and that it is right again.

use super::German;
use crate::engine::{Fault, Witness};
use crate::model::{ActuatorId, DeviceName, Place, Quantity, SensorId};
use crate::plan::{Control, Hazard, Kind};
use crate::wire::Device;

/// Zwei von uns, und keinem wird gehorcht.
const NAMESAKE: &str = "Auf diesem Broker spricht noch ein uncramp unter demselben Basis-Topic, und \
    beide schalten dieselben Geräte und widersprechen einander. Bitte eines davon anhalten oder ihm \
    ein eigenes „base_topic“ und eigene Geräte geben; auf welchem Rechner es läuft, steht im \
    Protokoll von uncramp.";

/// Wieder allein.
const ALONE: &str = "Unter diesem Basis-Topic spricht wieder nur ein uncramp.";

/// Vom Haus selbst.
const DISK: &str = "uncramp kann nicht speichern. Die Schlafzimmer werden trotzdem geregelt, und was man uncramp \
     sagt, wartet im Speicher; ein Neustart würde es vergessen. Oft ist der Datenträger voll oder die \
     Speicherkarte am Ende: Bitte nachsehen, wie viel Platz frei ist, und ins Protokoll von uncramp schauen.";

const SET_ASIDE: &str = "Etwas in den Aufzeichnungen von uncramp war beschädigt oder von einer anderen Version; es wurde \
     beiseitegelegt, nicht gelöscht, und neu begonnen. Das Protokoll von uncramp sagt, was. \
     Geschieht das wieder, bitte die Speicherkarte ersetzen.";

const WEAK_SUPPLY: &str = "Der Rechner, auf dem uncramp läuft, bekommt zu wenig Spannung: Das Netzteil oder sein Kabel ist \
     zu schwach. Er kann jederzeit stehen bleiben und dabei die Speicherkarte beschädigen. Bitte das \
     Netzteil nehmen, das für ihn gemacht ist, mit dessen eigenem Kabel.";

const CLOCK_NOT_SET: &str = "uncramp kann nicht erkennen, ob die Uhr seines Rechners stimmt, und so auch nicht, ob es Nacht ist: \
     Es gibt keine Erinnerungen und keine Frage am Morgen, und geheizt wird vielleicht zur falschen \
     Zeit. Bitte nachsehen, ob der Rechner ein Netz erreicht, das sie stellt (NTP, durch \
     systemd-timesyncd), oder ihm eine Uhr mit Batterie geben (RTC).";

const OLD_CONFIGURATION: &str = "Die Konfiguration von uncramp ist seit der letzten Änderung falsch; was vorher darin stand, gilt \
     weiter. Bitte „uncramp check“ aufrufen: Es sagt, was zu berichtigen ist. \
     Danach neu einlesen lassen: „sudo systemctl reload uncramp“.";

const UNTOLD: &str = "Was uncramp zu sagen hatte, kam nicht an. Bitte nachsehen, ob die Telefone und \
     Lautsprecher erreichbar sind, die in der Automation von Home Assistant stehen.";

fn left(device: DeviceName) -> String {
    format!(
        "„{}“ steht nicht mehr in der Konfiguration von uncramp. Es sollte aus sein, oder wie \
         vorher, und bestätigt das nicht: Vielleicht ist es noch an. Bitte nachsehen und es von \
         Hand ausschalten oder den Stecker ziehen. uncramp sagt es ihm weiter, bis es antwortet, \
         eine Woche lang.",
        device.as_str()
    )
}

fn no_longer_told(device: DeviceName) -> String {
    format!(
        "uncramp sagt „{}“ nicht mehr, dass es aus oder wie vorher sein soll: Es hat das \
         bestätigt, steht wieder in der Konfiguration oder hat eine Woche lang nicht \
         geantwortet.",
        device.as_str()
    )
}

impl German<'_> {
    pub(super) fn fault(&self, fault: Fault) -> String {
        let room = &self.context.room();
        match fault {
            Fault::Silent { sensor } => format!(
                "In „{room}“ ist der Sensor {} verstummt. Oft ist die Batterie leer oder die \
                 Verbindung weg: Bitte die Batterie wechseln oder den Sensor näher heranrücken. {}",
                self.sensor(sensor),
                self.without(sensor)
            ),
            Fault::Frozen { sensor } => format!(
                "In „{room}“ scheint der Sensor {} zu hängen: Er meldet immer wieder denselben Wert, \
                 und so ruhig ist kein Raum. Oft wiederholt eine Bridge einen alten Wert: Bitte \
                 den Sensor in der Hand wärmen und, wenn sein Wert nicht folgt, beide neu starten. \
                 Folgt er, dann bitte nachsehen, ob die Heizung warm wird. {}",
                self.sensor(sensor),
                self.without(sensor)
            ),
            Fault::Garbled { sensor } => format!(
                "In „{room}“ sendet der Sensor {} etwas, aber keine Messwerte. Oft startet gerade \
                 seine Bridge, oder der Sensor ist defekt: Bitte nachsehen, was unter {} ankommt. \
                 {}",
                self.sensor(sensor),
                self.topic(sensor),
                self.without(sensor)
            ),
            Fault::Disobeys { actuator, off: true } => self.stays_on(actuator),
            Fault::Disobeys { actuator, off: false } => self.stays_as_it_is(actuator),
            Fault::Unexplained { actuator } => format!(
                "In „{room}“ steht {} höher als uncramps Obergrenze, und niemand weiß, warum: \
                 Vielleicht war es uncramp selbst, bevor es sein Gedächtnis verlor. Bitte so \
                 einstellen, wie der Haushalt es möchte.",
                self.actuator(actuator)
            ),
            Fault::NoHeat { from_hour, to_hour } => format!(
                "In „{room}“ sollte in drei Nächten zwischen {from_hour:02}:00 und {to_hour:02}:00 \
                 geheizt werden, und es kam keine Wärme. Ruht der Kessel in diesen Stunden, dann \
                 bitte „available: {to_hour:02}:00-{from_hour:02}:00“ in die Konfiguration \
                 schreiben, und uncramp wärmt den Raum vorher; sonst bitte nachsehen, ob der \
                 Heizkörper heiß wird."
            ),
            Fault::BeddingHot { sensor } => format!(
                "Das Bett ist viel zu heiß, sagt der Sensor {}. Bitte die Decke zurückschlagen, \
                 die Bettheizung ausschalten und ihren Stecker ziehen.",
                self.sensor(sensor)
            ),
            Fault::Unrecorded { actuator } => format!(
                "In „{room}“ konnte uncramp nichts speichern und hat {} darum nicht eingeschaltet. \
                 Oft ist der Speicher voll oder die Speicherkarte abgenutzt: Bitte den freien \
                 Platz und das Protokoll von uncramp ansehen.",
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
            "In „{}“ ist vom Sensor {} nichts zu hören: Zigbee2MQTT hat kein Gerät namens {}. Bitte \
             in der Konfiguration den Namen so schreiben, wie er dort steht, oder die Adresse; \
             welcher am nächsten kommt, steht im Protokoll von uncramp. {}",
            self.context.room(),
            self.sensor(sensor),
            self.topic(sensor),
            self.without(sensor)
        )
    }

    fn unreachable(&self, actuator: ActuatorId) -> String {
        format!(
            "In „{}“ lässt sich {} nicht schalten: Zigbee2MQTT hat kein Gerät mit dem Namen, den die \
             Konfiguration nennt. Bitte den Namen so schreiben, wie er dort steht, oder die Adresse; \
             welcher am nächsten kommt, steht im Protokoll von uncramp.",
            self.context.room(),
            self.actuator(actuator)
        )
    }

    fn stays_as_it_is(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        let cause = match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Heater { hazard: Hazard::Radiator, control: Control::SetPoint { .. } }) => {
                "Oft ist die Batterie leer oder die Verbindung weg: Bitte die Batterie wechseln und \
                 nachsehen, ob die eigene App des Geräts es erreicht."
            }
            Some(Kind::Heater { control: Control::SetPoint { .. }, .. }) => {
                "Oft fehlt der Strom oder die Verbindung: Bitte nachsehen, ob es läuft und die \
                 eigene App des Geräts es erreicht."
            }
            Some(Kind::Heater { .. } | Kind::Fan { .. }) | None => {
                "Oft fehlt der Strom oder die Verbindung: Bitte nachsehen, ob der Stecker steckt und \
                 die eigene App des Geräts es erreicht."
            }
        };
        format!("In „{room}“ reagiert {name} nicht. {cause}")
    }

    fn stays_on(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Fan { .. }) => format!(
                "In „{room}“ sollte {name} ausgehen und bestätigt es nicht: Vielleicht läuft es noch. \
                 Bitte von Hand ausschalten und nachsehen, ob die Verbindung noch da ist."
            ),
            Some(Kind::Heater { hazard: Hazard::Radiator, control: Control::SetPoint { .. } }) => {
                format!(
                    "In „{room}“ sollte {name} zurückdrehen und bestätigt es nicht. Bitte den Heizkörper \
                     von Hand zurückdrehen und Batterie und Verbindung des Ventils prüfen."
                )
            }
            Some(Kind::Heater { control: Control::SetPoint { .. }, .. }) => format!(
                "In „{room}“ sollte {name} zurückdrehen und bestätigt es nicht. Bitte von Hand \
                 zurückdrehen und die Verbindung prüfen."
            ),
            Some(Kind::Heater { control: Control::Switch, .. }) | None => format!(
                "In „{room}“ sollte {name} ausgehen und bestätigt es nicht: Es kann noch an sein. Bitte \
                 von Hand ausschalten oder den Stecker ziehen. Vielleicht ist die Verbindung weg, oder das Relais klebt: \
                 Bitte nicht mehr benutzen, bis das geklärt ist."
            ),
        }
    }

    fn sticks(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        format!(
            "In „{room}“ meldet {name}, dass es aus ist, und trotzdem fließt Strom: Das Relais klebt. Bitte \
             den Stecker ziehen und nicht mehr benutzen."
        )
    }

    fn idle(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Fan { .. }) => format!(
                "In „{room}“ wurde {name} eingeschaltet und braucht keinen Strom: Der eigene \
                 Schalter ist aus, oder das Gerät wartet auf seine Fernbedienung. uncramp versucht \
                 es heute Nacht nicht noch einmal. Bitte so einstellen, dass es von selbst läuft, \
                 sobald die Steckdose angeht; läuft es doch, dann „idle_below: 0 W“ in die \
                 Konfiguration schreiben."
            ),
            Some(Kind::Heater { .. }) | None => format!(
                "In „{room}“ ist {name} an und braucht keinen Strom, obwohl es kalt ist: Der eigene \
                 Thermostat ist zurückgedreht, der eigene Schalter ist aus, oder der \
                 Überhitzungsschutz hat angesprochen. Bitte nachsehen."
            ),
        }
    }

    fn returns_on(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.room(), self.actuator(actuator));
        let setting = match self.context.actuator(actuator).map(|a| &a.device) {
            Some(Device::Zigbee2mqtt(_)) => {
                "Bitte in Zigbee2MQTT „power_on_behavior“ (bei manchen Geräten \
                 „power_outage_memory“) auf „off“ stellen."
            }
            Some(Device::Tasmota(_)) => "Bitte in seiner Konsole „PowerOnState 0“ eingeben.",
            Some(
                Device::Plain(_)
                | Device::Shelly(_)
                | Device::Esphome(_)
                | Device::HomeAssistant(_),
            )
            | None => "Bitte so einstellen, dass es aus bleibt.",
        };
        format!(
            "In „{room}“ kann {name} nach einem Stromausfall von selbst wieder angehen und heizen, \
             bevor uncramp da ist, um es auszuschalten. {setting}"
        )
    }

    fn no_rise(&self) -> String {
        let room = &self.context.room();
        format!(
            "In „{room}“ ist die Heizung seit zwei Stunden an, und es wurde nicht wärmer. Oft ist \
             ein Fenster offen, eine Sicherung draußen, der eigene Thermostat der Heizung \
             zurückgedreht, oder das Thermometer steht in einem anderen Zimmer. In einer sehr \
             kalten Nacht kann die Heizung auch zu schwach sein."
        )
    }

    fn disagree(&self, sensor: SensorId, with: Witness) -> String {
        let (room, sensor) = (&self.context.room(), self.sensor(sensor));
        let other = match with {
            Witness::EmptyBed(bed) => format!("{} im leeren Bett", self.sensor(bed)),
            Witness::Valve(valve) => format!("{} selbst", self.actuator(valve)),
        };
        format!(
            "In „{room}“ können der Sensor {sensor} und {other} nicht beide recht haben: Zwischen \
             ihnen liegen mehrere Grad. Oft liegt einer in der Sonne, steht neben etwas Warmem oder \
             wurde in ein anderes Zimmer getragen. uncramp richtet sich nach {sensor}: Bitte \
             nachsehen, wo er ist."
        )
    }

    fn fahrenheit(&self, sensor: SensorId) -> String {
        let (room, name) = (&self.context.room(), self.sensor(sensor));
        format!(
            "In „{room}“ sendet der Sensor {name} anscheinend °F und wird als °C gelesen. Bitte auf \
             °C umstellen oder in der Konfiguration „unit: °F“ dazuschreiben. {}",
            self.without(sensor)
        )
    }

    fn battery(&self, name: &str) -> String {
        let room = &self.context.room();
        format!("In „{room}“ ist die Batterie von {name} fast leer: Bitte bald wechseln.")
    }

    pub(super) fn healed(&self, fault: Fault) -> String {
        let room = &self.context.room();
        match fault {
            Fault::Silent { sensor } => {
                format!("In „{room}“ meldet sich der Sensor {} wieder.", self.sensor(sensor))
            }
            Fault::Frozen { sensor } => format!(
                "In „{room}“ bewegt sich der Wert des Sensors {} wieder.",
                self.sensor(sensor)
            ),
            Fault::Garbled { sensor } => {
                format!("In „{room}“ sendet der Sensor {} wieder Messwerte.", self.sensor(sensor))
            }
            Fault::Disobeys { actuator, off: true } => {
                let set_point = self.context.holds_a_set_point(actuator);
                let how = if set_point { "zurückgedreht" } else { "aus" };
                format!("In „{room}“ ist {} jetzt {how}.", self.actuator(actuator))
            }
            Fault::Disobeys { actuator, off: false } => {
                format!("In „{room}“ reagiert {} wieder.", self.actuator(actuator))
            }
            Fault::Unexplained { actuator } => {
                format!("In „{room}“ steht {} nicht mehr zu hoch.", self.actuator(actuator))
            }
            Fault::NoHeat { .. } => {
                format!("In „{room}“ kommt wieder Wärme, wenn geheizt werden soll.")
            }
            Fault::BeddingHot { sensor } => {
                format!("Das Bett ist nicht mehr zu heiß, sagt der Sensor {}.", self.sensor(sensor))
            }
            Fault::Unrecorded { .. } | Fault::Disk => "uncramp kann wieder speichern.".to_owned(),
            Fault::Sticks { actuator } => {
                format!("In „{room}“ fließt kein Strom mehr durch {}.", self.actuator(actuator))
            }
            Fault::Idle { actuator } => {
                format!("In „{room}“ braucht {} wieder Strom.", self.actuator(actuator))
            }
            Fault::ReturnsOn { actuator } => self.stays_off(&self.actuator(actuator)),
            Fault::NoRise => format!("In „{room}“ wärmt die Heizung wieder."),
            Fault::Disagree { .. } => {
                format!("In „{room}“ stimmen die Thermometer wieder überein.")
            }
            Fault::Fahrenheit { sensor } => {
                format!("In „{room}“ sendet der Sensor {} jetzt °C.", self.sensor(sensor))
            }
            Fault::SensorBattery { sensor } => {
                format!("In „{room}“ ist die Batterie von {} wieder gut.", self.sensor(sensor))
            }
            Fault::ActuatorBattery { actuator } => {
                format!("In „{room}“ ist die Batterie von {} wieder gut.", self.actuator(actuator))
            }
            Fault::UnknownSensor { sensor } => self.found(&self.sensor(sensor)),
            Fault::UnknownActuator { actuator } => self.found(&self.actuator(actuator)),
            Fault::Namesake => ALONE.to_owned(),
            Fault::SetAside => {
                "Die Aufzeichnungen von uncramp sind seit dem letzten Start in Ordnung.".to_owned()
            }
            Fault::WeakSupply => {
                "Der Rechner, auf dem uncramp läuft, hat seit einem Tag genug Spannung.".to_owned()
            }
            Fault::ClockNotSet => "uncramp weiß wieder, wie spät es ist.".to_owned(),
            Fault::OldConfiguration => {
                "Die Konfiguration von uncramp ist wieder richtig und gilt.".to_owned()
            }
            Fault::Untold => {
                "Es ist nichts mehr offen, was uncramp nicht weitersagen konnte.".to_owned()
            }
            Fault::Left { device } => no_longer_told(device),
        }
    }

    fn stays_off(&self, device: &str) -> String {
        format!("In „{}“ bleibt {device} nach einem Stromausfall jetzt aus.", self.context.room())
    }

    fn found(&self, device: &str) -> String {
        format!("In „{}“ kennt Zigbee2MQTT {device} jetzt.", self.context.room())
    }

    /// What uncramp does while a sensor is unknown.
    fn without(&self, sensor: SensorId) -> &'static str {
        let Some(sensor) = self.context.sensor(sensor) else {
            return "Bis dahin kommt uncramp ohne ihn aus.";
        };
        match (sensor.place, sensor.quantity) {
            (Place::Room, Quantity::Temperature) => {
                "Bis dahin heizt uncramp hier nicht: Geschaltete Heizungen bleiben aus, und \
                 Ventile halten die Einstellung des Haushalts."
            }
            (Place::Room | Place::Bed, Quantity::Humidity)
            | (Place::Bed, Quantity::Temperature) => {
                "Bis dahin beurteilt uncramp die Luft nach dem, was sonst gemessen wird."
            }
            (_, Quantity::Occupied) => {
                "Bis dahin gilt in den üblichen Schlafstunden, dass jemand im Bett liegt."
            }
            (_, Quantity::Open) => {
                "Bis dahin kann uncramp ein offenes Fenster nur vermuten, wenn die Temperatur \
                 steil fällt."
            }
            (_, Quantity::Co2) | (Place::Outdoors, Quantity::Temperature | Quantity::Humidity) => {
                "Bis dahin kommt uncramp ohne ihn aus."
            }
        }
    }
}
