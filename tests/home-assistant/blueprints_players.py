#!/usr/bin/env python3
"""What uncramp wants said, where several words meet at one player, or something else plays there."""
import time

from blueprints import (
    BEDROOMS, HOUSE, WATER, acks, announce, asked_about, bedrooms, expect, outcome, uncramp_hears,
    volume, watch_volume)
from checks import LEFT, PHONE, RIGHT, SPEAKER, VOICE, check, eventually, main, prepare

FIRST, SECOND = "The first of two sentences.", "And here is the second one."
DANGER = "Danger: the heater stays on."
# Longer than danger waits for it.
LONG = "Anna, " + ", and then ".join(["a glass of water would be good"] * 8) + "."
ROOMS = {
    "house": HOUSE,
    # Its satellite has the volume that the other room's speaker has.
    "one": {"satellites": [LEFT], "players": [SPEAKER], "sleepers": ["anna"], "patience": 15},
    "two": {**BEDROOMS["speaker"], "patience": 15},
    "three": {**BEDROOMS["speaker"], "patience": 15},
    # Its reminders are as loud as its danger.
    "loud": {**BEDROOMS["speaker"], "patience": 15, "volume_gentle": 80},
}


@prepare
def set_up(rig):
    bedrooms(rig, ROOMS)
    uncramp_hears(rig, "one")


def steps(volumes):
    """The volumes that were shown, each once as long as it stayed."""
    seen = volumes()
    return [one for one, before in zip(seen, [0.5, *seen]) if one != before]


def both(rig, first, second):
    """Two announcements at one moment, each a room and its fields; the steps that the volume took."""
    volumes = watch_volume(rig)
    numbers = [(announce(rig, room, text=text, **fields), room)
               for text, (room, fields) in zip((FIRST, SECOND), (first, second))]
    for number, room in numbers:
        expect(outcome(rig, number, room, 60), "spoken")
    return steps(volumes)


@check
def one_speaker_two_words(rig):
    "two announcements for one speaker at one moment are heard one after the other, none cut off"
    both(rig, ("two", {}), ("two", {}))
    expect(rig.said(), [(SPEAKER, FIRST), (SPEAKER, SECOND)])


@check
def one_speaker_two_bedrooms(rig):
    "so are those of two bedrooms that share a speaker, where the speaker's action ends at once, too"
    for blocks in (True, False):
        rig.reset()
        rig.ha.voice(entity_id=SPEAKER, blocks=blocks)
        expect(both(rig, ("two", {}), ("three", {})), [0.35, 0.5, 0.35, 0.5])
        expect(sorted(rig.said()), sorted([(SPEAKER, FIRST), (SPEAKER, SECOND)]))


@check
def volume_of_two(rig):
    "each of two announcements at one player has its own volume, and the household's is back after both"
    for first, second, volumes in (
        ({"quiet": True}, {"quiet": True}, [0.15, 0.5, 0.15, 0.5]),
        ({"urgency": "gentle"}, {"urgency": "normal"}, [0.35, 0.5, 0.45, 0.5]),
    ):
        rig.reset()
        expect(both(rig, ("one", first), ("one", second)), volumes)
        expect(rig.said(), [(LEFT, FIRST), (LEFT, SECOND)])


@check
def danger_first(rig):
    "of what waits for a player danger is said first; what is being said is said to its end"
    volumes = watch_volume(rig)
    begun = announce(rig, "one", text="What was begun.", quiet=True)
    rig.ha.wait_spoken("What was begun.")
    numbers = [announce(rig, "one", text=FIRST, quiet=True), announce(rig, "one", text=SECOND, urgency="alarm")]
    for number in (begun, *numbers):
        expect(outcome(rig, number, "one", 60), "spoken")
    expect(rig.said(), [(LEFT, "What was begun."), (LEFT, SECOND), (LEFT, FIRST)])
    expect(steps(volumes), [0.15, 0.5, 0.8, 0.5, 0.15, 0.5])


