"""The HTTP server: the API, the web chat and the pages it opens, on one port.

In the order of a request: `guard` (headers, origins), `api` (routes), `asking` (the pipeline, off the
event loop), `problems` (errors as JSON), `metrics`; `page` is the chat, `serve` starts it all.
"""
