// Who is calling: nothing to do behind a gateway; else a token, an API key, or a user with a password; then the tenant.

import { connection, credentialEnd, remember } from "./api.js";
import { loadCatalogs } from "./catalogs.js";
import { toast } from "./dom.js";
import { moment, t } from "./i18n.js";

let waiting = null;

/** Asks for a credential, over whatever is on the page, until one is good. */
export function signIn() {
	waiting ??= import("./credential.js").then(({ ask }) => new Promise(ask)).finally(() => { waiting = null; });
	return waiting;
}

/** The list of reports and the caller; a caller with several tenants is asked for one of them. */
export async function open(options) {
	try {
		await loadCatalogs(options);
	} catch (problem) {
		if (problem.status === 403 && connection.tenant) {
			connection.tenant = "";         // of another credential
			return open(options);
		}
		if (!problem.tenants) throw problem;
		connection.tenant = await chooseTenant(problem.tenants);
		await loadCatalogs(options);
	}
	remember();
	warn();
}

/** A caller of several tenants, or of all, says for which. */
export const chooseTenant = async (tenants) => (await import("./credential.js")).askTenant(tenants);

let timer;
/** Says five minutes before that a token ends; the next call asks for another, and nothing is lost. */
function warn() {
	clearTimeout(timer);
	const end = credentialEnd();
	if (!end) return;
	timer = setTimeout(() => toast(t("signin.ending", { time: moment(new Date(end).toISOString()) }), "warn"), Math.min(Math.max(0, end - Date.now() - 300_000), 2 ** 31 - 1));
}

export function signOut() {
	sessionStorage.removeItem("penstock-credential");
	sessionStorage.removeItem("penstock-tenant");
	location.reload();
}
