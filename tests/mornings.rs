//! The morning's question over random weeks (S7, S9, S12): people lie down and get up, answer,
//! put off, tell unasked, leave; clocks jump, and uncramp restarts. `UNCRAMP_SEED=7` plays one
//! lot again.

mod support;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uncramp::engine::{Action, Engine, Event, Household, Outcome, Wish, Words};
use uncramp::model::{BedroomId, Heard, Hours, Item, Measured, SensorId, Span, Time, Value, Wall};
use uncramp::plan::Plan;

const BEDROOM: BedroomId = BedroomId(0);
const ROOM: &str = "sleep: 22:30-06:45\nsleepers: { anna: { born: 1980 }, ben: { born: 1980 } }\n\
    sensors:\n  in_bed: [{ topic: left, sleeper: anna }, { topic: right, sleeper: ben }]";

/// What really is, and what was asked and told.
struct Weeks {
    plan: Plan,
    engine: Engine,
    now: Time,
    in_bed: [bool; 2],
    /// When each side's sensor last spoke.
    seen: [Time; 2],
    /// The nights that each told of.
    told: Vec<(usize, NaiveDate)>,
    /// Of each sleeper and night: how often it was asked, and when last.
    asked: BTreeMap<(usize, NaiveDate), (u8, Time)>,
    /// Mornings since anybody's last answer, of each.
    unanswered: [u8; 2],
    put_off: [bool; 2],
    /// When each was last asked about another night than before.
    first: [Option<Time>; 2],
    last: Option<(Time, usize, u64)>,
    questions: usize,
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a seed to be tried again")]
fn who_is_asked_is_awake_and_is_asked_once_a_night_and_at_most_twice_again() {
    let given = std::env::var("UNCRAMP_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("UNCRAMP_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut questions = 0;
    for _ in 0..40 {
        let mut weeks = Weeks::new();
        let end = weeks.now + Span::hours(24 * 12);
        while weeks.now < end {
            let pause = Span::seconds(random.i64(1..4800));
            weeks.pass(weeks.now + pause);
            weeks.happen(&mut random);
        }
        questions += weeks.questions;
    }
    assert!(questions > 100, "only {questions} questions were asked");
}

impl Weeks {
    fn new() -> Self {
        let plan = support::plan_of(ROOM);
        let noon = NaiveDate::from_ymd_opt(2026, 3, 20).expect("a date").and_hms_opt(12, 0, 0);
        let offset = plan.zone.instant(noon.expect("noon"));
        let engine = Engine::new(plan.clone(), Wall { offset, synchronised: true }, Time::ZERO);
        Self {
            plan,
            engine,
            now: Time::ZERO,
            in_bed: [false; 2],
            seen: [Time::ZERO; 2],
            told: Vec::new(),
            asked: BTreeMap::new(),
            unanswered: [0; 2],
            put_off: [false; 2],
            first: [None; 2],
            last: None,
            questions: 0,
        }
    }

    fn hours(&self) -> Hours {
        Hours::around(self.now, self.plan.bedrooms[0].sleep, &self.plan.zone, self.engine.wall())
    }

    fn pass(&mut self, to: Time) {
        while let Some(wake) = self.engine.wake().filter(|wake| wake.at < to) {
            self.now = wake.at.max(self.now);
            self.handle(Event::Tick);
        }
        self.now = to;
    }

    fn happen(&mut self, random: &mut fastrand::Rng) {
        let hours = self.hours();
        let who = random.usize(..2);
        let last = self.last;
        match random.u8(..100) {
            0..50 => {
                // More or less as people sleep.
                let night = hours.asleep(self.now);
                self.in_bed[who] = if random.u8(..10) == 0 { !night } else { night };
                self.seen[who] = self.now;
                let sensor = SensorId(u8::try_from(who).expect("two sides"));
                let value = Value::Occupied(self.in_bed[who]);
                let item = Item::Reading { sensor, value, measured: Measured::WhenHeard };
                let heard = Heard { items: [item].into_iter().collect(), retained: false };
                self.handle(Event::Heard { bedroom: BEDROOM, heard });
            }
            50..56 => {
                let ago = Span::minutes(random.i64(0..600));
                let at = Time(self.now.0 - ago.0);
                let then = Hours::around(
                    at,
                    self.plan.bedrooms[0].sleep,
                    &self.plan.zone,
                    self.engine.wall(),
                );
                self.unanswered[who] = 0;
                if then.night(at) {
                    self.told.push((who, then.evening));
                }
                self.wish(Wish::Cramp { sleeper: Some(who), ago });
            }
            56..62 => {
                self.unanswered[who] = 0;
                self.told.push((who, hours.last_night(self.now)));
                self.wish(Wish::NoCramp { sleeper: Some(who), night: None });
            }
            62..76 => {
                if let Some((_, who, id)) = last {
                    (self.unanswered[who], self.put_off[who]) = (0, true);
                    self.wish(Wish::Postpone(id));
                }
            }
            76..80 => {
                if let Some((_, who, id)) = last {
                    self.unanswered[who] = 0;
                    let outcome = Outcome::Answered;
                    self.handle(Event::Announced { bedroom: BEDROOM, id, outcome });
                }
            }
            80..82 => self.wish(Wish::House(Household::Guest)),
            82..86 => self.wish(Wish::House(Household::Home)),
            86..88 => self.wish(Wish::Away(Some(self.now + Span::hours(9)))),
            88 => {
                // Which night was told of, a clock that jumps leaves open.
                self.told.clear();
                let wall = self.engine.wall();
                let offset = wall.offset + Span::minutes(random.i64(-1800..1800)).0;
                self.handle(Event::Clock(Wall { offset, ..wall }));
            }
            89..92 => {
                let saved = self.engine.save(BEDROOM);
                self.engine = Engine::new(self.plan.clone(), self.engine.wall(), self.now);
                self.engine.load("bedroom", &saved).expect("its own state");
                self.handle(Event::Start);
            }
            _ => self.handle(Event::Tick),
        }
    }

    fn wish(&mut self, wish: Wish) {
        self.handle(Event::Wish { bedroom: BEDROOM, wish });
    }

    fn handle(&mut self, event: Event) {
        for action in self.engine.handle(self.now, event) {
            let Action::Announce(said) = action else { continue };
            if let Words::LastNight { sleeper, night, later } = said.words {
                self.question(sleeper, night, later);
                self.last = Some((self.now, sleeper, said.id));
            }
        }
    }

    fn question(&mut self, who: usize, night: NaiveDate, later: bool) {
        self.questions += 1;
        let hours = self.hours();
        // One word for "in" lives sixteen hours.
        let seen = |side: usize| self.now.since(self.seen[side]) < Span::hours(16);
        let beside = (0..2).any(|side| self.in_bed[side] && seen(side));
        assert!(!beside, "S7: beside a sleeper");
        assert!(!hours.asleep(self.now), "S7: at night");
        assert_eq!(night, hours.last_night(self.now));
        assert!(!self.told.contains(&(who, night)), "it was told of already");
        if let Some((at, _, _)) = self.last {
            assert!(self.now.since(at) >= Span::minutes(2), "another question is open");
        }
        let (times, before) = self.asked.get(&(who, night)).copied().unwrap_or_default();
        if times == 0 {
            self.unanswered[who] += 1;
            assert!(self.unanswered[who] <= 3, "nobody answers");
            let first = self.first[who].replace(self.now);
            assert!(first.is_none_or(|at| self.now.since(at) >= Span::hours(12)), "S12: twice");
        } else {
            assert!(times < 3 && self.put_off[who], "S9: asked again");
            assert!(self.now.since(before) >= Span::minutes(30), "too soon");
        }
        assert_eq!(later, times < 2);
        self.put_off[who] = false;
        self.asked.insert((who, night), (times + 1, self.now));
    }
}
