// Times as people read and write them. Seconds inside, milliseconds on the wire, m:ss on the page.

/** 65.2 becomes "1:05", and an hour "1:00:00". */
export function clock(seconds) {
    const whole = Math.max(0, Math.floor(seconds + 0.001));
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const two = number => String(number).padStart(2, '0');
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** As `clock`, with tenths, for places where a second is too coarse: "0:07.2". */
export function clockWithTenths(seconds) {
    const tenths = Math.max(0, Math.round(seconds * 10));
    return `${clock(Math.floor(tenths / 10))}.${tenths % 10}`;
}

/** For who listens: "1 minute 5 seconds". */
export function spoken(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    const parts = [[Math.floor(whole / 60), 'minute'], [whole % 60, 'second']];
    const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
    return said.join(' ') || '0 seconds';
}

/** The moment in a fragment such as "#t=7.2"; null without one. */
export function moment(fragment) {
    const found = /^#t=(\d+(?:\.\d+)?)$/.exec(fragment);
    return found ? Number(found[1]) : null;
}
