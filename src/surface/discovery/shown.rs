//! The entities that are looked at, and the values that can be changed.

use serde_json::{Value, json};

use super::Entity;
use super::entities::{Room, object, slug};
use crate::model::Quantity;
use crate::plan::{Setting, Units};
use crate::speech::Label;

/// °F in a kelvin. Home Assistant shows a difference of temperatures, or a dose, in the unit in
/// which it is told, whatever the home's own (2026.11: `UnitSystem` converts neither).
const FAHRENHEIT: f64 = 1.8;

/// Whether a value of the state holds, as a binary sensor says it; null is unknown.
fn truth(path: &str) -> String {
    format!("{{{{ {{true: 'ON', false: 'OFF'}}.get(value_json.{path}, 'None') }}}}")
}

impl Room<'_> {
    /// The sentence is the state, as long as Home Assistant takes it; the data are its
    /// attributes.
    pub(super) fn reason(&self) -> Entity {
        let about = object(json!({
            "ic": "mdi:comment-question-outline",
            "val_tpl": "{{ (value_json.warmth.text or 'None')[:255] }}",
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'warmth': value_json.warmth.text, 'why': \
                              value_json.warmth.reason, 'actuators': value_json.actuators | \
                              map(attribute='text') | list, 'advice': value_json.advice | \
                              map(attribute='text') | list} | tojson }}",
        }));
        self.entity("reason", "sensor", Label::Reason, about)
    }

    pub(super) fn in_bed(&self) -> Entity {
        let about = object(json!({
            "dev_cla": "occupancy",
            "val_tpl": "{{ {'occupied': 'ON', 'assumed': 'ON', 'empty': \
                        'OFF'}.get(value_json.bed.state, 'None') }}",
        }));
        self.entity("in_bed", "binary_sensor", Label::InBed, about)
    }

    /// Whose sides of the bed have sensors of their own: raw and at once. One sleeper alone
    /// is who is in bed.
    pub(super) fn sides(&self) -> Vec<Entity> {
        let sleepers = &self.bedroom.sleepers;
        let measured = |n: usize| {
            let own = |sensor: &&crate::plan::Sensor| sensor.sleeper == Some(n);
            let mut own = self.bedroom.sensors.iter().filter(own);
            own.any(|sensor| sensor.quantity == Quantity::Occupied)
        };
        let sides = sleepers.iter().enumerate().filter(|(n, _)| sleepers.len() > 1 && measured(*n));
        sides
            .map(|(n, sleeper)| {
                let about = object(json!({
                    "dev_cla": "occupancy",
                    "val_tpl": truth(&format!("sleepers[{n}].in_bed")),
                }));
                let key = format!("in_bed_{}", slug(&sleeper.name));
                let side = Label::Side(&sleeper.name);
                Self::of("in_bed", n, self.entity(&key, "binary_sensor", side, about))
            })
            .collect()
    }

    /// The soonest of all sleepers'; unknown while none can be foretold.
    pub(super) fn next_reminder(&self) -> Entity {
        let about = object(json!({
            "dev_cla": "timestamp",
            "val_tpl": "{{ value_json.next_reminder or 'None' }}",
            // What is silent says nothing of itself.
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'asked_no_more': value_json.sleepers | \
                              selectattr('asked_no_more', 'defined') | map(attribute='name') | \
                              list} | tojson }}",
        }));
        self.entity("next_reminder", "sensor", Label::NextReminder, about)
    }

    pub(super) fn problem(&self) -> Entity {
        let about = object(json!({
            "dev_cla": "problem",
            "ent_cat": "diagnostic",
            "val_tpl": "{{ 'ON' if value_json.faults else 'OFF' }}",
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'text': value_json.faults | map(attribute='text') | \
                              join(' '), 'problems': value_json.faults | \
                              map(attribute='text') | list} | tojson }}",
        }));
        self.entity("problem", "binary_sensor", Label::Problem, about)
    }

    pub(super) fn drunk(&self) -> Vec<Entity> {
        let one = |(n, name): (usize, &str)| {
            let about = object(json!({
                "dev_cla": "volume",
                "unit_of_meas": "mL",
                "stat_cla": "total_increasing",
                "sug_dsp_prc": 0,
                "ic": "mdi:cup-water",
                "val_tpl": format!("{{{{ value_json.sleepers[{n}].drunk_ml }}}}"),
            }));
            let key = format!("drunk_{}", slug(name));
            Self::of("drunk", n, self.entity(&key, "sensor", Label::Drunk(name), about))
        };
        let names = self.bedroom.sleepers.iter().map(|sleeper| sleeper.name.as_str());
        names.enumerate().map(one).collect()
    }

    /// What only some want to see.
    pub(super) fn measured(&self) -> Vec<Entity> {
        let sensor = |key, what, about| self.hidden(key, "sensor", what, object(about));
        let temperature = |path: &str| {
            json!({
                "dev_cla": "temperature",
                "unit_of_meas": "°C",
                "stat_cla": "measurement",
                "sug_dsp_prc": 1,
                "val_tpl": format!("{{{{ value_json.{path} }}}}"),
            })
        };
        vec![
            sensor("dose", Label::Dose, self.dose()),
            sensor("deficit", Label::Deficit, self.deficit()),
            sensor("dew_point", Label::DewPoint, temperature("air.dew_point")),
            sensor(
                "in_bed_time",
                Label::InBedTime,
                json!({
                    "dev_cla": "duration",
                    "unit_of_meas": "min",
                    "stat_cla": "total_increasing",
                    "sug_dsp_prc": 0,
                    "ic": "mdi:bed-clock",
                    "val_tpl": "{{ value_json.night.occupied_min }}",
                }),
            ),
            sensor(
                "last_cramp",
                Label::LastCramp,
                json!({
                    "dev_cla": "timestamp",
                    "val_tpl": "{{ value_json.last_cramp or 'None' }}",
                }),
            ),
            sensor(
                "bed_humidity",
                Label::BedHumidity,
                json!({
                    "dev_cla": "humidity",
                    "unit_of_meas": "%",
                    "stat_cla": "measurement",
                    "sug_dsp_prc": 0,
                    "val_tpl": "{{ value_json.bed.skin_humidity }}",
                }),
            ),
        ]
    }

    fn dose(&self) -> Value {
        json!({
            "unit_of_meas": self.dose_unit(),
            "stat_cla": "measurement",
            "sug_dsp_prc": 2,
            "ic": "mdi:thermometer-low",
            "val_tpl": format!("{{{{ {} }}}}", self.kelvins("warmth.dose")),
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": format!(
                "{{{{ {{'calls_for_heat_from': {}, 'highest_tonight': {}, 'night': {}}} | tojson }}}}",
                self.kelvins("warmth.dose_limit"),
                self.kelvins("night.dose_max"),
                self.kelvins("night.dose"),
            ),
        })
    }

    fn deficit(&self) -> Value {
        json!({
            "dev_cla": "temperature_delta",
            "unit_of_meas": if self.imperial() { "°F" } else { "K" },
            "stat_cla": "measurement",
            "sug_dsp_prc": 1,
            "val_tpl": format!(
                "{{{{ 'None' if value_json.warmth.deficit is none else {} }}}}",
                self.kelvins("warmth.deficit"),
            ),
        })
    }

    /// Yes or no, for automations.
    pub(super) fn judged(&self, heater: bool) -> Vec<Entity> {
        let binary = |key, what, about| self.hidden(key, "binary_sensor", what, object(about));
        let cold = json!({ "dev_cla": "cold", "val_tpl": truth("warmth.cold") });
        let stuffy = json!({
            "ic": "mdi:weather-windy",
            "val_tpl": truth("air.stuffy"),
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'advice': value_json.advice | map(attribute='text') | list} | \
                              tojson }}",
        });
        let mut all =
            vec![binary("cold", Label::Cold, cold), binary("stuffy", Label::Stuffy, stuffy)];
        if heater {
            all.push(binary(
                "heating",
                Label::Heating,
                json!({
                    "dev_cla": "running",
                    // One that is on is enough; off is only what all of them are.
                    "val_tpl": "{% set all = value_json.actuators | selectattr('kind', 'ne', \
                                'fan') | map(attribute='state') | list %}{{ 'ON' if 'on' in all \
                                or 'raised' in all else 'None' if 'unknown' in all else 'OFF' }}",
                }),
            ));
        }
        all
    }

    pub(super) fn setting(&self, setting: Setting) -> Entity {
        let key = setting.name();
        let told =
            |value: &str| format!("{{{{ {{'setting': '{key}', 'value': {value}}} | tojson }}}}");
        let mut about = object(json!({
            "ent_cat": "config",
            "cmd_t": self.topic("setting/set"),
        }));
        if let Some(icon) = icon(setting) {
            about.insert("ic".to_owned(), json!(icon));
        }
        let Some((least, most)) = setting.range() else {
            let template = format!("{{{{ 'ON' if value_json.settings.{key} else 'OFF' }}}}");
            about.insert("val_tpl".to_owned(), json!(template));
            about.insert("cmd_tpl".to_owned(), json!(told("value == 'ON'")));
            return self.hidden(key, "switch", Label::Setting(setting), about);
        };
        about.extend(object(json!({
            "val_tpl": format!("{{{{ value_json.settings.{key} }}}}"),
            "cmd_tpl": told("value"),
            "min": least,
            "max": most,
            "mode": "box",
        })));
        if setting == Setting::Dose && self.imperial() {
            let tenths = |kelvins: f64| libm::round(kelvins * FAHRENHEIT * 10.0) / 10.0;
            about.extend(object(json!({
                "val_tpl": format!(
                    "{{{{ (value_json.settings.{key} * {FAHRENHEIT}) | round(1) }}}}"
                ),
                "cmd_tpl": told(&format!("(value | float / {FAHRENHEIT}) | round(2)")),
                "min": tenths(least),
                "max": tenths(most),
            })));
        }
        about.extend(object(match setting {
            Setting::Dose => json!({ "unit_of_meas": self.dose_unit(), "step": 0.1 }),
            Setting::Stuffy => json!({ "dev_cla": "humidity", "unit_of_meas": "%", "step": 1 }),
            Setting::TooCold | Setting::Ceiling | Setting::TooWarm => {
                json!({ "dev_cla": "temperature", "unit_of_meas": "°C", "step": 0.5 })
            }
            Setting::Heating | Setting::Airflow | Setting::Reminders => json!({}),
        }));
        self.hidden(key, "number", Label::Setting(setting), about)
    }

    fn imperial(&self) -> bool {
        self.plan.units == Units::Imperial
    }

    fn dose_unit(&self) -> &'static str {
        if self.imperial() { "°F·h" } else { "K·h" }
    }

    /// A number of kelvins, or of kelvin-hours, of the state in the house's units, as a
    /// template's expression.
    fn kelvins(&self, path: &str) -> String {
        if self.imperial() {
            format!("(value_json.{path} * {FAHRENHEIT}) | round(3)")
        } else {
            format!("value_json.{path}")
        }
    }
}

/// Its icon, where its class has none that fits.
const fn icon(setting: Setting) -> Option<&'static str> {
    match setting {
        Setting::Heating => Some("mdi:radiator"),
        Setting::Airflow => Some("mdi:fan"),
        Setting::Reminders => Some("mdi:cup-water"),
        Setting::Dose => Some("mdi:thermometer-low"),
        Setting::TooCold | Setting::Ceiling | Setting::TooWarm | Setting::Stuffy => None,
    }
}
