"""When schedules are due, by Python's own time zones: a second opinion that shares no code with the service.

Reads lines of JSON, {"id", "interval", "time", "weekday", "dayOfMonth", "month", "timezone", "after", "until"} with seconds
since the epoch, and prints `id seconds` for each due time after `after` and at or before `until`.
"""

import calendar
import datetime
import json
import sys
import zoneinfo

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
UTC = datetime.timezone.utc


def instant(local, zone):
    """The first instant at which the clocks show `local`; after a gap, its end."""
    aware = local.replace(tzinfo=zone, fold=0)
    back = aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back == local:
        return int(aware.timestamp())
    # A gap. Its end is the first second that shows a later time than the one wanted.
    low = int(aware.timestamp()) - 2 * 86400
    high = int(aware.timestamp()) + 2 * 86400
    while high - low > 1:
        middle = (low + high) // 2
        shown = datetime.datetime.fromtimestamp(middle, zone).replace(tzinfo=None)
        if shown > local:
            high = middle
        else:
            low = middle
    return high


def falls(schedule, day):
    length = calendar.monthrange(day.year, day.month)[1]
    interval = schedule["interval"]
    if interval == "daily":
        return True
    if interval == "weekly":
        return WEEKDAYS[day.weekday()] == schedule["weekday"]
    if interval == "yearly" and day.month != schedule["month"]:
        return False
    return day.day == min(schedule["dayOfMonth"], length)


for line in sys.stdin:
    schedule = json.loads(line)
    zone = zoneinfo.ZoneInfo(schedule["timezone"])
    hour, minute = map(int, schedule["time"].split(":"))
    day = datetime.datetime.fromtimestamp(schedule["after"], UTC).date() - datetime.timedelta(days=2)
    last = datetime.datetime.fromtimestamp(schedule["until"], UTC).date() + datetime.timedelta(days=2)
    seen = set()
    while day <= last:
        if falls(schedule, day):
            due = instant(datetime.datetime(day.year, day.month, day.day, hour, minute), zone)
            if schedule["after"] < due <= schedule["until"] and due not in seen:
                seen.add(due)
                print(schedule["id"], due)
        day += datetime.timedelta(days=1)
