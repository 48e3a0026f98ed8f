// A sample repository with its remote, the program that serves it, and a browser that reports every error.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const required = createRequire(`${process.env.GIT_PROMOTE_TEST_NODE_MODULES}/`);
const { chromium } = required('playwright-core');
const axe = fs.readFileSync(required.resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

const configuration = key => `version: 1
environments:
  - {name: dev, kind: non-production}
  - {name: staging, kind: non-production}
  - {name: production, kind: production}
products:
  - {name: shop, applications: [api, web], flows: [{name: to-production}]}
  - {name: billing, applications: [invoices], flows: [{name: to-production}, {name: checked}]}
flows:
  - name: to-production
    triggerEnvironment: dev
    steps:
      - {environment: staging, dependsOn: [dev], policy: {gates: {after: [settled]}, postAction: smoke}}
      - {environment: production, dependsOn: [staging]}
  - name: checked
    triggerEnvironment: dev
    steps:
      - {environment: staging, dependsOn: [dev], policy: {preAction: prepare}}
      - {environment: production, dependsOn: [staging], policy: {gates: {before: [sign-off]}}}
policies:
  - {name: production-is-checked, match: {kinds: [production]}, preAction: check-images}
workflows:
  - {name: check-images, run: 'echo "images of $PRODUCT are signed"', repeatable: true}
  - {name: smoke, run: 'echo "$PRODUCT answers in $ENVIRONMENT"', repeatable: true}
  - {name: prepare, run: 'test -e "$HOME/prepared" || { echo "not prepared"; exit 1; }', repeatable: true}
gates:
  - {name: settled, soak: 1s}
  - {name: sign-off, approval: {by: [ada], keys: {ada: '${key}'}}}
`;

const VERSIONS = {
  api: { dev: '2.1.0', staging: '2.0.0', production: '2.0.0' },
  web: { dev: '5.0.0', staging: '4.9.0', production: '4.9.0' },
  invoices: { dev: '1.1.0', staging: '1.0.0', production: '1.0.0' },
  // A guard holds it: a release would become a pre-release.
  ledger: { dev: '3.0.0-rc.1', staging: '2.9.0', production: '2.9.0' },
};

const REPLICAS = { dev: 1, staging: 2, production: 5 };

export function values(application, environment, version) {
  return `image:
  repository: ghcr.io/acme/${application}
  tag: ${version}
replicas: ${REPLICAS[environment]}
ingress:
  host: ${application}.${environment}.example.org
`;
}

export const file = (application, environment) => `apps/${application}/${environment}/values.yaml`;

export function git(folder, ...words) {
  return execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const target = path.join(folder, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
}

/** The program, while it serves. */
export class Server {
  constructor(words, folder, variables = {}) {
    this.log = '';
    const env = { ...process.env, TMPDIR: process.cwd(), ...variables };
    this.program = spawn(process.env.GIT_PROMOTE_TEST_PROGRAM, words, { cwd: folder, env });
    this.program.stderr.on('data', text => { this.log += text; });
    servers.push(this);
  }

  /** Waits until the repository is read; gives the URL. */
  async start() {
    const url = await new Promise((found, failed) => {
      let printed = '';
      this.program.stdout.on('data', text => {
        printed += text;
        const url = /http:\S+/.exec(printed);
        if (url) found(url[0]);
      });
      this.program.on('exit', () => failed(new Error(`the program ended: ${this.log}`)));
    });
    await eventually('the repository is read', async () => (await fetch(`${url}readyz`)).ok, 120);
    return url;
  }
}

const servers = [];

/** A repository `NAME.git`, a clone `NAME` that is served, and what Git has in them. */
export class Sample {
  /**
   * `settings` is the text of its configuration by the key that signs, `files` are files beside those of the
   * applications with `versions`, `origin` is the URL of the remote if it is not the folder, `words` and `variables`
   * are for the program that serves it.
   */
  constructor(name, {
    settings = configuration, files: more = {}, versions = VERSIONS, origin, words = ['--interval', '1'], variables,
  } = {}) {
    this.name = name;
    Object.assign(this, { words, variables });
    this.remote = path.resolve(`${name}.git`);
    this.clone = path.resolve(name);
    fs.mkdirSync(this.clone);
    git(this.clone, 'init', '--quiet', '--initial-branch=main');
    const files = { 'promote.yaml': settings(this.sign()), ...more };
    for (const [application, places] of Object.entries(versions)) {
      for (const [environment, version] of Object.entries(places)) {
        files[file(application, environment)] = values(application, environment, version);
      }
    }
    write(this.clone, files);
    git(this.clone, 'add', '--all');
    git(this.clone, 'commit', '--quiet', '-m', 'Shop in three environments');
    git('.', 'clone', '--quiet', '--bare', this.clone, this.remote);
    git(this.clone, 'remote', 'add', 'origin', this.remote);
    git(this.clone, 'fetch', '--quiet', 'origin');
    if (origin) git(this.clone, 'remote', 'set-url', 'origin', origin);
    git(this.clone, 'branch', '--quiet', '--set-upstream-to=origin/main');
  }

  /** Makes commits of the clone signed, which proves who approves; gives the key's fingerprint. */
  sign() {
    const key = `${this.clone}.key`;
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    git(this.clone, 'config', 'gpg.format', 'ssh');
    git(this.clone, 'config', 'user.signingkey', key);
    git(this.clone, 'config', 'commit.gpgsign', 'true');
    return execFileSync('ssh-keygen', ['-l', '-f', key], { encoding: 'utf8' }).split(' ')[1];
  }

  /** Serves it; gives the URL of the start page. */
  async serve() {
    const words = ['serve', '--listen', '127.0.0.1:0', ...this.words];
    this.server = new Server(words, this.clone, this.variables);
    this.url = `${await this.server.start()}r/${this.name}`;
    return this.url;
  }

  /** Commits and pushes files from another clone. */
  push(message, files) {
    const other = path.resolve(`${this.name}.other`);
    if (!fs.existsSync(other)) git('.', 'clone', '--quiet', this.remote, other);
    git(other, 'pull', '--quiet', '--rebase');
    write(other, files);
    git(other, 'add', '--all');
    git(other, 'commit', '--quiet', '-m', message);
    git(other, 'push', '--quiet');
  }

  /** The version that an application has on the remote. */
  version(application, environment) {
    return /tag: (.*)/.exec(git(this.remote, 'show', `main:${file(application, environment)}`))[1];
  }

  show(path) { return git(this.remote, 'show', `main:${path}`); }

  text(application, environment) { return this.show(file(application, environment)); }

  message() { return git(this.remote, 'log', '-1', '--format=%B', 'main'); }

  tip() { return git(this.remote, 'rev-parse', 'main').trim(); }

  /** Waits until the remote has a version. */
  async has(application, environment, version) {
    await eventually(`${application} ${version} is in ${environment}`,
      () => this.version(application, environment) === version);
  }
}

export async function eventually(what, holds, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise(later => setTimeout(later, 100));
  }
}

const faults = [];

/** Makes a new window; its errors fail the script, except the answers with the `expected` status. */
export async function window(browser, options = {}, expected = []) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  page.on('console', message => {
    const text = message.text();
    const isExpected = expected.some(status => text.includes(`status of ${status} `));
    if (message.type() === 'error' && !isExpected) faults.push(`${page.url()}: ${text}`);
  });
  page.on('pageerror', error => faults.push(`${page.url()}: ${error}`));
  return page;
}

