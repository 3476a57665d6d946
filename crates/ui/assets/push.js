// Push to this browser: the switch on the profile; and on every page what is subscribed is compared with what the server was told.
(() => {
  const DOOR = '/profile/push';
  const HOUR = 3600000;
  const $ = query => document.querySelector(query);
  // Whoever is logged in: what this browser keeps of somebody else is neither read nor written over.
  const PLACE = `push.${document.currentScript.dataset.user}`;
  const kept = { get: () => { try { return JSON.parse(localStorage.getItem(PLACE)); } catch { return null; } }, set: value => { try { localStorage.setItem(PLACE, JSON.stringify(value)); } catch { /* refused */ } } };

  /// Why nothing can be pushed here; empty where it can.
  const hindrance = () => {
    if (!isSecureContext) return 'Browsers take messages only from pages on https with a certificate that they trust.';
    if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return '';
    // Safari on an iPad calls itself that of a Mac; no Mac has a screen for fingers.
    const isTouched = /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
    return isTouched && !navigator.standalone
      ? 'On an iPhone or iPad: Share, Add to Home Screen, open Watchbell from there, then switch this on.'
      : 'This browser takes no messages from pages.';
  };

  const send = async fields => {
    const body = new URLSearchParams({ ...fields, csrf: $('input[name=csrf]').value });
    const answer = await fetch(DOOR, { method: 'POST', body, headers: { accept: 'application/json' } });
    const said = await answer.json();
    if (!answer.ok) throw Error(said.message);
    return said;
  };
  const fieldsOf = subscription => ({ endpoint: subscription.endpoint, ...subscription.toJSON().keys, previous: kept.get()?.endpoint ?? '' });
  const subscribe = async worker => {
    const { key, message } = await (await fetch(DOOR, { headers: { accept: 'application/json' } })).json();
    if (!key) throw Error(message);
    const subscription = await worker.pushManager.getSubscription();
    return subscription ?? worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  };

  /// Whether the server knows this browser. A subscription that was lost or replaced is made good where permission lasts.
  const sync = async isAsked => {
    if (Notification.permission !== 'granted') return false;
    const worker = await navigator.serviceWorker.getRegistration('/');
    const known = kept.get();
    if (!worker || !(known?.on || isAsked)) return false;
    let subscription = await worker.pushManager.getSubscription();
    if (!subscription && known?.on) subscription = await subscribe(worker);
    if (!subscription) return false;
    if (!isAsked && subscription.endpoint === known.endpoint && Date.now() - known.at < HOUR) return true;
    const { known: on } = await send({ ...fieldsOf(subscription), sync: 'on' });
    kept.set({ endpoint: subscription.endpoint, at: Date.now(), on });
    return on;
  };

  const switchOn = async rule => {
    // Asked for inside the click: browsers refuse it elsewhere.
    if (await Notification.requestPermission() !== 'granted') throw Error('The browser does not allow it: allow notifications for this page in its settings.');
    await navigator.serviceWorker.register('/sw.js');
    const worker = await navigator.serviceWorker.ready;
    // One that the push service has given up looks alive from here.
    await (await worker.pushManager.getSubscription())?.unsubscribe();
    const subscription = await subscribe(worker);
    await send({ ...fieldsOf(subscription), ...(rule ? { rule: 'on' } : {}) });
    kept.set({ endpoint: subscription.endpoint, at: Date.now(), on: true });
  };
  const switchOff = async () => {
    const worker = await navigator.serviceWorker.getRegistration('/');
    const subscription = await worker?.pushManager.getSubscription();
    if (subscription) { await send({ endpoint: subscription.endpoint, off: 'on' }); await subscription.unsubscribe(); }
    kept.set({ on: false });
  };

  const part = $('[data-push]');
  const box = $('[data-push-switch]');
  const say = text => { $('[data-push-words]').textContent = text; };
  const show = on => { box.checked = on; box.disabled = false; $('[data-push-rule]').hidden = on; };
  const begin = async () => {
    const why = hindrance();
    if (part) part.hidden = false;
    if (why) { if (box) { box.disabled = true; say(why); } return; }
    const on = await sync(Boolean(part)).catch(() => Boolean(kept.get()?.on));
    if (box) show(on);
  };
  box?.addEventListener('change', async () => {
    const on = box.checked;
    box.disabled = true;
    say('');
    try {
      await (on ? switchOn($('#push-rule').checked) : switchOff());
      location.assign('/profile#contacts');
      location.reload();
    } catch (error) {
      show(!on);
      say(`Not done: ${error.message}`);
    }
  });
  begin();
})();
