// The servers of a run: Watchbell on a fresh directory, and the stand-ins of Autotask, a mail server and ntfy. All on 127.0.0.1.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const ACCOUNT = { user: 'watchbell-api@msp.example', secret: 'secret-of-the-browser', code: 'BROWSERTRACKINGIDENTIFIER1' };

const program = process.env.WATCHBELL_TEST_PROGRAM;
const running = new Set();

// Below the ports that the system gives to outgoing connections: one of those may take a port between its choice and its use.
let lastPort = 20_000 + Math.floor(Math.random() * 10_000);

const isFree = port => new Promise(resolve => {
  const server = net.createServer().once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

const freePort = async () => {
  do lastPort += 1; while (!await isFree(lastPort));
  return lastPort;
};

/// Starts the program with words, and keeps what it prints.
export const start = (words, env = {}) => {
  const child = spawn(program, words, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const server = { child, log: '' };
  const note = bytes => { server.log += bytes; };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  running.add(server);
  child.once('exit', () => running.delete(server));
  return server;
};

/// Returns what `look` finds, or fails with `what` and the server's last words after 30 seconds.
export const until = async (what, look, server) => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}\n${server?.log ?? ''}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
};

const answers = url => fetch(url).then(response => response.status < 500, () => false);

/// Ends a server and waits until it has ended.
export const stop = server => new Promise(resolve => {
  if (server.child.exitCode !== null) { resolve(); return; }
  server.child.once('exit', resolve);
  server.child.kill('SIGTERM');
});

export const stopAll = () => Promise.all([...running].map(stop));

/// The tenant. A callout URL is given at its start, as the command line has it.
export const startAutotask = async (port, callouts = []) => {
  const words = ['sim', 'autotask', '--listen', `127.0.0.1:${port}`, '--api-user', ACCOUNT.user, '--api-secret', ACCOUNT.secret, '--api-code', ACCOUNT.code];
  const server = start([...words, ...callouts.flatMap(url => ['--callout', url])]);
  const url = `http://127.0.0.1:${port}`;
  await until('the tenant', () => answers(url), server);
  const headers = { 'content-type': 'application/json', username: ACCOUNT.user, secret: ACCOUNT.secret, apiintegrationcode: ACCOUNT.code };
  const rest = async (method, where, body) => {
    const response = await fetch(`${url}/ATServicesRest/V1.0/${where}`, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return { server, url, rest };
};

export const startMail = async () => {
  const [smtp, http] = [await freePort(), await freePort()];
  start(['sim', 'smtp', '--listen', `127.0.0.1:${smtp}`, '--http', `127.0.0.1:${http}`]);
  const messages = () => fetch(`http://127.0.0.1:${http}/messages`).then(response => response.json(), () => null);
  await until('the mail server', messages);
  return { port: smtp, messages };
};

export const startNtfy = async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  start(['sim', 'ntfy', '--listen', url.slice('http://'.length)]);
  await until('the ntfy server', () => answers(url));
  return { url };
};

/// Runs the program to its end beside a server, on the same data.
export const run = async (watchbell, words) => {
  const server = start(words, watchbell.env);
  const status = await new Promise(resolve => server.child.once('close', resolve));
  if (status !== 0) throw new Error(`${words.join(' ')}: ${server.log}`);
};

/// Watchbell, and the address of its first start as the log prints it; reached here whatever its public address is.
export const startWatchbell = async (env = {}) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'watchbell-browser-'));
  process.once('exit', () => fs.rmSync(directory, { recursive: true, force: true }));
  const url = `http://127.0.0.1:${await freePort()}`;
  const own = { WATCHBELL_DATA_DIR: directory, WATCHBELL_LISTEN: url.slice('http://'.length), ...env };
  const server = start(['serve'], own);
  await until('Watchbell', () => answers(`${url}/readyz`), server);
  const setup = await until('the set-up token in the log', () => server.log.match(/https?:\/\/\S+(\/setup\?token=[\w-]+)/)?.[1]);
  return { url, server, directory, env: own, setup: url + setup };
};

export { freePort };
