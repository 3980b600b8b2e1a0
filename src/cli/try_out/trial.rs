//! The trials, one for each kind of actuator. Every one ends with the actuator as it was.

use std::fmt;

use super::bench::{Bench, Seen};
use crate::engine::{Announcement, Audience, Order, SpokenAt, Urgency, Words};
use crate::model::{BedroomId, Echo, Kelvins, Span, Switch, Temperature, Time, Wall, Watts};
use crate::plan::Plan;
use crate::speech;
use crate::surface;

/// S2: a heater is switched on for so long.
const ON_FOR: Span = Span::seconds(10);

/// It must not have gone off earlier than this: then somebody else did it.
const NOT_BEFORE: Span = Span::seconds(7);

/// S2: by then its own timer must have switched it off.
const OFF_BY: Span = Span::seconds(15);

/// S2: and it must still be off then, since some plugs toggle ten times too late.
const STILL_AT: Span = Span::seconds(150);

/// How long a device on the mains may take to answer.
const ANSWERS: Span = Span::seconds(10);

/// How long a valve may take, which sleeps to save its battery.
const WAKES: Span = Span::minutes(5);

/// How often a device is asked for its state while that matters.
const ASKED: Span = Span::seconds(2);

/// The same while only a surprise is waited for.
const ASKED_SELDOM: Span = Span::seconds(10);

/// How often an off is repeated until it is confirmed, and how many times.
const OFF_AGAIN: (Span, u8) = (Span::seconds(5), 12);

/// How far a valve's set-point is raised.
pub(super) const RAISED: Kelvins = Kelvins(100);

/// How long a speaker may take.
const SPEAKS: Span = Span::seconds(45);

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// S2: it switched itself off in time, and stayed off.
    TimerWorks,
    /// S2: its timer is of no use.
    TimerFails(TimerFault),
    /// It does as it is told; a timer of its own is not known.
    Obeys,
    /// It does not do, or does not report, what it is told.
    Disobeys,
    /// It was on, or held up, before anything was tried.
    Busy,
    /// Somebody else switched it meanwhile: nothing is proven.
    Disturbed,
    /// S4: a portable heater is never switched on; its off was tried.
    OffOnly,
    /// It was spoken.
    Spoken,
    /// Nobody said that it was spoken.
    Silent,
}

/// What is wrong with a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerFault {
    /// It did not switch off.
    StaysOn,
    /// It switched on by itself after it had been switched off.
    ComesOn,
}

/// What a trial found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The verdict.
    pub verdict: Verdict,
    /// The most that it drew while it was on, where it measures that.
    pub power: Option<Watts>,
    /// It is known to be off, or as it was before.
    pub ended: bool,
}

impl Verdict {
    /// Whether it is as it should be.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        match self {
            Self::TimerWorks | Self::Obeys | Self::OffOnly | Self::Spoken => true,
            Self::TimerFails(_) | Self::Disobeys | Self::Busy | Self::Disturbed | Self::Silent => {
                false
            }
        }
    }

    /// S2: what is known of its timer now.
    #[must_use]
    pub const fn timer(&self) -> Option<bool> {
        match self {
            Self::TimerWorks => Some(true),
            Self::TimerFails(_) => Some(false),
            Self::Obeys
            | Self::Disobeys
            | Self::Busy
            | Self::Disturbed
            | Self::OffOnly
            | Self::Spoken
            | Self::Silent => None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimerWorks => {
                "its own timer works: it went off by itself, and stayed off. A dead Pi or broker \
                 cannot leave it on."
            }
            Self::TimerFails(TimerFault::StaysOn) => {
                "its own timer does not work: it stayed on beyond its time and had to be switched \
                 off. uncramp will not rely on it, and an electric heater will not run while \
                 anybody is in bed."
            }
            Self::TimerFails(TimerFault::ComesOn) => {
                "its own timer is dangerous: it came on by itself after it had been switched off. \
                 uncramp will never use it, and an electric heater will not run while anybody is \
                 in bed."
            }
            Self::Obeys => "it does as it is told.",
            Self::Disobeys => {
                "it did not report what it was told to do. Is it powered, paired, and named as in \
                 the configuration?"
            }
            Self::Busy => "it is on already. Switch it off, and try again.",
            Self::Disturbed => {
                "somebody or something else switched it meanwhile, so that nothing is proven. \
                 Leave it alone for three minutes, and try again."
            }
            Self::OffOnly => {
                "it goes off when told to. A portable heater is never switched on by uncramp."
            }
            Self::Spoken => "it was spoken.",
            Self::Silent => {
                "nobody said that it was spoken. Did you hear it? Then the speaker's automation \
                 does not acknowledge; if not, nothing listens to announcements yet."
            }
        })
    }
}

