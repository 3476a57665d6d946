// The pages in a real browser: the main job by pages alone, then every page in light, dark and phone width.
// No violation of axe, no error of a script, nothing refused by the content security policy. Exit status 1 otherwise.
//   node main.mjs      WATCHBELL_TEST_PROGRAM names the program; WATCHBELL_SCREENSHOTS=1 writes pictures.
import { SIZES, allFaults, launch, look, lookedAt, tab } from './browser.mjs';
import { freePort, startAutotask, startMail, startNtfy, startWatchbell, stopAll } from './servers.mjs';
import { tryTheDemo } from './demo.mjs';
import { backUpAndRestore } from './held.mjs';
import { pushToBrowser } from './push.mjs';
import { beginPicture, takePicture } from './readme.mjs';
import { useRota } from './oncall.mjs';
import { makeRotas } from './rota.mjs';
import { ADA, connectAutotask, connectGateway, followLink, lookBack, makeApiSource, makePolicy, setUp, work } from './story.mjs';

/// Every page, with the name of its picture.
const walk = (url, seen) => ({
  alerts: '/alerts',
  'alerts-resolved': '/alerts?state=RESOLVED',
  'alerts-nothing': '/alerts?q=nothing+is+called+so',
  alert: new URL(seen.alert).pathname,
  sources: '/sources',
  'source-new': '/sources/new',
  'source-new-api': '/sources/new/api',
  'source-new-autotask': '/sources/new/autotask',
  'source-new-autotask-rules': new URL(seen.autotask.rules).pathname + new URL(seen.autotask.rules).search,
  'source-autotask': new URL(seen.autotask.address).pathname,
  'source-api': new URL(seen.api.address).pathname,
  'source-settings-autotask': `${new URL(seen.autotask.address).pathname}/settings`,
  'source-settings-api': `${new URL(seen.api.address).pathname}/settings`,
  accounts: '/accounts',
  account: seen.account,
  providers: '/providers',
  'provider-new': '/providers/new',
  'provider-new-twilio': '/providers/new?type=twilio',
  provider: seen.provider,
  texts: '/settings/texts/en',
  'texts-german': '/settings/texts/de',
  'account-new': '/accounts/new',
  'on-call': '/on-call',
  schedules: '/schedules',
  'schedule-new': '/schedules/new',
  'schedule-new-weekly': '/schedules/new?preset=weekly',
  schedule: seen.schedule,
  'schedule-four-weeks': `${seen.schedule}?span=4w&zone=Europe/Berlin`,
  'schedule-edit': `${seen.schedule}/edit`,
  'schedule-override': `${seen.schedule}/overrides/new`,
  'schedule-temporary': `${seen.schedule}/temporary/new`,
  'schedule-notes': `${seen.schedule}/handoff-note`,
  holidays: '/holiday-calendars',
  'holiday-calendar': seen.duty.holidays,
  'holiday-calendar-new': '/holiday-calendars/new',
  absence: seen.duty.absence,
  'alert-actions': '/alert-actions',
  'account-people': `${seen.account}/people`,
  'support-hours': '/support-hours',
  'support-hours-new': '/support-hours/new',
  maintenance: '/maintenance',
  'maintenance-new': '/maintenance/new',
  teams: '/teams',
  'team-new': '/teams/new',
  health: '/health',
  policies: '/policies',
  policy: '/policies/1',
  'policy-new': '/policies/new',
  users: '/users',
  user: '/users/2',
  'user-new': '/users/new',
  profile: '/profile',
  'api-keys': '/api-keys',
  settings: '/settings',
  jobs: '/jobs',
  paging: '/paging',
  audit: '/audit',
  more: '/more',
  'not-found': '/nowhere',
});

const story = async (browser, world) => {
  const page = await tab(browser, 'light');
  await setUp(page, world);
  await makePolicy(page, world);
  const schedule = await makeRotas(page, world);
  const duty = await useRota(page, world, schedule);
  const api = await makeApiSource(page, world);
  const autotask = await connectAutotask(page, world);
  const provider = await connectGateway(page, world);
  const alert = await work(page, world);
  await lookBack(page, autotask);
  await followLink(browser, world);
  await page.goto(`${world.watchbell.url}/accounts`);
  const account = await page.locator('a[href^="/accounts/"]:not([href$="/new"])').first().getAttribute('href');
  return { schedule, duty, api, autotask, provider, alert, account, storage: await page.context().storageState() };
};

const everyPage = async (browser, { watchbell }, seen) => {
  for (const size of Object.keys(SIZES)) {
    const stranger = await tab(browser, size);
    await stranger.goto(`${watchbell.url}/login`);
    await look(stranger, 'login', size);
    await stranger.context().close();
    const page = await tab(browser, size, seen.storage);
    for (const [name, path] of Object.entries(walk(watchbell.url, seen))) {
      await page.goto(watchbell.url + path, { waitUntil: 'load' }); // a page with a live stream never becomes idle
      await look(page, name, size);
    }
    await page.context().close();
  }
};

const main = async () => {
  const port = await freePort();
  const world = { watchbell: await startWatchbell(), mail: await startMail(), ntfy: await startNtfy(), autotask: await startAutotask(port), port };
  const browser = await launch();
  try {
    const seen = await story(browser, world);
    // Begun early: its alert escalates while the pages are looked at.
    const picture = process.env.WATCHBELL_SCREENSHOTS === '1' ? await beginPicture(browser, world) : null;
    await pushToBrowser(browser, world, seen);
    await tryTheDemo(browser);
    await everyPage(browser, world, seen);
    await backUpAndRestore(browser, world, ADA);
    if (picture) await takePicture(browser, picture);
  } catch (error) {
    console.log(world.watchbell.server.log.split('\n').slice(-20).join('\n'));
    throw error;
  } finally {
    await browser.close();
  }
  const faults = allFaults();
  console.log(`${lookedAt()} looks at pages, ${faults.length} faults`);
  return faults.length;
};

let failed = 1;
try {
  failed = await main();
} catch (error) {
  console.log(error.stack ?? String(error));
} finally {
  await stopAll();
}
process.exit(failed ? 1 : 0);
