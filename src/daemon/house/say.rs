//! What is said of a decision and shown of a bedroom.

use serde_json::json;

use super::{House, MOST_NAMED, bedroom, bedrooms};
use crate::daemon::store::{Cramp, Drink, Logged, NoCramp};
use crate::daemon::{Render, broker};
use crate::engine::{Announcement, Audience, Command, Fault, Notice, Unsaid, Urgency, Wish, Words};
use crate::model::{ActuatorId, BedroomId, Heard, Hours, Item, Span};
use crate::plan::{Actuator, Bedroom, Plan};
use crate::speech;
use crate::surface;
use crate::view;
use crate::wire::{self, Device, Message};

/// So long a question to a device may wait for the broker.
const ASKED_FOR: Span = Span::seconds(30);

/// So long an event may wait for the broker.
pub(super) const EVENT_FOR: Span = Span::minutes(15);

impl<R: Render> House<R> {
    pub(super) fn command(&mut self, command: &Command) {
        let actuator = bedroom(self.plan_in_use(), command.bedroom)
            .and_then(|bedroom| bedroom.actuators.get(usize::from(command.actuator.0)));
        let Some(actuator) = actuator.cloned() else { return };
        self.send(command, &actuator.device);
        if self.former.is_some() {
            self.note_leaving(command, &actuator);
        }
    }

    pub(super) fn send(&mut self, command: &Command, device: &Device) {
        let messages = wire::encode(device, &command.switch);
        let (good, bad): (Vec<_>, Vec<_>) = messages.into_iter().partition(broker::sendable);
        for message in bad {
            tracing::error!("{} is no topic that can be published to", message.topic);
        }
        self.outbox.command(command, device.address(), good);
    }

    /// Asks a device for its state, where it takes questions.
    pub(super) fn query(&mut self, id: BedroomId, actuator: ActuatorId) {
        let actuator = bedroom(self.plan_in_use(), id)
            .and_then(|bedroom| bedroom.actuators.get(usize::from(actuator.0)));
        let question = actuator.and_then(|actuator| wire::query(&actuator.device));
        if let Some(question) = question.filter(broker::sendable) {
            self.outbox.reminder(question, self.now + ASKED_FOR);
        }
    }

    /// S8: what somebody switched while nobody listened is a person's doing, too, and a
    /// household's set-point must be known before it is raised. Every device is asked.
    pub(super) fn query_all(&mut self) {
        let rooms = bedrooms(self.engine.plan()).map(|(id, room)| (id, room.actuators.len()));
        for (id, actuators) in rooms.collect::<Vec<_>>() {
            for actuator in (0..).map(ActuatorId).take(actuators) {
                self.query(id, actuator);
            }
        }
    }

    pub(super) fn explain(&mut self, command: &Command) {
        let (plan, wall) = (self.plan_in_use(), self.engine.wall());
        let Some(context) = speech::Context::new(plan, command.bedroom, wall, self.now) else {
            return;
        };
        let text = speech::reason(&command.reason, &context);
        let name = context
            .bedroom
            .actuators
            .get(usize::from(command.actuator.0))
            .map_or("", Actuator::shown);
        let switch = speech::switch(&command.switch, &context);
        let why = because(&switch, &text);
        if command.again {
            tracing::debug!("{}: {name}: {switch}, again: {why}", context.room());
        } else {
            tracing::info!("{}: {name}: {switch}: {why}", context.room());
        }
        let message = surface::action(plan, command, &text, wall);
        let actuator = context.bedroom.actuators.get(usize::from(command.actuator.0));
        let address = actuator.map_or_else(String::new, |actuator| actuator.device.address());
        self.outbox.reason(command, address, message);
    }

    /// What would have been done is said, and done by nobody.
    pub(super) fn explain_watched(&mut self, command: &Command) {
        let (plan, wall) = (self.plan_in_use(), self.engine.wall());
        let Some(context) = speech::Context::new(plan, command.bedroom, wall, self.now) else {
            return;
        };
        let text = speech::watching(&command.switch, &command.reason, &context);
        let actuator = context.bedroom.actuators.get(usize::from(command.actuator.0));
        let name = actuator.map_or("", Actuator::shown);
        tracing::info!("{}: {name}: {text}", context.room());
        let message = surface::watched(plan, command, &text, wall);
        self.outbox.word(message, Some(command.valid_until));
    }

    /// The plan that decisions are made for: while it changes, the one before.
    pub(super) fn plan_in_use(&self) -> &Plan {
        self.former.as_ref().unwrap_or(self.engine.plan())
    }

