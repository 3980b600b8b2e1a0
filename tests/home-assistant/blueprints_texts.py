#!/usr/bin/env python3
"""Words and names that a template of Home Assistant would take for something else than a text."""
from blueprints import announce, bedrooms, expect, notes, outcome
from checks import LEFT, PHONE, RIGHT, SPEAKER, VOICE, check, eventually, main, prepare
from daemon import Uncramp, hours_from_now

WORDS = ("5", "true", "None", "21.5", "['a','b']", "{'a': 1}", "True", "21.50", '{"a": 1}', "'so'")
FEW = WORDS[:3]
NAMES = ("5", "None", "True")
BED = {"satellites": [LEFT, RIGHT], "patience": 2}
DONE = {"action": "mqtt.publish", "data": {
    "topic": "checks/actions", "payload": "{{ [text | length > 0, '' ~ text] | to_json }}"}}
BEDROOMS = {
    "bed": BED,
    "speaker": {"speaker": SPEAKER, "voice": VOICE, "patience": 2},
    "phone": {"phone": PHONE, "keeper": PHONE, "patience": 2},
    "actions": {"actions_for": "both", "any_actions": [DONE]},
    "bedroom": BED,
    **{f"of_{name}": {**BED, "sleepers": ["anna", name]} for name in NAMES},
}
HOUSE = """
  bedroom:
    sleep: {}-{}
    sleepers:
      anna: {{ born: 1980, conditions: [], conditions_confirmed: 2026-11 }}
    sensors:
      room: {{ zigbee2mqtt: Room }}
    heater: {{ kind: radiator, hot_water: true, control: switch, zigbee2mqtt: Plug }}
"""


@prepare
def set_up(rig):
    bedrooms(rig, BEDROOMS)
    rig.blueprint("say", "say.yaml", bedroom="said", satellites=[LEFT, RIGHT], sleepers=["5", "None"])
    rig.broker.answer("uncramp/said/tell/set", "uncramp/said/reply",
                      lambda told: {"id": told["id"], "text": "None" if told["control"] == "pause" else "5"})
    # A new subscription is deaf at first.
    eventually(lambda: rig.ha.say("start again", "en")["speech"] == "5", 30, "an answer")


def said_by(rig, bedroom, device, some=WORDS, **fields):
    """Each of the words is said by that device as it stands, and acknowledged."""
    for words in some:
        rig.ha.spoken(clear=True)
        number = announce(rig, bedroom, text=words, **fields)
        expect((words, outcome(rig, number, bedroom)), (words, "spoken"))
        expect(rig.said(), [(device, words)])


@check
def satellite(rig):
    "words that look like a number, a truth value, none or a list are spoken by a satellite, and acknowledged"
    said_by(rig, "bed", LEFT)


@check
def speaker(rig):
    "so they are by a speaker, by a voice that does not know the language, too"
    said_by(rig, "speaker", SPEAKER, FEW)
    said_by(rig, "speaker", SPEAKER, FEW, language="xx")


@check
def phone(rig):
    "a phone shows them, and Home Assistant shows them to the keeper"
    said_by(rig, "phone", PHONE)
    said_by(rig, "phone", PHONE, audience="keeper")
    for words in WORDS:
        assert words in notes(rig), (words, notes(rig))


@check
def actions(rig):
    "any actions get them as a text"
    for words in WORDS:
        mark = rig.broker.mark()
        expect(outcome(rig, announce(rig, "actions", text=words), "actions"), "spoken")
        (long, text), = rig.broker.seen("checks/actions", mark)
        expect((long, text.removesuffix("\u200b")), (True, words))


@check
def question(rig):
    "they are asked, too, and what is answered is understood"
    rig.ha.voice(entity_id=LEFT, answers=["no"] * len(FEW))
    for words in FEW:
        rig.ha.spoken(clear=True)

        def asks(bedroom, number):
            return {"about": "cramp", "answers": {"no": {"reply": {"en": words}}}}

        number = announce(rig, "bed", text=words, ask=asks)
        expect((words, outcome(rig, number, "bed")), (words, "answered"))
        eventually(lambda: len(rig.said()) == 2, 20, rig.said)
        expect(rig.said(), [(LEFT, words), (LEFT, words)])


@check
def whose(rig):
    "words for a sleeper whose name looks so come from that sleeper's satellite"
    for name in NAMES:
        rig.ha.spoken(clear=True)
        bedroom = f"of_{name}"
        expect(outcome(rig, announce(rig, bedroom, sleeper=name), bedroom), "spoken")
        expect([device for device, _ in rig.said()], [RIGHT])


@check
def heard(rig):
    "a name that looks so is told to uncramp as it is, whoever lies there; and so is a reply that does"
    for hear, control, payload in (
        (lambda: rig.ha.hear(LEFT, "I have a cramp")["response"], "cramp", {"sleeper": "5"}),
        (lambda: rig.ha.hear(RIGHT, "I have a cramp")["response"], "cramp", {"sleeper": "None"}),
        (lambda: rig.ha.hear(LEFT, "None had a cramp")["response"], "cramp", {"sleeper": "None", "when": "last night"}),
        (lambda: rig.ha.hear(RIGHT, "5 had no cramp")["response"], "cramp", {"sleeper": "5", "cramp": False}),
        (lambda: rig.ha.hear(LEFT, "not tonight")["response"], "pause", "tonight"),
    ):
        mark = rig.broker.mark()
        expect(hear(), "None" if control == "pause" else "5")
        told = rig.broker.seen("uncramp/said/tell/set", mark)
        expect([(one["control"], one["payload"]) for one in told], [(control, payload)])


@check
def own_words(rig):
    "what Home Assistant itself has uncramp say so is spoken and acknowledged"
    daemon = Uncramp(rig.broker.port)
    daemon.start(HOUSE.format(hours_from_now(9), hours_from_now(17)))
    try:
        rig.ha.wait_state("notify.uncramp_bedroom_say", lambda state: state["state"] != "unavailable", 30)
        for words in WORDS:
            mark = rig.broker.mark()
            rig.ha.call("notify.send_message", {"entity_id": "notify.uncramp_bedroom_say", "message": words})
            told = rig.broker.wait("uncramp/bedroom/announce", lambda it: it["text"] == words, since=mark)
            expect(outcome(rig, told["id"], "bedroom"), "spoken")
            assert (LEFT, words) in rig.said(), rig.said()
    finally:
        daemon.leave()


if __name__ == "__main__":
    main(__file__)
