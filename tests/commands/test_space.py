"""`assett space`: a host opens a space and looks after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRole
from assett.commands import sessions, space
from assett.core.audit import AuditEntry, Source
from assett.core.settings import ROOT
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from assett.teams.models import TeamInvitation
from tests.accounts.mailbox import links, mails_to
from tests.factories import PersonFactory
from tests.linting import LintingClient

SOCLE = str(ROOT / "questionnaires" / "socle-assett.yaml")


@pytest.fixture
def run(app: Flask, owner: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sessions, "create_app", lambda: app)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(space.command, arguments)

    return run


def opened(run, *more: str) -> Result:
    return run("open", "val-clair", "--name", "Val Clair", "--authority", "CC du Val Clair", *more)


def test_a_space_is_opened_with_its_questionnaire_and_charter(
    run, client: LintingClient, owner: Session, tmp_path: Path
) -> None:
    (tmp_path / "charte.md").write_text("# Notre charte\n\nMesurer, puis agir.\n", encoding="utf-8")
    done = opened(run, "--questionnaire", SOCLE, "--charter", str(tmp_path / "charte.md"))
    assert done.exit_code == 0, done.output
    assert "Val Clair" in client.get("/val-clair/").get_data(as_text=True)
    assert "Énergie" in client.get("/val-clair/essai").get_data(as_text=True)
    assert _log(owner) == ["across", "space.opened", "version.published", "charter.published"]


def _log(owner: Session) -> list[str]:
    """What was written to the log, each line but that of crossing spaces in the space's own."""
    owner.rollback()
    entries = owner.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert all((entry.space_id is None) == (entry.action == "across") for entry in entries)
    assert {entry.source for entry in entries} == {Source.PLATFORM}
    return [entry.action for entry in entries]


def test_a_space_without_questionnaire_says_so(run, client: LintingClient) -> None:
    assert "Son équipe seule le voit" in opened(run).output
    assert "Bientôt ici" in client.get("/val-clair/").text
    person = PersonFactory(email="claire@example.org")
    assert run("role", "val-clair", "claire@example.org", "manager").exit_code == 0
    client.sign_in(person)
    page = client.get("/val-clair/")
    assert page.status_code == 200
    assert "Évaluer ma structure" not in page.text, "the home does not invite to what cannot begin"
    assert "pas encore publié" in client.get("/val-clair/essai").text


@pytest.mark.parametrize(
    ("slug", "options", "words"),
    [
        ("connexion", [], "prise par la plateforme elle-même : donnez un autre SLUG"),
        ("Val Clair", [], "un SLUG a de 2 à 49 minuscules"),
        ("val-clair", [], "déjà celle d’un espace : donnez un autre SLUG"),
        ("ailleurs", ["--siren", "200 069 854"], "déjà celui d’une collectivité : corrigez --siren"),
        ("ailleurs", ["--siren", "200069855"], "n’est pas juste"),
        ("ailleurs", ["--theme", "disparu"], "donnez à --theme l’un de ceux-ci : assett"),
    ],
)
def test_a_space_that_cannot_be_opened_says_the_one_thing_to_change(
    run, slug: str, options: list[str], words: str
) -> None:
    assert opened(run, "--siren", "200069854").exit_code == 0
    refused = run("open", slug, "--name", "Autre", "--authority", "Autre", *options)
    assert refused.exit_code == 1 and words in refused.output
    assert len(refused.output.splitlines()) == 1


def test_a_charter_in_another_encoding_is_refused_in_words(run, tmp_path: Path) -> None:
    (tmp_path / "charte.md").write_bytes("# Notre engagement écologique".encode("latin-1"))
    refused = opened(run, "--charter", str(tmp_path / "charte.md"))
    assert refused.exit_code == 1 and "n’est pas en UTF-8" in refused.output


def test_a_questionnaire_is_published_again_as_the_next_version(run, owner: Session, tmp_path: Path) -> None:
    opened(run, "--questionnaire", SOCLE)
    assert "Version 2" in run("publish", "val-clair", SOCLE).output
    assert sorted(owner.scalars(select(QuestionnaireVersion.number))) == [1, 2]
    (tmp_path / "faux.yaml").write_text("format: 1\n", encoding="utf-8")
    refused = run("publish", "val-clair", str(tmp_path / "faux.yaml"))
    assert refused.exit_code == 1 and "categories" in refused.output


def test_a_role_is_given_and_changed(run, owner: Session) -> None:
    opened(run)
    PersonFactory(email="claire@example.org")
    assert run("role", "val-clair", "claire@example.org", "reader").exit_code == 0
    assert run("role", "val-clair", "claire@example.org", "manager").exit_code == 0
    assert [role.role for role in owner.scalars(select(SpaceRole))] == ["manager"]
    last = run("role", "val-clair", "claire@example.org", "reader")
    assert last.exit_code == 1 and "dernière personne à gérer" in last.output
    assert _log(owner)[2:] == ["across", "team.joined", "across", "team.role-changed"]
    assert run("role", "ailleurs", "claire@example.org", "manager").exit_code == 1


