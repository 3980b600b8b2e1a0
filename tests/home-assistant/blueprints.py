#!/usr/bin/env python3
"""What uncramp wants said: heard at the far end."""
import itertools
import time
from datetime import datetime, timedelta, timezone

from checks import LEFT, PHONE, RIGHT, SPEAKER, VOICE, check, eventually, main, prepare

SATELLITES = {"satellites": [LEFT, RIGHT], "sleepers": ["anna", "ben"]}
HOUSE = {**SATELLITES, "players": [SPEAKER, SPEAKER], "speaker": SPEAKER,
         "voice": VOICE, "phone": PHONE, "keeper": PHONE, "patience": 2, "ask_after": 0}
DONE = {"action": "mqtt.publish", "data": {
    "topic": "checks/actions", "payload": "{{ [audience, urgency, language, text] | to_json }}"}}
BEDROOMS = {
    "house": HOUSE,
    "tongues": {**HOUSE, "languages": ["de", "en"]},
    "afar": {"satellites": [LEFT], "phone": PHONE, "patience": 2},
    "satellite": {**SATELLITES, "satellites": [LEFT], "patience": 2},
    "nothing": {},
    "speaker": {"speaker": SPEAKER, "voice": VOICE, "phone": PHONE, "patience": 2},
    "trusted": {"speaker": SPEAKER, "voice": VOICE, "phone": PHONE, "speaker_confirms": False,
                "patience": 2},
    "actions": {"actions_for": "both", "any_actions": [DONE]},
    "broken": {"actions_for": "both", "any_actions": [
        {"action": "notify.send_message", "target": {"entity_id": PHONE}, "data": {"message": "x"}}]},
}
WATER = "Anna, a glass of water would be good."
ids = itertools.count(int(time.time()))


def texts(english, german):
    return {"en": english, "de": german}


def offered(bedroom, number, sleeper="anna", ml=200):
    """What uncramp says of the answers to a drink: docs/topics.md."""
    topic = f"uncramp/{bedroom}"
    return {
        "about": "drink", "question": texts("Did you drink it?", "Schon getrunken?"),
        "answers": {
            "yes": {"reply": texts("Noted.", "Notiert."), "label": "I drank it", "topic": f"{topic}/drink/set",
                    "payload": {"sleeper": sleeper, "ml": ml},
                    "event": {"event_type": "drink", "sleeper": sleeper}},
            "no": {"reply": texts("All right.", "In Ordnung.")},
            "later": {"reply": texts("All right, later.", "Gut, später."), "label": "Later",
                      "topic": f"{topic}/snooze/set", "payload": {"id": number},
                      "event": {"event_type": "later", "id": number}}},
        "unclear": texts("I did not understand. When you have drunk, say: I drank a glass.",
                         "Das war nicht zu verstehen."),
        "lost": texts("I could not pass that on.", "Das konnte nicht weitergegeben werden.")}


def asked_about(bedroom, number, sleeper="anna", night="2026-11-21", later=True):
    """What uncramp says of the answers to the morning's question."""
    ask = offered(bedroom, number, sleeper)
    topic = f"uncramp/{bedroom}/cramp/set"
    del ask["question"]
    told = {"sleeper": sleeper, "night": night}
    ask["about"] = "cramp"
    ask["answers"]["yes"].update(label="Yes, a cramp", topic=topic, payload=told,
                                event={"event_type": "cramp", "sleeper": sleeper})
    ask["answers"]["no"] = {"reply": texts("Good.", "Gut."), "label": "No cramp", "topic": topic,
                            "payload": {**told, "cramp": False},
                            "event": {"event_type": "no_cramp", "sleeper": sleeper}}
    ask["answers"]["later"]["reply"] = texts("I will ask again in half an hour.", "Die Frage kommt wieder.")
    if not later:
        ask["answers"]["later"] = {"reply": texts("All right.", "In Ordnung.")}
    return ask


