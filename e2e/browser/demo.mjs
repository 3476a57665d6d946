// The demo as a newcomer uses it, by pages alone: a ticket rings a phone, a key accepts it, and the alert tells of the call.
import { look, lookAtStep, tab } from './browser.mjs';
import { fill, press } from './story.mjs';
import { freePort, start, until } from './servers.mjs';

/// The demo on six ports in a row, with the addresses that it prints.
const startDemo = async () => {
  const server = start(['demo', '--listen', `127.0.0.1:${await freePort()}`]);
  await until('the demo', async () => server.log.includes('Ctrl-C'), server);
  const address = name => server.log.match(new RegExp(`^  ${name}\\s+(http://\\S+)`, 'm'))[1];
  const [, email, password] = server.log.match(/log in as (\S+) with (\S+)/);
  return { watchbell: address('Watchbell'), autotask: address('Autotask'), phones: address('Phones'), email, password };
};

/// Answers the phone that rings, and presses a key.
const pickUp = async (page, demo, key) => {
  await page.goto(demo.phones);
  await page.getByRole('button', { name: 'Answer', exact: true }).first().click();
  await page.getByRole('button', { name: `Key ${key}`, exact: true }).first().click();
};

const openTicket = async (page, demo, title) => {
  await page.goto(demo.autotask);
  await page.locator('details > summary', { hasText: 'New ticket' }).click();
  await fill(page, { Title: title });
  await page.locator('form[action="/ui/tickets"] select[name=priority]').selectOption({ label: 'Critical' });
  await press(page, 'Create');
};

/// Whoever accepted has the ticket in Autotask.
const seeTaken = async (page, demo, title) => {
  await page.goto(demo.autotask);
  await page.getByRole('row').filter({ hasText: title }).getByRole('link').first().click();
  const chosen = field => page.locator(`select[name=${field}]`).first().locator('option:checked');
  await chosen('status').filter({ hasText: 'In Progress' }).waitFor({ state: 'attached' });
  await chosen('assignee').filter({ hasText: 'Anna Keller' }).waitFor({ state: 'attached' });
};

const logIn = async (page, demo) => {
  await page.goto(`${demo.watchbell}/login`);
  await fill(page, { 'E-mail': demo.email, Password: demo.password });
  await press(page, 'Log in');
};

export const tryTheDemo = async browser => {
  const demo = await startDemo();
  const page = await tab(browser, 'light');
  await pickUp(page, demo, 4);
  await openTicket(page, demo, 'The till of the bakery is dead');
  await page.goto(demo.phones);
  await page.locator('.phone.ringing').first().waitFor({ timeout: 20_000 }); // the first call: the second comes after 35 s
  await lookAtStep(page, 'demo-phones');
  await pickUp(page, demo, 4);
  await logIn(page, demo);
  await page.goto(`${demo.watchbell}/alerts?state=ACCEPTED`);
  await page.getByRole('link', { name: /till of the bakery/ }).first().click();
  await page.locator('#alert-head .state', { hasText: 'Accepted' }).waitFor();
  const told = [/Phone call to Anna Keller/, /pressed 4/i, /completed/i, /Anna Keller as its primary resource/, /the status "In Progress"/];
  for (const line of told) await page.locator('#timeline').getByText(line).first().waitFor();
  await look(page, 'demo-alert', 'light');
  await seeTaken(page, demo, /till of the bakery/);
  await page.context().close();
};
