"""`assett space`: open a space and look after it from a terminal, for whoever hosts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import psycopg
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_number

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.accounts.queries import by_email
from assett.commands.sessions import every_space, one_space
from assett.core import audit
from assett.core.forms import usual_address
from assett.core.tenancy import enter_space
from assett.formats.files import load
from assett.kernel.clock import utc_now
from assett.kernel.errors import InvalidDocument, Rejected
from assett.organizations.models import Charter
from assett.questionnaires import queries as questionnaires
from assett.questionnaires import service as questionnaire_service
from assett.resources.service import bring, replace_all
from assett.spaces.models import RESERVED, AuthorityKind, LocalAuthority, Space
from assett.spaces.themes import themes
from assett.teams import service as teams

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("space")
def command() -> None:
    """Les espaces : en ouvrir un, publier son questionnaire, nommer son équipe, changer ses réglages."""


def _tree(path: Path) -> Any:
    try:
        return load(path).tree
    except InvalidDocument as invalid:
        raise click.ClickException("\n".join(str(problem) for problem in invalid.problems)) from None


def _space(session: Session, slug: str) -> Space:
    space = session.scalars(select(Space).where(Space.slug == slug)).one_or_none()
    if space is None:
        raise click.ClickException(f"Il n’y a pas d’espace « {slug} ».")
    enter_space(session, space.id)  # what follows enters the log of that space
    return space


def _publish(session: Session, space: Space, path: Path) -> int:
    tree = _tree(path)
    known = questionnaires.of_space(session, space.id, str(tree.get("id")) if isinstance(tree, dict) else "")
    try:
        version = questionnaire_service.publish(session, space.id, tree, now=utc_now(), questionnaire=known)
    except InvalidDocument as invalid:
        raise click.ClickException("\n".join(str(problem) for problem in invalid.problems)) from None
    except Rejected as refused:
        raise click.ClickException(str(refused.message)) from None
    title = questionnaires.compiled(session, version).document.title.in_(
        space.languages[0] if space.languages else "fr"
    )
    audit.record(session, "version.published", subject=title, details={"number": version.number})
    bring(session, space.id, tree, utc_now())
    return version.number


@command.command("open")
@click.argument("slug")
@click.option("--name", required=True, help="Le territoire comme on le dit : « Val Clair ».")
@click.option("--authority", required=True, help="La collectivité : « Communauté de communes du Val Clair ».")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in AuthorityKind]), default="community", show_default=True
)
@click.option("--siren", help="SIREN de la collectivité.")
@click.option("--programme", default="Acteurs engagés", show_default=True, help="Le nom de la démarche.")
@click.option("--theme", default="assett", show_default=True, help="Un dossier de themes/.")
@click.option("--contact", help="L’adresse électronique de l’équipe.")
@click.option("--questionnaire", type=FILE, help="Le questionnaire à publier (YAML ou JSON).")
@click.option("--manager", help="L’adresse de la personne qui tiendra l’espace : elle y est invitée par courriel.")
@click.option("--charter", type=FILE, help="Le texte de la charte (Markdown ; sa première ligne est son titre).")
def open_space(slug: str, name: str, authority: str, kind: str, programme: str, theme: str, **options: Any) -> None:
    """Ouvrir un espace à l’adresse /SLUG/."""
    _refuse_address(slug)
    _refuse_theme(theme)
    siren = _siren(options["siren"])
    contact, manager = (_email(options[name], f"--{name}") for name in ("contact", "manager"))
    try:
        with every_space(f"ouverture de l’espace {slug}") as session:
            owner = LocalAuthority(name=authority, kind=AuthorityKind(kind), siren=siren)
            session.add(owner)
            session.flush()
            space = Space(
                local_authority_id=owner.id,
                slug=slug,
                name=name,
                programme=programme,
                theme=theme,
                contact_email=contact,
                # Without questions there is nothing to come for: its manager opens it, on the day they choose.
                opened_at=utc_now() if options["questionnaire"] is not None else None,
            )
            session.add(space)
            session.flush()
            enter_space(session, space.id)
            audit.record(session, "space.opened", subject=space.name)
            if options["questionnaire"] is not None:
                _publish(session, space, options["questionnaire"])
            if options["charter"] is not None:
                charter = _charter(space, options["charter"])
                session.add(charter)
                audit.record(session, "charter.published", details={"version": charter.version})
    except IntegrityError as refused:
        constraint = refused.orig.diag.constraint_name if isinstance(refused.orig, psycopg.Error) else None
        if constraint == "uq_space_slug":
            raise click.ClickException(
                f"L’adresse /{slug}/ est déjà celle d’un espace : donnez un autre SLUG."
            ) from None
        if constraint == "uq_local_authority_siren":
            raise click.ClickException(
                f"Le SIREN {siren} est déjà celui d’une collectivité : corrigez --siren, ou retirez-le."
            ) from None
        raise
    if options["questionnaire"] is not None:
        click.echo(f"L’espace est ouvert : /{slug}/")
    else:
        click.echo(
            f"L’espace est créé : /{slug}/. Son équipe seule le voit, jusqu’au jour qu’elle choisira "
            "(Réglages, Ouverture)."
        )
    if manager is not None:
        _bring_in(slug, manager, SpaceRoleName.MANAGER)


def _refuse_address(slug: str) -> None:
    if slug in RESERVED:
        raise click.ClickException(f"L’adresse /{slug}/ est prise par la plateforme elle-même : donnez un autre SLUG.")
    if not re.fullmatch("[a-z0-9][a-z0-9-]{1,48}", slug):
        raise click.ClickException(
            f"L’adresse « {slug} » ne convient pas : un SLUG a de 2 à 49 minuscules sans accent, chiffres et tirets, "
            "comme « val-clair »."
        )


def _refuse_theme(theme: str) -> None:
    if theme not in themes():
        known = ", ".join(themes())
        raise click.ClickException(f"Il n’y a pas de thème « {theme} » : donnez à --theme l’un de ceux-ci : {known}.")


def _siren(given: str | None) -> str | None:
    """A SIREN without its spaces; refused where its nine digits are not right."""
    if given is None:
        return None
    try:
        return str(siren_number.validate(given))
    except ValidationError:
        raise click.ClickException(
            f"Le SIREN « {given} » n’est pas juste : ses neuf chiffres se vérifient entre eux. Corrigez --siren."
        ) from None


def _email(given: str | None, where: str) -> str | None:
    """An e-mail address as the forms take it; refused, an empty one too: a mail would leave for nobody."""
    if given is None:
        return None
    address = usual_address(given.strip())
    if address is None:
        raise click.ClickException(
            f"« {given} » n’est pas une adresse électronique complète, comme camille.martin@exemple.fr : "
            f"corrigez {where}."
        )
    return address


def _charter(space: Space, path: Path) -> Charter:
    try:
        title, _, text = path.read_text(encoding="utf-8").strip().partition("\n")
    except UnicodeDecodeError:
        raise click.ClickException(
            f"« {path.name} » n’est pas en UTF-8 : enregistrez-le ainsi, puis redonnez-le à --charter."
        ) from None
    language = space.languages[0] if space.languages else "fr"
    return Charter(
        space_id=space.id,
        version=1,
        title={language: title.lstrip("# ")},
        text={language: text.strip()},
        published_at=utc_now(),
    )


@command.command()
@click.argument("slug")
@click.argument("questionnaire", type=FILE)
def publish(slug: str, questionnaire: Path) -> None:
    """Publier un questionnaire, ou sa version suivante ; ce qui est déjà terminé garde la sienne."""
    with every_space(f"publication d’un questionnaire dans {slug}") as session:
        number = _publish(session, _space(session, slug), questionnaire)
    click.echo(f"Version {number} publiée.")


@command.command()
@click.argument("slug")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in SpaceRoleName]))
def role(slug: str, email: str, role: str) -> None:
    """Donner à une personne un rôle dans l’équipe d’un espace ; sans compte, elle est invitée par courriel."""
    address = _email(email, "EMAIL")
    assert address is not None, "an argument is always given"
    _bring_in(slug, address, SpaceRoleName(role))


def _bring_in(slug: str, email: str, role: SpaceRoleName) -> None:
    """Give a role to the account of this address, or invite it, once more where it is invited already."""
    with every_space(f"rôle {role} dans {slug}") as session:
        space = _space(session, slug)
        person = by_email(session, email)
        if person is not None:
            _give_role(session, person, space, role)
    if person is not None:
        click.echo(f"{email} : {role.label.lower()} de /{slug}/.")
        return
    with one_space(slug) as session:
        sending = teams.invite(session, teams.Invite([email], role), None, utc_now())
    for refusal in sending.refused:
        raise click.ClickException(f"{refusal.typed} : {refusal.reason}.")
    if email in sending.renewed:
        before = sending.renewed[email]
        instead = f", au lieu de « {before.label} »" if before != role else ""
        click.echo(
            f"Une invitation attendait déjà {email} : elle repart par courriel avec le rôle « {role.label} »{instead}, "
            f"valable {teams.INVITED_FOR.days} jours. Le lien précédent n’ouvre plus rien."
        )
        return
    click.echo(
        f"Personne n’a encore de compte à {email} : une invitation part par courriel, "
        f"valable {teams.INVITED_FOR.days} jours."
    )


def _give_role(session: Session, person: Person, space: Space, role: SpaceRoleName) -> None:
    member = session.scalars(
        select(SpaceRole).where(SpaceRole.space_id == space.id, SpaceRole.person_id == person.id).with_for_update()
    ).one_or_none()
    if member is None:
        session.add(SpaceRole(space_id=space.id, person_id=person.id, role=role))
        audit.record(session, "team.joined", details={"person": person.id, "role": role})
    elif member.role != role:
        change = {"person": person.id, "before": {"role": member.role}, "after": {"role": role}}
        member.role = role
        audit.record(session, "team.role-changed", details=change)
    refused = (
        f"{person.email} est la dernière personne à gérer /{space.slug}/. "
        "Donnez d’abord le rôle « manager » à quelqu’un d’autre."
    )
    try:
        session.flush()
    except IntegrityError:
        raise click.ClickException(refused) from None


@command.command()
@click.argument("slug")
@click.option("--theme")
@click.option("--name")
@click.option("--programme")
@click.option("--contact")
def change(slug: str, theme: str | None, name: str | None, programme: str | None, contact: str | None) -> None:
    """Changer le thème, les noms ou le contact d’un espace."""
    if theme is not None:
        _refuse_theme(theme)
    wanted = {
        "theme": theme,
        "name": name,
        "programme": programme,
        "contact_email": _email(contact, "--contact"),
    }
    with every_space(f"réglages de {slug}") as session:
        space = _space(session, slug)
        for action, names in (
            ("settings.appearance", ["theme"]),
            ("settings.names", ["name", "programme", "contact_email"]),
        ):
            after = {name: wanted[name] for name in names if wanted[name] not in (None, getattr(space, name))}
            before = {name: getattr(space, name) for name in after}
            for name, value in after.items():
                setattr(space, name, value)
            if after:
                audit.record(session, action, details={"before": before, "after": after})
    click.echo("C’est fait.")


@command.command()
@click.argument("file", type=FILE)
@click.option("--space", "slug", help="L’espace à qui sont ces ressources ; sans lui, elles sont nationales.")
def resources(file: Path, slug: str | None) -> None:
    """Faire d’un fichier de ressources la base nationale, ou celle d’un espace."""
    with every_space("chargement de ressources") as session:
        space_id = _space(session, slug).id if slug is not None else None
        count = replace_all(session, space_id, _tree(file)["resources"], now=utc_now())
        audit.record(session, "resources.replaced", details={"count": count})
    click.echo(f"{count} ressources.")
