//! What one sensor said, how long that counts, and how often it usually speaks.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::model::{Battery, Garble, Measured, Quantity, Span, Time, Value, Wall};
use crate::plan::{Occupancy, Readings};

/// The memory of one sensor.
///
/// ```text
///            reading                 silence too long, third garbled in a row,
/// unheard ──────────────▶ known ───────────────────────────────────────────────▶ unknown
///                          ▲                five minutes offline, frozen            │
///                          └──────── reading; after a freeze, another value ────────┘
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Sensing {
    /// The last accepted value and when it was measured.
    last: Option<(Value, Time)>,
    /// The last accepted value, also when it no longer counts: what a gateway repeats.
    said: Option<Value>,
    /// Since when it has said that without a break.
    same_since: Option<Time>,
    /// It said one value for too long to be measuring: since when.
    frozen_since: Option<Time>,
    /// When it last spoke, also if that no longer counts: its rhythm.
    heard: Option<Time>,
    /// What a retained message without a time of its own said: shown, never used.
    shown: Option<Value>,
    /// A value that jumped, waiting for the next one to agree.
    held: Option<Value>,
    /// When that was heard first.
    #[serde(default)]
    held_at: Option<Time>,
    /// Garbled messages in a row.
    garbled_row: u8,
    /// Garbled messages in all, and the last one.
    garbled: u32,
    garble: Option<Garble>,
    /// Values that were left out, since whatever started may merely have repeated them.
    #[serde(default)]
    repeated: u32,
    /// What was left out so, where nothing else was heard.
    #[serde(default)]
    left_out: Option<Value>,
    /// When that was measured, where it told: Unix milliseconds. What tells of no later time
    /// is the same once more.
    #[serde(default)]
    left_out_at: Option<i64>,
    /// Until when it may be what Home Assistant restored, as long as that has not said that it
    /// is back.
    #[serde(default)]
    restored_until: Option<Time>,
    offline_since: Option<Time>,
    /// When anything of its device last spoke, whatever of.
    #[serde(default)]
    alive: Option<Time>,
    /// The last word of its availability is that it is there.
    #[serde(default)]
    there: bool,
    /// That was said before the link was lost, and counts until then unless it is told again.
    #[serde(default)]
    told_again_by: Option<Time>,
    #[serde(default)]
    battery_low: bool,
    /// When it became unknown, or when it was first expected.
    lost: Option<Time>,
    /// Of when the value was that counted last, once it became unknown.
    #[serde(default)]
    last_known: Option<Time>,
    rhythm: Rhythm,
}

/// How often a sensor usually speaks: the longest silence of each half day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Rhythm {
    began: Option<Time>,
    longest: Span,
    /// Longest silences of the last half days, in seconds.
    kept: SmallVec<[u16; Rhythm::KEPT]>,
}

/// By what a sensor's value counts no longer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lives<'a> {
    pub(crate) readings: &'a Readings,
    pub(crate) occupancy: &'a Occupancy,
    /// Since when a switched heater has been on without a break.
    pub(crate) heated_since: Option<Time>,
    /// Until when everybody is, or was, away.
    pub(crate) away_until: Option<Time>,
}

/// What became of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// It counts, and was measured then.
    Fresh(Time),
    /// It changes nothing: held back, or too old.
    Not,
    /// It changes nothing: a gateway that has just started may merely have repeated it.
    Repeated,
}

/// How long a sensor may be offline before its value is unknown (S1).
const OFFLINE_FOR: Span = Span::minutes(5);
/// A measurement may lie so far ahead of our clock; one further ahead has no known age.
const CLOCKS_DIFFER: Span = Span::minutes(2);
/// Home Assistant is long since back where it has said something for so long, even if it
/// never says so.
const RESTORES_FOR: Span = Span::minutes(10);
/// What a broker keeps it tells within this of a new link.
const TOLD_AGAIN_WITHIN: Span = Span::minutes(1);
/// What is said again within this is one message delivered twice, as a broker may.
const SAME_MESSAGE: Span = Span::seconds(1);
/// S6: an empty bed of whose device nothing was heard for so long is not known to be empty. A mat
/// that speaks when somebody moves is silent while its sleeper is elsewhere: two nights are not
/// warmed for nobody, and no more than two are spent in the cold beside a mat that died.
const EMPTY_BED_LIVES: Span = Span::hours(48);
/// An open window likewise: what sleeps on a battery speaks once a day at least, and gateways
/// give it an hour more.
const OPEN_WINDOW_LIVES: Span = Span::hours(26);
/// So many garbled messages in a row make a fact unknown (S1).
const GARBLED_ROW: u8 = 3;
/// S1: a room that is heated and stands still for so many times the longest silence of
/// heated hours is not measured any more. On the recorded nights, which felt nothing of
/// the heat that was called for, a device that measures humidity too never stood still
/// for so long; for twice that silence once.
const STILL_HEATED: i64 = 3;
/// S1: a device whose temperature and humidity both stand still for so long is frozen, heated or
/// not: on the recorded nights they never did for more than three hours, and in whole degrees and
/// percent for less than a day.
const STILL_FOR: Span = Span::hours(24);

