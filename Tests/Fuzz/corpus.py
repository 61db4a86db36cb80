#!/usr/bin/env python3
"""The corpus of a target as libFuzzer has it, a file an input, and as the tree has it, a line an input.

    corpus.py unpack CORPUS FOLDER      writes each line as a file
    corpus.py add FOLDER CORPUS         adds the shortest files as lines, few enough for the tests
"""
import hashlib
import pathlib
import re
import sys

LONGEST, MOST_LINES = 300, 50


def decoded(line):
    return re.sub(rb"\\x(..)", lambda code: bytes.fromhex(code[1].decode()), line)


def encoded(data):
    return b"".join(bytes([b]) if 0x20 <= b <= 0x7E and b != 0x5C else b"\\x%02x" % b for b in data)


def unpack(corpus, folder):
    for line in corpus.read_bytes().splitlines():
        data = decoded(line)
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def add(folder, corpus):
    lines = corpus.read_bytes().splitlines()
    for data in sorted({file.read_bytes() for file in folder.iterdir()}, key=lambda data: (len(data), data)):
        if len(lines) < MOST_LINES and 0 < len(data) <= LONGEST and encoded(data) not in lines:
            lines.append(encoded(data))
    corpus.write_bytes(b"".join(line + b"\n" for line in lines))


first, second = map(pathlib.Path, sys.argv[2:])
{"unpack": unpack, "add": add}[sys.argv[1]](first, second)
