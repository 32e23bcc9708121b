"""The application, put together: settings → extensions → features → errors."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.engine import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from assett.accounts import milestones as _of_accounts
from assett.accounts import sessions
from assett.accounts import views as accounts
from assett.assessments import milestones as _of_assessments
from assett.assessments import views as assessments
from assett.charters import milestones as _of_charters
from assett.charters import views as charters
from assett.core import assets, compression, embedded, i18n, mailbox, style, ui, web
from assett.core.db import act_as, db, engine_options, sqlalchemy_url
from assett.core.settings import MEBIBYTE, Settings
from assett.core.tenancy import SPACE_ROLE
from assett.followup import views as followup
from assett.network import milestones as _of_network
from assett.network import views as network
from assett.organizations import milestones as _of_organizations
from assett.organizations import views as organizations
from assett.questionnaires import milestones as _of_questionnaires
from assett.resources import milestones as _of_resources
from assett.resources import views as resources
from assett.spaces import launch, routing, themes
from assett.spaces import settings as space_settings
from assett.spaces import views as spaces
from assett.studio import views as studio
from assett.teams import views as teams

# The features with pages, from the ground up.
FEATURES = (
    routing,
    sessions,
    spaces,
    space_settings,
    launch,
    accounts,
    organizations,
    teams,
    charters,
    resources,
    assessments,
    network,
    followup,
    studio,
)
# What each feature knows of a space's launch: to be imported is enough.
MILESTONES = (
    _of_accounts,
    _of_organizations,
    _of_charters,
    _of_questionnaires,
    _of_resources,
    _of_assessments,
    _of_network,
)


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or Settings.from_environment()
    app = Flask("assett", static_folder=None, template_folder="core/templates", root_path=str(web.PACKAGE))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=sqlalchemy_url(settings.database_url or embedded.start(settings.instance)),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(),
        SESSION_COOKIE_NAME="assett",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=30 * 86400,
        # The cookie travels when it changes, not with every answer saved.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=12 * MEBIBYTE,
        MAX_FORM_MEMORY_SIZE=MEBIBYTE,
        # A form lives as long as its session: an assessment left open over lunch is still accepted.
        WTF_CSRF_TIME_LIMIT=None,
        DEMONSTRATION=settings.demonstration,
    )
    app.extensions["settings"] = settings
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *(settings.trusted_proxies,) * 4)  # type: ignore[method-assign]

    web.prepare(app)
    db.init_app(app)
    with app.app_context():
        secure_engine(db.engine)
    i18n.init_app(app)
    ui.init_app(app)
    compression.init_app(app)
    assets.init_app(app, settings.instance, themes.files())
    if settings.development or settings.demonstration:
        style.init_app(app)
    if settings.demonstration:
        mailbox.init_app(app)
    for feature in FEATURES:
        feature.init_app(app)
    # Last, so that the actor is known by the time a form is checked or refused.
    web.init_app(app)
    return app


def secure_engine(engine: Engine) -> None:
    """The application never acts as the owner of the tables, nor as a role that a policy spares."""
    act_as(engine, SPACE_ROLE)
