//! A page for Home Assistant: one view for each bedroom, with its own cards only.

use std::collections::BTreeMap;

use serde_json::json;

use super::{device_id, entities};
use crate::model::BedroomId;
use crate::plan::{Bedroom, Kind, Plan};
use crate::speech::{Label, OnPage, label, on_page};
use crate::surface::Page;

/// How it is installed: Home Assistant's own words, as its English pages show them.
const HEAD: &str = "\
# A page for Home Assistant, with built-in cards only, as `uncramp dashboard` makes it of a
# configuration. In Home Assistant: Settings, Dashboards, Add dashboard, New dashboard from scratch;
# open it, Edit, Raw configuration editor; paste this. Entities that were not enabled from the start
# show up on it once they are.
title: uncramp
views:
";

/// The page as YAML.
#[must_use]
pub fn dashboard(plan: &Plan) -> String {
    let mut page = Page(HEAD.to_owned());
    for (id, bedroom) in plan.ids().zip(&plan.bedrooms) {
        View::of(plan, id, bedroom).write(&mut page);
    }
    page.0
}

impl Page {
    fn card(&mut self, kind: &str, shown: &Shown, name: &str) {
        let name = quoted(name);
        self.lines(CARD, &format!("- type: {kind}\n  entity: {}\n  name: {name}", shown.id));
        self.while_there(CARD + 1, shown);
    }

    /// What waits to be enabled is left out until it is.
    fn while_there(&mut self, depth: usize, shown: &Shown) {
        if shown.hidden {
            let id = &shown.id;
            self.line(
                depth,
                &format!(
                    "visibility: [{{condition: state, entity: {id}, state_not: unavailable}}]"
                ),
            );
        }
    }
}

/// An entity of a bedroom.
#[derive(Clone)]
struct Shown {
    id: String,
    /// It is not there before somebody enables it.
    hidden: bool,
}

struct View<'p> {
    plan: &'p Plan,
    bedroom: &'p Bedroom,
    /// By their keys within the device.
    entities: BTreeMap<String, Shown>,
    /// The keys of what each sleeper has, by what it is and whose.
    keys: BTreeMap<(&'static str, usize), String>,
}

/// A card as wide as its section.
const FULL: &str = "grid_options: {columns: full}";

/// How deep the cards of a section stand.
const CARD: usize = 5;

impl<'p> View<'p> {
    fn of(plan: &'p Plan, id: BedroomId, bedroom: &'p Bedroom) -> Self {
        let device = device_id(plan, bedroom);
        let shown = |entity: super::Entity| {
            let id = format!("{}.{}", entity.platform, slug(&format!("{device}_{}", entity.key)));
            (entity.key, Shown { id, hidden: entity.hidden })
        };
        let all = entities::of(plan, id, bedroom);
        let keys = all.iter().filter_map(|it| Some((it.whose?, it.key.clone()))).collect();
        let entities = all.into_iter().map(shown).collect();
        Self { plan, bedroom, entities, keys }
    }

    fn write(&self, page: &mut Page) {
        page.line(1, &format!("- title: {}", quoted(&self.bedroom.shown())));
        page.lines(
            2,
            &format!("path: {}\nicon: mdi:bed\ntype: sections\nmax_columns: 3", self.bedroom.name),
        );
        self.badges(page);
        page.line(2, "sections:");
        self.tonight(page);
        self.said(page);
        self.nights(page);
    }

    fn badges(&self, page: &mut Page) {
        page.line(2, "badges:");
        let mut badge = |key: &str, name: Option<&str>, more: &str| {
            let Some(shown) = self.entities.get(key) else { return };
            page.line(3, &format!("- type: entity\n        entity: {}", shown.id));
            if let Some(name) = name {
                page.lines(4, &format!("name: {}\nshow_name: true", quoted(name)));
            }
            if !more.is_empty() {
                page.lines(4, more);
            }
            page.while_there(4, shown);
        };
        badge("in_bed", Some(&self.word(Label::InBed)), "icon: mdi:bed");
        for (n, sleeper) in self.bedroom.sleepers.iter().enumerate() {
            let Some(key) = self.keys.get(&("in_bed", n)) else { continue };
            badge(key, Some(&sleeper.name), "icon: mdi:bed-single");
        }
        badge("mode", Some("uncramp"), "");
        let problem = self.entities.get("problem").map_or("", |shown| &shown.id);
        badge("problem", None, &wrong(problem));
    }

