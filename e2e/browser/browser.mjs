// Debian's Chromium, started so that it asks nobody outside for anything; and what is wrong with a page.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const launch = () => chromium.launch({
  executablePath: process.env.WATCHBELL_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

export const SIZES = {
  light: { viewport: { width: 1360, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1360, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true },
};

const faults = [];

export const fault = text => { faults.push(text); console.log(`!!! ${text}`); };
export const allFaults = () => faults;

/// A tab that reports what goes wrong in it: errors of scripts, and what the content security policy refused.
export const tab = async (browser, size, storage) => {
  const context = await browser.newContext({ ...SIZES[size], storageState: storage });
  const page = await context.newPage();
  page.on('pageerror', error => fault(`${size} ${page.url()}: script error: ${error.message}`));
  page.on('console', message => {
    // A page that is refused on purpose (a wrong form, an expired link) is told to the console as well.
    if (message.type() === 'error' && !/status of 4(04|22|29)/.test(message.text())) fault(`${size} ${page.url()}: ${message.text()}`);
  });
  return page;
};

let looked = 0;
export const lookedAt = () => looked;

/// What axe finds on the page as it is now, and its picture where pictures are wanted.
export const look = async (page, name, size) => {
  looked += 1;
  await page.waitForLoadState('load');
  // An animation that runs has colours of its own. One that has no end (a phone that rings) is not waited for.
  await page.evaluate(() => Promise.all(document.getAnimations().filter(animation => animation.effect.getComputedTiming().endTime !== Infinity)
    .map(animation => animation.finished.catch(() => {}))));
  await page.evaluate(axe);
  const found = await page.evaluate(tags => window.axe.run(document, { runOnly: tags }), rules);
  for (const violation of found.violations) {
    fault(`${name} ${size}: ${violation.id} (${violation.impact}), ${violation.nodes.length} times, first at ${violation.nodes[0].target.join(' ')}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) fault(`${name} ${size}: the page scrolls sideways by ${wide} px`);
  if (process.env.WATCHBELL_SCREENSHOTS === '1') {
    fs.mkdirSync(process.env.WATCHBELL_SCREENSHOTS_DIR, { recursive: true });
    await page.screenshot({ path: `${process.env.WATCHBELL_SCREENSHOTS_DIR}/${name}-${size}.png`, fullPage: true });
  }
};

/// The same page in every size, for a step that exists only once.
export const lookAtStep = async (page, name) => {
  for (const [size, { viewport, colorScheme }] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await look(page, name, size);
  }
  await page.setViewportSize(SIZES.light.viewport);
  await page.emulateMedia({ colorScheme: SIZES.light.colorScheme });
};
