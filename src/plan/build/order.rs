//! Limits that must stand in an order.

use super::Site;
use crate::plan::section::Section;

/// Two keys of one block, the first of which must be the lower.
pub(super) struct Pair {
    pub(super) low: &'static str,
    pub(super) high: &'static str,
    pub(super) ends: Ends,
}

/// Whether two limits may be equal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// They must differ.
    Apart,
    /// They may be equal.
    MayMeet,
}

impl Site<'_> {
    /// Complains about every pair in the wrong order, where the second key written stands.
    pub(super) fn ordered(&mut self, section: &Section, pairs: &[Pair]) {
        for pair in pairs {
            let (Some(low), Some(high)) = (section.number(pair.low), section.number(pair.high))
            else {
                continue;
            };
            if low < high || (low == high && pair.ends == Ends::MayMeet) {
                continue;
            }
            let key = if section.has(pair.high) { pair.high } else { pair.low };
            let (shown_low, shown_high) =
                (section.show(pair.low, low), section.show(pair.high, high));
            let relation = match pair.ends {
                Ends::Apart => "must be below",
                Ends::MayMeet => "must not be above",
            };
            let what =
                format!("`{}` ({shown_low}) {relation} `{}` ({shown_high})", pair.low, pair.high);
            let hint = match (section.has(pair.low), section.has(pair.high)) {
                (true, true) => String::new(),
                (false, true) => format!("{shown_low} is the default of `{}`", pair.low),
                (true, false) => format!("{shown_high} is the default of `{}`", pair.high),
                (false, false) => continue,
            };
            self.ledger.fault(section.at(key), &section.path_of(key), what, &hint);
        }
    }
}
