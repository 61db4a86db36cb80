// The page: connects, lists a module's reports, previews and creates exports. The parts are in form.js and jobs.js.

import { $, Problem, announce, call, connection, make, onClick, patient, randomKey } from "./api.js";
import { clearFaults, keysFile, requestBody, showCatalog, showFaults, showFormat, showScope, tickColumns } from "./form.js";
import { refreshJobs, showJob } from "./jobs.js";

let catalogs = [];
let asked = 0;                          // numbers the calls for catalogs: only the latest is shown
let attempt = { body: "", key: "" };    // a create that is sent again after a failure keeps its key

/** The token may come in the address, behind #, which no server sees; it is taken out of the address at once. */
function readConnection() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    for (const name of ["token", "tenant", "language"]) {
        const value = fragment.get(name) ?? sessionStorage.getItem("penstock-" + name);
        if (value) $(name).value = value;
    }
    if (fragment.has("token")) history.replaceState(null, "", location.pathname + location.search);
}

function connect() {
    for (const name of ["token", "tenant", "language"]) {
        connection[name] = $(name).value.trim();
        sessionStorage.setItem("penstock-" + name, connection[name]);
    }
    loadCatalogs();
    refreshJobs().catch(() => {});      // what is wrong is said by the call for the catalogs
}

async function loadCatalogs() {
    const mine = ++asked;
    const module = $("module").value.trim();
    const before = $("catalog").value;
    if (!module) return;
    try {
        const { body } = await call("catalogs/" + encodeURIComponent(module));
        if (mine !== asked) return;
        catalogs = body.catalogs;
        $("catalog").replaceChildren(...catalogs.map((catalog) => make("option", { value: catalog.key }, catalog.label)));
        if (catalogs.some((catalog) => catalog.key === before)) $("catalog").value = before;
        chooseCatalog();
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (mine !== asked) return;
        catalogs = [];
        $("catalog").replaceChildren();
        showCatalog(null);
        $("preview").hidden = true;
        $("description").textContent =
            problem.status === 404 ? `There is no module “${module}” with reports.` : problem.message;
        announce($("description").textContent);
    }
}

function chooseCatalog() {
    $("preview").hidden = true;
    showCatalog(catalogs.find((catalog) => catalog.key === $("catalog").value) ?? null);
}

async function preview() {
    clearFaults();
    const { body: { data } } = await patient(() => call("exports/preview", { method: "POST", json: requestBody() }));
    const head = make("tr", {}, ...data.columns.map((column) => make("th", { scope: "col", className: kind(column.type) }, column.label)));
    const rows = data.rows.map((row) => make("tr", {}, ...data.columns.map((column) => cell(row[column.key], column.type))));
    const total = (data.totalRowsEstimated ? "about " : "") + Number(data.totalRows).toLocaleString();
    $("preview").querySelector("table").replaceChildren(
        make("caption", {}, data.done ? `All ${total} rows` : `The first ${data.rows.length} of ${total} rows`),
        make("thead", {}, head), make("tbody", {}, ...rows));
    $("preview").hidden = false;
    $("preview-heading").focus();
}

function cell(value, type) {
    if (value === null || value === undefined) return make("td", { className: "null" }, "—");
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return make("td", { className: kind(type), dir: "auto" }, text);
}

const kind = (type) => (type === "number" || type === "integer" ? "number" : "");

async function create() {
    clearFaults();
    const json = requestBody();
    const file = keysFile();
    const text = JSON.stringify([connection, json, file?.name, file?.size, file?.lastModified]);
    if (attempt.body !== text) attempt = { body: text, key: randomKey() };
    const { body, retryAfter } = await call("exports", {
        method: "POST", json, file, headers: { "Idempotency-Key": attempt.key },
    });
    attempt = { body: "", key: "" };
    showJob(body.data, retryAfter);
    announce(`Export of ${body.data.catalog} created`);
}

$("connection").addEventListener("submit", (event) => { event.preventDefault(); connect(); });
$("language").addEventListener("change", connect);
$("module").addEventListener("change", loadCatalogs);
$("catalog").addEventListener("change", chooseCatalog);
$("scope-type").addEventListener("change", showScope);
$("formats").addEventListener("change", showFormat);
for (const button of document.querySelectorAll("[data-tick]")) {
    button.addEventListener("click", () => tickColumns(button.dataset.tick));
}
// Enter in a field of the form presses the submit button too; the form itself is never sent.
$("request").addEventListener("submit", (event) => event.preventDefault());
onClick($("create-button"), create, showFaults);
onClick($("preview-button"), preview, showFaults);
onClick($("refresh"), async () => {
    await refreshJobs();
    announce("The list is up to date");
}, (problem) => announce(problem.message));
window.addEventListener("hashchange", () => { readConnection(); connect(); });

readConnection();
connect();
