// What is shown of the columns that lead to other tables, and what the chosen ones are called.

import { list, t } from "./i18n.js";

/** `id`, or `users.full_name`: how the address names an output. */
export const outputName = (output) => (output.output === "id" ? "id" : `${output.table}.${output.referenceField}`);

/** A name says more than a key. */
const usualOutput = (column) => outputName(column.relationOptions.find((one) => one.output === "reference_value") ?? column.relationOptions[0]);

export const outputOf = (column, state) => {
	if (!column.relationOptions.length) return null;
	const wanted = state.outputs[column.key] ?? usualOutput(column);
	return column.relationOptions.find((one) => outputName(one) === wanted) ?? column.relationOptions[0];
};

/** What a column is called here: by what it shows, where there is a choice. */
export const shownName = (column, state) => state.headings?.[column.key] || (column.relationOptions.length > 1 ? outputOf(column, state).label : column.label);

export const usualColumns = (catalog) => catalog.columns.filter((column) => column.defaultSelected).map((column) => column.key);

export function columnsSummary(catalog, state) {
	const names = state.columns.map((key) => catalog.columns.find((column) => column.key === key)).filter(Boolean)
		.map((column) => shownName(column, state));
	return names.length > 8 ? t("columns.andMore", { names: names.slice(0, 7).join(", "), n: names.length - 7 }) : list(names);
}