    /// What is done now, and why.
    fn tonight(&self, page: &mut Page) {
        self.section(page, OnPage::Tonight, "mdi:weather-night");
        if let Some(warmth) = self.entities.get("warmth") {
            page.card("thermostat", warmth, &self.word(Label::Warmth));
            page.lines(
                CARD + 1,
                "show_current_as_primary: true\nfeatures:\n  - type: climate-hvac-modes\n    \
                 hvac_modes: [auto, heat, \"off\"]",
            );
        }
        if let Some(reason) = self.entities.get("reason") {
            page.lines(CARD, "- type: markdown\n  text_only: true\n  content: >-");
            page.lines(CARD + 2, &self.reasons(&reason.id));
        }
        if let Some(airflow) = self.entities.get("airflow") {
            page.card("tile", airflow, &self.word(Label::Airflow));
            page.line(CARD + 1, FULL);
            if self.has_levels() {
                page.line(CARD + 1, "features: [{type: fan-speed}]");
            }
        }
        if let Some(problem) = self.entities.get("problem") {
            let title = quoted(self.words(OnPage::Wrong));
            page.lines(
                CARD,
                &format!(
                    "- type: markdown\n  title: {title}\n  content: >-\n    {{% for text in \
                     state_attr('{id}', 'problems') or [] %}}\n    * {{{{ text }}}}\n\n    \
                     {{% endfor %}}\n  {}",
                    wrong(&problem.id),
                    id = problem.id
                ),
            );
        }
    }

    /// The reason in words, what the devices do, and what people could do.
    fn reasons(&self, reason: &str) -> String {
        let [devices, advice, idle, gone] =
            [OnPage::Devices, OnPage::Advice, OnPage::Undecided, OnPage::NotRunning]
                .map(|part| self.words(part));
        let warmth = self.word(Label::Warmth);
        format!(
            "{{% set about = states['{reason}'] %}}
{{% if about and about.state not in ['unknown', 'unavailable'] %}}
**{warmth}**: {{{{ about.attributes.warmth or '{idle}' }}}}

{{% for text in about.attributes.actuators or [] if text and text != about.attributes.warmth %}}
{{% if loop.first %}}**{devices}**:{{% endif %}} {{{{ text }}}}{{{{ '.' if loop.last else ';' }}}}
{{% endfor %}}

{{% for text in about.attributes.advice or [] %}}
{{% if loop.first %}}**{advice}**:{{% endif %}} {{{{ text }}}}
{{% endfor %}}
{{% else %}}
{gone}
{{% endif %}}"
        )
    }

    /// What people tell uncramp, and what it keeps of it.
    fn said(&self, page: &mut Page) {
        self.section(page, OnPage::SayIt, "mdi:gesture-tap");
        // What is pressed in pain, and what has a name in it, is not cut off.
        self.press(page, "cramp", &self.word(Label::Cramp), "red");
        page.line(CARD + 1, FULL);
        for (key, name) in self.of_each("drank", Label::Drank) {
            self.press(page, key, &name, "blue");
            if self.bedroom.sleepers.len() > 1 {
                page.line(CARD + 1, FULL);
            }
        }
        self.press(page, "pause", &self.word(Label::Pause), "indigo");
        for (key, name) in self.of_each("drunk", |one| one.map_or(Label::DrunkToday, Label::Drunk))
        {
            if let Some(shown) = self.entities.get(key) {
                page.card("tile", shown, &name);
            }
        }
        if let Some(next) = self.entities.get("next_reminder") {
            page.card("tile", next, &self.word(Label::NextReminder));
            page.line(CARD + 1, FULL);
        }
        for (key, name) in [("mode", "uncramp".to_owned()), ("house", self.word(Label::House))] {
            let Some(shown) = self.entities.get(key) else { continue };
            page.card("tile", shown, &name);
            page.lines(
                CARD + 1,
                "hide_state: true\nfeatures: [{type: select-options}]\n\
                 grid_options: {columns: full}",
            );
        }
    }

