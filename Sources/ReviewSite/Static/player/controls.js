import {clock} from './clock.js';
import {element, iconButton, relabel} from './elements.js';

/** The row of controls under the timeline. It only calls what AnswerPlayer offers, and shows what it says. */
export class Controls {
    constructor(answer) {
        this.answer = answer;
        const {video} = answer;
        this.play = iconButton('play', 'Play', () => answer.toggle());
        this.play.classList.add('control-play');
        this.time = element('span', {className: 'control-time'});
        this.savedTime = element('span', {className: 'control-saved'});
        this.skip = element('button', {type: 'button', className: 'control control-text'}, 'Skip silence', this.savedTime);
        this.skip.addEventListener('click', () => { answer.skipsSilence = !answer.skipsSilence; });
        this.speed = element(
            'select', {className: 'control control-speed', 'aria-label': 'Speed', title: 'Speed'},
            ...answer.constructor.speeds.map(speed => element('option', {value: speed}, `${speed}×`)));
        this.speed.addEventListener('change', () => { answer.speed = Number(this.speed.value); });
        this.mute = iconButton('sound', 'Mute', () => { video.muted = !video.muted; });
        this.link = iconButton('link', 'Link to this moment', () => this.linkToMoment());
        this.said = element('span', {className: 'unseen', role: 'status'});
        this.view = element('div', {className: 'controls'}, this.play, this.time, this.skip, this.speed, this.said, this.mute, this.link);
        if (video.textTracks.length) {
            this.captions = iconButton('captions', 'Captions', () => this.toggleCaptions());
            this.view.append(this.captions);
        }
        if (document.fullscreenEnabled) this.view.append(iconButton('full', 'Full screen', () => this.toggleFullScreen()));
    }

    update() {
        const {answer} = this, {video} = answer;
        const [drawing, name] = video.ended ? ['again', 'Play again'] : answer.paused ? ['play', 'Play'] : ['pause', 'Pause'];
        relabel(this.play, drawing, name);
        const time = `${clock(answer.time)} / ${clock(answer.duration)}`;
        if (this.time.textContent !== time) this.time.textContent = time;
        const savedTime = answer.skips.length ? `saves ${clock(Math.round(answer.saved))}` : 'none to skip';
        if (this.savedTime.textContent !== savedTime) this.savedTime.textContent = savedTime;
        this.captions?.setAttribute('aria-pressed', String(video.textTracks[0].mode === 'showing'));
        this.skip.setAttribute('aria-pressed', String(Boolean(answer.skipsSilence)));
        this.speed.value = String(answer.speed);
        relabel(this.mute, video.muted ? 'muted' : 'sound', video.muted ? 'Unmute' : 'Mute');
    }

    async linkToMoment() {
        const address = new URL(location.href);
        address.hash = `t=${this.answer.time.toFixed(1)}`;
        history.replaceState(history.state, '', address);
        try {
            await navigator.clipboard.writeText(address.href);
            this.say('The link to this moment is copied.');
        } catch {
            this.say('The link to this moment is in the address bar.');
        }
    }

    say(sentence) {
        this.said.textContent = sentence;
        this.said.className = 'controls-said';
        clearTimeout(this.quiet);
        this.quiet = setTimeout(() => { this.said.className = 'unseen'; }, 4000);
    }

    toggleCaptions() {
        const [track] = this.answer.video.textTracks;
        track.mode = track.mode === 'showing' ? 'hidden' : 'showing';
        this.update();
    }

    toggleFullScreen() {
        document.fullscreenElement ? document.exitFullscreen() : this.answer.requestFullscreen();
    }
}
