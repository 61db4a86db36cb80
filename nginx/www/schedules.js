// Exports that come back by themselves: the list, and the dialog in which one is made or changed.

import { call, Problem } from "./api.js";
import { jobCard } from "./card.js";
import { link } from "./builder.js";
import { periodName, requestRows } from "./details.js";
import { catalogOf, may, summaryOf } from "./catalogs.js";
import { $, button, facts, field, make, onClick, option, tick, toast, turns } from "./dom.js";
import { explain, has, month, moment, t, weekday, zone } from "./i18n.js";
import { track } from "./jobs.js";
import { PERIODS, range, today } from "./periods.js";
import { choicesOf } from "./reopen.js";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const clock = (time) => new Date(`2024-01-01T${time}:00Z`).toLocaleTimeString(navigator.language, { timeStyle: "short", timeZone: "UTC" });
const dayName = (day) => (day === 31 || day === "last" ? t("schedules.lastDay") : t("schedules.day", { n: day }));

/** "Every month on the last day at 06:30, Europe/Oslo". */
function rule(schedule) {
	const when = {
		daily: () => t("schedules.rules.daily"), weekly: () => t("schedules.rules.weekly", { day: weekday(WEEKDAYS.indexOf(schedule.weekday)) }),
		monthly: () => t("schedules.rules.monthly", { day: dayName(schedule.dayOfMonth) }),
		yearly: () => t("schedules.rules.yearly", { day: dayName(schedule.dayOfMonth), month: month(schedule.month - 1) }),
	}[schedule.interval]();
	return t("schedules.at", { when, time: clock(schedule.time), zone: schedule.timezone });
}

export async function showSchedules(view, given) {
	const { body } = await call("report/schedules", { query: { page: given.page, limit: 20 } });
	view.replaceChildren(make("h1", { tabIndex: -1 }, t("nav.schedules")),
		make("p", { className: "hint" }, t(body.total ? "schedules.hint" : "schedules.none")),
		make("ul", { className: "jobs" }, body.data.map((one) => make("li", { className: "job" }, card(view, one)))),
		turns("schedules", given, body));
}

function card(view, schedule) {
	const again = () => showSchedules(view, {});
	const { request } = schedule;
	const report = summaryOf(request.module, request.catalog);
	const path = "report/schedules/" + schedule.id;
	const act = (key, action) => button(t(`actions.${key}`), action, { className: "quiet", "aria-label": `${t(`actions.${key}`)}: ${schedule.name}` });
	const patch = async (json) => {
		await call(path, { method: "PATCH", json });
		await again();
	};
	const about = [report?.label ?? request.catalog, request.period ? periodName(request.period) : t("period.all"), t(`formats.${request.format}`), rule(schedule)];
	const details = facts(schedule.name, async () => {
		const [{ body: { data } }, catalog] = await Promise.all([call(path, { query: { include: "upcoming" } }), catalogOf(request.module, request.catalog).catch(() => null)]);
		const last = schedule.lastExportId && await call("report/exports/" + schedule.lastExportId).catch(() => null);
		return [...await requestRows(request, catalog),
			[t("schedules.upcoming"), data.upcoming.length ? make("ol", {}, data.upcoming.map((time) => make("li", {}, moment(time)))) : t("schedules.rests")],
			[t("schedules.last"), schedule.lastDueAt ? moment(schedule.lastDueAt) : t("schedules.never")], [t("schedules.lastExport"), last ? jobCard(last.body.data, true).element : null],
			[t("schedules.told"), t(schedule.notify ? "schedules.webhook" : "schedules.nobody")], [t("receipt.by"), schedule.createdBy]];
	});
	return [
		make("div", { className: "title" }, make("h2", {}, schedule.name),
			make("span", { className: `status ${schedule.enabled ? "ready" : ""}` }, t(schedule.enabled ? "schedules.on" : "schedules.rests"))),
		make("p", { className: "hint" }, about.join(" · ")),
		schedule.nextDueAt ? make("p", { className: "hint" }, t("schedules.next", { time: moment(schedule.nextDueAt) })) : null,
		schedule.lastError ? make("p", { className: "fault" }, t("schedules.error", { time: moment(schedule.lastError.at), reason: has(`failures.${schedule.lastError.code}`) ? t(`failures.${schedule.lastError.code}`) : schedule.lastError.message })) : null,
		may("export:reports") ? make("div", { className: "buttons" },
			report ? act("runNow", () => runNow(schedule)) : null,
			act(schedule.enabled ? "pause" : "resume", () => patch({ enabled: !schedule.enabled })),
			report ? act("change", () => scheduleDialog(report, null, request, {}, schedule, again)) : null,
			report ? act("edit", async () => {
				const catalog = await catalogOf(request.module, request.catalog);
				location.hash = link(report, await choicesOf({ ...request, timezone: schedule.timezone }, report, catalog));
			}) : null,
			act("remove", async () => {
				if (!confirm(t("schedules.confirm", { name: schedule.name }))) return;
				await call(path, { method: "DELETE" });
				await again();
			})) : null,
		details,
	];
}

