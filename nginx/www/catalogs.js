// The list that the page opens with: every report that the caller may see, last used first.

import { call, connection } from "./api.js";
import { field, make } from "./dom.js";
import { language, t } from "./i18n.js";

let catalogs = [];

const kept = new Map();         // module/key → catalog, in one language

export async function catalogOf(module, key) {
	const name = [language(), connection.tenant, module].join("/");
	if (!kept.has(name)) kept.set(name, call("report/catalogs/" + encodeURIComponent(module)).then(({ body }) => body.catalogs));
	try {
		return (await kept.get(name)).find((catalog) => catalog.key === key);
	} catch (problem) {
		kept.delete(name);
		throw problem;
	}
}

export const may = (permission) => connection.caller?.permissions.includes(permission) ?? false;
export const summaryOf = (module, key) => catalogs.find((one) => one.module === module && one.key === key);
export const allCatalogs = () => catalogs;

/** Asks for the list and who is calling. */
export async function loadCatalogs(options) {
	const { body } = await call("report/catalogs", options);
	catalogs = body.catalogs;
	connection.caller = body.caller;
}

const place = () => `penstock-used-${connection.caller.tenant}`;

function used() {
	try {
		return JSON.parse(localStorage.getItem(place())) ?? [];
	} catch {
		return [];
	}
}

export function remember(module, key) {
	const name = `${module}/${key}`;
	localStorage.setItem(place(), JSON.stringify([name, ...used().filter((one) => one !== name)].slice(0, 5)));
}

export function showCatalogs(view) {
	const search = make("input", { type: "search", autocomplete: "off", spellcheck: false });
	const groups = make("div", { className: "groups" });
	let saved = [];
	const draw = () => {
		const wanted = search.value.trim().toLowerCase();
		const found = catalogs.filter((one) => [one.label, one.description, one.key, one.module, one.category].join("\n").toLowerCase().includes(wanted));
		const recent = used().map((name) => found.find((one) => `${one.module}/${one.key}` === name)).filter(Boolean);
		const matching = saved.filter(({ name, request }) => summaryOf(request.module, request.catalog) && name.toLowerCase().includes(wanted));
		const sections = matching.length ? [section(t("nav.saved"), matching.map((one) => card("#/saved/" + one.id, one.name,
			[summaryOf(one.request.module, one.request.catalog).label, t(`formats.${one.request.format}`)].join(" · "))), "saved")] : [];
		if (recent.length) sections.push(group(t("catalogs.recent"), recent, "recent"));
		const several = new Set(catalogs.map((one) => one.module)).size > 1;
		const names = new Set(found.map((one) => JSON.stringify([one.module, one.category])));
		for (const [module, category] of [...names].map((name) => JSON.parse(name))) {
			const title = [several ? words(module) : null, words(category)].filter(Boolean).join(" · ");
			sections.push(group(title, found.filter((one) => one.module === module && one.category === category), `${module}-${category}`));
		}
		groups.replaceChildren(...(sections.length ? sections : [make("p", { className: "hint", role: "status" }, t(catalogs.length ? "catalogs.noneFound" : "catalogs.none"))]));
	};
	search.addEventListener("input", draw);
	view.replaceChildren(make("h1", { tabIndex: -1 }, t("catalogs.title")),
		catalogs.length > 5 ? field(t("catalogs.search"), search) : null, groups);
	draw();
	// They come after the reports, which wait for nothing.
	call("report/presets", { query: { limit: 6 } }).then(({ body }) => {
		saved = body.data;
		if (saved.length) draw();
	}, () => {});
}

/** `master-data` has no label in any language: its own letters are shown as words. */
const words = (name) => {
	const text = name.replace(/[-_]+/g, " ");
	return text[0].toUpperCase() + text.slice(1);
};

const group = (title, items, id) => section(title, items.map((one) => card(`#/report/${one.module}/${one.key}`, one.label, one.description,
	one.supportedFormats.map((name) => t(`formats.${name}`)).join(" · "))), id);

const section = (title, cards, id) => make("section", { "aria-labelledby": `group-${id}` }, make("h2", { id: `group-${id}` }, title), make("ul", { className: "cards" }, cards));

const card = (href, name, ...about) => make("li", {}, make("a", { className: "card", href }, make("strong", {}, name), about.map((text) => make("span", { className: "hint" }, text))));