    pub(super) fn announce(&mut self, words: &Announcement) {
        let (plan, wall) = (self.plan_in_use(), self.engine.wall());
        let Some(context) = speech::Context::new(plan, words.bedroom, wall, self.now) else {
            return;
        };
        let said = speech::announced(words, &context);
        let to = match words.audience {
            Audience::Sleeper => "sleeper",
            Audience::Keeper => "keeper",
        };
        tracing::info!("{}: said to the {to}: {}", context.room(), said.text());
        let announced = surface::announce(plan, words, &said, wall);
        let hermes = surface::hermes(plan, words, &said);
        let about = json!({ "id": words.id, "text": said.text(), "audience": to });
        let event = surface::event(plan, words.bedroom, "announcement", about);
        let night = surface::watched_night(plan, words, wall);
        self.follow_up(words, &announced, hermes.as_ref());
        for message in [Some(announced), hermes].into_iter().flatten() {
            match words.urgency {
                Urgency::Gentle => self.outbox.reminder(message, words.valid_until),
                Urgency::Normal | Urgency::Alarm => {
                    self.outbox.word(message, Some(words.valid_until));
                }
            }
        }
        for event in [Some(event), night].into_iter().flatten() {
            self.outbox.word(event, Some(words.valid_until.min(self.now + EVENT_FOR)));
        }
    }

    /// S7: words that nobody may hear now are not kept for later.
    pub(super) fn refuse_words(&mut self, unsaid: &Unsaid) {
        let (plan, wall) = (self.engine.plan(), self.engine.wall());
        let Some(context) = speech::Context::new(plan, unsaid.bedroom, wall, self.now) else {
            return;
        };
        let why = speech::unsaid(unsaid, &context);
        tracing::info!("{}: {why}", context.room());
        let message = surface::unsaid(plan, unsaid, &why, wall);
        self.outbox.word(message, Some(self.now + EVENT_FOR));
    }

    /// Every different wish that is not followed is logged once; one that was kept is
    /// cleared, so that it does not come back with every connection.
    pub(super) fn refuse(&mut self, refused: &surface::Refused) {
        let plan = self.engine.plan();
        let sentence = refused.sentence(plan.language);
        let logged = refused.logged(plan.language);
        if self.refused.len() < MOST_NAMED && self.refused.insert(logged.clone()) {
            tracing::warn!("{logged}");
        }
        let below = |bedroom: &Bedroom| {
            let base = format!("{}/{}/", plan.base_topic, bedroom.name);
            refused.topic.starts_with(&base)
        };
        let concerned = bedrooms(plan).find(|(_, bedroom)| below(bedroom)).map(|(id, _)| id);
        if let Some(id) = concerned {
            let about = json!({ "text": sentence });
            let event = surface::event(plan, id, "refused", about);
            self.outbox.word(event, Some(self.now + EVENT_FOR));
            // Whoever asked may still show what was refused; who asked long ago does not, and
            // of what the broker kept there may be thousands.
            if !refused.retained {
                self.show(id);
            }
        }
        if refused.retained {
            self.outbox.word(surface::forgotten(refused.topic.clone()), None);
        }
        if let Some(asker) = &refused.asker {
            self.reply(asker, false, |context| {
                speech::refusal_aloud(&refused.refusal, context.language)
            });
        }
    }

    /// Our name, for others below the same base topic.
    pub(super) fn who_we_are(&self) -> Message {
        let wall = self.engine.wall();
        let since = wall.synchronised.then(|| wall.unix_ms(self.now));
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        surface::instance(self.engine.plan(), &self.instance, &host, since)
    }

    /// Notes a drink or a cramp for good, and tells whoever listens.
    pub(super) fn note_for_good(&mut self, id: BedroomId, wish: &Wish) {
        let Some(room) = bedroom(self.engine.plan(), id) else { return };
        let name_of = |index: usize| room.sleepers.get(index).map(|sleeper| sleeper.name.clone());
        // Whoever sleeps alone need not say who it was.
        let alone = (room.sleepers.len() == 1).then_some(0);
        let (bedroom, at) = (room.name.clone(), self.engine.wall().unix_ms(self.now));
        let (kind, about) = match wish {
            Wish::Drink { sleeper, amount } => {
                let sleeper = name_of(*sleeper).unwrap_or_default();
                let about = json!({ "sleeper": sleeper, "ml": amount.0 });
                self.store.log(Logged::Drink(Drink { bedroom, sleeper, amount: *amount, at }));
                ("drink", about)
            }
            Wish::Cramp { sleeper, ago } => {
                if !self.engine.wall().synchronised {
                    tracing::debug!(
                        "{bedroom}: the time of that cramp is shown once the clock is known to be right"
                    );
                }
                let sleeper = sleeper.or(alone).and_then(name_of);
                let about = json!({ "sleeper": sleeper, "ago_min": ago.as_minutes() });
                self.store.log(Logged::Cramp(Cramp { bedroom, sleeper, at: at - ago.0 }));
                ("cramp", about)
            }
            Wish::NoCramp { sleeper, night } => {
                let sleeper = sleeper.or(alone).and_then(name_of);
                let (plan, wall) = (self.engine.plan(), self.engine.wall());
                let last =
                    Hours::around(self.now, room.sleep, &plan.zone, wall).last_night(self.now);
                let night = night.unwrap_or(last);
                let about = json!({ "sleeper": sleeper, "night": night });
                self.store.log(Logged::NoCramp(NoCramp { bedroom, sleeper, night, at }));
                ("no_cramp", about)
            }
            Wish::Postpone(number) => {
                // What does not wait is refused, and that alone is told.
                let seen = self.engine.picture(id, self.now);
                if !seen.is_some_and(|seen| surface::waits(wish, &seen)) {
                    return;
                }
                ("later", json!({ "id": number }))
            }
            Wish::Override { .. }
            | Wish::Mode(_)
            | Wish::Resume
            | Wish::Away(_)
            | Wish::House(_)
            | Wish::Pause(_)
            | Wish::Shift(_)
            | Wish::Say(_)
            | Wish::Done
            | Wish::Snooze
            | Wish::Timer { .. } => return,
        };
        let event = surface::event(self.engine.plan(), id, kind, about);
        self.answer(event);
    }

