#!/usr/bin/env python3
"""What uncramp wants said, on a phone with the Home Assistant app: shown, withdrawn, answered."""
from blueprints import (
    SATELLITES, WATER, announce, asked_about, bedrooms, expect, offered, outcome, uncramp_hears)
from checks import LEFT, RIGHT, check, eventually, main, prepare
from phone import Phone

app = None


@prepare
def set_up(rig):
    global app
    app = Phone(rig.ha)
    bedrooms(rig, {"app": {**SATELLITES, "phone": app.entity, "keeper": app.entity, "patience": 2}})
    uncramp_hears(rig, "app")


def fault(rig, tag="silent-room-temperature", text="In “bedroom” the thermometer is silent.", **fields):
    number = announce(rig, "app", text=text, audience="keeper", place="home", urgency="normal",
                      tag=tag, **fields)
    expect(outcome(rig, number, "app"), "spoken")


def waiting(rig, bedroom="app"):
    """What waits among Home Assistant's own notifications."""
    return {note["message"] for note in rig.ha.ws("persistent_notification/get")
            if note["notification_id"].startswith(f"uncramp_{bedroom}_")}


@check
def app_shows_and_withdraws(rig):
    "a fault is shown by the app, replaced under its tag, not spoken, and withdrawn when healed"
    app.clear()
    fault(rig)
    fault(rig, text="In “bedroom” the thermometer is silent for 5 h.")
    fault(rig, tag="garbled-room-humidity", text="Another fault.")
    expect(app.texts(), ["In “bedroom” the thermometer is silent for 5 h.", "Another fault."])
    expect(waiting(rig), {"In “bedroom” the thermometer is silent for 5 h.", "Another fault."})
    fault(rig, text="It speaks again.", healed=True)
    expect(app.texts(), ["Another fault."])
    expect(waiting(rig), {"Another fault."})
    fault(rig, tag="garbled-room-humidity", healed=True)
    expect((app.texts(), rig.said()), ([], []))


@check
def app_is_quiet(rig):
    "in quiet hours the app makes no sound; danger breaks through"
    app.clear()
    fault(rig, quiet=True)
    quiet, = app.shown.values()
    expect((quiet["data"]["importance"], quiet["data"]["push"]["interruption-level"]), ("low", "passive"))
    fault(rig)
    loud, = app.shown.values()
    expect((loud["data"]["importance"], loud["data"]["channel"]), ("high", "uncramp"))
    outcome(rig, announce(rig, "app", urgency="alarm", text="Danger.", tag="danger"), "app")
    eventually(lambda: "Danger." in app.texts(), what="the alarm on the phone")
    expect(app.shown["uncramp-app-danger"]["data"]["channel"], "alarm_stream")


@check
def app_offers(rig):
    "an offer is a button, which does what it says"
    app.clear()
    mark = rig.broker.mark()
    fault(rig, offer={"label": "Start it", "topic": "uncramp/app/mode/set", "payload": "auto"})
    app.press("Start it")
    expect(rig.broker.wait("uncramp/app/mode/set", since=mark), "auto")


@check
def app_asks(rig):
    "a drink that only the app can offer has its buttons; the amount is uncramp's"
    app.clear()
    for satellite in (LEFT, RIGHT):
        rig.ha.voice(entity_id=satellite, mode="fail")
    mark = rig.broker.mark()
    number = announce(rig, "app", ask=lambda *of, **who: offered(*of, **who, ml=150), sleeper="ben")
    expect(outcome(rig, number, "app"), "spoken")
    app.press("I drank it")
    expect(rig.broker.wait("uncramp/app/drink/set", since=mark), {"ml": 150, "sleeper": "ben"})
    app.press("Later")
    expect(rig.broker.wait("uncramp/app/snooze/set", since=mark), {"id": number})


