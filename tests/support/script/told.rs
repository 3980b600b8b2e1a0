//! What was done, and when, as a night's lines say it.

use uncramp::engine::{Action, Audience, Fault, Order, SpokenAt, Urgency};
use uncramp::model::Time;
use uncramp::speech;

use super::{BEDROOM, Player};

impl Player {
    pub(super) fn shown(&self, at: Time) -> String {
        let civil = self.zone().civil(self.stage.engine().wall().unix_ms(at));
        let far = (self.date - civil.date()).num_days().abs() > 1;
        let day = if far { "%-d %b " } else { "" };
        let seconds = civil.format("%S").to_string();
        let clock = if seconds == "00" { "%H:%M" } else { "%H:%M:%S" };
        civil.format(&format!("{day}{clock}")).to_string()
    }

    /// In words; `None` where the same is said to the keeper anyway.
    pub(super) fn describe(&self, at: Time, action: &Action) -> Option<String> {
        let wall = self.stage.engine().wall();
        let context = speech::Context::new(&self.plan, BEDROOM, wall, at).expect("a bedroom");
        Some(match action {
            Action::Switch(command) => {
                let name = &self.plan.bedrooms[0].actuators[usize::from(command.actuator.0)].name;
                let switch = speech::switch(&command.switch, &context);
                let again = if command.again { " (again)" } else { "" };
                let why = speech::reason(&command.reason, &context);
                let electric = command.order == Order::RecordFirst;
                let first = if electric { ", recorded first" } else { "" };
                format!("{name} {switch}{again}{first}: {why}")
            }
            Action::Query { actuator, .. } => {
                let name = &self.plan.bedrooms[0].actuators[usize::from(actuator.0)].name;
                format!("{name} is asked where it stands")
            }
            Action::Watched(command) => {
                let name = &self.plan.bedrooms[0].actuators[usize::from(command.actuator.0)].name;
                let would = speech::watching(&command.switch, &command.reason, &context);
                format!("{name}, {would}")
            }
            Action::Announce(announcement) => {
                let audience = match (announcement.audience, announcement.place) {
                    (Audience::Keeper, _) => "keeper",
                    (Audience::Sleeper, SpokenAt::Bed) => "sleeper at the bed",
                    (Audience::Sleeper, SpokenAt::Home) => "sleeper",
                };
                let alarm = if announcement.urgency == Urgency::Alarm { ", aloud" } else { "" };
                let said = speech::announced(announcement, &context);
                format!("to the {audience}{alarm}: {}", said.text())
            }
            Action::Unsaid(unsaid) => speech::unsaid(unsaid, &context),
            Action::Notice(notice) => match notice.fault {
                Fault::Garbled { sensor } if !notice.healed => {
                    let name = &self.plan.bedrooms[0].sensors[usize::from(sensor.0)].name;
                    format!("logged: {name} sends what is no reading")
                }
                _ => return None,
            },
        })
    }
}
