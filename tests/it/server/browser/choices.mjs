// What people choose in a promotion, and what Git has of it afterwards.
import assert from 'node:assert/strict';
import { eventually, file, git, values, walks, window } from './world.mjs';

const drawer = page => page.locator('dialog[open]');

/** Opens the drawer for a promotion from the menu of a card. */
async function choose(page, what, from, to) {
  const card = page.locator(`tr[data-what=${what}] .card[data-from=${from}]`);
  await card.locator('summary').click();
  await card.getByRole('link', { name: `to ${to}` }).click();
  await drawer(page).getByRole('heading', { name: `Promote ${what} to ${to}` }).waitFor();
}

const promote = page => drawer(page).getByRole('button', { name: 'Promote', exact: true });

async function settings(sample, browser) {
  const page = await window(browser);
  await page.goto(sample.url);

  // What a policy requires is shown with its name, and cannot be chosen.
  await choose(page, 'shop', 'dev', 'production');
  const settings = drawer(page).locator('.settings');
  const locked = settings.locator('.locked');
  assert.match(await locked.innerText(), /Before the promotion\s*(🔒 )?check-images\s*required by the policy .?production-is-checked/);
  assert.equal(await settings.locator('[name=pre-action]').count(), 0);
  assert.equal(await settings.locator('[name=post-action]').count(), 1);

  // Another target in the drawer: the policy does not apply there.
  await settings.locator('[name=to]').selectOption('staging');
  await drawer(page).getByRole('heading', { name: 'Promote shop to staging' }).waitFor();
  assert.equal(await settings.locator('.locked').count(), 0);
  assert.equal(await settings.locator('[name=pre-action]').count(), 1);

  // Kept differences have reasons; ticking one in and another out changes what is committed.
  await drawer(page).getByText('4 differences kept').click();
  const kept = drawer(page).locator('.kept li', { hasText: 'replicas' }).first();
  assert.notEqual((await kept.locator('.reason').innerText()).trim(), '', 'a kept difference has a reason');
  await kept.getByRole('checkbox').check();
  await drawer(page).getByText('3 differences kept').waitFor();
  await drawer(page).locator('.application', { hasText: 'apps/web/' }).getByRole('checkbox').first().uncheck();
  await drawer(page).getByText('1 file would change').waitFor();
  await drawer(page).getByLabel('Title of the commit').fill('One application, and its replicas');
  await drawer(page).getByLabel('More text').fill('Asked for by the testers.');
  await promote(page).click();
  await drawer(page).getByText(/release shop-1 has started/).waitFor();
  await sample.has('api', 'staging', '2.1.0');
  assert.match(sample.text('api', 'staging'), /replicas: 1\n/, 'what was ticked in is committed');
  assert.match(sample.text('api', 'staging'), /api\.staging\.example/, 'what was not stays');
  assert.equal(sample.version('web', 'staging'), '4.9.0', 'what was ticked out stays');
  assert.match(sample.message(), /^One application, and its replicas\n/);
  assert.match(sample.message(), /Asked for by the testers\./);
}

async function guards(sample, browser) {
  const page = await window(browser);
  await page.goto(`${sample.url}?by=service`);
  await choose(page, 'ledger', 'dev', 'staging');
  assert.match(await drawer(page).innerText(), /Held by version-kind/);
  assert.ok(await promote(page).isDisabled(), 'what is held cannot be promoted');
  await drawer(page).getByLabel('Promote all the same').check();
  await drawer(page).getByText('Lifted: ').waitFor();
  await promote(page).click();
  await drawer(page).locator('.good').waitFor();
  assert.equal(sample.version('ledger', 'staging'), '3.0.0-rc.1');
  assert.match(sample.message(), /^Promotion-Allowed: version-kind/m);
}

async function overtaken(sample, browser) {
  const page = await window(browser, {}, [409]);
  await page.goto(sample.url);
  await choose(page, 'shop', 'dev', 'staging');
  await drawer(page).getByText('5.0.0').first().waitFor();
  await drawer(page).getByLabel('Title of the commit').fill('Both applications');
  sample.push('web 5.0.1', { [file('web', 'dev')]: values('web', 'dev', '5.0.1') });
  const tip = sample.tip();
  await promote(page).click();
  await drawer(page).getByText('is not what was shown').waitFor();
  assert.equal(sample.tip(), tip, 'nothing was written');
  assert.equal(git(sample.remote, 'for-each-ref', 'refs/promote'), '', 'no release was started');
  await drawer(page).getByText('5.0.1').first().waitFor();
  assert.equal(await drawer(page).getByLabel('Title of the commit').inputValue(), 'Both applications');
  await promote(page).click();
  await drawer(page).getByText(/release shop-1 has started/).waitFor();
  await sample.has('web', 'staging', '5.0.1');
  assert.match(sample.message(), /^Both applications/);

  // Once more with the same form, as by a second tap: there is nothing left to do.
  await page.keyboard.press('Escape');
  await eventually('the board shows the new version',
    async () => /5\.0\.1/.test(await page.locator('tr[data-what=shop] td[data-environment=staging]').innerText()));
  await choose(page, 'shop', 'dev', 'staging');
  await drawer(page).getByText('There is nothing to promote.').waitFor();
  assert.ok(await promote(page).isDisabled());
}

await walks({ settings, guards, overtaken });
