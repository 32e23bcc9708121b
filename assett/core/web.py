"""How a request is answered: declared access, one transaction, a strict content policy, kind errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, Map

from assett.core.db import db
from assett.core.i18n import LANGUAGES, current_language
from assett.core.permissions import PUBLIC, Access, Actor
from assett.core.settings import MEBIBYTE, Settings
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected

log = logging.getLogger("assett.web")
View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()
# Flask-WTF's field, in forms and in the session.
CSRF = "csrf_token"
PACKAGE = Path(__file__).resolve().parents[1]

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# What is no page (an answer to a script, a file) may bring nothing at all, and needs no more words to say so.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def data_headers(*, secure: bool) -> dict[str, str]:
    """The headers of whatever is no page: its type is not guessed, it brings nothing along, https stays https."""
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": DATA_POLICY}
    return headers | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})


class Blueprint(flask.Blueprint):
    """A blueprint whose routes must say who may open them; one that does not fails at import."""

    def route(self, rule: str, *, access: Access, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
                refused = refuse(access)
                return refused if refused is not None else current_app.ensure_sync(view)(*args, **kwargs)

            cast(Any, guarded).access = access
            flask.Blueprint.route(self, rule, **options)(guarded)
            return view

        return decorate

    def get(self, rule: str, *, access: Access, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        return self.route(rule, access=access, methods=["GET"], **options)

    def post(self, rule: str, *, access: Access, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        return self.route(rule, access=access, methods=["POST"], **options)


def actor() -> Actor:
    """Whoever makes this request."""
    return cast(Actor, g.actor)


def refuse(access: Access) -> ResponseReturnValue | None:
    """None if the actor may pass; else the sign-in page, or a 403 that says so."""
    if access.allows(actor()):
        return None
    if access.needs_account and not actor().signed_in:
        return ask_to_sign_in()
    abort(403)


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


# Written within another address, one grows up to three times, and gunicorn reads 8,190 signs of it.
LONGEST_WAY_BACK = 2_000


def sign_in_url(next_url: str | None = None, **values: Any) -> str:
    """The sign-in page, which leads back to `next_url`; an address beyond what anybody filters by loses its filters."""
    if next_url is not None and len(next_url) > LONGEST_WAY_BACK:
        path = next_url.partition("?")[0]
        next_url = path if len(path) <= LONGEST_WAY_BACK else None
    space = g.get("space")
    endpoint = "accounts.sign_in" if space is not None else "accounts.sign_in_platform"
    return url_for(endpoint, next=next_url or None, **values)


def ask_to_sign_in(why: str | None = None) -> ResponseReturnValue:
    """Send to the sign-in page and back, and say why where that is not plain; what a form had posted travels along, so
    that nothing typed is lost."""
    if wants_json():
        back = urlsplit(request.referrer or "").path or None
        said = {"said": why, "label": gettext("Se connecter et reprendre ici")} if why is not None else {}
        return {"error": "signed-out", "sign_in": sign_in_url(back), **said}, 401
    if why is not None:
        flash(why, "info")
    if request.method == "GET":
        return redirect(sign_in_url(request.full_path.rstrip("?")))
    page = current_app.extensions["sign_in_page"](next_url=request.path, kept=keep_form())
    return page, 401


def keep_form() -> str | None:
    """What this request posted, as a signed text for a hidden field of the sign-in page; None if nothing was."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF]
    if not fields or any("password" in name for name, _ in fields):
        return None
    kept = _keeper().dumps({"path": request.path, "fields": fields, "person": _drawn_for()})
    return kept if isinstance(kept, str) else kept.decode()


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What somebody had typed; `person` is whom the form was drawn for, None for a visitor."""

    path: str
    fields: list[tuple[str, str]]
    person: int | None


def kept_form(token: str) -> KeptForm | None:
    """The form put aside by `keep_form`, for two days."""
    try:
        kept = _keeper().loads(token, max_age=2 * 86400)
    except BadData:
        return None
    return KeptForm(kept["path"], [(name, value) for name, value in kept["fields"]], kept.get("person"))


def mark_forms(person_id: int) -> None:
    """The forms of this session say whose they are: what is typed in one outlives the session for that person alone."""
    if CSRF not in session:
        session[CSRF] = f"{token_hex(20)}.{person_id}"


def _drawn_for() -> int | None:
    """The person whom the form of this request was drawn for, as its token says although the session is over."""
    tokens = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        told = tokens.loads(request.form.get(CSRF, ""))
    except BadData:
        return None
    _, _, person = str(told).partition(".")
    return int(person) if person.isdigit() else None


def _keeper() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept-form")


def safe_next(target: str | None, fallback: str) -> str:
    """`target` if it is a path of this very site, else `fallback`: no open redirect."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return fallback
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(character) < 32 for character in target):
        return fallback
    return target


