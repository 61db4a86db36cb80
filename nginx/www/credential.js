// The dialogs that ask for a credential (a token, an API key, or a user with a password) and for a tenant.

import { connection, remember } from "./api.js";
import { $, field, make, onClick, option } from "./dom.js";
import { explain, t } from "./i18n.js";
import { open } from "./signin.js";

export function ask(resolve) {
	const dialog = $("signin");
	const kind = make("select", {}, ["token", "key", "user"].map((one) => option(one, t(`signin.${one}`), connection.credential?.kind ?? "token")));
	const [token, key] = ["token", "key"].map(() => make("input", { type: "password", autocomplete: "off", spellcheck: false }));
	const name = make("input", { autocomplete: "username", spellcheck: false });
	const password = make("input", { type: "password", autocomplete: "current-password" });
	const fields = { token: [field(t("signin.token"), token)], key: [field(t("signin.key"), key)], user: [field(t("signin.name"), name), field(t("signin.password"), password)] };
	const place = make("div", { className: "row" });
	const fit = () => place.replaceChildren(...fields[kind.value]);
	kind.addEventListener("change", fit);
	fit();
	const wrong = make("p", { className: "fault", role: "alert" }, connection.credential ? t("signin.ended") : "");
	const enter = make("button", { className: "primary", type: "submit" }, t("signin.enter"));
	onClick(enter, async () => {
		const before = connection.credential;
		connection.credential = { kind: kind.value, secret: { token: token.value.trim(), key: key.value.trim(), user: `${name.value}:${password.value}` }[kind.value] };
		try {
			await open({ quiet: true });
		} catch (fault) {
			connection.credential = before;
			wrong.textContent = fault.status === 401 ? t("signin.wrong") : explain(fault);
			return;
		}
		remember();
		dialog.close();
		resolve();
	});
	dialog.replaceChildren(make("form", { noValidate: true, onsubmit: (event) => event.preventDefault() },
		make("h2", { id: "signin-heading" }, t("signin.title")), make("p", { className: "hint" }, t("signin.hint")),
		field(t("signin.with"), kind), place, wrong, make("div", { className: "buttons" }, enter)));
	dialog.oncancel = (event) => event.preventDefault();
	if (!dialog.open) dialog.showModal();
	place.querySelector("input").focus();
}

export function askTenant(tenants) {
	return new Promise((resolve) => {
		const dialog = $("dialog");
		const choice = tenants.length ? make("select", {}, tenants.map((one) => option(one, one, connection.tenant))) : make("input", { spellcheck: false, value: connection.tenant });
		const take = make("button", { className: "primary", type: "submit" }, t("signin.take"));
		onClick(take, async () => {
			if (!choice.value.trim()) return;
			dialog.close();
			resolve(choice.value.trim());
		});
		dialog.setAttribute("aria-labelledby", "dialog-heading");
		dialog.replaceChildren(make("form", { noValidate: true, onsubmit: (event) => event.preventDefault() }, make("h2", { id: "dialog-heading" }, t("signin.tenantTitle")),
			field(t("signin.tenant"), choice), make("div", { className: "buttons" }, take)));
		if (!dialog.open) dialog.showModal();
	});
}
