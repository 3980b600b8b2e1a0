//! A commented configuration, written from answers.

use std::fmt::Write as _;

use super::answers::{Answers, Heater, Role, RoomIs, Use, topic_name};
use super::keys::{Keys, Put, quoted};
use super::{Candidate, Family, What};
use crate::plan::Units;
use crate::surface::Page;

/// So many letters a name has at most.
const LONGEST_NAME: usize = 64;

/// The configuration as a text. It is made to be read and changed by its owner.
#[must_use]
pub fn configuration(answers: &Answers) -> String {
    let mut page = Page(String::new());
    page.lines(
        0,
        "# uncramp, as `uncramp setup` wrote it. Change what you like; `uncramp check` reads it\n\
         # and says what is wrong or dangerous. Every key with its default stands in\n\
         # `man uncramp.yaml` and in docs/configuration.md.\n",
    );
    if let Some(zone) = &answers.timezone {
        page.line(0, &format!("timezone: {}", quoted(zone)));
    }
    if let Some(language) = &answers.language {
        page.line(0, &format!("language: {}", quoted(language)));
    }
    if answers.units == Units::Imperial {
        page.line(0, "units: imperial    # °F and fluid ounces, spoken, shown and read here");
    }
    if page.0.lines().last().is_some_and(|line| !line.is_empty()) {
        page.line(0, "");
    }
    broker(&mut page, answers);
    page.lines(0, "\nbedrooms:");
    page.line(1, &format!("{}:    # its name in topics, for good", answers.bedroom));
    if let Some(called) = &answers.called {
        page.line(2, &format!("name: {}    # what people call it", quoted(called)));
    }
    mode(&mut page, answers.watch);
    page.lines(2, "# The usual hours. Quiet hours are these and one more at each end.");
    page.line(2, &format!("sleep: {}", answers.sleep));
    people(&mut page, answers);
    sensors(&mut page, answers);
    actuators(&mut page, &answers.used);
    room_is(&mut page, answers);
    page.0
}

fn broker(page: &mut Page, answers: &Answers) {
    let broker = &answers.broker;
    if broker.supervised {
        page.lines(
            0,
            "# The broker that Home Assistant's Supervisor names, such as the app “Mosquitto\n\
             # broker”. For another one write instead, each on its line: `mqtt:`, and below it\n\
             # `host:`, `username:` and `password_file:`.\n\
             mqtt: supervisor",
        );
        return;
    }
    if broker.embedded {
        page.lines(
            0,
            "# The broker inside uncramp, for programs on this machine: at localhost:1883, unless\n\
             # `listen` says otherwise. For others too it takes `password_file`, which\n\
             # docs/configuration.md describes.",
        );
        if broker.port == 1883 {
            page.line(0, "mqtt: embedded");
        } else {
            let listen = quoted(&format!("127.0.0.1:{}", broker.port));
            page.lines(0, &format!("mqtt:\n  embedded:\n    listen: {listen}"));
        }
        return;
    }
    page.line(0, "mqtt:");
    page.line(1, &format!("host: {}", quoted(&broker.host)));
    if broker.port != if broker.tls { 8883 } else { 1883 } {
        page.line(1, &format!("port: {}", broker.port));
    }
    match &broker.ca_file {
        Some(file) => page.line(1, &format!("tls: {{ ca_file: {} }}", quoted(file))),
        None if broker.tls => page.line(1, "tls: true"),
        None => {}
    }
    if let Some(username) = &broker.username {
        page.line(1, &format!("username: {}", quoted(username)));
        match &broker.password_file {
            Some(file) => page.line(1, &format!("password_file: {}", quoted(file))),
            None => page.line(1, "# The password is the systemd credential mqtt-password."),
        }
    }
}

fn mode(page: &mut Page, watch: bool) {
    if watch {
        page.lines(
            2,
            "\n# uncramp only says what it would have done. Once `uncramp try` has shown that the\n\
             # devices obey, remove this line.\nmode: watch\n",
        );
    }
}

