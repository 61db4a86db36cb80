// A list of keys: a file that is chosen or dropped, or lines that are pasted.

import { make } from "./dom.js";
import { t } from "./i18n.js";

/** `state.keys` is the File, or null; `state.keysText` what was pasted. */
export function keysPicker(filterKey, state, changed) {
	const text = make("textarea", { rows: 3, spellcheck: false, value: state.keysText ?? "" });
	const file = make("input", { type: "file", accept: ".txt,.csv,text/plain,text/csv" });
	const note = make("p", { className: "hint", role: "status" });
	const take = (chosen) => {
		state.keys = chosen;
		if (chosen) text.value = state.keysText = "";
		say();
		changed();
	};
	const say = () => {
		const lines = text.value.split("\n").filter((line) => line.trim()).length;
		note.textContent = state.keys?.name ? t("keys.file", { name: state.keys.name }) : lines ? t("keys.lines", { n: lines })
			: state.filterFile ? t("keys.kept") : "";
	};
	text.addEventListener("input", () => {
		state.keysText = text.value;
		file.value = "";
		state.filterFile = undefined;
		state.keys = text.value.trim() ? new Blob([text.value], { type: "text/plain" }) : null;
		say();
		changed();
	});
	file.addEventListener("change", () => take(file.files[0] ?? null));
	const zone = make("div", { className: "drop" },
		make("p", { className: "hint" }, t("keys.hint", { name: filterKey.label })),
		make("label", {}, make("span", {}, t("keys.paste")), text), make("label", {}, make("span", {}, t("keys.choose")), file), note);
	zone.addEventListener("dragover", (event) => event.preventDefault());
	zone.addEventListener("drop", (event) => {
		if (!event.dataTransfer.files.length) return;
		event.preventDefault();
		file.files = event.dataTransfer.files;
		take(event.dataTransfer.files[0]);
	});
	say();
	return zone;
}
