// The sound's outline: audiowaveform's JSON, version 2, one channel, pairs of minimum and maximum.

/** The outline at `url` as `loudness(from, to)` in 0…1 over seconds; null if it cannot be loaded. */
export async function waveform(url) {
    const answer = await fetch(url, {credentials: 'same-origin'});
    if (!answer.ok) return null;
    const {data, sample_rate: rate, samples_per_pixel: perPoint, bits} = await answer.json();
    const full = 2 ** (bits - 1);
    const points = Float32Array.from({length: data.length / 2}, (_, at) => Math.max(-data[2 * at], data[2 * at + 1]) / full);
    // A quiet voice is drawn as tall as a loud one; the flags say which it was. Noise is not scaled up to the height of speech.
    const loudest = Math.max(points.reduce((most, point) => Math.max(most, point), 0), 0.05);
    const pointsASecond = rate / perPoint;
    return (from, to) => {
        const first = Math.floor(from * pointsASecond), last = Math.max(first + 1, Math.ceil(to * pointsASecond));
        let most = 0;
        for (let at = first; at < last && at < points.length; at++) most = Math.max(most, points[at]);
        return Math.min(1, most / loudest);
    };
}
