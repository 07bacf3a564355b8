import {element} from './elements.js';
import {remember, remembered} from './preferences.js';

/**
 * The keyboard of a page with an answer on it. `actions` maps what a key does to a function; what a page does not offer, its
 * keys leave alone and the help does not list. Who speaks to the computer, or presses keys by accident, turns them off there
 * (WCAG 2.2, 2.1.4); the browser remembers it.
 */
const bindings = [
    {keys: [' '], shown: ['Space'], does: 'toggle', says: 'Play or pause'},
    {keys: ['ArrowLeft', 'ArrowRight'], shown: ['←', '→'], does: 'step', says: 'Back or on by 5 seconds; with Shift by 15'},
    {keys: ['[', ']'], shown: ['[', ']'], does: 'changeSpeed', says: 'Slower or faster'},
    {keys: ['s'], shown: ['S'], does: 'toggleSilence', says: 'Skip silence, or do not'},
    {keys: ['1', '2', '3', '4', '5'], shown: ['1', '–', '5'], does: 'rate', says: 'Rate the answer, and go on to the next'},
    {keys: ['a'], shown: ['A'], does: 'abstain', says: 'Abstain from rating'},
    {keys: ['c'], shown: ['C'], does: 'comment', says: 'Comment on this moment'},
    {keys: ['n', 'p'], shown: ['N', 'P'], does: 'go', says: 'Next or previous answer'},
    {keys: ['?'], shown: ['?'], does: 'help', says: 'Show these keys'},
];
const ownKeys = 'input:not([type="radio"], [type="checkbox"], [type="range"]), textarea, select, [contenteditable]';

export class Keys {
    constructor(actions) {
        this.actions = {...actions, help: () => this.help()};
        this.on = remembered('keys', 'on') === 'on';
        this.listener = event => this.pressed(event);
        document.addEventListener('keydown', this.listener);
    }

    end() {
        document.removeEventListener('keydown', this.listener);
        this.dialog?.remove();
    }

    pressed(event) {
        if (!this.on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
        const {target} = event, key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (target.closest?.(ownKeys) || document.querySelector('dialog[open]')) return;
        // Buttons are pressed with space, and radio buttons are changed with arrows, as everywhere.
        if (key === ' ' && target.closest?.('button, summary, a, input') && !target.matches('[type="range"]')) return;
        if (key.startsWith('Arrow') && target.matches?.('[type="radio"]')) return;
        const binding = bindings.find(({keys, does}) => keys.includes(key) && this.actions[does]);
        if (!binding) return;
        event.preventDefault();
        if (event.repeat && binding.does !== 'step') return;
        this.actions[binding.does](argument(key, event.shiftKey));
    }

    help() {
        this.dialog ??= document.body.appendChild(this.explained());
        this.dialog.showModal();
    }

    explained() {
        const choice = element('input', {type: 'checkbox', checked: this.on});
        choice.addEventListener('change', () => {
            this.on = choice.checked;
            remember('keys', this.on ? 'on' : 'off');
        });
        return element(
            'dialog', {className: 'keys', 'aria-labelledby': 'keys-title'},
            element('h2', {id: 'keys-title'}, 'Keys'),
            element('dl', {}, ...bindings.filter(({does}) => this.actions[does]).flatMap(({shown, says}) => [
                element('dt', {}, ...shown.map(key => key === '–' ? ' – ' : element('kbd', {}, key))), element('dd', {}, says),
            ])),
            element('label', {className: 'choice'}, choice, element('span', {}, 'Keys work. Without them, everything has its button.')),
            element('form', {method: 'dialog'}, element('button', {className: 'button-main'}, 'Close')));
    }
}

function argument(key, shifted) {
    const seconds = shifted ? 15 : 5;
    return {ArrowLeft: -seconds, ArrowRight: seconds, '[': -1, ']': 1, n: 'next', p: 'previous'}[key] ?? Number(key);
}
