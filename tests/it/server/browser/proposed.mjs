// A promotion by a pull request on a forge, and a gate that fails after it.
import assert from 'node:assert/strict';
import { walks, window } from './world.mjs';

const { GITHUB_API_URL: api, GIT_PROMOTE_TEST_PERSON: token, GIT_PROMOTE_TEST_ORIGIN: origin } = process.env;

const settings = () => `version: 1
environments: [{name: dev}, {name: staging}, {name: production}]
products:
  - {name: shop, applications: [api, web], flows: [{name: proposed}]}
flows:
  - name: proposed
    triggerEnvironment: dev
    steps:
      - {environment: staging, dependsOn: [dev], policy: {gates: {after: [green]}}}
policies:
  - {name: two-pairs-of-eyes, match: {environments: [staging]}, action: pull-request}
gates:
  - {name: green, statuses: [ci/test]}
`;

/** Asks the forge as a person with the token would. */
async function ask(method, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${api}/repos/acme/shop${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
}

async function proposed(sample, browser) {
  const page = await window(browser);
  const content = page.locator('#content');
  const state = name => page.locator(`h1 .state.${name}`).waitFor({ timeout: 30000 });
  const step = content.locator('tbody tr', { has: page.locator('th', { hasText: 'staging' }) });

  // The policy decides about the action, and the drawer has its name.
  await page.goto(sample.url);
  const card = page.locator('tr[data-what=shop] .card[data-from=dev]');
  await card.locator('summary').click();
  await card.getByRole('link', { name: 'to staging' }).click();
  const drawer = page.locator('dialog[open]');
  await drawer.getByRole('button', { name: 'Promote by pull request' }).waitFor();
  assert.match(await drawer.locator('.locked').innerText(), /Action\s*pull request\s*required by the policy .?two-pairs-of-eyes/);
  assert.equal(await drawer.locator('[name=action]').count(), 0);
  await page.keyboard.press('Escape');

  // The release waits for the merge, with a link to the pull request.
  await page.goto(`${sample.url}/flows/proposed?product=shop`);
  await page.getByRole('button', { name: 'Trigger' }).click();
  await page.getByText(/release shop-1 has started/).waitFor();
  const link = step.getByRole('link', { name: 'pull request #1' });
  await link.waitFor({ timeout: 30000 });
  assert.match(await link.getAttribute('href'), /acme\/shop\/pull\/1$/);
  await state('suspended');
  assert.match(await step.innerText(), /waiting[^]*the promotion itself/);
  assert.match(await content.innerText(), /It waits[^]*staging[^]*pull request/);
  assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0, 'no gate needs an approval');
  assert.equal(sample.version('web', 'staging'), '4.9.0');
  await page.goto(`${sample.url}/products/shop`);
  await content.getByRole('heading', { name: 'Open pull requests' }).waitFor();
  assert.match(await content.innerText(), /#1/);

  // It goes on after the merge, and waits for the status of the commit.
  await page.goto(`${sample.url}/releases/shop-1`);
  await ask('PUT', '/pulls/1/merge', { merge_method: 'merge' });
  await step.getByText(/commit [0-9a-f]{7}/).waitFor({ timeout: 30000 });
  assert.equal(sample.version('web', 'staging'), '5.0.0');
  await content.getByText(/no status of/).first().waitFor({ timeout: 30000 });
  assert.match(await step.innerText(), /gates after the promotion/);

  // A gate that fails ends it; the page has the reason, and it can be retried.
  const status = state => ask('POST', `/statuses/${sample.tip()}`, { state, context: 'ci/test' });
  await status('failure');
  await state('failed');
  assert.match(await content.locator('.note.error').innerText(), /staging: gate green: failed on [0-9a-f]{40}: ci\/test/);
  assert.match(await step.innerText(), /failed/);
  const retry = page.getByRole('button', { name: 'Retry' });
  await status('success');
  await retry.click();
  await state('succeeded');
  assert.equal(await retry.count(), 0);
}

await walks({ proposed }, { settings, origin });
