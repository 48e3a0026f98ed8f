// A release on its page: live to the end, and what people do when it stops.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { eventually, walks, window } from './world.mjs';

const prepared = path.join(process.env.HOME, 'prepared');

async function stops(sample, browser) {
  const page = await window(browser);
  page.on('dialog', dialog => dialog.accept());
  const content = page.locator('#content');
  const state = name => page.locator(`h1 .state.${name}`).waitFor({ timeout: 30000 });
  const step = environment => content.locator('tbody tr', { has: page.locator('th', { hasText: environment }) });

  // The workflow before the first step fails.
  await page.goto(`${sample.url}/flows/checked?product=billing`);
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.getByText(/release billing-1 has started/).waitFor();
  await state('failed');
  await content.getByText('prepare').first().click();
  await content.getByText('not prepared').first().waitFor();
  assert.equal(sample.version('invoices', 'staging'), '1.0.0');

  // After the cause is gone, it is retried, goes on and waits for an approval; no reload is needed.
  fs.writeFileSync(prepared, '');
  await page.getByRole('button', { name: 'Retry' }).click();
  await state('suspended');
  assert.equal(sample.version('invoices', 'staging'), '1.1.0');
  assert.match(await step('staging').innerText(), /done[^]*commit [0-9a-f]{7}/);
  assert.match(await step('production').innerText(), /waiting/);
  assert.match(await content.innerText(), /It waits[^]*production[^]*sign-off/);
  assert.equal(sample.version('invoices', 'production'), '1.0.0');

  // What it would change is shown before it is approved.
  await step('production').getByRole('link', { name: 'Changes' }).click();
  const drawer = page.locator('dialog[open]');
  await drawer.getByRole('heading', { name: 'billing-1 in production' }).waitFor();
  assert.match(await drawer.innerText(), /1\.0\.0\s*→\s*1\.1\.0/);
  await drawer.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Approve' }).click();
  await state('succeeded');
  await sample.has('invoices', 'production', '1.1.0');
  assert.match(await content.innerText(), /Ada approved production/);
  assert.match(await content.innerText(), /What happened[^]*has succeeded[^]*is queued/);

  // Another one is ended by hand, which is asked about first.
  await page.goto(`${sample.url}/flows/checked?product=billing`);
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.getByText(/release billing-2 has started/).waitFor();
}

async function ends(sample, browser) {
  const page = await window(browser);
  const asked = [];
  let answer = 'dismiss';
  page.on('dialog', dialog => { asked.push(dialog.message()); dialog[answer](); });
  fs.writeFileSync(prepared, '');
  await page.goto(`${sample.url}/flows/checked?product=billing`);
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.locator('h1 .state.suspended').waitFor({ timeout: 30000 });
  await page.getByRole('button', { name: 'Terminate' }).click();
  await eventually('it is asked', () => asked.length === 1);
  assert.equal(asked[0], 'Terminate billing-1?');
  await page.waitForTimeout(300);
  assert.equal(await page.locator('h1 .state.suspended').count(), 1, 'nothing was terminated');
  answer = 'accept';
  await page.getByRole('button', { name: 'Terminate' }).click();
  await page.locator('h1 .state.terminated').waitFor({ timeout: 30000 });
  assert.equal(sample.version('invoices', 'production'), '1.0.0');
  await page.getByRole('link', { name: 'Releases', exact: true }).click();
  await page.getByLabel('State').selectOption('terminated');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('link', { name: 'billing-1' }).waitFor();
}

await walks({ stops, ends });
