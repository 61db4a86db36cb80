// Requests that are kept under a name: the list, and the dialog in which one is saved.

import { call, Problem } from "./api.js";
import { link } from "./builder.js";
import { periodName, requestRows } from "./details.js";
import { catalogOf, may, summaryOf } from "./catalogs.js";
import { $, button, copy, facts, field, make, onClick, tick, toast, turns } from "./dom.js";
import { day, explain, t } from "./i18n.js";
import { choicesOf } from "./reopen.js";

const path = (id) => "report/presets" + (id ? "/" + id : "");
const place = (id) => new URL("#/saved/" + id, location.href).href;

/** Leads on to the form with what was saved; the address holds it from then on. */
export async function openSaved(id) {
	const { body: { data } } = await call(path(id));
	const { module, catalog: key } = data.request;
	const catalog = summaryOf(module, key) && await catalogOf(module, key);
	const chosen = catalog ? await choicesOf(data.request, summaryOf(module, key), catalog) : {};
	location.replace(link({ module, key }, { ...chosen, saved: { id, name: data.name } }));
}

export async function showSaved(view, given) {
	const { body } = await call(path(), { query: { page: given.page, limit: 20 } });
	view.replaceChildren(make("h1", { tabIndex: -1 }, t("nav.saved")),
		make("p", { className: "hint" }, t(body.total ? "saved.hint" : "saved.none")),
		make("ul", { className: "jobs" }, body.data.map((one) => make("li", { className: "job" }, card(view, one)))),
		turns("saved", given, body));
}

function card(view, { id, name, shared, request, createdBy, mayChange }) {
	const { module, catalog: key, period, dateRange } = request;
	const report = summaryOf(module, key);
	const act = (word, action) => button(t(`actions.${word}`), action, { className: "quiet", "aria-label": `${t(`actions.${word}`)}: ${name}` });
	const change = async (options) => {
		await call(path(id), options);
		await showSaved(view, {});
	};
	const about = [report?.label ?? key, period ? periodName(period) : dateRange ? t("jobs.span", { from: day(dateRange.from), to: day(dateRange.to) }) : t("period.all"),
		t(`formats.${request.format}`), t("saved.by", { name: createdBy })];
	return [
		make("div", { className: "title" }, make("h2", {}, report ? make("a", { href: "#/saved/" + id }, name) : name),
			make("span", { className: "status" }, t(shared ? "saved.shared" : "saved.own"))),
		make("p", { className: "hint" }, about.join(" · ")),
		make("div", { className: "buttons" },
			act("copyAddress", () => copy(place(id))),
			report && may("export:reports") && !dateRange ? act("repeat", async () => {
				const { timezone, notifyOnCompletion: notify, ...rest } = request;
				(await import("./schedules.js")).scheduleDialog(report, null, rest, { name, timezone, notify });
			}) : null,
			mayChange && (shared || may("export:reports")) ? act(shared ? "unshare" : "share", () => change({ method: "PATCH", json: { shared: !shared } })) : null,
			mayChange ? act("remove", () => confirm(t("saved.confirm", { name })) && change({ method: "DELETE" })) : null),
		facts(name, async () => requestRows(request, await catalogOf(module, key).catch(() => null))),
	];
}

/** Keeps a request: in place of the one that was opened, when the reader may change that, or as a new one. */
export async function saveDialog(report, request, state, done) {
	const old = state.saved && (await call(path(state.saved.id)).catch(() => null))?.body.data;
	const mine = old?.mayChange ? old : null;
	const dialog = $("dialog");
	const name = make("input", { value: state.saved?.name ?? [report.label, request.period && periodName(request.period)].filter(Boolean).join(", "), maxLength: 255, required: true });
	const shared = tick(t("saved.share"), { checked: old?.shared ?? false });
	const wrong = make("p", { className: "fault", role: "alert", hidden: true });
	const save = (text, id, properties) => {
		const made = make("button", properties, text);
		onClick(made, async () => {
			const json = { name: name.value, shared: may("export:reports") && shared.querySelector("input").checked, request };
			let saved;
			try {
				saved = (await call(path(id), { method: id ? "PATCH" : "POST", json })).body.data;
			} catch (problem) {
				if (!(problem instanceof Problem)) throw problem;
				wrong.textContent = explain(problem);
				wrong.hidden = false;
				return;
			}
			dialog.close();
			toast(t("saved.done", { name: saved.name }), "good", make("a", { href: "#/saved" }, t("nav.saved")), button(t("actions.copyAddress"), () => copy(place(saved.id)), { className: "quiet" }));
			done({ id: saved.id, name: saved.name });
		});
		return made;
	};
	dialog.setAttribute("aria-labelledby", "dialog-heading");
	dialog.replaceChildren(make("form", { noValidate: true, onsubmit: (event) => event.preventDefault() },
		make("h2", { id: "dialog-heading" }, t("saved.title")),
		state.keys || state.filterFile ? make("p", { className: "warning" }, t("schedules.noKeys")) : null,
		field(t("schedules.name"), name), may("export:reports") ? shared : null, wrong,
		make("div", { className: "buttons" },
			mine ? save(t("schedules.save"), mine.id, { className: "primary", type: "submit" }) : null,
			save(t(mine ? "saved.asNew" : "schedules.save"), "", mine ? { type: "button" } : { className: "primary", type: "submit" }),
			button(t("close"), () => dialog.close(), { className: "quiet" }))));
	dialog.showModal();
}