    fn nights(&self, page: &mut Page) {
        self.section(page, OnPage::Nights, "mdi:chart-line");
        page.lines(
            CARD,
            "- type: history-graph\n  hours_to_show: 48\n  grid_options: {columns: full}\n  entities:",
        );
        for (key, name) in
            [("warmth", Label::Warmth), ("airflow", Label::Airflow), ("in_bed", Label::InBed)]
        {
            if let Some(shown) = self.entities.get(key).filter(|shown| !shown.hidden) {
                let name = quoted(&self.word(name));
                page.line(CARD + 2, &format!("- {{entity: {}, name: {name}}}", shown.id));
            }
        }
        let drunk = self.of_each("drunk", |_| Label::DrunkToday).into_iter();
        let drunk: Vec<Shown> =
            drunk.filter_map(|(key, _)| self.entities.get(key)).cloned().collect();
        let Some(first) = drunk.first() else { return };
        let ids: Vec<&str> = drunk.iter().map(|shown| shown.id.as_str()).collect();
        page.lines(
            CARD,
            &format!(
                "- type: statistics-graph\n  title: {}\n  chart_type: bar\n  period: day\n  \
                 days_to_show: 7\n  stat_types: [change]\n  grid_options: {{columns: full}}\n  \
                 entities: [{}]",
                quoted(self.words(OnPage::DrunkADay)),
                ids.join(", ")
            ),
        );
        page.while_there(CARD + 1, first);
    }

    fn section(&self, page: &mut Page, heading: OnPage, icon: &str) {
        let heading = quoted(self.words(heading));
        page.lines(3, "- type: grid\n  cards:");
        page.line(CARD, &format!("- {{type: heading, heading: {heading}, icon: {icon}}}"));
    }

    /// A button, pressed by one tap.
    fn press(&self, page: &mut Page, key: &str, name: &str, color: &str) {
        let Some(shown) = self.entities.get(key) else { return };
        page.card("tile", shown, name);
        page.lines(CARD + 1, &format!("color: {color}\nhide_state: true"));
        for tap in ["tap_action", "icon_tap_action"] {
            page.lines(
                CARD + 1,
                &format!(
                    "{tap}:\n  action: perform-action\n  perform_action: button.press\n  \
                     target: {{entity_id: {}}}",
                    shown.id
                ),
            );
        }
    }

    /// The keys of something that each sleeper has, and the names, without the sleeper's
    /// where there is only one.
    fn of_each<'s>(
        &'s self,
        what: &'static str,
        named: impl Fn(Option<&'s str>) -> Label<'s>,
    ) -> Vec<(&'s str, String)> {
        let sleepers = &self.bedroom.sleepers;
        let several = sleepers.len() > 1;
        let of = |(n, name): (usize, &'s str)| {
            let key = self.keys.get(&(what, n))?;
            Some((key.as_str(), self.word(named(several.then_some(name)))))
        };
        let names = sleepers.iter().map(|sleeper| sleeper.name.as_str());
        names.enumerate().filter_map(of).collect()
    }

    fn has_levels(&self) -> bool {
        let fans = self.bedroom.actuators.iter().filter_map(|actuator| match &actuator.kind {
            Kind::Fan { speeds, .. } => Some(speeds.len()),
            Kind::Heater { .. } => None,
        });
        fans.take(1).any(|levels| levels > 1)
    }

    fn word(&self, what: Label<'_>) -> String {
        label(what, self.plan.language)
    }

    fn words(&self, part: OnPage) -> &'static str {
        on_page(part, self.plan.language)
    }
}

/// While something is not as it should be.
fn wrong(problem: &str) -> String {
    format!("visibility: [{{condition: state, entity: {problem}, state: \"on\"}}]")
}

/// As Home Assistant makes an entity's id of what it is asked for.
fn slug(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("_")
}

/// A text as YAML takes it: plain where nothing in it means something else.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(char::is_alphabetic)
        && text.ends_with(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || c == ' ')
        && !["yes", "no", "on", "off", "true", "false", "null", "y", "n"]
            .contains(&text.to_lowercase().as_str());
    if plain { text.to_owned() } else { json!(text).to_string() }
}
