// "Only this zone": values are chosen by their names, as one types. The application's own list comes first; where it has
// none, Penstock's, from the table that the catalog leads to.

import { call, credentialHeaders } from "./api.js";
import { announce, button, field, make, option } from "./dom.js";
import { t } from "./i18n.js";

const dotted = (item, path) => path.split(".").reduce((value, step) => value?.[step], item);
const unanswered = new Set();       // endpoints that no application serves here
const full = new Map();             // endpoint → the most values that a page of it has had

/** A page of the application's own list; null where no application answers here. */
async function fromApplication({ endpoint, itemsField, valueField, labelField, searchParam, pageParam }, search, page) {
	if (unanswered.has(endpoint)) return null;
	// The endpoint lies on this host, below whatever prefix the page lies below.
	const url = new URL(".." + endpoint, new URL(".", location.href));
	if (url.origin !== location.origin) return null;
	if (searchParam && search) url.searchParams.set(searchParam, search);
	if (page > 1) url.searchParams.set(pageParam, page);
	try {
		const response = await fetch(url, { headers: { Accept: "application/json", ...credentialHeaders() }, credentials: "same-origin" });
		const items = response.ok ? dotted(await response.json(), itemsField) : null;
		return items.map((item) => ({ value: String(dotted(item, valueField)), label: String(dotted(item, labelField) ?? dotted(item, valueField)) }));
	} catch {
		if (page > 1) return [];
		unanswered.add(endpoint);
		return null;
	}
}

/** The values that match, at most twenty at a time: {values, more}. */
async function* scopeValues(report, scope, search) {
	const source = scope.valueSource;
	let items = source && await fromApplication(source, search, 1);
	if (items) {
		const known = new Set();
		for (let page = 1; ;) {
			const fresh = items.filter(({ value }) => !known.has(value) && known.add(value));
			const found = source.searchParam ? fresh : fresh.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
			full.set(source.endpoint, Math.max(items.length, full.get(source.endpoint) ?? 1));
			// A page that is less than full is the last one; whether another follows a full one, only that tells.
			items = source.pageParam && items.length >= full.get(source.endpoint) && page < 100 ? await fromApplication(source, search, ++page) : [];
			const more = items.some(({ value }) => !known.has(value));
			if (found.length || !more) do yield { values: found.splice(0, 20), more: more || found.length }; while (found.length);
			if (!more) return;
		}
	}
	const path = `report/catalogs/${report.module}/${report.key}/scopes/${scope.type}`;
	for (let page = 1, more = true; more; page++) {
		const { body } = await call(path, { query: { search, page: page > 1 ? page : "" } });
		more = body.more;
		yield body;
	}
}

/** Names for the values of a request, which has only the keys. */
export async function nameValues(report, scope, values) {
	return Promise.all(values.map(async (value) => {
		const found = values.length > 20 ? null : await scopeValues(report, scope, value).next().catch(() => null);
		return { value, label: found?.value.values.find((one) => one.value === value)?.label ?? value };
	}));
}

export function scopePicker(report, catalog, state, changed) {
	const kind = make("select", {}, option("", t("scope.everything"), state.scope?.type ?? ""),
		catalog.scopes.map((scope) => option(scope.type, scope.label, state.scope?.type)));
	const place = make("div", { className: "scope", "data-field": "scope.values" });
	kind.addEventListener("change", () => {
		state.scope = kind.value ? { type: kind.value, values: [] } : null;
		draw();
		place.querySelector("input")?.focus();
		changed();
	});
	function draw() {
		const scope = catalog.scopes.find((one) => one.type === state.scope?.type);
		place.replaceChildren(...(scope ? valuePicker(report, scope, state, changed) : []));
	}
	draw();
	return make("div", { className: "row", "data-field": "scope" },
		field(t("scope.only"), kind, { "data-field": "scope.type" }), place);
}

