"""Ranges of one file, from the site and from nginx, turn about, over the same connections' worth of requests."""
import hashlib
import os
import random
import shutil
import statistics
import subprocess
import threading
import time

from site_client import Connection

FILE_BYTES, CONNECTIONS, ROUNDS = 24 << 20, 4, 5
# What browsers ask for: the end of the file with its index, a seek's worth, the whole from somewhere on.
SIZES = {"64 KiB": 64 << 10, "1 MiB": 1 << 20, "8 MiB": 8 << 20}

# Debian's own settings, but for the log, which would write a line a request, for connections that stay, and for tcp_nopush, with which
# each small range would wait for the client's delayed acknowledgement.
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes auto;
events {{ worker_connections 768; }}
http {{
    sendfile on; access_log off; keepalive_requests 1000000; types {{ video/webm webm; }}
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


def free_port():
    import socket
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def start_nginx(folder, content):
    folder.mkdir()
    folder.chmod(0o755)
    folder.parent.chmod(0o711)
    (folder / "answer.webm").write_bytes(content)
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port), encoding="utf-8")
    server = subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    while True:
        try:
            Connection(port).socket.close()
            return server, port
        except ConnectionRefusedError:
            if server.poll() is not None:
                raise SystemExit(f"nginx did not start; see {folder}/nginx.log") from None
            time.sleep(0.05)


def throughput(connections, path, size, seconds=1.0):
    """Bytes a second over all connections."""
    totals = [0] * len(connections)
    begin = time.monotonic()

    def work(number, connection):
        choice = random.Random(number)
        while time.monotonic() < begin + seconds:
            start = choice.randrange(0, FILE_BYTES - size)
            status, _, got = connection.ask("GET", path, f"Range: bytes={start}-{start + size - 1}\r\n")
            if status != 206 or got != size:
                raise SystemExit(f"{path}: {status} with {got} of {size} bytes")
            totals[number] += got

    threads = [threading.Thread(target=work, args=one) for one in enumerate(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(totals) / (time.monotonic() - begin)


def media_table(site, folder, psql):
    content = os.urandom(FILE_BYTES)
    key = f"artifacts/bench/{hashlib.sha256(content).hexdigest()}.webm"
    # One answer is reviewed anew, with that file as its playback copy.
    response = psql(site.database, "-c", f"""
        WITH former AS (
            DELETE FROM dailies.review_records WHERE response_id = (SELECT min(response_id) FROM dailies.artifacts WHERE kind = 'playback')
            RETURNING response_id, report::jsonb
        )
        INSERT INTO dailies.review_records (response_id, report)
        SELECT response_id, jsonb_set(report, '{{artifacts,playback}}', (report #> '{{artifacts,playback}}') || jsonb_build_object(
            'file', '{key}', 'bytes', {FILE_BYTES}, 'sha256', '{hashlib.sha256(content).hexdigest()}'))::json
        FROM former RETURNING response_id""")
    place = site.data / "storage" / key
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    server, port = start_nginx(folder / "nginx", content)
    try:
        ours = [site.signed_in(f"reviewer-{number}@example.org") for number in range(2, 2 + CONNECTIONS)]
        theirs = [Connection(port) for _ in range(CONNECTIONS)]
        print(f"\nOne file of {FILE_BYTES >> 20} MiB in ranges at random places, {CONNECTIONS} connections, medians of {ROUNDS} rounds turn about:\n")
        print("| range | dailies, MB/s | nginx, MB/s | of nginx |\n|---|---:|---:|---:|")
        for name, size in SIZES.items():
            rounds = [(throughput(ours, f"/media/{response}/playback", size), throughput(theirs, "/answer.webm", size)) for _ in range(ROUNDS)]
            mine, his = (statistics.median(one) for one in zip(*rounds))
            print(f"| {name} | {mine / 1e6:,.0f} | {his / 1e6:,.0f} | {mine / his:.2f} |")
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder / "nginx", ignore_errors=True)
