// The picture of the README: an alert that escalates, on a server that has the public address of a real one.
import path from 'node:path';
import { SIZES, fault, tab } from './browser.mjs';
import { ACCOUNT, freePort, startAutotask, startWatchbell } from './servers.mjs';
import { fill, makePolicy, press, setUp } from './story.mjs';

const PUBLIC_URL = 'https://bell.example.com';
const HOURS_MS = 3_600_000;
const TICKET = {
  companyID: 29683513, contactID: 30682904, title: 'Ward 3: patient records do not open', description: 'The night shift cannot open any record. Reception can.',
  status: 1, priority: 4, queueID: 29682833, dueDateTime: new Date(Date.now() + 4 * HOURS_MS).toISOString(),
};

/// A source, by pages; its webhook URL is called by the tenant over the address that is reached here.
const connect = async (page, watchbell, autotask) => {
  await page.goto(`${watchbell.url}/sources/new/autotask`);
  await page.getByLabel('Zone', { exact: true }).selectOption('custom');
  await fill(page, { Address: autotask.url, 'Username (Key)': ACCOUNT.user, 'Password (Secret)': ACCOUNT.secret, 'Tracking Identifier': ACCOUNT.code });
  await press(page, 'Test and continue');
  await page.waitForURL('**/rules?account=*');
  await fill(page, { Name: 'Autotask after hours', 'Ask Autotask every so many seconds': '30' });
  await page.getByLabel('Escalation policy').selectOption({ label: 'After hours' });
  await press(page, 'Make the source');
  await page.getByRole('textbox', { name: 'Webhook URL' }).waitFor();
};

/// Everything up to the ticket. Level 1 has one minute.
export const beginPicture = async (browser, { mail, ntfy }) => {
  const [watchbell, autotask] = [await startWatchbell({ WATCHBELL_PUBLIC_URL: PUBLIC_URL }), await startAutotask(await freePort())];
  const page = await tab(browser, 'light');
  await setUp(page, { watchbell, mail, ntfy }, () => {});
  await makePolicy(page, { watchbell }, 1);
  await connect(page, watchbell, autotask);
  await autotask.rest('POST', 'Tickets', TICKET);
  return { watchbell, storage: await page.context().storageState() };
};

/// The alert on its second level.
export const takePicture = async (browser, { watchbell, storage }) => {
  for (const size of ['light', 'dark']) {
    const page = await tab(browser, size, storage);
    await page.setViewportSize({ width: SIZES.light.viewport.width, height: 1160 });
    await page.goto(`${watchbell.url}/alerts/1`);
    await page.locator('.chain li.here', { hasText: 'Bob Ray' }).waitFor({ timeout: 120_000 });
    await page.locator('#timeline').getByText('E-mail to Bob Ray sent').waitFor();
    if (await page.locator('.banner').count()) fault('readme: a banner is in the picture');
    await page.screenshot({ path: path.join(process.env.WATCHBELL_SCREENSHOTS_DIR, `readme-${size}.png`) });
    await page.context().close();
  }
};