/// What of a trial is told while it goes on.
pub(super) type Tell<'t> = &'t mut dyn FnMut(&str);

/// S2: on for ten seconds; with the device's own timer where it has one.
pub(super) async fn relay(
    bench: &mut Bench<'_>,
    level: Option<u8>,
    timer: bool,
    tell: Tell<'_>,
) -> Result<Found, String> {
    bench.ask();
    tell("asking whether it is on");
    let until = bench.now() + ANSWERS;
    if bench.echo(until, |echo| is_on(echo).is_some()).await?.and_then(is_on) == Some(true) {
        return Ok(Found { verdict: Verdict::Busy, power: None, ended: true });
    }
    let on = match level {
        Some(level) => Switch::Level(level),
        None => Switch::On { timer: timer.then_some(ON_FOR) },
    };
    let mut power = None;
    bench.will_undo(Switch::Off).await?;
    let verdict = switched(bench, on, timer, &mut power, tell).await;
    if matches!(verdict, Ok(Verdict::Disobeys)) {
        tell("it does not answer: telling it to go off, for a minute or until it says so");
    }
    // Whatever was seen, and even if nothing was: off, and said so.
    let ended = undo(bench).await;
    Ok(Found { verdict: verdict?, power, ended })
}

/// On, and all that must be seen before it is off again; with a timer twice.
async fn switched(
    bench: &mut Bench<'_>,
    on: Switch,
    timer: bool,
    power: &mut Option<Watts>,
    tell: Tell<'_>,
) -> Result<Verdict, String> {
    if timer && let Some(verdict) = off_before_its_time(bench, on, power, tell).await? {
        return Ok(verdict);
    }
    let began = bench.now();
    bench.tell(on);
    match watch_on(bench, began, timer, power, tell).await? {
        Some(verdict) => Ok(verdict),
        None => watch_timer(bench, began, power, tell).await,
    }
}

/// A lease is often ended by an off. A timer that ran on after it would toggle, and so
/// switch *on*; no maker documents that an off ends it.
async fn off_before_its_time(
    bench: &mut Bench<'_>,
    on: Switch,
    power: &mut Option<Watts>,
    tell: Tell<'_>,
) -> Result<Option<Verdict>, String> {
    let began = bench.now();
    bench.tell(on);
    let early = watch_on(bench, began, true, power, tell).await?;
    if early.is_some() {
        return Ok(early);
    }
    tell("switching it off before its time, and watching whether it stays off");
    if !off(bench).await {
        return Ok(Some(Verdict::Disobeys));
    }
    let until = began + OFF_BY;
    let back = asked(bench, until, ASKED, power, |seen| changed(seen, true)).await?;
    Ok(back.map(|seen| match seen {
        Seen::Meddled => Verdict::Disturbed,
        Seen::Echo(_) | Seen::Spoken { .. } => Verdict::TimerFails(TimerFault::ComesOn),
    }))
}

