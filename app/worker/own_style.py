"""How the page of somebody's own data looks: it is opened from disk, so its style stands in the page itself."""

from __future__ import annotations

from typing import Final

STYLE: Final = (
    ":root{color-scheme:light dark;--wall:#f5f1ef;--sheet:#fff;--ink:#231a2b;--soft:#5a4f61;--line:#dcd3d6}"
    "@media(prefers-color-scheme:dark){:root{--wall:#17121c;--sheet:#231b2a;--ink:#f6f0f2;--soft:#c3b7c8;--line:#40354a}}"
    "body{margin:0;background:var(--wall);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}"
    "main{max-width:52rem;margin:auto;padding:2.5rem 1rem 5rem}h1{font-size:2.5rem;line-height:1.1;margin:0 0 .5rem}"
    "h2{font-size:1.6rem;line-height:1.2;margin:3rem 0 .75rem}h3{font-size:1.15rem;margin:1.75rem 0 .5rem}"
    "p,.soft,dt,th{color:var(--soft)}dl,.card{margin:0 0 .75rem}.card{background:var(--sheet);padding:1rem 1.25rem}"
    ".card dl{margin:0}dl{display:grid;gap:.35rem 1.25rem}dt{font-size:.9375rem}dd{margin:0;white-space:pre-line;"
    "overflow-wrap:anywhere}@media(min-width:36rem){dl{grid-template-columns:12rem 1fr}}"
    ".wide{overflow-x:auto;margin:0 0 .75rem;background:var(--sheet)}"
    "table{border-collapse:collapse;width:100%;font-size:.9375rem}"
    "dd .wide{margin:0}dd td,dd th{padding-left:0}"
    "th,td{text-align:left;vertical-align:top;padding:.55rem 1rem;border-bottom:1px solid var(--line)}"
    "th{font-weight:550}ul{margin:0;padding-left:1.1rem}"
)
