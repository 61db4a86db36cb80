// Calls to the API: the token, the tenant and the language go with every one; a failure is thrown as a Problem.

export const connection = { token: "", tenant: "", language: "en" };

/** An answer that was not a success. `errors` is what validation found: [{field, message}]. */
export class Problem extends Error {
    constructor(status, body, retryAfter) {
        super(sentence(status, body));
        this.status = status;
        this.errors = Array.isArray(body?.errors) ? body.errors : [];
        this.retryAfter = retryAfter;
        this.code = body?.message;
    }
}

function sentence(status, body) {
    const known = {
        0: "The service cannot be reached.",
        401: "The token is missing, wrong or has expired.",
        403: "This token may not do that.",
        429: "Too many requests; trying again soon.",
        503: "The service is starting or overloaded; trying again soon.",
    };
    const told = typeof body?.message === "string" ? body.message.replaceAll("_", " ") : "";
    return known[status] ?? (told ? told[0].toUpperCase() + told.slice(1) + "." : `The service answered ${status}.`);
}

/**
 * Calls a path under /report; answers {body, retryAfter} with the seconds to wait before asking again.
 * With a file the request goes as a form of two parts, `request` and `filterFile`.
 */
export async function call(path, { method = "GET", json, file = null, query = {}, headers = {} } = {}) {
    // Beside the page, so that a prefix in front of both is kept.
    const url = new URL("../report/" + path, new URL(".", location.href));
    url.searchParams.set("language", connection.language);
    if (connection.tenant) url.searchParams.set("tenant_id", connection.tenant);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);

    const sent = { Accept: "application/json", ...headers };
    if (connection.token) sent.Authorization = "Bearer " + connection.token;
    let content;
    if (file) {
        content = new FormData();
        content.append("request", new Blob([JSON.stringify(json)], { type: "application/json" }));
        content.append("filterFile", file);
    } else if (json !== undefined) {
        sent["Content-Type"] = "application/json";
        content = JSON.stringify(json);
    }

    let response, body;
    try {
        response = await fetch(url, {
            method, headers: sent, credentials: "same-origin", cache: "no-store", body: content,
        });
        body = await response.json().catch(() => null);
    } catch {
        throw new Problem(0, null, 3);
    }
    const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
    if (!response.ok) throw new Problem(response.status, body, retryAfter);
    return { body, retryAfter };
}

/** Asks again, up to five times, while as many such calls as may be are under way (503 busy). */
export async function patient(ask) {
    for (let left = 5; ; left--) {
        try {
            return await ask();
        } catch (problem) {
            if (left === 0 || problem.code !== "busy") throw problem;
            await new Promise((resolve) => setTimeout(resolve, 1000 * (problem.retryAfter ?? 2)));
        }
    }
}

/** Random text for Idempotency-Key. */
export function randomKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An element with its properties and children; text is always text, never markup. */
export function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (name in element) element[name] = value;
        else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

export const $ = (id) => document.getElementById(id);

/** Runs an action on a click, once at a time. The button is not disabled meanwhile, for that would take the focus from it. */
export function onClick(button, action, onProblem) {
    button.addEventListener("click", async (event) => {
        event.preventDefault();
        if (button.getAttribute("aria-disabled") === "true") return;
        button.setAttribute("aria-disabled", "true");
        try {
            await action();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            onProblem(problem);
        } finally {
            button.removeAttribute("aria-disabled");
        }
    });
}

/** Told to those who do not see the page. */
export function announce(text) {
    $("live").textContent = text;
}
