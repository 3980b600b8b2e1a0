//! Bluetooth devices behind Theengs Gateway or OpenMQTTGateway.

use super::Site;
use super::family::Asked;
use crate::plan::section::Section;
use crate::wire::theengs::Source;

impl Site<'_> {
    pub(super) fn theengs_source(&mut self, section: &Section, asked: Asked<'_>) -> Option<Source> {
        let (place, key, base) = match section.block("theengs") {
            Some(block) => (block, "device", block.text("base")?),
            None => (section, "theengs", "home".to_owned()),
        };
        let written = place.text(key)?;
        let digits = written.chars().filter(|c| !matches!(c, ':' | '-'));
        let address: String = digits.map(|c| c.to_ascii_uppercase()).collect();
        if address.len() != 12 || !address.bytes().all(|b| b.is_ascii_hexdigit()) {
            let what = format!("`{written}` is no Bluetooth address");
            let hint = "write its twelve hexadecimal digits: `A4:C1:38:01:23:45`, or the last \
                        level of its topic";
            self.ledger.fault(place.at(key), &place.path_of(key), what, hint);
            return None;
        }
        let property = asked.read.map(str::to_owned);
        Some(Source { base, address, property, inverted: asked.inverted })
    }
}
