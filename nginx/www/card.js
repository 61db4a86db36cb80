// One export: its state, what can be done with it, and everything that is known of it.

import { call, connection } from "./api.js";
import { catalogOf, may, summaryOf } from "./catalogs.js";
import { $, announce, button, copy, facts as known, make, toast } from "./dom.js";
import { bytes, day, duration, has, moment, t } from "./i18n.js";
import { isOpen, labelOf, stateOf, store, track } from "./jobs.js";

/** An element that shows a job, and `update` for when it has changed. A compact one is the answer to Create. */
export function jobCard(job, compact) {
	const element = make(compact ? "div" : "li", { className: "job", "data-id": job.id });
	const card = { id: job.id, element, update };
	let shown = null;
	let details = null;
	function update(now) {
		const focused = element.contains(document.activeElement);
		if (shown !== stateOf(now)) {
			shown = stateOf(now);
			const open = details?.open;
			details = compact ? null : detailsOf(now);
			element.dataset.status = now.status;
			element.replaceChildren(...[
				make("div", { className: "title" }, make(compact ? "strong" : "h2", {}, labelOf(now)),
					make("span", { className: `status ${isOpen(now) ? "open" : shown}` }, t(`states.${shown}`))),
				make("p", { className: "hint facts" }),
				isOpen(now) ? make("progress", { "aria-label": t("jobs.progress", { name: labelOf(now) }) }) : null,
				reason(now), actions(now, compact), details,
			].filter(Boolean));
			if (open) details.open = true;
			if (focused) (element.querySelector("button, summary, a") ?? element).focus();
		}
		const { total, done } = now.progress ?? {};
		const bar = element.querySelector("progress");
		if (bar && total) {
			bar.max = total;
			bar.value = done;
		}
		element.querySelector(".facts").textContent = facts(now).join(" · ");
	}
	update(job);
	return card;
}

function facts(job) {
	const facts = [t(`formats.${job.format}`), moment(job.requestedAt)];
	const { total, done } = job.progress ?? {};
	if (job.status === "processing") {
		facts.push(total ? t("jobs.rowsOf", { n: done, of: total }) : t("jobs.rows", { n: done }));
		const seconds = (Date.now() - Date.parse(job.startedAt)) / 1000;
		if (done > 0 && seconds > 0.5) {
			facts.push(t("jobs.rate", { n: Math.round(done / seconds) }));
			if (total > done) facts.push(t("jobs.left", { time: duration((total - done) * seconds / done) }));
		}
		if (job.parts) facts.push(t("jobs.partsOf", { n: job.parts.done, of: job.parts.total }));
	} else if (job.rowCount !== null && job.rowCount !== undefined) {
		facts.push(t("jobs.rows", { n: job.rowCount }));
	}
	if (job.fileSizeBytes) facts.push(bytes(job.fileSizeBytes));
	if (job.requestedBy) facts.push(t("jobs.by", { name: job.requestedBy }));
	if (job.scheduleId) facts.push(t("jobs.scheduled"));
	if (job.request?.dateRange) facts.push(t("jobs.span", { from: day(job.request.dateRange.from), to: day(job.request.dateRange.to) }));
	if (job.status === "ready" && job.expiresAt) facts.push(t("jobs.keptUntil", { time: moment(job.expiresAt) }));
	return facts;
}

function reason(job) {
	if (job.status === "failed") {
		const words = has(`failures.${job.errorCode}`) ? t(`failures.${job.errorCode}`) : job.errorSummary;
		return make("p", { className: "fault" }, words ?? t("failures.other"));
	}
	return job.waiting ? make("p", { className: "warning" }, t("jobs.waiting", { reason: has(`failures.${job.waiting.code}`) ? t(`failures.${job.waiting.code}`) : job.waiting.message })) : null;
}

/** The job with its request, which the event stream does not tell. */
async function whole(job) {
	const known = store.get(job.id);
	if (known?.request) return known;
	const { body } = await call(`report/exports/${job.id}`, { query: { include: "request" } });
	track(body.data);
	return body.data;
}

