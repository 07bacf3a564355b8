import {clockWithTenths} from './player/clock.js';
import {element} from './player/elements.js';
import {parsed, problem, send} from './travel.js';

/** Comments beside the answer. Typing pauses it, sending (or Escape) lets it go on from there. */
export class Comments {
    constructor(section, player) {
        this.section = section;
        this.player = player;
        this.form = section.querySelector('form.commenting');
        if (!this.form) return;
        const {from, to, body} = this.form.elements;
        this.fields = {from, to, body};
        const until = element('button', {type: 'button', className: 'button-quiet'}, 'until now');
        until.addEventListener('click', () => { to.value = clockWithTenths(player.time); body.focus(); });
        to.closest('.field').append(until);
        body.addEventListener('input', () => this.hold());
        body.addEventListener('keydown', event => {
            if (event.key === 'Escape') this.leave();
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
        });
        section.addEventListener('submit', event => { event.preventDefault(); this.submit(event.target, event.submitter); });
    }

    begin() {
        this.hold();
        this.fields.from.value = clockWithTenths(this.player.time);
        this.fields.body.focus();
    }

    /** The first stroke holds the answer; and where nothing else was said, the comment belongs to this moment. */
    hold() {
        if (!this.fields.from.value) this.fields.from.value = clockWithTenths(this.player.time);
        if (this.player.paused) return;
        this.holding = true;
        this.player.pause();
    }

    leave() {
        this.fields.body.blur();
        if (this.holding) this.player.play();
        this.holding = false;
    }

    async submit(form, submitter) {
        const said = this.section.querySelector('.comments-said');
        try {
            const response = await send(form, submitter);
            if (!response.ok) {
                said.textContent = await problem(response);
                return;
            }
            const page = parsed(await response.text());
            this.section.querySelector('.comments-list').replaceWith(page.querySelector('#comments .comments-list'));
            const data = page.querySelector('answer-player script[type="application/json"]');
            if (data) this.player.showComments(JSON.parse(data.textContent).comments);
            said.textContent = '';
            if (form !== this.form) return;
            this.form.reset();
            this.fields.from.value = '';
            this.leave();
        } catch {
            said.textContent = 'The comment was not saved: the server cannot be reached. It is still here; send it again.';
        }
    }
}
