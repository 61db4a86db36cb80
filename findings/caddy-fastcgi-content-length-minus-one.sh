#!/usr/bin/env bash
# Caddy's FastCGI transport: a request whose body comes in chunks reaches the application with CONTENT_LENGTH -1.
#
# Who is hit: whoever puts Caddy of Debian 12 in front of a FastCGI application: uploads from clients that do not know
# the length (curl -T -, streaming HTTP libraries) fail, or an application takes -1 for a large unsigned number.
# Software: Caddy 2.6.2 (Debian 12: caddy 2.6.2-5).
# Expected: no CONTENT_LENGTH, or the length of the body that was read first: by RFC 3875 it is a number of octets. nginx,
# Apache and lighttpd pass the number on.
# Seen: the text "-1". The body itself arrives whole behind it.
# Instead: answer 411 to it, or read until the end of the FastCGI stream and not by CONTENT_LENGTH.
set -euo pipefail

work=$(mktemp -d)
caddy=
finish() {
  [ -z "$caddy" ] || kill "$caddy" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

command -v curl >/dev/null || not_run "curl is not installed"
mkdir "$work/debs" "$work/root"
(cd "$work/debs" && apt-get download -qq caddy=2.6.2-5 2>"$work/apt") ||
  not_run "the pinned package cannot be had (apt-get update?)"
dpkg-deb --extract "$work"/debs/*.deb "$work/root"

# A FastCGI application of one request: it answers 200 with the CONTENT_LENGTH that it got and the bytes of the body.
cat >"$work/application.py" <<'PYTHON'
import socket
import struct
import sys

listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(1)


def length(data, at):
    if data[at] < 128:
        return data[at], at + 1
    return struct.unpack(">I", data[at : at + 4])[0] & 0x7FFFFFFF, at + 4


while True:
    connection, _ = listener.accept()
    stream = connection.makefile("rb")
    parameters, body = b"", b""
    while True:
        head = stream.read(8)
        if len(head) < 8:
            break
        _, kind, number, size, padding = struct.unpack(">BBHHBx", head)
        content = stream.read(size)
        stream.read(padding)
        if kind == 4:
            parameters += content
        if kind == 5:
            body += content
            if not content:
                break
    values, at = {}, 0
    while at < len(parameters):
        name_size, at = length(parameters, at)
        value_size, at = length(parameters, at)
        values[parameters[at : at + name_size]] = parameters[at + name_size : at + name_size + value_size]
        at += name_size + value_size
    told = values.get(b"CONTENT_LENGTH", b"absent")
    answer = b"Content-Type: text/plain\r\n\r\n" + told + b", body of " + str(len(body)).encode()
    connection.sendall(struct.pack(">BBHHBx", 1, 6, 1, len(answer), 0) + answer)
    connection.sendall(struct.pack(">BBHHBx", 1, 6, 1, 0, 0))
    connection.sendall(struct.pack(">BBHHBx", 1, 3, 1, 8, 0) + bytes(8))
    connection.close()
PYTHON
python3 "$work/application.py" "$work/socket" &
application=$!
trap 'kill "$application" 2>/dev/null || true; finish' EXIT

port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/Caddyfile" <<CADDY
{
  admin off
  auto_https off
}
http://127.0.0.1:$port {
  reverse_proxy unix/$work/socket {
    transport fastcgi {
      root $work
    }
  }
}
CADDY
HOME=$work "$work/root/usr/bin/caddy" run --config "$work/Caddyfile" --adapter caddyfile >"$work/log" 2>&1 &
caddy=$!
for _ in $(seq 100); do
  curl -s -o "$work/ready" --noproxy '*' "http://127.0.0.1:$port/" && break
  sleep 0.1
done

ask() { curl -s --noproxy '*' -m 10 --data-binary '{"columns":[]}' "$@" "http://127.0.0.1:$port/"; }
counted=$(ask)
chunked=$(ask -H 'Transfer-Encoding: chunked')
known="with a length: 14, body of 14; in chunks: -1, body of 14"
seen="with a length: $counted; in chunks: $chunked"
echo "expected: with a length: 14, body of 14; in chunks: absent, body of 14 (or 14)"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
