// The whole client side. Every page works without it: this adds live rows, shortcuts, dialogs and copy buttons.
const $ = (query, root = document) => root.querySelector(query);
const $$ = (query, root = document) => [...root.querySelectorAll(query)];
const stored = { get: key => { try { return localStorage.getItem(key); } catch { return null; } }, set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* refused */ } } };

let toastTimer;
const say = text => {
  const toast = $('#toast');
  if (!toast || !text) return;
  toast.textContent = text;
  toast.classList.add('on');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.classList.remove('on'), 5000);
};

// Times: the same words as src/time.rs.
const age = s => s < 60 ? 'now' : s < 3600 ? `${Math.floor(s / 60)}m` : s < 86400 ? `${Math.floor(s / 3600)}h ${String(Math.floor(s % 3600 / 60)).padStart(2, '0')}m` : `${Math.floor(s / 86400)}d`;
const left = s => s <= 0 ? 'now' : s < 60 ? `in ${s} s` : s < 600 ? `in ${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s` : s < 7200 ? `in ${Math.ceil(s / 60)} min` : `in ${Math.floor(s / 3600)} h`;
const seconds = time => Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
setInterval(() => {
  $$('time[data-until]').forEach(time => write(time, left(seconds(time))));
  $$('time[data-age]').forEach(time => write(time, age(-seconds(time))));
}, 1000);

// Selection, and the keyboard's place in the list. Both survive an update.
let cursor = null;
let lastPick = null;
const picks = () => $$('.pick:checked');
const count = () => $$('[data-picked]').forEach(node => write(node, String(picks().length)));
const move = row => {
  $('.alert.cursor')?.classList.remove('cursor');
  cursor = row?.id ?? null;
  row?.classList.add('cursor');
  row?.scrollIntoView({ block: 'nearest' });
};
const clear = () => { picks().forEach(pick => { pick.checked = false; }); count(); };
document.addEventListener('change', event => {
  if (event.target.matches('.pick')) count();
  if (event.target.matches('[data-keys]')) stored.set('keys', event.target.checked ? 'on' : 'off');
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
});

const typed = () => $$('#main .input[id]').filter(field => field.value !== field.defaultValue);
const kept = () => ({ typed: typed().map(({ id, value }) => [id, value]), ticked: picks().map(pick => pick.value), cursor, focus: document.activeElement?.id });
const restore = was => {
  was.typed.forEach(([id, value]) => { const field = document.getElementById(id); if (field) field.value = value; });
  was.ticked.forEach(value => { const pick = $(`.pick[value="${CSS.escape(value)}"]`); if (pick) pick.checked = true; });
  if (was.cursor) move(document.getElementById(was.cursor));
  if (was.focus) document.getElementById(was.focus)?.focus({ preventScroll: true });
  page();
};
let before = null;
document.addEventListener('htmx:beforeSwap', event => {
  // An ended session answers with the log-in page: go there instead of showing it inside this one.
  if (event.detail.xhr && new URL(event.detail.xhr.responseURL, location).pathname === '/login') { event.detail.shouldSwap = false; location.assign('/login'); }
  before = kept();
});
document.addEventListener('htmx:afterSwap', () => { if (before) restore(before); before = null; });
const failed = () => say('Not saved: the server did not answer. Try again.');
document.addEventListener('htmx:responseError', failed);
document.addEventListener('htmx:sendError', failed);

// Live: one stream per tab; it sends ready HTML with the ids of what it replaces.
let waiting = [];
const lamp = on => $$('[data-lamp]').forEach(node => { node.dataset.state = on ? 'on' : 'off'; write($('span', node), on ? 'Live' : 'Reconnecting'); });
const refetch = () => htmx.ajax('GET', location.href, { target: '#main', select: '#main', swap: 'outerHTML show:none' });
const insert = () => {
  const rows = $('#rows');
  waiting.splice(0).forEach(row => { row.classList.add('new'); rows.prepend(row); });
  page();
};
const arrive = html => {
  const parsed = document.createElement('template');
  parsed.innerHTML = html;
  const rows = $('#rows');
  const fresh = $$('li.alert', parsed.content).filter(row => !document.getElementById(row.id));
  fresh.forEach(row => { row.remove(); row.removeAttribute('hx-swap-oob'); });
  const was = kept();
  htmx.swap(document.body, parsed.innerHTML, { swapStyle: 'none' });
  restore(was);
  const joining = fresh.filter(row => row.dataset.join !== undefined);
  if (!joining.length) return;
  if (!rows) { refetch(); return; }
  if (rows.dataset.page !== '1') return;
  waiting = waiting.filter(old => !joining.some(row => row.id === old.id)).concat(joining);
  const summary = $('#summary');
  if (summary) summary.textContent = waiting.length === 1 ? '1 new alert' : `${waiting.length} new alerts`;
  if (scrollY < 120) insert(); else page();
};
const listen = () => {
  const path = $('[data-stream]')?.dataset.stream;
  if (!path) return;
  const stream = new EventSource(path);
  let broken = false;
  stream.onopen = () => { lamp(true); if (broken && $('[data-refetch]')) refetch(); broken = false; };
  stream.onerror = () => { lamp(false); broken = true; };
  stream.addEventListener('html', event => arrive(event.data));
  stream.addEventListener('changed', refetch);
};

