"""A mail server and a text-message gateway that remember what they were given."""

import collections
import email
import hashlib
import hmac
import http.server
import json
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

SECRET = "0123456789abcdef0123456789abcdef"


class MailServer:
    """A real SMTP server; counts each Message-ID that it took."""

    def __init__(self, port, **options):
        self.taken = collections.Counter()
        self.messages = []
        self.refuse = None
        self.controller = Controller(self, hostname="127.0.0.1", port=port, **options)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        self.taken[message["Message-ID"]] += 1
        self.messages.append((envelope.rcpt_tos, message))
        return "250 taken"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


class Gateway:
    """Takes signed webhooks and, as a gateway does, sends one message per idempotency key."""

    def __init__(self, port):
        gateway = self
        self.sent = {}
        self.repeats = 0
        self.unsigned = 0
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                fields = dict(part.split("=", 1) for part in self.headers["besoeg-signature"].split(","))
                expected = hmac.new(SECRET.encode(), f"{fields['t']}.".encode() + body, hashlib.sha256)
                key = self.headers["idempotency-key"]
                with gateway.lock:
                    if not hmac.compare_digest(expected.hexdigest(), fields["v1"]):
                        gateway.unsigned += 1
                    gateway.repeats += key in gateway.sent
                    gateway.sent[key] = json.loads(body)
                answer = json.dumps({"id": f"g-{key}"}).encode()
                self.send_response(202)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def sign(body, at):
    code = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={code}"
