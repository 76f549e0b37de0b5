"""getUpdates and webhooks."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .call import Call, answers
from .refusals import WEBHOOK_IS_ON, bad, conflict
from .updates import Webhook
from .world import Json

LOOPBACK = ("127.0.0.1", "localhost", "::1")


async def get_updates(call: Call) -> list[Json]:
    """Waits as long as `timeout` says, so it stands beside the other handlers."""
    account, limits = call.account, call.api.limits
    if account.webhook.url:
        raise conflict(WEBHOOK_IS_ON)
    queue = account.queue
    queue.allow(call["allowed_updates"])
    queue.confirm(call["offset"] or 0)
    call.api.note()  # a poller is there: `until` may wait for that
    await queue.wait(min(float(call["timeout"] or 0), limits.poll))
    most = min(max(1, call["limit"] or limits.batch), limits.batch)
    return account.script.spoil(queue.waiting[:most])


@answers("setWebhook")
def set_webhook(call: Call) -> bool:
    account = call.account
    url, secret = call["url"] or "", call["secret_token"] or ""
    address = urlsplit(url)
    # Telegram wants https; this server is for tests on the loopback alone.
    if url and address.hostname not in LOOPBACK:
        raise bad("bad webhook: IP address is reserved")
    if url and address.scheme not in ("http", "https"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{call.api.limits.secret}}}", secret):
        raise bad("secret token contains unallowed characters")
    account.queue.allow(call["allowed_updates"])
    if call["drop_pending_updates"]:
        account.queue.waiting.clear()
    account.webhook.replaced.set()
    account.webhook = Webhook(url, secret, call["max_connections"] or 40)
    if url:
        account.queue.end_poll()
    account.queue.wake()
    return True


@answers("deleteWebhook")
def delete_webhook(call: Call) -> bool:
    if call["drop_pending_updates"]:
        call.account.queue.waiting.clear()
    call.account.webhook.replaced.set()
    call.account.webhook = Webhook()
    call.account.queue.wake()
    return True


@answers("getWebhookInfo")
def get_webhook_info(call: Call) -> Json:
    webhook, queue = call.account.webhook, call.account.queue
    body: Json = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(queue.waiting),
    }
    if webhook.url:
        body["max_connections"] = webhook.max_connections
    if queue.allowed:
        body["allowed_updates"] = list(queue.allowed)
    if webhook.last_error:
        body |= {
            "last_error_date": webhook.last_error_at,
            "last_error_message": webhook.last_error,
        }
    return body
