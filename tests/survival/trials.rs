//! Everything that is tried.

use std::path::PathBuf;
use std::pin::Pin;

use crate::bench::Outcome;
use crate::card::Card;
use crate::devices::Ms;
use crate::{brokers, kills, links, matrix, power, soak};

/// How much of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// Lives that end by `kill -9`.
    kills: usize,
    /// In so many nights at once what repeats itself is played.
    nights: usize,
    restarts: usize,
    half_opens: usize,
    /// Power cuts at the card.
    pub(crate) cuts: usize,
    /// How long a connection is half-open, in milliseconds.
    pub(crate) half_open: Ms,
    /// Messages in a burst.
    pub(crate) flood: usize,
    /// Messages that the broker kept.
    pub(crate) retained: usize,
    /// Hours of bedroom time.
    soak: i64,
}

impl Scale {
    pub(crate) const FEW: Self = Self {
        kills: 15,
        nights: 1,
        restarts: 5,
        half_opens: 2,
        cuts: 6,
        half_open: 35_000,
        flood: 20_000,
        retained: 2_000,
        soak: 1,
    };
    pub(crate) const FULL: Self = Self {
        kills: 500,
        nights: 10,
        restarts: 200,
        half_opens: 50,
        cuts: 500,
        half_open: 120_000,
        flood: 100_000,
        retained: 10_000,
        soak: 24,
    };
}

/// A future of one trial.
type Playing = Pin<Box<dyn Future<Output = Outcome>>>;

/// One thing to be tried.
pub(crate) struct Trial {
    pub(crate) name: String,
    /// Why it cannot be tried here.
    pub(crate) why_not: Option<String>,
    /// Roughly, in seconds.
    pub(crate) takes: u32,
    pub(crate) play: Box<dyn Fn(PathBuf, u64) -> Playing + Send>,
}

impl Trial {
    pub(crate) fn new(name: &str, play: impl Fn(PathBuf, u64) -> Playing + Send + 'static) -> Self {
        Self { name: name.to_owned(), why_not: None, takes: 600, play: Box::new(play) }
    }
}

/// All of it, what takes longest first.
pub(crate) fn all(scale: Scale) -> Vec<Trial> {
    let mut all = vec![Trial::new("soak", move |dir, seed| {
        Box::pin(async move { soak::soak(&dir, seed, scale.soak).await })
    })];
    for night in 1..=scale.nights {
        let within =
            |what: String| if scale.nights == 1 { what } else { format!("{what}, night {night}") };
        let (kills, restarts) = (scale.kills / scale.nights, scale.restarts / scale.nights);
        let half_opens = scale.half_opens / scale.nights;
        let name = within("kill -9 at random moments".to_owned());
        all.push(Trial::new(&name, move |dir, seed| {
            Box::pin(async move { kills::night(&dir, seed, kills).await })
        }));
        let name = within("broker restarts".to_owned());
        all.push(Trial::new(&name, move |dir, seed| {
            Box::pin(async move { links::restarts(&dir, seed, restarts).await })
        }));
        let name = within("half-open connections".to_owned());
        all.push(Trial::new(&name, move |dir, seed| {
            Box::pin(async move { links::half_open(&dir, seed, half_opens).await })
        }));
    }
    let lying = Trial::new("a card that lies about flushes", move |dir, seed| {
        Box::pin(async move { power::lying(&dir, seed, scale.cuts).await })
    });
    all.push(Trial { why_not: Card::why_not(), ..lying });
    all.extend(brokers::trials());
    all.extend(matrix::trials(scale));
    all.sort_by_key(|trial| std::cmp::Reverse(trial.takes));
    all
}