@check
def danger_does_not_wait(rig):
    "danger waits no longer than some seconds for other words, and the household's volume is back after both"
    for holder, fields in (("one", {"quiet": True}), ("two", {}), ("loud", {})):
        rig.reset()
        volumes = watch_volume(rig)
        begun = announce(rig, holder, text=LONG, **fields)
        rig.ha.wait_spoken(LONG)
        asked = time.monotonic()
        number = announce(rig, "three", text=DANGER, urgency="alarm")
        rig.ha.wait_spoken(DANGER, timeout=30)
        waited = time.monotonic() - asked
        assert waited < 9, f"{waited:.1f} s behind {holder}"
        expect(outcome(rig, number, "three", 60), "spoken")
        expect(outcome(rig, begun, holder, 60), "spoken")
        # Whoever began has nothing to put back: also a moment later nothing changes any more.
        rig.ha.wait_state(SPEAKER, lambda state: state["attributes"]["volume_level"] == 0.5, 10)
        seen = [one for one in steps(volumes) if one]
        expect((holder, seen[-2:]), (holder, [0.8, 0.5]))


@check
def danger_waits_for_danger(rig):
    "danger cuts off no other danger"
    first, second = DANGER + " " + LONG, "Danger: the window fan stays on."
    numbers = [announce(rig, "two", text=first, urgency="alarm")]
    rig.ha.wait_spoken(first)
    numbers.append(announce(rig, "three", text=second, urgency="alarm"))
    for number, room in zip(numbers, ("two", "three")):
        expect(outcome(rig, number, room, 60), "spoken")
    expect(rig.said(SPEAKER), [(SPEAKER, first), (SPEAKER, second)])
    expect(volume(rig), 0.5)


@check
def volume_hangs(rig):
    "a volume that can never be set holds no words up: danger is said everywhere, and so is what comes next"
    rig.ha.voice(entity_id=SPEAKER, volume_hangs=True)
    expect(outcome(rig, announce(rig, urgency="alarm", text=DANGER), timeout=60), "spoken")
    expect({device for device, _ in rig.said()}, {LEFT, RIGHT, SPEAKER, PHONE})
    expect(outcome(rig, announce(rig), timeout=60), "spoken")
    expect(rig.said()[-1], (LEFT, WATER))


@check
def what_hangs_piles_up(rig):
    "however much hangs, words are said: first without a volume of their own, then by the phone"
    rig.ha.voice(entity_id=SPEAKER, volume_hangs=True)
    loud = {"what": "volume", "by": "automation.announce_house", "player": SPEAKER, "level": 0.9}
    for many, device in ((60, LEFT), (60, PHONE)):
        for _ in range(many):
            rig.ha.ws("fire_event", event_type="uncramp_voice", event_data=loud)
        expect(outcome(rig, announce(rig), timeout=30), "spoken")
        expect(rig.said()[-1], (device, WATER))


@check
def volume_of_two_bedrooms(rig):
    "a speaker that is the volume of another room's satellite is shared as well"
    expect(both(rig, ("one", {}), ("two", {"urgency": "normal"})), [0.35, 0.5, 0.45, 0.5])
    expect(rig.said(), [(LEFT, FIRST), (SPEAKER, SECOND)])


@check
def volume_shown_late(rig):
    "a player that shows its volume a second late gets the household's back"
    rig.ha.voice(entity_id=SPEAKER, shows_after=1)
    both(rig, ("one", {}), ("one", {"urgency": "normal"}))
    expect(volume(rig), 0.5)


@check
def two_questions(rig):
    "two questions at one satellite: each is answered before the other is asked"
    rig.ha.voice(entity_id=LEFT, answers=["no", "no"], answer_delay=0.5)
    volumes = watch_volume(rig)
    fields = {"ask": asked_about, "quiet": True, "urgency": "normal"}
    numbers = [announce(rig, "one", text=FIRST, sleeper="anna", **fields),
               announce(rig, "one", text=SECOND, sleeper="ben", **fields)]
    for number in numbers:
        eventually(lambda: "answered" in acks(rig, number, "one"), 60, lambda: acks(rig, number, "one"))
    eventually(lambda: len(rig.said()) == 4, 30, rig.said)
    expect(rig.said(), [(LEFT, FIRST), (LEFT, "Good."), (LEFT, SECOND), (LEFT, "Good.")])
    rig.ha.wait_state(LEFT, "idle")
    expect(steps(volumes), [0.15, 0.5] * 4)


