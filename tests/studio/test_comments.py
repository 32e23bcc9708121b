"""Comments on a draft, marks of review, and the mails that tell of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.core.mail import Mail
from assett.studio import jobs
from assett.studio.models import Draft, DraftComment
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as
from tests.studio.browsing import form_fields, plain


def _comment(client: LintingClient, draft: Draft, text: str, address: str = "question/suivi") -> Any:
    return client.post(f"/poitiers/atelier/{draft.id}/commentaires/{address}", data={"text": text})


def test_a_comment_is_said_settled_and_reopened(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space, "Luc Lecteur", SpaceRoleName.READER), draft)
    assert _comment(client, draft, "Et le bois\x00 ?").status_code == 303
    page = client.get(f"{base}/commentaires").text
    assert "Et le bois ?" in plain(page) and "Luc Lecteur" in page
    assert "1 commentaire" in plain(client.get(f"{base}/categories/energie").text)
    comment = owner.scalars(select(DraftComment)).one()
    client.post(f"{base}/commentaire/{comment.id}/regler")
    assert "Et le bois" not in client.get(f"{base}/commentaires").text
    assert "Réglé par Luc Lecteur" in client.get(f"{base}/commentaires?tous=1").text
    client.post(f"{base}/commentaire/{comment.id}/rouvrir")
    assert "Et le bois" in client.get(f"{base}/commentaires").text


def test_a_reader_settles_what_they_asked_and_nothing_else(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    _comment(client, draft, "Et le bois ?")
    comment = owner.scalars(select(DraftComment)).one()
    open_as(client, editor(space, "Luc Lecteur", SpaceRoleName.READER), draft)
    assert "Régler" not in client.get(f"{base}/commentaires").text
    assert client.post(f"{base}/commentaire/{comment.id}/regler").status_code == 404
    owner.refresh(comment)
    assert comment.resolved_at is None


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_an_empty_or_endless_comment_is_refused(client: LintingClient, owner: Session, space: Any, text: str) -> None:
    draft = draft_of(owner, space)
    open_as(client, editor(space), draft)
    answer = _comment(client, draft, text)
    assert answer.status_code == 422
    assert "comment-error" in answer.text
    assert owner.scalars(select(DraftComment)).all() == []


def test_what_is_not_there_takes_no_comment(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    open_as(client, editor(space), draft)
    for address in ("question/non", "grid", "settings", "x/y/z"):
        assert _comment(client, draft, "Tiens", address).status_code == 404


def test_ready_is_read_then_changed_again(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    client.post(f"{base}/relecture", data={"address": "question/suivi", "verb": "ready"})
    assert "prêt à relire" in client.get(base).text
    open_as(client, editor(space, "Luc Lecteur", SpaceRoleName.READER), draft)
    assert client.post(f"{base}/relecture", data={"address": "question/suivi", "verb": "clear"}).status_code == 403
    client.post(f"{base}/relecture", data={"address": "question/suivi", "verb": "read"})
    assert "Relu par Luc Lecteur" in client.get(f"{base}/categories/energie").text
    open_as(client, editor(space, "Yann Éditeur"), draft)
    fields = form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    client.post(f"{base}/modifier", data={**fields, "help.fr": "Gaz compris."})
    assert "Relu par" not in client.get(f"{base}/categories/energie").text


def test_those_who_take_part_get_one_mail(app: Flask, client: LintingClient, owner: Session, space: Any) -> None:
    zoe, luc = editor(space, email="zoe@example.org"), editor(space, "Luc", email="luc@example.org")
    editor(space, "Ève", email="eve@example.org")
    draft = draft_of(owner, space, created_by=zoe.id)
    open_as(client, luc, draft)
    _comment(client, draft, "Et le bois ?")
    _comment(client, draft, "Et le gaz ?", "question/tri")

    def tell() -> dict[str, str]:
        with app.app_context():
            jobs.tell_comments(owner, {})
            owner.commit()
        return {each.recipient: plain(each.text) for each in owner.scalars(select(Mail))}

    told = tell()
    assert set(told) == {"zoe@example.org"}
    assert "Et le bois ?" in told["zoe@example.org"] and "Et le gaz ?" in told["zoe@example.org"]
    assert f"/poitiers/atelier/{draft.id}/commentaires" in told["zoe@example.org"]
    assert set(tell()) == {"zoe@example.org"}
    open_as(client, zoe, draft)
    _comment(client, draft, "Oui, ajoutons-le.")
    assert set(tell()) == {"zoe@example.org", "luc@example.org"}
