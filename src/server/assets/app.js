// Makes pages livelier; all of them work without it.
'use strict';

const drawer = document.getElementById('drawer');
const news = document.getElementById('news');

// ---- Parts of pages --------------------------------------------------------------------------------------

async function load(address, options = {}) {
  const answer = await fetch(address, options);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.getElementById('content');
}

function tell(text) {
  news.textContent = text;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { news.textContent = ''; }, 8000);
}

// ---- The drawer ------------------------------------------------------------------------------------------

function show(content) {
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.textContent = 'Close';
  close.addEventListener('click', () => drawer.close());
  drawer.replaceChildren(close, ...content.childNodes);
  if (!drawer.open) drawer.showModal();
}

async function open(address) {
  drawer.setAttribute('aria-busy', 'true');
  try {
    show(await load(address));
  } catch (error) {
    location.assign(address);
  } finally {
    drawer.removeAttribute('aria-busy');
  }
}

async function send(form, address) {
  const scroll = drawer.scrollTop;
  drawer.setAttribute('aria-busy', 'true');
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  try {
    show(await load(address, { method: 'POST', body: new URLSearchParams(new FormData(form)) }));
    drawer.scrollTop = scroll;
    const done = drawer.querySelector('.good');
    if (done) tell(done.textContent);
  } catch (error) {
    tell('The server cannot be reached. Nothing was lost: try again.');
    for (const button of form.querySelectorAll('button')) button.disabled = false;
  } finally {
    drawer.removeAttribute('aria-busy');
  }
}

document.addEventListener('click', event => {
  const link = event.target.closest('a[data-drawer]');
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    link.closest('details')?.removeAttribute('open');
    open(link.href);
  }
  if (drawer.open && event.target.closest('a[data-close]')) {
    event.preventDefault();
    drawer.close();
  }
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.removeAttribute('open');
  }
});

drawer.addEventListener('submit', event => {
  event.preventDefault();
  const form = event.target;
  send(form, event.submitter?.getAttribute('formaction') ?? form.getAttribute('action'));
});

drawer.addEventListener('change', event => {
  const form = event.target.form;
  if (event.target.hasAttribute('data-plan') && form?.dataset.again) send(form, form.dataset.again);
});

drawer.addEventListener('close', () => { drawer.replaceChildren(); refresh(); });

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      menu.removeAttribute('open');
      menu.querySelector('summary').focus();
    }
  }
});

// ---- Dragging --------------------------------------------------------------------------------------------

let dragged = null;

function targets() {
  return document.querySelectorAll('.board [data-environment]');
}

function accepts(cell) {
  if (!dragged || cell.dataset.environment === dragged.dataset.from) return false;
  const row = cell.closest('tr[data-what]');
  return !row || row.dataset.what === dragged.dataset.what;
}

document.addEventListener('dragstart', event => {
  dragged = event.target.closest?.('.card[draggable]') ?? null;
  if (!dragged) return;
  event.dataTransfer.setData('text/plain', dragged.dataset.what);
  event.dataTransfer.effectAllowed = 'copy';
  dragged.classList.add('dragged');
  for (const cell of targets()) cell.classList.toggle('target', accepts(cell));
});

document.addEventListener('dragover', event => {
  const cell = event.target.closest?.('.board [data-environment]');
  for (const other of document.querySelectorAll('.board .over')) if (other !== cell) other.classList.remove('over');
  if (cell && accepts(cell)) {
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    cell.classList.add('over');
  }
});

document.addEventListener('drop', event => {
  const cell = event.target.closest?.('.board [data-environment]');
  if (!cell || !accepts(cell)) return;
  event.preventDefault();
  const { from, field, what } = dragged.dataset;
  const query = new URLSearchParams({ from, to: cell.dataset.environment, [field]: what });
  open(`${location.pathname.replace(/\/$/, '')}/promote?${query}`);
});

document.addEventListener('dragend', () => {
  dragged?.classList.remove('dragged');
  dragged = null;
  for (const cell of document.querySelectorAll('.board .target, .board .over')) cell.classList.remove('target', 'over');
});

// ---- What others change ----------------------------------------------------------------------------------

const main = document.getElementById('content');
let isStale = false;

async function refresh() {
  // Nobody is disturbed while dragging, choosing or typing.
  const isBusy = dragged || drawer.open || main.querySelector('details.menu[open], form.promotion') ||
    main.contains(document.activeElement) && /INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName);
  if (isBusy) { isStale = true; return; }
  isStale = false;
  try {
    const content = await load(location.href);
    if (content) replace(content);
  } catch (error) {
    isStale = true;
  }
}

// Keeps the focus where it is, and what is folded out.
function replace(content) {
  const focused = main.contains(document.activeElement) ? path(document.activeElement) : null;
  const unfolded = [...main.querySelectorAll('details[id][open]')].map(details => details.id);
  main.replaceChildren(...content.childNodes);
  for (const id of unfolded) document.getElementById(id)?.setAttribute('open', '');
  if (focused) at(focused)?.focus();
}

function path(element) {
  const steps = [];
  for (let at = element; at !== main; at = at.parentElement) steps.unshift([...at.parentElement.children].indexOf(at));
  return steps;
}

function at(steps) {
  return steps.reduce((element, step) => element?.children[step], main);
}

document.addEventListener('focusout', () => setTimeout(() => { if (isStale) refresh(); }, 200));

const watched = document.body.dataset.repository;
const channel = new BroadcastChannel('git-promote');

function changed(repository) {
  if (repository === '' || repository === watched) refresh();
}

channel.addEventListener('message', event => changed(event.data));

// One stream for all tabs of the browser: HTTP/1.1 allows six connections.
navigator.locks?.request('git-promote-events', () => new Promise(() => {
  const stream = new EventSource('/events');
  let wasLost = false;
  stream.addEventListener('error', () => { wasLost = true; });
  stream.addEventListener('open', () => {
    if (wasLost) { wasLost = false; channel.postMessage(''); changed(''); }
  });
  stream.addEventListener('changed', event => { channel.postMessage(event.data); changed(event.data); });
}));
