// Calls to the API: credential, tenant and language go with every one; a failure is thrown as a Problem.

import { language } from "./i18n.js";

/** How the reader has signed in: {kind: "token" | "key" | "user", secret}; null behind a gateway. */
export const connection = { credential: null, tenant: "", caller: null };

const kept = ["credential", "tenant"];

export function remember() {
	for (const name of kept) sessionStorage.setItem("penstock-" + name, JSON.stringify(connection[name]));
}

export function recall() {
	for (const name of kept) {
		try {
			connection[name] = JSON.parse(sessionStorage.getItem("penstock-" + name)) ?? connection[name];
		} catch { /* what another version has kept */ }
	}
}

/** When the token ends, in milliseconds; null for what has no known end. */
export function credentialEnd() {
	if (connection.credential?.kind !== "token") return null;
	try {
		const part = connection.credential.secret.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
		return JSON.parse(atob(part)).exp * 1000 || null;
	} catch {
		return null;
	}
}

/** An answer that was not a success. `errors` is what validation found: [{field, message}]. */
export class Problem extends Error {
	constructor(status, body, headers) {
		super(body?.message ?? String(status));
		this.status = status;
		this.code = typeof body?.message === "string" ? body.message : "";
		this.detail = body?.detail;
		this.tenants = body?.tenants;
		this.errors = Array.isArray(body?.errors) ? body.errors : [];
		this.retryAfter = Number(headers?.get("Retry-After")) || undefined;
		this.requestId = body?.requestId ?? headers?.get("X-Request-Id");
	}
}

/** Beside the page, so that a prefix in front of both is kept. */
export function address(path, query = {}) {
	const url = new URL("../" + path, new URL(".", location.href));
	url.searchParams.set("language", language());
	if (connection.tenant) url.searchParams.set("tenant_id", connection.tenant);
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
	}
	return url;
}

export function credentialHeaders() {
	const { kind, secret } = connection.credential ?? {};
	if (kind === "token") return { Authorization: "Bearer " + secret };
	if (kind === "key") return { "Api-Key": secret };
	if (kind === "user") {
		const bytes = Array.from(new TextEncoder().encode(secret), (byte) => String.fromCharCode(byte));
		return { Authorization: "Basic " + btoa(bytes.join("")) };
	}
	return {};
}

let signIn = null;      // asks the reader anew, when a credential has ended
export const whenSignedOut = (ask) => { signIn = ask; };

/**
 * Calls a path beside the page's folder; answers {body, retryAfter}. With a file the request goes as a form of two parts.
 * A credential that has ended is asked for, and the call made again: nothing that was typed is lost.
 */
export async function call(path, options = {}) {
	try {
		return await once(path, options);
	} catch (problem) {
		if (problem.status !== 401 || options.quiet || !signIn) throw problem;
		await signIn(problem);
		return call(path, options);
	}
}

async function once(path, { method = "GET", json, file = null, query, headers = {} }) {
	const sent = { Accept: "application/json", ...credentialHeaders(), ...headers };
	let content;
	if (file) {
		content = new FormData();
		content.append("request", new Blob([JSON.stringify(json)], { type: "application/json" }));
		content.append("filterFile", file, file.name ?? "keys.txt");
	} else if (json !== undefined) {
		sent["Content-Type"] = "application/json";
		content = JSON.stringify(json);
	}
	let response, body;
	try {
		response = await fetch(address(path, query), {
			method, headers: sent, credentials: "same-origin", cache: "no-store", body: content,
		});
		body = await response.json().catch(() => null);
	} catch {
		throw new Problem(0, null);
	}
	if (!response.ok) throw new Problem(response.status, body, response.headers);
	return { body, retryAfter: Number(response.headers.get("Retry-After")) || undefined };
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again, up to five times, while as many such calls as may be are under way (503 busy). */
export async function patient(ask) {
	for (let left = 5; ; left--) {
		try {
			return await ask();
		} catch (problem) {
			if (left === 0 || problem.code !== "busy") throw problem;
			await pause(1000 * (problem.retryAfter ?? 2));
		}
	}
}

/** Random text for Idempotency-Key. */
export function randomKey() {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
