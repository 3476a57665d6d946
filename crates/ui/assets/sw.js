// The service worker: it shows what is pushed and does what is pressed. It answers no requests of pages: nothing old is ever shown.
const WORDS = {
  en: { accept: 'Accepted', resolve: 'Resolved', failed: 'Not done', tap: 'Tap to open it.' },
  de: { accept: 'Angenommen', resolve: 'Gelöst', failed: 'Nicht geschehen', tap: 'Zum Öffnen antippen.' },
};
const NOTHING = { title: 'Watchbell', body: 'Something happened. Tap to look.', navigate: '/alerts' };
const LOOK = { icon: '/icons/192.png', badge: '/icons/badge.png' };

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));

/// Browsers take a subscription away whose messages show nothing: whatever comes, something is shown.
const read = data => {
  try { return data.json().notification ?? NOTHING; } catch { return NOTHING; }
};
const show = ({ title, navigate, actions = [], data, ...options }) => self.registration.showNotification(title, {
  ...LOOK, ...options, actions: actions.map(({ action, title: words }) => ({ action, title: words })), data: { ...data, navigate },
});
self.addEventListener('push', event => event.waitUntil(show(read(event.data))));

const words = notification => WORDS[notification.lang] ?? WORDS.en;
const tell = (notification, title, body, isFault) => self.registration.showNotification(title, {
  ...LOOK, body, tag: notification.tag, lang: notification.lang, requireInteraction: isFault, data: { navigate: notification.data.navigate },
});
/// The link may name us otherwise than this browser does, inside a network for example; the way below is the same.
const here = link => new URL(new URL(link).pathname, self.location.origin);
const act = async (notification, verb) => {
  const said = words(notification);
  try {
    const answer = await fetch(here(notification.data[verb]), { method: 'POST', body: new URLSearchParams({ confirm: '1' }), headers: { accept: 'text/plain' }, credentials: 'omit' });
    if (!answer.ok) throw Error(answer.status === 404 ? '404' : String(answer.status));
    await tell(notification, `${said[verb]}: ${notification.title}`, (await answer.text()).trim(), false);
  } catch (error) {
    await tell(notification, `${said.failed}: ${notification.title}`, `${error.message}. ${said.tap}`, true);
  }
};
const open = async to => {
  const url = new URL(to ?? '/alerts', self.location.origin);
  const pages = await self.clients.matchAll({ type: 'window' });
  const page = pages.find(({ url: shown }) => shown === url.href);
  return page ? page.focus() : self.clients.openWindow(url.href);
};
self.addEventListener('notificationclick', event => {
  const { action, notification } = event;
  const data = notification.data ?? {};
  notification.close();
  const acts = (action === 'accept' || action === 'resolve') && data[action];
  event.waitUntil(acts ? act(notification, action) : open(action === 'open' ? data.open : data.navigate));
});

/// The push service gave another address: the server is told, as the person who is logged in.
const renew = async ({ oldSubscription, newSubscription }) => {
  const { key, csrf } = await (await fetch('/profile/push', { headers: { accept: 'application/json' } })).json();
  const fresh = newSubscription ?? await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const body = new URLSearchParams({ endpoint: fresh.endpoint, ...fresh.toJSON().keys, previous: oldSubscription?.endpoint ?? '', sync: 'on', csrf });
  await fetch('/profile/push', { method: 'POST', body });
};
self.addEventListener('pushsubscriptionchange', event => event.waitUntil(renew(event)));