/** What axe-core finds that is serious or critical, as `rule: element`. */
export async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const bad = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  return bad.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
}

/** The element that has the focus, in words. */
export const focused = page => page.evaluate(() => {
  const { activeElement: element } = document;
  const words = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60);
  return `${element.localName} ${words}`;
});

/** Runs the walks one after the other, each with a sample and a server of its own; `options` are for the samples. */
export async function walks(all, options = {}) {
  const browser = await chromium.launch({ executablePath: process.env.GIT_PROMOTE_TEST_CHROMIUM, args: FLAGS });
  let walking = null;
  try {
    for (const [name, walk] of Object.entries(all)) {
      const start = Date.now();
      walking = name;
      const sample = new Sample(name, options);
      await sample.serve();
      await walk(sample, browser);
      // First the pages, whose streams would break otherwise.
      for (const context of browser.contexts()) await context.close();
      for (const server of servers.splice(0)) server.program.kill();
      console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
    assert.deepEqual(faults, [], 'errors on the console');
  } catch (error) {
    console.log(`\nin ${walking}, with the log:\n${servers.map(server => server.log).join('\n')}`);
    for (const page of browser.contexts().flatMap(context => context.pages())) {
      console.log(`\n--- ${page.url()}\n${await page.locator('body').innerText()}`);
    }
    throw error;
  } finally {
    await browser.close();
    for (const server of servers) server.program.kill();
  }
}
