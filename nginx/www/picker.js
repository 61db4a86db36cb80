// Which columns, in which order, and sorted by which. It is loaded when it is opened.

import { outputName, outputOf, usualColumns } from "./columns.js";
import { announce, button, field, make, option } from "./dom.js";
import { t } from "./i18n.js";

const SORT_TERMS = 4;

/** The group that a column to add stands in. */
const kindOf = ({ type, relationOptions }) => (relationOptions.length ? "linked"
	: { datetime: "time", date: "time", time: "time", integer: "number", number: "number", boolean: "other", uuid: "other", json: "other" }[type] ?? "text");

export function columnPicker(catalog, state, changed) {
	const chosen = make("ol", { className: "chosen", "aria-label": t("columns.inOrder") });
	const others = make("div", { className: "picker", role: "group", "aria-label": t("columns.others") });
	const search = make("input", { type: "search", spellcheck: false, autocomplete: "off" });
	const set = (keys) => {
		state.columns = keys;
		draw();
		changed();
	};
	const move = (key, to) => {
		const keys = state.columns.filter((one) => one !== key);
		const place = Math.max(0, Math.min(keys.length, to));
		keys.splice(place, 0, key);
		set(keys);
		announce(t("columns.moved", { name: catalog.columns.find((column) => column.key === key).label, n: place + 1, of: keys.length }));
	};

	function chosenRow(key, index) {
		const column = catalog.columns.find((one) => one.key === key);
		const step = (text, by, label) => {
			const made = button(text, () => {
				move(key, index + by);
				const row = chosen.children[index + by];
				(row?.querySelector(`[data-by="${by}"]:not(:disabled)`) ?? row?.querySelector("[data-by]:not(:disabled)"))?.focus();
			}, { className: "quiet icon", "aria-label": t(label, { name: column.label }), "data-by": by });
			made.disabled = index + by < 0 || index + by >= state.columns.length;
			return made;
		};
		const row = make("li", { draggable: true, "data-key": key });
		row.append(
			make("span", { className: "grip", "aria-hidden": "true" }, "⠿"),
			heading(column, row),
			column.relationOptions.length > 1 ? output(column) : "",
			make("span", { className: "buttons" },
				step("↑", -1, "columns.up"), step("↓", 1, "columns.down"),
				button("✕", () => {
					set(state.columns.filter((one) => one !== key));
					(chosen.children[Math.min(index, chosen.children.length - 1)]?.querySelector("button:not(:disabled)") ?? search).focus();
				}, { className: "quiet icon", "aria-label": t("columns.remove", { name: column.label }) })));
		row.addEventListener("dragstart", (event) => {
			event.dataTransfer.setData("text/plain", key);
			event.dataTransfer.effectAllowed = "move";
			row.classList.add("dragged");
		});
		row.addEventListener("dragend", () => row.classList.remove("dragged"));
		row.addEventListener("dragover", (event) => event.preventDefault());
		row.addEventListener("drop", (event) => {
			event.preventDefault();
			const dropped = event.dataTransfer.getData("text/plain");
			if (state.columns.includes(dropped) && dropped !== key) move(dropped, index);
		});
		row.addEventListener("keydown", (event) => {
			const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
			if (!by) return;
			event.preventDefault();
			move(key, index + by);
			chosen.querySelector(`[data-key="${CSS.escape(key)}"] button:not(:disabled)`)?.focus();
		});
		return row;
	}

	/** What the column is called in the file: its label, until something else is typed. */
	function heading(column, row) {
		const own = make("span", { className: "hint" });
		const say = () => { own.textContent = state.headings[column.key] ? column.label : ""; };
		const name = make("input", { value: state.headings[column.key] ?? "", placeholder: column.label, maxLength: 255, autocomplete: "off", "aria-label": t("columns.heading", { name: column.label }) });
		name.addEventListener("change", () => {
			const { [column.key]: _, ...others } = state.headings;
			state.headings = name.value.trim() ? { ...others, [column.key]: name.value.trim() } : others;
			say();
			changed();
		});
		// A text is selected by dragging, too.
		name.addEventListener("focus", () => { row.draggable = false; });
		name.addEventListener("blur", () => { row.draggable = true; });
		say();
		return make("span", { className: "name", "data-field": `headings.${column.key} relationFields.${column.key}` }, name, own);
	}

	function output(column) {
		const now = outputName(outputOf(column, state));
		const choice = make("select", { "aria-label": t("columns.shows", { name: column.label }) },
			column.relationOptions.map((one) => option(outputName(one), one.label, now)));
		choice.addEventListener("change", () => {
			state.outputs[column.key] = choice.value;
			changed();
		});
		return choice;
	}

	function draw() {
		chosen.replaceChildren(...state.columns.map(chosenRow));
		drawOthers();
	}

	function drawOthers() {
		const wanted = search.value.trim().toLowerCase();
		const rest = catalog.columns.filter((column) => !state.columns.includes(column.key)
			&& [column.label, column.key, ...column.relationOptions.map((one) => one.label)].join("\n").toLowerCase().includes(wanted));
		const buttons = () => [...others.querySelectorAll("button")];
		const adder = (column) => {
			const add = button(`+ ${column.label}`, () => {
				const at = buttons().indexOf(add);
				set([...state.columns, column.key]);
				announce(t("columns.added", { name: column.label }));
				(buttons()[Math.min(at, buttons().length - 1)] ?? search).focus();
			}, { className: "toggle", title: t(`types.${column.type}`) });
			return add;
		};
		others.replaceChildren(...["linked", "text", "time", "number", "other"].map((kind) => {
			const found = rest.filter((column) => kindOf(column) === kind);
			const name = t(`columns.groups.${kind}`);
			return found.length ? make("div", { className: "others", role: "group", "aria-label": name }, make("span", { className: "hint" }, name), found.map(adder)) : "";
		}));
		if (!rest.length) others.replaceChildren(make("p", { className: "hint" }, t(wanted ? "columns.noneFound" : "columns.allChosen")));
	}

	search.addEventListener("input", drawOthers);
	draw();
	return make("div", { className: "picker" },
		make("div", { className: "buttons" },
			button(t("columns.usual"), () => set(usualColumns(catalog)), { className: "quiet" }),
			button(t("columns.all"), () => set([...state.columns, ...catalog.columns.map((one) => one.key).filter((key) => !state.columns.includes(key))]), { className: "quiet" }),
			button(t("columns.none"), () => set([]), { className: "quiet" })),
		chosen, field(t("columns.search"), search), others, sorting(catalog, state, changed));
}

