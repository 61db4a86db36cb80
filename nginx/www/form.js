// The form of one report: built from its catalog, read back as the body of a request, marked with what validation found.

import { $, make } from "./api.js";

let catalog = null;

export function showCatalog(chosen) {
    catalog = chosen;
    $("choices").hidden = !chosen;
    $("description").textContent = chosen?.description ?? "";
    clearFaults();
    if (!chosen) return;

    $("columns").replaceChildren(...chosen.columns.map(columnRow));
    $("date-label").textContent = chosen.dateField?.label ?? "";
    $("dates").hidden = !chosen.dateField;

    const statuses = chosen.statuses ?? [];
    $("statuses-set").hidden = statuses.length === 0;
    $("statuses").replaceChildren(...statuses.map((status) => tick("checkbox", "status", status.value, status.label)));

    const scopes = chosen.scopes ?? [];
    $("scope-set").hidden = scopes.length === 0;
    $("scope-type").replaceChildren(
        make("option", { value: "" }, "everything"),
        ...scopes.map((scope) => make("option", { value: scope.type }, scope.label)));
    $("scope-values").value = "";
    showScope();

    $("formats").replaceChildren(...chosen.supportedFormats.map((format, index) =>
        tick("radio", "format", format, format.toUpperCase(), index === 0)));
    showFormat();
}

function tick(type, name, value, label, checked = false) {
    return make("label", {}, make("input", { type, name, value, checked }), " ", label);
}

/** A column: its tick, and where it leads to another table the choice of what to show. */
function columnRow(column) {
    const box = make("input", { type: "checkbox", name: "column", value: column.key, checked: column.defaultSelected });
    const row = make("div", { className: "column" },
        make("label", {}, box, " ", column.label, " ", make("span", { className: "hint" }, column.type)));
    if (column.relationOptions.length > 1) {
        const choice = make("select", { "aria-label": `${column.label}: what to show`, "data-relation": column.key },
            ...column.relationOptions.map((option, index) => make("option", { value: index }, option.label)));
        // A name says more than a key.
        const named = column.relationOptions.findIndex((option) => option.output === "reference_value");
        if (named >= 0) choice.value = named;
        choice.addEventListener("change", () => { box.checked = true; });
        row.append(choice);
    }
    return row;
}

export function showScope() {
    const scope = catalog?.scopes?.find((scope) => scope.type === $("scope-type").value);
    $("scope-values-label").hidden = !scope;
    const source = scope?.valueSource;
    $("scope-hint").textContent = source
        ? `The application lists them at ${source.endpoint}: ${source.itemsField}[].${source.valueField}, shown by ${source.labelField}.` : "";
}

export function showFormat() {
    $("csv").hidden = checked("format")[0] !== "csv";
}

export function tickColumns(which) {
    for (const box of document.querySelectorAll("input[name=column]")) {
        const usual = catalog.columns.find((column) => column.key === box.value).defaultSelected;
        box.checked = which === "all" || (which === "default" && usual);
    }
}

const checked = (name) =>
    Array.from(document.querySelectorAll(`input[name=${name}]:checked`), (box) => box.value);

/** The body of a preview or create request; what is left at its default is left out. */
export function requestBody() {
    const body = { module: $("module").value.trim(), catalog: catalog.key, format: checked("format")[0] };
    if ($("from").value || $("to").value) {
        body.dateRange = {};
        if ($("from").value) body.dateRange.from = $("from").value;
        if ($("to").value) body.dateRange.to = $("to").value;
    }
    if (catalog.statuses?.length && checked("status").length) body.statuses = checked("status");
    if ($("scope-type").value) {
        const values = $("scope-values").value.split("\n").map((line) => line.trim()).filter(Boolean);
        body.scope = { type: $("scope-type").value, values };
    }
    body.columns = checked("column");
    const relations = relationFields(body.columns);
    if (relations.length) body.relationFields = relations;
    const timezone = $("timezone").value.trim();
    if (timezone && timezone !== "UTC") body.timezone = timezone;
    const locale = $("locale").value.trim();
    if (locale) body.locale = locale;
    if ($("annexes").checked) body.includeAnnexes = true;
    if ($("notify").checked) body.notifyOnCompletion = true;
    if (body.format === "csv") {
        const csv = {};
        if ($("delimiter").value) csv.delimiter = $("delimiter").value;
        if ($("csv-header").value) csv.header = $("csv-header").value;
        if ($("bom").checked) csv.bom = true;
        if (!$("guard").checked) csv.formulaGuard = false;
        if (Object.keys(csv).length) body.csv = csv;
    }
    if ($("compression").value) body.compression = $("compression").value;
    return body;
}

/** The file of keys to narrow an export to, or null. */
export const keysFile = () => $("keys").files[0] ?? null;

function relationFields(columns) {
    const fields = [];
    for (const key of columns) {
        const choice = document.querySelector(`select[data-relation="${CSS.escape(key)}"]`);
        if (!choice) continue;
        const option = catalog.columns.find((column) => column.key === key).relationOptions[choice.value];
        if (option.output === "id") continue;
        fields.push({ field: key, output: option.output, table: option.table, referenceField: option.referenceField });
    }
    return fields;
}

export function clearFaults() {
    $("faults").hidden = true;
    $("faults").replaceChildren();
    for (const note of document.querySelectorAll("#request .fault")) note.remove();
    for (const element of document.querySelectorAll("[aria-invalid]")) {
        element.removeAttribute("aria-invalid");
        if (element.dataset.described !== undefined) element.setAttribute("aria-describedby", element.dataset.described);
        else element.removeAttribute("aria-describedby");
    }
}

/** Shows each fault at its field, and all of them together where the reader is taken to. */
export function showFaults(problem) {
    clearFaults();
    const list = make("ul");
    problem.errors.forEach((error, index) => {
        const place = placeOf(error.field);
        const link = place ? focusable(place) : null;
        const text = `${error.field}: ${error.message}`;
        list.append(make("li", {}, link
            ? make("a", { href: "#", onclick: (event) => { event.preventDefault(); link.focus(); } }, text) : text));
        if (!place) return;
        const note = make("span", { className: "fault", id: `fault-${index}` }, error.message);
        place.append(note);
        place.closest("details")?.setAttribute("open", "");
        if (!link) return;
        const described = link.getAttribute("aria-describedby");
        if (described && !link.hasAttribute("aria-invalid")) link.dataset.described = described;
        link.setAttribute("aria-invalid", "true");
        link.setAttribute("aria-describedby", [described, note.id].filter(Boolean).join(" "));
    });
    const faults = $("faults");
    faults.replaceChildren(make("p", {}, problem.errors.length ? "This request cannot be run yet:" : problem.message));
    if (problem.errors.length) faults.append(list);
    faults.hidden = false;
    faults.focus();
}

const focusable = (place) => place.querySelector("input, select, textarea") ?? place.querySelector("summary");

/** The part of the form for a dotted field: `scope.values.0` is at `scope.values`, or else at `scope`. */
function placeOf(field) {
    for (let steps = field.split("."); steps.length; steps = steps.slice(0, -1)) {
        const name = steps.join(".").replace(/\[\d+\]/g, "");
        const place = Array.from(document.querySelectorAll("[data-field]"))
            .find((element) => element.dataset.field.split(" ").includes(name));
        if (place && !place.closest("[hidden]")) return place;
    }
    return null;
}
