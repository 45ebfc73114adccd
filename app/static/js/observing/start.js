// On the coach's own pages: put the open forms on this phone, send what waits, and show the way to the form.
import { ready, refresh, sendAll, whose } from "./phone.js";
import { formOf } from "./store.js";

async function start() {
  await ready();
  const told = await refresh();
  if (told.state !== "ok") return;
  await sendAll(told.person);
  for (const way of document.querySelectorAll("[data-phone-form]")) {
    way.hidden = !(await formOf(whose(), Number(way.dataset.phoneForm)));
  }
}
start().catch(() => {}); // storage is off: the page itself does without
