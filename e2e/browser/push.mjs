// Push to the browser: the message that the product makes reaches its service worker, is shown, and is accepted from there.
// The push service is a stand-in that decrypts; what it read is handed to the worker as a real push service would.
import assert from 'node:assert/strict';
import { SIZES, look, tab } from './browser.mjs';
import { freePort, start, until } from './servers.mjs';

const startPush = async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = start(['sim', 'push', '--listen', url.slice('http://'.length)]);
  const subscriptions = await until('the push service', async () => server.log.match(/Web Push subscriptions\s+(\S+)/)?.[1]);
  return { subscriptions, messages: subscriptions.replace('subscriptions', 'messages') };
};

/// What the switch on the profile posts once the browser has subscribed. Chromium subscribes only with the service of its maker, so
/// that the subscription is one of the stand-in's.
const subscribe = async (page, { watchbell }, service) => {
  await page.goto(`${watchbell.url}/profile`);
  const key = await page.evaluate(async () => (await (await fetch('/profile/push')).json()).key);
  const made = await fetch(service.subscriptions, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ applicationServerKey: key }) }).then(answer => answer.json());
  const kept = await page.evaluate(async ({ endpoint, keys }) => {
    const csrf = document.querySelector('input[name=csrf]').value;
    return (await fetch('/profile/push', { method: 'POST', body: new URLSearchParams({ endpoint, ...keys, rule: 'on', csrf }) })).json();
  }, made);
  assert.deepEqual(kept, { known: true });
  await page.goto(`${watchbell.url}/profile`);
  await page.getByText('Chrome on Linux').first().waitFor();
};

const installWorker = async (page, cdp) => {
  let id;
  cdp.on('ServiceWorker.workerRegistrationUpdated', event => { for (const one of event.registrations) if (!one.isDeleted) id = one.registrationId; });
  await cdp.send('ServiceWorker.enable');
  await page.evaluate(async () => { await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready; });
  return until('the registration', async () => id);
};

const shown = page => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, actions, requireInteraction }) => ({ title, body, actions: actions.map(one => one.action), requireInteraction })));

export const pushToBrowser = async (browser, world, { storage, api }) => {
  const { watchbell } = world;
  const page = await tab(browser, 'light', storage);
  await page.context().grantPermissions(['notifications'], { origin: watchbell.url });
  const service = await startPush();
  await subscribe(page, world, service);
  for (const size of Object.keys(SIZES)) {
    const other = await tab(browser, size, storage);
    await other.goto(`${watchbell.url}/profile`, { waitUntil: 'load' });
    await other.locator('#contacts details > summary', { hasText: 'Add a contact' }).click();
    await look(other, 'profile-add-contact', size);
    await other.goto(`${watchbell.url}/profile/telegram`);
    await look(other, 'profile-telegram', size);
    await other.context().close();
  }
  const cdp = await page.context().newCDPSession(page);
  const registrationId = await installWorker(page, cdp);
  await fetch(`${watchbell.url}/api/events`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ integrationKey: api.key, eventType: 'ALERT', summary: 'Push me', alertKey: 'push' }),
  });
  const message = await until('the message at the push service', async () => {
    const messages = await fetch(service.messages).then(answer => answer.json());
    return messages.find(one => one.json?.notification?.title.includes('Push me'));
  });
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: `${watchbell.url}/`, registrationId, data: message.text });
  const [notification] = await until('the notification', async () => { const all = await shown(page); return all.length && all; });
  assert.match(notification.title, /Push me/);
  assert.deepEqual(notification.actions, ['accept', 'resolve']);
  assert.equal(notification.requireInteraction, true);
  const [worker] = page.context().serviceWorkers();
  await worker.evaluate(async () => {
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: 'accept' }));
  });
  await until('the word that it is accepted', async () => (await shown(page)).find(one => one.title.startsWith('Accepted: ')));
  await page.goto(`${watchbell.url}/alerts/${message.json.notification.data.alert}`);
  await page.locator('#alert-head .state', { hasText: 'Accepted' }).waitFor();
  // Something that nobody can read is shown all the same: browsers take subscriptions away that show nothing.
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: `${watchbell.url}/`, registrationId, data: 'no JSON' });
  await until('something', async () => (await shown(page)).find(one => one.title === 'Watchbell'));
  await page.context().close();
};