/** Its request as of today. */
async function runNow({ name, request, timezone }) {
	const { period, ...json } = request;
	if (period) json.dateRange = range(period, today(timezone));
	if (timezone !== "UTC") json.timezone = timezone;
	const { body } = await call("report/exports", { method: "POST", json });
	track({ ...body.data, request: json });
	toast(t("builder.created", { name }), "good", make("a", { href: "#/exports" }, t("jobs.all")));
}

/** Makes a schedule of a request, or changes one. */
export function scheduleDialog(report, catalog, request, state, old = null, done = null) {
	const dialog = $("dialog");
	const text = (value, properties = {}) => make("input", { value, required: true, ...properties });
	const name = text(old?.name ?? state.name ?? report.label, { maxLength: 255 });
	const interval = make("select", {}, ["daily", "weekly", "monthly", "yearly"].map((one) => option(one, t(`schedules.intervals.${one}`), old?.interval ?? "monthly")));
	const day = make("select", {}, WEEKDAYS.map((one, index) => option(one, weekday(index), old?.weekday)));
	const date = make("select", {}, [...Array(30).keys()].map((n) => option(String(n + 1), String(n + 1), String(old?.dayOfMonth ?? 1))), option("last", t("schedules.lastDay"), old?.dayOfMonth === 31 ? "last" : ""));
	const inMonth = make("select", {}, [...Array(12).keys()].map((n) => option(String(n + 1), month(n), String(old?.month ?? 1))));
	const time = text(old?.time ?? "06:30", { type: "time" });
	const timezone = text(old?.timezone ?? state.timezone ?? zone(), { spellcheck: false });
	const period = make("select", {}, option("", t("period.all"), request.period ?? ""), PERIODS.map((one) => option(one, t(`period.${one}`), request.period)));
	if (request.period && !PERIODS.includes(request.period)) period.append(option(request.period, periodName(request.period), request.period));
	const notify = tick(t("file.notify"), { checked: old?.notify ?? state.notify ?? false });
	const wrong = make("p", { className: "fault", role: "alert", hidden: true });
	const dayField = field(t("schedules.weekday"), day);
	const dateField = field(t("schedules.date"), date);
	const monthField = field(t("schedules.month"), inMonth);
	const fit = () => {
		dayField.hidden = interval.value !== "weekly";
		dateField.hidden = !["monthly", "yearly"].includes(interval.value);
		monthField.hidden = interval.value !== "yearly";
	};
	interval.addEventListener("change", fit);
	fit();
	const save = make("button", { className: "primary", type: "submit" }, t(old ? "schedules.save" : "schedules.make"));
	onClick(save, async () => {
		const { period: _, ...rest } = request;
		const json = {
			name: name.value, interval: interval.value, time: time.value, timezone: timezone.value.trim(), notify: notify.querySelector("input").checked,
			request: period.value ? { ...rest, period: period.value } : rest,
		};
		if (interval.value === "weekly") json.weekday = day.value;
		if (!dateField.hidden) json.dayOfMonth = date.value === "last" ? "last" : Number(date.value);
		if (!monthField.hidden) json.month = Number(inMonth.value);
		try {
			await call(old ? "report/schedules/" + old.id : "report/schedules", { method: old ? "PATCH" : "POST", json });
		} catch (problem) {
			if (!(problem instanceof Problem)) throw problem;
			wrong.textContent = explain(problem);
			wrong.hidden = false;
			return;
		}
		dialog.close();
		toast(t("schedules.saved", { name: json.name }), "good", old ? "" : make("a", { href: "#/schedules" }, t("nav.schedules")));
		await done?.();
	});
	dialog.setAttribute("aria-labelledby", "dialog-heading");
	dialog.replaceChildren(make("form", { noValidate: true, onsubmit: (event) => event.preventDefault() },
		make("h2", { id: "dialog-heading" }, t(old ? "schedules.changeTitle" : "schedules.title", { name: report.label })),
		state.keys || state.filterFile ? make("p", { className: "warning" }, t("schedules.noKeys")) : null,
		field(t("schedules.name"), name),
		make("div", { className: "row" }, field(t("schedules.interval"), interval), dayField, monthField, dateField, field(t("schedules.time"), time), field(t("fields.timezone"), timezone)),
		report && (catalog === null || catalog.dateField) ? field(t("schedules.period"), period) : null,
		notify, wrong, make("div", { className: "buttons" }, save, button(t("close"), () => dialog.close(), { className: "quiet" }))));
	dialog.showModal();
}
