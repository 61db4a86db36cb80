// What keeps a request from being made, at the fields that it is about. It is loaded with the first fault.

import { make } from "./dom.js";
import { explain, faults, t } from "./i18n.js";

export function clearFaults(view, wrong) {
	wrong.hidden = true;
	for (const note of view.querySelectorAll(".fault[data-made]")) note.remove();
	for (const element of view.querySelectorAll("[aria-invalid]")) {
		element.removeAttribute("aria-invalid");
		element.removeAttribute("aria-describedby");
	}
}

/** Shows each fault at its field, and all of them together where the reader is taken to. */
export function showFaults(view, wrong, problem, focus) {
	clearFaults(view, wrong);
	const found = problem.status === 400 ? faults(problem) : [];
	wrong.replaceChildren(make("p", {}, found.length ? t("builder.faults") : explain(problem)), make("ul", {}, found.map((fault, index) => {
		const place = placeOf(view, fault.field);
		if (!place) return make("li", {}, fault.text);
		for (let above = place; above; above = above.parentElement.closest("details")) if (above.tagName === "DETAILS") above.open = true;
		const control = place.querySelector("input, select, textarea") ?? place.querySelector("button, summary");
		const note = make("span", { className: "fault", id: `fault-${index}`, "data-made": "" }, fault.text);
		if (control) control.after(note);
		else place.append(note);
		control?.setAttribute("aria-invalid", "true");
		control?.setAttribute("aria-describedby", note.id);
		return make("li", {}, make("a", { href: "#", onclick: (event) => { event.preventDefault(); (control ?? place.querySelector("input, button"))?.focus(); } }, fault.text));
	})));
	wrong.hidden = false;
	if (focus) wrong.focus();
}

/** The part of the form for a dotted field: `scope.values.0` is at `scope.values`, or else at `scope`. */
function placeOf(view, path) {
	for (let steps = path.replace(/\.\d+/g, "").split("."); steps.length; steps = steps.slice(0, -1)) {
		const place = Array.from(view.querySelectorAll("[data-field]")).find((element) => element.dataset.field.split(" ").includes(steps.join(".")));
		if (place && !place.closest("[hidden]")) return place;
	}
	return null;
}