blueprint = Blueprint("web", __name__)


@blueprint.get("/healthz", access=PUBLIC)
def health() -> ResponseReturnValue:
    """200 once the database answers and the schema is there."""
    db.session.execute(text("SELECT count(*) FROM alembic_version"))
    return {"status": "ok"}


def choose_language() -> bool:
    """Keep the language that this request asks for, if it does; what is left of it speaks that language already.

    A page in which something is being typed sends its own form with the choice (`base.html`): nothing is lost.
    """
    chosen = request.form.get("language")
    if chosen not in LANGUAGES:
        return False
    session["language"] = chosen
    refresh()
    return True


# A day: what robots and browsers ask for by a name of theirs, and not by the digest of its content.
_FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}


@blueprint.get("/favicon.ico", access=PUBLIC)
def favicon() -> ResponseReturnValue:
    """The emblem of ASSETT, for a browser that asks without having read a page; every page names its theme's own."""
    drawing = (PACKAGE / "core/static/img/favicon.svg").read_bytes()
    return Response(drawing, mimetype="image/svg+xml", headers=_FOR_A_DAY)


@blueprint.get("/robots.txt", access=PUBLIC)
def robots() -> ResponseReturnValue:
    """RFC 9309: robots read what anybody opens, and are not sent to sign in."""
    lines = ["User-agent: *", *(f"Disallow: {beginning}" for beginning in _closed_to_robots())]
    return Response("\n".join(lines) + "\n", mimetype="text/plain", headers=_FOR_A_DAY)


def _closed_to_robots() -> list[str]:
    """The beginnings of the addresses that are not for everybody, or that a mail holds, in any space or in none."""
    closed = {"/connexion", "/*/connexion"}
    for rule in current_app.url_map.iter_rules():
        access = getattr(current_app.view_functions[rule.endpoint], "access", PUBLIC)
        if access is not PUBLIC or "token" in rule.arguments:
            beginning = rule.rule.removeprefix("/<space>").partition("<")[0]
            closed |= {beginning, f"/*{beginning}"} if "space" in rule.arguments else {beginning}
    return sorted(each for each in closed if not any(each != other and each.startswith(other) for other in closed))


@blueprint.get("/.well-known/security.txt", access=PUBLIC)
def security() -> ResponseReturnValue:
    """RFC 9116: whom to tell of a weakness, where the host says so."""
    settings: Settings = current_app.extensions["settings"]
    if settings.security_contact is None:
        abort(404)
    expires = (utc_now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.public_url}/.well-known/security.txt",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain", headers=_FOR_A_DAY)


@blueprint.post("/langue", access=PUBLIC)
def language() -> ResponseReturnValue:
    """The visitor's choice of language, kept in the session."""
    choose_language()
    return redirect(safe_next(request.form.get("next"), "/"), 303)


class RowId(IntegerConverter):
    """`<int:…>`: the id of a row. A number that PostgreSQL's bigint cannot hold names none: 404."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": 2**63 - 1, **options})


def _refuse_control_characters() -> None:
    if any(ord(character) < 32 for character in request.path):
        abort(404)


def _refuse_cross_site() -> Response | None:
    """Another site may not post here, with a token or without: nothing of it is kept for later, and the visitor's
    cookie (which a browser does not send along) is left as it is. Browsers say where a form comes from."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return None
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    foreign = site not in {"same-origin", "none"} if site else origin is not None and not _ours(origin)
    if not foreign:
        return None
    return Response(
        gettext("Cette demande vient d’un autre site : elle n’a pas été suivie."), 403, mimetype="text/plain"
    )


def _ours(origin: str) -> bool:
    settings: Settings = current_app.extensions["settings"]
    return urlsplit(origin).netloc in {request.host, urlsplit(settings.public_url).netloc}


def _bound_what_is_typed() -> None:
    """A form without a file is what somebody typed: past a mebibyte, nobody did (413)."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = MEBIBYTE


def swallow(most: int = 64 * MEBIBYTE) -> None:
    """Read what the browser still sends and drop it: many show no answer that comes before they are done."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, most)
    while left > 0 and (read := stream.read(min(left, MEBIBYTE))):
        left -= len(read)