@check
def app_answers_for_the_night(rig):
    "the morning's question that nobody can ask aloud has its buttons on the phone"
    app.clear()
    for satellite in (LEFT, RIGHT):
        rig.ha.voice(entity_id=satellite, mode="fail")
    mark = rig.broker.mark()
    number = announce(rig, "app", text="Ben, any cramp last night?", ask=asked_about, sleeper="ben")
    expect(outcome(rig, number, "app"), "spoken")
    shown, = app.shown.values()
    expect([action["title"] for action in shown["data"]["actions"]], ["Yes, a cramp", "No cramp", "Later"])
    app.press("No cramp")
    expect(rig.broker.wait("uncramp/app/cramp/set", since=mark),
           {"sleeper": "ben", "night": "2026-11-21", "cramp": False})


@check
def app_says_what_was_lost(rig):
    "a press that uncramp does not confirm is shown as not passed on; one that it does is not"
    rig.broker.answer("uncramp/app/drink/set", "uncramp/app/other", lambda told: told)
    app.clear()
    for satellite in (LEFT, RIGHT):
        rig.ha.voice(entity_id=satellite, mode="fail")
    expect(outcome(rig, announce(rig, "app", ask=offered), "app"), "spoken")
    app.press("Later")
    app.clear()
    # If that were lost, it would be shown before this is.
    lost = "I could not pass the glass on."
    other = lambda *of, **who: {**offered(*of, **who), "lost": {"en": lost}}
    expect(outcome(rig, announce(rig, "app", ask=other), "app"), "spoken")
    app.press("I drank it")
    eventually(lambda: lost in app.texts(), 15, app.texts)
    expect([push["message"] for push in app.pushes], [WATER, lost])


@check
def app_cannot_say_what_was_lost(rig):
    "where the phone cannot be reached either, that waits among Home Assistant's notifications"
    phone = Phone(rig.ha, "Lost phone")
    bedrooms(rig, {"lost": {"phone": phone.entity, "patience": 2}})
    expect(outcome(rig, announce(rig, "lost", ask=offered), "lost"), "spoken")
    phone.lose()
    phone.press("I drank it")
    eventually(lambda: waiting(rig, "lost") == {"I could not pass that on."}, 20, lambda: waiting(rig, "lost"))
    expect([push["message"] for push in phone.pushes], [WATER])
    phone.close()


@check
def app_of_the_same_name(rig):
    "of two phones with one name each gets its own words, and nobody else's"
    one, two = (Phone(rig.ha, "iPhone", ident) for ident in ("one", "two"))
    bedrooms(rig, {room: {"keeper": phone.entity, "patience": 2} for room, phone in (("first", one), ("second", two))})
    for room in ("first", "second"):
        expect(outcome(rig, announce(rig, room, text=f"For {room}.", audience="keeper"), room), "spoken")
    expect((one.texts(), two.texts()), (["For first."], ["For second."]))
    one.close()
    two.close()


@check
def app_can_be_chosen(rig):
    "the blueprint asks for a Home Assistant whose app can be chosen as a phone: 2026.5"
    about = rig.ha.ws("blueprint/list", domain="automation")["uncramp/announce.yaml"]["metadata"]
    expect(about["homeassistant"]["min_version"], "2026.5.0")


@check
def app_is_no_remote_control(rig):
    "a button that names another topic does nothing"
    mark = rig.broker.mark()
    for action in ("uncramp uncramp/other/mode/set off", "uncramp uncramp/app/state x", "uncramp zigbee2mqtt/x/set y"):
        rig.ha.ws("fire_event", event_type="mobile_app_notification_action", event_data={"action": action})
    rig.ha.ws("fire_event", event_type="mobile_app_notification_action",
              event_data={"action": "uncramp uncramp/app/cramp/set {}"})
    rig.broker.wait("uncramp/app/event", since=mark)
    topics = {m["topic"] for m in rig.broker.messages[mark:] if not m["topic"].endswith("ack")}
    expect(topics, {"uncramp/app/cramp/set", "uncramp/app/event"})


if __name__ == "__main__":
    main(__file__)
