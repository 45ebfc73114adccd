"""Somebody at a keyboard: no mouse, no script that clicks. Every stop of the focus is looked at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Error, FileChooser, Locator, Page, expect

from tests.journeys.conftest import Live
from tests.journeys.walking import CODE

STOPS_MAX: Final = 120  # more presses of Tab than this is a page that nobody gets through
PATIENCE_TENTHS: Final = 100
WHICH_PAGE: Final = "performance.timeOrigin"  # another one after each load
LOOK: Final = """async () => {
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done));
  await document.fonts.ready;
  // The page scrolls it clear of bars in the same frame, and at the end of a frame in which something grew above it.
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const sticks = (e) => e && (["fixed", "sticky"].includes(getComputedStyle(e).position) || sticks(e.parentElement));
  const found = document.activeElement;
  if (!found || found === document.body) return {name: "", trouble: "the focus is nowhere"};
  const drawn = found.closest(".opt, .drop") ?? found;  // what draws the ring around a small or hidden input
  const style = getComputedStyle(drawn);
  const box = drawn.getBoundingClientRect();
  let down = 0;  // how far what holds it was scrolled: the page, or a part with a bar of its own
  for (let around = drawn.parentElement; around; around = around.parentElement) down += around.scrollTop;
  const name = (found.getAttribute("aria-label") || found.labels?.[0]?.innerText || found.innerText || found.id);
  const told = {name: `${found.tagName} ${name.trim().slice(0, 60)}`, trouble: "", main: found.matches("main *"),
    page: performance.timeOrigin,  // another one after each load
    left: box.left, right: box.right, top: box.top + down, bottom: box.bottom + down};
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) told.trouble = "has no ring";
  if (box.height > innerHeight * 0.6) return told;  // a region or the whole page: it cannot be in view at once
  for (const line of drawn.getClientRects()) {
    const [x, y] = [(line.left + line.right) / 2, (line.top + line.bottom) / 2];
    for (const [px, py] of [[x, y], [x, line.top + 2], [x, line.bottom - 2], [line.left + 3, y], [line.right - 3, y]]) {
      const hit = document.elementFromPoint(px, py);
      if (!hit) told.trouble = "is outside the window";
      else if (!drawn.contains(hit) && sticks(hit)) told.trouble = `is under ${hit.outerHTML.slice(0, 80)}`;
    }
  }
  return told;
}"""


@dataclass
class Keys:
    """One person's keyboard on one page."""

    live: Live
    page: Page
    _last: dict[str, Any] = field(default_factory=dict)
    secret: str = field(default="", repr=False)  # in the app of who set one up

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def look(self) -> str:
        """What has the focus, in words. Fails when it has no ring, or when something lies over it."""
        self._last = self._seen()
        return str(self._last["name"])

    def _seen(self) -> dict[str, Any]:
        """Where the focus came to rest: letters that come in late move it, and the page calls it back a frame on."""
        told: dict[str, Any] = {}
        for wait_ms in (0, 100, 300, 600):
            self.page.wait_for_timeout(wait_ms)
            told = self.page.evaluate(LOOK)
            if not told["trouble"]:
                break
        assert not told["trouble"], f"{self.page.url}: {told['name']!r} {told['trouble']}"
        return told

    def tab(self, *, back: bool = False) -> None:
        """One stop further, which is lower on the page or more to the right."""
        before = self._last
        self.press("Shift+Tab" if back else "Tab")
        now = self._last = self._seen()
        if back or not (now["main"] and before.get("main") and before["page"] == now["page"]):
            return
        onward = now["top"] >= before["top"] - 8 or now["left"] >= before["right"] - 8
        assert onward, f"{self.page.url}: after {before['name']!r} the focus goes up to {now['name']!r}"

    def to(self, target: Locator, *, back: bool = False) -> None:
        """Tab until the target has the focus."""
        wanted = target.element_handle()
        for _ in range(STOPS_MAX):
            if wanted.evaluate("e => e === document.activeElement"):
                self.look()
                return
            self.tab(back=back)
        raise AssertionError(f"{self.page.url}: Tab never comes to {target}")

    def through(self, path: str, *, last: str = "footer") -> None:
        """Open a page and stop everywhere, down to its foot, or to the `last` thing on a page without one."""
        self.page.goto(path)
        for _ in range(STOPS_MAX):
            self.tab()
            if self.page.evaluate("last => document.activeElement.closest(last) !== null", last):
                return
        raise AssertionError(f"{path}: Tab never comes to the foot of the page")

    def button(self, name: str) -> None:
        """Go to a button and press it."""
        self._enter(self.page.get_by_role("button", name=name).first)

    def link(self, name: str) -> None:
        """Go to a link and follow it."""
        self._enter(self.page.get_by_role("link", name=name).first)

    def _enter(self, target: Locator) -> None:
        """Press Enter and wait for the page that it leads to: on a busy machine the old one stays for a while."""
        self.to(target)
        before = self.page.evaluate(WHICH_PAGE)
        self.press("Enter")
        for _ in range(PATIENCE_TENTHS):
            with suppress(Error):  # asked while one page makes way for the next
                if self.page.evaluate(WHICH_PAGE) != before:
                    break
            self.page.wait_for_timeout(100)
        self.page.wait_for_load_state()

    def write(self, label: str, text: str) -> None:
        """Type in the field with this label."""
        self.to(self.page.get_by_label(label).first)
        self.page.keyboard.type(text)

    def choose(self, radio: Locator) -> None:
        """Arrows move between the answers of one question, and choose on the way."""
        wanted = radio.element_handle()
        name = wanted.get_attribute("name")
        same = "name => document.activeElement.name === name && document.activeElement.type === 'radio'"
        for _ in range(STOPS_MAX):
            if self.page.evaluate(same, name):
                break
            self.tab()
        if not self.page.evaluate("document.activeElement.checked"):
            self.press("Space")
        for _ in range(STOPS_MAX):
            if wanted.is_checked():
                self.look()
                return
            self.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: no arrow comes to {radio}")

    def tick(self, box: Locator) -> None:
        """Space ticks a box."""
        self.to(box)
        self.press("Space")
        assert box.is_checked()

    def open_files(self, drop: Locator) -> FileChooser:
        """Space opens the window to choose a file in."""
        self.to(drop)
        with self.page.expect_file_chooser() as opened:
            self.press("Space")
        return opened.value

    def mend(self, link: str) -> None:
        """After a form that was not right: the focus is at the summary, and its link leads to the field."""
        expect(self.page.locator("#fouten")).to_be_focused()
        self.live.troubles[:] = [told for told in self.live.troubles if "status of 422" not in told]
        self.look()
        wanted = self.page.locator("#fouten").get_by_role("link", name=link).first
        self.to(wanted)
        self.press("Enter")
        goal = (wanted.get_attribute("href") or "#")[1:]
        assert self.page.evaluate("document.activeElement.id") == goal
        self.look()


def come_in(live: Live, address: str, *, phone: bool = True) -> Keys:
    """Sign in with a mailed code; where the program asks for an app, the page after it is the next one."""
    keys = Keys(live, live.person(phone=phone))
    keys.page.goto("/inloggen")
    before = len(live.mail.to(address))
    keys.write("E-mailadres", address)
    keys.button("Stuur mij een code")

    def codes() -> list[str]:
        return [code for mail in live.mail.to(address)[before:] for code in CODE.findall(mail.text)]

    live.eventually(lambda: bool(codes()), "a code")
    keys.write("Code uit de mail", "000000")
    keys.press("Enter")
    keys.mend("Code uit de mail")
    keys.press("Control+A")
    keys.page.keyboard.type(codes()[-1])
    keys.press("Enter")
    keys.page.wait_for_url(lambda url: "/inloggen" not in url or "/inloggen/app" in url or "/inloggen/stap" in url)
    return keys
