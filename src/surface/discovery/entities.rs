//! The entities of a bedroom, the most useful first.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Entity, MOST_ENABLED};
use crate::engine::{Household, Want};
use crate::model::BedroomId;
use crate::plan::{Actuator, Bedroom, Control, Kind, Mode, Plan, Setting};
use crate::speech::{self, Choice, Label, label};
use crate::surface;

/// What a glass holds, mL.
const GLASS: i32 = 200;

/// For so many days one may be away.
const LONGEST_AWAY: u32 = 365;

/// A command that waited longer for its way is no longer meant, in seconds. Home Assistant
/// tells the broker so from 2026.6 on; before, it leaves the key out of account.
const COMMAND_FOR: u32 = 60;

/// What a bedroom offers. What belongs together is enabled together, the most useful first.
pub(super) fn of(plan: &Plan, id: BedroomId, bedroom: &Bedroom) -> Vec<Entity> {
    let room = Room { plan, id, bedroom };
    let heater = bedroom.actuators.iter().find(|actuator| warms(actuator));
    let fan = bedroom.actuators.iter().find(|actuator| !actuator.is_heater());
    let later = |mut entity: Entity| {
        entity.hidden = true;
        entity
    };
    let mut groups: Vec<Vec<Entity>> = Vec::new();
    groups.extend(heater.map(|heater| vec![room.warmth(heater)]));
    groups.extend(fan.map(|fan| vec![room.airflow(fan)]));
    groups.extend(
        [room.reason(), room.in_bed(), room.problem(), room.mode(), room.house()].map(|e| vec![e]),
    );
    groups.extend([vec![room.cramp()], room.drank(), vec![room.pause()], room.drunk()]);
    groups.extend([room.sides(), vec![room.next_reminder()], vec![room.said()]]);
    let drawn = [heater, fan].map(|actuator| actuator.map(|actuator| actuator.name.as_str()));
    let others = bedroom.actuators.iter().filter(|a| !drawn.contains(&Some(a.name.as_str())));
    let fitting = Setting::ALL.into_iter().filter(|setting| setting.fits(bedroom));
    let rest = [room.automatic(), room.away(), room.log()].into_iter();
    let rest =
        rest.chain(room.answers()).chain(room.measured()).chain(room.judged(heater.is_some()));
    let rest = rest.chain(others.map(|actuator| room.hold(actuator)));
    let rest = rest.chain(fitting.map(|setting| room.setting(setting)));
    groups.push(rest.map(later).collect());
    let mut all = enabled(groups);
    tell_apart(&mut all);
    all
}

/// As many groups as fit are enabled; of the others none.
fn enabled(groups: Vec<Vec<Entity>>) -> Vec<Entity> {
    let mut enabled = 0;
    let mut all = Vec::new();
    for mut group in groups {
        let shown = group.iter().filter(|entity| !entity.hidden).count();
        if enabled + shown > MOST_ENABLED {
            for entity in &mut group {
                entity.hidden = true;
            }
        } else {
            enabled += shown;
        }
        all.append(&mut group);
    }
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
    actuator.is_heater() && actuator.may_be_switched_on()
}

