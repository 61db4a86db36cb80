// What the form of a report has chosen when an earlier request is opened in it again.

import { choices, usual } from "./builder.js";
import { outputName } from "./columns.js";
import { nameValues } from "./scope.js";

/** The choices that a job's or a schedule's request stands for. */
export async function choicesOf(request, report, catalog) {
	const state = usual(report, catalog);
	if (request.period) state.period = request.period;
	if (request.dateRange) Object.assign(state, { period: "custom", ...request.dateRange });
	if (request.timezone) state.timezone = request.timezone;
	for (const name of ["statuses", "columns", "headings", "sort", "format", "locale", "csv", "filterFile"]) {
		if (request[name] !== undefined) state[name] = request[name];
	}
	if (request.csv) state.csv = Object.fromEntries(Object.entries(request.csv).filter(([name, value]) => value !== { bom: false, header: "label", formulaGuard: true }[name]));
	state.compression = request.compression === "gzip" ? "gzip" : "";
	state.annexes = request.includeAnnexes ?? false;
	state.notify = request.notifyOnCompletion ?? false;
	state.values = request.values ?? "key";
	for (const key of state.columns) {
		const field = (request.relationFields ?? []).find((one) => one.field === key);
		if (catalog.columns.find((one) => one.key === key)?.relationOptions.length) state.outputs[key] = field ? outputName(field) : "id";
	}
	const scope = catalog.scopes.find((one) => one.type === request.scope?.type);
	if (scope) state.scope = { type: scope.type, values: await nameValues(report, scope, request.scope.values.map(String)) };
	return choices(state, report, catalog);
}
