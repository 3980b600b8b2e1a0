"""A phone with the Home Assistant app, as far as Home Assistant can tell: it registers, takes what is
pushed to it, shows it, and presses buttons. `mobile_app` in Home Assistant is the real one.

A push does not raise where the phone's service refuses it: Home Assistant only logs that.
"""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from checks import eventually


class Phone:
    """What is on its screen: by tag, as a phone does; what has none stays."""

    def __init__(self, ha, name="Keepers phone", ident=None):
        self.ha, self.pushes, self.shown = ha, [], {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        registered = ha.http("POST", "/api/mobile_app/registrations", {
            "app_id": "rig", "app_name": "rig", "app_version": "1", "device_name": name,
            "device_id": ident or name, "manufacturer": "Rig", "model": "Phone", "os_name": "Rig", "os_version": "1",
            "supports_encryption": False, "app_data": {
                "push_token": "token", "push_url": f"http://127.0.0.1:{self.server.server_port}/push"}})
        self.webhook = registered["webhook_id"]
        # A second phone of the same name has an entity of another.
        self.entity = eventually(lambda: next((
            one["entity_id"] for one in ha.ws("config/entity_registry/list")
            if one["entity_id"].startswith("notify.") and one["unique_id"] == (ident or name)), None), what=name)
        eventually(lambda: ha.state(self.entity), what=self.entity)

    def _handler(phone):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                phone.take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass
        return Handler

    def take(self, push):
        self.pushes.append(push)
        tag = push.get("data", {}).get("tag") or len(self.pushes)
        if push["message"] == "clear_notification":
            self.shown.pop(tag, None)
        else:
            self.shown[tag] = push

    def clear(self):
        self.pushes.clear()
        self.shown.clear()

    def texts(self):
        """What can be read on its screen."""
        return [push["message"] for push in self.shown.values()]

    def press(self, title):
        """A button of something shown."""
        actions = [action for push in self.shown.values() for action in push.get("data", {}).get("actions", [])]
        action = next(action["action"] for action in actions if action["title"] == title)
        self.ha.http("POST", f"/api/webhook/{self.webhook}", {"type": "fire_event", "data": {
            "event_type": "mobile_app_notification_action", "event_data": {"action": action}}}, auth=False)

    def lose(self):
        """It can be reached over its own connection only, and has none."""
        self.ha.http("POST", f"/api/webhook/{self.webhook}", {"type": "update_registration", "data": {
            "app_version": "1", "device_name": "Lost phone", "manufacturer": "Rig", "model": "Phone",
            "app_data": {"push_websocket_channel": True}}}, auth=False)

    def close(self):
        self.server.shutdown()
