//! Listening to the broker: first for announcements, then for what the devices say.

use std::time::Duration;

use super::reach::Broker;
use super::talk::{Talk, is_without, yes, yes_or_no};
use super::{Arguments, Stop, flags, pages, reach};
use crate::daemon::broker::Subscription;
use crate::daemon::line::{Line, Note};
use crate::model::words;
use crate::plan::Units;
use crate::speech::Numbers;
use crate::survey::live::Live;
use crate::survey::{Candidate, Survey, guess, units};

/// How long kept values may take to come in.
const FIRST_VALUES: Duration = Duration::from_millis(700);

/// By what the house's units are known.
pub(super) struct Said {
    /// Somebody said them.
    pub(super) units: Option<Units>,
    /// Where the house is, if that is known.
    pub(super) zone: Option<String>,
    /// The terminal's locale.
    pub(super) locale: Option<String>,
}

/// What is on the broker.
pub(super) struct Ears {
    line: Line,
    survey: Survey,
    live: Live,
    said: Said,
    /// In the order in which they are shown: the bedroom's first.
    pub(super) candidates: Vec<Candidate>,
}

/// What may come where no device has announced itself.
enum Next {
    /// Another broker is to be tried.
    Elsewhere,
    /// A device has.
    Device,
    /// There are none, and what needs none is written.
    Without,
}

/// A broker, and what was heard there: no device only where that was wished.
pub(super) async fn devices(
    arguments: &Arguments,
    talk: &mut Talk,
) -> Result<(Broker, Ears), Stop> {
    let (mut broker, mut line) = reach::reach(arguments, talk).await?;
    loop {
        let said = flags::said_of_units(arguments, talk)?;
        let mut ears = Ears::open(line, seconds(arguments), said, talk).await?;
        loop {
            if !ears.candidates.is_empty() {
                return Ok((broker, ears));
            }
            match nothing_heard(&mut ears, talk).await? {
                Next::Device => ears.listen(seconds(arguments), talk).await?,
                Next::Elsewhere => break,
                Next::Without => return Ok((broker, ears)),
            }
        }
        line = reach::elsewhere(&mut broker, talk).await?;
    }
}

fn seconds(arguments: &Arguments) -> Duration {
    Duration::from_secs(arguments.listen.into())
}

/// Says which devices announce themselves, and asks what now.
async fn nothing_heard(ears: &mut Ears, talk: &mut Talk) -> Result<Next, Stop> {
    let language = talk.language();
    let example = pages::example(language);
    let who = words!(
        language,
        "Zigbee2MQTT, Tasmota, Shelly, ESPHome, the gateways of Bluetooth sensors and what Home\n\
         Assistant discovers by MQTT do; for anything else write the file by hand:\n\
         {example} is an example",
        "Zigbee2MQTT, Tasmota, Shelly, ESPHome, die Gateways von Bluetooth-Fühlern und was Home\n\
         Assistant über MQTT findet, tun das; für alles andere die Datei von Hand schreiben:\n\
         {example} ist ein Beispiel"
    );
    if !talk.is_asked() {
        return Err(Stop::No(words!(
            language,
            "no device announced itself on this broker. {who}",
            "auf diesem Broker hat sich kein Gerät gemeldet. {who}"
        )));
    }
    talk.say(&words!(
        language,
        "No device announced itself on this broker. {who}.",
        "Auf diesem Broker hat sich kein Gerät gemeldet. {who}."
    ));
    talk.say(&words!(
        language,
        "Without devices uncramp answers cramps, reminds and keeps the diary: `without` writes that.",
        "Ohne Geräte antwortet uncramp auf Krämpfe, erinnert und führt das Tagebuch: `ohne` schreibt das."
    ));
    let question = words!(
        language,
        "Another broker? y/n, or wait for a device",
        "Ein anderer Broker? j/n, oder auf ein Gerät warten"
    );
    loop {
        talk.prompt(&question, "")?;
        let answer = tokio::select! {
            biased;
            answer = talk.answer() => answer?,
            announced = ears.announced() => {
                talk.say("");
                return announced.map(|()| Next::Device);
            }
        };
        match answer.as_deref() {
            Some(text) if is_without(text) => return Ok(Next::Without),
            Some(text) => match yes(text) {
                Some(true) => return Ok(Next::Elsewhere),
                Some(false) => return Err(Stop::Left),
                None => talk.say(&format!("  {}", yes_or_no(language))),
            },
            None => {}
        }
    }
}

impl Ears {
    /// Listens for so long.
    async fn open(line: Line, time: Duration, said: Said, talk: &Talk) -> Result<Self, Stop> {
        let (survey, live, candidates) = (Survey::default(), Live::default(), Vec::new());
        let mut ears = Self { line, survey, live, said, candidates };
        ears.listen(time, talk).await?;
        Ok(ears)
    }