impl Sensing {
    /// Takes a reading in.
    pub(crate) fn read(
        &mut self,
        now: Time,
        value: Value,
        measured: Measured,
        repeats: bool,
        readings: &Readings,
        wall: Wall,
    ) -> Accepted {
        let dated = measured.dated();
        let at = match measured {
            Measured::WhenHeard => now,
            Measured::At(unix_ms) | Measured::Restored(unix_ms)
                if wall.synchronised && wall.time(unix_ms) <= now + CLOCKS_DIFFER =>
            {
                wall.time(unix_ms).min(now)
            }
            Measured::At(_) | Measured::Restored(_) | Measured::Unknown => {
                self.shown = Some(value);
                return Accepted::Not;
            }
        };
        self.garbled_row = 0;
        // Said again, for as long as anybody likes, it was measured no later.
        if dated.is_some() && dated <= self.left_out_at {
            return Accepted::Not;
        }
        let restored = matches!(measured, Measured::Restored(_))
            || self.restored_until.is_some_and(|until| now < until);
        if (repeats || restored) && self.may_be_repeated(value) {
            self.repeated = self.repeated.saturating_add(1);
            self.left_out = Some(value);
            self.left_out_at = dated;
            self.restored_until = self.restored_until.map(|until| until.min(now + RESTORES_FOR));
            return Accepted::Repeated;
        }
        let older = self.last.is_some_and(|(_, last)| at < last);
        if older || self.jumps(at, value, readings) {
            return Accepted::Not;
        }
        if let Some(heard) = self.heard.replace(at) {
            self.rhythm.note(at, at.since(heard));
        }
        let same = self.said == Some(value);
        if same && self.frozen_since.is_some() {
            return Accepted::Not;
        }
        // What was held back as a jump was said then already.
        let began = self.held_at.filter(|_| self.held == Some(value)).unwrap_or(at);
        self.same_since = self.same_since.filter(|_| same).or(Some(began));
        self.frozen_since = None;
        (self.last, self.said) = (Some((value, at)), Some(value));
        (self.held, self.held_at) = (None, None);
        self.shown = None;
        self.lost = None;
        // A device that speaks is not offline, whatever was said of it.
        self.offline_since = None;
        self.alive(at);
        Accepted::Fresh(at)
    }

    /// Whether whatever has just started may merely say again what it kept: the value last
    /// heard, or where nothing was heard, its first word, however often it says that. A first word
    /// of somebody in bed or of an open window is taken all the same: a mat says it once in a night,
    /// and what it leads to needs a temperature that was measured.
    fn may_be_repeated(&self, value: Value) -> bool {
        let said_once = matches!(value, Value::Occupied(true) | Value::Open(true));
        self.said.or(self.left_out).map_or(!said_once, |known| known == value)
    }

    /// Takes note of a message that is no reading. True for the first ever (S11).
    pub(crate) fn garble(&mut self, now: Time, garble: Garble) -> bool {
        self.garbled = self.garbled.saturating_add(1);
        self.garbled_row = self.garbled_row.saturating_add(1);
        self.garble = Some(garble);
        if self.garbled_row >= GARBLED_ROW {
            self.forget(now);
        }
        self.garbled == 1
    }

    /// Takes note of the sensor's availability.
    pub(crate) fn online(&mut self, now: Time, online: bool) {
        (self.there, self.told_again_by) = (online, None);
        self.offline_since = if online { None } else { self.offline_since.or(Some(now)) };
    }

    /// Something of its device spoke then.
    pub(crate) fn alive(&mut self, at: Time) {
        self.alive = self.alive.max(Some(at));
    }

    /// The link to the broker was lost: what that kept of its availability is told again, unless
    /// it kept nothing.
    pub(crate) fn link_up(&mut self, now: Time) {
        self.told_again_by = self.there.then_some(now + TOLD_AGAIN_WITHIN);
    }