def music(rig):
    """A song, for longer than any check of it takes; most speakers' action ends at once."""
    rig.ha.voice(entity_id=SPEAKER, play_seconds=60, blocks=False)
    rig.ha.call("tts.speak", {"entity_id": VOICE, "media_player_entity_id": SPEAKER, "message": "A song."})
    rig.ha.wait_state(SPEAKER, "playing")
    rig.ha.voice(entity_id=SPEAKER, play_seconds=1.2)


@check
def music_goes_on(rig):
    "a speaker that plays music on and drops the words has not spoken: the phone shows them"
    music(rig)
    rig.ha.voice(entity_id=SPEAKER, mode="drop")
    expect(outcome(rig, announce(rig, "two"), "two"), "spoken")
    expect(rig.said(), [(SPEAKER, "A song."), (PHONE, WATER)])
    expect(len(rig.ha.spoken(SPEAKER)), 2)


@check
def slow_speaker_plays_nothing(rig):
    "a speaker that takes its time and then drops the words has not spoken: the phone shows them"
    for begins in (lambda: None, lambda: music(rig)):
        rig.reset()
        begins()
        rig.ha.voice(entity_id=SPEAKER, mode="drop", starts_after=4, blocks=True)
        expect(outcome(rig, announce(rig, "two"), "two"), "spoken")
        expect(rig.said()[-1], (PHONE, WATER))


@check
def slow_speaker_speaks(rig):
    "a speaker that takes its time and then speaks has spoken, whether its action waits or not"
    for blocks in (True, False):
        rig.reset()
        rig.ha.voice(entity_id=SPEAKER, starts_after=4, blocks=blocks)
        expect(outcome(rig, announce(rig, "two"), "two"), "spoken")
        expect(rig.said(), [(SPEAKER, WATER)])


@check
def speaker_too_slow(rig):
    "a speaker that begins later than anybody waits: the phone shows the words, too"
    rig.ha.voice(entity_id=SPEAKER, starts_after=9, blocks=False)
    expect(outcome(rig, announce(rig, "two"), "two"), "spoken")
    expect(rig.said(), [(PHONE, WATER)])


@check
def music_gives_way(rig):
    "a speaker whose music gives way to the words has spoken: no phone shows them"
    music(rig)
    expect(outcome(rig, announce(rig, "two"), "two"), "spoken")
    expect(rig.said(), [(SPEAKER, WATER)])


@check
def failed_comes_again(rig):
    "what failed is tried again when it comes again, by every way; what was said is not"
    fields = {"urgency": "alarm", "text": "Danger: the heater stays on."}
    for entity in (LEFT, RIGHT, SPEAKER, PHONE):
        rig.ha.voice(entity_id=entity, mode="fail")
    number = announce(rig, **fields)
    expect(outcome(rig, number), "failed")
    tries = len(rig.ha.spoken(PHONE))
    announce(rig, id=number, **fields)
    eventually(lambda: len(acks(rig, number)) == 2, 30, lambda: acks(rig, number))
    expect(acks(rig, number), ["failed", "failed"])
    expect(len(rig.ha.spoken(PHONE)), 2 * tries)
    rig.ha.voice(entity_id=PHONE, mode="ok")
    announce(rig, id=number, **fields)
    eventually(lambda: len(acks(rig, number)) == 3, 30, lambda: acks(rig, number))
    announce(rig, id=number, **fields)
    eventually(lambda: len(acks(rig, number)) == 4, 30, lambda: acks(rig, number))
    expect(acks(rig, number), ["failed", "failed", "spoken", "spoken"])
    expect(rig.said(), [(PHONE, fields["text"])])


@check
def keeper_again(rig):
    "so are the keeper's words"
    fields = {"urgency": "normal", "audience": "keeper", "place": "home", "text": "The thermometer is silent."}
    rig.ha.voice(entity_id=PHONE, mode="unavailable")
    number = announce(rig, **fields)
    expect(outcome(rig, number), "failed")
    rig.ha.voice(entity_id=PHONE, mode="ok")
    for times in (2, 3):
        announce(rig, id=number, **fields)
        eventually(lambda: len(acks(rig, number)) == times, 30, lambda: acks(rig, number))
    expect(acks(rig, number), ["failed", "spoken", "spoken"])
    expect(rig.said(), [(PHONE, fields["text"])])


if __name__ == "__main__":
    main(__file__)
