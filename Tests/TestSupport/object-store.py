"""A real S3 server for tests: moto's, behind a gate that lets only correctly signed requests in, as botocore signs them.

Prints its port and ends with its standard input. Unsigned, for the tests themselves: GET /-/make/BUCKET makes a bucket, GET /-/list/BUCKET
tells its keys with their sizes and its unfinished uploads. GET /-/flip/BUCKET/KEY changes an object's last bit behind everybody's back,
/-/empty/… and /-/cut/… take all or the last of its bytes, /-/remove/… takes it away. From GET /-/trust/BUCKET on, what is sent there is
compared with nothing, as some stores do.

It gives credentials too, and knows those that it gave. moto's token service takes on roles for tokens that begin with `identity-`; moto's
metadata service answers those who have asked for a token first; GET /-/credentials/SECONDS gives what holds for so long, as a container's
surroundings do, to an authorization that begins with `container-`. GET /-/elsewhere leads there, GET /-/flood answers with too much.
"""
import base64
import calendar
import datetime
import hashlib
import io
import json
import secrets
import sys
import threading
import time
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from moto.sts.models import sts_backends
from werkzeug.serving import make_server

ACCESS_KEY, SECRET_KEY, TOKEN = sys.argv[1:4]
moto = DomainDispatcherApplication(create_backend_app)
store = s3_backends["123456789012"]["aws"]
roles = sts_backends["123456789012"]["aws"]
FOREVER = float("inf")
trusting = set()
# Secret, token and end by key; the last is what moto's metadata service gives.
given = {ACCESS_KEY: (SECRET_KEY, TOKEN, FOREVER), "test-key": ("test-secret-key", "test-session-token", FOREVER)}


class Refused(Exception):
    def __init__(self, code, message):
        self.code, self.message = code, message


def known(key):
    """The secret and the token that belong to a key, and until when they hold."""
    role = roles.get_assumed_role_from_access_key(key)
    if role:
        return role.secret_access_key, role.session_token, role.expiration.replace(tzinfo=datetime.timezone.utc).timestamp()
    if key not in given:
        raise Refused("InvalidAccessKeyId", "The access key is not known.")
    return given[key]


def signature(environ, names, query, scope, when, auth, access_key):
    """What botocore makes of the same request."""
    path, _, _ = environ["RAW_URI"].partition("?")
    target = "http://" + environ["HTTP_HOST"] + path
    if query:
        target += "?" + "&".join(f"{quote(n, safe='-_.~')}={quote(v, safe='-_.~')}" for n, v in query)
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=target)
    for name in names:
        key = name.upper().replace("-", "_")
        request.headers[name] = environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key]
    request.context["timestamp"] = when
    day, region, service, _ = scope.split("/")
    judge = auth(Credentials(access_key, known(access_key)[0]), service, region)
    if auth is S3SigV4QueryAuth:
        # It signs what stands in the query of the request to be made, of which the signature is no part yet.
        request.params = dict(query)
        request.url = target.partition("?")[0]
    return judge.signature(judge.string_to_sign(request, judge.canonical_request(request)), request)


def check(environ):
    raw = environ["RAW_URI"].partition("?")[2]
    query = parse_qsl(raw, keep_blank_values=True)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    if len(body) != length:
        raise Refused("IncompleteBody", "The body ended early.")
    environ["wsgi.input"] = io.BytesIO(body)
    link = dict(query)
    if "X-Amz-Signature" in link:
        seen = link["X-Amz-Signature"]
        key, scope = link["X-Amz-Credential"].split("/", 1)
        when = link["X-Amz-Date"]
        names = link["X-Amz-SignedHeaders"].split(";")
        token = link.get("X-Amz-Security-Token")
        if time.time() > calendar.timegm(time.strptime(when, "%Y%m%dT%H%M%SZ")) + int(link["X-Amz-Expires"]):
            raise Refused("AccessDenied", "Request has expired")
        query = [(n, v) for n, v in query if n != "X-Amz-Signature"]
        wanted = signature(environ, names, query, scope, when, S3SigV4QueryAuth, key)
    else:
        authorization = environ.get("HTTP_AUTHORIZATION")
        if not authorization:
            raise Refused("AccessDenied", "Anonymous access is forbidden.")
        parts = dict(p.strip().split("=", 1) for p in authorization.removeprefix("AWS4-HMAC-SHA256 ").split(","))
        seen, names = parts["Signature"], parts["SignedHeaders"].split(";")
        key, scope = parts["Credential"].split("/", 1)
        when = environ["HTTP_X_AMZ_DATE"]
        token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
        unsigned = [n for n in environ if n.startswith("HTTP_X_AMZ_") and n[5:].lower().replace("_", "-") not in names]
        if unsigned or "host" not in names:
            raise Refused("AccessDenied", f"There were headers present in the request which were not signed: {unsigned}")
        wanted = signature(environ, names, query, scope, when, S3SigV4Auth, key)
        # rclone, with which backups are made, signs no content; Amazon takes that too.
        signed = environ["HTTP_X_AMZ_CONTENT_SHA256"]
        is_foreign = signed == "UNSIGNED-PAYLOAD" and environ.get("HTTP_USER_AGENT", "").startswith("rclone/")
        is_trusted = environ["PATH_INFO"].split("/")[1] in trusting
        if not is_foreign and not is_trusted and signed != hashlib.sha256(body).hexdigest():
            raise Refused("XAmzContentSHA256Mismatch", "The body is not the one that was signed.")
        checksum = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
        if checksum and not is_trusted and checksum != base64.b64encode(hashlib.sha256(body).digest()).decode():
            raise Refused("BadDigest", "The SHA256 you specified did not match the calculated checksum.")
    if (token or "-") != known(key)[1]:
        raise Refused("InvalidToken", "The token is not the one of these credentials.")
    if time.time() >= known(key)[2]:
        raise Refused("ExpiredToken", "The provided token has expired.")
    if seen != wanted:
        raise Refused("SignatureDoesNotMatch", "The signature is not what botocore makes of the request.")


