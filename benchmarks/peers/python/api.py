"""What both FastAPI peers have alike: the envelope, refusals, who calls, and pages."""

import os

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

import views
from refusals import Refusal
from search import whole
from tokens import caller_of, need_caller

app = FastAPI(docs_url=None, openapi_url=None)


class Json(JSONResponse):
    def render(self, content):
        return views.dumps(content).encode()


@app.exception_handler(Refusal)
async def refuse(request: Request, refusal: Refusal):
    of_request = request_id(request)
    return Json(views.refused(refusal, of_request), refusal.status, {"X-Request-Id": of_request})


def request_id(request):
    return views.request_id(request.headers.get("x-request-id"))


async def maybe_caller(request: Request):
    return caller_of(request.headers.get("authorization"))


async def caller(request: Request):
    return need_caller(request.headers.get("authorization"))


class Page:
    """Which page is asked for."""

    def __init__(self, query):
        self.number = whole(query.get("page"), "page", 1, 1_000_000, 1)
        self.size = whole(query.get("page_size"), "page_size", 1, 100, 20)
        self.skipped = (self.number - 1) * self.size


def good(request, data, **meta):
    of_request = request_id(request)
    return Json(views.envelope(data, of_request, **meta), headers={"X-Request-Id": of_request})


def made(request, answer):
    """What a rule has written down, now or when the same key came before."""
    of_request = request_id(request)
    return Response(answer.body(of_request), answer.status, answer.headers(of_request),
                    "application/json")


def hits_found(request, search, hits, nearest):
    return good(request, [views.hit_view(hit, search.parts(hit)) for hit in hits],
                search=search.meta(nearest),
                pagination=views.pagination(search.page, search.page_size, search.total(hits)))


@app.get("/health/ready")
async def ready():
    return os.getpid()
