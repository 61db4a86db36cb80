// The list of exports. Those that are under way are asked for again at the pace the service names in Retry-After: an
// EventSource could not send the token.

import { $, Problem, announce, call, make, onClick } from "./api.js";

// A state that has no word here shows its own name: what an export may do is told by its other members.
const WORDS = {
    pending: "Waiting", processing: "Running", ready: "Ready", failed: "Failed", cancelled: "Cancelled", expired: "Expired",
};

const isOpen = (job) => !job.completedAt;

const shown = new Map();      // id → {job, item, timer}
let generation = 0;           // of the list: an answer for an older one is not shown

export async function refreshJobs() {
    const mine = ++generation;
    const { body } = await call("exports", { query: { page: 1, limit: 20 } });
    if (mine !== generation) return;
    for (const { timer } of shown.values()) clearTimeout(timer);
    shown.clear();
    $("jobs").replaceChildren();
    for (const job of [...body.data].reverse()) showJob(job);
    $("jobs-empty").hidden = shown.size > 0;
}

/** Adds a job on top of the list, or brings the one that is there up to date, and follows it to its end. */
export function showJob(job, retryAfter = 1) {
    const old = shown.get(job.id);
    const item = old?.item ?? make("li", { className: "job" });
    if (!old) $("jobs").prepend(item);
    else clearTimeout(old.timer);
    const entry = { job, item, timer: undefined };
    shown.set(job.id, entry);
    $("jobs-empty").hidden = true;
    draw(entry);
    if (old && old.job.status !== job.status) announce(`${job.catalog}: ${WORDS[job.status] ?? job.status}`);
    if (isOpen(job)) follow(entry, retryAfter);
}

function follow(entry, seconds) {
    const wait = Math.min(Math.max(seconds, 0.5), 30) * 1000;
    entry.timer = setTimeout(async () => {
        try {
            const { body, retryAfter } = await call("exports/" + encodeURIComponent(entry.job.id));
            if (shown.get(entry.job.id) === entry) showJob(body.data, retryAfter);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (shown.get(entry.job.id) !== entry) return;
            note(entry, problem.message);
            if (problem.status === 0 || problem.status === 429 || problem.status >= 500) follow(entry, problem.retryAfter ?? 3);
        }
    }, wait);
}

/** Draws an entry anew. Progress is updated in place, so that a focused button stays focused. */
function draw(entry) {
    const { job, item } = entry;
    if (item.dataset.status !== job.status) {
        const focused = item.contains(document.activeElement);
        item.dataset.status = job.status;
        const parts = [
            make("div", { className: "title" },
                make("strong", {}, job.catalog),
                make("span", { className: `status ${isOpen(job) ? "open" : job.status}` }, WORDS[job.status] ?? job.status)),
            make("p", { className: "hint facts" }),
            isOpen(job) ? make("progress", { "aria-label": `Progress of ${job.catalog}` }) : null,
            make("p", { className: "fault", hidden: true }),
            actions(entry),
        ];
        item.replaceChildren(...parts.filter((part) => part !== null));
        if (focused) (item.querySelector("button") ?? $("refresh")).focus();
    }
    const { total, done } = job.progress ?? {};
    const bar = item.querySelector("progress");
    if (bar && total) {
        bar.max = total;
        bar.value = done;
    }
    item.querySelector(".facts").textContent = facts(job).join(" · ");
    note(entry, job.status === "failed" ? job.errorSummary : "");
}

function facts(job) {
    const { total, done } = job.progress ?? {};
    const facts = [job.format.toUpperCase(), new Date(job.requestedAt).toLocaleString()];
    if (job.status === "processing") {
        facts.push(total ? `${count(done)} of ${count(total)} rows` : `${count(done)} rows`);
    } else if (job.rowCount !== null) {
        facts.push(`${count(job.rowCount)} rows`);
    }
    if (job.fileSizeBytes !== null) facts.push(bytes(job.fileSizeBytes));
    return facts;
}

function actions(entry) {
    const { job } = entry;
    const button = (text, action, kind = "") => {
        const made = make("button", { type: "button", className: kind, "aria-label": `${text} ${job.catalog}` }, text);
        onClick(made, action, (problem) => note(entry, problem.message));
        return make("div", { className: "buttons" }, made);
    };
    if (job.status === "ready") return button("Download", () => download(job), "primary");
    if (isOpen(job)) return button("Cancel", () => cancel(job), "quiet");
    return null;
}

/** The link is good for a few minutes only, so it is asked for when it is needed. */
async function download(job) {
    const { body } = await call(`exports/${encodeURIComponent(job.id)}/download`);
    const link = make("a", { href: body.data.downloadUrl, download: "", rel: "noopener" });
    document.body.append(link);
    link.click();
    link.remove();
    announce(`Downloading ${body.data.fileName}`);
}

async function cancel(job) {
    const { body } = await call(`exports/${encodeURIComponent(job.id)}/cancel`, { method: "POST" });
    showJob({ ...shown.get(job.id)?.job ?? job, ...body.data });
}

function note(entry, text) {
    const place = entry.item.querySelector(".fault");
    place.textContent = text ?? "";
    place.hidden = !text;
}

const count = (number) => Number(number ?? 0).toLocaleString();

function bytes(size) {
    const units = ["bytes", "KB", "MB", "GB", "TB"];
    let unit = 0;
    while (size >= 1000 && unit < units.length - 1) {
        size /= 1000;
        unit += 1;
    }
    return `${size.toLocaleString(undefined, { maximumFractionDigits: unit ? 1 : 0 })} ${units[unit]}`;
}
