// Reads the page again whenever something changed, and keeps what somebody is writing. Without this script it reloads by itself.
"use strict";

const main = () => document.getElementById("phones");
let reading = false;
let again = false;

// What is open, half written or in focus survives.
function remember() {
  const fields = [...main().querySelectorAll("form")].map((form) => [
    key(form),
    [...form.querySelectorAll("input:not([type=hidden]), select")].map((field) => field.value),
  ]);
  const open = [...main().querySelectorAll("details[id]")].map((details) => [details.id, details.open]);
  const active = document.activeElement;
  const form = active && active.closest && active.closest("form");
  return { fields: new Map(fields), open: new Map(open), focus: form && active.name ? [key(form), active.name, active.value] : null };
}

const key = (form) => [form.getAttribute("action"), ...[...form.querySelectorAll("[type=hidden]")].map((field) => field.value)].join(" ");

function restore(kept) {
  for (const details of main().querySelectorAll("details[id]")) {
    if (kept.open.has(details.id)) details.open = kept.open.get(details.id);
  }
  for (const form of main().querySelectorAll("form")) {
    const values = kept.fields.get(key(form));
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select")];
    if (values) fields.forEach((field, at) => { if (values[at] !== undefined) field.value = values[at]; });
    if (kept.focus && kept.focus[0] === key(form)) {
      const same = [...form.elements].find((field) => field.name === kept.focus[1] && (field.tagName !== "BUTTON" || field.value === kept.focus[2]));
      if (same) same.focus();
    }
  }
}

async function read() {
  if (reading) { again = true; return; }
  reading = true;
  try {
    const answer = await fetch("/", { cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const kept = remember();
    document.title = fresh.title;
    main().replaceWith(document.adoptNode(fresh.getElementById("phones")));
    restore(kept);
  } catch { /* the stand-in stopped: the page stays as it was */ }
  reading = false;
  if (again) { again = false; read(); }
}

// Forms are sent without leaving the page; an answer box is empty afterwards.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  for (const field of form.querySelectorAll("input[name=text], input[name=number]")) field.value = "";
  await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
  read();
});

// What changed between the page and the stream, or while the stream was away, is read when it opens.
const stream = new EventSource("/changes");
stream.onopen = read;
stream.onmessage = read;