function valuePicker(report, scope, state, changed) {
	const chips = make("ul", { className: "chips", "aria-label": t("scope.chosen", { name: scope.label }) });
	const input = make("input", {
		role: "combobox", "aria-expanded": "false", "aria-controls": "scope-options", "aria-autocomplete": "list",
		autocomplete: "off", spellcheck: false, placeholder: t("scope.type", { name: scope.label }),
	});
	const options = make("ul", { role: "listbox", id: "scope-options", className: "options", "aria-label": scope.label, hidden: true });
	const hint = make("p", { className: "hint" });
	let asked = 0;
	let at = -1;
	let found = [];

	const show = (open) => {
		options.hidden = !open;
		input.setAttribute("aria-expanded", String(open));
		if (!open) mark(-1);
	};
	const mark = (index) => {
		at = index;
		[...options.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === index)));
		if (index >= 0) input.setAttribute("aria-activedescendant", `scope-option-${index}`);
		else input.removeAttribute("aria-activedescendant");
		options.children[index]?.scrollIntoView({ block: "nearest" });
	};
	const set = (values) => {
		state.scope.values = values;
		drawChips();
		changed();
	};
	const take = (one) => {
		if (!state.scope.values.some(({ value }) => value === one.value)) {
			set(scope.multi ? [...state.scope.values, one] : [one]);
			announce(t("scope.added", { name: one.label }));
		}
		input.value = "";
		show(false);
		input.focus();
	};
	const drawChips = () => chips.replaceChildren(...state.scope.values.map((one) => make("li", {}, one.label, " ",
		button("✕", () => {
			set(state.scope.values.filter(({ value }) => value !== one.value));
			input.focus();
		}, { className: "quiet icon", "aria-label": t("scope.remove", { name: one.label }) }))));

	let pages;
	const search = () => extend(input.value.trim());
	/** Shows what matches a text; without one, more of it. */
	async function extend(text) {
		const first = text !== undefined;
		const mine = first ? ++asked : asked;
		const top = first ? 0 : options.scrollTop;
		if (first) pages = scopeValues(report, scope, text);
		let more = false;
		try {
			const { value } = await pages.next();
			if (mine !== asked) return;
			found = first ? value.values : [...found, ...value.values];
			more = value.more;
			hint.textContent = found.length ? "" : t("scope.noneFound");
		} catch {
			if (mine !== asked) return;
			// Whoever knows the key can still type it.
			if (first) found = text ? [{ value: text, label: text }] : [];
			hint.textContent = t("scope.keys");
		}
		options.replaceChildren(...[...found, ...(more ? [null] : [])].map((one, index) => {
			const item = make("li", { role: "option", id: `scope-option-${index}`, "aria-selected": "false" }, one?.label ?? t("scope.more"));
			item.addEventListener("mousedown", (event) => {
				event.preventDefault();
				choose(index);
			});
			return item;
		}));
		show(found.length > 0 && document.activeElement === input);
		options.scrollTop = top;
		if (!first) mark(Math.min(at, options.children.length - 1));
	}
	const choose = (index) => (index < found.length ? take(found[index]) : extend());

	let timer;
	input.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(search, 200);
	});
	input.addEventListener("focus", search);
	input.addEventListener("blur", () => show(false));
	input.addEventListener("keydown", (event) => {
		if (event.key === "Escape" && !options.hidden) {
			event.stopPropagation();
			show(false);
		} else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			if (options.hidden) search();
			else mark((event.key === "ArrowDown" ? at + 1 : Math.max(at, 0) - 1 + options.children.length) % options.children.length);
		} else if (event.key === "Enter") {
			event.preventDefault();
			if (!options.hidden && found.length) choose(Math.max(at, 0));
		} else if (event.key === "Backspace" && !input.value && state.scope.values.length) {
			set(state.scope.values.slice(0, -1));
		}
	});
	drawChips();
	return [make("div", { className: "combo" }, field(scope.label, input), options), chips, hint];
}
