// The main job in a browser: first start, policy, Autotask source, a ticket that wakes somebody, accepted, completed, resolved.
import assert from 'node:assert/strict';
import { look, lookAtStep, tab } from './browser.mjs';
import { ACCOUNT, startAutotask, stop, until } from './servers.mjs';

const PASSWORD = 'correct horse battery';
export const ADA = { email: 'ada@example.com', password: PASSWORD };

export const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click();
export const fill = (page, fields) => Object.entries(fields).reduce((done, [label, value]) => done.then(() => page.getByLabel(label, { exact: true }).first().fill(value)), Promise.resolve());

/// The first start, up to the phone that rang. These steps exist only once.
export const setUp = async (page, { watchbell, mail, ntfy }, lookAt = lookAtStep) => {
  await page.goto(watchbell.setup);
  await lookAt(page, 'setup-account');
  await fill(page, { 'Your name': 'Ada Lovelace', 'Your e-mail': ADA.email, Password: PASSWORD });
  await press(page, 'Continue');
  await page.waitForURL('**/setup/email');
  await lookAt(page, 'setup-email');
  await fill(page, { 'Mail server': '127.0.0.1', Port: String(mail.port), Sender: 'Watchbell <bell@example.com>' });
  await page.getByLabel('None').check();
  await press(page, 'Save');
  await press(page, 'Test');
  await page.getByText('The mail server took the test').waitFor();
  await until('the test mail', async () => (await mail.messages()).length > 0);
  await page.getByRole('link', { name: 'Continue', exact: true }).click();
  await lookAt(page, 'setup-contact');
  await page.getByLabel('Channel').selectOption('NTFY');
  await fill(page, { Address: `${ntfy.url}/ada-on-call` });
  await press(page, 'Add it');
  await press(page, 'Test');
  // The delivery appears by itself.
  await page.getByText('ntfy test to Ada Lovelace sent').waitFor();
  await lookAt(page, 'setup-contact-test');
  await press(page, 'Yes');
  await page.getByRole('link', { name: 'Continue', exact: true }).click();
  await page.getByText('It rang.').waitFor();
  await lookAt(page, 'setup-done');
};

/// Colleagues and a policy of two levels; the first has some minutes to answer.
export const makePolicy = async (page, { watchbell }, minutes = 5) => {
  for (const [name, email, role] of [['Bob Ray', 'bob@example.com', 'RESPONDER'], ['Carla Cruz', 'carla@example.com', 'USER']]) {
    await page.goto(`${watchbell.url}/users/new`);
    await fill(page, { Name: name, 'E-mail': email, Password: PASSWORD });
    await page.getByLabel('Role').selectOption(role);
    await press(page, 'Make the user');
    await page.getByRole('heading', { name, exact: true }).waitFor();
  }
  await page.goto(`${watchbell.url}/policies/new`);
  await fill(page, { Name: 'After hours' });
  const levels = page.locator('table.edit tbody tr');
  await levels.nth(0).getByLabel('Ada Lovelace').check();
  await levels.nth(0).getByLabel('Minutes to answer of level 1').fill(String(minutes));
  await levels.nth(1).locator('summary').click();
  await levels.nth(1).getByLabel('Bob Ray').check();
  await levels.nth(1).getByLabel('Minutes to answer of level 2').fill('15');
  await press(page, 'Save');
  await page.getByText('Open alerts').or(page.getByText('Made.')).first().waitFor();
};

/// An SMS gateway. The path of its page.
export const connectGateway = async (page, { watchbell }) => {
  await page.goto(`${watchbell.url}/providers/new?type=sms_gateway`);
  await fill(page, { Name: 'Modem in the rack', Address: 'http://127.0.0.1:9/send', Body: 'to={to}&text={text}' });
  await press(page, 'Save and test');
  await page.getByRole('button', { name: 'Test this account' }).waitFor();
  return new URL(page.url()).pathname;
};

/// An API source, with alerts of several kinds.
export const makeApiSource = async (page, { watchbell }) => {
  await page.goto(`${watchbell.url}/sources/new/api`);
  await fill(page, { Name: 'Monitoring' });
  await page.getByLabel('Escalation policy').selectOption({ label: 'After hours' });
  await press(page, 'Save');
  await page.getByText('Waiting for the first event').first().waitFor();
  const key = await page.getByRole('textbox', { name: 'Integration key' }).inputValue();
  const send = event => fetch(`${watchbell.url}/api/events`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ integrationKey: key, eventType: 'ALERT', ...event }),
  }).then(response => assert.equal(response.status, 202));
  await send({ summary: 'Disk full on SRV01', alertKey: 'srv01', details: 'C: has 1 % left', links: [{ href: 'https://monitoring.example.com/srv01', text: 'Graph' }] });
  // The page turns green by itself, and lists the event.
  await page.getByText('Events arrive.').waitFor();
  await page.getByText('Disk full on SRV01').first().waitFor();
  await send({ summary: 'Backup of NAS02 is late', alertKey: 'nas02', priority: 'LOW' });
  await send({ summary: 'Link to branch office is down', alertKey: 'link' });
  await send({ eventType: 'RESOLVE', alertKey: 'link' });
  await send({ summary: '<script>alert("never")</script> in a summary', alertKey: 'hostile' });
  return { key, address: page.url() };
};