def uncramp_hears(rig, bedroom):
    """Somebody who says that it has each answer, as uncramp does."""
    event = f"uncramp/{bedroom}/event"
    rig.broker.answer(f"uncramp/{bedroom}/drink/set", event, lambda told: {"event_type": "drink", **told})
    rig.broker.answer(f"uncramp/{bedroom}/snooze/set", event, lambda told: {"event_type": "later", **told})
    rig.broker.answer(f"uncramp/{bedroom}/cramp/set", event, lambda told: {
        "event_type": "cramp" if told.get("cramp", True) else "no_cramp", "sleeper": told.get("sleeper", "")})


@prepare
def set_up(rig):
    bedrooms(rig, BEDROOMS)


def bedrooms(rig, some):
    """An automation for each, once it listens."""
    for bedroom, inputs in some.items():
        rig.blueprint(f"announce_{bedroom}", "announce.yaml", bedroom=bedroom, **inputs)
    for bedroom in some:
        listening(rig, bedroom)


def listening(rig, bedroom):
    """A new trigger is deaf at first; what is too late is refused at once."""
    old = {"id": next(ids), "text": "x", "valid_until": "2020-01-01T00:00:00+00:00"}

    def answered():
        rig.broker.publish(f"uncramp/{bedroom}/announce", old)
        return rig.broker.seen(f"uncramp/{bedroom}/announce/ack")

    eventually(answered, 20, f"the automation of {bedroom}")


def announce(rig, bedroom="house", text=WATER, **fields):
    """What uncramp publishes; the number of the announcement."""
    number = fields.pop("id", None) or next(ids)
    if callable(fields.get("ask")):
        who = {"sleeper": fields["sleeper"]} if "sleeper" in fields else {}
        fields["ask"] = fields["ask"](bedroom, number, **who)
    rig.broker.publish(f"uncramp/{bedroom}/announce", {
        "id": number, "text": text, "language": "en", "urgency": "gentle", "ask": False,
        "audience": "sleeper", "place": "bed", **fields})
    return number


def outcome(rig, number, bedroom="house", timeout=30):
    topic = f"uncramp/{bedroom}/announce/ack"
    return rig.broker.wait(topic, lambda ack: ack["id"] == number, timeout)["outcome"]


def acks(rig, number, bedroom="house"):
    seen = rig.broker.seen(f"uncramp/{bedroom}/announce/ack")
    return [ack["outcome"] for ack in seen if ack["id"] == number]


def expect(got, wanted):
    assert got == wanted, f"{got!r}, not {wanted!r}"


@check
def spoken(rig):
    "an announcement is spoken at the bed and acknowledged"
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(LEFT, WATER)])


@check
def whose(rig):
    "words for one sleeper come from that sleeper's satellite"
    expect(outcome(rig, announce(rig, sleeper="ben")), "spoken")
    expect(rig.said(), [(RIGHT, WATER)])


@check
def at_home(rig):
    "what is not for the bed comes from the speaker"
    expect(outcome(rig, announce(rig, place="home")), "spoken")
    expect(rig.said(), [(SPEAKER, WATER)])


@check
def keeper(rig):
    "a fault goes to the keeper's phone and is not spoken"
    text = "In “bedroom” the thermometer has been silent for 3 h."
    expect(outcome(rig, announce(rig, text=text, audience="keeper", place="home")), "spoken")
    expect(rig.said(), [(PHONE, text)])


@check
def fails(rig):
    "a satellite that fails twice: the next one speaks"
    rig.ha.voice(entity_id=LEFT, mode="fail")
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(RIGHT, WATER)])
    expect(len(rig.ha.spoken(LEFT)), 2)


@check
def plays_nothing(rig):
    "a satellite that claims success and plays nothing: the next one speaks"
    rig.ha.voice(entity_id=LEFT, mode="drop")
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(RIGHT, WATER)])


