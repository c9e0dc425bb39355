"""What the OpenAPI document tells of all operations, and of what is the same in many of them."""

ABOUT = """\
## Who asks

All but tokens, public keys, health and problems needs `Authorization: Bearer <access token>`.
`POST /v1/auth/token` takes a form (RFC 6749) and knows three grants. With `grant_type=password`,
`username` and `password` a user opens a session; the answer has an access token, good for
`expires_in` seconds, and a refresh token. With `grant_type=refresh_token` and `refresh_token` the
session goes on: the answer holds the next refresh token, for each is good for one use, and one
that comes a second time ends its session. With `grant_type=client_credentials` a machine client
gets an access token alone; its id and secret come by HTTP Basic, which libraries prefer, or as
`client_id` and `client_secret`. `POST /v1/auth/revoke` ends a session. What a role does not allow
is 403; a catalog in which the caller has no role is 404, as if it were not there.

## Writing

A write answers with a receipt: the product's id, SKU and version, and the position of the log at
which it was appended. Send an `Idempotency-Key`, a new one for each thing you want done, and you
may repeat a write that you had no answer to: for 24 hours the same request gets the first answer
again, with `Idempotent-Replayed: true`, and another request under that key 422. With
`If-Match: "<version>"`, the `ETag` of what you have read, a write is refused with 412 when the
product has changed since.

## Reading

Reads follow writes at a short distance. Every answer tells the position that it reflects by
`Catalog-Position`. To read what you wrote, send the receipt's as `Catalog-Min-Position`: the read
waits for it, `Catalog-Wait` milliseconds at most, and is 503 if it is not reached by then.

Lists come in pages: as long as `next_cursor` is not null, ask again with it as `cursor`, and with
the same filters.

Whatever answers to `GET` answers to `HEAD`: the same headers, `Content-Length` included, and no
body. Reads name what they sent by a strong `ETag`; with that in `If-None-Match` it is not sent
again (304). Large answers are compressed for who accepts `gzip`, and then have an `ETag` of their
own. They are for the caller's own cache, which has to ask each time; what is read of a public
catalog, its history and proofs apart, any cache may keep for a while, and hand to anybody.

## Being refused

What is refused is answered with a problem document (RFC 9457). Go by its `type`: that address is a
page which says what happened and what to do. `errors` names the members and parameters that are
not as they should be; by `request_id`, which every answer has as `X-Request-ID`, the operators find
the request in their logs.

A user or machine client may ask so often in a minute, and a catalog may take so many writes.
`RateLimit-Policy` and `RateLimit` tell how often, and what is left. Every 429 and every 503 has
`Retry-After`: wait that many seconds, then ask again, and with the same `Idempotency-Key` if it was
a write.
"""

PARAMETERS = {
    "actor": "By whom: a user's or a machine client's whole name",
    "brand": "Of this brand",
    "catalog": "The key of a catalog",
    "category": "In this category, or below it",
    "client_id": "A machine client's id",
    "currency": "An ISO 4217 code",
    "cursor": "The `next_cursor` of the page before; not given, the first page",
    "intervention_id": "As the answer told it that took the intervention on",
    "job_id": "As the answer told it that took the job on",
    "limit": "How many items a page has at most",
    "name": "The last part of a problem's `type`",
    "product_id": "A product's `id`",
    "session_id": "A session's `id`",
    "sku": "The SKU, letter by letter",
    "status": "Archived products are left out unless asked for; `any` is all of them",
    "updated_since": "Changed at this moment or later",
    "username": "A user's name, or a machine client's id",
}
"""By name, where the operation does not say it better."""
CLIENT_SECRET = {
    "type": "http",
    "scheme": "basic",
    "description": "With `grant_type=client_credentials`: a machine client's id and its secret,"
    " each encoded as in a form (RFC 6749, 2.3.1)",
}
