import Glibc
import JSON
import Posix
import Support
import Testing

/// Which libfcgi is linked: `check` says it, and `serve` does not start on one that can be made to overwrite its
/// memory.
@Suite(.waits) struct LibraryTests {
    /// The accept of libfcgi 2.4.2 (libfcgi/fcgiapp.c, FCGX_Accept_r and ReadParams), as far as a request of two
    /// records needs it, in front of the linked library. That one is mended; this is what it was.
    private static let unmended = """
        #include <assert.h>
        #include <errno.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        typedef struct {
            int requestId, role; void *in, *out, *err; char **envp; void *params;
            int ipcFd, isBeginProcessed, keepConnection, appStatus, nWriters, flags, listen_sock, detached;
        } Request;
        static unsigned char content[256];
        static int at, end;
        static int get(void) { return at < end ? content[at++] : -1; }
        static int gets_(char *to, int count) {
            int got = 0;
            for (; got < count && at < end; got++) to[got] = content[at++];
            return got;
        }
        static void *Malloc(size_t size) { void *result = malloc(size); assert(size == 0 || result != NULL); return result; }
        static int length(void) {
            unsigned char rest[3];
            int value = get();
            if (value < 0 || (value & 0x80) == 0) return value;
            if (gets_((char *)rest, 3) != 3) return -1;
            return ((value & 0x7f) << 24) + (rest[0] << 16) + (rest[1] << 8) + rest[2];
        }
        static int ReadParams(void) {
            int nameLen, valueLen;
            while ((nameLen = length()) != -1) {
                if ((valueLen = length()) == -1) return -1;
                char *nameValue = Malloc(nameLen + valueLen + 2);
                if (gets_(nameValue, nameLen) != nameLen) { free(nameValue); return -1; }
                nameValue[nameLen] = '=';
                if (gets_(nameValue + nameLen + 1, valueLen) != valueLen) { free(nameValue); return -1; }
                free(nameValue);
            }
            return 0;
        }
        int FCGX_Accept_r(Request *request) {
            unsigned char head[8];
            if (request->ipcFd < 0) return -EBADF;
            while (read(request->ipcFd, head, 8) == 8) {
                int count = head[4] << 8 | head[5];
                if (read(request->ipcFd, content, count) != count) break;
                if (head[1] != 4) continue;
                at = 0; end = count;
                if (ReadParams() >= 0) return 0;
                break;
            }
            close(request->ipcFd); request->ipcFd = -1;
            return -EBADF;
        }
        """

    private static func library(_ source: String, _ name: String) throws -> String {
        let path = "\(TestRun.folder)/\(name)-\(UInt32.random(in: 0 ... .max))"
        _ = try Shell.output(["tee", "\(path).c"], input: Array(source.utf8))
        // The Swift toolchain brings clang.
        _ = try Shell.output(["clang", "-w", "-fwrapv", "-shared", "-fPIC", "-o", "\(path).so", "\(path).c"])
        return "\(path).so"
    }

    private func finding(_ outcome: Shell.Outcome) throws -> JSON {
        let report = try JSON.parse(outcome.output, limits: .stored)
        return try #require(report["findings"]?.array?.first { $0["subject"] == "libfcgi" })
    }

    @Test func `check names the library that is linked, and that it refuses lengths that overflow`() throws {
        let finding = try finding(Stage.shared.penstock("check", "--json"))
        #expect(finding["grade"] == "good", "\(finding)")
        #expect(finding["message"]?.string?.contains("libfcgi.so") == true, "\(finding)")
    }

    @Test func `serve refuses a library that overflows`() throws {
        let stage = try Stage.shared
        let library = try Self.library(Self.unmended, "unmended")
        var settings = stage.settings
        settings["LD_PRELOAD"] = library
        settings["PENSTOCK_NGINX_CONF"] = nil
        let check = try Shell.run([TestRun.program, "check", "--json"], environment: settings)
        let finding = try finding(check)
        #expect(check.status == 78 && finding["grade"] == "bad", "\(finding)")
        #expect(finding["message"]?.string?.contains("CVE-2025-23016") == true)
        #expect(finding["message"]?.string?.contains(library) == true, "\(finding)")
        settings["PENSTOCK_SOCKET"] = "\(TestRun.folder)/refused.sock"
        let serve = try Shell.run([TestRun.program, "serve"], environment: settings, within: 20)
        #expect(serve.status == 78 && serve.errorText.contains("CVE-2025-23016"), "\(serve.errorText)")
    }

    @Test func `a library that does not answer is a warning, not a hang`() throws {
        let library = try Self.library(
            "#include <unistd.h>\nint FCGX_Accept_r(void *request) { for (;;) pause(); }", "silent")
        var settings = try Stage.shared.settings
        settings["LD_PRELOAD"] = library
        settings["PENSTOCK_NGINX_CONF"] = nil
        let began = Clock.monotonicMilliseconds
        let check = try Shell.run([TestRun.program, "check", "--json"], environment: settings)
        let finding = try finding(check)
        #expect(check.status == 0 && finding["grade"] == "warning", "\(finding)")
        #expect(finding["message"]?.string?.contains("did not answer within two seconds") == true)
        #expect(Clock.monotonicMilliseconds - began < 20_000)
    }
}
