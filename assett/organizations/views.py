"""A structure's own pages: its members, identity, charter and sharing."""

from __future__ import annotations

from flask import Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.accounts.views import may_try
from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.permissions import SIGNED_IN, proved
from assett.core.web import actor
from assett.kernel.clock import utc_now
from assett.organizations import departing as _departing  # noqa: F401  (the way out of one)
from assett.organizations import grants as _grants  # noqa: F401  (registers what membership grants)
from assett.organizations import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.organizations import joining as _joining  # noqa: F401  (the way into a space)
from assett.organizations import leaving, policy, queries, service, siret
from assett.organizations.forms import (
    CharterForm,
    IdentityForm,
    InvitationForm,
    RequestForm,
    RoleForm,
    SharingForm,
)
from assett.organizations.models import Charter, Membership, Participation
from assett.organizations.naming import called
from assett.organizations.pages import DAY, blueprint, load_participation, overview_url, taking_url
from assett.organizations.tabs import structure_tabs


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(structure_tabs=structure_tabs, called=called, taking_url=taking_url)
    app.jinja_env.filters["siret"] = siret.shown


# Members


@blueprint.route("/structures/<int:participation>/membres", methods=["GET", "POST"], access=SIGNED_IN)
def members(participation: int) -> ResponseReturnValue:
    """The members; an owner also invites from here."""
    row = load_participation(participation, policy.owns if request.method == "POST" else policy.is_member)
    form = InvitationForm()
    if form.is_submitted() and not may_try("invite", str(row.organization_id), by_email=40, by_address=80, per=DAY):
        abort(429)
    invited = form.carry_out(lambda: service.invite(db.session(), row.organization, form.command(), actor(), utc_now()))
    if invited is None:
        return _members_page(row, form)
    flash(_("Une invitation est partie à %(email)s.", email=invited.email), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


def _members_page(participation: Participation, form: InvitationForm) -> ResponseReturnValue:
    owner = policy.owns(actor(), participation)
    everyone = queries.memberships(db.session(), participation.organization_id)
    invitations = queries.invitations(db.session(), participation.organization_id) if owner else []
    page = render_template(
        "organizations/members.html",
        participation=participation,
        form=form,
        owner=owner,
        members=[member for member in everyone if member.accepted_at],
        requests=[member for member in everyone if not member.accepted_at] if owner else [],
        proposals=queries.proposals(db.session(), participation.organization_id) if owner else [],
        invitations=invitations,
        role_form=lambda member: RoleForm(formdata=None, prefix=f"m{member.id}-", role=member.role.value),
        now=utc_now(),
    )
    return page, form.status


@blueprint.post("/structures/<int:participation>/invitations/<int:invitation>/relancer", access=SIGNED_IN)
def resend_invitation(participation: int, invitation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    invited = queries.invitation(db.session(), invitation)
    if invited is None or invited.organization_id != row.organization_id:
        abort(404)
    if not may_try("invite", str(row.organization_id), by_email=40, by_address=80, per=DAY):
        abort(429)
    service.resend_invitation(db.session(), invited, actor(), utc_now())
    flash(_("L’invitation est repartie à %(email)s.", email=invited.email), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


@blueprint.post("/structures/<int:participation>/invitations/<int:invitation>/retirer", access=SIGNED_IN)
def withdraw_invitation(participation: int, invitation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    invited = queries.invitation(db.session(), invitation)
    if invited is None or invited.organization_id != row.organization_id:
        abort(404)
    service.withdraw_invitation(db.session(), invited)
    flash(_("L’invitation envoyée à %(email)s est retirée : son lien ne sert plus.", email=invited.email), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


@blueprint.post("/structures/<int:participation>/membres/<int:membership>/role", access=SIGNED_IN)
def change_role(participation: int, membership: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    member = _member(row, membership)
    form = RoleForm(prefix=f"m{member.id}-")
    if form.carry_out(lambda: leaving.change_role(db.session(), member, form.chosen_role)) is None:
        flash(form.rejected.message if form.rejected else _("Ce rôle n’existe pas."), "error")
    else:
        flash(_("Rôle changé : %(name)s.", name=member.person.name), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


@blueprint.route(
    "/structures/<int:participation>/membres/<int:membership>/retirer", methods=["GET", "POST"], access=SIGNED_IN
)
def end_membership(participation: int, membership: int) -> ResponseReturnValue:
    """Take a member out, or leave."""
    row = load_participation(participation, policy.is_member)
    member = proved(actor(), _member(row, membership), policy.ends_membership)
    by_oneself = member.person_id == actor().person_id
    form = RequestForm()
    if by_oneself and leaving.only_owner(db.session(), member):
        others = len(queries.members(db.session(), row.organization_id)) > 1
        page = render_template("organizations/only_owner.html", participation=row, others=others)
        return page, 422 if form.is_submitted() else 200
    if form.carry_out(lambda: leaving.end_membership(db.session(), member, actor())) is None:
        page = render_template(
            "organizations/end_membership.html", form=form, participation=row, member=member, leaving=by_oneself
        )
        return page, form.status
    if by_oneself:
        flash(_("Vous avez quitté %(name)s.", name=called(row.organization)), "success")
        return redirect(url_for("organizations.mine"), 303)
    flash(_("%(name)s ne fait plus partie de la structure.", name=member.person.name), "success")
    return redirect(url_for("organizations.members", participation=row.id), 303)


def _member(participation: Participation, id: int) -> Membership:
    member = queries.membership_by_id(db.session(), id)
    if member is None or member.organization_id != participation.organization_id or member.accepted_at is None:
        abort(404)
    return member


# Identity, charter, sharing


@blueprint.route("/structures/<int:participation>/identite", methods=["GET", "POST"], access=SIGNED_IN)
def identity(participation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    organization = row.organization
    form = IdentityForm(obj=organization)
    if organization.siret is not None:
        del form.siret
    edited = form.carry_out(
        lambda: service.edit_identity(
            db.session(), organization, form.command(organization.siret or form.siret.data or None)
        )
    )
    if edited is None:
        communes = queries.roster(db.session()).communes
        return render_template(
            "organizations/identity.html", form=form, participation=row, communes=communes
        ), form.status
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("organizations.identity", participation=row.id), 303)


@blueprint.route("/structures/<int:participation>/charte", methods=["GET", "POST"], access=SIGNED_IN)
def charter(participation: int) -> ResponseReturnValue:
    """The charter, who signed which version, and the place to sign for an owner."""
    row = load_participation(participation, policy.owns if request.method == "POST" else policy.is_member)
    text = queries.current_charter(db.session())
    if text is None:
        return redirect(overview_url(row), 303)
    form = CharterForm(charter=text.id, signatory=actor().name)
    if form.carry_out(lambda: service.sign_charter(db.session(), row, form.command(), actor(), utc_now())) is None:
        return _charter_page(row, text, form)
    flash(_("La charte est signée. Merci de votre engagement !"), "success")
    return redirect(overview_url(row), 303)


def _charter_page(participation: Participation, text: Charter, form: CharterForm) -> ResponseReturnValue:
    pledges = queries.pledges(db.session(), participation.id)
    signed = next((pledge for pledge in pledges if pledge.charter_id == text.id), None)
    last = max((pledge.charter.version for pledge in pledges), default=None)
    page = render_template(
        "organizations/charter.html",
        participation=participation,
        charter=text,
        form=form,
        language=current_language(),
        pledges=pledges,
        signed=signed,
        since=queries.charters_since(db.session(), last) if last is not None and signed is None else [],
        owner=policy.owns(actor(), participation),
        overview_url=overview_url(participation),
    )
    return page, form.status


@blueprint.route("/structures/<int:participation>/partage", methods=["GET", "POST"], access=SIGNED_IN)
def sharing(participation: int) -> ResponseReturnValue:
    row = load_participation(participation, policy.owns)
    form = SharingForm(scores=row.share_scores.value, answers=row.share_answers.value)
    if form.carry_out(lambda: service.share(db.session(), row, form.command())) is None:
        return render_template("organizations/sharing.html", form=form, participation=row), form.status
    flash(_("C’est enregistré, et cela vaut dès maintenant."), "success")
    return redirect(url_for("organizations.sharing", participation=row.id), 303)