def test_who_has_no_account_yet_is_invited_to_hold_the_space(run, client: LintingClient, owner: Session) -> None:
    opened(run)
    # Someone waits in another team, and is in none here.
    run("open", "ailleurs", "--name", "Ailleurs", "--authority", "CC d’ailleurs", "--manager", "claire@example.org")
    done = run("role", "val-clair", "Claire@example.org", "manager")
    assert done.exit_code == 0 and "une invitation part par courriel, valable 14 jours" in done.output
    assert set(owner.scalars(select(AuditEntry.source))) == {Source.PLATFORM}, "no visitor named a manager"
    first, second = mails_to(owner, "claire@example.org")
    assert "On vous attend dans l’équipe qui fait vivre « Acteurs engagés » (Ailleurs)" in first.text.replace(
        "\xa0", " "
    )
    [link] = [each for each in links(second) if "/val-clair/" in each]
    client.get(link)
    sent = {"name": "Claire Roy", "password": "un potager sur le toit", "language": "fr"}
    assert client.post(link, data=sent, follow_redirects=True).status_code == 200
    owner.rollback()
    space_of = select(Space.slug).join(SpaceRole, SpaceRole.space_id == Space.id)
    assert owner.scalars(space_of).all() == ["val-clair"]


@pytest.mark.parametrize("nobody", ["pas-un-mail", "", "claire@example.org, bob@example.org"])
def test_an_address_that_is_none_is_refused_before_anything_is_written(run, owner: Session, nobody: str) -> None:
    for option in ("--manager", "--contact"):
        refused = opened(run, option, nobody)
        assert refused.exit_code == 1 and f"corrigez {option}" in refused.output
    opened(run)
    written = _log(owner)
    for arguments in (("role", "val-clair", nobody, "manager"), ("change", "val-clair", "--contact", nobody)):
        refused = run(*arguments)
        assert refused.exit_code == 1 and f"« {nobody} » n’est pas une adresse" in refused.output
    assert _log(owner) == written, "one space, and nothing since"
    assert mails_to(owner, nobody) == []


def test_an_invitation_that_waits_leaves_anew_from_a_terminal_with_its_role(
    run, client: LintingClient, owner: Session
) -> None:
    opened(run, "--manager", "claire@example.org")
    again = run("role", "val-clair", "claire@example.org", "manager")
    assert again.exit_code == 0 and "elle repart par courriel avec le rôle « Gestion »," in again.output
    other = run("role", "val-clair", "claire@example.org", "reader")
    assert other.exit_code == 0 and "avec le rôle « Lecture », au lieu de « Gestion »" in other.output
    sent = mails_to(owner, "claire@example.org")
    first, second, third = [next(each for each in links(mail) if "/val-clair/" in each) for mail in sent]
    assert [client.get(link).status_code for link in (first, second, third)] == [410, 410, 200]
    assert "Votre rôle : lecture" in sent[-1].text.replace("\xa0", " ")
    owner.rollback()
    assert [each.role for each in owner.scalars(select(TeamInvitation))] == ["reader"]


def test_the_host_s_invitation_promises_an_answer_only_where_somebody_reads_it(run, owner: Session) -> None:
    opened(run, "--manager", "claire@example.org")
    [unanswered] = mails_to(owner, "claire@example.org")
    run("change", "val-clair", "--contact", "Equipe@Val-Clair.fr")
    run("role", "val-clair", "bob@example.org", "reader")
    [answered] = mails_to(owner, "bob@example.org")
    assert (unanswered.reply_to, answered.reply_to) == (None, "equipe@val-clair.fr")
    assert "Répondez simplement" not in unanswered.text and "Répondez simplement" in answered.text


def test_a_theme_is_data(run, client: LintingClient, owner: Session) -> None:
    opened(run)
    assert run("change", "val-clair", "--theme", "mel", "--programme", "Pionniers").exit_code == 0
    html = client.get("/val-clair/").get_data(as_text=True)
    assert "themes/mel/theme.css" in html and "Pionniers" in html
    assert _log(owner)[2:] == ["across", "settings.appearance", "settings.names"]
    changed = owner.scalars(select(AuditEntry).where(AuditEntry.action == "settings.appearance")).one()
    assert changed.details == {"before": {"theme": "assett"}, "after": {"theme": "mel"}}
    assert run("change", "val-clair", "--theme", "disparu").exit_code == 1


def test_resources_become_those_of_the_file(run, owner: Session) -> None:
    loaded = run("resources", str(ROOT / "questionnaires" / "ressources-nationales.yaml"))
    assert loaded.exit_code == 0 and "129 ressources" in loaded.output
