// The public client `@apigrate/autotask-restapi` 2.0.1, unmodified, against the Autotask stand-in: finds the zone, creates,
// reads, queries and changes tickets, writes notes, and meets refusals.
//
// Usage: node autotask_restapi.js BASE_URL API_CODE API_USER API_SECRET
// BASE_URL is http://HOST:PORT/ATServicesRest/ . Exit status 0: everything worked.

const assert = require("node:assert/strict");
const { AutotaskApiError, AutotaskRestApi, FilterOperators } = require("@apigrate/autotask-restapi");

const QUEUE = 29683487;
const COMPLETE = 5;
const IN_PROGRESS = 8;

const where = (field, op, value) => ({ filter: [{ field, op: FilterOperators[op], value }] });

async function refused(status, says, call) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof AutotaskApiError, error);
    assert.equal(error.status, status);
    assert.match(JSON.stringify(error.details), says);
    return true;
  });
}

async function zone(api, base, user) {
  const { url } = await api.ZoneInformation.get(user);
  assert.equal(url, base);
  assert.equal(api.zoneInfo.url, base);
  const { externalRequestThreshold } = await api.ThresholdInformation.get("");
  assert.ok(externalRequestThreshold > 0);
}

async function picklist(api, name) {
  const { fields } = await api.Tickets.fieldInfo();
  const field = fields.find((field) => field.name === name);
  assert.ok(field.isPickList, name);
  return new Map(field.picklistValues.map(({ value, label }) => [Number(value), label]));
}

async function tickets(api) {
  const statuses = await picklist(api, "status");
  assert.equal(statuses.get(COMPLETE), "Complete");

  const wanted = { title: 'Ümlaut "quoted" <b>', description: "first\nsecond", status: 1, priority: 1, companyID: 0, queueID: QUEUE };
  const { itemId: id } = await api.Tickets.create(wanted);
  const { item: made } = await api.Tickets.get(id);
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, made[name]])), wanted);
  assert.match(made.ticketNumber, /^T\d{8}\.\d{4}$/);

  const found = await api.Tickets.query(where("ticketNumber", "eq", made.ticketNumber));
  assert.deepEqual(found.items.map((item) => item.id), [id]);
  assert.equal((await api.Tickets.count(where("id", "gte", id))).queryCount, 1);
  assert.equal((await api.Tickets.get(id + 1000))?.item ?? null, null);
  return id;
}

async function changes(api, id) {
  const [technician] = (await api.Resources.query(where("email", "eq", "ben@msp.example"))).items;
  const changed = await api.Tickets.update({ id, status: IN_PROGRESS }, { ImpersonationResourceId: technician.id });
  assert.equal(changed.itemId, id);
  const { item } = await api.Tickets.get(id);
  assert.deepEqual([item.status, item.lastActivityResourceID], [IN_PROGRESS, technician.id]);

  const note = { title: "Alert accepted", description: "On my way", noteType: 1, publish: 2 };
  const { itemId: noteId } = await api.TicketNotes.create(id, note);
  const { items: notes } = await api.TicketNotes.query(where("ticketID", "eq", id));
  assert.ok(notes.some((item) => item.id === noteId && item.description === note.description), "the note");

  await api.Tickets.update({ id, status: COMPLETE });
  assert.ok((await api.Tickets.get(id)).item.completedDate, "a completed ticket has its date");
}

async function refusals(api, id, base, [code, user]) {
  await refused(500, /status/i, () => api.Tickets.update({ id, status: 1111111111 }));
  await refused(500, /title/i, () => api.Tickets.create({ companyID: 0, status: 1, priority: 1 }));
  const stranger = new AutotaskRestApi(user, "wrong", code, { base_url: base });
  await refused(401, /^""$/, () => stranger.Tickets.get(id));
}

async function main([base, code, user, secret]) {
  const api = new AutotaskRestApi(user, secret, code, { base_url: base });
  await zone(api, base, user);
  const id = await tickets(api);
  await changes(api, id);
  await refusals(api, id, base, [code, user]);
}

if (process.argv.length !== 6) {
  console.error("usage: autotask_restapi.js BASE_URL API_CODE API_USER API_SECRET");
  process.exit(2);
}
main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
