#!/usr/bin/env bash
# httpx: of a response in Content-Encoding gzip with two members only the first is handed on.
#
# Who is hit: clients that were moved from requests to httpx and fetch reports that are compressed in blocks: parallel
# compressors, logs that are appended to, files joined with cat.
# Software: httpx 0.28.1, requests 2.34.2 with urllib3 2.8.0.
# Expected: all of it, as RFC 1952 says (a file is a series of members) and as requests gives it; or a decoding error.
# Seen: the text ends where the first member ends, without an error, in read() and in iter_bytes() alike.
# Instead: iter_raw() and Python's gzip module.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  httpx==0.28.1 requests==2.34.2 urllib3==2.8.0 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

cat >"$work/read.py" <<'PYTHON'
import gzip
import http.server
import threading

import httpx
import requests

BODY = gzip.compress(b"id\n1\n") + gzip.compress(b"2\n3\n")

class Report(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Report)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/report.csv"
assert gzip.decompress(BODY) == b"id\n1\n2\n3\n"
by_requests = requests.get(address, proxies={"http": ""}).text.split()
by_httpx = httpx.get(address, trust_env=False).text.split()
print("requests", *by_requests, "httpx", *by_httpx)
PYTHON
known="requests id 1 2 3 httpx id 1"
seen=$(python3 "$work/read.py")
echo "expected: requests id 1 2 3 httpx id 1 2 3"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
