// A promotion of thousands of differences: a part of them on a page, and all of them chosen.
import assert from 'node:assert/strict';
import { barriers, walks, window } from './world.mjs';

const APPLICATIONS = process.env.GIT_PROMOTE_LARGE ? 2000 : 100;
const VERSIONS = 10;
const ALL = APPLICATIONS * VERSIONS;
const PAGES = Math.ceil((ALL + APPLICATIONS) / 500);
// Plans are made in seconds, not milliseconds.
const timeout = 120000;

const text = (version, replicas) => {
  const parts = Array.from({ length: VERSIONS }, (_, at) => `part${at}:\n  image: {tag: ${version}}\n`);
  return `${parts.join('')}replicas: ${replicas}\n`;
};

const files = {};
for (let at = 0; at < APPLICATIONS; at++) {
  for (const [environment, version, replicas] of [['dev', '2.0.0', 1], ['staging', '1.0.0', 2], ['production', '1.0.0', 3]]) {
    files[`apps/app-${at}/${environment}/values.yaml`] = text(version, replicas);
  }
}
const settings = () => 'environments: [{name: dev}, {name: staging}, {name: production}]\n';

async function chosen(page, sample, target) {
  const start = Date.now();
  await page.goto(`${sample.url}/promote?from=dev&to=${target}`, { timeout });
  console.log(`shown in ${Date.now() - start} ms`);
  const own = page.locator('form.promotion');
  const position = own.locator('.pager span');
  assert.match(await position.innerText(), new RegExp(`page 1 of ${PAGES}`));

  // The lines of the first files are there, those of others on demand.
  assert.equal(await own.locator('details.lines').count(), 20);

  // Next page; then one application by its name.
  await own.getByRole('button', { name: 'Next →' }).click();
  await page.getByText(`page 2 of ${PAGES}`).waitFor({ timeout });
  await own.getByLabel('Find').fill('apps/app-50/');
  await own.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText(`${VERSIONS + 1} differences, page 1 of 1`).waitFor({ timeout });
  await own.locator('li', { hasText: 'part3.image.tag' }).getByRole('checkbox').uncheck();
  await own.getByLabel('Find').fill('');
  await own.getByRole('button', { name: 'Show', exact: true }).click();
  await position.getByText(`page 1 of ${PAGES}`).waitFor({ timeout });
  await own.getByRole('button', { name: 'Promote', exact: true }).click();
  await page.locator('.good').waitFor({ timeout });
  const file = `apps/app-50/${target}/values.yaml`;
  const shown = sample.show(file);
  assert.match(shown, /part3:\n  image: \{tag: 1\.0\.0\}/, 'what was ticked out stays');
  assert.equal(shown.match(/2\.0\.0/g).length, VERSIONS - 1);
  assert.equal(sample.show(`apps/app-0/${target}/values.yaml`).match(/2\.0\.0/g).length, VERSIONS);
}

async function large(sample, browser) {
  const page = await window(browser);
  page.setDefaultTimeout(timeout);
  await page.goto(`${sample.url}/promote?from=dev&to=staging`, { timeout });
  for (const width of [420, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const out = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(out <= 0, `${out} pixels wider than ${width}`);
  }
  assert.deepEqual(await barriers(page), []);
  const folded = page.locator('div.lines').first();
  await folded.getByRole('button', { name: /^Show the lines/ }).click();
  await folded.locator('.diff .added').first().waitFor();
  assert.equal(await folded.locator('.diff .added').count(), VERSIONS);
  assert.equal(await folded.getByRole('button').count(), 0);
  await chosen(page, sample, 'staging');
}

async function withoutScripts(sample, browser) {
  const page = await window(browser, { javaScriptEnabled: false });
  page.setDefaultTimeout(timeout);
  await page.goto(`${sample.url}/promote?from=dev&to=production`, { timeout });
  // The lines are in a tab of their own, so that the form is not lost.
  const tab = page.context().waitForEvent('page');
  await page.getByRole('button', { name: /^Show the lines/ }).first().click();
  const lines = await tab;
  await lines.locator('.diff .added').first().waitFor({ timeout });
  assert.match(await lines.locator('h1').innerText(), /^Lines of apps\//);
  await chosen(page, sample, 'production');
}

await walks({ large, plain: withoutScripts }, { settings, files, versions: {} });
