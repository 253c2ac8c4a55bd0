import { makeAlive } from './page.ts';
import { serve } from './worker.ts';

/** The one script of a page, in the page and in its worker. */
if (typeof document === 'undefined') serve();
else makeAlive(document.currentScript?.textContent ?? '');
