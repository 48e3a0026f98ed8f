// Makes pages livelier; all of them work without it.
'use strict';

const drawer = document.getElementById('drawer');
const news = document.getElementById('news');
const live = document.getElementById('live');

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

// Where the focus is in a form, so that it can be set again when the form was made anew.
function place() {
  const { name, value, type } = document.activeElement;
  if (!name) return null;
  const isOneOfMany = type === 'checkbox' || type === 'radio';
  return isOneOfMany ? `[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]` : `[name="${CSS.escape(name)}"]`;
}

// What people have folded out stays so when its part of the page is made anew.
function unfoldedIn(element) {
  return [...element.querySelectorAll('details[id][open]')].map(details => details.id);
}

function show(content, focus = null) {
  // What was typed while the server was asked is kept.
  for (const typed of drawer.querySelectorAll('input[type=text], textarea')) {
    const field = content.querySelector(`[name="${CSS.escape(typed.name)}"]`);
    if (field) field.value = typed.value;
  }
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.textContent = 'Close';
  close.addEventListener('click', () => drawer.close());
  const unfolded = unfoldedIn(drawer);
  drawer.replaceChildren(close, ...content.childNodes);
  for (const id of unfolded) document.getElementById(id)?.setAttribute('open', '');
  if (!drawer.open) {
    drawer.showModal();
    return;
  }
  const heading = drawer.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  ((focus && drawer.querySelector(focus)) ?? heading ?? close).focus();
}

async function open(address) {
  drawer.setAttribute('aria-busy', 'true');
  const words = 'Making the plan…';
  const slow = setTimeout(() => tell(words), 400);
  try {
    show(await load(address));
  } catch (error) {
    location.assign(address);
  } finally {
    clearTimeout(slow);
    if (news.textContent === words) tell('');
    drawer.removeAttribute('aria-busy');
  }
}

let sent = 0;

// What a form sends, by one of its buttons or by itself.
function fields(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  if (button?.name) fields.append(button.name, button.value);
  return fields;
}

async function send(form, address, button = null) {
  const scroll = drawer.scrollTop;
  const focus = place();
  const number = ++sent;
  const body = fields(form, button);
  drawer.setAttribute('aria-busy', 'true');
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  try {
    const content = await load(address, { method: 'POST', body });
    // A later choice is on its way, or the drawer was closed.
    if (number !== sent || !drawer.open) return;
    show(content, focus);
    if (focus) drawer.scrollTop = scroll;
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
    const menu = link.closest('details.menu');
    if (menu) {
      // The focus returns there when the drawer is closed.
      menu.querySelector('summary').focus();
      menu.removeAttribute('open');
    }
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
  const { target: form, submitter: button } = event;
  if (button?.hasAttribute('data-lines')) return;
  send(form, button?.getAttribute('formaction') ?? form.getAttribute('action'), button);
});

// ---- Lines of files on demand ----------------------------------------------------------------------------

async function unfold(control, address, options) {
  control.setAttribute('aria-busy', 'true');
  try {
    const lines = (await load(address, options)).querySelector('.lines');
    if (!lines || !control.isConnected) return;
    const place = control.closest('.lines');
    const shown = place.querySelector('.diff');
    if (shown) shown.replaceWith(...lines.childNodes);
    else place.append(...lines.childNodes);
    control.remove();
  } catch (error) {
    tell('The lines cannot be loaded now: try again.');
    control.removeAttribute('aria-busy');
  }
}

document.addEventListener('submit', event => {
  const { target: form, submitter: button } = event;
  if (!button?.hasAttribute('data-lines')) return;
  event.preventDefault();
  unfold(button, button.getAttribute('formaction'), { method: 'POST', body: fields(form, button) });
});

document.addEventListener('click', event => {
  const link = event.target.closest('a[data-lines]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  unfold(link, link.href);
});

document.addEventListener('submit', event => {
  const { ask } = event.target.dataset;
  if (ask && !confirm(ask)) event.preventDefault();
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

// Whether somebody has chosen or typed something in a field.
function isTouched(field) {
  if (field.localName === 'select') {
    const usual = [...field.options].findIndex(option => option.defaultSelected);
    return field.selectedIndex !== Math.max(usual, 0);
  }
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}

// Nobody is disturbed while dragging, choosing or typing.
function isBusy() {
  return dragged || drawer.open || main.querySelector('details.menu[open], form.promotion') ||
    main.contains(document.activeElement) && /INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName) ||
    [...main.querySelectorAll('input, select, textarea')].some(isTouched);
}

async function refresh() {
  isStale = true;
  if (isBusy()) return;
  try {
    const content = await load(location.href);
    // Somebody may have begun something while the page was loaded.
    if (!content || isBusy()) return;
    isStale = false;
    replace(content);
  } catch (error) {
    // The next change, or the next time that the focus moves, tries again.
  }
}

// Keeps the focus where it is, and what is folded out.
function replace(content) {
  const focused = main.contains(document.activeElement) ? path(document.activeElement) : null;
  const unfolded = unfoldedIn(main);
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

function changed(repository) {
  if (repository === '' || repository === watched) refresh();
}

// Whether changes arrive. What others have changed before that is looked for.
let isFollowing = true;

function setLive(isLive) {
  live.textContent = isLive ? '' : 'Not live: load the page again to see what has changed.';
  if (isLive && !isFollowing) changed('');
  isFollowing = isLive;
}

function receive(message) {
  if ('changed' in message) changed(message.changed);
  else setLive(message.live);
}

// The longest pauses before the first and before any further attempt to get a stream, in milliseconds.
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60000;

// Follows the stream of events until the returned function is called. The server may have no stream to give, and a
// browser only repeats what failed on the way there; and not all browsers are to come back at the same moment.
function follow(notify) {
  let stream;
  let nextAttempt;
  let pause = FIRST_PAUSE;
  const connect = () => {
    stream = new EventSource('/events');
    stream.addEventListener('open', () => {
      pause = FIRST_PAUSE;
      notify({ live: true });
    });
    stream.addEventListener('changed', event => notify({ changed: event.data }));
    stream.addEventListener('error', () => {
      stream.close();
      notify({ live: false });
      nextAttempt = setTimeout(connect, pause * (0.5 + Math.random() / 2));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    });
  };
  connect();
  return () => {
    clearTimeout(nextAttempt);
    stream.close();
  };
}

// One stream for all tabs of the browser, and all tabs get what arrives.
function followForAll() {
  const channel = new BroadcastChannel('git-promote');
  channel.addEventListener('message', ({ data }) => receive(data));
  const sendToAll = message => {
    channel.postMessage(message);
    receive(message);
  };
  navigator.locks.request('git-promote-events', () => new Promise(() => follow(sendToAll)));
}

// A stream for this tab while it is visible.
function followWhileVisible() {
  let stop = null;
  const update = () => {
    const isVisible = document.visibilityState === 'visible';
    if (isVisible && !stop) {
      stop = follow(receive);
    } else if (!isVisible) {
      stop?.();
      stop = null;
      isFollowing = false;
    }
  };
  document.addEventListener('visibilitychange', update);
  update();
}

// HTTP/1.1 allows a browser six connections, so not every tab can have a stream. Locks, by which the tabs agree on
// one of them, are only there on HTTPS and on this machine.
if (navigator.locks) followForAll();
else followWhileVisible();
