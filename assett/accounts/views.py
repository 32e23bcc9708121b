"""Sign-in, sign-up, password, own account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.accounts import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.accounts import policy, queries, registries, service
from assett.accounts.forms import (
    AddressForm,
    ButtonForm,
    ConfirmForm,
    DeletionForm,
    IdentityForm,
    NewAddressForm,
    PasswordForm,
    ResetForm,
    SignInForm,
    SignUpForm,
)
from assett.accounts.models import SignIn
from assett.accounts.sessions import close_session, current_person, open_session
from assett.core.db import db, dump_json
from assett.core.forms import Form
from assett.core.permissions import PUBLIC, SIGNED_IN, load
from assett.core.throttle import Limit, allowed, counting_wrong, network
from assett.core.ui import Link, MenuEntry, links, menus
from assett.core.web import Blueprint, actor, kept_form, safe_next, sign_in_url
from assett.kernel.clock import utc_now
from assett.kernel.text import N_
from assett.spaces.domains import OwnHosts
from assett.spaces.registries import HomePanel, drawn, platform_panels

blueprint = Blueprint("accounts", __name__, template_folder="templates")
Outcome = TypeVar("Outcome")

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PostLink:
    """An entry of the account menu that acts: drawn as a button."""

    label: str
    url: str
    post: bool = True
    current: bool = False


# Filled once, however many applications this process makes.
menus.account.append(MenuEntry(N_("Mon compte"), "accounts.my_account", order=80))


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.extensions["sign_in_page"] = sign_in_page
    app.context_processor(_frame)
    app.jinja_env.globals["had_session"] = _had_session


def _frame() -> dict[str, Any]:
    """What the frame of every page says of the account."""
    signed_in = "actor" in g and actor().signed_in
    back = request.full_path.rstrip("?") if request.method == "GET" and request.blueprint != "accounts" else None
    entries: list[Link | PostLink] = []
    if signed_in:
        entries = [*links(menus.account), PostLink(_("Se déconnecter"), url_for("accounts.sign_out"))]
        if g.get("space") is None:
            entries.insert(0, Link(_("Mon compte"), url_for("accounts.my_account")))
    return {"home_url": home_url(), "sign_in_url": sign_in_url(back), "account_menu": entries}


def home_url() -> str:
    return url_for("spaces.home") if g.get("space") is not None else "/"


def landing_url() -> str:
    """Where a person arrives after signing in, when they were going nowhere in particular."""
    if g.get("space") is None:
        # Whoever works for one space, or has a structure in one, goes there, and on from its own door.
        spaces = own_spaces()
        return url_for("accounts.sign_in", space=spaces[0].slug) if len(spaces) == 1 else home_url()
    pages = (page(actor()) for page in registries.landing_pages)
    return next((url for url in pages if url is not None), home_url())


def own_spaces() -> list[queries.OwnSpace]:
    """The spaces that the actor works for or has a structure in, where this address leads to them."""
    if g.person_id is None:
        return []
    hosts: OwnHosts = current_app.extensions["own_hosts"]
    # At a space's own name there is no other space.
    home = hosts.slug_of(request.host)
    found = queries.own_spaces(db.session(), g.person_id, utc_now())
    return [each for each in found if home in {None, each.slug}]


def own_spaces_panel() -> dict[str, Any] | None:
    found = own_spaces()
    # The only one, where one is already, needs no telling.
    elsewhere = [each for each in found if g.get("space") is None or each.slug != g.space.slug]
    return {"spaces": found} if elsewhere else None


platform_panels.append(HomePanel("accounts/_own_spaces.html", own_spaces_panel))


def may_try(scope: str, email: str, *, by_email: int, by_address: int, per: timedelta) -> bool:
    """Count an attempt against its e-mail and against the network address that it comes from."""
    address_allowed = allowed(f"{scope}.address", network(request.remote_addr), limit=by_address, per=per)
    return allowed(f"{scope}.email", email, limit=by_email, per=per) and address_allowed


def by_password(scope: str, email: str, use_case: Callable[[], Outcome]) -> Outcome:
    """What a use case that asks for a password gives. Wrong ones count: a right one costs nothing.

    Ten for an address from one network. From anywhere, many more, then ever slower: else whoever knows an address
    could keep its owner out. And not for all the addresses in the world from one network.
    """
    here = network(request.remote_addr)
    limits = (
        Limit(f"{scope}.here", f"{email} {here}", tries=10, per=QUARTER, hold=QUARTER, longest=QUARTER),
        Limit(f"{scope}.email", email, tries=50, per=DAY, hold=MINUTE, longest=QUARTER),
        Limit(f"{scope}.network", here, tries=60, per=QUARTER, hold=QUARTER, longest=QUARTER),
    )
    with counting_wrong(limits, service.WrongPassword):
        return use_case()


def by_own_password(use_case: Callable[[], Outcome]) -> Outcome:
    """The same for the present password, which may be asked of somebody who found an open session."""
    limit = Limit("prove", str(g.person_id), tries=10, per=QUARTER, hold=QUARTER, longest=QUARTER)
    with counting_wrong((limit,), service.WrongPassword):
        return use_case()


def form_page(template: str, form: Form, **context: Any) -> ResponseReturnValue:
    """The page of a form: 200 as it opens, 422 where it was refused, 429 where one has to wait."""
    return render_template(template, form=form, wait=form.wait, **context), form.status


def too_many_mails(form: AddressForm | SignUpForm) -> bool:
    """Whether this form asks for one mail too many; it then says so."""
    if form.validate_on_submit() and not may_try("mail", form.address, by_email=6, by_address=40, per=HOUR):
        form.wait = an_hour()
    return form.wait is not None


def an_hour() -> str:
    return str(_("Nous avons déjà envoyé plusieurs courriels. Attendez une heure avant d’en demander un autre."))


# Sign-in


def sign_in_page(next_url: str | None, kept: str | None) -> str:
    """The sign-in page in answer to a form sent without a session; what it held travels in `kept`."""
    return render_template(
        "accounts/sign_in.html", form=SignInForm(formdata=None, next=next_url, kept=kept), wait=None, unconfirmed=False
    )


def _had_session(kept: str) -> bool:
    """Whether what was put aside was typed by somebody whose session is over: a visitor had none."""
    form = kept_form(kept)
    return form is None or form.person is not None


@blueprint.route("/connexion", methods=["GET", "POST"], access=PUBLIC, endpoint="sign_in_platform")
@blueprint.route("/<space>/connexion", methods=["GET", "POST"], access=PUBLIC)
def sign_in() -> ResponseReturnValue:
    form = SignInForm(next=request.args.get("next"))
    if request.method == "GET" and actor().signed_in:
        return redirect(safe_next(form.next.data, landing_url()))
    person = form.carry_out(
        lambda: by_password("sign-in", form.command().email, lambda: service.authenticate(db.session(), form.command()))
    )
    if person is None:
        unconfirmed = isinstance(form.rejected, service.Unconfirmed)
        return form_page("accounts/sign_in.html", form, unconfirmed=unconfirmed)
    open_session(person)
    kept = kept_form(form.kept.data) if form.kept.data else None
    if kept is not None and kept.person in {person.id, None}:
        return render_template("accounts/resume.html", path=kept.path, fields=kept.fields)
    if kept is not None:
        flash(
            _("Une autre personne écrivait ici : ce qu’elle avait saisi n’est qu’à elle, et n’a pas été repris."),
            "warning",
        )
        # Where that other person was may be closed to this one.
        return redirect(landing_url(), 303)
    return redirect(safe_next(form.next.data, landing_url()), 303)


@blueprint.post("/<space>/deconnexion", access=PUBLIC)
def sign_out() -> ResponseReturnValue:
    close_session()
    flash(_("Votre session est fermée. À bientôt !"), "success")
    return redirect(home_url(), 303)


# Sign-up


@blueprint.route("/<space>/inscription", methods=["GET", "POST"], access=PUBLIC)
def sign_up() -> ResponseReturnValue:
    form = SignUpForm(next=request.args.get("next"))
    if actor().signed_in:
        return redirect(safe_next(form.next.data, landing_url()), 303)
    if too_many_mails(form):
        return form_page("accounts/sign_up.html", form)
    email = form.carry_out(lambda: service.sign_up(db.session(), form.command(), actor(), utc_now()))
    if email is None:
        return form_page("accounts/sign_up.html", form)
    session["awaiting"] = {"email": email, "next": form.next.data}
    return redirect(url_for("accounts.check_mail"), 303)


@blueprint.get("/<space>/inscription/courriel", access=PUBLIC)
def check_mail() -> ResponseReturnValue:
    awaiting = session.get("awaiting") or {}
    form = AddressForm(formdata=None, email=awaiting.get("email"))
    return render_template("accounts/check_mail.html", form=form, email=awaiting.get("email"))


@blueprint.post("/<space>/inscription/renvoyer", access=PUBLIC)
def resend_confirmation() -> ResponseReturnValue:
    form = AddressForm()
    if too_many_mails(form):
        return form_page("accounts/check_mail.html", form, email=None)
    next_url = (session.get("awaiting") or {}).get("next")
    email = form.carry_out(lambda: service.resend_confirmation(db.session(), form.address, next_url))
    if email is None:
        return form_page("accounts/check_mail.html", form, email=None)
    session["awaiting"] = {"email": email, "next": next_url}
    flash(_("C’est parti : un nouveau courriel est en route."), "success")
    return redirect(url_for("accounts.check_mail"), 303)


@blueprint.route("/<space>/inscription/confirmer/<token>", methods=["GET", "POST"], access=PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """One button, so that a mail scanner that follows links confirms nothing."""
    try:
        person, next_url = service.confirmation(db.session(), token)
        form = ConfirmForm(same_browser=(session.get("awaiting") or {}).get("email") == person.email)
        page: dict[str, Any] = {"person": person, "next_url": next_url}
        if person.confirmed_at is not None:
            return render_template("accounts/confirm.html", form=form, wait=None, **page)
        confirmed = form.carry_out(
            lambda: by_password(
                "confirm", person.email, lambda: service.confirm(db.session(), token, form.typed, utc_now())
            )
        )
    except service.DeadLink:
        return render_template("accounts/dead_confirmation.html", form=AddressForm(formdata=None)), 410
    if confirmed is None:
        return form_page("accounts/confirm.html", form, **page)
    open_session(person)
    session.pop("awaiting", None)
    flash(_("Votre adresse est confirmée. Bienvenue, %(name)s !", name=person.name), "success")
    return redirect(safe_next(next_url, landing_url()), 303)


# Password


@blueprint.route("/<space>/mot-de-passe-oublie", methods=["GET", "POST"], access=PUBLIC)
def forgotten_password() -> ResponseReturnValue:
    form = AddressForm()
    if too_many_mails(form):
        return form_page("accounts/forgotten_password.html", form)
    email = form.carry_out(lambda: service.ask_reset(db.session(), form.address))
    if email is None:
        return form_page("accounts/forgotten_password.html", form)
    session["reset_sent"] = email
    return redirect(url_for("accounts.reset_sent"), 303)


@blueprint.get("/<space>/mot-de-passe-oublie/envoye", access=PUBLIC)
def reset_sent() -> ResponseReturnValue:
    return render_template("accounts/reset_sent.html", email=session.get("reset_sent"))


@blueprint.route("/<space>/mot-de-passe/<token>", methods=["GET", "POST"], access=PUBLIC)
def reset_password(token: str) -> ResponseReturnValue:
    form = ResetForm()
    try:
        person = service.person_to_reset(db.session(), token)
    except service.DeadLink:
        return render_template("accounts/dead_reset.html"), 410
    changed = form.carry_out(lambda: service.reset_password(db.session(), token, form.command(), utc_now()))
    if changed is None:
        return form_page("accounts/reset_password.html", form, person=person)
    open_session(changed)
    flash(_("Votre mot de passe est changé, et votre session est ouverte."), "success")
    return redirect(landing_url(), 303)


# Own account


@blueprint.route("/<space>/mon-compte", methods=["GET", "POST"], access=SIGNED_IN)
def my_account() -> ResponseReturnValue:
    person = current_person()
    form = IdentityForm(obj=person)
    if form.carry_out(lambda: service.edit_identity(person, form.command())) is None:
        return form_page(
            "accounts/my_account.html",
            form,
            person=person,
            panel=own_spaces_panel(),
            sign_ins=queries.sign_ins(db.session(), person),
            own_sign_in=g.sign_in_id,
            device_name=device_name,
        )
    session["language"] = person.language
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("accounts.my_account"), 303)


def device_name(sign_in: SignIn) -> str:
    """« Firefox sur Windows », or as much of it as the browser says."""
    if sign_in.browser and sign_in.system:
        return str(_("%(browser)s sur %(system)s", browser=sign_in.browser, system=sign_in.system))
    return sign_in.browser or sign_in.system or str(_("Appareil inconnu"))


@blueprint.post("/<space>/mon-compte/connexions/<int:sign_in>/fermer", access=SIGNED_IN)
def end_sign_in(sign_in: int) -> ResponseReturnValue:
    """Sign one device out from afar."""
    service.end_sign_in(db.session(), load(actor(), SignIn, sign_in, policy.own_sign_in).id)
    flash(_("Cet appareil est déconnecté."), "success")
    return redirect(url_for("accounts.my_account"), 303)


@blueprint.post("/<space>/mon-compte/connexions/fermer", access=SIGNED_IN)
def end_other_sign_ins() -> ResponseReturnValue:
    service.end_sign_ins(db.session(), current_person(), except_id=g.sign_in_id)
    flash(_("Vos autres appareils sont déconnectés."), "success")
    return redirect(url_for("accounts.my_account"), 303)


@blueprint.route("/<space>/mon-compte/mot-de-passe", methods=["GET", "POST"], access=SIGNED_IN)
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    person = form.carry_out(
        lambda: by_own_password(lambda: service.change_password(db.session(), current_person(), form.command()))
    )
    if person is None:
        return form_page("accounts/change_password.html", form)
    open_session(person)
    flash(_("Votre mot de passe est changé. Vos autres appareils sont déconnectés."), "success")
    return redirect(url_for("accounts.my_account"), 303)


@blueprint.route("/<space>/mon-compte/adresse", methods=["GET", "POST"], access=SIGNED_IN)
def change_address() -> ResponseReturnValue:
    form = NewAddressForm()
    email = form.carry_out(
        lambda: by_own_password(lambda: service.ask_new_address(db.session(), current_person(), form.command()))
    )
    if email is None:
        return form_page("accounts/change_address.html", form, person=current_person())
    flash(_("Un courriel est parti à %(email)s : ouvrez-le pour confirmer cette adresse.", email=email), "info")
    return redirect(url_for("accounts.my_account"), 303)


@blueprint.route("/<space>/mon-compte/adresse/<token>", methods=["GET", "POST"], access=PUBLIC)
def confirm_address(token: str) -> ResponseReturnValue:
    form = ButtonForm()
    try:
        person, email = service.new_address(db.session(), token)
    except service.DeadLink:
        return render_template("accounts/dead_address.html"), 410
    if form.carry_out(lambda: service.confirm_new_address(db.session(), token)) is None:
        return form_page("accounts/confirm_address.html", form, person=person, email=email)
    flash(_("Votre nouvelle adresse est %(email)s.", email=email), "success")
    return redirect(url_for("accounts.my_account") if actor().signed_in else url_for("accounts.sign_in"), 303)


@blueprint.get("/<space>/mon-compte/donnees", access=SIGNED_IN)
def my_data() -> ResponseReturnValue:
    response = make_response(dump_json(queries.personal_data(db.session(), current_person())))
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="mes-donnees-assett.json"'
    return response


@blueprint.route("/<space>/mon-compte/suppression", methods=["GET", "POST"], access=SIGNED_IN)
def delete_account() -> ResponseReturnValue:
    form, person = DeletionForm(), current_person()
    password = form.current_password.data or ""
    deleted = form.carry_out(lambda: by_own_password(lambda: service.delete_account(db.session(), person, password)))
    if deleted is None:
        return form_page("accounts/delete_account.html", form, panels=drawn(registries.deletion_panels))
    close_session()
    flash(_("Votre compte est supprimé. Un courriel vous le confirme."), "success")
    return redirect(home_url(), 303)


# The same pages outside a space, for whoever works across spaces (one signs up within a space).
READ, SEND, BOTH = ("GET",), ("POST",), ("GET", "POST")
for path, endpoint, methods in (
    ("/connexion", "sign_in", BOTH),
    ("/deconnexion", "sign_out", SEND),
    ("/inscription/courriel", "check_mail", READ),
    ("/inscription/renvoyer", "resend_confirmation", SEND),
    ("/inscription/confirmer/<token>", "confirm", BOTH),
    ("/mot-de-passe-oublie", "forgotten_password", BOTH),
    ("/mot-de-passe-oublie/envoye", "reset_sent", READ),
    ("/mot-de-passe/<token>", "reset_password", BOTH),
    ("/mon-compte", "my_account", BOTH),
    ("/mon-compte/connexions/<int:sign_in>/fermer", "end_sign_in", SEND),
    ("/mon-compte/connexions/fermer", "end_other_sign_ins", SEND),
    ("/mon-compte/mot-de-passe", "change_password", BOTH),
    ("/mon-compte/adresse", "change_address", BOTH),
    ("/mon-compte/adresse/<token>", "confirm_address", BOTH),
    ("/mon-compte/donnees", "my_data", READ),
    ("/mon-compte/suppression", "delete_account", BOTH),
):
    blueprint.add_url_rule(path, endpoint, methods=list(methods))
