//! What is changed from Home Assistant, and stands above the file.

use super::{House, bedroom};
use crate::daemon::Render;
use crate::model::BedroomId;
use crate::plan::{Adjusted, Adjustment, Setting};
use crate::surface;

/// Reads the configuration, for a running house.
pub trait Configuration: Send {
    /// Reads the file anew, with these changes above it.
    ///
    /// # Errors
    /// Why it is refused, for the log.
    fn read(&mut self, changes: &[Adjustment]) -> Result<Adjusted, String>;

    /// What would hold with one more change above the file as it was last read.
    ///
    /// # Errors
    /// Why it is refused, as a sentence.
    fn change(
        &mut self,
        standing: &[Adjustment],
        bedroom: &str,
        setting: Setting,
        value: &str,
    ) -> Result<Adjusted, String>;
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
        _bedroom: &str,
        _setting: Setting,
        _value: &str,
    ) -> Result<Adjusted, String> {
        Err(self.0.to_owned())
    }
}

impl<R: Render> House<R> {
    /// Reads the file anew. Returns whether it is in force.
    pub(in crate::daemon) fn read_again(&mut self) -> bool {
        let adjusted = self.configuration.read(&self.standing);
        self.adopt(adjusted)
    }

    /// The changes of an earlier run, as far as the file has not overtaken them.
    pub(in crate::daemon) fn go_on_with(&mut self, changes: &[Adjustment]) {
        if !changes.is_empty() {
            let adjusted = self.configuration.read(changes);
            self.adopt(adjusted);
        }
    }

    /// Changes one value, or says why not.
    pub(super) fn change(&mut self, id: BedroomId, setting: Setting, value: &str, topic: &str) {
        let Some(name) = bedroom(self.engine.plan(), id).map(|bedroom| bedroom.name.clone()) else {
            return;
        };
        match self.configuration.change(&self.standing, &name, setting, value) {
            Ok(adjusted) => {
                tracing::info!("{name}: {} is now {value}, as asked by MQTT", setting.path());
                self.adopt(Ok(adjusted));
            }
            Err(why) => {
                let sentence = format!("{topic}: {} cannot be {value}: {why}", setting.path());
                let (topic, retained) = (topic.to_owned(), false);
                self.refuse(&surface::Refused { topic, retained, sentence });
                // Whoever asked still shows the value that was refused.
                self.show(id);
            }
        }
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
