// How long a push takes from the webhook until each open page shows it.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { file, values, walks, window } from './world.mjs';

const SECRET = 'open-sesame-42';
const ROUNDS = 7;
// In milliseconds.
const MOST = 1000;

/** Sends the webhook of a push to the remote. */
async function notify(sample) {
  const body = JSON.stringify({ repository: { clone_url: sample.remote } });
  const signature = `sha256=${crypto.createHmac('sha256', SECRET).update(body).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-signature-256': signature };
  const answer = await fetch(new URL('/webhooks/generic', sample.url), { method: 'POST', headers, body });
  assert.equal(answer.status, 202);
}

async function live(sample, browser) {
  const pages = [await window(browser), await window(browser), await window(browser)];
  await pages[0].goto(sample.url);
  await pages[1].goto(`${sample.url}?by=service`);
  // A second tab of a browser gets its events from the first one.
  pages.push(await pages[0].context().newPage());
  await pages[2].goto(`${sample.url}/products/shop`);
  await pages[3].goto(sample.url);
  // Longer than readings are apart.
  await pages[0].waitForTimeout(1000);

  const slowest = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const version = `6.${round}.0`;
    sample.push(`web ${version}`, { [file('web', 'dev')]: values('web', 'dev', version) });
    const start = Date.now();
    const shown = pages.map(async page => {
      await page.waitForFunction(text => document.getElementById('content').innerText.includes(text), version,
        { polling: 10 });
      return Date.now() - start;
    });
    await notify(sample);
    slowest.push(Math.max(...await Promise.all(shown)));
    await pages[0].waitForTimeout(400);
  }
  slowest.sort((a, b) => a - b);
  const median = slowest[Math.floor(ROUNDS / 2)];
  console.log(`a push is on the slowest of ${pages.length} pages after ${slowest.join(', ')} ms; median ${median} ms`);
  assert.ok(median < MOST, `${median} ms`);
}

await walks({ live }, { words: ['--interval', '86400'], variables: { GIT_PROMOTE_WEBHOOK_SECRET: SECRET } });
