// The page: signs in, and shows the view that the address names. The views are in modules of their own.

import { connection, Problem, recall, remember as rememberConnection, whenSignedOut } from "./api.js";
import { may, remember, showCatalogs } from "./catalogs.js";
import { $, button, make, option, toast } from "./dom.js";
import { chooseLanguage, explain, language, languages, t } from "./i18n.js";
import { begin, showJobs, unwatch } from "./jobs.js";
import { chooseTenant, open, signIn, signOut } from "./signin.js";

/** A token may come in the address, behind #, which no server sees; it is taken out of the address at once. */
function readFragment() {
	if (!/^#(token|tenant|language)=/.test(location.hash)) return null;
	const given = new URLSearchParams(location.hash.slice(1));
	if (given.has("token")) connection.credential = { kind: "token", secret: given.get("token") };
	if (given.has("tenant")) connection.tenant = given.get("tenant");
	history.replaceState(null, "", location.pathname + location.search);
	rememberConnection();
	return given.get("language");
}

const decode = (text) => {
	try {
		return JSON.parse(decodeURIComponent(text ?? "{}"));
	} catch {
		return {};          // an address that was cut
	}
};

let shown = 0;

async function show() {
	const mine = ++shown;
	const [path, rest] = location.hash.replace(/^#/, "").split("?");
	const [, place, module, key] = path.split("/");
	unwatch();
	const view = make("div", { className: `view ${place || "catalogs"}` });
	for (const anchor of document.querySelectorAll("#places a")) {
		const own = anchor.hash === `#/${place === "report" || !place ? "" : place}`;
		if (own) anchor.setAttribute("aria-current", "page");
		else anchor.removeAttribute("aria-current");
	}
	$("toast").hidden = true;
	try {
		if (place === "report") {
			await (await import("./builder.js")).showBuilder(view, module, key, decode(rest));
			remember(module, key);
		} else if (place === "exports") {
			showJobs(view, decode(rest));
		} else if (place === "saved") {
			const { openSaved, showSaved } = await import("./saved.js");
			if (module) return await openSaved(module);
			await showSaved(view, decode(rest));
		} else if (place === "admin") {
			await (await import("./admin.js")).showAdmin(view, decode(rest));
		} else if (place === "schedules") {
			await (await import("./schedules.js")).showSchedules(view, decode(rest));
		} else {
			showCatalogs(view);
		}
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		view.replaceChildren(make("p", { className: "faults", role: "alert" }, explain(problem)), button(t("again"), show));
	}
	if (mine !== shown) return;
	const first = !$("main").children.length;
	$("main").replaceChildren(view);
	$("skip-create").hidden = !$("create");
	const heading = view.querySelector("h1");
	document.title = [heading?.textContent, "Penstock"].filter(Boolean).join(" · ");
	// A reader of another view is taken to its beginning; the first one begins at the top of the page.
	if (!first) heading?.focus();
	window.scrollTo(0, 0);
}

function drawAccount() {
	const { caller, credential } = connection;
	const menu = make("select", { "aria-label": t("nav.language") }, languages().map(({ value, text }) => option(value, text, language())));
	menu.addEventListener("change", async () => {
		await chooseLanguage(menu.value);
		await start();
	});
	$("to-admin").hidden = !caller?.isSuperuser && !may("view:metrics");
	const several = caller && (caller.tenants.length > 1 || caller.tenants.includes("*"));
	$("account").replaceChildren(...[
		caller ? make("span", { className: "hint" }, `${caller.subject} · ${caller.tenant}`) : null,
		several ? button(t("signin.change"), async () => {
			connection.tenant = await chooseTenant(caller.tenants.filter((one) => one !== "*"));
			await start();
		}, { className: "quiet" }) : null,
		menu, credential ? button(t("signin.leave"), async () => signOut(), { className: "quiet" }) : null,
	].filter(Boolean));
}

async function start() {
	drawAccount();
	try {
		await open();
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		$("main").replaceChildren(make("div", { className: "view" }, make("h1", {}, t("title")), make("p", { className: "faults", role: "alert" }, explain(problem)), button(t("again"), start)));
		return;
	}
	drawAccount();
	begin();
	await show();
}

window.addEventListener("hashchange", async () => {
	const chosen = readFragment();
	if (chosen !== null || !location.hash.startsWith("#/")) {
		if (location.hash && !location.hash.startsWith("#/")) return;      // an anchor of the page's own
		if (chosen) await chooseLanguage(chosen);
		await start();
	} else {
		await show();
	}
});
window.addEventListener("unhandledrejection", ({ reason }) => {
	if (reason instanceof Problem) toast(explain(reason), "bad");
});
$("skip").addEventListener("click", (event) => {
	event.preventDefault();
	($("main").querySelector("h1") ?? $("main")).focus();
});
$("skip-create").addEventListener("click", (event) => {
	event.preventDefault();
	($("create") ?? $("main")).focus();
});

whenSignedOut(signIn);
recall();
const chosen = readFragment();
await chooseLanguage(chosen);
await start();
