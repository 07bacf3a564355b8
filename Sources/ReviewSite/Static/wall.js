import {Storyboard} from './player/storyboard.js';

/** Moving over a poster scrubs through its answer. A storyboard is loaded only when somebody stays on its poster. */
export class Wall {
    static dwell = 90;

    constructor(page) {
        this.storyboards = new Map();
        this.ending = new AbortController();
        const on = (name, handler) => page.addEventListener(name, handler, {signal: this.ending.signal, passive: true});
        on('pointerover', event => this.enter(event.target.closest('[data-storyboard]')));
        on('pointermove', event => this.move(event));
    }

    end() {
        this.ending.abort();
        clearTimeout(this.waiting);
    }

    enter(cell) {
        if (cell === this.cell) return;
        clearTimeout(this.waiting);
        const left = this.cell?.querySelector('.scrub');
        if (left) {
            left.hidden = true;
            delete left.dataset.shown;
        }
        this.cell = cell;
        this.storyboard = null;
        if (cell) this.waiting = setTimeout(() => this.load(cell), Wall.dwell);
    }

    async load(cell) {
        const {storyboard, track} = cell.dataset;
        if (!this.storyboards.has(storyboard)) this.storyboards.set(storyboard, Storyboard.load(track, storyboard).catch(() => null));
        const loaded = await this.storyboards.get(storyboard);
        if (cell !== this.cell || !loaded) return;
        this.storyboard = loaded;
        let scrub = cell.querySelector('.scrub');
        if (!scrub) {
            scrub = document.createElement('span');
            scrub.className = 'scrub';
            cell.querySelector('.poster').append(scrub);
        }
        scrub.hidden = false;
        this.show(this.x ?? 0);
    }

    move(event) {
        this.x = event.clientX;
        if (this.storyboard) this.show(event.clientX);
    }

    show(x) {
        const scrub = this.cell.querySelector('.scrub'), place = scrub.getBoundingClientRect();
        const share = Math.min(1, Math.max(0, (x - place.left) / place.width));
        this.storyboard.show(scrub, share * this.storyboard.duration);
        scrub.style.setProperty('--along', `${share * 100}%`);
    }
}
