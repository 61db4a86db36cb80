// Everything that is known of an export, and what a request asks for, in words. It is loaded when somebody opens it.

import { columnsSummary, outputName } from "./columns.js";
import { button, copy, make } from "./dom.js";
import { day, duration, has, list, moment, number, t } from "./i18n.js";
import { nameValues } from "./scope.js";

/** What was asked for, in the catalog's words; of a scope, the names of the first values. */
export async function requestRows(request, catalog) {
	const labels = (values, all, key) => list(values.map((value) => all?.find((one) => one[key] === value)?.label ?? value));
	const state = { columns: request.columns ?? [], outputs: {}, headings: request.headings };
	for (const column of catalog?.columns ?? []) {
		if (!column.relationOptions.length) continue;
		const field = request.relationFields?.find((one) => one.field === column.key);
		state.outputs[column.key] = field ? outputName(field) : "id";
	}
	const { dateRange, period, scope, sort } = request;
	const kind = catalog?.scopes.find((one) => one.type === scope?.type);
	const first = scope?.values.slice(0, 5).map(String);
	const names = kind ? (await nameValues({ module: request.module, key: request.catalog }, kind, first)).map(({ label }) => label) : first;
	return [
		[catalog?.dateField?.label ?? t("fields.dateRange"), period ? periodName(period) : dateRange ? t("jobs.span", { from: day(dateRange.from), to: day(dateRange.to) }) : t("period.all")],
		[t("fields.statuses"), request.statuses ? labels(request.statuses, catalog?.statuses, "value") : null],
		[kind?.label ?? scope?.type, scope ? t("scope.values", { n: scope.values.length }) + " " + names.join(", ") : null],
		[t("keys.title"), request.filterFile ? t("keys.kept") : null],
		[t("fields.columns"), catalog && request.columns ? columnsSummary(catalog, state) : null],
		[t("sort.by"), sort ? labels(sort.map((one) => one.field), catalog?.columns, "key") : null],
		[t("fields.timezone"), request.timezone], [t("fields.locale"), request.locale],
	];
}

export const periodName = (period) => {
	const last = /^last_(\d+)_days$/.exec(period);
	return has(`period.${period}`) ? t(`period.${period}`) : last ? t("period.lastDays", { n: Number(last[1]) }) : period;
};

export function jobRows(job) {
	const receipt = job.metadata ?? {};
	const counted = (key, value) => [t(`receipt.${key}`), value ? number(value) : null];
	const sha = receipt.sha256;
	return [
		[t("receipt.file"), job.fileName], [t("receipt.by"), job.requestedBy],
		[t("receipt.requested"), moment(job.requestedAt)], [t("receipt.completed"), job.completedAt ? moment(job.completedAt) : null],
		[t("receipt.took"), job.startedAt && job.completedAt ? duration((Date.parse(job.completedAt) - Date.parse(job.startedAt)) / 1000) : null],
		[t("receipt.snapshot"), receipt.snapshotAt ? moment(receipt.snapshotAt) : null],
		[t("receipt.expires"), job.expiresAt ? moment(job.expiresAt) : null],
		counted("rows", receipt.rows), counted("cut", receipt.textsCut), counted("guarded", receipt.formulasNeutralised), counted("parts", receipt.parts > 1 ? receipt.parts : 0),
		[t("receipt.unmatched"), receipt.filterKeysUnmatched ? `${number(receipt.filterKeysUnmatched)}: ${receipt.filterKeysUnmatchedFirst.map((one) => one.key).join(", ")}` : null],
		["SHA-256", sha ? [make("code", {}, sha), " ", button(t("actions.copy"), () => copy(sha), { className: "quiet", "aria-label": `${t("actions.copy")}: SHA-256` })] : null],
		[t("receipt.id"), make("code", {}, job.id)],
	];
}
