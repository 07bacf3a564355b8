-- A report as the inspector made it of 84 s of VP8; the hashes, keys and times are the answer's own.
CREATE FUNCTION pg_temp.hash(answer bigint, what text) RETURNS text LANGUAGE sql AS $$ SELECT encode(sha256((answer || what)::bytea), 'hex') $$;
CREATE FUNCTION pg_temp.file(artifact jsonb, answer bigint, what text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT artifact || jsonb_build_object('sha256', h.hash, 'bytes', (artifact ->> 'bytes')::bigint + answer % 4999,
        'file', 'artifacts/' || left(h.hash, 2) || '/' || substr(h.hash, 3, 2) || '/' || h.hash || '.' || what)
    FROM (SELECT pg_temp.hash(answer, what) AS hash) AS h
$$;
CREATE FUNCTION pg_temp.report(answer bigint) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    report jsonb := '{"artifacts":{"playback":{"bytes":3054360,"duration_ms":83739,"file":"","media_type":"video/webm",
        "sha256":"9b77b11ccc8508461941c8079e8ea5030c07c90ae3373028066bfc959b5dded4"},"poster":{"at_ms":13825,"bytes":7963,
        "file":"","height":480,"media_type":"image/jpeg",
        "sha256":"12fb98947d9dea59562e795eb3f851b8035ace45054dd5140f0d8a03a2e8fefa","width":640},"storyboard":{"bytes":47544,
        "columns":10,"file":"","height":360,"media_type":"image/jpeg",
        "sha256":"e8828edc05197f2461f101632dd0e2e4b90f72c5cf3b0f6733f9b93ebf679529","tile_height":120,"tile_width":160,
        "tiles":[],"vtt":{"bytes":1595,"file":"","media_type":"text/vtt",
        "sha256":"7314cc70b4fca8303c00e88984fb3fe285b7c4624747270b1c6eaaa7e528905b"},"width":1600},"waveform":{"bytes":7040,
        "file":"","media_type":"application/json","points":1049,"sample_rate":48000,"samples_per_point":3840,
        "sha256":"e78b396b69dcd033ed0c83c81bfc86f4ad3eb5be30da60b8ae0c772152c48133"}},"audio":{"channels":2,"clipped_ratio":0,
        "codec":"opus","end_ms":83739,"first_sound_ms":50,"loudness_lufs":-19.31,"loudness_range_lu":1.42,"peak_dbfs":-2.22,
        "sample_rate":48000,"silences":[],"speech_ratio":1,"start_ms":44},"container":{"bytes":3050807,
        "declared_type":"video/webm","format":"webm","header_duration_ms":83739,"location_present":false,
        "sha256":"1150aec42decf3563deb112e4c1395ccf3b0294e811a0388e5dfda678cc1dfe0"},"duration_ms":83739,
        "duration_source":"packets","flags":[],"outcome":"usable","reason":null,"schema":"dailies.report/1",
        "timings_ms":{"artifacts":53.227,"between":0.08,"inspector":8752,"inspector_cpu":3177,"open":1.046,"playback":12.762,
        "read":8673.078},"video":{"bit_depth":8,"codec":"vp8","coded_height":480,"coded_width":640,"end_ms":83657,"fps":22.018,
        "frame_gap_ms":{"max":85,"median":45,"p95":70},"frames":1842,"hdr":false,"hdr_format":null,"height":480,
        "keyframe_gap_max_ms":4644,"keyframes":24,"mirrored":false,"profile":null,"rotation":0,"sizes":[{"at_ms":0,"height":480,
        "width":640}],"start_ms":0,"width":640}}';
BEGIN
    report := jsonb_set(report, '{artifacts,poster}', pg_temp.file(report #> '{artifacts,poster}', answer, 'poster.jpg'));
    report := jsonb_set(report, '{artifacts,waveform}', pg_temp.file(report #> '{artifacts,waveform}', answer, 'json'));
    report := jsonb_set(report, '{artifacts,playback}', pg_temp.file(report #> '{artifacts,playback}', answer, 'webm'));
    report := jsonb_set(report, '{artifacts,storyboard,vtt}', pg_temp.file(report #> '{artifacts,storyboard,vtt}', answer, 'vtt'));
    report := jsonb_set(report, '{artifacts,storyboard,tiles}',
        (SELECT jsonb_agg(jsonb_build_object('at_ms', n * 3600 + answer * n % 997)) FROM generate_series(0, 23) n));
    report := jsonb_set(report, '{artifacts,storyboard}', pg_temp.file(report #> '{artifacts,storyboard}', answer, 'jpg'));
    report := jsonb_set(report, '{container,sha256}', to_jsonb(pg_temp.hash(answer, 'recording')));
    report := jsonb_set(report, '{audio,silences}',
        (SELECT jsonb_agg(jsonb_build_array(n * 9000 + answer * n % 997, n * 9000 + 2000 + answer * n % 771)) FROM generate_series(1, 6) n));
    -- Without the blanks of jsonb, as the worker sends it.
    RETURN replace(replace(report::text, '": ', '":'), ', ', ',')::json;
END $$;
