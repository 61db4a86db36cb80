#!/usr/bin/env bash
# wget2: a download that ends before its Content-Length is kept and the exit status is 0.
#
# Who is hit: scripts that were moved from wget to its successor and fetch nightly files: a server that is restarted in
# the middle leaves half a report that counts as whole.
# Software: wget2 1.99.1 (Debian 12: wget2 1.99.1-2.2).
# Expected: as wget and curl do: another attempt or none, then an exit status other than 0; RFC 9112 calls such a body
# incomplete.
# Seen: the part that arrived is in the file, one attempt, exit status 0, with and without --tries.
# Instead: compare the size with the Content-Length of a HEAD request, or use curl --fail.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  wget2=1.99.1-2.2
  libwget0=1.99.1-2.2
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

cat >"$work/serve.py" <<'PYTHON'
import http.server
import os
import subprocess
import sys
import threading

work = sys.argv[1]
root = f"{work}/root/usr"
requests = 0

class Cut(http.server.BaseHTTPRequestHandler):
    """Promises 3,000 bytes, sends 1,000 and closes the connection."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        global requests
        requests += 1
        self.send_response(200)
        self.send_header("Content-Length", "3000")
        self.end_headers()
        self.wfile.write(b"x" * 1000)
        self.close_connection = True

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cut)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = dict(os.environ, HOME=work, LD_LIBRARY_PATH=f"{root}/lib:{root}/lib/x86_64-linux-gnu")
answer = subprocess.run([f"{root}/bin/wget2", "--quiet", "--no-proxy", "--tries=2", "-O", f"{work}/report.csv",
                         f"http://127.0.0.1:{server.server_port}/report.csv"], env=environment)
print(f"exit status {answer.returncode}, {os.path.getsize(work + '/report.csv')} bytes of 3000, requests {requests}")
PYTHON
known="exit status 0, 1000 bytes of 3000, requests 1"
seen=$(python3 "$work/serve.py" "$work")
echo "expected: exit status not 0"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