/// Waits until it is on, and without a timer until it has been on long enough. `None`
/// leaves it to its timer.
async fn watch_on(
    bench: &mut Bench<'_>,
    began: Time,
    timer: bool,
    power: &mut Option<Watts>,
    tell: Tell<'_>,
) -> Result<Option<Verdict>, String> {
    // A device says nothing of its own after an "on" with a timer, so that it is asked.
    match asked(bench, began + NOT_BEFORE, ASKED, power, |seen| changed(seen, true)).await? {
        None => return Ok(Some(Verdict::Disobeys)),
        Some(Seen::Meddled) => return Ok(Some(Verdict::Disturbed)),
        Some(Seen::Echo(_) | Seen::Spoken { .. }) => tell("it is on"),
    }
    if timer {
        return Ok(None);
    }
    let early = asked(bench, began + ON_FOR, ASKED, power, |seen| changed(seen, false)).await?;
    Ok(Some(if early.is_some() { Verdict::Disturbed } else { Verdict::Obeys }))
}

/// It is on by a timer: by 15 s it must be off by itself, at 150 s still.
async fn watch_timer(
    bench: &mut Bench<'_>,
    began: Time,
    power: &mut Option<Watts>,
    tell: Tell<'_>,
) -> Result<Verdict, String> {
    let gone = asked(bench, began + OFF_BY, ASKED, power, |seen| changed(seen, false)).await?;
    let in_time = match gone {
        Some(Seen::Meddled) => return Ok(Verdict::Disturbed),
        Some(Seen::Echo(_) | Seen::Spoken { .. }) if bench.now() < began + NOT_BEFORE => {
            return Ok(Verdict::Disturbed);
        }
        Some(Seen::Echo(_) | Seen::Spoken { .. }) => true,
        None => false,
    };
    if in_time {
        tell("it went off by itself; watching whether it stays off, for two minutes more");
    } else {
        tell("it is still on: switching it off, and watching whether it stays off");
        if !off(bench).await {
            return Ok(Verdict::TimerFails(TimerFault::StaysOn));
        }
    }
    let mut unused = None;
    // The last question is asked no earlier than that.
    let until = began + STILL_AT + ASKED_SELDOM;
    let back = asked(bench, until, ASKED_SELDOM, &mut unused, |seen| changed(seen, true)).await?;
    Ok(match (back, in_time) {
        (Some(Seen::Meddled), _) => Verdict::Disturbed,
        (Some(Seen::Echo(_) | Seen::Spoken { .. }), _) => Verdict::TimerFails(TimerFault::ComesOn),
        (None, true) => Verdict::TimerWorks,
        (None, false) => Verdict::TimerFails(TimerFault::StaysOn),
    })
}

/// S4: a portable heater is only ever switched off.
pub(super) async fn portable(bench: &mut Bench<'_>) -> Found {
    let ended = off(bench).await;
    let verdict = if ended { Verdict::OffOnly } else { Verdict::Disobeys };
    Found { verdict, power: None, ended }
}

/// One kelvin up, and back.
pub(super) async fn valve(bench: &mut Bench<'_>, tell: Tell<'_>) -> Result<Found, String> {
    let set_point = |echo| if let Echo::SetPoint(value) = echo { Some(value) } else { None };
    bench.ask();
    tell("waiting for its set-point: a valve that sleeps may take some minutes");
    let until = bench.now() + WAKES;
    let before = bench.echo(until, |echo| set_point(echo).is_some()).await?.and_then(set_point);
    let Some(before) = before else {
        return Ok(Found { verdict: Verdict::Disobeys, power: None, ended: true });
    };
    let up = before + RAISED;
    bench.will_undo(Switch::SetPoint(before)).await?;
    let raised = holds(bench, up).await;
    if let Ok(true) = raised {
        tell("it took that; putting it back");
    }
    let ended = undo(bench).await;
    let raised = raised?;
    let verdict = if raised && ended { Verdict::Obeys } else { Verdict::Disobeys };
    Ok(Found { verdict, power: None, ended })
}

/// Tells a valve a set-point. Returns whether it reports it.
async fn holds(bench: &mut Bench<'_>, value: Temperature) -> Result<bool, String> {
    bench.tell(Switch::SetPoint(value));
    let until = bench.now() + WAKES;
    let near = |echo| matches!(echo, Echo::SetPoint(it) if (it.0 - value.0).abs() <= 25);
    Ok(bench.echo(until, near).await?.is_some())
}

