import {clock, moment} from './clock.js';
import {Controls} from './controls.js';
import {Coverage} from './coverage.js';
import {exit, saved, skips} from './silences.js';
import {Storyboard} from './storyboard.js';
import {remember, remembered} from './preferences.js';
import {Timeline} from './timeline.js';
import {waveform} from './waveform.js';

/**
 * <answer-player> plays one answer. In it the server puts a <video controls>, which plays alone where no script runs, and a JSON block:
 *
 *     {"duration_ms", "silences": [[from, to]], "watched": [[from, to]], "comments": [{"from_ms", "to_ms"}],
 *      "waveform": url | null, "storyboard": url | null, "storyboard_track": url | null}
 *
 * All times in it are milliseconds; here they are seconds. Fires "moment" whenever time or what has been watched changes.
 */
export class AnswerPlayer extends HTMLElement {
    static speeds = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

    connectedCallback() {
        this.video = this.querySelector('video');
        if (!this.video || this.timeline) return;
        this.data = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
        this.coverage = new Coverage(this.data.watched);
        this.comments = this.data.comments ?? [];
        this.silences = this.data.silences ?? [];
        this.skips = skips(this.silences, this.duration);
        this.ending = new AbortController();
        this.timeline = new Timeline(this);
        this.controls = new Controls(this);
        this.video.controls = false;
        this.append(this.timeline.view, this.controls.view);
        this.listen();
        this.speed = Number(remembered('speed', 1));
        this.skipsSilence = remembered('skip-silence', 'yes') === 'yes';
        this.load();
        this.goToMoment();
    }

    disconnectedCallback() {
        this.ending?.abort();
        this.timeline?.end();
        cancelAnimationFrame(this.frame);
        this.video?.pause();
    }

    get duration() {
        const own = this.video.duration;
        return Number.isFinite(own) && own > 0 ? own : (this.data.duration_ms ?? 0) / 1000;
    }
    get time() { return this.video.currentTime; }
    get paused() { return this.video.paused; }
    get saved() { return saved(this.skips); }

    get speed() { return this.video.playbackRate; }
    set speed(rate) {
        // The default rate too, because loading a source sets the rate back to it.
        this.video.defaultPlaybackRate = this.video.playbackRate = rate;
        remember('speed', rate);
        this.changed();
    }

    get skipsSilence() { return this.skipping; }
    set skipsSilence(skipping) {
        this.skipping = skipping;
        remember('skip-silence', skipping ? 'yes' : 'no');
        this.changed();
    }

    play() { return this.video.play().catch(() => {}); }
    pause() { this.video.pause(); }
    toggle() { this.paused ? this.play() : this.pause(); }
    seek(seconds) {
        this.heard = null;
        this.video.currentTime = Math.min(this.duration, Math.max(0, seconds));
        this.changed();
    }
    step(seconds) { this.seek(this.time + seconds); }
    changeSpeed(steps) {
        const all = AnswerPlayer.speeds, at = all.findIndex(speed => speed >= this.speed);
        this.speed = all[Math.min(all.length - 1, Math.max(0, at + steps))];
    }

    /** Marks on the timeline, after comments came or went. */
    showComments(comments) {
        this.comments = comments;
        this.changed();
    }

    listen() {
        const on = (target, names, handler) => {
            for (const name of names.split(' ')) target.addEventListener(name, handler, {signal: this.ending.signal});
        };
        on(this.video, 'play', () => { cancelAnimationFrame(this.frame); this.tick(); });
        // Where frames are not drawn, as in a tab behind, time still has to be followed.
        on(this.video, 'timeupdate', () => this.follow());
        on(this.video, 'seeking', () => { this.heard = null; });
        on(this.video, 'pause ended seeked durationchange ratechange volumechange loadedmetadata', () => this.changed());
        on(this.video, 'click', () => this.toggle());
        on(this.video, 'error', () => this.reopen());
        on(this.video, 'playing', () => { this.isReopened = false; });
        on(window, 'hashchange', () => this.goToMoment());
    }

    async load() {
        const {waveform: outline, storyboard, storyboard_track: track} = this.data;
        const [loudness, pictures] = await Promise.all([
            outline ? waveform(outline).catch(() => null) : null, track ? Storyboard.load(track, storyboard).catch(() => null) : null,
        ]);
        this.timeline.loudness = loudness;
        this.timeline.storyboard = pictures;
        this.dataset.loaded = 'yes';
        this.changed();
    }

    goToMoment() {
        const at = moment(location.hash);
        if (at === null) return;
        this.seek(at);
        this.scrollIntoView({block: 'nearest'});
    }

    /** The way to a recording in a store ends after a while, as in a tab that was left open: the site shows another. Once, until it plays. */
    reopen() {
        if (this.isReopened) return;
        this.isReopened = true;
        const {time, paused} = this;
        this.video.load();
        this.seek(time);
        if (!paused) this.play();
    }

    tick() {
        this.follow();
        if (!this.paused) this.frame = requestAnimationFrame(() => this.tick());
    }

    /** Notes what was watched since the last look, and leaves silence out. */
    follow() {
        const now = this.time;
        if (this.heard !== null && this.heard !== undefined && !this.video.seeking) {
            const most = Math.max(2, 2 * this.speed);
            if (now > this.heard && now - this.heard < most) this.coverage.add(this.heard, now);
        }
        this.heard = this.paused ? null : now;
        if (this.skipping && !this.paused && !this.video.seeking) {
            const next = exit(this.skips, now);
            if (next !== null) this.seek(next);
        }
        this.changed();
    }

    changed() {
        if (!this.timeline) return;
        this.timeline.draw();
        this.controls?.update();
        this.dispatchEvent(new CustomEvent('moment', {bubbles: true, detail: clock(this.time)}));
    }
}

customElements.define('answer-player', AnswerPlayer);
