// The form of one report: what is chosen stands in the address, and can be sent on, reloaded, previewed and created.

import { call, connection, patient, Problem, randomKey } from "./api.js";
import { catalogOf, may, summaryOf } from "./catalogs.js";
import { columnsSummary, outputOf, usualColumns } from "./columns.js";
import { announce, button, field, foldout, make, onClick, option, tick, toggles } from "./dom.js";
import { bytes, day, duration, language, t, zone } from "./i18n.js";
import { jobCard } from "./card.js";
import { pace, store, track, watch } from "./jobs.js";
import { PERIODS, range, today } from "./periods.js";
import { scopePicker } from "./scope.js";

export const usual = (report, catalog) => ({
	period: "", from: "", to: "", timezone: zone(), statuses: [], scope: null, columns: usualColumns(catalog), outputs: {}, headings: {},
	sort: [], format: catalog.supportedFormats.includes("xlsx") ? "xlsx" : catalog.supportedFormats[0], locale: "",
	compression: "", csv: {}, annexes: false, notify: false, values: "label", filterFile: undefined, saved: null,
});

/** What differs from the usual, for the address. */
export function choices(state, report, catalog) {
	const base = usual(report, catalog);
	return Object.fromEntries(Object.keys(base).filter((name) => JSON.stringify(state[name]) !== JSON.stringify(base[name]))
		.map((name) => [name, state[name]]));
}

/** The days that are meant now. */
export const days = (state) => (state.period === "custom" ? { from: state.from, to: state.to }
	: state.period ? range(state.period, today(state.timezone)) : null);

/** How many rows, how large and how long a file will be, in words. */
function totals(data, speed) {
	const rows = t(data.totalRowsEstimated ? "preview.about" : "preview.rows", { n: data.totalRows });
	return speed && data.totalRows ? [rows, t("preview.estimate", { size: bytes(speed.bytes * data.totalRows), time: duration(speed.seconds * data.totalRows) })] : [rows];
}

/** The body of a preview or create; what is left at its default is left out. A schedule's, and one that is saved, have the period by its name. */
export function requestBody(report, catalog, state, use = "export") {
	const repeated = use === "schedule";
	const body = { module: report.module, catalog: report.key, format: state.format };
	if (use !== "export" && state.period && state.period !== "custom") body.period = state.period;
	else if (!repeated && days(state)) body.dateRange = Object.fromEntries(Object.entries(days(state)).filter(([, text]) => text));
	if (state.statuses.length) body.statuses = state.statuses;
	if (state.scope) body.scope = { type: state.scope.type, values: state.scope.values.map(({ value }) => value) };
	body.columns = state.columns;
	const relationFields = [];
	for (const key of state.columns) {
		const column = catalog.columns.find((one) => one.key === key);
		const output = column && outputOf(column, state);
		if (!output || output.output === "id") continue;
		relationFields.push({ field: key, output: output.output, table: output.table, referenceField: output.referenceField });
	}
	if (relationFields.length) body.relationFields = relationFields;
	const headings = state.columns.filter((key) => state.headings[key]).map((key) => [key, state.headings[key]]);
	if (headings.length) body.headings = Object.fromEntries(headings);
	if (catalog.statuses && state.values === "label") body.values = "label";
	if (!repeated && state.timezone && state.timezone !== "UTC") body.timezone = state.timezone;
	if (state.locale) body.locale = state.locale;
	if (state.sort.length) body.sort = state.sort;
	if (state.annexes) body.includeAnnexes = true;
	if (!repeated && state.notify) body.notifyOnCompletion = true;
	if (state.format === "csv" && Object.keys(state.csv).length) body.csv = state.csv;
	if (state.compression && state.format !== "xlsx") body.compression = state.compression;
	if (use === "export" && state.filterFile && !state.keys) body.filterFile = state.filterFile;
	return body;
}

