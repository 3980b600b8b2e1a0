use super::*;
use crate::engine::Order;
use crate::model::{ActuatorId, BedroomId, Span, Temperature};
use crate::rules::{Because, Judge, Reason};

const ON: Switch = Switch::On { timer: None };

fn command(actuator: u8, switch: Switch, valid_until: i64) -> Command {
    Command {
        bedroom: BedroomId(0),
        actuator: ActuatorId(actuator),
        switch,
        order: Order::SendFirst,
        valid_until: Time(valid_until),
        again: false,
        releases: matches!(switch, Switch::Off | Switch::OwnThermometer),
        reason: reason(),
    }
}

fn reason() -> Reason {
    Reason { by: Judge::Nobody, because: Because::Starting, otherwise: None }
}

fn message(topic: &str, confirmed: bool) -> Message {
    Message { topic: topic.to_owned(), payload: Vec::new(), retain: false, confirmed }
}

fn tell(outbox: &mut Outbox, actuator: u8, switch: Switch, name: &str) {
    let address = format!("plug {actuator}");
    outbox.command(&command(actuator, switch, 1000), address, vec![message(name, false)]);
}

fn topics(batch: &[(Token, Message)]) -> Vec<&str> {
    batch.iter().map(|(_, m)| m.topic.as_str()).collect()
}

fn up() -> Outbox {
    let mut outbox = Outbox::new();
    outbox.connected();
    outbox
}

#[test]
fn offs_go_before_other_commands_before_words_before_states() {
    let mut outbox = up();
    outbox.state(message("state", false));
    outbox.word(message("why", true), None);
    tell(&mut outbox, 0, ON, "on");
    tell(&mut outbox, 1, Switch::Off, "off");
    assert_eq!(topics(&outbox.due(Time(0))), ["off", "on", "why", "state"]);
    assert!(outbox.due(Time(0)).is_empty());
}

#[test]
fn the_latest_command_to_an_actuator_wins() {
    let mut outbox = Outbox::new();
    tell(&mut outbox, 0, ON, "on");
    tell(&mut outbox, 0, Switch::Off, "off");
    tell(&mut outbox, 1, Switch::Off, "other off");
    tell(&mut outbox, 1, ON, "other on");
    outbox.connected();
    assert_eq!(topics(&outbox.due(Time(0))), ["off", "other on"]);
}

#[test]
fn s9_an_off_outlives_a_command_to_another_device_in_the_same_place() {
    let mut outbox = Outbox::new();
    let mut told = |device: &str, switch| {
        let messages = vec![message(device, false)];
        outbox.command(&command(0, switch, 1000), device.to_owned(), messages);
    };
    told("old", Switch::Off);
    told("new", ON);
    outbox.connected();
    assert_eq!(topics(&outbox.due(Time(0))), ["old", "new"]);
}

#[test]
fn a_valves_thermometer_and_set_point_are_two_things_and_safe_first() {
    let mut outbox = up();
    tell(&mut outbox, 0, Switch::Feed(Temperature(1900)), "feed");
    tell(&mut outbox, 0, Switch::OwnThermometer, "own");
    tell(&mut outbox, 0, Switch::SetPoint(Temperature(1800)), "baseline");
    assert_eq!(topics(&outbox.due(Time(0))), ["own", "baseline"]);
}

#[test]
fn a_command_too_late_is_dropped_and_counted_and_an_off_never() {
    let mut outbox = Outbox::new();
    tell(&mut outbox, 0, ON, "on");
    tell(&mut outbox, 1, Switch::Off, "off");
    outbox.word(message("why", true), Some(Time(1000)));
    assert_eq!(outbox.next_expiry(), Some(Time(1000)));
    outbox.connected();
    assert_eq!(topics(&outbox.due(Time(1000) + Span::hours(72))), ["off"]);
    assert_eq!((outbox.counts().expired, outbox.counts().unsaid), (1, 1));
}