def answer(start, status, body, *headers):
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers])
    return [body]


def container(environ, start, seconds):
    if not environ.get("HTTP_AUTHORIZATION", "").startswith("container-"):
        return answer(start, "401 Unauthorized", b"{}")
    key, end = "ASIA" + secrets.token_hex(8).upper(), int(time.time()) + int(seconds)
    given[key] = (secrets.token_urlsafe(30), secrets.token_urlsafe(60), end)
    body = {"AccessKeyId": key, "SecretAccessKey": given[key][0], "Token": given[key][1]}
    body["Expiration"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
    return answer(start, "200 OK", json.dumps(body).encode())


def token_service(environ, start):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = io.BytesIO(body)
    if not dict(parse_qsl(body.decode()))["WebIdentityToken"].startswith("identity-"):
        return answer(start, "400 Bad Request", b"<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>")
    return moto(environ, start)


def metadata_service(environ, start):
    if environ["REQUEST_METHOD"] == "PUT" and "HTTP_X_AWS_EC2_METADATA_TOKEN_TTL_SECONDS" not in environ:
        return answer(start, "400 Bad Request", b"")
    if environ["REQUEST_METHOD"] == "GET" and environ.get("HTTP_X_AWS_EC2_METADATA_TOKEN") != "fake-imdsv2-token":
        return answer(start, "401 Unauthorized", b"")
    return moto(environ, start)


def own(environ, start):
    action, bucket = (environ["PATH_INFO"].split("/") + [""])[2:4]
    if action == "credentials":
        return container(environ, start, bucket)
    if action == "elsewhere":
        return answer(start, "302 Found", b"", ("Location", "/-/credentials/3600"))
    if action == "flood":
        return answer(start, "200 OK", b" " * 1_000_000)
    if action == "make" and bucket not in store.buckets:
        store.create_bucket(bucket, "us-east-1")
    found = store.buckets[bucket]
    if action == "trust":
        trusting.add(bucket)
    name = "/".join(environ["PATH_INFO"].split("/")[4:])
    if action in ("flip", "empty", "cut"):
        value = found.keys[name].value
        found.keys[name].value = {"flip": value[:-1] + bytes([value[-1] ^ 1]), "empty": b"", "cut": value[:-1]}[action]
    if action == "remove":
        found.keys.pop(name)
    contents = {
        "keys": {key.name: key.size for key in found.keys.values()},
        "uploads": [upload.key_name for upload in found.multiparts.values()],
    }
    return answer(start, "200 OK", json.dumps(contents).encode())


def gate(environ, start):
    if environ["PATH_INFO"].startswith("/-/"):
        return own(environ, start)
    if environ["PATH_INFO"].startswith("/latest/"):
        return metadata_service(environ, start)
    if environ["PATH_INFO"] == "/" and environ.get("CONTENT_TYPE") == "application/x-www-form-urlencoded":
        return token_service(environ, start)
    try:
        check(environ)
    except Refused as refusal:
        body = f"<Error><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>".encode()
        start("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
    return moto(environ, start)


server = make_server("127.0.0.1", 0, gate, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
