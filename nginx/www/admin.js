// What administrators look after: limits and workers, who has downloaded what, the webhook and the keys.

import { call, connection } from "./api.js";
import { field, make, onClick, option, table, turns } from "./dom.js";
import { bytes, has, moment, number, t } from "./i18n.js";
import { labelOf, store } from "./jobs.js";

const time = (text) => (text ? moment(text) : "—");
const section = (id, ...children) => make("section", { className: "card", "aria-labelledby": id }, make("h2", { id }, t(`admin.${id}`)), children);
const columns = (...names) => names.map((one) => t(`admin.columns.${one}`));
const ask = async (path, query) => (await call("report/" + path, { query })).body;

export async function showAdmin(view, given) {
	const everything = connection.caller.isSuperuser;
	const [usage, audit, webhook, keys] = await Promise.all([ask("usage"),
		...(everything ? [ask("audit", { ...given, limit: 20 }), ask("webhook"), ask("keys")] : [])]);
	view.replaceChildren(...[make("h1", { tabIndex: -1 }, t("nav.admin")), limits(usage.data), usage.data.hosts ? hosts(usage.data.hosts) : null,
		audit ? audits(given, audit) : null, webhook ? webhooks(webhook.data) : null, keys ? keysOf(keys.data) : null].filter(Boolean));
}

function limits({ pending, hosts: _, ...used }) {
	const rows = Object.entries(used).map(([name, { used: value, limit }]) => {
		const show = name === "storedBytes" ? bytes : number;
		return [t(`admin.limits.${name}`), limit === null ? show(value) : t("admin.of", { n: show(value), of: show(limit) }),
			limit ? make("meter", { max: limit, value, high: limit * 0.9, "aria-label": t(`admin.limits.${name}`) }) : ""];
	});
	const shown = (status) => make("a", { href: "#/exports?" + encodeURIComponent(JSON.stringify({ status })) }, t(`states.${status}`));
	return section("usage", make("p", {}, t("admin.waiting", { n: pending }), " ", shown("pending"), " · ", shown("processing"), " · ", make("a", { href: "#/exports" }, t("jobs.all"))),
		table(t("admin.usage"), [t("admin.what"), t("admin.used"), ""], rows));
}

const hosts = (all) => section("hosts", table(t("admin.hosts"), columns("host", "version", "state", "workers", "since", "sign"),
	all.map((one) => [one.host, one.version ?? "—", t(one.alive ? "admin.alive" : "admin.lost"), t("admin.of", { n: number(one.running), of: one.workers === null ? "—" : number(one.workers) }), time(one.startedAt), time(one.renewedAt)])));

function audits(given, { data, page, more }) {
	const text = (name, properties = {}) => field(t(`admin.filters.${name}`), make("input", { name, value: given[name] ?? "", autocomplete: "off", spellcheck: false, ...properties }));
	const outcome = make("select", { name: "outcome" }, option("", t("jobs.anyState"), given.outcome ?? ""),
		["granted", "link_issued", "unknown_id", "expired", "forged", "not_ready", "forbidden", "removed"].map((one) => option(one, t(`admin.outcomes.${one}`), given.outcome)));
	const form = make("form", { className: "row", role: "search" }, text("exportId"), text("subject"), field(t("admin.filters.outcome"), outcome), text("from", { type: "date" }), text("to", { type: "date" }));
	const show = make("button", { type: "submit" }, t("admin.search"));
	onClick(show, () => {
		const chosen = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
		location.hash = "#/admin?" + encodeURIComponent(JSON.stringify(chosen));
	});
	form.append(show);
	const file = ({ exportId }) => (exportId ? make("a", { href: "#/admin?" + encodeURIComponent(JSON.stringify({ exportId })) }, store.has(exportId) ? labelOf(store.get(exportId)) : exportId.slice(0, 8) + "…") : "—");
	const said = (one) => (has(`admin.outcomes.${one.outcome}`) ? t(`admin.outcomes.${one.outcome}`) : one.outcome);
	return section(given.exportId ? "whoHas" : "audit", form, data.length ? table(t(given.exportId ? "admin.whoHas" : "admin.audit"), columns("at", "who", "file", "outcome", "sent", "from", "via"),
		data.map((one) => [time(one.at), one.subject ?? t("admin.link"), file(one), `${said(one)} (${one.status})`, one.sent ? bytes(one.sent.bytes) : "—", one.remoteAddress ?? "—", one.via]))
		: make("p", { className: "hint" }, t("admin.noneFound")), turns("admin", given, { page, total: more ? Infinity : 0 }));
}

const webhooks = (data) => section("webhook", ...(data ? [
	make("p", {}, [data.origin, data.disabledAt ? t("admin.off", { time: time(data.disabledAt) }) : null, t("admin.messages", { delivered: data.delivered, waiting: data.waiting, lost: data.givenUp })].filter(Boolean).join(" · ")),
	data.deliveries.length ? table(t("admin.deliveries"), columns("at", "file", "event", "answer", "tries", "next"),
		data.deliveries.map((one) => [time(one.happenedAt), store.has(one.exportId) ? labelOf(store.get(one.exportId)) : one.exportId.slice(0, 8) + "…", t(`states.${one.event.slice(7)}`),
			[one.lastStatus, one.lastError].filter(Boolean).join(" · ") || "—", number(one.attempts), time(one.dueAt)])) : null,
] : [make("p", { className: "hint" }, t("admin.noWebhook"))]));

const keysOf = (keys) => section("keys", keys.length ? table(t("admin.keys"), columns("name", "prefix", "rights", "made", "until"),
	keys.map((one) => [one.name, make("code", {}, one.prefix), one.permissions.join(", "), time(one.createdAt), one.revokedAt ? t("admin.revoked", { time: time(one.revokedAt) }) : time(one.expiresAt)]))
	: make("p", { className: "hint" }, t("admin.noKeys")));