#[test]
fn what_a_broken_connection_may_not_have_delivered_is_said_again_in_order() {
    let mut outbox = up();
    tell(&mut outbox, 0, ON, "on");
    outbox.word(message("why", true), None);
    let batch = outbox.due(Time(0));
    outbox.written(batch[0].0);
    tell(&mut outbox, 1, Switch::Off, "off");
    outbox.lost();
    assert!(outbox.due(Time(0)).is_empty());
    outbox.connected();
    assert_eq!(topics(&outbox.due(Time(0))), ["off", "on", "why"]);
}

#[test]
fn s9_a_reminder_is_handed_to_one_connection_and_an_alarm_until_it_is_acknowledged() {
    let mut outbox = Outbox::new();
    outbox.reminder(message("drink", true), Time(1000));
    outbox.word(message("danger", true), Some(Time(1000)));
    outbox.connected();
    let batch = outbox.due(Time(0));
    assert_eq!(topics(&batch), ["drink", "danger"], "it waits for the first connection");
    outbox.written(batch[0].0);
    outbox.lost();
    outbox.connected();
    assert_eq!(topics(&outbox.due(Time(0))), ["danger"]);
    assert_eq!(outbox.unwritten(), 1);
}

#[test]
fn an_acknowledgement_proves_what_was_written_before_it() {
    let mut outbox = up();
    tell(&mut outbox, 0, ON, "on");
    outbox.word(message("why", true), None);
    let batch = outbox.due(Time(0));
    for (token, _) in &batch {
        outbox.written(*token);
    }
    assert_eq!(outbox.unwritten(), 0);
    outbox.acknowledged(batch[1].0);
    outbox.lost();
    outbox.connected();
    assert!(outbox.due(Time(0)).is_empty());
}

#[test]
fn an_answer_proves_commands_but_does_not_acknowledge_words() {
    let mut outbox = up();
    outbox.word(message("why", true), None);
    tell(&mut outbox, 0, ON, "on");
    let batch = outbox.due(Time(0));
    for (token, _) in &batch {
        outbox.written(*token);
    }
    outbox.arrived(batch[1].0);
    outbox.lost();
    outbox.connected();
    assert_eq!(topics(&outbox.due(Time(0))), ["why"]);
}

#[test]
fn a_command_superseded_on_its_way_is_not_said_again() {
    let mut outbox = up();
    tell(&mut outbox, 0, ON, "on");
    outbox.due(Time(0));
    tell(&mut outbox, 0, Switch::Off, "off");
    outbox.lost();
    outbox.connected();
    assert_eq!(topics(&outbox.due(Time(0))), ["off"]);
}

#[test]
fn states_are_made_anew_for_a_new_connection_and_only_the_latest_counts() {
    let mut outbox = up();
    outbox.state(message("state", false));
    outbox.state(message("state", false));
    assert_eq!(outbox.due(Time(0)).len(), 1);
    outbox.state(message("state", false));
    outbox.lost();
    outbox.state(message("state", false));
    outbox.connected();
    assert!(outbox.due(Time(0)).is_empty());
    assert_eq!(outbox.unwritten(), 0);
}

#[test]
fn no_more_is_handed_over_than_can_be_taken_and_offs_pass_by() {
    let mut outbox = up();
    for n in 0..2 * MOST_HANDED {
        outbox.state(message(&format!("state {n}"), false));
    }
    let batch = outbox.due(Time(0));
    assert_eq!(batch.len(), MOST_HANDED);
    tell(&mut outbox, 0, Switch::Off, "off");
    assert!(outbox.due(Time(0)).is_empty());
    outbox.written(batch[0].0);
    assert_eq!(topics(&outbox.due(Time(0))), ["off"]);
}

#[test]
fn few_confirmed_messages_are_on_their_way_at_once_and_too_many_words_are_dropped() {
    let mut outbox = up();
    for _ in 0..=MOST_WORDS {
        outbox.word(message("why", true), None);
    }
    assert_eq!(outbox.counts().unsaid, 1);
    let batch = outbox.due(Time(0));
    assert_eq!(batch.len(), MOST_UNACKNOWLEDGED);
    outbox.written(batch[0].0);
    outbox.acknowledged(batch[0].0);
    assert_eq!(outbox.due(Time(0)).len(), 1);
}
