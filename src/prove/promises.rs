//! What must hold in every night, one by one.
//!
//! The invariants of a bedroom daemon, and where each is held. Promises are watched by
//! `uncramp check --prove`; what takes a second engine, a broker or a process is a test
//! alone.
//!
//! | what always holds | held by |
//! |---|---|
//! | Heat is on only at a temperature that is known and fresh. | [`heat::KNOWN`] |
//! | A thermometer that stands still while it is heated is not believed. | [`heat::FROZEN`] |
//! | No heat at the ceiling, nor beside an open window. | [`heat::CEILING`], [`heat::WINDOW`] |
//! | A temperature that is lost ends it at that instant. | [`heat::ENDS_BLIND`], `properties/clocks` |
//! | Run times hold over restarts and jumps of the clock. | [`heat::STRETCH`], [`heat::REST`] |
//! | An "on" carries the device's own timer, and is renewed on fresh facts only. | [`heat::TIMER`], [`heat::KNOWN`] |
//! | A person's "off" leaves at once and first, from wherever it is said. | [`wishes::OFF_FROM_ANYWHERE`], [`wishes::OFF_BY_PERSON`], [`wishes::OFFS_FIRST`] |
//! | A blanket warms an empty bed; a portable heater is never switched on. | [`heat::BLANKET`], [`heat::BED_COOL`], [`heat::PORTABLE`] |
//! | Heat and direct air never fight. | [`air::NOT_BESIDE_HEAT`], [`air::NOT_CHILLING`] |
//! | Unknown is neither an empty nor an occupied bed. | [`heat::BESIDE_EMPTY_BED`], [`heat::SOMEBODY_TO_WARM`] |
//! | Nobody asleep is spoken to; so much a night, over restarts. | [`words::NOT_ASLEEP`], [`air::AUDIBLE`], [`words::ONCE_A_DAY`] |
//! | Who switched something by hand is obeyed until a stated end within a day. | [`wishes::YIELDS`], [`wishes::WITHIN_A_DAY`], [`wishes::WATCHING`] |
//! | A command said twice is the command. | [`wishes::SAID_TWICE`] |
//! | No late "on", no lost "off". | [`wishes::END_AND_REASON`], `daemon/outbox/tests` |
//! | After a gap offs come first, and nothing before a fresh fact. | [`heat::AFTER_GAP`] |
//! | Garbled input changes no fact, is counted, and logged once. | [`wishes::NONSENSE_ONCE`], `properties/wishes`, `dialects` |
//! | Late, early, split and merged looks decide the same. | `properties/sameness` |
//! | Jumps and changes of the clock cost no off and double no reminder. | `properties/clocks`, [`words::APART`], [`words::ONCE_A_DAY`] |
//! | Nothing but the configuration lifts a lock. | [`words::LOCKED`], [`heat::BEDDING_LOCKED`] |
//! | Messages of one second, in any order or twice, are the same picture. | `properties/faults` |
//! | The figures of a reason bear it out. | [`wishes::BORNE_OUT`] |
//! | A night cut anywhere goes on the same in another engine. | `properties/sameness`, `live` |
//! | Who wants it as hot as can be breaks none of these. | `properties/faults`, [`warmest`](super::warmest) |
//! | When faults stop, the bedroom is governed within a quarter of an hour. | `properties/faults` |

use super::play::Moment;
use crate::plan::Plan;

/// The promise is broken, in words, unless this holds.
macro_rules! ensure {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+));
        }
    };
}

pub mod air;
pub mod heat;
pub mod wishes;
pub mod words;

/// Something that must hold in every night.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    /// The rule of safety that it belongs to, and what it says.
    pub says: &'static str,
    /// It holds also where devices answer something else than what they are.
    pub despite_lies: bool,
    /// It holds also where what uncramp had written down is lost.
    pub despite_loss: bool,
    /// Begins to watch a night in the bedroom.
    pub(super) watch: fn(&Plan) -> Watch,
}

/// Sees every moment of one night, and says what broke the promise, if something did.
pub(super) type Watch = Box<dyn FnMut(&Moment<'_>) -> Result<(), String>>;

/// All of them, those first that keep a house from burning.
pub const ALL: [&Promise; 33] = [
    &heat::KNOWN,
    &heat::ENDS_BLIND,
    &heat::FROZEN,
    &heat::CEILING,
    &heat::WINDOW,
    &heat::STRETCH,
    &heat::REST,
    &heat::TIMER,
    &heat::BESIDE_EMPTY_BED,
    &heat::BLANKET,
    &heat::BED_COOL,
    &heat::PORTABLE,
    &heat::BEDDING_LOCKED,
    &heat::SOMEBODY_TO_WARM,
    &heat::AFTER_GAP,
    &wishes::OFFS_FIRST,
    &wishes::OFF_BY_PERSON,
    &wishes::OFF_FROM_ANYWHERE,
    &wishes::WITHIN_A_DAY,
    &wishes::YIELDS,
    &wishes::SAID_TWICE,
    &wishes::WATCHING,
    &wishes::END_AND_REASON,
    &wishes::BORNE_OUT,
    &wishes::NONSENSE_ONCE,
    &air::NOT_BESIDE_HEAT,
    &air::NOT_CHILLING,
    &air::AUDIBLE,
    &words::NOT_ASLEEP,
    &words::OWN_NUMBER,
    &words::LOCKED,
    &words::APART,
    &words::ONCE_A_DAY,
];

/// What is always watched: an engine that wants to be called again and again does nothing
/// else any more.
pub(super) const RESTS: Promise = Promise {
    says: "the engine comes to rest",
    despite_lies: true,
    despite_loss: false,
    watch: |_| Box::new(|_| Ok(())),
};
