"""Access tokens as the program issues them."""

import jwt

from refusals import Refusal
from settings import TOKEN_SECRET

OPTIONS = {"require": ["exp", "iat", "sub", "aud"]}


def caller_of(authorization):
    """The account id that a header names; None without one."""
    if not authorization:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Refusal("auth_required")
    try:
        claims = jwt.decode(token, TOKEN_SECRET, algorithms=["HS256"], audience="taama-user",
                            options=OPTIONS)
    except jwt.ExpiredSignatureError:
        raise Refusal("token_expired") from None
    except jwt.InvalidTokenError:
        raise Refusal("auth_required") from None
    return claims["sub"]


def need_caller(authorization):
    caller = caller_of(authorization)
    if caller is None:
        raise Refusal("auth_required")
    return caller
