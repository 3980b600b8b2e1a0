//! The entities of a bedroom, the most useful first.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Entity;
use crate::model::BedroomId;
use crate::plan::{Actuator, Bedroom, Control, Hazard, Kind, Plan, Setting};
use crate::speech::{Label, label};
use crate::surface;

/// What a glass holds, mL.
const GLASS: i32 = 200;

/// What a bedroom offers.
pub(super) fn of(plan: &Plan, id: BedroomId, bedroom: &Bedroom) -> Vec<Entity> {
    let room = Room { plan, id, bedroom };
    let heater = bedroom.actuators.iter().find(|actuator| warms(actuator));
    let fan = bedroom.actuators.iter().find(|actuator| !actuator.is_heater());
    let mut all = Vec::new();
    all.extend(heater.map(|heater| room.warmth(heater)));
    all.extend(fan.map(|fan| room.airflow(fan)));
    all.extend([room.reason(), room.in_bed(), room.problem(), room.mode(), room.house()]);
    all.extend(room.touched());
    all.extend(room.drunk());
    all.extend(room.measured());
    all.extend(room.judged(heater.is_some()));
    let drawn = [heater, fan].map(|actuator| actuator.map(|actuator| actuator.name.as_str()));
    let others = bedroom.actuators.iter().filter(|a| !drawn.contains(&Some(a.name.as_str())));
    all.extend(others.map(|actuator| room.hold(actuator)));
    let fitting = Setting::ALL.into_iter().filter(|setting| setting.fits(bedroom));
    all.extend(fitting.map(|setting| room.setting(setting)));
    tell_apart(&mut all);
    all
}

/// Names that differ in nothing but accents would be one identifier.
fn tell_apart(entities: &mut [Entity]) {
    let mut known = BTreeSet::new();
    for entity in entities {
        let plain = entity.key.clone();
        let mut number = 2;
        while !known.insert(entity.key.clone()) {
            entity.key = format!("{plain}_{number}");
            number += 1;
        }
    }
}

/// A heater that uncramp may switch on.
fn warms(actuator: &Actuator) -> bool {
    match &actuator.kind {
        Kind::Heater { hazard, .. } => !matches!(hazard, Hazard::Portable),
        Kind::Fan { .. } => false,
    }
}

struct Room<'p> {
    plan: &'p Plan,
    id: BedroomId,
    bedroom: &'p Bedroom,
}

