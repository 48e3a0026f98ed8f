// The journeys of people who promote: by mouse, by keyboard, and without scripts.
import assert from 'node:assert/strict';
import { file, focused, values, walks, window } from './world.mjs';

const isStarted = name => new RegExp(`release ${name} has started`);

/** Follows a release from the page that shows it, until it has succeeded. */
async function succeeds(page) {
  await page.locator('h1 .state.succeeded').waitFor({ timeout: 30000 });
}

async function byMouse(sample, browser) {
  const page = await window(browser);

  // 1. Drag and drop.
  await page.goto(sample.url);
  const row = page.locator('tr[data-what=shop]');
  await row.locator('.card[data-from=dev]').dragTo(row.locator('td[data-environment=staging]'));
  const drawer = page.locator('dialog[open]');
  await drawer.getByRole('heading', { name: 'Promote shop to staging' }).waitFor();
  assert.match(await drawer.innerText(), /2 files would change/);
  assert.match(await drawer.innerText(), /2\.0\.0\s*→\s*2\.1\.0/);
  await drawer.getByLabel('Title of the commit').fill('New checkout for testers');
  await drawer.getByRole('button', { name: 'Promote', exact: true }).click();
  await drawer.getByText(isStarted('shop-1')).waitFor();
  assert.match(await page.locator('#news').innerText(), isStarted('shop-1'));
  await sample.has('web', 'staging', '5.0.0');
  assert.equal(sample.version('api', 'staging'), '2.1.0');
  assert.match(sample.text('api', 'staging'), /replicas: 2[^]*api\.staging\.example/, 'the rest stays');
  assert.match(sample.message(), /^New checkout for testers/);
  await drawer.getByRole('link', { name: 'shop-1' }).click();
  await succeeds(page);
  await page.getByRole('link', { name: 'shop', exact: true }).click();
  await page.getByRole('heading', { name: 'Releases' }).waitFor();
  await page.getByRole('link', { name: 'shop-1' }).waitFor();

  // 2. To an environment, from the product's menu on the products page.
  await page.getByRole('link', { name: 'Products' }).click();
  await page.locator('summary', { hasText: 'Promote…' }).last().click();
  await page.getByRole('link', { name: 'dev to staging' }).last().click();
  await drawer.getByRole('heading', { name: 'Promote billing to staging' }).waitFor();
  await drawer.getByLabel('After the promotion').selectOption('smoke');
  await drawer.getByRole('button', { name: 'Promote', exact: true }).click();
  await drawer.getByText(isStarted('billing-1')).waitFor();
  await drawer.getByRole('link', { name: 'billing-1' }).click();
  await succeeds(page);
  assert.match(await page.locator('#content').innerText(), /smoke succeeded/);
  assert.equal(sample.version('invoices', 'staging'), '1.1.0');

  // 3. A product by a flow, from its menu on the environments page.
  await page.getByRole('link', { name: 'Environments' }).click();
  await page.locator('tr[data-what=shop] .card[data-from=dev] summary').click();
  await page.getByRole('link', { name: 'by the flow to-production' }).click();
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.getByText(isStarted('shop-2')).waitFor();
  await succeeds(page);
  assert.equal(sample.version('web', 'production'), '5.0.0');
  assert.match(await page.locator('#content').innerText(), /check-images succeeded/);

  // 4. A flow, from its page: first the product, then the application.
  sample.push('api 2.2.0', { [file('api', 'dev')]: values('api', 'dev', '2.2.0') });
  await page.getByRole('link', { name: 'Flows' }).click();
  await page.getByRole('link', { name: 'to-production' }).click();
  await page.getByLabel('1. Product').selectOption('shop');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('checkbox', { name: 'web' }).uncheck();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('heading', { name: 'What each environment would get' }).waitFor();
  assert.equal(await page.getByRole('checkbox', { name: 'web' }).isChecked(), false);
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.getByText(isStarted('shop-3')).waitFor();
  assert.match(await page.locator('.heading').innerText(), /only api/);
  await succeeds(page);
  assert.equal(sample.version('api', 'production'), '2.2.0');
}

/** Presses Tab until an element has the focus, which must be seen. */
async function tabTo(page, words, most = 60) {
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)).includes(words)) {
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, 'none', `the focus on ${words} is not seen`);
      return;
    }
  }
  throw new Error(`Tab never reached ${words}; the focus is on ${await focused(page)}`);
}

