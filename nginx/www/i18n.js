// The page's words. Each language is one file, words.<tag>.js: adding that file is all that a new language needs.
// A browser that prefers it gets it, and it stands in the menu.

let words = {};
let fallback = {};
let tag = "en";
const known = new Set(["en", "nb"]);        // and those of the browser's languages that are there

export const language = () => tag;

const load = async (candidate) => {
	try {
		return (await import(`./words.${candidate}.js`)).default;
	} catch {
		return null;            // no such language
	}
};

/** The forms in which a browser's language may be there: pt-br, then pt. English and Norwegian are in one form each. */
const forms = (wanted) => {
	const parts = wanted.toLowerCase().split("-");
	if (parts[0] === "en") return ["en"];
	if (["nb", "no"].includes(parts[0])) return ["nb"];
	return [...new Set([parts.join("-"), parts[0], ...(parts[0] === "nn" ? ["nb"] : [])])];
};

/** Takes the reader's choice, else the first of the browser's languages that is there, else English. */
export async function chooseLanguage(chosen) {
	fallback = await load("en");
	const wanted = [chosen ?? localStorage.getItem("penstock-language"), ...navigator.languages].filter(Boolean).flatMap(forms);
	for (const candidate of new Set(wanted.filter((form) => /^[a-z-]+$/.test(form)))) {
		const found = candidate === "en" ? fallback : await load(candidate);
		if (!found) continue;
		known.add(candidate);
		words = found;
		tag = candidate;
		break;
	}
	if (chosen) localStorage.setItem("penstock-language", tag);
	document.documentElement.lang = tag;
	document.documentElement.dir = words.direction ?? "ltr";
	document.title = t("title");
	for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
	for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.dataset.tLabel));
}

/** Each by its own name. */
export const languages = () => Array.from(known, (value) => ({ value, text: new Intl.DisplayNames(value, { type: "language" }).of(value) }));

const find = (key, table) => key.split(".").reduce((place, part) => place?.[part], table);

/** A text; {name} in it is replaced, and one with plural forms goes by `n`. */
export function t(key, values = {}) {
	let text = find(key, words) ?? find(key, fallback) ?? "";
	if (typeof text === "object") text = text[new Intl.PluralRules(tag).select(values.n)] ?? text.other ?? "";
	return text.replace(/\{(\w+)\}/g, (_, name) => {
		const value = values[name];
		return typeof value === "number" ? number(value) : value ?? "";
	});
}

export const has = (key) => (find(key, words) ?? find(key, fallback)) !== undefined;

/** English as the reader's own region writes it; another language as it is. */
const locale = () => navigator.languages.find((one) => one.toLowerCase().split("-")[0] === tag) ?? tag;

export const number = (value, options) => Number(value ?? 0).toLocaleString(locale(), options);
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
export const moment = (text) => new Date(text).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
export const day = (text) => new Date(text + "T12:00:00Z").toLocaleDateString(locale(), { dateStyle: "medium", timeZone: "UTC" });
export const list = (items) => new Intl.ListFormat(locale(), { type: "conjunction" }).format(items);
export const weekday = (index) => new Date(Date.UTC(2024, 0, 1 + index)).toLocaleDateString(locale(), { weekday: "long", timeZone: "UTC" });
export const month = (index) => new Date(Date.UTC(2024, index, 1)).toLocaleDateString(locale(), { month: "long", timeZone: "UTC" });

export function bytes(size) {
	const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
	let unit = 0;
	while (size >= 1000 && unit < units.length - 1) {
		size /= 1000;
		unit += 1;
	}
	return number(size, { style: "unit", unit: units[unit], unitDisplay: unit ? "short" : "long", maximumFractionDigits: unit ? 1 : 0 });
}

export function duration(seconds) {
	const [value, unit] = seconds < 90 ? [seconds, "second"] : seconds < 5400 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
	return number(Math.max(value, unit === "second" ? 1 : 0), { style: "unit", unit, maximumFractionDigits: 0 });
}

/** A failed call as a sentence, with the number that the log knows it by where only the operator can help. */
export function explain(problem) {
	if (problem.errors.length && problem.status === 400) return faults(problem).map(({ text }) => text).join(" ");
	const known = `problem.${problem.code}`;
	const text = problem.code && has(known) ? t(known)
		: has(`status.${problem.status}`) ? t(`status.${problem.status}`)
		: problem.detail ?? t("status.other", { status: String(problem.status) });
	return problem.status >= 500 && problem.requestId ? `${text} ${t("requestId", { id: problem.requestId })}` : text;
}

/** What validation found, in the reader's words: [{field, text}]. */
export function faults(problem) {
	return problem.errors.map(({ field: path, message }) => {
		const plain = message.startsWith(path + " ") ? message.slice(path.length + 1) : message;
		const rules = [...(words.validation ?? []), ...fallback.validation];
		const rule = rules.find(([pattern]) => pattern.test(plain));
		const text = rule ? plain.replace(rule[0], rule[1]) : plain;
		const steps = path.replace(/\.\d+/g, "").split(".");
		const name = steps.map((_, index) => `fields.${steps.slice(0, steps.length - index).join("_")}`).find(has);
		const end = /[.!?]$/.test(text) ? "" : ".";
		return { field: path, text: (name ? `${t(name)}: ${text}` : text[0].toUpperCase() + text.slice(1)) + end };
	});
}
