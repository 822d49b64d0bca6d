"""The HTTP server: the API, the web chat and the pages it opens, on one port.

In the order of a request: `guard` (headers; with `origins`, `access` and `limiting` who may send it), the
routes that `api` puts together (`questions`, `documents` with `incoming` and `uploads`, `openai_api`, `mcp_api`
and `health`), `asking` with `steps` (the pipeline, off the event loop), `problems` (errors as JSON), `metrics`
and `request_log`; `page` is the chat, `serve` starts it all.
"""
