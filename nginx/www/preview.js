// The first rows of a file as they will stand in it. It is loaded with the first preview.

import { announce, make } from "./dom.js";
import { t } from "./i18n.js";

export function drawPreview(place, data, facts) {
	const numeric = (type) => (type === "number" || type === "integer" ? "number" : null);
	const cell = (value, column) => (value === null || value === undefined ? make("td", { className: "null" }, "—")
		: make("td", { className: numeric(column.type), dir: "auto" }, String(value).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?/, "$1 $2")));
	const missing = data.filterKeysUnmatched > 0 ? make("p", { className: "warning" },
		t("preview.unmatched", { n: data.filterKeysUnmatched, of: data.filterKeysDistinct }) + " "
		+ data.filterKeysUnmatchedFirst.map(({ key, line }) => (line ? t("preview.keyAt", { key, line }) : key)).join(", ")) : null;
	place.replaceChildren(...[
		make("h2", { id: "preview-heading", tabIndex: -1 }, t("preview.title")),
		make("p", { className: "hint", id: "preview-facts" }, facts.join(" · ")), missing,
		data.rows.length ? make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": t("preview.region") }, make("table", {},
			make("caption", {}, t(data.done ? "preview.all" : "preview.first", { n: data.rows.length })),
			make("thead", {}, make("tr", {}, data.columns.map((column) => make("th", { scope: "col", className: numeric(column.type) }, column.label)))),
			make("tbody", {}, data.rows.map((row) => make("tr", {}, data.columns.map((column) => cell(row[column.key], column))))))) : make("p", { className: "warning" }, t("preview.empty")),
	].filter(Boolean));
	announce(facts.join(", "));
}
