// The exports that the page knows, kept up to date by the event stream, or else by asking for one list.

import { call } from "./api.js";
import { announce, make, option, field, button } from "./dom.js";
import { t } from "./i18n.js";
import { jobCard } from "./card.js";
import { allCatalogs, summaryOf } from "./catalogs.js";
import { follow } from "./stream.js";

export const store = new Map();         // id → job
const told = new Map();                 // id → when the page was told of it last, in milliseconds
const watchers = new Set();
let filter = {};                        // what the list shows: {status, catalog, module, page}; the status may be `removed`
let page = { ids: [], total: 0 };
let flows = false;                      // whether events arrive
let asked = 0;
let lastAsked = 0;
let timer;

export const isOpen = (job) => !job.completedAt;
/** How it is called here: one that somebody has removed is expired, or failed, for all others. */
export const stateOf = (job) => (job.removedAt ? "removed" : job.status);
export const labelOf = (job) => summaryOf(job.module, job.catalog)?.label ?? job.catalog;

/** Calls back now and at each change, until the view is left. */
export function watch(view, back) {
	watchers.add(back);
	back();
}
export const unwatch = () => watchers.clear();

let drawing = false;
function changed() {
	if (drawing) return;
	drawing = true;
	requestAnimationFrame(() => {
		drawing = false;
		for (const back of [...watchers]) back();
		badge();
	});
}

const running = () => [...store.values()].filter(isOpen).length;

function badge() {
	const place = document.querySelector("#running");
	place.textContent = running() ? `${running()}` : "";
	place.hidden = !running();
}

/** Takes a job as it is now. */
export function track(job) {
	const old = store.get(job.id);
	told.set(job.id, Date.now());
	store.set(job.id, { ...old, parts: null, ...job });
	if (old && isOpen(old) && !isOpen(job)) announce(`${labelOf(job)}: ${t(`states.${job.status}`)}`);
	if (!old && !page.ids.includes(job.id) && shows(job)) {
		page.ids.unshift(job.id);
		page.total += 1;
	} else if (old && job.removedAt && !old.removedAt && page.ids.includes(job.id)) {
		page = { ids: page.ids.filter((id) => id !== job.id), total: page.total - 1 };
		soon();
	}
	changed();
}

const shows = (job) => (filter.page ?? 1) === 1 && !job.removedAt && (!filter.status || filter.status === job.status)
	&& (!filter.catalog || (filter.catalog === job.catalog && filter.module === job.module));

async function load() {
	const mine = ++asked;
	const began = lastAsked = Date.now();
	const { status, catalog, module, page: number } = filter;
	// Without the stream the list has to tell of those, too, that newer ones have pushed off its first page.
	const limit = flows || (number ?? 1) > 1 ? 20 : 100;
	const { body } = await call("report/exports", { query: { [status === "removed" ? "removed" : "status"]: status === "removed" ? "only" : status, catalog, module, page: number ?? 1, limit, include: "request" } });
	if (mine !== asked) return;
	// An answer that was under way while an event came says how it was before that event.
	for (const job of body.data) {
		const known = store.get(job.id);
		store.set(job.id, told.get(job.id) >= began ? { ...job, ...known } : { ...known, parts: null, ...job });
	}
	page = { ids: body.data.slice(0, 20).map((job) => job.id), total: body.total };
	changed();
}

/** One list call each five seconds while something runs, and each half minute else: at most twelve a minute. */
function ask() {
	clearTimeout(timer);
	if (flows || document.hidden) return;
	timer = setTimeout(async () => {
		await load().catch(() => {});
		ask();
	}, running() ? 5000 : 30_000);
}

export function begin() {
	store.clear();
	filter = {};
	load().catch(() => {});
	follow((job, name) => {
		const known = store.get(job.id);
		track(job);
		// What was asked for elsewhere is told by the list: once for many, at most every six seconds.
		if (!known && name === "job") soon();
	}, (state) => {
		if (flows === state) return;
		flows = state;
		ask();
	});
	ask();
}

