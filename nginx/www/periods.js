// Days relative to today, under the names that schedules have for them (docs/api.md).

export const PERIODS = [
	"current_day", "previous_day", "current_week", "previous_week", "current_month", "previous_month", "current_quarter",
	"previous_quarter", "current_year", "previous_year", "last_7_days", "last_30_days", "last_90_days",
];

const DAY = 86_400_000;
const text = (time) => new Date(time).toISOString().slice(0, 10);

/** Today on the clocks of a zone. */
export function today(zone) {
	try {
		return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format();
	} catch {
		return text(Date.now());        // a zone that the browser does not know: the service says so
	}
}

/** {from, to}, both days included; weeks begin on Monday, last_N_days end yesterday. */
export function range(period, now) {
	const [year, month, date] = now.split("-").map(Number);
	const at = (y, m, d) => Date.UTC(y, m - 1, d);
	const last = /^last_(\d+)_days$/.exec(period);
	if (last) return { from: text(at(year, month, date) - last[1] * DAY), to: text(at(year, month, date) - DAY) };
	const [step, unit] = period.split("_");
	const count = { previous: -1, current: 0, next: 1 }[step];
	const monday = at(year, month, date) - ((new Date(at(year, month, date)).getUTCDay() + 6) % 7) * DAY;
	const beginning = {
		day: (n) => at(year, month, date) + n * DAY,
		week: (n) => monday + n * 7 * DAY,
		month: (n) => at(year, month + n, 1),
		quarter: (n) => at(year, month - ((month - 1) % 3) + 3 * n, 1),
		year: (n) => at(year + n, 1, 1),
	}[unit];
	return { from: text(beginning(count)), to: text(beginning(count + 1) - DAY) };
}
