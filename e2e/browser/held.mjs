// After a restore nothing pages until an administrator says so, and every page says it.
import path from 'node:path';
import { SIZES, look, tab } from './browser.mjs';
import { run } from './servers.mjs';
import { fill, press } from './story.mjs';

export const backUpAndRestore = async (browser, { watchbell }, { email, password }) => {
  const file = path.join(watchbell.directory, 'monday.backup');
  await run(watchbell, ['backup', file]);
  await run(watchbell, ['restore', file, '--force']);
  const page = await tab(browser, 'light');
  await page.goto(`${watchbell.url}/login`);
  await fill(page, { 'E-mail': email, Password: password });
  await press(page, 'Log in');
  const storage = await page.waitForURL('**/alerts').then(() => page.context().storageState());
  for (const size of Object.keys(SIZES)) {
    const held = await tab(browser, size, storage);
    await held.goto(`${watchbell.url}/alerts`, { waitUntil: 'load' });
    await held.getByText('Paging is held back').waitFor();
    await look(held, 'paging-held', size);
    await held.getByRole('link', { name: 'Resume paging' }).click();
    await held.getByRole('heading', { name: 'Resume paging' }).waitFor();
    await look(held, 'paging-resume', size);
    await held.context().close();
  }
  await page.goto(`${watchbell.url}/paging`);
  await page.getByLabel('Yes: call people').check();
  await press(page, 'Resume paging');
  await page.locator('#main').getByText('Paging goes on').waitFor();
  await page.context().close();
};
