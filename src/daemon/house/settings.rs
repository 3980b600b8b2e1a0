//! What is changed from Home Assistant, and stands above the file.

use super::act::WITHIN;
use super::{House, bedroom};
use crate::daemon::Render;
use crate::daemon::store::{Good, Receipt};
use crate::model::{BedroomId, Time};
use crate::plan::{Adjusted, Adjustment, Change, Plan, Setting};
use crate::speech::Refusal;
use crate::surface::Refused;

/// A change that is in force, and shown, once it is recorded: what was shown outlives
/// whatever happens next. Another one takes its place, and holds it too.
pub(super) struct Changing {
    pub(super) receipt: Receipt,
    plan: Plan,
    /// In force at the latest then, recorded or not.
    pub(super) until: Time,
}

/// Reads the configuration, for a running house.
pub trait Configuration: Send {
    /// Reads the file anew, with these changes above it.
    ///
    /// # Errors
    /// Why it is refused, for the log.
    fn read(&mut self, changes: &[Adjustment]) -> Result<Adjusted, String>;

    /// The broker's keys that the file, as it was last read, says otherwise than at the
    /// start: they wait for the next one.
    fn waiting(&self) -> &[&'static str] {
        &[]
    }

    /// What is in force, with these changes above it.
    ///
    /// # Errors
    /// Why they are refused, for the log.
    fn go_on(&mut self, changes: &[Adjustment]) -> Result<Adjusted, String> {
        self.read(changes)
    }

    /// What the file said when it was last good, if there is a file.
    fn good(&self) -> Option<Good> {
        None
    }

    /// The file is wrong, and what it said before is in force.
    fn is_outdated(&self) -> bool {
        false
    }

    /// What would hold with one more change above the file as it was last read.
    ///
    /// # Errors
    /// Why it is refused, as a sentence.
    fn change(&mut self, standing: &[Adjustment], change: Change<'_>) -> Result<Adjusted, String>;
}

/// A configuration that cannot change, with the reason; for demos.
#[derive(Debug, Clone, Copy)]
pub struct Fixed(pub &'static str);

impl Configuration for Fixed {
    fn read(&mut self, _changes: &[Adjustment]) -> Result<Adjusted, String> {
        Err(self.0.to_owned())
    }

    fn change(
        &mut self,
        _standing: &[Adjustment],
        _change: Change<'_>,
    ) -> Result<Adjusted, String> {
        Err(self.0.to_owned())
    }
}

impl<R: Render> House<R> {
    /// Reads the file anew. Returns whether it is in force.
    pub(in crate::daemon) fn read_again(&mut self) -> bool {
        self.systemd.reloading();
        let adjusted = self.configuration.read(&self.standing);
        if adjusted.is_ok() {
            // What is being recorded stands above the file, and was read with it.
            self.changing = None;
        }
        let taken = self.adopt(adjusted);
        if let Some(waiting) = taken.then(|| later(self.configuration.waiting())).flatten() {
            tracing::warn!("{waiting}");
            self.systemd.status(&waiting);
        }
        self.systemd.ready();
        taken
    }

    /// The changes of an earlier run, as far as the file has not overtaken them.
    pub(in crate::daemon) fn go_on_with(&mut self, changes: &[Adjustment]) {
        if !changes.is_empty() {
            let adjusted = self.configuration.go_on(changes);
            self.adopt(adjusted);
        }
    }

    /// Changes one value, or says why not.
    pub(super) fn change(&mut self, id: BedroomId, setting: Setting, value: &str, topic: &str) {
        let Some(name) = bedroom(self.engine.plan(), id).map(|bedroom| bedroom.name.clone()) else {
            return;
        };
        let wall = self.engine.wall();
        let at = wall.synchronised.then(|| wall.unix_ms(self.now));
        let change = Change { bedroom: &name, setting, value, at };
        match self.configuration.change(&self.standing, change) {
            Ok(adjusted) => {
                tracing::info!("{name}: {} is now {value}, as asked by MQTT", setting.path());
                self.standing = adjusted.standing;
                self.store.adjustments(&self.standing);
                let receipt = self.record_all();
                let waiting = self.changing.as_ref().map(|changing| changing.until);
                let until = waiting.unwrap_or(self.now + WITHIN);
                let plan = adjusted.parsed.plan;
                self.changing = Some(Changing { receipt, plan, until });
            }
            Err(why) => {
                // The sentence speaks of the setting, as who changed it knows it.
                let (_, key) = setting.key();
                let why = why.replace(&format!("`{key}`"), &format!("`{}`", setting.name()));
                let value = value.to_owned();
                self.refuse(&Refused {
                    topic: topic.to_owned(),
                    retained: false,
                    refusal: Refusal::Forbidden { setting, value, why },
                    example: None,
                    asker: None,
                });
            }
        }
    }

    /// The disk has the change that waited for it, or cannot take it.
    pub(super) fn changed(&mut self, recorded: &Result<(), String>) {
        let Some(Changing { plan, .. }) = self.changing.take() else { return };
        if let Err(why) = recorded {
            tracing::warn!("what was changed may be forgotten by the next restart: {why}");
        }
        self.reload(Ok(plan));
    }

    fn adopt(&mut self, adjusted: Result<Adjusted, String>) -> bool {
        let adjusted = match adjusted {
            Ok(adjusted) => adjusted,
            Err(why) => return self.reload(Err(why)),
        };
        for change in &adjusted.yielded {
            tracing::warn!(
                "{}: {} was set to {} from Home Assistant; the file has been edited since, and \
                 holds",
                change.bedroom,
                change.setting.path(),
                change.value
            );
        }
        self.standing = adjusted.standing;
        self.store.adjustments(&self.standing);
        self.reload(Ok(adjusted.parsed.plan))
    }
}

/// What of the file is not in force yet, if anything is not.
fn later(keys: &[&str]) -> Option<String> {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    let first = keys.first()?;
    let (place, has) = match keys.len() {
        1 if first == "`mqtt`" => ("", "has"),
        1 => (" below `mqtt`", "has"),
        _ => (" below `mqtt`", "have"),
    };
    Some(format!(
        "{}{place} {has} changed, and the broker's settings take effect at the next start: \
         systemctl restart uncramp",
        keys.join(", ")
    ))
}

/// The store's answer; none ever comes where nothing was asked.
pub(super) async fn answer_to(receipt: Option<&mut Receipt>) -> Result<(), String> {
    match receipt {
        Some(receipt) => receipt.wait().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