/** The columns to sort by, one after the other; the catalog's own order without. Values of some types have no order. */
function sorting(catalog, state, changed) {
	const place = make("div", { className: "row" });
	const draw = () => place.replaceChildren(...[...state.sort, {}].slice(0, SORT_TERMS).map((term, index) => {
		const free = catalog.columns.filter(({ key, type }) => type !== "json" && (key === term.field || !state.sort.some((one) => one.field === key)));
		const set = (one) => {
			state.sort = [...state.sort.slice(0, index), ...(one.field ? [one] : []), ...state.sort.slice(index + 1)];
			draw();
			place.querySelectorAll("select")[2 * index]?.focus();
			changed();
		};
		const by = make("select", { onchange: () => set({ field: by.value, direction: term.direction ?? "asc" }) },
			option("", t(index ? "sort.noMore" : "sort.usual"), term.field ?? ""), free.map(({ key, label }) => option(key, label, term.field)));
		const direction = make("select", { onchange: () => { term.direction = direction.value; changed(); } },
			["asc", "desc"].map((one) => option(one, t(`sort.${one}`), term.direction)));
		const n = { n: index + 1 };
		return make("div", { className: "row" }, field(t(index ? "sort.then" : "sort.by", n), by), term.field ? field(t(index ? "sort.directionOf" : "sort.direction", n), direction) : null);
	}));
	draw();
	return place;
}