impl Room<'_> {
    /// A thermostat of ours beside one of the valve's own would make "set the bedroom to
    /// 20" ambiguous: it then waits to be enabled.
    fn warmth(&self, heater: &Actuator) -> Entity {
        let above = self.bedroom.cold_exposure.target_above;
        let (least, most) = Setting::TooCold.range().unwrap_or((12.0, 24.0));
        let most = (most + above.as_kelvins()).min(self.bedroom.cold_exposure.ceiling.as_celsius());
        let it = actuator_json(heater);
        let climate = matches!(heater.kind, Kind::Heater { control: Control::SetPoint { .. }, .. });
        let mut about = object(json!({
            "modes": ["auto", "heat", "off"],
            "mode_stat_tpl": format!(
                "{{% set w = ({it}).get('wish', {{}}).get('want') %}}{{{{ 'off' if w == 'off' or \
                 value_json.mode == 'off' else 'heat' if w else 'auto' }}}}"
            ),
            "mode_stat_t": self.topic("state"),
            "mode_cmd_t": self.topic("override/set"),
            "mode_cmd_tpl": format!(
                "{{{{ {{'actuator': {}, 'want': {{'auto': 'auto', 'heat': 'on', 'off': 'off'}}\
                 [value]}} | tojson }}}}",
                quoted(&heater.name)
            ),
            "act_t": self.topic("state"),
            "act_tpl": format!(
                "{{{{ 'off' if value_json.mode == 'off' else 'heating' if ({it}).get('state') in \
                 ['on', 'raised'] else 'idle' }}}}"
            ),
            "curr_temp_t": self.topic("state"),
            "curr_temp_tpl": "{{ value_json.air.temperature }}",
            "temp_stat_t": self.topic("state"),
            "temp_stat_tpl": "{{ value_json.warmth.target }}",
            "temp_cmd_t": self.topic("setting/set"),
            "temp_cmd_tpl": format!(
                "{{{{ {{'setting': 'too_cold', 'value': (value | float - {}) | round(2)}} | \
                 tojson }}}}",
                above.as_kelvins()
            ),
            "temp_unit": "C",
            "temp_step": 0.5,
            "min_temp": least + above.as_kelvins(),
            "max_temp": most,
            "pr_modes": ["away"],
            "pr_mode_stat_t": self.topic("state"),
            "pr_mode_val_tpl": "{{ 'away' if value_json.house == 'away' else 'none' }}",
            "pr_mode_cmd_t": self.topic("house/set"),
            "pr_mode_cmd_tpl": "{{ 'away' if value == 'away' else 'home' }}",
        }));
        if !Setting::TooCold.fits(self.bedroom) {
            about.remove("temp_cmd_t");
            about.remove("temp_cmd_tpl");
        }
        let entity = self.entity("warmth", "climate", Label::Warmth, about);
        Entity { hidden: climate, ..entity }
    }

    fn airflow(&self, fan: &Actuator) -> Entity {
        let it = actuator_json(fan);
        let mut about = object(json!({
            "stat_val_tpl": format!("{{{{ 'ON' if ({it}).get('state') == 'on' else 'OFF' }}}}"),
            "cmd_t": self.topic("override/set"),
            "cmd_tpl": wanted(fan, "{'ON': 'on', 'OFF': 'off'}[value]"),
            "pr_modes": ["auto"],
            "pr_mode_stat_t": self.topic("state"),
            "pr_mode_val_tpl": format!("{{{{ 'auto' if not ({it}).get('wish') else 'None' }}}}"),
            "pr_mode_cmd_t": self.topic("override/set"),
            "pr_mode_cmd_tpl": wanted(fan, "value"),
        }));
        if let Kind::Fan { speeds, .. } = &fan.kind
            && speeds.len() > 1
        {
            about.extend(object(json!({
                "spd_rng_min": 1,
                "spd_rng_max": speeds.len(),
                "pct_stat_t": self.topic("state"),
                "pct_val_tpl": format!("{{{{ ({it}).get('level') or 0 }}}}"),
                "pct_cmd_t": self.topic("override/set"),
                "pct_cmd_tpl": format!(
                    "{{{{ {{'actuator': {}, 'want': value | int}} | tojson }}}}",
                    quoted(&fan.name)
                ),
            })));
        }
        self.entity("airflow", "fan", Label::Airflow, about)
    }

    /// The sentence is the state, as long as Home Assistant takes it; the data are its
    /// attributes.
    fn reason(&self) -> Entity {
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

    fn in_bed(&self) -> Entity {
        let about = object(json!({
            "dev_cla": "occupancy",
            "val_tpl": "{{ {'occupied': 'ON', 'assumed': 'ON', 'empty': \
                        'OFF'}.get(value_json.bed.state, 'None') }}",
        }));
        self.entity("in_bed", "binary_sensor", Label::InBed, about)
    }

    fn problem(&self) -> Entity {
        let about = object(json!({
            "dev_cla": "problem",
            "ent_cat": "diagnostic",
            "val_tpl": "{{ 'ON' if value_json.faults else 'OFF' }}",
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'problems': value_json.faults | map(attribute='text') | list} \
                              | tojson }}",
        }));
        self.entity("problem", "binary_sensor", Label::Problem, about)
    }

    fn mode(&self) -> Entity {
        let about = object(json!({
            "ic": "mdi:robot-outline",
            "ops": ["auto", "watch", "off"],
            "val_tpl": "{{ value_json.mode }}",
            "cmd_t": self.topic("mode/set"),
        }));
        self.entity("mode", "select", Label::Mode, about)
    }

    fn house(&self) -> Entity {
        let about = object(json!({
            "ic": "mdi:home-account",
            "ops": ["home", "away", "guest", "baby"],
            "val_tpl": "{{ value_json.house }}",
            "cmd_t": self.topic("house/set"),
        }));
        self.entity("house", "select", Label::House, about)
    }

    /// What is pressed.
    fn touched(&self) -> Vec<Entity> {
        let sleepers = &self.bedroom.sleepers;
        let mut all =
            vec![self.button("cramp", Label::Cramp, "mdi:flash-alert", "cramp/set", "{}")];
        for sleeper in sleepers {
            let payload = json!({ "sleeper": &sleeper.name, "ml": GLASS }).to_string();
            let name = (sleepers.len() > 1).then_some(sleeper.name.as_str());
            let key = format!("drank_{}", slug(&sleeper.name));
            let icon = "mdi:cup-water";
            all.push(self.button(&key, Label::Drank(name), icon, "drink/set", &payload));
        }
        all.push(self.button("pause", Label::Pause, "mdi:sleep", "pause/set", "tonight"));
        let mut later = [
            self.button("done", Label::Done, "mdi:check", "done/set", "{}"),
            self.button("snooze", Label::Snooze, "mdi:alarm-snooze", "snooze/set", "{}"),
        ];
        for entity in &mut later {
            entity.hidden = true;
        }
        all.extend(later);
        let log = object(json!({
            "evt_typ": ["cramp", "drink", "announcement", "override", "refused"],
            "stat_t": self.topic("event"),
            "ic": "mdi:notebook-outline",
        }));
        all.push(self.hidden("log", "event", Label::Log, log));
        all
    }

    fn drunk(&self) -> Vec<Entity> {
        let one = |(n, name): (usize, &str)| {
            let about = object(json!({
                "dev_cla": "volume",
                "unit_of_meas": "mL",
                "stat_cla": "total_increasing",
                "val_tpl": format!("{{{{ value_json.sleepers[{n}].drunk_ml }}}}"),
            }));
            self.entity(&format!("drunk_{}", slug(name)), "sensor", Label::Drunk(name), about)
        };
        let names = self.bedroom.sleepers.iter().map(|sleeper| sleeper.name.as_str());
        names.enumerate().map(one).collect()
    }

    /// What only some want to see.
    fn measured(&self) -> Vec<Entity> {
        let sensor = |key, what, about| self.hidden(key, "sensor", what, object(about));
        let temperature = |path: &str| {
            json!({
                "dev_cla": "temperature",
                "unit_of_meas": "°C",
                "stat_cla": "measurement",
                "val_tpl": format!("{{{{ value_json.{path} }}}}"),
            })
        };
        vec![
            sensor(
                "dose",
                Label::Dose,
                json!({
                    "unit_of_meas": "K·h",
                    "stat_cla": "measurement",
                    "ic": "mdi:thermometer-low",
                    "val_tpl": "{{ value_json.warmth.dose }}",
                }),
            ),
            sensor(
                "deficit",
                Label::Deficit,
                json!({
                    "dev_cla": "temperature_delta",
                    "unit_of_meas": "K",
                    "stat_cla": "measurement",
                    "val_tpl": "{{ 'None' if value_json.air.temperature is none else \
                                [value_json.warmth.reference - value_json.air.temperature, 0] | \
                                max | round(2) }}",
                }),
            ),
            sensor("dew_point", Label::DewPoint, temperature("air.dew_point")),
            sensor(
                "in_bed_time",
                Label::InBedTime,
                json!({
                    "dev_cla": "duration",
                    "unit_of_meas": "min",
                    "stat_cla": "measurement",
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
                    "val_tpl": "{{ value_json.bed.skin_humidity }}",
                }),
            ),
        ]
    }

    /// Yes or no, for automations.
    fn judged(&self, heater: bool) -> Vec<Entity> {
        let truth = |key, what, about| self.hidden(key, "binary_sensor", what, object(about));
        let mut all = vec![
            truth(
                "cold",
                Label::Cold,
                json!({
                    "dev_cla": "cold",
                    "val_tpl": "{{ 'None' if value_json.air.temperature is none else 'ON' if \
                                value_json.air.temperature < value_json.warmth.reference else \
                                'OFF' }}",
                }),
            ),
            truth(
                "stuffy",
                Label::Stuffy,
                json!({
                    "ic": "mdi:weather-windy",
                    "val_tpl": "{{ 'ON' if value_json.advice else 'OFF' }}",
                }),
            ),
        ];
        if heater {
            all.push(truth(
                "heating",
                Label::Heating,
                json!({
                    "dev_cla": "running",
                    "val_tpl": "{{ 'ON' if value_json.actuators | selectattr('kind', 'ne', \
                                'fan') | selectattr('state', 'in', ['on', 'raised']) | list \
                                else 'OFF' }}",
                }),
            ));
        }
        all
    }

    /// An actuator that neither the thermostat nor the fan stands for.
    fn hold(&self, actuator: &Actuator) -> Entity {
        let it = actuator_json(actuator);
        let about = object(json!({
            "ent_cat": "config",
            "ops": ["auto", "on", "off"],
            "val_tpl": format!(
                "{{% set w = ({it}).get('wish', {{}}).get('want') %}}{{{{ 'on' if w == 'as_is' \
                 else w or 'auto' }}}}"
            ),
            "cmd_t": self.topic("override/set"),
            "cmd_tpl": wanted(actuator, "value"),
        }));
        let key = format!("hold_{}", slug(&actuator.name));
        self.hidden(&key, "select", Label::Hold(&actuator.name), about)
    }

    fn setting(&self, setting: Setting) -> Entity {
        let key = setting.name();
        let told =
            |value: &str| format!("{{{{ {{'setting': '{key}', 'value': {value}}} | tojson }}}}");
        let mut about = object(json!({
            "ent_cat": "config",
            "cmd_t": self.topic("setting/set"),
        }));
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
        about.extend(object(match setting {
            Setting::Dose => json!({ "unit_of_meas": "K·h", "step": 0.1 }),
            Setting::Stuffy => json!({ "dev_cla": "humidity", "unit_of_meas": "%", "step": 1 }),
            Setting::TooCold | Setting::Ceiling | Setting::TooWarm => {
                json!({ "dev_cla": "temperature", "unit_of_meas": "°C", "step": 0.5 })
            }
            Setting::Heating | Setting::Airflow | Setting::Reminders => json!({}),
        }));
        self.hidden(key, "number", Label::Setting(setting), about)
    }

    fn button(&self, key: &str, what: Label<'_>, icon: &str, topic: &str, press: &str) -> Entity {
        let about = json!({ "ic": icon, "cmd_t": self.topic(topic), "pl_prs": press });
        self.entity(key, "button", what, object(about))
    }

    fn hidden(
        &self,
        key: &str,
        platform: &'static str,
        what: Label<'_>,
        about: Map<String, Value>,
    ) -> Entity {
        Entity { hidden: true, ..self.entity(key, platform, what, about) }
    }

    fn entity(
        &self,
        key: &str,
        platform: &'static str,
        what: Label<'_>,
        mut about: Map<String, Value>,
    ) -> Entity {
        about.insert("name".to_owned(), json!(label(what, self.plan.language)));
        Entity { key: key.to_owned(), platform, about, hidden: false }
    }

    fn topic(&self, what: &str) -> String {
        surface::topic(self.plan, self.id, what)
    }
}

/// The actuator's part of the state, as a template's expression.
fn actuator_json(actuator: &Actuator) -> String {
    format!("value_json.actuators | selectattr('name', 'eq', {}) | first", quoted(&actuator.name))
}

/// A command's template: this is wanted of the actuator.
fn wanted(actuator: &Actuator, want: &str) -> String {
    format!("{{{{ {{'actuator': {}, 'want': {want}}} | tojson }}}}", quoted(&actuator.name))
}

/// A text within a template.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A name as part of an identifier.
fn slug(text: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    text.chars().map(fits).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}
