"""Telling a web page from the file that was asked for: hotels, schools and proxies answer with their own."""

LOG_IN = (
    "the server answered with a web page instead of the file: a log-in page or a proxy stands between. Log "
    "in to the network with a browser, or ask for the proxy's settings"
)
#: What such a page's first bytes may be, small letters, white space left out.
_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<meta", b"<title", b"<?xml", b"<!--")
NETWORK_LOG_IN = {407, 511}  # HTTP's own answers for it: proxy, network authentication required


def is_web_page(content: bytes, kind: str = "") -> bool:
    """Whether an answer is a page for people. content: how it begins; kind: its Content-Type, if known."""
    begins = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return begins.startswith(_BEGINNINGS) or kind.partition(";")[0].strip().lower() in (
        "text/html",
        "application/xhtml+xml",
    )