    /// Takes note of Home Assistant, by which alone it is heard, going or coming back: it says
    /// what it restored before it says that it is back.
    pub(crate) fn courier(&mut self, online: bool) {
        self.restored_until = (!online).then_some(Time::NEVER);
    }

    /// Takes note of its battery.
    pub(crate) fn battery(&mut self, battery: Battery) {
        self.battery_low = battery.is_low(self.battery_low);
    }

    /// Its battery is nearly empty.
    pub(crate) const fn is_battery_low(&self) -> bool {
        self.battery_low
    }

    /// The value counts no longer.
    pub(crate) fn forget(&mut self, now: Time) {
        self.lost = self.lost.or(Some(now));
        self.last_known = self.last.take().map(|(_, at)| at).or(self.last_known);
        (self.held, self.held_at) = (None, None);
    }

    /// The value stands still for too long to be a measurement (S1).
    pub(crate) fn freeze(&mut self, now: Time) {
        self.frozen_since = self.same_since;
        self.forget(now);
    }

    /// Nobody listened for a while: nothing is known, which is no fault of the sensor.
    pub(crate) fn forget_gap(&mut self) {
        self.last_known = self.last.take().map(|(_, at)| at).or(self.last_known);
        (self.held, self.heard) = (None, None);
        (self.held_at, self.restored_until) = (None, None);
        (self.same_since, self.alive) = (None, None);
    }

    /// The value, as long as it counts.
    pub(crate) fn value(&self) -> Option<Value> {
        self.last.map(|(value, _)| value)
    }

    /// The value and when it was measured.
    pub(crate) const fn last(&self) -> Option<(Value, Time)> {
        self.last
    }

    /// What can be shown but not used.
    pub(crate) const fn shown(&self) -> Option<Value> {
        self.shown
    }

    /// Since when nothing is known.
    pub(crate) const fn lost(&self) -> Option<Time> {
        self.lost
    }

    /// Of when the last value was, if it counts no longer.
    pub(crate) fn last_known(&self) -> Option<Time> {
        self.last_known.filter(|_| self.last.is_none())
    }

    /// S1: since when it has said one and the same, if that is why nothing is known.
    pub(crate) const fn frozen(&self) -> Option<Time> {
        self.frozen_since
    }

    /// Garbled messages in all, and the last one.
    pub(crate) fn garbled(&self) -> (u32, Option<&Garble>) {
        (self.garbled, self.garble.as_ref())
    }

    /// Values that were left out as what a gateway repeats, in all.
    pub(crate) const fn repeated(&self) -> u32 {
        self.repeated
    }

    /// Whether the messages now are garbled.
    pub(crate) const fn is_garbled(&self) -> bool {
        self.garbled_row > 0
    }

    /// What it sends is no temperature of a room in °C, and one in °F.
    pub(crate) fn looks_like_fahrenheit(&self) -> bool {
        const ROOMS: std::ops::RangeInclusive<f64> = 50.0..=95.0;
        let sent = match &self.garble {
            Some(Garble::Implausible(sent)) if self.garbled_row > 0 => sent.parse().ok(),
            Some(_) | None => None,
        };
        sent.is_some_and(|sent: f64| ROOMS.contains(&sent))
    }

    /// Until when the value counts, if nothing more is heard. Where `tells_its_end` the broker
    /// is told when the very device goes, and as long as that did not happen its silence says
    /// nothing.
    pub(crate) fn counts_until(&self, lives: &Lives<'_>, tells_its_end: bool) -> Option<Time> {
        let (value, at) = self.last?;
        let alive = self.alive.map_or(at, |alive| alive.max(at));
        let there =
            (tells_its_end && self.there).then(|| self.told_again_by.unwrap_or(Time::NEVER));
        let silence = match value {
            Value::Occupied(true) => at + lives.occupancy.lives,
            // Who is away lies on no mat.
            Value::Occupied(false) => {
                let alone = lives.away_until.map_or(alive, |away| away.max(alive));
                (alone + EMPTY_BED_LIVES).max(there.unwrap_or(alone))
            }
            Value::Open(true) => (alive + OPEN_WINDOW_LIVES).max(there.unwrap_or(alive)),
            // A steep fall counts as an open window all the same.
            Value::Open(false) => Time::NEVER,
            Value::Temperature(_) | Value::Humidity(_) | Value::Co2(_) => {
                let readings = lives.readings;
                let usual = at + self.rhythm.limit(readings);
                lives
                    .heated_since
                    .map_or(usual, |on| usual.min(at.max(on) + readings.heated_silence))
            }
        };
        Some(self.offline_since.map_or(silence, |since| silence.min(since + OFFLINE_FOR)))
    }

