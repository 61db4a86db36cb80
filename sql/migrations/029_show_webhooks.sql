-- It returns the secret before the present one too, as long as that signs as well.
drop function if exists show_webhooks(text);