/// One sentence, by every way uncramp speaks.
pub(super) async fn voice(
    bench: &mut Bench<'_>,
    plan: &Plan,
    bedroom: BedroomId,
) -> Result<Found, String> {
    // Far from the numbers that a running uncramp counts up.
    let id = fastrand::u64(1 << 51..1 << 52);
    let announcement = Announcement {
        bedroom,
        id,
        // Words that ask for no answer; what is spoken is said beside them.
        words: Words::ConfirmConditions { sleeper: 0 },
        introduces: false,
        audience: Audience::Sleeper,
        place: SpokenAt::Bed,
        urgency: Urgency::Gentle,
        quiet: false,
        valid_until: Time::NEVER,
        order: Order::SendFirst,
    };
    let Some(room) = plan.bedroom(bedroom) else {
        return Err("there is no such bedroom".to_owned());
    };
    let said = speech::trying(room, plan.language);
    bench.say(surface::announce(plan, &announcement, &said, Wall::default()));
    if let Some(hermes) = surface::hermes(plan, &announcement, &said) {
        bench.say(hermes);
    }
    let until = bench.now() + SPEAKS;
    while let Some(seen) = bench.next(until).await? {
        if let Seen::Spoken { id: spoken, well } = seen
            && spoken == id
        {
            let verdict = if well { Verdict::Spoken } else { Verdict::Silent };
            return Ok(Found { verdict, power: None, ended: true });
        }
    }
    Ok(Found { verdict: Verdict::Silent, power: None, ended: true })
}

/// Makes it as it was, if anything was changed since. Returns whether it is known to be.
pub(super) async fn undo(bench: &mut Bench<'_>) -> bool {
    let mended = match bench.undo() {
        None => return true,
        Some(Switch::SetPoint(before)) => holds(bench, before).await == Ok(true),
        Some(
            Switch::Off
            | Switch::On { .. }
            | Switch::Level(_)
            | Switch::Feed(_)
            | Switch::OwnThermometer,
        ) => off(bench).await,
    };
    if mended {
        bench.undone().await;
    }
    mended
}

/// Off, again and again until it says so. Returns whether it did.
pub(super) async fn off(bench: &mut Bench<'_>) -> bool {
    for _ in 0..OFF_AGAIN.1 {
        bench.tell(Switch::Off);
        bench.ask();
        let until = bench.now() + OFF_AGAIN.0;
        let said = bench.echo(until, |echo| is_on(echo) == Some(false)).await;
        // A broken line is mended by itself; nothing is left on because of one.
        if matches!(said, Ok(Some(_))) {
            return true;
        }
    }
    false
}

/// Waits for something until then, asking the device again and again.
async fn asked(
    bench: &mut Bench<'_>,
    until: Time,
    every: Span,
    power: &mut Option<Watts>,
    wanted: impl Fn(Seen) -> bool,
) -> Result<Option<Seen>, String> {
    loop {
        let next = (bench.now() + every).min(until);
        while let Some(seen) = bench.next(next).await? {
            if let Seen::Echo(Echo::Power(watts)) = seen {
                *power = (*power).max(Some(watts));
            }
            if wanted(seen) {
                return Ok(Some(seen));
            }
        }
        if bench.now() >= until {
            return Ok(None);
        }
        bench.ask();
    }
}

/// It is on, or off, now; or somebody else had a hand in it.
fn changed(seen: Seen, on: bool) -> bool {
    match seen {
        Seen::Echo(echo) => is_on(echo) == Some(on),
        Seen::Meddled => true,
        Seen::Spoken { .. } => false,
    }
}

const fn is_on(echo: Echo) -> Option<bool> {
    match echo {
        Echo::Relay(on) => Some(on),
        Echo::Level(level) => Some(level > 0),
        Echo::Speed(_)
        | Echo::SetPoint(_)
        | Echo::OwnTemperature(_)
        | Echo::Power(_)
        | Echo::Running(_)
        | Echo::AfterPowerCut(_) => None,
    }
}
