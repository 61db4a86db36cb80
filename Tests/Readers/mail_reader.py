"""mail_reader.py FOLDER: each message of a maildir as a line of JSON, the oldest first, as Python's email package reads it."""
import base64
import email
import email.policy
import json
import pathlib
import sys

for path in sorted(pathlib.Path(sys.argv[1], "new").glob("*"), key=lambda each: each.stat().st_mtime_ns):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    print(json.dumps({
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "defects": [str(each) for part in message.walk() for each in part.defects],
        "text": body.get_content() if body else None,
        "files": [
            {"name": part.get_filename(), "type": part.get_content_type(),
             "bytes": base64.b64encode(part.get_payload(decode=True)).decode()}
            for part in message.iter_attachments()
        ],
    }))
