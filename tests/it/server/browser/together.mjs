// Several people at once, other clones, and a remote that cannot be reached.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually, file, git, values, walks, window } from './world.mjs';

// HTTP/1.1 allows six connections to a host.
const TABS = 8;

const cell = (page, what, environment) => page.locator(`tr[data-what=${what}] td[data-environment=${environment}]`);

async function people(sample, browser) {
  const [ada, ben] = [await window(browser), await window(browser)];
  for (const page of [ada, ben]) {
    await page.goto(sample.url);
    // A reload would lose it.
    await page.evaluate(() => { globalThis.isOld = true; });
  }
  const show = async (environment, text) => {
    for (const page of [ada, ben]) await cell(page, 'shop', environment).getByText(text).first().waitFor();
  };
  await show('dev', '5.0.0');

  // A push of another clone appears in both.
  sample.push('web 5.2.0', { [file('web', 'dev')]: values('web', 'dev', '5.2.0') });
  await show('dev', '5.2.0');

  // So does what Ada promotes, while Ben only looks.
  await cell(ada, 'shop', 'dev').locator('.card').dragTo(cell(ada, 'shop', 'staging'));
  const drawer = ada.locator('dialog[open]');
  await drawer.getByRole('button', { name: 'Promote', exact: true }).click();
  await drawer.getByText(/release shop-1 has started/).waitFor();
  await cell(ben, 'shop', 'staging').getByText('5.2.0').waitFor();
  await ada.keyboard.press('Escape');
  await show('staging', '5.2.0');
  for (const page of [ada, ben]) assert.ok(await page.evaluate(() => globalThis.isOld), 'no page was loaded again');

  // Two tabs of a browser share one stream, and both are live.
  const tab = await ben.context().newPage();
  await tab.goto(sample.url);
  sample.push('web 5.3.0', { [file('web', 'dev')]: values('web', 'dev', '5.3.0') });
  await show('dev', '5.3.0');
  await cell(tab, 'shop', 'dev').getByText('5.3.0').waitFor();

  // What somebody has chosen is not undone by what others change.
  await ben.goto(`${sample.url}/flows/to-production?product=shop`);
  await ben.getByRole('checkbox', { name: 'web' }).uncheck();
  await ben.evaluate(() => document.activeElement.blur());
  sample.push('web 5.4.0', { [file('web', 'dev')]: values('web', 'dev', '5.4.0') });
  await cell(ada, 'shop', 'dev').getByText('5.4.0').waitFor();
  assert.equal(await ben.getByRole('checkbox', { name: 'web' }).isChecked(), false);
}

async function unreachable(sample, browser) {
  const page = await window(browser, {}, [502]);
  await page.goto(sample.url);
  await cell(page, 'shop', 'dev').getByText('5.0.0').waitFor();
  const away = `${sample.remote}.away`;
  fs.renameSync(sample.remote, away);
  const banner = page.locator('.banner');
  await banner.getByText('This may be out of date.').waitFor({ timeout: 30000 });
  assert.match(await banner.innerText(), /last read (just now|\d+ seconds ago)/);
  assert.match(await cell(page, 'shop', 'dev').innerText(), /5\.0\.0/, 'the last state is still there');
  for (const path of ['/products', '/flows/to-production', '/releases', '/policies', '/configuration']) {
    const answer = await page.goto(sample.url + path);
    assert.equal(answer.status(), 200, path);
    await banner.waitFor();
  }
  await page.goto(sample.url);
  fs.renameSync(away, sample.remote);
  await banner.waitFor({ state: 'detached', timeout: 30000 });
  await cell(page, 'shop', 'dev').locator('.card').dragTo(cell(page, 'shop', 'staging'));
  await page.locator('dialog[open]').getByRole('button', { name: 'Promote', exact: true }).click();
  await sample.has('web', 'staging', '5.0.0');
  assert.match(git(sample.remote, 'for-each-ref', 'refs/promote'), /shop/);
  await eventually('the release has ended', () => /succeeded/.test(
    git(sample.remote, 'log', '-1', '--format=%B', 'refs/promote/releases/shop')));
}

/** The server has no stream for a browser: it says so, tries again, and then shows what has changed. */
async function refused(sample, browser) {
  const page = await window(browser, {}, [503]);
  let attempts = 0;
  await page.route('**/events', route => (++attempts <= 2 ? route.fulfill({ status: 503 }) : route.continue()));
  await page.goto(sample.url);
  const notice = page.getByText('Not live: load the page again');
  await notice.waitFor();
  sample.push('web 5.5.0', { [file('web', 'dev')]: values('web', 'dev', '5.5.0') });
  await notice.waitFor({ state: 'detached', timeout: 30000 });
  assert.equal(attempts, 3);
  await cell(page, 'shop', 'dev').getByText('5.5.0').waitFor();
}

/** Makes pages of a context as on plain HTTP, without locks, and hides and shows them as tabs. */
async function withoutLocks(context) {
  await context.addInitScript(() => {
    let state = 'visible';
    Object.defineProperty(navigator, 'locks', { value: undefined });
    Object.defineProperty(document, 'visibilityState', { get: () => state });
    globalThis.turn = visibility => {
      state = visibility;
      document.dispatchEvent(new Event('visibilitychange'));
    };
  });
}

/** More tabs than HTTP/1.1 has connections, without locks: only the visible one has a stream. */
async function tabs(sample, browser) {
  const first = await window(browser);
  const context = first.context();
  await withoutLocks(context);
  const turn = (tab, visibility) => tab.evaluate(to => globalThis.turn(to), visibility);
  const all = [first];
  for (const tab of all) {
    await tab.goto(sample.url);
    if (all.length === TABS) break;
    await turn(tab, 'hidden');
    all.push(await context.newPage());
  }
  const last = all.at(-1);
  const loads = [];
  context.on('request', request => {
    if (request.url().endsWith(sample.url)) loads.push(request.frame().page());
  });
  sample.push('web 5.6.0', { [file('web', 'dev')]: values('web', 'dev', '5.6.0') });
  await cell(last, 'shop', 'dev').getByText('5.6.0').waitFor();
  assert.ok(loads.every(page => page === last), 'hidden tabs load nothing');

  // A tab that is shown again has what changed meanwhile.
  await turn(last, 'hidden');
  await turn(first, 'visible');
  await cell(first, 'shop', 'dev').getByText('5.6.0').waitFor();
}

await walks({ people, unreachable, refused, tabs });