let planned = null;
function soon() {
	if (!page.ids.length) lastAsked = 0;     // an empty page waits for no others
	planned ??= setTimeout(() => {
		planned = null;
		load().catch(() => {});
	}, Math.max(500, lastAsked + 6000 - Date.now()));
}

document.addEventListener("visibilitychange", ask);

/** Bytes and seconds a row, by the largest export of this report and format that the page knows; null without one. */
export function pace(report, format) {
	const done = [...store.values()].filter((job) => job.status === "ready" && job.catalog === report.key && job.module === report.module
		&& job.format === format && job.rowCount > 0 && job.startedAt);
	const largest = done.sort((one, other) => other.rowCount - one.rowCount)[0];
	return largest ? {
		bytes: largest.fileSizeBytes / largest.rowCount,
		seconds: Math.max(0.05, (Date.parse(largest.completedAt) - Date.parse(largest.startedAt)) / 1000) / largest.rowCount,
	} : null;
}

export function showJobs(view, given) {
	filter = given;
	const cards = new Map();
	const go = (change) => { location.hash = "#/exports?" + encodeURIComponent(JSON.stringify({ ...filter, page: undefined, ...change })); };
	const status = make("select", {}, option("", t("jobs.anyState"), filter.status ?? ""),
		["pending", "processing", "ready", "failed", "cancelled", "expired", "removed"].map((one) => option(one, t(`states.${one}`), filter.status)));
	status.addEventListener("change", () => go({ status: status.value || undefined }));
	const chosen = filter.catalog ? `${filter.module}/${filter.catalog}` : "";
	const catalog = make("select", {}, option("", t("jobs.anyReport"), chosen),
		allCatalogs().map((one) => option(`${one.module}/${one.key}`, one.label, chosen)));
	catalog.addEventListener("change", () => {
		const [module, key] = catalog.value.split("/");
		go({ module: module || undefined, catalog: key });
	});
	const search = make("input", { type: "search", autocomplete: "off" });
	search.addEventListener("input", () => draw());
	const items = make("ul", { className: "jobs" });
	const empty = make("p", { className: "hint", role: "status" });
	const pages = make("div", { className: "buttons" });
	view.replaceChildren(make("h1", { tabIndex: -1 }, t("nav.exports")),
		make("div", { className: "row" }, field(t("jobs.state"), status), field(t("jobs.report"), catalog), field(t("jobs.search"), search)),
		empty, items, pages);

	function draw() {
		const wanted = search.value.trim().toLowerCase();
		const jobs = page.ids.map((id) => store.get(id)).filter((job) => job && (filter.status === "removed" || (!job.removedAt && (!filter.status || job.status === filter.status || cards.has(job.id))))
			&& [labelOf(job), job.fileName, job.requestedBy, t(`states.${job.status}`), t(`formats.${job.format}`)].join("\n").toLowerCase().includes(wanted));
		for (const job of jobs) {
			if (cards.has(job.id)) cards.get(job.id).update(job);
			else cards.set(job.id, jobCard(job, false));
		}
		const elements = jobs.map((job) => cards.get(job.id).element);
		if (elements.length !== items.children.length || elements.some((element, index) => items.children[index] !== element)) {
			const focused = document.activeElement;
			items.replaceChildren(...elements);
			if (items.contains(focused)) focused.focus();
		}
		empty.textContent = jobs.length ? "" : t(page.ids.length || filter.status || filter.catalog ? "jobs.noneFound" : "jobs.none");
		const at = filter.page ?? 1;
		const last = Math.max(1, Math.ceil(page.total / 20));
		if (page.total && at > last) go({ page: last });
		pages.replaceChildren(...(last > 1 ? [
			at > 1 ? button(t("jobs.newer"), () => go({ page: at - 1 }), { className: "quiet" }) : null,
			make("span", { className: "hint" }, t("jobs.page", { n: at, of: last })),
			at < last ? button(t("jobs.older"), () => go({ page: at + 1 }), { className: "quiet" }) : null,
		].filter(Boolean) : []));
	}
	page = { ids: [], total: 0 };
	load().catch((problem) => { empty.textContent = t("jobs.failed"); throw problem; });
	watch(view, draw);
}
