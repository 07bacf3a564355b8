import {clock, spoken} from './clock.js';
import {element} from './elements.js';

/**
 * The answer along time: outline of the sound, silences shaded, what has been watched, comments as marks, the playhead. A native
 * range input lies over the drawing, so that pointer, touch and assistive technology all have what they expect.
 */
export class Timeline {
    /** `answer` lends duration, silences, comments, coverage, time and seek; see AnswerPlayer. */
    constructor(answer) {
        this.answer = answer;
        this.loudness = null;
        this.storyboard = null;
        this.canvas = element('canvas', {className: 'timeline-drawing', 'aria-hidden': 'true'});
        this.range = element('input', {
            type: 'range', className: 'timeline-range', min: 0, max: answer.duration, step: 0.1, value: 0, 'aria-label': 'Position in the answer',
        });
        this.preview = element('div', {className: 'preview', hidden: true}, element('span', {className: 'preview-picture'}), element('span', {className: 'preview-time'}));
        this.view = element('div', {className: 'timeline'}, this.canvas, this.range, this.preview);
        this.range.addEventListener('input', () => answer.seek(Number(this.range.value)));
        this.range.addEventListener('pointermove', event => this.showPreview(event.offsetX));
        this.range.addEventListener('pointerleave', () => { this.preview.hidden = true; });
        this.resizing = new ResizeObserver(() => this.draw());
        this.resizing.observe(this.view);
        this.scheme = matchMedia('(prefers-color-scheme: dark)');
        this.redraw = () => this.draw();
        this.scheme.addEventListener('change', this.redraw);
    }

    end() {
        this.resizing.disconnect();
        this.scheme.removeEventListener('change', this.redraw);
    }

    showPreview(x) {
        const width = this.range.clientWidth, time = Math.min(1, Math.max(0, x / width)) * this.answer.duration;
        const [picture, text] = this.preview.children;
        this.preview.hidden = false;
        picture.hidden = !this.storyboard;
        this.storyboard?.show(picture, time);
        text.textContent = clock(time);
        const half = this.preview.offsetWidth / 2;
        this.preview.style.left = `${Math.min(width - half, Math.max(half, x))}px`;
    }

    /** Called for each frame while playing, and after every change. */
    draw() {
        const {answer, canvas} = this, {duration, time} = answer;
        this.range.max = duration;
        this.range.value = time;
        this.range.setAttribute('aria-valuetext', `${spoken(time)} of ${spoken(duration)}`);
        const width = canvas.clientWidth, height = canvas.clientHeight, scale = devicePixelRatio || 1;
        if (!width || !duration) return;
        if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
        if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
        const pen = canvas.getContext('2d'), style = getComputedStyle(this.view);
        const colour = name => style.getPropertyValue(name).trim();
        const x = seconds => seconds / duration * width;
        pen.setTransform(scale, 0, 0, scale, 0, 0);
        pen.clearRect(0, 0, width, height);

        const marks = 10, floor = height - 8;
        pen.fillStyle = colour('--silence');
        for (const [from, to] of answer.silences) pen.fillRect(x(from / 1000), marks, x((to - from) / 1000), floor - marks);
        this.drawSound(pen, {width, marks, floor, played: x(time), quiet: colour('--sound'), loud: colour('--sound-played')});

        pen.fillStyle = colour('--unwatched');
        pen.fillRect(0, height - 4, width, 4);
        pen.fillStyle = colour('--watched');
        for (const [from, to] of answer.coverage.stretches) pen.fillRect(x(from), height - 4, Math.max(1, x(to - from)), 4);

        pen.fillStyle = colour('--mark');
        for (const {from_ms: from, to_ms: to} of answer.comments) {
            if (from === null || from === undefined) continue;
            const at = x(from / 1000);
            if (to > from) pen.fillRect(at, 3, x((to - from) / 1000), 2);
            pen.beginPath();
            pen.arc(Math.min(width - 4, Math.max(4, at)), 4, 4, 0, 7);
            pen.fill();
        }
        pen.fillStyle = colour('--playhead');
        pen.fillRect(Math.min(width - 2, Math.max(0, x(time) - 1)), 0, 2, height);
    }

    drawSound(pen, {width, marks, floor, played, quiet, loud}) {
        const step = 3, middle = (marks + floor) / 2, tallest = (floor - marks) / 2 - 1, {duration} = this.answer;
        for (let at = 0; at < width; at += step) {
            const level = this.loudness ? this.loudness(at / width * duration, (at + step) / width * duration) : 0;
            const half = Math.max(0.5, level * tallest);
            pen.fillStyle = at < played ? loud : quiet;
            pen.fillRect(at, middle - half, step - 1, half * 2);
        }
    }
}