export async function showBuilder(view, module, key, given) {
	const report = summaryOf(module, key);
	const catalog = report && await catalogOf(module, key);
	if (!catalog) {
		view.replaceChildren(make("p", { className: "notice" }, t("builder.gone")), make("a", { href: "#/" }, t("nav.reports")));
		return;
	}
	const state = Object.assign(usual(report, catalog), given);
	state.columns = state.columns.filter((name) => catalog.columns.some((column) => column.key === name));
	let attempt = { text: "", key: "" };    // a create that is sent again after a failure keeps its key
	let made = null;                        // the job of the last create
	let timer;

	const say = { columns: make("span", { className: "hint" }), options: make("span", { className: "hint" }), days: make("p", { className: "hint" }), saved: make("p", { className: "hint" }) };
	const changed = () => {
		history.replaceState(null, "", link(report, choices(state, report, catalog)));
		describe();
		clearTimeout(timer);
		timer = setTimeout(() => (preview.hidden ? count() : look(false)).catch((problem) => { if (!(problem instanceof Problem)) throw problem; }), 700);
	};
	const describe = () => {
		say.columns.textContent = state.columns.length ? columnsSummary(catalog, state) : t("columns.noneChosen");
		const span = days(state);
		say.days.textContent = span?.from && span.to && state.period !== "custom" ? t("period.days", { from: day(span.from), to: day(span.to) }) : "";
		say.saved.textContent = state.saved ? t("saved.opened", state.saved) : "";
		custom.hidden = state.period !== "custom";
		zoneField.hidden = !catalog.dateField && !catalog.columns.some((column) => column.type === "datetime");
		csv.hidden = state.format !== "csv";
		compression.hidden = state.format === "xlsx";
		locale.hidden = state.format !== "csv";
	};
	const bound = (control, name, event = "change") => {
		control.addEventListener(event, () => {
			state[name] = control.type === "checkbox" ? control.checked : control.value;
			changed();
		});
		return control;
	};

	// Rows
	const period = bound(make("select", {}, option("", t("period.all"), state.period),
		PERIODS.map((name) => option(name, t(`period.${name}`), state.period)), option("custom", t("period.custom"), state.period)), "period");
	const custom = make("div", { className: "row" },
		field(t("period.from"), bound(make("input", { type: "date", value: state.from }), "from"), { "data-field": "dateRange.from" }),
		field(t("period.to"), bound(make("input", { type: "date", value: state.to }), "to"), { "data-field": "dateRange.to" }));
	const zones = make("datalist", { id: "zones" }, ["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])].map((name) => make("option", { value: name })));
	const zoneField = field(t("fields.timezone"), bound(make("input", { value: state.timezone, spellcheck: false, autocomplete: "off" }), "timezone"), { "data-field": "timezone" });
	zoneField.querySelector("input").setAttribute("list", "zones");
	const rows = make("section", { className: "card", "aria-labelledby": "rows-heading" },
		make("h2", { id: "rows-heading" }, t("builder.rows")),
		make("div", { className: "row", "data-field": "dateRange" },
			catalog.dateField ? field(catalog.dateField.label, period) : null, catalog.dateField ? custom : null, zoneField, zones),
		say.days,
		catalog.statuses ? make("div", { "data-field": "statuses", className: "labelled" }, make("span", {}, t("fields.statuses"), " ", make("span", { className: "hint" }, t("builder.allStatuses"))),
			toggles(t("fields.statuses"), catalog.statuses.map(({ value, label }) => ({ value, text: label })), state.statuses, (values) => { state.statuses = values; changed(); })) : null,
		catalog.scopes.length ? scopePicker(report, catalog, state, changed) : null,
		report.filterKey ? foldout(t("keys.title"), { "data-field": "filterFile" }, async () => (await import("./keys.js")).keysPicker(report.filterKey, state, changed)) : null);

	// Columns
	const columns = make("section", { className: "card" },
		foldout([make("h2", {}, t("builder.columns")), " ", say.columns], { "data-field": "columns relationFields headings sort" }, async () => (await import("./picker.js")).columnPicker(catalog, state, changed)));

	// File
	const csv = make("div", { className: "row", "data-field": "csv" },
		field(t("csv.delimiter"), csvChoice("delimiter", ["", ";", "\t", "|"], (one) => t(`csv.delimiters.${{ "": "usual", ";": "semicolon", "\t": "tab", "|": "bar" }[one]}`)), { "data-field": "csv.delimiter" }),
		field(t("csv.header"), csvChoice("header", ["", "key", "none"], (one) => t(`csv.headers.${one || "label"}`)), { "data-field": "csv.header" }),
		csvTick("bom", t("csv.bom"), false), csvTick("formulaGuard", t("csv.guard"), true));
	const locale = field(t("fields.locale"), bound(make("input", { value: state.locale, placeholder: navigator.language, spellcheck: false }), "locale"), { "data-field": "locale" });
	const compression = tick(t("file.gzip"), { checked: state.compression === "gzip", onchange: ({ target }) => { state.compression = target.checked ? "gzip" : ""; changed(); } });
	const formats = make("fieldset", { className: "formats", "data-field": "format" }, make("legend", {}, t("fields.format")),
		catalog.supportedFormats.map((name) => make("label", { className: "tick" },
			make("input", { type: "radio", name: "format", value: name, checked: name === state.format, onchange: () => { state.format = name; changed(); } }), " ", t(`formats.${name}`))));
	const file = make("section", { className: "card", "aria-labelledby": "file-heading" },
		make("h2", { id: "file-heading" }, t("builder.file")), formats,
		make("details", {}, make("summary", {}, t("file.more")),
			make("div", { className: "ticks" },
				catalog.statuses ? tick(t("file.labels"), { checked: state.values === "label", onchange: ({ target }) => { state.values = target.checked ? "label" : "key"; changed(); } }) : null,
				bound2(tick(t("file.annexes"), { checked: state.annexes }), "annexes"), bound2(tick(t("file.notify"), { checked: state.notify }), "notify"), compression),
			make("div", { className: "row" }, locale), csv));

	function bound2(label, name) {
		bound(label.querySelector("input"), name);
		return label;
	}
	function csvChoice(name, values, text) {
		const control = make("select", {}, values.map((value) => option(value, text(value), state.csv[name] ?? "")));
		control.addEventListener("change", () => setCSV(name, control.value || undefined));
		return control;
	}
	function csvTick(name, text, normal) {
		return tick(text, { checked: state.csv[name] ?? normal, onchange: ({ target }) => setCSV(name, target.checked === normal ? undefined : target.checked) });
	}
	function setCSV(name, value) {
		state.csv = { ...state.csv, [name]: value };
		if (value === undefined) delete state.csv[name];
		changed();
	}

	// What comes of it
	const preview = make("section", { className: "card", "aria-labelledby": "preview-heading", hidden: true });
	const wrong = make("div", { className: "faults", role: "alert", tabIndex: -1, hidden: true });
	const result = make("div", { className: "result" });
	const body = () => requestBody(report, catalog, state);
	const keys = () => state.keys ?? null;

	let rowsNow = null;
	let counts = 0;
	/** How many rows there will be; nothing waits for it, and what it cannot be found for goes without. A list of keys is counted by a preview. */
	async function count() {
		const mine = ++counts;
		const data = state.keys ? null : await call("report/exports/preview", { method: "POST", json: body(), query: { rows: "none" }, quiet: true }).then((answer) => answer.body.data, () => null);
		if (mine === counts) foretell(data);
	}
	function foretell(data = rowsNow) {
		rowsNow = data;
		expected.replaceChildren(...(data ? totals(data, pace(report, state.format)) : []).map((text) => make("span", {}, text)));
	}
	const clear = async () => wrong.hidden || (await import("./faults.js")).clearFaults(view, wrong);
	const fault = async (problem, focus) => {
		foretell(null);
		(await import("./faults.js")).showFaults(view, wrong, problem, focus);
	};
	async function look(focus) {
		await clear();
		const { body: { data } } = await patient(() => call("report/exports/preview", { method: "POST", json: body(), file: keys() })).catch(async (problem) => {
			if (!focus) await fault(problem, false);
			throw problem;
		});
		counts += 1;
		foretell(data);
		(await import("./preview.js")).drawPreview(preview, data, totals(data, pace(report, state.format)));
		preview.hidden = false;
		if (focus) preview.querySelector("h2").focus();
	}
	async function create() {
		await clear();
		const json = body();
		const text = JSON.stringify([json, state.keysText, state.keys?.name, state.keys?.size, state.keys?.lastModified]);
		if (attempt.text !== text) attempt = { text, key: randomKey() };
		const answer = await call("report/exports", { method: "POST", json, file: keys(), headers: { "Idempotency-Key": attempt.key } });
		attempt = { text: "", key: "" };
		made = answer.body.data.id;
		track({ request: json, requestedBy: connection.caller.subject, language: language(), ...answer.body.data });
		announce(t("builder.created", { name: catalog.label }));
	}
	const guarded = (action) => async () => {
		try {
			await action();
		} catch (problem) {
			if (!(problem instanceof Problem)) throw problem;
			await fault(problem, true);
		}
	};
	const createButton = make("button", { className: "primary", type: "submit", id: "create" }, t("builder.create"));
	const expected = make("span", { className: "hint", id: "expected" });
	const mayExport = may("export:reports");
	const buttons = make("div", { className: "buttons" },
		button(t("builder.preview"), guarded(() => look(true))), mayExport ? createButton : make("span", { className: "hint" }, t("builder.viewer")), expected);
	// Below the bar that is always seen, so that this is one line on a phone too.
	const room = make("span", { className: "hint", id: "room" });
	const more = make("div", { className: "buttons" },
		mayExport ? button(t("schedules.repeat"), guarded(async () => (await import("./schedules.js")).scheduleDialog(report, catalog, requestBody(report, catalog, state, "schedule"), state)), { className: "quiet" }) : null,
		button(t("saved.save"), guarded(async () => (await import("./saved.js")).saveDialog(report, requestBody(report, catalog, state, "saved"), state, (saved) => {
			state.saved = saved;
			changed();
		})), { className: "quiet" }), room);
	onClick(createButton, guarded(create));

	const form = make("form", { noValidate: true }, rows, columns, file);
	form.addEventListener("submit", (event) => event.preventDefault());
	view.replaceChildren(
		make("nav", { "aria-label": t("nav.path") }, make("a", { href: "#/" }, "‹ " + t("nav.reports"))),
		make("h1", { tabIndex: -1 }, catalog.label), make("p", { className: "hint" }, catalog.description), say.saved,
		form, wrong, preview, make("div", { className: "bar" }, result, buttons), more);
	describe();
	count();
	// What the tenant may still have; the form waits for none of it.
	if (mayExport) call("report/usage").then(({ body: { data: { queued, storedBytes } } }) => {
		room.textContent = [t("builder.queueLeft", { n: Math.max(0, queued.limit - queued.used) }),
			storedBytes.limit === null ? null : t("builder.storeLeft", { size: bytes(Math.max(0, storedBytes.limit - storedBytes.used)) })].filter(Boolean).join(" · ");
	}, () => {});

	let card = null;
	watch(view, () => {
		foretell();
		const job = made && store.get(made);
		if (!job) return;
		if (card?.id !== made) {
			card = jobCard(job, true);
			result.replaceChildren(card.element);
		} else {
			card.update(job);
		}
	});
}

export const link = (report, chosen) => {
	const text = JSON.stringify(chosen);
	return `#/report/${report.module}/${report.key}${text === "{}" ? "" : "?" + encodeURIComponent(text)}`;
};