fn people(page: &mut Page, answers: &Answers) {
    if answers.people.baby {
        let ceiling = degrees(20, answers.units);
        page.lines(2, &format!("\n# A baby sleeps here too: never above {ceiling}.\nbaby: true"));
    }
    if answers.people.sleepers.is_empty() {
        return;
    }
    page.lines(
        2,
        "\n# Who sleeps here. From 65 years rooms are kept warmer. Advice about water stays\n\
         # silent until `conditions` is answered: [] for none.\nsleepers:",
    );
    for person in &answers.people.sleepers {
        let facts = Keys::default()
            .and_perhaps("born", person.born.map(i64::from))
            .and_perhaps("sex", person.sex);
        if facts.0.is_empty() && person.conditions.is_none() {
            page.line(3, &format!("{}: {{}}", quoted(&person.name)));
            continue;
        }
        page.line(3, &format!("{}:", quoted(&person.name)));
        for (key, put) in &facts.0 {
            page.line(4, &format!("{key}: {put}"));
        }
        let Some(conditions) = &person.conditions else { continue };
        page.line(4, &format!("conditions: [{}]", conditions.join(", ")));
        match answers.asked {
            Some((year, month)) => page.lines(
                4,
                &format!("conditions_confirmed: {year}-{month:02}    # asked again after a year"),
            ),
            None => page.line(
                4,
                "# conditions_confirmed:    # year and month, such as 2026-11: this machine's \
                 clock was not set",
            ),
        }
    }
}

fn sensors(page: &mut Page, answers: &Answers) {
    let used = &answers.used;
    let with = |role: Role| used.iter().filter(move |it| it.role == role);
    let measuring = [Role::Room, Role::Bed, Role::Outdoors, Role::InBed, Role::Window, Role::Co2];
    if !measuring.iter().any(|role| with(*role).next().is_some()) {
        return;
    }
    page.lines(2, "\n# What is measured.\nsensors:");
    for role in [Role::Room, Role::Bed, Role::Outdoors] {
        if let Some(it) = with(role).next() {
            page.about(3, &it.candidate);
            page.line(3, &format!("{}: {}", role.word(), climate(&it.candidate)));
        }
    }
    for (role, offers) in [
        (Role::InBed, &[What::Presence, What::Contact][..]),
        (Role::Window, &[What::Contact]),
        (Role::Co2, &[What::Co2]),
    ] {
        let blocks: Vec<(&Candidate, Keys)> = with(role)
            .filter_map(|it| {
                let offer = offers.iter().find_map(|what| it.candidate.offer(*what))?;
                let side = answers.sides.get(&it.candidate.name).filter(|_| role == Role::InBed);
                let keys = offer.keys.clone().and_perhaps("sleeper", side.map(String::as_str));
                Some((&it.candidate, keys))
            })
            .collect();
        match blocks.as_slice() {
            [] => {}
            [(candidate, keys)] => {
                page.about(3, candidate);
                page.line(3, &format!("{}: {keys}", role.word()));
            }
            several => {
                page.line(3, &format!("{}:", role.word()));
                for (candidate, keys) in several {
                    page.about(4, candidate);
                    page.line(4, &format!("- {keys}"));
                }
            }
        }
    }
}

/// A thermometer, perhaps with a hygrometer.
fn climate(candidate: &Candidate) -> Keys {
    let of = |what| candidate.offer(what).map(|offer| offer.keys.clone());
    let (Some(temperature), humidity) = (of(What::Temperature), of(What::Humidity)) else {
        return Keys::default();
    };
    let topic = temperature.0.iter().any(|(key, _)| key == "topic");
    let plain = !temperature.0.iter().any(|(key, _)| matches!(key.as_str(), "read" | "inverted"));
    match humidity {
        Some(humidity) if humidity == temperature && plain && !topic => temperature,
        Some(humidity) => Keys::default().and("temperature", temperature).and("humidity", humidity),
        None if topic => temperature,
        None if plain => temperature.and("measures", Put::List(vec!["temperature".to_owned()])),
        None => Keys::default().and("temperature", temperature),
    }
}

fn actuators(page: &mut Page, used: &[Use]) {
    let heats = |it: &&Use| matches!(it.role, Role::Heater(_));
    let heaters: Vec<&Use> = used.iter().filter(heats).collect();
    let fans: Vec<&Use> = used.iter().filter(|it| it.role == Role::Fan).collect();
    for (word, list) in [("heater", &heaters), ("fan", &fans)] {
        match list.as_slice() {
            [] => {}
            [one] => {
                page.line(0, "");
                page.about(2, &one.candidate);
                page.line(2, &format!("{word}:"));
                page.block(3, &actuator(one));
            }
            several => {
                page.lines(2, &format!("\n{word}s:"));
                let mut names = Vec::new();
                for it in several {
                    page.about(3, &it.candidate);
                    let name = key(&it.candidate.name, word, &names);
                    page.line(3, &format!("{name}:"));
                    page.block(4, &actuator(it));
                    names.push(name);
                }
            }
        }
    }
}

