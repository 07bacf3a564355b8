/** What of an answer has been watched: stretches in seconds, in order, never touching one another. */
export class Coverage {
    #stretches = [];

    constructor(milliseconds = []) {
        for (const [from, to] of milliseconds) this.add(from / 1000, to / 1000);
    }

    add(from, to) {
        if (!(to > from)) return;
        const apart = this.#stretches.filter(([start, end]) => end < from || start > to);
        const touching = this.#stretches.filter(([start, end]) => end >= from && start <= to);
        const joined = [Math.min(from, ...touching.map(([start]) => start)), Math.max(to, ...touching.map(([, end]) => end))];
        this.#stretches = [...apart, joined].sort(([one], [other]) => one - other);
    }

    get stretches() { return this.#stretches; }

    share(duration) {
        const watched = this.#stretches.reduce((sum, [from, to]) => sum + to - from, 0);
        return duration > 0 ? Math.min(1, watched / duration) : 0;
    }

    /** The wire form: [[from, to]] in whole milliseconds. */
    toJSON() {
        return this.#stretches.map(stretch => stretch.map(seconds => Math.round(seconds * 1000)));
    }
}
