"""How the server says no: a status and one sentence, as {"detail": …}, which is where Gradio's front end looks for it."""

import json

from starlette.types import Send


class Refused(Exception):
    """A request that is answered here and goes no further."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


async def answer(send: Send, refusal: Refused) -> None:
    """Sends it. The connection is closed, since what is left of the request's body will not be read."""
    body = json.dumps({"detail": refusal.sentence}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if refusal.status in (429, 503):
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
