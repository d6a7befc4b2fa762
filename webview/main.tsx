import '@vscode/codicons/dist/codicon.css';
import './style/base.css';
import './style/controls.css';
import './style/transcript.css';
import './style/rows.css';
import './style/running.css';
import './style/turn-end.css';
import './style/prose.css';
import './style/composer.css';
import './style/adapt.css';
import { render } from 'preact';
import { Actions } from './actions/index.ts';
import { connectHost } from './host-link.ts';
import { Store } from './state/index.ts';
import { loadStrings } from './strings.ts';
import { Page } from './view/index.ts';

const { viewId, strings } = document.body.dataset;
const root = document.getElementById('root');
if (viewId === undefined || root === null) throw new Error('The page lacks data-view-id or #root.');

loadStrings(strings);
const host = connectHost(viewId);
const store = new Store(host.saved());
const actions = new Actions(store, host);
host.listen((message) => actions.take(message));
window.addEventListener('pagehide', () => actions.flush());
render(<Page app={{ store, actions }} />, root);
actions.hello();
