// Every page, in light and dark, wide and narrow: no barriers, no errors, nothing that sticks out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Server, barriers, walks, window } from './world.mjs';

const PAGES = [
  '', '?by=service', '?search=nothing-has-this-name', '/products', '/products/shop', '/flows',
  '/flows/to-production', '/flows/to-production?product=shop&preview=on', '/releases', '/releases/billing-1',
  '/releases/billing-1/changes/staging', '/releases?state=failed&product=shop', '/policies',
  '/policies?product=shop&environment=production', '/configuration', '/insights',
  '/promote?from=dev&to=production&product=shop', '/promote?from=dev&to=staging&service=ledger',
  '/promote?from=staging&to=production&service=ledger',
];

// Where to keep pictures of all pages, if they are to be looked at.
const pictures = process.env.GIT_PROMOTE_TEST_PICTURES;

async function everywhere(sample, browser) {
  fs.writeFileSync(path.join(process.env.HOME, 'prepared'), '');
  const first = await window(browser);
  await first.goto(`${sample.url}/flows/checked?product=billing`);
  await first.getByRole('button', { name: 'Trigger' }).click();
  await first.locator('h1 .state.suspended').waitFor({ timeout: 30000 });

  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    const page = await window(browser, { colorScheme }, [404]);
    for (const address of PAGES) {
      const answer = await page.goto(sample.url + address);
      assert.equal(answer.status(), 200, address);
      for (const details of await page.locator('details:not(.menu)').all()) {
        await details.evaluate(element => element.setAttribute('open', ''));
      }
      const name = `${colorScheme} ${address || '/'}`;
      for (const barrier of await barriers(page)) found.push(`${name}: ${barrier}`);
      for (const width of [420, 800, 1400]) {
        await page.setViewportSize({ width, height: 900 });
        const out = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (out > 0) found.push(`${name}: ${out} pixels wider than ${width}`);
        if (pictures) {
          const file = `${name.replaceAll(/[^a-z0-9-]+/g, '_')}-${width}.png`;
          await page.screenshot({ path: path.join(pictures, file) });
        }
      }
    }
    // The drawer, and a page that does not exist.
    await page.goto(sample.url);
    const card = page.locator('tr[data-what=shop] .card[data-from=dev]');
    await card.locator('summary').click();
    await card.getByRole('link', { name: 'to production' }).click();
    await page.locator('dialog[open] form').waitFor();
    for (const barrier of await barriers(page)) found.push(`${colorScheme} drawer: ${barrier}`);
    for (const width of pictures ? [420, 800, 1400] : []) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: path.join(pictures, `${colorScheme}_drawer-${width}.png`) });
    }
    assert.equal((await page.goto(`${sample.url}/nothing`)).status(), 404);
    for (const barrier of await barriers(page)) found.push(`${colorScheme} missing page: ${barrier}`);
    await page.context().close();
  }
  assert.deepEqual(found, []);
}

/** The shop of `git promote demo --serve`. */
async function demo(_, browser) {
  const server = new Server(['demo', '--serve'], '.');
  const url = await server.start();
  const page = await window(browser);
  await page.goto(url);
  const cell = (what, environment) => page.locator(`tr[data-what=${what}] td[data-environment=${environment}]`);
  await cell('storefront', 'dev').getByText('3.5.0').waitFor();
  assert.match(await cell('storefront', 'production').innerText(), /search 1\.8\.4\s+web 3\.4\.0/);
  assert.match(await cell('storefront', 'dev').innerText(), /hours ago by CI/);

  // A guard holds a part of one product; the other one can be promoted, and follows its flow to the end.
  await cell('payments', 'dev').locator('.card').dragTo(cell('payments', 'staging'));
  const drawer = page.locator('dialog[open]');
  await drawer.getByText('Held by version-kind').waitFor();
  await page.keyboard.press('Escape');
  await cell('storefront', 'dev').locator('summary').click();
  await page.getByRole('link', { name: 'by the flow to-production' }).click();
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.locator('h1 .state.succeeded').waitFor({ timeout: 60000 });
  await page.goto(url);
  await cell('storefront', 'production').getByText('3.5.0').waitFor();
  for (const barrier of await barriers(page)) assert.fail(barrier);
}

await walks({ everywhere, demo });
