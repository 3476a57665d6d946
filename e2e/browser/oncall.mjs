// What happens to a rota: holidays, a note for the next person, somebody who is away, and cover asked for with one click.
import { fill, press } from './story.mjs';

const makeHolidays = async (page, url) => {
  await page.goto(`${url}/schedules`);
  await page.getByRole('link', { name: 'Public holidays' }).click();
  await page.getByRole('link', { name: 'New calendar' }).click();
  await fill(page, { Name: 'Germany, Bavaria', Days: '2027-12-25 Christmas Day\n2027-12-26 Boxing Day' });
  await press(page, 'Save');
  await page.getByText('Made. Layers of schedules').first().waitFor();
  return new URL(page.url()).pathname;
};

const leaveNote = async (page, url, schedule) => {
  await page.goto(url + schedule);
  await fill(page, { 'For the next person': 'The VPN of Contoso flaps: restart the tunnel, then call Mia.' });
  await press(page, 'Leave the note');
  await page.getByText('The note is left for the next person.').first().waitFor();
};

/// A time as a field for dates takes it, so many hours from now, give or take the zone of whoever set up.
const hours = count => new Date(Date.now() + count * 3600_000).toISOString().slice(0, 16);

const beAway = async (page, url) => {
  await page.goto(`${url}/profile`);
  await fill(page, { 'Away from': hours(-1), 'Back at': hours(6), Why: 'Dentist' });
  await press(page, 'Enter the absence');
  await page.getByText('The absence is entered.').first().waitFor();
  return page.locator('#away a[href*="/absences/"]').first().getAttribute('href');
};

/// Ada has the first turn of the rota: she is on call while away.
const askForCover = async (page, url, schedule) => {
  await page.goto(url + schedule);
  await page.getByText('but away: Dentist.').first().waitFor();
  await press(page, 'Ask everyone to cover');
  await page.getByText('Everyone is asked.').first().waitFor();
  await page.goto(`${url}/on-call`);
  await page.getByText('Asked everyone, nobody has said yes').first().waitFor();
};

/// The paths of what was made.
export const useRota = async (page, { watchbell: { url } }, schedule) => {
  const holidays = await makeHolidays(page, url);
  await leaveNote(page, url, schedule);
  const absence = await beAway(page, url);
  await askForCover(page, url, schedule);
  return { holidays, absence };
};