function actions(job, compact) {
	const name = labelOf(job);
	const act = (key, action, className = "quiet") => button(t(`actions.${key}`), action, { className, "aria-label": `${t(`actions.${key}`)}: ${name}` });
	const export_ = may("export:reports");
	const made = [];
	if (job.status === "ready") made.push(act("download", () => download(job), "primary"), act("copyLink", async () => copy(await signed(job))));
	if (job.fileName && !compact && connection.caller.isSuperuser) made.push(make("a", { href: "#/admin?" + encodeURIComponent(JSON.stringify({ exportId: job.id })), "aria-label": `${t("actions.whoHas")}: ${name}` }, t("actions.whoHas")));
	if (isOpen(job) && export_) made.push(act("cancel", () => cancel(job)));
	if (!isOpen(job) && !compact && export_) {
		if (summaryOf(job.module, job.catalog)) made.push(act("again", () => again(job), job.status === "ready" ? "quiet" : ""), act("edit", () => edit(job)));
		if (job.status === "ready") made.push(...otherFormats(job, act));
		if (!job.removedAt && (connection.caller.isSuperuser || job.requestedBy === connection.caller.subject)) made.push(act("remove", () => remove(job)));
	}
	if (compact) made.push(make("a", { href: "#/exports" }, t("jobs.all")));
	return make("div", { className: "buttons" }, made);
}

async function signed(job) {
	const { body } = await call(`report/exports/${job.id}/download`);
	return body.data.downloadUrl;
}

/** The link is good for a few minutes only, so it is asked for when it is needed. */
async function download(job) {
	const anchor = make("a", { href: await signed(job), download: "", rel: "noopener" });
	document.body.append(anchor);
	anchor.click();
	anchor.remove();
	announce(t("jobs.downloading", { name: job.fileName }));
}

async function cancel(job) {
	const { body } = await call(`report/exports/${job.id}/cancel`, { method: "POST" });
	track({ ...store.get(job.id), ...body.data });
}

async function remove(job) {
	if (!confirm(t("jobs.confirm", { name: labelOf(job) }))) return;
	const { body } = await call(`report/exports/${job.id}`, { method: "DELETE" });
	track(body.data);
	toast(t("jobs.removed", { name: labelOf(job) }));
	$("main").querySelector("h1")?.focus();
}

async function again(job) {
	const { request } = await whole(job);
	const { body } = await call("report/exports", { method: "POST", json: request });
	track({ ...body.data, request });
	toast(t("builder.created", { name: labelOf(job) }), "good");
}

async function edit(job) {
	const { request, module, catalog: key } = await whole(job);
	const catalog = await catalogOf(module, key);
	const [{ link }, { choicesOf }] = await Promise.all([import("./builder.js"), import("./reopen.js")]);
	location.hash = link({ module, key }, await choicesOf(request, summaryOf(module, key), catalog));
}

function otherFormats(job, act) {
	const others = (summaryOf(job.module, job.catalog)?.supportedFormats ?? []).filter((format) => format !== job.format);
	return others.map((format) => button(t("actions.as", { format: t(`short.${format}`) }), async () => {
		await call("api/v1/report-reexports", { method: "POST", json: { report_id: job.id, export_params: { format } } });
		toast(t(summaryOf(job.module, job.catalog).keepsRows ? "jobs.reexportKept" : "jobs.reexportNow", { format: t(`short.${format}`) }), "good");
	}, { className: "quiet", "aria-label": `${t("actions.as", { format: t(`short.${format}`) })}: ${labelOf(job)}` }));
}

function detailsOf(job) {
	return known(labelOf(job), async () => {
		const full = await whole(job);
		const catalog = await catalogOf(full.module, full.catalog).catch(() => null);
		const { jobRows, requestRows } = await import("./details.js");
		// The request is not shown to who may not see a column of it.
		return [...(full.request ? await requestRows(full.request, catalog) : []), ...jobRows(full)];
	});
}