// What has to be set again after the page, or a part of it, was replaced.
const page = () => {
  count();
  const pending = Number($('[data-pending]')?.dataset.pending ?? 0);
  document.title = (pending ? `(${pending}) ` : '') + document.title.replace(/^\(\d+\) /, '');
  const icon = $('link[rel=icon]');
  if (icon) { const href = pending ? icon.dataset.hot : icon.dataset.calm; if (icon.getAttribute('href') !== href) icon.setAttribute('href', href); }
  const pill = $('#more-alerts');
  if (pill) { pill.hidden = !waiting.length; $('span', pill).textContent = waiting.length === 1 ? '1 new alert' : `${waiting.length} new alerts`; }
  $$('[data-keys]').forEach(box => { box.checked = stored.get('keys') !== 'off'; });
  $$('[data-script]').forEach(node => { node.hidden = false; });
  const flash = $('[data-flash]');
  if (flash) {
    // The line at the top says it; out of sight, a toast does.
    if (scrollY > 80) say(flash.dataset.flash); else $('#summary')?.replaceChildren(flash.dataset.flash);
    flash.removeAttribute('data-flash');
  }
};

const toggleTheme = () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  stored.set('theme', root.dataset.theme);
};
// One more row of an editor: a copy of the last one, emptied, its number one higher.
const addRow = list => {
  const row = list.lastElementChild;
  const next = row.cloneNode(true);
  const number = Number(row.dataset.row) + 1;
  next.dataset.row = number;
  $$('[name],[id],[for],[aria-label]', next).forEach(node => {
    for (const key of ['name', 'id', 'for', 'aria-label']) {
      const value = node.getAttribute(key);
      if (value) node.setAttribute(key, key === 'aria-label' ? value.replace(/\d+/, number + 1) : value.replace(/\.\d+\./, `.${number}.`));
    }
    if (node.matches('input')) node.value = '';
    if (node.matches('select')) node.selectedIndex = 0;
  });
  list.append(next);
  $('select,input', next).focus();
};
const copy = async button => {
  const field = document.getElementById(button.dataset.copy);
  try { await navigator.clipboard.writeText(field.value); say('Copied'); } catch { field.select(); say('Press Ctrl+C to copy'); }
};
document.addEventListener('click', event => {
  const hit = query => event.target.closest(query);
  if (hit('[data-theme-toggle]')) toggleTheme();
  if (hit('[data-copy]')) copy(hit('[data-copy]'));
  if (hit('[data-clear]')) clear();
  if (hit('[data-add]')) addRow(document.getElementById(hit('[data-add]').dataset.add));
  if (hit('#more-alerts')) { insert(); scrollTo({ top: 0 }); }
  if (hit('[data-close]')) hit('dialog').close();
  const opener = hit('[data-dialog]');
  if (opener) { event.preventDefault(); document.getElementById(opener.dataset.dialog).showModal(); }
  const pick = hit('.pick');
  if (pick) {
    const all = $$('.pick');
    const [from, to] = [all.indexOf(lastPick), all.indexOf(pick)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) { all.slice(from, to + 1).forEach(other => { other.checked = pick.checked; }); count(); }
    lastPick = pick;
  }
});

// Keys: off in fields, off with a modifier, off for whoever switched them off.
// In a list a key hits only what was chosen or gone to.
const press = name => {
  const there = $('.alert') ? document.getElementById(cursor) : document;
  if (picks().length) $(`[data-bulk=${name}]`)?.click();
  else if (there) $(`[data-act=${name}]`, there)?.click();
  else say('Press j first');
};
document.addEventListener('keydown', event => {
  if (stored.get('keys') === 'off' || event.metaKey || event.ctrlKey || event.altKey || $('dialog[open]')) return;
  if (event.target.matches('input:not([type=checkbox],[type=radio]),select,textarea')) return;
  const rows = $$('.alert');
  const at = rows.findIndex(row => row.id === cursor);
  const keys = {
    j: () => move(rows[Math.min(at + 1, rows.length - 1)]),
    k: () => move(rows[Math.max(at - 1, 0)]),
    x: () => $(`#${cursor} .pick`)?.click(),
    o: () => $(`#${cursor} .line`)?.click(),
    a: () => press('accept'),
    r: () => press('resolve'),
    e: () => press('escalate'),
    '/': () => $('#search')?.focus(),
    '?': () => $('#keys')?.showModal(),
    Escape: clear,
  };
  if (Object.hasOwn(keys, event.key) && (rows.length || !'jkxo'.includes(event.key))) { event.preventDefault(); keys[event.key](); }
});

page();
listen();