def prepare(app: Flask) -> None:
    """What must stand before the first blueprint is registered."""
    app.url_map.converters["int"] = RowId
    app.before_request(_refuse_cross_site)
    app.before_request(_refuse_control_characters)
    app.before_request(_bound_what_is_typed)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    csrf.init_app(app)
    app.after_request(_close_transaction)
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(Rejected, _rejected)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DBAPIError, _database_away)
    app.register_error_handler(Exception, _unexpected)


def _close_transaction(response: Response) -> Response:
    """A request is one transaction: success commits, everything else rolls back."""
    try:
        if request.method in {"POST", "PUT", "PATCH", "DELETE"} and response.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
    except DBAPIError as error:
        # The server went away at the last moment: what was to be written is not, and the answer says so.
        if not (isinstance(error, OperationalError) or error.connection_invalidated):
            raise
        return _away(error)
    return response


def _secure(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name, _ in headers}
    wanted = data_headers(secure=current_app.config["SESSION_COOKIE_SECURE"])
    if response.mimetype == "text/html":
        wanted |= PAGE_HEADERS
    # A page may hold what an actor entered: no shared cache keeps it, and Back after sign-out shows nothing.
    wanted["Cache-Control"] = "no-store" if g.get("person_id") else "no-cache, private"
    for name, value in wanted.items():
        if name.lower() not in given:
            headers.add(name, value)
    return response


# What features know of an address of a space that leads nowhere any more: each gives the page for whoever may know of
# it; the page that anybody gets stands where none does.
vanished: list[Callable[[], ResponseReturnValue | None]] = []

PAGES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def error_page(status: int, message: str | None = None, **context: Any) -> ResponseReturnValue:
    if wants_json():
        return {"error": message or str(status)}, status
    page = {405: 404}.get(status, status if status in PAGES else 400 if status < 500 else 500)
    return render_template(f"errors/{page}.html", message=message, **context), status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):
        # A host name that is not ours: no page of ours could say where its links lead.
        return Response(gettext("Cette adresse n’est pas celle du service."), 400, mimetype="text/plain")
    if error.code == 413:
        swallow()
    if error.code == 404 and "space" in g and "actor" in g and actor().signed_in:
        told = next((page for explain in vanished if (page := explain()) is not None), None)
        if told is not None:
            return told
    return error_page(error.code, getattr(error, "reader_message", None))


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    """The form was made in a session that is over (or in none): sign in again, or confirm; what was typed is kept."""
    del error
    if _signs_in_first():
        return ask_to_sign_in()
    if wants_json():
        return {"error": "stale", "reload": True}, 403
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF]
    # A password is typed again; and nobody signed in sends what another person, signed in here before, had written.
    others = actor().signed_in and _drawn_for() not in {None, actor().person_id}
    if others or any("password" in name for name, _ in fields):
        fields = []
    return render_template("errors/stale.html", fields=fields, path=request.path), 400


def _signs_in_first() -> bool:
    """Whether the route asked for is closed to this visitor for want of an account."""
    access = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    return access is not None and access.needs_account and not actor().signed_in and not access.allows(actor())


def _rejected(error: Rejected) -> ResponseReturnValue:
    """A use case said no and no form took it up: say it on a page of its own."""
    return error_page(422, error.message)


def _database_away(error: DBAPIError) -> ResponseReturnValue:
    """PostgreSQL restarts or is full: fail cleanly, drop the dead connections, let the next request recover."""
    if not (isinstance(error, OperationalError) or error.connection_invalidated):
        return _unexpected(error)
    return _away(error)


def _away(error: DBAPIError) -> Response:
    log.error("the database is away: %s", error.orig)
    try:
        db.session.remove()
    finally:
        db.engine.dispose()
    if wants_json():
        response = Response('{"error":"away"}', 503, mimetype="application/json")
    else:
        # Without the context processors, which would ask the database who is there.
        page = current_app.jinja_env.get_template("errors/away.html")
        theme = g.space.theme if g.get("space") is not None else "assett"
        response = Response(page.render(lang=current_language(), theme=theme), 503)
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("unexpected error on %s %s", request.method, request.path, exc_info=error)
    if current_app.testing:
        raise error
    try:
        db.session.rollback()
        return error_page(500)
    except Exception:
        return Response("Une erreur est survenue. Réessayez dans un instant.", 500, mimetype="text/plain")


def forget_session(keep: tuple[str, ...] = ()) -> None:
    """A new session for a new right (session fixation), keeping what belongs to the visitor all along."""
    kept = {name: session[name] for name in keep if name in session}
    session.clear()
    session.update(kept)