pub(super) struct Room<'p> {
    pub(super) plan: &'p Plan,
    pub(super) id: BedroomId,
    pub(super) bedroom: &'p Bedroom,
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
                "{{{{ 'off' if value_json.mode == 'off' else {{'on': 'heating', 'raised': \
                 'heating', 'off': 'idle', 'baseline': 'idle'}}.get(({it}).get('state'), 'None') \
                 }}}}"
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
            "stat_val_tpl": format!(
                "{{{{ {{'on': 'ON', 'off': 'OFF'}}.get(({it}).get('state'), 'None') }}}}"
            ),
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
                "pct_val_tpl": format!("{{{{ ({it}).get('level', 'None') }}}}"),
                "pct_cmd_t": self.topic("override/set"),
                "pct_cmd_tpl": format!(
                    "{{{{ {{'actuator': {}, 'want': value | int}} | tojson }}}}",
                    quoted(&fan.name)
                ),
            })));
        }
        self.entity("airflow", "fan", Label::Airflow, about)
    }

    fn mode(&self) -> Entity {
        let about = object(json!({
            "ic": "mdi:robot-outline",
            "cmd_t": self.topic("mode/set"),
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'paused_until': value_json.get('paused_until')} | tojson }}",
        }));
        let modes = [("auto", Mode::Auto), ("watch", Mode::Watch), ("off", Mode::Off)];
        let modes = modes.map(|(word, mode)| (word, Choice::Mode(mode)));
        self.select("mode", Label::Mode, &modes, "value_json.mode", about)
    }

    fn house(&self) -> Entity {
        let about = object(json!({
            "ic": "mdi:home-account",
            "cmd_t": self.topic("house/set"),
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'away_until': value_json.get('away_until')} | tojson }}",
        }));
        let houses = [
            ("home", Household::Home),
            ("away", Household::Away),
            ("guest", Household::Guest),
            ("baby", Household::Baby),
        ];
        let houses = houses.map(|(word, house)| (word, Choice::House(house)));
        self.select("house", Label::House, &houses, "value_json.house", about)
    }

    /// One tap beside the select: on is to decide and act; off is to watch, which hands
    /// everything back and goes on saying what it would have done.
    fn automatic(&self) -> Entity {
        let about = object(json!({
            "ic": "mdi:robot",
            "val_tpl": "{{ 'ON' if value_json.mode == 'auto' else 'OFF' }}",
            "stat_on": "ON",
            "stat_off": "OFF",
            "pl_on": "auto",
            "pl_off": "watch",
            "cmd_t": self.topic("mode/set"),
        }));
        self.entity("automatic", "switch", Label::Automatic, about)
    }

    /// Days from now on; nought is home again. Home Assistant has entities with a date since
    /// 2026.5 only, and an older one would refuse the whole device for one of them.
    fn away(&self) -> Entity {
        let about = object(json!({
            "ent_cat": "config",
            "ic": "mdi:bag-suitcase",
            "dev_cla": "duration",
            "unit_of_meas": "d",
            "min": 0,
            "max": LONGEST_AWAY,
            "step": 0.5,
            "mode": "box",
            "val_tpl": "{{ value_json.away_days }}",
            "cmd_t": self.topic("away/set"),
            "cmd_tpl": "{{ 'off' if value | float <= 0 else {'until': (((value | float) * 24) | \
                        round | int | string) + 'h'} | tojson }}",
            "json_attr_t": self.topic("state"),
            "json_attr_tpl": "{{ {'until': value_json.get('away_until')} | tojson }}",
        }));
        self.entity("away_for", "number", Label::AwayFor, about)
    }

    fn cramp(&self) -> Entity {
        self.button("cramp", Label::Cramp, "mdi:flash-alert", "cramp/set", "{}")
    }

    fn drank(&self) -> Vec<Entity> {
        let sleepers = &self.bedroom.sleepers;
        let glass = |(n, name): (usize, &str)| {
            let payload = json!({ "sleeper": name, "ml": GLASS }).to_string();
            let shown = (sleepers.len() > 1).then_some(name);
            let (key, icon) = (format!("drank_{}", slug(name)), "mdi:cup-water");
            let button = self.button(&key, Label::Drank(shown), icon, "drink/set", &payload);
            Self::of("drank", n, button)
        };
        sleepers.iter().map(|sleeper| sleeper.name.as_str()).enumerate().map(glass).collect()
    }

    fn pause(&self) -> Entity {
        self.button("pause", Label::Pause, "mdi:sleep", "pause/set", "tonight")
    }

    /// To what was said last.
    fn answers(&self) -> [Entity; 2] {
        [
            self.button("done", Label::Done, "mdi:check", "done/set", "{}"),
            self.button("snooze", Label::Snooze, "mdi:alarm-snooze", "snooze/set", "{}"),
        ]
    }

    /// Words of Home Assistant's own, spoken by uncramp's ways and at its hours.
    fn said(&self) -> Entity {
        let about = object(json!({
            "cmd_t": self.topic("say/set"),
            "ic": "mdi:account-voice",
        }));
        self.entity("say", "notify", Label::Say, about)
    }

    fn log(&self) -> Entity {
        let about = object(json!({
            "evt_typ": [
                "cramp", "no_cramp", "drink", "later", "announcement", "override", "watched",
                "refused",
            ],
            "stat_t": self.topic("event"),
            "ic": "mdi:notebook-outline",
        }));
        self.entity("log", "event", Label::Log, about)
    }

    /// An actuator that neither the thermostat nor the fan stands for.
    fn hold(&self, actuator: &Actuator) -> Entity {
        let it = actuator_json(actuator);
        let about = object(json!({
            "ent_cat": "config",
            "cmd_t": self.topic("override/set"),
        }));
        let wants = [("auto", Want::Auto), ("on", Want::On), ("off", Want::Off)].into_iter();
        // What can never happen is no choice.
        let wants = wants.filter(|(_, want)| *want != Want::On || actuator.may_be_switched_on());
        let wants: Vec<_> = wants.map(|(word, want)| (word, Choice::Hold(want))).collect();
        let key = format!("hold_{}", slug(&actuator.name));
        let wanted_now = format!("({it}).get('wish', {{}}).get('want')");
        let now = format!("('on' if {wanted_now} == 'as_is' else {wanted_now} or 'auto')");
        let mut entity = self.select(&key, Label::Hold(actuator.shown()), &wants, &now, about);
        let word = format!("{}.get(value, value)", self.dictionary(&wants, true));
        entity.about.insert("cmd_tpl".to_owned(), json!(wanted(actuator, &word)));
        Entity { hidden: true, ..entity }
    }

    /// A choice among words: `now` is the template of the one that holds. People see and choose
    /// them in their language, and uncramp's own topics bear the words as they are.
    fn select(
        &self,
        key: &str,
        what: Label<'_>,
        words: &[(&str, Choice)],
        now: &str,
        mut about: Map<String, Value>,
    ) -> Entity {
        let shown = words.iter().map(|(_, choice)| speech::choice(*choice, self.plan.language));
        about.insert("ops".to_owned(), json!(shown.collect::<Vec<_>>()));
        let template = format!("{{{{ {}.get({now}, 'None') }}}}", self.dictionary(words, false));
        about.insert("val_tpl".to_owned(), json!(template));
        let template = format!("{{{{ {}.get(value, value) }}}}", self.dictionary(words, true));
        about.insert("cmd_tpl".to_owned(), json!(template));
        self.entity(key, "select", what, about)
    }

    /// From words to how they are shown, as a template's expression; or back.
    fn dictionary(&self, words: &[(&str, Choice)], back: bool) -> String {
        let pair = |(word, choice): &(&str, Choice)| {
            let shown = speech::choice(*choice, self.plan.language);
            let (from, to) = if back { (shown, *word) } else { (*word, shown) };
            format!("{}: {}", quoted(from), quoted(to))
        };
        let pairs: Vec<String> = words.iter().map(pair).collect();
        format!("{{{}}}", pairs.join(", "))
    }

    fn button(&self, key: &str, what: Label<'_>, icon: &str, topic: &str, press: &str) -> Entity {
        let about = json!({ "ic": icon, "cmd_t": self.topic(topic), "pl_prs": press });
        self.entity(key, "button", what, object(about))
    }

    pub(super) fn hidden(
        &self,
        key: &str,
        platform: &'static str,
        what: Label<'_>,
        about: Map<String, Value>,
    ) -> Entity {
        Entity { hidden: true, ..self.entity(key, platform, what, about) }
    }

    pub(super) fn entity(
        &self,
        key: &str,
        platform: &'static str,
        what: Label<'_>,
        mut about: Map<String, Value>,
    ) -> Entity {
        about.insert("name".to_owned(), json!(label(what, self.plan.language)));
        if about.keys().any(|key| key.ends_with("cmd_t")) {
            about.insert("msg_exp_int".to_owned(), json!(COMMAND_FOR));
        }
        Entity { key: key.to_owned(), platform, about, hidden: false, whose: None }
    }

    /// One of those that each sleeper has one of.
    pub(super) fn of(what: &'static str, sleeper: usize, entity: Entity) -> Entity {
        Entity { whose: Some((what, sleeper)), ..entity }
    }

    pub(super) fn topic(&self, what: &str) -> String {
        surface::topic(self.plan, self.id, what)
    }
}

/// The actuator's part of the state, as a template's expression.
fn actuator_json(actuator: &Actuator) -> String {
    let name = quoted(&actuator.name);
    format!("value_json.actuators | selectattr('name', 'eq', {name}) | first | default({{}})")
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
pub(super) fn slug(text: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    text.chars().map(fits).collect()
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}
