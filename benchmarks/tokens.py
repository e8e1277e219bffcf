"""Access tokens as the program issues them, so that a crowd needs no signing up one by one."""

import base64
import hashlib
import hmac
import json
import time
import uuid

SECRET = "a secret that lives as long as one run of the benchmark"
LIFE_SECONDS = 4 * 3600


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token_for(account, issuer, secret=SECRET):
    key_id = hmac.new(secret.encode(), b"taama.kid", hashlib.sha256).hexdigest()[:16]
    now = int(time.time())
    header = {"alg": "HS256", "typ": "at+jwt", "kid": key_id}
    claims = {"iss": issuer, "aud": "taama-user", "sub": account, "sid": str(uuid.uuid4()),
              "roles": ["client", "driver"], "jti": str(uuid.uuid4()), "iat": now,
              "exp": now + LIFE_SECONDS}
    text = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode())
                    for part in (header, claims))
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64url(signature)}"