@check
def hangs(rig):
    "a satellite that never ends: the next one speaks"
    rig.ha.voice(entity_id=LEFT, mode="hang")
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(RIGHT, WATER)])


@check
def unavailable(rig):
    "a satellite that is unavailable: the next one speaks"
    rig.ha.voice(entity_id=LEFT, mode="unavailable")
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(RIGHT, WATER)])


@check
def busy(rig):
    "a satellite that still speaks: the words wait for it, and both are heard"
    first, second = announce(rig, text="The first of two sentences."), announce(rig)
    expect([outcome(rig, first), outcome(rig, second)], ["spoken", "spoken"])
    expect(rig.said(), [(LEFT, "The first of two sentences."), (LEFT, WATER)])


@check
def busy_for_long(rig):
    "a satellite that is busy for longer than our patience: the next one speaks"
    rig.ha.voice(entity_id=LEFT, mode="hang")
    first = announce(rig, "satellite", text="This one hangs.")
    rig.ha.wait_state(LEFT, "responding")
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(RIGHT, WATER)])
    expect(outcome(rig, first, "satellite"), "failed")


@check
def all_satellites_fail(rig):
    "no satellite works: the speaker speaks"
    for satellite in (LEFT, RIGHT):
        rig.ha.voice(entity_id=satellite, mode="fail")
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(SPEAKER, WATER)])


@check
def only_the_phone(rig):
    "nothing that speaks works: the phone shows it"
    for entity in (LEFT, RIGHT, SPEAKER):
        rig.ha.voice(entity_id=entity, mode="fail")
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(PHONE, WATER)])


def one_satellite(mode):
    def one(rig):
        rig.ha.voice(entity_id=LEFT, mode=mode)
        expect(outcome(rig, announce(rig, "satellite"), "satellite"), "failed")
        expect(rig.said(), [])
    one.__name__ = f"alone_{mode}"
    one.__doc__ = f"the only satellite, mode {mode}: uncramp is told that it failed"
    return check(one)


for _mode in ("fail", "drop", "hang", "unavailable"):
    one_satellite(_mode)


@check
def speaker_plays_nothing(rig):
    "a speaker that takes the words and stays silent: the phone shows them"
    rig.ha.voice(entity_id=SPEAKER, mode="drop")
    expect(outcome(rig, announce(rig, "speaker"), "speaker"), "spoken")
    expect(rig.said(), [(PHONE, WATER)])


@check
def mute_speaker_is_not_tried_again(rig):
    "a silent speaker is noticed by itself and not tried again; where it need not be, it counts as spoken"
    rig.ha.voice(entity_id=SPEAKER, mode="drop")
    expect(outcome(rig, announce(rig, place="home")), "spoken")
    expect(rig.said(), [(PHONE, WATER)])
    expect(len(rig.ha.spoken(SPEAKER)), 1)
    rig.reset()
    rig.ha.voice(entity_id=SPEAKER, mode="drop")
    expect(outcome(rig, announce(rig, "trusted", place="home"), "trusted"), "spoken")
    expect(rig.said(), [])


@check
def speaker_speaks(rig):
    "a speaker that shows that it plays has spoken"
    expect(outcome(rig, announce(rig, "speaker"), "speaker"), "spoken")
    expect(rig.said(), [(SPEAKER, WATER)])


@check
def speaker_hangs(rig):
    "a speaker that never ends: the phone shows the words"
    rig.ha.voice(entity_id=SPEAKER, mode="hang")
    expect(outcome(rig, announce(rig, "speaker"), "speaker"), "spoken")
    expect(rig.said(), [(PHONE, WATER)])


@check
def speaker_unavailable(rig):
    "a speaker that is unavailable: the phone shows the words"
    rig.ha.voice(entity_id=SPEAKER, mode="unavailable")
    expect(outcome(rig, announce(rig, "speaker"), "speaker"), "spoken")
    expect(rig.said(), [(PHONE, WATER)])