/// How it is reached, and what people call it where its device is called in words.
fn actuator(it: &Use) -> Keys {
    let name = Some(it.candidate.name.as_str()).filter(|name| reads_like_words(name));
    reached(it).and_perhaps("name", name)
}

/// Neither an address nor a name made for topics.
fn reads_like_words(name: &str) -> bool {
    let of_topics = |c: char| c.is_ascii_digit() || matches!(c, '_' | '/' | ':');
    let hexadecimal = name.chars().all(|c| c.is_ascii_hexdigit());
    let one_word = !name.contains(of_topics) && !hexadecimal;
    (name.contains(' ') || one_word) && (1..=LONGEST_NAME).contains(&name.chars().count())
}

fn reached(it: &Use) -> Keys {
    let keys = |list: &[What]| {
        let offer = list.iter().find_map(|what| it.candidate.offer(*what));
        offer.map(|offer| offer.keys.clone()).unwrap_or_default()
    };
    let Role::Heater(heater) = it.role else { return keys(&[What::Fan, What::Relay]) };
    let held = it.candidate.has(What::SetPoint);
    let head = Keys::default().and("kind", it.role.word());
    let head = match (heater, held) {
        (Heater::Radiator, false) => head.and("control", "switch").and("hot_water", true),
        (Heater::Panel, true) => head.and("control", "setpoint").and("fixed", true),
        (Heater::Panel, false) => head.and("fixed", true),
        (Heater::Radiator, true) | (Heater::HeatPump | Heater::Blanket | Heater::Portable, _) => {
            head
        }
    };
    let device = match heater {
        Heater::Blanket | Heater::Portable => keys(&[What::Relay]),
        Heater::Radiator | Heater::HeatPump | Heater::Panel => keys(&[What::SetPoint, What::Relay]),
    };
    head.followed_by(&device)
}

fn room_is(page: &mut Page, answers: &Answers) {
    let older = |person: &super::answers::Person| {
        let year = answers.asked.map(|(year, _)| year);
        person.born.zip(year).is_some_and(|(born, year)| year - born >= 65)
    };
    let (older_people, who) = (degrees(20, answers.units), degrees(18, answers.units));
    let text = match answers.room_is {
        RoomIs::Right => "\n# At night the room is right: it is kept within a degree of its usual \
                          bedtime\n# temperature.\ncold_exposure:\n  reference: usual"
            .to_owned(),
        // Older people get 20 °C by default, which is no help in a room that is too warm.
        RoomIs::TooWarm if answers.people.sleepers.iter().any(older) && !answers.people.baby => {
            format!(
                "\n# At night the room is too warm: not the {older_people} from 65 years on, but the \
                 {who} that\n# the WHO holds to be safe.\ncold_exposure:\n  reference: {who}"
            )
        }
        RoomIs::TooWarm | RoomIs::TooCold | RoomIs::Unsaid => return,
    };
    page.lines(2, &text);
}

/// Whole degrees Celsius as the house has them.
fn degrees(celsius: i32, units: Units) -> String {
    match (units, celsius * 18 + 320) {
        (Units::Metric, _) => format!("{celsius} °C"),
        (Units::Imperial, tenths) if tenths % 10 == 0 => format!("{} °F", tenths / 10),
        (Units::Imperial, tenths) => format!("{}.{} °F", tenths / 10, tenths % 10),
    }
}

/// A name fit for topics, unlike those that are taken.
fn key(called: &str, otherwise: &str, taken: &[String]) -> String {
    let name = topic_name(&called.replace('-', " ")).unwrap_or_else(|| otherwise.to_owned());
    let numbered = (2..).map(|n| format!("{name}_{n}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

impl Page {
    /// A block of keys, each on its line.
    fn block(&mut self, depth: usize, keys: &Keys) {
        for (key, put) in &keys.0 {
            self.line(depth, &format!("{key}: {put}"));
        }
    }

    /// Which device it is, for whoever reads an address or a name of long ago.
    fn about(&mut self, depth: usize, candidate: &Candidate) {
        let mut text = format!("# {}: ", candidate.name);
        if let Some(model) = &candidate.model {
            let written = write!(text, "{model}, ");
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        text.push_str(match candidate.family {
            Family::Zigbee2mqtt => "Zigbee ",
            Family::Tasmota => "Tasmota ",
            Family::Shelly => "Shelly ",
            Family::Esphome => "ESPHome ",
            Family::Theengs => "Bluetooth ",
            Family::HomeAssistant => "",
        });
        text.push_str(&super::clean(&candidate.address));
        self.line(depth, &text);
    }
}