    /// Tells whoever listens what a person wants of an actuator, said (`asked`) or done by
    /// hand on the device.
    pub(super) fn tell_override(
        &mut self,
        bedroom: Option<BedroomId>,
        actuator: ActuatorId,
        asked: Option<&Wish>,
    ) {
        let (plan, wall) = (self.engine.plan(), self.engine.wall());
        let Some(id) = bedroom else { return };
        let (Some(context), Some(seen)) =
            (speech::Context::new(plan, id, wall, self.now), self.engine.picture(id, self.now))
        else {
            return;
        };
        let index = usize::from(actuator.0);
        let Some(seen) = seen.actuators.get(index) else { return };
        let called = context.bedroom.actuators.get(index).map_or("", Actuator::shown);
        let who = asked.map_or_else(
            || called.to_owned(),
            |it| speech::wish(it, context.bedroom, context.numbers()),
        );
        let mut about = json!({
            "actuator": seen.name,
            "want": "auto",
            "by": if asked.is_some() { "message" } else { "device" },
            "text": who,
        });
        if let Some((want, until)) = seen.wish {
            about["want"] = json!(want);
            let told = speech::held(&who, until, seen.barred(), &context);
            let cut =
                matches!(asked, Some(Wish::Override { until: Some(end), .. }) if until < *end);
            let told = if cut { speech::cut_short(&told, context.language) } else { told };
            about["text"] = json!(told);
            if let Some(reason) = seen.barred() {
                about["barred"] = view::data(reason, plan, wall);
            }
            if let Some(until) = surface::instant(plan, until, wall) {
                about["until"] = json!(until);
            }
        }
        let event = surface::event(plan, id, "override", about);
        self.answer(event);
    }

    /// S11: once per sensor.
    pub(super) fn log_garbled(&mut self, id: BedroomId, heard: &Heard, topic: &str) {
        for item in &heard.items {
            if let Item::Garbled { sensor, garble } = item
                && self.garbled.insert((id, *sensor))
            {
                let name = bedroom(self.engine.plan(), id)
                    .and_then(|bedroom| bedroom.sensors.get(usize::from(sensor.0)))
                    .map_or("", |sensor| &sensor.name);
                tracing::warn!(
                    "{name}: what came on {topic} is no reading ({garble:?}); ignored, and from \
                     now on without a word"
                );
            }
        }
    }

    /// Once per sensor: later ones are counted, and shown with it.
    pub(super) fn log_repeated(&mut self, id: BedroomId) {
        for sensor in self.engine.take_repeated(id) {
            if !self.repeated.insert((id, sensor)) {
                continue;
            }
            let room = bedroom(self.engine.plan(), id);
            let Some((room, name)) = room.and_then(|room| {
                Some((room.shown(), &room.sensors.get(usize::from(sensor.0))?.name))
            }) else {
                continue;
            };
            tracing::info!(
                "{room}: {name}: what came within a minute of a start of its gateway or of Home \
                 Assistant may be an old value said again, and is left out; another value, or the \
                 next message after that minute, counts"
            );
        }
    }

    pub(super) fn log_notice(&self, notice: &Notice) {
        let (plan, wall) = (self.engine.plan(), self.engine.wall());
        let Some(context) = speech::Context::new(plan, notice.bedroom, wall, self.now) else {
            return;
        };
        let room = self.engine.picture(notice.bedroom, self.now);
        let stands = room.is_some_and(|room| room.faults.contains(&notice.fault));
        if matches!(notice.fault, Fault::Garbled { .. }) && !notice.healed && !stands {
            // S11: one message is none yet, and has a line of its own.
            return;
        }
        if notice.healed {
            tracing::info!("{}", speech::spoken(&Words::Healed(notice.fault), &context));
        } else {
            tracing::warn!("{}", speech::spoken(&Words::Fault(notice.fault), &context));
        }
    }
}

/// A reason to follow what was done: one that begins with the same word does not repeat it.
fn because<'t>(switch: &str, text: &'t str) -> &'t str {
    let rest = text.strip_prefix(switch).and_then(|rest| rest.strip_prefix(": "));
    rest.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_once() {
        let told = |switch, text| format!("{switch}: {}", because(switch, text));
        assert_eq!(told("off", "off: the window is open"), "off: the window is open");
        assert_eq!(told("on", "heat: 1.0 of 1.0 K·h"), "on: heat: 1.0 of 1.0 K·h");
        assert_eq!(told("set to 15 °C", "off: uncramp stops"), "set to 15 °C: off: uncramp stops");
        assert_eq!(told("on", "on"), "on: on");
    }
}
