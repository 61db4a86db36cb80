#!/usr/bin/env bash
# Java's GZIPInputStream: the same file of two gzip members is read whole or to its half, by the pace of the network.
#
# Who is hit: whoever reads a compressed report from a socket or a pipe in Java: nightly imports that now and then have
# fewer rows.
# Software: OpenJDK 17 (java.util.zip.GZIPInputStream; the installed one is used).
# Expected: all members, or always the first one only; in any case the same for the same bytes.
# Seen: after a member the stream asks available() whether there are more bytes; while the next ones are still on their
# way it is 0 and the file is held to be over. No error, and no way to tell it from the true end.
# Instead: wrap the stream in one whose available() is 1 until read() has returned -1, or save the body first.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_run() {
  echo "not run: $*" >&2
  exit 77
}

command -v java >/dev/null || not_run "java is not installed"
[[ $(java -version 2>&1) == *'"17.'* ]] || not_run "the installed Java is not 17"
java --list-modules 2>/dev/null | grep -q jdk.compiler || not_run "this Java has no compiler"
cat >"$work/Read.java" <<'JAVA'
import java.io.*;
import java.net.*;
import java.util.zip.*;

public class Read {
    static byte[] member(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) { gzip.write(text.getBytes()); }
        return bytes.toByteArray();
    }

    /** Reads both members from a socket; between them the server waits for so many milliseconds. */
    static long lines(int pause) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var sender = new Thread(() -> {
                try (var client = server.accept()) {
                    var bytes = new ByteArrayOutputStream();
                    bytes.write(member("1\n2\n"));
                    if (pause > 0) {
                        bytes.writeTo(client.getOutputStream());
                        bytes.reset();
                        Thread.sleep(pause);
                    }
                    bytes.write(member("3\n4\n"));
                    bytes.writeTo(client.getOutputStream());
                } catch (Exception ignored) {
                    // The reader closes early when it holds the file to be over.
                }
            });
            sender.start();
            try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                if (pause == 0) sender.join();
                var text = new InputStreamReader(new GZIPInputStream(socket.getInputStream()));
                return new BufferedReader(text).lines().count();
            } finally {
                sender.join();
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("at once " + lines(0) + " lines, with a pause " + lines(1000) + " lines");
    }
}
JAVA
known="at once 4 lines, with a pause 2 lines"
seen=$(java "$work/Read.java")
echo "expected: at once 4 lines, with a pause 4 lines"
echo "seen: $seen"
if [ "$seen" = "$known" ]; then exit 0; fi
echo "changed: it was $known" >&2
exit 1
