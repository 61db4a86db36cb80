"""Receives webhooks: `webhook_receiver.py PORT_FILE LOG_FILE SECRETS_FILE [IDENTITY_FILE]`.

Writes a line of JSON for each request, with whether one of its signatures is right for each secret in SECRETS_FILE, checked
with Python's own hmac. The path says what is answered: /ok, /status/500, /fail/2 (500 twice for a message, then 200), /slow,
/redirect, /big, /wait (503 with Retry-After). With IDENTITY_FILE (a key and certificates in PEM, looked at anew for each
connection) it speaks TLS; a handshake that fails is a line with its error.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import ssl
import sys
import threading
import time

port_file, log_file, secrets_file = sys.argv[1:4]
identity_file = sys.argv[4] if len(sys.argv) > 4 else None
lock = threading.Lock()
seen = {}


def log(line):
    with lock, open(log_file, "a") as file:
        file.write(json.dumps(line) + "\n")


def signatures(secret, headers, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split(" ")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with open(secrets_file) as file:
            valid = [signatures(secret, headers, body) for secret in file.read().split()]
        with lock:
            count = seen[headers["webhook-id"]] = seen.get(headers["webhook-id"], 0) + 1
        log({
            "path": self.path, "headers": headers, "body": body.decode(), "valid": valid, "count": count,
            "at": time.time(), "tls": self.request.version() if identity_file else None,
        })
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "slow":
            time.sleep(30)
        status = 200
        if kind == "status":
            status = int(rest)
        elif kind == "fail":
            status = 500 if count <= int(rest) else 204
        elif kind == "redirect":
            status = 302
        elif kind == "wait":
            status = 503 if count == 1 else 200
        self.send_response(status)
        if kind == "redirect":
            self.send_header("Location", "/ok")
        if kind == "wait":
            self.send_header("Retry-After", "3")
        answer = b"x" * (1 << 22 if kind == "big" else 2)
        if status != 204:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if status != 204:
            try:
                self.wfile.write(answer)
            except OSError:
                pass

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, client_address):
        """In the connection's own thread: a handshake that is never finished holds up nobody else."""
        if identity_file is None:
            return super().finish_request(request, client_address)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity_file)
        try:
            secure = context.wrap_socket(request, server_side=True)
        except OSError as error:
            return log({"path": "handshake", "error": str(error)})
        with secure:
            super().finish_request(secure, client_address)


def end_with_input():
    """The tests hold the other end of the standard input; when they are gone, this is too."""
    while sys.stdin.buffer.read1(4096):
        pass
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
server = Server(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + ".new", port_file)
server.serve_forever()
