// Rotas as somebody new builds them: from a starting point, with the preview that follows each change, and an override by dragging.
import assert from 'node:assert/strict';
import { fill, press } from './story.mjs';

const begin = async (page, url, preset, name) => {
  await page.goto(`${url}/schedules/new`);
  await page.getByRole('link', { name: new RegExp(`^${preset}`) }).click();
  await fill(page, { Name: name });
};

const turn = (page, layer, nth, person) => page.getByLabel(`Layer ${layer}, turn ${nth}`, { exact: true }).selectOption({ label: person });

const make = async page => {
  await press(page, 'Make the schedule');
  await page.getByText('Made. It pages nobody until').first().waitFor();
  return new URL(page.url()).pathname;
};

/// The preview follows the form while one types, without saving.
const seesPreview = async (page, words) => {
  await page.locator('#preview').getByText(words).first().waitFor();
};

/// Draws a span on the row of overrides, and saves what the dialog then holds.
const dragOverride = async (page, person) => {
  const row = page.locator('#chart .drop');
  await row.scrollIntoViewIfNeeded();
  const box = await row.boundingBox();
  const [from, until, y] = [box.x + box.width * 0.4, box.x + box.width * 0.5, box.y + box.height / 2];
  await page.mouse.move(from, y);
  await page.mouse.down();
  await page.mouse.move((from + until) / 2, y);
  await page.mouse.move(until, y);
  await page.mouse.up();
  const dialog = page.getByRole('dialog', { name: 'Add an override' });
  const [start, end] = [await dialog.getByLabel('From').inputValue(), await dialog.getByLabel('Until').inputValue()];
  assert.ok(start < end && start.endsWith(':00') && end.endsWith(':00'), `${start} to ${end} snaps to the hour`);
  await dialog.getByLabel('Who covers').selectOption({ label: person });
  await dialog.getByRole('button', { name: 'Add the override' }).click();
  await page.getByText('The override is added.').first().waitFor();
  await page.locator('#overrides').getByText(person).first().waitFor();
};

/// Three rotas; the path of the last one, which has an override.
export const makeRotas = async (page, { watchbell: { url } }) => {
  await begin(page, url, 'Follow the sun', 'Follow the sun');
  await turn(page, 1, 1, 'Bob Ray');
  await turn(page, 3, 1, 'Carla Cruz');
  await seesPreview(page, 'Every hour of these four weeks is covered.');
  await make(page);

  await begin(page, url, 'Weekdays and weekends', 'Network');
  await turn(page, 2, 1, 'Bob Ray');
  await page.getByRole('button', { name: 'Remove Layer 1, window 1' }).click();
  await page.getByLabel('Layer 1, window 1: from', { exact: true }).waitFor({ state: 'attached' });
  await seesPreview(page, 'is covered.');
  await make(page);

  await begin(page, url, 'Weekly rotation', 'Servers');
  await turn(page, 1, 2, 'Bob Ray');
  await page.getByRole('button', { name: 'One more', exact: true }).click();
  await turn(page, 1, 3, 'Carla Cruz');
  const path = await make(page);
  await dragOverride(page, 'Carla Cruz');
  return path;
};
