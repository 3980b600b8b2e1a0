#!/usr/bin/env python3
"""Weeks with a voice: the daemon on a clock that we move, Home Assistant, its satellites and phones.

The clock begins at the next noon, so that nothing that uncramp says is too late for Home Assistant.
"""
import json
import math
from datetime import datetime, timedelta, timezone

from checks import LEFT, PHONE, RIGHT, SPEAKER, VOICE, check, eventually, main, prepare
from daemon import Sensors, Stepped
from phone import Phone

BEDROOM = """
  bedroom:
    sleep: 22:30-06:45
    ask_in_the_morning: false
    sleepers:
      anna: { born: 1980, conditions: [], conditions_confirmed: %s }
    sensors:
      room: { zigbee2mqtt: Room }
      in_bed: { zigbee2mqtt: Mat }
    heater: { kind: radiator, hot_water: true, control: switch, zigbee2mqtt: Plug }
"""
HOUSE, MODE = "select.uncramp_bedroom_house", "select.uncramp_bedroom_mode"
daemon = sensors = keeper = None


@prepare
def begin(rig):
    global daemon, sensors, keeper
    keeper = Phone(rig.ha)
    rig.blueprint("announce_bedroom", "announce.yaml", bedroom="bedroom", satellites=[LEFT, RIGHT],
                  sleepers=["anna"], speaker=SPEAKER, voice=VOICE, phone=PHONE, keeper=keeper.entity,
                  patience=2, ask=False)
    rig.broker.answer("zigbee2mqtt/Plug/set", "zigbee2mqtt/Plug", lambda told: {"state": told["state"]})
    now = datetime.now(timezone.utc)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    sensors = Sensors(rig.broker)
    daemon = Stepped(rig.broker.port, noon)
    daemon.start(BEDROOM % noon.strftime("%Y-%m"))
    rig.ha.wait_device("uncramp_bedroom")
    rig.ha.wait_state(HOUSE, "home")


class Week:
    """Time that passes in the bedroom, and what came of it."""

    def __init__(self, rig):
        self.rig, self.mark, self.numbers, self.looked = rig, rig.broker.mark(), {}, {}
        rig.ha.spoken(clear=True)
        keeper.clear()

    def pass_(self, temperature=12.0, in_bed=lambda hour: False, room=True, minutes=20, **span):
        """The sensors speak every so many minutes, and what is announced is acknowledged before it
        would be said again."""
        end = daemon.now() + timedelta(**span)
        while daemon.now() < end:
            for _ in range(minutes):
                daemon.go(minutes=1)
                self.acknowledged()
            hour = daemon.now().hour + daemon.now().minute / 60
            if room:
                wave = math.sin(hour / 24 * 2 * math.pi)
                sensors.say("zigbee2mqtt/Room", '{"temperature": %.2f, "humidity": %.1f}'
                            % (temperature + wave, 50 + 3 * wave))
            sensors.say("zigbee2mqtt/Mat", '{"occupancy": %s}' % str(in_bed(hour)).lower())
            self.acknowledged()

    def announced(self):
        return self.rig.broker.seen("uncramp/bedroom/announce", self.mark)

    def acknowledged(self):
        open_ones = lambda: self.heard("uncramp/bedroom/announce") - self.heard("uncramp/bedroom/announce/ack")
        eventually(lambda: not open_ones(), 30, lambda: f"the acknowledgement of {open_ones()}")

    def heard(self, topic):
        """The numbers that came on a topic."""
        messages, numbers = self.rig.broker.messages, self.numbers.setdefault(topic, set())
        looked, self.looked[topic] = self.looked.get(topic, self.mark), len(messages)
        numbers |= {json.loads(m["payload"])["id"] for m in messages[looked:self.looked[topic]] if m["topic"] == topic}
        return numbers

    def heated(self):
        """How often the plug was switched on."""
        told = self.rig.broker.seen("zigbee2mqtt/Plug/set", self.mark)
        return len([one for one in told if one["state"] == "ON"])

    def spoken(self):
        return [text for device, text in self.rig.said() if device != PHONE]


def at_night(hour):
    return hour >= 22.5 or hour < 6.75


