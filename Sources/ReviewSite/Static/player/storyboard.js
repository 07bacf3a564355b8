// The storyboard: one sheet of small pictures, and a WebVTT track that says which part of it belongs to which time.

const cue = /(?:(\d+):)?(\d\d):(\d\d\.\d{3}) --> (?:(\d+):)?(\d\d):(\d\d\.\d{3})[^\n]*\n[^\n]*#xywh=(\d+),(\d+),(\d+),(\d+)/g;

export class Storyboard {
    #tiles;
    #sheet;
    #shown = null;

    /** Reads the track; the sheet itself is loaded by the first picture that is shown. */
    static async load(track, sheet) {
        const answer = await fetch(track, {credentials: 'same-origin'});
        if (!answer.ok) return null;
        const text = (await answer.text()).replaceAll('\r\n', '\n');
        const seconds = (hours, minutes, rest) => Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(rest);
        const tiles = Array.from(text.matchAll(cue), found => ({
            from: seconds(found[1], found[2], found[3]), to: seconds(found[4], found[5], found[6]),
            x: Number(found[7]), y: Number(found[8]), width: Number(found[9]), height: Number(found[10]),
        }));
        return tiles.length ? new Storyboard(tiles, sheet) : null;
    }

    constructor(tiles, sheet) {
        this.#tiles = tiles;
        this.#sheet = sheet;
    }

    get duration() { return this.#tiles.at(-1).to; }

    /** Fills `frame` with the picture of a time, scaled to the frame's width. */
    show(frame, time) {
        const tile = this.#tiles.find(({to}) => time < to) ?? this.#tiles.at(-1);
        if (this.#shown === tile && frame.dataset.shown) return;
        const picture = frame.querySelector('.tile') ?? frame.appendChild(document.createElement('span'));
        picture.className = 'tile';
        picture.style.width = `${tile.width}px`;
        picture.style.height = `${tile.height}px`;
        picture.style.backgroundImage = `url("${this.#sheet}")`;
        picture.style.backgroundPosition = `-${tile.x}px -${tile.y}px`;
        picture.style.transform = `scale(${Math.max(frame.clientWidth / tile.width, frame.clientHeight / tile.height)})`;
        frame.dataset.shown = 'yes';
        this.#shown = tile;
    }
}