    /// Listens for announcements, and then for the first values.
    pub(super) async fn listen(&mut self, time: Duration, talk: &Talk) -> Result<(), Stop> {
        let seconds = time.as_secs();
        talk.say(&words!(
            talk.language(),
            "Listening for devices, {seconds} s …",
            "Nach Geräten wird gelauscht, {seconds} s …"
        ));
        self.line.listen(vec![reach::everything()]);
        self.hear_for(time).await?;
        let mut list = self.survey.candidates();
        list.sort_by_key(|candidate| !guess::in_bedroom(candidate));
        self.candidates = list;
        let numbers = Numbers { language: talk.language(), units: self.units() };
        self.live = Live::new(&self.candidates, self.survey.names(), numbers);
        let topics = self.live.filters().into_iter().map(|topic| (topic, false)).collect();
        let values = Subscription { name: "values".to_owned(), topics };
        self.line.listen(vec![reach::everything(), values]);
        self.hear_for(FIRST_VALUES).await
    }

    /// The units in which the house is told temperatures and volumes.
    pub(super) fn units(&self) -> Units {
        let Said { units, zone, locale } = &self.said;
        let guess = || units::guess(zone.as_deref(), &self.candidates, locale.as_deref());
        units.unwrap_or_else(guess)
    }

    /// Where the house is, if that is known.
    pub(super) fn zone(&self) -> Option<String> {
        self.said.zone.clone()
    }

    /// Shows every device with what it says.
    pub(super) fn show(&self, talk: &Talk) {
        for place in 0..self.candidates.len() {
            self.show_one(place, talk);
        }
    }

    /// Shows some of them again, with the numbers that are asked for.
    pub(super) fn show_these(&self, places: &[usize], talk: &Talk) {
        if talk.is_asked() {
            talk.say("");
            for place in places {
                self.show_one(*place, talk);
            }
        }
    }

    fn show_one(&self, place: usize, talk: &Talk) {
        let Some(candidate) = self.candidates.get(place) else { return };
        let value = match self.live.text(place) {
            text if text.is_empty() => {
                words!(talk.language(), "nothing heard yet", "noch nichts gehört")
            }
            text => text,
        };
        let model = candidate.model.as_deref().unwrap_or_default();
        let about = format!("{} {model}", candidate.family.name());
        let name = &candidate.name;
        talk.say(&format!("{:>4}  {name:<26} {value:<22} {}", place + 1, talk.dim(about.trim())));
    }

    /// The next answer; whatever changes meanwhile is shown.
    pub(super) async fn answer(
        &mut self,
        question: &str,
        proposed: &str,
        talk: &mut Talk,
    ) -> Result<Option<String>, Stop> {
        loop {
            talk.prompt(question, proposed)?;
            let changed = tokio::select! {
                biased;
                answer = talk.answer() => return answer,
                changed = Self::changed(&mut self.line, &mut self.survey, &mut self.live) => changed?,
            };
            talk.say("");
            for place in changed {
                self.show_one(place, talk);
            }
        }
    }

    /// Waits until a device has announced itself.
    async fn announced(&mut self) -> Result<(), Stop> {
        while self.survey.candidates().is_empty() {
            heard(&mut self.line, &mut self.survey, &mut self.live).await?;
        }
        Ok(())
    }

    /// Waits until a value is another one.
    async fn changed(
        line: &mut Line,
        survey: &mut Survey,
        live: &mut Live,
    ) -> Result<Vec<usize>, Stop> {
        loop {
            let changed = heard(line, survey, live).await?;
            if !changed.is_empty() {
                return Ok(changed);
            }
        }
    }

    async fn hear_for(&mut self, time: Duration) -> Result<(), Stop> {
        let end = tokio::time::sleep(time);
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok(()),
                heard = heard(&mut self.line, &mut self.survey, &mut self.live) => drop(heard?),
            }
        }
    }
}

/// Takes in one note, and asks what the survey wants to know in turn.
async fn heard(line: &mut Line, survey: &mut Survey, live: &mut Live) -> Result<Vec<usize>, Stop> {
    match line.next().await {
        Some(Note::Message(message)) => {
            for question in survey.hear(&message.topic, &message.payload) {
                line.say(question);
            }
            Ok(live.hear(&message.topic, &message.payload, message.retain))
        }
        Some(Note::Ready | Note::Acknowledged(_)) => Ok(Vec::new()),
        Some(Note::Broken(why) | Note::Refused(why)) => Err(Stop::Broke(why)),
        None | Some(Note::Closed) => Err(Stop::Broke("it has ended".to_owned())),
    }
}
