// The tenant's event stream, read by fetch, since an EventSource could not send a token. Docs: docs/api.md.

import { address, credentialHeaders, pause } from "./api.js";

let generation = 0;

/**
 * Follows the events until another follows them.
 * @param onJob takes each job that has changed.
 * @param onState is told whether events arrive; while none do, the caller asks for itself.
 */
export async function follow(onJob, onState) {
	const mine = ++generation;
	let last = "";
	let failures = 0;
	while (mine === generation) {
		const began = Date.now();
		try {
			await listen(last, (event) => {
				if (mine !== generation) return;
				failures = 0;
				onState(true);
				if (event.id) last = event.id;
				if (event.data) onJob(JSON.parse(event.data), event.name);
			});
		} catch { /* it is opened again */ }
		if (mine !== generation) return;
		onState(false);
		// A stream that has stood for long has come to its end; one that will not open is asked for less and less.
		failures = Date.now() - began > 30_000 ? 0 : failures + 1;
		await pause(Math.min(1000 * 2 ** failures, 60_000));
	}
}

async function listen(last, take) {
	const stop = new AbortController();
	// A stream says how far it is at once, and gives signs of life; something in between that holds them back is left.
	let timer = setTimeout(() => stop.abort(), 10_000);
	try {
		const response = await fetch(address("report/exports/events"), {
			headers: { Accept: "text/event-stream", ...credentialHeaders(), ...(last ? { "Last-Event-ID": last } : {}) },
			credentials: "same-origin", cache: "no-store", signal: stop.signal,
		});
		if (!response.ok) throw new Error(String(response.status));
		const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
		let text = "";
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return;
			clearTimeout(timer);
			timer = setTimeout(() => stop.abort(), 90_000);
			const events = (text + value).split("\n\n");
			text = events.pop();
			take({});
			for (const one of events) take(parse(one));
		}
	} finally {
		clearTimeout(timer);
		stop.abort();
	}
}

function parse(text) {
	const event = { name: "message", id: "", data: "" };
	for (const line of text.split("\n")) {
		const at = line.indexOf(":");
		if (at < 1) continue;
		const value = line.slice(at + 1).replace(/^ /, "");
		if (line.startsWith("id:")) event.id = value;
		else if (line.startsWith("event:")) event.name = value;
		else if (line.startsWith("data:")) event.data += value;
	}
	return event;
}
