//! What somebody is answered who said something aloud: one short sentence, or two.

use super::{Context, english, german};
use crate::engine::Household;
use crate::model::{Kelvins, Millilitres, Temperature, Time};
use crate::plan::Language;

/// What became of something said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A drink is noted.
    Drunk {
        /// Who drank, as an index into the bedroom's sleepers.
        sleeper: usize,
        /// How much.
        amount: Millilitres,
        /// What that makes today.
        today: Millilitres,
    },
    /// A cramp is noted.
    Cramp {
        /// Who had it, if that is known.
        sleeper: Option<usize>,
        /// When.
        when: When,
    },
    /// A night without one is noted.
    NoCramp {
        /// Whose, if that is known.
        sleeper: Option<usize>,
    },
    /// uncramp decides and acts, unless something keeps it.
    Acts {
        /// What keeps it.
        unless: Option<Idle>,
    },
    /// It only watches from now on.
    Watches,
    /// It is back, and only watches, as before.
    WatchesAgain,
    /// It does nothing from now on.
    Stopped,
    /// It leaves everybody alone until then, if it is known what time it is.
    Paused {
        /// Until when.
        until: Option<Time>,
    },
    /// This night is to be warmer or cooler, by so much more than before.
    Shifted {
        /// By how much; never zero.
        by: Kelvins,
        /// What keeps anything from coming of it.
        unless: Option<Idle>,
    },
    /// Warmer or cooler was wished for, and the room is warmer than that comes to.
    WarmEnough {
        /// The room.
        room: Temperature,
        /// Below which it is heated this night.
        below: Temperature,
    },
    /// It is as warm, or as cool, as it may be made.
    AtTheLimit {
        /// Warmer was wished for.
        warmer: bool,
        /// It is a baby's ceiling that it would be above.
        baby: bool,
        /// What keeps anything from coming of what was wished before.
        unless: Option<Idle>,
    },
    /// Who is in the house.
    House {
        /// Who.
        house: Household,
        /// Until when everybody is away, if that has an end.
        until: Option<Time>,
    },
    /// A reminder was followed.
    Done,
    /// A reminder comes later.
    Later,
}

/// When a cramp was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Just now.
    Now,
    /// In the night that was last, or is.
    LastNight,
    /// Earlier by day.
    Earlier,
}

/// What keeps uncramp from doing anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It is switched off.
    Off,
    /// It only watches.
    Watching,
    /// Peace was wished for, until then, if it is known what time it is.
    Paused(Option<Time>),
    /// Everybody is away.
    Away,
    /// It is not to warm the room.
    NotHeating,
    /// There is no heater that warms the room and that it may switch on.
    NoHeater,
    /// The room's temperature is not known (S1).
    NoTemperature,
    /// A window is open, or it looks so.
    Window {
        /// It was guessed from a steep fall.
        guessed: bool,
    },
    /// The boiler gives no heat before then, if it is known what time it is.
    NoHeat(Option<Time>),
    /// The heater must not be on beside a sleeper (S2, S4).
    BesideSleeper,
    /// The heater cannot be reached, or cannot be trusted.
    Fault,
    /// Somebody set the heater by hand.
    ByHand,
    /// The heater rests after a long stretch, until then, if it is known what time it is.
    Rests(Option<Time>),
    /// Nothing more happens before then, if it is known what time it is.
    NotBefore {
        /// From when.
        from: Option<Time>,
        /// Because it can be heard.
        heard: bool,
    },
    /// It was heard as often as it may be in one night.
    HeardEnough,
}

/// The answer, as it is spoken.
#[must_use]
pub fn answer(answer: &Answer, context: &Context) -> String {
    match context.language {
        Language::English => english::answer(answer, context),
        Language::German => german::answer(answer, context),
    }
}
