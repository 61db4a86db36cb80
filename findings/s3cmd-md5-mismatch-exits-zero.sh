#!/usr/bin/env bash
# s3cmd: "MD5 signatures do not match" after a resumed download is a warning, and the exit status is 0.
#
# Who is hit: nightly jobs that fetch reports with "s3cmd get --continue" after a break, when the object has been
# replaced since: the file is the head of the old and the tail of the new.
# Software: s3cmd 2.3.0 (Debian 12: s3cmd 2.3.0-1), against a store that answers GET with Range, ETag and Content-Range.
# Expected: a range asked for with If-Match, or, where the checksum shows that the file is wrong, an exit status other
# than 0 and no file under its final name.
# Seen: no condition on the range; s3cmd computes the checksum, finds it wrong, says so on stderr, keeps the file and
# exits with 0. An object that was uploaded in parts has no MD5, and nothing is said at all.
# Instead: without --continue, or compare md5sum with the ETag of "s3cmd info" oneself.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  s3cmd=2.3.0-1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

cat >"$work/fetch.py" <<'PYTHON'
import hashlib
import http.server
import os
import subprocess
import sys
import threading

work = sys.argv[1]
OLD, NEW = b"old\n" * 1000, b"new\n" * 1000
tag = ""
conditional = 0

class Store(http.server.BaseHTTPRequestHandler):
    """One object, the new one, with an ETag as object stores give it."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        global conditional
        wanted = self.headers.get("Range")
        conditional += bool(self.headers.get("If-Match") or self.headers.get("If-Range"))
        first = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("ETag", f'"{tag}"')
        self.send_header("Last-Modified", "Thu, 07 May 2026 10:30:00 GMT")
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{len(NEW) - 1}/{len(NEW)}")
        self.send_header("Content-Length", str(len(NEW) - first))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(NEW[first:])

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
threading.Thread(target=server.serve_forever, daemon=True).start()
host = f"127.0.0.1:{server.server_port}"
whole = hashlib.md5(NEW).hexdigest()
for kind, tag in (("one piece", whole), ("in parts", whole + "-2")):
    path = f"{work}/report.csv"
    with open(path, "wb") as part:
        part.write(OLD[:1000])
    answer = subprocess.run(
        [sys.executable, f"{work}/root/usr/bin/s3cmd", "--access_key=a", "--secret_key=b", f"--host={host}",
         f"--host-bucket={host}", "--no-ssl", "get", "--continue", "s3://reports/report.csv", path],
        env=dict(os.environ, HOME=work, http_proxy="", PYTHONPATH=f"{work}/root/usr/lib/python3/dist-packages"),
        capture_output=True, text=True)
    with open(path, "rb") as file:
        body = file.read()
    print(f"{kind}: exit status {answer.returncode},", "mixed," if b"old" in body and b"new" in body else "not mixed,",
          "warned" if "MD5 signatures do not match" in answer.stderr else "no warning", end="; ")
print("conditional requests", conditional)
PYTHON
known="one piece: exit status 0, mixed, warned; in parts: exit status 0, mixed, no warning; conditional requests 0"
seen=$(python3 "$work/fetch.py" "$work")
echo "expected: one piece: exit status not 0; in parts: the new object, or exit status not 0"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