    /// S1: when the room's thermometer counts as frozen if it goes on repeating its value.
    /// `beside` is what the same device measures too: as long as that moves, it lives.
    /// `warmed_since` is since when a switched heater has warmed the room.
    pub(crate) fn freezes_at(
        &self,
        beside: Option<&Self>,
        readings: &Readings,
        warmed_since: Option<Time>,
    ) -> Option<Time> {
        let own = self.last.and(self.same_since)?;
        let beside = beside.and_then(|beside| beside.last.and(beside.same_since));
        let still = beside.map_or(own, |beside| own.max(beside));
        let warmed = warmed_since.map(|on| still.max(on) + readings.heated_silence * STILL_HEATED);
        [warmed, beside.map(|_| still + STILL_FOR)].into_iter().flatten().min()
    }

    /// The silence after which the sensor counts as lost.
    pub(crate) fn limit(&self, readings: &Readings) -> Span {
        self.rhythm.limit(readings)
    }

    /// Since when its silence is a fault; `expected` is since when anything was. Its value
    /// counts no longer before that, by its own rhythm and while a heater is on. But a sensor
    /// that speaks when something changes falls into a slower rhythm where nothing does, such
    /// as in an empty house, and nobody is to be sent to it every hour until that is learned.
    pub(crate) fn silent_from(
        &self,
        quantity: Quantity,
        expected: Time,
        readings: &Readings,
    ) -> Option<Time> {
        if self.last.is_some() {
            return None;
        }
        // These speak when something happens: what never did is no fault.
        let quiet = match quantity {
            Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => None,
            Quantity::Occupied => Some(EMPTY_BED_LIVES),
            Quantity::Open if self.said == Some(Value::Open(true)) => Some(OPEN_WINDOW_LIVES),
            Quantity::Open => return None,
        };
        if let Some(lives) = quiet {
            return Some(self.lost?.max(self.alive? + lives));
        }
        let Some(lost) = self.lost else { return Some(expected + readings.most_silence) };
        let by_silence =
            self.garbled_row == 0 && self.offline_since.is_none() && self.frozen_since.is_none();
        let late = self.heard.filter(|_| by_silence).map(|heard| heard + readings.most_silence);
        Some(late.map_or(lost, |late| lost.max(late)))
    }

    /// Whether a value is too far from the last one to be believed at once.
    fn jumps(&mut self, at: Time, value: Value, readings: &Readings) -> bool {
        let (Some(limit), Value::Temperature(new)) = (readings.jump, value) else { return false };
        let Some((Value::Temperature(old), _)) = self.last else { return false };
        if (new - old).0.abs() <= limit {
            return false;
        }
        let agrees = matches!(self.held, Some(Value::Temperature(held))
            if (new - held).0.abs() <= limit);
        // The same message delivered twice is no second sample.
        if agrees {
            return self.held_at.is_some_and(|held| at.since(held) < SAME_MESSAGE);
        }
        (self.held, self.held_at) = (Some(value), Some(at));
        true
    }
}

impl Rhythm {
    /// Half days kept: a week.
    const KEPT: usize = 14;
    /// Half days before anything is concluded.
    const LEAST: usize = 6;
    const HALF_DAY: Span = Span::hours(12);

    fn note(&mut self, now: Time, silence: Span) {
        self.longest = self.longest.max(silence);
        let began = *self.began.get_or_insert(now);
        if now.since(began) >= Self::HALF_DAY {
            if self.kept.len() == Self::KEPT {
                self.kept.remove(0);
            }
            self.kept.push(u16::try_from(self.longest.as_seconds()).unwrap_or(u16::MAX));
            self.longest = Span::ZERO;
            self.began = Some(now);
        }
    }

    /// 2.2 × the usual longest silence: the third longest half day of the last week, so
    /// that neither an outage nor a lively day counts as usual.
    fn limit(&self, readings: &Readings) -> Span {
        if self.kept.len() < Self::LEAST {
            return readings.most_silence;
        }
        let mut longest = [0; 3];
        for mut silence in self.kept.iter().copied() {
            for place in &mut longest {
                if silence > *place {
                    std::mem::swap(place, &mut silence);
                }
            }
        }
        let usual = Span::seconds(i64::from(longest[2]));
        Span(usual.0 * 22 / 10).clamp(readings.least_silence, readings.most_silence)
    }
}