async function byKeyboard(sample, browser) {
  const page = await window(browser);
  await page.goto(sample.url);

  // The first Tab skips the menu.
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'a Skip to the content');
  await page.keyboard.press('Enter');

  // 1 and 2. What is dragged with a mouse is in the menu of the card.
  await tabTo(page, 'Promote shop from dev');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), 'summary Promote shop from dev', 'Escape closes the menu');
  assert.equal(await page.locator('details.menu[open]').count(), 0);
  await page.keyboard.press('Space');
  await tabTo(page, 'to staging', 2);
  await page.keyboard.press('Enter');
  const drawer = page.locator('dialog[open]');
  await drawer.getByRole('heading', { name: 'Promote shop to staging' }).waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.closest('dialog') !== null), 'focus in the drawer');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  assert.equal(await focused(page), 'summary Promote shop from dev', 'focus is back where the drawer was opened');

  await page.keyboard.press('Enter');
  await tabTo(page, 'to staging', 2);
  await page.keyboard.press('Enter');
  await drawer.getByRole('heading', { name: 'Promote shop to staging' }).waitFor();
  // Arrows choose; the focus stays on what was chosen while the preview is made anew.
  await drawer.getByLabel('What moves').focus();
  await page.keyboard.press('ArrowDown');
  await drawer.locator('form:not([aria-busy])').waitFor();
  await page.waitForFunction(() => document.activeElement.name === 'mode' && document.activeElement.value === 'versions');
  // Space unticks a difference.
  await tabTo(page, 'Close');
  while (!(await page.evaluate(() => document.activeElement.name === 'tick'))) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await drawer.getByText('1 file would change').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.name), 'tick', 'focus stays on the box');
  while ((await focused(page)) !== 'button Promote') await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await drawer.getByText(isStarted('shop-1')).waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.closest('dialog') !== null), 'focus in the drawer');
  await sample.has('web', 'staging', '5.0.0');
  assert.equal(sample.version('api', 'staging'), '2.0.0', 'what was unticked stays');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  assert.notEqual(await page.evaluate(() => document.activeElement.localName), 'body', 'focus is not lost');

  // 3. By a flow.
  await page.goto(`${sample.url}/products`);
  await tabTo(page, 'Promote billing');
  await page.keyboard.press('Enter');
  await tabTo(page, 'by the flow to-production', 8);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Trigger' }).waitFor();
  await tabTo(page, 'Trigger');
  await page.keyboard.press('Enter');
  await page.getByText(isStarted('billing-1')).waitFor();
  await succeeds(page);
  assert.equal(sample.version('invoices', 'production'), '1.1.0');

  // 4. From the flow's page.
  await page.goto(`${sample.url}/flows/to-production`);
  await tabTo(page, 'shop');
  await page.keyboard.type('shop');
  await tabTo(page, 'Next', 2);
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'api' }).waitFor();
  await tabTo(page, 'Trigger');
  await page.keyboard.press('Enter');
  await page.getByText(isStarted('shop-2')).waitFor();
  await succeeds(page);
  assert.equal(sample.version('api', 'production'), '2.1.0');
}

async function withoutScripts(sample, browser) {
  const page = await window(browser, { javaScriptEnabled: false });
  const reloadsUntil = async state => {
    for (let tries = 0; tries < 60; tries++) {
      if (await page.locator(`h1 .state.${state}`).count()) return;
      await page.waitForTimeout(500);
      await page.reload();
    }
    throw new Error(`the release is never ${state}`);
  };

  // 1 and 2. The menu of a card leads to a page instead of a drawer.
  await page.goto(sample.url);
  await page.locator('tr[data-what=shop] .card[data-from=dev] summary').click();
  await page.locator('tr[data-what=shop] .card[data-from=dev]').getByRole('link', { name: 'to staging' }).click();
  await page.getByRole('heading', { name: 'Promote shop to staging' }).waitFor();
  await page.getByLabel('Title of the commit').fill('Without a script');
  await page.locator('.application').filter({ hasText: 'api' }).getByRole('checkbox').first().uncheck();
  await page.getByRole('button', { name: 'Update the preview' }).click();
  await page.getByText('1 file would change').waitFor();
  assert.equal(await page.getByLabel('Title of the commit').inputValue(), 'Without a script');
  await page.getByRole('button', { name: 'Promote', exact: true }).click();
  await page.getByText(isStarted('shop-1')).waitFor();
  await page.getByRole('link', { name: 'shop-1' }).click();
  await reloadsUntil('succeeded');
  assert.equal(sample.version('web', 'staging'), '5.0.0');
  assert.equal(sample.version('api', 'staging'), '2.0.0');
  assert.match(sample.message(), /^Without a script/);

  // 3. By a flow.
  await page.goto(`${sample.url}/products`);
  await page.locator('summary', { hasText: 'Promote…' }).last().click();
  await page.getByRole('link', { name: 'by the flow to-production' }).last().click();
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.getByText(isStarted('billing-1')).waitFor();
  await reloadsUntil('succeeded');
  assert.equal(sample.version('invoices', 'production'), '1.1.0');

  // 4. From the flow's page.
  await page.goto(`${sample.url}/flows/to-production`);
  await page.getByLabel('1. Product').selectOption('shop');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('checkbox', { name: 'web' }).uncheck();
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.getByText(isStarted('shop-2')).waitFor();
  await reloadsUntil('succeeded');
  assert.equal(sample.version('api', 'production'), '2.1.0');
  assert.equal(sample.version('web', 'production'), '4.9.0');
}

await walks({ mouse: byMouse, keyboard: byKeyboard, plain: withoutScripts });
