"""Only forms of our own pages may change anything."""

from __future__ import annotations

from collections.abc import Mapping


def same_origin(headers: Mapping[str, str], address: str, *, demo: bool) -> bool:
    """Whether an unsafe request came from our own pages.

    Browsers say so in Sec-Fetch-Site; where that header is absent (plain http by name) Origin must be ours.
    A demo may be reached under any name, so there the Host header counts as our own.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return False
    if origin == address:
        return True
    return demo and origin in {f"http://{headers.get('host', '')}", f"https://{headers.get('host', '')}"}
