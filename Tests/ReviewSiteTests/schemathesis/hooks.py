"""What the API asks of a request and a JSON schema has no word for: a stretch ends after it begins."""

import schemathesis

LAST_MS = 2**31 - 1


def in_order(start, end):
    start, end = min(start, end, LAST_MS - 1), min(max(start, end), LAST_MS)
    return [start, max(end, start + 1)]


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if not isinstance(body, dict) or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if body.get("watched"):
        body["watched"] = [in_order(*span) for span in body["watched"]]
    if body.get("to_ms") is not None:
        body["from_ms"], body["to_ms"] = in_order(body["from_ms"], body["to_ms"])
