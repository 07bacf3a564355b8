import {Comments} from './comments.js';
import {Keys} from './player/keys.js';
import './player/answer-player.js';
import {arrive, problem, send, travel} from './travel.js';
import {warm} from './warm.js';

/** A page with an answer on it: the player, the rating beside it, the comments below, and the keyboard over all of them. */
export class Review {
    constructor(page, {arrived}) {
        this.page = page;
        this.player = page.querySelector('answer-player');
        this.playable = Boolean(this.player?.video);
        this.rating = page.querySelector('form.rating');
        this.abstaining = page.querySelector('details.abstaining');
        this.said = page.querySelector('.rating-said');
        this.comments = this.player && page.querySelector('#comments') ? new Comments(page.querySelector('#comments'), this.player) : null;
        this.keys = new Keys(this.actions());
        for (const form of page.querySelectorAll('form.rating, form.abstain')) {
            form.addEventListener('submit', event => { event.preventDefault(); this.submit(form, event.submitter); });
        }
        page.querySelector('[data-help]')?.addEventListener('click', () => this.keys.help());
        warm(page.querySelector('[data-ahead]')?.dataset.ahead);
        if (arrived && this.playable && location.hash === '') this.player.play();
    }

    end() {
        this.keys.end();
    }

    actions() {
        const {player} = this;
        return {
            ...this.playable && {
                toggle: () => player.toggle(),
                step: seconds => player.step(seconds),
                changeSpeed: steps => player.changeSpeed(steps),
                toggleSilence: () => { player.skipsSilence = !player.skipsSilence; },
            },
            ...this.rating && {rate: score => this.rate(score)},
            ...this.abstaining && {abstain: () => this.abstain()},
            ...this.comments && {comment: () => this.comments.begin()},
            ...this.page.querySelector('a[rel="next"], a[rel="prev"]') && {go: where => this.go(where)},
        };
    }

    rate(score) {
        const choice = this.rating.querySelector(`[name="score"][value="${score}"]`);
        if (!choice || choice.disabled) return;
        choice.checked = true;
        this.rating.requestSubmit();
    }

    abstain() {
        this.abstaining.open = true;
        this.abstaining.querySelector('button, select')?.focus();
    }

    go(where) {
        const link = this.page.querySelector(where === 'next' ? 'a[rel="next"]' : 'a[rel="prev"]');
        if (link) travel(link.href);
        else this.say(where === 'next' ? 'This is the last one.' : 'This is the first one.');
    }

    async submit(form, submitter) {
        if (this.sending) return;
        this.sending = true;
        try {
            const response = await send(form, submitter, this.playable ? {watched: JSON.stringify(this.player.coverage)} : {});
            if (response.ok) await arrive(response);
            else this.say(await problem(response));
        } catch {
            this.say('The rating was not saved: the server cannot be reached. Check the connection and rate again.');
        } finally {
            this.sending = false;
        }
    }

    say(sentence) {
        if (this.said) this.said.textContent = sentence;
    }
}
