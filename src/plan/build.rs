//! From blocks that were read to the [`Plan`], with what only shows when they are seen
//! together.

mod bedroom;
mod bounds;
mod broker;
mod danger;
mod esphome;
mod family;
mod heaters;
mod home_assistant;
mod order;
mod plain;
mod rules;
mod sensors;
mod shelly;
mod statestream;
mod tasmota;
mod theengs;
mod zigbee2mqtt;

use super::complaint::quotable;
use super::keys::HOUSE;
use super::read::{Ledger, Reader};
use super::section::Section;
use super::tree::{Node, Spot, Tree};
use super::value::nearest;
use super::{Adjustment, Complaint, Language, Outside, Parsed, Plan, Units};
use crate::model::Zone;

/// What building needs besides the block at hand.
struct Site<'a> {
    ledger: Ledger,
    outside: &'a dyn Outside,
    /// Year and month, if the clock was ever set.
    today: Option<(i32, u32)>,
    zigbee2mqtt_base: String,
    /// uncramp's own.
    base_topic: String,
    /// The house's units are °F.
    imperial: bool,
}

/// Reads a text, with changes above it.
pub(super) fn build(
    text: &str,
    outside: &dyn Outside,
    changes: &[Adjustment],
) -> Result<Parsed, Vec<Complaint>> {
    let mut tree = Tree::read(text).map_err(|complaint| vec![complaint])?;
    let start = Spot { line: 1, column: 1, length: 1 };
    let mut ledger = Ledger::default();
    if !matches!(tree.node, Node::Map(_)) {
        let what = format!("the configuration is {}, not a block of keys", tree.kind());
        ledger.fault(start, "", what, "begin with `bedrooms:`");
        return Err(ledger.close());
    }
    tree.change(changes);
    let imperial = imperial(&tree);
    let house = Reader { ledger: &mut ledger, imperial }.block(&tree, &HOUSE, "", start);
    let mut site = Site {
        ledger,
        outside,
        today: outside.month(),
        zigbee2mqtt_base: house.text("zigbee2mqtt_base").unwrap_or_default(),
        base_topic: house.text("base_topic").unwrap_or_default(),
        imperial,
    };
    let parsed = site.house(&house);
    let complaints = site.ledger.close();
    if complaints.iter().any(|complaint| !complaint.warning) {
        return Err(complaints);
    }
    Ok(Parsed { warnings: complaints, ..parsed })
}

/// Known before anything else is read: what temperatures without a unit are in.
fn imperial(tree: &Tree) -> bool {
    let Node::Map(entries) = &tree.node else { return false };
    entries.iter().any(|(key, value)| {
        matches!((&key.node, &value.node), (Node::Scalar(key), Node::Scalar(value))
            if key == "units" && value.trim().eq_ignore_ascii_case("imperial"))
    })
}

/// The prefix below which Home Assistant is told of the bedrooms, and where it says that
/// it has started.
fn home_assistant(house: &Section) -> (Option<String>, String) {
    let block = house.vacant("home_assistant");
    let block = house.block("home_assistant").unwrap_or(&block);
    let told = block.flag("discovery") != Some(false);
    (block.text("prefix").filter(|_| told), block.text("birth").unwrap_or_default())
}

impl Site<'_> {
    fn house(&mut self, house: &Section) -> Parsed {
        let zone = self.zone(house);
        let base_topic = self.base_topic(house);
        let mqtt = self.broker(house);
        let bedrooms = self.bedrooms(house);
        let (discovery, birth) = home_assistant(house);
        let units =
            if house.word("units") == Some("imperial") { Units::Imperial } else { Units::Metric };
        Parsed {
            plan: Plan {
                zone,
                language: house.word("language").and_then(Language::of_tag).unwrap_or_default(),
                units,
                base_topic,
                hermes_home: house.text("hermes_home"),
                discovery,
                birth,
                bedrooms,
            },
            mqtt,
            store: house.text("store").map(Into::into),
            warnings: Vec::new(),
            today: self.today,
        }
    }

    fn zone(&mut self, house: &Section) -> Zone {
        let Some(name) = house.text("timezone") else {
            return self.outside.system_zone().unwrap_or_else(|| {
                if !house.has("timezone") {
                    let what = "the system does not say in which time zone it is";
                    let hint = "add `timezone:` with a name such as `Europe/Brussels`";
                    self.ledger.fault(house.spot, "timezone", what, hint);
                }
                Zone::utc()
            });
        };
        self.outside.zone(&name).unwrap_or_else(|| {
            let name = quotable(&name);
            let what = format!("`{name}` is no time zone that this system knows");
            let close = nearest(&name, COMMON_ZONES.iter().copied());
            let hint = close.map_or_else(
                || {
                    "use an IANA name such as `Europe/Brussels`; `timedatectl list-timezones` \
                     lists them, and Debian's package `tzdata` holds them"
                        .to_owned()
                },
                |close| format!("did you mean `{close}`?"),
            );
            self.ledger.fault(house.value_at("timezone"), "timezone", what, &hint);
            Zone::utc()
        })
    }

    fn base_topic(&mut self, house: &Section) -> String {
        let base = house.text("base_topic").unwrap_or_default();
        let spot = house.at("base_topic");
        let wrong = if base.starts_with('/') || base.ends_with('/') || base.contains("//") {
            Some("has an empty part")
        } else if base.starts_with('$') {
            Some("begins with `$`, which brokers keep for themselves")
        } else if base.contains(char::is_whitespace) {
            Some("holds a space")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let what = format!("`base_topic` {wrong}");
            self.ledger.fault(
                spot,
                "base_topic",
                what,
                "write it like `uncramp` or `home/uncramp`",
            );
        }
        if base == self.zigbee2mqtt_base {
            let what = "`base_topic` is Zigbee2MQTT's own";
            self.ledger.fault(spot, "base_topic", what, "give uncramp a topic of its own");
        }
        base
    }
}

/// Names to guess a misspelt one from; the system knows all the others.
const COMMON_ZONES: [&str; 30] = [
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Kyiv",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Oslo",
    "Europe/Paris",
    "Europe/Prague",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "UTC",
];