/// The wizard: account, rules, webhook URL, and the stand-in calls it from then on.
export const connectAutotask = async (page, world) => {
  const { watchbell, port } = world;
  await page.goto(`${watchbell.url}/sources/new/autotask`);
  await page.getByLabel('Zone', { exact: true }).selectOption('custom');
  await fill(page, { Address: world.autotask.url, 'Username (Key)': ACCOUNT.user, 'Password (Secret)': 'not the secret', 'Tracking Identifier': ACCOUNT.code });
  await press(page, 'Test and continue');
  await page.getByRole('button', { name: 'Save it as it is and continue' }).waitFor();
  await lookAtStep(page, 'source-autotask-refused');
  await fill(page, { 'Password (Secret)': ACCOUNT.secret, 'Tracking Identifier': ACCOUNT.code });
  await press(page, 'Test and continue');
  await page.waitForURL('**/rules?account=*');
  const rules = page.url();
  await fill(page, { Name: 'Autotask after hours' });
  await page.getByLabel('Escalation policy').selectOption({ label: 'After hours' });
  await press(page, 'Make the source');
  await page.getByText('Waiting for the first callout').or(page.getByText('No callout yet')).first().waitFor();
  await lookAtStep(page, 'source-waiting');
  const callout = await page.getByRole('textbox', { name: 'Webhook URL' }).inputValue();
  await stop(world.autotask.server);
  world.autotask = await startAutotask(port, [callout]);
  return { address: page.url(), rules };
};

/// Who would have been paged in the last days: the ticket of the story.
export const lookBack = async (page, autotask) => {
  await page.goto(`${autotask.address}/look`);
  await press(page, 'Look');
  await page.getByText('Practice server does not answer').waitFor();
  await lookAtStep(page, 'source-look');
};

/// A ticket opens an alert before the eyes of whoever looks at the list; accepted and completed, it ends before their eyes.
export const work = async (page, world) => {
  const { watchbell } = world;
  await page.goto(`${watchbell.url}/alerts`);
  await page.getByText('Live', { exact: true }).waitFor();
  const ticket = { companyID: 0, title: 'Practice server does not answer', description: 'Nobody can log in.', status: 1, priority: 4, queueID: 8, dueDateTime: '2030-01-01T00:00:00Z' };
  const { itemId } = await world.autotask.rest('POST', 'Tickets', ticket);
  const row = page.locator('li.alert', { hasText: 'Practice server does not answer' });
  await row.waitFor();
  await page.keyboard.press('j');
  await row.getByRole('link').first().click();
  await page.waitForURL(/\/alerts\/\d+$/);
  const alert = page.url();
  await page.getByText('You are here').waitFor();
  await page.getByText('ntfy to Ada Lovelace sent').first().waitFor();
  await press(page, 'Accept');
  await page.locator('#main').getByText('is accepted. Escalation stopped.').waitFor();
  await until('the ticket in progress', async () => (await world.autotask.rest('GET', `Tickets/${itemId}`)).item.status !== 1);
  await world.autotask.rest('PATCH', 'Tickets', { id: itemId, status: 5 });
  await page.locator('#alert-head .state', { hasText: 'Resolved' }).waitFor();
  await page.locator('#timeline').getByText('Resolved by').first().waitFor();
  return alert;
};

/// The link of a mail, in a browser that nobody is logged in with.
export const followLink = async (browser, { mail }) => {
  const link = async verb => until('a mail with links', async () => {
    const texts = (await mail.messages()).map(message => message.text).filter(text => text.includes('Disk full'));
    return texts.map(text => text.match(new RegExp(`http://\\S+/l/\\S+/${verb}`))?.[0]).find(Boolean);
  });
  const accept = await link('accept');
  for (const size of ['light', 'dark', 'phone']) {
    const page = await tab(browser, size);
    await page.goto(accept);
    await look(page, 'link-ask', size);
    await page.goto(accept.replace('/l/', '/l/x'));
    await look(page, 'link-expired', size);
    await page.context().close();
  }
  const page = await tab(browser, 'phone');
  await page.goto(accept);
  await press(page, 'Accept');
  await page.getByText('You have it.').waitFor();
  await look(page, 'link-done', 'phone');
  await page.context().close();
};
