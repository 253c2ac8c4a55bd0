import {
  fragmentOfState,
  isLiveFragment,
  type LiveState,
  stateOfFragment,
} from '../../live/live-state.ts';
import { liveResultHtml, liveSentence } from '../../report/live/result.ts';
import { LIVE_SECTION, type LiveSettings, liveCommand } from '../../report/live/section.ts';
import { UserError } from '../../util/user-error.ts';
import type { FromWorker, ToWorker } from '../messages.ts';
import { byId, onTouch, showState } from './controls.ts';
import { markPlace } from './map.ts';

/** The number of a state whose answer nobody waits for. */
const UNSEEN = -1;

/** The page's script in the page: controls, the address, and what the worker answers. */
export function makeAlive(script: string): void {
  const settings = JSON.parse(byId('settings').textContent ?? '') as LiveSettings;
  let state = settings.state;
  let number = 0;
  let isBroken = false;
  const giveUp = () => {
    isBroken = true;
    byId('status').textContent = '';
    byId('trouble').textContent =
      'This browser does not run the model here. The command below computes the same.';
  };
  const worker = startedOnce(() =>
    startWorker(script, settings, (message) => hear(message), giveUp),
  );
  const ask = (ofState: number) => {
    try {
      if (isBroken) giveUp();
      else send(worker(), { kind: 'state', number: ofState, state });
    } catch {
      // Some browsers refuse a worker at once, others by an event.
      giveUp();
    }
  };

  const show = (next: LiveState) => {
    state = next;
    showState(state, settings);
    byId('command').textContent = liveCommand(state, settings.invocation);
    markPlace(state, settings);
  };
  const choose = (next: LiveState) => {
    show(next);
    byId('trouble').textContent = '';
    byId('status').textContent = 'Computing…';
    byId('result').classList.add('waiting');
    number += 1;
    ask(number);
  };
  const hear = ({ number: ofState, result }: FromWorker) => {
    if (ofState !== number) return;
    if (result.kind === 'answer') {
      showAnswer(result, state, settings);
      return;
    }
    byId('status').textContent = '';
    byId('trouble').textContent = troubleWith(result);
  };

  onTouch(() => state, choose);
  byId('reset').addEventListener('click', () => choose(settings.state));
  const follow = () => {
    if (!isLiveFragment(location.hash)) return;
    byId('heading').scrollIntoView();
    const said = stateOfLink(location.hash);
    if (typeof said === 'string') {
      choose(settings.state);
      byId('trouble').textContent =
        `This link can’t be followed, so here is the page’s own answer. ${said}`;
    } else choose(said);
  };
  addEventListener('hashchange', follow);
  show(state);
  byId('controls').hidden = false;
  follow();
  whenSeen(() => {
    // Nobody has asked yet: what the page shows is computed unseen, so that the thread runs fast by then.
    if (number === 0) ask(UNSEEN);
  });
}

function troubleWith(result: Exclude<FromWorker['result'], { kind: 'answer' }>): string {
  return result.kind === 'elsewhere'
    ? 'The pages of a recorded program are not in this page, only its answer as recorded. The command below computes yours.'
    : `The model stopped: ${result.message}. The command below may say more.`;
}

/** Shows what there is of an answer; the address and the status are of a whole one. */
function showAnswer(
  { answer, isLast }: Extract<FromWorker['result'], { kind: 'answer' }>,
  state: LiveState,
  settings: LiveSettings,
): void {
  const shown = byId('result');
  const isOpen = shown.querySelector('details')?.open === true;
  shown.innerHTML = liveResultHtml(answer, settings.strategies, settings.safety);
  shown.querySelector('details')?.toggleAttribute('open', isOpen);
  shown.classList.toggle('waiting', !isLast);
  if (!isLast) return;
  const fragment = fragmentOfState(state);
  shown.dataset.fragment = fragment;
  byId('status').textContent = liveSentence(answer);
  history.replaceState(null, '', `#${fragment}`);
}

/** The state of a link, or the sentence that says what is wrong with it. */
function stateOfLink(hash: string): LiveState | string {
  try {
    return stateOfFragment(hash);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function startedOnce<Thing>(start: () => Thing): () => Thing {
  let started: Thing | undefined;
  return () => {
    started ??= start();
    return started;
  };
}

/** A thread of the same script, from memory: a page that is a file can load no other. */
function startWorker(
  script: string,
  { data }: LiveSettings,
  hear: (message: FromWorker) => void,
  giveUp: () => void,
): Worker {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.addEventListener('message', ({ data: message }: MessageEvent<FromWorker>) =>
    hear(message),
  );
  worker.addEventListener('error', giveUp);
  send(worker, { kind: 'data', data });
  return worker;
}

function send(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

function whenSeen(act: () => void): void {
  const section = document.getElementById(LIVE_SECTION.id);
  if (section === null) return;
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act();
  });
  observer.observe(section);
}