@check
def foreign_language(rig):
    "a voice that does not know the language speaks all the same"
    expect(outcome(rig, announce(rig, "speaker", language="xx"), "speaker"), "spoken")
    expect(rig.said(), [(SPEAKER, WATER)])


@check
def keeper_not_reached(rig):
    "the keeper's phone fails: uncramp is told, and Home Assistant shows it"
    rig.ha.voice(entity_id=PHONE, mode="fail")
    number = announce(rig, text="A fault.", audience="keeper", place="home")
    expect(outcome(rig, number), "failed")
    notes = rig.ha.ws("persistent_notification/get")
    assert any(note["message"] == "A fault." for note in notes), notes
    expect(rig.said(), [])


def notes(rig):
    return [note["message"] for note in rig.ha.ws("persistent_notification/get")]


@check
def keeper_without_a_phone(rig):
    "no phone is set up for the keeper: a fault waits in Home Assistant until it is over, and is told"
    fields = {"audience": "keeper", "place": "home", "urgency": "normal", "tag": "silent-room"}
    expect(outcome(rig, announce(rig, "nothing", text="It is silent.", **fields), "nothing"), "spoken")
    assert "It is silent." in notes(rig), notes(rig)
    over = announce(rig, "nothing", text="It speaks again.", healed=True, **fields)
    expect(outcome(rig, over, "nothing"), "spoken")
    assert "It is silent." not in notes(rig), notes(rig)


@check
def danger_without_a_phone(rig):
    "danger that only waits in Home Assistant has reached nobody"
    fields = {"audience": "keeper", "place": "home", "urgency": "alarm", "tag": "stays-on"}
    expect(outcome(rig, announce(rig, "nothing", text="It stays on.", **fields), "nothing"), "failed")
    assert "It stays on." in notes(rig), notes(rig)


@check
def at_home_without_a_speaker(rig):
    "what is not for the bed goes to the phone where there is no speaker: nobody may be at the bed"
    expect(outcome(rig, announce(rig, "afar", place="home"), "afar"), "spoken")
    expect(rig.said(), [(PHONE, WATER)])


@check
def tongues(rig):
    "each satellite's own language decides, where uncramp says it in more than one"
    german = "Ein Glas Wasser wäre gut."
    both = {"texts": {"en": WATER, "de": german}}
    expect(outcome(rig, announce(rig, "tongues", **both), "tongues"), "spoken")
    expect(outcome(rig, announce(rig, "tongues", sleeper="ben", **both), "tongues"), "spoken")
    expect(outcome(rig, announce(rig, "tongues"), "tongues"), "spoken")
    expect(rig.said(), [(LEFT, german), (RIGHT, WATER), (LEFT, WATER)])


@check
def no_way(rig):
    "nothing is set up: uncramp is told that it failed"
    expect(outcome(rig, announce(rig, "nothing"), "nothing"), "failed")


@check
def any_actions(rig):
    "any actions can speak; they get the words and for whom they are"
    mark = rig.broker.mark()
    number = announce(rig, "actions", language="de", text="Ein Glas Wasser wäre gut.")
    expect(outcome(rig, number, "actions"), "spoken")
    heard = rig.broker.wait("checks/actions", since=mark)
    expect(heard, ["sleeper", "gentle", "de", "Ein Glas Wasser wäre gut."])


@check
def any_actions_fail(rig):
    "actions that fail count as not said"
    rig.ha.voice(entity_id=PHONE, mode="fail")
    expect(outcome(rig, announce(rig, "broken"), "broken"), "failed")


@check
def alarm(rig):
    "danger is said everywhere, loudly, and the volume is put back"
    volumes = watch_volume(rig)
    number = announce(rig, urgency="alarm", text="Danger: the heater stays on.", quiet=True)
    expect(outcome(rig, number), "spoken")
    expect({device for device, _ in rig.said()}, {LEFT, RIGHT, SPEAKER, PHONE})
    assert 0.8 in volumes(), volumes()
    expect(volume(rig), 0.5)


