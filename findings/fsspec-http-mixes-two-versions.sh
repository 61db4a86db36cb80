#!/usr/bin/env bash
# fsspec over HTTP: a report that is replaced while it is read comes out as the head of the old and the tail of the new.
#
# Who is hit: pandas, Dask, xarray and all else that opens http(s) addresses by fsspec, when a nightly report is written
# anew at the same address.
# Software: fsspec 2026.9.0 with aiohttp 3.14.5.
# Expected: later ranges are asked for with If-Range or If-Match, or the ETag of each 206 is compared with the first
# one's, and the change is an error. The server tells a strong ETag each time.
# Seen: each block is a plain Range request; ETags are not looked at. The bytes of both versions are joined without an
# error, and the last rows of a report come from another day than the first.
# Instead: read the whole body in one request (block_size=0, or fs.cat_file), or give each version its own address.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  fsspec==2026.9.0 aiohttp==3.14.5 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

cat >"$work/read.py" <<'PYTHON'
import http.server
import threading

import fsspec

SIZE = 20_000_000
version = b"a"
conditional = 0

class Report(http.server.BaseHTTPRequestHandler):
    """One file with a strong ETag that honours If-Range and If-Match."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        global conditional
        tag = f'"{version.decode()}"'
        wanted, if_range, if_match = (self.headers.get(name) for name in ("Range", "If-Range", "If-Match"))
        conditional += bool(if_range or if_match)
        first, last, status = 0, SIZE - 1, 200
        if if_match and if_match != tag:
            first, last, status = 0, -1, 412
        elif wanted and if_range in (None, tag):
            start, end = wanted.removeprefix("bytes=").split("-")
            first, last, status = int(start), min(int(end or last), last), 206
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Accept-Ranges", "bytes")
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{last}/{SIZE}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        if self.command == "GET":
            try:
                self.wfile.write(version * (last - first + 1))
            except ConnectionError:
                pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Report)
threading.Thread(target=server.serve_forever, daemon=True).start()
try:
    with fsspec.open(f"http://127.0.0.1:{server.server_port}/report.csv", "rb") as report:
        head = report.read(1000)
        version = b"b"
        body = head + report.read()
    versions = {"old" if b"a" in body else "", "new" if b"b" in body else ""} - {""}
    print(f"{len(body)} bytes of {len(versions)} versions; conditional requests {conditional}")
except Exception as error:
    print("error", type(error).__name__)
PYTHON
known="20000000 bytes of 2 versions; conditional requests 0"
seen=$(python3 "$work/read.py")
echo "expected: an error, or 20000000 bytes of 1 version"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
