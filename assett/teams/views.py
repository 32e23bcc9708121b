"""The team of a space, its invitations, and the log of what is done there."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.accounts import registries
from assett.accounts.models import Person, SpaceRole
from assett.accounts.queries import by_email
from assett.accounts.sessions import current_person, open_session
from assett.core import changes
from assett.core.db import db
from assett.core.paging import asked_page
from assett.core.permissions import PUBLIC, Policy, proved
from assett.core.spreadsheets import CSV, XLSX, Sheet, csv_file, download, workbook
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint, actor
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.spaces.policy import MANAGE, TEAM
from assett.spaces.registries import early_endpoints
from assett.teams import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.teams import policy, queries, service, tables
from assett.teams.forms import AcceptForm, AccountForm, ButtonForm, InvitationForm, RoleForm, criteria_of
from assett.teams.models import TeamInvitation
from assett.teams.policy import ROLES

blueprint = Blueprint("teams", __name__, url_prefix="/<space>", template_folder="templates")
menus.team.append(MenuEntry(N_("Équipe"), "teams.team", TEAM.allows, 60))
menus.team.append(MenuEntry(N_("Journal"), "teams.log", MANAGE.allows, 70))
# An invitation to the team is answered before the space opens.
early_endpoints.add("teams.accept")

registries.personal_data_of_space["invitations_equipe"] = queries.personal_invitations
registries.personal_data_of_space["journal"] = queries.personal_entries
registries.deletion_obstacles.append(service.last_manager_of)
registries.before_deletion.append(service.leave_all)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


# The team


@blueprint.get("/equipe", access=TEAM)
def team() -> ResponseReturnValue:
    """Who is in the team and as what; a manager also sees who is invited."""
    return _team_page()


def _team_page(refused: tuple[int, str] | None = None) -> ResponseReturnValue:
    """The page; `refused` is an invitation and why what was asked of it cannot be."""
    members = queries.members(db.session())
    page = render_template(
        "teams/team.html",
        members=members,
        managing=MANAGE.allows(actor()),
        only_manager=queries.only_manager(members),
        why_only=service.last_manager_stays(),
        invitations=queries.invitations(db.session(), asked_page()) if MANAGE.allows(actor()) else None,
        refused=refused,
        roles=ROLES,
        now=utc_now(),
    )
    return page, 422 if refused else 200


@blueprint.route("/equipe/<int:member>/role", methods=["GET", "POST"], access=MANAGE)
def change_role(member: int) -> ResponseReturnValue:
    row = _member(member, policy.manages)
    form = RoleForm(role=row.role.value)
    changed = form.carry_out(lambda: service.change_role(db.session(), row, form.chosen_role, actor()))
    if changed is None:
        return render_template("teams/change_role.html", form=form, member=row), form.status
    flash(_("%(name)s a désormais le rôle « %(role)s ».", name=row.person.name, role=_(row.role.label)), "success")
    return redirect(url_for("teams.team"), 303)


@blueprint.route("/equipe/<int:member>/retirer", methods=["GET", "POST"], access=TEAM)
def end(member: int) -> ResponseReturnValue:
    """Take a member out, or leave."""
    row = _member(member, policy.ends)
    if request.method == "GET" and queries.only_manager(queries.members(db.session())) == row.id:
        flash(service.last_manager_stays(), "error")
        return redirect(url_for("teams.team"), 303)
    leaving = row.person_id == actor().person_id
    form = ButtonForm()
    if form.carry_out(lambda: service.end(db.session(), row, actor())) is None:
        return render_template("teams/end.html", form=form, member=row, leaving=leaving), form.status
    if leaving:
        flash(_("Vous ne faites plus partie de l’équipe. Merci pour ce que vous y avez fait !"), "success")
        return redirect(url_for("spaces.home"), 303)
    flash(_("%(name)s ne fait plus partie de l’équipe.", name=row.person.name), "success")
    return redirect(url_for("teams.team"), 303)


def _member(id: int, allowed: Policy) -> SpaceRole:
    return proved(actor(), queries.member(db.session(), id), allowed)


# Invitations


@blueprint.route("/equipe/inviter", methods=["GET", "POST"], access=MANAGE)
def invite() -> ResponseReturnValue:
    form = InvitationForm()
    sending = form.carry_out(lambda: _invite(form))
    if sending is None:
        return render_template("teams/invite.html", form=form, refused=[]), form.status
    if sending.sent:
        flash(_sent(sending.sent), "success")
    if not sending.refused:
        return redirect(url_for("teams.team"), 303)
    form.tell(sending.refused)
    return render_template("teams/invite.html", form=form, refused=sending.refused), 200 if sending.sent else 422


def _invite(form: InvitationForm) -> service.Sending:
    command, refused = form.command()
    sending = service.invite(db.session(), command, current_person(), utc_now())
    return service.Sending(sending.sent, [*refused, *sending.refused])


def _sent(emails: list[str]) -> str:
    one = _("Une invitation est partie à %(email)s.", email=emails[0])
    return str(one if len(emails) == 1 else _("%(count)s invitations sont parties.", count=len(emails)))


@blueprint.post("/equipe/invitations/<int:invitation>/renvoyer", access=MANAGE)
def resend(invitation: int) -> ResponseReturnValue:
    row = _invitation(invitation)
    try:
        service.resend(db.session(), row, current_person(), utc_now())
    except Rejected as rejected:
        return _team_page((row.id, rejected.message))
    flash(_("L’invitation est repartie à %(email)s. Le lien d’avant ne sert plus.", email=row.email), "success")
    return redirect(url_for("teams.team"), 303)


@blueprint.post("/equipe/invitations/<int:invitation>/annuler", access=MANAGE)
def revoke(invitation: int) -> ResponseReturnValue:
    row = _invitation(invitation)
    try:
        service.revoke(db.session(), row, utc_now())
    except Rejected as rejected:
        return _team_page((row.id, rejected.message))
    flash(_("L’invitation envoyée à %(email)s est annulée : son lien ne sert plus.", email=row.email), "success")
    return redirect(url_for("teams.team"), 303)


def _invitation(id: int) -> TeamInvitation:
    return proved(actor(), queries.invitation(db.session(), id), policy.manages)


@blueprint.route("/equipe/invitation/<token>", methods=["GET", "POST"], access=PUBLIC)
def accept(token: str) -> ResponseReturnValue:
    """Enter the team: with the account that is signed in, or with one opened here at the invited address."""
    try:
        invitation = service.invitation_of(db.session(), token, utc_now())
        return _accept_as_person(token, invitation) if actor().signed_in else _accept_as_visitor(token, invitation)
    except service.DeadInvitation as dead:
        if actor().signed_in and dead.person_id == actor().person_id and _place(current_person()) is not None:
            flash(_("Vous avez déjà accepté cette invitation : vous faites partie de l’équipe."), "info")
            return redirect(url_for("teams.team"), 303)
        return render_template("teams/dead_invitation.html", why=dead.message), 410


def _accept_as_person(token: str, invitation: TeamInvitation) -> ResponseReturnValue:
    person, form = current_person(), AcceptForm()
    known = _place(person)
    # Another account may have signed in since that page was drawn: it is asked anew.
    if not form.validate_on_submit() or not form.is_for(person):
        return render_template("teams/accept.html", invitation=invitation, person=person, known=known, roles=ROLES)
    service.accept(db.session(), token, person, utc_now())
    return _welcomed(known)


def _accept_as_visitor(token: str, invitation: TeamInvitation) -> ResponseReturnValue:
    account = by_email(db.session(), invitation.email)
    if account is not None and account.confirmed_at is not None:
        return render_template("teams/accept_known.html", invitation=invitation, roles=ROLES)
    form = AccountForm()
    opened = form.carry_out(lambda: service.open_account(db.session(), token, form.command(), actor(), utc_now()))
    if opened is None:
        return render_template("teams/accept_new.html", invitation=invitation, form=form, roles=ROLES), form.status
    open_session(opened)
    service.accept(db.session(), token, opened, utc_now())
    return _welcomed(None)


def _place(person: Person) -> SpaceRole | None:
    return queries.role_of(db.session(), person.id)


def _welcomed(known: SpaceRole | None) -> ResponseReturnValue:
    if known is not None:
        flash(_("Vous faisiez déjà partie de l’équipe : votre rôle ne change pas."), "info")
    else:
        flash(
            _("Bienvenue dans l’équipe ! Pour commencer, « Lancement » dit ce qui est fait et ce qui reste."), "success"
        )
    return redirect(url_for("teams.team"), 303)


# The log


@blueprint.get("/journal", access=MANAGE)
def log() -> ResponseReturnValue:
    criteria = criteria_of(request.args)
    session, space_id = db.session(), g.space.id
    page = queries.entries(session, space_id, criteria, asked_page())
    return render_template(
        "teams/log.html",
        criteria=criteria,
        page=page,
        lines=tables.lines(page.items, queries.names(session, page.items)),
        cut=changes.cut,
        only_blanks=changes.only_blanks,
        around=changes.around,
        authors=queries.authors(session, space_id),
        kinds=sorted((tables.kind_label(kind), kind) for kind in queries.kinds(session, space_id)),
        export_url=lambda kind: url_for("teams.export_log", kind=kind, **_asked()),
        swapped_url=url_for("teams.log", **_asked() | {"du": request.args.get("au"), "au": request.args.get("du")}),
    )


def _asked() -> dict[str, Any]:
    return {name: request.args[name] for name in ("qui", "quoi", "du", "au") if request.args.get(name)}


@blueprint.get("/journal/export.<any(xlsx, csv):kind>", access=MANAGE)
def export_log(kind: str) -> ResponseReturnValue:
    """The lines that the page's filters keep, all of them."""
    entries = queries.every_entry(db.session(), g.space.id, criteria_of(request.args))
    header, rows = tables.log_rows(entries, queries.names(db.session(), entries))
    name = f"journal-{g.space.slug}-{today_in_paris().isoformat()}.{kind}"
    if kind == "csv":
        return download(csv_file(header, rows), name, CSV)
    return download(workbook([Sheet(_("Journal"), header, rows)]), name, XLSX)