@check
def too_late(rig):
    "what is no longer valid is not said"
    past = (datetime.now(timezone.utc) - timedelta(seconds=5)).isoformat()
    expect(outcome(rig, announce(rig, valid_until=past)), "failed")
    expect(rig.said(), [])


@check
def in_time(rig):
    "what is still valid is said"
    soon = (datetime.now(timezone.utc) + timedelta(minutes=5)).isoformat()
    expect(outcome(rig, announce(rig, valid_until=soon)), "spoken")
    expect(rig.said(), [(LEFT, WATER)])


@check
def twice(rig):
    "the same announcement again is acknowledged again, and spoken once"
    number = announce(rig)
    rig.ha.wait_spoken(WATER)
    announce(rig, id=number)
    expect(outcome(rig, number), "spoken")
    announce(rig, id=number)
    eventually(lambda: len(acks(rig, number)) >= 2, what="the second acknowledgement")
    expect(rig.said(), [(LEFT, WATER)])
    assert set(acks(rig, number)) == {"spoken"}, acks(rig, number)


@check
def garbled(rig):
    "what is no announcement changes nothing, and the next one is spoken"
    for garbage in ("", "water!", "[]", "7", '{"text": "no number"}', "{"):
        rig.broker.publish("uncramp/house/announce", garbage)
    expect(outcome(rig, announce(rig)), "spoken")
    expect(rig.said(), [(LEFT, WATER)])


def volume(rig):
    return rig.ha.state(SPEAKER)["attributes"]["volume_level"]


def watch_volume(rig):
    """The volumes that the player had since now."""
    rig.ha.ws("subscribe_events", event_type="state_changed")
    seen = []

    def volumes():
        rig.ha.states(SPEAKER)
        while True:
            try:
                event = rig.ha.next_event(0.3)["data"]
            except TimeoutError:
                return seen
            if event["entity_id"] == SPEAKER:
                seen.append(event["new_state"]["attributes"].get("volume_level"))

    return volumes


@check
def volume_put_back(rig):
    "a reminder has its own volume, and the old one is put back"
    volumes = watch_volume(rig)
    expect(outcome(rig, announce(rig)), "spoken")
    assert 0.35 in volumes(), volumes()
    expect(volume(rig), 0.5)


@check
def volume_put_back_after_failure(rig):
    "the volume is put back also after speech that failed, and after speech that hangs"
    for mode in ("fail", "hang"):
        rig.ha.voice(entity_id=LEFT, mode=mode)
        rig.ha.voice(entity_id=RIGHT, mode=mode)
        volumes = watch_volume(rig)
        expect(outcome(rig, announce(rig)), "spoken")
        assert 0.35 in volumes(), volumes()
        expect(volume(rig), 0.5)


@check
def volume_turned_meanwhile(rig):
    "a person who turns the volume meanwhile is obeyed"
    number = announce(rig)
    rig.ha.wait_state(SPEAKER, lambda state: state["attributes"]["volume_level"] == 0.35)
    rig.ha.call("media_player.volume_set", {"entity_id": SPEAKER, "volume_level": 0.9})
    expect(outcome(rig, number), "spoken")
    expect(volume(rig), 0.9)


@check
def quiet(rig):
    "in quiet hours it is quieter and there is no chime"
    volumes = watch_volume(rig)
    expect(outcome(rig, announce(rig, urgency="normal", quiet=True)), "spoken")
    assert 0.15 in volumes() and 0.45 not in volumes(), volumes()
    expect([entry["preannounce"] for entry in rig.ha.spoken(LEFT)], [False])


@check
def chime(rig):
    "where it need not be quiet a reminder has no chime, other words have one"
    outcome(rig, announce(rig))
    outcome(rig, announce(rig, urgency="normal"))
    expect([entry["preannounce"] for entry in rig.ha.spoken(LEFT)], [False, True])


if __name__ == "__main__":
    main(__file__)