@check
def at_home(rig):
    "a cold day and night at home: heat is called for, and a drink is offered where people are"
    week = Week(rig)
    week.pass_(in_bed=at_night, hours=24)
    assert week.heated(), "no heat"
    assert any("water" in text for text in week.spoken()), (rig.ha.spoken(), week.announced())
    assert {device for device, _ in rig.said()} == {SPEAKER}, rig.said()
    # Words may be said for five minutes; whether it was drunk may be asked for half an hour.
    drinks = [it for it in week.announced() if it["ask"]]
    later = [datetime.fromisoformat(it["ask"]["until"]) - datetime.fromisoformat(it["valid_until"]) for it in drinks]
    assert set(later) == {timedelta(minutes=25)}, drinks
    assert not keeper.pushes, keeper.texts()


@check
def who_speaks(rig):
    "the first words say who is speaking and how to stop it; later ones do not"
    words = [it["text"] for it in rig.broker.seen("uncramp/bedroom/announce") if it["audience"] == "sleeper"]
    assert "uncramp" in words[0].lower() and "stop" in words[0].lower(), words[0]
    assert not [text for text in words[1:] if "uncramp" in text.lower()], words


@check
def own_words(rig):
    "Home Assistant's own words are spoken at noon"
    rig.ha.call("notify.send_message", {"entity_id": "notify.uncramp_bedroom_say", "message": "The bath is ready."})
    rig.ha.wait_spoken("The bath is ready.")


@check
def watching(rig):
    "who only watches is not heated; in the morning the keeper's phone says what would have been, and begins"
    rig.ha.call("select.select_option", {"entity_id": MODE, "option": "watch"})
    rig.ha.wait_state(MODE, "watch")
    week = Week(rig)
    week.pass_(in_bed=at_night, hours=24)
    assert not week.heated() and not rig.said(), rig.said()
    assert len(keeper.pushes) == 1, keeper.texts()
    keeper.press("Start it")
    rig.ha.wait_state(MODE, "auto")
    # A drink may be due at once; it is said before anything else happens.
    week.pass_(minutes=20, hours=1)


@check
def away(rig):
    "two weeks away in the cold: nothing is heated, nothing is said, nobody's phone rings"
    rig.ha.call("select.select_option", {"entity_id": HOUSE, "option": "away"})
    rig.ha.wait_state(HOUSE, "away")
    week = Week(rig)
    week.pass_(temperature=9.0, minutes=60, days=14)
    assert not week.heated(), "heat"
    assert not rig.said() and not keeper.pushes, (rig.said(), keeper.pushes, week.announced())
    rig.ha.wait_state(HOUSE, "away")


@check
def back(rig):
    "back home, the next cold night is a warm one"
    rig.ha.call("select.select_option", {"entity_id": HOUSE, "option": "home"})
    rig.ha.wait_state(HOUSE, "home")
    week = Week(rig)
    week.pass_(in_bed=at_night, hours=24)
    assert week.heated(), "no heat"


@check
def lost_sensor(rig):
    "a lost sensor reaches the keeper's phone once, is never spoken, and is withdrawn when healed"
    week = Week(rig)
    week.pass_(temperature=20, in_bed=at_night, hours=1)
    assert not keeper.pushes, keeper.texts()
    week.pass_(temperature=20, in_bed=at_night, room=False, hours=30)
    assert len(keeper.pushes) == len(keeper.shown) > 0, [push["message"] for push in keeper.pushes]
    told = [it for it in week.announced() if it["audience"] == "keeper"]
    assert len(told) == len({it["tag"] for it in told}) == len(keeper.pushes), told
    assert all("room" in it["text"] or "bedroom" in it["text"] for it in told), told
    said = [text for text in week.spoken() if "water" not in text]
    assert not said, said
    problem = rig.ha.wait_state("binary_sensor.uncramp_bedroom_problem", "on")
    assert problem["attributes"]["problems"], problem
    week.pass_(temperature=20, in_bed=at_night, hours=2)
    eventually(lambda: not keeper.shown, what=lambda: f"the end of {keeper.texts()}")
    rig.ha.wait_state("binary_sensor.uncramp_bedroom_problem", "off")
    assert not [text for text in week.spoken() if "water" not in text], week.spoken()


@check
def ends(rig):
    "the clock's hand lets go"
    sensors.close()
    daemon.leave()
    keeper.close()


if __name__ == "__main__":
    main(__file__)
