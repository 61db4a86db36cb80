// Making elements, and the few controls that several views have.

import { Problem } from "./api.js";
import { explain, t } from "./i18n.js";

export const $ = (id) => document.getElementById(id);

/** An element with its properties and children; text is always text, never markup. */
export function make(tag, properties = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (value === undefined || value === null) continue;
		if (name in element) element[name] = value;
		else element.setAttribute(name, value);
	}
	element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
	return element;
}

export const button = (text, action, properties = {}) => {
	const made = make("button", { type: "button", ...properties }, text);
	onClick(made, action);
	return made;
};

/** Runs an action on a click, once at a time. The button is not disabled meanwhile, for that would take the focus from it. */
export function onClick(element, action) {
	element.addEventListener("click", async (event) => {
		event.preventDefault();
		if (element.getAttribute("aria-disabled") === "true") return;
		element.setAttribute("aria-disabled", "true");
		try {
			await action(event);
		} catch (problem) {
			if (!(problem instanceof Problem)) throw problem;
			toast(explain(problem), "bad");
		} finally {
			element.removeAttribute("aria-disabled");
		}
	});
}

export const option = (value, text, chosen) => make("option", { value, selected: value === chosen }, text);

export const field = (text, control, properties = {}) => make("label", properties, make("span", {}, text), control);

export const tick = (text, properties) => make("label", { className: "tick" }, make("input", { type: "checkbox", ...properties }), " ", text);

/** A few buttons of which any may be pressed: one stop of the Tab key, the arrows move within. */
export function toggles(label, items, pressed, changed) {
	const buttons = items.map(({ value, text }) => make("button", {
		type: "button", value, className: "toggle", "aria-pressed": String(pressed.includes(value)),
	}, text));
	const bar = make("div", { role: "toolbar", "aria-label": label, className: "toggles" }, buttons);
	rove(bar, buttons);
	bar.addEventListener("click", ({ target }) => {
		if (!buttons.includes(target)) return;
		target.setAttribute("aria-pressed", String(target.getAttribute("aria-pressed") !== "true"));
		changed(buttons.filter((one) => one.getAttribute("aria-pressed") === "true").map((one) => one.value));
	});
	return bar;
}

/** One of the elements takes the Tab key, the arrows, Home and End lead to the others. */
export function rove(bar, elements) {
	elements.forEach((element, index) => { element.tabIndex = index === 0 ? 0 : -1; });
	bar.addEventListener("keydown", (event) => {
		const at = elements.indexOf(document.activeElement);
		const back = getComputedStyle(bar).direction === "rtl" ? 1 : -1;
		const to = { ArrowRight: at - back, ArrowLeft: at + back, ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: elements.length - 1 }[event.key];
		if (at < 0 || to === undefined) return;
		event.preventDefault();
		const next = elements[(to + elements.length) % elements.length];
		for (const element of elements) element.tabIndex = element === next ? 0 : -1;
		next.focus();
	});
}

/** A part that is loaded and made when it is opened. */
export function foldout(summary, properties, load) {
	const place = make("div", properties);
	const details = make("details", {}, make("summary", {}, summary), place);
	details.addEventListener("toggle", async () => {
		if (details.open && !place.children.length) place.replaceChildren(await load());
	});
	return details;
}

/** What is known of something, asked for when it is opened: pairs of a name and a text or elements. */
export function facts(name, rows) {
	const place = make("dl");
	const details = make("details", {}, make("summary", { "aria-label": `${t("jobs.details")}: ${name}` }, t("jobs.details")), place);
	details.addEventListener("toggle", async () => {
		if (!details.open || place.children.length) return;
		place.replaceChildren(...(await rows()).filter(([, value]) => value).flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value)]));
	});
	return details;
}

/** A table that scrolls within itself where the window is too narrow. */
export const table = (name, heads, rows) => make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": name }, make("table", {},
	make("thead", {}, make("tr", {}, heads.map((text) => make(text ? "th" : "td", text ? { scope: "col" } : {}, text)))),
	make("tbody", {}, rows.map((row) => make("tr", {}, row.map((one) => make("td", {}, one)))))));

/** The way to the pages before and after one of a list of twenty each. */
export function turns(where, given, { page, total }) {
	const turn = (to, key) => make("a", { href: `#/${where}?${encodeURIComponent(JSON.stringify({ ...given, page: to }))}` }, t(key));
	return make("div", { className: "buttons" }, page > 1 ? turn(page - 1, "jobs.newer") : null,
		total > page * 20 ? turn(page + 1, "jobs.older") : null);
}

/** Told to those who do not see the page. */
export function announce(text) {
	$("live").textContent = "";
	requestAnimationFrame(() => { $("live").textContent = text; });
}

/** A message at the foot of the window, where it is seen whatever is scrolled to; it stays until it is closed or replaced. */
export function toast(text, kind = "", ...actions) {
	const close = make("button", { type: "button", className: "quiet", "aria-label": t("close") }, "✕");
	close.addEventListener("click", () => { $("toast").hidden = true; });
	$("toast").className = "toast " + kind;
	$("toast").replaceChildren(make("p", {}, text), ...actions, close);
	$("toast").hidden = false;
	announce(text);
}

export async function copy(text) {
	await navigator.clipboard.writeText(text);
	toast(t("copied"));
}
